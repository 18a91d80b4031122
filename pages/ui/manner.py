"""How sheets are drawn: style, line weight, darkness, grain and paper, with a small drawing that follows at once."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.ui import errors, session
from pages.ui.workbench import workbench
from pipeline.drawing import PAPERS, STYLES, manner
from pipeline.providers.base import Silent
from pipeline.records import Design
from pipeline.stages import sketch
from pipeline.stages.subjects import Subject

_CONTROLS = (
    ("weight", "Line weight", 0.4, 2.0, "Scales every pen; 1 gives 0.5, 0.3, 0.2 and 0.15 mm on the sheet."),
    ("darkness", "Darkness", 0.0, 2.0, "How dark the shading is laid; 0 leaves lines alone."),
    ("grain", "Grain", 0.0, 2.0, "The tooth of the paper under the pencil."),
)


def style(*, followed: bool) -> str:
    """The style; a provider that only reads a prompt follows none."""
    chosen = st.segmented_control(
        "Style", STYLES, default="pencil", required=True, key="style", disabled=not followed, wrap=True
    )
    return chosen if followed else "pencil"


def controls(*, followed: bool) -> dict[str, Any]:
    """The other controls' values by name; a provider that only reads a prompt follows none but the paper."""
    chosen: dict[str, Any] = {}
    for column, (name, label, low, high, help_) in zip(st.columns(3), _CONTROLS, strict=True):
        with column:
            chosen[name] = st.slider(
                label, low, high, 1.0, 0.1, key=f"manner-{name}", help=help_, disabled=not followed
            )
    chosen["paper"] = st.segmented_control("Paper", tuple(PAPERS), default="A4", required=True, key="paper")
    return chosen


def preview(design: Design, subjects: tuple[Subject, ...], provider: str, chosen: dict[str, Any]) -> None:
    """One subject drawn small, in place; what cannot be drawn is said."""
    by_id = {subject.id: subject for subject in subjects}
    if session.has("previewed") and session.value("previewed") not in by_id:
        session.drop("previewed")
    shown = st.selectbox("Preview of", list(by_id), key="previewed", format_func=lambda i: by_id[i].title)
    bench = workbench()
    if not bench.editable or shown is None:
        return
    subject, master = by_id[shown], design.branch.master if design.branch else None
    if master is None:
        return
    asked = {name: value for name, value in chosen.items() if name != "paper"}

    def draw() -> bytes:
        return sketch.preview(
            bench.store,
            bench.provider(provider, design.id),
            design.id,
            subject,
            manner(**asked),
            watch=Silent(),
        )

    # All that a drawing follows from; the folder, for what is drawn there stays there.
    origin = (str(bench.store.folder), provider, master.id, master.recipe.origin)
    with errors.shown(), st.spinner("Drawing …", show_time=False):
        drawn = _drawn(origin, subject.id, (subject.source.id, subject.window), asked, draw)
        with st.container(width=320):  # the picture's own width would have it encoded anew at every rerun
            st.image(drawn, width="stretch", alt=f"Preview: {subject.title}, {chosen['style']}")


@st.cache_data(max_entries=64, show_spinner=False)
def _drawn(
    origin: tuple[str, ...],  # noqa: ARG001 - these four are the cache's key
    subject: str,  # noqa: ARG001
    source: tuple[str, tuple[int, int, int, int]],  # noqa: ARG001
    manner: dict[str, Any],  # noqa: ARG001
    _draw: Callable[[], bytes],
) -> bytes:
    """A preview, drawn once for all sessions: every rerun of the page shows it again."""
    return _draw()
