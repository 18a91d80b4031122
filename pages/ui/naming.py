"""A design's name, to be changed where it stands."""

import streamlit as st

from pages.ui import errors, session
from pages.ui.workbench import workbench
from pipeline.records import LONGEST_NAME, Design


def name_field(design: Design, *, place: str) -> None:
    """The name as a field; `place` tells the several fields of one page apart. Who only looks reads it."""
    if not workbench().editable:
        st.text(design.name)
        return
    # The value is part of the key: a name changed elsewhere is shown here, too.
    key = f"name-{place}-{design.id}-{session.counter('name')}-{design.name}"
    st.text_input(
        "Name",
        design.name,
        max_chars=LONGEST_NAME,
        key=key,
        on_change=_rename,
        args=(design.id, key),
        label_visibility="collapsed",
        help="It stands on the showcase, on every document and in the names of files.",
    )


@errors.guarded
def _rename(design_id: str, key: str) -> None:
    name = str(session.value(key) or "").strip()
    if name:
        workbench().store.rename(design_id, name)
    else:  # an emptied field leaves the name as it is, and shows it again
        session.bump("name")
