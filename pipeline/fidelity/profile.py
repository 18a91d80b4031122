"""Colours changed by a lost or a wrongly given profile: the crop's numbers, read in another colour space.

Whoever drops the profile of a picture in another space shows its numbers as if they were sRGB's; whoever gives one that
was never there does the opposite. Both are exact functions of the crop's colours, and told from a redesign by that: of
wide RGB spaces by curve and matrix, of grey and of PNG's gAMA by a curve alone, of CMYK by what a press makes of inks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline import colour
from pipeline.fidelity import inks
from pipeline.fidelity.filters import Plane, luma, steepness
from pipeline.fidelity.photometry import expose
from pipeline.profiles import Corners, to_d50

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]
"""Levels 0..1 to levels 0..1."""

_D65, _D50 = (0.3127, 0.3290), (0.3457, 0.3585)
_SPACES: dict[str, tuple[Corners, tuple[float, float], float]] = {
    "Display P3": (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), _D65, 0.0),
    "Adobe RGB": (((0.640, 0.330), (0.210, 0.710), (0.150, 0.060)), _D65, 563 / 256),
    "ProPhoto RGB": (((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), _D50, 1.8),
    "DCI-P3": (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), _D65, 2.6),
    "Rec. 2020": (((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), _D65, 2.4),
    "Wide Gamut RGB": (((0.7347, 0.2653), (0.1152, 0.8264), (0.1566, 0.0177)), _D50, 563 / 256),
    "eciRGB": (((0.670, 0.330), (0.210, 0.710), (0.140, 0.080)), _D50, 1.8),
    "Apple RGB": (((0.625, 0.340), (0.280, 0.595), (0.155, 0.070)), _D65, 1.8),
    "ColorMatch RGB": (((0.630, 0.340), (0.295, 0.605), (0.150, 0.075)), _D50, 1.8),
}
"""Corners, white and gamma (0: sRGB's curve) of what cameras, phones and editors write."""
_SRGB: tuple[Corners, tuple[float, float]] = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)), _D65

LEAST_DELTA_E = 0.8
"""Mean CIEDE2000 over what tells from which a change is worth explaining; encodings alone stay below 0.5."""
EXPLAINED = 0.35
"""Share of that change that may be left once the other space is taken for the cause."""
COLOURED = 6.0
"""Chroma from which a colour tells one space from another."""
LEAST_PIXELS = 200
_MOST_PIXELS = 20_000

_GAMMAS = np.round(np.arange(1.0, 3.01, 0.02), 2)
_DOT_GAINS = np.array([0.10, 0.15, 0.20, 0.25, 0.30])
TONES = 40
"""Steps of grey in which a tone curve is read."""
LEAST_TONES = 8
LEAST_RANGE = 0.25
"""Of all levels, that a picture must have for its curve to be known."""
CURVE_LEVELS, CURVE_SHARE = 1.2 / 255, 0.03
"""How exactly a space's own curve must lie on the measured one (root mean square): so near, and a share of how far that
has gone."""
FLAT = 6.0
"""Grey levels per pixel up to which a pixel's mean has the curve's own tone: means of edges have another."""
SLID, BETTER = (1.9, 2.6), 0.5
"""Gammas that sliders reach as well: between them a space must explain the curve so much better than a slider for
gamma with gain and offset, which knows no straight part at black."""

INKS_LEFT, BESIDE_SLIDERS = 0.38, 0.76
"""Share of the change that a fitted press may leave, of all of it, and of what a photographer's sliders would leave."""
LEAST_INKS_LEFT = 0.04
"""Share that even the best of fitted presses leaves: below it there is no need to look for one."""
EVERYWHERE = 0.3
"""Change of the quarter of pixels that changed least over the mean: a press changes all colours, a redesign a place."""
LIGHTER = 0.15
"""Change of lightness over that of colour: a press changes both, whoever recolours a metal keeps its lightness."""


@dataclass(frozen=True)
class LostProfile:
    """Which space explains the change, and how much of it."""

    space: str
    explained: float
    """Share of the mean colour difference, 0..1."""


def lost_profile(crop: Plane, shown: NDArray[np.float32], valid: NDArray[np.bool_]) -> LostProfile | None:
    """The space whose profile an answer lost or was given; None where nothing of the kind explains its colours.

    `crop` and `shown`, the answer averaged down to the crop's pixels, are (h, w, 3) sRGB levels 0..255; `valid` marks
    what is compared.
    """
    before = crop[valid].astype(np.float64) / 255
    after = np.clip(shown[valid], 0, 255).astype(np.float64) / 255
    step = max(1, len(before) // _MOST_PIXELS)
    before, after = before[::step], after[::step]
    flat = (steepness(luma(crop.astype(np.float32)))[valid] < FLAT)[::step]
    exact = [lost for lost in (_wide(before, after), _curved(before[flat], after[flat])) if lost]
    if exact:
        return max(exact, key=lambda lost: lost.explained)
    return _inked(before, after, lambda: _slid(crop, shown, valid)[::step])


def _away(first: Floats, second: Floats) -> float:
    """Mean CIEDE2000 between sRGB levels (n, 3)."""
    return float(colour.delta_e(colour.lab(first), colour.lab(second)).mean())


# -- wide RGB spaces


def _wide(before: Floats, after: Floats) -> LostProfile | None:
    lab = colour.lab(before)
    # Levels at an end of their range were cut there, and tell nothing of what they were.
    telling = (np.hypot(lab[:, 1], lab[:, 2]) > COLOURED) & ((before > 0.02) & (before < 0.98)).all(axis=1)
    if int(telling.sum()) < LEAST_PIXELS:
        return None
    before, after = before[telling], after[telling]
    change = _away(before, after)
    if change < LEAST_DELTA_E:
        return None
    left = {
        (space, given): _away(_read_in(before, space, given=given), after)
        for space in _SPACES
        for given in (False, True)
    }
    likeliest = min(left, key=lambda cause: left[cause])
    explained = 1 - left[likeliest] / change
    return LostProfile(likeliest[0], explained) if explained > 1 - EXPLAINED else None


def _read_in(levels: Floats, space: str, *, given: bool) -> Floats:
    """Levels of sRGB (n, 3) as they look once their wide profile was dropped, or once one was given to them."""
    to_wide, gamma = _matrix(space), _SPACES[space][2]
    if given:
        light = colour.decode(levels) if not gamma else levels**gamma
        return np.clip(colour.encode(light @ np.linalg.inv(to_wide).T), 0, 1)
    light = np.clip(colour.decode(levels) @ to_wide.T, 0, 1)
    return np.asarray(light ** (1 / gamma) if gamma else colour.encode(light))


@cache
def _matrix(space: str) -> Floats:
    """Linear sRGB to a space's linear numbers, white to white (Bradford; ICC.1, annex E)."""
    corners, white, _ = _SPACES[space]
    return np.asarray(np.linalg.inv(to_d50(corners, white)) @ to_d50(*_SRGB))


# -- curves: grey profiles, PNG's gAMA


def _curved(before: Floats, after: Floats) -> LostProfile | None:
    """Whether all channels followed one curve that is a space's own."""
    inside = ((before > 0.015) & (before < 0.985)).all(axis=1) & ((after > 0.004) & (after < 0.985)).all(
        axis=1
    )
    before, after = before[inside], after[inside]
    if len(before) < LEAST_PIXELS:
        return None
    change = _away(before, after)
    if change < LEAST_DELTA_E:
        return None
    was, became = _tone_curve(before, after)
    if len(was) < LEAST_TONES or float(np.ptp(was)) < LEAST_RANGE:
        return None

    def off(curve: Curve) -> float:
        return float(np.sqrt(np.mean((curve(was) - became) ** 2)))

    nearest = min(
        ((off(curve), name, gamma, curve) for name, gamma, curve in _curves()), key=lambda one: one[0]
    )
    error, name, gamma, curve = nearest
    if error > CURVE_LEVELS + CURVE_SHARE * float(np.sqrt(np.mean((was - became) ** 2))):
        return None
    if SLID[0] < gamma < SLID[1] and error > BETTER * min(
        _leveled(was, became, k) for k in np.arange(0.6, 1.6, 0.02)
    ):
        return None
    explained = 1 - _away(curve(before), after) / change
    return LostProfile(name, explained) if explained > 1 - EXPLAINED else None


def _tone_curve(before: Floats, after: Floats) -> tuple[Floats, Floats]:
    """What became of each step of level, all channels together: medians, where there are enough of them."""
    was, became = before.ravel(), after.ravel()
    order = np.argsort(was, kind="stable")
    was, became = was[order], became[order]
    edges = np.searchsorted(was, np.linspace(0, 1, TONES + 1))
    pairs = [
        (float(np.median(was[start:end])), float(np.median(became[start:end])))
        for start, end in pairwise(edges)
        if end - start >= 30
    ]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def _curves() -> Iterator[tuple[str, float, Curve]]:
    """What losing or giving a curve makes of sRGB's levels, by name and gamma (0 where it is none)."""
    for gamma in _GAMMAS:
        yield f"gamma {gamma:g}", gamma, partial(_gamma_lost, gamma=gamma)
        yield f"gamma {gamma:g}", gamma, partial(_gamma_given, gamma=gamma)
    for gain in _DOT_GAINS:
        name = f"dot gain {100 * gain:.0f} %"
        yield name, 0.0, partial(_gain_lost, gain=gain)
        yield name, 0.0, partial(_gain_given, gain=gain)


def _gamma_lost(level: Floats, gamma: float) -> Floats:
    return np.asarray(colour.decode(level) ** (1 / gamma))


def _gamma_given(level: Floats, gamma: float) -> Floats:
    return np.asarray(colour.encode(level**gamma))


def _gain_lost(level: Floats, gain: float) -> Floats:
    return np.asarray(1 - _tint(1 - colour.decode(level), gain))


def _gain_given(level: Floats, gain: float) -> Floats:
    return np.asarray(colour.encode(np.clip(1 - _covered(1 - level, gain), 0, 1)))


def _covered(tint: Floats, gain: float) -> Floats:
    """The paper that a tint covers once its dots have grown by `gain` at one half."""
    return tint + 4 * gain * tint * (1 - tint)


def _tint(covered: Floats, gain: float) -> Floats:
    """The tint that covers so much paper."""
    slope = 1 + 4 * gain
    return np.asarray((slope - np.sqrt(np.maximum(slope**2 - 16 * gain * covered, 0))) / (8 * gain))


def _leveled(was: Floats, became: Floats, exponent: float) -> float:
    """How far the best gamma, gain and offset of this exponent stay from a tone curve."""
    basis = np.stack([was**exponent, np.ones_like(was)], axis=1)
    weights, *_ = np.linalg.lstsq(basis, became, rcond=None)
    return float(np.sqrt(np.mean((basis @ weights - became) ** 2)))


# -- inks


def _inked(before: Floats, after: Floats, slid: Callable[[], Floats]) -> LostProfile | None:
    """Whether the answer shows inks as if they were light; `slid` gives the crop under the best of all sliders."""
    telling = (before.min(axis=1) < 0.97) & (before.max(axis=1) > 0.02)
    if int(telling.sum()) < LEAST_PIXELS:
        return None
    was, became = before[telling], after[telling]
    changes = colour.delta_e(colour.lab(was), colour.lab(became))
    change = float(changes.mean())
    apart = np.abs(colour.lab(became) - colour.lab(was)).mean(axis=0)
    if change < 2 * LEAST_DELTA_E or apart[0] < LIGHTER * float(np.hypot(apart[1], apart[2])):
        return None
    if float(np.quantile(changes, 0.25)) < EVERYWHERE * change:
        return None
    most = min(INKS_LEFT * change, BESIDE_SLIDERS * _away(slid()[telling], became))
    if most < LEAST_INKS_LEFT * change:
        return None
    left = _away(inks.printed(became, inks.press_of(became, was)), was)
    if left > most:
        return None
    return LostProfile("CMYK", 1 - left / change)


def _slid(crop: Plane, shown: NDArray[np.float32], valid: NDArray[np.bool_]) -> Floats:
    exposed = expose(crop.astype(np.float32), shown.astype(np.float32), valid)
    return exposed[valid].astype(np.float64) / 255
