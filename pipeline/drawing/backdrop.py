"""Which part of a picture is the piece, when nobody says: what an even backdrop leaves over."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[Any]
Box = tuple[int, int, int, int]

_SIDE_PX = 900
_EVEN = 4.0
"""Spread of the border's colour, in CIELAB units, up to which the backdrop counts as even."""


def usable(piece: Mask) -> Mask | None:
    """A mask of nearly nothing or nearly everything tells no piece from a backdrop."""
    return piece if 0.002 < float(piece.mean()) < 0.93 else None


def bounds(piece: Mask, margin: float = 0.03) -> Box:
    """The box (top, bottom, left, right) of a mask, with a margin in shares of its longer side."""
    rows, columns = np.flatnonzero(piece.any(axis=1)), np.flatnonzero(piece.any(axis=0))
    pad = 4 + round(margin * max(len(rows), len(columns)))
    top, left = max(0, int(rows[0]) - pad), max(0, int(columns[0]) - pad)
    return (
        top,
        min(piece.shape[0], int(rows[-1]) + 1 + pad),
        left,
        min(piece.shape[1], int(columns[-1]) + 1 + pad),
    )


def piece_on_backdrop(rgb: NDArray[Any]) -> Mask | None:
    """Mask (h, w) of the piece on an even backdrop of an RGB picture; None where the border is not even."""
    import cv2

    height, width = rgb.shape[:2]
    scale = min(1.0, _SIDE_PX / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    found = _leftover(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB))
    if found is None:
        return None
    soft = cv2.GaussianBlur(found.astype(np.float32), (0, 0), 0.8)
    return usable(np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5))


def _leftover(lab: NDArray[Any]) -> Mask | None:
    import cv2

    height, width = lab.shape[:2]
    thick = max(3, min(height, width) // 40)
    frame = np.ones((height, width), bool)
    frame[thick:-thick, thick:-thick] = False
    border = lab[frame]
    ground = np.median(border, axis=0)
    distance = np.sqrt((((lab - ground) * np.array([0.6, 1.3, 1.3], np.float32)) ** 2).sum(-1))
    if float(np.quantile(distance[frame], 0.6)) > _EVEN:
        return None
    light = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.2)
    slope = cv2.magnitude(cv2.Sobel(light, -1, 1, 0, scale=1 / 8), cv2.Sobel(light, -1, 0, 1, scale=1 / 8))
    # Soft shadows join the backdrop: grey, and without an edge.
    grey = np.hypot(lab[..., 1] - ground[1], lab[..., 2] - ground[2]) < 6
    calm = (slope < 1.1) & ((distance < 7) | (grey & (distance < 30)))
    calm_patches = cv2.morphologyEx(calm.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, label, stats, _ = cv2.connectedComponentsWithStats(calm_patches, connectivity=4)
    area = stats[:, cv2.CC_STAT_AREA]
    near = np.bincount(label.ravel(), weights=distance.ravel() < 5, minlength=count)
    # Openings of links and rings are backdrop too: large patches of its very colour.
    ground_patch = (near > 0.6 * area) & (area > 40)
    ground_patch[np.unique(label[frame])] = True
    ground_patch[0] = False
    cross = np.ones((3, 3), np.uint8)
    piece = cv2.morphologyEx((~ground_patch[label]).astype(np.uint8), cv2.MORPH_OPEN, cross)
    return np.asarray(cv2.erode(piece, cross) > 0)
