"""Whatever goes wrong on a page ends in one sentence; what nobody foresaw is logged with the place it happened."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.errors import Corrupt, LoupeError, StorageError
from pipeline.records import Design
from pipeline.workbench import Workbench
from tests.pages.conftest import ROOT

Open = Callable[..., AppTest]
STEPS = ["generate", "crop", "enhance", "sketch", "model3d", "showcase"]


@pytest.fixture
def design(bench: Workbench, photographed: Callable[..., Design]) -> Design:
    return photographed(bench.store)


@pytest.fixture
def framed(bench: Workbench) -> Open:
    """Open a page as the server does: run by the frame, the sidebar beside it."""

    def open_page(page: str, **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        at.session_state["loupe-pending-page"] = f"pages/{page}.py"
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception
        return at

    return open_page


def broken(error: Exception) -> Callable[..., object]:
    def breaks(*_args: object, **_kwargs: object) -> object:
        raise error

    return breaks


@pytest.mark.parametrize("page", STEPS)
@pytest.mark.parametrize("error", [Corrupt("The file abc is missing."), StorageError("The disk left.")])
def test_a_picture_that_cannot_be_read_is_a_sentence(
    framed: Open,
    bench: Workbench,
    design: Design,
    page: str,
    error: LoupeError,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page says what is wrong; it is never Streamlit's white one."""
    monkeypatch.setattr(type(bench.store), "thumbnail", broken(error))
    at = framed(page, design=design.id)
    assert not at.exception
    assert any(str(error)[:-1] in card.value for card in at.error)


@pytest.mark.unforeseen
@pytest.mark.parametrize("page", STEPS)
def test_what_nobody_foresaw_is_a_sentence_and_a_line_in_the_log(
    framed: Open,
    bench: Workbench,
    design: Design,
    page: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(type(bench.store), "thumbnail", broken(KeyError("a word of somebody's prompt")))
    at = framed(page, design=design.id)
    assert not at.exception
    assert any("nothing stored was harmed" in card.value for card in at.error)
    assert not any("prompt" in card.value for card in at.error)
    failed = [record for record in caplog.records if record.getMessage() == "page.failed"]
    assert failed
    assert all(record.levelno == logging.ERROR and record.exc_info for record in failed)


@pytest.mark.parametrize("error", [StorageError("The cache could not be read."), ValueError("random bytes")])
@pytest.mark.parametrize("page", ["gallery", *STEPS])
@pytest.mark.unforeseen
def test_the_caches_counter_takes_no_page_down(
    framed: Open,
    bench: Workbench,
    design: Design,
    page: str,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sidebar says that the cache cannot be read; the page itself is there."""
    monkeypatch.setattr(type(bench.cache), "stats", broken(error))
    at = framed(page, design=design.id)
    assert len(at.error) == 1
    assert at.title
    assert any(button.label == "Settings" for button in at.button)


def test_a_cache_that_keeps_nothing_is_told_once(
    framed: Open, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the disk said of it is shown as text."""
    stats = replace(bench.cache.stats(), trouble="The *index* is full.")
    monkeypatch.setattr(type(bench.cache), "stats", lambda _: stats)
    told = [caption.value for caption in framed("gallery").caption if "index" in caption.value]
    assert told == [r":material/warning: The \*index\* is full."]


@pytest.mark.unforeseen
def test_one_card_that_fails_leaves_the_others(
    framed: Open, bench: Workbench, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A design whose picture is gone costs its own card and no other."""
    second = bench.store.create("Second ring", kind="ring")

    def thumbnail(store: object, asset: object, *args: object) -> bytes:
        raise Corrupt("The file abc is missing.")

    monkeypatch.setattr(type(bench.store), "thumbnail", thumbnail)
    at = framed("gallery")
    assert any("is missing" in card.value for card in at.error)
    assert any(button.key == f"open-{second.id}" for button in at.button)


def test_what_a_change_sets_off_ends_in_a_sentence_above_the_page() -> None:
    """A callback that nobody guarded raises before the page begins: the page comes all the same."""

    def page() -> None:
        import streamlit as st

        from pages.ui import widget_values
        from pipeline.errors import BadInput

        def refuses() -> None:
            raise BadInput("This is not done.")

        widget_values.guard()
        st.button("press", on_click=refuses)
        st.text_input("words", on_change=refuses)
        st.text("the page goes on")

    at = AppTest.from_function(page).run()
    for press in (lambda: at.button[0].click(), lambda: at.text_input[0].set_value("x")):
        press().run()
        assert not at.exception
        assert "This is not done" in at.error[0].value
        assert at.text[0].value == "the page goes on"
