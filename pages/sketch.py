"""Step 4: six framed technical sketches, of the master and its close-ups or of the piece as a bench needs it."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import (
    brush,
    choose,
    fidelity,
    frame,
    known_length,
    manner,
    press,
    price,
    progress,
    session,
    sheets,
)
from pages.ui.workbench import workbench
from pipeline.orders import SketchOrder
from pipeline.prompts import SKETCH
from pipeline.records import Detail, Role, Sketch
from pipeline.stages import sheets as stage
from pipeline.stages import subjects

HERE = frame.STEPS[3].path
BENCH, PICTURES = SETS = ("Bench views", "Master and close-ups")

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
frame.header(
    HERE,
    design,
    "Technical drawings in black and grey, traced from the master and its close-ups, or true to scale from the "
    "piece's own geometry; each on a framed sheet.",
)
branch = frame.require_branch(design)
home = bench.home_provider(design, Role.SKETCH)
traced = subjects.traced_model(branch)
skip = () if home == "atelier" else ("atelier",)


def order(settings: dict[str, Any], numbers: list[int], *, take: int = 0) -> None:
    """Begin drawing."""
    progress.submit(lambda: SketchOrder(design_id=design.id, **settings, numbers=tuple(numbers), take=take))
    st.rerun()


def redo(sheet: Sketch, style: str, provider: str) -> None:
    """Draw one sheet again."""
    take = len(branch.versions(sheet.number))
    order({**settings, "style": style, "provider": provider or row.id}, [sheet.number], take=take)


def chosen_set(place: DeltaGenerator, default: str) -> str:
    """Which of the two sets is drawn."""
    with place:
        return st.segmented_control(
            "Set",
            SETS,
            default=default,
            required=True,
            key="sheet-set",
            help="Bench views are drawn to scale from the geometry, with measures and a gem map; of a photograph they "
            "are those of its traced piece.",
        )


def chosen_views(offered: tuple[str, ...], place: DeltaGenerator) -> tuple[str, ...]:
    """The bench's views that are to be drawn, in the maker's order."""
    with place:
        picked = st.pills(
            "Views",
            offered,
            default=branch.views or subjects.bench_views(design.kind),
            selection_mode="multi",
            key="views",
            wrap=True,
            help=f"Up to {subjects.SHEETS}.",
        )
    return tuple(view for view in offered if view in picked)[: subjects.SHEETS]


with st.container(border=True, key="sketch-settings"):
    left, right = st.columns([3, 2], gap="large")
    with left:
        stands = st.container()
        folded = st.expander("Who draws, pens and paper, prompt", icon=":material/tune:", key="sketch-more")
    wanted = PICTURES
    if traced is not None:
        wanted = chosen_set(stands, BENCH if branch.views else PICTURES)
        stands.caption(traced.known)
    with folded:
        if wanted == BENCH:
            others = {r.id for r in bench.registry.rows(Role.SKETCH, keys=session.own_keys())} - {"atelier"}
            row = choose.provider(Role.SKETCH, home="atelier", key="bench-sketcher", skip=tuple(others))
        else:
            row = choose.provider(Role.SKETCH, home=home, key="sketcher", skip=skip)
    limits = row.limits[Role.SKETCH]
    followed = limits.detail is not Detail.REDRAWN
    views: tuple[str, ...] = ()
    with stands:
        if limits.views and branch.master.recipe.provider == row.id:
            wanted = chosen_set(stands, BENCH if branch.views or not branch.sketches else PICTURES)
        if wanted == BENCH:
            views = chosen_views(limits.views, folded)
        style = manner.style(followed=followed)
    with folded:
        how = {"style": style, **manner.controls(followed=followed)}
        st.markdown("**Prompt sent to generative providers**")
        prompt = st.text_area("Prompt", SKETCH, key="sketch-prompt", height=110, label_visibility="collapsed")
    shown_subjects = subjects.subjects(branch, views)
    settings: dict[str, Any] = {"provider": row.id, "prompt": prompt, "views": views, **how}
    busy = progress.running(design.id, "sketch")
    with right:
        beside = st.container()
        if not followed:
            st.caption(
                "This provider reads the prompt alone; its drawing is measured before it gets a sheet."
            )
    cost = price.sheets(row, shown_subjects)
    if press.button(
        f"Draw {len(shown_subjects)} sheet{'s' if len(shown_subjects) != 1 else ''}{cost}",
        type="primary",
        icon=":material/draw:",
        key="draw-all",
        place=left,
        disabled=busy or not row.ready,
    ):
        order(settings, [])
    if len(shown_subjects) < subjects.SHEETS and not views:
        left.caption(
            f"{len(shown_subjects)} of {subjects.SHEETS} sheets can be drawn; the others follow with their close-ups."
        )
progress.panel(design.id, "sketch")

shown = branch.model_copy(update={"views": views})
drawn = shown.latest_sketches
if home != "atelier":
    known_length.known_length(design, branch)
    brush.brush(design, branch)
if not drawn:
    st.info(
        "Each sheet appears here the moment it is finished."
        if busy
        else "No sheet yet. Press the button above; the sheets appear here as they are finished."
    )
else:
    with st.container(horizontal=True, vertical_alignment="center"):
        sheets.downloads(design, drawn)
        if branch.views != views and press.button("Let this set stand", icon=":material/check:", key="stand"):
            stage.set_views(bench.store, design.id, branch.master.id, views)
            session.set_notice("This set now stands in the showcase and in every export.")
            st.rerun()
    rows = [
        r for r in bench.registry.rows(Role.SKETCH, keys=session.own_keys()) if r.id not in skip and r.ready
    ]
    rows.sort(key=lambda r: r.id != row.id)
    sketchers = {r.id: r for r in rows if not views or views[0] in r.limits[Role.SKETCH].views}
    sheets.contact_sheet(shown, drawn, sketchers=sketchers, subjects=shown_subjects, busy=busy, redo=redo)
    fidelity.foreign([sheet.id for sheet in drawn], bench.store.provenance(design.id))
other = branch.model_copy(update={"views": sheets.other_set(branch, views)})
finished = tuple(sheet for sheet in other.latest_sketches if sheet.view not in views)
if finished and (not drawn or finished[0].view != drawn[0].view):
    st.subheader(PICTURES if views else BENCH, anchor=False)
    st.caption("Finished earlier; choose this set above to draw one of its sheets again.")
    sheets.gallery(other, finished)
frame.footer(HERE, design, ready=bool(drawn), hint="Draw the sheets first.")
if followed and not busy:
    # Last, for the first drawing waits for the engine, and the sheets shall not.
    with beside:
        manner.preview(design, shown_subjects, row.id, how)
