"""Every picture handed out says how it came to be: each kind of file read back by another reader than its writer."""

import io
import json
import struct
import zipfile
from xml.etree import ElementTree as ET

import numpy as np
import pypdfium2
import pytest
import trimesh
from PIL import Image

from pipeline import glb, images, metadata
from pipeline.export import archive, dossier
from pipeline.photo.relief import relief
from pipeline.records import Design, Detail
from pipeline.store import Store
from tests.photo.pieces import solitaire
from tests.test_decoding import far, scene

_SOURCE = ".//{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"


def stated(data: bytes) -> str:
    """IPTC's digital source type, as Pillow finds it in a PNG, JPEG or WebP; empty where none is stated."""
    with Image.open(io.BytesIO(data)) as picture:
        packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b"<none/>"
    return ET.fromstring(packet).findtext(_SOURCE) or ""  # noqa: S314 - our own packet


@pytest.fixture(scope="module")
def rendered(finished: Design) -> Design:
    """The finished design, its master rendered."""
    branch = finished.branch
    assert branch
    recipe = branch.master.recipe.model_copy(update={"detail": Detail.RENDERED})
    master = branch.master.model_copy(update={"recipe": recipe})
    return finished.with_branch(branch.model_copy(update={"master": master}))


def jpegs_in(pdf: bytes) -> list[bytes]:
    """The JPEG files inside a PDF, as PDFium hands them out."""
    document = pypdfium2.PdfDocument(pdf)
    images = [o for page in document for o in page.get_objects() if isinstance(o, pypdfium2.PdfImage)]
    return [bytes(image.get_data()) for image in images if image.get_filters() == ["DCTDecode"]]


def test_pictures_in_the_pdf(shelf: Store, rendered: Design) -> None:
    """Master, crops, close-ups, maps and 3D views, each with the packet of its file."""
    pictures = jpegs_in(dossier.write(shelf, rendered))
    assert len(pictures) > 15
    assert {stated(picture) for picture in pictures} == {metadata.RENDERED}


def test_pictures_in_the_archive(shelf: Store, finished: Design) -> None:
    """Every picture whose making is known: what was rendered, what was drawn."""
    with zipfile.ZipFile(io.BytesIO(archive.write(shelf, finished))) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assets = {asset.id: asset for asset in finished.assets()}
    known = 0
    for name, data in files.items():
        asset = next((a for key, a in assets.items() if key in name), None)
        if asset is None or not asset.media_type.startswith("image/"):
            continue
        kind = metadata.source_type(asset.recipe.model_dump())
        if kind:
            assert stated(data) == kind, name
            known += 1
    assert known >= 5


def test_a_relief_and_its_texture() -> None:
    """A GLB says it in its asset's extras, and the photograph on it is marked as enhanced."""
    rgb, mask = solitaire(200).picture(grain=1)
    recipe = {"role": "model", "provider": "local", "detail": Detail.INTERPOLATED}
    data = glb.with_recipe(relief(rgb, mask), recipe)
    length = struct.unpack_from("<I", data, 12)[0]
    tree = json.loads(data[20 : 20 + length])
    assert tree["asset"]["extras"]["digitalSourceType"] == metadata.ENHANCED
    view = tree["bufferViews"][tree["images"][0]["bufferView"]]
    start = 20 + length + 8 + view.get("byteOffset", 0)
    texture = data[start : start + view["byteLength"]]
    assert stated(texture) == metadata.ENHANCED
    scene = trimesh.load(io.BytesIO(data), file_type="glb")
    assert scene.geometry


def test_small_pictures_keep_their_colours_in_the_pdf() -> None:
    """Red, green and blue themselves: JPEG's usual Y, Cb and Cr alone cost 0.8 of CIEDE2000 where colours are dark."""
    truth = scene(320)
    exact = images.decode(images.encode_jpeg(truth, 98, exact=True))
    mean, high = far(exact, truth)
    assert mean <= 0.1
    assert high <= 0.5
    assert far(images.decode(images.encode_jpeg(truth, 98)), truth)[1] > high
    grey = images.encode_jpeg(truth[..., 0], 98, exact=True)
    assert np.abs(images.decode(grey)[..., 0].astype(int) - truth[..., 0]).max() <= 3
