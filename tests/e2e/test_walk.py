"""The whole walk, as a stranger takes it: cold start, prompt or photograph, reload halfway, showcase, ZIP."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from pipeline.store import Store
from tests.browser import at_rest, click, until
from tests.e2e.conftest import Server, bring, choose, frame_of, photograph_tab, press

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.slow]

WORK_MS = 300_000
Pixels = Callable[[bytes], np.ndarray]


def go_on(page: Page, title: str) -> None:
    """Press Next and wait for the next page's heading."""
    press(page, re.compile(f"Next: {title}"))
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def colourful(shot: np.ndarray) -> float:
    """Share of pixels with the colour of metal or stone."""
    wide = shot.astype(int)
    return float(((wide.max(axis=2) - wide.min(axis=2)) > 40).mean())


def enhance_all(page: Page, count: int) -> None:
    click(page.get_by_role("radio", name="2x"))
    press(page, re.compile(f"Enhance all {count} regions"))
    expect(page.get_by_role("heading", name="Review")).to_be_visible(timeout=WORK_MS)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)
    expect(page).to_have_title("✓ Finished · Loupe")  # for whoever works in another tab


def sketch_and_model(page: Page, count: int) -> None:
    go_on(page, "Sketch")
    press(page, re.compile(f"Draw {count} sheets"))
    expect(page.get_by_role("button", name="Enlarge")).to_have_count(count, timeout=WORK_MS)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)
    go_on(page, "3D")
    press(page, "Make the 3D model")
    expect(glb_button(page)).to_be_visible(timeout=WORK_MS)


def glb_button(page: Page) -> Locator:
    """The button that hands the model out, there once it is made."""
    return page.locator(".st-key-model-files").get_by_role("button").filter(has_text="GLB")


def showcase_and_zip(page: Page, close_ups: int, sheets: int, pixels: Pixels) -> zipfile.ZipFile:
    """Look at the showcase's pixels and take the ZIP away."""
    go_on(page, "Showcase")
    board = page.locator(".showcase")
    expect(board.get_by_role("img").first).to_be_visible()
    count = "b => [...b.querySelectorAll('img')].filter(i => i.complete && i.naturalWidth > 300).length"
    until(page, lambda: board.evaluate(count) >= 1 + close_ups + sheets, "every picture of the set is shown")
    at_rest(page)
    assert colourful(pixels(board.screenshot())) > 0.002
    press(page, "Everything as one file")
    save = page.get_by_role("button", name=re.compile("Save · Everything as one file"))
    expect(save).to_be_visible(timeout=WORK_MS)
    with page.expect_download(timeout=WORK_MS) as download:
        click(save)
    return zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))


def test_from_a_prompt_to_the_showcase(tab: Page, server: Server, pixels: Pixels) -> None:
    """The prefilled prompt becomes a master, five close-ups, six sheets and a model; a reload loses nothing."""
    tab.goto(server.url)
    expect(tab.get_by_role("heading", name="One piece, every view")).to_be_visible()
    press(tab, "New design")
    expect(tab.get_by_role("heading", name="Generate", level=1)).to_be_visible()
    choose(tab, "Size", "1024 x 1024")
    press(tab, re.compile("Generate four candidates"))
    choices = tab.get_by_role("button", name="Make this the master")
    expect(choices).to_have_count(4, timeout=WORK_MS)
    expect(tab.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)
    tab.reload()
    expect(choices).to_have_count(4)
    click(choices.nth(0))
    expect(tab.get_by_text("Measured from the pixels")).to_be_visible(timeout=WORK_MS)
    go_on(tab, "Crop")
    expect(tab.get_by_role("button", name="Remove")).to_have_count(5)
    go_on(tab, "Enhance")
    enhance_all(tab, 5)
    tab.reload()
    stage = tab.locator(".compare").first
    expect(stage).to_be_visible()
    until(tab, lambda: colourful(pixels(stage.screenshot())) > 0.01, "the close-up is shown")
    at_rest(tab)
    before = pixels(stage.screenshot())
    stage.get_by_role("slider").first.focus()
    for _ in range(3):
        tab.keyboard.press("PageUp")

    def differs() -> bool:
        now = pixels(stage.screenshot()).astype(int)
        return now.shape == before.shape and bool((np.abs(now - before).max(axis=2) > 12).mean() > 0.001)

    until(tab, differs, "the divider moved by its keys")
    sketch_and_model(tab, 6)
    archive = showcase_and_zip(tab, 5, 6, pixels)
    names = archive.namelist()
    assert "master.png" in names
    assert "model.glb" in names
    assert sum(name.startswith("closeups/") for name in names) == 5
    assert sum(name.startswith("sketches/") for name in names) == 6


UNDER_WAY = re.compile("of its parts finished")


@pytest.mark.parametrize("most", [4, 5], ids=["prompt", "photograph"])
def test_few_clicks_from_the_gallery_to_the_showcase_of_a_new_piece(
    tab: Page, server: Server, ring_png: bytes, most: int
) -> None:
    """After them nothing is left to press: all of the set is one order, and the showcase fills while it is made."""
    tab.add_init_script(
        "addEventListener('click', e => { if (e.isTrusted) sessionStorage.clicks = 1 + +sessionStorage.clicks }, true)"
    )
    shelf = Store(server.folder / "data")
    tab.goto(server.url)
    tab.evaluate("sessionStorage.clicks = 0")
    until(tab, (server.folder / "data" / "samples-imported").exists, "the samples are unpacked")
    before = {summary.id for summary in shelf.summaries()}
    press(tab, "New design")
    if most == 4:
        prompt = tab.get_by_label("Prompt", exact=True).first
        prompt.click()
        prompt.fill("a plain platinum band")
    else:
        photograph_tab(tab)
        with tab.expect_file_chooser() as chooser:
            tab.locator("button:visible", has_text="Upload").click(delay=40)
        chooser.value.set_files({"name": "ring.png", "mimeType": "image/png", "buffer": ring_png})
    whole = tab.locator("button:enabled", has_text="Make the whole set").locator("visible=true")
    whole.click(delay=40)
    expect(tab.get_by_text(UNDER_WAY).first).to_be_visible(timeout=WORK_MS)
    tab.get_by_role("link", name="6 Showcase").click()
    expect(tab.get_by_role("heading", name="Showcase", level=1)).to_be_attached()
    expect(tab.get_by_text(UNDER_WAY).first).to_be_visible()
    assert int(tab.evaluate("sessionStorage.clicks")) == most
    (made,) = {summary.id for summary in shelf.summaries()} - before
    assert [p.name for p in (server.folder / "data" / "jobs").glob(f"{made}*.json")] == [f"{made}.set.json"]
    if most == 5:  # the first close-up is there while its neighbours are under way
        expect(tab.locator(".showcase .card").first).to_be_visible(timeout=WORK_MS)
        expect(tab.get_by_text(UNDER_WAY).first).to_be_visible()
    press(tab, "Cancel")
    expect(tab.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)


def test_from_a_photograph_with_boxes_drawn_by_mouse(
    tab: Page, server: Server, ring_png: bytes, pixels: Pixels
) -> None:
    """Upload, draw two boxes with the mouse, reload: they are still there; then all the way to the showcase."""
    tab.goto(f"{server.url}/generate")
    expect(tab.get_by_role("heading", name="Generate", level=1)).to_be_visible()
    bring(tab, ring_png, "house ring.png")
    press(tab, "Use as master")
    expect(tab.get_by_text("Measured from the pixels")).to_be_visible(timeout=WORK_MS)
    go_on(tab, "Crop")
    remove = tab.get_by_role("button", name="Remove")
    expect(remove).to_have_count(5)
    for left in (4, 3, 2, 1, 0):
        at_rest(tab)
        click(remove.first)
        expect(remove).to_have_count(left)
    fitted, canvas = tab.locator(".boxes .stage"), tab.locator("canvas.upper-canvas")
    for number, (surface, (x, y)) in enumerate(((fitted, (250, 90)), (canvas, (230, 180))), start=1):
        if surface is canvas:
            click(tab.get_by_role("radio", name="Drawing canvas"))
        box = frame_of(surface)
        tab.mouse.move(box["x"] + x, box["y"] + y)
        tab.mouse.down()
        tab.mouse.move(box["x"] + x + 90, box["y"] + y + 80, steps=6)
        tab.mouse.move(box["x"] + x + 180, box["y"] + y + 160, steps=6)
        tab.mouse.up()
        expect(remove).to_have_count(number)
    tab.reload()
    expect(remove).to_have_count(2)
    go_on(tab, "Enhance")
    enhance_all(tab, 2)
    sketch_and_model(tab, 3)
    expect(tab.get_by_text("Relief preview").first).to_be_visible()
    showcase_and_zip(tab, 2, 3, pixels)
