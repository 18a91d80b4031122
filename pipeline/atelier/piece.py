"""A jewelry piece as plain geometry: named parts, each one material and one finish."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Repeat:
    """One body placed many times, as the links of a chain; a GLB stores it once.

    ``vertices`` (n, 3) and ``faces`` (m, 3) as in ``Part``; ``poses`` (k, 4, 4) rigid transforms, column vectors.
    """

    vertices: np.ndarray
    faces: np.ndarray
    poses: np.ndarray


@dataclass(frozen=True)
class Part:
    """One body of a piece.

    ``vertices`` is (n, 3) float64 in millimetres, ``faces`` (m, 3) int32, counter-clockwise seen from outside.
    ``material`` is a key of ``materials.METALS`` or ``materials.GEMS``. ``smooth`` shades with vertex normals
    smoothed up to a crease angle of 40 degrees; without it facets stay flat, as gems need.
    """

    name: str
    vertices: np.ndarray
    faces: np.ndarray
    material: str
    smooth: bool
    finish: str = "polished"
    repeats: tuple[Repeat, ...] = ()
    """What ``vertices`` and ``faces`` are made of, when the part is nothing but copies."""


@dataclass(frozen=True)
class Piece:
    """A whole piece in a world with z up and the camera at -y.

    A ring stands upright, its axis along y and its head at +z. A necklace, bracelet or brooch lies flat in the
    xy plane and is seen from above. The lowest point rests on the floor.
    """

    kind: str
    parts: tuple[Part, ...]
    framing: str = "whole"
    """What the master shows, as ``spec.Pendant.framing`` says it."""
