"""What a newcomer does first, by mouse in a real browser: few clicks, nothing lost by one press or by a server's end,
and a photographed ring traced until its bench drawings are there. One server for all of it.
"""

import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline import images
from pipeline.records import Branch, CloseUp, Design, Recipe, Region
from pipeline.solids.pose import Pose
from pipeline.store import Store
from pipeline.trace.families import named
from pipeline.trace.points import curves
from tests.e2e.conftest import ENDED, Server, tab_on
from tests.e2e.test_walk import WORK_MS, press
from tests.export.pieces import finish
from tests.trace.scene import scene

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.slow]

UNDER_WAY = re.compile("of its parts finished")
PAD_PX = 20
"""The margin of a drawing canvas around its picture."""


@pytest.fixture
def shelf(house: Server) -> Store:
    return Store(house.folder / "data")


def standing(store: Store, design: Design) -> Branch:
    branch = store.load(design.id).branch
    assert branch is not None
    return branch


def until(page: Page, holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds on the disk."""
    for _ in range(WORK_MS // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {what}")


def photographed(store: Store, pixels: images.Pixels, regions: tuple[Region, ...] = ()) -> Design:
    master = store.put_picture(pixels, Recipe(role="upload", provider="upload", detail="uploaded picture"))
    design = store.create("Ring of the house", kind="ring")
    return store.update(design.id, lambda d: d.with_master(Branch(master=master, regions=regions)))


def test_four_clicks_from_the_gallery_for_a_prompt_five_for_a_photograph(
    house: Server, desk: Page, shelf: Store, ring_png: bytes
) -> None:
    """After them nothing is left to press: the set is under way as one order, and the showcase is open."""
    desk.add_init_script(
        "addEventListener('click', () => sessionStorage.clicks = 1 + +(sessionStorage.clicks ?? 0), true)"
    )
    for most in (4, 5):
        desk.goto(house.url)
        desk.evaluate("sessionStorage.clicks = 0")
        before = {design.id for design in shelf.designs()}
        press(desk, "New design")
        if most == 4:
            prompt = desk.get_by_label("Prompt", exact=True).first
            prompt.click()
            prompt.fill("a plain platinum band")
        else:
            desk.get_by_role("tab", name="From a photograph").click()
            with desk.expect_file_chooser() as chooser:
                press(desk, "Upload")
            chooser.value.set_files({"name": "ring.png", "mimeType": "image/png", "buffer": ring_png})
        enabled = desk.locator("button:enabled", has_text="Make the whole set").locator("visible=true")
        enabled.click(delay=40)
        expect(desk.get_by_text(UNDER_WAY)).to_be_visible(timeout=WORK_MS)
        desk.get_by_role("link", name="6 Showcase").click()
        expect(desk.get_by_role("heading", name="Showcase", level=1)).to_be_attached()
        expect(desk.get_by_text(UNDER_WAY)).to_be_visible()
        assert int(desk.evaluate("sessionStorage.clicks")) == most
        (made,) = {design.id for design in shelf.designs()} - before
        assert [p.name for p in (house.folder / "data" / "jobs").glob(f"{made}*")] == [f"{made}.set.json"]
        press(desk, "Cancel")
        expect(desk.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)


def test_one_press_loses_nothing(house: Server, desk: Page, shelf: Store) -> None:
    """Delete, a new suggestion, the canvas's own reset, a bake-off: each is taken back or leaves what was decided."""
    design = finish(shelf, "A pendant to keep")
    regions, chosen = standing(shelf, design).regions, standing(shelf, design).chosen_close_ups

    desk.goto(house.url)
    for back in ("Undo", "Restore"):
        desk.locator(f".st-key-more-{design.id} button").click()
        press(desk, "Delete")
        expect(desk.get_by_text("A pendant to keep")).to_have_count(0)
        if back == "Restore":
            press(desk, re.compile("Trash"))
            desk.get_by_role("dialog").get_by_role("button", name="Restore").first.click(delay=40)
        else:
            undo = desk.locator(".st-key-undo-delete button")
            expect(undo).to_be_in_viewport()
            undo.click(delay=40)
        expect(desk.get_by_text("A pendant to keep")).to_have_count(1)
        assert standing(shelf, design).chosen_close_ups == chosen

    desk.goto(f"{house.url}/crop?design={design.id}")
    undo = desk.locator(".st-key-undo-regions button").first
    for lose in ("suggest", "reset"):
        expect(undo).to_be_disabled()
        if lose == "suggest":
            press(desk, "Suggest five again")
        else:
            desk.get_by_role("radio", name="Drawing canvas").click()
            desk.locator("canvas.upper-canvas").hover()
            desk.get_by_title("Reset canvas & history").click()
        until(desk, lambda: standing(shelf, design).regions != regions, f"{lose} changed the regions")
        expect(undo).to_be_enabled()
        undo.click(delay=40)
        until(desk, lambda: standing(shelf, design).regions == regions, f"{lose} was taken back")
        expect(undo).to_be_disabled()
        assert standing(shelf, design).chosen_close_ups == chosen

    desk.goto(f"{house.url}/enhance?design={design.id}")
    desk.get_by_text("Bake-off: the same region").click()
    providers = desk.get_by_label("Providers")
    for name in ("Offline", "Careless"):
        providers.click()
        desk.keyboard.type(name)
        desk.get_by_role("option", name=re.compile(name)).first.click()
    desk.keyboard.press("Escape")
    press(desk, re.compile("^Run pendant through"))
    first = regions[0].id
    until(desk, lambda: len(standing(shelf, design).attempts(first)) == 3, "both attempts of the bake-off")
    expect(desk.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)
    assert standing(shelf, design).chosen_close_ups == chosen


def test_a_server_that_is_ended_softly_then_hard_loses_and_doubles_nothing(
    house: Server, browser: Browser, shelf: Store, ring_pixels: images.Pixels
) -> None:
    """Close-ups half made: the page offers the rest after each restart, and every region has one close-up."""
    regions = tuple(
        Region(id=f"r{n}", label=f"detail {n}", x=140 + 90 * n, y=420, width=88, height=88) for n in range(4)
    )
    design = photographed(shelf, ring_pixels, regions)

    def close_ups() -> tuple[CloseUp, ...]:
        return standing(shelf, design).close_ups

    with tab_on(browser, house, forgiven=ENDED) as desk:
        desk.goto(f"{house.url}/enhance?design={design.id}")
        press(desk, "Enhance all 4 regions")
        until(desk, lambda: bool(close_ups()), "the first close-up")
        house.end(signal.SIGTERM)
        assert 0 < len(close_ups()) < 4
        house.start()
        desk.goto(f"{house.url}/enhance?design={design.id}")
        press(desk, "Resume")
        expect(desk.get_by_role("button", name="Cancel")).to_be_visible()
        house.end(signal.SIGKILL)
        left = 4 - len(close_ups())
        house.start()
        desk.goto(f"{house.url}/enhance?design={design.id}")
        if left:
            press(desk, "Resume")
        until(desk, lambda: len(close_ups()) == 4, "all four close-ups")
        expect(desk.get_by_role("button", name=re.compile("^(Cancel|Resume)$"))).to_have_count(
            0, timeout=WORK_MS
        )
    assert sorted(c.region.id for c in close_ups()) == [region.id for region in regions]


def test_a_ring_is_traced_by_mouse_and_reaches_its_bench_drawings(
    house: Server, desk: Page, shelf: Store
) -> None:
    """Points clicked on two curves, the model moved and put back, a design begun with it, its first sheet to scale."""
    band, pose = named("ring", "band"), Pose(20, 30, 0, 2.5, 0.5, 0.5)
    values = {**band.values(band.start), "ring.width_mm": 4.5}
    design = photographed(shelf, scene(band, {"ring.width_mm": 4.5}, pose, 560).pixels)
    body = band.body(values)
    camera = pose.camera(body.centre, body.radius)

    desk.goto(f"{house.url}/model3d?design={design.id}")
    desk.get_by_text("Trace it as a ring").click()
    desk.get_by_role("radio", name="Band").click()
    for number, curve in enumerate(("hole", "rim"), start=1):
        desk.get_by_role("radio", name=curve.capitalize()).click()
        canvas = desk.locator("canvas.upper-canvas")
        expect(canvas).to_be_visible()
        desk.wait_for_timeout(1000)  # the canvas lays its picture and would wipe what came before
        canvas.scroll_into_view_if_needed()
        frame = canvas.bounding_box()
        assert frame is not None
        line = camera.project(curves(band, values)[curve][0])[:, :2]
        for x, y in line[:: len(line) // 6][:6]:
            side = frame["width"] - 2 * PAD_PX
            desk.mouse.click(frame["x"] + PAD_PX + x * side, frame["y"] + PAD_PX + y * side)
        expect(desk.get_by_role("button", name=f"Trace through {6 * number} points")).to_be_visible()
    press(desk, "Trace through 12 points")
    expect(desk.get_by_role("heading", name="Lay it by hand")).to_be_visible(timeout=WORK_MS)
    model = standing(shelf, design).model
    assert model is not None
    assert model.figures["iou"] > 0.9
    width, undo = desk.get_by_role("slider", name="Band width, mm"), desk.locator(".st-key-trace-undo button")
    traced = width.get_attribute("aria-valuenow")
    width.press("PageUp")
    expect(undo).to_be_enabled()
    undo.click(delay=40)
    expect(width).to_have_attribute("aria-valuenow", str(traced))

    press(desk, "Begin a design with this piece")
    desk.get_by_label("Size").click()
    desk.get_by_role("option", name="1024 x 1024").click()
    press(desk, "Make this the master")
    expect(desk.get_by_text("Measured from the pixels")).to_be_visible(timeout=WORK_MS)
    desk.get_by_role("link", name="4 Sketch").click()
    expect(desk.get_by_role("radio", name="Bench views")).to_be_checked()
    press(desk, re.compile("^Draw [0-9] sheets"))
    expect(desk.get_by_role("button", name="Enlarge").first).to_be_visible(timeout=WORK_MS)
    press(desk, "Cancel")
    (begun,) = (d for d in shelf.designs() if d.name == "Ring of the house, modelled")
    assert standing(shelf, begun).latest_sketches[0].view
