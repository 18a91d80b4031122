"""The piece on a plain backdrop: what departs from it, less its shadows, with its highlights and openings."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.photo.backdrop import NEAR_DELTA_E, Field, Mask
from pipeline.photo.facets import white_facets
from pipeline.photo.flood import (
    DEEPEST_SHADOW,
    GREY,
    WARM,
    Tint,
    along_shadows,
    each_patch,
    flood,
    from_shaded,
    shade,
    unshaded,
)
from pipeline.photo.neutral import by_hue
from pipeline.photo.openings import openings

RIM_PX = 2
"""How far the blur of lens, scaling and gradient can carry the outline outwards at working size."""

HALF_WAY = 0.4
"""Share of the colour distance beside it that a pixel of the rim needs; below one half, for shallow edges."""


DARK, DARKEST = 20.0, 0.4
"""Lightness of a backdrop from which shadows may be as deep as elsewhere, and the least share of their usual depth on
a darker one: what is black already is darkened by no piece, and blackened metal differs by little."""

CLEAN = 0.12
"""Spread of a border up to which it is no photograph's: rendered, or cut out already, and its shadows are soft."""

CLEAN_SEED = 2.0
"""Distance to a clean backdrop up to which a patch is surely backdrop: a silver plate is a few units darker, and where
the file was compressed no hue tells it."""

FAINT = 0.5
"""Distance from which an enclosed pixel is the piece where hues tell it from its ground."""

COLOURED_SHARE, OF_A_COLOUR = 0.4, 0.2
"""Shares of what departs from the backdrop, without its soft shadows and with them, that have a colour where the metal
has."""

COLOURED = 10.0
"""Chroma from which metal and stones are told from a shadow; beside grey metal a hard shadow is not told from it."""

HUED_GROUND, HALF_HUE, MOSTLY = 6.0, 0.5, 0.5
"""Chroma of a ground from which grey metal is told by having none, the share of it that a pixel must have lost (a
shadow is the ground times a factor and keeps it all), and the share of such pixels from which the piece is grey."""

LEFT, TINTED = 0.55, 0.3
"""Shares: of what departs from the backdrop, that no shadow may take; of what is left, that must be coloured."""

LEAST_TAKEN = 0.05
"""Share of what departs from the backdrop that a hard shadow takes: soft ones leave less than that to it."""

LEAST_CUT = 0.8
"""Share of the mask that an outline drawn anew must keep beside grey metal: less, and that is as the ground."""

THIN_PX, SMALLEST_STRAND, OF_A_SHADOW = 14, 0.0004, 0.3
"""Half the width, at working size, up to which a part of the mask is a strand of its own, the share of the picture from
which on it is looked at, and the share of a shadow's that a cut may keep."""

MOST_TAKEN = 0.4
"""Share of what departs from the ground that may be a shadow's deeper part."""

ONE_DEPTH, OF_ONE_DEPTH = 6, 0.62
"""CIELAB units of lightness within which one lamp's shadow lies, and the share of it that does: .66 to .99 of shadows
beside grey metal, .54 at most of metal taken for one."""

SAME, SAME_SPREADS, ALIKE = 1.0, 1.5, 0.5
"""How much brighter than the ground around the piece, and of how much of another hue, ground in an opening may be, at
least and in spreads of the border; and the least share of an opening that is not."""

EVEN_PX, GROUND_PX = 2.0, 60
"""The blur that takes grain away, and how far from an opening the ground around the piece is looked at."""

PENUMBRA = 0.22
"""Steepest edge of a shadow, as a share of its depth per pixel: it is some five pixels wide at working size."""

EDGE_PX = 12
"""Widest edge of a hard shadow that is calm inside, at working size."""

BESIDE_PX = 12
"""How far around a hole is looked at working size to tell a facet from the opening of a link."""

BRIDGED_PX = 10
"""Half the widest stripe of light across a band that is closed at working size."""

SPECK = 0.0001
"""Share of the picture up to which a hole in the midst of something thick is no opening."""

LARGEST_HIGHLIGHT = 0.003
"""Share of the picture; a larger hole is an opening."""

THICK, PALE = 0.85, 9.0
"""Share of what lies around a facet that is piece, and its median chroma."""

ENCLOSED, FADING = 0.6, 2.2 * NEAR_DELTA_E
"""Share of a highlight's bounds that is piece, and the distance three pixels into it below which it fades."""

SHADOWED = 0.05
"""Share of the piece's area that its hard shadows take at least where its outline is drawn anew beside them."""

DIM, OF_ONE_LIGHT = 4.0, 5.0
"""How much darker than lit ground a shadow is at least that others are set against, and how far from the hue of most of
them one may be, CIELAB: what the light of coloured metal does to its shadow is less, what calm metal is more.
"""

SMALLEST_SHADOW = 0.0002
LEAST_CONTACT = 0.15
STEPS_DOWN = 0.85


@dataclass(frozen=True)
class _Reading:
    """What was told from the colours of a picture, bool (h, w) each."""

    ground: Mask
    """The backdrop, with its shadows and with what of it is `opened`."""
    opened: Mask
    """What is seen of it through the piece."""
    thrown: Mask
    """The hard shadows on it."""
    hued: Mask
    """What is the piece for its hue alone."""
    least: float
    """Distance from which an enclosed pixel is the piece."""
    tint: Tint
    """How far hues stray in its shadows."""


def mask_on_plain(offset: Field, distance: Field, gradient: Field, spread: float, tone: Field) -> Mask:
    """The mask, bool (h, w), of a picture with an even backdrop.

    From each pixel's CIELAB offset to the backdrop (h, w, 3), its weighted length, the luma gradient (8-bit levels a
    pixel), how far the border strays from its own model, and the backdrop's own colour, CIELAB.
    """
    lightness, offset = float(tone[0]), unshaded(offset, tone)
    share = min(1.0, max(DARKEST, lightness / DARK))
    threshold = max(share * NEAR_DELTA_E, 3.2 * spread + 4 * share)
    departs = distance > threshold
    calm = CLEAN_SEED if spread <= CLEAN else 0.6 * threshold
    seeds, faces = _seeds(offset, distance, gradient, spread, calm, departs)
    lit = _open_ground(seeds, offset, distance, gradient, threshold)
    if spread <= CLEAN:
        reading = _on_clean_ground(lit, faces, offset, distance, gradient, spread, threshold)
    else:
        reading = _on_photographed_ground(lit, faces, offset, distance, gradient, spread, threshold, tone)
    ground = reading.ground
    apart = from_shaded(ground, offset, distance)
    strong = (departs & ~ground) | reading.hued | (faces & ~ground)
    # An edge needs less colour distance than a plain area does, and what an outline encloses needs least.
    edge = (gradient > 6) & (distance > 0.4 * threshold) & ~ground
    enclosed = ~ground & ((np.maximum(distance, apart) > reading.least) | _tinted(reading, offset, spread))
    # But a faint line on its own, with nothing on either side, is a seam of the backdrop.
    wide = cv2.morphologyEx((~ground).astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    near = cv2.dilate((strong | ((wide > 0) & enclosed)).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    piece = strong | ((edge | enclosed) & near)
    chroma = np.hypot(offset[..., 1], offset[..., 2])
    piece = _tighten(piece, apart, gradient, chroma if reading.hued.any() else None)
    mask = _tidy(piece, distance, chroma) & ~reading.opened
    if int(reading.thrown.sum()) > SHADOWED * int((~ground).sum()) > 0:
        cut = _cut_from_shadow(mask, offset)
        mask = cut if reading.tint == WARM else _whole_strands(cut, mask)
    return mask | (white_facets(mask, offset, gradient) & ~reading.opened)


def _on_clean_ground(
    lit: Mask, faces: Mask, offset: Field, distance: Field, gradient: Field, spread: float, threshold: float
) -> _Reading:
    """What is told on a ground that is no photograph's, where hues tell the piece from its shadows, or nothing does."""
    by_colour = by_hue(lit, offset, distance, gradient)
    none = np.zeros_like(lit)
    ground, hued = (lit, none) if by_colour is None else by_colour
    # A rendered shadow is as smooth as rendered metal: what it falls into is not looked for.
    opened = openings(ground, none, faces | (distance > CLEAN_SEED), offset, gradient, spread)
    least = 0.25 * threshold if by_colour is None else FAINT
    return _Reading(ground | opened, opened, none, hued & ~opened, max(least, 3 * spread), WARM)


def _on_photographed_ground(
    lit: Mask,
    faces: Mask,
    offset: Field,
    distance: Field,
    gradient: Field,
    spread: float,
    threshold: float,
    tone: Field,
) -> _Reading:
    """What is told on a photograph's ground, by how its shadows lie and how hues stray in them."""
    departs = distance > threshold
    tint, apart = _hues(offset, departs & ~lit, tone)
    ground = _with_hard_shadows(lit, offset, distance, gradient, threshold, tint)
    if not _are_shadows(lit, ground, offset, departs, apart):
        ground = lit
    thrown = ground & ~lit
    ground = _along_shadows(ground, offset, distance, departs, tint)
    opened = openings(ground, thrown, faces, offset, gradient, spread)
    least = max(0.25 * threshold, 3 * spread)
    return _Reading(ground | opened, opened, thrown, np.zeros_like(lit), least, tint)


def _hues(offset: Field, where: Mask, tone: Field) -> tuple[Tint, Mask]:
    """How far hues stray in the shadows of a piece, from what departs from its ground; and what has a hue of its own.

    Coloured metal has one, and so has grey metal on a ground that has a hue.
    """
    hue = np.hypot(offset[..., 1], offset[..., 2])
    chroma, light = float(np.hypot(tone[1], tone[2])), np.minimum(offset[..., 0], 0) / (float(tone[0]) + 16)
    if chroma >= HUED_GROUND and where.any():
        kept = HALF_HUE * chroma * (1 + light)
        apart = np.asarray(hue > kept)
        # The ground's hue, as dark as each pixel, and what departs from it, are the pixel's own.
        bare = np.hypot(*(offset[..., i] + tone[i] * (1 + light) for i in (1, 2))) < kept
        if float(apart[where].mean()) >= COLOURED_SHARE and bool(bare[where & apart].mean() > MOSTLY):
            return (HALF_HUE * chroma, -HALF_HUE * chroma / (float(tone[0]) + 16)), apart
    tint = WARM if _share_of_colour(offset, where) >= COLOURED_SHARE else GREY
    return tint, np.asarray(hue > COLOURED)


def _share_of_colour(offset: Field, where: Mask) -> float:
    """Share of some pixels that have a colour; none of no pixels."""
    return float((np.hypot(offset[..., 1], offset[..., 2])[where] >= COLOURED).mean()) if where.any() else 0.0


def _tinted(reading: _Reading, offset: Field, spread: float) -> Mask:
    """What has the faint hue of grey metal, bool (h, w): as bright as the ground it is told by that alone."""
    if reading.tint != GREY:
        return np.zeros_like(reading.ground)
    hue = cv2.GaussianBlur(offset[..., 1:], (0, 0), EVEN_PX)
    return np.asarray(np.hypot(hue[..., 0], hue[..., 1]) > max(GREY[0], spread))


def _tighten(piece: Mask, distance: Field, gradient: Field, hue: Field | None) -> Mask:
    """Move the outline to where the colour is half way between the backdrop and the piece beside it.

    Where a `hue` (h, w) tells the piece, what has one is kept: beside a dark line, pale metal is near a white backdrop.
    """
    square = np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)
    rim = piece & (cv2.erode(piece.astype(np.uint8), square, borderValue=1) == 0)
    outside = rim & (gradient > 5) & (distance < HALF_WAY * cv2.dilate(distance, square))
    if hue is not None:
        outside &= hue < HALF_WAY * cv2.dilate(hue, square)
    return np.asarray(piece & ~outside)


def _seeds(
    offset: Field, distance: Field, gradient: Field, spread: float, near: float, departs: Mask
) -> tuple[Mask, Mask]:
    """Large calm patches of the backdrop's colour: the ground's, outside and in openings, and pale metal's faces.

    A face is enclosed, and brighter than the ground around the piece or of a hue of its own, where an opening shows
    that ground or is in its shadow.
    """
    calm = (distance < near) & (gradient < 2)
    _, patch, sizes, _ = cv2.connectedComponentsWithStats(calm.astype(np.uint8), connectivity=4)
    # Specks of backdrop colour inside the piece are its highlights; the flood does not start there.
    large = sizes[:, cv2.CC_STAT_AREA] > 0.005 * calm.size
    large[0] = False
    at_rim = np.zeros_like(large)
    at_rim[np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]])] = True
    outside = (large & at_rim)[patch]
    faces = np.zeros_like(large)
    even = cv2.GaussianBlur(offset, (0, 0), EVEN_PX) if (large & ~at_rim).any() else offset
    same = max(SAME, SAME_SPREADS * spread)
    # Coloured metal throws its light on the ground in its openings.
    tint = same if _share_of_colour(offset, departs) >= OF_A_COLOUR else max(GREY[0], spread)
    for index in np.nonzero(large & ~at_rim)[0]:
        inside = patch == index
        around = outside & _around(inside, GROUND_PX)
        seen = even[inside]
        beside = np.median(even[around], axis=0) if around.any() else np.zeros(3, np.float32)
        # Of uneven light: the ground beside is brighter than the model of it, or lies in a shadow, or in a glow.
        hue = np.minimum(np.hypot(*seen[:, 1:].T), np.hypot(*(seen - beside)[:, 1:].T))
        alike = (seen[:, 0] - max(0.0, float(beside[0])) < same) & (hue < tint)
        faces[index] = float(alike.mean()) < ALIKE
    return np.asarray((large & ~faces)[patch]), np.asarray(faces[patch])


def _along_shadows(ground: Mask, offset: Field, distance: Field, departs: Mask, tint: Tint) -> Mask:
    """The ground with what its shadows deepen into, unless that is much of what departs from it: metal, as dark."""
    grown = along_shadows(ground, offset, distance, tint)
    taken, before = (int((departs & part).sum()) for part in (grown & ~ground, ~ground))
    return grown if taken < MOST_TAKEN * before else ground


def _are_shadows(lit: Mask, ground: Mask, offset: Field, departs: Mask, apart: Mask) -> bool:
    """Whether what was added to the lit ground is the shadows of a piece, and no part of it.

    A piece with hues of its own (`apart`) is told by what is left of it. Beside grey metal, shadows are told by their
    depth: behind one lamp it is much the same all over, where metal runs from light to dark.
    """
    before, after = (departs & ~part for part in (lit, ground))
    depth = offset[..., 0][before & ~after]
    if len(depth) > LEAST_TAKEN * before.sum():
        depths = np.histogram(depth, bins=np.arange(-DEEPEST_SHADOW - 1, 2))[0]
        if np.convolve(depths, np.ones(ONE_DEPTH), "same").max() > OF_ONE_DEPTH * len(depth):
            return True
    coloured = after & apart
    return bool(after.sum() >= LEFT * before.sum() and coloured.sum() >= TINTED * after.sum())


def _open_ground(seeds: Mask, offset: Field, distance: Field, gradient: Field, threshold: float) -> Mask:
    """Flood the backdrop and the soft shadows on it from its seeds, up to the first edge.

    A penumbra is wide: its slope is small beside its depth. The outline of pale metal on white is the
    opposite, a shallow but abrupt step; so the flood goes round silver and runs into a deep soft shadow.
    """
    depth = np.maximum(-offset[..., 0], 0) * 2.55
    shadow = (np.hypot(offset[..., 1], offset[..., 2]) < 5) & (offset[..., 0] < 0) & (depth < 110)
    calm = gradient < np.maximum(3.5, 0.2 * depth)
    ground = flood(seeds, calm & (shadow | (distance < threshold)))
    # Under the piece the penumbra is narrower; from within a shadow the flood may climb a steeper slope.
    in_shadow = ground & shadow & (distance > 0.7 * threshold)
    return ground | flood(in_shadow, shadow & (gradient < np.clip(0.3 * depth, 3.5, 9)))


def _cut_from_shadow(mask: Mask, offset: Field) -> Mask:
    """Draw the outline anew where a hard shadow blurs it: GrabCut on the colours less the backdrop's, about it alone.

    C. Rother et al., "GrabCut", SIGGRAPH 2004.
    """
    inside = mask.astype(np.uint8)
    hint = np.where(mask, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    hint[cv2.erode(inside, _disc(10)) > 0] = cv2.GC_FGD
    hint[cv2.dilate(inside, _disc(3)) == 0] = cv2.GC_BGD
    rows, columns = np.nonzero(mask)
    window = (
        slice(max(0, int(rows.min()) - 30), int(rows.max()) + 30),
        slice(max(0, int(columns.min()) - 30), int(columns.max()) + 30),
    )
    colours = np.clip(128 + offset[window] * np.array([1, 3, 3], np.float32), 0, 255).astype(np.uint8)
    labels = np.ascontiguousarray(hint[window])
    if not (labels == cv2.GC_BGD).any():
        return mask
    cv2.setRNGSeed(1)
    cv2.grabCut(colours, labels, (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
    cut = np.zeros_like(mask)
    cut[window] = (labels & 1) > 0
    return cut


def _whole_strands(cut: Mask, mask: Mask) -> Mask:
    """A mask whose outline was cut anew (h, w), as it was where the cut takes grey metal with its shadow.

    A chain beside a stone is little of what the piece's colours are learnt from, and is cut to pieces; its shadow
    goes as a whole.
    """
    if int(cut.sum()) <= LEAST_CUT * int(mask.sum()):
        return mask
    whole = cut.copy()
    thin = mask & (cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, _disc(THIN_PX)) == 0)
    for window, strand in each_patch(thin, SMALLEST_STRAND, 0):
        if OF_A_SHADOW < float(cut[window][strand].mean()) < LEAST_CUT:
            whole[window] |= strand
    return whole


def _disc(radius: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2), np.uint8)


def _with_hard_shadows(
    ground: Mask, offset: Field, distance: Field, gradient: Field, threshold: float, tint: Tint
) -> Mask:
    """Add what a hard light leaves beside the piece: darker patches of the ground's own hue that lie against it.

    The edge of most is a slope some pixels wide, where the outline of metal is two or three. Those with a sharper
    edge are calm inside, and their edge is one step down. Metal differs there: it mirrors the room, so that a line
    darker or brighter than both sides runs between its calm parts and the ground.
    """
    light, shaded = offset[..., 0], shade(offset, tint, -1.5)
    depth = cv2.dilate(np.where(shaded, -2.55 * light, 0), np.ones((9, 9), np.uint8))
    slope = shaded & (gradient < np.clip(PENUMBRA * depth, 3.5, 16))
    ground = flood(ground, ground | slope)
    calm = gradient < np.maximum(3.5, -0.5 * light)
    for _ in range(2):
        ground, grown = _grown(ground, shaded & calm & ~ground & (distance > 0.4 * threshold), offset, shaded)
        if not grown:
            break
    return ground


def _grown(ground: Mask, calm: Mask, offset: Field, shaded: Mask) -> tuple[Mask, bool]:
    square = np.ones((3, 3), np.uint8)
    light, hues = offset[..., 0], offset[..., 1:]
    opened = cv2.morphologyEx(calm.astype(np.uint8), cv2.MORPH_OPEN, square)
    beside = cv2.dilate(ground.astype(np.uint8), np.ones((2 * EDGE_PX + 1,) * 2, np.uint8)) > 0
    shadows = []
    together = ground.copy()
    for window, patch in each_patch(opened > 0, SMALLEST_SHADOW, EDGE_PX):
        rim = (cv2.dilate(patch.astype(np.uint8), np.ones((2 * EDGE_PX + 1,) * 2, np.uint8)) > 0) & ~patch
        edge = rim & beside[window] & ~ground[window]
        contact = float((rim & ground[window]).sum()) / max(1, int(rim.sum()))
        if contact < LEAST_CONTACT:
            continue
        low = float(np.quantile(light[window][patch], 0.05)) - 3
        step = shaded[window] & (light[window] > low) | (np.abs(light[window]) < 1.5)
        if edge.any() and float(step[edge].mean()) < STEPS_DOWN:
            continue
        shadows.append((window, patch, patch | (edge & step)))
        together[window] |= patch
    dark = together & (light < -DIM)
    usual = np.median(hues[dark], axis=0) if dark.any() else np.zeros(2, np.float32)
    ground, before = ground.copy(), int(ground.sum())
    for window, patch, shadow in shadows:
        if float(np.hypot(*(np.median(hues[window][patch], axis=0) - usual))) < OF_ONE_LIGHT:
            ground[window] |= shadow
    return ground, int(ground.sum()) > before


def _tidy(piece: Mask, distance: Field, chroma: Field) -> Mask:
    """Close hairline gaps, fill highlights, and drop specks and the frame lines of bad trims."""
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    closed = cv2.morphologyEx(piece.astype(np.uint8), cv2.MORPH_CLOSE, ellipse)
    # Opened with an even square: anchored at opposite corners, or the mask would move by a pixel.
    square = np.ones((2, 2), np.uint8)
    closed = cv2.dilate(cv2.erode(closed, square, anchor=(1, 1)), square, anchor=(0, 0))
    whole = np.asarray(closed, dtype=np.uint8)
    _drop_frame_lines(whole)
    whole |= _highlights(whole, distance, chroma)
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    areas = sizes[:, cv2.CC_STAT_AREA]
    keep = areas >= max(12, 0.0003 * piece.size, 0.004 * int(areas[1:].max(initial=0)))
    keep[0] = False
    return np.asarray(keep[labels])


def _drop_frame_lines(closed: NDArray[np.uint8]) -> None:
    """Clear, in place, lines along a side of the picture that nothing behind them continues."""
    thin = max(3, int(0.008 * max(closed.shape)))
    for turned in (closed, closed[::-1], closed.T, closed.T[::-1]):
        if len(turned) <= 2 * thin or turned[thin].mean() > 0.5:
            continue
        for line in turned[:thin]:
            if line.mean() > 0.6:
                line[:] = 0


def _highlights(closed: NDArray[np.uint8], distance: Field, chroma: Field) -> NDArray[np.uint8]:
    """Where pale metal and stones shine as bright as the backdrop: enclosed islands, and stripes across a band.

    An opening ends at a sharp edge all around; a highlight fades into the metal beside it. Facets of clear stones
    end sharply too, but lie in the midst of something pale and thick; the openings of links and filigree do not.
    """
    fill = np.zeros_like(closed)
    # Both are looked for where the mask is not, or is not once its gaps are closed.
    bridge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * BRIDGED_PX + 1,) * 2)
    joined = cv2.morphologyEx(closed, cv2.MORPH_CLOSE, bridge) > closed
    bridged = (joined & (distance < 0.5 * NEAR_DELTA_E)).astype(np.uint8)
    for patches, judge in ((1 - closed, _shines), (bridged, _fades)):
        _, labels, sizes, _ = cv2.connectedComponentsWithStats(patches, connectivity=4)
        small = sizes[:, cv2.CC_STAT_AREA] < LARGEST_HIGHLIGHT * closed.size
        small[0] = False
        for index in np.nonzero(small)[0]:
            left, top, wide, tall, _ = (int(v) for v in sizes[index])
            window = (
                slice(max(0, top - BESIDE_PX), top + tall + BESIDE_PX),
                slice(max(0, left - BESIDE_PX), left + wide + BESIDE_PX),
            )
            patch = labels[window] == index
            if judge(patch, closed[window] > 0, distance[window], chroma[window]):
                fill[window][patch] = 1
    return fill


def _shines(patch: Mask, piece: Mask, distance: Field, chroma: Field) -> bool:
    """Whether an enclosed island is a highlight or a facet."""
    area = int(patch.sum())
    if area < 6:
        return True
    beside = _around(patch, BESIDE_PX - 1)
    near = _around(patch, 2) & piece
    if area < 0.0002 * distance.size and not near.any():
        return False
    thick = float(piece[beside].mean()) > THICK
    if area < SPECK * distance.size and float(piece[beside].mean()) > 0.7:
        return True
    return bool(thick and float(np.median(chroma[beside & piece])) < PALE) or _fades(
        patch, piece, distance, chroma
    )


def _fades(patch: Mask, piece: Mask, distance: Field, _: Field) -> bool:
    """Whether most of what bounds a patch is piece, and most of that grows out of the backdrop's colour slowly."""
    rim = _around(patch, 1)
    touching = rim & piece
    if int(touching.sum()) < ENCLOSED * int(rim.sum()):
        return False
    slow = cv2.dilate(distance, np.ones((7, 7), np.uint8))[touching] < FADING
    return float(slow.mean()) > 0.5


def _around(patch: Mask, reach: int) -> Mask:
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return np.asarray((cv2.dilate(patch.astype(np.uint8), square) > 0) & ~patch)
