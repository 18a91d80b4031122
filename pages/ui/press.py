"""Buttons whose press is kept until the page has read it.

Streamlit hands a press to the one run of the page that it begins. Whatever ends that run before it comes to the
button (another control touched meanwhile, work that has just ended) takes the press away unread.
"""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import session


def button(label: str, *, key: str, place: DeltaGenerator | None = None, **looks: Any) -> bool:
    """Draw a button in `place`, else where the page stands; whether it was pressed, told once."""
    draw = st.button if place is None else place.button
    draw(label, key=key, on_click=session.note_press, args=(key,), **looks)
    return session.take_press(key) and not looks.get("disabled", False)


def submit(label: str, *, key: str, **looks: Any) -> bool:
    """Draw a form's button; whether it was pressed, told once."""
    st.form_submit_button(label, key=key, on_click=session.note_press, args=(key,), **looks)
    return session.take_press(key) and not looks.get("disabled", False)
