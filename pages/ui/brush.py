"""The mask of the piece, shown on its master, and a brush that adds to it or takes from it."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from pages.ui import canvas, errors, press
from pages.ui.workbench import workbench
from pipeline import images
from pipeline.errors import BadInput
from pipeline.records import Branch, Design
from pipeline.records.brush import Stroke
from pipeline.stages import mask

_WIDE_PX = 640
_ADDING, _TAKING = "#2e7d32", "#c62828"
_MODES = {"Add to the piece": _ADDING, "Take away": _TAKING}


def brush(design: Design, branch: Branch) -> None:
    """Show the mask, and let it be corrected."""
    count = len(branch.strokes)
    # Under another title it would be another box, and closed: the title stays whatever is painted.
    with st.expander("Mask of the piece", icon=":material/brush:", key="mask", on_change="rerun") as box:
        if not box.open:
            return
        words = f"Corrected by {count} stroke{'s' if count > 1 else ''}" if count else "As Loupe sees it"
        st.markdown(f"**{words}**")
        st.write(
            "What is tinted is taken for ground. On plain paper this is nearly always right; on cloth, in a scene, "
            "beside a hard shadow and where pale metal shines it is a guess, so look before you draw. Paint over "
            "what is missing of the piece, or over what is too much. "
            "Sketches, relief, shop set and checklist follow the same mask; what is drawn already stays until it is "
            "drawn again."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            mode = st.segmented_control(
                "Brush", list(_MODES), default="Add to the piece", required=True, key="brush"
            )
            width = st.slider("Width", 2, 60, 14, key="brush-width", width=220)
        st.caption(f"Seen on it: {mask.counted(workbench().store, branch)}.")
        view = _paint(branch, _MODES[mode or "Add to the piece"], width)
        _buttons(design, branch, view)


def _key(branch: Branch) -> str:
    """A fresh canvas for every state of the mask: what was kept is on its ground, not on it."""
    return f"brush-{branch.master.id[:12]}-{len(branch.strokes)}"


def _paint(branch: Branch, colour: str, width: int) -> canvas.View:
    master = branch.master
    view = canvas.fitted(master, _WIDE_PX, key=_key(branch))
    shown = images.encode_jpeg(mask.shown(workbench().store, branch), 88)
    st_canvas(
        drawing_mode="freedraw",
        background_image=canvas.backdrop(shown, view),
        width=view.width + 2 * canvas.PAD_PX,
        height=view.height + 2 * canvas.PAD_PX,
        stroke_width=width,
        stroke_color=colour,
        key=_key(branch),
    )
    return view


def _buttons(design: Design, branch: Branch, view: canvas.View) -> None:
    kept = branch.strokes
    with st.container(horizontal=True):
        if press.button("Correct the mask", type="primary", icon=":material/check:", key="apply-brush"):
            painted = canvas.strokes(canvas.read(_key(branch)), view, adding=_ADDING)
            if painted:
                _set(design, (*kept, *painted), "The mask is corrected.")
            else:
                errors.show(BadInput("Nothing is painted yet. Paint on the picture, then press again."))
        if kept and press.button("Take the last stroke back", icon=":material/undo:", key="undo-brush"):
            _set(design, kept[:-1], "The last stroke is taken back.")
        if kept and press.button(
            "As Loupe saw it", icon=":material/delete:", key="clear-brush", type="tertiary"
        ):
            _set(design, (), "The mask is as Loupe saw it.")


def _set(design: Design, strokes: tuple[Stroke, ...], words: str) -> None:
    with errors.shown():
        mask.correct(workbench().store, design.id, strokes)
        st.toast(words, icon=":material/check:")  # a notice would stand at the top, far from the picture
        st.rerun()
