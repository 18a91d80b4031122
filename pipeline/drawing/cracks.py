"""Where the lines of a surface run: borders between pixels, each of a kind, told by depth, part and normal.

A hundredth of all borders are of any kind. Cheap tests of the whole film leave few to look at closely.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.surface import CREASE, EDGE, FACET, NONE, OUTLINE, Surface, places

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

_BAND_PX = 48
"""Rows looked at together: their planes stay in the processor's cache."""

_STRONG_SHARE = 0.2

_STEEPEST = 1.5


@dataclass
class Borders:
    """The borders between pixels that are of any kind; corners of pixels are numbered row by row, `shape` of them."""

    shape: tuple[int, int]
    begin: NDArray[np.intp]
    """The corner each begins at; upright borders come first, row by row, then level ones."""
    end: NDArray[np.intp]
    kind: NDArray[np.uint8]

    def corners(self, kinds: tuple[int, ...]) -> Field:
        """Pixel corners, uint8 of `shape`, at which a border of these kinds begins or ends."""
        corner = np.zeros(self.shape, np.uint8)
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

    def without(self, kind: int) -> "Borders":
        """All but those of a kind."""
        there = self.kind != kind
        return Borders(self.shape, self.begin[there], self.end[there], self.kind[there])


def cracks(surface: Surface) -> Borders:
    """The borders between pixels at which a line of a surface runs, each of a kind of line."""
    lines = _borders(surface)
    _join_faint(lines)
    _drop_specks(lines, (FACET,))
    _drop_specks(lines, (CREASE, STEP))
    _drop_rims(lines)
    _settle(lines)
    _keep_clear(lines)
    _drop_specks(lines, (CREASE,))
    return lines.without(NONE)


def _join_faint(lines: Borders) -> None:
    """Let faint creases be creases where enough of their line is sharp, and else nothing."""
    both, sharp = lines.corners((CREASE, FAINT)), lines.corners((CREASE,)) > 0
    count, patch = cv2.connectedComponents(both, connectivity=8)
    total = np.bincount(patch[both > 0], minlength=count)
    wrong = np.bincount(patch[sharp], minlength=count) < _STRONG_SHARE * total
    lines.mark(FAINT, patch, wrong, NONE)
    lines.rename(FAINT, CREASE)


def _drop_specks(lines: Borders, kinds: tuple[int, ...]) -> None:
    """Take back borders that form no line: rays that slip between two faces, facets seen edge on."""
    corner = lines.corners(kinds)
    count, patch = cv2.connectedComponents(corner, connectivity=4)
    at = np.flatnonzero(corner)
    number, spans = patch.ravel()[at].astype(np.intp), []
    for along in np.divmod(at, corner.shape[1]):
        low, high = np.full(count, corner.size), np.full(count, -1)
        np.minimum.at(low, number, along)
        np.maximum.at(high, number, along)
        spans.append(high - low + 1)
    short = np.maximum(*spans) < SHORTEST_PX
    for kind in kinds:
        lines.mark(kind, patch, short, NONE)


def _drop_rims(lines: Borders) -> None:
    """Take back steps that follow an outline a pixel inside it: a wall seen edge on, as the inside of a band."""
    corner = lines.corners((STEP,))
    count, patch = cv2.connectedComponents(corner, connectivity=4)
    near = cv2.dilate(lines.corners((OUTLINE,)), np.ones((5, 5), np.uint8)) > 0
    there = corner > 0
    total = np.bincount(patch[there], minlength=count)
    along = np.bincount(patch[there & near], minlength=count)
    lines.mark(STEP, patch, along > 0.7 * total, NONE)


def _settle(lines: Borders) -> None:
    """Make steps edges, and let one line be of one kind: a crease that is a step here and there stays a crease."""
    if not (lines.kind == STEP).any():
        return
    shares = [
        cv2.boxFilter(lines.corners((kind,)), cv2.CV_16U, (31, 31), normalize=False)
        for kind in (CREASE, STEP)
    ]
    crease = (shares[0] > shares[1]).view(np.uint8)
    lines.mark(STEP, crease, np.array([False, True]), CREASE)
    lines.mark(CREASE, crease, np.array([True, False]), EDGE)
    lines.rename(STEP, EDGE)


def _keep_clear(lines: Borders) -> None:
    """Let creases end before the lines they run into, as soft edges do on a drawing, and none run along another."""
    near = cv2.dilate(lines.corners((EDGE, OUTLINE)), np.ones((5, 5), np.uint8))
    lines.mark(CREASE, near, np.array([False, True]), NONE)


@dataclass(frozen=True)
class _Form:
    """What the tests of borders need of a surface, plane by plane (h, w)."""

    part: Field
    normal: Field
    """(h, w, 3) float32."""
    depth: Field
    """float32 in mm, 0 where nothing is."""
    facing: Field
    """Cosine between normal and line of sight."""
    faceted: Field
    pitch_mm: float


def _borders(surface: Surface) -> Borders:
    height, width = surface.part.shape
    part, normal = np.ascontiguousarray(surface.part), np.ascontiguousarray(surface.normal, np.float32)
    form = _Form(
        part=part,
        normal=normal,
        depth=np.where(np.isfinite(surface.depth), surface.depth, 0).astype(np.float32),
        facing=np.abs(normal @ np.asarray(surface.direction, np.float32)),
        faceted=np.isin(part, np.asarray(list(surface.faceted), dtype=part.dtype)),
        pitch_mm=surface.pitch_mm,
    )
    across = width + 1
    (y, x, upright), (v, u, level) = (_kinds(form, axis) for axis in (1, 0))
    begin = np.concatenate([y * across + x + 1, (v + 1) * across + u])
    end = begin + np.repeat((across, 1), (len(y), len(v)))
    return Borders((height + 1, across), begin, end, np.concatenate([upright, level]))


def _kinds(form: _Form, axis: int) -> tuple[Field, Field, Field]:
    """Rows, columns and kinds of the borders of any kind between pixels that follow each other along an axis."""
    bands = []
    height = len(form.part)
    for top in range(0, height, _BAND_PX):
        bottom = min(top + _BAND_PX, height - 1 + axis)
        if bottom > top:
            y, x = _likely(form, axis, top, bottom)
            kind = _kind(form, axis, y, x)
            some = kind != NONE
            bands.append((y[some], x[some], kind[some]))
    if not bands:
        none = np.zeros(0, np.intp)
        return none, none, none.astype(np.uint8)
    y, x, kind = (np.concatenate(each) for each in zip(*bands, strict=True))
    return y, x, kind


def _likely(form: _Form, axis: int, top: int, bottom: int) -> tuple[Field, Field]:
    """Rows and columns of the borders in rows `top` to `bottom` that may be of any kind: none that is is missing."""
    rows = slice(top, bottom + 1 - axis)
    part, normal = form.part[rows], form.normal[rows]
    before, after = _sides(axis)
    likely = part[before] != part[after]
    step = normal[after] - normal[before]
    step *= step
    # The chord of a turn, squared; a little less than the turn that counts.
    chord = cv2.transform(step, np.ones((1, 3), np.float32))
    likely |= (chord > _chord(FAINT_CREASE_DEG)) & (part[before] >= 0)
    faceted = form.faceted[rows]
    likely |= (chord > _chord(FACET_CREASE_DEG)) & faceted[before] & faceted[after]
    # A step needs a change of slope on both of its sides; along columns the rows beyond the band tell it.
    first = max(0, top - 1) if axis == 0 else top
    depth = form.depth[first : bottom + 2 if axis == 0 else bottom]
    bent = np.abs(np.diff(depth, n=2, axis=axis)) > _least_step(form.pitch_mm)
    # Bend k lies between borders k and k + 1 of those that begin at `first`: both of a step's are there.
    both = bent[before] & bent[after]
    if axis == 1:
        likely[:, 1:-1] |= both
    else:
        start = first + 1 - top
        likely[start : start + len(both)] |= both
    y, x = places(likely)
    return y + top, x


def _sides(axis: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """All along an axis but the last, and all but the first."""
    every, but_last, but_first = slice(None), slice(None, -1), slice(1, None)
    return ((but_last, every), (but_first, every)) if axis == 0 else ((every, but_last), (every, but_first))


def _chord(turn_deg: float) -> float:
    """Square of the chord a little shorter than an arc of so many degrees."""
    return float(np.radians(turn_deg) ** 2 * (1 - 1e-4))


def _least_step(pitch_mm: float) -> float:
    return max(0.03, 1.2 * pitch_mm)


def _kind(form: _Form, axis: int, y: Field, x: Field) -> Field:
    """Kinds of line of these borders, each between a pixel and the next along an axis."""
    height, width = form.part.shape
    along = _Along(y * width + x, (y, x)[axis], (height, width)[axis] - 2, (width, 1)[axis])
    left, right = (form.part.ravel()[along.pixel(on)] for on in (0, 1))
    both = (left >= 0) & (right >= 0)
    same = both & (left == right)
    one, other = (form.facing.ravel()[along.pixel(on)] for on in (0, 1))
    stone = np.logical_and(*(form.faceted.ravel()[along.pixel(on)] for on in (0, 1)))
    metal = same & ~stone & (np.minimum(one, other) > 0.1)
    crease = _crease(form.normal.reshape(-1, 3), along)
    kind = np.zeros(len(y), np.uint8)
    kind[same & stone & (crease > FACET_CREASE_DEG)] = FACET
    kind[metal & (crease > FAINT_CREASE_DEG)] = FAINT
    kind[metal & (crease > METAL_CREASE_DEG)] = CREASE
    # A link behind a link of the same chain: told by a step in depth that no slope explains.
    kind[both & _is_step(form, along, (one, other))] = STEP
    kind[both & (left != right)] = EDGE
    kind[(left >= 0) != (right >= 0)] = OUTLINE
    return kind


@dataclass(frozen=True)
class _Along:
    """Borders of a film between the pixels `first`, by their place in it laid flat, and the next along an axis.

    `number` counts the borders along the axis, `last` is the number of the last there is, `stride` from pixel to pixel.
    """

    first: Field
    number: Field
    last: int
    stride: int

    def pixel(self, on: int, shift: int = 0) -> Field:
        """The first (0) or second (1) pixel of the border `shift` borders on, or of the last there is."""
        if not shift:
            return self.first + on * self.stride
        moved = np.clip(self.number + shift, 0, self.last) - self.number + on
        return np.asarray(self.first + moved * self.stride)

    def change(self, plane: Field, shift: int = 0) -> Field:
        """What a plane, laid flat, grows by across the border `shift` borders on."""
        return np.asarray(
            np.take(plane, self.pixel(1, shift), axis=0) - np.take(plane, self.pixel(0, shift), axis=0)
        )


def _is_step(form: _Form, along: _Along, facing: tuple[Field, Field]) -> Field:
    """Whether the depth steps by more than slopes on either side explain."""
    step, before, after = (along.change(form.depth.ravel(), shift) for shift in (0, -1, 1))
    # No continuous surface falls away faster than both of its sides lean.
    lean = [np.sqrt(np.maximum(1 - f * f, 0)) / np.maximum(f, 1e-3) for f in facing]
    steep = np.abs(step) > _STEEPEST * form.pitch_mm * np.minimum(*lean)
    gap = np.minimum(np.abs(step - before), np.abs(step - after))
    # Towards the rim of a rounded body its own slope grows from pixel to pixel on both sides of the border.
    slope = np.minimum(np.abs(before), np.abs(after))
    return np.asarray(steep & (gap > _least_step(form.pitch_mm)) & (gap > slope))


def _crease(normal: Field, along: _Along) -> Field:
    """Turn of the normal at each border less that of the borders two pixels on, degrees: only sharp turns stay."""
    turn, before, after = (_turn(normal, along, shift) for shift in (0, -2, 2))
    return np.asarray(turn - np.maximum(before, after))


def _turn(normal: Field, along: _Along, shift: int) -> Field:
    """Turn of the normal at each border, degrees."""
    step = along.change(normal, shift)
    step *= step
    # The chord stands for the arc: at the few degrees that matter they differ by less than a thousandth.
    return np.asarray(np.degrees(np.sqrt(step[:, 0] + step[:, 1] + step[:, 2])))
