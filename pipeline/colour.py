"""The curve of sRGB, CIELAB and CIEDE2000, on whole pictures."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]
"""Floating point, shape (..., 3) for colours, (...) for differences."""


_TO_XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
"""Linear sRGB to CIE XYZ (IEC 61966-2-1, six digits)."""
_D65 = np.array([0.95047, 1.0, 1.08883])


def decode(encoded: Plane) -> Plane:
    """Linear light of sRGB levels, both 0..1 (IEC 61966-2-1); the dtype stays."""
    return np.where(
        encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4
    )


def encode(linear: Plane) -> Plane:
    """Levels of sRGB of linear light, both 0..1; the dtype stays. Below 0 the straight part goes on."""
    return np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    )


def lab(rgb: Plane) -> Plane:
    """CIELAB (CIE 15, D65, 2 degrees) of sRGB in 0..1, shape (..., 3)."""
    xyz = decode(rgb) @ _TO_XYZ.T / _D65
    x, y, z = np.moveaxis(np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def delta_e(first: Plane, second: Plane, *, lightness: float = 1.0) -> Plane:
    """CIEDE2000 colour difference of two CIELAB pictures of shape (..., 3).

    Formula and notation: Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", 2005; kL is
    `lightness`, kC = kH = 1.
    """
    l1, a1, b1 = (first[..., i].astype(np.float32) for i in range(3))
    l2, a2, b2 = (second[..., i].astype(np.float32) for i in range(3))
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    neutral = 1.5 - 0.5 * _blueness(mean_chroma)  # 1 + G
    c1, c2 = np.hypot(a1 * neutral, b1), np.hypot(a2 * neutral, b2)
    h1 = np.arctan2(b1, a1 * neutral) % np.float32(2 * np.pi)
    h2 = np.arctan2(b2, a2 * neutral) % np.float32(2 * np.pi)

    turn = h2 - h1
    turn = np.where(turn > np.pi, turn - 2 * np.pi, np.where(turn < -np.pi, turn + 2 * np.pi, turn))
    turn = np.where(c1 * c2 == 0, 0, turn)
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(turn / 2)

    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    total = h1 + h2
    mean_h = np.where(
        np.abs(h1 - h2) > np.pi, np.where(total < 2 * np.pi, total + 2 * np.pi, total - 2 * np.pi), total
    )
    mean_h = np.where(c1 * c2 == 0, total, mean_h / 2)
    t = (
        1
        - 0.17 * np.cos(mean_h - np.pi / 6)
        + 0.24 * np.cos(2 * mean_h)
        + 0.32 * np.cos(3 * mean_h + np.pi / 30)
        - 0.20 * np.cos(4 * mean_h - math.radians(63.0))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    blue = math.radians(30.0) * np.exp(-(((np.degrees(mean_h) - 275) / 25) ** 2))
    rotation = -np.sin(2 * blue) * 2 * _blueness(mean_c)
    chroma, hue = dc / s_c, dh / s_h
    squared = (dl / (lightness * s_l)) ** 2 + chroma**2 + hue**2 + rotation * chroma * hue
    difference: Plane = np.sqrt(np.maximum(squared, 0)).astype(np.float32)
    return difference


def _blueness(chroma: Plane) -> Plane:
    """The formula's sqrt(C^7 / (C^7 + 25^7)); by products, for NumPy takes long over powers."""
    cubed = chroma * chroma * chroma
    seventh = cubed * cubed * chroma
    share: Plane = np.sqrt(seventh / (seventh + np.float32(25.0**7)))
    return share
