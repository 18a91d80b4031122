"""Paper to typeset on: A4 pages in millimetres, four faces, and a box for everything."""

import io
import unicodedata
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast

import uharfbuzz
from fontTools.ttLib import TTFont
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import HarfBuzzFont, TTFFont
from PIL import Image

from pipeline.drawing import Page, lettering, paint
from pipeline.drawing.page import Box
from pipeline.drawing.pdf import document

Color = tuple[int, int, int]
INK: Color = (29, 25, 20)
SOFT: Color = (98, 89, 76)
GOLD: Color = (125, 93, 32)
LINE: Color = (222, 212, 194)

FONTS = Path(__file__).parents[2] / "static" / "vendor" / "fonts"
FACES = {
    "serif": "cormorant-garamond-latin-500-normal.woff",
    "italic": "cormorant-garamond-latin-500-italic.woff",
    "sans": "source-sans-3-latin-400-normal.woff",
    "mono": "DejaVuSans.ttf",
}
FALLBACKS = {
    "serif-ext": "cormorant-garamond-latin-ext-500-normal.woff",
    "sans-greek": "source-sans-3-greek-400-normal.woff",
    "sans-cyrillic": "source-sans-3-cyrillic-400-normal.woff",
    "sans-ext": "source-sans-3-latin-ext-400-normal.woff",
    "wide": "DejaVuSans.ttf",
}
EAST_ASIAN = "droid-sans-fallback.woff"
"""Chinese, Japanese and Korean: large, so opened only when a text needs it."""
_MISSING = "\u25a1"
"""Stands where no face has the sign; `Sheet.missing` tells which signs these were."""
_VARIATION = frozenset(range(0xFE00, 0xFE10)) | {0x200D}
"""Signs that only choose another look of the sign before, or join two."""
_PT_MM = 25.4 / 72


class Sheet:
    """A document in the making."""

    def __init__(self, *, title: str, moment: datetime, accent: Color = GOLD) -> None:
        self.accent = accent
        self._pdf = document(title, moment)
        self._pdf.c_margin = 0
        for name, file in {**FACES, **FALLBACKS}.items():
            self._add(name, file)
        self._pdf.set_fallback_fonts(list(FALLBACKS), exact_match=False)
        self._pdf.set_text_shaping(use_shaping_engine=True)
        self._known = set[int]().union(
            *(lettering.signs(FONTS / f) for f in (*FACES.values(), *FALLBACKS.values()))
        )
        self._missing: dict[str, None] = {}
        self._opened: set[str] = set()
        self._title = title

    @property
    def missing(self) -> tuple[str, ...]:
        """The signs asked for so far that no face has, in their order."""
        return tuple(self._missing)

    def drawing(self, drawn: Page, *, name: str) -> None:
        """Add a drawing on its own sheet, edge to edge, lines as lines."""
        self._pdf.add_page(format=(drawn.width, drawn.height))
        self._pdf.start_section(self._shown(name))
        paint(self._pdf, drawn)

    def page(self, heading: str = "", *, folio: bool = True) -> None:
        """Begin a page; its heading is also a bookmark, its folio the design's name and the page number."""
        pdf = self._pdf
        pdf.add_page(orientation="portrait")
        if folio:
            self.rule(18, 279, 174)
            short = lettering.shorten(self._title, lambda cut: len(cut) <= 80)
            self.text(short, Box(18, 282, 150, 5), font="sans", size=7.5, color=SOFT)
            self.text(str(pdf.page_no()), Box(172, 282, 20, 5), font="sans", size=7.5, color=SOFT, align="R")
        if heading:
            pdf.start_section(self._shown(heading))
            self.text(heading, Box(18, 20, 174, 12), font="serif", size=24, leading=1)

    def text(
        self,
        words: str,
        box: Box,
        *,
        font: str,
        size: float,
        color: Color = INK,
        align: str = "L",
        leading: float = 1.22,
        spacing: float = 0.0,
    ) -> float:
        """Set words into a box, at most as many lines as fit it, and return where they end, mm from the top.

        `size` and `spacing` are points, `leading` is in multiples of the size.
        """
        pdf = self._pdf
        pdf.set_font(font, size=size)
        pdf.set_text_color(*color)
        pdf.set_char_spacing(spacing)
        height = size * leading * _PT_MM
        shown = self._shown(words)
        room = max(1, int(box.height / height + 0.05))

        @cache  # breaking lines shapes every word; where all fit, they are broken once
        def lines_of(words: str) -> list[str]:
            broken = pdf.multi_cell(
                box.width, height, words, dry_run=True, output="LINES", wrapmode=_wrap(shown)
            )
            return cast("list[str]", broken)  # what output="LINES" returns

        lines = lines_of(lettering.shorten(shown, lambda cut: len(lines_of(cut)) <= room))
        pdf.current_font_is_set_on_page = False  # the dry run believes to have set it
        for number, line in enumerate(lines):
            pdf.set_xy(box.x, box.y + number * height)
            pdf.cell(box.width, height, line, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)
        pdf.set_char_spacing(0)
        return box.y + len(lines) * height

    def picture(self, data: bytes, box: Box, *, alt: str, frame: bool = False, align: str = "C") -> Box:
        """Fit a picture into a box, at its top, and return the place it takes."""
        with Image.open(io.BytesIO(data)) as opened:
            width, height = opened.size
        scale = min(box.width / width, box.height / height)
        x = box.x + ((box.width - width * scale) / 2 if align == "C" else 0)
        place = Box(x, box.y, width * scale, height * scale)
        self._pdf.image(
            io.BytesIO(data), place.x, place.y, place.width, place.height, alt_text=self._shown(alt)
        )
        if frame:
            self._pdf.set_draw_color(*LINE)
            self._pdf.set_line_width(0.2)
            self._pdf.rect(place.x, place.y, place.width, place.height)
        return place

    def outline(self, box: Box, number: str) -> None:
        """Outline a region on a picture and number it."""
        pdf = self._pdf
        pdf.set_draw_color(*self.accent)
        pdf.set_line_width(0.18)
        pdf.rect(box.x, box.y, box.width, box.height)
        pdf.set_fill_color(255, 255, 255)
        pdf.circle(box.x + box.width, box.y, 2.1, style="DF")
        self.text(
            number,
            Box(box.x + box.width - 3, box.y - 1.55, 6, 3),
            font="sans",
            size=6.5,
            color=self.accent,
            align="C",
        )

    def rule(self, x: float, y: float, width: float) -> None:
        """Draw a hairline."""
        self._pdf.set_draw_color(*LINE)
        self._pdf.set_line_width(0.2)
        self._pdf.line(x, y, x + width, y)

    def finish(self) -> bytes:
        """Close the document."""
        return bytes(self._pdf.output())

    def _shown(self, words: str) -> str:
        """Words as they can be set: signs of no face are named when they are pictures, else marked and remembered."""
        plain = "".join(" " if c.isspace() else c for c in words)
        if EAST_ASIAN not in self._opened and lettering.drawable(plain, self._known) != plain:
            self._open(EAST_ASIAN)
        return lettering.drawable(plain, self._known, self._instead)

    def _instead(self, sign: str) -> str:
        if ord(sign) in _VARIATION:
            return ""
        name = unicodedata.name(sign, "").lower()
        if name and unicodedata.category(sign) in {"So", "Sk"}:
            return f"[{name}]"
        self._missing.setdefault(sign)
        return _MISSING

    def _add(self, name: str, file: str) -> None:
        self._pdf.add_font(name, fname=FONTS / file)
        font = self._pdf.fonts[name]
        if isinstance(font, TTFFont):
            font._hbfont = HarfBuzzFont(_shape(file))  # noqa: SLF001 - see there

    def _open(self, file: str) -> None:
        self._opened.add(file)
        self._add(file, file)
        self._pdf.set_fallback_fonts([*FALLBACKS, file], exact_match=False)
        self._known |= lettering.signs(FONTS / file)


@cache
def _shape(file: str) -> uharfbuzz.Face:
    """A face as HarfBuzz measures by it, unpacked once: fpdf2 compiles all its glyphs again for every document."""
    unpacked = io.BytesIO()
    with TTFont(FONTS / file, recalcTimestamp=False, lazy=True) as font:
        font.flavor = None
        font.save(unpacked, reorderTables=None)
    return uharfbuzz.Face(unpacked.getvalue())


def _wrap(words: str) -> WrapMode:
    """Break inside words only where one alone would not fit a line."""
    longest = max((len(word) for word in words.split()), default=0)
    return WrapMode.CHAR if longest > 36 else WrapMode.WORD
