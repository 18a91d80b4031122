"""The comparison in a real browser: what is on the screen, read from its pixels."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import place_of, until

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

RED, BLUE = np.array([200, 30, 30]), np.array([30, 30, 200])


def pixels_of(locator):
    """Return the RGB pixels of an element as it is on the screen."""
    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("RGB")).astype(int)


def near(pixel, colour):
    return np.abs(pixel - colour).max() <= 2


def stands_at(slider, share, slack=0.5):
    """Wait until the divider is at this share of the picture, in percent."""
    until(slider.page, lambda: abs(float(slider.input_value()) - share) <= slack, f"the divider at {share} %")


@pytest.fixture
def comparison(show):
    """The comparison of a small red square with a large blue one, 400 px high."""
    return show("show=compare", ".compare .stage")


def test_the_slider_shows_both_and_obeys_the_keyboard(comparison):
    """Arrows move 0.5 %, the page keys 10 %, Home and End to the ends; the picture follows."""
    slider = comparison.get_by_role("slider", name="Divider")
    slider.focus()
    steps = [
        ("ArrowRight", 50.5),
        ("ArrowLeft", 50),
        ("PageUp", 60),
        ("PageDown", 50),
        ("Home", 0),
        ("End", 100),
    ]
    for key, expected in steps:
        comparison.keyboard.press(key)
        stands_at(slider, expected, 1e-6)
    comparison.keyboard.press("Home")
    stage = comparison.locator(".stage")
    centre = pixels_of(stage)
    assert near(centre[350, centre.shape[1] // 2], BLUE)
    comparison.keyboard.press("End")
    assert near(pixels_of(stage)[350, centre.shape[1] // 2 - 20], RED)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Crop 100 %"))


def test_dragging_puts_the_divider_under_the_pointer_and_a_rerun_leaves_it(comparison):
    """The divider stops where the pointer does, and an unrelated rerun does not move it."""
    box = place_of(comparison.locator(".stage"))
    left = box["x"] + (box["width"] - 400) / 2
    comparison.mouse.move(left + 200, box["y"] + 300)
    comparison.mouse.down()
    comparison.mouse.move(left + 320, box["y"] + 300, steps=4)
    comparison.mouse.up()
    slider = comparison.get_by_role("slider", name="Divider")
    stands_at(slider, 80)
    comparison.get_by_role("button", name="Rerun", exact=True).click()
    comparison.get_by_text("Run 1").wait_for()
    stands_at(slider, 80)
    row = pixels_of(comparison.locator(".stage"))[350]
    start = round((box["width"] - 400) / 2)
    assert near(row[start + 310], RED)
    assert near(row[start + 330], BLUE)


def test_labels_stay_text(comparison):
    """A label that looks like markup is shown as it is written and runs nothing."""
    expect(comparison.get_by_text('<img src=x onerror="window.hit=1">').first).to_be_attached()
    expect(comparison.get_by_text("<b>stone</b>").first).to_be_visible()
    assert comparison.evaluate("() => window.hit") is None


def test_blink_alternates_and_can_be_held(comparison):
    """Both pictures take turns; the space key stops them, and Enter swaps them by hand."""
    comparison.get_by_role("button", name="Blink", exact=True).click()
    stage = comparison.locator(".stage")
    middle = round(place_of(stage)["width"] / 2)
    seen = set()
    for _ in range(12):
        pixel = pixels_of(stage)[350, middle]
        seen |= {name for name, colour in (("red", RED), ("blue", BLUE)) if near(pixel, colour)}
        if len(seen) == 2:
            break
        comparison.wait_for_timeout(200)
    assert seen == {"red", "blue"}
    stage.focus()
    comparison.keyboard.press("Space")
    held = pixels_of(stage)[350, middle]
    comparison.wait_for_timeout(1600)
    assert near(pixels_of(stage)[350, middle], held)
    comparison.keyboard.press("Enter")
    assert not near(pixels_of(stage)[350, middle], held)


def test_the_heatmap_colours_only_what_differs(comparison):
    """Where the heatmap is black the picture is untouched; where it is white it is covered."""
    comparison.get_by_role("button", name="Heatmap", exact=True).click()
    comparison.get_by_role("button", name="Places", exact=True).click()
    comparison.get_by_role("slider", name="Overlay").wait_for()
    screen = pixels_of(comparison.locator(".stage"))
    left = round((screen.shape[1] - 400) / 2)
    assert near(screen[350, left + 50], BLUE)
    assert not near(screen[150, left + 150], BLUE)
    expect(comparison.get_by_role("img", name="Colours from no difference")).to_be_visible()


def test_the_heatmap_has_one_scale(comparison):
    """What is within the harm of enlarging stays a breath of blue, however little the pictures differ elsewhere."""
    comparison.get_by_role("button", name="Heatmap", exact=True).click()
    comparison.get_by_role("button", name="Places", exact=True).click()
    comparison.get_by_role("slider", name="Overlay").wait_for()
    screen = pixels_of(comparison.locator(".stage"))
    left = round((screen.shape[1] - 400) / 2)
    harmless, redesigned = screen[300, left + 300].astype(int), screen[150, left + 150].astype(int)
    assert np.abs(harmless - BLUE).max() < 60
    assert np.abs(redesigned - BLUE).max() > 60


def test_a_mark_lies_on_the_side_it_is_about(comparison):
    """What the close-up added is marked on the close-up alone; a mark about both is on both."""
    expect(comparison.locator(".mark-label", has_text="a bead too many")).to_have_count(1)
    pane = comparison.locator(".pane", has=comparison.locator(".mark", has_text="bead"))
    markup = re.compile(re.escape('<img src=x onerror="window.hit=1">'))
    expect(pane.locator("img.picture").first).to_have_attribute("alt", markup)
    expect(comparison.locator(".mark-label", has_text="stone")).to_have_count(2)


def test_it_opens_at_one_to_one_on_the_busiest_place(show):
    """One pixel of the close-up on one of the screen, the wanted point in the middle; all of it is one press away."""
    page = show("show=start", ".compare .stage")
    expect(page.get_by_role("button", name="1:1")).to_have_attribute("aria-pressed", "true")
    stage, after = (place_of(page.locator(part).first) for part in (".compare .stage", ".pane .picture"))
    assert round(after["width"]) == 3000
    centre = [(stage[a] + stage[b] / 2 - after[a]) / after[b] for a, b in (("x", "width"), ("y", "height"))]
    assert centre == pytest.approx([0.8, 0.3], abs=0.01)
    page.get_by_role("button", name="Fit").click()
    assert round(place_of(page.locator(".pane .picture").first)["height"]) == 400


def test_the_loupe_shows_the_same_spot_on_both(comparison):
    """Both lenses sit at the same place of their own picture and follow the arrow keys."""
    comparison.get_by_role("button", name="Loupe", exact=True).click()
    comparison.locator(".stage").focus()
    before = comparison.locator(".lens").evaluate_all("all => all.map(lens => lens.style.transform)")
    comparison.keyboard.press("ArrowRight")
    after = comparison.locator(".lens").evaluate_all("all => all.map(lens => lens.style.transform)")
    assert before[0] == before[1]
    assert after[0] == after[1] != before[0]


def test_one_to_one_shows_the_files_own_pixels(show):
    """At 1:1 every pixel of a one-pixel chessboard arrives on the screen as it is in the file."""
    page = show("show=pixels", ".compare .stage")
    page.get_by_role("slider", name="Divider").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="1:1", exact=True).click()
    screen = pixels_of(page.locator(".stage"))
    top, left = (screen.shape[0] - 200) // 2, (screen.shape[1] - 200) // 2
    inner = screen[top + 20 : top + 180, left + 60 : left + 180, 2]
    assert set(np.unique(inner)) == {0, 255}
    assert (np.diff(inner, axis=0) != 0).all()
    assert (np.diff(inner, axis=1) != 0).all()


def test_a_finger_moves_the_divider(show):
    """A horizontal touch drag moves the line."""
    page = show("show=compare", ".compare .stage", has_touch=True, viewport={"width": 390, "height": 800})
    box = place_of(page.locator(".stage"))
    touch = page.context.new_cdp_session(page)
    y = box["y"] + 300
    for kind, share in (("touchStart", 0.5), ("touchMove", 0.4), ("touchMove", 0.25), ("touchEnd", None)):
        points = [] if share is None else [{"x": box["x"] + share * box["width"], "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    stands_at(page.get_by_role("slider", name="Divider"), 25, 1.5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(complaints_of_axe, show, scheme):
    """Every mode passes axe in both themes."""
    page = show("show=compare", ".compare .stage", color_scheme=scheme)
    for mode in ("Slide", "Heatmap", "Loupe"):
        page.get_by_role("button", name=mode, exact=True).click()
        assert complaints_of_axe(page) == []
