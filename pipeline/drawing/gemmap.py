"""The gem map: stones numbered in the view and listed beside it, equal stones on one line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.drawing import lettering
from pipeline.drawing.page import Box, Item, Line, Sides, Text, rectangle
from pipeline.drawing.plate import Stone

Point = tuple[float, float]

_COLUMNS = (("No.", 13.0), ("Cut", 20.0), ("Size mm", 18.0), ("Stone", 22.0), ("ct each", 14.0))
_ROW = 6.0
_EM = 3.4
_MOST_ROWS = 18
_LEGIBLE, _LARGEST = 2.6, 4.0
_TALL = 3.0
_FARTHEST = 90.0
_TURNS_DEG = (0, *(way * turn for turn in range(15, 181, 15) for way in (1, -1)))
_OFF = 1.6
"""Distance in mm between a number beside the piece and the piece."""
_CLEAR = 1.7
"""Distance in mm between a leader and the middle of a number it does not belong to."""


def table_width(stones: Sequence[Stone]) -> float:
    """Room in mm the list takes beside the view, 0 without stones."""
    return sum(wide for _, wide in _COLUMNS) + 4.0 if stones else 0.0


def gem_marks(
    stones: Sequence[Stone], origin: Point, scale: float, box: Sides, mask: np.ndarray
) -> list[Item]:
    """Numbers in or beside the stones; beside means on a leader that points away from the middle of the piece.

    No number is left out, none prints over another, and no leader runs through one. `mask`, bool, is the piece in
    pixels of its view, which map to `origin` + pixel * `scale`; numbers beside stones stand off it.
    """
    discs = [(np.asarray(origin) + np.asarray(s.centre) * scale, s.diameter_px * scale) for s in stones]
    items: list[Item] = []
    taken: list[_Spot] = []
    others: list[int] = []
    for index, (centre, drawn) in enumerate(discs):
        em = min(0.55 * drawn, _LARGEST)
        spot = _Spot(centre, lettering.width(str(index + 1), em, bold=True))
        if em >= _LEGIBLE and spot.wide < 0.9 * drawn and spot.clear_of(taken) > 0:
            items.append(_number(centre, index + 1, em, bold=True))
            taken.append(spot)
        else:
            others.append(index)
    middle = np.array([(box.left + box.right) / 2, (box.top + box.bottom) / 2])
    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) * scale

    def off_the_piece(place: np.ndarray) -> float:
        x, y = np.floor((place - np.asarray(origin)) / scale).astype(int)
        inside = 0 <= x < mask.shape[1] and 0 <= y < mask.shape[0]
        return float(away[y, x]) if inside else _OFF

    for index in others:
        centre, drawn = discs[index]
        wide = lettering.width(str(index + 1), _LEGIBLE)
        spot = _beside(_Spot(centre, wide), drawn, centre - middle, _around(box), taken, off_the_piece)
        taken.append(spot)
        along = (spot.middle - centre) / np.hypot(*(spot.middle - centre))
        ends = np.array([centre + along * drawn * 0.25, spot.middle - along * 1.6])
        items.append(Line(ends, 0.13, "notes", ink=0.8))
        items.append(_number(spot.middle, index + 1, _LEGIBLE))
    return items


@dataclass(frozen=True)
class _Spot:
    """Where a number stands, mm, and how wide it is."""

    middle: np.ndarray
    wide: float

    def clear_of(self, others: Sequence["_Spot"]) -> float:
        """Least bare paper, mm, between this number and others; below 0 they touch."""
        return min((self._clear_of(other) for other in others), default=np.inf)

    def _clear_of(self, other: "_Spot") -> float:
        across, down = np.abs(self.middle - other.middle)
        return float(max(across - (self.wide + other.wide) / 2 - 0.4, down - _TALL))


def _number(middle: np.ndarray, number: int, em: float, *, bold: bool = False) -> Text:
    x, y = float(middle[0]), float(middle[1])
    return Text(x, y + em * 0.36, str(number), em, "notes", anchor="middle", bold=bold)


def _around(box: Sides) -> Sides:
    """Where numbers may stand: a little beyond the piece."""
    return Sides(box.left - 12, box.top - 8, box.right + 12, box.bottom + 8)


def _beside(
    stone: _Spot,
    drawn: float,
    outward: np.ndarray,
    within: Sides,
    taken: Sequence[_Spot],
    off_the_piece: Callable[[np.ndarray], float],
) -> _Spot:
    """A free place for a number near its stone: outwards first, then ever more to the sides.

    It stands off the piece and clear of other numbers; where no leader reaches such a place without running through
    a number, the one that keeps farthest from them is taken.
    """
    start = float(np.arctan2(outward[1], outward[0]))
    best, clearest = replace(stone, middle=stone.middle + np.array([0.0, drawn / 2 + 3.0])), -np.inf
    for turn in _TURNS_DEG:
        way = np.array([np.cos(start + np.radians(turn)), np.sin(start + np.radians(turn))])
        for reach in np.arange(drawn / 2 + 3.0, drawn / 2 + _FARTHEST, 1.5):
            x, y = stone.middle + reach * way
            if not (within.left < x < within.right and within.top < y < within.bottom):
                break
            spot = replace(stone, middle=np.array([x, y]))
            if spot.clear_of(taken) < 0 or off_the_piece(spot.middle) < _OFF:
                continue
            clear = _clear_leader(stone.middle, spot.middle, taken)
            if clear > _CLEAR:
                return spot
            best, clearest = (spot, clear) if clear > clearest else (best, clearest)
    return best


def _clear_leader(start: np.ndarray, end: np.ndarray, taken: Sequence[_Spot]) -> float:
    """Least distance, mm, between a leader and the middle of any number."""
    if not taken:
        return np.inf
    numbers, along = np.array([spot.middle for spot in taken]), end - start
    share = np.clip((numbers - start) @ along / float(along @ along), 0, 1)
    return float(np.hypot(*(numbers - start - share[:, None] * along).T).min())


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


def _ranges(numbers: Sequence[int]) -> str:
    """1, 2, 3, 7 as "1–3, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
