"""One known length on a photograph: a line drawn on the master, or two points typed, and its millimetres."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from pages.ui import canvas, errors, press, session
from pages.ui.workbench import workbench
from pipeline.records import Branch, Design, KnownLength
from pipeline.stages import sheets

_WIDE_PX = 560
_POINTS = (("x0", "From x"), ("y0", "From y"), ("x1", "To x"), ("y1", "To y"))

Ends = tuple[float, ...]
"""x and y of the first point, then of the second, in pixels of the master."""


def known_length(design: Design, branch: Branch) -> None:
    """Show or change the length that gives photo sheets their scale."""
    known = branch.known_length
    scale = f"{known.mm:g} mm are known" if known else "no measure is printed until one length is known"
    with st.expander(
        f"Scale: {scale}", icon=":material/straighten:", key="known-length", on_change="rerun"
    ) as box:
        if not box.open:
            return
        st.write(
            "Draw a line over something whose length you know, such as the stone's diameter, and say how long it is. "
            "The sheets then tell their scale and the overall size in the picture's plane, and the relief has its size."
        )
        _line(branch)
        _numbers(design, branch)


def _line(branch: Branch) -> None:
    """The master to draw on; the last line counts."""
    master = branch.master
    key = f"length-{master.id[:12]}"
    view = canvas.fitted(master, _WIDE_PX, key=key)

    def drawn() -> None:
        ends = canvas.last_line(canvas.read(key), view)
        if ends:
            session.keep(_session_key(branch), (*ends[0], *ends[1]))

    st_canvas(
        drawing_mode="freedraw",  # its line mode hears no finger; the two ends of the last stroke count
        background_image=canvas.backdrop(workbench().store.thumbnail(master, 900), view),
        width=view.width + 2 * canvas.PAD_PX,
        height=view.height + 2 * canvas.PAD_PX,
        stroke_width=canvas.STROKE_PX,
        stroke_color="#8a5a00",
        key=key,
        on_change=drawn,
    )


def _numbers(design: Design, branch: Branch) -> None:
    master, known = branch.master, branch.known_length
    ends = _ends(branch)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for place, (name, label) in enumerate(_POINTS):
            limit = float(master.width if name.startswith("x") else master.height)
            value = min(ends[place], limit)
            # The value is the field's own default and part of its key: one set through the session may not arrive
            # when the page is drawn twice in a row, and the field would then answer zero.
            key = f"known-{name}-{value:.0f}"
            st.number_input(
                label,
                0.0,
                limit,
                value,
                1.0,
                format="%.0f",
                key=key,
                on_change=_typed,
                args=(branch, place, key),
                width=104,
            )
        mm = st.number_input(
            "Length, mm", 0.1, 2000.0, known.mm if known else 10.0, 0.1, key="known-mm", width=120
        )
        if press.button("Set the scale", type="primary", icon=":material/check:", key="set-length"):
            _set(design, KnownLength(start=(ends[0], ends[1]), end=(ends[2], ends[3]), mm=mm))
        if known and press.button("Remove", icon=":material/delete:", key="remove-length", type="tertiary"):
            _set(design, None)


def _session_key(branch: Branch) -> str:
    return f"length-ends-{branch.master.id[:12]}"


def _ends(branch: Branch) -> Ends:
    """The points drawn or typed last, else those the scale was set with."""
    ends, known = session.value(_session_key(branch)), branch.known_length
    if isinstance(ends, tuple):
        return ends
    return (*known.start, *known.end) if known else (0.0, 0.0, 0.0, 0.0)


def _typed(branch: Branch, place: int, key: str) -> None:
    ends = list(_ends(branch))
    ends[place] = float(str(session.value(key)))
    session.keep(_session_key(branch), tuple(ends))


def _set(design: Design, known: KnownLength | None) -> None:
    with errors.shown():
        sheets.set_known_length(workbench().store, design.id, known)
        session.set_notice("The sheets carry their measures." if known else "The sheets carry no measures.")
        st.rerun()
