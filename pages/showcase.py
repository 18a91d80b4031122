"""Step 6: the finished set on one page, and everything of it to take away."""

import streamlit as st

from pages.ui import dialogs, errors, fidelity, frame, handout, press, progress, session
from pages.ui.components.plates import Plate, is_narrow, showcase
from pages.ui.components.viewer import viewer
from pages.ui.naming import name_field
from pages.ui.plates import sketch_plate, view_plates, whole_plates
from pages.ui.workbench import workbench
from pipeline import images
from pipeline.export import certificate
from pipeline.export.proof import prove
from pipeline.records import Branch, CloseUp

HERE = frame.STEPS[5].path
SIDE_PX = 270
"""Narrow enough to stand beside the plates, wide enough for the viewer's controls."""
ROOMY = """<style>
[data-testid="stMainBlockContainer"] { padding: 4rem clamp(1rem, 2.5vw, 3rem) 2rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.5rem; }
.st-key-page-name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
</style>"""
"""The piece's own name is what is read here; that of the page is for those who listen."""

MADE = ("enhance", "sketch", "model")
"""Work whose parts come to stand here; that on the whole set stands for all of it."""

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
presenting = session.presenting()
st.html(ROOMY)
if not presenting:
    frame.header(HERE, design, "")
    with st.container(key="page-name"):
        st.title(frame.STEPS[5].title, anchor=False)
branch = frame.require_branch(design)
provenance = bench.store.provenance(design.id)


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
    words, verdict = fidelity.seal(attempt, provenance)
    return Plate(
        image=bench.store.thumbnail(attempt.result, 900),
        full=lambda: bench.store.read(attempt.result),
        title=region.label,
        caption=f"{attempt.raw.recipe.detail} · cut from the whole view"
        if region.shot
        else attempt.raw.recipe.detail,
        seal=words,
        figure=fidelity.figure(attempt) if verdict else "",
        verdict=verdict,
        box=None
        if region.shot
        else (region.x / width, region.y / height, region.width / width, region.height / height),
        alt=f"Close-up of {region.label}",
    )


@dialogs.dialog("All close-ups laid back into the master", width="large")
def proof(branch: Branch) -> None:
    """One number for the whole piece, and the nearly empty difference image."""
    with st.spinner("Averaging the close-ups down to master pixels …"):
        composite = prove(bench.store, branch)
    if composite is None:
        return
    st.markdown(f"**{certificate.largest(composite.proof.largest_level)}**")
    st.metric(
        "Agreement of the whole piece",
        f"{composite.proof.psnr_db:.1f} dB",
        help="In decibels (PSNR): the more, the closer. Above 45 no eye sees a difference.",
    )
    st.image(
        images.thumbnail(composite.difference, 900),
        width="stretch",
        alt="Difference image: white where nothing differs",
    )
    st.caption(
        f"Every close-up averaged down and pasted over the master, then subtracted: white is no difference, each grey "
        f"level of difference is shown as 16. A nearly white picture is the proof. The close-ups cover "
        f"{composite.proof.covered:.0%} of {'both its pictures' if branch.whole else 'the master'}. What is finer than "
        "a master pixel this cannot see."
    )


# What is under way says itself what is still to come, and draws the page anew with each part of it.
under_way = [verb for verb in MADE if progress.running(design.id, verb)]
if not presenting and not progress.running(design.id, progress.WHOLE):
    for verb in under_way:
        progress.panel(design.id, verb)
hidden = presenting or under_way
missing = [] if hidden else [step for step in frame.STEPS[1:5] if not step.done(branch)]
if missing:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="missing"):
        st.write("Still to do:")
        for step in missing:
            st.page_link(step.path, label=step.title, icon=step.icon, query_params={"design": design.id})

key = f"showcase-{design.id}"
narrow = is_narrow(key)
both = st.container(horizontal=not narrow, gap="medium", key="both")
plates, side = (
    both.container(key="plates"),
    both.container(width="stretch" if narrow else SIDE_PX, key="side"),
)
with plates:
    showcase(
        master_plate(branch),
        [close_up_plate(c) for c in branch.chosen_close_ups] + whole_plates(branch, design.name),
        [sketch_plate(s) for s in branch.latest_sketches],
        view_plates(branch.model),
        key=key,
        narrow=narrow,
    )
with side:
    if branch.model:
        viewer(
            bench.store.read(branch.model.glb),
            poster=bench.store.thumbnail(branch.master, 384),
            alt=f"3D model of {design.name}; drag to turn it",
            height=300,
            key=f"showcase-viewer-{branch.model.id}",
        )
        st.caption(errors.plain(branch.model.known))
    with st.container(border=True, key="figures"):
        close_ups = branch.chosen_close_ups
        same = sum(c.verdict != "fail" for c in close_ups)
        words = f"{same} of {len(close_ups)} close-ups are the same piece" if close_ups else "No close-up yet"
        st.markdown(f"**{words}**")
        if certificate.holds(close_ups, provenance):
            st.caption(
                certificate.CLAIM,
                help="Drift is what a close-up changed of the piece. Averaged down to the master's own pixels, none of "
                "them changed anything an eye could see.",
            )
        if (bench.editable and not presenting) or bench.settings.client_details:
            recipes = [asset.recipe for asset in design.assets()]
            spent = certificate.spent(sum(r.seconds for r in recipes))
            st.caption(f"\\${sum(r.cost_usd for r in recipes):.2f} · {spent} of work")
        if close_ups and press.button(
            "Proof: all laid back into the master",
            key="proof",
            anyone=True,
            width="stretch",
            help="The composite-back: every close-up is averaged down to the master's pixels, pasted over it and "
            "subtracted. What is left is one number for the whole piece.",
        ):
            proof(branch)
        if not presenting:
            with st.container(horizontal=True, gap="small"):
                st.button(
                    "Present",
                    icon=":material/slideshow:",
                    key="present",
                    width="stretch",
                    on_click=session.present,
                    kwargs={"on": True},
                    help="The showcase alone, without the workshop around it; Escape leads back.",
                )
                if bench.editable:
                    with st.popover("Name", icon=":material/edit:", key="rename-here"):
                        name_field(design, place="showcase")
            handout.share(design)
            handout.documents(design)
            handout.social(design)
            handout.cut_out(design)
    if presenting:
        st.button(
            "Leave the presentation",
            key="leave",
            type="tertiary",
            icon=":material/close_fullscreen:",
            on_click=session.present,
            kwargs={"on": False},
            shortcut="esc",
        )
if not presenting:
    frame.footer(HERE, design, ready=True)
