"""Pages in a PDF: lines stay lines, lettering stays text, pictures are laid in without loss."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from fpdf import FPDF
from fpdf.enums import OutputIntentSubType
from fpdf.output import PDFICCProfile
from fpdf.prefs import ViewerPreferences
from fpdf.util import builtin_srgb2014_bytes
from PIL import Image, ImageDraw

from pipeline.drawing import lettering
from pipeline.drawing.page import Line, Page, Picture, Text
from pipeline.drawing.raster import DARK_PAPER, dashed, shade

_POINTS = 72 / 25.4
_SHAPED_DPI = 600
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def to_pdf(
    pages: Sequence[Page], *, title: str = "Technical drawings", moment: datetime = _LONG_AGO
) -> bytes:
    """Write pages, each of its own size, into one PDF document. The same pages and moment give the same bytes."""
    pdf = document(lettering.clean(title), moment)
    for page in pages:
        pdf.add_page(format=(page.width, page.height))
        paint(pdf, page)
    return bytes(pdf.output())


def document(title: str, moment: datetime) -> FPDF:
    """An empty document in millimetres: printed as it is, never fitted to the page, its colours those of sRGB."""
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.set_creation_date(moment)
    pdf.set_title(title)
    pdf.set_creator("Loupe")
    pdf.set_lang("en")
    pdf.viewer_preferences = ViewerPreferences(print_scaling="None")
    pdf.add_output_intent(
        OutputIntentSubType.PDFA,
        output_condition_identifier="sRGB",
        output_condition="IEC 61966-2-1:1999",
        registry_name="http://www.color.org",
        dest_output_profile=PDFICCProfile(builtin_srgb2014_bytes(), n=3, alternate="DeviceRGB"),
        info="sRGB2014 (v2)",
    )
    return pdf


def paint(pdf: FPDF, page: Page) -> None:
    """Draw a page on the current page of a document whose unit is the millimetre, from its top left corner."""
    pdf.set_fill_color(DARK_PAPER if page.dark else 255)
    pdf.rect(0, 0, page.width, page.height, style="F")
    for item in page.items:
        if isinstance(item, Line):
            _stroke(pdf, item, dark=page.dark)
        elif isinstance(item, Text):
            _letter(pdf, item, dark=page.dark)
        else:
            pdf.image(Image.fromarray(item.grey), item.x, item.y, item.width, item.height)


def _stroke(pdf: FPDF, item: Line, *, dark: bool) -> None:
    level = shade(item.ink, dark=dark)
    if item.filled:
        pdf.set_fill_color(level)
        pdf.polyline(item.points.tolist(), polygon=True, style="F")
        return
    ruled = item.layer in {"frame", "title"}
    ends, joins = ("butt", "miter") if ruled else ("round", "round")
    with pdf.local_context(
        stroke_cap_style=ends, stroke_join_style=joins, line_width=item.width, draw_color=level
    ):
        if item.dashes:
            for piece in dashed(item.points, item.dashes, closed=item.closed):
                pdf.polyline(piece.tolist())
        else:
            pdf.polyline(item.points.tolist(), polygon=item.closed)


def _letter(pdf: FPDF, item: Text, *, dark: bool) -> None:
    if item.upright:
        _line(pdf, item, dark=dark)
    else:
        with pdf.rotation(90, item.x, item.y):
            _line(pdf, item, dark=dark)


def _line(pdf: FPDF, item: Text, *, dark: bool) -> None:
    face = lettering.face(item.text, bold=item.bold)
    wide = lettering.width(item.text, item.height, bold=item.bold)
    left = item.x - {"left": 0.0, "middle": 0.5, "right": 1.0}[item.anchor] * wide
    if item.plate:
        pdf.set_fill_color(DARK_PAPER if dark else 255)
        pdf.rect(left, item.y - 0.72 * item.height, wide, 0.74 * item.height, style="F")
    if face == lettering.WIDE:
        # Scripts that join or run from the right need shaping, which `FPDF.text` does not do.
        shaped = _shaped(item, wide, left, dark=dark)
        pdf.image(Image.fromarray(shaped.grey), shaped.x, shaped.y, shaped.width, shaped.height)
        return
    name = face.removesuffix(".ttf").lower()
    if name not in pdf.fonts:
        pdf.add_font(name, fname=lettering.FONTS / face)
    pdf.set_font(name, size=item.height * _POINTS)
    pdf.set_text_color(shade(item.ink, dark=dark))
    pdf.text(left, item.y, item.text)


def _shaped(item: Text, wide: float, left: float, *, dark: bool) -> Picture:
    """A text as a small grey picture where it stands."""
    scale = _SHAPED_DPI / 25.4
    font = lettering.font(lettering.WIDE, round(item.height * scale))
    size = (max(1, round(wide * scale)), max(1, round(1.5 * item.height * scale)))
    label = Image.new("L", size, DARK_PAPER if dark else 255)
    base = round(1.1 * item.height * scale)
    ImageDraw.Draw(label).text((0, base), item.text, fill=shade(item.ink, dark=dark), font=font, anchor="ls")
    return Picture(left, item.y - base / scale, wide, 1.5 * item.height, np.asarray(label))
