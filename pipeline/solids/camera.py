"""Where a GLB is looked at from: a square film in glTF's frame, metres, y up, the camera looking along its own -z."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FIELD_OF_VIEW_DEG = 17.0


@dataclass(frozen=True)
class Camera:
    """A square film. `axes` (3, 3): rows right, up and back, unit vectors; `position` (3,) in metres.

    `half`: of a pinhole the tangent of half its field of view, of a parallel projection half its film's width, metres.
    """

    position: Array
    axes: Array
    half: float
    parallel: bool = False

    def project(self, points: NDArray[np.floating]) -> Array:
        """Film places (n, 3) of points (n, 3): x right and y down, 0..1 across the film; z the distance in metres."""
        # By rows: a transposed view sends BLAS to its threads, which wait a hundred times as long as they reckon.
        seen = (np.asarray(points, np.float64) - self.position) @ np.ascontiguousarray(self.axes.T)
        depth = -seen[:, 2]
        scale = np.full(len(seen), self.half) if self.parallel else self.half * np.maximum(depth, 1e-9)
        return np.stack(
            [(seen[:, 0] / scale + 1) / 2, (1 - seen[:, 1] / scale) / 2, depth], axis=1
        )  # behind a pinhole the depth tells

    def towards(self, points: NDArray[np.floating]) -> NDArray[np.floating]:
        """Unit vectors (n, 3) from points (n, 3) to the camera."""
        if self.parallel:
            return np.broadcast_to(self.axes[2], points.shape)
        away = self.position - points
        return np.asarray(away / np.linalg.norm(away, axis=1, keepdims=True))


def axes_of(azimuth_deg: float, elevation_deg: float, roll_deg: float = 0.0) -> Array:
    """Axes of a camera that looks at the piece from an azimuth (from the front, +z, towards +x) and an elevation."""
    a, e, r = np.radians([azimuth_deg, elevation_deg, roll_deg])
    back = np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
    right = np.array([np.cos(a), 0.0, -np.sin(a)])
    up = np.cross(back, right)
    turned = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(turned @ np.stack([right, up, back]))


def orbit(
    points: NDArray[np.floating], azimuth_deg: float, elevation_deg: float, *, fill: float = 0.78
) -> Camera:
    """Camera that looks from a direction and frames the points' silhouette in `fill` of its film."""
    axes = axes_of(azimuth_deg, elevation_deg)
    half = float(np.tan(np.radians(FIELD_OF_VIEW_DEG / 2)))
    low, high = points.min(axis=0), points.max(axis=0)
    target = (low + high).astype(np.float64) / 2
    distance = float(np.linalg.norm(high - low)) / 2 / half / fill
    for _ in range(6):
        film = Camera(target + distance * axes[2], axes, half).project(points)[:, :2]
        lower, upper = film.min(axis=0), film.max(axis=0)
        x, y = (lower + upper) / 2 - 0.5
        target = target + 2 * half * distance * (x * axes[0] - y * axes[1])
        distance *= float((upper - lower).max()) / fill
    return Camera(target + distance * axes[2], axes, half)


def turntable(
    points: NDArray[np.floating], azimuth_deg: float, elevation_deg: float, *, fill: float = 0.88
) -> Camera:
    """Camera of a turntable frame: the piece keeps its scale and its centre through the whole turn."""
    axes = axes_of(azimuth_deg, elevation_deg)
    half = float(np.tan(np.radians(FIELD_OF_VIEW_DEG / 2)))
    centre = (points.min(axis=0) + points.max(axis=0)).astype(np.float64) / 2
    radius = float(np.linalg.norm(points - centre, axis=1).max())
    distance = radius / np.sin(np.radians(FIELD_OF_VIEW_DEG / 2)) / fill
    return Camera(centre + distance * axes[2], axes, half)
