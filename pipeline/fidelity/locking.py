"""The lock: keep an answer's fine detail where it is honest, take everything the crop knows from the crop.

Range/null-space projection (as in DDNM; iterative back-projection of Irani and Peleg, 1991, in closed form):
the part of a picture that survives averaging is the crop's, the part that averaging removes is the answer's.
Where the answer drifted, its detail belongs to another design and is replaced by a deterministic enlargement.
"""

import cv2
import numpy as np

from pipeline.fidelity.enlarge import MARGIN_ROWS, STRIP_ROWS, sharpened, shrink, stretch
from pipeline.fidelity.filters import Plane, blur, luma, rms, steepness
from pipeline.fidelity.measure import Maps
from pipeline.images import Pixels

EVIDENCE = ("excess5", "unlike9", "colour_excess5", "tint9")
"""What of the evidence the lock goes by."""
EXCESS_HALF = 1.4
"""Tolerance-normalised residual at which half of the answer's detail is kept."""
UNLIKE_FREE, UNLIKE_ALL = 0.45, 0.70
"""Structural difference from which detail fades, and at which none is kept."""
CUBIC_ROWS = 2
"""Rows beyond a strip that cubic interpolation sees."""


def trust(maps: Maps, detail: Plane, *, lenient: bool = False) -> Plane:
    """How much of the answer's detail to keep at each crop pixel, 0..1.

    Colour plays no part: the projection repairs a tint and keeps the detail.
    """
    half = EXCESS_HALF * (1.6 if lenient else 1.0)
    around = np.ones((5, 5), np.uint8)
    excess = cv2.dilate(maps.evidence["excess5"].astype(np.float32), around)
    unlike = cv2.dilate(maps.evidence["unlike9"].astype(np.float32), np.ones((3, 3), np.uint8))
    share = 1 / (1 + np.minimum(excess / half, 20) ** 6)
    share = share * np.clip((UNLIKE_ALL - unlike) / (UNLIKE_ALL - UNLIKE_FREE), 0, 1)
    share = blur(np.where(maps.valid, share, 0).astype(np.float32), 1.5)
    # detail the crop gives no reason for is bounded, however well it averages out
    reason = cv2.dilate(steepness(maps.expected), around)
    energy = rms(detail, 5)
    bound = np.minimum(1, (0.6 * reason + 3) / (energy + 1e-3)).astype(np.float32)
    limited: Plane = share * blur(bound, 1.0)
    return limited


def project(crop: Plane, registered: Pixels, trusted: Plane) -> Pixels:
    """Join a crop, or the `target_of` one, with the kept share of the answer's detail."""
    height, width = crop.shape[:2]
    factor = registered.shape[0] // height
    if factor == 1:
        return np.clip(np.rint(crop), 0, 255).astype(np.uint8)
    sharp = sharpened(crop, factor)
    share = cv2.merge([trusted, trusted, trusted])
    out = np.empty((height * factor, width * factor, 3), np.uint8)
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        first, last = max(0, top - MARGIN_ROWS), min(height, bottom + MARGIN_ROWS)
        rows = slice(first, last)
        plain = stretch(sharp[rows], factor)
        strip = registered[first * factor : last * factor].astype(np.float32)
        strip -= plain
        strip *= stretch(share[rows], factor, cv2.INTER_LINEAR)
        strip += plain
        missing = sharpened(crop[rows] - shrink(strip, factor), factor)
        low, high = max(first, top - CUBIC_ROWS), min(last, bottom + CUBIC_ROWS)
        missing = stretch(missing[low - first : high - first], factor)
        inner = strip[(top - first) * factor : (bottom - first) * factor]
        inner += missing[(top - low) * factor : (bottom - low) * factor]
        _settle(inner, crop[top:bottom], factor)
        cv2.convertScaleAbs(inner, out[top * factor : bottom * factor])  # rounds to the nearest
    return out


def target_of(
    crop: Plane, small: Plane, maps: Maps, exposed: Plane, noise: float, *, lenient: bool = False
) -> tuple[Plane, float]:
    """What the locked picture shall average down to, and how far it may stay from the crop (grey levels, RMS).

    A clean crop is taken at its word and needs none of this. Of a noisy one only what it knows is taken: the global
    change of light (`exposed` is the crop after it) is undone everywhere, the full difference only where more
    differs than noise can explain. Forcing the rest would copy the noise into the answer.
    """
    honest = small + (crop - exposed)
    around = np.ones((5, 5), np.uint8)
    tone = np.abs(blur(luma(crop - honest), 2.5)) / (2.0 + 0.5 * noise + 0.1 * steepness(maps.expected))
    excess = np.max([maps.evidence["colour_excess5"], maps.evidence["tint9"] / 2, tone], axis=0)
    excess = cv2.dilate(excess, around)
    low, high = (1.2, 2.2) if lenient else (0.7, 1.3)
    drifted = blur(np.clip((excess - low) / (high - low), 0, 1).astype(np.float32), 1.0)
    drifted = np.where(maps.valid, drifted, 1)[..., None]
    target = np.clip(honest + (crop - honest) * drifted, 0, 255).astype(np.float32)
    tolerance = float(np.sqrt(((target - crop) ** 2).mean()))
    if lenient or tolerance <= noise:
        return target, tolerance
    # an answer may differ from a noisy crop by its noise; what differs by more is no noise any more
    return crop + (target - crop) * np.float32(noise / tolerance), noise


def _settle(strip: Plane, crop: Plane, factor: int) -> None:
    """Clip a strip and hand back what that took away, evenly, without ringing; twice, for that is clipped too."""
    height, width = crop.shape[:2]
    rows = strip.reshape(height, factor, width * factor * 3)
    np.clip(strip, 0, 255, out=strip)
    for _ in range(2):
        missing = crop - shrink(strip, factor)
        wide = cv2.resize(missing, (width * factor, height), interpolation=cv2.INTER_NEAREST)
        rows += wide.reshape(height, 1, -1)
        np.clip(strip, 0, 255, out=strip)
