"""The draughtsman: real pieces, seen by the real ray engine, become drawings in place and six sheets to scale."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.atelier.camera import master_camera
from pipeline.atelier.language.prompt import read
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.spec import Spec
from pipeline.bench import views
from pipeline.drawing import Page, TitleBlock, in_place, manner, plate_page, rasterize, to_dxf, to_pdf
from pipeline.drawing.frame import drawing_area
from pipeline.drawing.page import Line, Text
from pipeline.drawing.plate import from_bytes, to_bytes
from pipeline.errors import BadInput

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
    monkeypatch.setattr(views, "BUFFER_SIDE_PX", 420)


def texts(page: Page, layer: str) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Text) and item.layer == layer]


def pages(spec: Spec, piece: Piece, renderer: Renderer) -> dict[str, Page]:
    found = {}
    for name in views.BENCH_VIEWS:
        drawn = views.bench_view(spec, piece, renderer.gbuffer, name, manner("pencil"))
        kept = from_bytes(to_bytes(drawn))
        found[name] = plate_page(kept, block=replace(BLOCK, view=kept.title))
    return found


@pytest.mark.parametrize("name", ["ring", "necklace"])
def test_bench_views(renderer, pieces, name):
    """Every view's lines lie in the drawing area, elevations carry true measures, the map lists every stone."""
    spec, piece = pieces[name]
    found = pages(spec, piece, renderer)
    for page in found.values():
        x, y, wide, tall = drawing_area(page.width, page.height)
        lines = [i for i in page.items if isinstance(i, Line) and i.layer in {"outline", "edges", "facets"}]
        points = np.concatenate([line.points for line in lines])
        assert points.min(axis=0)[0] >= x - 0.01
        assert points.min(axis=0)[1] >= y - 0.01
        assert points.max(axis=0)[0] <= x + wide + 0.01
        assert points.max(axis=0)[1] <= y + tall + 0.01
        assert rasterize(page, dpi=50).min() < 128
    flat = {"three-quarter", "exploded"}
    assert {view for view, page in found.items() if page.scale == 0} == flat
    low = np.min([p.vertices.min(0) for p in piece.parts], axis=0)
    high = np.max([p.vertices.max(0) for p in piece.parts], axis=0)
    assert f"{high[0] - low[0]:.2f}" in texts(found["front"], "dimensions")
    assert "LWPOLYLINE" in to_dxf(found["front"])
    assert to_pdf(list(found.values())).startswith(b"%PDF")
    gems = [part for part in piece.parts if part.material in {"sapphire", "ruby", "diamond"}]
    count = sum(sum(len(r.poses) for r in part.repeats) or 1 for part in gems)
    assert {spec.stone.gem, spec.stone.cut, str(count)} <= set(texts(found["gem map"], "notes"))


def test_a_gem_map_names_cuts_in_words_and_side_stones_by_their_own(renderer):
    """An old European between trillions is listed as such, each with its true size, not as its leaning shadow."""
    spec = read("old european cut diamond ring with 3.5 mm trillion ruby side stones").spec
    drawn = views.bench_view(spec, build(spec), renderer.gbuffer, "gem map", manner("contour"))
    listed = texts(plate_page(drawn, block=replace(BLOCK, view=drawn.title)), "notes")
    assert {"old european", "trillion", "3.50"} <= set(listed)
    assert "old european" in figures(spec).stones


def test_inner_diameter_is_the_rings(renderer, pieces):
    """A ring's front gives the inside diameter of its spec and the size; its plan, where that is hidden, does not."""
    spec, piece = pieces["plain"]
    found = pages(spec, piece, renderer)
    assert spec.ring is not None
    (inner,) = [t for t in texts(found["front"], "dimensions") if t.startswith("Ø")]
    assert inner.startswith(f"Ø {spec.ring.inner_diameter_mm:.2f}")
    assert "EU" in inner
    assert not [t for t in texts(found["top"], "dimensions") if t.startswith("Ø")]


def test_unknown_view_is_refused(renderer, pieces):
    """A view nobody can draw is a clear sentence."""
    with pytest.raises(BadInput, match="front"):
        views.bench_view(*pieces["plain"], renderer.gbuffer, "below", manner("pencil"))


@pytest.mark.parametrize("window", [None, (90, 20, 128, 128), (40, 100, 300, 200)])
def test_in_place_lies_over_the_film(renderer, pieces, window):
    """A drawing in place has its source's size, and its outline is that of the same window of the film."""
    spec, piece = pieces["plain"]
    film = 400
    x, y, wide, tall = window or (0, 0, film, film)
    source = np.full((4 * tall, 4 * wide, 3), 200, np.uint8)
    plate = views.draw_in_place(
        spec, piece, renderer.gbuffer, source, window=window, film=film, manner=manner("contour")
    )
    drawn = in_place(plate, *source.shape[:2])
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


def test_a_small_source_does_not_coarsen_a_drawing(renderer, pieces):
    """The lines of a detail are traced at the size asked for, however small its picture is."""
    spec, piece = pieces["plain"]
    source = np.full((96, 96, 3), 200, np.uint8)
    told = {"window": (100, 40, 96, 96), "film": 400, "manner": manner("contour")}
    coarse, fine = (
        views.draw_in_place(spec, piece, renderer.gbuffer, source, side=side, **told) for side in (0, 384)
    )
    assert (coarse.width, fine.width) == (96, 384)
