"""Inks shown without their profile: what a press would have printed of a picture's numbers.

Without its profile CMYK is shown as (1 - ink)(1 - black), as if inks were pure cyan, magenta and yellow. Those of a
press are not: cyan takes green and blue light too, tints come out darker, greys are partly black ink. Here a picture's
numbers are printed by a press whose inks are fitted, within what inks are.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline import colour

Floats = NDArray[np.float64]

_TRAITS = np.array(
    [
        # usual, how far presses differ, least, most
        *((usual, spread, 1e-4, 1.0) for usual, spread in (
            (0.03, 0.06), (0.36, 0.12), (0.74, 0.07),  # red, green, blue light that cyan lets through
            (0.78, 0.06), (0.04, 0.05), (0.24, 0.07),  # magenta
            (0.98, 0.04), (0.84, 0.05), (0.04, 0.05),  # yellow
        )),
        (0.14, 0.08, 0.0, 0.25),  # dot gain at half a tint
        (0.60, 0.30, 0.0, 1.0),  # share of grey that is printed in black: grey component replacement,
        (0.15, 0.15, 0.0, 0.6),  # from which tint on,
        (1.20, 0.50, 0.5, 3.0),  # and how steeply
        (0.14, 0.08, 0.0, 0.25),  # dot gain of black
        (0.02, 0.02, 1e-4, 0.15),  # light that black lets through
    ]
)  # fmt: skip
_USUAL, _SPREAD, _LEAST, _MOST = _TRAITS.T
"""Of coated paper and its like (ISO 12647-2), in linear sRGB under relative colorimetry: paper is 1, black is 0."""
_LEVELS = 0.016
"""How near a model so plain may come, in sRGB's levels 0..1."""
_PRIOR = 0.3
_ROUNDS = 14
_STEP = 1e-3
_MOST_PIXELS = 600


def printed(levels: Floats, press: Floats) -> Floats:
    """Print: sRGB levels (n, 3) of a CMYK picture that has these `levels` where its profile is lost, 0..1.

    Demichel's coverages; overprints are products of their inks, so that each ink filters the light by itself.
    """
    filters, (gain, replaced, start, bend, gain_of_black, clear) = press[:9].reshape(3, 3), press[9:]
    inks = 1 - levels
    black = replaced * np.clip((inks.min(axis=1, keepdims=True) - start) / (1 - start), 0, 1) ** bend
    inks = np.clip((inks - black) / np.maximum(1 - black, 1e-6), 0, 1)
    inks = inks + 4 * gain * inks * (1 - inks)
    black = black + 4 * gain_of_black * black * (1 - black)
    light = np.prod(1 - inks[:, :, None] * (1 - filters), axis=1) * (1 - black * (1 - clear))
    return np.asarray(colour.encode(np.clip(light, 0, 1)))


def press_of(shown: Floats, wanted: Floats) -> Floats:
    """Fit the press that prints what is `shown` most nearly as `wanted`, both sRGB levels (n, 3).

    Levenberg and Marquardt's steps, held to what presses are by a prior.
    """
    step = max(1, len(shown) // _MOST_PIXELS)
    shown, wanted = shown[::step], wanted[::step]
    scale = _LEVELS * np.sqrt(len(shown))

    def error_of(press: Floats) -> Floats:
        away = (printed(shown, press) - wanted).ravel() / scale
        return np.concatenate([4 * away, _PRIOR * (press - _USUAL) / _SPREAD])

    press, damping = _USUAL.copy(), 0.1
    error = error_of(press)
    for _ in range(_ROUNDS):
        slopes = np.stack(
            [(error_of(press + _STEP * unit) - error) / _STEP for unit in np.eye(len(press))], axis=1
        )
        normal = slopes.T @ slopes
        away = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), slopes.T @ error)
        nearer = np.clip(press - away, _LEAST, _MOST)
        error_there = error_of(nearer)
        gained = float(error @ error - error_there @ error_there)
        if gained > 0:
            press, error, damping = nearer, error_there, damping / 3
        else:
            damping *= 5
        if abs(gained) < 1e-3 * float(error @ error) and damping < 1:
            break
    return np.asarray(press, np.float64)
