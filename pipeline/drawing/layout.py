"""A plate on its sheet: scale, pens, dimension and centre lines, gem map; or in place, over its source."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import dimension, lettering, sketch
from pipeline.drawing.frame import (
    HAIRLINE,
    SHEET_DPI,
    PaperName,
    TitleBlock,
    drawing_area,
    frame,
    ruler,
    title_block,
)
from pipeline.drawing.frame import size as paper_size
from pipeline.drawing.gemmap import gem_marks, gem_table, table_width
from pipeline.drawing.page import Item, Layer, Line, Page, Picture, Sides, Text, rectangle
from pipeline.drawing.plate import Plate
from pipeline.drawing.raster import MM_PER_INCH, rasterize
from pipeline.drawing.surface import CREASE, EDGE, FACET, OUTLINE, Curve

SCALES = (50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1)
"""The scales of ISO 5455."""

PEN_MM = {OUTLINE: 0.5, EDGE: 0.3, CREASE: 0.2, FACET: 0.15}
"""Line widths on the sheet, near the ratios of ISO 128."""

LAYERS: dict[int, Layer] = {OUTLINE: "outline", EDGE: "edges", CREASE: "edges", FACET: "facets"}

_SIDE_MM = 240.0
"""Longest side of a drawing on A4: pens in place are as wide beside the piece as on the sheet."""
_FINEST_MM = 0.09
_DENSEST = 0.24
_CENTRE = (9.0, 1.5, 1.0, 1.5)
_SYMMETRIC = 0.965
_SHORTEST_AXIS = 1.0
_BEYOND = 3.5
"""How far, in mm, a centre line goes on beyond the piece."""
_PORTRAIT_GAIN = 1.4
"""A set of sheets lies landscape; one stands only where that shows the piece this much larger."""
_MEASURE_EM = 3.6
_MEASURE_ROW = 6.0


def plate_page(plate: Plate, *, block: TitleBlock, paper: PaperName = "A4") -> Page:
    """Lay a plate on its framed sheet.

    A parallel view stands at the largest standard scale that fits, with dimension and centre lines; stones are
    numbered and listed beside it. A perspective fills the sheet and has its measures listed.
    """
    placed: tuple[dimension.Placed, ...] = ()
    if plate.to_scale:
        placed = dimension.place(plate.dimensions, plate.pitch_mm, plate.box, plate.mask, _stretches(plate))
    scales = [_largest(plate, placed, paper_size(paper, landscape=wide)) for wide in (True, False)]
    landscape = not plate.to_scale or scales[1] < _PORTRAIT_GAIN * scales[0]
    scale = scales[0] if landscape else scales[1]
    if plate.to_scale:
        block = replace(block, scale=_ratio(scale))
    elif plate.pitch_mm:
        block = replace(block, scale=f"about {_ratio(float(f'{scale:.2g}'))}")
    return _composed(plate, paper_size(paper, landscape=landscape), scale, block, placed)


def in_place(plate: Plate, height: int, width: int) -> NDArray[Any]:
    """Draw a plate over its view, grey uint8 (height, width)."""
    step = _SIDE_MM / max(height, width)
    size = (width * step, height * step)
    items: list[Item] = []
    if plate.tone is not None:
        items.append(Picture(0, 0, *size, shading(plate, (height, width))))
    stretch = np.array([size[0] / plate.width, size[1] / plate.height])
    curves = tuple(replace(curve, points=curve.points * stretch) for curve in plate.curves)
    items += _lines(curves, (0.0, 0.0), 1.0, plate.manner.weight)
    drawn = rasterize(Page(*size, tuple(items), dark=plate.manner.dark), dpi=MM_PER_INCH / step)
    return drawn[:height, :width]


def shading(plate: Plate, shape: tuple[int, int]) -> NDArray[Any]:
    """The tone of the whole view alone, laid in the plate's manner: grey uint8 of `shape`."""
    if plate.tone is None or not plate.manner.shaded:
        return sketch.finish(np.zeros(shape, np.uint8), np.zeros((8, 8), np.float32), plate.manner)
    return sketch.shading(1 - plate.tone.astype(np.float32) / 255, shape, plate.manner)


def _ratio(scale: float) -> str:
    return f"{scale:g} : 1" if scale >= 1 else f"1 : {1 / scale:g}"


def _composed(
    plate: Plate,
    page: tuple[float, float],
    scale: float,
    block: TitleBlock,
    placed: Sequence[dimension.Placed],
) -> Page:
    x, y, wide, tall = drawing_area(*page)
    piece, room = plate.box, dimension.room(placed)
    step = scale * _pitch(plate)
    beside, before = table_width(plate.stones), _list_width(plate)
    spare_x = wide - room.left - room.right - beside - before - piece.width * step
    spare_y = tall - room.top - room.bottom - piece.height * step
    origin = (
        x + before + room.left + spare_x / 2 - piece.left * step,
        y + room.top + spare_y / 2 - piece.top * step,
    )
    on_sheet = Sides(
        origin[0] + piece.left * step,
        origin[1] + piece.top * step,
        origin[0] + piece.right * step,
        origin[1] + piece.bottom * step,
    )
    items: list[Item] = []
    if plate.tone is not None:
        items.append(_shaded(plate, on_sheet, step))
    items += _lines(plate.curves, origin, step, plate.manner.weight)
    items += _axes(plate, origin, step)
    if _cut_off(plate):
        # The piece runs on beyond the view: a hairline shows that it is cut there.
        items.append(Line(rectangle(on_sheet), HAIRLINE, "notes", ink=0.6, closed=True))
    if plate.to_scale:
        # Through numbered stones a centre line would only strike out their numbers.
        items += [] if plate.stones else _centre_lines(plate, on_sheet)
        items += dimension.draw(placed, on_sheet, origin, step)
    if plate.stones:
        items += gem_marks(plate.stones, origin, step, on_sheet, plate.mask)
        items += gem_table(plate.stones, x + wide - beside + 4.0, y)
    items += _list(plate.measures, x, y, before - 6.0)
    items += [*frame(*page), *ruler(*page), *title_block(*page, block)]
    return Page(*page, tuple(items), dark=plate.manner.dark, scale=scale if plate.to_scale else 0.0)


def _pitch(plate: Plate) -> float:
    """Size of a pixel in mm; where it is not known the view is taken to be 100 mm."""
    return plate.pitch_mm or 100.0 / max(plate.width, plate.height)


def _largest(plate: Plate, placed: Sequence[dimension.Placed], page: tuple[float, float]) -> float:
    """The largest scale, standard if it is to be one, at which view, dimensions and lists fit a page."""
    _, _, wide, tall = drawing_area(*page)
    room = dimension.room(placed)
    free_x = wide - room.left - room.right - table_width(plate.stones) - _list_width(plate)
    free_y = tall - room.top - room.bottom
    fits = min(free_x / (plate.box.width * _pitch(plate)), free_y / (plate.box.height * _pitch(plate)))
    if not plate.to_scale:
        return fits
    if plate.stones and fits > 1:
        # A gem map is read for its numbers: the largest half step shows them best.
        return float(np.floor(2 * fits)) / 2
    return next((s for s in SCALES if s <= fits), fits)


def _shaded(plate: Plate, on_sheet: Sides, step: float) -> Picture:
    """The shading of the piece's box at the resolution it is printed with."""
    finer = step * SHEET_DPI / MM_PER_INCH
    shape = (max(8, round(plate.height * finer)), max(8, round(plate.width * finer)))
    left, top, right, bottom = (round(v * finer) for v in plate.box)
    whole = shading(plate, shape)
    cut = whole[max(0, top) : max(bottom, top + 1), max(0, left) : max(right, left + 1)]
    return Picture(on_sheet.left, on_sheet.top, on_sheet.width, on_sheet.height, cut)


def _cut_off(plate: Plate) -> bool:
    """Whether the piece reaches the rim of its view."""
    seen = plate.mask
    rim = (seen[0], seen[-1], seen[:, 0], seen[:, -1])
    return max(float(side.mean()) for side in rim) > 0.004


def _list_width(plate: Plate) -> float:
    if not plate.measures:
        return 0.0
    return max(lettering.width(text, _MEASURE_EM) for text in plate.measures) + 10.0


def _list(measures: Sequence[str], x: float, y: float, wide: float) -> list[Item]:
    """Measures a perspective cannot carry as lines, one to a row."""
    items: list[Item] = []
    for row, text in enumerate(measures):
        base = y + _MEASURE_ROW * (row + 0.72)
        items.append(Text(x, base, text, _MEASURE_EM, "notes"))
        below = y + _MEASURE_ROW * (row + 1)
        items.append(Line(np.array([[x, below], [x + wide, below]]), 0.13, "notes", ink=0.8))
    return items


def _lines(curves: Sequence[Curve], origin: tuple[float, float], step: float, weight: float) -> list[Item]:
    """Curves on the sheet; pens get finer where lines crowd, so that a chain at 1 : 2 stays a chain."""
    share = _crowding(curves, 1.2 / step, {k: w / step for k, w in PEN_MM.items()})
    drawn = sorted(zip(curves, share, strict=True), key=lambda c: (c[0].kind, c[1]))
    return [
        Line(
            np.asarray(origin) + curve.points * step,
            max(_FINEST_MM, PEN_MM[curve.kind] * weight * fine),
            LAYERS[curve.kind],
            ink=0.72 if curve.kind == FACET else 1.0,
            closed=curve.closed,
        )
        for curve, fine in drawn
    ]


def _crowding(curves: Sequence[Curve], cell: float, widths: dict[int, float]) -> list[float]:
    """For each curve how much finer, 0.2 to 1, its pen must be where lines would cover too much of the paper."""
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


def _stretches(plate: Plate) -> NDArray[Any]:
    """Middles and directions (n, 4) of short stretches of outlines and edges, in pixels."""
    rows = [np.zeros((0, 4))]
    for curve in plate.curves:
        if curve.kind == FACET:
            continue
        points = _sampled(curve, 3.0)
        step = np.diff(points, axis=0)
        length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
        rows.append(np.hstack([(points[1:] + points[:-1]) / 2, step / length]))
    return np.concatenate(rows)


def _sampled(curve: Curve, step: float) -> NDArray[Any]:
    """Points along a curve at even steps."""
    path = np.concatenate([curve.points, curve.points[:1]]) if curve.closed else curve.points
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.arange(step / 2, along[-1] + step / 2, step)
    return np.stack([np.interp(at, along, path[:, k]) for k in (0, 1)], axis=1)


def _axes(plate: Plate, origin: tuple[float, float], step: float) -> list[Item]:
    """The axes of a piece taken apart, chain-dotted from part to part: bodies hide them."""
    seen = plate.mask
    items: list[Item] = []
    for start, end in plate.axes:
        from_, along = np.array(start), np.subtract(end, start)
        count = max(2, round(float(np.hypot(*along))))
        points = from_ + np.linspace(0, 1, count)[:, None] * along
        low, high = np.array(plate.box[:2]) - _BEYOND / step, np.array(plate.box[2:]) + _BEYOND / step
        points = points[((points > low) & (points < high)).all(axis=1)]
        x, y = np.floor(points).astype(np.intp).T
        free = ~seen[np.clip(y, 0, plate.height - 1), np.clip(x, 0, plate.width - 1)]
        turns = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(int)))
        for first, stop in zip(turns[::2], turns[1::2], strict=True):
            ends = np.asarray(origin) + points[[first, stop - 1]] * step
            if float(np.hypot(*(ends[1] - ends[0]))) > _SHORTEST_AXIS:
                items.append(Line(ends, dimension.LINE, "centre", ink=0.6, dashes=_CENTRE))
    return items


def _centre_lines(plate: Plate, on_sheet: Sides) -> list[Item]:
    """Chain-dotted lines on the axes about which the outline is symmetric."""
    seen = plate.mask
    left, top, right, bottom = (int(v) for v in plate.box)
    cut = seen[top:bottom, left:right]
    x0, y0, x1, y1 = on_sheet
    items: list[Item] = []
    for axis, ends in (
        (1, [[(x0 + x1) / 2, y0 - _BEYOND], [(x0 + x1) / 2, y1 + _BEYOND]]),
        (0, [[x0 - _BEYOND, (y0 + y1) / 2], [x1 + _BEYOND, (y0 + y1) / 2]]),
    ):
        mirrored = np.flip(cut, axis=axis)
        if float((cut & mirrored).sum() / max(1, (cut | mirrored).sum())) > _SYMMETRIC:
            items.append(Line(np.array(ends), dimension.LINE, "centre", ink=0.6, dashes=_CENTRE))
    return items
