"""The sidebar: where one is, the open design, money spent, the cache, and the way to the settings."""

import streamlit as st

from pages.ui import dialogs, errors, press, session, settings
from pages.ui.frame import GALLERY, STEPS
from pages.ui.naming import name_field
from pages.ui.workbench import workbench
from pipeline.errors import LoupeError
from pipeline.ledger import today


def draw() -> None:
    """Draw the sidebar for this run."""
    st.logo("static/wordmark.svg", size="large")
    with st.sidebar:
        st.page_link(GALLERY, label="Gallery", icon=":material/grid_view:")
        bench = workbench()
        if bench.editable:
            st.page_link(STEPS[0].path, label="New design", icon=":material/add:", query_params={"new": "1"})
        with errors.shown():
            _open_design()
        st.space("small")
        if bench.editable:  # what the house spends and saves is its own
            _spent()
            _cache()
        if press.button("Settings", icon=":material/settings:", key="settings", anyone=True, type="tertiary"):
            settings.dialog()
        note = bench.atelier.capability_note()
        if note:
            st.caption(f":material/info: {note}")


def _open_design() -> None:
    design_id = session.design_id()
    if design_id is None:
        return
    store = workbench().store
    try:
        design = store.load(design_id)
    except LoupeError:
        return
    masters = f"{len(design.branches)} master{'s' if len(design.branches) != 1 else ''}"
    with st.container(border=True, key="open-design"):
        st.caption("Open design")
        if design.cover:
            # At a width of its own the picture would be made smaller, and encoded anew, at every rerun.
            with st.container(width=120):
                st.image(store.thumbnail(design.cover, 384), width="stretch", alt=f"Cover of {design.name}")
        name_field(design, place="sidebar")
        st.caption(f"{design.kind} · {masters}")


def _spent() -> None:
    """One line of money, once there is any."""
    bench, design_id = workbench(), session.design_id()
    with errors.shown():
        ledger = bench.spending()
        day = ledger.total(day=today())
        if not (day.cost_usd or day.saved_usd):
            return
        here = ledger.total(design_id=design_id).cost_usd if design_id else 0.0
        parts = [f"\\${here:.2f} on this design"] if here else []
        parts += [f"\\${day.cost_usd:.2f} today of \\${bench.settings.spend_cap_day_usd:.2f}"]
        parts += [f"\\${day.saved_usd:.2f} saved"] if day.saved_usd else []
        st.caption(f":material/payments: {' · '.join(parts)}")


def _cache() -> None:
    with st.expander("Kept answers (cache)", icon=":material/database:", key="cache"), errors.shown():
        stats = workbench().cache.stats()
        if stats.trouble:
            st.caption(f":material/warning: {errors.plain(stats.trouble)}")
        st.caption(
            "What was made or paid for once is kept: the same question is answered from here, at no cost."
        )
        st.markdown(
            f"{stats.answers} answers kept · {stats.size_bytes / 1e6:.0f} MB  \n"
            f"{stats.hits} questions answered from here, {stats.misses} asked afresh  \n"
            f"${stats.saved_usd:.2f} saved"
        )
        if press.button("Clear …", key="clear-cache"):
            _clear()


@dialogs.dialog("Clear the cache?")
def _clear() -> None:
    st.write(
        "Designs stay as they are. Answers that were paid for are forgotten: "
        "asking the same again will cost the same again."
    )
    with st.container(horizontal=True):
        if press.button("Clear it", type="primary", key="clear-cache-yes"):
            with errors.shown():
                workbench().clear_cache()
                st.rerun()
        if press.button("Keep it", key="clear-cache-no"):
            st.rerun()
