"""A photographed ring is traced by mouse in a real browser, laid better by hand, and its bench drawings are reached."""

import re

import pytest
from playwright.sync_api import Page, expect

from pipeline.records import Branch, Design, Recipe
from pipeline.solids.pose import Pose
from pipeline.store import Store
from pipeline.trace.families import named
from pipeline.trace.points import curves
from tests.browser import at_rest, click
from tests.e2e.conftest import Server, choose, frame_of, press
from tests.e2e.test_walk import WORK_MS
from tests.trace.scene import scene

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.slow]

PAD_PX = 20
"""The margin of a drawing canvas around its picture."""


def _standing(store: Store, design: Design) -> Branch:
    branch = store.load(design.id).branch
    assert branch is not None
    return branch


def test_a_ring_is_traced_by_mouse_and_reaches_its_bench_drawings(house: Server, desk: Page) -> None:
    """Points clicked on two curves, the model moved and put back, a design begun with it, its first sheet to scale."""
    shelf = Store(house.folder / "data")
    band, pose = named("ring", "band"), Pose(20, 30, 0, 2.5, 0.5, 0.5)
    values = {**band.values(band.start), "ring.width_mm": 4.5}
    pixels = scene(band, {"ring.width_mm": 4.5}, pose, 560).pixels
    master = shelf.put_picture(pixels, Recipe(role="upload", provider="upload", detail="uploaded picture"))
    design = shelf.create("Ring of the house", kind="ring")
    design = shelf.update(design.id, lambda d: d.with_master(Branch(master=master)))
    body = band.body(values)
    camera = pose.camera(body.centre, body.radius)

    desk.goto(f"{house.url}/model3d?design={design.id}")
    at_rest(desk)
    click(desk.get_by_text("Trace it as a ring"))
    click(desk.get_by_role("radio", name="Band"))
    for number, curve in enumerate(("hole", "rim"), start=1):
        click(desk.get_by_role("radio", name=curve.capitalize()))
        frame = frame_of(desk.locator("canvas.upper-canvas"))
        line = camera.project(curves(band, values)[curve][0])[:, :2]
        for x, y in line[:: len(line) // 6][:6]:
            side = frame["width"] - 2 * PAD_PX
            desk.mouse.click(frame["x"] + PAD_PX + x * side, frame["y"] + PAD_PX + y * side)
        expect(desk.get_by_role("button", name=f"Trace through {6 * number} points")).to_be_visible()
    press(desk, "Trace through 12 points")
    expect(desk.get_by_role("heading", name="Lay it by hand")).to_be_visible(timeout=WORK_MS)
    model = _standing(shelf, design).model
    assert model is not None
    assert model.figures["iou"] > 0.9
    assert not re.search(r"\bsame\b", model.known)
    width, undo = desk.get_by_role("slider", name="Band width, mm"), desk.locator(".st-key-trace-undo button")
    before = width.input_value()
    width.press("PageUp")
    expect(undo).to_be_enabled()
    click(undo)
    expect(width).to_have_value(before)

    press(desk, "Begin a design with this piece")
    choose(desk, "Size", "1024 x 1024")
    press(desk, "Make this the master")
    expect(desk.get_by_text("Measured from the pixels")).to_be_visible(timeout=WORK_MS)
    click(desk.get_by_role("link", name="4 Sketch"))
    expect(desk.get_by_role("radio", name="Bench views")).to_be_checked()
    press(desk, re.compile("^Draw [0-9] sheets"))
    expect(desk.get_by_role("button", name="Enlarge").first).to_be_visible(timeout=WORK_MS)
    press(desk, "Cancel")
    (begun,) = (d for d in shelf.designs() if d.name == "Ring of the house, modelled")
    assert _standing(shelf, begun).latest_sketches[0].view
