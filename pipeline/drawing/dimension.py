"""Dimension lines after ISO 129: where they stand around a view, and what they are drawn of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import lettering
from pipeline.drawing.page import Item, Line, Sides, Text

Point = tuple[float, float]

ROW = 8.5
"""Distance in mm between the piece and the first dimension line, and from each to the next."""

LINE = 0.18
_EM = 4.0
_ARROW = (2.6, 0.45)
_GAP = 1.0
_BEYOND = 1.6
_INK = 0.85
_FORESHORTENED = 0.03
_TOO_SMALL = 0.05
_NEAR_PX = 2.5
_LENGTHWISE = 0.85
"""Cosine between an edge and the extension line that continues it."""


@dataclass(frozen=True)
class Dimension:
    """A measure: its name, value in mm, the two points it spans in pixels of the view, and a note beside it."""

    name: str
    value_mm: float
    start: Point
    end: Point
    note: str = ""
    digits: int = 2

    @property
    def text(self) -> str:
        """What is written on the line; millimetres go without saying."""
        sign = "Ø " if "diameter" in self.name else ""
        return f"{sign}{self.value_mm:.{self.digits}f}" + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True)
class Placed:
    """A dimension as it will stand: level or upright, which side of the view, and in which row from it."""

    dimension: Dimension
    level: bool
    side: int
    """-1 left of or above the view, 1 right of or below it, 0 across an opening, in place."""
    row: int


def place(
    dimensions: Iterable[Dimension], pitch_mm: float, box: Sides, seen: NDArray[Any], edges: NDArray[Any]
) -> tuple[Placed, ...]:
    """Choose side and row of each dimension that the view shows in true length.

    `box` is the piece in pixels, `seen` its mask: a measure across an opening, as inside a ring, stands there.
    `edges` (n, 4) are short stretches of the visible edges, their middles and directions, in pixels.

    Foreshortened and repeated measures are left out, for on a drawing each measure stands once; so are those of edges
    that are hidden here, and those too small to be read, which belong on a larger view.
    """
    chosen: list[tuple[Dimension, bool, int]] = []
    said: set[tuple[bool, float]] = set()
    for dimension in sorted(dimensions, key=lambda d: d.value_mm):
        dx, dy = (abs(dimension.end[k] - dimension.start[k]) for k in (0, 1))
        level = dx >= dy
        along, across = (dx, dy) if level else (dy, dx)
        key = (level, round(dimension.value_mm, 1))
        if along < _TOO_SMALL * max(box.width, box.height):
            continue
        if not _true_length(dimension.value_mm, along * pitch_mm, across * pitch_mm) or key in said:
            continue
        said.add(key)
        side = _side(dimension, level=level, box=box, seen=seen)
        if side is None:
            continue
        reached = _reached(dimension, level=level, side=side, box=box, edges=edges) if side else dimension
        if reached is not None:
            chosen.append((reached, level, side))
    rows: dict[tuple[bool, int], int] = {}
    out: list[Placed] = []
    for dimension, level, side in chosen:
        row = rows.get((level, side), 0)
        rows[level, side] = row + 1
        out.append(Placed(dimension, level, side, row))
    return tuple(out)


def _true_length(value_mm: float, along_mm: float, across_mm: float) -> bool:
    """Whether a measure is seen in true length, straight along the sheet or down it."""
    foreshortened = abs(along_mm - value_mm) > _FORESHORTENED * value_mm + 0.02
    return not foreshortened and across_mm <= 0.02 * along_mm + 0.05


def _side(dimension: Dimension, *, level: bool, box: Sides, seen: NDArray[Any]) -> int | None:
    """The side of the view a measure stands on, 0 across an opening; None where it could be measured nowhere."""
    if _across_opening(dimension, box, seen):
        return 0
    if dimension.name.startswith("inner"):
        return None  # what is inside can be measured only where one looks into it
    x, y = ((dimension.start[k] + dimension.end[k]) / 2 for k in (0, 1))
    if level:
        return -1 if y < box.top + 0.4 * box.height else 1
    return 1 if x > box.left + 0.6 * box.width else -1


def _reached(
    dimension: Dimension, *, level: bool, side: int, box: Sides, edges: NDArray[Any]
) -> Dimension | None:
    """The measure taken from the outermost visible edge at each end; None where an end has no edge to be seen."""
    along, across = (0, 1) if level else (1, 0)
    ends: list[Point] = []
    for end in (dimension.start, dimension.end):
        close = np.abs(edges[:, along] - end[along]) < _NEAR_PX
        lengthwise = np.abs(edges[:, 2 + across]) > _LENGTHWISE
        levels = edges[close & lengthwise, across]
        outermost = min(abs(end[along] - box[along]), abs(end[along] - box[2 + along])) < _NEAR_PX
        if not len(levels) and not outermost:
            return None
        reach = end[across] if not len(levels) else float(levels.max() if side > 0 else levels.min())
        ends.append((end[0], reach) if level else (reach, end[1]))
    return replace(dimension, start=ends[0], end=ends[1])


def _across_opening(dimension: Dimension, box: Sides, seen: NDArray[Any]) -> bool:
    """Whether nothing lies between the ends, well inside the piece: there a measure is read best."""
    share = np.linspace(0.04, 0.96, 40)[:, None]
    points = np.asarray(dimension.start) * (1 - share) + np.asarray(dimension.end) * share
    corner, far = np.array(box[:2]), np.array(box[2:])
    inset = 0.1 * (far - corner)
    within = bool(((points[20] > corner + inset) & (points[20] < far - inset)).all())
    x, y = np.clip(points.T.astype(np.intp), 0, np.array(seen.shape[::-1])[:, None] - 1)
    return within and not seen[y, x].any()


def room(placed: Sequence[Placed]) -> Sides:
    """Room in mm that dimension lines take at the left, top, right and bottom of the view."""

    def rows(*, level: bool, side: int) -> float:
        count = sum(p.level == level and p.side == side for p in placed)
        return ROW * count + (4.0 if count else 0.0)

    return Sides(
        rows(level=False, side=-1),
        rows(level=True, side=-1),
        rows(level=False, side=1),
        rows(level=True, side=1),
    )


def draw(placed: Sequence[Placed], box: Sides, origin: Point, scale: float) -> tuple[Item, ...]:
    """Items for placed dimensions. `box` is the piece on the sheet in mm; pixels map to `origin` + pixel * `scale`."""
    left, top, right, bottom = box
    items: list[Item] = []
    for p in placed:
        away = ROW * (p.row + 1)
        start = tuple(origin[k] + p.dimension.start[k] * scale for k in (0, 1))
        end = tuple(origin[k] + p.dimension.end[k] * scale for k in (0, 1))
        if p.side == 0:
            along, across = (0, 1) if p.level else (1, 0)
            at = (start[across] + end[across]) / 2
            ends = ((start[along], at), (end[along], at))
            items += _line(p.dimension.text, *ends, at, level=p.level)
        elif p.level:
            at = top - away if p.side < 0 else bottom + away
            items += _line(p.dimension.text, (start[0], start[1]), (end[0], end[1]), at, level=True)
        else:
            at = left - away if p.side < 0 else right + away
            items += _line(p.dimension.text, (start[1], start[0]), (end[1], end[0]), at, level=False)
    return tuple(items)


def _line(text: str, start: Point, end: Point, at: float, *, level: bool) -> list[Item]:
    """One dimension line. Points are (along, across) the line, `at` is its place across."""

    def to_sheet(points: Sequence[Point]) -> np.ndarray:
        flat = np.asarray(points, float)
        return flat if level else flat[:, ::-1]

    (a, a_from), (b, b_from) = sorted((start, end))
    items: list[Item] = []
    for along, origin in ((a, a_from), (b, b_from)):
        if abs(at - origin) < _GAP:
            continue
        outward = 1.0 if at > origin else -1.0
        ends = [(along, origin + outward * _GAP), (along, at + outward * _BEYOND)]
        items.append(Line(to_sheet(ends), LINE, "dimensions", ink=_INK))
    text, em = lettering.fit(text, _EM, 70)
    length, half = _ARROW
    wide = lettering.width(text, em)
    outside = b - a < 2.4 * length
    reach = 2.2 * length if outside else 0.0
    items.append(Line(to_sheet([(a - reach, at), (b + reach, at)]), LINE, "dimensions", ink=_INK))
    for tip, sign in ((a, 1.0), (b, -1.0)):
        back = tip + (-sign if outside else sign) * length
        head = to_sheet([(tip, at), (back, at - half), (back, at + half)])
        items.append(Line(head, LINE, "dimensions", ink=_INK, closed=True, filled=True))
    beside = wide > b - a - 1.0
    middle = b + max(reach, 1.0) + wide / 2 + 0.8 if beside and (outside or level) else (a + b) / 2
    lift = -0.9 if middle <= b else 1.35
    x, y = (middle, at + lift) if level else (at + lift, middle)
    if not level and middle > b:
        # Read from the right, a text beside its line stands above the upper end.
        y = a - max(reach, 1.0) - wide / 2 - 0.8
    items.append(Text(x, y, text, em, "dimensions", anchor="middle", upright=level, plate=True))
    return items
