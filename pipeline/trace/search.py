"""The search for camera and sizes: directions round a family's usual shape first, then descents over all its numbers.

A descent moves the body's outline to the points of the mask's: it needs a twentieth of the views a blind climb does,
and what the mask lacks, a blown highlight, or has too much, a shadow, pulls little.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Cancelled
from pipeline.solids.camera import Array, Camera, axes_of
from pipeline.solids.labels import NOTHING, labels
from pipeline.solids.pose import Pose, apart, over
from pipeline.solids.score import Mask
from pipeline.trace.descent import Residuals, descend
from pipeline.trace.families import Body, Family
from pipeline.trace.loss import COLOUR_WEIGHT, EDGE_PX, Agreement, agreement, explained
from pipeline.trace.picture import Picture, Reduced
from pipeline.trace.verdict import LEAST_R2

DIRECTIONS_PX, QUICK_PX, FINE_PX, FINEST_PX = 64, 96, 192, 384
STARTS = 2
"""Directions that are descended from."""
STARTS_LYING = 4
"""The same of an oval on a table, whose turn about its axis an outline hardly tells."""
APART_DEG = 20.0
STRAIGHT = (62.0, 76.0, 90.0)
"""Elevations that hung pieces are photographed from."""


@dataclass(frozen=True)
class Effort:
    """A descent at a size of the picture: its most `steps`; `reach`: how far off the outline pulls, pixels of 192."""

    size: int
    steps: int
    reach: float


QUICK = Effort(QUICK_PX, 8, 6.0)
GLANCE = Effort(QUICK_PX, 3, 6.0)
FINE = (Effort(FINE_PX, 8, 3.0), Effort(FINEST_PX, 5, 2.0))
CLOSEST = Effort(768, 4, 2.0)
"""A pendant takes a third of its picture: one more descent, where its tilt is told by a hundredth of its height."""
COUNTED_PX = 192
COUNTS = ((1.6, 0.035), (0.8, 0.012))
COUNTED = np.arange(-6, 7)
"""How a line of stones is counted: at so many turns about its axis, in steps of degrees, and at so many sizes of its
stones, in steps of their logarithm, first wide, then closely. A line of 40 repeats itself after nine degrees, and one
stone more is 2.5 % less to each.
"""
CLOUD = 1500
"""Points of a body that bring it over the picture's box."""
RIM_POINTS = 500
"""Points of the mask's outline that a descent brings the body's outline to."""
UNITS = np.array([3.6, 3.6, 2.8, 0.024, 0.008, 0.008, 0.03])
"""First differences of azimuth, elevation and roll in degrees, of the scale's logarithm, the place on the film, the
nearness."""
SHAPE_UNIT = 0.06
"""The first difference of a family's number, in its range."""
NEAREST, FARTHEST = 0.35, 0.02
USUAL_HALF = 0.15
"""Half the film over its distance, of a usual lens: what is small on the film was far from it."""
SCALES = (-1.0, 4.0)
"""Least and greatest logarithm of the scale: a piece larger or smaller than that is none on the film."""
UNUSUAL_NEARNESS, UNUSUAL, UNEXPLAINED = 2.0, 0.15, 0.5
"""What a nearness off by one, a number off by its range, and colours that parts do not explain weigh, as pixels that
every point of the outline lies off."""
FLAT_NEARNESS, LEANING = 10.0, 0.6
"""The same of a pendant's nearness, and of a pendant that hangs 20 degrees askew: of a flat thing the outline tells
neither its tilt from its nearness nor, where its proportions are free, from those. On random hearts and pears these
keep the camera within 3 degrees."""
CLEARLY = 0.004
"""Loss by which another start must be better than the one that directions led to."""
UPRIGHT = 90.0
"""Greatest elevation of a pendant's camera: leaning to its head it would have the same outline as to its foot."""
HANGING = np.array([0.0, 70.0, 0.0])
"""Azimuth, elevation and roll that pendants are mostly photographed from; a disc's outline tells no spin."""
PLACED, COLOURED = 0.3, 1.0
"""Weight of placed points together, in that of the outline's points; and of colours that parts do not explain, where
points say which piece it is: by an outline alone a stone's depth is hidden, and clicks are some pixels off.
"""
PER_NUMBER = 0.004
"""What a free number must gain to be worth having, when families are ranked; a stone must explain `LEAST_R2` of the
colours, for any shading of a plain plate explains a little."""

Direction = tuple[float, float, float]
"""Azimuth, elevation and roll, degrees."""

Burden = Callable[[Camera, dict[str, float]], Array]
"""Distances (n,), shares of the film, that a camera and values leave too, as of points placed on the picture."""
BURDEN_WEIGHT = 0.02
"""Loss for each pixel of 1024 of those distances' mean, as much as for outlines a fifth of that apart."""
BURDEN_PX = 1024


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
        stone = COLOUR_WEIGHT * LEAST_R2 if self.family.has_stone else 0.0
        return self.agreement.loss + PER_NUMBER * len(self.family.parameters) + stone


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

    def seen(self, pose: Pose, shape: Array, size: int) -> tuple[NDArray[np.int8], Camera]:
        """Labels (size, size) of the body of a shape from a pose, and the camera. Raises Cancelled."""
        if self.cancelled():
            raise Cancelled("The picture was not traced.")
        body = self.body(shape)
        camera = pose.camera(body.centre, body.radius)
        return labels(body.points, body.faces, body.label, camera, size), camera

    def agreement(self, pose: Pose, shape: Array, size: int) -> Agreement:
        """How a pose and shape agree with the picture at a size. Raises Cancelled."""
        seen, camera = self.seen(pose, shape, size)
        fit = agreement(self.picture.at(size), seen)
        if self.burden is None:
            return fit
        off = float(self.burden(camera, self.family.values(shape)).mean())
        return replace(fit, loss=fit.loss + BURDEN_WEIGHT * BURDEN_PX * off)

    def directions(self, among: Iterable[Direction] = ()) -> list[Pose]:
        """The family's usual piece from these directions, or from all that products are seen from, the best first."""
        usual = self.family.start
        cloud = _cloud(self.body(usual))
        scored: list[tuple[float, int, Pose]] = []
        for azimuth, elevation, roll in among or _directions(self.family):
            pose = over(cloud, self.picture.box, azimuth, elevation, roll)
            loss = self.agreement(pose, usual, DIRECTIONS_PX).loss + 0.0006 * abs(roll)
            scored.append((loss, len(scored), pose))
        return [pose for _, _, pose in sorted(scored)]

    def starts(self, ordered: Iterable[Pose]) -> list[tuple[Pose, Array]]:
        """The best of ordered directions, no two neighbours, each with the best of the family's shapes to begin by."""
        poses: list[Pose] = []
        for pose in ordered:
            if all(apart(pose, other) > APART_DEG for other in poses):
                poses.append(pose)
            if len(poses) == (STARTS_LYING if self.family.lies else STARTS):
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

    def settle(self, pose: Pose, shape: Array, effort: Effort) -> tuple[Pose, Array]:
        """The pose and shape that a descent reaches from these."""
        reduced = self.picture.at(effort.size)
        rows, columns = np.nonzero(reduced.rim)
        if not len(rows):  # a strip that vanishes at this size
            return pose, shape
        chosen = slice(None, None, max(1, len(rows) // RIM_POINTS))
        rows, columns = rows[chosen], columns[chosen]
        low, high, usual = self.family.low, self.family.high, self.family.start
        spread = np.maximum(high - low, 1e-3)

        def residuals(place: Array) -> Residuals | None:
            free = place[7:]
            seen, camera = self.seen(_pose(place[:7]), free, effort.size)
            on = seen > NOTHING
            if not on.any():
                return None
            away = (_beyond(on)[rows, columns].astype(np.float64) + 0.5) * (EDGE_PX / effort.size)
            whole = len(rows) ** 0.5
            unusual = FLAT_NEARNESS if self.family.kind == "necklace" else UNUSUAL_NEARNESS
            rest = [
                np.array([whole * unusual * (place[6] - 2 * USUAL_HALF / np.exp(place[3]))]),
                whole * UNUSUAL * (free - usual) / spread,
            ]
            if self.family.kind == "necklace":
                rest.append(whole * LEANING * (place[:3] - HANGING) / 20)
            if self.body(free).has_stones:
                weight = UNEXPLAINED if self.burden is None else COLOURED
                rest.append(np.array([whole * weight * (1 - explained_by(reduced, seen)) ** 0.5]))
            if self.burden is not None:
                off = self.burden(camera, self.family.values(free)) * EDGE_PX
                rest.append(whole * (PLACED / max(len(off), 1)) ** 0.5 * off)
            return Residuals(away, np.concatenate(rest))

        origin = np.r_[_numbers(pose), shape]
        units = np.r_[UNITS, SHAPE_UNIT * spread]
        least = np.r_[-np.inf, -np.inf, -np.inf, SCALES[0], -np.inf, -np.inf, FARTHEST, low]
        most = np.r_[np.inf, np.inf, np.inf, SCALES[1], np.inf, np.inf, NEAREST, high]
        if self.family.kind == "necklace":
            most[1] = UPRIGHT
        place = descend(residuals, origin, units, least, most, steps=effort.steps, reach=effort.reach)
        return _pose(place[:7]), place[7:]

    def fit(self, pose: Pose, shape: Array) -> Fit:
        """A pose and shape as they are."""
        return Fit(self.family, self.family.values(shape), pose, self.agreement(pose, shape, FINE_PX))

    def quick(self, ordered: Iterable[Pose]) -> list[Fit]:
        """A few steps from the best of ordered directions, and more where they led best; the best first."""
        if self.family.lies:
            return self._counted(ordered)
        fits = [self.fit(*self.settle(pose, shape, GLANCE)) for pose, shape in self.starts(ordered)]
        best, *others = sorted(fits, key=lambda fit: fit.agreement.loss)
        best = self.fit(*self.settle(best.pose, self.family.shape(best.values), QUICK))
        return sorted([best, *others], key=lambda fit: fit.agreement.loss)

    def _counted(self, ordered: Iterable[Pose]) -> list[Fit]:
        """The same of a line of stones, whose outline repeats itself from stone to stone.

        A descent ends where its bumps lie over the picture's, whichever they are: from all turns and sizes nearby it
        is begun where outline and colours, of the clasp too, agree best.
        """
        blocks = Problem(self.family.in_blocks, self.picture, self.cancelled, self.burden)
        fits = []
        for pose, shape in blocks.starts(ordered):
            begun = blocks.settle(pose, shape, QUICK)
            for steps in COUNTS:
                begun = blocks.settle(*blocks.count(*begun, *steps), FINE[0])
            fits.append(self.fit(*begun))
        return sorted(fits, key=lambda fit: fit.agreement.loss)

    def count(self, pose: Pose, shape: Array, turn: float, step: float) -> tuple[Pose, Array]:
        """Of the turns and stones' sizes about these, in such steps, those that agree best with the picture."""
        sizes = np.clip(step * (COUNTED + np.round(shape[0] / step)), self.family.low[0], self.family.high[0])
        tried = [
            (replace(pose, azimuth=pose.azimuth + turn * float(turns)), np.r_[size, shape[1:]])
            for size in np.unique(sizes)
            for turns in COUNTED
        ]
        return min(tried, key=lambda one: self.agreement(one[0], one[1], COUNTED_PX).loss)

    def beside(self, fit: Fit) -> Fit:
        """This family as it begins where another of its style lies, or straight above where that begins better.

        A round stone lies over a pear by leaning far: from there a pear would have to get up first. And what lies over
        a round stone is as long as it, or as wide, or of its size.
        """
        begun: list[tuple[float, int, Pose, Array]] = []
        for values in _resized(self.family, fit.values):
            shape = np.clip(self.family.shape(values), self.family.low, self.family.high)
            turns = [(fit.pose.azimuth, fit.pose.elevation, fit.pose.roll)]
            turns += [(0.0, elevation, 0.0) for elevation in STRAIGHT if self.family.kind == "necklace"]
            cloud = _cloud(self.body(shape))
            for pose in (fit.pose, *(over(cloud, self.picture.box, *turn) for turn in turns)):
                begun.append((self.agreement(pose, shape, QUICK_PX).loss, len(begun), pose, shape))
        _, _, pose, shape = min(begun)
        return self.fit(pose, shape)

    def glance(self, fit: Fit) -> Fit:
        """A few steps from where the family begins."""
        pose, shape = fit.pose, self.family.shape(fit.values)
        if self.family.lies:
            blocks = Problem(self.family.in_blocks, self.picture, self.cancelled, self.burden)
            return self.fit(*blocks.settle(*blocks.count(pose, shape, *COUNTS[0]), FINE[0]))
        return self.fit(*self.settle(pose, shape, GLANCE))

    def enrich(self, fit: Fit, beginnings: list[dict[str, float]]) -> Fit:
        """A first descent from where a plainer family lies, with the values that begin best."""
        shapes = [
            np.clip(self.family.shape(values), self.family.low, self.family.high) for values in beginnings
        ]
        shape = min(shapes, key=lambda one: self.agreement(fit.pose, one, QUICK_PX).loss)
        return self.fit(*self.settle(fit.pose, shape, QUICK if len(shapes) > 1 else GLANCE))

    def refine(self, fit: Fit) -> Fit:
        """The last descents, at the fine sizes; a pendant's also from one that leans, for near straight above it an
        outline hardly changes, and a descent that came there stays.
        """
        shape = self.family.shape(fit.values)
        best = min((fit, self._finest(fit.pose, shape)), key=lambda f: f.agreement.loss)
        if self.family.kind == "necklace" and self.picture.mask.any():
            leaning = over(_cloud(self.body(shape)), self.picture.box, 0.0, STRAIGHT[0], 0.0)
            other = self._finest(leaning, shape)
            if other.agreement.loss < best.agreement.loss - CLEARLY:
                return other
        return best

    def _finest(self, pose: Pose, shape: Array) -> Fit:
        for effort in (*FINE, CLOSEST) if self.family.kind == "necklace" else FINE:
            pose, shape = self.settle(pose, shape, effort)
        return self.fit(pose, shape)


def _resized(family: Family, values: Mapping[str, float]) -> list[dict[str, float]]:
    """Values with a stone of free proportions as long as another one, of its size, and as wide."""
    if "stone.length_mm" not in values or "stone.ratio" in values:
        return [dict(values)]
    ratio = next((p.start for p in family.parameters if p.path == "stone.ratio"), 1.0)
    lengths = sorted({values["stone.length_mm"] * ratio**share for share in (0.0, 0.5, 1.0)})
    return [{**values, "stone.length_mm": length} for length in lengths]


def _beyond(on: Mask) -> NDArray[np.float32]:
    """Signed distance (n, n) to a silhouette's outline in pixels, positive outside."""
    inside = on.astype(np.uint8)
    out = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    within = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
    return np.where(on, np.float32(0.5) - within, out - np.float32(0.5))


def explained_by(reduced: Reduced, seen: NDArray[np.int8]) -> float:
    """Share (0..1) of the picture's colours that the parts of a view explain."""
    return explained(reduced.features, seen, (seen > NOTHING) & reduced.hard)


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


def _directions(family: Family) -> Iterator[Direction]:
    """Where products are photographed from: pendants from above, what stands from the front and a little over it."""
    rolls: tuple[int, ...]
    if family.kind == "necklace":
        elevations, azimuths, rolls = range(20, 91, 14), range(-30, 31, 15), (-40, -20, 0, 20, 40)
    elif family.lies:
        elevations, azimuths, rolls = range(10, 91, 10), range(-90, 91, 15), (0,)
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
