"""A page as SVG: every line a path in millimetres, each layer a named group, lettering as text."""

import base64
import io
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

from pipeline.drawing import lettering
from pipeline.drawing.page import Item, Line, Page, Picture, Text
from pipeline.drawing.raster import DARK_PAPER, shade

_FAMILIES = "Barlow, 'DIN Alternate', 'DejaVu Sans Condensed', Arial, sans-serif"


def to_svg(page: Page, *, title: str = "") -> str:
    """Write a page as an SVG document; its user unit is the millimetre."""
    paper = DARK_PAPER if page.dark else 255
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" ',
        f'width="{page.width:g}mm" height="{page.height:g}mm" viewBox="0 0 {page.width:g} {page.height:g}">\n',
        f"<title>{escape(lettering.clean(title))}</title>\n" if title else "",
        f'<rect width="100%" height="100%" fill="{_grey(paper)}"/>\n',
    ]
    seen: dict[str, int] = {}
    for layer, items in groupby(page.items, key=lambda item: item.layer):
        seen[layer] = seen.get(layer, 0) + 1
        name = layer if seen[layer] == 1 else f"{layer}-{seen[layer]}"
        parts.append(f'<g id="{name}" inkscape:groupmode="layer" inkscape:label="{layer}">\n')
        parts += [_element(item, dark=page.dark) for item in items]
        parts.append("</g>\n")
    parts.append("</svg>\n")
    return "".join(parts)


def _element(item: Item, *, dark: bool) -> str:
    if isinstance(item, Line):
        return _path(item, dark=dark)
    if isinstance(item, Text):
        return _text(item, dark=dark)
    return _image(item)


def _path(item: Line, *, dark: bool) -> str:
    points = " L".join(f"{x:.3f} {y:.3f}" for x, y in item.points)
    colour = _grey(shade(item.ink, dark=dark))
    data = f"M{points}{' Z' if item.closed else ''}"
    if item.filled:
        return f'<path d="{data}" fill="{colour}"/>\n'
    dashes = f' stroke-dasharray="{" ".join(f"{d:g}" for d in item.dashes)}"' if item.dashes else ""
    ends = "butt" if item.layer in {"frame", "title"} else "round"
    joins = "miter" if ends == "butt" else "round"
    return (
        f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{item.width:.3f}" '
        f'stroke-linecap="{ends}" stroke-linejoin="{joins}"{dashes}/>\n'
    )


def _text(item: Text, *, dark: bool) -> str:
    wide = lettering.width(item.text, item.height, bold=item.bold)
    anchor = {"left": "start", "middle": "middle", "right": "end"}[item.anchor]
    place = f'x="{item.x:.3f}" y="{item.y:.3f}"'
    turn = "" if item.upright else f' transform="rotate(-90 {item.x:.3f} {item.y:.3f})"'
    weight = ' font-weight="600"' if item.bold else ""
    # The length is given, so that a reader without our font keeps every text inside its cell.
    words = (
        f'<text {place}{turn} font-family={quoteattr(_FAMILIES)} font-size="{item.height:.3f}"{weight} '
        f'text-anchor="{anchor}" textLength="{wide:.3f}" lengthAdjust="spacingAndGlyphs" '
        f'fill="{_grey(shade(item.ink, dark=dark))}">{escape(item.text)}</text>\n'
    )
    if not item.plate:
        return words
    left = item.x - {"left": 0.0, "middle": 0.5, "right": 1.0}[item.anchor] * wide
    paper = _grey(DARK_PAPER if dark else 255)
    box = f'x="{left:.3f}" y="{item.y - 0.72 * item.height:.3f}" width="{wide:.3f}" height="{0.74 * item.height:.3f}"'
    return f'<rect {box} fill="{paper}"{turn}/>\n{words}'


def _image(item: Picture) -> str:
    out = io.BytesIO()
    Image.fromarray(item.grey).save(out, "PNG", compress_level=4)
    data = base64.b64encode(out.getvalue()).decode()
    return (
        f'<image x="{item.x:.3f}" y="{item.y:.3f}" width="{item.width:.3f}" height="{item.height:.3f}" '
        f'preserveAspectRatio="none" href="data:image/png;base64,{data}"/>\n'
    )


def _grey(level: int) -> str:
    return f"#{level:02x}{level:02x}{level:02x}"
