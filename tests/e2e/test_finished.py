"""A finished design in a real browser: its set on one screen, its pages readable to all, nothing of it lost by a press.

One server, one browser and one design for all of it.
"""

import re
from contextlib import suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pipeline.records import Branch, Design
from pipeline.store import Store
from tests.browser import at_rest, click, place_of, until
from tests.e2e.conftest import Server, frame_of, press
from tests.export.pieces import finish

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.slow]

PAGES = ("", "generate", "crop", "enhance", "sketch", "model3d", "showcase", "compare", "catalogue")
LAPTOP, PHONE = (1280, 800), (390, 844)
LOOKS = (("light", LAPTOP), ("light", PHONE), ("dark", PHONE), ("dark", LAPTOP))
EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
GROUND = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"

MEASURE = """root => {
    const box = target => { const { left, top, right, bottom } = target.getBoundingClientRect()
                            return { left, top, right, bottom } }
    const all = selector => [...root.querySelectorAll(selector)].map(box)
    const lines = [...root.querySelectorAll(".lines .line")].flatMap(line => {
        const matrix = line.getScreenCTM(), length = line.getTotalLength()
        return Array.from({ length: 41 }, (_, n) => {
            const { x, y } = line.getPointAtLength(n * length / 40).matrixTransform(matrix)
            return [x, y]
        })
    })
    return { master: box(root.querySelector(".master .view")), title: box(root.querySelector(".master .title")),
             cards: all(".card"), sketches: all(".row.sketchs .plate"), lines }
}"""


@pytest.fixture(scope="module")
def shelf(house: Server) -> Store:
    return Store(house.folder / "data")


@pytest.fixture(scope="module")
def design(shelf: Store) -> Design:
    return finish(shelf, name="An oval morganite halo ring with a pave band in rose gold")


def measured(page: Page) -> dict[str, Any]:
    """Where everything is."""
    page.wait_for_selector(".showcase .lines .line", state="attached")
    at_rest(page)
    shown: dict[str, Any] = page.locator(".showcase").evaluate(MEASURE)
    return {**shown, "viewer": place_of(page.locator("model-viewer").first)}


def comes_to_fill_one_screen(page: Page, width: int, height: int) -> None:
    """Once the page has heard how much room there is, and has stayed as it is since."""
    seen: dict[str, Any] | None = None
    for _ in range(60):
        shown = measured(page)
        if shown == seen:
            with suppress(AssertionError):
                fills_one_screen(shown, width, height)
                return
        seen = shown
        page.wait_for_timeout(300)
    fills_one_screen(measured(page), width, height)


def fills_one_screen(shown: dict[str, Any], width: int, height: int) -> None:
    """Close-ups at both sides of the master, six sketches in a row beneath, 3D at the right, nothing below the fold."""
    master, title, viewer = shown["master"], shown["title"], shown["viewer"]
    assert len(shown["cards"]) == 5
    left = [card for card in shown["cards"] if card["right"] <= master["left"]]
    right = [card for card in shown["cards"] if card["left"] >= master["right"]]
    assert sorted((len(left), len(right))) == [2, 3]
    assert len(shown["sketches"]) == 6
    assert max(s["top"] for s in shown["sketches"]) - min(s["top"] for s in shown["sketches"]) < 1
    assert min(s["top"] for s in shown["sketches"]) >= max(card["bottom"] for card in shown["cards"])
    assert viewer["x"] >= max(card["right"] for card in right)
    assert viewer["x"] + viewer["width"] <= width
    everything = [master, title, *shown["cards"], *shown["sketches"]]
    assert max(box["bottom"] for box in everything) <= height
    assert viewer["y"] + viewer["height"] <= height
    assert min(box["top"] for box in everything) >= 0
    assert master["right"] - master["left"] >= 0.25 * width, "the master is the largest picture"
    for x, y in shown["lines"]:
        inside = title["left"] < x < title["right"] and title["top"] < y < title["bottom"]
        assert not inside, "a line crosses the title"


@pytest.mark.parametrize("presented", [False, True])
def test_the_set_fills_one_screen(house: Server, desk: Page, design: Design, *, presented: bool) -> None:
    """Coming from a page with its sidebar open: the sidebar steps back and the whole set is on the first screen."""
    desk.set_viewport_size({"width": 1280, "height": 800})
    if presented:
        desk.goto(f"{house.url}/showcase?design={design.id}&present=1")
    else:
        desk.goto(f"{house.url}/sketch?design={design.id}")
    for width, height in ((1280, 800), (1024, 768)):
        desk.set_viewport_size({"width": width, "height": height})
        if not presented:
            expect(desk.get_by_role("heading", name="Sketch", level=1)).to_be_visible()
            expect(desk.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
            click(desk.get_by_role("link", name="6 Showcase"))
        comes_to_fill_one_screen(desk, width, height)
        if not presented:
            click(desk.get_by_role("link", name="4 Sketch"))


def test_axe_finds_nothing_serious(house: Server, desk: Page, design: Design, shelf: Store) -> None:
    """One visit a page; theme and size change under it, as a system's do at dusk or a window's by hand.

    Dark, the same document stands there, so only what is about colours is asked again.
    """
    shelf.duplicate(design.id)  # two, for those who compare
    script, complaints = Axe().axe_script, []
    for name in PAGES:
        desk.set_viewport_size({"width": 1280, "height": 800})
        desk.emulate_media(color_scheme="light")
        desk.goto(f"{house.url}/{name}?design={design.id}")
        desk.wait_for_selector(".showcase .card" if name == "showcase" else "h1")
        at_rest(desk)
        desk.evaluate(script)
        day = desk.evaluate(GROUND)
        for scheme, (width, height) in LOOKS:
            desk.emulate_media(color_scheme=scheme)
            desk.set_viewport_size({"width": width, "height": height})
            desk.wait_for_function(
                f"([day, dark]) => ({GROUND})() !== day === dark", arg=[day, scheme == "dark"]
            )
            at_rest(desk)  # colours glide from one theme into the other
            rules = COLOURS if scheme == "dark" else EVERYTHING
            violations = desk.evaluate("options => axe.run(options)", rules)["violations"]
            complaints += [
                f"{name or 'gallery'} {scheme} {width}: {rule['id']} at {node['target']} "
                f"{node['any'][0]['message'] if node['any'] else ''}"
                for rule in violations
                if rule["impact"] in {"serious", "critical"}
                for node in rule["nodes"]
            ]
    assert complaints == []


def test_one_press_loses_nothing(house: Server, desk: Page, shelf: Store) -> None:
    """Delete, a new suggestion, the canvas's own reset: each is taken back where it was pressed."""
    kept = finish(shelf, "A pendant to keep")

    def standing() -> Branch:
        branch = shelf.load(kept.id).branch
        assert branch is not None
        return branch

    regions, chosen = standing().regions, standing().chosen_close_ups
    desk.goto(house.url)
    for back in ("Undo", "Restore"):
        click(desk.locator(f".st-key-more-{kept.id} button"))
        press(desk, "Delete")
        expect(desk.locator(f".st-key-more-{kept.id} button")).to_have_count(0)
        if back == "Restore":
            press(desk, re.compile("Trash"))
            click(desk.get_by_role("dialog").get_by_role("button", name="Restore").first)
        else:
            undo = desk.locator(".st-key-undo-delete button")
            expect(undo).to_be_in_viewport()
            click(undo)
        until(desk, lambda: kept.id in {row.id for row in shelf.summaries()}, "it is there again")
        expect(desk.locator(f".st-key-more-{kept.id} button")).to_have_count(1)
        assert standing().chosen_close_ups == chosen

    desk.goto(f"{house.url}/crop?design={kept.id}")
    undo = desk.locator(".st-key-undo-regions button").first
    expect(undo).to_be_disabled()
    press(desk, "Suggest five again")
    until(desk, lambda: standing().regions != regions, "other regions are suggested")
    expect(undo).to_be_enabled()
    click(undo)
    until(desk, lambda: standing().regions == regions, "the suggestion is taken back")
    assert standing().chosen_close_ups == chosen

    click(desk.get_by_role("radio", name="Drawing canvas"))
    frame = frame_of(desk.locator("canvas.upper-canvas"))
    desk.mouse.move(frame["x"] + 0.78 * frame["width"], frame["y"] + 0.1 * frame["height"])
    desk.mouse.down()
    desk.mouse.move(frame["x"] + 0.92 * frame["width"], frame["y"] + 0.3 * frame["height"], steps=8)
    desk.mouse.up()
    until(desk, lambda: len(standing().regions) == 6, "a box is drawn")
    drawn = standing().regions
    desk.get_by_title("Reset canvas & history").click()
    until(desk, lambda: standing().regions != drawn, "the canvas is reset")
    click(undo)
    until(desk, lambda: standing().regions == drawn, "the reset is taken back")
    assert standing().chosen_close_ups == chosen
