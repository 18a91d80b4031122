"""The lock: keep an answer's fine detail where it is honest, take everything the crop knows from the crop.

Range/null-space projection (as in DDNM; iterative back-projection of Irani and Peleg, 1991, in closed form):
the part of a picture that survives averaging is the crop's, the part that averaging removes is the answer's.
Where the answer drifted, its detail belongs to another design and is replaced by a deterministic enlargement.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.fidelity.enlarge import MARGIN_ROWS, STRIP_ROWS, sharpened, shrink, stretch
from pipeline.fidelity.measure import Maps
from pipeline.fidelity.planes import Plane, blur, box, luma, rms, steepness
from pipeline.images import Pixels

EXCESS_HALF = 1.4
"""Tolerance-normalised residual at which half of the answer's detail is kept."""
UNLIKE_FREE, UNLIKE_ALL = 0.45, 0.70
"""Structural difference from which detail fades, and at which none is kept."""
CLEAN_NOISE = 0.9
"""Noise, in grey levels, up to which a crop is taken at its word."""


@dataclass(frozen=True)
class Locked:
    """The locked picture and what it took."""

    picture: Pixels
    """uint8 RGB, `factor` times the crop."""
    kept: Plane
    """Share of the answer's own detail kept at each crop pixel, 0..1."""


def trust(maps: Maps, detail: Plane, *, lenient: bool = False) -> Plane:
    """How much of the answer's detail to keep at each crop pixel, 0..1.

    Colour plays no part: the projection repairs a tint and keeps the detail.
    """
    half = EXCESS_HALF * (1.6 if lenient else 1.0)
    around = np.ones((5, 5), np.uint8)
    excess = cv2.dilate(maps.evidence["excess5"].astype(np.float32), around)
    unlike = cv2.dilate(maps.evidence["unlike9"].astype(np.float32), np.ones((3, 3), np.uint8))
    kept = 1 / (1 + np.minimum(excess / half, 20) ** 6)
    kept = kept * np.clip((UNLIKE_ALL - unlike) / (UNLIKE_ALL - UNLIKE_FREE), 0, 1)
    kept = blur(np.where(maps.valid, kept, 0).astype(np.float32), 1.5)
    # detail the crop gives no reason for is bounded, however well it averages out
    reason = cv2.dilate(steepness(maps.expected), around)
    energy = rms(detail, 5)
    bound = np.minimum(1, (0.6 * reason + 3) / (energy + 1e-3)).astype(np.float32)
    limited: Plane = kept * blur(bound, 1.0)
    return limited


def project(crop: Plane, registered: Pixels, small: Plane, kept: Plane, tolerance: Plane | None) -> Pixels:
    """Join the crop with the kept share of the answer's detail.

    `small` is the registered answer averaged down; `tolerance` (grey levels, (h, w)) the differences a noisy
    crop may keep, or None to agree exactly.
    """
    height, width = crop.shape[:2]
    factor = registered.shape[0] // height
    if factor == 1:
        return np.clip(np.rint(crop), 0, 255).astype(np.uint8)
    own = sharpened(crop, factor)
    theirs = sharpened(small, factor)
    out = np.empty((height * factor, width * factor, 3), np.uint8)
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        first, last = max(0, top - MARGIN_ROWS), min(height, bottom + MARGIN_ROWS)
        rows = slice(first, last)
        strip = registered[first * factor : last * factor].astype(np.float32)
        strip -= stretch(theirs[rows], factor)
        strip *= stretch(kept[rows], factor, cv2.INTER_LINEAR)[..., None]
        strip += stretch(own[rows], factor)
        limit = None if tolerance is None else tolerance[rows]
        strip = _agree(strip, crop[rows], factor, limit)
        inner = strip[(top - first) * factor : (bottom - first) * factor]
        out[top * factor : bottom * factor] = np.rint(inner, out=inner)
    return out


def tolerance_of(crop: Plane, noise: float, *, lenient: bool = False) -> Plane | None:
    """Grey levels within which agreement with a noisy crop is not forced, per pixel; None for a clean one."""
    if noise <= CLEAN_NOISE and not lenient:
        return None
    allowed = 0.4 + 1.6 * noise + (1.5 if lenient else 0.0) + 0.035 * box(2 * steepness(luma(crop)), 3)
    limited: Plane = np.minimum(allowed, 6.0).astype(np.float32)
    return limited


def noise_of(crop: Plane) -> float:
    """Measure the standard deviation of the noise in the crop's flat, unclipped half, grey levels."""
    grey = luma(crop)
    rough = grey - blur(grey, 1.0)
    slope = steepness(blur(grey, 1.5))
    flat = (slope <= np.quantile(slope, 0.5)) & (grey < 248) & (grey > 6)
    if flat.sum() < 200:
        return 0.0
    return float(1.4826 * 1.15 * np.median(np.abs(rough[flat])))


def _agree(strip: Plane, crop: Plane, factor: int, tolerance: Plane | None) -> Plane:
    gap = _beyond(crop - shrink(strip, factor), tolerance)
    strip += stretch(sharpened(gap, factor), factor)
    np.clip(strip, 0, 255, out=strip)
    for _ in range(2):  # clipping took some away: hand it back evenly, without ringing
        gap = _beyond(crop - shrink(strip, factor), tolerance)
        strip += stretch(gap, factor, cv2.INTER_NEAREST)
        np.clip(strip, 0, 255, out=strip)
    return strip


def _beyond(gap: Plane, tolerance: Plane | None) -> Plane:
    if tolerance is None:
        return gap
    limit = tolerance[..., None]
    excess: Plane = gap - np.clip(gap, -limit, limit)
    return excess
