"""Which numbers a path draws: even over every pixel, and the same whatever else is traced beside it."""

from dataclasses import dataclass, replace
from typing import Any, Self

import drjit as dr
import mitsuba
import numpy as np

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

# Largest set of samples of one pixel.
MAX_SAMPLES_LOG2 = 8
# Bytes, and the alignment Dr.Jit looks for.
CACHE_LINE = 64


@dataclass(frozen=True)
class Lanes:
    """Paths to trace, one per entry of each array (n,).

    `x`, `y` film pixel; `index` of the sample among `count` (a power of two) of its set; `salt` tells sets apart;
    `leader` 0, 1, 2 is the colour whose way through a stone is followed.
    """

    x: np.ndarray
    y: np.ndarray
    index: np.ndarray
    count: np.ndarray
    salt: np.ndarray
    leader: np.ndarray

    def chosen(self, which: np.ndarray, leader: np.ndarray) -> Self:
        """Some of the lanes, led by other colours."""
        return replace(
            self,
            x=self.x[which],
            y=self.y[which],
            index=self.index[which],
            count=self.count[which],
            salt=self.salt[which],
            leader=leader.astype(np.uint32),
        )


class Sampler:
    """Stratified numbers that depend on pixel, set and depth alone, whatever else is traced beside them.

    Every draw is a (0, 2)-net in base 2 (van der Corput and the second Sobol' dimension), reordered and digitally
    shifted by a hash, so that each set of samples is evenly spread over every pair of dimensions. `x` and `y` are the
    film pixels of its lanes.
    """

    def __init__(self, lanes: Lanes) -> None:
        self.x, self.y = hand_over(lanes.x), hand_over(lanes.y)
        self._key = mixed(self.x * 0x9E3779B1 + mixed(self.y + hand_over(lanes.salt)))
        self._index = hand_over(lanes.index)
        self._mask = hand_over(lanes.count) - 1

    def draw(self, dimension: Array) -> Array:
        """Give this sample's pair of numbers in [0, 1) for a dimension; pairs of other dimensions are independent."""
        first = mixed(self._key + dimension * 0x85EBCA6B)
        second = mixed(first + 0x27D4EB2F)
        place = (self._index * (2 * (first >> 8) + 1) + (second >> 7)) & self._mask
        other, column = mi.UInt32(0), 1 << 31
        for bit in range(MAX_SAMPLES_LOG2):
            other ^= dr.select((place >> bit) & 1 == 1, mi.UInt32(column), mi.UInt32(0))
            column ^= column >> 1
        third = mixed(second + 0x165667B1)
        return mi.Point2f(unit_interval(dr.brev(place) ^ second), unit_interval(other ^ third))


def hand_over(values: np.ndarray) -> Array:
    """Give uint32 values (n,) to the engine from memory that begins on a cache line.

    Dr.Jit reads an array where it lies and compiles into its programs whether it may read whole lines. Where NumPy
    puts an array is chance: of six arrays a launch would be one of 64 programs, each a third of a second to compile.
    """
    room = np.empty(values.nbytes + CACHE_LINE, dtype=np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    aligned = room[start : start + values.nbytes].view(np.uint32)
    aligned[:] = values
    return mi.UInt32(aligned)


def mixed(value: Array) -> Array:
    """Integer mixing after the lowbias32 constants of Wellons."""
    value = (value ^ (value >> 16)) * 0x7FEB352D
    value = (value ^ (value >> 15)) * 0x846CA68B
    return value ^ (value >> 16)


def random_pair(index: Array) -> Array:
    """A pair of numbers in [0, 1) for each index, not evenly spread."""
    first = mixed(index + 0x9E3779B1)
    return mi.Point2f(unit_interval(first), unit_interval(mixed(first + 0x27D4EB2F)))


def unit_interval(value: Array) -> Array:
    """The upper 24 bits of an integer as a number in [0, 1)."""
    return mi.Float(value >> 8) * (1 / (1 << 24))
