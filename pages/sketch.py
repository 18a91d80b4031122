"""Step 4: six framed technical sketches of the master and its close-ups."""

import streamlit as st

from pages.ui import choose, frame, progress
from pages.ui.workbench import workbench
from pipeline.jobs import Order
from pipeline.prompts import SKETCH
from pipeline.providers.base import Role
from pipeline.records import Sketch
from pipeline.stages import sketch

HERE = frame.STEPS[3].path
STYLES = ("pencil", "contour", "hatch", "stipple", "blueprint")

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
frame.header(
    HERE,
    design,
    "Technical drawings in black and grey, traced from the master and its close-ups, each on a framed sheet.",
)
branch = frame.require_branch(design)
subjects = sketch.subjects(branch)


def order(settings: dict[str, object], numbers: list[int], *, take: int = 0) -> None:
    """Begin drawing."""
    progress.submit(Order(design.id, "sketch", {**settings, "numbers": numbers, "take": take}))
    st.rerun()


@st.dialog("Sheet", width="large")
def enlarge(drawn: Sketch) -> None:
    """One sheet, as large as the page allows, and the file itself."""
    st.image(
        bench.store.thumbnail(drawn.sheet, 900), width="stretch", alt=f"Sheet {drawn.number}: {drawn.title}"
    )
    st.download_button(
        "Download the sheet at 300 dpi",
        lambda: bench.store.read(drawn.sheet),
        file_name=f"sheet-{drawn.number}.png",
        mime="image/png",
        icon=":material/download:",
        key=f"download-{drawn.id}",
    )


with st.container(border=True, key="sketch-settings"):
    left, right = st.columns([2, 3], gap="medium")
    with left:
        home = bench.home_provider(design, Role.SKETCH)
        row = choose.provider(
            Role.SKETCH, home=home, key="sketcher", skip=() if home == "atelier" else ("atelier",)
        )
    with right:
        style = st.segmented_control("Style", STYLES, default="pencil", required=True, key="style")
        with st.expander("Prompt sent to generative providers", icon=":material/chat:"):
            prompt = st.text_area(
                "Prompt", SKETCH, key="sketch-prompt", height=110, label_visibility="collapsed"
            )
    settings: dict[str, object] = {"provider": row.id, "style": style, "prompt": prompt}
    busy = progress.running(design.id, "sketch")
    cost = choose.price(row, Role.SKETCH, len(subjects))
    if st.button(
        f"Draw {len(subjects)} sheets{cost}",
        type="primary",
        icon=":material/draw:",
        key="draw-all",
        disabled=busy or not row.ready,
    ):
        order(settings, [])
    if len(subjects) < sketch.SHEETS:
        st.caption(
            f"{len(subjects)} of {sketch.SHEETS} sheets can be drawn; the others follow with their close-ups."
        )
progress.panel(design.id, "sketch")

drawn = branch.latest_sketches
if not drawn:
    st.info("No sheet yet. Press the button above; the sheets appear here as they are finished.")
for start in range(0, len(drawn), 3):
    for column, sheet in zip(st.columns(3), drawn[start : start + 3], strict=False):
        with column, st.container(border=True, key=f"sheet-{sheet.number}"):
            st.image(
                bench.store.thumbnail(sheet.sheet, 900),
                width="stretch",
                alt=f"Sheet {sheet.number}: {sheet.title}",
            )
            overlap = f"{sheet.figures.get('precision', 0):.0%} of its lines lie on the picture's own edges"
            st.caption(f"**{sheet.number}  {sheet.title}** · {sheet.style} · {overlap}")
            with st.container(horizontal=True):
                if st.button("Enlarge", icon=":material/fullscreen:", key=f"enlarge-{sheet.number}"):
                    enlarge(sheet)
                if st.button(
                    "Redo",
                    icon=":material/refresh:",
                    key=f"redo-{sheet.number}",
                    disabled=busy,
                    help="Draws this sheet again with the settings above; earlier versions stay.",
                ):
                    versions = sum(1 for s in branch.sketches if s.number == sheet.number)
                    order(settings, [sheet.number], take=versions)
frame.footer(HERE, design, ready=bool(drawn), hint="Draw the sheets first.")
