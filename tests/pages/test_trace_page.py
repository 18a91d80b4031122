"""Tracing on the 3D page: a photographed band becomes geometry, is laid by hand, and begins a design of its own."""

import numpy as np
import pytest

from pages.ui import canvas
from pages.ui.points import Points
from pipeline import images
from pipeline.orders import TraceOrder
from pipeline.providers.base import Silent
from pipeline.records import Design
from pipeline.solids.pose import Pose
from pipeline.stages import generate
from pipeline.stages.trace import others_of, placement_of, trace
from pipeline.trace import tracing
from pipeline.trace.families import named
from pipeline.workbench import Workbench
from tests.pages.conftest import finish
from tests.pages.test_pages import PAGES, Open
from tests.photo.pieces import solitaire
from tests.trace.scene import scene


def uploaded(bench: Workbench, pixels: np.ndarray) -> Design:
    """A ring whose master is this picture."""
    return generate.upload(
        bench.store, bench.store.create("Ring of the house", kind="ring").id, images.encode_png(pixels)
    )


def test_a_photographed_band_is_traced_flipped_by_sliders_and_made_a_design(
    visit: Open, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The family chosen, traced, its width moved and kept, undone, and a design begun from it with a draft ordered."""
    photograph = scene(named("ring", "band"), {"ring.width_mm": 4.5}, Pose(20, 30, 0, 2.5, 0.5, 0.5))
    design = uploaded(bench, photograph.pixels)
    at = visit(PAGES[4], design=design.id)
    at.session_state["trace"] = True
    at.session_state["trace-family"] = "band"
    at.run()
    assert not at.exception
    at.number_input(key="trace-size").set_value(18.0)
    at.button(key="trace-it").click().run()
    finish(at, bench, design.id, "trace")
    at = visit(PAGES[4], design=design.id)
    model = bench.store.load(design.id).branch.model
    assert model.known.startswith("Modelled after the photograph: outline .9")
    assert any("Modelled after the photograph" in line.value for line in at.markdown)
    width = next(slider for slider in at.slider if slider.label == "Band width, mm")
    assert width.value == pytest.approx(4.5, rel=0.1)
    width.set_value(7.0).run()
    assert not at.exception
    assert not at.button(key="trace-undo").disabled
    at.button(key="trace-undo").click().run()
    at.run()
    undone = next(slider for slider in at.slider if slider.label == "Band width, mm")
    assert undone.value == pytest.approx(4.5, rel=0.1)
    assert at.button(key="trace-undo").disabled
    asked: list[TraceOrder] = []
    with monkeypatch.context() as patch:
        patch.setattr("pages.ui.trace.progress.submit", lambda order: asked.append(order()))
        for key in ("trace-rest", "trace-flip"):
            at.button(key=key).click().run()
            assert not at.exception
    assert [(order.rest, order.flip) for order in asked] == [(True, False), (False, True)]
    assert all(order.placement == placement_of(model) and order.size_mm == 18.0 for order in asked)
    at = visit(PAGES[4], design=design.id)
    next(slider for slider in at.slider if slider.label == "Band width, mm").set_value(7.0).run()
    at.button(key="trace-keep").click().run()
    finish(at, bench, design.id, "trace")
    kept = bench.store.load(design.id).branch.model
    assert placement_of(kept).values["ring.width_mm"] == 7.0
    assert "Rough" in kept.known
    assert '"inner_diameter_mm":18.0' in kept.glb.recipe.origin
    ordered = []
    monkeypatch.setattr("pages.ui.trace.progress.submit", lambda order: ordered.append(order()))
    at = visit(PAGES[4], design=design.id)
    at.button(key="trace-begin").click().run()
    assert not at.exception
    assert ordered[0].origin == kept.glb.recipe.origin
    assert bench.store.load(ordered[0].design_id).name == "Ring of the house, modelled"


def test_another_family_is_taken_by_one_press(
    visit: Open, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown as it lies over the photograph, and is fitted on from there."""
    photograph = scene(named("ring", "band"), {"ring.width_mm": 4.5}, Pose(20, 30, 0, 2.5, 0.5, 0.5))
    design = uploaded(bench, photograph.pixels)
    with monkeypatch.context() as patch:
        patch.setattr(tracing, "families", lambda *_: (named("ring", "band"), named("ring", "signet")))
        model = trace(bench.store, TraceOrder(design_id=design.id), watch=Silent())
    asked: list[TraceOrder] = []
    at = visit(PAGES[4], design=design.id)
    monkeypatch.setattr("pages.ui.trace.progress.submit", lambda order: asked.append(order()))
    assert at.button(key="trace-take-0").label == "Signet"
    at.button(key="trace-take-0").click().run()
    assert not at.exception
    assert asked[0].rest
    assert (asked[0].placement,) == others_of(model)


def test_points_on_the_canvas_are_shares_of_the_master() -> None:
    """A circle's middle is where it was clicked, whatever its radius and stroke."""
    view = canvas.View(2000, 1000, 500)
    point = {"type": "circle", "left": 20 + 125 - 5, "top": 20 + 125, "originX": "left", "originY": "center",
             "radius": 4, "strokeWidth": 2}  # fmt: skip
    touched = {
        "type": "Path",
        "path": [["M", 20, 20], ["Q", 60, 60, 70, 70], ["L", 270, 145]],
        "strokeWidth": 9,
    }
    assert canvas.points([point, touched, {"type": "line"}], view) == ((0.25, 0.5), (0.5, 0.5))


def test_a_finger_draws_the_known_length_as_a_mouse_does() -> None:
    """A stroke's two ends are those of the length; what is drawn last counts, and nothing leaves the picture."""
    view = canvas.View(2000, 1000, 500)
    stroke = {"type": "Path", "path": [["M", 20, 20], ["Q", 60, 60, 70, 70], ["L", 900, 145]]}
    line = {"type": "Line", "x1": -50, "y1": 0, "x2": 50, "y2": 0, "left": 120, "top": 70, "originX": "center",
            "originY": "center", "width": 100, "height": 0}  # fmt: skip
    assert canvas.last_line([line, stroke], view) == ((0.0, 0.0), (2000.0, 500.0))
    assert canvas.last_line([stroke, line], view) == ((200.0, 200.0), (600.0, 200.0))


def test_typed_points_stay_whatever_is_drawn_or_shown_next(visit: Open, bench: Workbench) -> None:
    """A canvas adds and takes its own points alone; another curve, or the panel closed and opened, loses none."""
    typed = ((0.1, 0.2), (0.3, 0.4))
    points = Points({"hole": typed})
    points = points.with_drawn("hole", [], [(0.5, 0.5)])
    points = points.with_drawn("hole", [(0.5, 0.5)], [(0.5, 0.5), (0.6, 0.6)])
    points = points.with_drawn("rim", [], [(0.7, 0.7)])
    points = points.with_drawn("hole", [(0.5, 0.5), (0.6, 0.6)], [(0.6, 0.6)])
    assert points.places == {"hole": (*typed, (0.6, 0.6)), "rim": ((0.7, 0.7),)}
    assert points.begun == points.places
    design = uploaded(bench, solitaire(600).picture()[0])
    at = visit(PAGES[4], design=design.id)
    key = f"trace-points-{bench.store.load(design.id).branch.master.id[:12]}"
    at.session_state["trace"] = True
    at.session_state["trace-family"] = "band"
    at.session_state[key] = points
    at.run()
    for curve in ("rim", "hole"):
        assert at.button(key="trace-it").label == "Trace through 4 points"
        at.session_state["trace-curve-hole-rim-edge"] = curve
        at.run()
    assert not at.exception
    assert at.session_state[key].places == points.places
