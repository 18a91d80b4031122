"""The draughtsman: real pieces, seen by the real ray engine, become drawings in place and six sheets to scale."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.atelier.build import build
from pipeline.atelier.camera import master_camera
from pipeline.atelier.piece import Piece
from pipeline.atelier.prompt import read
from pipeline.atelier.spec import Spec
from pipeline.atelier.worker import Renderer
from pipeline.drawing import Page, TitleBlock, rasterize, to_dxf, to_pdf
from pipeline.drawing.framed import drawing_area
from pipeline.drawing.page import Line, Text
from pipeline.providers import draughtsman

BLOCK = TitleBlock(design="A piece", view="")
PROMPTS = {
    "ring": "rose gold ring with an oval sapphire 8x6 mm, diamond halo and pave band",
    "necklace": "yellow gold cable chain necklace with a ruby oval pendant in a bezel",
    "plain": "plain platinum band 4 mm wide",
}


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    with Renderer(Path(tmp_path_factory.mktemp("renderer"))) as running:
        yield running


@pytest.fixture(scope="module")
def pieces() -> dict[str, tuple[Spec, Piece]]:
    specs = {name: read(prompt).spec for name, prompt in PROMPTS.items()}
    return {name: (spec, build(spec)) for name, spec in specs.items()}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draughtsman, "BUFFER_SIDE_PX", 420)


def texts(page: Page, layer: str) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Text) and item.layer == layer]


@pytest.mark.parametrize("name", ["ring", "necklace"])
def test_six_sheets(renderer, pieces, name):
    """Six numbered sheets, their lines in the drawing area, the first with true measures, the last with every stone."""
    spec, piece = pieces[name]
    pages = draughtsman.technical_pages(spec, piece, renderer.gbuffer, block=BLOCK)
    assert len(pages) == 6
    for number, page in enumerate(pages, start=1):
        assert f"{number} of 6" in texts(page, "title")
        x, y, wide, tall = drawing_area(page.width, page.height)
        lines = [i for i in page.items if isinstance(i, Line) and i.layer in {"outline", "edges", "facets"}]
        points = np.concatenate([line.points for line in lines])
        assert points.min(axis=0)[0] >= x - 0.01
        assert points.min(axis=0)[1] >= y - 0.01
        assert points.max(axis=0)[0] <= x + wide + 0.01
        assert points.max(axis=0)[1] <= y + tall + 0.01
        assert rasterize(page, dpi=50).min() < 128
    assert [page.scale > 0 for page in pages] == [True, True, True, False, False, True]
    low = np.min([p.vertices.min(0) for p in piece.parts], axis=0)
    high = np.max([p.vertices.max(0) for p in piece.parts], axis=0)
    assert f"{high[0] - low[0]:.2f}" in texts(pages[0], "dimensions")
    assert "LWPOLYLINE" in to_dxf(pages[0])
    assert to_pdf(pages).startswith(b"%PDF")
    gems = [part for part in piece.parts if part.material in {"sapphire", "ruby", "diamond"}]
    count = sum(sum(len(r.poses) for r in part.repeats) or 1 for part in gems)
    assert {spec.stone.gem, spec.stone.cut, str(count)} <= set(texts(pages[-1], "notes"))


def test_inner_diameter_is_the_rings(renderer, pieces):
    """The front elevation of a ring gives the inside diameter of its spec, with the ring size."""
    spec, piece = pieces["plain"]
    front, *_ = draughtsman.technical_pages(spec, piece, renderer.gbuffer, block=BLOCK)
    assert spec.ring is not None
    (inner,) = [t for t in texts(front, "dimensions") if t.startswith("Ø")]
    assert inner.startswith(f"Ø {spec.ring.inner_diameter_mm:.2f}")
    assert "EU" in inner


@pytest.mark.parametrize("window", [None, (90, 20, 128, 128), (40, 100, 300, 200)])
def test_in_place_lies_over_the_film(renderer, pieces, window):
    """A drawing in place has its source's size, and its outline is that of the same window of the film."""
    _, piece = pieces["plain"]
    film = 400
    x, y, wide, tall = window or (0, 0, film, film)
    source = np.full((4 * tall, 4 * wide, 3), 200, np.uint8)
    drawn = draughtsman.draw_in_place(
        piece, renderer.gbuffer, source, window=window, film=film, style="contour", seed=0
    )
    assert drawn.shape == source.shape[:2]
    seen = renderer.gbuffer(piece, master_camera(piece), width=film, height=film, supersample=4).part >= 0
    cut = seen[4 * y : 4 * (y + tall), 4 * x : 4 * (x + wide)]
    rim = np.zeros(cut.shape, bool)
    rim[:, 1:] |= cut[:, 1:] != cut[:, :-1]
    rim[1:] |= cut[1:] != cut[:-1]
    rim[:4] = rim[-4:] = rim[:, :4] = rim[:, -4:] = False
    dark = drawn < 160
    near = np.zeros_like(dark)
    for dy in range(-3, 4):
        for dx in range(-3, 4):
            near |= np.roll(dark, (dy, dx), axis=(0, 1))
    assert rim.sum() > 100
    assert near[rim].mean() > 0.97
