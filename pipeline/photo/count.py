"""How many pieces a mask shows: what lies apart, less crumbs; what touches is one and cannot be told apart."""

import cv2
import numpy as np

from pipeline.photo.backdrop import Mask

GAP = 0.006
"""Parts of a mask that lie nearer to each other are of one piece, as links of a chain; of the longer side."""

SMALLEST = 0.06
"""A part smaller than this share of the largest one is no piece of its own."""


def count(mask: Mask) -> int:
    """Number of pieces of a mask (h, w) that lie apart from each other; 0 for an empty one."""
    if not mask.any():
        return 0
    reach = max(1, round(GAP * max(mask.shape) / 2))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    joined = cv2.dilate(mask.astype(np.uint8), disc)
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    areas = np.bincount(labels[mask])[1:]
    return int((areas >= SMALLEST * areas.max()).sum())


def words(number: int) -> str:
    """A count as the page and the checklist say it: two that touch are never claimed to be told apart."""
    if number == 0:
        return "no piece found"
    return "1 piece, or several that touch" if number == 1 else f"{number} pieces apart from each other"
