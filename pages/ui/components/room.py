"""The width a place of the page has, measured by the browser: what has a width of its own is fitted to it.

No name of a browser tells that: a telephone held sideways has room, a narrow column of a large window has none.
"""

from pathlib import Path

import streamlit as st

_LEAST_PX = 240
"""Narrower than any telephone's column; what a browser may send below it is none."""
_ROOM = st.components.v2.component(
    "loupe_room",
    html="<div class='room'></div>\n",
    js=(Path(__file__).parent / "room.js").read_text(encoding="utf-8"),
)


def width(most: int, *, key: str) -> int:
    """CSS pixels there are here for something `most` wide; until the browser has told, and where it fits, `most`.

    Measured once for as long as it stands here: what is being drawn is not taken away by turning a telephone.
    """
    measured = (st.session_state.get(key) or {}).get("width")
    _ROOM(data={"most": most, "measured": measured}, key=key, on_width_change=lambda: None)
    return fitted(measured, most)


def fitted(measured: object, most: int) -> int:
    """What a browser told, where it is a width that can be; it may send anything."""
    if isinstance(measured, int | float) and not isinstance(measured, bool) and _LEAST_PX <= measured < most:
        return int(measured)
    return most
