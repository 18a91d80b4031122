"""A piece that cannot be made as it is asked for: said before anything is rendered, with the nearest in its place."""

import streamlit as st

from pages.ui import errors, session
from pipeline.records import Kind
from pipeline.stages import generate


def refused(prompt: str, *, provider: str, chosen: Kind | None, standing: Kind | None) -> bool:
    """Say why a prompt is not made as it stands, and offer the nearest; False where it is made.

    Only the atelier refuses: an image model draws any piece. A kind chosen beside the prompt settles what is made.
    """
    refusal = generate.refusal(prompt, standing) if provider == "atelier" and chosen is None else None
    if refusal is None:
        return False
    st.warning(errors.plain(refusal.sentence), icon=":material/help:")
    if refusal.offer:
        label = "Yes, put it so in the prompt"
        st.button(label, key="offer", on_click=session.keep, args=("prompt", refusal.offer))
    return True
