"""The sketch gate: how far a drawing's lines lie on what it shows, and whether a redrawn one may stand for it.

A redrawn picture is first laid over its source: models shift and zoom a little, and that can be taken back. What then
still does not lie on the source is another drawing, and is refused.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.agreement import at_size, drawn_lines, lie_on, overlap, source_edges
from pipeline.drawing.plate import Plate
from pipeline.drawing.surface import FACET
from pipeline.errors import NotRegistrable

TOLERANCE = 2 / 1024
"""How far a line may lie from its edge, in shares of the longer side."""

PRECISION, RECALL = 0.90, 0.50
"""A redrawn picture passes from here on: our own drawings of photographs reach both; below it warns."""

REFUSED = 0.70
"""Below this share of lines on edges it is another drawing: a ring tilted otherwise, a piece turned over, a piece
moved by 2 % of the frame all stay under it, and a true one under hatching stays above."""

FARTHEST = 0.04
"""The largest shift, in shares of the longer side, that is taken back."""

ZOOMS = (0.96, 0.97, 0.98, 0.99, 1.0, 1.01, 1.02, 1.03, 1.04)

_SEARCH_PX = 512

Kind = Literal["", "pass", "warn"]


@dataclass(frozen=True)
class Finding:
    """Edge precision and recall, 0..1, and for a redrawn picture what is to be thought of it.

    `shift` is how far the drawing had to be moved, in shares of the longer side, and `zoom` how much enlarged.
    """

    precision: float
    recall: float
    verdict: Kind = ""
    shift: float = 0.0
    zoom: float = 1.0


def measure_plate(plate: Plate) -> Finding:
    """Measure a plate's outlines and edges against the piece in flat light, which knows nothing of its lines.

    Facets need not show there, for some lie within a degree of each other; where one does show, it was drawn.
    The lines themselves are compared, not ink: where a chain is drawn small, pens would run into each other.
    """
    # A small view is measured as large as any: its lines lie between pixels.
    finer = max(1.0, 1 / TOLERANCE * 2 / max(plate.seen.shape))
    height, width = (round(side * finer) for side in plate.seen.shape[:2])
    source = np.asarray(cv2.resize(plate.seen, (width, height), interpolation=cv2.INTER_LINEAR))
    stretch = np.array([width / plate.width, height / plate.height])
    drawn, lines = np.zeros((2, height, width), np.uint8)
    for curve in plate.curves:
        points = np.rint((curve.points * stretch - 0.5) * 16).astype(np.int32)
        cv2.polylines(drawn, [points], isClosed=curve.closed, color=1, thickness=1, shift=4)
        if curve.kind > FACET:
            cv2.polylines(lines, [points], isClosed=curve.closed, color=1, thickness=1, shift=4)
    agreement = lie_on(lines > 0, drawn > 0, source, reach_px=TOLERANCE * max(height, width))
    return Finding(agreement.precision, agreement.recall)


def measure_picture(
    drawing: NDArray[Any], source: NDArray[Any], piece: NDArray[Any] | None = None
) -> Finding:
    """Measure a drawing made from the pixels of its source; both show the same frame, at whatever size.

    With the mask of the piece its ground's edges are not missed.
    """
    agreement = overlap(drawing, source, tolerance_px=TOLERANCE * max(source.shape[:2]), piece=piece)
    return Finding(agreement.precision, agreement.recall)


def examine(drawing: NDArray[Any], source: NDArray[Any], name: str) -> tuple[Finding, NDArray[Any]]:
    """Lay a redrawn picture over its source and judge it; both uint8 of one shape (h, w), the source RGB.

    Returns the finding and the drawing as it lies. Raises NotRegistrable where it shows something else, or the same
    elsewhere; `name` says in that sentence who drew.
    """
    x, y, zoom = _displacement(drawing, source)
    moved = _moved(drawing, x, y, zoom)
    finding = measure_picture(moved, source)
    straight = measure_picture(drawing, source)
    if straight.precision >= finding.precision:
        finding, moved, x, y, zoom = straight, drawing, 0.0, 0.0, 1.0
    shift = float(np.hypot(x, y)) / max(source.shape[:2])
    if finding.precision < REFUSED:
        raise NotRegistrable(
            f"The drawing by {name} does not lie on its picture: only {finding.precision:.0%} of its lines are on "
            "edges. It was not put on a sheet; draw this one again, or with another provider."
        )
    passed = finding.precision >= PRECISION and finding.recall >= RECALL
    return replace(finding, verdict="pass" if passed else "warn", shift=shift, zoom=zoom), moved


def _displacement(drawing: NDArray[Any], source: NDArray[Any]) -> tuple[float, float, float]:
    """Pixels right and down, and the zoom, that bring most lines onto edges."""
    longest = max(source.shape[:2])
    scale = min(1.0, _SEARCH_PX / longest)
    small, grey = at_size(drawing, source, scale)
    edges = source_edges(small)[1].astype(np.uint8)
    near = cv2.GaussianBlur(cv2.dilate(edges, np.ones((3, 3), np.uint8)).astype(np.float32), (0, 0), 1.0)
    lines = drawn_lines(grey)[0].astype(np.float32)
    reach = max(1, round(FARTHEST * max(near.shape)))
    room = np.pad(near, reach)
    best = (-1.0, 0.0, 0.0, 1.0)
    for zoom in ZOOMS:
        turned = cv2.warpAffine(lines, _matrix(lines.shape, 0, 0, zoom), lines.shape[::-1])
        score = np.asarray(
            cv2.matchTemplate(room, turned, cv2.TM_CCORR) / max(float(turned.sum()), 1.0), np.float32
        )
        _, most, _, (column, row) = cv2.minMaxLoc(score)
        best = max(best, (float(most), (column - reach) / scale, (row - reach) / scale, zoom))
    return best[1], best[2], best[3]


def _moved(drawing: NDArray[Any], x: float, y: float, zoom: float) -> NDArray[Any]:
    paper = float(np.median(drawing))
    return np.asarray(
        cv2.warpAffine(
            drawing,
            _matrix(drawing.shape, x, y, zoom),
            (drawing.shape[1], drawing.shape[0]),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(paper, paper, paper),
        )
    )


def _matrix(shape: tuple[int, ...], x: float, y: float, zoom: float) -> NDArray[Any]:
    """Zoom about the middle, then move."""
    middle = np.array([shape[1], shape[0]]) / 2
    offset = (1 - zoom) * middle + np.array([x, y])
    return np.array([[zoom, 0, offset[0]], [0, zoom, offset[1]]], np.float32)
