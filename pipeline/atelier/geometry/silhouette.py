"""Flat shapes drawn in the plane: discs, smooth outlines and strokes put together, and outlines read from SVG paths.

A shape is a ``manifold3d.CrossSection``: ``+`` joins, ``-`` cuts out, ``^`` keeps what two share. Drawings have y up.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.atelier.geometry.mesh import Floats, circle, spline
from pipeline.errors import BadInput

Shape = Any
"""A ``manifold3d.CrossSection``, which has no types."""

LONGEST_PATH = 20_000
"""Characters of an SVG path that are read."""
MOST_POINTS = 4000
"""Corners of an outline, its curves cut into chords: one with more would take long to untangle."""
MOST_CROSSINGS = 1000
"""Pairs of edges that may cross or coincide: a scribble of thousands falls into more parts than memory holds."""
MOST_ISLANDS = 200
"""Parts of an outline that lie apart: each is joined to its nearest, which takes time in the square of their number."""
MOST_STRETCHED = 20.0
"""Longer side of an outline over its shorter one: a longer strip is no ornament of any piece."""
FINEST = 0.004
"""Parts of a path smaller than this share of its height are dust."""


def shape(polygons: Sequence[Floats]) -> Shape:
    """The union of closed polygons, whichever way they run and wherever they cross themselves."""
    import manifold3d

    return manifold3d.CrossSection([np.asarray(one, float) for one in polygons], manifold3d.FillRule.NonZero)


def polygons(drawn: Shape) -> list[Floats]:
    """Outlines of a shape, outer ones counter-clockwise, holes clockwise."""
    return [np.asarray(one, float) for one in drawn.to_polygons()]


def signed_area(outline: Floats) -> float:
    """Area of a polygon (n, 2), negative where it runs clockwise, as holes do."""
    x, y = outline.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


def disc(x: float, y: float, r: float) -> Shape:
    """A disc."""
    return shape([circle(r, 96) + np.array([x, y])])


def oval(x: float, y: float, wide: float, tall: float, turn: float = 0.0) -> Shape:
    """An ellipse of half axes ``wide`` and ``tall``, turned by degrees."""
    return shape([circle(1.0, 96) * [wide, tall]]).rotate(turn).translate((x, y))


def ring(x: float, y: float, outer: float, inner: float) -> Shape:
    """A flat ring."""
    return disc(x, y, outer) - disc(x, y, inner)


def poly(points: str) -> Shape:
    """A polygon from "x,y x,y"."""
    return shape([at(points)])


def blob(points: str) -> Shape:
    """A closed smooth outline through "x,y x,y"; a point written twice is a corner."""
    return shape([_through(at(points))])


def petal(length: float, width: float, *, tip: float = 1.0) -> Shape:
    """A leaf from the origin up to (0, length), pointed at both ends; a ``tip`` below 1 is rounder."""
    t = np.linspace(0, np.pi, 60)
    side = np.column_stack([width / 2 * np.sin(t) ** tip, length * (1 - np.cos(t)) / 2])
    return shape([np.vstack([side, side[-2:0:-1] * [-1, 1]])])


def stroke(points: str | Floats, width: float, *, closed: bool = False, bent: bool = True) -> Shape:
    """A line of even width with round ends through "x,y x,y", bent smoothly or straight from point to point."""
    line = at(points) if isinstance(points, str) else points
    if bent and len(line) > 2:
        line = _through(line) if closed else spline(line, 14 * len(line))
    if closed:
        line = np.vstack([line, line[:1]])
    drawn = [disc(line[0, 0], line[0, 1], width / 2)]
    for start, end in pairwise(line):
        along = end - start
        across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9) * width / 2
        drawn.append(shape([np.array([start - across, end - across, end + across, start + across])]))
        drawn.append(shape([circle(width / 2, 24) + end]))
    return together(drawn)


def fan(count: int, one: Shape, *, turn: float = 0.0) -> Shape:
    """``count`` copies of a shape around the origin."""
    copies = [one.rotate(turn + 360 * k / count) for k in range(count)]
    return together(copies)


def both(half: Shape) -> Shape:
    """A shape and its mirror image in the y axis."""
    return half + half.mirror((1.0, 0.0))


def together(shapes: Iterable[Shape]) -> Shape:
    """The union of shapes."""
    import manifold3d

    return manifold3d.CrossSection.batch_boolean(list(shapes), manifold3d.OpType.Add)


def inset(drawn: Shape, distance: float) -> Shape:
    """The shape grown by ``distance``, or shrunk where it is negative, with round corners."""
    import manifold3d

    return drawn.offset(distance, manifold3d.JoinType.Round, 2.0, 24)


def framed(drawn: Shape, width: float) -> Shape:
    """Only the rim of a shape."""
    return drawn - inset(drawn, -width)


def at(points: str) -> Floats:
    """Points (n, 2) of "x,y x,y"."""
    return np.array([[float(value) for value in pair.split(",")] for pair in points.split()])


def _through(points: Floats) -> Floats:
    """A closed Catmull-Rom curve (n, 2) through points; one that stands twice is a corner."""
    bends, count = [], len(points)
    t = np.linspace(0, 1, 10, endpoint=False)[:, None]
    for k in range(count):
        a, b, c, d = (points[(k + step) % count] for step in (-1, 0, 1, 2))
        if np.array_equal(b, c):
            continue
        start, end = (c - a) / 2, (d - b) / 2
        # At a corner the curve leaves straight.
        start = c - b if np.array_equal(a, b) else start
        end = c - b if np.array_equal(c, d) else end
        h = 2 * t**3 - 3 * t**2
        bends.append((h + 1) * b + (t**3 - 2 * t**2 + t) * start - h * c + (t**3 - t**2) * end)
    return np.vstack(bends)


def of_path(data: str) -> Shape:
    """A shape from the ``d`` of an SVG path, y turned up, holes by the even-odd rule.

    Raises BadInput where it is no path, runs nowhere, or holds nothing.
    """
    import manifold3d

    lines = _read_lines(data)
    if sum(map(len, lines)) > MOST_POINTS:
        raise BadInput("This outline has too many points; simplify it in your drawing program.")
    if not lines or not all(np.isfinite(line).all() and np.abs(line).max() < 1e7 for line in lines):
        raise BadInput("This outline encloses nothing; draw a closed shape.")
    if _crossings(lines) > MOST_CROSSINGS:
        raise BadInput("This outline crosses itself too often; unite its shapes in your drawing program.")
    drawn = manifold3d.CrossSection([line * [1.0, -1.0] for line in lines], manifold3d.FillRule.EvenOdd)
    low_x, low_y, high_x, high_y = drawn.bounds()
    size = max(high_x - low_x, high_y - low_y)
    if drawn.is_empty() or size <= 0 or drawn.area() < 1e-3 * size**2:
        raise BadInput("This outline encloses nothing; draw a closed shape.")
    islands = [part for part in drawn.decompose() if part.area() > (FINEST * size) ** 2]
    if not 0 < len(islands) <= MOST_ISLANDS:
        raise BadInput(f"This outline has {len(islands):,} parts; draw 1 to {MOST_ISLANDS} that are no dust.")
    outline = together(islands)
    low_x, low_y, high_x, high_y = outline.bounds()
    if not 1 / MOST_STRETCHED <= (high_x - low_x) / (high_y - low_y) <= MOST_STRETCHED:
        raise BadInput(f"This outline is a strip; draw one at most {MOST_STRETCHED:g} times as long as wide.")
    return outline


def _crossings(lines: Sequence[Floats]) -> int:
    """How many pairs of edges of closed polylines (n, 2) cross or lie on one another, or a number above the most."""
    starts = np.vstack(lines)
    along = np.vstack([np.roll(line, -1, 0) for line in lines]) - starts
    near = 1e-6 * float(np.ptp(starts, axis=0).max())
    count = 0
    for first in range(0, len(starts), 256):
        a, ab = starts[first : first + 256, None], along[first : first + 256, None]
        head, tail = starts - a, starts + along - a
        sides = _turn(ab, head), _turn(ab, tail)
        crossing = (sides[0] * sides[1] < 0) & (_turn(along, -head) * _turn(along, ab - head) < 0)
        length = np.hypot(ab[..., 0], ab[..., 1])
        ends = (head * ab).sum(-1), (tail * ab).sum(-1)
        shared = np.minimum(np.maximum(*ends), length**2) - np.maximum(np.minimum(*ends), 0)
        lying = (np.maximum(*np.abs(sides)) <= near * length) & (shared > near * length)
        later = np.arange(len(starts)) > first + np.arange(len(a))[:, None]
        count += int(((crossing | lying) & later).sum())
        if count > MOST_CROSSINGS:
            break
    return count


def _turn(one: Floats, other: Floats) -> Floats:
    """The cross product of plane vectors (..., 2)."""
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


def _read_lines(data: str) -> list[Floats]:
    """Closed polylines (n, 2) of a path's text. Raises BadInput where it is none, or too long."""
    from fontTools.pens.recordingPen import RecordingPen
    from fontTools.svgLib.path import parse_path

    if len(data) > LONGEST_PATH:
        raise BadInput(
            f"An outline of {len(data):,} characters is too long; simplify it to {LONGEST_PATH:,}."
        )
    pen = RecordingPen()
    try:
        parse_path(data, pen)
    except (ValueError, IndexError, TypeError, AssertionError, NotImplementedError, OverflowError) as error:
        raise BadInput(
            "This is no outline: give the d of an SVG path, such as “M0 0 L10 0 L5 8 Z”."
        ) from error
    return [line for line in _flattened(pen.value) if len(line) > 2]


def _flattened(moves: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Floats]:
    """Closed polylines of a pen's recording, curves cut into chords."""
    lines: list[list[Floats]] = []
    t = np.linspace(0, 1, 13)[1:, None]
    for move, points in moves:
        corners = [np.array(point, float) for point in points]
        if move == "moveTo":
            lines.append([corners[0]])
        elif move == "lineTo":
            lines[-1].append(corners[0])
        elif move == "curveTo":
            a, (b, c, d) = lines[-1][-1], corners
            lines[-1] += [*((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)]
        elif move == "qCurveTo":
            a, (b, c) = lines[-1][-1], corners[-2:]
            lines[-1] += [*((1 - t) ** 2 * a + 2 * (1 - t) * t * b + t**2 * c)]
    return [np.vstack(line) for line in lines if line]


def tied(drawn: Shape, width: float) -> Shape:
    """The shape in one piece: islands are joined to their nearest neighbour by bars of this width."""
    islands = drawn.decompose()
    while len(islands) > 1:
        rims = [np.vstack(polygons(island)) for island in islands]
        first = min(range(len(islands)), key=lambda k: islands[k].area())
        start, end = min(
            (_nearest(rims[first], rim) for k, rim in enumerate(rims) if k != first),
            key=lambda pair: float(np.hypot(*(pair[1] - pair[0]))),
        )
        along = end - start
        reach = width / 2 * along / max(float(np.hypot(*along)), 1e-9)
        drawn = drawn + stroke(np.array([start - reach, end + reach]), width, bent=False)
        before, islands = len(islands), drawn.decompose()
        if len(islands) >= before:
            # A speck no bar can reach.
            return max(islands, key=lambda island: island.area())
    return drawn


def _nearest(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    from scipy.spatial import KDTree

    away, index = KDTree(other).query(one)
    k = int(np.argmin(away))
    return one[k], other[index[k]]


def scaled(drawn: Shape, height: float) -> Shape:
    """The shape ``height`` mm tall, its box's middle at the origin."""
    low_x, low_y, high_x, high_y = drawn.bounds()
    size = height / (high_y - low_y)
    return drawn.translate((-(low_x + high_x) / 2, -(low_y + high_y) / 2)).scale((size, size))
