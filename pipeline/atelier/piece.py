"""A jewelry piece as plain geometry: named parts, each one material and one finish."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

import numpy as np

from pipeline.views import MASTER

Side = Literal["", "left", "right"]


class PartRole(StrEnum):
    """What a part is on its piece. Regions, cameras, measures and drawings go by it, never by the name."""

    BODY = "body"
    """What carries the rest and has no role of its own: a plate, a hoop, a petal, a locket's shells."""
    SHANK = "shank"
    ARCH = "arch"
    CUFF = "cuff"
    """A stiff band around the wrist, closed or open; it stands on its edge."""
    CREST = "crest"
    """What rises from a tiara's band."""
    LINK = "link"
    STONE = "stone"
    """The stone in the middle."""
    PRONG = "prong"
    BEZEL = "bezel"
    GALLERY = "gallery"
    BASE = "base"
    CUP = "cup"
    PEG = "peg"
    CAP = "cap"
    SIDE_HEAD = "side head"
    """A side stone of a three-stone ring, and what holds it."""
    HALO = "halo"
    """The frame around a stone, its stones and their grains."""
    ROW = "row"
    """Stones along a surface, and their grains."""
    MILGRAIN = "milgrain"
    ENGRAVING = "engraving"
    ENAMEL = "enamel"
    EYE = "eye"
    BAIL = "bail"
    CHAIN = "chain"
    CLASP = "clasp"
    JUMP_RING = "jump ring"
    END_CAP = "end cap"
    FITTING = "fitting"
    """What fastens an earring or a brooch: post, back, wire, hinge, pin."""


WORN_BY = frozenset({PartRole.CHAIN, PartRole.CLASP, PartRole.JUMP_RING, PartRole.END_CAP})
"""What a necklace or bracelet is worn by."""
SOLDERED = frozenset({PartRole.ROW, PartRole.HALO, PartRole.MILGRAIN})
"""Copies that are one body with the metal they sit on: grains and beads. Others hang in one another."""
MOVABLE = WORN_BY | {PartRole.BAIL, PartRole.LINK, PartRole.FITTING}
"""What moves against the metal it touches, and is not soldered to it."""
HUNG_BY = WORN_BY | {PartRole.EYE, PartRole.BAIL}
"""What a pendant hangs by."""


@dataclass(frozen=True)
class SetStone:
    """Cut and size of a stone, mm; its gem is the part's material."""

    cut: str
    length_mm: float
    width_mm: float


@dataclass(frozen=True)
class Repeat:
    """One body placed many times, as the links of a chain; a GLB stores it once.

    ``vertices`` (n, 3) and ``faces`` (m, 3) as in ``Part``; ``poses`` (k, 4, 4) rigid transforms, column vectors.
    """

    vertices: np.ndarray
    faces: np.ndarray
    poses: np.ndarray

    def placed(self, vertices: np.ndarray) -> Iterator[np.ndarray]:
        """Vertices (n, 3) of the body, or of a part of it, at each of its places."""
        for pose in self.poses:
            yield vertices @ pose[:3, :3].T + pose[:3, 3]


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
    role: PartRole = PartRole.BODY
    filled: float = 1.0
    """Share of the drawn volume that is metal: less where the body is hollow, or stands for finer rings."""
    side: Side = ""
    """Which earring of a pair it belongs to."""
    stone: SetStone | None = None
    """Of a part that is a stone, or of each of its copies; of a strand, the first of its repeats."""
    claw: bool = False
    """Whether it is a prong of a side head or of a petal, whose role is that head's."""
    included: bool = False
    """Of a clear stone: whether veils and fingerprints are seen in it."""

    @property
    def is_prong(self) -> bool:
        """Whether it holds a stone by its girdle, as prongs do, in whichever head."""
        return self.claw or self.role is PartRole.PRONG

    @property
    def stone_count(self) -> int:
        """How many stones the part is."""
        if self.stone is None:
            return 0
        return len(self.repeats[0].poses) if self.repeats else 1

    def stone_bodies(self) -> Iterator[np.ndarray]:
        """Vertices (n, 3) in mm of each stone the part is."""
        if self.stone is not None and not self.repeats:
            yield self.vertices
        elif self.stone is not None:
            yield from self.repeats[0].placed(self.repeats[0].vertices)


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
    view: str = MASTER
    """The side it is taken from, one of ``pipeline.views``."""
    fineness: int | None = None
    """Parts per thousand of its gold, which colour it; none means the usual ones."""
    worn: bool = False
    """Whether its metal has been worn: scratched by hairs, and dulled."""
    filleted: bool = False
    """Whether solder rounds the joints of its metal."""
    tinted: bool = False
    """Whether light that passed its clear stones is seen in its shadow."""

    def without(self, roles: frozenset[PartRole]) -> "Piece":
        """The piece without the parts of these roles, and itself where nothing or everything would go."""
        rest = tuple(part for part in self.parts if part.role not in roles)
        return replace(self, parts=rest) if 0 < len(rest) < len(self.parts) else self
