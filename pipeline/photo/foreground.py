"""Telling the piece from its backdrop: a smooth backdrop is modelled, what departs from it is the piece."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Field = NDArray[Any]
"""A float32 plane or stack of planes; Any, because cv2 does not say what it returns."""

WORKING_SIDE_PX = 1024
"""Longest side of the picture on which the mask is found: a 2 px chain of a 2048 master is still 1 px wide."""

BORDER_SHARE = 0.025
"""Width of the frame of pixels that is taken for backdrop, as a share of the longest side."""

NEAR_DELTA_E = 9.0
"""Colour distance to the backdrop from which a pixel is the piece: soft contact shadows on white stay below."""

SECOND_TONE = 5.0
"""Distance to the first backdrop tone from which border pixels may be a second one."""

PLAIN_SPREAD = 2.0
"""Median distance of the border to its own model; studio backdrops measure 0 to 1.6, sand and cloth 2.5 to 18."""

RIM_PX = 2
"""How far the blur of lens, scaling and gradient can carry the outline outwards at working size."""

HALF_WAY = 0.4
"""Share of the colour distance beside it that a pixel of the rim needs; below one half, for shallow edges."""


@dataclass(frozen=True)
class Survey:
    """A picture at working size (longest side at most `WORKING_SIDE_PX`) with what was measured on it."""

    rgb: Rgb
    lab: Field
    """CIELAB, D65, L 0 to 100, shape (h, w, 3)."""
    frame: Mask
    """The border pixels the backdrop was fitted to."""
    mask: Mask
    """True on the piece."""
    distance: Field
    """Weighted CIELAB distance to the backdrop."""
    gradient: Field
    """Smoothed luma gradient, 8-bit levels per pixel."""
    spread: float
    """How far the border strays from its own model, in CIELAB units."""

    @property
    def plain(self) -> bool:
        """Whether the backdrop is even enough for the mask to be trusted."""
        return self.spread < PLAIN_SPREAD


def foreground(rgb: Rgb) -> Mask:
    """Return the mask of the piece, bool of shape (h, w).

    Each backdrop tone is a plane in CIELAB over the picture, fitted to the border by iteratively reweighted
    least squares (Cauchy weights). Where the border is no plain backdrop, the answer is a best guess.
    """
    height, width = rgb.shape[:2]
    surveyed = survey(rgb)
    if surveyed.mask.shape == (height, width):
        return surveyed.mask
    soft = cv2.GaussianBlur(surveyed.mask.astype(np.float32), (0, 0), 0.7)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC) > 0.5)


def survey(rgb: Rgb) -> Survey:
    """Measure the picture once for the mask, the checklist and the crop suggestions."""
    small = shrink(rgb, WORKING_SIDE_PX)
    lab: Field = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    slope = cv2.magnitude(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)) / 4
    gradient: Field = cv2.GaussianBlur(slope, (0, 0), 1.2)
    frame = _frame(luma.shape)
    offset, spread = _backdrop_offset(lab, frame, gradient)
    distance = _length(offset)
    if spread < PLAIN_SPREAD:
        mask = _mask_on_plain(offset, distance, gradient, spread)
    else:
        mask = _mask_on_clutter(small, lab, frame)
    return Survey(small, lab, frame, mask, distance, gradient, spread)


def shrink(rgb: Rgb, side: int) -> Rgb:
    """Scale down by area averaging until the longest side is at most `side` pixels."""
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return rgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _frame(shape: tuple[int, ...]) -> Mask:
    height, width = shape[:2]
    thick = max(3, int(BORDER_SHARE * max(height, width)))
    frame = np.ones((height, width), dtype=bool)
    if height > 2 * thick and width > 2 * thick:
        frame[thick:-thick, thick:-thick] = False
    return frame


def _backdrop_offset(lab: Field, frame: Mask, gradient: Field) -> tuple[Field, float]:
    """Colour of every pixel less that of the nearest backdrop tone, and how far the border strays from it."""
    plane = _terms(lab.shape, degree=1)
    colours = lab.reshape(-1, 3)
    where = np.nonzero(frame.ravel())[0][::3]
    tone, residual = _fit(plane[where], colours[where])
    spread = float(np.sqrt(np.median(residual)))
    offset = (colours - plane @ tone).reshape(lab.shape)
    if spread >= PLAIN_SPREAD:
        return offset, spread
    second = _second_tone(plane, colours, where[residual > SECOND_TONE**2], len(where), gradient)
    other = None if second is None else (colours - plane @ second).reshape(lab.shape)
    # The first fit saw the border only; a second, curved one sees all of the backdrop, vignettes included.
    near = _length(offset)
    limit = NEAR_DELTA_E if other is None else np.minimum(NEAR_DELTA_E, _length(other))
    calm = np.nonzero(((near < limit) & (gradient < 4)).ravel())[0]
    if len(calm) > 2000:
        calm = calm[:: max(1, len(calm) // 20000)]
        curved = _terms(lab.shape, degree=2)
        tone, _ = _fit(curved[calm], colours[calm])
        offset = (colours - curved @ tone).reshape(lab.shape)
    if other is not None:
        offset = _nearer(offset, other)
    return offset, spread


def _terms(shape: tuple[int, ...], *, degree: int) -> Field:
    height, width = shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x.ravel() / width - 0.5, y.ravel() / height - 0.5
    columns = [np.ones_like(x), x, y]
    if degree == 2:
        columns += [x * x, x * y, y * y]
    return np.stack(columns, axis=1)


def _fit(terms: Field, colours: Field) -> tuple[Field, Field]:
    """Robust polynomial fit; returns coefficients (terms, 3) and the squared residual of every sample."""
    a, b = terms.astype(np.float64), colours.astype(np.float64)
    residual = ((b - np.median(b, axis=0)) ** 2).sum(axis=1)
    scale = 8.0
    # A ridge on everything but the constant keeps a border half covered by the piece from tilting the plane.
    ridge = np.diag([1e-6] + [4e-4] * (a.shape[1] - 1)) * len(a)
    coefficients = np.zeros((a.shape[1], 3))
    for _ in range(5):
        weight = 1 / (1 + residual / scale**2) ** 2
        weighted = a * weight[:, None]
        coefficients = np.linalg.solve(weighted.T @ a + ridge, weighted.T @ b)
        residual = ((a @ coefficients - b) ** 2).sum(axis=1)
        scale = 4.0
    return coefficients.astype(np.float32), residual.astype(np.float32)


def _length(offset: Field) -> Field:
    # Chroma counts more than lightness: shadows change lightness, metal and stones change both.
    weighted = offset * np.array([0.8, 1.3, 1.3], dtype=np.float32)
    return np.asarray(np.sqrt((weighted * weighted).sum(axis=-1)))


def _second_tone(
    terms: Field, colours: Field, where: NDArray[np.intp], border: int, gradient: Field
) -> Field | None:
    """Fit a second backdrop tone (wall and table, paper on paper) if the stray border pixels are one."""
    if len(where) < 0.06 * border:
        return None
    tone, residual = _fit(terms[where], colours[where])
    middle = colours[where].mean(axis=0)
    calm = float(np.quantile(gradient.ravel()[where], 0.6)) < 2
    even = float(np.sqrt(np.median(residual))) < 1.5
    neutral = float(np.hypot(middle[1], middle[2])) < 8
    return tone if calm and even and neutral else None


def _nearer(one: Field, other: Field) -> Field:
    """The smaller of two offsets; none at all on the seam where one backdrop tone meets the other."""
    cross = np.ones((9, 9), np.uint8)
    first, second = _length(one), _length(other)
    near_first, near_second = (
        cv2.dilate((length < 4).astype(np.uint8), cross) > 0 for length in (first, second)
    )
    nearer = np.where((second < first)[..., None], other, one)
    nearer[near_first & near_second] = 0
    return np.asarray(nearer)


def _mask_on_plain(offset: Field, distance: Field, gradient: Field, spread: float) -> Mask:
    threshold = max(NEAR_DELTA_E, 3.2 * spread + 4)
    ground = _open_ground(offset, distance, gradient, threshold)
    strong = (distance > threshold) & ~ground
    # An edge needs less colour distance than a plain area does, and what an outline encloses needs least.
    edge = (gradient > 6) & (distance > 0.4 * threshold) & ~ground
    enclosed = ~ground & (distance > max(0.25 * threshold, 3 * spread))
    # But a faint line on its own, with nothing on either side, is a seam of the backdrop.
    wide = cv2.morphologyEx((~ground).astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    near = cv2.dilate((strong | ((wide > 0) & enclosed)).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    piece = strong | ((edge | enclosed) & near)
    return _tidy(_tighten(piece, distance, gradient), distance)


def _tighten(piece: Mask, distance: Field, gradient: Field) -> Mask:
    """Move the outline to where the colour is half way between the backdrop and the piece beside it."""
    square = np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)
    rim = piece & (cv2.erode(piece.astype(np.uint8), square, borderValue=1) == 0)
    return np.asarray(piece & ~(rim & (gradient > 5) & (distance < HALF_WAY * cv2.dilate(distance, square))))


def _open_ground(offset: Field, distance: Field, gradient: Field, threshold: float) -> Mask:
    """Flood the backdrop and the soft shadows on it, up to the first edge.

    A penumbra is wide: its slope is small beside its depth. The outline of pale metal on white is the
    opposite, a shallow but abrupt step; so the flood goes round silver and runs into a deep soft shadow.
    """
    depth = np.maximum(-offset[..., 0], 0) * 2.55
    shadow = (np.hypot(offset[..., 1], offset[..., 2]) < 5) & (offset[..., 0] < 0) & (depth < 110)
    seed = (distance < 0.6 * threshold) & (gradient < 2)
    _, patch, sizes, _ = cv2.connectedComponentsWithStats(seed.astype(np.uint8), connectivity=4)
    # Specks of backdrop colour inside the piece are its highlights; the flood does not start there.
    large = sizes[:, cv2.CC_STAT_AREA] > 0.005 * seed.size
    large[0] = False
    calm = gradient < np.maximum(3.5, 0.2 * depth)
    ground = _flood(large[patch], calm & (shadow | (distance < threshold)))
    # Under the piece the penumbra is narrower; from within a shadow the flood may climb a steeper slope.
    in_shadow = ground & shadow & (distance > 0.7 * threshold)
    return ground | _flood(in_shadow, shadow & (gradient < np.clip(0.3 * depth, 3.5, 9)))


def _flood(seed: Mask, passable: Mask) -> Mask:
    """Spread from the seeds through passable pixels, not through gaps narrower than three pixels."""
    square = np.ones((3, 3), np.uint8)
    wide = cv2.erode(passable.astype(np.uint8), square)
    _, area = cv2.connectedComponents(wide, connectivity=4)
    reached = np.zeros(int(area.max()) + 1, dtype=bool)
    reached[area[seed]] = True
    reached[0] = False
    return np.asarray((cv2.dilate(reached[area].astype(np.uint8), square) > 0) & passable)


def _tidy(piece: Mask, distance: Field) -> Mask:
    """Close hairline gaps, fill highlights, and drop specks and the frame lines of bad trims."""
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    closed = cv2.morphologyEx(piece.astype(np.uint8), cv2.MORPH_CLOSE, ellipse)
    # Opened with an even square: anchored at opposite corners, or the mask would move by a pixel.
    square = np.ones((2, 2), np.uint8)
    closed = cv2.dilate(cv2.erode(closed, square, anchor=(1, 1)), square, anchor=(0, 0))
    whole = np.asarray(closed, dtype=np.uint8)
    _drop_frame_lines(whole)
    whole |= _highlights(whole, distance)
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    areas = sizes[:, cv2.CC_STAT_AREA]
    keep = areas >= max(12, 0.0003 * piece.size, 0.004 * int(areas[1:].max(initial=0)))
    keep[0] = False
    return np.asarray(keep[labels])


def _drop_frame_lines(closed: NDArray[np.uint8]) -> None:
    """Clear, in place, lines along a side of the picture that nothing behind them continues."""
    thin = max(3, int(0.008 * max(closed.shape)))
    for turned in (closed, closed[::-1], closed.T, closed.T[::-1]):
        if len(turned) <= 2 * thin or turned[thin].mean() > 0.5:
            continue
        for line in turned[:thin]:
            if line.mean() > 0.6:
                line[:] = 0


def _highlights(closed: NDArray[np.uint8], distance: Field) -> NDArray[np.uint8]:
    """Small enclosed islands of backdrop colour with a soft rim: blown highlights, not openings."""
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(1 - closed, connectivity=4)
    small = sizes[:, cv2.CC_STAT_AREA] < 0.0002 * closed.size
    small[0] = False
    fill = np.zeros_like(closed)
    rim = cv2.dilate(distance, np.ones((5, 5), np.uint8))
    for index in np.nonzero(small)[0]:
        left, top, wide, tall, area = (int(v) for v in sizes[index])
        window = (slice(top, top + tall), slice(left, left + wide))
        inside = labels[window] == index
        if area < 6 or float(np.median(rim[window][inside])) < 2.5 * NEAR_DELTA_E:
            fill[window][inside] = 1
    return fill


def _mask_on_clutter(rgb: Rgb, lab: Field, frame: Mask) -> Mask:
    """Guess the piece on sand, cloth or rock: unlike the border and in focus, then GrabCut on a small copy.

    C. Rother et al., "GrabCut", SIGGRAPH 2004.
    """
    height, width = rgb.shape[:2]
    small = shrink(rgb, 320)
    size = (small.shape[1], small.shape[0])
    unlike = cv2.resize(_unlikeness(lab, frame), size, interpolation=cv2.INTER_AREA)
    luma = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    crisp = np.abs(luma - cv2.GaussianBlur(luma, (0, 0), 1.5))
    crisp = cv2.GaussianBlur(cv2.resize(crisp, size, interpolation=cv2.INTER_AREA), (0, 0), 5)
    y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    central = np.exp(-(x * x + y * y) / 0.9).astype(np.float32)
    score = np.sqrt(unlike * crisp) * central
    hint = np.full(score.shape, cv2.GC_PR_BGD, np.uint8)
    hint[score > np.quantile(score, 0.80)] = cv2.GC_PR_FGD
    hint[score > np.quantile(score, 0.97)] = cv2.GC_FGD
    hint[score < np.quantile(score, 0.30)] = cv2.GC_BGD
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, hint, (0, 0, 0, 0), *models, 3, cv2.GC_INIT_WITH_MASK)
    piece = ((hint == cv2.GC_FGD) | (hint == cv2.GC_PR_FGD)).astype(np.uint8)
    piece = cv2.morphologyEx(piece, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(piece, connectivity=8)
    areas = sizes[:, cv2.CC_STAT_AREA]
    areas[0] = 0
    keep = areas > max(20, 0.1 * int(areas.max()))
    return np.asarray(
        cv2.resize(keep[labels].astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    )


def _unlikeness(lab: Field, frame: Mask) -> Field:
    """Distance of every pixel to the nearest of six colour clusters of the border."""
    sample = np.ascontiguousarray(lab[frame][::5])
    if len(sample) < 12:
        return np.ones(lab.shape[:2], np.float32)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    labels = np.zeros((len(sample), 1), np.int32)
    _, _, centres = cv2.kmeans(sample, 6, labels, stop, 1, cv2.KMEANS_PP_CENTERS)
    nearest = np.full(lab.shape[:2], np.inf, np.float32)
    for centre in centres:
        nearest = np.minimum(nearest, _length(lab - centre.astype(np.float32)))
    return nearest
