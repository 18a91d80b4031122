"""The stones of any picture: what of a piece has another colour than its metal, where that can be told for sure.

A metal tints whatever it reflects: gold shows nothing that is neither golden nor burnt out nor black. What is foreign
to it, sharply bounded and convex is a stone each; where such places hang together, are ragged or in pieces, nobody
could count them, and nothing is said but that. On a pale metal clear stones look as it does, so that it is never said
to have none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.photo.backdrop import Field, Mask
from pipeline.photo.foreground import Rgb, survey
from pipeline.records.fidelity import Place

HUES, TINTED, LEAST_METAL = (30.0, 105.0), 10.0, 0.2
"""Hues of golden metals in CIELAB, degrees; least chroma that has one, and share of the piece that must have it within
15 degrees: else the metal is pale."""
OTHER_HUE, COLOURED, ON_PALE = 32.0, 12.0, 18.0
"""Degrees beside a golden metal's hue from which a chroma is a coloured stone's; and chroma of one on a pale metal."""
CLEAR = 0.4
"""Saturation of a clear stone's facets in linear light, in that of the golden metal around them."""
BURNT, WHITE, SHADED, BLACK = 245, 240, 20.0, 10.0
"""Levels from which a channel is burnt out and a pixel is white; lightness from which a clear facet is told from a
shadow, and up to which a stone is black."""
THROUGH, GROUND_PX = 7.0, 25.0
"""CIELAB distance to the ground nearby of what is seen through a piece, and how far around that ground is looked at."""
GAP_PX, SPECK_PX, SMALLEST_PX = 5, 40, 100
"""Gaps between facets that are closed, and areas of specks and of stones, at working size (1024 px)."""
CONVEX, SLENDER, FILLED, SHARP, DISTINCT = 0.78, 3.4, 0.5, 5.0, 10.0
"""Share of its hull that a stone fills, most length over width, share of it that is foreign itself, steepness of its
rim in CIELAB lightness a pixel, and CIELAB distance to what it is set in."""
NOT_METAL = 0.8
"""Of its hull, that must be foreign, white or black where burnt facets are bitten out of a stone."""
SET, PART, NECK, WITHIN = 0.2, 0.15, 0.5, 0.3
"""Share of its surroundings that is piece; share of it from which a second part of it may be another stone; of its
half width, by which it falls apart when taken off all around where two stones touch; and share of it that lies on
another one when both are one.
"""
GLEAM, SMOOTH = 0.35, 1.5
"""Burnt share, and mean steepness inside, of a gleam on metal whose rim has lost its colour."""
REFLECTED = 0.8
"""Of all that is black, that must look like stones: a dark room in polished metal does not."""
LOOSE = 0.12
"""Foreign area beside the stones, in theirs, from which not all of them were told."""
FRAGMENT, NEAR = 1.6, 1.8
"""Ratio of areas of two places nearer than so many of their radii from which one is the other's facet."""
TINY = 0.0025
"""Share of a piece that the largest of its stones takes at least: less may be anything."""
MOST_ANYWHERE, MOST_SHARP, MOST_TOGETHER, TOGETHER_PX = 0.015, 0.005, 0.003, 25
"""Shares of a piece without stones that one foreign place may take, all sharp ones, and those within so many pixels of
each other: reflections lie everywhere, the facets of a stone in one place."""
RESTLESS, RESTLESS_PX, MOST_RESTLESS = 9.0, 7, 0.13
"""Spread of lightness over so many pixels, as clear stones have it; share of a pale piece up to which it has none."""


@dataclass(frozen=True)
class _Blob:
    """A foreign place: where its pixels lie, and the pixels."""

    window: tuple[slice, slice]
    shape: Mask
    is_stone: bool
    is_sharp: bool
    """Whether it is bounded sharply, on the piece: a reflection is not."""

    @property
    def area(self) -> int:
        return int(self.shape.sum())

    @property
    def middle(self) -> Field:
        rows, columns = np.nonzero(self.shape)
        down, across = self.window
        return np.array([columns.mean() + across.start, rows.mean() + down.start])

    @property
    def radius(self) -> float:
        return float(np.sqrt(self.area / np.pi))


@dataclass(frozen=True)
class _View:
    """Planes (h, w) of a picture that its places are judged by."""

    lab: Field
    mask: Mask
    white: Mask
    burnt: Mask
    steep: Field


def stones_of(rgb: Rgb) -> tuple[Place, ...] | None:
    """The stones of a picture (h, w, 3), in its pixels; None where they are not told apart surely.

    Stones below a hundredth of the picture's side are too small, and those of the metal's own colour are not seen. In
    a scene, where the piece itself is guessed, none are told but that there are none.
    """
    surveyed = survey(rgb)
    stones = stones_in(surveyed.rgb, surveyed.lab, surveyed.mask)
    if stones is None or (stones and not surveyed.plain):
        return None
    scale = rgb.shape[1] / surveyed.rgb.shape[1]
    return tuple(
        replace(stone, x=stone.x * scale, y=stone.y * scale, radius=stone.radius * scale) for stone in stones
    )


def stones_in(rgb: Rgb, lab: Field, mask: Mask) -> tuple[Place, ...] | None:
    """The stones of a piece, by its mask (h, w), in a picture at working size and in its CIELAB (h, w, 3)."""
    if not mask.any():
        return None
    core = cv2.erode(mask.astype(np.uint8), np.ones((3, 3))) > 0
    golden, foreign = _foreign(rgb, lab, mask, core)
    across, down = (cv2.Sobel(lab[..., 0], cv2.CV_32F, *axis) / 8 for axis in ((1, 0), (0, 1)))
    steep = cv2.magnitude(across, down)
    view = _View(lab, mask, core & (rgb.min(axis=2) >= WHITE), rgb.max(axis=2) >= BURNT, steep)
    foreign = foreign | _black_stones(core, view)
    blobs = list(_apart(_blobs(foreign, view), mask.shape))
    stones = [blob for blob in blobs if blob.is_stone and blob.area >= SMALLEST_PX]
    taken = _around(stones, mask.shape)
    if not golden and (not stones or _restless(lab[..., 0], mask, taken) > MOST_RESTLESS):
        return None
    if max((stone.area for stone in stones), default=0) <= TINY * mask.sum():
        return () if _bare(blobs, mask) else None
    loose = cv2.morphologyEx(foreign.astype(np.uint8), cv2.MORPH_OPEN, _disc(3))
    if (loose & (taken == 0)).sum() > LOOSE * sum(stone.area for stone in stones) or _in_pieces(stones):
        return None
    return tuple(map(_place, stones))


def _black_stones(core: Mask, view: _View) -> Mask:
    """What is black on a piece, where it looks like stones."""
    black = core & (view.lab[..., 0] < BLACK)
    blobs = list(_blobs(black, view))
    stones = sum(blob.area for blob in blobs if blob.is_stone)
    return black & bool(blobs and stones >= REFLECTED * sum(blob.area for blob in blobs))


def _around(stones: Sequence[_Blob], shape: tuple[int, ...]) -> Field:
    """Where stones and their rims are, 1 in 8 bits."""
    taken = np.zeros(shape, np.uint8)
    for stone in stones:
        taken[stone.window] |= np.asarray(cv2.dilate(stone.shape.astype(np.uint8), _disc(9)), np.uint8)
    return taken


def _foreign(rgb: Rgb, lab: Field, mask: Mask, core: Mask) -> tuple[bool, Mask]:
    """Whether the metal is golden, and the pixels of a piece that are none of it, black ones aside."""
    lightness, a, b = cv2.split(lab)
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
    tinted = mask & (chroma > TINTED) & (lightness > 15) & (rgb.max(axis=2) < BURNT + 5)
    shares = np.histogram(hue[tinted], 36, (0, 360), weights=chroma[tinted])[0]
    likeliest = 10 * int((shares + np.roll(shares, 1) + np.roll(shares, -1)).argmax()) + 5
    metal = tinted & (_turned(hue, likeliest) < 15)
    golden = metal.sum() > LEAST_METAL * mask.sum()
    usual = float(np.median(hue[metal])) if golden else 0.0
    if not HUES[0] <= usual <= HUES[1]:
        return False, core & (chroma > ON_PALE) & (lightness > BLACK)
    linear = (rgb.astype(np.float32) / 255) ** 2.2
    saturation = 1 - linear.min(axis=2) / np.maximum(linear.max(axis=2), 1e-4)
    yellow = (rgb[..., 0] >= BURNT) & (rgb[..., 1] > 0.7 * rgb[..., 0])  # burnt in red, gold turns to green
    coloured = (_turned(hue, usual) > OTHER_HUE) & (chroma > COLOURED) & (lightness > BLACK) & ~yellow
    clear = (
        (saturation < CLEAR * float(np.median(saturation[metal])))
        & (rgb.max(axis=2) < BURNT)
        & (lightness > SHADED)
    )
    return True, core & (coloured | clear) & ~_seen_through(lab, mask)


def _turned(hue: Field, other: float) -> Field:
    """Degrees between hues."""
    return np.abs((hue - other + 180) % 360 - 180)


def _seen_through(lab: Field, mask: Mask) -> Mask:
    """What looks like the ground around it."""
    ground = (cv2.dilate(mask.astype(np.uint8), np.ones((5, 5))) == 0).astype(np.float32)
    share = cv2.GaussianBlur(ground, (0, 0), GROUND_PX)[..., None] + 1e-6
    mean = cv2.GaussianBlur(lab * ground[..., None], (0, 0), GROUND_PX) / share
    return np.asarray(np.linalg.norm(lab - mean, axis=2) < THROUGH)


def _blobs(foreign: Mask, view: _View) -> Iterator[_Blob]:
    """The places of a mask whose gaps are closed, larger than specks."""
    plane = foreign.astype(np.uint8)
    closed = cv2.morphologyEx(plane, cv2.MORPH_CLOSE, _disc(GAP_PX))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(plane), outlines, -1, (1,), -1)
    filled = cv2.morphologyEx(filled, cv2.MORPH_OPEN, _disc(GAP_PX))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(filled)
    for number in range(1, count):
        left, top, wide, tall, area = (int(v) for v in boxes[number])
        if area < SPECK_PX:
            continue
        pad = GAP_PX
        window = (
            slice(max(0, top - pad), top + tall + pad),
            slice(max(0, left - pad), left + wide + pad),
        )
        blob = _judged(window, labels[window] == number, foreign[window], view)
        if blob:
            yield blob


def _apart(blobs: Iterable[_Blob], shape: tuple[int, ...]) -> Iterator[_Blob]:
    """The places without those that lie on a larger one: white facets had cut them off."""
    taken = np.zeros(shape, np.bool_)
    for blob in sorted(blobs, key=lambda blob: -blob.area):
        if float(taken[blob.window][blob.shape].mean()) < WITHIN:
            taken[blob.window] |= blob.shape
            yield blob


def _judged(window: tuple[slice, slice], shape: Mask, foreign: Mask, view: _View) -> _Blob | None:
    """One place; None for a gleam on the metal."""
    burnt, steep, mask = view.burnt[window], view.steep[window], view.mask[window]
    filled = float(foreign[shape].mean())
    inside = cv2.erode(shape.astype(np.uint8), np.ones((5, 5))) > 0
    smooth = not inside.any() or float(steep[inside].mean()) < SMOOTH
    if float(burnt[shape].mean()) > GLEAM and smooth:
        return None
    is_sharp = float(np.median(cv2.dilate(steep, np.ones((3, 3)))[_rim(shape, 0, 1)])) >= SHARP
    hull = _hull(shape)
    whole = foreign | view.white[window] | (view.lab[window][..., 0] < BLACK)
    if float((whole | shape)[hull].mean()) > NOT_METAL:
        shape = hull
    plane = shape.astype(np.uint8)
    rim = _rim(shape, 1, 3)
    is_set = bool(rim.any()) and float(mask[rim].mean()) >= SET
    around = view.lab[window][rim & mask]
    apart = (
        float(np.linalg.norm(around.mean(axis=0) - view.lab[window][shape].mean(axis=0))) if is_set else 0.0
    )
    is_stone = is_sharp and is_set and filled >= FILLED and apart >= DISTINCT and _is_one(plane, hull, whole)
    return _Blob(window, shape, is_stone, is_sharp and is_set)


def _is_one(plane: Field, hull: Mask, whole: Mask) -> bool:
    """Whether a place has the shape of one stone, and `whole`, what of it is no metal, is in one part."""
    wide, tall = cv2.minAreaRect(cv2.findNonZero(plane))[1]
    convex = plane.sum() >= CONVEX * hull.sum() and not _necked(plane)
    compact = max(wide, tall) + 1 <= SLENDER * (min(wide, tall) + 1)
    return bool(convex and compact and _parts((whole & (plane > 0)).astype(np.uint8)) <= 1)


def _rim(shape: Mask, start: int, stop: int) -> Mask:
    """What lies from `start` to `stop` pixels outside a place; with the pixel inside, where it starts at 0."""
    plane = shape.astype(np.uint8)
    inner = cv2.dilate(plane, np.ones((2 * start + 1,) * 2)) if start else cv2.erode(plane, np.ones((3, 3)))
    return np.asarray((cv2.dilate(plane, np.ones((2 * stop + 1,) * 2)) > 0) & (inner == 0))


def _hull(shape: Mask) -> Mask:
    hull = np.zeros(shape.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(cv2.findNonZero(shape.astype(np.uint8))), (1,))
    return hull > 0


def _parts(plane: Field) -> int:
    """How many parts of a place are large enough to be stones of their own."""
    joined = cv2.morphologyEx(cv2.morphologyEx(plane, cv2.MORPH_CLOSE, _disc(3)), cv2.MORPH_OPEN, _disc(3))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(joined)
    return int((boxes[1:, cv2.CC_STAT_AREA] > PART * joined.sum()).sum())


def _necked(plane: Field) -> bool:
    """Whether a place is two that touch."""
    depth = cv2.distanceTransform(cv2.copyMakeBorder(plane, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5)
    count, _ = cv2.connectedComponents((depth > NECK * depth.max()).astype(np.uint8), connectivity=8)
    return int(count) > 2


def _bare(blobs: Sequence[_Blob], mask: Mask) -> bool:
    """Whether what is foreign to the metal is so little, and so strewn, that it is no stone."""
    size = int(mask.sum())
    sharp = np.zeros(mask.shape, np.uint8)
    for blob in blobs:
        if blob.area > MOST_ANYWHERE * size:
            return False
        if blob.is_sharp:
            sharp[blob.window] |= blob.shape.astype(np.uint8)
    _, near = cv2.connectedComponents(cv2.dilate(sharp, _disc(TOGETHER_PX)))
    together = np.bincount(near[sharp > 0], minlength=1)
    return int(together.sum()) <= MOST_SHARP * size and int(together.max()) <= MOST_TOGETHER * size


def _in_pieces(stones: Sequence[_Blob]) -> bool:
    """Whether any two places are so near each other and so different that both are facets of one stone."""

    def near(one: _Blob, other: _Blob) -> bool:
        return float(np.hypot(*(one.middle - other.middle))) < NEAR * (one.radius + other.radius)

    ordered = combinations(sorted(stones, key=lambda stone: stone.area), 2)
    return any(large.area > FRAGMENT * small.area and near(small, large) for small, large in ordered)


def _restless(lightness: Field, mask: Mask, taken: Field) -> float:
    """Share of a piece that may be clear stones beside those that were found: facets change from pixel to pixel."""
    window = (RESTLESS_PX, RESTLESS_PX)
    mean = cv2.blur(lightness, window)
    spread = np.sqrt(np.maximum(cv2.blur(lightness * lightness, window) - mean * mean, 0))
    inner = (cv2.erode(mask.astype(np.uint8), _disc(9)) > 0) & (taken == 0)
    faceted = cv2.morphologyEx(((spread > RESTLESS) & inner).astype(np.uint8), cv2.MORPH_OPEN, _disc(9))
    return float(faceted.sum() / mask.sum())


def _place(stone: _Blob) -> Place:
    x, y = stone.middle + 0.5
    return Place("stone", float(x), float(y), stone.radius, *ellipse(*np.nonzero(stone.shape)), detected=True)


def ellipse(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> tuple[float, float]:
    """Stretch and turn, as a place has them, of the ellipse with the second moments of pixels."""
    spread = np.cov(np.stack([columns, rows]), bias=True) + np.eye(2) / 12  # a pixel is no point
    (short, long), axes = np.linalg.eigh(spread)
    return float((long / short) ** 0.25), float(np.arctan2(axes[1, 1], axes[0, 1]))


def _disc(side: int) -> Field:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
