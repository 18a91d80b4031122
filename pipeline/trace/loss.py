"""How badly a labelled view of a body agrees with a picture: the outline's area and distance, the parts' colours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.solids.labels import NOTHING
from pipeline.solids.score import outline
from pipeline.trace.families import METAL
from pipeline.trace.picture import Reduced, away_from

NOWHERE = 3.0
"""Loss of a body that is not on the film, more than any other."""
EDGE_WEIGHT, COLOUR_WEIGHT = 0.02, 0.12
EDGE_PX, MOST_EDGE_PX = 192, 20.0
"""Distances of outlines are told in pixels of this film, and count up to so many."""
LEAST_PX = 6
"""Parts of fewer pixels explain no colours."""


@dataclass(frozen=True)
class Agreement:
    """`loss`, 0 the best; `iou` 0..1; `edge` in pixels of 192; `r2` the share of the colours' spread parts explain."""

    loss: float
    iou: float
    edge: float
    r2: float


def agreement(picture: Reduced, seen: NDArray[np.int8]) -> Agreement:
    """Lay labels (size, size) over the picture at the same size; where either of the two is empty, they lie apart."""
    on = seen > NOTHING
    if not on.any() or not picture.hard.any():
        return Agreement(NOWHERE, 0.0, float(EDGE_PX), 0.0)
    shared = float(picture.soft[on].sum())
    iou = shared / (float(picture.soft.sum()) + int(on.sum()) - shared)
    rim = outline(on)
    edge = (float(picture.away[rim].mean()) + float(away_from(rim)[picture.rim].mean())) / 2
    edge *= EDGE_PX / len(seen)
    r2 = explained(picture.features, seen, on & picture.hard)
    loss = 1 - iou + EDGE_WEIGHT * min(edge, MOST_EDGE_PX) + COLOUR_WEIGHT * (1 - r2)
    return Agreement(loss, iou, edge, r2)


def explained(features: NDArray[np.float32], seen: NDArray[np.int8], where: NDArray[np.bool_]) -> float:
    """Share (0..1) of the features' variance that lies between stones and metal; 0 where one of them is missing."""
    stone = seen[where] > METAL
    first, count = int(stone.sum()), len(stone)
    if not LEAST_PX <= first <= count - LEAST_PX:
        return 0.0
    values = features[where]
    mean, among, others = values.mean(axis=0), values[stone].mean(axis=0), values[~stone].mean(axis=0)
    between = first * ((among - mean) ** 2).sum() + (count - first) * ((others - mean) ** 2).sum()
    return float(between / max(float(((values - mean) ** 2).sum()), 1e-6))
