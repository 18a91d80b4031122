"""A ground without a hue, as of a rendered master: nothing on it has a colour but the piece, and its shadows are grey.

Shadows and pale metal are told apart there by what lightness cannot tell: a shadow next to a piece is as dark and as
steep as metal, a silver plate as bright as the paper it lies on.
"""

import cv2
import numpy as np

from pipeline.photo.backdrop import Field, Mask
from pipeline.photo.flood import DEEPEST_SHADOW, flood

HUE = 0.25
"""CIELAB chroma from which a pixel has a hue: one level of one of its three channels."""

BESIDE_PX, RIM_PX = 12, 3
"""From and to where beside the piece its ground is looked at: a picture that was compressed has hues there."""

GREY_SHARE, DARK_SHARE, PIECE_SHARE = 0.995, 0.985, 0.6
"""Shares: of the ground beside the piece, and of its shadows, that must have no hue; of the piece, that must have one.
"""

PLACES, MOST_PLACES, LEAST_PX = 16, 0.75, 40
"""Places along either side of the picture at which the ground beside the piece is looked at, the share of them that
must be without a hue, and the pixels one is judged by. A file that was compressed has hues all over; where pale metal
was taken for ground there are some at its place alone."""

SHADED = 1.0
"""Distance to the backdrop from which ground lies in a shadow."""

STEEP, LEAST_STEEP, STEEPEST = 0.6, 8.0, 22.0
"""Slope of a shadow's edge: its share of the depth a pixel, and between which slopes, 8-bit levels a pixel."""

MIXED = 0.4
"""Share of the chroma beside it that a pixel between piece and shadow needs to be the piece's."""


def by_hue(ground: Mask, offset: Field, distance: Field, gradient: Field) -> tuple[Mask, Mask] | None:
    """The ground (h, w) less what has a hue, with the grey shadows that hang together with it; and what has a hue.

    None where the ground itself, its shadows, or too little of the piece has one.
    """
    chroma, light = np.hypot(offset[..., 1], offset[..., 2]), offset[..., 0]
    if not _is_grey(ground, chroma, distance):
        return None
    hued = cv2.morphologyEx((chroma >= HUE).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    shade = (chroma < HUE) & (light < 0.5) & (light > -DEEPEST_SHADOW)
    calm = gradient < np.clip(-2.55 * STEEP * light, LEAST_STEEP, STEEPEST)
    open_ground = ground & ~hued
    reached = flood(open_ground, open_ground | (~hued & shade & calm))
    # Where a shadow meets the piece a pixel mixes both: it is the piece's from some of the colour beside it on.
    square = np.ones((5, 5), np.uint8)
    beside = cv2.dilate((reached & (light < -2)).astype(np.uint8), square) > 0
    mixed = beside & (light > -DEEPEST_SHADOW) & (chroma < MIXED * cv2.dilate(chroma, square))
    closed = open_ground | reached | mixed
    line = cv2.morphologyEx((chroma >= HUE).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0
    piece = ~closed
    if not float((chroma[piece] >= HUE).sum()) > PIECE_SHARE * int(piece.sum()):
        return None
    return closed, line & piece


def _is_grey(ground: Mask, chroma: Field, distance: Field) -> bool:
    piece = (~ground).astype(np.uint8)
    if not piece.any():
        return False
    near, rim = (cv2.dilate(piece, np.ones((2 * px + 1,) * 2, np.uint8)) > 0 for px in (BESIDE_PX, RIM_PX))
    bright = ground & (distance <= SHADED) & near & ~rim
    _, area = cv2.connectedComponents(ground.astype(np.uint8), connectivity=4)
    outer = np.unique(np.r_[area[0], area[-1], area[:, 0], area[:, -1]])
    dark = ground & (distance > SHADED) & np.isin(area, outer[outer > 0])
    return bool(
        bright.any()
        and _at_most_places(chroma < HUE / 2, bright)
        and (not dark.any() or float((chroma[dark] < HUE).mean()) > DARK_SHARE)
    )


def _at_most_places(grey: Mask, where: Mask) -> bool:
    """Whether what is looked at (h, w) is grey at most of the places at which there is some of it, or on the whole."""
    rows, columns = np.nonzero(where)
    place = rows * PLACES // where.shape[0] * PLACES + columns * PLACES // where.shape[1]
    seen, clean = (np.bincount(place, weights, PLACES**2) for weights in (None, grey[where].astype(float)))
    judged = seen >= LEAST_PX
    if not judged.any():
        return float(grey[where].mean()) > GREY_SHARE
    return float((clean[judged] > GREY_SHARE * seen[judged]).mean()) > MOST_PLACES
