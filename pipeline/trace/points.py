"""Points a person places on a picture, each on a named curve of the piece; camera and sizes follow by least squares.

They need no mask: they lay the piece over cloth, sand and skin too, and say which rim is the nearer one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from pipeline.atelier.geometry.detail import COARSE, building
from pipeline.atelier.geometry.gemstones import Gemstone, cut_stone
from pipeline.atelier.piece import PartRole
from pipeline.atelier.pieces.plates import form_outline
from pipeline.atelier.pieces.ring import girdle_height
from pipeline.atelier.spec import Cut, Stone
from pipeline.errors import BadInput
from pipeline.solids.camera import Array, Camera
from pipeline.solids.pose import Pose, over
from pipeline.solids.score import FILM_PX
from pipeline.trace.families import Body, Family, families
from pipeline.trace.records import CURVES, Curve, Point
from pipeline.trace.search import twin

LEAST_POINTS = 6
LEAST_SPAN = 0.01
"""Share of the picture that placed points reach over at least; closer together they are one place, placed again."""
STARTS = 10
UNUSUAL, UNUSUAL_PLAIN = 3.3, 1.4
"""What a value off the usual one by its range, in logarithms, weighs beside a point a hundredth of their span off: of
a piece with a stone, which settles the camera, and of a plain one, whose sizes must be free to settle it.
"""
ROLLED, BELOW, BEHIND = 0.5, 0.8, 0.2
"""Weight of 20 degrees of roll, of 20 degrees under the horizon, and of 20 degrees round to the back: products are
seldom photographed so, and seen from behind a ring's near rim would be its far one. Points some pixels off tell a ring
from its twin, that leans the other way, no better than this does.
"""
SWAY = 0.45
"""So far from the best values, in logarithms, a search begins again."""
SIDES = np.linspace(0, 2 * np.pi, 96, endpoint=False)


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
    """The curves of a family's piece at the reference size: each a choice of closed lines (n, 3), mm, y up."""
    spec = family.spec(values)
    lines: dict[Curve, list[Array]] = {}
    if spec.ring is not None:
        half, thick = spec.ring.inner_diameter_mm / 2, spec.ring.thickness_mm
        share = 1 - (1 - spec.ring.taper) * (0.5 + 0.5 * np.sin(SIDES)) ** 2
        side = 0.46 * spec.ring.width_mm * share

        def around(radius: float, across: Array) -> Array:
            return np.column_stack([radius * np.cos(SIDES), radius * np.sin(SIDES), across])

        edges = [around(half + 0.75 * thick, hand * side) for hand in (1.0, -1.0)]
        lines = {"hole": [around(half + 0.2 * thick, side)], "edge": edges}
        lines["rim"] = [*edges, around(half + thick, 0 * side)]
    elif spec.bracelet is not None:
        lines = _stiff(family.body(values), spec.bracelet.width_mm, spec.bracelet.thickness_mm)
    elif spec.earrings is not None and spec.earrings.style in ("hoop", "huggie"):
        lines = _hoop(family.body(values), spec.earrings.diameter_mm)
    elif spec.pendant is not None and spec.pendant.form != "stone":
        flat = form_outline(spec.pendant.form, spec.pendant.height_mm)[0][::3]
        lines = {"rim": [np.column_stack([flat[:, 0], np.full(len(flat), 0.4), -flat[:, 1]])]}
    if spec.stone is not None:
        lines["girdle"] = [_girdle(family, values)]
    if spec.ring is not None:  # all this is about the finger's axis; the built ring stands on the floor
        risen = np.array([0.0, spec.ring.inner_diameter_mm / 2 + spec.ring.thickness_mm, 0.0])
        lines = {curve: [line + risen for line in each] for curve, each in lines.items()}
    return lines


def curves_of(kind: str, style: str) -> tuple[Curve, ...]:
    """The curves that points can be placed on under a style: those of all its families that are no pair."""
    single = [family for family in families(kind, style) if not family.pair]
    known = [set(curves(family, {})) for family in single]
    return tuple(name for name in CURVES if known and all(name in one for one in known))


def _girdle(family: Family, values: Mapping[str, float]) -> Array:
    spec = family.spec(values)
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
    return replace(one, outline=one.outline[:: max(1, len(one.outline) // 48)])


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
    nearest_each = []
    for curve, points in places.items():
        best = np.full(len(points), np.inf)
        for line in lines[curve]:
            start = camera.project(line)[:, :2]
            along = np.roll(start, -1, axis=0) - start
            reach = ((points[:, None] - start) * along).sum(axis=2) / np.maximum(
                (along**2).sum(axis=1), 1e-12
            )
            nearest = start + np.clip(reach, 0, 1)[..., None] * along
            best = np.minimum(best, np.linalg.norm(nearest - points[:, None], axis=2).min(axis=1))
        nearest_each.append(best)
    return np.concatenate(nearest_each)


def mean_distance_px(
    family: Family, values: Mapping[str, float], camera: Camera, places: Mapping[Curve, Array]
) -> float:
    """Mean distance of the places to their curves in pixels of 1024."""
    return float(distances(curves(family, values), camera, places).mean()) * FILM_PX


def solve(
    family: Family, places: Mapping[Curve, Array], values: Mapping[str, float] | None = None
) -> tuple[Pose, dict[str, float]]:
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
        [path != family.size.path and _told_by(path, places) for path in family.values(usual)], bool
    )
    free = np.flatnonzero(touched)
    unusual = (UNUSUAL if family.has_stone else UNUSUAL_PLAIN) / (family.high - family.low)[free]
    body = family.body(family.values(usual))
    centre, radius = body.centre, body.radius

    def split(x: Array) -> tuple[Pose, dict[str, float]]:
        shape = usual.copy()
        shape[free] = x[6:]
        scale = float(np.exp(np.clip(x[3], -3, 5)))
        azimuth, elevation, roll = (float(n) * 20 for n in x[:3])
        return Pose(azimuth, elevation, roll, scale, float(x[4]), float(x[5])), family.values(shape)

    def residual(x: Array) -> Array:
        pose, current = split(x)
        apart = distances(curves(family, current), pose.camera(centre, radius), places) / unit
        lean = [ROLLED * x[2], BELOW * min(0.0, x[1] + 0.1), BEHIND * max(0.0, abs(x[0]) - 4.5)]
        return np.asarray(np.r_[apart, unusual * (x[6:] - usual[free]), lean])

    begun: list[tuple[float, int, Array]] = []
    cloud = np.concatenate([line for curve in places for line in known[curve]])
    for azimuth, elevation, roll in _directions(family):
        pose = over((cloud - centre) / radius, box, azimuth, elevation, roll)
        x = np.r_[azimuth / 20, elevation / 20, roll / 20, np.log(pose.scale), pose.x, pose.y, usual[free]]
        begun.append((float((np.minimum(residual(x), 30) ** 2).sum()), len(begun), x))
    begun.sort()

    solved: list[tuple[float, int, Array]] = []

    def settle(x: Array) -> None:
        answer = least_squares(residual, x, method="trf", max_nfev=40, x_scale="jac", loss="soft_l1")
        solved.append((float(answer.cost), len(solved), answer.x))

    for _, _, x in begun[: 2 * STARTS : 2]:
        settle(x)
    best = min(solved)[2]
    # A point of the rim may lie on the nearer or the farther one: begun wider and narrower they are told apart.
    for number in range(len(free)):
        for factor in (-SWAY, SWAY):
            x = best.copy()
            x[6 + number] += factor
            settle(x)
    best = min(solved)[2]
    other = twin(split(best)[0])
    settle(np.r_[other.azimuth / 20, other.elevation / 20, other.roll / 20, best[3:]])
    pose, sizes = split(min(solved)[2])
    final = family.body(sizes)
    return repose(pose, pose.camera(centre, radius), final.centre, final.radius), sizes


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
}  # fmt: skip
"""Which curves' points settle a number."""


def _told_by(path: str, places: Mapping[Curve, Array]) -> bool:
    return any(curve in places for curve in _TELLS.get(path, ()))


def _directions(family: Family) -> Iterator[tuple[float, float, float]]:
    rolls = (-50.0, 0.0, 50.0)
    lying = family.kind == "necklace"
    for elevation in range(25, 96, 22) if lying else range(-15, 91, 21):
        for azimuth in range(-30, 31, 30) if lying else range(-90, 91, 30):
            for roll in rolls:
                yield float(azimuth), float(elevation), roll
