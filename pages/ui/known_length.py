"""One known length on a photograph: a line drawn on the master, or two points typed, and its millimetres."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from pages.ui import canvas, errors, session
from pages.ui.workbench import workbench
from pipeline.records import Branch, Design, KnownLength
from pipeline.stages import sketch

_WIDE_PX, _PHONE_PX = 560, 300
_POINTS = (("x0", "From x"), ("y0", "From y"), ("x1", "To x"), ("y1", "To y"))


def known_length(design: Design, branch: Branch) -> None:
    """Show or change the length that gives photo sheets their scale."""
    known = branch.known_length
    told = f"{known.mm:g} mm are known" if known else "no measure is printed until one length is known"
    with st.expander(
        f"Scale: {told}", icon=":material/straighten:", key="known-length", on_change="rerun"
    ) as box:
        if not box.open:
            return
        st.write(
            "Draw a line over something whose length you know, such as the stone's diameter, and say how long it is. "
            "The sheets then tell their scale and the overall size in the picture's plane."
        )
        _line(branch)
        _numbers(design, branch)


def _line(branch: Branch) -> None:
    """The master to draw on; the last line counts."""
    master = branch.master
    phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
    side = _PHONE_PX if phone else _WIDE_PX
    view = canvas.View(master.width, master.height, min(side, round(side * master.width / master.height)))
    key = f"length-{master.id[:12]}"

    def drawn() -> None:
        ends = canvas.last_line(canvas.read(key), view)
        if ends:
            for (name, _), value in zip(_POINTS, (*ends[0], *ends[1]), strict=True):
                session.keep(f"known-{name}", value)

    st_canvas(
        drawing_mode="line",
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
    before = (*known.start, *known.end) if known else (0.0, 0.0, 0.0, 0.0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for (name, label), value in zip(_POINTS, before, strict=True):
            limit = master.width if name.startswith("x") else master.height
            if not session.has(f"known-{name}"):
                session.keep(f"known-{name}", float(value))
            st.number_input(label, 0.0, float(limit), step=1.0, format="%.0f", key=f"known-{name}", width=104)
        mm = st.number_input(
            "Length, mm", 0.1, 2000.0, known.mm if known else 10.0, 0.1, key="known-mm", width=120
        )
        if st.button("Set the scale", type="primary", icon=":material/check:", key="set-length"):
            _set(design, _told(mm))
        if known and st.button("Remove", icon=":material/delete:", key="remove-length", type="tertiary"):
            _set(design, None)


def _told(mm: float) -> KnownLength:
    x0, y0, x1, y1 = (float(str(session.value(f"known-{name}") or 0)) for name, _ in _POINTS)
    return KnownLength(start=(x0, y0), end=(x1, y1), mm=mm)


def _set(design: Design, known: KnownLength | None) -> None:
    with errors.shown():
        sketch.set_known_length(workbench().store, design.id, known)
        session.set_notice("The sheets carry their measures." if known else "The sheets carry no measures.")
        st.rerun()
