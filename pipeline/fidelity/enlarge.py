"""The lock rests on two operators: averaging down, and an enlargement that averages down to its very source.

With D the area average over factor x factor pixels and U cubic interpolation, D U is a short symmetric filter
on the small picture. Undoing it first makes the enlargement consistent: D(enlarge(y)) = y, up to clipping.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.filters import Plane
from pipeline.images import Pixels

ROUNDS = 4
"""Steps of the inverse filter; more would ring at edges, and the lock closes what remains."""
STRIP_ROWS = 48
"""Crop rows worked on at a time, so that the planes of an enlarged strip stay in the processor's cache."""
MARGIN_ROWS = 8
"""Extra rows on either side of a strip: the reach of all filters together."""


def average(picture: Pixels, factor: int) -> Plane:
    """Average factor x factor blocks: uint8 RGB (h f, w f, 3) to float32 (h, w, 3)."""
    height, width = picture.shape[0] // factor, picture.shape[1] // factor
    small = np.empty((height, width, 3), np.float32)
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        small[top:bottom] = shrink(picture[top * factor : bottom * factor].astype(np.float32), factor)
    return small


def shrink(plane: Plane, factor: int) -> Plane:
    """Average factor x factor blocks of a float32 plane."""
    size = (plane.shape[1] // factor, plane.shape[0] // factor)
    small: Plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    return small


def stretch(plane: Plane, factor: int, method: int = cv2.INTER_CUBIC) -> Plane:
    """Plain interpolation to factor times the size."""
    size = (plane.shape[1] * factor, plane.shape[0] * factor)
    large: Plane = cv2.resize(plane, size, interpolation=method)
    return large


def sharpened(plane: Plane, factor: int) -> Plane:
    """Return the small picture whose interpolation averages down to `plane`."""
    taps = _taps(factor)
    estimate = plane.copy()
    for _ in range(ROUNDS):
        spread = cv2.sepFilter2D(estimate, -1, taps, taps, borderType=cv2.BORDER_REPLICATE)
        estimate += np.subtract(plane, spread, out=spread)
    return estimate


def enlarge(picture: Plane, factor: int) -> Plane:
    """Enlarge deterministically so that averaging down gives the picture back; float32, not clipped."""
    return stretch(sharpened(picture, factor), factor)


def _taps(factor: int) -> NDArray[np.float32]:
    impulse = np.zeros((1, 9), np.float32)
    impulse[0, 4] = 1
    spread = cv2.resize(impulse, (9 * factor, 1), interpolation=cv2.INTER_CUBIC)
    taps = spread.reshape(9, factor).mean(1)[1:8]
    even: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return even
