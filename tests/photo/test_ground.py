"""The piece is told from cloth and rock, and where it cannot be, a sentence says so."""

import cv2
import numpy as np
import pytest

from pipeline import images
from pipeline.drawing import pencil
from pipeline.photo import ground
from pipeline.photo.ground import ALL_TAKEN, GUESSED, NOT_TOLD, Apart, apart, corrected
from pipeline.providers.base import Silent, SketchRequest
from pipeline.providers.builtin.local import Local
from pipeline.records.brush import Stroke
from tests.drawing.conftest import ring


def on_cloth(side: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """A gold ring on dark, folded, woven cloth, and where it is."""
    piece = ring(side)
    there = cv2.cvtColor(piece, cv2.COLOR_RGB2LAB)[..., 2] > 140
    draw = np.random.default_rng(3)
    folds = cv2.GaussianBlur(draw.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 12)
    weave = cv2.GaussianBlur(draw.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 1)
    level = 42 + 22 * folds / folds.std() + 12 * weave / weave.std()
    cloth = np.clip(level[..., None] + np.array([0, 2, 9]), 0, 255).astype(np.uint8)
    return np.where(there[..., None], piece, cloth), there


def test_a_piece_on_cloth_is_told_from_it():
    """Of a ring on dark woven cloth mask and ring are the same, and the drawing leaves the cloth bare."""
    picture, there = on_cloth()
    found = apart(picture)
    assert found.note == GUESSED
    mask = cv2.resize(found.mask.astype(np.uint8), there.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    assert (mask & there).sum() > 0.9 * (mask | there).sum()
    away = cv2.dilate(there.astype(np.uint8), np.ones((15, 15), np.uint8)) == 0
    assert (pencil(picture, mask=found.mask)[away] < 200).mean() < 0.01


def test_plain_backdrops_need_no_sentence():
    """On plain paper the mask is sure."""
    found = apart(ring(400))
    assert found.mask is not None
    assert found.note == ""


def test_a_scene_without_a_piece_is_said():
    """Where nothing stands out, all is drawn and the sentence says why."""
    noise = np.random.default_rng(5).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    noise[:, :200] //= 3
    found = apart(noise)
    assert found.note in {NOT_TOLD, GUESSED}
    assert (found.mask is None) == (found.note == NOT_TOLD)


def at_the_rim(side: int = 600) -> np.ndarray:
    """A slab that runs out of the picture, on even but grainy paper: no piece can be told from it."""
    picture = np.full((side, side, 3), 200.0)
    slab = picture[side // 4 : 3 * side // 4, : side * 3 // 10]
    slab[:] = (210, 170, 130)
    slab[side // 12 : 5 * side // 12, ::8] -= 40
    picture += np.random.default_rng(1).normal(0, 9, (side, side, 1))
    return np.clip(picture, 0, 255).astype(np.uint8)


def test_what_cannot_be_told_is_drawn_whole(monkeypatch):
    """Nobody guesses a second time: where the sentence says that all is drawn, the ground is drawn too."""
    monkeypatch.setattr(ground, "apart", lambda _: Apart(None, NOT_TOLD))
    picture = at_the_rim()
    watched = Local().run(
        SketchRequest(image=images.encode_png(picture), prompt="", style="pencil"), Silent()
    )
    drawn = images.decode(watched.data)[..., 0]
    for corner in (drawn[:120, 300:], drawn[-120:, 300:]):
        assert (corner < 255).mean() > 0.5


def test_a_mask_travels_with_its_picture():
    """The colours beneath the mask stay as they are."""
    picture, there = on_cloth(120)
    pixels, mask = images.decode_masked(images.encode_quickly(picture, there))
    assert (pixels == picture).all()
    assert (mask == there).all()
    assert images.decode_masked(images.encode_quickly(picture))[1] is None


def test_an_empty_mask_is_said():
    """A plain picture with nothing on it is drawn whole, and the sentence says so."""
    empty = np.full((300, 400, 3), 240, np.uint8)
    told = apart(empty)
    assert told.mask is None
    assert told.note == NOT_TOLD
    assert not told.guess.any()


@pytest.mark.parametrize("adds", [True, False])
def test_a_brush_that_leaves_no_piece_or_no_ground_is_said(adds):
    """Where strokes make everything or nothing the piece, all is drawn and the sentence says why."""
    all_over = [
        Stroke(adds=adds, width=0.5, points=((0.0, height), (1.0, height))) for height in (0.2, 0.5, 0.8)
    ]
    mended = corrected(Apart(ring_mask()), all_over)
    assert mended.mask is None
    assert mended.note == ALL_TAKEN
    assert mended.guess.all() == adds
    # What was painted stays: a stroke more leads on from there.
    again = corrected(mended, [Stroke(adds=not adds, width=0.3, points=((0.5, 0.5),))])
    assert again.mask is not None
    assert again.note == ""


def ring_mask() -> np.ndarray:
    y, x = np.mgrid[:200, :200] - 99.5
    return np.abs(np.hypot(x, y) - 60) < 15
