"""Zero crossings of a field as curves: marching squares on all cells at once, the segments then strung together."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]
Mask = NDArray[Any]

_TOP, _RIGHT, _BOTTOM, _LEFT = range(4)

_SEGMENTS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((_TOP, _LEFT),),
    2: ((_RIGHT, _TOP),),
    3: ((_RIGHT, _LEFT),),
    4: ((_LEFT, _BOTTOM),),
    5: ((_TOP, _BOTTOM),),
    6: ((_RIGHT, _TOP), (_LEFT, _BOTTOM)),
    7: ((_RIGHT, _BOTTOM),),
    8: ((_BOTTOM, _RIGHT),),
    9: ((_TOP, _LEFT), (_BOTTOM, _RIGHT)),
    10: ((_BOTTOM, _TOP),),
    11: ((_BOTTOM, _LEFT),),
    12: ((_LEFT, _RIGHT),),
    13: ((_TOP, _RIGHT),),
    14: ((_LEFT, _TOP),),
}
"""Sides of a cell that a curve enters and leaves by, for each set of positive corners (1 upper left, 2 upper right,
4 lower left, 8 lower right). The positive side is always on the right, so every side is entered and left but once."""


def zero_curves(field: Field, mask: Mask) -> tuple[Field, NDArray[np.intp]]:
    """Follow the zeros of a field (h, w) through the cells whose four corners are all in `mask`.

    Returns points (n, 2) float32 as row and column, and starts (m + 1,): curve k is points[starts[k] : starts[k + 1]].
    A closed curve ends with its first point. W. Lorensen, H. Cline, "Marching cubes", SIGGRAPH 1987, in two dimensions.
    """
    height, width = field.shape
    leave, enter = _segments(field > 0, mask)
    crossed = np.zeros(2 * height * width, bool)
    crossed[leave] = crossed[enter] = True
    side = np.flatnonzero(crossed)
    place = np.empty(2 * height * width, np.int32)
    place[side] = np.arange(len(side))
    after = np.full(len(side), -1, np.int32)
    after[place[leave]] = place[enter]
    first = np.ones(len(side), bool)
    first[place[enter]] = False
    order, starts = _strung(after.tolist(), np.flatnonzero(first).tolist())
    return _crossings(field, side)[order], starts


def _segments(positive: Mask, mask: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sides that segments leave from and enter at: the upper sides of all cells, then the left ones."""
    height, width = positive.shape
    corner = positive.astype(np.uint8)
    kind = corner[:-1, :-1] + 2 * corner[:-1, 1:] + 4 * corner[1:, :-1] + 8 * corner[1:, 1:]
    known = mask[:-1, :-1] & mask[:-1, 1:] & mask[1:, :-1] & mask[1:, 1:]
    row, column = np.nonzero(known & (kind > 0) & (kind < 15))
    kinds, cell = kind[row, column], row * width + column
    offset = np.array([0, height * width + 1, width, height * width])
    leave, enter = [], []
    for case, segments in _SEGMENTS.items():
        these = cell[kinds == case]
        for start, stop in segments:
            leave.append(these + offset[start])
            enter.append(these + offset[stop])
    return np.concatenate(leave), np.concatenate(enter)


def _strung(after: list[int], heads: list[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Order of the points along all curves: open ones from their heads, then what is left goes round."""
    order: list[int] = []
    starts = [0]
    for head in heads:
        at = head
        while at >= 0:
            order.append(at)
            at = after[at]
        starts.append(len(order))
    used = bytearray(len(after))
    for at in order:
        used[at] = 1
    for head in range(len(after)):
        if used[head]:
            continue
        at = head
        while not used[at]:
            used[at] = 1
            order.append(at)
            at = after[at]
        order.append(head)
        starts.append(len(order))
    return np.array(order, np.intp), np.array(starts, np.intp)


def _crossings(field: Field, side: NDArray[np.intp]) -> Field:
    """Row and column (n, 2) at which the field is zero on sides of cells."""
    height, width = field.shape
    upright = side >= height * width
    cell = side - np.where(upright, height * width, 0)
    flat = field.ravel()
    here, beyond = flat[cell], flat[cell + np.where(upright, width, 1)]
    share = here / (here - beyond)
    row, column = np.divmod(cell, width)
    return np.stack([row + np.where(upright, share, 0), column + np.where(upright, 0, share)], axis=1).astype(
        np.float32
    )
