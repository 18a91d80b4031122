"""The backdrop behind a piece as a smooth field of colour: fitted to the border, curved, of one tone or two."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Field = NDArray[Any]
"""A float32 plane or stack of planes; Any, because cv2 does not say what it returns."""

BORDER_SHARE = 0.025
"""Width of the frame of pixels that is taken for backdrop, as a share of the longest side."""

NEAR_DELTA_E = 9.0
"""Colour distance to the backdrop from which a pixel is the piece: soft contact shadows on white stay below."""

SECOND_TONE = 5.0
"""Distance to the first backdrop tone from which border pixels may be a second one."""

PLAIN_SPREAD = 2.0
"""Median distance of the border to its own model; studio backdrops measure 0 to 1.6, sand and cloth 2.5 to 18."""


def border(shape: tuple[int, ...]) -> Mask:
    """The frame of pixels along the sides of a picture of a shape (h, w, ...), bool (h, w)."""
    height, width = shape[:2]
    thick = max(3, int(BORDER_SHARE * max(height, width)))
    frame = np.ones((height, width), dtype=bool)
    if height > 2 * thick and width > 2 * thick:
        frame[thick:-thick, thick:-thick] = False
    return frame


def backdrop_offset(lab: Field, frame: Mask, gradient: Field) -> tuple[Field, float]:
    """Colour of every pixel less that of the nearest backdrop tone, and how far the border strays from it."""
    plane = _terms(lab.shape, degree=1)
    colours = lab.reshape(-1, 3)
    where = np.nonzero(frame.ravel())[0][::3]
    tone, residual = _fit(plane[where], colours[where])
    spread = float(np.sqrt(np.median(residual)))
    offset = _less(colours, plane, tone).reshape(lab.shape)
    if spread >= PLAIN_SPREAD:
        return offset, spread
    second = _second_tone(plane, colours, where[residual > SECOND_TONE**2], len(where), gradient)
    other = None if second is None else _less(colours, plane, second).reshape(lab.shape)
    # The first fit saw the border only; a second, curved one sees all of the backdrop, vignettes included.
    near = colour_distance(offset)
    limit = NEAR_DELTA_E if other is None else np.minimum(NEAR_DELTA_E, colour_distance(other))
    calm = np.nonzero(((near < limit) & (gradient < 4)).ravel())[0]
    if len(calm) > 2000:
        calm = calm[:: max(1, len(calm) // 20000)]
        curved = _terms(lab.shape, degree=2)
        tone, _ = _fit(curved[calm], colours[calm])
        offset = _less(colours, curved, tone).reshape(lab.shape)
    if other is not None:
        offset = _nearer(offset, other)
    return offset, spread


def _less(colours: Field, terms: Field, tone: Field) -> Field:
    """Colours (n, 3) less a tone's polynomial there. Many rows by few columns: BLAS takes the transpose faster."""
    return np.asarray(np.subtract(colours, (tone.T @ terms.T).T, order="C"))


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


def colour_distance(offset: Field) -> Field:
    """Length of CIELAB differences (..., 3), weighted."""
    # Chroma counts more than lightness: shadows change lightness, metal and stones change both.
    weighted = offset * np.array([0.8, 1.3, 1.3], dtype=np.float32)
    weighted *= weighted
    return np.asarray(np.sqrt(weighted[..., 0] + weighted[..., 1] + weighted[..., 2]))


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
    first, second = colour_distance(one), colour_distance(other)
    near_first, near_second = (
        cv2.dilate((length < 4).astype(np.uint8), cross) > 0 for length in (first, second)
    )
    nearer = np.where((second < first)[..., None], other, one)
    nearer[near_first & near_second] = 0
    return np.asarray(nearer)


def shrink(rgb: Rgb, side: int) -> Rgb:
    """Scale down by area averaging until the longest side is at most `side` pixels."""
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return rgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
