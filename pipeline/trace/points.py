"""Points a person places on a picture, each on a named curve of the piece; camera and sizes follow by least squares.

They need no mask: they lay the piece over cloth, sand and skin too, and say which rim is the nearer one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.atelier.geometry.detail import COARSE, building
from pipeline.atelier.geometry.gemstones import Gemstone, cut_stone
from pipeline.atelier.geometry.mesh import outline_normals, resample
from pipeline.atelier.geometry.silhouette import signed_area
from pipeline.atelier.piece import PartRole
from pipeline.atelier.pieces.plates import form_outline
from pipeline.atelier.pieces.ring import girdle_height, rails_under
from pipeline.atelier.pieces.shank import half_width
from pipeline.atelier.spec import Accents, Cut, Spec, Stone
from pipeline.errors import BadInput
from pipeline.solids.camera import Array, Camera, axes_of
from pipeline.solids.pose import Pose, apart, over
from pipeline.solids.score import FILM_PX
from pipeline.trace.families import Body, Family, families
from pipeline.trace.records import CURVES, Curve, Point
from pipeline.trace.search import twin

LEAST_POINTS = 6
LEAST_SPAN = 0.01
"""Share of the picture that placed points reach over at least; closer together they are one place, placed again."""
STARTS = 6
UNUSUAL, UNUSUAL_PLAIN = 3.3, 1.4
"""What a value off the usual one by its range, in logarithms, weighs beside a point a hundredth of their span off: of
a piece with a stone, which settles the camera, and of a plain one, whose sizes must be free to settle it.
"""
ROLLED, BELOW, BEHIND = 0.5, 0.8, 0.2
"""Weight of 20 degrees of roll, of 20 degrees under the horizon, and of 20 degrees round to the back: products are
seldom photographed so, and seen from behind a ring's near rim would be its far one. Points some pixels off tell a ring
from its twin, that leans the other way, no better than this does.
"""
FROM_BELOW, SLIGHT, LYING = 1.7, 0.1, 0.5
"""A ring that stands is photographed from above it, so the end of its axis that is nearer points down on the picture:
what the other way weighs, and from what rise it is the other way. Far the other way it is one that lies on the table.
Points on the rims of one side alone fit the ring and its twin alike.
"""
AWAY, ASKEW = 6.0, 0.1
"""What it weighs that the rim a finger goes in by is turned away, and from what share of the axis on it is: who points
at a hole points at the rim that is seen whole.
"""
OFF_RATIO = 9.0
"""What a stone's proportions off the usual weigh: cutters keep within 6 % of them, and six points on a girdle seen flat
tell its depth less well than that.
"""
ELSEWHERE_DEG = 15.0
"""Readings of points so far apart are two."""
CLEAR_LEAD = 3.5
"""Spreads by which the best reading leads where it is to be the only one. Of noisy bands that were looked at the two
whose cameras were off led by .4 and 3.1; some right ones lead by less than this too, and are doubted without need.
"""
LEAST_SPREAD = 0.25
"""Nobody places points better: a mean square, in hundredths of their span; a lie may fit closer than that."""
ROUND_ABOUT = {"band": 2, "bangle": 1}
"""Axis, of glTF's, that a style is round about: spun about it a piece looks as before."""
FIRST_STEPS, LAST_STEPS = 14, 40
TURN_DEG = 20.0
SWAY = 0.45
"""So far from the best values, in logarithms, a search begins again."""
KEPT_SHAPES = 60
SIDES = np.linspace(0, 2 * np.pi, 96, endpoint=False)
FROM_HEAD = np.angle(np.exp(1j * (np.pi / 2 - SIDES)))


def on_film(points: Sequence[Point], width: int, height: int) -> dict[Curve, Array]:
    """Places (n, 2) on the square film, 0..1, by curve."""
    side = max(width, height)
    left, top = (side - width) // 2, (side - height) // 2
    places: dict[Curve, list[tuple[float, float]]] = {}
    for point in points:
        places.setdefault(point.curve, []).append(
            ((point.x * width + left) / side, (point.y * height + top) / side)
        )
    return {curve: np.array(rows) for curve, rows in places.items()}


def curves(family: Family, values: Mapping[str, float]) -> dict[Curve, list[Array]]:
    """The curves of a family's piece at the reference size: each a choice of closed lines (96, 3), mm, y up."""
    return _curves(family, family.spec(values), values)


def _curves(family: Family, spec: Spec, values: Mapping[str, float]) -> dict[Curve, list[Array]]:
    lines: dict[Curve, list[Array]] = {}
    if spec.ring is not None:
        half, thick = spec.ring.inner_diameter_mm / 2, spec.ring.thickness_mm
        with building(COARSE):
            apart, _ = rails_under(spec, spec.ring)
        side = 0.92 * half_width(spec.ring, apart, FROM_HEAD)

        def around(radius: float, across: Array) -> Array:
            return np.column_stack([radius * np.cos(SIDES), radius * np.sin(SIDES), across])

        edges = [around(half + 0.75 * thick, hand * side) for hand in (1.0, -1.0)]
        lines = {"hole": [around(half + 0.2 * thick, side)], "edge": edges}
        lines["rim"] = [*edges, around(half + thick, 0 * side)]
    elif spec.bracelet is not None and spec.accents is not None:
        lines = _line(family, spec, spec.accents)
    elif spec.bracelet is not None:
        lines = _stiff(family.body(values), spec.bracelet.width_mm, spec.bracelet.thickness_mm)
    elif spec.earrings is not None and spec.earrings.style in ("hoop", "huggie"):
        lines = _hoop(family.body(values), spec.earrings.diameter_mm)
    elif spec.pendant is not None and spec.pendant.form != "stone":
        flat = resample(form_outline(spec.pendant.form, spec.pendant.height_mm)[0], len(SIDES))
        lines = {"rim": [np.column_stack([flat[:, 0], np.full(len(flat), 0.4), -flat[:, 1]])]}
    if spec.stone is not None:
        lines["girdle"] = [_girdle(family, spec)]
    if spec.ring is not None:  # all this is about the finger's axis; the built ring stands on the floor
        risen = np.array([0.0, spec.ring.inner_diameter_mm / 2 + spec.ring.thickness_mm, 0.0])
        lines = {curve: [line + risen for line in each] for curve, each in lines.items()}
    return lines


def curves_of(kind: str, style: str) -> tuple[Curve, ...]:
    """The curves that points can be placed on under a style: those of all its families that are no pair."""
    single = [family for family in families(kind, style) if not family.pair]
    known = [set(curves(family, {})) for family in single]
    return tuple(name for name in CURVES if known and all(name in one for one in known))


def _girdle(family: Family, spec: Spec) -> Array:
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller
    stone = _stretched(spec.stone)
    outline = stone.outline
    if spec.ring is not None:
        level = girdle_height(spec.ring, stone, spec.stone)
        return np.column_stack([outline[:, 0], np.full(len(outline), level), -outline[:, 1]])
    set_stone = next(part for part in family.parts(spec) if part.role is PartRole.STONE and part.stone)
    low, high = set_stone.vertices.min(axis=0), set_stone.vertices.max(axis=0)
    middle = (low + high) / 2
    flat = outline - (outline.min(axis=0) + outline.max(axis=0)) / 2
    if family.kind == "earrings":  # they face the camera: up is up
        return np.column_stack(
            [flat[:, 0] + middle[0], flat[:, 1] + middle[2], np.full(len(flat), -middle[1])]
        )
    return np.column_stack([flat[:, 0] + middle[0], np.zeros(len(flat)), -flat[:, 1] - middle[1]])


def _stretched(stone: Stone) -> Gemstone:
    """A stone's girdle and depth, stretched from one of its cut: a search cuts none anew for every ratio it tries."""
    one = _one_of(stone.cut)
    wide, long = np.ptp(one.outline, axis=0)
    scale = np.array([stone.width_mm / wide, stone.length_mm / long])
    rise = float(scale[0])
    return replace(one, outline=one.outline * scale, top=one.top * rise, depth=one.depth * rise)


@lru_cache(maxsize=32)
def _one_of(cut: Cut) -> Gemstone:
    with building(COARSE):
        one = cut_stone(Stone(cut=cut))
    return replace(one, outline=resample(one.outline, len(SIDES)))


def _stiff(body: Body, width: float, thick: float) -> dict[Curve, list[Array]]:
    """A bangle or cuff lies with its axis upright."""
    low, high = body.points.min(axis=0), body.points.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2

    def around(inset: float, rise: float) -> Array:
        level = np.full(len(SIDES), middle[1] + rise)
        return np.column_stack([
            middle[0] + (half[0] - inset) * np.cos(SIDES), level, middle[2] + (half[2] - inset) * np.sin(SIDES),
        ])  # fmt: skip

    side = 0.46 * width
    edges = [around(0.25 * thick, side), around(0.25 * thick, -side)]
    return {"hole": [around(0.8 * thick, side)], "edge": edges, "rim": [*edges, around(0.0, 0.0)]}


def _line(family: Family, spec: Spec, accents: Accents) -> dict[Curve, list[Array]]:
    """A line of stones lies on the table: the outer and the inner side of its stones, straight on over the clasp."""
    stones = next(part for part in family.parts(spec) if part.role is PartRole.ROW)
    middle = resample(stones.repeats[0].poses[:, :2, 3], len(SIDES))
    if signed_area(middle) < 0:
        middle = middle[::-1]
    level = np.full(len(middle), stones.repeats[0].poses[:, 2, 3].mean())
    half = 0.5 * accents.across_mm * outline_normals(middle)

    def beside(side: float) -> Array:
        return np.column_stack([middle[:, 0] + side * half[:, 0], level, -middle[:, 1] - side * half[:, 1]])

    return {"hole": [beside(-1.0)], "rim": [beside(1.0)]}


def _hoop(body: Body, diameter: float) -> dict[Curve, list[Array]]:
    """A hoop stands on the floor; a small one has a finer tube than its number says, so the piece tells its hole."""
    turn = np.radians(-22.0)
    middle = np.array([body.centre[0], diameter / 2, body.centre[2]])
    away = body.points - middle
    inner = float(np.hypot(away[:, 0] * np.cos(turn) - away[:, 2] * np.sin(turn), away[:, 1]).min())

    def around(radius: float) -> Array:
        flat = radius * np.cos(SIDES)
        across = [flat * np.cos(turn), radius * np.sin(SIDES), -flat * np.sin(turn)]
        return np.asarray(middle + np.column_stack(across))

    return {"hole": [around(inner)], "rim": [around(diameter / 2)]}


def distances(lines: Mapping[Curve, list[Array]], camera: Camera, places: Mapping[Curve, Array]) -> Array:
    """Distance (n,) of every place to the nearest of its curve's lines, as shares of the film."""
    return Choices.of(lines, places).distances(camera)


@dataclass(frozen=True)
class Choices:
    """Placed points (n, 2) and for each the lines it may lie on: `lines` (n, m, 96, 3) by their numbers (n, m)."""

    points: Array
    lines: Array
    numbers: NDArray[np.intp]

    @classmethod
    def of(cls, lines: Mapping[Curve, list[Array]], places: Mapping[Curve, Array]) -> "Choices":
        """The points of all curves, each with its curve's lines; the last is repeated where others have more."""
        most = max(len(lines[curve]) for curve in places)
        every: list[Array] = []
        numbers = []
        for curve, points in places.items():
            first = len(every)
            every += lines[curve]
            choice = np.minimum(np.arange(most), len(lines[curve]) - 1) + first
            numbers.append(np.tile(choice, (len(points), 1)))
        return cls(np.concatenate(list(places.values())), np.stack(every), np.concatenate(numbers))

    def distances(self, camera: Camera) -> Array:
        """Distance (n,) of every point to the nearest of its lines on a camera's film, shares of it."""
        count, sides, _ = self.lines.shape
        film = camera.project(self.lines.reshape(-1, 3))[:, :2].reshape(count, sides, 2)
        away = film[self.numbers] - self.points[:, None, None]
        near = (away**2).sum(axis=-1).argmin(axis=-1)[..., None]
        each, line = np.ogrid[: away.shape[0], : away.shape[1]]
        # The nearest place lies on one of the two chords that meet in the nearest corner.
        corner = away[each[..., None], line[..., None], (near + np.array([-1, 0, 1])) % sides]
        along = np.diff(corner, axis=2)
        reach = -(corner[:, :, :2] * along).sum(axis=-1) / np.maximum((along**2).sum(axis=-1), 1e-18)
        foot = corner[:, :, :2] + np.clip(reach, 0, 1)[..., None] * along
        return np.asarray(np.sqrt((foot**2).sum(axis=-1).min(axis=(1, 2))))


def mean_distance_px(
    family: Family, values: Mapping[str, float], camera: Camera, places: Mapping[Curve, Array]
) -> float:
    """Mean distance of the places to their curves in pixels of 1024."""
    return float(distances(curves(family, values), camera, places).mean()) * FILM_PX


class Reading(NamedTuple):
    """Camera and values that placed points tell, and by how much more than their own spread another reading of them,
    leaning the other way, lies off them: of some spreads the points tell, of one they do not.
    """

    pose: Pose
    values: dict[str, float]
    lead: float

    def unsure(self, known: Collection[Curve], places: Collection[Curve]) -> tuple[str, ...]:
        """What points on these curves, of those that the family has, leave open, each as a clause."""
        leaning = "the points fit it leaning the other way nearly as well, which Flip shows"
        width = "without points on an edge its width is a guess"
        open_width = "edge" in known and "edge" not in places
        return (*((leaning,) if self.lead < CLEAR_LEAD else ()), *((width,) if open_width else ()))


def solve(
    family: Family, places: Mapping[Curve, Array], values: Mapping[str, float] | None = None
) -> Reading:
    """Camera and values that lay the family's curves through the places. Raises BadInput where they are too few.

    `values` are the usual ones to start from and to stay near where no point tells.
    """
    from scipy.optimize import least_squares

    usual = family.shape(values or {})
    known = curves(family, family.values(usual))
    box = _settling(family, places, known)
    span = float((box[2:] - box[:2]).max())
    unit = span / 100
    touched = np.array(
        [path != family.size.path and _told_by(family, path, places) for path in family.values(usual)], bool
    )
    free = np.flatnonzero(touched)
    unusual = _off_usual(family)[free]
    body = family.body(family.values(usual))
    centre, radius = body.centre, body.radius

    def split(x: Array) -> tuple[Pose, dict[str, float]]:
        shape = usual.copy()
        shape[free] = x[6:]
        scale = float(np.exp(np.clip(x[3], -3, 5)))
        azimuth, elevation, roll = (float(n) * TURN_DEG for n in x[:3])
        return Pose(azimuth, elevation, roll, scale, float(x[4]), float(x[5])), family.values(shape)

    usual_spec = family.spec(family.values(usual))
    known_choices: dict[bytes, Choices] = {}

    def choices(shape: Array, current: Mapping[str, float]) -> Choices:
        """The lines of a shape, kept while only the camera is moved."""
        key = shape.tobytes()
        if key not in known_choices:
            if len(known_choices) > KEPT_SHAPES:
                known_choices.clear()
            lines = _curves(family, _with(usual_spec, current), current)
            known_choices[key] = Choices.of(lines, places)
        return known_choices[key]

    def residual(x: Array) -> Array:
        pose, current = split(x)
        apart = choices(x[6:], current).distances(pose.camera(centre, radius)) / unit
        lean = _unlikely(family, pose)
        hidden = AWAY * float(np.tanh(max(0.0, -faced(family, pose, places)) / ASKEW))
        return np.asarray(np.r_[apart, unusual * (x[6:] - usual[free]), lean, hidden])

    begun: list[tuple[float, int, Array]] = []
    cloud = np.concatenate([line for curve in places for line in known[curve]])
    for azimuth, elevation, roll in _directions(family):
        pose = over((cloud - centre) / radius, box, azimuth, elevation, roll)
        x = np.r_[_numbers(pose), usual[free]]
        begun.append((float((np.minimum(residual(x), 30) ** 2).sum()), len(begun), x))
    begun.sort()

    def settled(x: Array, steps: int) -> tuple[float, Array]:
        answer = least_squares(residual, x, method="trf", max_nfev=steps, x_scale="jac", loss="soft_l1")
        return float(answer.cost), answer.x

    best = _least([settled(x, FIRST_STEPS) for _, _, x in begun[: 2 * STARTS : 2]])
    # A point of the rim may lie on the nearer or the farther one: begun wider and narrower they are told apart.
    swayed = [best + sway for sway in SWAY * np.vstack([np.eye(len(best))[6:], -np.eye(len(best))[6:]])]
    best = _least([settled(best, LAST_STEPS), *(settled(x, FIRST_STEPS) for x in swayed)])
    # Its twin leans the other way, and either may be seen from its other side: points of one rim tell little of both.
    leaning, current = split(best)
    near = np.concatenate(
        [_curves(family, _with(usual_spec, current), current)[curve][0] for curve in places]
    )
    poses = [over((near - centre) / radius, box, *turn) for turn in readings(leaning)]
    # Each with the sizes found and the usual ones: a twin laid first takes sizes that would be strange in the other.
    begun_anew = product(poses, (best[6:], usual[free]))
    answers = [
        settled(x, LAST_STEPS) for x in (best, *(np.r_[_numbers(pose), shape] for pose, shape in begun_anew))
    ]
    pose, sizes = split(_least(answers))
    final = family.body(sizes)
    lead = _lead(family, [(cost, split(x)[0]) for cost, x in answers], sum(map(len, places.values())))
    return Reading(repose(pose, pose.camera(centre, radius), final.centre, final.radius), sizes, lead)


def _lead(family: Family, answers: Sequence[tuple[float, Pose]], count: int) -> float:
    """By how many spreads of so many points the least cost leads over that of another reading; infinite without one."""
    cost, pose = min(answers, key=lambda answer: answer[0])
    others = [other for other, one in answers if _elsewhere(family, pose, one) > ELSEWHERE_DEG]
    return float((min(others, default=np.inf) - cost) / max(2 * cost / count, LEAST_SPREAD))


def _elsewhere(family: Family, one: Pose, other: Pose) -> float:
    """Degrees between two readings of points; from behind, and spun about its axis, a piece is the one it was."""
    axis = ROUND_ABOUT.get(family.style)
    if axis is not None:
        first, second = (axes_of(p.azimuth, p.elevation, p.roll)[:, axis] for p in (one, other))
        return float(np.degrees(np.arccos(min(1.0, abs(float(first @ second))))))
    behind = replace(other, azimuth=other.azimuth - 180.0)
    return min(apart(one, other), apart(one, behind))


def _off_usual(family: Family) -> Array:
    """What each of a family's numbers weighs for lying off its usual value, per unit of its logarithm."""
    weights = (UNUSUAL if family.has_stone else UNUSUAL_PLAIN) / (family.high - family.low)
    return np.where([p.path == "stone.ratio" for p in family.parameters], OFF_RATIO, weights)


def _unlikely(family: Family, pose: Pose) -> list[float]:
    """What speaks against a pose whatever the points say."""
    rolled = [ROLLED * pose.roll / TURN_DEG, BEHIND * max(0.0, abs(pose.azimuth) / TURN_DEG - 4.5)]
    if family.kind == "ring" and not family.has_stone:  # it may be spun about its axis: that axis tells
        risen = max(0.0, _risen(pose))
        return [*rolled, FROM_BELOW * float(np.tanh(risen / SLIGHT)) / (1 + (risen / LYING) ** 8)]
    return [*rolled, BELOW * min(0.0, pose.elevation / TURN_DEG + 0.1)]


def faced(family: Family, pose: Pose, places: Mapping[Curve, Array]) -> float:
    """How far (-1..1) the rim that points of a plain ring's hole lie on is turned to the camera; 1 where none do."""
    if family.kind != "ring" or family.has_stone or "hole" not in places:
        return 1.0
    return float(axes_of(pose.azimuth, pose.elevation, pose.roll)[2, 2])


def readings(pose: Pose) -> Iterator[tuple[float, float, float]]:
    """The turns of a pose, of its twin, and of both seen from the piece's other side."""
    for one in (pose, twin(pose)):
        for azimuth in (one.azimuth, one.azimuth - float(np.copysign(180.0, one.azimuth))):
            yield azimuth, one.elevation, one.roll


def _numbers(pose: Pose) -> Array:
    """A pose as the search counts: in 20 degrees, the scale's logarithm, shares of the film."""
    turn = np.array([pose.azimuth, pose.elevation, pose.roll]) / TURN_DEG
    return np.asarray(np.r_[turn, np.log(pose.scale), pose.x, pose.y])


def _least(answers: Sequence[tuple[float, Array]]) -> Array:
    """The numbers of the least cost; of equal ones the first."""
    return np.asarray(min(answers, key=lambda answer: answer[0])[1])


def _risen(pose: Pose) -> float:
    """How far up in the picture (-1..1) the end of a ring's axis points that is turned to the camera."""
    _, up, back = axes_of(pose.azimuth, pose.elevation, pose.roll)[:, 2]
    return float(np.copysign(up, up * back))


def _with(spec: Spec, values: Mapping[str, float]) -> Spec:
    """A Spec with other lengths, which stay within a family's bounds and so need no second look."""
    groups: dict[str, dict[str, float]] = {}
    for path, value in values.items():
        group, name = path.split(".")
        groups.setdefault(group, {})[name] = value
    return spec.model_copy(
        update={group: getattr(spec, group).model_copy(update=fields) for group, fields in groups.items()}
    )


def _settling(family: Family, places: Mapping[Curve, Array], known: Mapping[Curve, list[Array]]) -> Array:
    """Left, top, right and bottom of placed points. Raises BadInput where they cannot settle a camera."""
    strange = [curve for curve in places if curve not in known]
    if strange:
        raise BadInput(f"A {family.name} has no {strange[0]}; its curves are {', '.join(known)}.")
    every = np.concatenate(list(places.values())) if places else np.zeros((0, 2))
    if len(every) < LEAST_POINTS:
        raise BadInput(f"{len(every)} points do not settle a camera; place at least {LEAST_POINTS}.")
    box = np.asarray(np.r_[every.min(axis=0), every.max(axis=0)])
    if float((box[2:] - box[:2]).max()) < LEAST_SPAN:
        raise BadInput("The points lie all but at one place; spread them along the piece's curves.")
    return box


def repose(pose: Pose, camera: Camera, centre: Array, radius: float) -> Pose:
    """The same camera in the numbers of a piece about another centre and radius."""
    right, up, back = camera.axes
    away = camera.position - centre
    distance = float(away @ back)
    nearness = radius / distance
    scale = 2 * camera.half / nearness
    return replace(
        pose, scale=scale, nearness=nearness,
        x=0.5 - float(away @ right) / (scale * radius), y=0.5 + float(away @ up) / (scale * radius),
    )  # fmt: skip


_TELLS: dict[str, tuple[Curve, ...]] = {
    "ring.width_mm": ("edge", "rim", "hole"), "ring.thickness_mm": ("rim", "edge"),
    "stone.length_mm": ("girdle",), "stone.ratio": ("girdle",), "earrings.wire_mm": ("rim",),
    "bracelet.width_mm": ("edge", "rim"), "bracelet.thickness_mm": ("rim",),
    "tennis accents.diameter_mm": ("hole", "rim"),
}  # fmt: skip
"""Which curves' points settle a number, of all families that have it or of one style."""


def _told_by(family: Family, path: str, places: Mapping[Curve, Array]) -> bool:
    curves_of_it = _TELLS.get(path, ()) + _TELLS.get(f"{family.style} {path}", ())
    return any(curve in places for curve in curves_of_it)


def _directions(family: Family) -> Iterator[tuple[float, float, float]]:
    rolls = (-50.0, 0.0, 50.0)
    lying = family.kind == "necklace"
    for elevation in range(25, 96, 22) if lying else range(-15, 91, 21):
        for azimuth in range(-30, 31, 30) if lying else range(-90, 91, 30):
            for roll in rolls:
                yield float(azimuth), float(elevation), roll
