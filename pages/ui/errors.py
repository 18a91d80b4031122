"""How errors look: a title, one sentence, what to do. Never a traceback; what nobody expected is logged with one."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st
from streamlit.errors import FragmentHandledException

from pages.ui import session
from pipeline import log
from pipeline.errors import BadInput, LoupeError

P = ParamSpec("P")

_SIGNS = re.compile(r"([!#$&*:<>@\[\\\]^_`{|}~]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)])")
_LINKED = re.compile(r"(?<=:)(?=\S)|(?<=\b[wW]{3})(?=\.)|(?=@)|(?<=[-=<>~])(?=[-=<>~])")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_JOINER = "\u2060"
"""A word joiner, invisible: between the two halves of what the browser would link or replace after unescaping."""


def show(error: LoupeError, *, where: str = "") -> None:
    """Show an error; `where` names the part of the work it happened to."""
    head = f"{plain(where)}: {error.title}" if where else error.title
    remedy = f"  \n{error.remedy}" if error.remedy else ""
    st.error(f"**{head}.** {plain(str(error))}{remedy}", icon=":material/error:")


def show_unexpected(error: Exception) -> None:
    """Say that something failed that nobody foresaw, and tell the operator where."""
    log.event("page.failed", logging.ERROR, error=error)
    show(LoupeError("This part of the page could not be shown; nothing stored was harmed. Try it again."))


@contextmanager
def shown() -> Iterator[None]:
    """Turn errors into words on the page; the rest of the page goes on."""
    try:
        yield
    except LoupeError as error:
        show(error)
    except FragmentHandledException:
        raise
    except Exception as error:  # noqa: BLE001 - the border: a page is never left broken
        show_unexpected(error)
    if session.take_refused_value():
        show(
            BadInput(
                "This browser sent a value that a control here cannot have; it was not used. Reload the page, "
                "then enter it again."
            )
        )


def guarded(work: Callable[P, None]) -> Callable[P, None]:
    """A callback, fragment or dialog whose errors are shown in its place: these run outside the page's own guard."""

    @wraps(work)
    def safely(*args: P.args, **kwargs: P.kwargs) -> None:
        with shown():
            work(*args, **kwargs)

    return safely


def plain(text: str) -> str:
    """Text as markdown that shows it letter by letter: for whatever users, files and providers wrote.

    Nothing in it is interpreted: no link, picture, formula, directive, HTML, heading, list or line break.
    """
    line = " ".join(_UNSEEN.sub("", text).split())
    return _SIGNS.sub(r"\\\1", _LINKED.sub(_JOINER, line))
