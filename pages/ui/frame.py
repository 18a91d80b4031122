"""The frame of every page: deep links, the step header, the open design, Back and Next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from pages.ui import dialogs, errors, press, progress, session
from pages.ui.workbench import workbench
from pipeline.errors import LoupeError, UnknownDesign
from pipeline.records import Branch, Design


@dataclass(frozen=True)
class Step:
    """One of the six steps."""

    title: str
    path: str
    icon: str
    done: Callable[[Branch], bool]


GALLERY = "pages/gallery.py"
STEPS = (
    Step("Generate", "pages/generate.py", ":material/auto_awesome:", lambda _: True),
    Step("Crop", "pages/crop.py", ":material/crop:", lambda b: bool(b.regions)),
    Step("Enhance", "pages/enhance.py", ":material/zoom_in:", lambda b: bool(b.chosen_close_ups)),
    Step("Sketch", "pages/sketch.py", ":material/draw:", lambda b: bool(b.sketches)),
    Step("3D", "pages/model3d.py", ":material/view_in_ar:", lambda b: bool(b.models)),
    Step("Showcase", "pages/showcase.py", ":material/diamond:", lambda b: bool(b.sketches and b.models)),
)


_MAKERS = ("master", "variant")
"""Work that ends with a master, beside the whole set, which every page tells of."""


def enter(path: str) -> None:
    """Make sure app.py has drawn its frame: a deep link on a fresh server runs the page file alone."""
    dialogs.all_closed()
    if not session.framed():
        session.set_pending_page(path)
        session.design_id()
        try:
            st.switch_page("app.py")
        except (
            StreamlitPageNotFoundError
        ):  # it is drawing this page: the browser had the session cleared meanwhile
            session.take_pending_page()


def require_design() -> Design:
    """The open design. Without one, say what to do and end the page."""
    design_id = session.design_id()
    if design_id is None:
        _stop_empty("No design is open yet.", "Choose one in the gallery, or begin a new one.")
    try:
        design = workbench().store.load(design_id)
    except UnknownDesign as error:
        session.open_design(None)
        errors.show(error)
        _links()
        st.stop()
    except LoupeError as error:
        errors.show(error)
        _links()
        st.stop()
    session.open_design(design_id)
    return design


def require_branch(design: Design) -> Branch:
    """The open design's branch. Without a master, say what to do, or that it is being made, and end the page."""
    if design.branch is None:
        if any(progress.running(design.id, verb) for verb in _MAKERS):
            for verb in _MAKERS:  # each draws the page anew when it is done
                progress.panel(design.id, verb)
            if design.candidates:
                draft = workbench().store.thumbnail(design.candidates[0], 384)
                st.image(draft, caption="Its draft", alt=f"Draft of {design.name}")
            _stop_empty(
                "The master is being made.",
                "This page fills by itself once it is there; you can look around meanwhile.",
                go_on=f"To {STEPS[0].title}",
            )
        _stop_empty(
            "This design has no master image yet.",
            "Generate four candidates, or upload a photograph.",
            go_on=f"To {STEPS[0].title}",
        )
    return design.branch


def header(path: str, design: Design | None, lead: str) -> None:
    """Where one is, what is done, and what this step is for; without a lead the page begins at once."""
    here = next(i for i, step in enumerate(STEPS) if step.path == path)
    _step_links(here, design)
    if lead:
        st.title(STEPS[here].title, anchor=False)
        st.markdown(lead)
    if not workbench().editable and here + 1 < len(STEPS):
        st.caption(
            ":material/visibility: You are looking as a visitor: nothing is changed before you sign in, at the left."
        )
    notice = session.take_notice()
    if notice:
        st.success(notice, icon=":material/check:")
    trouble = session.take_trouble()
    if trouble:
        errors.show(trouble)
    if design is not None:
        if path == STEPS[-1].path:
            progress.seen(design.id)
        progress.panel(design.id, progress.WHOLE)


def _step_links(here: int, design: Design | None) -> None:
    branch = design.branch if design else None
    with st.container(horizontal=True, gap="small", key="steps"):
        for number, step in enumerate(STEPS):
            done = branch is not None and step.done(branch)
            st.page_link(
                step.path,
                label=f"**{number + 1}  {step.title}**" if number == here else f"{number + 1}  {step.title}",
                icon=":material/check_circle:" if done and number != here else step.icon,
                query_params={"design": design.id} if design else None,
                help="You are here" if number == here else "Done" if done else "Not done yet",
            )


def footer(path: str, design: Design | None, *, ready: bool, hint: str = "") -> None:
    """Back and Next; Next is quiet until this step has something to hand on."""
    here = next(i for i, step in enumerate(STEPS) if step.path == path)
    st.space("small")
    with st.container(horizontal=True, horizontal_alignment="distribute", key="footer"):
        back = STEPS[here - 1] if here else None
        if back is None:
            _go("Gallery", GALLERY, design, icon=":material/arrow_back:", key="back")
        else:
            _go(back.title, back.path, design, icon=":material/arrow_back:", key="back")
        if here + 1 < len(STEPS):
            following = STEPS[here + 1]
            _go(
                f"Next: {following.title}",
                following.path,
                design,
                icon=":material/arrow_forward:",
                key="next",
                primary=ready,
                disabled=not ready,
                help=hint if not ready else None,
            )


def _go(
    label: str,
    path: str,
    design: Design | None,
    *,
    icon: str,
    key: str,
    primary: bool = False,
    disabled: bool = False,
    help: str | None = None,  # noqa: A002 - streamlit's own word
) -> None:
    pressed = press.button(
        label,
        key=key,
        anyone=True,
        icon=icon,
        icon_position="right" if primary or key == "next" else "left",
        type="primary" if primary else "secondary",
        disabled=disabled,
        help=help,
    )
    if pressed:
        st.switch_page(path, query_params={"design": design.id} if design else None)


def _stop_empty(title: str, advice: str, *, go_on: str = "") -> NoReturn:
    """Say what is missing; `go_on` leads to the first step of the open design, else a new one is offered."""
    with st.container(border=True, horizontal_alignment="center", key="empty"):
        st.subheader(title, anchor=False)
        st.write(advice)
        _links(go_on)
    st.stop()


def _links(go_on: str = "") -> None:
    with st.container(horizontal=True):
        st.page_link(GALLERY, label="Open the gallery", icon=":material/grid_view:")
        if go_on:
            st.page_link(
                STEPS[0].path,
                label=go_on,
                icon=STEPS[0].icon,
                query_params={"design": session.design_id() or ""},
            )
        else:
            st.page_link(
                STEPS[0].path, label="Begin a new design", icon=":material/add:", query_params={"new": "1"}
            )
