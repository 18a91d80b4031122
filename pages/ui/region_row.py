"""One region of a master in the list beside the picture: its crop, its label, its numbers."""

from collections.abc import Callable

import streamlit as st

from pages.ui import errors, press, session
from pipeline.records import Asset, Region
from pipeline.stages import crop

_THUMB_PX = 76


def region_row(
    region: Region,
    master: Asset,
    preview: bytes,
    *,
    factor: int,
    typed: Callable[[str, str, str], None],
    remove: Callable[[str], None],
) -> None:
    """Show a region; `typed(region id, field, widget key)` and `remove(region id)` are called when asked for."""
    with (
        st.container(border=True, key=f"region-{region.id}"),
        st.container(horizontal=True, vertical_alignment="top"),
    ):
        with st.container(width=_THUMB_PX):  # the picture's own width would have it encoded anew each time
            st.image(preview, width="stretch", alt=f"Crop {region.label}")
        with st.container(width="stretch", gap="xsmall"):
            _field(region, "label", region.label, typed)
            warning = crop.advice(region, factor)
            if warning:
                # Not a caption: its orange is too pale to read.
                st.markdown(f":small[:orange[:material/warning: {warning}]]")
            else:
                size = f"{region.width} x {region.height} px"
                st.caption(
                    f"{size} → {region.width * factor} x {region.height * factor} px"
                    f"{' · on the whole view' if region.shot else ''}"
                )
            with st.container(horizontal=True, gap="small"):
                with st.popover("Numbers", type="tertiary", key=f"numbers-{region.id}"):
                    _numbers(region, master, typed)
                press.button(
                    "Remove",
                    icon=":material/delete:",
                    key=f"remove-{region.id}",
                    on_click=remove,
                    args=(region.id,),
                    type="tertiary",
                )


def _numbers(region: Region, master: Asset, typed: Callable[[str, str, str], None]) -> None:
    """Place and size in whole pixels of the master."""
    x, y, width, height = region.box
    with st.container(horizontal=True):
        _field(region, "x", x, typed, master.width)
        _field(region, "y", y, typed, master.height)
    with st.container(horizontal=True):
        _field(region, "width", width, typed, master.width)
        _field(region, "height", height, typed, master.height)


def _field(
    region: Region, name: str, value: str | int, typed: Callable[[str, str, str], None], limit: int = 0
) -> None:
    # The value is the field's own default and part of its key: one set through the session may not arrive when the
    # page is drawn twice in a row, and the field would then answer zero.
    key = f"{name}-{region.id}-{session.counter(f'{name}-{region.id}')}-{value}"
    if isinstance(value, str):
        st.text_input(
            f"Label of {errors.plain(value)}",
            value,
            key=key,
            max_chars=40,
            on_change=typed,
            args=(region.id, name, key),
            label_visibility="collapsed",
        )
    else:
        st.number_input(
            name.capitalize(),
            min_value=0 if name in "xy" else crop.MIN_REGION_PX,
            max_value=limit,
            value=value,
            key=key,
            on_change=typed,
            args=(region.id, name, key),
            width=120,
        )
