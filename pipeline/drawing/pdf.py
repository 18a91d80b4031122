"""Pages as one PDF: lines stay lines, lettering stays text, pictures are laid in without loss."""

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from pipeline.drawing import lettering
from pipeline.drawing.page import Line, Page, Text
from pipeline.drawing.raster import DARK_PAPER, shade

_POINTS = 72 / 25.4
_SHAPED_DPI = 600


def to_pdf(pages: Sequence[Page], *, title: str = "Technical drawings") -> bytes:
    """Write pages, each of its own size, into one PDF document."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=1, invariant=1)
    canvas.setTitle(lettering.clean(title))
    canvas.setCreator("Loupe")
    for page in pages:
        canvas.setPageSize((page.width * _POINTS, page.height * _POINTS))
        # Millimetres from the top left, as on the page itself.
        canvas.transform(_POINTS, 0, 0, -_POINTS, 0, page.height * _POINTS)
        canvas.setFillGray((DARK_PAPER if page.dark else 255) / 255)
        canvas.rect(0, 0, page.width, page.height, stroke=0, fill=1)
        for item in page.items:
            if isinstance(item, Line):
                _stroke(canvas, item, dark=page.dark)
            elif isinstance(item, Text):
                _letter(canvas, item, dark=page.dark)
            else:
                _lay(canvas, item.grey, item.x, item.y, item.width, item.height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _stroke(canvas: Any, item: Line, *, dark: bool) -> None:
    path = canvas.beginPath()
    (x, y), *rest = item.points.tolist()
    path.moveTo(x, y)
    for x, y in rest:
        path.lineTo(x, y)
    if item.closed:
        path.close()
    level = shade(item.ink, dark=dark) / 255
    if item.filled:
        canvas.setFillGray(level)
        canvas.drawPath(path, stroke=0, fill=1)
        return
    ruled = item.layer in {"frame", "title"}
    canvas.setLineCap(0 if ruled else 1)
    canvas.setLineJoin(0 if ruled else 1)
    canvas.setDash(list(item.dashes) if item.dashes else [])
    canvas.setStrokeGray(level)
    canvas.setLineWidth(item.width)
    canvas.drawPath(path, stroke=1, fill=0)


def _letter(canvas: Any, item: Text, *, dark: bool) -> None:
    face = lettering.face(item.text, bold=item.bold)
    wide = lettering.width(item.text, item.height, bold=item.bold)
    left = -{"left": 0.0, "middle": 0.5, "right": 1.0}[item.anchor] * wide
    canvas.saveState()
    canvas.translate(item.x, item.y)
    if not item.upright:
        canvas.rotate(-90)
    if item.plate:
        canvas.setFillGray((DARK_PAPER if dark else 255) / 255)
        canvas.rect(left, -0.72 * item.height, wide, 0.74 * item.height, stroke=0, fill=1)
    if face == lettering.WIDE:
        # Scripts that join or run from the right need shaping, which the PDF writer does not do.
        _lay(canvas, *_shaped(item, wide, left, dark=dark))
    else:
        canvas.scale(1, -1)
        canvas.setFillGray(shade(item.ink, dark=dark) / 255)
        canvas.setFont(_registered(face), item.height)
        canvas.drawString(left, 0, item.text)
    canvas.restoreState()


def _shaped(item: Text, wide: float, left: float, *, dark: bool) -> tuple[Any, float, float, float, float]:
    """A text as a small grey picture, and its box in mm about the text's own origin."""
    scale = _SHAPED_DPI / 25.4
    font = lettering.font(lettering.WIDE, round(item.height * scale))
    size = (max(1, round(wide * scale)), max(1, round(1.5 * item.height * scale)))
    label = Image.new("L", size, DARK_PAPER if dark else 255)
    base = round(1.1 * item.height * scale)
    ImageDraw.Draw(label).text((0, base), item.text, fill=shade(item.ink, dark=dark), font=font, anchor="ls")
    return np.asarray(label), left, -base / scale, wide, 1.5 * item.height


def _lay(canvas: Any, grey: Any, x: float, y: float, width: float, height: float) -> None:
    from reportlab.lib.utils import ImageReader

    canvas.saveState()
    canvas.translate(x, y + height)
    canvas.scale(1, -1)
    canvas.drawImage(ImageReader(Image.fromarray(grey)), 0, 0, width, height)
    canvas.restoreState()


@lru_cache(maxsize=4)
def _registered(face: str) -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    name = face.removesuffix(".ttf")
    pdfmetrics.registerFont(TTFont(name, str(lettering.FONTS / face)))
    return name
