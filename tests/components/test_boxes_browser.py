"""Boxes on a picture in a real browser: drawn, moved and resized by finger at 390 px and by mouse at 1024 px."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import at_rest, click, place_of, until

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LAPTOP = {"viewport": {"width": 1024, "height": 768}}


class Finger:
    """One finger on the glass, as the browser's own protocol gives it."""

    def __init__(self, page: Page) -> None:
        self._send = page.context.new_cdp_session(page).send

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        points = [
            {"x": start[0] + (end[0] - start[0]) * i / steps, "y": start[1] + (end[1] - start[1]) * i / steps}
            for i in range(steps + 1)
        ]
        self._touch("touchStart", [points[0]])
        for point in points[1:]:
            self._touch("touchMove", [point])
        self._touch("touchEnd", [])

    def pinch(self, middle: tuple[float, float], near: float, far: float, steps: int = 8) -> None:
        def both(reach: float) -> list[dict[str, float]]:
            return [{"x": middle[0] + side * reach / 2, "y": middle[1], "id": side} for side in (-1, 1)]

        self._touch("touchStart", both(near))
        for i in range(1, steps + 1):
            self._touch("touchMove", both(near + (far - near) * i / steps))
        self._touch("touchEnd", [])

    def _touch(self, kind: str, points: list[dict[str, float]]) -> None:
        self._send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


class Mouse:
    """The mouse as a hand drags it."""

    def __init__(self, page: Page) -> None:
        self._mouse = page.mouse

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        self._mouse.move(*start)
        self._mouse.down()
        self._mouse.move(*end, steps=steps)
        self._mouse.up()


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the picture, 1000 wide and high, is on the screen."""
    frame = place_of(page.locator(".boxes .stage"))
    return frame["x"] + frame["width"] * x / 1000, frame["y"] + frame["height"] * y / 1000


def heard(page: Page, label: str) -> list[int]:
    """The box as Python has it."""
    return [int(n) for n in page.get_by_text(re.compile(f"^{label}: ")).inner_text().split(": ")[1].split()]


def near(page: Page, label: str, wanted: tuple[int, ...], slack: int) -> None:
    """Wait until Python has the box where it is wanted, and the page has been drawn anew with it."""
    line = page.get_by_text(re.compile(f"^{label}: "))

    def is_there() -> bool:
        return line.count() == 1 and all(
            abs(a - b) <= slack for a, b in zip(heard(page, label), wanted, strict=True)
        )

    until(page, is_there, f"{label} at {wanted}")
    at_rest(page)


@pytest.mark.parametrize(("options", "hand"), [(PHONE, Finger), (LAPTOP, Mouse)], ids=["finger", "mouse"])
def test_a_box_is_drawn_moved_and_resized(show, options, hand) -> None:
    """Python hears each in the picture's own pixels, to within two pixels of the screen; the page fits the window."""
    page = show("show=boxes", ".boxes .box", **options)
    stage = page.locator(".boxes .stage")
    width = place_of(stage)["width"]
    assert width <= options["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= options["viewport"]["width"]
    slack = round(2 * 1000 / width) + 1
    stage.evaluate("stage => stage.scrollIntoView({ block: 'start' })")
    at_rest(page)
    click(page.get_by_role("button", name="Draw a box"))
    move = hand(page)
    move.drag(at(page, 600, 100), at(page, 900, 350))
    near(page, "detail 1", (600, 100, 300, 250), slack)
    move.drag(at(page, 750, 225), at(page, 700, 425))
    near(page, "detail 1", (550, 300, 300, 250), 2 * slack)
    handle = place_of(page.locator(".boxes .grip").first)
    assert min(handle["width"], handle["height"]) >= 44
    move.drag(at(page, 850, 550), at(page, 750, 650))
    near(page, "detail 1", (550, 300, 200, 350), 3 * slack)
    near(page, "stone", (200, 200, 200, 200), 0)
    click(page.get_by_role("button", name="Draw a box"))
    move.drag(at(page, 100, 700), at(page, 250, 900))
    near(page, "detail 2", (100, 700, 150, 200), slack)
    click(page.get_by_role("button", name="Delete the box"))
    expect(page.get_by_text(re.compile("^detail 2: "))).to_have_count(0)
    expect(page.locator(".boxes .box")).to_have_count(2)


def test_the_page_scrolls_over_the_picture(show) -> None:
    """A swipe that begins on the picture, or on a box that is not chosen, moves the page and no box."""
    page = show("show=boxes", ".boxes .box", **PHONE)
    at_rest(page)
    where = "[...document.querySelectorAll('*')].reduce((sum, e) => sum + e.scrollTop, 0)"
    before = page.evaluate(where)
    x, y = at(page, 300, 300)
    Finger(page).drag((x, y), (x, y - 200), steps=12)
    until(page, lambda: page.evaluate(where) > before + 50, "the page scrolls")
    at_rest(page)
    assert heard(page, "stone") == [200, 200, 200, 200]


def test_keys_do_all_a_hand_does(show, complaints_of_axe) -> None:
    """Arrow keys move and resize by a pixel, with Shift by ten; a box is added, named and removed; axe is silent."""
    page = show("show=boxes", ".boxes .box", **LAPTOP)
    at_rest(page)
    page.locator(".boxes .box").focus()
    for key in ("Enter", "ArrowRight", "Shift+ArrowDown", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    near(page, "stone", (199, 210, 200, 200), 0)
    page.get_by_role("button", name="The bottom right corner of stone").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    near(page, "stone", (199, 210, 210, 199), 0)
    places = [str(target) for _, target in complaints_of_axe(page)]
    assert [place for place in places if "boxes" in place] == []
    page.get_by_role("button", name="Draw a box").focus()
    page.keyboard.press("Enter")
    near(page, "detail 1", (375, 375, 250, 250), 1)
    page.get_by_label("Label of the chosen box").fill("prong")
    page.keyboard.press("Enter")
    near(page, "prong", (375, 375, 250, 250), 1)
    page.get_by_role("button", name=re.compile("^prong: ")).focus()
    page.keyboard.press("Delete")
    expect(page.locator(".boxes .box")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.get_by_text("undo pressed: True")).to_be_visible()


def test_the_picture_comes_as_close_as_single_pixels(show) -> None:
    """Closer, the picture moves under the hand, and a box drawn there is exact; then all of it is seen again."""
    page = show("show=boxes", ".boxes .box", **LAPTOP)
    stage = page.locator(".boxes .stage")
    stage.evaluate("stage => stage.scrollIntoView({ block: 'start' })")
    closer = page.get_by_role("button", name="Closer")
    for _ in range(12):
        at_rest(page)
        if closer.is_enabled():
            click(closer)
    expect(page.locator(".boxes .share")).to_have_text("1600 %")
    expect(page.locator(".boxes .picture")).to_have_js_property("naturalWidth", 1000)
    frame = place_of(stage)
    sheet = page.locator(".boxes .sheet")
    before = place_of(sheet)
    middle = (frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    Mouse(page).drag(middle, (middle[0] + 64, middle[1] - 32))
    after = place_of(sheet)
    assert (round(after["x"] - before["x"]), round(after["y"] - before["y"])) == (64, -32)

    def at_pixel(x: int, y: int) -> tuple[float, float]:
        return after["x"] + 16 * x, after["y"] + 16 * y

    click(page.get_by_role("button", name="Draw a box"))
    left, top = (round((middle[i] - after["xy"[i]]) / 16) - 10 for i in (0, 1))
    Mouse(page).drag(at_pixel(left, top), at_pixel(left + 18, top + 17))
    near(page, "detail 1", (left, top, 18, 17), 0)
    click(page.get_by_role("button", name="Whole picture"))
    assert round(place_of(sheet)["width"]) == round(frame["width"])


def test_two_fingers_come_closer(show) -> None:
    """A pinch enlarges the picture where the fingers are, and one finger then moves it."""
    page = show("show=boxes", ".boxes .box", **PHONE)
    page.locator(".boxes .stage").evaluate("stage => stage.scrollIntoView({ block: 'start' })")
    at_rest(page)
    sheet = page.locator(".boxes .sheet")
    before = place_of(sheet)
    x, y = at(page, 700, 700)
    Finger(page).pinch((x, y), 40, 120)
    at_rest(page)
    after = place_of(sheet)
    assert 2.5 < after["width"] / before["width"] < 3.5
    Finger(page).drag((x, y), (x - 60, y))
    assert abs(place_of(sheet)["x"] - after["x"] + 60) < 3
    assert heard(page, "stone") == [200, 200, 200, 200]
