"""The start page: all designs as cards."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.ui import errors, frame, samples, session
from pages.ui.workbench import workbench
from pipeline.export import archive
from pipeline.records import KINDS, Branch, Design

CARD_PX = 290
ORDERS: dict[str, Callable[[Design], Any]] = {
    "newest": lambda d: d.updated_at,
    "name": lambda d: d.name.lower(),
    "kind": lambda d: (d.kind, d.name),
}
FEW = 3  # up to this many designs need no search

frame.enter(frame.GALLERY)
bench = workbench()
session.open_design(None)

st.title("One piece, every view", anchor=False)
st.markdown(
    "One master image, five close-ups, six technical sketches and a 3D view of **the same piece**. "
    "Loupe measures every close-up against the master and shows the number."
)


def open_design(design: Design) -> None:
    """Open a design where it stands: the showcase when it is complete, else the first step not done."""
    branch = design.branch
    undone = next((s for s in frame.STEPS if branch is None or not s.done(branch)), frame.STEPS[-1])
    st.switch_page(undone.path, query_params={"design": design.id})


def figures(branch: Branch | None) -> str:
    """What a card says under the name."""
    if branch is None:
        return "no master yet"
    parts = [
        f"{len(branch.chosen_close_ups)} close-ups",
        f"{len(branch.latest_sketches)} sketches",
        "3D" if branch.model else "no 3D",
    ]
    return " · ".join(parts)


@st.dialog("Rename the design")
def rename(design: Design) -> None:
    """Ask for another name."""
    with st.form("rename", border=False):
        name = st.text_input("Name", design.name, max_chars=300)
        if st.form_submit_button("Rename", type="primary"):
            with errors.shown():
                bench.store.rename(design.id, name)
                st.rerun()


def card(design: Design) -> None:
    """One design."""
    with st.container(border=True, width=CARD_PX, key=f"card-{design.id}"):
        if design.cover:
            st.image(
                bench.store.thumbnail(design.cover, 384), width="stretch", alt=f"Master of {design.name}"
            )
        else:
            st.markdown(":material/image: No picture yet")
        st.text(design.name if len(design.name) <= 60 else f"{design.name[:57]}…")
        st.caption(f"{design.kind} · {figures(design.branch)}")
        with st.container(horizontal=True):
            if st.button("Open", key=f"open-{design.id}", type="primary"):
                open_design(design)
            if not bench.editable:
                return
            with st.popover("More", icon=":material/more_horiz:", key=f"more-{design.id}"):
                if st.button("Rename …", key=f"rename-{design.id}", icon=":material/edit:", width="stretch"):
                    rename(design)
                if st.button(
                    "Duplicate", key=f"copy-{design.id}", icon=":material/content_copy:", width="stretch"
                ):
                    with errors.shown():
                        bench.store.duplicate(design.id)
                        st.rerun()
                if st.button("Delete", key=f"delete-{design.id}", icon=":material/delete:", width="stretch"):
                    with errors.shown():
                        bench.store.delete(design.id)
                        session.set_deleted(design.id)
                        st.rerun()


@st.dialog("Import a design")
def import_design() -> None:
    """Take in a design that was downloaded elsewhere."""
    st.write("A `.loupe` or ZIP file from a showcase. Every file in it is checked against its hash.")
    file = st.file_uploader("File", type=["loupe", "zip"], key="import-file", label_visibility="collapsed")
    if st.button("Import", type="primary", disabled=file is None, key="import-go") and file is not None:
        with errors.shown():
            taken = archive.read(bench.store, file.getvalue())
            st.switch_page(frame.STEPS[-1].path, query_params={"design": taken.id})


def chosen(designs: tuple[Design, ...]) -> list[Design]:
    """The designs that match the search, in the order asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = (
            st.text_input("Search", key="search", placeholder="name, prompt or tag", width=260)
            .lower()
            .split()
        )
        kinds = st.pills("Kind", KINDS, selection_mode="multi", key="kinds")
        order = st.segmented_control("Sort", list(ORDERS), default="newest", required=True, key="order")
    found = [
        d
        for d in designs
        if (not kinds or d.kind in kinds)
        and all(word in f"{d.name} {d.prompt} {' '.join(d.tags)}".lower() for word in words)
    ]
    return sorted(found, key=ORDERS[order], reverse=order == "newest")


with st.container(horizontal=True, vertical_alignment="center"):
    if bench.editable and st.button("New design", type="primary", icon=":material/add:", key="new"):
        st.switch_page(frame.STEPS[0].path, query_params={"new": "1"})
    if bench.editable and st.button("Import", icon=":material/upload:", key="import"):
        import_design()
    gone = session.deleted()
    if gone:
        st.caption("The design was moved to the trash.")
        if st.button("Undo", icon=":material/undo:", key="undo-delete"):
            with errors.shown():
                bench.store.restore(gone)
                session.set_deleted(None)
                st.rerun()


if samples.importing():
    with st.spinner("Unpacking the two sample designs …"):
        samples.wait()
designs = bench.store.designs()
if not designs:
    with st.container(border=True, key="empty"):
        st.subheader("No designs yet", anchor=False)
        st.write("Begin with a sentence or a photograph; everything else follows from it.")
else:
    shown = chosen(designs) if len(designs) > FEW else list(designs)
    if not shown:
        st.info("No design matches. Clear the search to see all of them.")
    with st.container(horizontal=True, gap="medium", key="cards"):
        for design in shown:
            card(design)
    st.caption(f"{len(designs)} designs · {bench.store.size_bytes() / 1e6:.0f} MB on disk")
