"""How the ground spreads over a picture, and what it spreads through: its own shadows."""

from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.photo.backdrop import Field, Mask, colour_distance

DEEPEST_SHADOW = 45.0
"""Most lightness that a hard shadow takes from its ground, CIELAB."""

Tint = tuple[float, float]
"""How far a shadow's hue may stray from its ground's: at its faintest, and more for every unit of depth."""

WARM, GREY = (4.0, 0.7), (0.6, 0.04)
"""Beside coloured metal, which throws its light into its shadows, and beside grey metal, which has a faint hue itself.
"""

HUE_PX = 1.5
"""Blur of a hue that must be told from a fainter one."""

BESIDE_PX, SEEN = 4.0, 1e-3
"""The blur, at working size, within which the ground's light is looked at, and the share of it that must be ground."""

ROUNDS, HARDLY = 6, 4.5
"""How often the ground grows along its shadows, and the colour distance to its light there up to which it does."""


def flood(seed: Mask, passable: Mask) -> Mask:
    """Spread from the seeds through passable pixels, not through gaps narrower than three pixels."""
    square = np.ones((3, 3), np.uint8)
    wide = cv2.erode(passable.astype(np.uint8), square)
    _, area = cv2.connectedComponents(wide, connectivity=4)
    reached = np.zeros(int(area.max()) + 1, dtype=bool)
    reached[area[seed]] = True
    reached[0] = False
    return np.asarray((cv2.dilate(reached[area].astype(np.uint8), square) > 0) & passable)


def each_patch(mask: Mask, least: float, reach: int) -> Iterator[tuple[tuple[slice, slice], Mask]]:
    """Each connected patch of a mask (h, w) from a share of it on: its box grown by a reach, and where in it it is."""
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    for index in range(1, len(sizes)):
        left, top, wide, tall, area = (int(v) for v in sizes[index])
        if area < least * mask.size:
            continue
        window = (
            slice(max(0, top - reach), top + tall + reach),
            slice(max(0, left - reach), left + wide + reach),
        )
        yield window, labels[window] == index


def unshaded(offset: Field, tone: Field) -> Field:
    """Offsets (h, w, 3) to a backdrop of a CIELAB colour, their hues to that of the backdrop where it is as dark.

    A shadow is the ground times a factor: with it L + 16, a and b shrink alike.
    """
    shrunk = np.minimum(offset[..., :1], 0) / (tone[0] + 16)
    return np.concatenate([offset[..., :1], offset[..., 1:] - shrunk * tone[1:]], axis=-1, dtype=np.float32)


def shade(offset: Field, tint: Tint = WARM, below: float = 0.0) -> Mask:
    """What may lie in a shadow, bool (h, w): darker than the backdrop by a lightness, and nearly of its hue.

    From each pixel's CIELAB offset to the backdrop (h, w, 3).
    """
    light, hues = offset[..., 0], offset[..., 1:]
    if tint != WARM:
        hues = cv2.GaussianBlur(hues, (0, 0), HUE_PX)
    faint, share = tint
    hue = np.hypot(hues[..., 0], hues[..., 1])
    return np.asarray(
        (light < below) & (light > -DEEPEST_SHADOW) & (hue < faint - share * np.minimum(light, 0))
    )


def from_shaded(ground: Mask, offset: Field, distance: Field) -> Field:
    """Colour distance (h, w) to the ground as it is lit beside each pixel; to the backdrop where none is near.

    In a shadow the ground is dark, and pale metal is not.
    """
    beside = cv2.erode(ground.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    weight = cv2.GaussianBlur(beside, (0, 0), BESIDE_PX)
    light = (
        cv2.GaussianBlur(offset * beside[..., None], (0, 0), BESIDE_PX) / np.maximum(weight, SEEN)[..., None]
    )
    return np.where(weight > SEEN, colour_distance(offset - light), distance)


def along_shadows(ground: Mask, offset: Field, distance: Field, tint: Tint) -> Mask:
    """Grow the ground (h, w) by what hardly differs from its light beside: a shadow deepens from pixel to pixel.

    R. Adams, L. Bischof, "Seeded region growing", PAMI 1994.
    """
    shaded = shade(offset, tint)
    for _ in range(ROUNDS):
        near = shaded & (from_shaded(ground, offset, distance) < HARDLY)
        before, ground = ground, flood(ground, ground | near)
        if (before == ground).all():
            break
    return ground
