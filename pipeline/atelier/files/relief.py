"""A hammered surface for a GLB: the renderer's own dimples, in the normals of a mesh cut fine enough to hold them."""

import numpy as np
from numpy.typing import NDArray

from pipeline.atelier.geometry.mesh import Floats, Ints
from pipeline.atelier.render.relief import DIMPLE_TILE_MM, dimples

# Dimples lie about 1.2 mm apart: a few corners across each.
EDGE_MM = 0.4
MOST_TRIANGLES = 90_000


def hammered(
    corners: Floats, normals: Floats, strength: float, turn: Floats, centre: Floats
) -> tuple[Floats, Floats]:
    """Triangles (m, 3, 3) in metres and their normals (m, 3, 3), cut up and with the dimples' slope in the normals.

    `turn` (3, 3) leads from the piece's axes to the file's, `centre` (3,) in mm is the piece's point at the origin.
    """
    edge = EDGE_MM
    area = 0.5e6 * np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    edge = max(edge, float(np.sqrt(4 * area.sum() / MOST_TRIANGLES)))
    corners, normals = corners.astype(np.float64), normals.astype(np.float64)
    for _ in range(8):
        sides = 1e3 * np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)
        coarse = sides.max(axis=1) > edge
        if not coarse.any() or len(corners) > MOST_TRIANGLES:
            break
        cut = [_halved(values, coarse, sides.argmax(axis=1)) for values in (corners, normals)]
        corners, normals = cut
    flat = normals.reshape(-1, 3)
    flat = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    slope = _slopes(corners.reshape(-1, 3) * 1e3 @ turn + centre) @ turn.T
    slope -= (slope * flat).sum(axis=1, keepdims=True) * flat
    bent = flat - strength * slope
    bent /= np.linalg.norm(bent, axis=1, keepdims=True)
    return corners.astype(np.float32), bent.reshape(-1, 3, 3)


def _halved(values: Floats, which: NDArray[np.bool_], longest: Ints) -> Floats:
    """Triangles' values with those of `which` cut across their longest side, which begins at corner `longest`."""
    order = (longest[which, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(values[which], order[:, :, None], axis=1).transpose(1, 0, 2)
    middle = (a + b) / 2
    return np.concatenate(
        [values[~which], np.stack([a, middle, c], axis=1), np.stack([middle, b, c], axis=1)]
    )


def _slopes(points_mm: Floats) -> Floats:
    """Slope (n, 3) of the dimples at points (n, 3), between the tile's voxels as the renderer finds it."""
    from scipy.ndimage import map_coordinates

    tile = dimples()
    place = points_mm.T / DIMPLE_TILE_MM * len(tile) - 0.5
    return np.stack(
        [map_coordinates(tile[..., k], place, order=1, mode="grid-wrap") for k in range(3)], axis=1
    )
