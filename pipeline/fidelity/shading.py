"""What a lens and a slider for clarity do: light that falls off towards the corners, contrast of wide neighbourhoods.

Both are smooth functions of the whole picture and touch no piece. They are looked for before anything is compared, and
taken for the cause only where they explain much of what differs, so that every other answer is measured as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.filters import Plane, blur, luma, slopes
from pipeline.fidelity.photometry import sample_grid, trusted

FINE_WIDTHS, WIDTHS = (0.8, 2.0), (2.0, 5.0, 12.0, 28.0)
"""Crop pixels (sigma): between each two lies a band of contrast. Sharpening raises the fine ones, which are fitted
along and left to those who compare; a slider for clarity raises the others."""
MOST_CONTRAST = 0.8
"""How much of a band a slider adds or takes at most."""
TONE_TERMS, FALLOFF_TERMS = 4, 3
"""A cubic; and even powers of the distance from the middle, as lenses are described."""
LEAST_LEVELS = 1.5
"""RMS of what shading changes from which it is worth explaining."""
EXPLAINED = 0.3
"""Share of the misfit of a mere change of tone that shading must take away to be believed."""
LOUDEST = 3.0
"""In units of what edges and noise leave: more than this is no shading, and counts as this much."""
ROUNDS = 6
IDENTITY, FREE = 0.03, 1e-4
"""How hard it is to believe that the tone changed, and that the shading did, per sample: over a small crop contrast of
wide neighbourhoods and contrast of everything look alike."""


@dataclass(frozen=True)
class _Fit:
    coefficients: NDArray[np.float64]
    misfit: float
    """Mean square of the errors, each at most `LOUDEST`."""


def shaded(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> Plane:
    """Return the crop with the answer's shading, or the crop itself where none is plain: float32 RGB (h, w, 3).

    `answer` is averaged down to the crop's pixels; `valid` marks the pixels it covers.
    """
    grey = luma(crop)
    away = _distance(grey.shape)
    bands = _bands(grey)
    grid, keep = sample_grid(crop, valid)
    y, far = _columns((grey, away), grid, keep)
    target = luma(answer)[grid][keep].astype(np.float64)
    if float(np.ptp(y)) < 1.0:
        return crop
    tone = [np.full_like(y, 64.0), y, y * y / 255, y**3 / 65025]
    falloff = [y * far**power for power in range(1, FALLOFF_TERMS + 1)]
    shading = np.stack([*falloff, *_columns(bands, grid, keep)], 1)
    soft = [grey, *(blur(grey, width) for width in FINE_WIDTHS)]
    fine = _columns([a - b for a, b in pairwise(soft)], grid, keep)
    plain = np.stack([*tone, *fine], 1)
    across, down = slopes(grey)
    tolerance = 2.0 + 0.15 * np.hypot(*_columns((across, down), grid, keep))
    seen = trusted(target)
    before = _fit(plain, target, tolerance, seen)
    full = _fit(np.concatenate([plain, shading], 1), target, tolerance, seen)
    strengths = full.coefficients[plain.shape[1] :]
    if full.misfit > (1 - EXPLAINED) * before.misfit or float(np.std(shading @ strengths)) < LEAST_LEVELS:
        return crop
    level = float(np.stack(tone, 1).mean(0) @ full.coefficients[: len(tone)])
    gain = level / max(1.0, float(y.mean()))
    if gain < 0.2:
        return crop
    return _apply(crop, away, strengths / gain)


def _apply(crop: Plane, away: Plane, shading: NDArray[np.float64]) -> Plane:
    gain = np.ones_like(away)
    for power in range(1, FALLOFF_TERMS + 1):
        gain += np.float32(shading[power - 1]) * away**power
    lit: Plane = crop * gain[..., None]
    contrast = np.clip(shading[FALLOFF_TERMS:], -MOST_CONTRAST, MOST_CONTRAST).astype(np.float32)
    for strength, band in zip(contrast, _bands(crop), strict=True):
        lit += strength * band
    clipped: Plane = np.clip(lit, 0, 255)
    return clipped


def _distance(shape: tuple[int, ...]) -> Plane:
    """Squared distance from the middle, 1 in the corners; float32 (h, w)."""
    down, across = (np.arange(n, dtype=np.float32) - (n - 1) / 2 for n in shape)
    squared = across[None] ** 2 + down[:, None] ** 2
    return (squared / squared[0, 0]).astype(np.float32) if squared[0, 0] else np.zeros(shape, np.float32)


def _bands(picture: Plane) -> list[Plane]:
    return [sharper - softer for sharper, softer in pairwise(_wide(picture, width) for width in WIDTHS)]


def _wide(picture: Plane, width: float) -> Plane:
    """A Gaussian blur, wide ones on fewer pixels."""
    height, across = picture.shape[:2]
    step = max(1, min(int(width / 2.5), height // 8, across // 8))
    if step == 1:
        return blur(picture, width)
    small = cv2.resize(
        picture, (max(1, across // step), max(1, height // step)), interpolation=cv2.INTER_AREA
    )
    return cv2.resize(blur(small, width / step), (across, height), interpolation=cv2.INTER_CUBIC)


def _columns(
    planes: Sequence[Plane], grid: tuple[slice, slice], keep: NDArray[np.bool_]
) -> list[NDArray[np.float64]]:
    return [plane[grid][keep].astype(np.float64) for plane in planes]


def _fit(
    columns: NDArray[np.float64],
    target: NDArray[np.float64],
    tolerance: NDArray[np.float64],
    seen: NDArray[np.float64],
) -> _Fit:
    """Least squares in which what errs by more than the tolerance loses its say."""
    unit = np.sqrt((columns**2).mean(0)) + 1e-6
    scaled = columns / unit
    prior = np.zeros(scaled.shape[1])
    prior[1] = unit[1]  # the second column is the picture itself
    held = np.where(np.arange(len(prior)) < TONE_TERMS, IDENTITY, FREE) * len(target)
    weights = seen.copy()
    solution = np.zeros(scaled.shape[1])
    error = np.zeros(len(target))
    for _ in range(ROUNDS):
        weighted = scaled * (weights + 1e-4)[:, None]
        solution = np.linalg.solve(weighted.T @ scaled + np.diag(held), weighted.T @ target + held * prior)
        error = np.abs(target - scaled @ solution) / tolerance
        spread = max(0.5, 1.4826 * float(np.median(error)))
        weights = seen / (1 + (error / (2 * spread)) ** 2) ** 2  # Geman-McClure
    misfit = float((seen * np.minimum(error, LOUDEST) ** 2).sum() / max(1.0, seen.sum()))
    return _Fit(solution / unit, misfit)
