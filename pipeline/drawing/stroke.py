"""Strokes of a pen on a sheet: curves to ink coverage, with width and pressure that follow each curve."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.contour import Contour

Ink = NDArray[Any]

WIDTHS = {"silhouette": 2.8, "strong": 1.35, "fine": 0.75}
"""Line widths in 1/1024 of the drawing's longest side: about 0.5, 0.26 and 0.15 mm on A4 (ISO 128 ratios)."""

_PIECE = 6
_LEVELS = 12
_SHIFT = 4


def draw_contours(contours: Iterable[Contour], shape: tuple[int, int], *, weight: float = 1.0) -> Ink:
    """Ink coverage 0..1, float32 of `shape`: silhouettes heavy, inner edges by strength, ends tapering."""
    import cv2

    # Pens have whole widths; at twice the size they differ by half a pixel and no line looks stepped.
    fine = 2 if max(shape) <= 2600 else 1
    side = max(shape) * fine
    contours = tuple(contours)
    room = _room(contours)
    groups: dict[tuple[int, int], list[NDArray[Any]]] = {}
    for contour in contours:
        width, pressure = _profile(contour)
        wide = width * room(contour.points) * (side / 1024 * weight)
        thick = np.maximum(1, np.rint(wide)).astype(np.intp)
        # Below a pixel a line gets lighter instead of thinner.
        level = np.rint(pressure * np.minimum(1.0, wide) * _LEVELS).astype(np.intp)
        points = np.rint((contour.points * side - 0.5) * (1 << _SHIFT)).astype(np.int32)
        pen = (level * 1000 + thick)[: len(points) : _PIECE]
        starts = [0, *(_PIECE * (np.flatnonzero(pen[1:] != pen[:-1]) + 1)).tolist()]
        for start, stop in zip(starts, [*starts[1:], len(points) - 1], strict=True):
            groups.setdefault((int(level[start]), int(thick[start])), []).append(points[start : stop + 1])
    canvas = np.zeros((shape[0] * fine, shape[1] * fine), np.uint8)
    for (level_, thick_), pieces in sorted(groups.items()):
        shade = round(255 * level_ / _LEVELS)
        cv2.polylines(
            canvas, pieces, isClosed=False, color=shade, thickness=thick_, lineType=cv2.LINE_AA, shift=_SHIFT
        )
    if fine > 1:
        canvas = np.asarray(cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(canvas, np.float32) / 255


def _room(contours: tuple[Contour, ...]) -> Callable[[Ink], Ink]:
    """How wide lines may be at a point, 0.5 to 1: where many run side by side, as in filigree, all get finer."""
    import cv2

    cells = 160
    if not contours:
        return lambda points: np.ones(len(points), np.float32)
    points = np.concatenate([c.points for c in contours])
    at = np.clip(points * cells, 0, cells - 1).astype(np.intp)
    count = np.bincount(at[:, 1] * cells + at[:, 0], minlength=cells * cells).reshape(cells, cells)
    crowd = cv2.GaussianBlur(count.astype(np.float32), (0, 0), 1.5)
    share = np.clip(12 / np.maximum(crowd, 1), 0.5, 1)

    def look_up(points: Ink) -> Ink:
        x, y = np.clip(points * cells, 0, cells - 1).astype(np.intp).T
        return np.asarray(share[y, x], np.float32)

    return look_up


def _profile(contour: Contour) -> tuple[Ink, Ink]:
    """Width (1/1024 of the side) and pressure (0..1) along a contour."""
    strength: Ink = np.convolve(np.pad(contour.strength, 4, mode="edge"), np.full(9, 1 / 9), "valid")
    count = len(strength)
    if contour.silhouette:
        width: Ink = WIDTHS["silhouette"] * (0.8 + 0.3 * np.sqrt(strength))
        pressure: Ink = np.ones(count)
    else:
        width = WIDTHS["fine"] + (WIDTHS["strong"] - WIDTHS["fine"]) * np.clip(strength * 1.6, 0, 1)
        pressure = 0.4 + 0.6 * np.clip(strength * 1.8, 0, 1)
    if np.hypot(*(contour.points[0] - contour.points[-1])) > 2 / 1024:
        ends = np.minimum(np.arange(count), np.arange(count)[::-1])
        taper = np.clip((ends + 1) / min(count / 3, 14), 0.35, 1)
        width, pressure = width * taper, pressure * (0.4 + 0.6 * taper)
    return width, pressure
