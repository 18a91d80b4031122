"""Lettering: which font draws a text, how wide it comes out, and how it is made to fit.

What a face has, what stands for a sign that none has, and where a text is cut are one rule for sheets, documents and
cards: `signs`, `drawable` and `shorten`.
"""

import unicodedata
from collections.abc import Callable, Container
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
REGULAR = "Barlow-Regular.ttf"
BOLD = "Barlow-SemiBold.ttf"
WIDE = "DejaVuSansCondensed.ttf"
"""Draws the scripts Barlow does not have: Greek, Cyrillic, Hebrew, Arabic."""

_MEASURE_PX = 100
_SMALLEST = 0.72


@lru_cache(maxsize=64)
def font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Load a shipped font at an em size in pixels."""
    return ImageFont.truetype(FONTS / name, max(4, size_px))


def face(text: str, *, bold: bool = False) -> str:
    """The file of the font that draws all of a cleaned text."""
    plain = drawable(text, signs(FONTS / REGULAR)) == text
    return (BOLD if bold else REGULAR) if plain else WIDE


def clean(text: str) -> str:
    """One line of what the shipped fonts can draw: no line breaks, control or invisible signs, no emoji."""
    flat = " ".join(unicodedata.normalize("NFC", text[:600]).split())
    return drawable(flat, _ALL).strip()


def drawable(text: str, known: Container[int], instead: Callable[[str], str] = lambda _: "") -> str:
    """A text in the signs that faces have: control and invisible signs go, `instead` says what stands for others."""
    return "".join(
        c if c.isspace() or unicodedata.combining(c) or ord(c) in known else instead(c)
        for c in text
        if unicodedata.category(c)[0] != "C"
    )


def shorten(text: str, fits: Callable[[str], bool]) -> str:
    """The text where it fits, else as much of it as fits with an ellipsis after it."""
    if fits(text):
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(f"{text[:middle].rstrip()}…") else (low, middle - 1)
    return f"{text[:low].rstrip()}…"


@cache
def signs(file: Path) -> frozenset[int]:
    """The code points a font file has a glyph for."""
    from fontTools.ttLib import TTFont  # a tenth of a second that the first page need not wait for

    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def width(text: str, height: float, *, bold: bool = False) -> float:
    """Length of a text in the unit of its em height."""
    return font(face(text, bold=bold), _MEASURE_PX).getlength(text) * height / _MEASURE_PX


def fit(text: str, height: float, room: float, *, bold: bool = False) -> tuple[str, float]:
    """Clean a text and make it no longer than `room`: smaller first, down to 72 %, then cut with an ellipsis.

    Returns the text to draw and its em height; an empty text becomes a dash.
    """
    text = clean(text) or "–"
    wide = width(text, height, bold=bold)
    if wide <= room:
        return text, height
    if wide * _SMALLEST <= room:
        return text, height * room / wide
    small = height * _SMALLEST
    return shorten(text, lambda cut: width(cut, small, bold=bold) <= room), small


class _AnyFace:
    """The signs of Barlow and DejaVu together, read when first asked for."""

    def __contains__(self, sign: object) -> bool:
        return sign in signs(FONTS / REGULAR) or sign in signs(FONTS / WIDE)


_ALL = _AnyFace()
