"""Gem cuts in their true facet geometry, table up, girdle around z = 0.

Brilliants are ground from the outline by planes through the points where facets meet. Proportions follow
GIA's "Excellent" range: table 56 %, crown 34.5 degrees, pavilion 40.75 degrees, star 50 %, lower halves 78 %.
A pavilion angle is never the result of squeezing: that leaks the light through the back.

Fancy cuts: the heart is a brilliant in two mirrored halves, a main over its point and one on either side of the
cleft; the trillion has the 25 crown and 18 pavilion facets of Finker's Trilliant; the radiant is Grossbard's, a crown
in rows over a brilliant's pavilion on a rectangle with cut corners; old cuts and the Dutch rose as ``facets`` says.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pipeline.atelier.geometry import facets, solid
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.facets import ASSCHER, EMERALD, GIRDLE, Flights, Habit
from pipeline.atelier.geometry.girdle import girdle
from pipeline.atelier.geometry.mesh import Floats, Mesh, ball, circle, outline_normals, pillow, unit
from pipeline.atelier.geometry.solid import Plane
from pipeline.atelier.spec import Cut, Stone


@dataclass(frozen=True)
class Gemstone:
    """A cut stone about its girdle plane: table up, length along y."""

    mesh: Mesh
    outline: Floats
    """Girdle outline (n, 2), counter-clockwise, mm."""
    top: float
    """Height of the table over the girdle plane, mm."""
    depth: float
    """Depth of the culet under the girdle plane, mm."""
    smooth: bool
    """Domed, not faceted."""
    sharp: bool = False
    """Its outline has points, or a cleft, that what surrounds it has to follow."""


def facet(cut: Cut, length_mm: float, width_mm: float, *, sides: int = 128) -> Gemstone:
    """Cut a stone of the given girdle size; the length lies along y.

    At a coarse detail one stone of each cut and of the nearest ratio is cut, and stretched to the size.
    """
    if not detail().tolerance_mm:
        return _cut(cut, length_mm, width_mm, sides)
    ratio = float(np.exp(max(round(float(np.log(length_mm / width_mm)) / RATIO_STEP), 0) * RATIO_STEP))
    # A pointed girdle keeps its sides: what is set round it takes its corner from them.
    around = sides if ratio > 1 else min(sides, 48)
    one = _model_stone(cut, ratio, around)
    scale = np.array([width_mm * ratio / MODEL_MM, length_mm / MODEL_MM])
    rise = float(scale[0])
    return replace(
        one,
        mesh=Mesh(one.mesh.vertices * [*scale, rise], one.mesh.faces),
        outline=girdle(cut, length_mm, width_mm, sides=around) if cut in POINTED else one.outline * scale,
        top=one.top * rise,
        depth=one.depth * rise,
    )


RATIO_STEP = 0.03
"""Coarse stones and their heads are built for ratios of length to width this far apart, in logarithms."""
POINTED: tuple[Cut, ...] = ("pear", "marquise")
"""A halo's stones part at the points of these: their outline is the exact one, not the nearest stretched."""
MODEL_MM = 10.0
"""Length of the stones that coarse ones are stretched from."""


@lru_cache(maxsize=400)
def _model_stone(cut: Cut, ratio: float, sides: int) -> Gemstone:
    return _cut(cut, MODEL_MM, MODEL_MM / ratio, sides)


def _cut(cut: Cut, length_mm: float, width_mm: float, sides: int) -> Gemstone:
    if cut == "pearl":
        return _pearl(length_mm, sides)
    outline = girdle(cut, length_mm, width_mm, sides=sides)
    if cut == "cabochon":
        return _cabochon(outline, width_mm)
    if cut in STEP_CUTS:
        stepped = _step(outline, length_mm, width_mm, STEP_CUTS[cut])
        return replace(stepped, sharp=cut == "kite")
    shape = {
        "princess": _princess, "radiant": _radiant, "heart": _heart, "trillion": _trillion, "rose": _rose,
    }.get(cut)  # fmt: skip
    return shape(outline, length_mm, width_mm) if shape else _brilliant(cut, outline, length_mm, width_mm)


STEP_CUTS: dict[str, Flights] = {
    "emerald": EMERALD, "baguette": EMERALD, "hexagon": ASSCHER, "kite": EMERALD, "asscher": ASSCHER,
}  # fmt: skip


def cut_stone(stone: Stone) -> Gemstone:
    """The spec's stone, cut."""
    return facet(stone.cut, stone.length_mm, stone.width_mm)


def _pearl(diameter: float, sides: int) -> Gemstone:
    radius = diameter / 2
    return Gemstone(ball(radius, around=sides), circle(radius, sides), radius, radius, smooth=True)


def _cabochon(outline: Floats, width: float) -> Gemstone:
    rise, base = 0.42 * width, 0.08 * width
    angle = np.linspace(0, np.pi / 2, 25)[:-1]
    dome = [(np.cos(a), 0.0, rise * np.sin(a)) for a in angle] + [(0.02, 0.0, rise)]
    mesh = pillow(outline, [(0.93, 0.0, -base), (0.985, 0.0, -0.7 * base), *dome])
    return Gemstone(mesh, outline, rise, base, smooth=True)


def _brilliant(cut: Cut, outline: Floats, length: float, width: float) -> Gemstone:
    """57 facets over any smooth outline: table, 8 mains and 8 stars and 16 halves above, 8 and 16 below."""
    half_width, half_length = width / 2, length / 2
    culet_y = -(half_length - 1.02 * half_width) if cut == "pear" else 0.0
    centre = np.array([0.0, culet_y])
    reach = np.sqrt(half_width * half_length) if cut != "pear" else half_width * 1.12
    habit = facets.OLD if cut in ("old_european", "old_mine") else facets.MODERN
    planes, crown, depth = facets.brilliant(
        *facets.stations(outline), centre, reach, half_width, habit, closed=True
    )
    return Gemstone(solid.cut(outline, length, planes), outline, crown, depth, smooth=False)


def _trillion(outline: Floats, length: float, width: float) -> Gemstone:
    """25 facets above and 18 below, over three corners and three bowed sides."""
    # The middle of the triangle: two thirds of the way down from its upper corner.
    centre = np.array([0.0, float(outline[:, 1].max()) - length / 3**0.5])
    reach = float(centre[1] - outline[:, 1].min())
    habit = Habit(table=0.55, crown=27.0, pavilion=46.0, lower=0.70)
    planes, crown, depth = facets.brilliant(
        *facets.stations(outline, 12), centre, reach, width / 2, habit, closed=True
    )
    return Gemstone(solid.cut(outline, length, planes), outline, crown, depth, smooth=False, sharp=True)


def _heart(outline: Floats, length: float, width: float) -> Gemstone:
    """A brilliant in two halves that mirror each other: five mains on each, from the point to the cleft."""
    half = outline[: len(outline) // 2 + 1]
    normal = outline_normals(outline)[: len(half)]
    # At the cleft each half has a facet of its own, on the lobe's last stretch.
    last = unit(half[-1] - half[-2])
    normal[-1] = [last[1], -last[0]]
    along = np.column_stack([-normal[:, 1], normal[:, 0], np.zeros(len(half))])
    index = np.round(np.array(HEART_STATIONS) * (len(half) - 1)).astype(int)
    centre = np.array([0.0, HEART_CULET * length / 2])
    planes, crown, depth = facets.brilliant(
        half[index], along[index], centre, 0.92 * width / 2, width / 2, facets.MODERN, closed=False
    )
    right = solid.cut(half, length, planes)
    left = Mesh(right.vertices * [-1.0, 1.0, 1.0], np.ascontiguousarray(right.faces[:, ::-1]))
    return Gemstone(solid.unite([right, left]), outline, crown, depth, smooth=False, sharp=True)


HEART_STATIONS = (0.0, 0.13, 0.26, 0.38, 0.50, 0.61, 0.72, 0.86, 1.0)
"""Mains and halves along a heart's half, from its point to its cleft, as shares of the girdle."""

HEART_CULET = 0.14
"""Height of a heart's culet over its middle, in half lengths: where it is widest."""


def _step(outline: Floats, length: float, width: float, flights: Flights) -> Gemstone:
    """Emerald cut and its kin: three steps on the crown and three on the pavilion along every side of the outline."""
    planes, crown = facets.steps(outline, width, flights)
    mesh = solid.cut(outline, length, planes)
    return Gemstone(mesh, outline, crown, -float(mesh.vertices[:, 2].min()), smooth=False)


def _rose(outline: Floats, length: float, width: float) -> Gemstone:
    """24 triangles on a flat back, a third as high as wide."""
    base, height = 0.04 * width, 0.33 * width
    mesh = solid.cut(outline, length, facets.rose(width / 2, length / 2, base, height))
    return Gemstone(mesh, outline, height, base, smooth=False)


def _princess(outline: Floats, length: float, width: float) -> Gemstone:
    """Princess: a low two-step crown, and under each side a girdle facet and two pairs of chevrons to the culet."""
    half_width, half_length = width / 2, length / 2
    half_girdle, crown = 2 * GIRDLE * half_width, 2 * GIRDLE * half_width + 0.115 * width
    depth = half_girdle + np.tan(np.radians(46.0)) * half_width
    planes: list[Plane] = [(np.array([0, 0, 1.0]), crown)]
    for quarter in range(4):
        reach = half_width if quarter % 2 == 0 else half_length
        side, along = _quarter(quarter)
        planes += facets.flight(side, reach, half_girdle, 0.055 * width, (39.0, 26.0))
        planes += facets.chevrons(side, along, reach, half_girdle, depth)
    for x in (-1, 1):
        for y in (-1, 1):
            # Small kites on the crown keep the corners from chipping.
            normal = unit(np.array([x, y, 1.35]))
            corner = np.array([x * half_width, y * half_length, half_girdle])
            planes.append((normal, float(normal @ corner) * 0.985))
    mesh = solid.cut(outline, length, planes)
    return Gemstone(mesh, outline, crown, -float(mesh.vertices[:, 2].min()), smooth=False)


def _radiant(outline: Floats, length: float, width: float) -> Gemstone:
    """Radiant: two rows along the eight sides above; below, chevrons under the four sides and a main to each corner."""
    half_width, half_length = width / 2, length / 2
    half_girdle, rise = GIRDLE * half_width, 0.07 * width
    depth = half_girdle + np.tan(np.radians(45.0)) * half_width
    planes: list[Plane] = [(np.array([0, 0, 1.0]), half_girdle + 2 * rise)]
    for quarter in range(4):
        reach = half_width if quarter % 2 == 0 else half_length
        side, along = _quarter(quarter)
        planes += facets.flight(side, reach, half_girdle, rise, (43.0, 30.0))
        planes += facets.chevrons(side, along, reach, half_girdle, depth)
    culet = np.array([0, 0, -depth])
    edges = np.roll(outline, -1, 0) - outline
    for corner, edge in zip(outline, edges, strict=True):
        if edge[0] and edge[1]:  # cut corners run askew
            side = unit(np.array([edge[1], -edge[0], 0.0]))
            planes += facets.flight(side, float(side[:2] @ corner), half_girdle, rise, (43.0, 30.0))
            low = facets.lift(corner, -half_girdle)
            planes.append(facets.through(culet, low, low + np.array([*edge, 0.0])))
    mesh = solid.cut(outline, length, planes)
    return Gemstone(mesh, outline, half_girdle + 2 * rise, -float(mesh.vertices[:, 2].min()), smooth=False)


def _quarter(number: int) -> tuple[Floats, Floats]:
    """Direction of one of a rectangle's four sides, and the direction along it."""
    angle = number * np.pi / 2
    return (
        np.array([np.cos(angle), np.sin(angle), 0]),
        np.array([-np.sin(angle), np.cos(angle), 0]),
    )
