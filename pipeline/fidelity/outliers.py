"""What stands alone in the residual of one pair: set against the rest of that pair, in windows and in waves."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.filters import Plane, blur, box, rms

LEAST_SPREAD = 1.0
"""Grey levels that no pair is thought to be better than."""
AROUND, LEAST_VARIANCE = 13, 9.0
"""Window in which a residual may follow the crop's tones, and the tones' least variance."""
FLAT, STEPS, FEWEST_USUAL = 1.5, (0.0, 0.2, 0.4, 0.6, 0.75, 0.87, 0.95), 40
"""Steepness from which a place is no plain; quantiles of the others' that part them; and fewest pixels of a part."""
PATCH, STRIDE, MOST_PATCHES = 16, 6, 1500
"""Side and distance of the patches searched for waves; the loudest so many are looked at."""

OWN_WAVE = 0.7
"""Share of the crop's own amplitude at a frequency by which sharpening and sub-pixel shifts may change it."""

_HANN = np.outer(*(np.hanning(PATCH + 1)[:PATCH],) * 2).astype(np.float32)
_HANN /= np.sqrt((_HANN**2).mean() * PATCH**2)
_SLOW = np.hypot(np.fft.fftfreq(PATCH)[:, None], np.fft.rfftfreq(PATCH)[None]) < 0.12
"""Waves longer than eight pixels are shapes."""


def set_apart(
    expected: Plane, residual: Plane, steep: Plane, judged: NDArray[np.bool_], excused: Plane
) -> dict[str, Plane]:
    """The residual over what this very pair leaves at equally steep places: what stands alone was put there.

    `excused` is the variance that the answer's grain and clipping explain. Tolerances set beforehand must bear the
    worst lens and the worst JPEG; most pairs are better than that.
    """
    left = _unfollowed(expected, residual)
    loud = np.abs(blur(left, 0.7))
    spread = np.sqrt(_usual(loud, steep, judged) ** 2 + LEAST_SPREAD**2 + excused)
    alone = loud / spread
    return {f"lone{k}": rms(alone, k) for k in (5, 11, 21)} | _waves(left / spread, expected / spread)


def _waves(alone: Plane, drawn: Plane) -> dict[str, Plane]:
    """How much of the residual runs in waves: engraved or hatched lines, too faint for the windows one by one.

    `wave` is the largest amplitude at any one frequency times how evenly the residual fills the patch, `pure_wave`
    the same times that frequency's share of the power: an edge has one or two bright lines, not many. What runs at
    a frequency at which the crop itself (`drawn`, in the residual's units) runs is excused: sharpened bars.
    """
    height, width = alone.shape
    still = np.zeros(alone.shape, np.float32)
    if min(height, width) < PATCH + STRIDE:
        return {"wave": still, "pure_wave": still}
    patches = np.lib.stride_tricks.sliding_window_view(alone, (PATCH, PATCH))[::STRIDE, ::STRIDE]
    grid = patches.shape[:2]
    energy = np.einsum("ijkl,ijkl->ij", patches, patches).ravel()
    loudest = np.argsort(-energy)[:MOST_PATCHES]
    looked_at = patches[np.unravel_index(loudest, grid)]  # reshaped, all of them would be copied
    blocks = (looked_at**2).reshape(-1, 4, PATCH // 4, 4, PATCH // 4).sum((2, 4)).reshape(-1, 16)
    filled = blocks.sum(1) ** 2 / (16 * (blocks**2).sum(1) + 1e-6)  # 1/4 for a straight edge, 1 for hatching
    total, power = _spectra(looked_at)
    sliding = np.lib.stride_tricks.sliding_window_view(drawn, (PATCH, PATCH))[::STRIDE, ::STRIDE]
    patterns = sliding[np.unravel_index(loudest, grid)]
    _, spectrum = _spectra(patterns - patterns.mean((1, 2), keepdims=True))
    power -= OWN_WAVE**2 * spectrum
    power[:, _SLOW] = 0
    highest = np.clip(power.reshape(len(loudest), -1).max(1), 0, total)
    planes = {}
    for name, values in (
        ("wave", filled * np.sqrt(highest)),
        ("pure_wave", filled * np.sqrt(highest) * highest / (total + 1e-3)),
    ):
        coarse = np.zeros(grid[0] * grid[1], np.float32)
        coarse[loudest] = values
        covered = ((grid[1] - 1) * STRIDE + PATCH, (grid[0] - 1) * STRIDE + PATCH)
        plane = still.copy()
        plane[: covered[1], : covered[0]] = cv2.resize(
            coarse.reshape(grid), covered, interpolation=cv2.INTER_NEAREST
        )
        planes[name] = plane
    return planes


def _spectra(patches: Plane) -> tuple[Plane, Plane]:
    """Power of each patch, in all and around each frequency: a wave between two of them shows in both."""
    power = np.abs(np.fft.rfft2(patches * _HANN)) ** 2 / PATCH**2
    power[:, :, 1:-1] *= 2  # the other half of the spectrum
    power[:, 0, 0] = 0
    around = power + np.roll(power, 1, 1) + np.roll(power, -1, 1)
    around[:, :, 1:-1] += around[:, :, :-2] + around[:, :, 2:]
    return power.sum((1, 2)), around


def _unfollowed(here: Plane, gap: Plane) -> Plane:
    """The residual less what follows the crop's own tones around each pixel: light that missed a whole reflection."""
    mean, mean_gap = box(here, AROUND), box(gap, AROUND)
    shared = box(here * gap, AROUND) - mean * mean_gap
    slant = shared / (np.maximum(box(here * here, AROUND) - mean * mean, 0) + LEAST_VARIANCE)
    left: Plane = gap - box(mean_gap, 5) - box(slant, 5) * (here - box(mean, 5))
    return left


def _usual(loud: Plane, steep: Plane, judged: NDArray[np.bool_]) -> Plane:
    """What `loud` amounts to (as a standard deviation) at places as steep as each pixel's."""
    seen = judged[::2, ::2]
    slope, level = steep[::2, ::2][seen], loud[::2, ::2][seen]
    if slope.size < FEWEST_USUAL:
        return np.zeros_like(loud)
    marks = np.concatenate([[0.0], np.quantile(slope[slope > FLAT], STEPS) if (slope > FLAT).any() else []])
    places, usual = [], []
    for low, high in pairwise([*marks, np.inf]):
        band = (slope >= low) & (slope < high)
        if band.sum() >= FEWEST_USUAL:
            places.append(float(np.median(slope[band])))
            usual.append(float(np.quantile(level[band], 0.75)) / 1.15)
    if not places:
        return np.zeros_like(loud)
    spread: Plane = np.interp(steep, places, np.maximum.accumulate(usual)).astype(np.float32)
    return spread
