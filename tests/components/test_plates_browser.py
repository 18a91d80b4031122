"""The showcase in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import at_rest, place_of, until

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


@pytest.fixture
def open_showcase(show):
    """Open the showcase at a width."""

    def at(width=1280, **options):
        page = show(
            "show=showcase", ".showcase .lines g", viewport={"width": width, "height": 1000}, **options
        )
        at_rest(page)
        return page

    return at


def corners(page):
    """Return for each close-up where its line starts and ends, its region, and its card, in screen pixels."""
    return page.locator(".showcase").evaluate(
        """root => [...root.querySelectorAll('.lines g')].map(group => {
            const line = group.querySelector('path')
            const matrix = line.getScreenCTM()
            const at = share => {
                const { x, y } = line.getPointAtLength(share * line.getTotalLength()).matrixTransform(matrix)
                return [x, y]
            }
            const box = target => {
                const { left, top, right, bottom } = target.getBoundingClientRect()
                return [left, top, right, bottom]
            }
            const card = [...root.querySelectorAll('.card')].find(({ dataset }) => dataset.name === group.dataset.name)
            return {
                from: at(0),
                to: at(1),
                region: box(group.querySelector('rect')),
                card: box(card.querySelector('.view')),
                master: box(root.querySelector('.master img')),
            }
        })"""
    )


@pytest.mark.parametrize("width", [1440, 1024])
def test_lines_lead_from_the_region_to_its_card(open_showcase, width):
    """Each line starts on its region's edge and ends on its card's, beside the master, to within 2 px."""
    lines = corners(open_showcase(width))
    assert len(lines) == 5
    for line in lines:
        left, top, right, bottom = line["region"]
        assert min(abs(line["from"][0] - left), abs(line["from"][0] - right)) < 2
        assert top - 2 < line["from"][1] < bottom + 2
        left, top, right, bottom = line["card"]
        assert min(abs(line["to"][0] - left), abs(line["to"][0] - right)) < 2
        assert top - 2 < line["to"][1] < bottom + 2
        assert right < line["master"][0] or left > line["master"][2]


def test_regions_lie_where_the_fractions_say(open_showcase):
    """The frame drawn on the master is the box's fractions of the picture."""
    page = open_showcase()
    first = corners(page)[0]
    name = page.locator(".card .title").first.inner_text()
    x, y, width, height = {"SHANK": (0.1, 0.4, 0.2, 0.2), "STONE": (0.4, 0.05, 0.2, 0.15)}[name.upper()]
    left, top, right, bottom = first["master"]
    expected = [
        left + x * (right - left),
        top + y * (bottom - top),
        left + (x + width) * (right - left),
        top + (y + height) * (bottom - top),
    ]
    assert first["region"] == pytest.approx(expected, abs=2)


def test_on_a_telephone_all_stands_below_the_master(open_showcase):
    """At 390 px there are no lines but numbers, nothing overflows, and the master comes first."""
    page = open_showcase(390)
    expect(page.locator(".lines path").first).not_to_be_visible()
    expect(page.locator(".number").first).to_be_visible()
    master = place_of(page.locator(".master"))
    for card in page.locator(".card, .sketch").all():
        box = place_of(card)
        assert box["y"] >= master["y"] + master["height"]
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_full_size_pictures_come_one_at_a_time_when_asked_for(open_showcase):
    """Nothing full-size is read before somebody looks; then only that one, without a run of the whole page."""
    page = open_showcase()
    page.get_by_text("Read before this run: 0").wait_for()
    page.get_by_role("button", name="Enlarge Side").click()
    page.wait_for_function(
        "root => root.querySelector('dialog img').naturalWidth === 777",
        arg=page.locator(".showcase").element_handle(),
    )
    page.keyboard.press("Escape")
    expect(page.get_by_text("Run 0")).to_be_visible()
    page.get_by_role("button", name="Rerun", exact=True).click()
    page.get_by_text("Read before this run: 1").wait_for()


def test_the_large_view_obeys_the_keyboard(open_showcase):
    """Enter opens, arrows turn, 1 shows the own pixels, Escape closes and gives the focus back."""
    page = open_showcase()
    card = page.get_by_role("button", name="Enlarge Side")
    card.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Side")
    before = dialog.locator(".count").inner_text()
    page.keyboard.press("ArrowRight")
    expect(dialog.locator(".count")).not_to_have_text(before)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "root => root.querySelector('dialog img').naturalWidth === 777",
        arg=page.locator(".showcase").element_handle(),
    )
    page.keyboard.press("1")
    until(page, lambda: place_of(dialog.locator("img"))["width"] == 777, "its own pixels")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(card).to_be_focused()


def test_hover_and_arrow_keys_zoom_into_the_full_picture(open_showcase):
    """A pointer or an arrow key on a card enlarges it in place; leaving puts it back."""
    page = open_showcase()
    card = page.get_by_role("button", name="Enlarge Side")
    image = card.locator("img")
    card.hover()
    page.wait_for_function("image => image.naturalWidth === 777", arg=image.element_handle())
    expect(image).to_have_attribute("style", re.compile("transform: scale"))
    page.mouse.move(1, 1)
    until(page, lambda: image.evaluate("image => image.style.transform") == "", "the picture put back")
    card.focus()
    page.keyboard.press("ArrowDown")
    expect(image).to_have_attribute("style", re.compile("transform: scale"))
    assert image.evaluate("image => image.style.transformOrigin") != "50% 50%"


def test_names_stay_text(open_showcase):
    """A title that looks like markup is shown as it is written."""
    page = open_showcase()
    expect(page.get_by_text("<i>Setting</i>").first).to_be_visible()
    expect(page.locator(".showcase i")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(complaints_of_axe, open_showcase, scheme):
    """Sheet and large view pass axe in both themes."""
    page = open_showcase(color_scheme=scheme)
    assert complaints_of_axe(page) == []
    page.get_by_role("button", name="Enlarge Side").click()
    assert complaints_of_axe(page) == []
