"""The sketch page: draw, redo in another style, choose a version, tell a length, switch to bench views."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.drawing import engrave, manner, view
from pipeline.drawing.plate import to_bytes
from pipeline.providers.base import Answer, Limits, SketchRequest
from pipeline.records import Branch, Design, Detail, KnownLength, Recipe, Role
from pipeline.stages import generate, sketch
from pipeline.workbench import Workbench
from tests.drawing.surfaces import ring_with_stone
from tests.pages.conftest import Painter, finish

Open = Callable[..., AppTest]
PAGE = "pages/sketch.py"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sketch, "_DRAWN_PX", 700)
    monkeypatch.setattr(sketch, "_PREVIEW_PX", 240)


@pytest.fixture
def ring(bench: Workbench, photographed: Callable[..., Design]) -> Design:
    return photographed(bench.store)


def branch_of(bench: Workbench, design: Design) -> Branch:
    branch = bench.store.load(design.id).branch
    assert branch is not None
    return branch


def test_versions_and_a_known_length(visit: Open, bench: Workbench, ring: Design) -> None:
    """A sheet drawn twice has two versions; the chosen one stands; a length told by numbers gives it measures."""
    at = visit(PAGE, design=ring.id)
    assert not at.error
    at.button(key="draw-all").click().run()
    at = finish(at, bench, ring.id, "sketch")
    at.selectbox(key="restyle-1").select("contour").run()
    at.button(key="again-1").click().run()
    at = finish(at, bench, ring.id, "sketch")
    first, second = branch_of(bench, ring).sketches
    assert (first.style, second.style) == ("pencil", "contour")
    picker = next(box for box in at.selectbox if str(box.key).startswith("version-1"))
    picker.select(first.id).run()
    assert not at.exception
    assert branch_of(bench, ring).latest_sketches == (first,)
    at.session_state["known-length"] = True
    at.run()
    for name, value in (("x0", 100), ("y0", 300), ("x1", 292), ("y1", 300)):
        box = next(box for box in at.number_input if str(box.key).startswith(f"known-{name}"))
        assert box.value == 0
        box.set_value(value).run()
    at.button(key="set-length").click().run()
    assert not at.exception
    assert branch_of(bench, ring).known_length == KnownLength(start=(100, 300), end=(292, 300), mm=10)
    assert branch_of(bench, ring).latest_sketches[0].pitch_mm > 0
    at.button(key="enlarge-1").click().run()
    assert not at.exception


def test_bench_views(visit: Open, bench: Workbench, ring_png: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a piece of the atelier the other set is offered, drawn as lines, and stands afterwards."""
    plate = to_bytes(engrave(view(ring_with_stone()), manner("contour"), title="Front elevation"))
    views = ("front", "side", "top", "three-quarter", "exploded", "gem map")
    limits = {**Painter.limits, Role.SKETCH: Limits(detail=Detail.RENDERED, views=views)}
    monkeypatch.setattr(Painter, "limits", limits)
    paint = Painter.run

    def run(self: Painter, request, watch):
        return Answer(plate) if isinstance(request, SketchRequest) else paint(self, request, watch)

    monkeypatch.setattr(Painter, "run", run)
    made = bench.store.create("Ring", kind="ring")
    master = bench.store.put(ring_png, Recipe(role="generate", provider="atelier", origin="{}"))
    generate.set_master(bench.store, made.id, master)
    at = visit(PAGE, design=made.id)
    assert at.segmented_control(key="sheet-set").value == "Bench views"
    at.button(key="draw-all").click().run()
    at = finish(at, bench, made.id, "sketch")
    branch = branch_of(bench, made)
    assert branch.views == views
    assert [s.view for s in branch.latest_sketches] == list(views)
    assert any("Front elevation" in caption.value for caption in at.caption)
    at.segmented_control(key="sheet-set").set_value("Master and close-ups").run()
    assert not at.exception
    assert branch_of(bench, made).views == views
    still = [caption.value for caption in at.caption if "Front elevation" in caption.value]
    assert len(still) == len(views), "switching the set hides what is finished"


def test_a_preview_is_drawn_once(visit: Open, ring: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reruns of the page and other sessions see the same drawing; another manner is another drawing."""
    drawn: list[str] = []
    draw = sketch.preview

    def counted(*args, **kwargs) -> bytes:
        drawn.append(args[4].style)
        return draw(*args, **kwargs)

    monkeypatch.setattr(sketch, "preview", counted)
    at = visit(PAGE, design=ring.id)
    at.run()
    visit(PAGE, design=ring.id)
    assert drawn == ["pencil"]
    at.segmented_control(key="style").select("contour").run()
    assert drawn == ["pencil", "contour"]


def test_a_mask_is_not_said_to_be_corrected_where_nothing_was_painted(
    visit: Open, bench: Workbench, ring: Design
) -> None:
    """The press says what to do, and nothing is stored."""
    at = visit(PAGE, design=ring.id)
    at.session_state["mask"] = True
    at.run()
    assert any(line.value.startswith("Seen on it: ") for line in at.caption)
    at.button(key="apply-brush").click().run()
    assert not at.exception
    assert any("Nothing is painted yet" in line.value for line in at.error)
    assert bench.store.load(ring.id) == ring
