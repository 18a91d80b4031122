"""What is seen through a piece: patches of its ground that it encloses, lit or in its shadow."""

import cv2
import numpy as np

from pipeline.photo.backdrop import Field, Mask, colour_distance
from pipeline.photo.flood import each_patch, shade

SMALLEST = 0.0001
"""Share of the picture from which a patch is looked at: some 100 px at working size."""

LARGEST = 0.003
"""Share of the picture up to which a patch may lie in a shadow whole, if that is seen elsewhere only: through a larger
opening some lit ground is seen, too."""

STEEPEST = 8.0
"""Slope up to which a pixel is of an even patch, 8-bit levels a pixel."""

RIM_PX, BLUR_PX, HALF_WAY = 2, 3, 0.4
"""How far around a patch its bounds are looked at, how far its blurred rim reaches, and up to which share of the step
there that is the patch's."""

AROUND_PX = 60
"""How far from an opening the ground and its shadows are looked at, at working size."""

DARKER, SAME, SAME_SPREADS = 2.0, 1.0, 1.5
"""CIELAB units: how much darker than the darkest ground around the piece the ground in an opening may be, and how much
brighter or of another hue, at least and in spreads of the border."""

HUE = 0.3
"""How much of another hue the ground in an opening of grey metal may be at least: nothing else tells it from metal."""

TINTED = 0.3
"""What a unit of depth adds to the hue that it may have: light that coloured metal throws into its shadow."""

SHARP, ENCLOSED = 4.0, 0.7
"""Step of the colour at the edge of an opening, and the share of its bounds that must be so: a highlight fades into
the metal beside it, and so does the end of a calm stripe along a band."""

COLOURED, RIM_COLOURED = 10.0, 0.6
"""Median chroma of a piece of coloured metal, and the share of an opening's bounds that is of it there: what lies amid
grey is a facet of its clear stones."""


def openings(ground: Mask, thrown: Mask, faces: Mask, offset: Field, gradient: Field, spread: float) -> Mask:
    """The patches, bool (h, w), that no way leads to from the ground (h, w) and that are ground all the same.

    `thrown` (h, w) are the hard shadows on the ground, such as fall into openings, too; `faces` (h, w) are the piece's,
    however like ground they are. From each pixel's CIELAB offset to the backdrop (h, w, 3), the luma gradient (h, w),
    and how far the border strays from its own model. A patch is ground if it is even, of the colour of the ground and
    the shadows near the piece, and ends at a sharp edge all around.
    """
    chroma = np.hypot(offset[..., 1], offset[..., 2])
    metal = not ground.all() and float(np.median(chroma[~ground])) >= COLOURED
    shadows = offset[thrown] if float(thrown.mean()) > SMALLEST else None
    shaded = shade(offset, below=max(SAME, SAME_SPREADS * spread))
    even = (shaded & (gradient < STEEPEST) & ~ground & ~faces).astype(np.uint8)
    calm = cv2.morphologyEx(even, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    opening = np.zeros_like(ground)
    for window, patch in each_patch(calm > 0, SMALLEST, AROUND_PX):
        around = ground[window]
        middle = np.median(offset[window][patch], axis=0).astype(np.float32)
        seen = around.any() and _like(middle, offset[window][around], spread, metal=metal)
        if not seen and (
            shadows is None or patch.sum() > LARGEST * ground.size or not _among(middle, shadows)
        ):
            continue
        rim = _grown(patch, RIM_PX) & ~patch
        hued = cv2.dilate(chroma[window], np.ones((9, 9), np.uint8))[rim] >= COLOURED
        if metal and float(hued.mean()) < RIM_COLOURED:
            continue
        away = colour_distance(offset[window] - middle)
        beyond = cv2.dilate(away, np.ones((9, 9), np.uint8))
        if float((beyond[rim] > np.quantile(away[patch], 0.8) + SHARP).mean()) >= ENCLOSED:
            opening[window] |= patch | (_grown(patch, BLUR_PX) & (away < HALF_WAY * beyond))
    return opening


def _like(colour: Field, ground: Field, spread: float, *, metal: bool) -> bool:
    """Whether a colour is one that the ground around it has, (n, 3), or a shadow of it, tinted by coloured metal."""
    same = max(SAME, SAME_SPREADS * spread)
    low, high = (np.quantile(ground, share, axis=0) for share in (0.02, 0.98))
    if not metal:
        low[1:] = high[1:] = np.median(ground[:, 1:], axis=0)
    tint = same + TINTED * max(0.0, -float(colour[0])) if metal else max(HUE, spread / 2)
    darker, lighter = np.array([[DARKER, tint, tint], [same, tint, tint]])
    return bool(((colour > low - darker) & (colour < high + lighter)).all())


def _among(colour: Field, shadows: Field) -> bool:
    """Whether a colour is one that the shadows have, (n, 3)."""
    low, high = (np.quantile(shadows, share, axis=0) for share in (0.05, 0.95))
    return bool(((colour > low - DARKER) & (colour < high + DARKER)).all())


def _grown(patch: Mask, reach: int) -> Mask:
    return cv2.dilate(patch.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)) > 0
