"""The sketch gate: true drawings pass, moved ones are laid back, foreign ones are refused."""

import cv2
import numpy as np
import pytest

from pipeline.drawing.gate import examine, measure_picture
from pipeline.errors import NotRegistrable
from tests.drawing.conftest import on_paper, ring


@pytest.mark.parametrize("style", ["pencil", "contour", "hatch"])
def test_a_true_drawing_passes(band, style):
    """A drawing that lies on its source passes as it is."""
    drawn = on_paper(band, style=style)
    found, laid = examine(drawn, band, "Someone")
    assert found.verdict == "pass"
    assert found.precision >= 0.95
    assert np.abs(laid.astype(int) - drawn).mean() < 12


@pytest.mark.parametrize(("x", "y", "zoom"), [(14, -9, 1.0), (0, 0, 1.02), (-12, 8, 0.98)])
def test_a_displaced_drawing_is_laid_back(band, x, y, zoom):
    """Shifts of 2 % and zooms of 2 %, as models make them, are found and taken back to within the tolerance."""
    drawn = on_paper(band, style="contour")
    side = len(band)
    matrix = np.array([[zoom, 0, x + (1 - zoom) * side / 2], [0, zoom, y + (1 - zoom) * side / 2]])
    moved = cv2.warpAffine(drawn, matrix, (side, side), borderValue=255)
    assert measure_picture(moved, band).precision < 0.7
    found, laid = examine(moved, band, "Someone")
    assert found.verdict == "pass"
    assert measure_picture(laid, band).precision >= 0.9


@pytest.mark.parametrize(
    "other",
    [
        lambda drawn: np.roll(drawn, 90, axis=1),
        lambda drawn: drawn.T,
        lambda _: on_paper(ring(900, tilt=0.9), style="contour"),
        lambda drawn: cv2.resize(drawn[100:800, 100:800], (900, 900)),
    ],
    ids=["moved", "turned", "tilted", "larger"],
)
def test_another_drawing_is_refused(band, other):
    """A piece moved, turned, tilted otherwise or much larger is refused in words, with the figure."""
    drawn = on_paper(band, style="contour")
    with pytest.raises(NotRegistrable, match=r"Someone .*% of its lines"):
        examine(np.ascontiguousarray(other(drawn)), band, "Someone")


def test_a_poor_drawing_warns(band):
    """Right lines with as many invented ones are shown with a warning."""
    drawn = on_paper(band, style="contour").copy()
    for offset in (0, 12):
        cv2.circle(drawn, (450, 450), 60 + offset, 0, 2)
    found, _ = examine(drawn, band, "Someone")
    assert found.verdict == "warn"


def test_bare_paper_is_refused(band):
    """An answer without a line is no drawing."""
    with pytest.raises(NotRegistrable):
        examine(np.full(band.shape[:2], 255, np.uint8), band, "Someone")
