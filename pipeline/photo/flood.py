"""How the ground spreads over a picture, and how dark what it spreads through may be."""

import cv2
import numpy as np

from pipeline.photo.backdrop import Mask

DEEPEST_SHADOW = 45.0
"""Most lightness that a hard shadow takes from its ground, CIELAB."""


def flood(seed: Mask, passable: Mask) -> Mask:
    """Spread from the seeds through passable pixels, not through gaps narrower than three pixels."""
    square = np.ones((3, 3), np.uint8)
    wide = cv2.erode(passable.astype(np.uint8), square)
    _, area = cv2.connectedComponents(wide, connectivity=4)
    reached = np.zeros(int(area.max()) + 1, dtype=bool)
    reached[area[seed]] = True
    reached[0] = False
    return np.asarray((cv2.dilate(reached[area].astype(np.uint8), square) > 0) & passable)
