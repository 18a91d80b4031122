"""The exported showcase in a real browser, opened from disk with the network off."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import ConsoleMessage, Page, Playwright, expect, sync_playwright

from pipeline.export import page as showcase
from pipeline.records import Design
from pipeline.store import Store
from tests.browser import place_of, until
from tests.export.pieces import of_the_atelier

CHROMIUM = Path("/usr/bin/chromium")
DEEP = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
"""WebGL computed by the processor."""
# Playwright's driver is a process of its own; its pipes end with the session, after the test that used them.
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def is_ours(said: ConsoleMessage) -> bool:
    """Whether a console line is an error; the viewer's own word that it has no WebGL is expected where it has none."""
    return said.type == "error" and not said.text.startswith("THREE.WebGLRenderer")


@contextmanager
def tab(playwright: Playwright, file: Path, *flags: str) -> Iterator[Page]:
    """The page in a window without network; a complaint on the console or a request outwards fails the test."""
    browser = playwright.chromium.launch(
        executable_path=str(CHROMIUM) if CHROMIUM.exists() else None, args=["--no-sandbox", *flags]
    )
    # without motion: a machine that draws 3D in software needs seconds for each frame
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, offline=True, reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if is_ours(said) else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda r: complaints.append(r.url) if r.url.startswith(("http", "ws")) else None)
    opened.goto(file.as_uri())
    yield opened
    browser.close()
    assert not complaints


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def file(shelf: Store, finished: Design, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The showcase on disk."""
    path = tmp_path_factory.mktemp("usb stick") / "showcase.html"
    path.write_bytes(showcase.write(shelf, finished))
    return path


@pytest.fixture(scope="module")
def opened(playwright: Playwright, file: Path) -> Iterator[Page]:
    """The page on a machine that cannot draw in 3D: quick, and it has to say so."""
    with tab(playwright, file, "--disable-3d-apis") as page:
        yield page


@pytest.fixture
def opened_deep(playwright: Playwright, file: Path) -> Iterator[Page]:
    """The page on a machine that can."""
    with tab(playwright, file, *DEEP) as page:
        yield page


def shot(page: Page, selector: str) -> np.ndarray:
    """The pixels of one element as displayed."""
    place = page.locator(selector)
    place.scroll_into_view_if_needed()
    picture = page.screenshot(clip=place_of(place))
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)


def changed(before: np.ndarray, after: np.ndarray) -> float:
    """Share of pixels that differ visibly."""
    return float((np.abs(before - after).max(axis=2) > 12).mean())


def settled(page: Page) -> np.ndarray:
    """The 3D view once two looks at it are the same."""
    last = shot(page, "model-viewer")
    for _ in range(40):
        page.wait_for_timeout(500)
        now = shot(page, "model-viewer")
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
    until(opened, lambda: changed(before, shot(opened, ".slider >> nth=0")) > 0.01, "the close-up covered")
    box = place_of(slider)
    opened.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    divider = slider.locator("input")
    until(opened, lambda: 23 <= float(divider.input_value()) <= 27, "the divider under the pointer")


def test_zoom(opened: Page) -> None:
    """Enter enlarges the master, a key shows it pixel for pixel, arrows walk on, Escape closes."""
    opened.locator("#master button").focus()
    opened.keyboard.press("Enter")
    caption = opened.locator("#lightbox-caption")
    expect(caption).to_contain_text("Master · 384 × 384 px")
    opened.keyboard.press("1")
    assert place_of(opened.locator("#lightbox-image"))["width"] == 384
    opened.keyboard.press("0")
    opened.keyboard.press("ArrowRight")
    expect(caption).not_to_contain_text("Master")
    opened.keyboard.press("Escape")
    expect(opened.locator("#lightbox")).not_to_be_visible()


@pytest.mark.slow
def test_model_turns(opened_deep: Page) -> None:
    """The 3D view is drawn from the bytes inside and follows the pointer."""
    opened_deep.locator("model-viewer").evaluate(
        "viewer => viewer.loaded || new Promise(done => viewer.addEventListener('load', done, {once: true}))"
    )
    before = settled(opened_deep)
    assert (before[..., 0] > before[..., 2] + 40).mean() > 0.03, "the golden body is drawn"
    box = place_of(opened_deep.locator("model-viewer"))
    # not in the very middle: there the viewer keeps the invisible handle of its pan gesture
    start = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6
    opened_deep.mouse.move(*start)
    opened_deep.mouse.down()
    opened_deep.mouse.move(start[0] + 90, start[1] + 20, steps=6)
    opened_deep.mouse.up()
    until(opened_deep, lambda: changed(before, shot(opened_deep, "model-viewer")) > 0.05, "the model turned")


@pytest.mark.slow
def test_studio_light(playwright: Playwright, shelf: Store, finished: Design, tmp_path: Path) -> None:
    """A model of the atelier is lit ray by ray at a press, from what is inside the file, and plainly at a second."""
    path = tmp_path / "showcase.html"
    path.write_bytes(showcase.write(shelf, of_the_atelier(shelf, finished)))
    with tab(playwright, path, *DEEP) as page:
        page.set_viewport_size({"width": 390, "height": 800})
        plain = settled(page)
        button = page.get_by_role("button", name="Studio light", exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        until(page, lambda: changed(plain, shot(page, "model-viewer")) > 0.05, "the model traced")
        traced = settled(page)
        assert (traced[..., 0] > traced[..., 2] + 40).mean() > 0.02
        button.click()
        until(page, lambda: changed(plain, shot(page, "model-viewer")) < 0.01, "the plain light again")


def test_without_3d(opened: Page) -> None:
    """Where the browser cannot draw in 3D, the card says so and where the model is."""
    expect(opened.locator("#waiting")).to_contain_text("cannot draw in 3D")
    expect(opened.locator("model-viewer")).to_have_count(0)


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
    expect(opened.locator("#tools")).not_to_be_visible()
    pdf = opened.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 2 <= pdf.count(b"/Type /Page\n") <= 6
    opened.emulate_media(media="screen")
