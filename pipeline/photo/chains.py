"""Chains that lead out of a guess: gold is told from linen, sand or rock by its hue, however thin it is."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.photo.backdrop import Field, Mask

BESIDE = 1 / 16
"""Blur, of the longer side, within which the ground's hue is looked at."""

LEAST_HUE, SPREADS, MOST = 6.0, 2.0, 0.98
"""Difference in hue, CIELAB, from which a pixel has one of its own: at least, and in how many times what that share of
the ground stays below."""

HUED_SHARE = 0.3
"""Share of a guess that must have a hue of its own: elsewhere hues do not tell the piece."""

HALF_HUE = 0.4
"""Share of the guess's median hue that what leads out of it must have: the glow of gold on its ground is fainter."""

GAP_PX, THIN_PX, MOST_MORE = 2, 4, 1.0
"""Radii, on the copy on which the outline is cut, of the gaps in a chain that are closed and of the thickest chain; and
how much of the guess may be added to it: more is no chain."""


def led_out(lab: Field, guess: Mask, near: Mask) -> tuple[Mask, Mask]:
    """What hangs together with a guess by its hue and leads out of what is near it, and what of that is thin.

    From a picture in CIELAB (h, w, 3) and masks (h, w); two masks (h, w), empty where hues do not tell the piece.
    """
    none = np.zeros_like(guess)
    if near.all():
        return none, none
    chroma = _apart(lab, ~near)
    least = max(LEAST_HUE, SPREADS * float(np.quantile(chroma[~near], MOST)))
    strong = chroma[guess & (chroma > least)]
    if len(strong) <= HUED_SHARE * int(guess.sum()):
        return none, none
    hued = chroma > max(least, HALF_HUE * float(np.median(strong)))
    closed = cv2.morphologyEx(hued.astype(np.uint8), cv2.MORPH_CLOSE, _disc(GAP_PX))
    _, labels = cv2.connectedComponents(closed, connectivity=8)
    leading = np.intersect1d(labels[guess & hued], labels[~near])
    led = np.isin(labels, leading[leading > 0])
    if int((led & ~near).sum()) > MOST_MORE * int(guess.sum()):
        return none, none
    thick = cv2.morphologyEx(led.astype(np.uint8), cv2.MORPH_OPEN, _disc(THIN_PX)) > 0
    return led, led & ~thick


def _apart(lab: Field, ground: Mask) -> Field:
    """How far each pixel's hue is from that of the ground around it, (h, w)."""
    reach = BESIDE * max(ground.shape)
    weight = cv2.GaussianBlur(ground.astype(np.float32), (0, 0), reach)[..., None] + 1e-4
    hues = lab[..., 1:]
    beside = cv2.GaussianBlur(hues * ground[..., None], (0, 0), reach) / weight
    return np.asarray(np.hypot(*np.moveaxis(hues - beside, -1, 0)))


def _disc(radius: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2), np.uint8)
