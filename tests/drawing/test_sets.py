"""Whole sheets: of pieces drawn at random and of pictures, nothing crosses, nothing is cut, every format agrees.

Here four of the fifty pieces; `python -m benchmarks drawing` draws all fifty and fails where one sheet has a fault.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.bench import views
from pipeline.drawing import STYLES, TitleBlock, manner, pencil, picture_page, plate_page
from tests.atelier.random_spec import random_spec
from tests.drawing.faults import faults
from tests.drawing.pictures import CASES, pictures

BLOCK = TitleBlock(design="A piece", view="A view")


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    with Renderer(Path(tmp_path_factory.mktemp("renderer"))) as running:
        yield running


@pytest.mark.parametrize("seed", range(4))
def test_random_pieces(renderer, seed, monkeypatch):
    """A view of a piece nobody chose lies whole on its sheet, in neutral grey, the same as SVG and as PNG."""
    monkeypatch.setattr(views, "BUFFER_SIDE_PX", 360)
    spec = random_spec(seed)
    view, style = views.BENCH_VIEWS[seed % 7], STYLES[seed % 5]
    plate = views.bench_view(spec, build(spec), renderer.gbuffer, view, manner(style))
    paper = ("A4", "Letter")[seed % 2]
    assert faults(plate_page(plate, block=BLOCK, paper=paper)) == []


@pytest.mark.parametrize("number", range(len(CASES)))
def test_pictures(number):
    """The same for pictures, with and without a known length, in every style."""
    drawn = pencil(pictures(400)[number], style=STYLES[number % 5], size=(500, 500))
    pitch = 0.05 if number % 2 else 0.0
    assert faults(picture_page(drawn, block=BLOCK, landscape=True, pitch_mm=pitch)) == []
