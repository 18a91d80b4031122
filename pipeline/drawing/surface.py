"""What a view of a piece shows, pixel by pixel, and the curves traced of it: silhouettes, edges, facets."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadInput

Field = NDArray[Any]

NONE, FACET, CREASE, EDGE, OUTLINE = 0, 1, 2, 3, 4
"""Kinds of line, the stronger the greater: facets of stones, creases of metal, borders of bodies, the silhouette."""


@dataclass(frozen=True)
class Curve:
    """A polyline of one kind of line; `points` (n, 2) float, x and y in pixels, corner of the first pixel at 0."""

    points: Field
    kind: int
    closed: bool


@dataclass(frozen=True)
class Surface:
    """The first surface seen through each pixel.

    `depth` (h, w) float in mm from the camera, inf where nothing is; `normal` (h, w, 3) unit vectors; `part`
    (h, w) int, the body seen, -1 for none. `direction` is the unit vector the camera looks along, `pitch_mm` the
    size of a pixel at the piece. `faceted` names the bodies cut in facets, by their index.
    """

    depth: Field
    normal: Field
    part: Field
    direction: tuple[float, float, float]
    pitch_mm: float
    faceted: Collection[int] = field(default=())

    def __post_init__(self) -> None:
        """Refuse buffers that do not lie over each other."""
        shape = self.part.shape
        if len(shape) != 2 or self.depth.shape != shape or self.normal.shape != (*shape, 3):
            raise BadInput("Depth, normals and parts of a view must have the same size.")

    @property
    def seen(self) -> Field:
        """Where the piece is, bool (h, w)."""
        return np.asarray(self.part >= 0)


def places(mask: Field) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the true pixels, as `np.nonzero`, which takes ten times as long where they are few."""
    return np.divmod(np.flatnonzero(mask), mask.shape[1])
