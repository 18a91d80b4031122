"""Step 6: the finished set on one page, and everything of it to take away."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.ui import fidelity, frame
from pages.ui.components.plates import Plate, showcase
from pages.ui.components.viewer import viewer
from pages.ui.workbench import workbench
from pipeline import images
from pipeline.export import archive, cards, dossier
from pipeline.export import page as document
from pipeline.export.proof import prove
from pipeline.records import Branch, CloseUp, Design, Sketch
from pipeline.store import Store

HERE = frame.STEPS[5].path
DOWNLOADS: dict[str, tuple[Callable[[Store, Design], bytes], str, str, str]] = {
    "Everything as ZIP": (
        archive.write,
        "zip",
        ":material/download:",
        "Every file with its manifest; it can be imported again elsewhere and verified.",
    ),
    "One HTML file": (
        document.write,
        "html",
        ":material/html:",
        "The showcase with sliders and 3D view inside; needs nothing but a browser.",
    ),
    "PDF dossier": (
        dossier.write,
        "pdf",
        ":material/picture_as_pdf:",
        "Cover, master, close-ups with figures, sketches and certificate.",
    ),
}

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
frame.header(
    HERE,
    design,
    f"One master, {len(design.branch.chosen_close_ups) if design.branch else 0} close-ups, "
    f"{len(design.branch.latest_sketches) if design.branch else 0} sketches, one 3D view: the same piece.",
)
branch = frame.require_branch(design)


def master_plate(branch: Branch) -> Plate:
    """The centre card."""
    return Plate(
        image=bench.store.thumbnail(branch.master, 900),
        full=lambda: bench.store.read(branch.master),
        title=design.name,
        caption=f"Master, {branch.master.width} x {branch.master.height} px",
        alt=f"Master of {design.name}",
    )


def close_up_plate(attempt: CloseUp) -> Plate:
    """A side card with its seal and its place on the master."""
    region = attempt.region
    width, height = branch.master.width, branch.master.height
    return Plate(
        image=bench.store.thumbnail(attempt.result, 900),
        full=lambda: bench.store.read(attempt.result),
        title=region.label,
        caption=attempt.raw.recipe.detail,
        seal=fidelity.seal(attempt),
        verdict=attempt.verdict,
        box=(region.x / width, region.y / height, region.width / width, region.height / height),
        alt=f"Close-up of {region.label}",
    )


def sketch_plate(drawn: Sketch) -> Plate:
    """A card of the bottom row."""
    return Plate(
        image=bench.store.thumbnail(drawn.sheet, 900),
        full=lambda: bench.store.read(drawn.sheet),
        title=drawn.title,
        caption=drawn.style,
        alt=f"Technical sketch: {drawn.title}",
    )


@st.dialog("All close-ups laid back into the master", width="large")
def proof(branch: Branch) -> None:
    """One number for the whole piece, and the nearly empty difference image."""
    with st.spinner("Averaging the close-ups down to master pixels …"):
        made = prove(bench.store, branch)
    if made is None:
        return
    st.metric("Agreement of the whole piece", f"{made.proof.psnr_db:.1f} dB")
    st.image(
        images.thumbnail(made.difference, 900),
        width="stretch",
        alt="Difference image: white where nothing differs",
    )
    st.caption(
        f"Every close-up averaged down and pasted over the master, then subtracted: white is no difference, each grey "
        f"level of difference is shown as 16. Largest difference {made.proof.largest_level} of 255, over "
        f"{made.proof.covered:.0%} of the master. What is finer than a master pixel this cannot see."
    )


def written(write: Callable[[Store, Design], bytes]) -> bytes:
    """A document of the set as it is now; made when its button is pressed."""
    return write(bench.store, bench.store.load(design.id))


def card(shape: cards.Shape) -> bytes:
    """A card composed from the set as it is now."""
    return cards.write(bench.store, bench.store.load(design.id), shape)


missing = [step for step in frame.STEPS[1:5] if not step.done(branch)]
if missing:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="missing"):
        st.write("Still to do:")
        for step in missing:
            st.page_link(step.path, label=step.title, icon=step.icon, query_params={"design": design.id})

plates, side = st.columns([3, 1], gap="medium")
with plates:
    showcase(
        master_plate(branch),
        [close_up_plate(c) for c in branch.chosen_close_ups],
        [sketch_plate(s) for s in branch.latest_sketches],
        key=f"showcase-{design.id}",
    )
with side:
    if branch.model:
        viewer(
            bench.store.read(branch.model.glb),
            poster=bench.store.thumbnail(branch.master, 384),
            alt=f"3D model of {design.name}; drag to turn it",
            height=420,
            key=f"showcase-viewer-{branch.model.id}",
        )
        st.caption(branch.model.known)
    with st.container(border=True, key="figures"):
        st.markdown("**The whole set**")
        recipes = [asset.recipe for asset in design.assets()]
        st.caption(
            f"\\${sum(r.cost_usd for r in recipes):.2f} · {sum(r.seconds for r in recipes):.0f} s of work · "
            f"{sum(c.verdict != 'fail' for c in branch.chosen_close_ups)} of {len(branch.chosen_close_ups)} "
            "close-ups are the same piece"
        )
        if branch.chosen_close_ups and st.button("Composite-back proof", key="proof", width="stretch"):
            proof(branch)
        for name, (write, suffix, icon, told) in DOWNLOADS.items():
            st.download_button(
                name,
                partial(written, write),
                file_name=f"{design.id}.{suffix}",
                type="primary" if suffix == "zip" else "secondary",
                icon=icon,
                key=f"download-{suffix}",
                width="stretch",
                help=told,
            )
        with st.popover("Cards for social media", icon=":material/share:", width="stretch"):
            for shape, (width, height) in cards.SIZES.items():
                st.download_button(
                    f"{shape.capitalize()}, {width} x {height} px",
                    partial(card, shape),
                    file_name=f"{design.id}-{shape}.jpg",
                    mime="image/jpeg",
                    key=f"card-{shape}",
                    width="stretch",
                )
frame.footer(HERE, design, ready=True)
