"""Drawings of a known geometry: hidden lines gone by construction, three kinds of line, tone from light or form."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import shade
from pipeline.drawing.contour import tone_of
from pipeline.drawing.cracks import cracks
from pipeline.drawing.dimension import Dimension
from pipeline.drawing.page import Sides
from pipeline.drawing.plate import Axis, Plate, Stone
from pipeline.drawing.seams import heal
from pipeline.drawing.style import Manner
from pipeline.drawing.surface import Curve, Surface, places
from pipeline.drawing.trace import trace
from pipeline.errors import BadInput

_WORKING_SIDE_PX = 1280
_BAND_PX = 192
_SEEN_SIDE_PX = 1024
_AROUND_PX = 16
_HUES, _SECOND, _THIRD = 26.0, 26.0, 16.0
_FAR_MM = np.float32(1e30)
"""Beyond every piece, and short of infinity, from which nothing can be taken."""


@dataclass(frozen=True)
class View:
    """A traced surface: its curves in pixels, kept with the surface they were traced from."""

    surface: Surface
    curves: tuple[Curve, ...]

    @property
    def box(self) -> Sides:
        """Of the piece, in pixels. Raises BadInput when the view is empty."""
        seen = self.surface.seen
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if not len(rows):
            raise BadInput("Nothing of the piece is in this view; choose another view or region.")
        return Sides(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def view(surface: Surface) -> View:
    """Trace a surface, whose arrays are healed in place."""
    heal(surface)
    rows, columns = (np.flatnonzero(surface.seen.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return View(surface, ())
    # Nothing runs beyond the piece, and a perspective leaves much of its frame empty.
    top, left = max(0, int(rows[0]) - _AROUND_PX), max(0, int(columns[0]) - _AROUND_PX)
    box = slice(top, int(rows[-1]) + 1 + _AROUND_PX), slice(left, int(columns[-1]) + 1 + _AROUND_PX)
    cut = replace(surface, depth=surface.depth[box], normal=surface.normal[box], part=surface.part[box])
    traced = trace(cracks(cut))
    return View(surface, tuple(replace(c, points=c.points + np.array([left, top])) for c in traced))


def engrave(
    view: View,
    manner: Manner,
    *,
    title: str = "",
    rgb: NDArray[Any] | None = None,
    to_scale: bool = True,
    dimensions: Iterable[Dimension] = (),
    stones: Iterable[Stone] = (),
    measures: Iterable[str] = (),
    axes: Iterable[Axis] = (),
) -> Plate:
    """Make the plate of a view.

    `rgb`, uint8 of any size, is a render of the same view: its light becomes the shading; without it the piece is
    shaded from its form. Raises BadInput when nothing of the piece is seen.
    """
    surface = view.surface
    tone = None
    if manner.shaded:
        scale = min(1.0, _WORKING_SIDE_PX / max(surface.part.shape))
        dark = shade.darkness(*_tone(surface, rgb, scale))
        tone = np.asarray(np.rint(255 * (1 - dark)), np.uint8)
    height, width = surface.part.shape
    return Plate(
        title=title,
        width=width,
        height=height,
        box=view.box,
        curves=view.curves,
        seen=_in_flat_light(surface),
        tone=tone,
        pitch_mm=surface.pitch_mm,
        to_scale=to_scale,
        manner=manner,
        dimensions=tuple(dimensions),
        stones=tuple(stones),
        measures=tuple(measures),
        axes=tuple(axes),
    )


def _in_flat_light(surface: Surface) -> NDArray[Any]:
    """The piece as a renderer in even light shows it, RGB: light from the form, bodies in hues of their own.

    Found from the buffers alone and not from the lines, so that lines can be measured against it: lightness is one
    lamp's, yellow against blue another's, red against green tells bodies apart.
    """
    height, width = surface.part.shape
    shadow, tones = _shadowed(surface), _HUES * (2 * _body_tones(surface.part) - 1)
    flat = np.ones((height, width, 3), np.float32)
    for top in range(0, height, _BAND_PX):
        rows = slice(top, top + _BAND_PX)
        band = replace(
            surface, depth=surface.depth[rows], normal=surface.normal[rows], part=surface.part[rows]
        )
        seen = band.seen
        if not seen.any():
            continue
        dimmed = 1 - 0.25 * shadow[rows]
        lightness, green_red, blue_yellow = (_lit(band, soft=True, lamp=lamp) for lamp in (0, 2, 1))
        lightness *= 36
        lightness += 48
        lightness *= dimmed
        for plane, reach in ((green_red, _THIRD), (blue_yellow, _SECOND)):
            plane *= 2
            plane -= 1
            plane *= reach
        green_red = (tones[band.part] + green_red).astype(np.float32)
        rgb = cv2.cvtColor(cv2.merge([lightness, green_red, blue_yellow]), cv2.COLOR_LAB2RGB)
        cv2.copyTo(rgb, seen.view(np.uint8), flat[rows])
    scale = min(1.0, _SEEN_SIDE_PX / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(flat, size, interpolation=cv2.INTER_AREA)
    small *= 255
    return np.asarray(np.rint(small, out=small), np.uint8)


def _shadowed(surface: Surface) -> NDArray[Any]:
    """Shadow beside what lies nearer, 0..1, a hairline, so that steps within one body show; none on slopes."""
    wide = 5 if max(surface.part.shape) > _SEEN_SIDE_PX else 3
    around = np.ones((wide, wide), np.uint8)
    seen, depth = surface.seen, np.asarray(surface.depth, np.float32)
    nearest = cv2.erode(np.where(seen, depth, _FAR_MM), around)
    farthest = cv2.dilate(np.where(seen, depth, -_FAR_MM), around)
    deep = np.where(seen, depth, np.float32(0))
    step = np.subtract(deep, nearest, out=nearest)
    step -= np.subtract(farthest, deep, out=farthest)
    step /= max(0.2, 6 * surface.pitch_mm)
    return np.clip(step, 0, 1, out=step)


def _body_tones(part: NDArray[Any]) -> NDArray[Any]:
    """A tone 0..1 for each body, neighbours as far apart as can be; the last is for none."""
    pairs = []
    for one, other in ((part[:, :-1], part[:, 1:]), (part[:-1], part[1:])):
        at = places(one != other)
        pairs.append(np.stack([one[at], other[at]], axis=1))
    every = np.concatenate(pairs)
    touching = np.unique(every[(every >= 0).all(axis=1)], axis=0)
    beside: dict[int, set[int]] = {}
    for one, other in touching.tolist():
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    tones = np.full(int(part.max(initial=0)) + 2, -1.0)
    levels = np.linspace(0, 1, 7)
    # The most crowded first: it has the widest choice.
    for body in sorted(range(len(tones) - 1), key=lambda b: -len(beside.get(b, ()))):
        taken = [tones[b] for b in beside.get(body, ()) if tones[b] >= 0]
        if taken:
            away = np.abs(levels[:, None] - np.array(taken)).min(axis=1)
            tones[body] = levels[int(away.argmax())]
        else:
            tones[body] = levels[body * 5 % 7]
    return np.asarray(np.maximum(tones, 0))


def _lit(surface: Surface, *, soft: bool = False, lamp: int = 0) -> NDArray[Any]:
    """Light from above and beside the viewer on the form, 0..1; soft light reaches round the form.

    The second lamp shines from the other side, the third from below: of two faces one of the three tells every turn.
    """
    forward = np.asarray(surface.direction)
    side = np.cross(forward, (0.0, 0.0, 1.0) if abs(forward[2]) < 0.9 else (0.0, 1.0, 0.0))
    up = np.cross(side, forward)
    light = (
        -forward + 0.7 * up - 0.5 * side,
        -0.5 * forward - 0.5 * up + side,
        -0.3 * forward - up - 0.6 * side,
    )[lamp]
    reached = np.asarray(surface.normal @ (light / np.linalg.norm(light)).astype(np.float32), np.float32)
    if soft:
        reached *= 0.5
        reached += 0.5
    return np.clip(reached, 0, 1, out=reached)


def _tone(surface: Surface, rgb: NDArray[Any] | None, scale: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Tone in CIELAB units and mask of the piece, both at working size."""
    height, width = surface.part.shape
    small = (max(8, round(width * scale)), max(8, round(height * scale)))
    seen = cv2.resize(surface.seen.astype(np.float32), small, interpolation=cv2.INTER_AREA) > 0.5
    if rgb is not None:
        tone = tone_of(cv2.resize(rgb, small, interpolation=cv2.INTER_AREA))
        return cv2.bilateralFilter(tone, 5, 8, 1.5), np.asarray(seen)
    tone = np.where(surface.seen, 35 + 65 * _lit(surface), 100).astype(np.float32)
    return np.asarray(cv2.resize(tone, small, interpolation=cv2.INTER_AREA)), np.asarray(seen)
