"""Tracing a photograph on the 3D page: which family it is, points on its curves, and the piece to lay by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from pages.ui import canvas, errors, frame, press, progress, session
from pages.ui.points import Place, Places, Points
from pages.ui.workbench import workbench
from pipeline import images, photo
from pipeline.orders import EditOrder, TraceOrder
from pipeline.records import Asset, Branch, Design, Detail, Model3D
from pipeline.records.brush import Stroke
from pipeline.stages import vary
from pipeline.stages.trace import others_of, placement_of
from pipeline.trace.records import CURVES, Curve, Placement, Point

_WIDE_PX = 560
_SHOWN_PX = 420
_GLIMPSE_PX = 112
_COLOURS: dict[Curve, str] = {"hole": "#b3261e", "rim": "#1d4ed8", "edge": "#6d28d9", "girdle": "#047857"}
_KINDS = ("ring", "earrings", "necklace", "bracelet")
_ANY = "Find out"

if TYPE_CHECKING:
    from pipeline.trace.families import Family
    from pipeline.trace.picture import Picture


def can_be_traced(design: Design, branch: Branch) -> bool:
    """Whether the master is a photograph of a kind that families stand for."""
    return design.kind in _KINDS and branch.master.recipe.detail != Detail.RENDERED.value


def panel(design: Design, branch: Branch) -> None:
    """The photograph's way to a piece of geometry: begin by itself, or through points."""
    with st.expander(
        f"Trace it as a {design.kind}", icon=":material/polyline:", key="trace", on_change="rerun"
    ) as box:
        if not box.open:
            return
        st.write(
            "The photographed piece is modelled after families the atelier can make. What comes of it has sizes, bench "
            "drawings, every side and an STL; how well it lies on the photograph is measured and said."
        )
        style = _family(design)
        size_mm = _size(design)
        places = _points(design, branch, style) if style else {}
        count = sum(len(rows) for rows in places.values())
        label = f"Trace through {count} points" if count else "Trace it"
        if press.button(
            label,
            type="primary",
            icon=":material/polyline:",
            key="trace-it",
            disabled=progress.running(design.id, "trace"),
        ):
            placed = tuple(Point(curve=curve, x=x, y=y) for curve, rows in places.items() for x, y in rows)
            progress.submit(
                lambda: TraceOrder(design_id=design.id, style=style, points=placed, size_mm=size_mm)
            )
            st.rerun()
    progress.panel(design.id, "trace")


def _family(design: Design) -> str:
    from pipeline.trace.families import OUTLINE, families

    styles = list(dict.fromkeys(family.style for family in families(design.kind)))
    styles += [OUTLINE] if design.kind == "necklace" else []
    chosen = st.pills(
        "Family",
        [_ANY, *styles],
        default=_ANY,
        format_func=lambda style: style.replace("_", "-").capitalize(),
        key="trace-family",
        help="Which family it is decides more than any measure. Found out by itself it takes longer, and may err. "
        "Outline cuts a flat plate after the photograph's own outline, its holes kept.",
        wrap=True,
    )
    if chosen in styles:
        return str(chosen)
    with st.container(horizontal=True):
        for style in (known for known in styles if known != OUTLINE):
            st.image(_thumbnail(design.kind, style), caption=style.replace("_", "-").capitalize(), width=84)
    return ""


@lru_cache(maxsize=40)
def _thumbnail(kind: str, style: str) -> bytes:
    """The usual piece of a family, drawn in its labels' colours, PNG."""
    import numpy as np

    from pipeline.solids.pose import Pose
    from pipeline.trace.families import families
    from pipeline.trace.tracing import seen_by

    family = families(kind, style)[0]
    pose = Pose(0, 60, 0, 2.2, 0.5, 0.5) if kind == "necklace" else Pose(22, 24, 0, 2.2, 0.5, 0.5)
    seen = seen_by(family, {}, pose, 168)
    colours = np.array([(214, 178, 110), (120, 140, 190), (170, 180, 205), (255, 255, 255)], np.uint8)
    return images.encode_png(colours[seen])


def _size(design: Design) -> float | None:
    from pipeline.trace.families import families

    size = families(design.kind)[0].size
    return st.number_input(
        f"{size.label.capitalize()}, mm" if design.kind in ("ring", "bracelet") else "Its one length, mm",
        min_value=0.1,
        max_value=500.0,
        value=None,
        placeholder="as usual",
        step=0.1,
        key="trace-size",
        width=240,
        help="A picture has no scale. Of a ring the inside diameter, of a bracelet the inner circumference, of a plate "
        "its height, of a set stone the stone's length, of a hoop the outside diameter; if empty, as usual.",
    )


def _points(design: Design, branch: Branch, style: str) -> Places:
    """Points by curve that the style has: placed with mouse or finger, or typed."""
    from pipeline.trace.families import OUTLINE
    from pipeline.trace.points import curves_of

    known = () if style == OUTLINE else curves_of(design.kind, style)
    if not known:
        st.caption("This family is traced without points.")
        return {}
    curve: Curve = st.segmented_control(
        "Points on",
        known,
        default=known[0],
        required=True,
        format_func=str.capitalize,
        key=f"trace-curve-{'-'.join(known)}",
        help="; ".join(f"{name}: {CURVES[name]}" for name in known),
    )
    master = branch.master
    key = f"trace-{master.id[:12]}-{curve}"
    view = canvas.fitted(master, _WIDE_PX, key=f"trace-{master.id[:12]}")
    session_key = f"trace-points-{master.id[:12]}"
    before = _on_canvas(key, view)

    def drawn() -> None:
        session.keep(session_key, _kept(session_key).with_drawn(curve, before, _on_canvas(key, view)))

    st.caption(
        f"{CURVES[curve].capitalize()}: click or tap along it. Six on each of {', '.join(known)} lay the piece over "
        "cloth and sand too; none at all is fine on a plain backdrop."
    )
    st_canvas(
        drawing_mode="freedraw",  # its point mode hears no finger
        background_image=canvas.backdrop(workbench().store.thumbnail(master, 900), view),
        width=view.width + 2 * canvas.PAD_PX,
        height=view.height + 2 * canvas.PAD_PX,
        stroke_width=canvas.DOT_PX,
        stroke_color=_COLOURS[curve],
        key=key,
        on_change=drawn,
    )
    typed = _typed(session_key, known)
    aside = sum(len(rows) for name, rows in typed.items() if name not in known)
    if aside:
        st.caption(f"{aside} points lie on curves that this family does not have; they are left aside.")
    return {name: rows for name, rows in typed.items() if name in known}


def _typed(session_key: str, known: Sequence[Curve]) -> Places:
    """All points as the table of them has them, kept for this visit."""
    points = _kept(session_key)
    table_key = f"{session_key}-{points.table}"
    if not session.has(table_key):  # it was away, with what was typed into it
        points = replace(points, begun=points.places)
    rows: list[dict[str, Any]] = [
        {"curve": name, "x": round(100 * x, 1), "y": round(100 * y, 1)}
        for name, places in points.begun.items()
        for x, y in places
    ]
    with st.popover("Type the points", icon=":material/keyboard:"):
        edited = st.data_editor(
            rows or [{"curve": known[0], "x": None, "y": None}],
            num_rows="dynamic",
            column_config={
                "curve": st.column_config.SelectboxColumn("Curve", options=list(CURVES), required=True),
                "x": st.column_config.NumberColumn("x, %", min_value=0.0, max_value=100.0),
                "y": st.column_config.NumberColumn("y, %", min_value=0.0, max_value=100.0),
            },
            key=table_key,
        )
    typed: Places = {}
    for row in edited:
        if row.get("curve") and row.get("x") is not None and row.get("y") is not None:
            place = (round(row["x"] / 100, 3), round(row["y"] / 100, 3))
            typed[row["curve"]] = (*typed.get(row["curve"], ()), place)
    session.keep(session_key, replace(points, places=typed))
    return typed


def _on_canvas(key: str, view: canvas.View) -> tuple[Place, ...]:
    return tuple((round(x, 3), round(y, 3)) for x, y in canvas.points(canvas.read(key), view))


def _kept(key: str) -> Points:
    points = session.value(key)
    return points if isinstance(points, Points) else Points()


def by_hand(design: Design, branch: Branch, model: Model3D) -> None:
    """A traced model to be laid better by hand: sliders that the overlay follows at once, its twin, the rest fitted."""
    placement = placement_of(model)
    if placement is None:
        return
    _laying(design, branch, model, placement)
    if press.button(
        "Begin a design with this piece",
        icon=":material/diamond:",
        key="trace-begin",
        help="Bench drawings, close-ups from geometry and variations are made there; this photograph stays here.",
    ):
        with errors.shown():
            begun = vary.modelled(workbench().store, design.id, model.id)
            progress.submit(
                lambda: EditOrder(design_id=begun.design.id, provider="atelier", origin=begun.origin)
            )
            st.switch_page(frame.STEPS[0].path, query_params={"design": begun.design.id})


def _others(design: Design, branch: Branch, model: Model3D, begun: Placement, moved: Placement) -> None:
    """The other families as each lies over this photograph, one press from being the model.

    What the sliders changed of the numbers that a family has too, it takes over.
    """
    from pipeline.trace.tracing import following

    ranked = others_of(model)
    if not ranked:
        return
    st.caption("The other families, best first, as each lies over the photograph; they follow the sliders.")
    with st.container(horizontal=True):
        for number, placement in enumerate(following(design.kind, other, begun, moved) for other in ranked):
            with st.container(width=_GLIMPSE_PX, key=f"trace-other-{number}"):
                st.image(_glimpse(branch, design.kind, placement), width="stretch")
                if press.button(
                    placement.family.replace("_", "-").capitalize(),
                    key=f"trace-take-{number}",
                    width="stretch",
                    disabled=progress.running(design.id, "trace"),
                    help="Fits this family on from here; the one above stays among the models.",
                ):
                    _order(TraceOrder(design_id=design.id, placement=placement, rest=True))


def _glimpse(branch: Branch, kind: str, placement: Placement) -> bytes:
    from pipeline.trace import tracing
    from pipeline.trace.families import placed

    family = placed(kind, placement)
    return images.encode_png(tracing.glimpse(_laid_under(branch, kind, family), family, placement))


@st.fragment
@errors.guarded
def _laying(design: Design, branch: Branch, model: Model3D, placement: Placement) -> None:
    from pipeline.trace.families import placed

    others = st.container()
    st.subheader("Lay it by hand", anchor=False)
    family = placed(design.kind, placement)
    history_key, undone_key = f"trace-history-{model.id}", f"trace-undone-{model.id}"
    history = session.value(history_key)
    steps: list[Placement] = history if isinstance(history, list) else [placement]
    current = steps[-1]
    undone = session.value(undone_key)
    turn = undone if isinstance(undone, int) else 0
    sliders, picture = st.columns([2, 3], gap="large")
    with sliders:
        values: dict[str, float] = {}
        for parameter in family.parameters[:5]:
            value = min(
                max(current.values.get(parameter.path, parameter.start), parameter.low), parameter.high
            )
            values[parameter.path] = st.slider(
                f"{parameter.label.capitalize()}{', mm' if parameter.is_length else ''}",
                parameter.low,
                parameter.high,
                round(value, 2),
                0.01,
                key=f"trace-{model.id}-{parameter.path}-{turn}",  # new after every Undo, else it stays where it was
            )
        st.caption(f"At {family.size.label} {family.size.reference_mm:g} mm; all lengths grow with it.")
        moved = _moved(current, values)
        if moved != current:
            steps = [*steps, moved]
            session.keep(history_key, steps)
        if press.button("Undo", icon=":material/undo:", key="trace-undo", disabled=len(steps) < 2):
            session.keep(history_key, steps[:-1])
            session.keep(undone_key, turn + 1)
            st.rerun(scope="fragment")
    with picture, st.container(width=_SHOWN_PX):  # a picture of fixed width would leave a phone's page
        st.image(
            _overlaid(branch, design.kind, moved),
            width="stretch",
            caption="Orange: only the photograph. Blue: only the model.",
        )
    _actions(design, model, moved, changed=moved != placement)
    with others:
        _others(design, branch, model, placement, moved)


def _moved(current: Placement, values: Mapping[str, float]) -> Placement:
    """The same piece with the sliders' values; what they only round stays exact."""
    changed = {
        path: value for path, value in values.items() if abs(value - current.values.get(path, value)) > 0.006
    }
    return current.model_copy(update={"values": {**current.values, **changed}}) if changed else current


def _actions(design: Design, model: Model3D, placement: Placement, *, changed: bool) -> None:
    busy = progress.running(design.id, "trace")
    size_mm = _size_of(model, placement)
    order = TraceOrder(design_id=design.id, placement=placement, size_mm=size_mm)
    with st.container(horizontal=True):
        if press.button(
            "Keep it so", icon=":material/check:", key="trace-keep", disabled=busy or not changed
        ):
            _order(order)
        if press.button("Fit the rest", icon=":material/tune:", key="trace-rest", disabled=busy):
            _order(order.model_copy(update={"rest": True}))
        if press.button(
            "Flip",
            icon=":material/flip:",
            key="trace-flip",
            disabled=busy,
            help="An outline alone does not tell which rim is nearer: the piece as its twin, seen from the other side.",
        ):
            _order(order.model_copy(update={"flip": True}))


def _order(order: TraceOrder) -> None:
    progress.submit(lambda: order)
    st.rerun()


def _size_of(model: Model3D, placement: Placement) -> float | None:
    """The one length a traced model was given, mm."""
    from pipeline.atelier.spec import Spec
    from pipeline.trace.families import placed

    spec = Spec.model_validate_json(model.glb.recipe.origin)
    group, name = placed(spec.kind, placement).size.path.split(".")
    return float(getattr(getattr(spec, group), name))


def _overlaid(branch: Branch, kind: str, placement: Placement) -> bytes:
    """The model's silhouette over the photograph, PNG."""
    from pipeline.trace import tracing
    from pipeline.trace.families import placed

    family = placed(kind, placement)
    picture = _laid_under(branch, kind, family)
    return images.encode_png(tracing.shown(picture, family, placement)[::2, ::2])


def _laid_under(branch: Branch, kind: str, family: "Family") -> "Picture":
    corrected = tuple(stroke.model_dump_json() for stroke in branch.strokes)
    manner = "outline" if family.outline else "pair" if family.pair else "single"
    return _picture(branch.master.model_dump_json(), corrected, kind, manner, family)


@st.cache_resource(max_entries=4, show_spinner=False)
def _picture(
    master: str,
    strokes: tuple[str, ...],
    kind: str,
    manner: str,  # noqa: ARG001 -- stands for the family in the key: all of one manner lie on the same mask
    _family: "Family",
) -> "Picture":
    """The photograph with its mask as it is corrected, kept while families are laid over it."""
    from pipeline.trace import tracing

    pixels = workbench().store.pixels(Asset.model_validate_json(master))
    mask = photo.brush.piece_mask(pixels, [Stroke.model_validate_json(stroke) for stroke in strokes])
    return tracing.picture_under(pixels, kind, _family, mask)
