"""What wearing leaves on metal: hair scratches that run every way, and a polish that is duller here than there."""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.render import relief
from pipeline.atelier.render.sampler import mixed, unit_interval

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

# Sets of scratches: each lies in planes of one direction, where they cut the metal; how far apart those lie (mm), and
# how long a scratch is.
SETS = 8
APART_MM, LONG_MM = (0.16, 0.60), (1.2, 4.5)
# Share of the places for a scratch that hold one; the half width of a groove (mm) and the slope of its flanks, at most.
PRESENT = 0.42
HALF_WIDTH_MM, SLOPE = (0.004, 0.012), 0.30
# A scratch stands askew to its neighbours by this much of their distance over its length.
ASKEW = 0.8
# GGX alpha that dulling adds, from the least worn place to the most, and how uneven the surface has become.
DULL, DENTED = (0.006, 0.06), 0.010
CLOUD_TILE_MM = 7.0


class Wear:
    """The marks on one piece's metal, the same whatever is looked at and however close."""

    def __init__(self) -> None:
        volume = relief.noise(19, 2.5)
        self._cloud = mi.Texture3f(
            mi.TensorXf(np.ascontiguousarray(volume.transpose(2, 1, 0, 3))),
            filter_mode=dr.FilterMode.Linear,
            wrap_mode=dr.WrapMode.Repeat,
        )
        draw = np.random.default_rng(17)
        frames = [np.linalg.qr(draw.standard_normal((3, 3)))[0] for _ in range(SETS)]
        self._sets = [
            (frame[0], frame[1], float(draw.uniform(*APART_MM)), float(draw.uniform(*LONG_MM)))
            for frame in frames
        ]

    def marks(self, point: Array, normal: Array, active: Array) -> tuple[Array, Array]:
        """Slope of the worn surface where it is met, and what it adds to the roughness (GGX alpha)."""
        cloud = self._cloud.eval(mi.Point3f(point) / CLOUD_TILE_MM, active=active)
        slope = mi.Vector3f(cloud[0], cloud[1], cloud[2]) * DENTED
        for number, scratches in enumerate(self._sets):
            slope += _scratches(mi.Vector3f(point), normal, scratches, number)
        worn = dr.clip(0.5 + 0.45 * cloud[1], 0, 1)
        low, high = DULL
        return slope, low + (high - low) * worn * worn


def _scratches(point: Array, normal: Array, scratches: tuple[Any, ...], number: int) -> Array:
    """Slope of the scratches of one set: a groove with a rim on both sides, the derivative of a bell curve."""
    first, second, apart, long = scratches
    across, along = mi.Vector3f(*map(float, first)), mi.Vector3f(*map(float, second))
    # Where the planes nearly touch the metal they would cut a trough.
    steep = dr.norm(across - dr.dot(across, normal) * normal)
    usable = dr.clip(3 * steep - 1.2, 0, 1)
    place, run = dr.dot(point, across) / apart, dr.dot(point, along) / long
    line = dr.floor(place)
    key = mixed(
        mi.UInt32(mi.Int32(line) + 0x4000) * 0x9E3779B1 + mi.UInt32(0x85EBCA6B * (number + 1) & 0xFFFFFFFF)
    )
    run += unit_interval(key)
    piece = dr.floor(run)
    key = mixed(key + mi.UInt32(mi.Int32(piece) + 0x4000) * 0xC2B2AE35)
    there = unit_interval(key) < PRESENT
    within = run - piece
    middle, askew = 0.2 + 0.6 * unit_interval(mixed(key + 1)), ASKEW * (unit_interval(mixed(key + 2)) - 0.5)
    off = (place - line - middle - askew * (within - 0.5)) * apart / dr.maximum(steep, 0.1)
    deep = unit_interval(mixed(key + 3))
    low, high = HALF_WIDTH_MM
    half = low + (high - low) * deep * deep
    bell = off / half
    # Most are faint, and each runs out at both ends.
    depth = SLOPE * (0.15 + 0.85 * deep * deep * deep) * dr.sqrt(dr.maximum(4 * within * (1 - within), 0))
    return across * dr.select(there, -usable * depth * bell * dr.exp(0.5 * (1 - bell * bell)), 0.0)
