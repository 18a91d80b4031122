"""Step 5: one rotatable 3D model, honest about how far it is known."""

import streamlit as st

from pages.ui import choose, frame, progress
from pages.ui.components.viewer import viewer
from pages.ui.workbench import workbench
from pipeline.jobs import Order
from pipeline.providers.base import Role

HERE = frame.STEPS[4].path

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
frame.header(HERE, design, "One model of the same piece, to turn and look at from every side.")
branch = frame.require_branch(design)

with st.container(border=True, key="model-settings"):
    home = bench.home_provider(design, Role.MODEL)
    row = choose.provider(
        Role.MODEL, home=home, key="modeler", skip=() if home == "atelier" else ("atelier",)
    )
    label = "Make another model" if branch.model else "Make the 3D model"
    if st.button(
        f"{label}{choose.price(row, Role.MODEL, 1)}",
        type="secondary" if branch.model else "primary",
        icon=":material/view_in_ar:",
        key="make-model",
        disabled=not row.ready or progress.running(design.id, "model"),
    ):
        params = {"provider": row.id, "take": len(branch.models)}
        progress.submit(Order(design.id, "model", params))
        st.rerun()
progress.panel(design.id, "model")

if branch.model is None:
    st.info(
        "No model yet. For the atelier's own pieces it is exact; for a photograph it is a relief preview."
    )
else:
    model = branch.model
    glb = bench.store.read(model.glb)
    view, facts = st.columns([3, 1], gap="large")
    with view:
        viewer(
            glb,
            poster=bench.store.thumbnail(branch.master, 900),
            alt=f"3D model of {design.name}; drag to turn it",
            height=560,
            key=f"viewer-{model.id}",
        )
    with facts:
        st.markdown("**How far it is known**")
        st.write(model.known)
        st.caption(
            f"{model.glb.recipe.provider} · {model.glb.size_bytes / 1e6:.1f} MB · {model.glb.recipe.seconds:.1f} s"
        )
        st.download_button(
            "Download the GLB",
            lambda: glb,
            file_name="model.glb",
            mime="model/gltf-binary",
            icon=":material/download:",
            key="download-glb",
        )
        if len(branch.models) > 1:
            st.caption(f"{len(branch.models)} models kept; the newest is shown.")
frame.footer(HERE, design, ready=branch.model is not None, hint="Make the model first.")
