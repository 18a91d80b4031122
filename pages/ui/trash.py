"""The trash: deleted designs, to take back or to delete for good."""

import streamlit as st

from pages.ui import dialogs, errors, press, session
from pages.ui.workbench import workbench
from pipeline.store import Trashed


def button() -> None:
    """Offer the trash to whoever may work, once there is something in it."""
    bench = workbench()
    if not bench.editable:
        return
    with errors.shown():
        count = bench.store.count_trashed()
        if count and press.button(f"Trash · {count}", icon=":material/delete:", key="trash", type="tertiary"):
            _dialog()


@dialogs.dialog("Trash")
def _dialog() -> None:
    """List what was deleted; emptying asks once more."""
    rows = workbench().store.trashed()
    for row in rows:
        _row(row)
    if not rows:
        st.write("The trash is empty.")
        return
    what = "this design" if len(rows) == 1 else f"these {len(rows)} designs"
    sure = st.checkbox(f"Delete {what} for good", key="trash-sure")
    st.button(
        "Empty the trash",
        type="primary",
        icon=":material/delete_forever:",
        key="trash-empty",
        disabled=not sure,
        on_click=_empty,
    )


def _row(row: Trashed) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container():
            st.text(row.name)
            st.caption(f"deleted {row.deleted_at:%Y-%m-%d %H:%M} UTC")
            if row.damage:
                st.caption(f":material/broken_image: {errors.plain(row.damage)}")
        st.button(
            "Restore",
            icon=":material/undo:",
            key=f"restore-{row.place}",
            on_click=_restore,
            args=(row.place,),
        )


@errors.guarded
def _restore(place: str) -> None:
    workbench().store.bring_back(place)
    session.set_deleted(None)
    dialogs.close()


@errors.guarded
def _empty() -> None:
    freed = workbench().store.empty_trash()
    session.set_deleted(None)
    dialogs.close()
    st.toast(f"The trash is empty; {freed / 1e6:.1f} MB are free again.", icon=":material/check:")
