"""The start page: all designs as cards."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.ui import card, dialogs, errors, frame, press, samples, session, trash, uploads
from pages.ui.workbench import workbench
from pipeline.records import KINDS
from pipeline.records.summary import Summary

ORDERS: dict[str, Callable[[Summary], Any]] = {
    "newest": lambda d: d.updated_at,
    "name": lambda d: d.name.lower(),
    "kind": lambda d: (d.kind, d.name.lower()),
    "size": lambda d: -d.size_bytes,
}
FEW = 3  # up to this many designs need no search
PER_PAGE = 12

frame.enter(frame.GALLERY)
bench = workbench()
session.open_design(None)

st.title("One piece, every view", anchor=False)
st.markdown(
    "One master image, five close-ups, six technical sketches and a 3D view of **the same piece**. "
    "Loupe measures every close-up against the master and shows the number."
)


@st.fragment(run_every=0.5)
def await_samples() -> None:
    """Say that the samples are being unpacked, and draw the page anew when they are: nobody waits for them."""
    if samples.importing():
        st.caption(":material/unarchive: Unpacking the two sample designs …")
    else:
        st.rerun()


@dialogs.dialog("Import a design")
def import_design() -> None:
    """Take in a design that was downloaded elsewhere."""
    st.write("A `.loupe` or ZIP file from a showcase. Every file in it is checked against its hash.")
    file = st.file_uploader("File", type=["loupe", "zip"], key="import-file", label_visibility="collapsed")
    if press.button("Import", type="primary", disabled=file is None, key="import-go") and file is not None:
        with errors.shown():
            taken = bench.import_design(file.getvalue())
            uploads.used(session.session_id(), file.file_id)
            session.set_notice("The figures this design came with are being measured again here.")
            st.switch_page(frame.STEPS[-1].path, query_params={"design": taken.id})


def chosen(designs: tuple[Summary, ...], tags: tuple[str, ...]) -> list[Summary]:
    """The designs that match search, kinds and tags, in the order asked for."""
    with st.container(horizontal=True, vertical_alignment="top"):
        words = (
            st.text_input("Search", key="search", placeholder="name, prompt or tag", width=190)
            .lower()
            .split()
        )
        here = [kind for kind in KINDS if any(d.kind == kind for d in designs)]
        kinds = st.pills("Kind", here, selection_mode="multi", key="kinds") if len(here) > 1 else []
        wanted = st.multiselect("Tags", tags, key="tags", width=150, placeholder="any") if tags else []
        order = st.segmented_control("Sort", list(ORDERS), default="newest", required=True, key="order")
    matching = [
        d
        for d in designs
        if (not kinds or d.kind in kinds)
        and set(wanted) <= set(d.tags)
        and all(word in f"{d.name} {d.prompt} {' '.join(d.tags)}".lower() for word in words)
    ]
    return sorted(matching, key=ORDERS[order], reverse=order == "newest")


with st.container(horizontal=True, vertical_alignment="center"):
    if bench.editable and press.button("New design", type="primary", icon=":material/add:", key="new"):
        st.switch_page(frame.STEPS[0].path, query_params={"new": "1"})
    if bench.editable and press.button("Import", icon=":material/upload:", key="import"):
        import_design()
    if bench.editable and press.button("Catalogue", icon=":material/table_rows:", key="catalogue-page"):
        st.switch_page("pages/catalogue.py")
    gone = session.deleted()
    if gone:
        st.caption("The design was moved to the trash.")
        if session.first(f"told-{gone}"):  # the card may have been screens below
            st.toast("Moved to the trash. *Undo* is at the top of this page.", icon=":material/delete:")
        if press.button("Undo", icon=":material/undo:", key="undo-delete"):
            with errors.shown():
                bench.store.restore(gone)
                session.set_deleted(None)
                st.rerun()
    trash.button()


if bench.editable and (trouble := bench.store.trouble() or bench.store.beyond_trouble()):
    st.warning(errors.plain(trouble), icon=":material/hard_drive:")
if unpacking := samples.importing():
    await_samples()
designs = bench.store.summaries()
if not designs and not unpacking:
    with st.container(border=True, key="empty"):
        st.subheader("No designs yet", anchor=False)
        st.write("Begin with a sentence or a photograph; everything else follows from it.")
elif designs:
    tags = tuple(sorted({tag for design in designs for tag in design.tags}, key=str.lower))
    shown = chosen(designs, tags) if len(designs) > FEW else list(designs)
    if not shown:
        st.info("No design matches. Clear the search to see all of them.")
    pages = -(-len(shown) // PER_PAGE)
    page = st.pagination(pages, key=f"page-{pages}") if pages > 1 else 1
    st.html(card.SHELF)
    with st.container(horizontal=True, gap="medium", key="cards"):
        for design in shown[(page - 1) * PER_PAGE : page * PER_PAGE]:
            with errors.shown():
                card.draw(design, tags)
    count = f"{len(designs)} design{'s' if len(designs) > 1 else ''}"
    st.caption(f"{count} · {bench.store.size_bytes() / 1e6:.0f} MB on disk")
