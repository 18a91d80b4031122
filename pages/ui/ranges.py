"""All metals, all sizes and the rest of a piece's set: each a design of its own."""

from collections.abc import Sequence

import streamlit as st

from pages.ui import dialogs, frame, press, session
from pages.ui.workbench import workbench
from pipeline.atelier import ranges, sets
from pipeline.atelier.ranges import Variant
from pipeline.errors import LoupeError
from pipeline.orders import VariantOrder
from pipeline.records import Design
from pipeline.stages import vary
from pipeline.stages.tools import StageOrder

_MOST = 6
"""One person's jobs at a time."""


def offer(design: Design) -> None:
    """The two buttons, for a piece whose geometry is known."""
    spec = vary.own_spec(design) if design.branch is not None else None
    if spec is None or not workbench().editable:
        return
    sizes = ranges.sizes(spec)
    with st.container(horizontal=True):
        if press.button("All metals …", icon=":material/palette:", key="all-metals"):
            _dialog(design, "metals", ranges.metals(spec))
        if sizes and press.button("All sizes …", icon=":material/straighten:", key="all-sizes"):
            _dialog(design, "sizes", sizes)
        if (rest := sets.others(spec)) and press.button(
            "Its set …", icon=":material/category:", key="its-set"
        ):
            _dialog(design, "set", rest)


_LABELS = {"metals": "Metals", "sizes": "Sizes", "set": "Pieces of the same metal, gem, cut and motif"}
_CAPTIONS = {
    "metals": "Each becomes a design of its own beside this one: the same side, the same regions, measured by itself.",
    "set": "Each becomes a design of its own beside this one, its stones sized as they are worn there, measured by "
    "itself.",
}


@dialogs.dialog("The same design in other metals, sizes and pieces")
def _dialog(design: Design, what: str, variants: Sequence[Variant]) -> None:
    by_words = {variant.words: variant for variant in variants}
    chosen = st.pills(
        _LABELS[what],
        list(by_words),
        selection_mode="multi",
        default=list(by_words)[:_MOST],
        key=f"variants-{what}",
        wrap=True,
    )
    whole = st.toggle(
        "The whole set of each",
        key=f"variants-whole-{what}",
        help="Close-ups, sheets and the 3D view of every one, too. Without it each gets its master, and the rest by "
        "a press on its own page.",
    )
    st.caption(_CAPTIONS.get(what, _CAPTIONS["metals"]))
    count = len(chosen)
    if press.button(
        f"Make {count} design{'s' if count != 1 else ''}",
        type="primary",
        icon=":material/diamond:",
        key=f"make-{what}",
        disabled=not 0 < count <= _MOST,
        help=f"Up to {_MOST} at a time.",
    ):
        begun = begin(design, [by_words[words] for words in chosen], whole=whole)
        if begun:
            session.set_notice(f"{len(begun)} designs are being made; each is in the gallery, too.")
            st.switch_page(frame.STEPS[0].path, query_params={"design": begun[0].id})
        else:
            st.rerun()


def begin(design: Design, variants: Sequence[Variant], *, whole: bool) -> list[Design]:
    """Begin a design for each variant and order its master, or the whole set; what refuses one ends the row."""
    bench, branch = workbench(), design.branch
    begun: list[Design] = []
    if branch is None:
        return begun
    for variant in variants:
        bench.require_editor()
        new = vary.begin_variant(bench.store, design.id, variant)
        master = VariantOrder(
            design_id=new.design.id,
            provider=bench.atelier.id,
            origin=new.origin,
            size=max(branch.master.width, branch.master.height),
            regions=branch.regions if new.design.kind == design.kind and vary.own_spec(design) else (),
        )
        asked: StageOrder = bench.whole_set(new.design, master, bench=True) if whole else master
        try:
            bench.submit(asked, session.own_keys(), person=session.session_id())
        except LoupeError as error:  # too much is under way: what has begun goes on
            bench.store.delete(new.design.id)
            session.set_trouble(error)
            break
        begun.append(new.design)
    return begun
