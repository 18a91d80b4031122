"""The sheet of a drawing in pixels: framed, its title block filled in, the drawing centred in what is left."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import dimension, lettering
from pipeline.drawing.frame import (
    HAIRLINE,
    PaperName,
    TitleBlock,
    drawing_area,
    frame,
    ruler,
    size,
    title_block,
)
from pipeline.drawing.page import Box, Item, Line, Page, Picture, Sides, Text, rectangle

NOTHING_DRAWN = "No clear edges were found in this picture, so there is nothing to draw."
NOTHING_ADVICE = "Choose a sharper picture, or a region that shows the piece."

_LEAST_INK = 2e-4
_COARSEST_MM = 3.0 * 25.4 / 300
"""A drawing's pixel is never laid larger than this: three dots at 300 dpi."""


def picture_page(
    drawing: NDArray[Any],
    *,
    block: TitleBlock,
    paper: PaperName = "A4",
    landscape: bool | None = None,
    pitch_mm: float = 0.0,
) -> Page:
    """The sheet of a drawing in pixels: landscape or portrait as told, else whichever shows it larger.

    `pitch_mm` is the size of a drawing's pixel at the piece; with it the sheet tells its scale and, where the whole
    piece is shown, its overall width and height.
    """
    grey = _grey(drawing)
    dark = _on_dark_paper(grey)
    if dark:
        grey = np.asarray(np.clip(grey, 46, 255), np.uint8)
    window = _inked(grey, dark=dark)
    if window is None:
        wider = grey.shape[1] >= grey.shape[0]
        width, height = size(paper, landscape=wider if landscape is None else landscape)
        x, y, wide, tall = drawing_area(width, height)
        note = _note(x + wide / 2, y + tall / 2, wide)
        around = (*frame(width, height), *ruler(width, height), *title_block(width, height, block))
        return Page(width, height, (*around, *note), dark=dark)
    cut = grey[window]
    touching = bool(_edge_ink(grey, dark=dark) > 0.004)
    if landscape is None:
        larger = _scale(cut.shape, size(paper, landscape=True))
        landscape = larger >= _scale(cut.shape, size(paper, landscape=False))
    width, height = size(paper, landscape=landscape)
    x, y, wide, tall = drawing_area(width, height)
    placed = _overall(cut, pitch_mm, dark=dark) if pitch_mm and not touching else ()
    room = dimension.room(placed)
    wide, tall = wide - room.left - room.right, tall - room.top - room.bottom
    x, y = x + room.left, y + room.top
    scale = min(wide / cut.shape[1], tall / cut.shape[0], _COARSEST_MM)
    drawn = (cut.shape[1] * scale, cut.shape[0] * scale)
    px, py = x + (wide - drawn[0]) / 2, y + (tall - drawn[1]) / 2
    items: list[Item] = [Picture(px, py, drawn[0], drawn[1], cut)]
    if pitch_mm:
        ratio = float(f"{scale / pitch_mm:.2g}")
        block = replace(block, scale=f"about {ratio:g} : 1" if ratio >= 1 else f"about 1 : {1 / ratio:.2g}")
        left, top, right, bottom = (side * scale for side in _ink_sides(cut, dark=dark))
        items += dimension.draw(placed, Sides(px + left, py + top, px + right, py + bottom), (px, py), scale)
    if touching:
        # The piece runs on beyond the picture: a hairline shows that the view is cut there.
        items.append(Line(rectangle(Box(px, py, *drawn)), HAIRLINE, "frame", ink=0.6, closed=True))
    around = (*frame(width, height), *ruler(width, height), *title_block(width, height, block))
    return Page(width, height, (*items, *around), dark=dark)


def _note(x: float, y: float, room: float) -> tuple[Item, ...]:
    first, em = lettering.fit(NOTHING_DRAWN, 5.2, room)
    second, small = lettering.fit(NOTHING_ADVICE, 4.2, room)
    return (
        Text(x, y - 2, first, em, "notes", anchor="middle"),
        Text(x, y + 5, second, small, "notes", anchor="middle", ink=0.7),
    )


def _scale(shape: tuple[int, ...], page: tuple[float, float]) -> float:
    """Millimetres per pixel that fills the drawing area, without enlarging coarse pixels beyond measure."""
    _, _, wide, tall = drawing_area(*page)
    return min(wide / shape[1], tall / shape[0], _COARSEST_MM)


def _grey(drawing: NDArray[Any]) -> NDArray[Any]:
    if drawing.ndim == 2:
        return drawing
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(drawing[..., :3]), cv2.COLOR_RGB2GRAY))


def _rim(grey: NDArray[Any], thick: int) -> NDArray[Any]:
    sides = (grey[:thick], grey[-thick:], grey[:, :thick], grey[:, -thick:])
    return np.concatenate([side.ravel() for side in sides])


def _on_dark_paper(grey: NDArray[Any]) -> bool:
    """Whether most of the drawing's rim is dark: a blueprint, whose whole sheet is dark."""
    rim = _rim(grey, max(1, min(grey.shape) // 100))
    return bool(np.median(rim) < 100 and float(np.mean(rim < 100)) > 0.7)


def _edge_ink(grey: NDArray[Any], *, dark: bool) -> float:
    rim = _rim(grey, max(1, min(grey.shape) // 100))
    return float(np.mean((rim > 110) if dark else (rim < 190)))


def _inked(grey: NDArray[Any], *, dark: bool) -> tuple[slice, slice] | None:
    """Rows and columns that hold ink, with a little paper round them; None for none."""
    if float(_inky(grey, dark=dark).mean()) < _LEAST_INK:
        return None
    left, top, right, bottom = (int(side) for side in _ink_sides(grey, dark=dark))
    pad = max(2, max(grey.shape) // 128)
    return slice(max(0, top - pad), bottom + pad), slice(max(0, left - pad), right + pad)


def _inky(grey: NDArray[Any], *, dark: bool) -> NDArray[Any]:
    return np.asarray((grey > 90) if dark else (grey < 225))


def _ink_sides(grey: NDArray[Any], *, dark: bool) -> Sides:
    """Where what is drawn begins and ends, in pixels."""
    ink = _inky(grey, dark=dark)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return Sides(float(columns[0]), float(rows[0]), float(columns[-1]) + 1, float(rows[-1]) + 1)


def _overall(grey: NDArray[Any], pitch_mm: float, *, dark: bool) -> tuple[dimension.Placed, ...]:
    """Overall width below the drawing and height beside it."""
    left, top, right, bottom = _ink_sides(grey, dark=dark)
    across = dimension.Dimension(
        "overall width", (right - left) * pitch_mm, (left, bottom), (right, bottom), digits=1
    )
    along = dimension.Dimension(
        "overall height", (bottom - top) * pitch_mm, (left, top), (left, bottom), digits=1
    )
    return dimension.Placed(across, level=True, side=1, row=0), dimension.Placed(
        along, level=False, side=-1, row=0
    )
