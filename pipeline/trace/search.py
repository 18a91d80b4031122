"""The search for camera and sizes: directions round a family's usual shape first, then CMA-ES over all its numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors import Cancelled
from pipeline.solids.camera import Array, Camera, axes_of
from pipeline.solids.labels import labels
from pipeline.solids.pose import Pose, apart, over
from pipeline.trace.evolution import minimise
from pipeline.trace.families import Body, Family
from pipeline.trace.loss import NOWHERE, Agreement, agreement
from pipeline.trace.picture import Picture

DIRECTIONS_PX, QUICK_PX, FINE_PX = 64, 96, 192
STARTS = 2
"""Directions that are climbed from."""
APART_DEG = 20.0
QUICK, FINE = (12, 13), (14, 100)
"""Population and generations of the first climb and of the last one."""
CLOUD = 1500
"""Points of a body that bring it over the picture's box."""
UNITS = np.array([9.0, 9.0, 7.0, 0.06, 0.02, 0.02, 0.05])
"""A step of azimuth, elevation and roll in degrees, of the scale's logarithm, the place on the film, the nearness."""
SHAPE_UNIT = 0.12
"""A step of a family's number, in its range."""
NEAREST, FARTHEST, USUAL_NEARNESS = 0.35, 0.02, 0.12
PER_NUMBER = 0.004
"""What a free number must gain to be worth having, when families are ranked."""

Burden = Callable[[Camera, dict[str, float]], float]
"""More that a camera and values must agree with, as points placed on the picture."""


@dataclass(frozen=True)
class Fit:
    """A family laid over a picture: its values by path, the camera, and how well they agree at the fine size."""

    family: Family
    values: dict[str, float]
    pose: Pose
    agreement: Agreement

    @property
    def rank(self) -> float:
        """What families are compared by, the least first."""
        return self.agreement.loss + PER_NUMBER * len(self.family.parameters)


class Problem:
    """A family and a picture: builds bodies and scores them, and remembers the last of both."""

    def __init__(
        self,
        family: Family,
        picture: Picture,
        cancelled: Callable[[], bool] = lambda: False,
        burden: Burden | None = None,
    ) -> None:
        self.family, self.picture, self.cancelled, self.burden = family, picture, cancelled, burden
        self._bodies: dict[bytes, Body] = {}

    def body(self, shape: Array) -> Body:
        """The body of a place in the family's box."""
        key = np.round(shape, 4).tobytes()
        if key not in self._bodies:
            if len(self._bodies) > 40:
                self._bodies.clear()
            self._bodies[key] = self.family.body(self.family.values(shape))
        return self._bodies[key]

    def agreement(self, pose: Pose, shape: Array, size: int) -> Agreement:
        """How a pose and shape agree with the picture at a size. Raises Cancelled."""
        if self.cancelled():
            raise Cancelled("The picture was not traced.")
        body = self.body(shape)
        camera = pose.camera(body.centre, body.radius)
        fit = agreement(self.picture.at(size), labels(body.points, body.faces, body.label, camera, size))
        if self.burden is None:
            return fit
        return replace(fit, loss=fit.loss + self.burden(camera, self.family.values(shape)))

    def starts(self) -> list[tuple[Pose, Array]]:
        """The best directions, no two neighbours, each with the best of the family's shapes to begin from."""
        usual = self.family.start
        cloud = _cloud(self.body(usual))
        scored: list[tuple[float, int, Pose]] = []
        for azimuth, elevation, roll in _directions(self.family):
            pose = over(cloud, self.picture.box, azimuth, elevation, roll)
            loss = self.agreement(pose, usual, DIRECTIONS_PX).loss + 0.0006 * abs(roll)
            scored.append((loss, len(scored), pose))
        scored.sort()
        poses: list[Pose] = []
        for _, _, pose in scored:
            if all(apart(pose, other) > APART_DEG for other in poses):
                poses.append(pose)
            if len(poses) == STARTS:
                break
        return [self._shaped(pose) for pose in poses]

    def _shaped(self, pose: Pose) -> tuple[Pose, Array]:
        best = (self.agreement(pose, self.family.start, DIRECTIONS_PX).loss, pose, self.family.start)
        for values in self.family.variants:
            shape = self.family.shape(values)
            fitted = over(_cloud(self.body(shape)), self.picture.box, pose.azimuth, pose.elevation, pose.roll)
            loss = self.agreement(fitted, shape, DIRECTIONS_PX).loss
            if loss < best[0]:
                best = (loss, fitted, shape)
        return best[1], best[2]

    def climb(
        self,
        pose: Pose,
        shape: Array,
        effort: tuple[int, int],
        size: int,
        *,
        sigma: float = 0.7,
        seed: int = 1,
    ) -> tuple[float, Pose, Array]:
        """CMA-ES from a pose and shape: the least loss, and where."""
        low, high = self.family.low, self.family.high
        origin = np.r_[_numbers(pose), shape]
        units = np.r_[UNITS, np.maximum(SHAPE_UNIT * (high - low), 0.004)]

        def loss(step: Array) -> float:
            place = origin + units * step
            numbers, free = place[:7], place[7:]
            outside = float((np.maximum(low - free, 0) + np.maximum(free - high, 0)).sum())
            nearness = float(numbers[6])
            outside += max(0.0, nearness - NEAREST) + max(0.0, FARTHEST - nearness)
            penalty = 2 * outside + 0.3 * (nearness - USUAL_NEARNESS) ** 2
            if not -1 < numbers[3] < 4:
                return NOWHERE + penalty
            return self.agreement(_pose(numbers), np.clip(free, low, high), size).loss + penalty

        population, generations = effort
        least, step = minimise(
            loss, len(origin), sigma=sigma, population=population, generations=generations, seed=seed
        )
        place = origin + units * step
        return least, _pose(place[:7]), np.clip(place[7:], low, high)

    def fit(self, pose: Pose, shape: Array) -> Fit:
        """A pose and shape as they are."""
        return Fit(self.family, self.family.values(shape), pose, self.agreement(pose, shape, FINE_PX))

    def quick(self) -> list[Fit]:
        """A first climb from every start, the best first."""
        fits = [self.fit(*self.climb(pose, shape, QUICK, QUICK_PX)[1:]) for pose, shape in self.starts()]
        return sorted(fits, key=lambda fit: fit.agreement.loss)

    def refine(self, fit: Fit, *, sigma: float = 0.7, effort: tuple[int, int] | None = None) -> Fit:
        """The last climb, at the fine size."""
        start = self.family.shape(fit.values)
        _, pose, shape = self.climb(fit.pose, start, effort or FINE, FINE_PX, sigma=sigma, seed=3)
        return min((fit, self.fit(pose, shape)), key=lambda f: f.agreement.loss)


def twin(pose: Pose) -> Pose:
    """The pose whose outline is the same to a far eye, depth reversed: what leaned forward leans back (Necker's cube).

    Every family is the same left and right, so the reversal is a turn: its axes, mirrored in depth and in the piece.
    """
    axes = (
        np.diag([1.0, 1.0, -1.0])
        @ axes_of(pose.azimuth, pose.elevation, pose.roll)
        @ np.diag([-1.0, 1.0, 1.0])
    )
    back = axes[2]
    elevation = float(np.degrees(np.arcsin(np.clip(back[1], -1, 1))))
    azimuth = float(np.degrees(np.arctan2(back[0], back[2])))
    flat = axes_of(azimuth, elevation)
    roll = float(np.degrees(np.arctan2(axes[0] @ flat[1], axes[0] @ flat[0])))
    return replace(pose, azimuth=azimuth, elevation=elevation, roll=roll)


def _directions(family: Family) -> Iterator[tuple[float, float, float]]:
    """Where products are photographed from: pendants from above, what stands from the front and a little over it."""
    if family.kind == "necklace":
        elevations, azimuths, rolls = range(20, 91, 14), range(-30, 31, 15), (-40, -20, 0, 20, 40)
    else:
        elevations, azimuths, rolls = range(-15, 91, 15), range(-90, 91, 15), (-60, -30, 0, 30, 60)
    for elevation in elevations:
        for azimuth in azimuths:
            for roll in rolls:
                yield float(azimuth), float(elevation), float(roll)


def _cloud(body: Body) -> Array:
    step = max(1, len(body.points) // CLOUD)
    return np.asarray((body.points[::step] - body.centre) / body.radius)


def _numbers(pose: Pose) -> Array:
    return np.array([
        pose.azimuth, pose.elevation, pose.roll, np.log(pose.scale), pose.x, pose.y, pose.nearness,
    ])  # fmt: skip


def _pose(numbers: Array) -> Pose:
    azimuth, elevation, roll, scale, x, y, nearness = (float(n) for n in numbers)
    nearness = min(max(nearness, FARTHEST), NEAREST)
    return Pose(azimuth, elevation, roll, float(np.exp(scale)), x, y, nearness)
