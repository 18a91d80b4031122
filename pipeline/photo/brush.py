"""Strokes of a brush on a mask: what a person adds to the piece or takes from it, kept as lines."""

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.photo.foreground import Mask, Rgb, foreground
from pipeline.records.brush import Stroke

_SHIFT = 4
"""Bits of a pixel that lines are drawn to."""


def piece_mask(rgb: Rgb, strokes: Sequence[Stroke]) -> Mask:
    """Where the piece is on its master, bool (h, w), with what a person corrected: for whatever follows its outline."""
    return brushed(foreground(rgb), strokes)


def brushed(mask: Mask, strokes: Sequence[Stroke]) -> Mask:
    """The mask (h, w) with the strokes laid over it in their order; of any size, for strokes are shares of it."""
    if not strokes:
        return mask
    height, width = mask.shape
    canvas = mask.astype(np.uint8)
    for stroke in strokes:
        points = np.array(stroke.points, np.float64) * (width, height)
        line = np.rint((points - 0.5) * (1 << _SHIFT)).astype(np.int32)
        thick = max(1, round(stroke.width * max(height, width)))
        value = int(stroke.adds)
        if len(line) == 1 or not np.ptp(line, axis=0).any():
            radius = max(1, round(thick / 2 * (1 << _SHIFT)))
            cv2.circle(canvas, [int(v) for v in line[0]], radius, value, -1, shift=_SHIFT)
        else:
            cv2.polylines(canvas, [line], isClosed=False, color=value, thickness=thick, shift=_SHIFT)
    return canvas > 0
