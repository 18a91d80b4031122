"""Step 2: labelled crop boxes on the master."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from pages.ui import errors, frame, press, session
from pages.ui.components import boxes
from pages.ui.cuts import cuts, whole
from pages.ui.drawable import drawable, onto
from pages.ui.region_row import region_row
from pages.ui.workbench import workbench
from pipeline.records import MAX_REGIONS, Region, Shot
from pipeline.stages import crop, generate
from pipeline.stages.branch import branch_of

HERE = frame.STEPS[1].path
FACTOR = 4
MOST_UNDONE = 50
FITTED, CANVAS = "Fitted picture", "Drawing canvas"

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
frame.header(HERE, design, "Five regions become the close-ups. Draw, move and resize them on the picture.")
branch = frame.require_branch(design)
master = branch.master
pictures: tuple[Shot, ...] = ("",) if branch.whole is None else ("", "whole")
undone: list[tuple[Region, ...]] = session.remembered(f"undone-{master.id[:12]}")


def edit(change: Callable[[tuple[Region, ...]], Sequence[Region]]) -> None:
    """Change the regions of the master that is shown, as they are on disk now; they can be had back."""
    with errors.shown():
        before = _regions()
        crop.edit_regions(bench.store, design.id, change, master.id)
        if before != _regions():
            undone.append(before)
            del undone[:-MOST_UNDONE]


def _regions() -> tuple[Region, ...]:
    return branch_of(bench.store.load(design.id), master.id).regions


@errors.guarded
def undo() -> None:
    """Back to the regions before the last change, whatever made it: the canvas's own reset, too."""
    if undone:
        before = undone.pop()
        crop.edit_regions(bench.store, design.id, lambda _: before, master.id)
        session.bump("canvas")


def boxes_key(shot: Shot) -> str:
    """The fitted picture's key."""
    return f"boxes-{branch.pictured(shot).id[:12]}"


def canvas_key(shot: Shot) -> str:
    """The canvas's key; another one once its boxes were changed elsewhere."""
    return f"canvas-{branch.pictured(shot).id[:12]}-{session.counter('canvas')}"


@errors.guarded
def placed(shot: Shot) -> None:
    """The hand did something to the boxes of a fitted picture."""
    by_hand = boxes.placed(boxes_key(shot))
    redraw(crop.only_on(shot, lambda regions: by_hand.onto(regions, shot)))


@errors.guarded
def drawn(shot: Shot) -> None:
    """The canvas changed."""
    edit(crop.only_on(shot, onto(branch.pictured(shot), canvas_key(shot), shot)))


def redraw(change: Callable[[tuple[Region, ...]], Sequence[Region]]) -> None:
    """Keep what was typed or pressed, and seed the canvas anew."""
    edit(change)
    session.bump("canvas")


@errors.guarded
def typed(region_id: str, name: str, key: str) -> None:
    """A number or a label was typed."""
    entry = session.value(key)
    if name == "label":
        entry = str(entry or "").strip()

    def changed(region: Region) -> Region:
        return region.model_copy(update={name: entry}) if entry != "" else region

    session.bump(f"{name}-{region_id}")
    redraw(lambda regions: [changed(r) if r.id == region_id else r for r in regions])


@errors.guarded
def add_box() -> None:
    """A new box in the middle of the master."""
    side = min(master.width, master.height) // 4
    box = ((master.width - side) // 2, (master.height - side) // 2, side, side)
    redraw(lambda regions: [*regions, crop.new_region(next_label, box)])


@errors.guarded
def remove(region_id: str) -> None:
    """Take a box away; its close-ups stay in the history."""
    redraw(lambda regions: [r for r in regions if r.id != region_id])


@errors.guarded
def suggest() -> None:
    """Back to the five suggested boxes."""
    suggested = generate.suggested_regions(master, bench.store.pixels(master), design.kind)
    redraw(lambda _: [region for region in suggested if region.shot in pictures])


def board_of(shot: Shot) -> None:
    """One of the master's pictures with its regions."""
    shown = branch.pictured(shot)
    if surface == CANVAS:
        drawable(
            bench.store,
            shown,
            branch.on(shot),
            next_label=next_label,
            key=canvas_key(shot),
            on_change=partial(drawn, shot),
        )
    else:
        boxes.boxes(
            bench.store.thumbnail(shown, 900),
            branch.on(shot),
            master=shown,
            full=lambda: whole(bench.store, shown),
            next_label=next_label,
            alt=f"Whole view of {design.name}" if shot else f"Master of {design.name}",
            key=boxes_key(shot),
            on_change=partial(placed, shot),
            on_undo=undo,
            locked=not bench.editable,
        )


next_label = crop.fresh_label("detail 1", branch.regions)
picture, rows = st.columns([3, 2], gap="medium")
with picture:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        press.button(
            "Undo",
            icon=":material/undo:",
            on_click=undo,
            key="undo-regions",
            disabled=not undone,
            help="Takes the last change of the regions back, whatever made it: a box drawn, moved, named or removed, "
            "the canvas's own reset, a new suggestion. Close-ups of a region that comes back are there again.",
        )
        press.button("Suggest five again", icon=":material/auto_fix_high:", on_click=suggest, key="suggest")
    board = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        surface = st.segmented_control(
            "Draw on",
            (FITTED, CANVAS),
            default=FITTED,
            required=True,
            key="surface",
            label_visibility="collapsed",
            help="The fitted picture takes fingers, mouse and keys, fits every window and comes as close as single "
            "pixels. The drawing canvas is streamlit-drawable-canvas: for the mouse, of one size. "
            "Both show the same regions.",
        )
        press.button(
            "Add box",
            icon=":material/add_box:",
            on_click=add_box,
            key="add-box",
            help="Puts a box in the middle of the picture.",
        )
with board:
    board_of("")
    if branch.whole is not None:
        st.markdown("**Whole view** · the same geometry, for what the close master leaves out, as a clasp")
        board_of("whole")
    st.caption(f"{len(branch.regions)} of {MAX_REGIONS} regions · whole master pixels · saved as you draw")

with rows:
    if not branch.regions:
        st.info("No region yet: draw one on the picture, press Add box, or let Loupe suggest five.")
    previews = {
        shot: cuts(bench.store, branch.pictured(shot), tuple(region.box for region in branch.on(shot)))
        for shot in pictures
    }
    for region in branch.regions:
        preview = previews[region.shot][region.box]
        region_row(region, branch.pictured(region.shot), preview, factor=FACTOR, typed=typed, remove=remove)

frame.footer(HERE, design, ready=bool(branch.regions), hint="Add at least one region first.")
