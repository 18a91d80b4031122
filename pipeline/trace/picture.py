"""The photograph under tracing: its square film, the mask of the piece, and both at the sizes a search looks at."""

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadInput
from pipeline.images import Pixels
from pipeline.photo.foreground import foreground
from pipeline.solids.score import FILM_PX, Mask, outline, square, square_mask
from pipeline.trace.hanging import filled_in, largest, unhung

Plane = NDArray[np.float32]

OPENING_SHARE = 0.03
"""The opening of a ring, hoop or bangle is at least this share of the piece; smaller ones are glare or gaps."""
GLARE_SHARE = 0.1
"""No highlight takes this share of the piece: a hole so large is none, and no plate may be laid over it."""
GROUND_LEVELS, LEAST_GROUND_LEVELS = 2.0, 0.5
"""A smaller hole is an opening too where one sees the ground itself through it: its colour is the ground's to the
ground's own spread, and to so many levels of 255 at most and at least. A highlight is as white, but hardly ever the
same white.
"""
RIM_PX = 3.0
"""What lies nearer to a hole's rim is mixed with the metal."""
SECOND_SHARE = 0.35
"""A second earring is at least this share of the first."""
SEAM = np.ones((5, 5), np.uint8)
"""Gaps that fit into this are the mask's grain."""
BODY_SHARE = 0.6
"""What is thinner than this share of a pendant's greatest half width is its chain."""

TIP_SHARE = 0.25
"""What rises over a plate's body by more than this share of its height is its chain or bail, no tip of its own."""


@dataclass(frozen=True)
class Reduced:
    """The picture at a search's size, all (size, size): `soft` the mask 0..1, `features` (.., 4) colours and sparkle,
    `away` the distance to the mask's outline in pixels, `rim` that outline, `hard` the mask.
    """

    soft: Plane
    features: Plane
    away: Plane
    rim: Mask
    hard: Mask


@dataclass
class Picture:
    """`film` (1024, 1024, 3) and `mask` (1024, 1024), true on what is laid under the model."""

    film: Pixels
    mask: Mask
    _reduced: dict[int, Reduced] = field(default_factory=dict)

    def at(self, size: int) -> Reduced:
        """The picture at a size, reduced once."""
        if size not in self._reduced:
            self._reduced[size] = _reduce(self.film, self.mask, size)
        return self._reduced[size]

    @cached_property
    def box(self) -> NDArray[np.float64]:
        """Left, top, right, bottom of the mask on the film, 0..1."""
        rows, columns = np.nonzero(self.mask)
        ends = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return np.array(ends, np.float64) / FILM_PX


def picture_of(pixels: Pixels, kind: str, *, pair: bool = False, mask: Mask | None = None) -> Picture:
    """A photograph (h, w, 3) ready for tracing; `pair` keeps both earrings. Raises BadInput where nothing stands out.

    `mask` (h, w) stands in for the product's own foreground.
    """
    silhouette = square_mask(foreground(pixels) if mask is None else mask)
    if silhouette.sum() < 0.002 * silhouette.size:
        raise BadInput("No piece stands out from this picture's backdrop; place points on it instead.")
    film = square(pixels)
    whole = body_of_pendant(silhouette) if kind == "necklace" else cleaned(silhouette, film)
    return Picture(film, _components(whole, kind, pair=pair))


def separate(pixels_mask: Mask) -> bool:
    """Whether a mask shows two earrings side by side that do not touch."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(pixels_mask.astype(np.uint8), connectivity=8)
    areas = np.sort(stats[1:, cv2.CC_STAT_AREA])[::-1]
    return len(areas) > 1 and bool(areas[1] > SECOND_SHARE * areas[0])


def cleaned(mask: Mask, film: Pixels | None = None) -> Mask:
    """Pinholes and blown highlights closed. Of a piece with an opening its one large hole stays, and every other
    through which its `film` (n, n, 3) shows the ground; of one without, no `film` is given.
    """
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    whole = np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, ellipse) > 0)
    _, label, stats, _ = cv2.connectedComponentsWithStats((~whole).astype(np.uint8), connectivity=4)
    outside = np.unique(np.r_[label[0], label[-1], label[:, 0], label[:, -1]])
    holes = sorted(set(range(1, len(stats))) - set(outside), key=lambda k: -int(stats[k, cv2.CC_STAT_AREA]))
    area = whole.sum()
    if film is not None and holes and stats[holes[0], cv2.CC_STAT_AREA] > OPENING_SHARE * area:
        holes = holes[1:]
    small = [hole for hole in holes if stats[hole, cv2.CC_STAT_AREA] < GLARE_SHARE * area]
    ground = np.isin(label, outside) & ~whole
    for hole in small:
        if film is None or not _shows(film, ground, label == hole):
            whole |= label == hole
    return whole


def _shows(film: Pixels, ground: Mask, hole: Mask) -> bool:
    """Whether a hole's middle has the colour of the ground round the piece."""
    deep = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    middle, around = film[deep > RIM_PX].astype(np.float64), film[ground].astype(np.float64)
    if not len(middle) or not len(around):
        return False
    colour = np.median(around, axis=0)
    spread = 1.48 * np.median(np.abs(around - colour), axis=0)
    apart = np.abs(np.median(middle, axis=0) - colour)
    return bool((apart <= np.clip(spread, LEAST_GROUND_LEVELS, GROUND_LEVELS)).all())


def body_of_pendant(mask: Mask) -> Mask:
    """A pendant without chain and bail, its glare filled: what is below the neck they end in, or what has a good part
    of its width where none is seen.
    """
    body = unhung(mask)  # before its notches are closed: they are the neck
    return thick_of(cleaned(mask)) if body is None else cleaned(body)


def thick_of(mask: Mask) -> Mask:
    """What a disc of a good part of a mask's greatest half width fits into: no chain does, and no bail of its own."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    side = int(max(5, BODY_SHARE * float(depth.max()))) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc) > 0)


def plate(mask: Mask) -> Mask:
    """The largest part of a mask with its holes and tips, but without chain, cord and bail.

    Those end in a neck above it; where none is seen, they leave the picture, or rise high over the body.
    """
    body = unhung(mask)
    closed = cv2.morphologyEx((mask if body is None else body).astype(np.uint8), cv2.MORPH_CLOSE, SEAM) > 0
    if body is not None:
        return largest(closed)
    filled = filled_in(closed)
    core = largest(thick_of(filled))
    if not core.any():
        return core
    rows, _ = np.nonzero(core)
    top, tall = int(rows.min()), int(np.ptp(rows)) + 1
    _, label, stats, _ = cv2.connectedComponentsWithStats((filled & ~core).astype(np.uint8), connectivity=8)
    left, high, wide, deep = (stats[:, k] for k in range(4))
    end = len(mask) - 1
    hung = (
        (left < 1) | (high < 1) | (left + wide > end) | (high + deep > end) | (high < top - TIP_SHARE * tall)
    )
    hung[0] = False
    return largest(closed & ~hung[label])


def _components(mask: Mask, kind: str, *, pair: bool) -> Mask:
    if kind == "necklace" or (kind == "earrings" and not pair):
        return largest(mask)
    _, label, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray((areas > 0.08 * areas.max())[label])


def _reduce(film: Pixels, mask: Mask, size: int) -> Reduced:
    def small(plane: Plane) -> Plane:
        return np.asarray(cv2.resize(plane, (size, size), interpolation=cv2.INTER_AREA))

    lab = cv2.cvtColor(film.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = lab[..., 0]
    sparkle = cv2.GaussianBlur((light - cv2.GaussianBlur(light, (0, 0), 4)) ** 2, (0, 0), 8)
    # What tells a stone from metal: its colour, and how restless its light is; lightness alone mirrors the room.
    features = np.dstack([
        0.35 * cv2.GaussianBlur(light, (0, 0), 5), cv2.GaussianBlur(lab[..., 1:], (0, 0), 3),
        0.8 * np.sqrt(np.maximum(sparkle, 0)),
    ])  # fmt: skip
    soft = small(mask.astype(np.float32))
    hard = soft > 0.5
    return Reduced(soft, small(features), away_from(outline(hard)), outline(hard), hard)


def away_from(rim: Mask) -> Plane:
    """Distance of every pixel to the nearest true one, pixels."""
    return np.asarray(cv2.distanceTransform((~rim).astype(np.uint8), cv2.DIST_L2, 3))
