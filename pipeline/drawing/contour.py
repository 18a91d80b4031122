"""Contours of a picture: sub-pixel edge curves with a strength along each, and the tone they were found in."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.marching_squares import zero_curves

Field = NDArray[Any]
Mask = NDArray[Any]
Points = NDArray[Any]

WORKING_SIDE_PX = 1280
"""Longest side on which contours are found; the curves are sub-pixel, so they are drawn at any size."""

LARGEST_SCALE = 1.3
"""A small picture is not enlarged beyond this: there is nothing more to find in it but its noise."""

WEAKEST = 0.9
"""Slope of tone, in CIELAB units per working pixel, below which nothing counts as an edge."""

STRONG = 2.6
"""A curve needs this slope somewhere to be drawn at all: hysteresis as in Canny, PAMI 1986."""

SHORTEST_PX = 14.0
"""Curves shorter than this, in working pixels, are specks."""


@dataclass(frozen=True)
class Contours:
    """Edge curves, one after the other: curve k is rows starts[k] : starts[k + 1] of `points` and `strength`.

    `points` is (n, 2) float32 as x, y in 0..1 of the longest side, `strength` (n,) float32, 0..1; `starts` (m + 1,);
    `silhouette` (m,) bool.
    """

    points: Points
    strength: Field
    starts: NDArray[np.intp]
    silhouette: Mask

    def __len__(self) -> int:
        """Number of curves."""
        return len(self.silhouette)

    def __add__(self, other: "Contours") -> "Contours":
        """Both sets."""
        return Contours(
            np.concatenate([self.points, other.points]),
            np.concatenate([self.strength, other.strength]),
            np.concatenate([self.starts, self.starts[-1] + other.starts[1:]]),
            np.concatenate([self.silhouette, other.silhouette]),
        )


@dataclass(frozen=True)
class Study:
    """A picture reduced to what a draughtsman needs, at working size.

    `tone` is lightness less a share of chroma, in CIELAB units, so that gold stands out from white paper.
    `piece` is the mask of the piece, or None where the whole frame is the piece.
    """

    tone: Field
    piece: Mask | None
    contours: Contours


def study(rgb: NDArray[Any], piece: Mask | None) -> Study:
    """Find tone and contours of an RGB picture, uint8 (h, w, 3); `piece` (h, w) is true on the piece."""
    height, width = rgb.shape[:2]
    scale = min(WORKING_SIDE_PX / max(height, width), LARGEST_SCALE)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    if piece is not None:
        piece = cv2.resize(piece.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    raw, chroma = _tone_and_chroma(small)
    tone = cv2.bilateralFilter(raw, 7, 10, 2.2)
    contours = _contours(tone, _noise(raw), piece, sigma=1.25)
    if len(contours):
        # Pale gold beside its own shadow is as light as the paper: there only colour shows the edge.
        followed = _followed(contours, tone.shape)
        contours += _contours(chroma, _noise(chroma), piece, sigma=1.8, taken=followed)
    return Study(tone, piece, contours)


def tone_of(rgb: NDArray[Any]) -> Field:
    """Tone of an RGB picture as a draughtsman sees it, float32 (h, w) in CIELAB units, 100 for white paper."""
    return _tone_and_chroma(rgb)[0]


def _tone_and_chroma(rgb: NDArray[Any]) -> tuple[Field, Field]:
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    chroma = cv2.magnitude(lab[..., 1], lab[..., 2])
    return np.asarray(lab[..., 0] - 0.5 * chroma), np.asarray(chroma)


def _followed(contours: Contours, shape: tuple[int, ...]) -> Mask:
    """Where a contour runs within five pixels."""
    bare = np.ones(shape, np.uint8)
    x, y = np.clip((contours.points * max(shape)).T, 0, np.array(shape[::-1])[:, None] - 1).astype(np.intp)
    bare[y, x] = 0
    return np.asarray(cv2.erode(bare, np.ones((11, 11), np.uint8)) == 0)


def _noise(tone: Field) -> float:
    """Standard deviation of pixel noise: J. Immerkaer, CVIU 64 (1996), by the median to spare the edges."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    # Every other pixel of every other row tells a median as well.
    rough = cv2.filter2D(tone, cv2.CV_32F, kernel)[::2, ::2]
    return float(np.median(np.abs(rough))) / (6 * 0.6745)


def _contours(
    tone: Field, noise: float, piece: Mask | None, *, sigma: float, taken: Mask | None = None
) -> Contours:
    """Differential edges: zero crossings of the second derivative along the gradient where the slope peaks.

    T. Lindeberg, "Edge detection and ridge detection with automatic scale selection", IJCV 30 (1998).
    """
    smooth = cv2.GaussianBlur(tone, (0, 0), sigma)
    gx, gy = _gradient(smooth)
    slope = cv2.magnitude(gx, gy)
    unit = np.maximum(slope, 1e-6)
    gx /= unit
    gy /= unit
    change = _along(slope, gx, gy)
    peak = _along(change, gx, gy) < 0
    # Beside a strong edge only comparable ones matter: this keeps milgrain and filigree legible.
    around = cv2.GaussianBlur(cv2.dilate(slope, np.ones((9, 9), np.uint8)), (0, 0), 9)
    low = np.maximum(WEAKEST + 0.7 * noise, 0.16 * around)
    high = np.maximum(STRONG + 1.8 * noise, 0.30 * around)
    rim = np.zeros(tone.shape, bool)
    if piece is not None:
        whole = piece.astype(np.uint8)
        ring = np.ones((5, 5), np.uint8)
        rim = (cv2.dilate(whole, ring) - cv2.erode(whole, ring)) > 0
        outside = ~(cv2.dilate(whole, ring) > 0)
        # The outline of pale metal on white is shallow; beyond it are only shadows and the backdrop.
        low = np.where(rim, 0.4 * low, np.where(outside, 1e6, low))
        high = np.where(rim, 0.6 * high, np.where(outside, 1e6, high))
    if taken is not None:
        low = np.where(taken, 1e6, low)
    likely = cv2.dilate(((slope > low) & peak).astype(np.uint8), np.ones((3, 3), np.uint8))
    _, patch = cv2.connectedComponents(likely, connectivity=8)
    hopeful = np.zeros(int(patch.max()) + 1, bool)
    hopeful[patch[(slope > np.maximum(low, high)) & peak]] = True
    hopeful[0] = False
    return _runs(*zero_curves(change, hopeful[patch]), (slope, low, high, rim))


def _along(field: Field, x: Field, y: Field) -> Field:
    """The derivative along unit vectors."""
    gx, gy = _gradient(field)
    gx *= x
    gy *= y
    gx += gy
    return gx


def _gradient(field: Field) -> tuple[Field, Field]:
    gx = cv2.Sobel(field, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    gy = cv2.Sobel(field, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return gx, gy


def _runs(points: Points, starts: NDArray[np.intp], maps: tuple[Field, Field, Field, Mask]) -> Contours:
    """Cut the curves where the slope falls below the low threshold; keep runs that are strong or long enough."""
    slope, low, high, rim = maps
    side = max(slope.shape)
    sloping = slope[::2, ::2][slope[::2, ::2] > WEAKEST]
    full = float(np.quantile(sloping, 0.98)) if len(sloping) else 1.0
    at = np.rint(points).astype(np.intp)
    place = at[:, 0] * slope.shape[1] + at[:, 1]
    strength, least = slope.ravel()[place], low.ravel()[place]
    fair = strength > least
    long = np.repeat(np.diff(starts) >= SHORTEST_PX / 2, np.diff(starts))
    first, stop, fair_stretch = _spans(_bridged(fair, starts, 4) & long, starts)
    first, stop = first[fair_stretch], stop[fair_stretch]
    strong = _sums(strength > high.ravel()[place], first, stop) > 0
    first, stop = first[strong], stop[strong]
    on_rim = _sums(rim.ravel()[place], first, stop) > 0.6 * (stop - first)
    points, offset = _smoothed(points[:, ::-1], first, stop)
    # Of a curve's first point the step from the curve before it does not count.
    step = np.zeros(len(points))
    step[1:] = np.hypot(*np.diff(points, axis=0).T)
    step[offset[:-1]] = 0
    length = _sums(step, offset[:-1], offset[1:])
    lasting = length >= SHORTEST_PX * np.where(on_rim, 0.6, 1.0)
    member = np.repeat(lasting, stop - first)
    share = np.clip(_rows(strength, first, stop) / full, 0, 1).astype(np.float32)
    counts = (stop - first)[lasting]
    return Contours(
        (points[member] + 0.5) / side,
        share[member],
        np.concatenate([[0], np.cumsum(counts)]).astype(np.intp),
        on_rim[lasting],
    )


def _spans(flags: Mask, starts: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp], Mask]:
    """Stretches of equal flags that never reach from one curve into the next: first, stop, flag."""
    turn = np.zeros(len(flags), bool)
    turn[1:] = flags[1:] != flags[:-1]
    turn[starts[:-1]] = True
    first = np.flatnonzero(turn)
    return first, np.append(first, len(flags)).astype(np.intp)[1:], flags[first]


def _bridged(fair: Mask, starts: NDArray[np.intp], gap: int) -> Mask:
    """Close gaps of at most `gap` samples within a curve, so that a line does not break at one weak pixel."""
    first, stop, flag = _spans(fair, starts)
    inner = ~np.isin(first, starts) & ~np.isin(stop, starts)
    return np.asarray(fair | np.repeat(~flag & inner & (stop - first <= gap), stop - first))


def _sums(values: NDArray[Any], first: NDArray[np.intp], stop: NDArray[np.intp]) -> NDArray[Any]:
    """Sum of the values of each stretch."""
    along = np.concatenate([[0], np.cumsum(values)])
    return np.asarray(along[stop] - along[first])


def _rows(values: NDArray[Any], first: NDArray[np.intp], stop: NDArray[np.intp]) -> NDArray[Any]:
    """The values of these stretches alone, one after the other."""
    count = stop - first
    ahead = np.concatenate([[0], np.cumsum(count)[:-1]]) if len(count) else count
    return np.asarray(values[np.arange(int(count.sum())) + np.repeat(first - ahead, count)])


def _smoothed(
    points: Points, first: NDArray[np.intp], stop: NDArray[np.intp]
) -> tuple[Points, NDArray[np.intp]]:
    """These stretches, binomially smoothed along the curve, ends held; a closed curve stays closed.

    Also where each of them begins among the points returned, and where the last one ends.
    """
    points = _rows(points, first, stop)
    offset = np.concatenate([[0], np.cumsum(stop - first)]).astype(np.intp)
    count = np.diff(offset)
    begin, end = offset[:-1], offset[1:] - 1
    closed = (count > 20) & (np.abs(points[begin] - points[end]).max(axis=1, initial=0) < 0.01)
    index = np.arange(len(points))
    low, high, round_ = (np.repeat(v, count) for v in (begin, end, closed))
    out = np.zeros_like(points)
    for shift, weight in zip(range(-3, 4), (1, 6, 15, 20, 15, 6, 1), strict=True):
        beside = np.where(
            round_, low + (index + shift - low) % np.maximum(high - low, 1), np.clip(index + shift, low, high)
        )
        out += points[beside] * np.float32(weight / 64)
    short = np.repeat(count <= 7, count)
    out[short] = points[short]
    return out, offset
