"""Drawings of a known geometry: hidden lines gone by construction, three line weights, shading, and true scale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import dimension, shade
from pipeline.drawing.contour import tone_of
from pipeline.drawing.dimension import Dimension
from pipeline.drawing.framed import PaperName, TitleBlock, drawing_area, frame, title_block
from pipeline.drawing.framed import size as paper_size
from pipeline.drawing.gemmap import Stone, gem_marks, gem_table, table_width
from pipeline.drawing.page import Item, Layer, Line, Page, Picture
from pipeline.drawing.sketch import finish, refuse_unknown
from pipeline.drawing.surface import EDGE, FACET, OUTLINE, Surface, cracks, healed
from pipeline.drawing.trace import Curve, trace
from pipeline.errors import BadInput

SCALES = (50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1)
"""The scales of ISO 5455."""

PEN_MM = {OUTLINE: 0.5, EDGE: 0.3, FACET: 0.15}
"""Line widths on the sheet, near the ratios of ISO 128."""

LAYERS: dict[int, Layer] = {OUTLINE: "outline", EDGE: "edges", FACET: "facets"}

_PEN_SHARE = {OUTLINE: 2.6, EDGE: 1.5, FACET: 0.75}
_FINEST_MM = 0.09
_DENSEST = 0.24
_CENTRE = (9.0, 1.5, 1.0, 1.5)
_SYMMETRIC = 0.965
_WORKING_SIDE_PX = 1280


@dataclass(frozen=True)
class View:
    """A traced surface: its curves in pixels, kept with the surface they were traced from."""

    surface: Surface
    curves: tuple[Curve, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the piece in pixels. Raises BadInput when the view is empty."""
        seen = self.surface.seen
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if not len(rows):
            raise BadInput("Nothing of the piece is in this view; choose another view or region.")
        return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def view(surface: Surface) -> View:
    """Trace a surface."""
    surface = healed(surface)
    return View(surface, trace(*cracks(surface)))


def line_drawing(
    view: View,
    *,
    style: str = "pencil",
    rgb: NDArray[Any] | None = None,
    weight: float = 1.0,
    darkness: float = 1.0,
    grain: float = 1.0,
    seed: int = 0,
    size: tuple[int, ...] | None = None,
    lines: bool = True,
) -> NDArray[Any]:
    """Draw a view in place, grey uint8 (h, w), in one of the five styles of `pencil`.

    `rgb`, uint8 of any size, is a render of the same view: its light becomes the shading; without it the piece is
    shaded from its form. `size` (h, w) is that of the drawing, else the surface's own; without `lines` it is the
    shading alone. Raises BadInput for an unknown style.
    """
    refuse_unknown(style)
    surface = view.surface
    height, width = size or surface.part.shape
    shape = (int(height), int(width))
    unit = max(shape) / 1024 * weight
    widths = {kind: share * unit for kind, share in _PEN_SHARE.items()}
    larger = np.array([width / surface.part.shape[1], height / surface.part.shape[0]])
    curves = [replace(curve, points=curve.points * larger) for curve in view.curves] if lines else []
    ink = _inked(curves, shape, widths)
    scale = min(1.0, _WORKING_SIDE_PX / max(surface.part.shape))
    dark = np.zeros((8, 8), np.float32)
    if style in {"pencil", "hatch", "stipple"}:
        dark = shade.darkness(*_tone(surface, rgb, scale))
    return finish(ink, dark, style, weight=weight, darkness=darkness, grain=grain, seed=seed)


def view_page(
    view: View,
    *,
    block: TitleBlock,
    paper: PaperName = "A4",
    dimensions: Iterable[Dimension] = (),
    stones: Sequence[Stone] = (),
    shading: NDArray[Any] | None = None,
    to_scale: bool = True,
    dark: bool = False,
) -> Page:
    """Lay a view on its sheet: at the largest standard scale that fits, with dimension and centre lines.

    `shading` is a grey drawing of the surface's size that goes under the lines; `stones` are numbered in the view
    and listed beside it. With `to_scale` false (a perspective) the view fills the sheet and carries no measures.
    Raises BadInput for an empty view.
    """
    box = view.box
    pitch = view.surface.pitch_mm
    placed = dimension.place(dimensions, pitch, box, view.surface.seen) if to_scale else ()
    best: tuple[float, bool] = (0.0, True)
    for landscape in (True, False):
        scale = _largest(
            box, pitch, placed, stones, paper_size(paper, landscape=landscape), to_scale=to_scale
        )
        best = max(best, (scale, landscape), key=lambda b: (b[0], b[1]))
    scale, landscape = best
    width, height = paper_size(paper, landscape=landscape)
    if to_scale:
        block = replace(block, scale=f"{scale:g} : 1" if scale >= 1 else f"1 : {1 / scale:g}")
    return _composed(
        view, (width, height), scale, block, placed, stones, shading, to_scale=to_scale, dark=dark
    )


def _composed(
    view: View,
    page: tuple[float, float],
    scale: float,
    block: TitleBlock,
    placed: Sequence[dimension.Placed],
    stones: Sequence[Stone],
    shading: NDArray[Any] | None,
    *,
    to_scale: bool,
    dark: bool,
) -> Page:
    x, y, wide, tall = drawing_area(*page)
    left, top, right, bottom = view.box
    step = view.surface.pitch_mm * scale
    room = dimension.room(placed)
    beside = table_width(stones)
    spare_x = wide - room[0] - room[2] - beside - (right - left) * step
    spare_y = tall - room[1] - room[3] - (bottom - top) * step
    origin = (x + room[0] + spare_x / 2 - left * step, y + room[1] + spare_y / 2 - top * step)
    on_sheet = (
        origin[0] + left * step,
        origin[1] + top * step,
        origin[0] + right * step,
        origin[1] + bottom * step,
    )
    items: list[Item] = []
    if shading is not None:
        cut = shading[int(top) : int(bottom), int(left) : int(right)]
        items.append(Picture(on_sheet[0], on_sheet[1], (right - left) * step, (bottom - top) * step, cut))
    items += _lines(view.curves, origin, step)
    if to_scale:
        items += _centre_lines(view.surface.seen, view.box, on_sheet)
        items += dimension.draw(placed, on_sheet, origin, step)
    if stones:
        items += gem_marks(stones, origin, step, on_sheet)
        items += gem_table(stones, x + wide - beside + 4.0, y)
    items += [*frame(*page), *title_block(*page, block)]
    return Page(*page, tuple(items), dark=dark, scale=scale if to_scale else 0.0)


def _largest(
    box: tuple[float, float, float, float],
    pitch: float,
    placed: Sequence[dimension.Placed],
    stones: Sequence[Stone],
    page: tuple[float, float],
    *,
    to_scale: bool,
) -> float:
    """The largest scale, standard if it is to be one, at which view, dimensions and table fit a page."""
    _, _, wide, tall = drawing_area(*page)
    room = dimension.room(placed)
    free_x = wide - room[0] - room[2] - table_width(stones)
    free_y = tall - room[1] - room[3]
    fits = min(free_x / ((box[2] - box[0]) * pitch), free_y / ((box[3] - box[1]) * pitch))
    if not to_scale:
        return fits
    return next((s for s in SCALES if s <= fits), fits)


def _lines(curves: Sequence[Curve], origin: tuple[float, float], step: float) -> list[Item]:
    """Curves on the sheet; pens get finer where lines crowd, so that a chain at 1 : 2 stays a chain."""
    share = _crowding(curves, 1.2 / step, {k: w / step for k, w in PEN_MM.items()})
    drawn = sorted(zip(curves, share, strict=True), key=lambda c: (c[0].kind, c[1]))
    return [
        Line(
            np.asarray(origin) + curve.points * step,
            max(_FINEST_MM, PEN_MM[curve.kind] * fine),
            LAYERS[curve.kind],
            ink=0.72 if curve.kind == FACET else 1.0,
            closed=curve.closed,
        )
        for curve, fine in drawn
    ]


def _crowding(curves: Sequence[Curve], cell: float, widths: dict[int, float]) -> list[float]:
    """For each curve how much finer, 0.2 to 1, its pen must be where lines would cover too much of the paper."""
    import cv2

    if not curves:
        return []
    samples = [_sampled(curve, cell / 3) for curve in curves]
    every = np.concatenate(samples)
    shape = np.ceil(every.max(axis=0) / cell).astype(int)[::-1] + 2
    area = np.concatenate(
        [np.full(len(s), widths[c.kind] * cell / 3) for c, s in zip(curves, samples, strict=True)]
    )
    at = (np.maximum(every, 0) / cell).astype(np.intp)
    flat = np.bincount(at[:, 1] * shape[1] + at[:, 0], weights=area, minlength=int(shape.prod()))
    cover = cv2.GaussianBlur(flat.reshape(shape).astype(np.float32) / cell**2, (0, 0), 0.8)
    out: list[float] = []
    for sample in samples:
        cells = (np.maximum(sample, 0) / cell).astype(np.intp)
        dense = float(cover[cells[:, 1], cells[:, 0]].mean())
        out.append(float(np.clip(_DENSEST / max(dense, 1e-6), 0.2, 1.0)))
    return out


def _sampled(curve: Curve, step: float) -> NDArray[Any]:
    """Points along a curve at even steps."""
    path = np.concatenate([curve.points, curve.points[:1]]) if curve.closed else curve.points
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.arange(step / 2, along[-1] + step / 2, step)
    return np.stack([np.interp(at, along, path[:, k]) for k in (0, 1)], axis=1)


def _centre_lines(
    seen: NDArray[Any], box: tuple[float, float, float, float], on_sheet: tuple[float, float, float, float]
) -> list[Item]:
    """Chain-dotted lines on the axes about which the outline is symmetric."""
    left, top, right, bottom = (int(v) for v in box)
    cut = seen[top:bottom, left:right]
    x0, y0, x1, y1 = on_sheet
    items: list[Item] = []
    for axis, ends in (
        (1, [[(x0 + x1) / 2, y0 - 3.5], [(x0 + x1) / 2, y1 + 3.5]]),
        (0, [[x0 - 3.5, (y0 + y1) / 2], [x1 + 3.5, (y0 + y1) / 2]]),
    ):
        mirrored = np.flip(cut, axis=axis)
        if float((cut & mirrored).sum() / max(1, (cut | mirrored).sum())) > _SYMMETRIC:
            items.append(Line(np.array(ends), dimension.LINE, "centre", ink=0.6, dashes=_CENTRE))
    return items


def _inked(curves: Sequence[Curve], shape: tuple[int, int], widths: dict[int, float]) -> NDArray[Any]:
    """Ink coverage 0..1, float32 of `shape`."""
    import cv2

    fine = 2 if max(shape) <= 2600 else 1
    share = _crowding(curves, 9 * max(shape) / 1024, widths)
    canvas = np.zeros((shape[0] * fine, shape[1] * fine), np.uint8)
    drawn = sorted(zip(curves, share, strict=True), key=lambda c: (c[0].kind, c[1]))
    for curve, pen in drawn:
        wide = widths[curve.kind] * pen * fine
        points = np.rint((curve.points * fine - 0.5) * 16).astype(np.int32)
        strength = (0.75 if curve.kind == FACET else 1.0) * min(1.0, wide)
        cv2.polylines(
            canvas,
            [points],
            isClosed=curve.closed,
            color=round(255 * strength),
            thickness=max(1, round(wide)),
            lineType=cv2.LINE_AA,
            shift=4,
        )
    if fine > 1:
        canvas = np.asarray(cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    return canvas.astype(np.float32) / 255


def _tone(surface: Surface, rgb: NDArray[Any] | None, scale: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Tone in CIELAB units and mask of the piece, both at working size."""
    import cv2

    height, width = surface.part.shape
    small = (max(8, round(width * scale)), max(8, round(height * scale)))
    seen = cv2.resize(surface.seen.astype(np.float32), small, interpolation=cv2.INTER_AREA) > 0.5
    if rgb is not None:
        tone = tone_of(cv2.resize(rgb, small, interpolation=cv2.INTER_AREA))
        return cv2.bilateralFilter(tone, 5, 8, 1.5), np.asarray(seen)
    forward = np.asarray(surface.direction)
    side = np.cross(forward, (0.0, 0.0, 1.0) if abs(forward[2]) < 0.9 else (0.0, 1.0, 0.0))
    light = -forward + 0.7 * np.cross(side, forward) - 0.5 * side
    lit = np.clip(surface.normal @ (light / np.linalg.norm(light)).astype(np.float32), 0, 1)
    tone = np.where(surface.seen, 35 + 65 * lit, 100).astype(np.float32)
    return np.asarray(cv2.resize(tone, small, interpolation=cv2.INTER_AREA)), np.asarray(seen)
