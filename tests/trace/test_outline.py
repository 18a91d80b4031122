"""A plate with the picture's own outline: whatever flat thing hangs from a chain, with its holes and tips."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import BadInput
from pipeline.images import Pixels
from pipeline.solids.labels import NOTHING
from pipeline.solids.score import overlap, square_mask
from pipeline.trace.families import placed
from pipeline.trace.records import Placement
from pipeline.trace.tracing import again, seen_by, trace

SIDE = 800


def _hung(points: NDArray[np.float64], holes: list[tuple[int, int, int]]) -> tuple[Pixels, NDArray[np.bool_]]:
    """A plate with round holes on white, hung from a chain that runs off the picture, and where it truly is."""
    plate = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(plate, [points.astype(np.int32)], 1)
    for x, y, radius in holes:
        cv2.circle(plate, (x, y), radius, 0, -1)
    seen = plate.copy()
    top = points[points[:, 1].argmin()].astype(int)
    for x in (100, 700):
        cv2.line(seen, [int(v) for v in top], (x, 0), 1, 7)
    pixels = np.where(seen[..., None] > 0, np.array((205, 170, 90)), 250).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.8)), plate > 0


def _star() -> NDArray[np.float64]:
    turn = np.arange(10) * np.pi / 5 - np.pi / 2
    reach = np.where(np.arange(10) % 2, 140, 250)
    return np.array([400, 430]) + np.column_stack([reach * np.cos(turn), reach * np.sin(turn)])


def _leaf() -> NDArray[np.float64]:
    turn = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    reach = 200 + 30 * np.sin(5 * turn)
    return np.array([390, 440]) + np.column_stack([0.7 * reach * np.cos(turn), reach * np.sin(turn)])


def _holes(seen: NDArray[np.bool_]) -> int:
    lines, tree = cv2.findContours(seen.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return sum(
        bool(row[3] >= 0) for line, row in zip(lines, tree[0], strict=True) if cv2.contourArea(line) > 40
    )


@pytest.mark.parametrize(
    ("points", "holes"),
    [(_star(), [(400, 430, 45), (400, 540, 16)]), (_leaf(), []), (_leaf(), [(390, 480, 60)])],
)
def test_a_flat_pendant_no_form_has_keeps_outline_holes_and_height_without_its_chain(
    points: NDArray[np.float64], holes: list[tuple[int, int, int]]
) -> None:
    """It lies on the picture, is as tall as was said, and is never called proven: it was cut after that very mask."""
    pixels, truth = _hung(points, holes)
    traced = trace(pixels, "necklace", "outline", size_mm=22.0)
    seen = seen_by(traced.family, traced.values, traced.pose) > NOTHING
    assert overlap(seen, square_mask(truth)) > 0.93
    assert _holes(seen) == len(holes)
    assert not traced.accepted
    assert "guess" in traced.words
    assert traced.spec.pendant is not None
    assert traced.spec.pendant.height_mm == 22.0


def test_its_thickness_is_its_own_and_its_placement_alone_makes_it_again() -> None:
    """What is kept of it, read again, is the same plate, and thicker where somebody made it so."""
    pixels, _ = _hung(_leaf(), [])
    traced = trace(pixels, "necklace", "outline")
    kept = Placement.model_validate_json(traced.placement.model_dump_json())
    thicker = again(pixels, "necklace", kept.model_copy(update={"values": {"motif.thickness_mm": 3.0}}))
    assert thicker.spec.motif is not None
    assert thicker.spec.motif.thickness_mm == 3.0
    assert thicker.figures.iou == pytest.approx(traced.figures.iou, abs=0.03)
    tall = np.ptp(placed("necklace", kept).body(thicker.values).points[:, 1])
    assert tall == pytest.approx(3.0, abs=0.01)


def test_where_nothing_stands_out_there_is_no_outline() -> None:
    """An empty ground says so; there is no such ring."""
    with pytest.raises(BadInput, match="stands out"):
        trace(np.full((300, 300, 3), 250, np.uint8), "necklace", "outline")
    with pytest.raises(BadInput, match="no family"):
        trace(np.full((300, 300, 3), 250, np.uint8), "ring", "outline")
