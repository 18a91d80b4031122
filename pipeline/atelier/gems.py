"""Gem cuts in their true facet geometry, table up, girdle around z = 0, and what a stone weighs.

Brilliants are ground from the outline by planes through the points where facets meet. Proportions follow
GIA's "Excellent" range: table 56 %, crown 34.5 degrees, pavilion 40.75 degrees, star 50 %, lower halves 78 %.
A pavilion angle is never the result of squeezing: that leaks the light through the back.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.atelier import solid
from pipeline.atelier.mesh import Floats, Mesh, ball, circle, outline_normals, pillow, unit
from pipeline.atelier.solid import Plane
from pipeline.atelier.spec import Cut, Gem, Stone

TABLE, CROWN, PAVILION, STAR, LOWER, GIRDLE = 0.56, 34.5, 40.75, 0.50, 0.78, 0.03

DENSITY: dict[Gem, float] = {
    "diamond": 3.52, "ruby": 4.00, "sapphire": 4.00, "emerald": 2.72, "amethyst": 2.65, "aquamarine": 2.72,
    "topaz": 3.53, "morganite": 2.80, "citrine": 2.65, "garnet": 3.90, "peridot": 3.34, "onyx": 2.60,
    "opal": 2.15, "pearl": 2.72, "turquoise": 2.76,
}  # fmt: skip
"""Specific gravity, g/cm3, the usual value of the Gemological Institute of America's gem encyclopedia."""


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


def facet(cut: Cut, length_mm: float, width_mm: float, *, sides: int = 128) -> Gemstone:
    """Cut a stone of the given girdle size; the length lies along y."""
    if cut == "pearl":
        return _pearl(length_mm, sides)
    outline = girdle(cut, length_mm, width_mm, sides=sides)
    if cut == "cabochon":
        return _cabochon(outline, width_mm)
    if cut == "emerald":
        return _step(outline, length_mm, width_mm)
    if cut == "princess":
        return _princess(outline, length_mm, width_mm)
    return _brilliant(cut, outline, length_mm, width_mm)


def cut_stone(stone: Stone) -> Gemstone:
    """The spec's stone, cut."""
    return facet(stone.cut, stone.length_mm, stone.width_mm)


def girdle(cut: Cut, length_mm: float, width_mm: float, *, sides: int = 128) -> Floats:
    """Girdle outline (n, 2), counter-clockwise from +x; the length lies along y."""
    half_width, half_length = width_mm / 2, length_mm / 2
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    x, y = np.cos(angle), np.sin(angle)
    if cut in ("princess", "emerald"):
        corner = (0.16 if cut == "emerald" else 0.035) * width_mm
        a, b = half_width, half_length
        turns = [(a, b - corner), (a - corner, b), (corner - a, b), (-a, b - corner)]
        return np.array([(a, corner - b), *turns, (-a, corner - b), (corner - a, -b), (a - corner, -b)])
    if cut == "cushion":
        power = 2 / 3.2
        x, y = np.sign(x) * np.abs(x) ** power, np.sign(y) * np.abs(y) ** power
    elif cut == "marquise":
        x = np.sign(x) * _arc_width(y, half_length / half_width)
    elif cut == "pear":
        return _pear_outline(half_width, half_length, sides)
    return np.stack([half_width * x, half_length * y], 1)


def carats(gem: Gem, cut: Cut, length_mm: float, width_mm: float) -> float:
    """Weight in carats (0.2 g) from the size, by the trade's estimation formulas.

    length x width x depth x shape factor (GIA, "Estimating diamond weights": round 0.0061, oval 0.0062, princess
    0.0083, emerald and cushion about 0.0082, pear 0.0059, marquise 0.0058), scaled from diamond by specific
    gravity. Pearls and cabochons weigh their volume.
    """
    if cut == "pearl":
        return float(np.pi / 6 * length_mm**3 * DENSITY[gem] / 200)
    depth = width_mm * DEPTH_RATIO[cut]
    if cut == "cabochon":
        return float(np.pi / 6 * length_mm * width_mm * depth * DENSITY[gem] / 200)
    return length_mm * width_mm * depth * SHAPE_FACTOR[cut] * DENSITY[gem] / DENSITY["diamond"]


def size_for(gem: Gem, cut: Cut, weight_ct: float, ratio: float) -> float:
    """Length in mm of a stone of the given weight: the inverse of ``carats``."""
    return float((weight_ct / carats(gem, cut, 1.0, 1.0 / ratio)) ** (1 / 3))


SHAPE_FACTOR: dict[str, float] = {
    "round": 0.0061, "oval": 0.0062, "princess": 0.0083, "emerald": 0.0082, "cushion": 0.0082, "pear": 0.0059,
    "marquise": 0.0058,
}  # fmt: skip
DEPTH_RATIO: dict[str, float] = {
    "round": 0.605, "oval": 0.62, "princess": 0.72, "emerald": 0.65, "cushion": 0.64, "pear": 0.62,
    "marquise": 0.62, "cabochon": 0.5,
}  # fmt: skip
"""Usual total depth over width, for weight estimates."""


def _pearl(diameter: float, sides: int) -> Gemstone:
    radius = diameter / 2
    return Gemstone(ball(radius, around=sides), circle(radius, sides), radius, radius, smooth=True)


def _cabochon(outline: Floats, width: float) -> Gemstone:
    rise, base = 0.42 * width, 0.08 * width
    angle = np.linspace(0, np.pi / 2, 25)[:-1]
    dome = [(np.cos(a), 0.0, rise * np.sin(a)) for a in angle] + [(0.02, 0.0, rise)]
    mesh = pillow(outline, [(0.93, 0.0, -base), (0.985, 0.0, -0.7 * base), *dome])
    return Gemstone(mesh, outline, rise, base, smooth=True)


def _arc_width(y: Floats, ratio: float) -> Floats:
    """Half width, in units of the greatest one, of a marquise: two circular arcs that meet at the points."""
    radius = (1 + ratio**2) / 2
    return np.asarray(np.sqrt(np.maximum(radius**2 - (y * ratio) ** 2, 0)) - (radius - 1))


def _pear_outline(half_width: float, half_length: float, sides: int) -> Floats:
    """Half an ellipse for the head (-y) and two arcs for the tail, meeting in the point at +y."""
    head = half_width * 1.02
    tail = 2 * half_length - head
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    x, y = np.cos(angle), np.sin(angle)
    upper = y > 0
    width = np.where(upper, np.sign(x) * _arc_width(np.where(upper, y, 0.0), tail / half_width), x)
    # The stone's middle is the origin; its widest place, and the culet, lie nearer the head.
    return np.stack([half_width * width, np.where(upper, tail * y, head * y) - (tail - head) / 2], 1)


def _brilliant(cut: Cut, outline: Floats, length: float, width: float) -> Gemstone:
    """57 facets over any smooth outline: table, 8 mains and 8 stars and 16 halves above, 8 and 16 below."""
    half_width, half_length = width / 2, length / 2
    culet_y = -(half_length - 1.02 * half_width) if cut == "pear" else 0.0
    centre = np.array([0.0, culet_y])
    reach = np.sqrt(half_width * half_length) if cut != "pear" else half_width * 1.12
    half_girdle = GIRDLE * half_width
    crown = half_girdle + (1 - TABLE) * np.tan(np.radians(CROWN)) * half_width
    depth = half_girdle + np.tan(np.radians(PAVILION)) * reach
    points, along = _stations(outline)
    planes: list[Plane] = [(np.array([0, 0, 1.0]), crown)]
    tables = [np.array([*(centre + TABLE * (p - centre)), crown]) for p in points[::2]]
    culet = np.array([*centre, -depth])
    tops = [
        _through(t, _lift(p, half_girdle), _lift(p, half_girdle) + d)
        for t, p, d in zip(tables, points[::2], along[::2], strict=True)
    ]
    lows = [
        _through(culet, _lift(p, -half_girdle), _lift(p, -half_girdle) + d)
        for p, d in zip(points[::2], along[::2], strict=True)
    ]
    planes += tops + lows
    for k in range(8):
        after, here, mid, there = (k + 1) % 8, points[2 * k], points[2 * k + 1], points[(2 * k + 2) % 16]
        star = _meet(tops[k], tops[after], tables[k], tables[after], _lift(mid, half_girdle), STAR)
        planes.append(_through(tables[k], tables[after], star))
        low = _meet(lows[k], lows[after], culet, culet, _lift(mid, -half_girdle), 1 - LOWER)
        for end in (here, there):
            planes.append(_through(star, _lift(mid, half_girdle), _lift(end, half_girdle)))
            planes.append(_through(low, _lift(mid, -half_girdle), _lift(end, -half_girdle)))
    mesh = solid.cut(outline, length, planes)
    return Gemstone(mesh, outline, crown, depth, smooth=False)


def _stations(outline: Floats) -> tuple[Floats, Floats]:
    """16 girdle points, mains at even places and halves between, with their tangents (16, 3)."""
    index = (np.arange(16) * len(outline) // 16) % len(outline)
    normal = outline_normals(outline)[index]
    return outline[index], np.column_stack([-normal[:, 1], normal[:, 0], np.zeros(16)])


def _lift(point: Floats, height: float) -> Floats:
    return np.array([point[0], point[1], height])


def _through(a: Floats, b: Floats, c: Floats) -> Plane:
    """The plane through three points, facing away from the stone's middle."""
    normal = unit(np.cross(b - a, c - a))
    offset = float(normal @ a)
    return (normal, offset) if offset >= 0 else (-normal, -offset)


def _meet(one: Plane, two: Plane, start: Floats, other: Floats, end: Floats, share: float) -> Floats:
    """Where two mains meet, at ``share`` of the way from (start + other) / 2 toward ``end`` seen from above."""
    flat = ((start + other) / 2)[:2] * (1 - share) + end[:2] * share
    heights = [(offset - normal[:2] @ flat) / normal[2] for normal, offset in (one, two)]
    return np.array([*flat, float(np.mean(heights))])


def _step(outline: Floats, length: float, width: float) -> Gemstone:
    """Emerald cut: three steps on the crown and three on the pavilion along the eight sides of the outline."""
    half_girdle = GIRDLE * width / 2
    crown_step, pavilion_step = 0.15 * width / 3, 0.44 * width / 3
    planes: list[Plane] = [(np.array([0, 0, 1.0]), half_girdle + 3 * crown_step)]
    edges = np.roll(outline, -1, 0) - outline
    for corner, edge in zip(outline, edges, strict=True):
        side = unit(np.array([edge[1], -edge[0], 0.0]))
        planes += _flight(side, float(side[:2] @ corner), half_girdle, crown_step, (47.0, 40.0, 32.0))
        # 52, 43 and 36 degrees: the middle break near the brilliant's angle keeps the light in.
        planes += _flight(side, float(side[:2] @ corner), -half_girdle, -pavilion_step, (52.0, 43.0, 36.0))
    mesh = solid.cut(outline, length, planes)
    return Gemstone(
        mesh, outline, half_girdle + 3 * crown_step, -float(mesh.vertices[:, 2].min()), smooth=False
    )


def _flight(side: Floats, reach: float, start: float, rise: float, angles: tuple[float, ...]) -> list[Plane]:
    planes, height, distance = [], start, reach
    for degrees in angles:
        angle = np.radians(degrees)
        normal = side * np.sin(angle) + np.array([0, 0, np.sign(rise) * np.cos(angle)])
        planes.append((normal, float(normal @ (side * distance + [0, 0, height]))))
        height += rise
        distance -= abs(rise) / np.tan(angle)
    return planes


def _princess(outline: Floats, length: float, width: float) -> Gemstone:
    """Princess: a low two-step crown, and under each side a girdle facet and two pairs of chevrons to the culet."""
    half_width, half_length = width / 2, length / 2
    half_girdle, crown = 2 * GIRDLE * half_width, 2 * GIRDLE * half_width + 0.115 * width
    depth = half_girdle + np.tan(np.radians(46.0)) * half_width
    planes: list[Plane] = [(np.array([0, 0, 1.0]), crown)]
    for quarter in range(4):
        reach = half_width if quarter % 2 == 0 else half_length
        angle = quarter * np.pi / 2
        side, along = (
            np.array([np.cos(angle), np.sin(angle), 0]),
            np.array([-np.sin(angle), np.cos(angle), 0]),
        )
        planes += _flight(side, reach, half_girdle, 0.055 * width, (39.0, 26.0))
        # Down the middle of the side: how far out and how deep each facet starts, and how far the pair is turned.
        breaks = [(1.0, 0.0, 0.0), (0.70, 0.42, 13.0), (0.40, 0.71, 27.0), (0.0, 1.0, 0.0)]
        middle = [
            side * reach * out - [0, 0, half_girdle + down * (depth - half_girdle)] for out, down, _ in breaks
        ]
        for k in range(3):
            for hand in (-1.0, 1.0):
                sideways = along * hand - side * np.tan(np.radians(breaks[k][2]))
                planes.append(_through(middle[k], middle[k + 1], middle[k] + sideways))
    for x in (-1, 1):
        for y in (-1, 1):
            # Small kites on the crown keep the corners from chipping.
            normal = unit(np.array([x, y, 1.35]))
            corner = np.array([x * half_width, y * half_length, half_girdle])
            planes.append((normal, float(normal @ corner) * 0.985))
    mesh = solid.cut(outline, length, planes)
    return Gemstone(mesh, outline, crown, -float(mesh.vertices[:, 2].min()), smooth=False)
