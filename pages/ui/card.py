"""A design on its card in the gallery, and what can be done with it there."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.ui import dialogs, errors, frame, press, progress, session
from pages.ui.workbench import workbench
from pipeline.export import archive
from pipeline.orders import EditOrder
from pipeline.records import LONGEST_NAME, LONGEST_TAG, Design
from pipeline.records.summary import Summary
from pipeline.stages.vary import LONGEST_CHANGE, vary

SHELF = """<style>
.st-key-cards { display: grid !important; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
.st-key-cards > * { width: auto !important; max-width: none !important; }
.st-key-cards img { aspect-ratio: 1; object-fit: contain; width: 100%; }
.st-key-cards [class*="st-key-without-"] { aspect-ratio: 1; justify-content: center; }
</style>"""
"""Cards in rows that fill the page, their pictures alike in size whatever their shape."""
COMPARE = "pages/compare.py"
MOST_TAGS = 12


def draw(design: Summary, tags: tuple[str, ...]) -> None:
    """One card; `tags` are those in use anywhere, offered when tags are edited."""
    with st.container(border=True, height="stretch", key=f"card-{design.id}"):
        if design.damage:
            _damaged(design)
            return
        with errors.shown():  # a picture that is gone from the disk takes nothing else with it
            _cover(design)
        st.text(design.name if len(design.name) <= 60 else f"{design.name[:57]}…")
        size = f" · {design.size_bytes / 1e6:.1f} MB" if design.size_bytes else ""
        st.caption(f"{figures(design)}  \n{design.kind}{size}")
        _provenance(design)
        if design.tags:
            with st.container(horizontal=True, gap="xsmall"):
                for tag in design.tags:
                    st.badge(errors.plain(tag), color="gray")
        with st.container(horizontal=True):
            if press.button("Open", key=f"open-{design.id}", anyone=True, type="primary"):
                with errors.shown():
                    open_design(workbench().store.load(design.id))
            with st.popover("More", icon=":material/more_horiz:", key=f"more-{design.id}"):
                _actions(design, tags)


def _cover(design: Summary) -> None:
    if design.cover is None:
        with st.container(horizontal_alignment="center", key=f"without-{design.id}"):
            st.caption(":material/image: No picture yet")
        return
    st.image(workbench().store.thumbnail(design.cover, 384), width="stretch", alt=f"Master of {design.name}")


def _damaged(design: Summary) -> None:
    """Say what is wrong with a record that cannot be read, and offer to remove it."""
    bench = workbench()
    st.markdown(":material/broken_image: **A damaged design**")
    st.text(design.damage)
    if bench.editable and press.button("Remove", icon=":material/delete:", key=f"remove-{design.id}"):
        with errors.shown():
            _put_away(design.id)
            st.rerun()


def _provenance(design: Summary) -> None:
    """Say of an imported design what measuring its figures again has shown, and see that it is done."""
    bench = workbench()
    with errors.shown():
        provenance = bench.store.provenance(design.id)
        if provenance is None:
            return
        if provenance.state == "waiting":
            st.badge("imported, not measured here yet", icon=":material/hourglass:", color="orange")
            if bench.editable:
                bench.remeasure(design.id)
        elif provenance.faults:
            count = len(provenance.faults)
            st.badge(
                f"imported; figures of {count} close-up{'s' if count > 1 else ''} do not hold",
                icon=":material/gpp_bad:",
                color="red",
            )
        else:
            st.badge("imported, measured again here", icon=":material/verified:", color="green")


def figures(design: Summary) -> str:
    """What a card says of the set."""
    if not design.has_master:
        return "no master yet"
    model = "3D" if design.has_model else "no 3D"
    close_ups = f"{design.close_ups} close-up{'s' if design.close_ups != 1 else ''}"
    sketches = f"{design.sketches} sketch{'es' if design.sketches != 1 else ''}"
    return f"{close_ups} · {sketches} · {model}"


def size_bytes(design: Design) -> int:
    """Bytes of all its files; a file that two designs share counts in both."""
    return sum(asset.size_bytes for asset in design.assets())


def open_design(design: Design) -> None:
    """Open a design where it stands: the showcase when it is complete, else the first step not done."""
    branch = design.branch
    undone = next((s for s in frame.STEPS if branch is None or not s.done(branch)), frame.STEPS[-1])
    st.switch_page(undone.path, query_params={"design": design.id})


def begin_variation(design: Design | Summary, change: str) -> Design:
    """Make the second design; where the atelier can draw it, order its first draft."""
    begun = vary(workbench().store, design.id, change)
    if begun.origin:
        progress.submit(
            lambda: EditOrder(
                design_id=begun.design.id, provider="atelier", origin=begun.origin, placed=begun.regions
            )
        )
    return begun.design


def keep_words(design: Design | Summary, name: str, tags: Sequence[str]) -> None:
    """Keep another name and other tags, tidied and each once."""
    store = workbench().store
    store.rename(design.id, name)
    tidy = (" ".join(tag.split())[:LONGEST_TAG] for tag in tags)
    once = tuple(dict.fromkeys(tag for tag in tidy if tag))
    store.update(design.id, lambda newest: newest.model_copy(update={"tags": once}))


def _actions(design: Summary, tags: tuple[str, ...]) -> None:
    bench = workbench()
    if _action("Compare …", "compare", design, ":material/compare:"):
        st.switch_page(COMPARE, query_params={"left": design.id})
    if not bench.editable:
        return
    if _action("Make a variation …", "vary", design, ":material/palette:"):
        _vary(design)
    if _action("Name and tags …", "rename", design, ":material/edit:"):
        _rename(design, tags)
    if _action("Duplicate", "copy", design, ":material/content_copy:"):
        with errors.shown():
            bench.store.duplicate(design.id)
            st.rerun()
    if _action("Archive …", "archive", design, ":material/archive:"):
        with errors.shown():
            _archive(bench.store.load(design.id))
    if _action("Delete", "delete", design, ":material/delete:"):
        with errors.shown():
            _put_away(design.id)
            st.rerun()


def _action(label: str, verb: str, design: Summary, icon: str) -> bool:
    looks_only = verb == "compare"
    return press.button(label, key=f"{verb}-{design.id}", anyone=looks_only, icon=icon, type="tertiary")


def _put_away(design_id: str) -> None:
    session.set_deleted(workbench().store.delete(design_id))


@dialogs.dialog("Name and tags")
def _rename(design: Summary, tags: tuple[str, ...]) -> None:
    """Ask for another name and for tags."""
    with st.form("rename", border=False):
        name = st.text_input("Name", design.name, max_chars=LONGEST_NAME, key="rename-name")
        chosen = st.multiselect(
            "Tags",
            sorted({*tags, *design.tags}),
            design.tags,
            key="rename-tags",
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder="Type a word and press Enter",
        )
        if press.submit("Keep", key="rename-keep", type="primary"):
            with errors.shown():
                keep_words(design, name, chosen)
                st.rerun()


@dialogs.dialog("The same piece, with one thing changed")
def _vary(design: Summary) -> None:
    """Ask what is to be different and begin the variation."""
    with st.form("vary", border=False):
        change = st.text_input(
            "What is different?", placeholder="in rose gold", max_chars=LONGEST_CHANGE, key="vary-change"
        )
        st.caption(
            "Another metal, stone, cut, setting or measure: “in platinum”, “with an emerald”, “3 mm band”."
        )
        if press.submit("Begin the variation", key="vary-begin", type="primary", icon=":material/palette:"):
            with errors.shown():
                begun = begin_variation(design, change)
                st.switch_page(frame.STEPS[0].path, query_params={"design": begun.id})


@dialogs.dialog("Archive the design")
def _archive(design: Design) -> None:
    """Hand out everything of a design in one file, and take it out of the list."""
    st.write(
        "Everything of the design goes into one `.loupe` file on your computer, and the design out of this list. "
        "*Import* brings it back, whole and verified; until then *Undo* does."
    )
    st.download_button(
        f"Download and archive · about {size_bytes(design) / 1e6:.1f} MB",
        partial(archive.write, workbench().store, design),  # its files stay when the design leaves the list
        file_name=f"{design.id}{archive.SUFFIX}",
        mime="application/zip",
        type="primary",
        icon=":material/archive:",
        key="archive-go",
        on_click=_archived,
        args=(design.id,),
    )


@errors.guarded
def _archived(design_id: str) -> None:
    _put_away(design_id)
    dialogs.close()
