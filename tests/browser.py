"""How tests look at a page in a real browser and press on it: everything there may be drawn anew at any moment.

A look is taken when the page has come to what is awaited, never at once: on a busy machine "at once" is another moment.
"""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

expect.set_options(timeout=30_000)


def at_rest(page: Page) -> None:
    """Wait until the page's script has ended and nothing on it glides from one place or colour to another.

    A fresh address is drawn in several runs with moments between them, so that the rest has to last.
    """
    page.evaluate("delete window.restedSince")
    page.wait_for_function(
        """() => {
            const rests = document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
                && document.getAnimations().every(each => !(each instanceof CSSTransition)
                                                          || each.playState === 'finished')
            window.restedSince = rests ? window.restedSince ?? performance.now() : undefined
            return rests && performance.now() - window.restedSince > 300
        }"""
    )


def until(page: Page, holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds, on the disk or in a component's own document."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if holds():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {what}")


def place_of(part: Locator) -> FloatRect:
    """Where a part of the page is on the screen, once it has been there for a tenth of a second.

    One that is just drawn anew is nowhere for a moment, and one below it moves.
    """
    seen: FloatRect | None = None
    for _ in range(300):
        place = part.bounding_box()
        if place is not None and place == seen:
            return place
        seen = place
        part.page.wait_for_timeout(100)
    pytest.fail(f"does not come to rest: {part} at {seen}")


def click(control: Locator) -> None:
    """Press a control as a finger does, and once more where it was drawn anew in that very moment.

    A control that goes between the button's way down and its way up never hears of the press.
    """
    page = control.page
    for _ in range(5):
        page.evaluate(
            """() => {
                window.heard = false
                const control = 'button, a, input, label, summary, [role=button], [role=tab], [role=radio]'
                document.addEventListener('click', event => {
                    window.heard = event.composedPath().some(each => each.matches && each.matches(control))
                }, {capture: true, once: true})
            }"""
        )
        control.click(delay=40)
        if page.evaluate("window.heard !== false"):  # a page that went away with the press has heard it
            return
    pytest.fail(f"never heard of its press: {control}")
