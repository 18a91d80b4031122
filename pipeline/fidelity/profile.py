"""Colours changed by a lost or a wrongly given profile: the crop's numbers, read in another colour space.

Whoever drops the profile of a picture in a wide space shows its numbers as if they were sRGB's; whoever gives one that
was never there does the opposite. Both are exact functions of the crop's colours, and told from a redesign by that.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline import colour
from pipeline.images import Pixels
from pipeline.profiles import Corners, to_d50

_D65, _D50 = (0.3127, 0.3290), (0.3457, 0.3585)
_SPACES: dict[str, tuple[Corners, tuple[float, float], float]] = {
    "Display P3": (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), _D65, 0.0),
    "Adobe RGB": (((0.640, 0.330), (0.210, 0.710), (0.150, 0.060)), _D65, 563 / 256),
    "ProPhoto RGB": (((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), _D50, 1.8),
}
"""Corners, white and gamma (0: sRGB's curve) of what cameras and editors write."""
_SRGB: tuple[Corners, tuple[float, float]] = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)), _D65

LEAST_DELTA_E = 0.8
"""Mean CIEDE2000 over what is coloured from which a change is worth explaining; encodings alone stay below 0.5."""
EXPLAINED = 0.35
"""Share of that change that may be left once the other space is taken for the cause."""
COLOURED = 6.0
"""Chroma from which a colour tells one space from another."""
LEAST_PIXELS = 200
_MOST_PIXELS = 20_000


@dataclass(frozen=True)
class LostProfile:
    """Which space explains the change, and how much of it."""

    space: str
    explained: float
    """Share of the mean colour difference, 0..1."""


def lost_profile(crop: Pixels, shown: NDArray[np.float32], valid: NDArray[np.bool_]) -> LostProfile | None:
    """The space whose profile an answer lost or was given; None where nothing of the kind explains its colours.

    `crop` and `shown`, the answer averaged down to the crop's pixels, are (h, w, 3) sRGB levels 0..255; `valid` marks
    what is compared.
    """
    before = crop[valid].astype(np.float64) / 255
    after = np.clip(shown[valid], 0, 255).astype(np.float64) / 255
    step = max(1, len(before) // _MOST_PIXELS)
    before, after = before[::step], after[::step]
    lab = colour.lab(before)
    # Levels at an end of their range were cut there, and tell nothing of what they were.
    telling = (np.hypot(lab[:, 1], lab[:, 2]) > COLOURED) & ((before > 0.02) & (before < 0.98)).all(axis=1)
    if int(telling.sum()) < LEAST_PIXELS:
        return None
    before, lab_after = before[telling], colour.lab(after[telling])
    change = float(colour.delta_e(lab[telling], lab_after).mean())
    if change < LEAST_DELTA_E:
        return None
    left = {
        (space, given): float(
            colour.delta_e(colour.lab(_read_in(before, space, given=given)), lab_after).mean()
        )
        for space in _SPACES
        for given in (False, True)
    }
    likeliest = min(left, key=lambda cause: left[cause])
    explained = 1 - left[likeliest] / change
    return LostProfile(likeliest[0], explained) if explained > 1 - EXPLAINED else None


def _read_in(levels: NDArray[np.float64], space: str, *, given: bool) -> NDArray[np.float64]:
    """Levels of sRGB (n, 3) as they look once their wide profile was dropped, or once one was given to them."""
    to_wide, gamma = _matrix(space), _SPACES[space][2]
    if given:
        light = colour.decode(levels) if not gamma else levels**gamma
        return np.clip(colour.encode(light @ np.linalg.inv(to_wide).T), 0, 1)
    light = np.clip(colour.decode(levels) @ to_wide.T, 0, 1)
    return np.asarray(light ** (1 / gamma) if gamma else colour.encode(light))


@cache
def _matrix(space: str) -> NDArray[np.float64]:
    """Linear sRGB to a space's linear numbers, white to white (Bradford; ICC.1, annex E)."""
    corners, white, _ = _SPACES[space]
    return np.asarray(np.linalg.inv(to_d50(corners, white)) @ to_d50(*_SRGB))
