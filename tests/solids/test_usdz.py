"""USDZ: aligned as the format asks, clean for USD's own validators, and the same body as the GLB."""

import io
import struct
import zipfile

import numpy as np
import pytest

from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.language.prompt import read as read_prompt
from pipeline.photo.relief import relief
from pipeline.solids import reading
from pipeline.solids.usdz import to_usdz
from tests.photo.pieces import solitaire
from tests.solids.files import ring_glb


def chained() -> bytes:
    """A necklace, whose links are placed many times."""
    from pipeline.atelier.pieces.build import build

    return to_glb(build(read_prompt("fine silver chain necklace with a round turquoise pendant").spec))


def photographed() -> bytes:
    """A relief with the photograph on it."""
    return relief(*solitaire(300).picture())


MADE = {"ring": ring_glb, "necklace": chained, "relief": photographed}


@pytest.mark.parametrize("name", MADE)
def test_is_a_sound_package(name: str, tmp_path) -> None:
    """Stored, aligned, clean for USD's validators; size and triangles are the GLB's, no mesh without material."""
    data = MADE[name]()
    package = to_usdz(data)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        members = archive.infolist()
        assert members[0].filename == "model.usda"
        for member in members:
            name_length, extra_length = struct.unpack_from("<HH", package, member.header_offset + 26)
            assert (member.header_offset + 30 + name_length + extra_length) % 64 == 0
            assert member.compress_type == zipfile.ZIP_STORED
        assert archive.testzip() is None
    pytest.importorskip("pxr", reason="usd-core is not there for this Python")
    from pxr import Usd, UsdGeom, UsdShade, UsdValidation

    path = tmp_path / "model.usdz"
    path.write_bytes(package)
    stage = Usd.Stage.Open(str(path))
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    assert [e.GetMessage() for e in UsdValidation.ValidationContext(validators).Validate(stage)] == []
    boxes = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"])
    size = np.array(boxes.ComputeWorldBound(stage.GetDefaultPrim()).ComputeAlignedRange().GetSize())
    solid = reading.read(data)
    expected = np.ptp(solid.points[np.unique(solid.faces)], axis=0) * 1000
    # Boxes of turned instances are boxes round boxes: never smaller, a little larger.
    assert (size > expected - 0.01).all()
    assert (size < expected * 1.1 + 0.5).all()
    meshes = [p for p in stage.Traverse(Usd.TraverseInstanceProxies()) if p.IsA(UsdGeom.Mesh)]
    assert sum(len(UsdGeom.Mesh(m).GetFaceVertexCountsAttr().Get()) for m in meshes) == len(solid.faces)
    assert all(UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()[0] for mesh in meshes)


def test_the_same_model_gives_the_same_bytes() -> None:
    """No clock, no random names."""
    assert to_usdz(ring_glb()) == to_usdz(ring_glb())
