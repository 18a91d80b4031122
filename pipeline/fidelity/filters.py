"""The few image operators all measurements share. Planes are float32 arrays in 8-bit grey levels."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]
"""float32, shape (h, w) or (h, w, 3)."""


def luma(picture: Plane) -> Plane:
    """Rec. 601 luma of an RGB picture, float32."""
    plane: Plane = cv2.cvtColor(np.ascontiguousarray(picture, np.float32), cv2.COLOR_RGB2GRAY)
    return plane


def box(plane: Plane, size: int) -> Plane:
    """Mean over size x size windows, mirrored at the border."""
    mean: Plane = cv2.boxFilter(
        np.ascontiguousarray(plane, np.float32), -1, (size, size), borderType=cv2.BORDER_REFLECT
    )
    return mean


def rms(plane: Plane, size: int) -> Plane:
    """Root mean square over size x size windows."""
    # running sums leave tiny negatives behind large values
    return np.sqrt(np.maximum(box(plane * plane, size), 0))


def blur(plane: Plane, sigma: float) -> Plane:
    """Gaussian blur, sigma in pixels."""
    soft: Plane = cv2.GaussianBlur(plane, (0, 0), sigma)
    return soft


def slopes(plane: Plane) -> tuple[Plane, Plane]:
    """Grey levels per pixel along x and y (Sobel, exact on a ramp)."""
    return (
        cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=3, scale=0.125),
        cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=3, scale=0.125),
    )


def steepness(plane: Plane) -> Plane:
    """Length of the gradient, grey levels per pixel."""
    across, down = slopes(plane)
    length: Plane = cv2.magnitude(across, down)
    return length


def lab(picture: Plane) -> Plane:
    """CIELAB (D65) of an RGB picture in 8-bit levels, by OpenCV's interpolation: within 0.6 of `colour.lab`.

    The gate's numbers are fitted on it.
    """
    unit = np.clip(picture, 0, 255).astype(np.float32, copy=False)
    unit /= np.float32(255)
    converted: Plane = cv2.cvtColor(unit, cv2.COLOR_RGB2LAB)
    return converted


def similarity(a: Plane, b: Plane, size: int, floor: Plane | float = 25.0) -> Plane:
    """Zero-mean normalised cross-correlation in size x size windows, -1..1.

    `floor` is the variance of mere noise.
    """
    mean_a, mean_b = box(a, size), box(b, size)
    var_a = np.maximum(box(a * a, size) - mean_a * mean_a, 0)
    var_b = np.maximum(box(b * b, size) - mean_b * mean_b, 0)
    shared = box(a * b, size) - mean_a * mean_b
    alike: Plane = (shared + floor) / (np.sqrt(var_a * var_b) + floor)
    return alike


def flow(a: Plane, b: Plane) -> Plane:
    """Dense inverse search optical flow, pixels, shape (h, w, 2): b at p + flow looks like a at p."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(0)
    search.setPatchSize(8)
    search.setPatchStride(4)
    search.setGradientDescentIterations(16)
    search.setVariationalRefinementIterations(2)
    field = np.zeros((*a.shape[:2], 2), np.float32)
    vectors: Plane = search.calc(_bytes(a), _bytes(b), field)
    return vectors


def psnr(mean_square: float, perfect_db: float) -> float:
    """Peak signal to noise ratio of 8-bit pictures from their mean squared difference, in dB."""
    if mean_square <= 255.0**2 / 10 ** (perfect_db / 10):
        return perfect_db
    return float(10 * np.log10(255.0**2 / mean_square))


def _bytes(plane: Plane) -> NDArray[np.uint8]:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)
