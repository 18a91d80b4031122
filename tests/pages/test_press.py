"""A press is acted on once: by the run of the page that comes to its button, not only by the one that it began."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import session

PAGE = """
import streamlit as st
from pages.ui import press, session
if session.take("cut-short"):
    st.rerun()  # as work does that has just ended
session.open_design(session.value("shown"))
busy = session.take("busy")
if press.button("Make", key="make", disabled=bool(busy)):
    session.keep("made", (session.take("made") or 0) + 1)
with st.form("form"):
    words = st.text_input("Words", key="words")
    if press.submit("Send", key="send"):
        session.keep("sent", [*(session.take("sent") or []), words])
"""


@pytest.fixture
def page() -> AppTest:
    at = AppTest.from_string(PAGE)
    at.session_state["shown"], at.session_state["made"] = "first", 0
    return at.run()


def made(at: AppTest) -> int:
    """How often the button was acted on, now and by two more runs of the page."""
    at.run()
    at.run()
    assert not at.exception
    return at.session_state["made"]


@pytest.mark.parametrize("cut_short", [False, True])
def test_a_press_is_acted_on_once(page: AppTest, *, cut_short: bool) -> None:
    page.session_state["cut-short"] = cut_short
    page.button(key="make").click().run()
    assert made(page) == 1


@pytest.mark.parametrize("cut_short", [False, True])
def test_a_form_is_sent_once_with_its_words(page: AppTest, *, cut_short: bool) -> None:
    page.session_state["cut-short"] = cut_short
    page.text_input(key="words").set_value("a plain band")
    page.button(key="send").click().run()
    page.run()
    assert page.session_state["sent"] == ["a plain band"]


def test_a_button_that_is_out_of_use_by_then_does_nothing(page: AppTest) -> None:
    page.session_state["busy"] = True
    page.button(key="make").click().run()
    assert made(page) == 0


def test_what_was_pressed_for_another_design_does_nothing(page: AppTest) -> None:
    page.session_state["shown"] = "second"
    page.button(key="make").click().run()
    assert made(page) == 0


def test_a_press_is_not_kept_for_later(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_PRESS_LASTS_S", 0.0)
    page.button(key="make").click().run()
    assert made(page) == 0
