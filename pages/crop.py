"""Step 2: labelled crop boxes on the master."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit_drawable_canvas import boxes_to_drawing, st_canvas

from pages.ui import canvas, errors, frame, session
from pages.ui.cuts import backdrop, cuts
from pages.ui.workbench import workbench
from pipeline.records import MAX_REGIONS, Region
from pipeline.stages import crop, generate

HERE = frame.STEPS[1].path
VIEW_PX = 760
PHONE_PX = 300
FACTOR = 4
MOST_UNDONE = 50

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
# The canvas is as wide as it is told to be, and boxes cannot be drawn on it by touch.
phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
by_hand = (
    "Press Add box and set its place with the numbers below the picture."
    if phone
    else "Drag on the picture to add one; use the pencil above it to move, resize or remove one."
)
frame.header(HERE, design, f"Five regions become the close-ups. {by_hand}")
branch = frame.require_branch(design)
master = branch.master
side = PHONE_PX if phone else VIEW_PX
view = canvas.View(master.width, master.height, min(side, round(side * master.width / master.height)))
undone: list[tuple[Region, ...]] = session.remembered(f"undone-{master.id[:12]}")
canvas_key = f"canvas-{master.id[:12]}-{session.counter('canvas')}"


def edit(change: Callable[[tuple[Region, ...]], Sequence[Region]]) -> None:
    """Change the regions as they are on disk now; what they were before can be had back."""
    with errors.shown():
        before = _regions()
        crop.edit_regions(bench.store, design.id, change)
        if before != _regions():
            undone.append(before)
            del undone[:-MOST_UNDONE]


def _regions() -> tuple[Region, ...]:
    newest = bench.store.load(design.id).branch
    return newest.regions if newest else ()


@errors.guarded
def undo() -> None:
    """Back to the regions before the last change, whatever made it: the canvas's own reset, too."""
    before = undone.pop()
    crop.edit_regions(bench.store, design.id, lambda _: before)
    session.bump("canvas")


@errors.guarded
def drawn() -> None:
    """The canvas changed."""
    objects = canvas.read(canvas_key)
    seen = session.remembered(f"seen-{canvas_key}")
    edit(lambda regions: canvas.from_objects(objects, regions, view, seen))
    session.keep(f"seen-{canvas_key}", canvas.labelled_boxes(objects, view))


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
    redraw(lambda _: suggested)


taken = {region.label for region in branch.regions}
next_label = next((f"detail {n}" for n in range(1, 99) if f"detail {n}" not in taken), "detail")
with st.container(horizontal=True, vertical_alignment="bottom"):
    next_label = st.text_input(
        "Label of the next box", next_label, key=f"next-label-{next_label}", max_chars=40, width=260
    )
    st.button(
        "Add box",
        icon=":material/add_box:",
        on_click=add_box,
        key="add-box",
        help="Puts a box in the middle; set its place with the numbers. No mouse needed.",
    )
    st.button("Suggest five again", icon=":material/auto_fix_high:", on_click=suggest, key="suggest")
    st.button(
        "Undo",
        icon=":material/undo:",
        on_click=undo,
        key="undo-regions",
        disabled=not undone,
        help="Takes the last change of the regions back, also a reset of the canvas or a new suggestion. "
        "Close-ups of a region that comes back are there again.",
    )

seed_key = f"seed-{canvas_key}"
if not session.has(seed_key):
    seed = boxes_to_drawing(
        canvas.to_boxes(branch.regions, view),
        stroke_color="#8a5a00",
        stroke_width=canvas.STROKE_PX,
        fill_color="rgba(190, 140, 30, 0.10)",
    )
    session.keep(seed_key, seed)
    session.keep(f"seen-{canvas_key}", canvas.labelled_boxes(seed["objects"], view))
st_canvas(
    drawing_mode="labeled_rect",
    label=next_label,
    background_image=backdrop(bench.store, master, view),
    initial_drawing=session.value(seed_key),
    width=view.width + 2 * canvas.PAD_PX,
    height=view.height + 2 * canvas.PAD_PX,
    stroke_width=canvas.STROKE_PX,
    stroke_color="#8a5a00",
    fill_color="rgba(190, 140, 30, 0.10)",
    font_size=15,
    key=canvas_key,
    on_change=drawn,
)
st.caption(f"{len(branch.regions)} of {MAX_REGIONS} regions · whole master pixels · saved as you draw")

st.subheader("Regions", anchor=False)
if not branch.regions:
    st.info("No region yet: drag on the picture, press Add box, or let Loupe suggest five.")
previews = cuts(bench.store, master, tuple(region.box for region in branch.regions))
for region in branch.regions:
    with st.container(border=True, key=f"region-{region.id}"):
        preview, numbers = st.columns([1, 4], vertical_alignment="center")
        with preview, st.container(width=150):  # the picture's own width would have it encoded anew each time
            st.image(previews[region.box], width="stretch", alt=f"Crop {region.label}")
        with numbers:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                for name, value, limit in (
                    ("label", region.label, None),
                    ("x", region.x, master.width),
                    ("y", region.y, master.height),
                    ("width", region.width, master.width),
                    ("height", region.height, master.height),
                ):
                    # The value is the field's own default and part of its key: one set through the session may
                    # not arrive when the page is drawn twice in a row, and the field would then answer zero.
                    key = f"{name}-{region.id}-{session.counter(f'{name}-{region.id}')}-{value}"
                    if isinstance(value, str):
                        st.text_input(
                            "Label",
                            value,
                            key=key,
                            max_chars=40,
                            on_change=typed,
                            args=(region.id, name, key),
                            width=130,
                        )
                    else:
                        st.number_input(
                            name.capitalize(),
                            min_value=0 if name in "xy" else crop.MIN_REGION_PX,
                            max_value=limit,
                            value=value,
                            key=key,
                            on_change=typed,
                            args=(region.id, name, key),
                            width=104,
                        )
            with st.container(horizontal=True, vertical_alignment="center"):
                warning = crop.advice(region, FACTOR)
                if warning:
                    st.caption(f":orange[:material/warning: {warning}]")
                else:
                    st.caption(
                        f"{region.width} x {region.height} px → {region.width * FACTOR} x "
                        f"{region.height * FACTOR} px at {FACTOR}x"
                    )
                st.button(
                    "Remove",
                    icon=":material/delete:",
                    key=f"remove-{region.id}",
                    on_click=remove,
                    args=(region.id,),
                    type="tertiary",
                )

frame.footer(HERE, design, ready=bool(branch.regions), hint="Add at least one region first.")
