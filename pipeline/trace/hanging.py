"""What a pendant hangs by, told from its silhouette: chain, bail and eye end at a neck above the body.

Going down from where the chain's two ends meet, a bail narrows to the eye it runs through, the eye swells and narrows
again to where it is soldered, and there the body begins, however wide or slight it is.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.solids.score import Mask

LOOP = 4.0
"""A hole this many times as large as all that is drawn around it is a worn chain's, no pendant's."""
THICK_LOOP, HUNG = 1.5, 2.5
"""The same of a coarse chain's, or of one whose links a mask fills, where what hangs below it is so many times as long
as the chain is thick: below an open pendant's hole there is its rim alone.
"""
LOOP_TOP = 0.12
"""Share of a closed chain's height that is left out, so that it has two ends."""
FALLEN, RISEN = 0.82, 1.22
"""A width that falls below this share of the one before, or rises over that one, is a neck's side."""
JUMP = 1.7
"""A row so many times as wide as the one above it has a shoulder of the body in it."""
EYE_ROUND = (0.2, 1.9)
"""Height over width of an eye, from the bail's lower end to the body, in whose cleft its lower part may lie."""
EYE_SHARE = 0.3
"""An eye is at most this share of what hangs from the bail."""
CRUMB = 0.002
"""What lies above a piece and is at least this share of it is a part of its chain."""

CRUMB_BELOW = 0.1
"""A link that ends beside the bail has less than this share of what hangs below."""


@dataclass(frozen=True)
class _Run:
    """A stretch of a row that the mask covers, from column `start` up to `stop`."""

    row: int
    start: int
    stop: int

    @property
    def width(self) -> int:
        return self.stop - self.start

    def over(self, other: "_Run") -> bool:
        """Whether some column is in both."""
        return self.start < other.stop and other.start < self.stop


def unhung(mask: Mask) -> Mask | None:
    """The body (n, n) below chain, bail and eye, its holes kept; None where no chain ends in a neck above it."""
    filled = filled_in(mask)
    piece = largest(filled)
    if not piece.any():
        return None
    looped = _loop(mask) is not None
    if looped:
        rows = np.flatnonzero(piece.any(axis=1))
        piece[: rows[0] + int(LOOP_TOP * len(rows))] = False
        piece = largest(piece)
    line = _hanging_line(piece, filled, looped=looped)
    place = _neck(line, piece) if len(line) > 2 else None
    if place is None:
        return None
    cut, below = line[place], line[place + 1]
    apart = piece.copy()
    apart[cut.row, cut.start : cut.stop] = False
    _, label = cv2.connectedComponents(apart.astype(np.uint8), connectivity=4)
    return np.asarray(mask & (label == label[below.row, (below.start + below.stop) // 2]))


def filled_in(mask: Mask) -> Mask:
    """A mask with all its holes filled but that of a chain that closes on the picture."""
    lines, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    filled = mask.astype(np.uint8)
    loop = _loop(mask)
    for line, row in zip(lines, tree[0] if lines else (), strict=True):
        if row[3] >= 0 and (loop is None or not np.array_equal(line, loop)):
            cv2.drawContours(filled, [line], -1, 1, -1)
    return np.asarray(filled > 0)


def largest(mask: Mask) -> Mask:
    """The largest connected part of a mask."""
    _, label, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray((label == int(areas.argmax())) & mask)


def _loop(mask: Mask) -> np.ndarray | None:
    """The line (n, 1, 2) of the hole in a chain that closes on the picture; None where the largest is a pendant's."""
    lines, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    holes = [line for line, row in zip(lines, tree[0] if lines else (), strict=True) if row[3] >= 0]
    if not holes:
        return None
    largest_hole = max(holes, key=cv2.contourArea)
    share = cv2.contourArea(largest_hole) / float(mask.sum())
    top, low = int(largest_hole[..., 1].min()), int(largest_hole[..., 1].max())
    thick = float(mask[top:low].sum()) / len(largest_hole)
    hung = int(np.flatnonzero(mask.any(axis=1))[-1]) - low
    return largest_hole if share > LOOP or (share > THICK_LOOP and hung > HUNG * thick) else None


def _hanging_line(piece: Mask, filled: Mask, *, looped: bool) -> list[_Run]:
    """The runs one below the other from where the chain's ends meet, or from a piece's top under a broken chain, to
    where they part; none where no chain is seen.
    """
    rows = _rows(piece)
    start = _meeting(rows, piece.shape[1], looped=looped)
    if start is None:
        first = next(k for k, runs in enumerate(rows) if runs)
        if (filled & ~piece)[:first].sum() < CRUMB * piece.sum():
            return []
        start = rows[first][0]
    below = _below(rows)
    line = [start]
    for runs in rows[start.row + 1 :]:
        children = sorted((run for run in runs if run.over(line[-1])), key=lambda run: -below[run])
        if not children or (len(children) > 1 and below[children[1]] > CRUMB_BELOW * below[children[0]]):
            break
        line.append(children[0])
    return line


def _meeting(rows: list[list[_Run]], side: int, *, looped: bool) -> _Run | None:
    """The lowest run in which two come together that hang from the picture's edge, or from a loop's open ends."""
    first = next(k for k, runs in enumerate(rows) if runs)
    meeting: _Run | None = None
    held: list[_Run] = []
    for k, runs in enumerate(rows[:-1]):
        above, held = held, []
        for run in runs:
            parents = sum(run.over(one) for one in above)
            if parents or _at_edge(run, side) or (looped and k == first):
                held.append(run)
            if parents > 1:
                meeting = run
    return meeting


def _at_edge(run: _Run, side: int) -> bool:
    return run.row == 0 or run.start == 0 or run.stop == side


def _below(rows: list[list[_Run]]) -> dict[_Run, float]:
    """How many pixels hang from every run, its own counted."""
    hanging: dict[_Run, float] = {}
    lower: list[_Run] = []
    for runs in reversed(rows):
        for run in runs:
            hanging[run] = run.width + sum(hanging[one] for one in lower if one.over(run))
        lower = runs
    return hanging


def _rows(piece: Mask) -> list[list[_Run]]:
    """The runs of every row, left to right."""
    edges = np.diff(np.pad(piece, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows: list[list[_Run]] = [[] for _ in piece]
    starts, stops = np.argwhere(edges > 0), np.argwhere(edges < 0)
    for (row, start), (_, stop) in zip(starts, stops, strict=True):
        rows[row].append(_Run(int(row), int(start), int(stop)))
    return rows


def _neck(line: list[_Run], piece: Mask) -> int | None:
    """Which run of a hanging line is the last above the body."""
    widths = np.array([run.width for run in line], float)
    bail = _narrowest(widths, 0)
    if bail is None:
        return None
    eye = _narrowest(widths, bail + 1) if bail + 2 < len(line) else None
    if eye is None:
        return bail
    swollen = float(widths[bail:eye].max(initial=0))
    tall = eye - bail
    hanging = float(piece[line[bail].row :].sum())
    share = float(widths[bail:eye].sum()) / max(hanging, 1.0)
    round_enough = EYE_ROUND[0] <= tall / max(swollen, 1.0) <= EYE_ROUND[1]
    return eye if round_enough and share <= EYE_SHARE else bail


def _narrowest(widths: np.ndarray, start: int) -> int | None:
    """The narrowest place after a swelling that begins at `start`, before the next one or a shoulder; None without."""
    top, fallen, low = float(widths[start]), False, start
    for k in range(start + 1, len(widths)):
        if widths[k] > JUMP * widths[k - 1] + 2:
            return k - 1
        if not fallen:
            top = max(top, float(widths[k]))
            fallen, low = widths[k] < FALLEN * top - 1, k
        elif widths[k] < widths[low]:
            low = k
        elif widths[k] > RISEN * widths[low] + 1:
            return low
    return low if fallen and low < len(widths) - 1 else None
