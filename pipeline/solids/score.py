"""A model laid over its master: how well the outlines and the colours agree, in figures and as a picture."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.colour import delta_e, lab
from pipeline.images import Pixels
from pipeline.solids.camera import Camera
from pipeline.solids.raster import look
from pipeline.solids.reading import Solid
from pipeline.solids.shade import develop

Mask = NDArray[np.bool_]

FILM_PX = 1024
"""Side of the square film on which everything is measured."""
CELL_PX = 64
LIGHTNESS = 2.0
"""Colours are compared as means over squares of this side, lightness counted half (CIEDE2000's kL): polished metal is
as light or dark as what it mirrors, and the model stands in another light than the master."""
MISSING, SURPLUS, OUTLINE = (232, 119, 34), (37, 99, 235), (20, 17, 15)
"""Overlay colours that also the colour-blind tell apart: the master alone, the model alone, the model's outline."""


@dataclass(frozen=True)
class Score:
    """`iou` of the silhouettes, 0..1; `edge_px`, the mean distance between their outlines in pixels of 1024;
    `colour_delta_e`, the mean CIEDE2000 of the colours where both are. `overlay` (1024, 1024, 3).
    """

    iou: float
    edge_px: float
    colour_delta_e: float
    overlay: Pixels

    @property
    def figures(self) -> dict[str, float]:
        """The three numbers, rounded to what they mean."""
        return {
            "iou": round(self.iou, 4),
            "edge_px": round(self.edge_px, 2),
            "colour_delta_e": round(self.colour_delta_e, 1),
        }


def score(solid: Solid, camera: Camera, master: Pixels, silhouette: Mask) -> Score:
    """Lay a solid, seen through the master's camera, over the master.

    `master` (1024, 1024, 3) and `silhouette` (1024, 1024), true on the piece, share the camera's film: see `square`.
    """
    hits = look(solid, camera, FILM_PX)
    seen = hits.silhouette
    return Score(
        iou=overlap(seen, silhouette),
        edge_px=between_outlines(seen, silhouette),
        colour_delta_e=_colour(develop(solid, camera, hits), master, seen & silhouette),
        overlay=overlay(master, seen, silhouette),
    )


def square(pixels: Pixels) -> Pixels:
    """A picture on the film: (1024, 1024, 3), white where a picture that is not square does not reach."""
    height, width = pixels.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    padded = cv2.copyMakeBorder(
        pixels,
        top,
        side - height - top,
        left,
        side - width - left,
        cv2.BORDER_CONSTANT,
        value=(255, 255, 255),
    )
    method = cv2.INTER_AREA if side > FILM_PX else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(padded, (FILM_PX, FILM_PX), interpolation=method), dtype=np.uint8)


def square_mask(mask: Mask) -> Mask:
    """A mask on the film (1024, 1024): true where at least half a pixel is."""
    grey = np.where(mask[..., None], 0, 255).astype(np.uint8) * np.ones(3, np.uint8)
    return np.asarray(square(grey)[..., 0] < 128)


def overlap(one: Mask, other: Mask) -> float:
    """Intersection over union, 0 where both are empty."""
    return float((one & other).sum() / max((one | other).sum(), 1))


def between_outlines(one: Mask, other: Mask) -> float:
    """Mean distance from each outline to the nearest point of the other, both ways, in pixels."""
    first, second = outline(one), outline(other)
    if not first.any() or not second.any():
        return float(FILM_PX)
    ways = [
        cv2.distanceTransform((~to).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[of]
        for of, to in ((first, second), (second, first))
    ]
    return float(np.mean(np.concatenate(ways)))


def outline(mask: Mask) -> Mask:
    """The pixels of a mask that border on what is not, or on the film's side."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    return np.asarray(mask & (inner == 0))


def _colour(seen: Pixels, master: Pixels, shared: Mask) -> float:
    """Mean CIEDE2000 between cell means of two pictures, each pixel of the shared silhouette counted once."""
    size = seen.shape[0]
    small = cv2.resize(master, (size, size), interpolation=cv2.INTER_AREA)
    common = cv2.resize(shared.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA) > 0.99
    if not common.any():
        return 100.0
    cell = CELL_PX * size // FILM_PX
    count = _cells(common[..., None].astype(np.float64), cell)
    covered = count[:, 0] > 0
    means = [
        _cells(pixels * common[..., None] / 255.0, cell)[covered] / count[covered] for pixels in (seen, small)
    ]
    distance = delta_e(lab(means[0]), lab(means[1]), lightness=LIGHTNESS)
    return float(np.average(distance, weights=count[covered, 0]))


def _cells(values: NDArray[Any], cell: int) -> NDArray[np.float64]:
    rows, columns, channels = values.shape
    blocks = np.asarray(values).reshape(rows // cell, cell, columns // cell, cell, channels)
    return np.asarray(blocks.sum(axis=(1, 3)).reshape(-1, channels))


def overlay(master: Pixels, seen: Mask, silhouette: Mask) -> Pixels:
    """The master under the model's outline, coloured where only one of the two is."""
    grey = master.mean(axis=-1, keepdims=True) * np.ones(3)
    picture = 0.35 * grey + 0.65 * 255
    picture[seen & silhouette] = (0.75 * master + 0.25 * 255)[seen & silhouette]
    for where, colour in ((silhouette & ~seen, MISSING), (seen & ~silhouette, SURPLUS)):
        picture[where] = 0.3 * picture[where] + 0.7 * np.array(colour)
    picture[outline(seen)] = OUTLINE
    return np.asarray(np.clip(picture + 0.5, 0, 255), dtype=np.uint8)
