"""CIEDE2000, on whole pictures."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]
"""Floating point, shape (..., 3) for colours, (...) for differences."""


def delta_e(first: Plane, second: Plane) -> Plane:
    """CIEDE2000 colour difference of two CIELAB pictures of shape (..., 3).

    Formula and notation: Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", 2005; kL = kC = kH = 1.
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
    squared = (dl / s_l) ** 2 + chroma**2 + hue**2 + rotation * chroma * hue
    difference: Plane = np.sqrt(np.maximum(squared, 0)).astype(np.float32)
    return difference


def _blueness(chroma: Plane) -> Plane:
    """The formula's sqrt(C^7 / (C^7 + 25^7)); by products, for NumPy takes long over powers."""
    cubed = chroma * chroma * chroma
    seventh = cubed * cubed * chroma
    share: Plane = np.sqrt(seventh / (seventh + np.float32(25.0**7)))
    return share
