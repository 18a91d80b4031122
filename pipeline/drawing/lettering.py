"""Lettering: which font draws a text, how wide it comes out, and how it is made to fit."""

import unicodedata
from functools import lru_cache
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
    plain = all(_drawn_by(REGULAR, c) for c in text)
    return (BOLD if bold else REGULAR) if plain else WIDE


def clean(text: str) -> str:
    """One line of what the shipped fonts can draw: no line breaks, control or invisible signs, no emoji."""
    flat = " ".join(unicodedata.normalize("NFC", text[:600]).split())
    return "".join(c for c in flat if unicodedata.category(c)[0] != "C" and _known(c)).strip()


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
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + "…", small, bold=bold) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…", small


@lru_cache(maxsize=4096)
def _known(character: str) -> bool:
    return any(_drawn_by(name, character) for name in (REGULAR, WIDE))


@lru_cache(maxsize=8192)
def _drawn_by(name: str, character: str) -> bool:
    """Whether a font has the character: its picture differs from that of a code point no font has."""
    if character.isspace() or unicodedata.combining(character):
        return True
    measure = font(name, _MEASURE_PX)
    return bytes(measure.getmask(character)) != bytes(measure.getmask("\U0010fffd"))
