"""The white facets of clear stones: as bright as a white ground, they are bitten out of a mask made by colour.

Nothing but its shape tells such a facet from the ground: a stone is convex, so what lies between its grey facets and
is bounded by them is the stone's.
"""

import cv2
import numpy as np

from pipeline.photo.backdrop import Field, Mask

CLEAR, COLOURED = 9.0, 10.0
"""Most chroma of a clear stone's facets, and least median chroma of a piece whose stones are told by it: beside grey
metal they are not."""

APART_PX = 3
"""Half the gap between two facets of one stone at working size."""

LEAST_AREA, LEAST_FILL = 0.0006, 0.6
"""Share of the picture that a stone takes at least, and share of its convex hull that its grey facets do: a ring of
small stones around an opening takes less."""

EDGED, EDGE = 0.4, 6.0
"""Share of a stone's pixels at least this steep, 8-bit levels a pixel: a highlight on metal is smooth."""

LARGEST, BOUNDED = 0.2, 0.6
"""Share of the hull up to which a patch is a facet, or several, and share of its bounds that must be piece."""

AT_STONE, AN_ISLAND = 0.5, 0.1
"""Share of an island's bounds that lies at a stone where it is a facet at the stone's rim; the openings of a basket
below it are bounded by metal."""


def white_facets(mask: Mask, offset: Field, gradient: Field) -> Mask:
    """What belongs to the clear stones of a coloured piece and is missing in its mask, bool (h, w).

    From each pixel's CIELAB offset to the backdrop (h, w, 3) and the luma gradient (h, w).
    """
    missing, stones = np.zeros_like(mask), np.zeros_like(mask)
    chroma = np.hypot(offset[..., 1], offset[..., 2])
    if not mask.any() or float(np.median(chroma[mask])) < COLOURED:
        return missing
    grey = (mask & (chroma < CLEAR)).astype(np.uint8)
    grey = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)
    gap = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * APART_PX + 1,) * 2)
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, gap))
    for index in range(1, count):
        left, top, wide, tall, area = (int(v) for v in sizes[index])
        if area < LEAST_AREA * mask.size:
            continue
        window = (slice(top, top + tall), slice(left, left + wide))
        stone = labels[window] == index
        hull = _hull(stone)
        steep = gradient[window][stone & (grey[window] > 0)] > EDGE
        if int(stone.sum()) < LEAST_FILL * int(hull.sum()) or float(steep.mean()) < EDGED:
            continue
        missing[window] |= _bitten_out(hull, mask[window])
        stones[window] |= hull
    return missing | _beside(stones, mask | missing)


def _hull(stone: Mask) -> Mask:
    points = cv2.findNonZero(stone.astype(np.uint8))
    filled = np.zeros(stone.shape, np.uint8)
    cv2.fillConvexPoly(filled, cv2.convexHull(points), (1,))
    return filled > 0


def _bitten_out(hull: Mask, mask: Mask) -> Mask:
    """The patches of a hull that the mask lacks, small beside it and bounded by the mask."""
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(
        (hull & ~mask).astype(np.uint8), connectivity=4
    )
    facets = np.zeros_like(mask)
    for index in range(1, count):
        patch = labels == index
        rim = (cv2.dilate(patch.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & ~patch
        small = int(sizes[index, cv2.CC_STAT_AREA]) < LARGEST * int(hull.sum())
        if small and float(mask[rim].mean()) > BOUNDED:
            facets |= patch
    return facets


def _beside(stones: Mask, mask: Mask) -> Mask:
    """The islands that a mask lacks and that lie at the rim of a stone, small as a facet."""
    facets = np.zeros_like(mask)
    if not stones.any():
        return facets
    reach = cv2.dilate(stones.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    _, labels, sizes, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    _, _, stone_sizes, _ = cv2.connectedComponentsWithStats(stones.astype(np.uint8))
    largest = AN_ISLAND * float(np.median(stone_sizes[1:, cv2.CC_STAT_AREA]))
    for index in np.unique(labels[reach & ~mask]):
        if sizes[index, cv2.CC_STAT_AREA] > largest:
            continue
        patch = labels == index
        rim = (cv2.dilate(patch.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & ~patch
        if float(reach[rim].mean()) > AT_STONE:
            facets |= patch
    return facets
