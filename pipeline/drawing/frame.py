"""The framed paper: border with reference fields, title block, and the area left for a drawing.

Frame and fields after ISO 5457 (10 mm margin, 0.7 mm frame line, 50 mm fields); title block fields after
ISO 7200.
"""

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from pipeline.drawing import lettering
from pipeline.drawing.page import Box, Item, Line, Sides, Text, rectangle

PaperName = Literal["A4", "Letter"]
PAPERS: dict[PaperName, tuple[float, float]] = {"A4": (297.0, 210.0), "Letter": (279.4, 215.9)}
"""Landscape width and height in mm."""

SHEET_DPI = 300
"""Dots per inch of a sheet's picture."""
MARGIN = 10.0
FRAME_LINE = 0.7
RULE = 0.35
HAIRLINE = 0.18
CHECK_MM = 50.0
"""Length of the bar that tells whether a sheet was printed at its size."""
CLEAR = 7.0
"""Distance in mm kept between the drawing and the frame or the title block."""

_FIELD = 50.0
_BAND = 4.0
_ROW = 9.5

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


def size(paper: PaperName, *, landscape: bool) -> tuple[float, float]:
    """Width and height of a sheet in mm."""
    long, short = PAPERS[paper]
    return (long, short) if landscape else (short, long)


def drawing_area(width: float, height: float) -> Box:
    """The box in mm that a drawing may fill, clear of frame and title block."""
    inset = MARGIN + CLEAR
    return Box(inset, inset, width - 2 * inset, height - 2 * inset - _block_height(width, height))


def frame(width: float, height: float) -> tuple[Item, ...]:
    """Border and frame line, with numbered and lettered reference fields between them."""
    inner = rectangle(Sides(MARGIN, MARGIN, width - MARGIN, height - MARGIN))
    outset = MARGIN - _BAND
    outer = rectangle(Sides(outset, outset, width - outset, height - outset))
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


def ruler(width: float, height: float) -> tuple[Item, ...]:
    """A bar of 50 mm above the title block, at the right: who prints the sheet lays a rule on it."""
    right, middle = width - MARGIN - 4.0, height - MARGIN - _block_height(width, height) - 1.0
    left = right - CHECK_MM
    items: list[Item] = [Line(np.array([[left, middle], [right, middle]]), HAIRLINE, "ruler")]
    for step in range(6):
        x, reach = left + step * CHECK_MM / 5, 0.6 if step in (0, 5) else 0.3
        items.append(Line(np.array([[x, middle - reach], [x, middle + reach]]), HAIRLINE, "ruler"))
    words = f"{CHECK_MM:g} mm when printed at 100 %"
    return (*items, Text(left - 1.5, middle + 0.5, words, 1.7, "ruler", anchor="right", ink=0.62))


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
