"""Which triangle each pixel of a film sees: exact at the pixels' centres, in plain numpy, on any machine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.solids.camera import Array, Camera
from pipeline.solids.reading import Solid

TILE = 16
"""Larger triangles are looked at in squares of this side, in pixels."""
BATCH = 3_000_000
"""Pixel tests at once; bounds memory to some 300 MB."""


@dataclass(frozen=True)
class Hits:
    """What a film of `size` sees. `face` (size, size) int32, -1 for nothing; `weights` (size, size, 2) float32, the
    second and third corner's share of the place hit, perspective undone; `depth` (size, size) metres, inf for nothing.
    """

    face: NDArray[np.int32]
    weights: NDArray[np.float32]
    depth: NDArray[np.float64]

    @property
    def silhouette(self) -> NDArray[np.bool_]:
        """The pixels that see the piece."""
        return self.face >= 0


def look(solid: Solid, camera: Camera, size: int) -> Hits:
    """Look at a solid through a camera with a film of `size` x `size` pixels; both sides of a face are seen."""
    film = camera.project(solid.points)
    film[:, :2] *= size
    return _Film(film, solid.faces, size, parallel=camera.parallel).expose()


class _Film:
    """One exposure."""

    def __init__(self, film: Array, faces: NDArray[np.int32], size: int, *, parallel: bool) -> None:
        self.size = size
        self.corners = film[faces]
        # In perspective it is the inverse of the depth that runs straight across the film.
        self.inverse = (
            np.ones(self.corners.shape[:2]) if parallel else 1 / np.maximum(self.corners[..., 2], 1e-12)
        )
        self.depth = np.full(size * size, np.inf)
        self.face = np.full(size * size, -1, np.int32)
        self.weights = np.zeros((size * size, 2), np.float32)

    def expose(self) -> Hits:
        places = self.corners[..., :2]
        low = np.maximum(np.ceil(places.min(axis=1) - 0.5), 0).astype(np.int64)
        high = np.minimum(np.floor(places.max(axis=1) - 0.5), self.size - 1).astype(np.int64)
        spans = high - low + 1
        seen = np.nonzero((spans > 0).all(axis=1) & (self.corners[..., 2] > 0).all(axis=1))[0]
        low, spans = low[seen], spans[seen]
        reach = spans.max(axis=1, initial=0)
        start = 0
        for side in (1, 2, 3, 4, 6, 8, 12, TILE):
            fitting = (reach > start) & (reach <= side)
            self._test(seen[fitting], low[fitting], side)
            start = side
        large = reach > TILE
        self._test(*_tiles(seen[large], low[large], spans[large]), TILE)
        shape = (self.size, self.size)
        return Hits(self.face.reshape(shape), self.weights.reshape(*shape, 2), self.depth.reshape(shape))

    def _test(self, triangles: NDArray[np.int64], low: NDArray[np.int64], side: int) -> None:
        """Test the squares of `side` pixels that begin at `low` (n, 2), each against its triangle."""
        step = max(1, BATCH // side**2)
        for first in range(0, len(triangles), step):
            self._batch(triangles[first : first + step], low[first : first + step], np.arange(side))

    def _batch(self, triangles: NDArray[np.int64], low: NDArray[np.int64], steps: NDArray[np.int64]) -> None:
        a, b, c = (self.corners[triangles, k, :2] for k in range(3))
        one, other = b - a, c - a
        area = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
        sound = area != 0
        triangles, low, a, one, other, area = (rows[sound] for rows in (triangles, low, a, one, other, area))
        # The corners' shares run straight across the film: one sum of a row's and a column's term per pixel.
        x, y = ((low[:, k, None] + steps + 0.5 - a[:, k, None]) for k in range(2))
        second = _plane(x, y, other[:, 1] / area, -other[:, 0] / area)
        third = _plane(x, y, -one[:, 1] / area, one[:, 0] / area)
        inside = (second >= 0) & (third >= 0)
        inside &= second + third <= 1
        owner, row, column = np.nonzero(inside)
        second, third = second[owner, row, column], third[owner, row, column]
        across, down = low[owner, 0] + column, low[owner, 1] + row
        on_screen = (across < self.size) & (down < self.size)
        owner, place = triangles[owner[on_screen]], down[on_screen] * self.size + across[on_screen]
        shares = np.stack(
            [1 - second[on_screen] - third[on_screen], second[on_screen], third[on_screen]], axis=1
        )
        shares *= self.inverse[owner]
        shares /= shares.sum(axis=1, keepdims=True)
        depth = np.einsum("nk,nk->n", shares, self.corners[owner, :, 2])
        np.minimum.at(self.depth, place, depth)
        front = depth == self.depth[place]
        self.face[place[front]] = owner[front]
        self.weights[place[front]] = shares[front, 1:]


def _plane(x: Array, y: Array, along: Array, down: Array) -> Array:
    """Value (n, rows, columns) of x * along + y * down."""
    return np.asarray((y * down[:, None])[:, :, None] + (x * along[:, None])[:, None, :])


def _tiles(
    triangles: NDArray[np.int64], low: NDArray[np.int64], spans: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut large boxes into squares of TILE pixels."""
    across = -(-spans // TILE)
    count = across.prod(axis=1)
    owner = np.repeat(np.arange(len(triangles)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    offset = np.stack([number % across[owner, 0], number // across[owner, 0]], axis=1)
    return triangles[owner], low[owner] + offset * TILE
