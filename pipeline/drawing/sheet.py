"""The framed sheet: border with reference fields, title block, and one drawing centred in what is left.

Frame and fields after ISO 5457 (10 mm margin, 0.7 mm frame line, 50 mm fields); title block fields after
ISO 7200.
"""

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import dimension, lettering
from pipeline.drawing.page import Item, Line, Page, Picture, Text, rectangle
from pipeline.drawing.raster import rasterize

PaperName = Literal["A4", "Letter"]
PAPERS: dict[PaperName, tuple[float, float]] = {"A4": (297.0, 210.0), "Letter": (279.4, 215.9)}
"""Landscape width and height in mm."""

MARGIN = 10.0
FRAME_LINE = 0.7
RULE = 0.35
HAIRLINE = 0.18
CLEAR = 7.0
"""Distance in mm kept between the drawing and the frame or the title block."""

NOTHING_DRAWN = "No clear edges were found in this picture, so there is nothing to draw."
NOTHING_ADVICE = "Choose a sharper picture, or a region that shows the piece."

_FIELD = 50.0
_BAND = 4.0
_ROW = 9.5
_LEAST_INK = 2e-4
_COARSEST_MM = 3.0 * 25.4 / 300
"""A drawing's pixel is never laid larger than this: three dots at 300 dpi."""

_LANDSCAPE = (
    (("design", 0.42), ("kind", 0.13), ("metal", 0.19), ("stones", 0.26)),
    (
        ("view", 0.29),
        ("scale", 0.13),
        ("fidelity", 0.20),
        ("date", 0.11),
        ("design_id", 0.18),
        ("sheet", 0.09),
    ),
)
_PORTRAIT = (
    (("design", 0.72), ("kind", 0.28)),
    (("metal", 0.40), ("stones", 0.60)),
    (("view", 0.42), ("scale", 0.22), ("fidelity", 0.36)),
    (("date", 0.24), ("design_id", 0.56), ("sheet", 0.20)),
)
_LABELS = {
    "design": "Design",
    "kind": "Kind",
    "metal": "Metal",
    "stones": "Stones",
    "view": "View",
    "scale": "Scale",
    "fidelity": "Fidelity",
    "date": "Date",
    "design_id": "Design no.",
    "sheet": "Sheet",
}


@dataclass(frozen=True)
class TitleBlock:
    """What the title block says. Any text is cut to its cell; an empty one shows a dash."""

    design: str
    view: str
    kind: str = ""
    metal: str = ""
    stones: str = ""
    scale: str = "not to scale"
    number: int = 1
    count: int = 6
    date: str = ""
    design_id: str = ""
    fidelity: str = ""

    @classmethod
    def of(cls, words: Mapping[str, str], *, number: int) -> "TitleBlock":
        """Read a title block from its words by field; others are ignored."""
        return cls(
            design=words.get("design", ""),
            view=words.get("view", ""),
            kind=words.get("kind", ""),
            metal=words.get("metal", ""),
            stones=words.get("stones", ""),
            scale=words.get("scale", ""),
            number=number,
            date=words.get("date", ""),
            design_id=words.get("design_id", ""),
            fidelity=words.get("fidelity", ""),
        )

    @property
    def words(self) -> dict[str, str]:
        """The fields that are words, for keeping."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, str)}

    def value(self, field: str) -> str:
        """The text of one cell."""
        return f"{self.number} of {self.count}" if field == "sheet" else str(getattr(self, field))


def sheet(
    drawing: NDArray[Any],
    *,
    block: TitleBlock,
    paper: PaperName = "A4",
    dpi: int = 300,
    landscape: bool | None = None,
) -> NDArray[Any]:
    """Lay a drawing, uint8 (h, w) or (h, w, 3), on its framed sheet; returns neutral grey as RGB (h, w, 3).

    `landscape` as in `picture_page`.
    """
    grey = rasterize(picture_page(drawing, block=block, paper=paper, landscape=landscape), dpi=dpi)
    return np.repeat(grey[..., None], 3, axis=2)


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
        return Page(
            width, height, (*frame(width, height), *title_block(width, height, block), *note), dark=dark
        )
    top, bottom, left, right = window
    cut = grey[top:bottom, left:right]
    touching = bool(_edge_ink(grey, dark=dark) > 0.004)
    if landscape is None:
        larger = _scale(cut.shape, size(paper, landscape=True))
        landscape = larger >= _scale(cut.shape, size(paper, landscape=False))
    width, height = size(paper, landscape=landscape)
    x, y, wide, tall = drawing_area(width, height)
    placed = _overall(cut, pitch_mm, dark=dark) if pitch_mm and not touching else ()
    room = dimension.room(placed)
    wide, tall, x, y = wide - room[0] - room[2], tall - room[1] - room[3], x + room[0], y + room[1]
    scale = min(wide / cut.shape[1], tall / cut.shape[0], _COARSEST_MM)
    drawn = (cut.shape[1] * scale, cut.shape[0] * scale)
    px, py = x + (wide - drawn[0]) / 2, y + (tall - drawn[1]) / 2
    items: list[Item] = [Picture(px, py, drawn[0], drawn[1], cut)]
    if pitch_mm:
        told = float(f"{scale / pitch_mm:.2g}")
        block = replace(block, scale=f"about {told:g} : 1" if told >= 1 else f"about 1 : {1 / told:.2g}")
        box = _ink_box(cut, dark=dark)
        left, top, right, bottom = (v * scale for v in box)
        items += dimension.draw(placed, (px + left, py + top, px + right, py + bottom), (px, py), scale)
    if touching:
        # The piece runs on beyond the picture: a hairline shows that the view is cut there.
        items.append(Line(rectangle(px, py, drawn[0], drawn[1]), HAIRLINE, "frame", ink=0.6, closed=True))
    return Page(width, height, (*items, *frame(width, height), *title_block(width, height, block)), dark=dark)


def size(paper: PaperName, *, landscape: bool) -> tuple[float, float]:
    """Width and height of a sheet in mm."""
    long, short = PAPERS[paper]
    return (long, short) if landscape else (short, long)


def drawing_area(width: float, height: float) -> tuple[float, float, float, float]:
    """The box (x, y, width, height) in mm that a drawing may fill, clear of frame and title block."""
    inset = MARGIN + CLEAR
    return inset, inset, width - 2 * inset, height - 2 * inset - _block_height(width, height)


def frame(width: float, height: float) -> tuple[Item, ...]:
    """Border and frame line, with numbered and lettered reference fields between them."""
    inner = rectangle(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN)
    outset = MARGIN - _BAND
    outer = rectangle(outset, outset, width - 2 * outset, height - 2 * outset)
    items: list[Item] = [
        Line(outer, RULE, "frame", closed=True),
        Line(inner, FRAME_LINE, "frame", closed=True),
    ]
    for horizontal, length in ((True, width), (False, height)):
        across = height if horizontal else width
        marks = _fields(length)
        for mark in marks[1:-1]:
            for near, far in ((outset, MARGIN), (across - MARGIN, across - outset)):
                ends = [[mark, near], [mark, far]] if horizontal else [[near, mark], [far, mark]]
                centred = abs(mark - length / 2) < 1e-6
                items.append(Line(np.array(ends), FRAME_LINE if centred else RULE, "frame"))
        for index, (start, stop) in enumerate(itertools.pairwise(marks)):
            name = str(index + 1) if horizontal else "ABCDEFGHJKLMN"[index]
            middle = (start + stop) / 2
            for centre in (outset + _BAND / 2, across - outset - _BAND / 2):
                x, y = (middle, centre) if horizontal else (centre, middle)
                items.append(Text(x, y + 0.85, name, 2.5, "frame", anchor="middle"))
    return tuple(items)


def title_block(width: float, height: float, block: TitleBlock) -> tuple[Item, ...]:
    """The rows of cells along the foot of the frame, each with a small label over its text."""
    rows = _rows(width, height)
    inside = width - 2 * MARGIN
    top = height - MARGIN - _ROW * len(rows)
    items: list[Item] = [Line(np.array([[MARGIN, top], [width - MARGIN, top]]), FRAME_LINE, "title")]
    for row, cells in enumerate(rows):
        y = top + row * _ROW
        if row:
            items.append(Line(np.array([[MARGIN, y], [width - MARGIN, y]]), RULE, "title"))
        x = MARGIN
        for index, (field, share) in enumerate(cells):
            wide = inside * share
            if index:
                items.append(Line(np.array([[x, y], [x, y + _ROW]]), RULE, "title"))
            bold = field in {"design", "sheet"}
            text, em = lettering.fit(block.value(field), 4.3, wide - 4.0, bold=bold)
            items.append(Text(x + 2, y + 3.0, _LABELS[field], 2.1, "title", ink=0.62))
            items.append(Text(x + 2, y + 7.6, text, em, "title", bold=bold))
            x += wide
    return tuple(items)


def _note(x: float, y: float, room: float) -> tuple[Item, ...]:
    first, em = lettering.fit(NOTHING_DRAWN, 5.2, room)
    second, small = lettering.fit(NOTHING_ADVICE, 4.2, room)
    return (
        Text(x, y - 2, first, em, "notes", anchor="middle"),
        Text(x, y + 5, second, small, "notes", anchor="middle", ink=0.7),
    )


def _rows(width: float, height: float) -> tuple[tuple[tuple[str, float], ...], ...]:
    return _LANDSCAPE if width >= height else _PORTRAIT


def _block_height(width: float, height: float) -> float:
    return _ROW * len(_rows(width, height))


def _fields(length: float) -> list[float]:
    """Boundaries of the reference fields: 50 mm counted from the middle, the rest at both ends."""
    marks = [length / 2]
    step = 1
    while length / 2 - step * _FIELD > MARGIN + 12:
        marks += [length / 2 - step * _FIELD, length / 2 + step * _FIELD]
        step += 1
    return [MARGIN, *sorted(marks), length - MARGIN]


def _scale(shape: tuple[int, ...], page: tuple[float, float]) -> float:
    """Millimetres per pixel that fills the drawing area, without enlarging coarse pixels beyond measure."""
    _, _, wide, tall = drawing_area(*page)
    return min(wide / shape[1], tall / shape[0], _COARSEST_MM)


def _grey(drawing: NDArray[Any]) -> NDArray[Any]:
    if drawing.ndim == 2:
        return drawing
    import cv2

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


def _inked(grey: NDArray[Any], *, dark: bool) -> tuple[int, int, int, int] | None:
    """Rows and columns (top, bottom, left, right) that hold ink, with a little paper round them; None for none."""
    if float(_inky(grey, dark=dark).mean()) < _LEAST_INK:
        return None
    left, top, right, bottom = _ink_box(grey, dark=dark)
    pad = max(2, max(grey.shape) // 128)
    return (
        max(0, top - pad),
        min(grey.shape[0], bottom + pad),
        max(0, left - pad),
        min(grey.shape[1], right + pad),
    )


def _inky(grey: NDArray[Any], *, dark: bool) -> NDArray[Any]:
    return np.asarray((grey > 90) if dark else (grey < 225))


def _ink_box(grey: NDArray[Any], *, dark: bool) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is drawn."""
    ink = _inky(grey, dark=dark)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _overall(grey: NDArray[Any], pitch_mm: float, *, dark: bool) -> tuple[dimension.Placed, ...]:
    """Overall width below the drawing and height beside it."""
    left, top, right, bottom = (float(v) for v in _ink_box(grey, dark=dark))
    across = dimension.Dimension(
        "overall width", (right - left) * pitch_mm, (left, bottom), (right, bottom), digits=1
    )
    along = dimension.Dimension(
        "overall height", (bottom - top) * pitch_mm, (left, top), (left, bottom), digits=1
    )
    return dimension.Placed(across, level=True, side=1, row=0), dimension.Placed(
        along, level=False, side=-1, row=0
    )
