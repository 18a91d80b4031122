"""What other programs read about a picture's origin."""

import io
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from pipeline import glb, images, metadata

_SOURCE = ".//{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"


@pytest.mark.parametrize(
    ("recipe", "term"),
    [
        ({"role": "generate", "detail": "redrawn by a generative model"}, metadata.GENERATED),
        ({"role": "enhance", "detail": "redrawn by a generative model"}, metadata.COMPOSITE),
        ({"role": "lock", "detail": "redrawn by a generative model"}, metadata.COMPOSITE),
        ({"role": "generate", "detail": "re-rendered from geometry"}, metadata.RENDERED),
        ({"role": "enhance", "detail": "added by super-resolution"}, metadata.ENHANCED),
        ({"role": "enhance", "detail": "interpolated"}, metadata.ENHANCED),
    ],
    ids=["generated", "redrawn", "locked", "rendered", "super-resolved", "interpolated"],
)
def test_source_type(recipe: dict[str, str], term: str) -> None:
    """Each way of making a picture has its IPTC term, readable from the PNG as XMP."""
    png = images.encode_png(np.zeros((4, 4, 3), np.uint8), recipe=recipe)
    with Image.open(io.BytesIO(png)) as picture:
        packet = ET.fromstring(picture.info["xmp"])  # noqa: S314 - our own packet
    assert packet.findtext(_SOURCE) == term


def test_nothing_claimed() -> None:
    """Of an upload, whose origin is unknown, nothing is claimed."""
    png = images.encode_png(np.zeros((4, 4, 3), np.uint8), recipe={"role": "upload", "provider": "upload"})
    assert b"DigitalSourceType" not in png


def test_names_are_text() -> None:
    """Signs that mean something in XML stay signs."""
    name = '"><script>&amp;</rdf:li> خاتم 💍'
    packet = ET.fromstring(metadata.packet(metadata.RENDERED, maker=name, title=name))  # noqa: S314
    assert packet.findtext(".//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li") == name
    assert packet.findtext(".//{http://ns.adobe.com/xap/1.0/}CreatorTool") == f"Loupe ({name})"


def test_a_display_copy_says_it_too() -> None:
    """JPEG copies for pages, dossiers and shops carry the packet; without one nothing is claimed."""
    pixels = np.full((16, 16, 3), 90, np.uint8)
    told = images.encode_jpeg(pixels, xmp=metadata.packet(metadata.RENDERED))
    with Image.open(io.BytesIO(told)) as picture:
        packet = ET.fromstring(picture.info["xmp"])  # noqa: S314 - our own packet
    assert packet.findtext(_SOURCE) == metadata.RENDERED
    assert b"DigitalSourceType" not in images.encode_jpeg(pixels)


def test_a_model_says_it_too() -> None:
    """A GLB's extras name the source type beside its recipe; of an upload nothing is claimed."""
    bare = glb.pack({"asset": {"version": "2.0"}}, b"")
    made = glb.document(glb.with_recipe(bare, {"role": "model", "detail": "re-rendered from geometry"}))
    assert made["asset"]["extras"]["digitalSourceType"] == metadata.RENDERED
    brought = glb.document(glb.with_recipe(bare, {"role": "upload"}))
    assert "digitalSourceType" not in brought["asset"]["extras"]
