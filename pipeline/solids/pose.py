"""From where a master may have been taken: a search for the camera under which a model's silhouette fits it best.

Directions round the piece first, on a cloud of its points; the best of them are then refined, and the last steps use
the exact raster. A silhouette cannot tell front from mirrored back: colours decide between equals.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Cancelled
from pipeline.images import Pixels
from pipeline.solids.camera import Array, Camera, axes_of
from pipeline.solids.raster import look
from pipeline.solids.reading import Solid
from pipeline.solids.score import Mask, overlap, score

COARSE_PX, FINE_PX = 64, 192
STEP_DEG = 15
KEPT = 10
"""Directions that are refined."""
FINALISTS = 4
POINTS = 6000
EQUAL = 0.015
"""Silhouettes that differ by less are told apart by colour."""


@dataclass(frozen=True)
class Pose:
    """A camera in the numbers one looks for: degrees, and the film in the piece's own size.

    `scale`: the film's width in radii of the piece; `x`, `y`: where the piece's middle lies on the film, 0..1;
    `nearness`: 1 / distance in radii, 0 for a parallel projection.
    """

    azimuth: float
    elevation: float
    roll: float
    scale: float
    x: float
    y: float
    nearness: float = 0.12

    def camera(self, centre: Array, radius: float) -> Camera:
        """The camera in metres for a piece round `centre` of `radius`."""
        axes = axes_of(self.azimuth, self.elevation, self.roll)
        distance = radius / max(self.nearness, 1e-3)
        half = self.scale * radius / 2 / distance
        offset = self.scale * radius * ((self.x - 0.5) * axes[0] - (self.y - 0.5) * axes[1])
        return Camera(centre + distance * axes[2] - offset, axes, half)


def find(
    solid: Solid, master: Pixels, silhouette: Mask, cancelled: Callable[[], bool] = lambda: False
) -> Camera:
    """The best camera found. `master` and `silhouette` lie on the film of `score`. Raises Cancelled."""
    low, high = solid.points.min(axis=0), solid.points.max(axis=0)
    centre = (low + high).astype(np.float64) / 2
    radius = float(np.linalg.norm(high - low)) / 2
    cloud = (_scatter(solid) - centre) / radius
    poses = _refined(_coarse(cloud, silhouette, cancelled), cloud, silhouette, cancelled)
    finals = []
    for pose in poses[:FINALISTS]:
        _check(cancelled)
        camera = pose.camera(centre, radius)
        finals.append((_fit_of(solid, camera, silhouette), pose))
    best = max(fit for fit, _ in finals)
    equal = [pose for fit, pose in finals if fit > best - 2 * EQUAL]
    polished = [_polished(solid, pose, centre, radius, silhouette, cancelled) for pose in equal[:2]]
    best = max(fit for fit, _ in polished)
    cameras = [pose.camera(centre, radius) for fit, pose in polished if fit > best - EQUAL]
    if len(cameras) == 1:
        return cameras[0]
    return min(cameras, key=lambda camera: score(solid, camera, master, silhouette).colour_delta_e)


def _coarse(cloud: Array, silhouette: Mask, cancelled: Callable[[], bool]) -> list[Pose]:
    """Every direction and roll in steps, each brought over the silhouette's box; the best, and no two neighbours."""
    target = _shrunk(silhouette, COARSE_PX * 2)
    rows, columns = np.nonzero(target)
    box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / len(target)
    scored = []
    for elevation in range(-75, 91, STEP_DEG):
        _check(cancelled)
        for azimuth in range(0, 360 if elevation < 90 else 1, STEP_DEG):
            for roll in range(-180, 180, STEP_DEG if elevation == 90 else 3 * STEP_DEG):
                pose = over(cloud, box, float(azimuth), float(elevation), float(roll))
                scored.append((overlap(_splat(cloud, pose, COARSE_PX * 2), target), pose))
    scored.sort(key=lambda row: -row[0])
    poses: list[Pose] = []
    for _, pose in scored:
        if all(apart(pose, other) > 1.5 * STEP_DEG for other in poses):
            poses.append(pose)
        if len(poses) == KEPT:
            break
    return poses


def over(cloud: Array, box: Array, azimuth: float, elevation: float, roll: float) -> Pose:
    """The pose in a direction that brings the cloud's box over the silhouette's."""
    flat = Pose(azimuth, elevation, roll, 2.0, 0.5, 0.5)
    film = flat.camera(np.zeros(3), 1.0).project(cloud)[:, :2]
    lower, upper = film.min(axis=0), film.max(axis=0)
    grown = float(np.mean((box[2:] - box[:2]) / np.maximum(upper - lower, 1e-6)))
    middle = (box[:2] + box[2:]) / 2 - ((lower + upper) / 2 - 0.5) * grown
    return Pose(azimuth, elevation, roll, 2.0 / grown, float(middle[0]), float(middle[1]))


def _refined(poses: list[Pose], cloud: Array, silhouette: Mask, cancelled: Callable[[], bool]) -> list[Pose]:
    """The poses after a climb on the cloud, best first."""
    target = _shrunk(silhouette, COARSE_PX * 2)
    scored = []
    for pose in poses:
        _check(cancelled)
        better = _climb(pose, lambda p: overlap(_splat(cloud, p, len(target)), target), steps=160)
        scored.append((overlap(_splat(cloud, better, len(target)), target), better))
    scored.sort(key=lambda row: -row[0])
    return [pose for _, pose in scored]


def _polished(
    solid: Solid, pose: Pose, centre: Array, radius: float, silhouette: Mask, cancelled: Callable[[], bool]
) -> tuple[float, Pose]:
    def fit(pose: Pose) -> float:
        _check(cancelled)
        return _fit_of(solid, pose.camera(centre, radius), silhouette)

    best = _climb(pose, fit, steps=110)
    return fit(best), best


def _climb(pose: Pose, fit: Callable[[Pose], float], *, steps: int) -> Pose:
    """Nelder and Mead's simplex over all seven numbers (Computer Journal 7, 1965)."""
    from scipy.optimize import minimize

    units = np.array([8.0, 8.0, 8.0, 0.06 * pose.scale, 0.02, 0.02, 0.05])
    start = np.array([pose.azimuth, pose.elevation, pose.roll, pose.scale, pose.x, pose.y, pose.nearness])
    simplex = np.concatenate([np.zeros((1, 7)), np.eye(7)])

    def loss(change: NDArray[np.float64]) -> float:
        return -fit(_pose(start + units * change))

    answer = minimize(
        loss, np.zeros(7), method="Nelder-Mead", options={"maxfev": steps, "initial_simplex": simplex}
    )
    return _pose(start + units * answer.x)


def _pose(numbers: NDArray[np.float64]) -> Pose:
    azimuth, elevation, roll, scale, x, y, nearness = (float(n) for n in numbers)
    return Pose(azimuth, elevation, roll, max(scale, 0.05), x, y, min(max(nearness, 0.0), 0.6))


def _fit_of(solid: Solid, camera: Camera, silhouette: Mask) -> float:
    return overlap(look(solid, camera, FINE_PX).silhouette, _shrunk(silhouette, FINE_PX))


def _splat(cloud: Array, pose: Pose, side: int) -> Mask:
    """A silhouette from points alone, the gaps between them closed."""
    film = (pose.camera(np.zeros(3), 1.0).project(cloud)[:, :2] * side).astype(np.int32)
    inside = ((film >= 0) & (film < side)).all(axis=1)
    picture = np.zeros((side, side), np.uint8)
    picture[film[inside, 1], film[inside, 0]] = 1
    return np.asarray(cv2.morphologyEx(picture, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0)


def _scatter(solid: Solid) -> Array:
    """Points (POINTS, 3) spread evenly over the surface, the same ones every time."""
    chance = np.random.default_rng(0)
    a, b, c = (solid.points[solid.faces[:, k]].astype(np.float64) for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    share = area / area.sum() if area.sum() > 0 else None
    face = chance.choice(len(area), POINTS, p=share)
    u, v = np.sqrt(chance.random((POINTS, 1))), chance.random((POINTS, 1))
    return np.asarray((1 - u) * a[face] + u * (1 - v) * b[face] + u * v * c[face])


def _shrunk(mask: Mask, side: int) -> Mask:
    return np.asarray(cv2.resize(mask.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA) >= 0.5)


def apart(one: Pose, other: Pose) -> float:
    """The angle of the turn between two poses, degrees."""
    first = axes_of(one.azimuth, one.elevation, one.roll)
    turn = first @ axes_of(other.azimuth, other.elevation, other.roll).T
    return float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))))


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("The model was not laid over its master.")
