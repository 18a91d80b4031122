"""What a locked close-up should be, foreseen from its crop and the answer that was locked: a compact archive keeps only
what differs from it.

The steps are the lock's own where it trusts the whole answer (`fidelity.locking`), in numbers that no rounding touches:
multiples of a power of two, few enough bits for double precision, come out the same in any order on any processor. They
are part of the archive's form: changed, they would bring back other pixels from every archive there is.
"""

from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.images import Pixels

_FACTORS = (2, 4)
"""Enlargements whose weights are such numbers."""
_STEP = 1024.0
"""Shares of a grey level that the small picture is rounded to between rounds, which keeps its bits few."""
_ROUNDS = 4
_STRIP_ROWS, _MARGIN_ROWS = 64, 16
Plane = NDArray[np.float64]


def foreseen(crop: Pixels, answer: Pixels) -> Pixels:
    """The answer (f h, f w, 3), moved so that it averages down to the crop (h, w, 3); itself, for other factors f."""
    height, width = crop.shape[:2]
    factor = answer.shape[0] // height
    if factor not in _FACTORS or answer.shape[:2] != (height * factor, width * factor):
        return answer
    out = np.empty_like(answer)
    for top in range(0, height, _STRIP_ROWS):
        bottom = min(height, top + _STRIP_ROWS)
        first, last = max(0, top - _MARGIN_ROWS), min(height, bottom + _MARGIN_ROWS)
        strip = answer[first * factor : last * factor].astype(np.float64)
        strip += _stretched(_sharpened(crop[first:last] - _averaged(strip, factor), factor), factor)
        inner = strip[(top - first) * factor : (bottom - first) * factor]
        np.clip(inner, 0, 255, out=inner)
        for _ in range(2):  # what clipping took away is handed back evenly, and is clipped too
            missing = crop[top:bottom] - _averaged(inner, factor)
            inner += missing.repeat(factor, axis=0).repeat(factor, axis=1)
            np.clip(inner, 0, 255, out=inner)
        out[top * factor : bottom * factor] = np.rint(inner)
    return out


def _averaged(picture: Plane, factor: int) -> Plane:
    rows = reduce(np.add, (picture[n::factor] for n in range(factor)))
    return np.asarray(reduce(np.add, (rows[:, n::factor] for n in range(factor))) / factor**2)


def _stretched(small: Plane, factor: int) -> Plane:
    height, width = small.shape[:2]
    wide = (width * factor, height * factor)
    return np.asarray(cv2.resize(small, wide, interpolation=cv2.INTER_CUBIC), dtype=np.float64)


def _sharpened(plane: Plane, factor: int) -> Plane:
    """The small picture whose interpolation averages down to a plane, nearly: more rounds sharpen what is clipped."""
    impulse = np.zeros((1, 9))
    impulse[0, 4] = 1
    taps = (
        cv2.resize(impulse, (9 * factor, 1), interpolation=cv2.INTER_CUBIC)
        .reshape(9, factor)
        .mean(axis=1)[1:8]
    )
    estimate = np.rint(plane * _STEP) / _STEP
    for _ in range(_ROUNDS):
        spread = cv2.sepFilter2D(estimate, -1, taps, taps, borderType=cv2.BORDER_REPLICATE)
        estimate += np.rint((plane - spread) * _STEP) / _STEP
    return estimate
