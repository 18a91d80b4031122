"""Cards for sharing: the master, its close-ups and the design's name on one square, portrait or wide picture."""

import io
from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont, ImageOps, PngImagePlugin

from pipeline import metadata
from pipeline.drawing import lettering
from pipeline.drawing.page import Box
from pipeline.export import certificate, credentials, specification
from pipeline.export.brand import Brand
from pipeline.records import Asset, Design
from pipeline.store import Store

PLAIN = Brand()
Shape = Literal["square", "portrait", "wide"]
Format = Literal["image/jpeg", "image/png", "image/webp"]
SIZES: dict[Shape, tuple[int, int]] = {"square": (1080, 1080), "portrait": (1080, 1350), "wide": (1200, 630)}
"""Pixels, as the large networks ask for: feed post, tall post, link preview."""

_PAPER, _CARD, _LINE = (250, 247, 241), (255, 255, 255), (227, 218, 203)
_INK, _SOFT, _GOLD = (29, 25, 20), (98, 89, 76), (125, 93, 32)
_FONTS = Path(__file__).parents[2] / "static" / "vendor" / "fonts"
_OTHERS = ("DejaVuSans.ttf", "droid-sans-fallback.woff")
"""For the signs a serif does not have, and for them alone."""
_SERIF, _ITALIC = (
    tuple(f"cormorant-garamond-{part}-500-{slope}.woff" for part in ("latin", "latin-ext")) + _OTHERS
    for slope in ("normal", "italic")
)
"""The first face that has a sign draws it."""
_LINES = 2
_NAME_SIZES = (84, 72, 60, 48, 40, 34)
_LARGEST_TWICE = 60
_STATED_FIRST = (metadata.GENERATED, metadata.COMPOSITE, metadata.RENDERED, metadata.ENHANCED)
"""A card is made of several pictures: the origin that takes most trust is the one it states."""


@dataclass(frozen=True)
class _Layout:
    master: Box
    insets: tuple[Box, ...]
    words: Box
    align: Literal["center", "left"]


_LAYOUTS: dict[Shape, _Layout] = {
    "square": _Layout(
        Box(40, 40, 690, 690),
        tuple(Box(750, 40 + n * 235, 290, 220) for n in range(3)),
        Box(60, 760, 960, 280),
        "center",
    ),
    "portrait": _Layout(
        Box(40, 40, 1000, 760),
        tuple(Box(40 + n * 340, 820, 320, 240) for n in range(3)),
        Box(60, 1085, 960, 230),
        "center",
    ),
    "wide": _Layout(
        Box(32, 32, 566, 566),
        tuple(Box(630 + n * 183, 466, 172, 132) for n in range(3)),
        Box(634, 40, 534, 400),
        "left",
    ),
}


def write(
    store: Store, design: Design, shape: Shape, media_type: Format = "image/jpeg", brand: Brand = PLAIN
) -> bytes:
    """Compose a card, of exactly the size in `SIZES`, with XMP that states how its pictures came to be."""
    layout = _LAYOUTS[shape]
    card = Image.new("RGB", SIZES[shape], _PAPER)
    if design.cover:
        _put(card, store, design.cover, layout.master)
    shown = [close_up.result for close_up in design.branch.chosen_close_ups] if design.branch else []
    for place, asset in zip(layout.insets, shown, strict=False):
        _put(card, store, asset, place)
    _letter(card, design, _subtitle(store, design, brand), layout, brand)
    kind = _source(design)
    data = _encode(card, media_type, metadata.packet(kind, title=design.name))
    return credentials.signed(data, media_type, kind, design.name, brand.credentials)


def _put(card: Image.Image, store: Store, asset: Asset, place: Box) -> None:
    """A white card with the picture fitted inside."""
    size = (int(place.width) - 2, int(place.height) - 2)
    picture = ImageOps.contain(Image.fromarray(store.pixels(asset)), size, Image.Resampling.LANCZOS)
    box = (place.x, place.y, place.x + place.width - 1, place.y + place.height - 1)
    ImageDraw.Draw(card).rectangle(box, fill=_CARD, outline=_LINE)
    left, top = place.x + (place.width - picture.width) // 2, place.y + (place.height - picture.height) // 2
    card.paste(picture, (int(left), int(top)))


def _letter(card: Image.Image, design: Design, subtitle: str, layout: _Layout, brand: Brand) -> None:
    place, pen = layout.words, ImageDraw.Draw(card)
    name, font = _fitted(design.name, place.width)
    small, italic = _Type(_SERIF, 24), _Type(_ITALIC, 30)
    lines = [
        (" · ".join(filter(None, (brand.name, design.kind))).upper(), small, brand.colour or _GOLD, 12.0),
        *((line, font, _INK, font.size * 0.1) for line in name),
        ("", italic, _SOFT, -18.0),
        *((line, italic, _SOFT, 2.0) for line in _balanced(subtitle, italic, place.width)),
    ]
    heights = [face.size * 1.08 + gap for _, face, _, gap in lines]
    y = place.y + max(0.0, (place.height - sum(heights)) / 2)
    centred = layout.align == "center"
    for (text, face, color, _), height in zip(lines, heights, strict=True):
        x = place.x + (place.width - face.length(text)) / 2 if centred else place.x
        face.draw(pen, (x, y), text, color)
        y += height


def _fitted(name: str, width: float) -> "tuple[list[str], _Type]":
    """The name on at most two lines, as large as they fit; what is left over ends in an ellipsis."""
    font, lines = _Type(_SERIF, _NAME_SIZES[0]), [name]
    for size in _NAME_SIZES:
        font = _Type(_SERIF, size)
        lines = _wrapped(name, font, width)
        if len(lines) == 1 or (len(lines) <= _LINES and size <= _LARGEST_TWICE):
            return _balanced(name, font, width), font
    rest = " ".join(lines[_LINES - 1 :])
    return [*lines[: _LINES - 1], lettering.shorten(rest, lambda cut: font.length(cut) <= width)], font


def _balanced(name: str, font: "_Type", width: float) -> list[str]:
    """Break into as few lines as fit, but of like lengths."""
    fewest = _wrapped(name, font, width)
    for share in (0.5, 0.55, 0.6, 0.7, 0.8, 0.9):
        lines = _wrapped(name, font, round(width * share))
        if len(lines) == len(fewest):
            return lines
    return fewest


def _wrapped(name: str, font: "_Type", width: float) -> list[str]:
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.length(longer) <= width:
            lines[-1] = longer
        elif lines[-1]:
            lines.append(word)
        else:
            lines[-1] = word
        while font.length(lines[-1]) > width:  # one word wider than the card
            rest = lines[-1]
            cut = _cut(rest, font, width)
            lines[-1:] = [rest[:cut], rest[cut:]]
    return lines


def _cut(word: str, font: "_Type", width: float) -> int:
    """How many of a word's signs fit a width, at least one."""
    return bisect_right(range(2, len(word)), width, key=lambda n: ceil(font.length(word[:n]))) + 1


class _Type:
    """A size of one or more faces. A sign that none of them has, such as an emoji, is left out: no boxes."""

    def __init__(self, files: tuple[str, ...], size: int) -> None:
        self.size = size
        self._faces = tuple(
            (ImageFont.truetype(_FONTS / file, size), lettering.signs(_FONTS / file)) for file in files
        )

    def length(self, text: str) -> float:
        """Pixels from the first sign to the end of the last."""
        return sum(font.getlength(run) for font, run in self._runs(text))

    def draw(
        self, pen: ImageDraw.ImageDraw, place: tuple[float, float], text: str, color: tuple[int, int, int]
    ) -> None:
        """Set a line whose top left corner is `place`."""
        x, y = place
        baseline = y + self._faces[0][0].getmetrics()[0]
        for font, run in self._runs(text):
            pen.text((x, baseline), run, font=font, fill=color, anchor="ls")
            x += font.getlength(run)

    def _runs(self, text: str) -> list[tuple[ImageFont.FreeTypeFont, str]]:
        known = [(self._face(sign), sign) for sign in text]
        drawn = [(face, sign) for face, sign in known if face is not None]
        faces = [face for face, _ in drawn]
        for n in range(1, len(drawn) - 1):
            # A space between two words of one script belongs to them: what is read from the right must not be split.
            if drawn[n][1].isspace() and faces[n - 1] is faces[n + 1]:
                faces[n] = faces[n - 1]
        signs = (sign for _, sign in drawn)
        return [(face, "".join(next(signs) for _ in run)) for face, run in groupby(faces)]

    def _face(self, sign: str) -> ImageFont.FreeTypeFont | None:
        return next((face for face, signs in self._faces if ord(sign) in signs), None)


def _subtitle(store: Store, design: Design, brand: Brand) -> str:
    """What the piece is made of; for the workshop what was measured."""
    if not brand.workshop:
        known = dict(specification.rows(design))
        made_of = ", ".join(filter(None, (known.get("Metal"), known.get("Stones") or known.get("Stone"))))
        return made_of or f"Designed in {brand.name or 'Loupe'}"
    chosen = design.branch.chosen_close_ups if design.branch else ()
    if not chosen:
        return "Designed in Loupe"
    if certificate.holds(chosen, store.provenance(design.id)):
        return f"{len(chosen)} close-ups, measured: zero drift at the master’s resolution"
    return f"{len(chosen)} close-ups, each with its measured drift"


def _source(design: Design) -> str:
    stated = {metadata.source_type(asset.recipe.model_dump()) for asset in design.assets()}
    return next((kind for kind in _STATED_FIRST if kind in stated), metadata.ENHANCED)


def _encode(card: Image.Image, media_type: Format, xmp: str) -> bytes:
    out = io.BytesIO()
    match media_type:
        case "image/png":
            info = PngImagePlugin.PngInfo()
            info.add_itxt("XML:com.adobe.xmp", xmp)
            card.save(out, "PNG", pnginfo=info, optimize=True)
        case "image/webp":
            card.save(out, "WEBP", quality=92, method=4, xmp=xmp.encode())
        case "image/jpeg":
            card.save(out, "JPEG", quality=93, subsampling=0, optimize=True, xmp=xmp.encode())
    return out.getvalue()
