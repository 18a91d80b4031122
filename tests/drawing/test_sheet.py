"""The framed sheet: nothing crosses the frame, nothing is clipped, all is neutral grey, no text overflows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drawing import TitleBlock, lettering, pencil
from pipeline.drawing.frame import MARGIN, PAPERS, drawing_area, title_block
from pipeline.drawing.page import Picture, Text
from pipeline.drawing.raster import rasterize
from pipeline.drawing.sheet import picture_page

DPI = 100
BLOCK = TitleBlock(design="Test piece", view="General view", kind="ring", date="2026-01-02", design_id="d1")
texts = st.text(max_size=320)


def sheet(drawing, *, block, paper="A4", dpi):
    """The pixels of a drawing's sheet."""
    return rasterize(picture_page(drawing, block=block, paper=paper), dpi=dpi)


def between_frame_and_drawing(page, grey, dpi):
    """The pixels inside the frame line and above the title block that no drawing may touch."""
    x, y, wide, tall = drawing_area(page.width, page.height)
    scale = dpi / 25.4
    clear = np.zeros(grey.shape, bool)
    left, right = round((MARGIN + 1) * scale), round((page.width - MARGIN - 1) * scale)
    clear[left : round((y + tall + 5) * scale), left:right] = True
    rows = slice(round(y * scale) - 2, round((y + tall) * scale) + 3)
    columns = slice(round(x * scale) - 2, round((x + wide) * scale) + 3)
    clear[rows, columns] = False
    return grey[clear]


@pytest.mark.parametrize("paper", PAPERS)
def test_size_on_paper(band, paper):
    """A sheet has the paper's size at the asked resolution, landscape or portrait."""
    made = sheet(pencil(band), block=BLOCK, paper=paper, dpi=150)
    assert sorted(made.shape[:2], reverse=True) == [round(v * 150 / 25.4) for v in PAPERS[paper]]


@settings(max_examples=20)
@given(
    height=st.integers(40, 900),
    width=st.integers(40, 900),
    paper=st.sampled_from(sorted(PAPERS)),
    seed=st.integers(0, 1000),
)
def test_nothing_touches_the_frame(height, width, paper, seed):
    """Drawings of any shape, black to the very edge, stay inside the drawing area, whole, and centred."""
    rng = np.random.default_rng(seed)
    drawing = np.where(rng.random((height, width)) < 0.5, 0, 255).astype(np.uint8)
    drawing[0] = drawing[-1] = drawing[:, 0] = drawing[:, -1] = np.arange(max(height, width))[:1] % 2
    drawing[1:-1:7] = 255
    page = picture_page(drawing, block=BLOCK, paper=paper)
    x, y, wide, tall = drawing_area(page.width, page.height)
    picture = next(item for item in page.items if isinstance(item, Picture))
    assert x - 1e-6 <= picture.x <= picture.x + picture.width <= x + wide + 1e-6
    assert y - 1e-6 <= picture.y <= picture.y + picture.height <= y + tall + 1e-6
    assert picture.x - x == pytest.approx(x + wide - picture.x - picture.width, abs=1e-6)
    assert picture.y - y == pytest.approx(y + tall - picture.y - picture.height, abs=1e-6)
    assert picture.grey.shape == (height, width)
    assert picture.width / picture.height == pytest.approx(width / height)
    grey = rasterize(page, dpi=DPI)
    paper_tone = 46 if page.dark else 255
    assert (between_frame_and_drawing(page, grey, DPI) == paper_tone).all()


@pytest.mark.parametrize("style", ["pencil", "blueprint"])
def test_neutral_grey(band, style):
    """A sheet has one channel: chroma is nought."""
    made = sheet(pencil(band, style=style), block=BLOCK, dpi=DPI)
    assert made.ndim == 2


def test_coloured_answers_become_grey(band):
    """A drawing that comes back in colour is laid on the sheet without it."""
    made = sheet(band, block=BLOCK, dpi=DPI)
    assert made.ndim == 2
    assert made.min() < 128


def test_blueprint_darkens_the_whole_sheet(band):
    """A drawing on dark paper gets a dark sheet with light lines and letters."""
    made = sheet(pencil(band, style="blueprint"), block=BLOCK, dpi=DPI)
    assert made[2, 2] < 60
    assert made.max() > 200


@pytest.mark.parametrize(
    "drawing", [np.full((500, 400), 255, np.uint8), np.full((300, 900, 3), 252, np.uint8)]
)
def test_an_empty_drawing_says_so(drawing):
    """Bare paper becomes a sheet with a note inside the frame, never an empty frame."""
    page = picture_page(drawing, block=BLOCK)
    notes = [item.text for item in page.items if isinstance(item, Text) and item.layer == "notes"]
    assert "edges" in notes[0]
    x, y, wide, tall = drawing_area(page.width, page.height)
    grey = rasterize(page, dpi=DPI)
    scale = DPI / 25.4
    inside = grey[round(y * scale) : round((y + tall) * scale), round(x * scale) : round((x + wide) * scale)]
    assert (inside < 128).sum() > 100


@settings(max_examples=60)
@given(design=texts, kind=texts, metal=texts, stones=texts, view=texts, design_id=texts, fidelity=texts)
def test_no_text_leaves_its_cell(design, kind, metal, stones, view, design_id, fidelity):
    """Whatever is written into the title block, each line ends before its cell does."""
    block = TitleBlock(
        design=design,
        kind=kind,
        metal=metal,
        stones=stones,
        view=view,
        design_id=design_id,
        fidelity=fidelity,
    )
    for width, height in ((297.0, 210.0), (210.0, 297.0)):
        items = title_block(width, height, block)
        walls = sorted({float(i.points[0, 0]) for i in items if not isinstance(i, Text)} | {width - MARGIN})
        for item in items:
            if isinstance(item, Text):
                end = item.x + lettering.width(item.text, item.height, bold=item.bold)
                assert end <= min(w for w in walls if w > item.x) - 1.9 or end <= width - MARGIN - 1.9
                assert "\n" not in item.text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Anneau \N{LATIN SMALL LETTER E WITH ACUTE}ternel", True),
        ("\u05d8\u05d1\u05e2\u05ea \u05d6\u05d4\u05d1", True),
        ("\u062e\u0627\u062a\u0645 \u0630\u0647\u0628", True),
        ("\u041a\u043e\u043b\u044c\u0446\u043e", True),
        ("\N{RING}\N{GEM STONE}\N{ZERO WIDTH JOINER}", False),
        ("a\u202eb\x00c\td", True),
    ],
)
def test_scripts_and_signs(name, kept):
    """Latin, Hebrew, Arabic and Cyrillic are drawn; emoji and control signs are left out; nothing breaks."""
    text, em = lettering.fit(name, 4, 60)
    assert (text != "–") == kept
    assert not set(text) & {"\u202e", "\x00", "\t"}
    assert em > 2
    made = sheet(np.full((80, 80), 200, np.uint8), block=TitleBlock(design=name * 40, view=name), dpi=60)
    assert made.min() < 128


def test_long_names_shrink_then_end_in_an_ellipsis():
    """300 characters end in an ellipsis inside the room given, at no less than 72 % of the size."""
    text, em = lettering.fit("Wide necklace " * 22, 4.0, 50)
    assert text.endswith("…")
    assert lettering.width(text, em) <= 50
    assert em == pytest.approx(4.0 * 0.72)
