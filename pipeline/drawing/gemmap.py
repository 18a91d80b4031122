"""The gem map: stones numbered in the view and listed beside it, equal stones on one line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.drawing import lettering
from pipeline.drawing.page import Box, Item, Line, Sides, Text, rectangle

Point = tuple[float, float]

_COLUMNS = (("No.", 13.0), ("Cut", 20.0), ("Size mm", 18.0), ("Stone", 22.0), ("ct each", 14.0))
_ROW = 6.0
_EM = 3.4
_MOST_ROWS = 18
_LEGIBLE = 2.6
_TURNS_DEG = (0, 25, -25, 50, -50, 75, -75, 100, -100, 130, -130)


@dataclass(frozen=True)
class Stone:
    """A stone: its centre in pixels of the view and drawn diameter in pixels; cut, size, gem and carats as words."""

    centre: Point
    diameter_px: float
    cut: str
    size_mm: str
    gem: str
    carats: float


def table_width(stones: Sequence[Stone]) -> float:
    """Room in mm the list takes beside the view, 0 without stones."""
    return sum(wide for _, wide in _COLUMNS) + 4.0 if stones else 0.0


def gem_marks(stones: Sequence[Stone], origin: Point, scale: float, box: Sides) -> list[Item]:
    """Numbers in or beside the stones; beside means on a leader that points away from the middle of the piece."""
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    taken: list[np.ndarray] = []
    inside: list[tuple[float, float, float]] = []
    around = [(np.asarray(origin) + np.asarray(s.centre) * scale, s.diameter_px * scale / 2) for s in stones]
    items: list[Item] = []
    for number, stone in enumerate(stones, start=1):
        centre = np.asarray(origin) + np.asarray(stone.centre) * scale
        drawn = stone.diameter_px * scale
        name = str(number)
        em = float(np.clip(drawn * 0.55, 0, 4.0))
        wide = lettering.width(name, em, bold=True)
        beside = any(
            abs(centre[0] - x) < (wide + other) / 2 + 0.3 and abs(centre[1] - y) < em
            for x, y, other in inside
        )
        if em >= _LEGIBLE and not beside:
            items += _plate(centre, name, em)
            inside.append((float(centre[0]), float(centre[1]), wide))
            continue
        place = _beside(centre, drawn, middle, box, taken, around)
        if place is not None:
            taken.append(place)
            along = (place - centre) / np.hypot(*(place - centre))
            ends = np.array([centre + along * drawn * 0.25, place - along * 1.6])
            items.append(Line(ends, 0.13, "notes", ink=0.8))
            items.append(Text(place[0], place[1] + 0.95, name, _LEGIBLE, "notes", anchor="middle"))
    return items


def _beside(
    centre: np.ndarray,
    drawn: float,
    middle: np.ndarray,
    box: Sides,
    taken: Sequence[np.ndarray],
    around: Sequence[tuple[np.ndarray, float]],
) -> np.ndarray | None:
    """A free place for a number near its stone: outwards first, then ever more to the sides."""
    outward = centre - middle
    start = float(np.arctan2(outward[1], outward[0]))
    for turn in _TURNS_DEG:
        angle = start + np.radians(turn)
        for reach in np.arange(drawn / 2 + 3.0, drawn / 2 + 20.0, 1.5):
            place = centre + reach * np.array([np.cos(angle), np.sin(angle)])
            if not (box[0] - 12 < place[0] < box[2] + 12 and box[1] - 8 < place[1] < box[3] + 8):
                break
            free = all(np.hypot(*(place - other)) > 3.2 for other in taken)
            if free and all(np.hypot(*(place - spot)) > radius + 1.5 for spot, radius in around):
                return np.asarray(place)
    return None


def gem_table(stones: Sequence[Stone], x: float, y: float) -> list[Item]:
    """The list with its head, top left corner at (x, y) in mm; kinds beyond the last row are summed up."""
    groups: dict[tuple[str, str, str, float], list[int]] = {}
    for number, stone in enumerate(stones, start=1):
        groups.setdefault((stone.cut, stone.size_mm, stone.gem, round(stone.carats, 3)), []).append(number)
    rows = [
        (_ranges(numbers), cut, size, gem, f"{ct:.3g}") for (cut, size, gem, ct), numbers in groups.items()
    ]
    if len(rows) > _MOST_ROWS:
        rows = [*rows[: _MOST_ROWS - 1], ("…", f"and {len(rows) - _MOST_ROWS + 1} more kinds", "", "", "")]
    total = sum(stone.carats for stone in stones)
    rows.append((f"{len(stones)}", "in all", "", "", f"{total:.3g} ct"))
    wide = sum(w for _, w in _COLUMNS)
    items: list[Item] = [Line(rectangle(Box(x, y, wide, _ROW * (len(rows) + 1))), 0.35, "notes", closed=True)]
    across = x
    for column, (head, room) in enumerate(_COLUMNS):
        items.append(Text(across + 1.2, y + 4.1, head, 2.6, "notes", ink=0.65))
        for line, row in enumerate(rows, start=1):
            if row[column]:
                text, em = lettering.fit(row[column], _EM, room - 2.0)
                items.append(Text(across + 1.2, y + _ROW * line + 4.3, text, em, "notes"))
        across += room
    for line in range(1, len(rows) + 1):
        level = y + _ROW * line
        items.append(Line(np.array([[x, level], [x + wide, level]]), 0.13, "notes", ink=0.8))
    return items


def _plate(centre: np.ndarray, name: str, em: float) -> list[Item]:
    """A number in the middle of its stone."""
    return [
        Text(float(centre[0]), float(centre[1]) + em * 0.36, name, em, "notes", anchor="middle", bold=True)
    ]


def _ranges(numbers: Sequence[int]) -> str:
    """1, 2, 3, 7 as "1–3, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
