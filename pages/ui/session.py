"""The only module that names `st.session_state`. It holds ids and half-made choices; the disk is the truth."""

import time
from typing import Any, cast

import streamlit as st
from pydantic import SecretStr
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pipeline.errors import LoupeError

_FRAMED = "loupe-framed"
_PENDING = "loupe-pending-page"
_DESIGN = "loupe-design"
_KEYS = "loupe-visitor-keys"
_NOTICE = "loupe-notice"
_DELETED = "loupe-deleted"
_COUNTERS = "loupe-counters"
_ADMITTED = "loupe-admitted"
_TROUBLE = "loupe-trouble"
_REFUSED = "loupe-refused"
_PRESSED = "loupe-pressed"
_PRESS_LASTS_S = 15.0
"""A press that its page has not read by then is not meant any more."""


def session_id() -> str:
    """The id of this browser session; empty outside a server."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def framed() -> bool:
    """Whether app.py has drawn its frame in this session."""
    return bool(st.session_state.get(_FRAMED, False))


def mark_framed() -> None:
    """app.py has drawn its frame."""
    st.session_state[_FRAMED] = True


def set_pending_page(path: str) -> None:
    """Remember the page a deep link asked for, while app.py draws the frame."""
    st.session_state[_PENDING] = path


def take_pending_page() -> str | None:
    """The page a deep link asked for, once."""
    return cast("str | None", st.session_state.pop(_PENDING, None))


def design_id() -> str | None:
    """The open design: the URL's, else the one open before a link dropped the query."""
    asked = st.query_params.get("design")
    if asked:
        st.session_state[_DESIGN] = asked
    return cast("str | None", st.session_state.get(_DESIGN))


def open_design(design_id: str | None) -> None:
    """Open a design, or none, and say so in the URL."""
    if design_id is None:
        st.session_state.pop(_DESIGN, None)
        st.query_params.pop("design", None)
        return
    st.session_state[_DESIGN] = design_id
    if st.query_params.get("design") != design_id:
        st.query_params["design"] = design_id


def own_keys() -> dict[str, SecretStr]:
    """A visitor's own keys by vendor: in this browser session's memory and nowhere else."""
    return cast("dict[str, SecretStr]", st.session_state.setdefault(_KEYS, {}))


def presenting() -> bool:
    """Whether the showcase is to be shown without the workshop around it; the address says so."""
    return bool(st.query_params.get("present"))


def present(*, on: bool) -> None:
    """Begin or leave the presentation."""
    if on:
        st.query_params["present"] = "1"
    else:
        st.query_params.pop("present", None)


def admit() -> None:
    """The access code was given."""
    st.session_state[_ADMITTED] = True


def admitted() -> bool:
    """Whether the access code was given in this session."""
    return bool(st.session_state.get(_ADMITTED, False))


def note_press(key: str) -> None:
    """The button with this key was pressed: whichever run of its page comes to it next is to act on it."""
    st.session_state.setdefault(_PRESSED, {})[key] = (_page(), time.monotonic())


def take_press(key: str) -> bool:
    """Whether the button with this key was pressed on this page, for this design, a moment ago; told once."""
    page, pressed_at = st.session_state.get(_PRESSED, {}).pop(key, (None, 0.0))
    return bool(page == _page() and time.monotonic() - pressed_at < _PRESS_LASTS_S)


def _page() -> tuple[str, str]:
    """What a press is about: the script of the page and the open design."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.page_script_hash if context else "", str(st.session_state.get(_DESIGN, ""))


def set_notice(text: str) -> None:
    """Say something once, after the next redraw."""
    st.session_state[_NOTICE] = text


def take_notice() -> str | None:
    """What is to be said now, once."""
    return cast("str | None", st.session_state.pop(_NOTICE, None))


def set_trouble(error: LoupeError) -> None:
    """Keep an error that a redraw would wipe away."""
    st.session_state[_TROUBLE] = error


def take_trouble() -> LoupeError | None:
    """The error to be shown now, once."""
    return cast("LoupeError | None", st.session_state.pop(_TROUBLE, None))


def refuse_value() -> None:
    """Remember that a control's value was not one it can have."""
    st.session_state[_REFUSED] = True


def take_refused_value() -> bool:
    """Whether a control's value was refused since this was last asked."""
    return _REFUSED in st.session_state and bool(st.session_state.pop(_REFUSED))


def set_deleted(design_id: str | None) -> None:
    """Remember which design Undo would bring back."""
    st.session_state[_DELETED] = design_id


def deleted() -> str | None:
    """The design Undo would bring back."""
    return cast("str | None", st.session_state.get(_DELETED))


def value(key: str) -> object:
    """The value of the widget with this key; None when it has not been drawn."""
    return st.session_state.get(key)


def has(key: str) -> bool:
    """Whether the widget with this key has a value."""
    return key in st.session_state


def drop(*keys: str) -> None:
    """Forget widgets' values, so that they are drawn afresh."""
    for key in keys:
        st.session_state.pop(key, None)


def counter(name: str) -> int:
    """How often `bump` was called: part of a widget's key that is to be redrawn from new data."""
    counters = cast("dict[str, int]", st.session_state.setdefault(_COUNTERS, {}))
    return counters.get(name, 0)


def bump(name: str) -> None:
    """Have a widget redrawn from new data."""
    counters = cast("dict[str, int]", st.session_state.setdefault(_COUNTERS, {}))
    counters[name] = counters.get(name, 0) + 1


def keep_key(vendor: str, key: str) -> None:
    """Use a visitor's own key in this browser session."""
    own_keys()[vendor] = SecretStr(key)


def forget_key(vendor: str) -> None:
    """Stop using a visitor's own key."""
    own_keys().pop(vendor, None)


def first(name: str) -> bool:
    """Whether this is asked for the first time in this session."""
    key = f"loupe-first-{name}"
    fresh = key not in st.session_state
    st.session_state[key] = True
    return fresh


def changed(key: str, value: object) -> bool:
    """Remember a value; whether it was another one before. The first is no change."""
    before = st.session_state.get(key, value)
    st.session_state[key] = value
    return bool(before != value)


def keep(key: str, value: object) -> None:
    """Remember a value for this session, or set a widget's value before it is drawn."""
    st.session_state[key] = value


def take(key: str) -> object:
    """What was remembered, once."""
    return st.session_state.pop(key, None)


def remembered(key: str) -> list[Any]:
    """A list kept for this session; empty at first."""
    return cast("list[Any]", st.session_state.setdefault(key, []))
