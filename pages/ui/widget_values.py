"""Values a browser sends for controls: of the kind the control has, and numbers that are some, or not used at all.

Streamlit hands on what arrives. A list where a text stands, or a number that is none, would raise inside its own
code, before the page and outside of what a page can catch, and go on doing so in that tab. The check is laid around
the places where Streamlit takes such values in; in place of what is refused stands the control's value as it was
first drawn, and its sender is told so once. What a page does at a change runs before the page, too: whatever that
raises is shown as the page's own errors are.
"""

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata, is_element_id
from streamlit.runtime.state.session_state import (
    STREAMLIT_INTERNAL_KEY_PREFIX,
    Serialized,
    SessionState,
    WStates,
)

from pages.ui import errors, session
from pipeline import log

_SENT_AS = {"double_value": "int_value"}
"""Fields that Streamlit's own browser side fills instead: of a number_input of whole numbers."""
_seldom = log.Seldom()  # a line for each of thousands would bury the day's others
_guarding = threading.Lock()
_guarded: list[Callable[..., Any]] = []


@dataclass(frozen=True)
class _Reader:
    """A control's own reading of a value, and the field its values come in.

    Streamlit itself forgets the field of a control that was cleared, until it is drawn again.
    """

    field: str
    read: Callable[[Any], Any]

    def __call__(self, value: Any) -> Any:
        if not _is_finite(value):
            raise ValueError("a number that is none")
        return self.read(value)


def guard() -> None:
    """Lay the check around Streamlit's own reading of values, once in a process."""
    with _guarding:
        if _guarded:
            return
        register, read, take = (
            SessionState.register_widget,
            WStates.__getitem__,
            WStates.set_widget_from_proto,
        )
        _guarded.extend((register, read, take))

    def registered(
        state: SessionState, metadata: WidgetMetadata[Any], user_key: str | None
    ) -> RegisterWidgetResult[Any]:
        safe = replace(
            metadata,
            deserializer=_Reader(metadata.value_type, metadata.deserializer),
            callback=errors.guarded(metadata.callback) if metadata.callback else None,
            callbacks={name: errors.guarded(work) for name, work in (metadata.callbacks or {}).items()}
            or None,
        )
        return register(state, safe, user_key)

    def value_of(states: WStates, widget_id: str) -> Any:
        metadata = states.widget_metadata.get(widget_id)
        arrived = states.states.get(widget_id)
        if metadata is None or not isinstance(arrived, Serialized):
            return read(states, widget_id)
        reader = cast("_Reader", metadata.deserializer)
        if _field(arrived) in {None, reader.field, _SENT_AS.get(reader.field)}:
            try:
                return read(states, widget_id)
            except Exception:  # noqa: BLE001, S110 - whatever Streamlit's own readers raise, it is refused below
                pass
        return _refused(states, widget_id, reader, arrived)

    def taken(states: WStates, arrived: WidgetState) -> None:
        if is_element_id(arrived.id) or arrived.id.startswith(
            STREAMLIT_INTERNAL_KEY_PREFIX
        ):  # a component's events
            take(states, arrived)
        else:  # the name of no control: Streamlit would look for a value of the page's own under it
            _tell(arrived)

    SessionState.register_widget = registered  # type: ignore[method-assign,assignment]
    WStates.__getitem__ = value_of  # type: ignore[method-assign]
    WStates.set_widget_from_proto = taken  # type: ignore[method-assign,assignment]


def _refused(states: WStates, widget_id: str, reader: _Reader, arrived: Serialized) -> Any:
    _tell(arrived.value)
    drawn = reader(None)
    states.set_from_value(widget_id, drawn)
    return drawn


def _tell(arrived: WidgetState) -> None:
    session.refuse_value()
    field = arrived.WhichOneof("value")
    _seldom.event("browser.refused", logging.WARNING, kind=str(field), field=field)


def _field(arrived: Serialized) -> str | None:
    return arrived.value.WhichOneof("value")


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return (
        isinstance(value, str | bytes | dict) or not hasattr(value, "__iter__") or all(map(_is_finite, value))
    )
