"""Drawings of known geometry: true outlines, facets where they are, measures that are right, formats that agree."""

import io
import xml.etree.ElementTree as ET
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.drawing import (
    STYLES,
    Dimension,
    Stone,
    Surface,
    TitleBlock,
    cracks,
    engrave,
    in_place,
    manner,
    overlap,
    plate_page,
    rasterize,
    to_dxf,
    to_pdf,
    to_svg,
    view,
)
from pipeline.drawing.frame import MARGIN, drawing_area
from pipeline.drawing.page import Line, Page, Text
from pipeline.drawing.seams import heal
from pipeline.drawing.surface import CREASE, EDGE, FACET, OUTLINE
from pipeline.errors import BadInput
from tests.drawing.surfaces import PITCH_MM, Bench, ring_with_stone, scattered

BLOCK = TitleBlock(design="Test ring", view="Plan", number=2)
SVG = "{http://www.w3.org/2000/svg}"


def view_page(traced, *, paper="A4", style="contour", block=BLOCK, **told):
    return plate_page(engrave(traced, manner(style), **told), block=block, paper=paper)


def line_drawing(traced, *, style="pencil", seed=0):
    return in_place(engrave(traced, manner(style, seed=seed)), *traced.surface.part.shape)


@pytest.fixture(scope="module")
def ring():
    return view(ring_with_stone())


def lengths(view_, kind):
    total = 0.0
    for curve in view_.curves:
        if curve.kind == kind:
            path = np.concatenate([curve.points, curve.points[:1]]) if curve.closed else curve.points
            total += float(np.hypot(*np.diff(path, axis=0).T).sum())
    return total


def test_circle_is_as_long_as_a_circle():
    """The outline of a ball is one closed curve, round to a tenth of a pixel and as long as its circle."""
    bench = Bench(300)
    bench.ball(150.3, 149.6, 90)
    traced = view(bench.surface())
    (outline,) = [c for c in traced.curves if c.kind == OUTLINE]
    assert outline.closed
    radius = np.hypot(*(outline.points - (150.3, 149.6)).T)
    assert np.abs(radius - 90).max() < 0.9
    assert radius.std() < 0.25
    assert lengths(traced, OUTLINE) == pytest.approx(2 * np.pi * 90, rel=0.01)
    assert lengths(traced, EDGE) == lengths(traced, FACET) == 0


def test_facet_edges_are_straight_and_complete():
    """An octagonal stone shows its eight facet edges, each straight, meeting in the middle."""
    bench = Bench(300)
    stone = bench.pyramid(150, 150, 100, 8)
    traced = view(bench.surface((stone,)))
    facets = [c for c in traced.curves if c.kind == FACET]
    corner = 100 / np.cos(np.pi / 8)
    assert lengths(traced, FACET) == pytest.approx(8 * corner, rel=0.06)
    for curve in facets:
        ends = curve.points[-1] - curve.points[0]
        span = float(np.hypot(*ends))
        if span > 20:
            away = np.abs(
                np.cross(
                    np.append(ends, 0), np.c_[curve.points - curve.points[0], np.zeros(len(curve.points))]
                )[:, 2]
            )
            assert away.max() / span < 1.0


def test_overlapping_bodies_hide_each_other():
    """Where a stone lies on a ring, the ring's line ends at the stone: hidden lines are not drawn."""
    traced = view(ring_with_stone())
    inside = [c for c in traced.curves if c.kind == OUTLINE]
    middle, top = np.array([250.0, 250 - 180.0]), 40
    for curve in inside:
        assert (np.hypot(*(curve.points - middle).T) > top).all()
    assert lengths(traced, EDGE) > 40


def test_a_slipped_ray_leaves_no_speck():
    """Single missing pixels, where a ray slips through a seam of the mesh, draw nothing."""
    bench = Bench(200)
    bench.ball(100, 100, 70)
    whole = bench.surface()
    holed = Surface(
        whole.depth.copy(), whole.normal.copy(), whole.part.copy(), whole.direction, whole.pitch_mm
    )
    for x in range(60, 140, 3):
        holed.part[100, x], holed.depth[100, x], holed.normal[100, x] = -1, np.inf, np.nan
    assert len(view(holed).curves) == len(view(whole).curves)


def test_a_ray_through_a_seam_hides_no_facet_edge():
    """Rays that slip in between two facets see the stone's far side from within; the edge is drawn all the same."""
    bench = Bench(300)
    stone = bench.pyramid(150, 150, 100, 8)
    whole = bench.surface((stone,))
    slipped = Surface(
        whole.depth.copy(), whole.normal.copy(), whole.part, whole.direction, whole.pitch_mm, whole.faceted
    )
    for x in range(160, 230):
        row = 150 - round((x - 150) * np.tan(0.1 + np.pi / 8))
        slipped.depth[row, x] += 3
        slipped.normal[row, x] = (0.1, 0.2, -0.97)
    assert lengths(view(slipped), FACET) == pytest.approx(lengths(view(whole), FACET), rel=0.02)


def test_a_soft_wall_is_one_crease_and_no_row_of_steps():
    """A bowl's steep wall is continuous: only its rim is a line, and nothing on the wall is."""
    bench = Bench(400)
    away = np.hypot(bench.x - 200.3, bench.y - 199.8)
    steep = np.clip(150 - away, 0, 12) * 6 * 0.05
    wall = (away > 138) & (away < 150)
    out = np.dstack([bench.x - 200.3, -(bench.y - 199.8), np.zeros_like(away)]) / away[..., None]
    normal = np.where(wall[..., None], out * 6, 0) + np.array([0.0, 0.0, 1.0])
    bench.lay(away < 150, 1 + steep, normal / np.linalg.norm(normal, axis=2, keepdims=True))
    traced = view(bench.surface())
    inner = [c for c in traced.curves if c.kind in {EDGE, CREASE}]
    radius = np.hypot(*(np.concatenate([c.points for c in inner]) - (200.3, 199.8)).T)
    assert np.abs(radius - 138).max() < 2
    assert lengths(traced, EDGE) + lengths(traced, CREASE) > 0.8 * 2 * np.pi * 138


def test_pens_are_as_wide_as_they_say():
    """A line of 0.5 mm lays 5.9 pixels of ink across at 300 dpi, one of 0.3 mm 3.5, to half a pixel."""
    for width in (0.5, 0.3, 0.2, 0.13):
        page = Page(40, 20, (Line(np.array([[5, 10.02], [35, 11.3]]), width, "outline"),))
        ink = (255 - rasterize(page).astype(float)).sum(axis=0)[200:270].mean() / 255
        assert ink == pytest.approx(width * 300 / 25.4, abs=0.5)


@pytest.mark.parametrize("style", STYLES)
def test_line_drawing_in_place(ring, style):
    """Every style gives a grey drawing of the surface's size, the same for the same seed."""
    drawn = line_drawing(ring, style=style, seed=2)
    assert drawn.shape == ring.surface.part.shape
    assert drawn.dtype == np.uint8
    assert (drawn == line_drawing(ring, style=style, seed=2)).all()
    paper = drawn[3, 3]
    assert np.abs(drawn.astype(int) - paper).max() > 100


def test_outline_agrees_with_the_mask(ring):
    """Lines of a geometry drawing lie on the piece's true outline: precision 0.95, recall 0.90 at 2 px of 1024."""
    flat = np.where(ring.surface.seen[..., None], 90, 255).astype(np.uint8).repeat(3, axis=2)
    outlines = type(ring)(ring.surface, tuple(c for c in ring.curves if c.kind == OUTLINE))
    whole = overlap(line_drawing(ring, style="contour"), flat, tolerance_px=2)
    only = overlap(line_drawing(outlines, style="contour"), flat, tolerance_px=2)
    assert only.precision >= 0.95
    assert whole.recall >= 0.90


def dimensions(ring_view):
    left, top, right, bottom = ring_view.box
    pitch = ring_view.surface.pitch_mm
    middle = (top + bottom) / 2
    return [
        Dimension("overall width", (right - left) * pitch, (left, bottom), (right, bottom)),
        Dimension("overall height", (bottom - top) * pitch, (left, top), (left, bottom)),
        Dimension("inner diameter", 300 * pitch, (250 - 150, middle), (250 + 150, middle), note="EU 47"),
        Dimension("foreshortened", 99.0, (left, top), (right, top)),
        Dimension("askew", 12.0, (left, top), (right, bottom)),
    ]


def test_measures_are_the_ones_given(ring):
    """Numbers on the sheet are the values given; a foreshortened or slanting one is not drawn at all."""
    page = view_page(ring, dimensions=dimensions(ring))
    written = [i.text for i in page.items if isinstance(i, Text) and i.layer == "dimensions"]
    assert any(t.startswith("Ø 15.00") and "EU 47" in t for t in written)
    assert f"{(ring.box[2] - ring.box[0]) * PITCH_MM:.2f}" in written
    assert len(written) == 3


def test_scale_is_true(ring):
    """On the sheet the piece measures its own size times a standard scale, which the title block states."""
    page = view_page(ring)
    assert page.scale in {5.0, 10.0, 2.0}
    outline = np.concatenate([i.points for i in page.items if isinstance(i, Line) and i.layer == "outline"])
    true = (ring.box[2] - ring.box[0]) * PITCH_MM
    assert np.ptp(outline[:, 0]) / page.scale == pytest.approx(true, abs=2 * PITCH_MM)
    assert f"{page.scale:g} : 1" in [i.text for i in page.items if isinstance(i, Text)]


def test_gem_map_numbers_and_lists_stones(ring):
    """Each stone has a number in the view; equal stones share a row; the last row sums up."""
    stones = [Stone((250, 70), 90, "round", "4.5", "diamond", 0.35)]
    stones += [Stone((120 + 12 * k, 300), 8, "round", "1.2", "ruby", 0.008) for k in range(7)]
    page = view_page(ring, stones=stones)
    notes = [i.text for i in page.items if isinstance(i, Text) and i.layer == "notes"]
    for number in range(1, 9):
        assert str(number) in notes
    assert "2–8" in notes
    assert "0.406 ct" in notes


@settings(max_examples=50)
@given(seed=st.integers(0, 100_000), paper=st.sampled_from(["A4", "Letter"]), measured=st.booleans())
def test_nothing_leaves_the_drawing_area(seed, paper, measured):
    """For random pieces every line, number and mark stays inside the frame and above the title block."""
    traced = view(scattered(seed))
    left, top, right, bottom = traced.box
    measures = [
        Dimension(
            "width", (right - left) * PITCH_MM, (left, bottom), (right, bottom), note="a note beside it"
        ),
        Dimension("height", (bottom - top) * PITCH_MM, (left, top), (left, bottom)),
        Dimension("stone diameter", 4 * PITCH_MM, ((left + right) / 2, top), ((left + right) / 2 + 4, top)),
    ]
    page = view_page(traced, paper=paper, dimensions=measures if measured else ())
    x, y, wide, tall = drawing_area(page.width, page.height)
    for item in page.items:
        if isinstance(item, Line) and item.layer not in {"frame", "title", "ruler"}:
            assert item.points[:, 0].min() >= x - 5
            assert item.points[:, 0].max() <= x + wide + 5
            assert item.points[:, 1].min() >= y - 5
            assert item.points[:, 1].max() <= y + tall + 5
    grey = rasterize(page, dpi=80)
    inside = round((MARGIN + 1) * 80 / 25.4)
    band = grey[inside : round((y - 5.5) * 80 / 25.4), inside:-inside]
    assert (band == 255).all()


def test_svg_says_what_the_raster_shows(ring):
    """The SVG's paths, drawn here afresh, cover the same pixels as the PNG: at most 2 % differ by more than a pen."""
    import cv2

    page = view_page(ring, dimensions=dimensions(ring))
    root = ET.fromstring(to_svg(page, title="Ring <&>"))  # noqa: S314 - our own document
    assert root.get("width") == f"{page.width:g}mm"
    layers = {g.get("id") for g in root.iter(f"{SVG}g")}
    assert {"outline", "edges", "facets", "dimensions", "frame", "title"} <= layers
    scale = 200 / 25.4
    canvas = np.full((round(page.height * scale), round(page.width * scale)), 255, np.uint8)
    for group in root.iter(f"{SVG}g"):
        if group.get("id") not in {"outline", "edges", "facets"}:
            continue
        for path in group.iter(f"{SVG}path"):
            data = path.get("d")
            points = np.array([[float(v) for v in p.split()] for p in data.strip("MZ ").split(" L")])
            fixed = np.rint((points * scale - 0.5) * 16).astype(np.int32)
            thick = max(1, round(float(path.get("stroke-width")) * scale))
            cv2.polylines(canvas, [fixed], data.endswith("Z"), 0, thick, cv2.LINE_AA, 4)
    lines = tuple(i for i in page.items if i.layer in {"outline", "edges", "facets"})
    bare = type(page)(page.width, page.height, lines)
    raster = rasterize(bare, dpi=200)
    drawn, shown = canvas < 128, raster < 160
    near = cv2.dilate(shown.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    back = cv2.dilate(drawn.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert (drawn & ~near).sum() / drawn.sum() < 0.02
    assert (shown & ~back).sum() / shown.sum() < 0.02


def test_pdf_keeps_vectors(ring):
    """Six pages, no picture among them, and the text can be searched."""
    pages = [view_page(ring) for _ in range(6)]
    data = to_pdf(pages)
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") == 6
    assert b"/Subtype /Image" not in data
    assert b"Barlow" in data
    assert to_pdf(pages) == data


def test_pdf_lays_shading_and_other_scripts_in(ring):
    """Shading becomes a picture under the lines; a Hebrew name is shaped and laid in."""
    page = view_page(
        ring,
        block=TitleBlock(design="\u05d8\u05d1\u05e2\u05ea", view="Plan"),
        style="pencil",
        to_scale=False,
    )
    assert to_pdf([page]).count(b"/Subtype /Image") >= 2


def test_dxf_is_true_to_size(ring):
    """The DXF opens in ezdxf, is in millimetres of the piece, and has layers by kind of line."""
    from ezdxf.filemanagement import read

    page = view_page(ring, dimensions=dimensions(ring))
    document = read(io.StringIO(to_dxf(page)))
    assert document.header["$INSUNITS"] == 4
    assert not document.audit().errors
    lines = [e for e in document.modelspace() if e.dxf.layer == "OUTLINE"]
    across = np.concatenate([np.array([p[0] for p in e.get_points()]) for e in lines])
    assert np.ptp(across) == pytest.approx((ring.box[2] - ring.box[0]) * PITCH_MM, abs=2 * PITCH_MM)


def test_dxf_needs_a_scale(ring):
    """A perspective has no true size, so it is not offered as DXF."""
    with pytest.raises(BadInput, match="scale"):
        to_dxf(view_page(ring, to_scale=False))


def test_an_empty_view_is_a_clear_sentence():
    """A view in which nothing of the piece is seen is refused in words."""
    empty = Surface(np.full((50, 60), np.inf), np.zeros((50, 60, 3)), np.full((50, 60), -1), (0, 0, -1), 0.1)
    with pytest.raises(BadInput, match="view"):
        view_page(view(empty))


def test_buffers_of_different_sizes_are_refused():
    """Depth, normals and parts must lie over each other."""
    with pytest.raises(BadInput, match="same size"):
        Surface(np.zeros((5, 5)), np.zeros((5, 4, 3)), np.zeros((5, 5), int), (0, 0, -1), 0.1)


def test_dark_pages(ring):
    """A blueprint page is drawn light on dark in every format."""
    page = view_page(ring, style="blueprint")
    assert np.median(rasterize(page, dpi=60)) < 60
    assert "#2e2e2e" in to_svg(page)
    assert Image.fromarray(rasterize(page, dpi=60)).mode == "L"


@settings(max_examples=12)
@given(st.integers(0, 9999), st.integers(1, 60))
def test_no_border_that_is_a_line_is_passed_over(seed, rows):
    """The cheap tests leave every border that, looked at closely, is of some kind; in bands of any height."""
    surface = scattered(seed, 150)
    heal(surface)
    found = []
    with mock.patch.object(cracks, "_BAND_PX", rows):
        found.append(cracks._borders(surface))
    every = {0: np.mgrid[:149, :150].reshape(2, -1), 1: np.mgrid[:150, :149].reshape(2, -1)}
    with (
        mock.patch.object(cracks, "_likely", lambda form, axis, *_: every[axis]),
        mock.patch.object(cracks, "_BAND_PX", 200),
    ):
        found.append(cracks._borders(surface))
    assert len(found[0].kind)
    for one, other in zip(*((each.begin, each.end, each.kind) for each in found), strict=True):
        assert np.array_equal(one, other)


def test_empty_room_around_a_piece_changes_none_of_its_lines():
    """In a frame twice as wide the same curves are traced, moved by as much as the piece."""
    close = ring_with_stone(240)
    room = ((60, 180), (150, 90))
    wide = Surface(
        np.pad(close.depth, room, constant_values=np.inf),
        np.pad(close.normal, (*room, (0, 0))),
        np.pad(close.part, room, constant_values=-1),
        close.direction,
        close.pitch_mm,
        close.faceted,
    )
    one, other = view(close), view(wide)
    assert [c.kind for c in one.curves] == [c.kind for c in other.curves]
    for here, there in zip(one.curves, other.curves, strict=True):
        assert np.allclose(here.points[[0, -1]] + np.array([150, 60]), there.points[[0, -1]], atol=1e-9)
    # Where two points lie exactly as far off, either may stand for the curve.
    for kind in (FACET, EDGE, OUTLINE):
        assert lengths(one, kind) == pytest.approx(lengths(other, kind), rel=1e-3)
