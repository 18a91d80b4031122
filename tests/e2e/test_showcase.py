"""The showcase on a laptop: master in the centre, close-ups at its sides, six sketches in a row, 3D at the right."""

from typing import Any

import pytest
from playwright.sync_api import Page

from pipeline.store import Store
from tests.e2e.conftest import Server
from tests.export.pieces import finish

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

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


def measured(page: Page) -> dict[str, Any]:
    page.wait_for_selector(".showcase .lines .line", state="attached")
    page.wait_for_function("() => !document.querySelector('[data-test-script-state=running]')")
    page.wait_for_timeout(800)
    shown: dict[str, Any] = page.locator(".showcase").evaluate(MEASURE)
    viewer = page.locator("model-viewer").first.bounding_box()
    assert viewer is not None
    shown["viewer"] = viewer
    return shown


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768)], ids=str)
@pytest.mark.parametrize("presented", [False, True])
def test_the_set_fills_one_screen(
    house: Server,
    desk: Page,
    size: tuple[int, int],
    presented: bool,
) -> None:
    """Coming from a page with its sidebar open: the sidebar steps back and the whole set is on the first screen."""
    design = finish(
        Store(house.folder / "data"), name="An oval morganite halo ring with a pave band in rose gold"
    )
    width, height = size
    desk.set_viewport_size({"width": width, "height": height})
    if presented:
        desk.goto(f"{house.url}/showcase?design={design.id}&present=1")
    else:
        desk.goto(f"{house.url}/sketch?design={design.id}")
        desk.get_by_role("link", name="6 Showcase").click()
    shown = measured(desk)
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
