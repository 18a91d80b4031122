"""The master as step 1 shows it: the picture, what was measured of it, and the rest of the set by one press."""

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import errors, press, progress, ranges, session
from pages.ui.workbench import workbench
from pipeline.records import Asset, AssetId, Branch, Design
from pipeline.stages.branch import branch_of, go_back

_SMALL_PX = 96

if TYPE_CHECKING:
    from pipeline.export.markets import Finding


def show(design: Design, branch: Branch) -> None:
    """The master with its checklist."""
    st.subheader("Master", anchor=False)
    picture, facts = st.columns([3, 2], gap="large")
    with picture:
        st.image(
            workbench().store.thumbnail(branch.master, 900), width="stretch", alt=f"Master of {design.name}"
        )
        st.caption(_recipe_line(branch.master))
    with facts:
        st.markdown("**Measured from the pixels**")
        for check in branch.checks:
            icon = ":material/check_circle:" if check.ok else ":material/info:"
            color = "green" if check.ok else "orange"
            st.markdown(f":{color}[{icon}] **{errors.plain(check.label)}** · {errors.plain(check.figure)}")
            if not check.ok and check.advice:
                st.caption(errors.plain(check.advice))
        st.caption("None of this blocks the way; it tells what the close-ups can be expected to show.")
        if len(design.branches) > 1:
            _others(design)
        _marketplaces(design)


def _others(design: Design) -> None:
    """The other masters of the design, each with its own work, and the way back to them."""
    bench = workbench()
    st.caption(f"Master {design.current + 1} of {len(design.branches)}. Each keeps its own work.")
    with st.popover("Other masters", icon=":material/history:", key="other-masters"):
        for number, branch in enumerate(design.branches):
            if number == design.current:
                continue
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(width=_SMALL_PX):
                    st.image(
                        bench.store.thumbnail(branch.master, 384), width="stretch", alt=f"Master {number + 1}"
                    )
                with st.container():
                    st.caption(f"**Master {number + 1}** · {_work_of(branch)}")
                    if bench.editable:
                        press.button(
                            "Go back to it",
                            key=f"go-back-{number}",
                            icon=":material/undo:",
                            on_click=_go_back,
                            args=(design.id, branch.master.id, number),
                        )


@errors.guarded
def _go_back(design_id: str, master_id: AssetId, number: int) -> None:
    branch = branch_of(go_back(workbench().store, design_id, master_id, number))
    session.set_notice(f"Master {number + 1} stands again · {_work_of(branch)}.")


def _work_of(branch: Branch) -> str:
    """What was made of a master, counted."""
    return f"{_counted(len(branch.chosen_close_ups), 'close-up')} · " + (
        f"{_counted(len(branch.latest_sketches), 'sketch', 'sketches')} · {'3D' if branch.model else 'no 3D'}"
    )


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count or 'no'} {one if count == 1 else many or f'{one}s'}"


def _marketplaces(design: Design) -> None:
    """What shops would refuse of the master as it is, measured once somebody wants to know."""
    with st.expander(
        "What marketplaces would refuse", icon=":material/storefront:", key="refused", on_change="rerun"
    ) as box:
        if not box.open:
            return
        master, strokes = (design.branch.master.id, str(design.branch.strokes)) if design.branch else ("", "")
        refused = _refused(master, strokes, design)
        for finding in refused:
            st.markdown(f":orange[:material/info:] **{finding.market}** · {finding.rule} · {finding.value}")
        st.caption(
            "The shop set on the Showcase page makes pictures that keep every rule but that of a photograph."
            if refused
            else "Nothing: Amazon, Shopify and Etsy would take the master as it is."
        )


@st.cache_data(max_entries=32, show_spinner="Looking at the master")
def _refused(master: str, strokes: str, _design: Design) -> tuple["Finding", ...]:  # noqa: ARG001 - the cache's key
    from pipeline.export import shop  # OpenCV loads when somebody looks

    return shop.refused(workbench().store, _design)


def _recipe_line(asset: Asset) -> str:
    recipe = asset.recipe
    seconds = f" · {recipe.seconds:.0f} s" if recipe.seconds else ""
    made_by = errors.plain(f"{recipe.provider} · {recipe.detail}")
    return f"{asset.width} x {asset.height} px · {made_by}{seconds}"


def is_photograph(design: Design | None) -> bool:
    """Whether the open design's master was brought, not made."""
    return bool(design and design.branch and design.branch.master.recipe.provider == "upload")


def offer_the_rest(design: Design) -> None:
    """Have whatever the set lacks made by one press; nothing where it lacks nothing."""
    bench = workbench()
    if not bench.editable or progress.running(design.id, progress.WHOLE):
        return
    ranges.offer(design)
    lacks = bench.whole_set(design).lacks(design)
    if lacks and press.button("Make the rest of the set", icon=":material/diamond:", key="rest"):
        progress.submit(lambda: bench.whole_set(design, bench=True))
        st.rerun()
