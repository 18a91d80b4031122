"""How errors look: a title, one sentence, what to do. Never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pipeline.errors import LoupeError


def show(error: LoupeError, *, where: str = "") -> None:
    """Show an error; `where` names the part of the work it happened to."""
    head = f"{plain(where)}: {error.title}" if where else error.title
    remedy = f"  \n{error.remedy}" if error.remedy else ""
    st.error(f"**{head}.** {plain(str(error))}{remedy}", icon=":material/error:")


@contextmanager
def shown() -> Iterator[None]:
    """Turn Loupe's errors into words on the page; the rest of the page goes on."""
    try:
        yield
    except LoupeError as error:
        show(error)


def plain(text: str) -> str:
    """Escape what markdown would interpret: sentences may quote what users typed."""
    for sign in "\\`*_[]<>$#~|:":
        text = text.replace(sign, "\\" + sign)
    return text
