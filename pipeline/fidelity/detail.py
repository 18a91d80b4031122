"""What averaging an answer down to its crop's pixels hides: fine detail, pixels cut off at black or white, grain."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.fidelity.enlarge import STRIP_ROWS, sharpened, shrink, stretch
from pipeline.fidelity.filters import Plane, box
from pipeline.fidelity.noise import LAPLACIAN
from pipeline.images import Pixels

REACH = 3
"""Crop rows beyond a strip that its filters see."""

_CUT = np.zeros(256, np.uint8)
_CUT[:3] = _CUT[253:] = 255
"""Marks the levels at which a channel may have been cut off."""


@dataclass(frozen=True)
class Fine:
    """Planes at crop resolution, and the enlargement."""

    detail: Plane
    """RMS of what the averaging removed, grey levels."""
    clipped: Plane
    """Share of the answer's pixels and channels that are black or white, 0..1."""
    grain: Plane
    """What the answer's own grain may do to a crop pixel, grey levels (standard deviation).

    Grain is independent from pixel to pixel, so a mean over factor x factor of them has a factor-th of it. A path
    tracer's grain differs from place to place, hence a map; lines and edges answer weakly to the filter.
    """
    factor: int
    """Enlargement of the answer over the crop."""


def fine_of(registered: Pixels, small: Plane, factor: int) -> Fine:
    """Look at a registered answer, uint8 RGB (h f, w f, 3), whose averaged-down luma is `small` (h, w)."""
    height, width = small.shape
    detail, clipped, rough = (np.zeros(small.shape, np.float32) for _ in range(3))
    for rows, seen, inner in _strips(height):
        part = registered[rows.start * factor : rows.stop * factor]
        clipped[rows] = cv2.resize(
            cv2.LUT(part, _CUT), (width, rows.stop - rows.start), interpolation=cv2.INTER_AREA
        ).mean(2)
        if factor == 1:
            continue
        large = _grey(registered, seen, factor)
        detail[rows] = _detail(large, small[seen], factor)[inner]
        strip: Plane = cv2.filter2D(large, cv2.CV_32F, LAPLACIAN)
        strip *= strip
        rough[rows] = shrink(strip, factor)[inner]
    # running sums leave tiny negatives
    grain = np.sqrt(np.maximum(box(rough, 5), 0)) / np.float32(factor)
    return Fine(detail, clipped / 255, grain, factor)


def detail_of(picture: Pixels, factor: int) -> Plane:
    """RMS of what averaging down removes from a picture, uint8 RGB (h f, w f, 3): float32 (h, w)."""
    height, width = picture.shape[0] // factor, picture.shape[1] // factor
    detail = np.zeros((height, width), np.float32)
    for rows, seen, inner in _strips(height):
        large = _grey(picture, seen, factor)
        detail[rows] = _detail(large, shrink(large.astype(np.float32), factor), factor)[inner]
    return detail


def detail_of_enlarged(small: Plane, factor: int) -> Plane:
    """The same for the deterministic enlargement of a grey picture (h, w): its distance from plain interpolation."""
    distance = sharpened(small, factor) - small
    detail = np.zeros_like(small)
    for rows, seen, inner in _strips(len(small)):
        large = stretch(distance[seen], factor)
        large *= large
        detail[rows] = np.sqrt(shrink(large, factor))[inner]
    return detail


def _strips(height: int) -> Iterator[tuple[slice, slice, slice]]:
    """Rows worked on together, with those their filters see, and the first among the second."""
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        first, last = max(0, top - REACH), min(height, bottom + REACH)
        yield slice(top, bottom), slice(first, last), slice(top - first, bottom - first)


def _grey(picture: Pixels, rows: slice, factor: int) -> Pixels:
    part = picture[rows.start * factor : rows.stop * factor]
    return cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def _detail(large: Plane, small: Plane, factor: int) -> Plane:
    detail = large.astype(np.float32)
    detail -= stretch(small, factor)
    detail *= detail
    root: Plane = np.sqrt(shrink(detail, factor))
    return root
