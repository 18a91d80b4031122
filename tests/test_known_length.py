"""One length everywhere: what is known on the photograph is the relief's size in every format it is written in."""

import io
import re
import zipfile

import numpy as np
import pytest
import trimesh

from pipeline import glb
from pipeline.photo.glb import to_scale
from pipeline.photo.relief import relief
from pipeline.records import Branch, Detail, KnownLength, Model3D, Recipe
from pipeline.solids.usdz import to_usdz
from pipeline.stages import sheets
from pipeline.store import Store
from tests.photo.pieces import solitaire

SIDE = 240


@pytest.fixture(scope="module")
def photograph():
    """A ring's picture and mask."""
    return solitaire(SIDE).picture(grain=1)


def across_mm(mask):
    """Pixels from the left rim of the piece to its right one."""
    columns = np.nonzero(mask.any(axis=0))[0]
    return float(columns[-1] + 1 - columns[0])


def metres(data):
    return trimesh.load(io.BytesIO(data), file_type="glb", force="mesh").extents


@pytest.mark.parametrize("mm", [1.7, 18.35, 640.0])
def test_glb_usdz_and_stl_have_the_known_length(photograph, mm) -> None:
    """The same to 0.1 % in the three, and to a pixel of the picture what was measured on it."""
    rgb, mask = photograph
    raised = relief(rgb, mask)
    pitch = mm / across_mm(mask)
    data = to_scale(raised, pitch * SIDE / 1000)
    width = 1000 * metres(data)[0]
    assert width == pytest.approx(mm, abs=2.5 * pitch)
    camera = next(c for c in glb.document(data)["cameras"])["orthographic"]
    assert 2000 * camera["xmag"] == pytest.approx(pitch * SIDE, rel=1e-6)
    solid = trimesh.load(io.BytesIO(data), file_type="glb", force="mesh")
    solid.apply_scale(1000)
    stl = trimesh.load(io.BytesIO(solid.export(file_type="stl")), file_type="stl")
    assert stl.extents[0] == pytest.approx(width, rel=1e-3)
    with zipfile.ZipFile(io.BytesIO(to_usdz(data))) as packed:
        text = next(packed.read(n).decode() for n in packed.namelist() if n.endswith((".usda", ".usd")))
    assert "metersPerUnit = 0.001" in text
    points = re.search(r"point3f\[\] points = \[(.*?)\]", text, re.DOTALL).group(1)
    x = [float(v) for v in re.findall(r"\(([-\d.e]+),", points)]
    assert max(x) - min(x) == pytest.approx(width, rel=1e-3)
    assert metres(to_scale(data, pitch * SIDE / 1000)) == pytest.approx(metres(data), rel=1e-6)


def test_a_length_reaches_the_relief_that_stands(photograph, tmp_path) -> None:
    """Set after the relief was made, changed, and taken back: the model follows, its recipe stays."""
    rgb, mask = photograph
    store = Store(tmp_path)
    recipe = Recipe(role="model", provider="local", detail=Detail.INTERPOLATED)
    model = Model3D(id="m1", glb=store.put(relief(rgb, mask), recipe), known="Relief preview.")
    master = store.put_picture(rgb, Recipe(role="upload", provider="upload"))
    design = store.create("A ring", kind="ring")
    store.update(design.id, lambda d: d.with_master(Branch(master=master, models=(model,))))
    columns = np.nonzero(mask.any(axis=0))[0]
    for mm in (17.2, 34.4):
        known = KnownLength(start=(float(columns[0]), 100), end=(float(columns[-1] + 1), 100), mm=mm)
        sheets.set_known_length(store, design.id, known)
        stands = store.load(design.id).branch.model
        assert 1000 * metres(store.read(stands.glb))[0] == pytest.approx(mm, rel=0.02)
        assert stands.glb.recipe == recipe
    sheets.set_known_length(store, design.id, None)
    assert store.load(design.id).branch.model == stands


def test_a_model_of_another_make_is_left_as_it_is() -> None:
    """Without the master's camera nobody knows how large a pixel is."""
    box = trimesh.creation.box().export(file_type="glb")
    assert to_scale(box, 0.02) == box
