"""Buttons whose press is kept until the page has read it; those that change something are for who works here.

Streamlit hands a press to the one run of the page that it begins. Whatever ends that run before it comes to the
button (another control touched meanwhile, work that has just ended) takes the press away unread.
"""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import session
from pages.ui.workbench import workbench

_NOT_FOR_VISITORS = "You are looking as a visitor. Sign in, in the sidebar, to work here."


def button(
    label: str, *, key: str, anyone: bool = False, place: DeltaGenerator | None = None, **looks: Any
) -> bool:
    """Draw a button in `place`, else where the page stands; whether it was pressed, told once.

    A visitor presses what `anyone` may. One with an `on_click` of its own acts by that before the page is drawn.
    """
    return _drawn(st.button if place is None else place.button, label, key, anyone=anyone, looks=looks)


def submit(label: str, *, key: str, anyone: bool = False, **looks: Any) -> bool:
    """Draw a form's button; whether it was pressed, told once."""
    return _drawn(st.form_submit_button, label, key, anyone=anyone, looks=looks)


def _drawn(draw: Any, label: str, key: str, *, anyone: bool, looks: dict[str, Any]) -> bool:
    if not anyone and not workbench().editable:
        looks |= {"disabled": True, "help": _NOT_FOR_VISITORS}
    if "on_click" in looks:
        draw(label, key=key, **looks)
        return False
    draw(label, key=key, on_click=session.note_press, args=(key,), **looks)
    return session.take_press(key) and not looks.get("disabled", False)
