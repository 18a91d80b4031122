"""Overlap of a drawing with its source: high for a true drawing, low for a moved, foreign or empty one."""

import numpy as np
import pytest

from pipeline.drawing import overlap, pencil
from tests.drawing.conftest import ring


def test_moved_lines_lose_precision(band):
    """Precision falls as the drawing is moved off its source."""
    drawn = pencil(band, style="contour")
    values = [overlap(np.roll(drawn, shift, axis=1), band, tolerance_px=2).precision for shift in (0, 6, 14)]
    assert values[0] > 0.95
    assert values[0] > values[1] > values[2]
    assert values[2] < 0.5


def test_another_piece_does_not_agree(band):
    """The drawing of a differently tilted ring scores low on this one."""
    other = overlap(pencil(ring(900, tilt=0.85), style="contour"), band, tolerance_px=2)
    assert other.precision < 0.7


def test_missing_lines_lose_recall(band):
    """Half a drawing finds about half of the edges, all of them right."""
    drawn = pencil(band, style="contour").copy()
    whole = overlap(drawn, band, tolerance_px=2)
    drawn[:, 450:] = 255
    half = overlap(drawn, band, tolerance_px=2)
    assert half.precision > 0.95
    assert half.recall == pytest.approx(whole.recall / 2, abs=0.12)


def test_nothing_drawn_is_nought(band):
    """Bare paper has neither precision nor recall."""
    empty = overlap(np.full(band.shape[:2], 255, np.uint8), band, tolerance_px=2)
    assert (empty.precision, empty.recall) == (0.0, 0.0)


def test_the_ground_is_not_missed():
    """With the piece's mask the recall of a drawing of the piece alone does not suffer from the ground's edges."""
    source = np.full((200, 200, 3), 240, np.uint8)
    source[60:100, 60:100] = 60
    source[140:180, 20:180] = 90
    drawing = np.full((200, 200), 255, np.uint8)
    drawing[60:100, 60:100] = 0
    drawing[62:98, 62:98] = 255
    piece = np.zeros((200, 200), bool)
    piece[50:110, 50:110] = True
    assert overlap(drawing, source, tolerance_px=2).recall < 0.5
    assert overlap(drawing, source, tolerance_px=2, piece=piece).recall > 0.95
