"""Whether there is anything on a picture: one tone, a smooth gradient and pure noise show no piece."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import BadImage

SIDE_PX, BLUR_PX = 256, 1.5
"""Longest side of the copy that is looked at, and its blur: grain and compression are smoothed away."""

FAINTEST = 2.0
"""Slope on that copy, 8-bit levels a pixel, that every outline reaches somewhere: black metal on black reaches four."""

DEGREE = 3
"""Degree across and down of the gradient of light that is taken off first."""

WHITE, EVEN = 0.35, 5.0
"""Most correlation of neighbours in pure noise, as compression leaves it (the lens of any camera blurs more), and how
many of its medians its steepest slope is at most: 3 to 4.3 in pure noise, four times as many where there is a piece."""

_MIDDLE_PX = 512


def refuse_blank(rgb: NDArray[np.uint8]) -> None:
    """Raise BadImage for a picture, uint8 (h, w, 3), that shows nothing."""
    if is_blank(rgb):
        raise BadImage(
            "This picture is empty: nothing stands out from its ground; choose one that shows the piece."
        )


def is_blank(rgb: NDArray[np.uint8]) -> bool:
    """Whether a picture, uint8 (h, w, 3), shows nothing but an empty ground or pure noise."""
    slopes = _slopes(rgb)
    steepest = float(slopes.max())
    return steepest < FAINTEST or (_is_white(rgb) and steepest < EVEN * float(np.median(slopes)))


def _slopes(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Steepest slope of the three channels on a small copy (h, w), levels a pixel, less the gradient of its light."""
    picture = Image.fromarray(rgb)
    picture = picture.reduce(max(1, -(-max(picture.size) // SIDE_PX)))
    small = np.asarray(picture, np.float64)
    height, width = small.shape[:2]
    light = np.einsum("yi,ijc,jx->yxc", _fit(height), small, _fit(width), optimize=True)
    even = np.einsum("yi,ijc,jx->yxc", _blur(height), small - light, _blur(width).T, optimize=True)
    rise, run = (np.diff(even, axis=axis, append=even.take([-1], axis)) for axis in (0, 1))
    return np.asarray(np.hypot(rise, run).max(axis=-1))


def _fit(length: int) -> NDArray[np.float64]:
    """The matrix that brings a line of pixels to the polynomial nearest to it."""
    basis = np.polynomial.chebyshev.chebvander(np.linspace(-1, 1, length), min(DEGREE, length - 1))
    return np.asarray(basis @ np.linalg.pinv(basis))


def _blur(length: int) -> NDArray[np.float64]:
    """The matrix that blurs a line of pixels."""
    apart = np.subtract.outer(np.arange(length), np.arange(length))
    weights = np.exp(-0.5 * (apart / BLUR_PX) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _is_white(rgb: NDArray[np.uint8]) -> bool:
    """Whether neighbours have nothing to do with each other, at the picture's own size."""
    down, across = (
        slice(max(0, (side - _MIDDLE_PX) // 2), (side + _MIDDLE_PX) // 2) for side in rgb.shape[:2]
    )
    green = rgb[down, across, 1].astype(np.float64)
    green -= green.mean()
    beside = float((green[:, 1:] * green[:, :-1]).sum())
    return beside < WHITE * float((green * green).sum())
