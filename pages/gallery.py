"""The start page: all designs as cards."""

import streamlit as st

from pages.ui import errors, frame, session
from pages.ui.workbench import workbench
from pipeline.records import Branch, Design

CARD_PX = 290

frame.enter(frame.GALLERY)
bench = workbench()
session.open_design(None)

st.title("One piece, every view", anchor=False)
st.markdown(
    "One master image, five close-ups, six technical sketches and a 3D view of **the same piece**. "
    "Loupe measures every close-up against the master and shows the number."
)
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button("New design", type="primary", icon=":material/add:", key="new"):
        st.switch_page(frame.STEPS[0].path, query_params={"new": "1"})
    gone = session.deleted()
    if gone:
        st.caption("The design was moved to the trash.")
        if st.button("Undo", icon=":material/undo:", key="undo-delete"):
            with errors.shown():
                bench.store.restore(gone)
                session.set_deleted(None)
                st.rerun()


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
            if bench.settings.read_only:
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


designs = bench.store.designs()
if not designs:
    with st.container(border=True, key="empty"):
        st.subheader("No designs yet", anchor=False)
        st.write("Begin with a sentence or a photograph; everything else follows from it.")
else:
    with st.container(horizontal=True, gap="medium", key="cards"):
        for design in designs:
            card(design)
