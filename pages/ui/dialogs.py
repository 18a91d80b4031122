"""Dialogs over the page: their errors are shown in them, and of two that were pressed in one breath one opens."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Literal, ParamSpec

import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError

from pages.ui import errors, session

_CLOSING = "loupe-closing-dialog"
P = ParamSpec("P")
Work = Callable[P, None]


def dialog(title: str, *, width: Literal["small", "large"] = "small") -> Callable[[Work[P]], Work[P]]:
    """Make a function draw over the page, as `st.dialog` does.

    A slow server is told of two presses at once; Streamlit then opens the first dialog and refuses the other, which
    is not a fault of the page: it opens at the next press.
    """

    def decorated(work: Work[P]) -> Work[P]:
        def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
            if session.take(_CLOSING):
                st.rerun()
            work(*args, **kwargs)

        shown = st.dialog(title, width=width)(errors.guarded(drawn))

        @wraps(work)
        def opened(*args: P.args, **kwargs: P.kwargs) -> None:
            # What happens inside ends in words there; only the opening itself gets this far.
            with suppress(StreamlitInvalidLayoutContextError):
                shown(*args, **kwargs)

        return opened

    return decorated


def close() -> None:
    """Close the open dialog and have the page under it drawn anew: for callbacks, which change what stands on it.

    A dialog is drawn by itself, so that a button which goes with what it changed cannot ask for the page any more.
    """
    session.keep(_CLOSING, "asked for")


def all_closed() -> None:
    """The whole page is being drawn: no dialog of before is left to be closed."""
    session.drop(_CLOSING)
