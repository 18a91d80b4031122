"""Seams of a mesh: single pixels at which a ray slipped through between two faces."""

import cv2
import numpy as np

from pipeline.drawing.surface import Field, Surface, places

_INSIDE_OUT = 0.15
_BAND_PX = 192


def heal(surface: Surface) -> None:
    """Take back, in its own arrays, the single pixels at which a ray slipped through a seam of the mesh.

    Such a ray sees the page, or the far side of the body from within. Where nothing is seen the normal becomes zero.
    """
    part, depth, normal = surface.part, surface.depth, surface.normal
    seen = part >= 0
    _clear(normal, seen)
    within = normal @ np.asarray(surface.direction, np.float32) > _INSIDE_OUT
    for axis in (0, 1):
        inner, before, after = (
            (cut, slice(None)) if axis == 0 else (slice(None), cut)
            for cut in (slice(1, -1), slice(None, -2), slice(2, None))
        )
        slit = seen[before] & seen[after] & ~seen[inner]
        there = places(slit)
        slit[there] = part[before][there] == part[after][there]
        slipped = within[inner] & seen[before]
        at_first = places(slit | (slipped & ~within[before]))
        at_last = places(slipped & within[before] & seen[after] & ~within[after])
        for side, these in ((before, at_first), (after, at_last)):
            for field_ in (part, depth, normal):
                field_[inner][these] = field_[side][these]
            within[inner][these] = False
        seen[inner][at_first] = True


def _clear(normal: Field, seen: Field) -> None:
    """Let the normals (h, w, 3) be zero where nothing is seen."""
    for top in range(0, len(seen), _BAND_PX):
        rows = slice(top, top + _BAND_PX)
        normal[rows] = cv2.bitwise_and(normal[rows], normal[rows], mask=seen[rows].view(np.uint8))
