"""The operator's log: readable lines, and nothing in them that a person typed."""

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import log


@pytest.fixture(params=["text", "json"])
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log.forget()
    assert log.configure("INFO", request.param, stream)
    yield stream
    log.forget()


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    yield
    log.forget()


def test_an_event_is_one_line_with_time_level_name_and_fields(lines: io.StringIO) -> None:
    log.event("job.end", verb="enhance", state="done", seconds=81.23456, rows=5, retried=False, absent=None)
    line = lines.getvalue()
    assert line.count("\n") == 1
    if line.startswith("{"):
        told = json.loads(line)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", told.pop("time"))
        assert told == {
            "level": "INFO", "event": "job.end", "verb": "enhance", "state": "done", "seconds": 81.2346,
            "rows": 5, "retried": False,
        }  # fmt: skip
    else:
        assert re.fullmatch(
            r"\S+Z INFO job.end verb=enhance state=done seconds=81.2346 rows=5 retried=False\n", line
        )


def test_configuring_twice_writes_once(lines: io.StringIO) -> None:
    assert not log.configure()
    log.event("start")
    assert lines.getvalue().count("\n") == 1


@given(
    st.text(min_size=1).filter(lambda text: not re.fullmatch(r"[A-Za-z0-9._:/+\-]{1,80}", text)),
)
def test_what_is_no_single_word_is_withheld(text: str) -> None:
    """Prompts, names, addresses and line breaks: one line, and not a piece of them."""
    for style in ("text", "json"):
        stream = io.StringIO()
        log.forget()
        log.configure("INFO", style, stream)  # type: ignore[arg-type]
        log.event("odd", value=text)
        logging.getLogger("pipeline.any").warning("says %s of %s", text, ValueError(text))
        log.forget()
        assert stream.getvalue().count("\n") == 2
        assert stream.getvalue().count(log.WITHHELD) == 2
        assert "of ValueError" in stream.getvalue()


def test_an_exception_leaves_its_places_and_not_its_words(lines: io.StringIO) -> None:
    """The message may quote anything; type, file, line and function are enough to find it."""

    def breaks() -> None:
        raise KeyError("sk-secret-4711 of ada@house.example: a ring for Bo")

    try:
        breaks()
    except KeyError as error:
        log.event("page.failed", logging.ERROR, error=error, page="crop")
        logging.getLogger("pages.ui").exception("a page failed")
    text = lines.getvalue()
    assert text.count("\n") == 2
    assert text.count("KeyError") == 2
    assert text.count(":breaks") == 2
    for secret in ("4711", "ada", "house.example", "ring"):
        assert secret not in text


def test_a_record_that_does_not_fit_its_words_is_still_a_line(lines: io.StringIO) -> None:
    logging.getLogger("pipeline.any").warning("%d of %d", Fraction(7, 2), 4)
    assert lines.getvalue().count("\n") == 1


def test_the_level_is_a_setting() -> None:
    stream = io.StringIO()
    log.forget()
    log.configure("WARNING", "text", stream)
    log.event("quiet")
    log.event("loud", logging.WARNING)
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()


def test_without_a_log_events_write_nothing() -> None:
    """At the command line nothing is configured: Python would write the bare name of every failure on stderr."""
    code = "import logging; from pipeline import log; log.event('job.end', logging.ERROR, verb='enhance')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")


def test_what_strangers_set_off_is_a_handful_of_lines_in_a_while(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each kind so many, then the count of what went untold; kinds nobody hears of any more are forgotten."""
    monkeypatch.setattr(log, "_KINDS", 10)
    now = 0.0
    seldom = log.Seldom(60, most=3, clock=lambda: now)
    for _ in range(100):
        seldom.event("knock", kind="a")
    seldom.event("knock", kind="b")
    assert lines.getvalue().count("knock") == 4
    assert "untold" not in lines.getvalue()
    now = 61.0
    seldom.event("knock", kind="a")
    assert re.search(r"untold\W+97\b", lines.getvalue())
    for number in range(1000):
        now += 61.0
        seldom.event("knock", kind=str(number))
    assert len(seldom._heard) <= 11
