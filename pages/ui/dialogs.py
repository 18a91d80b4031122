"""Dialogs over the page: their errors are shown in them, and of two that were pressed in one breath one opens."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Literal, ParamSpec

import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError

from pages.ui import errors

P = ParamSpec("P")
Work = Callable[P, None]


def dialog(title: str, *, width: Literal["small", "large"] = "small") -> Callable[[Work[P]], Work[P]]:
    """Make a function draw over the page, as `st.dialog` does.

    A slow server is told of two presses at once; Streamlit then opens the first dialog and refuses the other, which
    is not a fault of the page: it opens at the next press.
    """

    def decorated(work: Work[P]) -> Work[P]:
        shown = st.dialog(title, width=width)(errors.guarded(work))

        @wraps(work)
        def opened(*args: P.args, **kwargs: P.kwargs) -> None:
            # What happens inside ends in words there; only the opening itself gets this far.
            with suppress(StreamlitInvalidLayoutContextError):
                shown(*args, **kwargs)

        return opened

    return decorated
