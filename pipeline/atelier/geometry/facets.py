"""Facets as planes: how brilliants, steps and roses are laid out over a girdle, before a stone is ground to them."""

from dataclasses import dataclass

import numpy as np

from pipeline.atelier.geometry.mesh import Floats, outline_normals, unit
from pipeline.atelier.geometry.solid import Plane

GIRDLE = 0.03
"""Half the girdle's thickness over half the stone's width."""


@dataclass(frozen=True)
class Habit:
    """Proportions of a brilliant: shares of the width, angles in degrees."""

    table: float = 0.56
    crown: float = 34.5
    pavilion: float = 40.75
    star: float = 0.50
    lower: float = 0.78
    culet: float = 0.0


MODERN = Habit()
OLD = Habit(table=0.47, crown=40.0, pavilion=41.0, star=0.50, lower=0.52, culet=0.09)
"""GIA grades a round as an old European with a table to 53 %, a crown from 40 degrees, lower halves to 60 % and a
culet from medium up ("Cut grading old cuts", Gems & Gemology); old mine cuts share the habit on a cushion."""


def brilliant(
    points: Floats,
    along: Floats,
    centre: Floats,
    reach: float,
    half_width: float,
    habit: Habit,
    *,
    closed: bool,
) -> tuple[list[Plane], float, float]:
    """Facets over girdle stations ``points`` (n, 2): mains at even places, halves between; and crown, depth (mm).

    ``along`` (n, 3) are the girdle's tangents there, ``reach`` the distance from the middle at which the pavilion
    mains have the habit's angle. An open run of stations (a heart's half) begins and ends with a main.
    """
    half_girdle = GIRDLE * half_width
    crown = half_girdle + (1 - habit.table) * np.tan(np.radians(habit.crown)) * half_width
    depth = half_girdle + np.tan(np.radians(habit.pavilion)) * reach
    planes: list[Plane] = [(np.array([0, 0, 1.0]), crown)]
    tables = [np.array([*(centre + habit.table * (p - centre)), crown]) for p in points[::2]]
    culet = np.array([*centre, -depth])
    tops = [
        through(t, lift(p, half_girdle), lift(p, half_girdle) + d)
        for t, p, d in zip(tables, points[::2], along[::2], strict=True)
    ]
    lows = [
        through(culet, lift(p, -half_girdle), lift(p, -half_girdle) + d)
        for p, d in zip(points[::2], along[::2], strict=True)
    ]
    planes += tops + lows
    mains = len(tops)
    for k in range(mains if closed else mains - 1):
        after, here, mid, there = (
            (k + 1) % mains,
            points[2 * k],
            points[2 * k + 1],
            points[(2 * k + 2) % len(points)],
        )
        star = _meet(tops[k], tops[after], tables[k], tables[after], lift(mid, half_girdle), habit.star)
        planes.append(through(tables[k], tables[after], star))
        low = _meet(lows[k], lows[after], culet, culet, lift(mid, -half_girdle), 1 - habit.lower)
        for end in (here, there):
            planes.append(through(star, lift(mid, half_girdle), lift(end, half_girdle)))
            planes.append(through(low, lift(mid, -half_girdle), lift(end, -half_girdle)))
    if habit.culet:
        # Mains through a point that is ground away to a small facet.
        depth = half_girdle + (depth - half_girdle) * (1 - habit.culet)
        planes.append((np.array([0, 0, -1.0]), depth))
    return planes, crown, depth


def stations(outline: Floats, count: int = 16) -> tuple[Floats, Floats]:
    """Evenly spread girdle points (count, 2), mains at even places, with their tangents (count, 3)."""
    index = (np.arange(count) * len(outline) // count) % len(outline)
    normal = outline_normals(outline)[index]
    return outline[index], np.column_stack([-normal[:, 1], normal[:, 0], np.zeros(count)])


@dataclass(frozen=True)
class Flights:
    """Three rows of facets above and three below: heights over the width, and the rows' angles in degrees."""

    crown: float = 0.15
    pavilion: float = 0.44
    above: tuple[float, ...] = (47.0, 40.0, 32.0)
    below: tuple[float, ...] = (52.0, 43.0, 36.0)
    """The middle break near the brilliant's angle keeps the light in."""
    concentric: bool = False
    """Rows are the girdle made smaller, so that all sides meet in the culet: the lines of an Asscher."""


EMERALD = Flights()
ASSCHER = Flights(
    crown=0.17, pavilion=0.50, above=(48.0, 41.0, 33.0), below=(54.0, 45.0, 38.5), concentric=True
)
"""Small table, high crown and deep pavilion, as Joseph Asscher's cut of 1902 has them."""


def steps(outline: Floats, width: float, flights: Flights) -> tuple[list[Plane], float]:
    """Rows of facets along every side of a straight-sided outline (n, 2), and the table's height in mm."""
    half_girdle = GIRDLE * width / 2
    crown_step, pavilion_step = flights.crown * width / 3, flights.pavilion * width / 3
    planes: list[Plane] = [(np.array([0, 0, 1.0]), half_girdle + 3 * crown_step)]
    edges = np.roll(outline, -1, 0) - outline
    sides = [unit(np.array([edge[1], -edge[0], 0.0])) for edge in edges]
    reaches = [float(side[:2] @ corner) for side, corner in zip(sides, outline, strict=True)]
    for side, reach in zip(sides, reaches, strict=True):
        above, below = flights.above, flights.below
        if flights.concentric:
            above, below = (_flatter(angles, min(reaches) / reach) for angles in (above, below))
        planes += flight(side, reach, half_girdle, crown_step, above)
        planes += flight(side, reach, -half_girdle, -pavilion_step, below)
    return planes, half_girdle + 3 * crown_step


def flight(side: Floats, reach: float, start: float, rise: float, angles: tuple[float, ...]) -> list[Plane]:
    """Rows of one side, each ``rise`` mm high (negative: downward), the first from ``reach`` mm off the middle."""
    planes, height, distance = [], start, reach
    for degrees in angles:
        angle = np.radians(degrees)
        normal = side * np.sin(angle) + np.array([0, 0, np.sign(rise) * np.cos(angle)])
        planes.append((normal, float(normal @ (side * distance + [0, 0, height]))))
        height += rise
        distance -= abs(rise) / np.tan(angle)
    return planes


def chevrons(side: Floats, along: Floats, reach: float, half_girdle: float, depth: float) -> list[Plane]:
    """A princess' pavilion under one side: a girdle facet and two pairs of facets that meet on its middle line."""
    # Down the middle of the side: how far out and how deep each facet starts, and how far the pair is turned.
    breaks = [(1.0, 0.0, 0.0), (0.70, 0.42, 13.0), (0.40, 0.71, 27.0), (0.0, 1.0, 0.0)]
    middle = [
        side * reach * out - [0, 0, half_girdle + down * (depth - half_girdle)] for out, down, _ in breaks
    ]
    planes = []
    for k in range(3):
        for hand in (-1.0, 1.0):
            sideways = along * hand - side * np.tan(np.radians(breaks[k][2]))
            planes.append(through(middle[k], middle[k + 1], middle[k] + sideways))
    return planes


def rose(half_width: float, half_length: float, base: float, height: float) -> list[Plane]:
    """Full Dutch rose: a star of six over a crown of eighteen triangles on a flat base ``base`` mm under the girdle.

    The star's corners lie at 0.55 of the radius and 0.70 of the ``height`` over the girdle (H. Tillander, "Diamond
    Cuts in Historic Jewellery", has the star at half to three fifths of the width).
    """

    def ring(share: float, level: float, count: int, turn: float) -> list[Floats]:
        angle = turn + np.arange(count) / count * 2 * np.pi
        return [
            np.array([share * half_width * np.cos(a), share * half_length * np.sin(a), level]) for a in angle
        ]

    star, rim = ring(0.55, 0.70 * height, 6, 0.0), ring(1.0, 0.0, 12, 0.0)
    tip = np.array([0, 0, height])
    planes: list[Plane] = [(np.array([0, 0, -1.0]), base)]
    for k in range(6):
        here, after, low = star[k], star[(k + 1) % 6], rim[2 * k]
        planes += [through(tip, here, after), through(here, after, rim[2 * k + 1])]
        planes += [through(here, low, rim[2 * k + 1]), through(here, low, rim[2 * k - 1])]
    return planes


def lift(point: Floats, height: float) -> Floats:
    """A girdle point (2,) at a height."""
    return np.array([point[0], point[1], height])


def through(a: Floats, b: Floats, c: Floats) -> Plane:
    """The plane through three points, facing away from the stone's middle."""
    normal = unit(np.cross(b - a, c - a))
    offset = float(normal @ a)
    return (normal, offset) if offset >= 0 else (-normal, -offset)


def _flatter(angles: tuple[float, ...], share: float) -> tuple[float, ...]:
    return tuple(float(np.degrees(np.arctan(share * np.tan(np.radians(angle))))) for angle in angles)


def _meet(one: Plane, two: Plane, start: Floats, other: Floats, end: Floats, share: float) -> Floats:
    """Where two mains meet, at ``share`` of the way from (start + other) / 2 toward ``end`` seen from above."""
    flat = ((start + other) / 2)[:2] * (1 - share) + end[:2] * share
    heights = [(offset - normal[:2] @ flat) / normal[2] for normal, offset in (one, two)]
    return np.array([*flat, float(np.mean(heights))])
