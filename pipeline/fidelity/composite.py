"""Composite-back: every accepted close-up, averaged down, pasted into the master where it was cut."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pipeline.errors import NotRegistrable
from pipeline.fidelity.enlarge import average
from pipeline.fidelity.filters import psnr
from pipeline.images import Pixels
from pipeline.records import Box
from pipeline.records.fidelity import PERFECT_DB

GAIN = 8
"""The difference image shows each grey level as this many, on mid grey: a perfect one is plain grey."""
STRIP_ROWS = 256
"""Rows compared at a time: the differences of a whole master of 50 megapixels took over 1 GB."""


@dataclass(frozen=True)
class Composite:
    """The master with its close-ups pasted in, and how far that is from the master."""

    picture: Pixels
    """Of the master's size."""
    difference: Pixels
    """Of the master's size: mid grey plus eight times the difference."""
    psnr_db: float
    """Over the pasted pixels alone; 100 when nothing differs."""
    largest_level: int
    """The largest difference of any pasted pixel and channel, grey levels."""
    covered: float
    """Share of the master's pixels that a close-up stands for, 0..1."""


def composite(master: Pixels, close_ups: Iterable[tuple[Box, Pixels]]) -> Composite:
    """Paste close-ups, given as ((x, y, width, height) in master pixels, pixels), into the master.

    Each picture must be a whole number of times its box, as locked and registered pictures are; raises
    NotRegistrable where one is not.
    """
    pasted = master.copy()
    touched = np.zeros(master.shape[:2], np.bool_)
    for box, picture in close_ups:
        x, y, width, height = box
        factor = picture.shape[1] // width
        if factor < 1 or picture.shape[:2] != (height * factor, width * factor):
            raise NotRegistrable(
                f"A close-up of {picture.shape[1]} x {picture.shape[0]} px is no whole enlargement of its "
                f"{width} x {height} px region; lock it first."
            )
        small = np.clip(np.rint(average(picture, factor)), 0, 255).astype(np.uint8)
        pasted[y : y + height, x : x + width] = small
        touched[y : y + height, x : x + width] = True
    shown = np.empty_like(master)
    squares = largest = 0
    for top in range(0, len(master), STRIP_ROWS):
        rows = slice(top, top + STRIP_ROWS)
        gap = pasted[rows].astype(np.int16) - master[rows]
        shown[rows] = np.clip(128 + GAIN * gap, 0, 255)
        squares += int((gap[touched[rows]].astype(np.int64) ** 2).sum())
        largest = max(largest, int(np.abs(gap).max()))
    inside = master.shape[2] * int(touched.sum())
    return Composite(
        picture=pasted,
        difference=shown,
        psnr_db=psnr(squares / inside, PERFECT_DB) if inside else PERFECT_DB,
        largest_level=largest,
        covered=float(touched.mean()),
    )
