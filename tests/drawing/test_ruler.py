"""One length everywhere: the check bar is 50 mm in PNG, PDF and SVG, at each file's own resolution."""

import io
import re

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from pipeline import images
from pipeline.drawing import (
    SHEET_DPI,
    STYLES,
    Dimension,
    TitleBlock,
    engrave,
    manner,
    picture_page,
    plate_page,
    rasterize,
    to_dxf,
    to_pdf,
    to_svg,
    view,
)
from pipeline.drawing.frame import CHECK_MM, PAPERS
from pipeline.drawing.page import Line, Page
from tests.drawing.conftest import on_paper
from tests.drawing.surfaces import PITCH_MM, ring_with_stone

BLOCK = TitleBlock(design="A piece", view="Plan")
MM = 25.4


def bar(page: Page) -> tuple[float, float, float]:
    """Where the bar stands by the page itself, mm: x of both ends, and a height at which only its ends reach."""
    ends = [item.points for item in page.items if isinstance(item, Line) and item.layer == "ruler"]
    (left, middle), (right, _) = ends[0]
    return float(left), float(right), float(middle) - 0.45


def measured(grey: np.ndarray, page: Page, dots_per_mm: float) -> float:
    """The bar's length in mm, from the middles of its two end strokes in the picture alone."""
    left, right, height = bar(page)
    row = grey[round(height * dots_per_mm)].astype(float)
    strength = np.abs(row - np.median(row))

    def middle(about: float) -> float:
        first = round((about - 1.5) * dots_per_mm)
        near = strength[first : round((about + 1.5) * dots_per_mm)]
        assert near.max() > 60
        return first + 0.5 + float((np.arange(len(near)) * near).sum() / near.sum())

    return (middle(right) - middle(left)) / dots_per_mm


@pytest.fixture(scope="module", params=[(p, s) for p in PAPERS for s in ("pencil", "blueprint")], ids=str)
def page(request: pytest.FixtureRequest, band: np.ndarray) -> Page:
    paper, style = request.param
    return picture_page(on_paper(band, style=style), block=BLOCK, paper=paper, landscape=style != "pencil")


def test_the_bar_in_png(page: Page) -> None:
    """In a sheet's picture, by the resolution written in its file."""
    data = images.encode_png(rasterize(page, dpi=SHEET_DPI), dpi=SHEET_DPI)
    with Image.open(io.BytesIO(data)) as opened:
        across, down = opened.info["dpi"]
        grey = np.asarray(opened.convert("L"))
    assert across == down == pytest.approx(SHEET_DPI, rel=1e-4)
    assert grey.shape[1] / across * MM == pytest.approx(page.width, abs=0.05)
    assert measured(grey, page, across / MM) == pytest.approx(CHECK_MM, abs=0.05)


@pytest.mark.parametrize("dpi", [300, 600])
def test_the_bar_in_pdf(page: Page, dpi: int) -> None:
    """In the document as another program paints it."""
    document = pypdfium2.PdfDocument(to_pdf([page]))
    assert document[0].get_size() == pytest.approx((page.width / MM * 72, page.height / MM * 72), abs=0.02)
    grey = document[0].render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()
    document.close()
    assert measured(grey, page, dpi / MM) == pytest.approx(CHECK_MM, abs=0.05)


def test_the_bar_in_svg(page: Page) -> None:
    """In the SVG, whose user unit is the millimetre."""
    drawn = to_svg(page)
    assert f'width="{page.width:g}mm"' in drawn
    assert f'viewBox="0 0 {page.width:g} {page.height:g}"' in drawn
    group = drawn[drawn.index('<g id="ruler"') :]
    x0, x1 = (float(x) for x in re.search(r"M([\d.]+) [\d.]+ L([\d.]+)", group).groups())  # type: ignore[union-attr]
    assert x1 - x0 == pytest.approx(CHECK_MM, abs=0.002)


def test_a_pdf_is_printed_as_it_is(page: Page) -> None:
    """The document asks for no scaling, and says that its colours are those of sRGB."""
    data = to_pdf([page])
    assert b"/PrintScaling /None" in data
    assert b"/OutputIntents" in data
    assert b"(sRGB)" in data
    assert to_pdf([page]) == data


@pytest.mark.parametrize("style", STYLES)
def test_a_known_length_is_the_same_in_every_format(style: str) -> None:
    """The width of a piece is the same to 0.1 % in PNG, SVG, PDF and DXF, and on its dimension line."""
    traced = view(ring_with_stone())
    box = traced.box
    width = box.width * PITCH_MM
    line = Dimension("overall width", width, (box.left, box.bottom), (box.right, box.bottom))
    page = plate_page(engrave(traced, manner(style), dimensions=[line]), block=BLOCK)
    drawn = [item for item in page.items if isinstance(item, Line) and item.layer == "outline"]
    x = np.concatenate([item.points[:, 0] for item in drawn])
    true = float(np.ptp(x)) / page.scale
    assert true == pytest.approx(width, rel=0.01), "the outline is traced between pixels"
    group = to_svg(page)
    group = group[group.index('<g id="outline"') :]
    svg = [float(v) for v in re.findall(r"[ML]([\d.]+) ", group[: group.index("</g>")])]
    assert (max(svg) - min(svg)) / page.scale == pytest.approx(true, rel=1e-3)
    entities = to_dxf(page).split("LWPOLYLINE")[1:]
    dxf = [float(v) for e in entities if "OUTLINE" in e for v in re.findall(r"\n 10\n(-?[\d.]+)\n", e)]
    assert max(dxf) - min(dxf) == pytest.approx(true, rel=1e-3)
    pen = max(item.width for item in drawn)
    down = np.concatenate([item.points[:, 1] for item in drawn])
    row = slice(round(down.min() * 600 / MM), round(down.max() * 600 / MM))
    only = Page(page.width, page.height, tuple(drawn), dark=page.dark)
    document = pypdfium2.PdfDocument(to_pdf([only]))
    pictures = {"pdf": document[0].render(scale=600 / 72, grayscale=True).to_numpy().squeeze()}
    document.close()
    pictures["png"] = rasterize(only, dpi=600)
    for name, grey in pictures.items():
        inked = np.abs(grey[row].astype(int) - int(grey[0, 0])).max(axis=0) > 128
        columns = np.flatnonzero(inked)
        across = (columns[-1] + 1 - columns[0]) / 600 * MM - pen
        assert across / page.scale == pytest.approx(true, rel=1e-3, abs=2 * MM / 600 / page.scale), name
