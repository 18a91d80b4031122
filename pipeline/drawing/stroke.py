"""Strokes of a pen on a sheet: curves to ink coverage, with width and pressure that follow each curve."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.contour import Contours

Ink = NDArray[Any]

WIDTHS = {"silhouette": 2.8, "strong": 1.35, "fine": 0.75}
"""Line widths in 1/1024 of the drawing's longest side: about 0.5, 0.26 and 0.15 mm on A4 (ISO 128 ratios)."""

_PIECE = 6
_LEVELS = 12
_SHIFT = 4


def draw_contours(contours: Contours, shape: tuple[int, int], *, weight: float = 1.0) -> Ink:
    """Ink coverage 0..255, uint8 of `shape`: silhouettes heavy, inner edges by strength, ends tapering."""
    # Pens have whole widths; at twice the size they differ by half a pixel and no line looks stepped.
    fine = 2 if max(shape) <= 2600 else 1
    side = max(shape) * fine
    canvas = np.zeros((shape[0] * fine, shape[1] * fine), np.uint8)
    width, pressure = _profile(contours)
    wide = width * _room(contours.points) * (side / 1024 * weight)
    thick = np.maximum(1, np.rint(wide)).astype(np.intp)
    # Below a pixel a line gets lighter instead of thinner.
    level = np.rint(pressure * np.minimum(1.0, wide) * _LEVELS).astype(np.intp)
    points = np.rint((contours.points * side - 0.5) * (1 << _SHIFT)).astype(np.int32)
    first, last, pen = _strokes(contours.starts, level * 1000 + thick)
    for held in np.unique(pen).tolist():
        level_, thick_ = divmod(held, 1000)
        these = pen == held
        pieces = [points[i : j + 1] for i, j in zip(first[these].tolist(), last[these].tolist(), strict=True)]
        shade = round(255 * level_ / _LEVELS)
        cv2.polylines(
            canvas, pieces, isClosed=False, color=shade, thickness=thick_, lineType=cv2.LINE_AA, shift=_SHIFT
        )
    if fine > 1:
        return np.asarray(cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    return canvas


def _strokes(starts: NDArray[np.intp], pen: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """First and last point, and the pen, of stretches drawn with one pen, which may change at every sixth point."""
    count = np.diff(starts)
    along = np.arange(len(pen)) - np.repeat(starts[:-1], count)
    at = np.flatnonzero(along % _PIECE == 0)
    change = np.ones(len(at), bool)
    change[1:] = (pen[at[1:]] != pen[at[:-1]]) | (along[at[1:]] == 0)
    first = at[change]
    # A stretch ends where the next one of its curve begins, the last one at the curve's end.
    after = np.append(first, len(pen))[1:]
    last = np.where(np.isin(after, starts), after - 1, after)
    return first, last, pen[first]


def _room(points: Ink) -> Ink:
    """How wide lines may be at each point, 0.5 to 1: where many run side by side, as in filigree, all get finer."""
    cells = 160
    x, y = np.clip(points * cells, 0, cells - 1).astype(np.intp).T
    count = np.bincount(y * cells + x, minlength=cells * cells).reshape(cells, cells)
    crowd = cv2.GaussianBlur(count.astype(np.float32), (0, 0), 1.5)
    return np.asarray(np.clip(12 / np.maximum(crowd, 1), 0.5, 1)[y, x], np.float32)


def _profile(contours: Contours) -> tuple[Ink, Ink]:
    """Width (1/1024 of the side) and pressure (0..1) along contours."""
    count = np.diff(contours.starts)
    begin, end = contours.starts[:-1], contours.starts[1:] - 1
    low, high, outer = (np.repeat(v, count) for v in (begin, end, contours.silhouette))
    index = np.arange(len(low))
    strength = np.zeros(len(low), np.float32)
    for shift in range(-4, 5):
        strength += contours.strength[np.clip(index + shift, low, high)] / np.float32(9)
    inner = WIDTHS["fine"] + (WIDTHS["strong"] - WIDTHS["fine"]) * np.clip(strength * 1.6, 0, 1)
    width = np.where(outer, WIDTHS["silhouette"] * (0.8 + 0.3 * np.sqrt(strength)), inner)
    pressure = np.where(outer, 1.0, 0.4 + 0.6 * np.clip(strength * 1.8, 0, 1))
    gap = np.hypot(*(contours.points[begin] - contours.points[end]).T)
    reach = np.where(gap > 2 / 1024, np.minimum(count / 3, 14), 0)
    ends = np.minimum(index - low, high - index) + 1
    taper = np.clip(ends / np.maximum(np.repeat(reach, count), 1e-6), 0.35, 1)
    return width * taper, pressure * np.where(np.repeat(reach, count) > 0, 0.4 + 0.6 * taper, 1)
