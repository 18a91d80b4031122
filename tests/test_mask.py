"""A corrected mask is kept with its design, and sketch, relief, shop set and checklist all follow it."""

import io
import json
from itertools import pairwise

import cv2
import numpy as np
import pytest
import trimesh

from pages.ui import canvas
from pipeline import images
from pipeline.errors import BadInput
from pipeline.photo import ground
from pipeline.photo.brush import piece_mask
from pipeline.providers.base import ModelRequest, Silent
from pipeline.providers.builtin.local import Local
from pipeline.records import Design
from pipeline.records.brush import MOST_POINTS, MOST_STROKES, Stroke
from pipeline.stages import generate, mask, model3d, sketch
from pipeline.stages.subjects import subjects
from pipeline.store import Store
from tests.photo.pieces import solitaire

FINGER_HOLE = ((0.5, 0.58),)


@pytest.fixture
def ring(tmp_path):
    """A photographed ring whose finger hole a person fills with the brush."""
    store = Store(tmp_path)
    picture, _ = solitaire(512).picture(grain=0.7)
    design = generate.upload(store, store.create("Ring", kind="ring").id, images.encode_png(picture))
    mask.correct(store, design.id, [Stroke(adds=True, width=0.3, points=FINGER_HOLE)])
    return store, store.load(design.id)


def at_the_hole(found):
    height, width = found.shape[:2]
    return found[round(0.58 * height), round(0.5 * width)]


def test_it_is_kept_with_the_design(ring, tmp_path):
    """Stored, read again, and written as before where nothing was corrected."""
    store, design = ring
    assert Store(tmp_path).load(design.id).branch.strokes == design.branch.strokes
    assert Design.model_validate_json(design.model_dump_json()) == design
    mask.correct(store, design.id, [])
    bare = json.loads(store.load(design.id).model_dump_json())
    assert "strokes" not in bare["branches"][0]


def test_the_number_of_pieces_follows_the_brush(ring):
    """A dab apart from the ring is a second piece; taken back, there is one again."""
    store, design = ring
    bare = mask.correct(store, design.id, [])
    assert mask.counted(store, bare.branch).startswith("1 piece")
    dab = Stroke(adds=True, width=0.2, points=((0.15, 0.15),))
    more = mask.correct(store, design.id, [dab])
    assert mask.counted(store, more.branch).startswith("2 pieces")
    assert any("2 pieces" in check.figure for check in more.branch.checks)
    assert mask.counted(store, mask.correct(store, design.id, []).branch).startswith("1 piece")


def test_everyone_follows_the_same_mask(ring):
    """Sketch, relief, overlay and shop set see the hole filled."""
    store, design = ring
    branch, local = design.branch, Local()
    pixels = store.pixels(branch.master)
    assert at_the_hole(piece_mask(pixels, branch.strokes))
    assert at_the_hole(sketch._ground(store, local, branch, subjects(branch)[0]).mask)
    seen = mask.shown(store, branch).astype(int)
    assert np.abs(at_the_hole(seen) - at_the_hole(seen * 0 + 254)).max() < 8
    given = model3d._pictures(
        store, branch, (branch.master,), local.limits[next(iter(k for k in local.limits if k == "model"))]
    )
    assert at_the_hole(images.decode_masked(given[0])[1])


def test_where_the_piece_is_not_told_sheets_follow_the_mask_that_is_shown(tmp_path):
    """On a scene without a plain ground a stroke corrects what the page shows, not the whole picture."""
    store, chance = Store(tmp_path), np.random.default_rng(1)
    scene = cv2.resize(chance.integers(0, 60, (40, 60, 3)).astype(np.uint8), (300, 200))
    scene[60:140] = chance.integers(180, 255, (80, 300, 3))
    scene = np.repeat(np.repeat(scene, 3, axis=0), 3, axis=1)
    assert ground.apart(scene).mask is None
    design = generate.upload(store, store.create("Ring", kind="ring").id, images.encode_png(scene))
    mask.correct(store, design.id, [Stroke(adds=True, width=0.02, points=((0.1, 0.1), (0.3, 0.1)))])
    branch = store.load(design.id).branch
    drawn = sketch._ground(store, Local(), branch, subjects(branch)[0]).mask
    piece = piece_mask(store.pixels(branch.master), branch.strokes).astype(np.uint8)
    assert (drawn == cv2.resize(piece, drawn.shape[::-1])).mean() > 0.97


def test_a_relief_follows_the_brush(ring):
    """The relief of a ring whose hole was filled is the larger by what was filled."""
    store, design = ring
    pixels = store.pixels(design.branch.master)
    volumes = []
    for branch in (design.branch.model_copy(update={"strokes": ()}), design.branch):
        picture = images.encode_quickly(pixels, piece_mask(pixels, branch.strokes))
        answer = Local().run(ModelRequest(images=(picture,), prompt="", kind="ring"), Silent())
        solid = trimesh.load(io.BytesIO(answer.data), file_type="glb", force="mesh", process=False)
        volumes.append(solid.volume)
    assert volumes[1] > 1.2 * volumes[0]


def test_too_many_strokes_are_refused(ring):
    """One sentence, and what was kept stays."""
    store, design = ring
    with pytest.raises(BadInput, match="strokes"):
        mask.correct(store, design.id, list(design.branch.strokes) * (MOST_STROKES + 1))
    assert store.load(design.id).branch.strokes == design.branch.strokes


def test_paths_of_the_canvas_become_strokes():
    """Where fabric's path runs, in shares of the master; its colour says whether it adds."""
    view = canvas.View(2000, 1000, 400)
    pad = canvas.PAD_PX
    path = {
        "type": "path",
        "stroke": "#2e7d32",
        "strokeWidth": 20,
        "path": [["M", pad, pad], ["Q", pad, pad, pad + 200, pad + 100], ["L", pad + 400, pad + 200]],
    }
    taken = {**path, "stroke": "#c62828"}
    first, second = canvas.strokes([path, {"type": "line"}, taken], view, adding="#2e7d32")
    assert first.points == ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0))
    assert first.width == 0.05
    assert first.adds
    assert not second.adds


@pytest.mark.parametrize("count", [0, 1, 2, MOST_POINTS, MOST_POINTS + 1, 3 * MOST_POINTS])
def test_a_stroke_of_any_length_is_kept_whole(count):
    """Longer than one may be it becomes several, joined at their ends."""
    view = canvas.View(1000, 1000, 400)
    steps = [["L", canvas.PAD_PX + 400 * n / max(count, 1), canvas.PAD_PX + 200] for n in range(count)]
    painted = canvas.strokes([{"type": "path", "strokeWidth": 4, "path": steps}], view, adding="#2e7d32")
    rows = [stroke.points for stroke in painted]
    assert all(a[-1] == b[0] for a, b in pairwise(rows))
    assert sum(map(len, rows)) - max(len(rows) - 1, 0) == count
