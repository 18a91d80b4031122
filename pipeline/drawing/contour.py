"""Contours of a picture: sub-pixel edge curves with a strength along each, and the tone they were found in."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]
Mask = NDArray[Any]
Curve = NDArray[Any]

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
class Contour:
    """One edge curve. `points` is (n, 2) as x, y in 0..1 of the longest side; `strength` is (n,), 0..1."""

    points: Curve
    strength: Field
    silhouette: bool


@dataclass(frozen=True)
class Study:
    """A picture reduced to what a draughtsman needs, at working size.

    `tone` is lightness less a share of chroma, in CIELAB units, so that gold stands out from white paper.
    `piece` is the mask of the piece, or None where the whole frame is the piece.
    """

    tone: Field
    piece: Mask | None
    contours: tuple[Contour, ...]


def study(rgb: NDArray[Any], piece: Mask | None) -> Study:
    """Find tone and contours of an RGB picture, uint8 (h, w, 3); `piece` (h, w) is true on the piece."""
    import cv2

    height, width = rgb.shape[:2]
    scale = min(WORKING_SIDE_PX / max(height, width), LARGEST_SCALE)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    if piece is not None:
        piece = cv2.resize(piece.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    raw, chroma = _tone_and_chroma(small)
    tone = cv2.bilateralFilter(raw, 7, 10, 2.2)
    contours = _contours(tone, _noise(raw), piece, sigma=1.25)
    if contours:
        # Pale gold beside its own shadow is as light as the paper: there only colour shows the edge.
        followed = _followed(contours, tone.shape)
        contours += _contours(chroma, _noise(chroma), piece, sigma=1.8, taken=followed)
    return Study(tone, piece, contours)


def tone_of(rgb: NDArray[Any]) -> Field:
    """Tone of an RGB picture as a draughtsman sees it, float32 (h, w) in CIELAB units, 100 for white paper."""
    return _tone_and_chroma(rgb)[0]


def _tone_and_chroma(rgb: NDArray[Any]) -> tuple[Field, Field]:
    import cv2

    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    chroma = cv2.magnitude(lab[..., 1], lab[..., 2])
    return np.asarray(lab[..., 0] - 0.5 * chroma), np.asarray(chroma)


def _followed(contours: tuple[Contour, ...], shape: tuple[int, ...]) -> Mask:
    """Where a contour runs within five pixels."""
    import cv2

    bare = np.ones(shape, np.uint8)
    points = np.concatenate([c.points for c in contours]) * max(shape)
    x, y = np.clip(points.T, 0, np.array(shape[::-1])[:, None] - 1).astype(np.intp)
    bare[y, x] = 0
    return np.asarray(cv2.erode(bare, np.ones((11, 11), np.uint8)) == 0)


def _noise(tone: Field) -> float:
    """Standard deviation of pixel noise: J. Immerkaer, CVIU 64 (1996), by the median to spare the edges."""
    import cv2

    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    return float(np.median(np.abs(cv2.filter2D(tone, cv2.CV_32F, kernel)))) / (6 * 0.6745)


def _contours(
    tone: Field, noise: float, piece: Mask | None, *, sigma: float, taken: Mask | None = None
) -> tuple[Contour, ...]:
    """Differential edges: zero crossings of the second derivative along the gradient where the slope peaks.

    T. Lindeberg, "Edge detection and ridge detection with automatic scale selection", IJCV 30 (1998).
    """
    import cv2
    from skimage.measure import find_contours

    smooth = cv2.GaussianBlur(tone, (0, 0), sigma)
    gx, gy = _gradient(smooth)
    slope = cv2.magnitude(gx, gy)
    unit = np.maximum(slope, 1e-6)
    vx, vy = gx / unit, gy / unit
    mx, my = _gradient(slope)
    change = mx * vx + my * vy
    cx, cy = _gradient(change)
    peak = (cx * vx + cy * vy) < 0
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
    found = find_contours(change, 0.0, mask=hopeful[patch])  # type: ignore[no-untyped-call]
    return _runs(found, (slope, low, high, rim), max(tone.shape))


def _gradient(field: Field) -> tuple[Field, Field]:
    import cv2

    gx = cv2.Sobel(field, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    gy = cv2.Sobel(field, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return gx, gy


def _runs(
    found: list[NDArray[Any]], maps: tuple[Field, Field, Field, Mask], side: int
) -> tuple[Contour, ...]:
    """Cut the curves where the slope falls below the low threshold; keep runs that are strong or long enough."""
    slope, low, high, rim = maps
    full = float(np.quantile(slope[slope > WEAKEST], 0.98)) if (slope > WEAKEST).any() else 1.0
    kept: list[Contour] = []
    for curve in found:
        if len(curve) < SHORTEST_PX / 2:
            continue
        at = np.rint(curve).astype(np.intp)
        y, x = at[:, 0], at[:, 1]
        strength = slope[y, x]
        fair = strength > low[y, x]
        for start, stop in _spans(_bridged(fair, 4)):
            if not (strength[start:stop] > high[y[start:stop], x[start:stop]]).any():
                continue
            points = _smoothed(curve[start:stop, ::-1].astype(np.float32))
            length = float(np.hypot(*np.diff(points, axis=0).T).sum())
            on_rim = float(rim[y[start:stop], x[start:stop]].mean()) > 0.6
            if length < SHORTEST_PX * (0.6 if on_rim else 1.0):
                continue
            share = np.clip(strength[start:stop] / full, 0, 1).astype(np.float32)
            kept.append(Contour((points + 0.5) / side, share, on_rim))
    return tuple(kept)


def _bridged(fair: Mask, gap: int) -> Mask:
    """Close gaps of at most `gap` samples, so that a line does not break at one weak pixel."""
    out = fair.copy()
    for start, stop in _spans(~fair):
        if stop - start <= gap and start > 0 and stop < len(fair):
            out[start:stop] = True
    return out


def _spans(flags: Mask) -> list[tuple[int, int]]:
    if flags.all():
        return [(0, len(flags))]
    turns = (np.flatnonzero(flags[1:] != flags[:-1]) + 1).tolist()
    if flags[0]:
        turns.insert(0, 0)
    if len(turns) % 2:
        turns.append(len(flags))
    return list(zip(turns[::2], turns[1::2], strict=True))


def _smoothed(points: Curve, radius: int = 3) -> Curve:
    """Binomially smoothed along the curve, ends held; a closed curve stays closed."""
    if len(points) <= 2 * radius + 1:
        return points
    closed = len(points) > 20 and bool(np.allclose(points[0], points[-1], atol=1e-3))
    padded = (
        np.concatenate([points[-radius - 1 : -1], points, points[1 : radius + 1]])
        if closed
        else np.concatenate([np.repeat(points[:1], radius, 0), points, np.repeat(points[-1:], radius, 0)])
    )
    kernel = np.array([1, 6, 15, 20, 15, 6, 1], np.float32) / 64
    return np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)
