"""How errors look: a title, one sentence, what to do. Never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pipeline.errors import LoupeError, ProviderError


def show(error: LoupeError) -> None:
    """Show an error where it happened."""
    remedy = error.remedy if isinstance(error, ProviderError) else ""
    tell(error.title, str(error), remedy)


def tell(title: str, sentence: str, remedy: str = "") -> None:
    """Show what went wrong and what to do."""
    st.error(f"**{title}.** {_plain(sentence)}" + (f"  \n{remedy}" if remedy else ""), icon=":material/error:")


@contextmanager
def shown() -> Iterator[None]:
    """Turn Loupe's errors into words on the page; the rest of the page goes on."""
    try:
        yield
    except LoupeError as error:
        show(error)


def _plain(text: str) -> str:
    """Escape what markdown would interpret: sentences may quote what users typed."""
    for sign in "\\`*_[]<>$#~|:":
        text = text.replace(sign, "\\" + sign)
    return text
