"""The exported showcase in a real browser, opened from disk with the network off."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.export import page as showcase
from pipeline.records import Design
from pipeline.store import Store

CHROMIUM = Path("/usr/bin/chromium")
# Playwright's driver is a process of its own; its pipes end with the session, after the test that used them.
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium where it is, else the one Playwright installed."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM) if CHROMIUM.exists() else None,
            args=["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def file(shelf: Store, finished: Design, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The showcase on disk."""
    path = tmp_path_factory.mktemp("usb stick") / "showcase.html"
    path.write_bytes(showcase.write(shelf, finished))
    return path


@pytest.fixture(scope="module")
def opened(browser: Browser, file: Path) -> Iterator[Page]:
    """The page in a window without network; a complaint on the console or a request outwards fails the tests.

    Opened once, without motion: a machine that draws 3D in software needs seconds for each frame.
    """
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, offline=True, reduced_motion="reduce"
    )
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda r: complaints.append(r.url) if r.url.startswith(("http", "ws")) else None)
    tab.goto(file.as_uri())
    yield tab
    context.close()
    assert not complaints


def shot(tab: Page, selector: str) -> np.ndarray:
    """The pixels of one element as displayed."""
    return np.asarray(Image.open(io.BytesIO(tab.locator(selector).screenshot())).convert("RGB")).astype(int)


def changed(before: np.ndarray, after: np.ndarray) -> float:
    """Share of pixels that differ visibly."""
    return float((np.abs(before - after).max(axis=2) > 12).mean())


def settled(tab: Page) -> np.ndarray:
    """The 3D view once two looks at it are the same."""
    last = shot(tab, "model-viewer")
    for _ in range(40):
        tab.wait_for_timeout(500)
        now = shot(tab, "model-viewer")
        if changed(last, now) == 0 and (now[..., 0] > now[..., 2] + 40).any():
            return now
        last = now
    return last


def test_pictures_are_shown(opened: Page) -> None:
    """Every picture decodes, at its full size, and the master shows its gold."""
    opened.wait_for_load_state("load")
    broken = opened.locator("main img").evaluate_all(
        "images => images.filter(i => !i.complete || i.naturalWidth !== Number(i.getAttribute('width'))).length"
    )
    assert broken == 0
    pixels = shot(opened, "#master img")
    gold = (pixels[..., 0] > pixels[..., 2] + 50).mean()
    assert gold > 0.05


def test_slider_moves(opened: Page) -> None:
    """Keyboard and pointer lay the master's own pixels over the close-up."""
    slider = opened.locator(".slider").first
    before = shot(opened, ".slider >> nth=0")
    slider.locator("input").focus()
    opened.keyboard.press("End")
    after = shot(opened, ".slider >> nth=0")
    assert changed(before, after) > 0.01
    box = slider.bounding_box()
    assert box
    opened.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    assert 23 <= float(slider.locator("input").input_value()) <= 27


def test_zoom(opened: Page) -> None:
    """Enter enlarges the master, a key shows it pixel for pixel, arrows walk on, Escape closes."""
    opened.locator("#master button").focus()
    opened.keyboard.press("Enter")
    caption = opened.locator("#lightbox-caption")
    assert "Master · 384 × 384 px" in caption.inner_text()
    opened.keyboard.press("1")
    assert opened.locator("#lightbox-image").bounding_box()["width"] == 384
    opened.keyboard.press("0")
    opened.keyboard.press("ArrowRight")
    assert "Master" not in caption.inner_text()
    opened.keyboard.press("Escape")
    assert not opened.locator("#lightbox").is_visible()


@pytest.mark.slow
def test_model_turns(opened: Page) -> None:
    """The 3D view is drawn from the bytes inside and follows the pointer."""
    opened.locator("model-viewer").evaluate(
        "viewer => viewer.loaded || new Promise(done => viewer.addEventListener('load', done, {once: true}))"
    )
    before = settled(opened)
    assert (before[..., 0] > before[..., 2] + 40).mean() > 0.03, "the golden body is drawn"
    box = opened.locator("model-viewer").bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.mouse.move(*middle)
    opened.mouse.down()
    opened.mouse.move(middle[0] + 90, middle[1] + 20, steps=6)
    opened.mouse.up()
    for _ in range(40):
        opened.wait_for_timeout(500)
        if changed(before, shot(opened, "model-viewer")) > 0.05:
            return
    pytest.fail("the model did not turn within 20 s")


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_and_fitting(opened: Page, width: int, scheme: str) -> None:
    """No serious accessibility finding, and nothing wider than the window, at any width, light and dark."""
    from axe_playwright_python.sync_playwright import Axe

    opened.emulate_media(color_scheme=scheme, media="screen")
    opened.set_viewport_size({"width": width, "height": 900})
    opened.wait_for_timeout(400)
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= width
    # axe is evaluated by the debugger, which the page's policy does not touch
    found = Axe().run(opened).response["violations"]
    serious = [
        (v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in {"serious", "critical"}
    ]
    assert not serious


def test_prints(opened: Page) -> None:
    """Printed, the page is a few sheets with no buttons on it."""
    opened.emulate_media(media="print")
    assert not opened.locator("#tools").is_visible()
    pdf = opened.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 2 <= pdf.count(b"/Type /Page\n") <= 6
    opened.emulate_media(media="screen")
