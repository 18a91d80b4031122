"""The sidebar: where one is, the open design, the cache, and settings."""

import streamlit as st

from pages.ui import errors, session
from pages.ui.frame import GALLERY, STEPS
from pages.ui.workbench import workbench
from pipeline.errors import LoupeError
from pipeline.ledger import today
from pipeline.settings import Settings


def draw() -> None:
    """Draw the sidebar for this run."""
    with st.sidebar:
        st.markdown("## :material/search: Loupe")
        st.page_link(GALLERY, label="Gallery", icon=":material/grid_view:")
        bench = workbench()
        if bench.editable:
            st.page_link(STEPS[0].path, label="New design", icon=":material/add:", query_params={"new": "1"})
        _open_design()
        st.space("small")
        _cache()
        if st.button("Settings", icon=":material/settings:", key="settings", type="tertiary"):
            _settings(bench.settings)
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
            st.image(store.thumbnail(design.cover, 384), width=120, alt=f"Cover of {design.name}")
        st.text(design.name)
        st.caption(f"{design.kind} · {masters}")


def _cache() -> None:
    stats = workbench().cache.stats()
    with st.expander("Cache", icon=":material/database:", key="cache"):
        st.markdown(
            f"{stats.answers} answers kept · {stats.size_bytes / 1e6:.0f} MB  \n"
            f"{stats.hits} hits · {stats.misses} misses  \n"
            f"${stats.saved_usd:.2f} saved"
        )
        if workbench().editable and st.button("Clear …", key="clear-cache"):
            _clear()


@st.dialog("Clear the cache?")
def _clear() -> None:
    st.write(
        "Designs stay as they are. Answers that were paid for are forgotten: "
        "asking the same again will cost the same again."
    )
    with st.container(horizontal=True):
        if st.button("Clear it", type="primary", key="clear-cache-yes"):
            with errors.shown():
                workbench().clear_cache()
                st.rerun()
        if st.button("Keep it", key="clear-cache-no"):
            st.rerun()


@st.dialog("Settings", width="large")
def _settings(settings: Settings) -> None:
    bench = workbench()
    st.markdown("#### Providers")
    st.caption(
        "The atelier and the offline provider need nothing. A key set here lives in this browser tab's "
        "memory only; it is gone on reload and never written to disk."
    )
    rows = bench.registry.rows(keys=session.own_keys())
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center"):
            if row.ready:
                st.badge("ready", icon=":material/check:", color="green")
            else:
                st.badge("no key", icon=":material/key:", color="gray")
            st.markdown(f"**{row.name}** · {', '.join(role.value for role in row.limits)}")
            models = sorted({model for model in row.models.values() if model})
            if models:
                st.caption(", ".join(models))
            if not row.ready:
                st.caption(f"`{row.missing}`")
            if row.ready and row.checkable and st.button("Test", key=f"check-{row.id}", type="tertiary"):
                with errors.shown():
                    st.caption(bench.registry.check(row.id, keys=session.own_keys()))
            if row.trouble:
                st.caption(row.trouble)
    missing = [row for row in rows if not row.ready]
    if missing:
        names = {row.id: row.name for row in missing}
        with st.form("own-key", border=False):
            chosen = st.selectbox("Bring your own key for", list(names), format_func=lambda i: names[i])
            typed = st.text_input("Key", type="password", autocomplete="off")
            if st.form_submit_button("Use in this tab") and chosen and typed.strip():
                session.keep_key(chosen, typed.strip())
                st.rerun()
    st.markdown("#### Limits")
    spent = bench.ledger.total(day=today()).cost_usd
    st.markdown(
        f"Spent today: \\${spent:.2f} of \\${settings.spend_cap_day_usd:.2f} · "
        f"most per design: \\${settings.spend_cap_design_usd:.2f} · data folder: `{settings.data_dir}`"
    )
