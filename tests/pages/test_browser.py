"""What Streamlit writes because of browsers: a line for each place and minute, without a word of what was sent."""

import io
import itertools
import logging
from collections.abc import Iterator

import pytest
from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession
from streamlit.testing.v1 import AppTest
from streamlit.web import bootstrap
from streamlit.web.server import server_util

from pages.ui import browser
from pipeline import log
from tests.pages.conftest import ROOT

SENT = "XQSENT\n2026-01-01T00:00:00.000Z ERROR forged"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log.forget()
    log.configure("INFO", "text", stream)
    yield stream
    log.forget()


def test_a_thousand_unreadable_messages_are_a_line_a_minute(lines: io.StringIO) -> None:
    """The first at once, then one for each span with how many there were; other places have their own."""
    ticks = itertools.count()
    logger = logging.Logger("streamlit.web.somewhere")
    logger.addFilter(browser.Bound(log.Seldom(300, clock=lambda: float(next(ticks)))))
    written = io.StringIO()
    logger.addHandler(logging.StreamHandler(written))
    for _ in range(750):
        logger.warning("Cannot read %s", SENT, exc_info=ValueError(SENT))
        logger.info(SENT)
    logger.error(f"not heeded: {SENT}")
    told = lines.getvalue().splitlines()
    assert written.getvalue() == ""
    assert [line.split()[1] for line in told] == ["WARNING", "WARNING", "WARNING", "ERROR"]
    assert [" untold=299 " in line for line in told] == [False, True, True, False]
    assert all(" streamlit.says place=test_browser:" in line for line in told)
    assert all("error=ValueError" in line for line in told if " WARNING " in line)
    assert "XQSENT" not in lines.getvalue()
    assert "forged" not in lines.getvalue()


def test_the_app_lays_it_around_all_that_hears_browsers_and_clears_no_cache() -> None:
    AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name in ("web.server.starlette.starlette_websocket", "runtime.app_session", "error_util"):
        __import__(f"streamlit.{name}")
        logger = logging.getLogger(f"streamlit.{name}")
        assert any(isinstance(kept, browser.Bound) for kept in logger.filters), name
    AppSession.handle_backmsg(object(), BackMsg(clear_cache=True))  # type: ignore[arg-type]
    with pytest.raises(AttributeError):  # what is heeded goes on to the session
        AppSession.handle_backmsg(object(), BackMsg(stop_script=True))  # type: ignore[arg-type]


def test_nobody_elsewhere_is_asked_for_our_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither at the start nor where a page of somebody else knocks."""

    def asked(url: str, timeout: float = 5) -> str | None:
        raise AssertionError(url)

    AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    monkeypatch.setattr(net_util, "_make_blocking_http_get", asked)
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "get_internal_ip", lambda: "192.168.1.2")
    assert not server_util.is_url_from_allowed_origins("http://evil.example")
    monkeypatch.undo()
    monkeypatch.setattr(net_util, "get_external_ip", lambda: asked("at the start"))
    bootstrap._print_url(is_running_hello=False)
