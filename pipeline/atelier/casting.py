"""Whether a piece can be cast by lost wax: walls, prongs and details against a caster's figures, each place measured.

Figures: walls from 0.8 mm (casters' guides for designers: Gemwares 0.8, others 0.8 to 1.0), prongs from 0.7 mm before
the setter files them (Gemwares 0.6 at the least; up to 0.2 is lost in finishing, Stuller, "Best practices for CAD/CAM
services"), grains and beads from 0.3 mm (Gemwares, the least width of details). Chains, links, clasps, jump rings and
findings are bought in, seats between the stones of a row are cut and prongs' tips filed by the setter after casting,
walls between cells of enamel stand on a floor: none of these is measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry.mesh import Floats, Mesh
from pipeline.atelier.geometry.solid import caster, unite
from pipeline.atelier.geometry.thickness import REACH_MM, RayCast, surface_samples, thickness
from pipeline.atelier.materials import CAST
from pipeline.atelier.piece import SOLDERED, WORN_BY, Part, PartRole

WALL_MM, PRONG_MM, DETAIL_MM = 0.8, 0.7, 0.3
"""Thinnest wall or wire, thinnest prong, and smallest grain or bead that is cast."""
SLACK_MM = 0.03
"""What a measure may fall short by: facets of a round wire lie so far inside it."""
SPACING_MM, MOST_SAMPLES = 0.35, 500
"""How far apart a part is measured, and in how many places at most."""
CLOSER_MM = (0.18, 0.18, 0.12)
"""How far apart it is measured around what seems thin, again and again: an edge has a thick place beside it."""
BOUGHT = WORN_BY | {PartRole.FITTING, PartRole.LINK}
"""What is bought in: chains and what closes them, links, posts, wires, hinges and pins."""
CLAW_MM = 0.45
"""So near to its stone a prong is its claw and its seat, which the setter cuts and files."""
SEAT_MM = 0.2
"""So near to its stone a prong's inner side is its seat: samples of a stone lie so far apart."""
BETWEEN_CELLS_MM = 0.25
"""Metal so near to enamel is the wall of its cell, which stands on the floor that is measured."""
AROUND_STONE_MM = 0.4
"""Metal so near to a stone of a row is the setter's work."""


@dataclass(frozen=True)
class ThinPlace:
    """A part that is thinner somewhere than can be cast."""

    part: str
    what: str
    """"wall", "prong" or "detail"."""
    measured_mm: float
    asked_mm: float
    at: tuple[float, float, float]
    """The thinnest place, in the piece's space, mm."""

    @property
    def words(self) -> str:
        """For a list: prong 1: 0.52 mm, a caster asks for 0.7 mm."""
        return f"{self.part}: {self.measured_mm:.2f} mm, a caster asks for {self.asked_mm:g} mm"


@dataclass(frozen=True)
class Sampled:
    """A part measured: points (n, 3) of its surface, normals (n, 3), and how thick it is around each (n,), mm."""

    part: Part
    asked_mm: float
    points: Floats
    normals: Floats
    ball_mm: Floats
    """Thickness (n,) at the points themselves, mm."""
    widths: Floats

    @property
    def thin(self) -> np.ndarray:
        """Which points (n,) cannot be cast."""
        return np.asarray(self.widths < self.asked_mm - SLACK_MM)


@dataclass(frozen=True)
class Surroundings:
    """What lies beside the metal: stones of rows (n, 4), points (n, 3) on single stones, and on enamel."""

    row_stones: Floats
    held: Floats
    enamel: Floats


def thin_places(parts: tuple[Part, ...]) -> tuple[ThinPlace, ...]:
    """Every part that cannot be cast, with its thinnest place; empty where all can."""
    return survey(parts).thin


@dataclass(frozen=True)
class Survey:
    """What of a piece is too thin to cast, the worst first, and how thick each part is where it is thinnest."""

    thin: tuple[ThinPlace, ...]
    thinnest_mm: Mapping[str, float]
    """By part, of those that are cast; at most ``REACH_MM``, from where on nothing is measured."""


def survey(parts: tuple[Part, ...]) -> Survey:
    """Measure a piece's parts."""
    thinnest = {part.name: _detail_mm(part) for part in parts if is_detail(part)}
    places = [*_thin_details(parts)]
    for sampled in measure(parts):
        if len(sampled.widths):
            thinnest[sampled.part.name] = min(float(sampled.widths.min()), REACH_MM)
        if not sampled.thin.any():
            continue
        k = int(np.flatnonzero(sampled.thin)[np.argmin(sampled.widths[sampled.thin])])
        what = "prong" if sampled.part.is_prong else "wall"
        width = round(float(sampled.widths[k]), 2)
        places.append(ThinPlace(sampled.part.name, what, width, sampled.asked_mm, _point(sampled.points[k])))
    return Survey(tuple(sorted(places, key=lambda place: place.measured_mm / place.asked_mm)), thinnest)


def is_cast(part: Part) -> bool:
    """Whether a part is cast with the body: metal, and neither bought in nor a grain."""
    return part.material in CAST and not part.repeats and part.role not in BOUGHT


def is_detail(part: Part) -> bool:
    """Whether a part is grains or beads."""
    return part.material in CAST and bool(part.repeats) and part.role in SOLDERED


def measure(parts: tuple[Part, ...]) -> list[Sampled]:
    """Each part that is cast, measured on the body that all of them make; closely where it seems thin."""
    cast = [part for part in parts if is_cast(part)]
    if not cast:
        return []
    body = caster(unite([Mesh(part.vertices, part.faces) for part in cast]))
    beside = Surroundings(_row_stones(parts), _held_stones(parts), _enamelled(parts))
    measured = _around([_sample(part, body, beside) for part in cast])
    for spacing in CLOSER_MM:
        measured = _around([_closer(sampled, body, beside, spacing) for sampled in measured])
    return measured


def _closer(sampled: Sampled, body: RayCast, beside: Surroundings, spacing: float) -> Sampled:
    """The part measured once more around its thin points, which become fewer: a thicker place may lie between two."""
    if not sampled.thin.any():
        return sampled
    more = _sample(sampled.part, body, beside, spacing, sampled.points[sampled.thin])
    return replace(
        sampled,
        ball_mm=np.concatenate([sampled.ball_mm, more.ball_mm]),
        points=np.vstack([sampled.points, more.points]),
        normals=np.vstack([sampled.normals, more.normals]),
    )


def _sample(
    part: Part,
    body: RayCast,
    around: Surroundings,
    spacing: float = SPACING_MM,
    closely: Floats | None = None,
) -> Sampled:
    """A part's own thickness all over, or ``closely`` around some points (n, 3)."""
    from scipy.spatial import cKDTree

    held = around.held
    asked_mm = PRONG_MM if part.is_prong else WALL_MM
    points, normals = surface_samples(Mesh(part.vertices, part.faces), spacing)
    keep = _apart(points, around.row_stones)
    if len(around.enamel):
        keep &= cKDTree(around.enamel).query(points)[0] > BETWEEN_CELLS_MM
    if part.is_prong and len(held):
        keep &= cKDTree(held).query(points)[0] > CLAW_MM
    if closely is not None:
        keep &= cKDTree(closely).query(points)[0] <= asked_mm
    points, normals = points[keep], normals[keep]
    step = max(int(np.ceil(len(points) / MOST_SAMPLES)), 1)
    points, normals = points[::step], normals[::step]
    ball_mm = thickness(body, points, normals)
    shown = ~np.isnan(ball_mm)
    if part.is_prong and len(held):
        # What is measured across the seat, from outside to the stone, was of full thickness when it was cast.
        within = np.isfinite(ball_mm)
        across = points[within] - ball_mm[within, None] * normals[within]
        shown[within] &= cKDTree(held).query(across)[0] > SEAT_MM
    return Sampled(part, asked_mm, points[shown], normals[shown], ball_mm[shown], ball_mm[shown])


def _around(measured: list[Sampled]) -> list[Sampled]:
    """Each part with the greatest thickness near every point, so near that the point is the edge of that place.

    Edges run out to nothing on whatever is thick: what cannot be cast is thin for longer than it should be thick.
    """
    from scipy.spatial import cKDTree

    every, ball_mm = np.vstack([s.points for s in measured]), np.concatenate([s.ball_mm for s in measured])
    tree = cKDTree(every) if len(every) else None
    widened = []
    for sampled in measured:
        widths = sampled.ball_mm.copy()
        slight = np.flatnonzero(widths < sampled.asked_mm)
        if tree is not None and len(slight):
            near = tree.query_ball_point(sampled.points[slight], sampled.asked_mm)
            widths[slight] = [ball_mm[places].max() for places in near]
        widened.append(replace(sampled, widths=widths))
    return widened


def _thin_details(parts: tuple[Part, ...]) -> Iterator[ThinPlace]:
    """Grains and beads smaller than a caster's smallest detail."""
    for part in parts:
        if not is_detail(part):
            continue
        size = _detail_mm(part)
        if size < DETAIL_MM - 0.005:
            yield ThinPlace(
                part.name, "detail", round(size, 2), DETAIL_MM, _point(part.repeats[0].poses[0][:3, 3])
            )


def _enamelled(parts: tuple[Part, ...]) -> Floats:
    """Points (n, 3) all over the enamel."""
    filled = [Mesh(part.vertices, part.faces) for part in parts if part.role is PartRole.ENAMEL]
    return np.vstack([np.empty((0, 3)), *(surface_samples(cell, BETWEEN_CELLS_MM)[0] for cell in filled)])


def _detail_mm(part: Part) -> float:
    """Width of the smallest of a part's grains or beads, mm."""
    return min(float(np.ptp(repeat.vertices, axis=0).min()) for repeat in part.repeats)


def _row_stones(parts: tuple[Part, ...]) -> Floats:
    """Middle (n, 3) and reach (n, 1) of every stone that stands in a row, as (n, 4)."""
    placed = [
        (*pose[:3, 3], part.stone.length_mm / 2 + AROUND_STONE_MM)
        for part in parts
        if part.stone is not None and part.repeats
        for repeat in part.repeats
        for pose in repeat.poses
    ]
    return np.array(placed).reshape(-1, 4)


def _held_stones(parts: tuple[Part, ...]) -> Floats:
    """Points (n, 3) all over the stones that are set one by one."""
    single = [
        Mesh(part.vertices, part.faces) for part in parts if part.stone is not None and not part.repeats
    ]
    return np.vstack([np.empty((0, 3)), *(surface_samples(stone, CLAW_MM / 2)[0] for stone in single)])


def _apart(points: Floats, stones: Floats) -> np.ndarray:
    """Which points (n,) are no setter's work."""
    if not len(stones) or not len(points):
        return np.ones(len(points), bool)
    from scipy.spatial import cKDTree

    away, nearest = cKDTree(stones[:, :3]).query(points)
    return np.asarray(away > stones[nearest, 3])


def _point(values: Floats) -> tuple[float, float, float]:
    return (float(values[0]), float(values[1]), float(values[2]))
