"""Tiling volumes that roughen a surface or colour a stone's body: hammer dimples, brush strokes, grain, opal, veins.

Volumes rather than textures, because a piece has no seams to hide and no UVs to keep. Each is made once per process
and shared: nobody may write into it.
"""

from functools import cache

import numpy as np

VOXELS = 64
# Edge of the tile in mm, by relief.
DIMPLE_TILE_MM = 6.0
STROKE_TILE_MM = 2.4
# Blasting sand leaves pits of a few hundredths of a millimetre, which a picture shows as an even bloom.
GRAIN_TILE_MM = 1.6
PATTERN_TILE_MM = 5.0


@cache
def dimples(seed: int = 11) -> np.ndarray:
    """Slope field (64, 64, 64, 3) of shallow round hammer marks about 1.2 mm apart, each slope at most about 1."""
    points, centres, nearest = _cells(5, DIMPLE_TILE_MM, seed)
    offset = points[:, None, :] - centres[nearest]
    offset -= DIMPLE_TILE_MM * np.round(offset / DIMPLE_TILE_MM)
    squared = (offset**2).sum(axis=2)
    weight = np.exp(-9.0 * (squared - squared[:, :1]))
    slope = (weight[:, :, None] * offset).sum(axis=1) / weight.sum(axis=1, keepdims=True) / 0.75
    return _volume(slope)


@cache
def noise(seed: int, smoothing: float) -> np.ndarray:
    """Slope field (64, 64, 64, 3) of tiling Gaussian noise with unit standard deviation."""
    from scipy.ndimage import gaussian_filter

    values = np.random.default_rng(seed).standard_normal((VOXELS, VOXELS, VOXELS, 3))
    values = gaussian_filter(values, (smoothing, smoothing, smoothing, 0), mode="wrap")
    return np.asarray(values / values.std(), dtype=np.float32)


@cache
def mosaic(seed: int = 5) -> np.ndarray:
    """Patches (64, 64, 64, 4): three random numbers in 0..1 per patch, and how near a patch border is (1 at it)."""
    from scipy.ndimage import gaussian_filter

    points, centres, nearest = _cells(8, PATTERN_TILE_MM, seed)
    chosen = np.random.default_rng(seed).random((len(centres), 3))[nearest[:, 0]]
    offset = points[:, None, :] - centres[nearest[:, :2]]
    offset -= PATTERN_TILE_MM * np.round(offset / PATTERN_TILE_MM)
    distance = np.linalg.norm(offset, axis=2)
    border = np.clip(1 - (distance[:, 1] - distance[:, 0]) / 0.14, 0, 1)
    volume = _volume(np.concatenate([chosen, border[:, None]], axis=1))
    # An opal's patches run into one another, and a patch's edge must not show the voxels.
    volume[..., :2] = gaussian_filter(volume[..., :2], (1.2, 1.2, 1.2, 0), mode="wrap")
    return volume


@cache
def veils(seed: int = 23) -> np.ndarray:
    """What veils in a stone are drawn by (64, 64, 64, 4), tiling: three billows of unit deviation, coarse to fine, and
    droplets in 0..1, most places without any.
    """
    from scipy.ndimage import gaussian_filter

    draw = np.random.default_rng(seed)
    billows = [
        gaussian_filter(draw.standard_normal((VOXELS,) * 3), reach, mode="wrap") for reach in (6.0, 3.0, 1.5)
    ]
    drops = gaussian_filter(draw.standard_normal((VOXELS,) * 3), 0.8, mode="wrap")
    drops = np.clip(drops / drops.std() - 0.4, 0, 1.2) / 1.2
    return _volume(np.stack([*(billow / billow.std() for billow in billows), drops], axis=-1))


def _cells(count: int, tile: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Voxel centres, jittered cell centres, and each voxel's four nearest cells on the torus."""
    from scipy.spatial import cKDTree

    random = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*[np.arange(count)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    centres = ((grid + random.random((count**3, 3))) / count * tile) % tile
    axis = (np.arange(VOXELS) + 0.5) / VOXELS * tile
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    _, nearest = cKDTree(centres, boxsize=tile).query(points, k=4)
    return points, centres, np.asarray(nearest)


def _volume(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values.reshape(VOXELS, VOXELS, VOXELS, -1), dtype=np.float32)
