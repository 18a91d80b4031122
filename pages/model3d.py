"""Step 5: one rotatable 3D model, honest about how far it is known."""

import streamlit as st

from pages.ui import choose, errors, fidelity, frame, model, press, progress, session, trace, uploads
from pages.ui.components.viewer import viewer
from pages.ui.workbench import workbench
from pipeline.orders import ModelOrder
from pipeline.records import Role
from pipeline.solids.checks import MAX_BYTES

HERE = frame.STEPS[4].path

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
frame.header(HERE, design, "One model of the same piece, to turn and look at from every side.")
branch = frame.require_branch(design)

with st.container(border=True, key="model-settings"):
    home = bench.home_provider(design, Role.MODEL)
    stands = st.container()
    folded = st.expander("Another maker, or your own GLB", icon=":material/tune:", key="own-model")
    with folded:
        row = choose.provider(
            Role.MODEL, home=home, key="modeler", skip=() if home == "atelier" else ("atelier",)
        )
    label = "Make another model" if branch.model else "Make the 3D model"
    if press.button(
        f"{label}{choose.price(row, Role.MODEL, 1)}",
        type="secondary" if branch.model else "primary",
        icon=":material/view_in_ar:",
        key="make-model",
        place=stands,
        disabled=not row.ready or progress.running(design.id, "model"),
    ):
        progress.submit(lambda: ModelOrder(design_id=design.id, provider=row.id, take=len(branch.models)))
        st.rerun()
    with folded:
        st.markdown("**Your own GLB**")
        st.caption(
            "It is checked, laid over the master and scored like any other. "
            f"Binary glTF, everything inside the one file, at most {MAX_BYTES // 1_000_000} MB."
        )
        upload = st.file_uploader(
            "GLB",
            type=None,
            key="own-glb",
            label_visibility="collapsed",
            max_upload_size=MAX_BYTES // 1_000_000,
            disabled=not bench.editable,
        )
        if upload is not None and press.button(
            "Use this model",
            icon=":material/check:",
            key="use-glb",
            disabled=progress.running(design.id, "model"),
        ):
            with errors.shown():
                bench.bring_model(design.id, upload.getvalue(), person=session.session_id())
                uploads.used(session.session_id(), upload.file_id)
                st.rerun()
progress.panel(design.id, "model")
if trace.can_be_traced(design, branch):
    trace.panel(design, branch)

if branch.model is None:
    st.info(
        "The model appears here once it is made."
        if progress.running(design.id, "model")
        else "No model yet. For the atelier's own pieces it is exact; of a photograph it is a relief preview, unless "
        "the piece is traced."
    )
else:
    shown = branch.model
    view, facts = st.columns([7, 3], gap="medium")
    with facts:
        model.facts(shown)
        hotspots = model.casting(design, branch, shown)
        fidelity.foreign([shown.id], bench.store.provenance(design.id))
        recipe = shown.glb.recipe
        source = f"{errors.plain(recipe.provider)} · {shown.glb.size_bytes / 1e6:.1f} MB"
        st.caption(f"{source} · {recipe.seconds:.1f} s" if recipe.seconds else source)
        if len(branch.models) > 1:
            st.caption(f"{len(branch.models)} models kept; the newest is shown.")
    with view:
        viewer(
            bench.store.read(shown.glb),
            poster=bench.store.thumbnail(branch.master, 900),
            alt=f"3D model of {design.name}; drag to turn it",
            height=560,
            key=f"viewer-{shown.id}",
            hotspots=hotspots,
        )
    model.downloads(design, branch, shown)
    model.angles(design, shown)
    trace.by_hand(design, branch, shown)
frame.footer(HERE, design, ready=branch.model is not None, hint="Make the model first.")
