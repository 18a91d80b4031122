"""Where the lines of a surface run: borders between pixels, each of a kind, told by depth, part and normal."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.surface import CREASE, EDGE, FACET, NONE, OUTLINE, Surface

Field = NDArray[Any]

STEP, FAINT = 5, 6
"""Not yet lines: a step in depth within one body becomes an edge, a faint crease joins the crease it goes on from."""

SHORTEST_PX = 10
"""A crease or step that spans fewer pixels is a speck."""

METAL_CREASE_DEG = 9.0
"""Turn of the surface between two pixels, beyond that of their neighbours, that reads as a crease in metal."""

FAINT_CREASE_DEG = 4.0
"""A crease goes on where it is no sharper than this: hysteresis as in Canny, PAMI 1986."""

FACET_CREASE_DEG = 1.2
"""The same for faceted stones, whose facets are flat: brilliants have facets 2 to 3 degrees apart."""

_BAND_PX = 192
"""Rows or columns looked at together: a dozen planes of so many stay in the processor's cache."""

_STRONG_SHARE = 0.2

_STEEPEST = 1.5


def cracks(surface: Surface) -> tuple[Field, Field]:
    """Kinds of line on the borders between pixels.

    Returns (upright, level): uint8 (h, w-1), the border between a pixel and the one right of it, and uint8
    (h-1, w), the border between a pixel and the one below.
    """
    faceted = np.isin(surface.part, np.asarray(list(surface.faceted), dtype=surface.part.dtype))
    upright, level = _along_rows(surface, faceted), _along_columns(surface, faceted)
    lines = _Borders(upright, level)
    _join_faint(lines)
    _drop_specks(lines, (FACET,))
    _drop_specks(lines, (CREASE, STEP))
    _drop_rims(lines)
    _settle(lines)
    _keep_clear(lines)
    _drop_specks(lines, (CREASE,))
    lines.write(upright, level)
    return upright, level


class _Borders:
    """The borders that are of any kind: a hundredth of all of them, so that no step looks at the whole film."""

    def __init__(self, upright: Field, level: Field) -> None:
        self._size = upright.shape[0] + 1, level.shape[1] + 1
        across = self._size[1]
        self._upright, self._level = np.flatnonzero(upright), np.flatnonzero(level)
        y, x = np.divmod(self._upright, max(1, upright.shape[1]))
        v, u = np.divmod(self._level, max(1, level.shape[1]))
        self.begin = np.concatenate([y * across + x + 1, (v + 1) * across + u])
        """The corner each begins at, by its place in the film of corners laid flat."""
        self.end = np.concatenate([(y + 1) * across + x + 1, (v + 1) * across + u + 1])
        self.kind = np.concatenate([upright.flat[self._upright], level.flat[self._level]])

    def corners(self, kinds: tuple[int, ...]) -> Field:
        """Pixel corners, uint8 (h + 1, w + 1), at which a border of these kinds begins or ends."""
        corner = np.zeros(self._size, np.uint8)
        these = np.isin(self.kind, kinds)
        corner.flat[self.begin[these]] = corner.flat[self.end[these]] = 1
        return corner

    def mark(self, kind: int, patch: Field, these: Field, other: int) -> None:
        """Let the borders of a kind be of another in `these` patches of corners."""
        of_kind = np.flatnonzero(self.kind == kind)
        self.kind[of_kind[these[patch.flat[self.begin[of_kind]]]]] = other

    def rename(self, kind: int, other: int) -> None:
        """Let all borders of a kind be of another."""
        self.kind[self.kind == kind] = other

    def write(self, upright: Field, level: Field) -> None:
        """Put the kinds back where they were found."""
        count = len(self._upright)
        upright.flat[self._upright], level.flat[self._level] = self.kind[:count], self.kind[count:]


def _join_faint(lines: _Borders) -> None:
    """Let faint creases be creases where enough of their line is sharp, and else nothing."""
    both, sharp = lines.corners((CREASE, FAINT)), lines.corners((CREASE,)) > 0
    count, patch = cv2.connectedComponents(both, connectivity=8)
    total = np.bincount(patch[both > 0], minlength=count)
    wrong = np.bincount(patch[sharp], minlength=count) < _STRONG_SHARE * total
    lines.mark(FAINT, patch, wrong, NONE)
    lines.rename(FAINT, CREASE)


def _drop_specks(lines: _Borders, kinds: tuple[int, ...]) -> None:
    """Take back borders that form no line: rays that slip between two faces, facets seen edge on."""
    _, patch, sizes, _ = cv2.connectedComponentsWithStats(lines.corners(kinds), connectivity=4)
    wide, tall = sizes[:, cv2.CC_STAT_WIDTH], sizes[:, cv2.CC_STAT_HEIGHT]
    for kind in kinds:
        lines.mark(kind, patch, np.maximum(wide, tall) < SHORTEST_PX, NONE)


def _drop_rims(lines: _Borders) -> None:
    """Take back steps that follow an outline a pixel inside it: a wall seen edge on, as the inside of a band."""
    corner = lines.corners((STEP,))
    count, patch = cv2.connectedComponents(corner, connectivity=4)
    near = cv2.dilate(lines.corners((OUTLINE,)), np.ones((5, 5), np.uint8)) > 0
    there = corner > 0
    total = np.bincount(patch[there], minlength=count)
    along = np.bincount(patch[there & near], minlength=count)
    lines.mark(STEP, patch, along > 0.7 * total, NONE)


def _settle(lines: _Borders) -> None:
    """Make steps edges, and let one line be of one kind: a crease that is a step here and there stays a crease."""
    shares = [cv2.blur(lines.corners((kind,)).astype(np.float32), (31, 31)) for kind in (CREASE, STEP)]
    crease = (shares[0] > shares[1]).astype(np.intp)
    lines.mark(STEP, crease, np.array([False, True]), CREASE)
    lines.mark(CREASE, crease, np.array([True, False]), EDGE)
    lines.rename(STEP, EDGE)


def _keep_clear(lines: _Borders) -> None:
    """Let creases end before the lines they run into, as soft edges do on a drawing, and none run along another."""
    near = cv2.dilate(lines.corners((EDGE, OUTLINE)), np.ones((5, 5), np.uint8))
    lines.mark(CREASE, near, np.array([False, True]), NONE)


def _along_rows(surface: Surface, faceted: Field) -> Field:
    height, width = surface.part.shape
    kind = np.empty((height, width - 1), np.uint8)
    for top in range(0, height, _BAND_PX):
        rows = slice(top, top + _BAND_PX)
        band = replace(
            surface, depth=surface.depth[rows], normal=surface.normal[rows], part=surface.part[rows]
        )
        kind[rows] = _between(band, faceted[rows])
    return kind


def _along_columns(surface: Surface, faceted: Field) -> Field:
    height, width = surface.part.shape
    kind = np.empty((height - 1, width), np.uint8)
    for left in range(0, width, _BAND_PX):
        columns = slice(left, left + _BAND_PX)
        band = replace(
            surface,
            depth=np.ascontiguousarray(surface.depth[:, columns].T),
            normal=np.ascontiguousarray(surface.normal[:, columns].transpose(1, 0, 2)),
            part=np.ascontiguousarray(surface.part[:, columns].T),
        )
        kind[:, columns] = _between(band, faceted[:, columns].T).T
    return kind


def _between(surface: Surface, faceted: Field) -> Field:
    """Kinds of line between the pixels of each row."""
    part, depth, pitch = surface.part, surface.depth, surface.pitch_mm
    left, right = part[:, :-1], part[:, 1:]
    kind = np.zeros(left.shape, np.uint8)
    both = (left >= 0) & (right >= 0)
    same = both & (left == right)
    # A link behind a link of the same chain: told by a step in depth that no slope explains.
    facing = np.abs(surface.normal @ np.asarray(surface.direction, np.float32))
    known = np.where(np.isfinite(depth), depth, 0).astype(np.float32)
    # No continuous surface falls away faster than both of its sides lean.
    lean = np.sqrt(np.maximum(1 - facing * facing, 0)) / np.maximum(facing, 1e-3)
    steep = np.abs(np.diff(known, axis=1)) > _STEEPEST * pitch * np.minimum(lean[:, :-1], lean[:, 1:])
    step = both & steep & _stepped(known, max(0.03, 1.2 * pitch))
    crease = _crease(surface.normal)
    frontal = np.minimum(facing[:, :-1], facing[:, 1:]) > 0.1
    stone = faceted[:, :-1] & faceted[:, 1:]
    kind[same & stone & (crease > FACET_CREASE_DEG)] = FACET
    kind[same & ~stone & frontal & (crease > FAINT_CREASE_DEG)] = FAINT
    kind[same & ~stone & frontal & (crease > METAL_CREASE_DEG)] = CREASE
    kind[step] = STEP
    kind[both & (left != right)] = EDGE
    kind[(left >= 0) != (right >= 0)] = OUTLINE
    return kind


def _stepped(depth: Field, least: float) -> Field:
    """Borders where the depth steps by more than `least` mm and more than going on from either side explains."""
    step = np.diff(depth, axis=1)
    before = np.pad(step[:, :-1], ((0, 0), (1, 0)), mode="edge")
    after = np.pad(step[:, 1:], ((0, 0), (0, 1)), mode="edge")
    gap = np.minimum(np.abs(step - before), np.abs(step - after))
    # Towards the rim of a rounded body its own slope grows from pixel to pixel on both sides of the border.
    return np.asarray((gap > least) & (gap > np.minimum(np.abs(before), np.abs(after))))


def _crease(normal: Field) -> Field:
    """Turn of the normal at each border less that of the borders two pixels on, degrees: only sharp turns stay."""
    chord = np.zeros((normal.shape[0], normal.shape[1] - 1), np.float32)
    for axis in range(3):
        step = np.diff(np.ascontiguousarray(normal[..., axis], np.float32), axis=1)
        chord += step * step
    # The chord stands for the arc: at the few degrees that matter they differ by less than a thousandth.
    turn = np.degrees(np.sqrt(chord, out=chord))
    before = np.pad(turn[:, :-2], ((0, 0), (2, 0)), mode="edge")
    after = np.pad(turn[:, 2:], ((0, 0), (0, 2)), mode="edge")
    return np.asarray(turn - np.maximum(before, after))
