"""The regions on streamlit-drawable-canvas: the other surface to draw them on, for who is used to it."""

from collections.abc import Callable, Sequence

from streamlit_drawable_canvas import boxes_to_drawing, st_canvas

from pages.ui import canvas, session
from pages.ui.cuts import backdrop
from pipeline.records import Asset, Region, Shot
from pipeline.store import Store

_VIEW_PX = 560
"""Its size is fixed; this fits the column of a laptop's page."""
_COLOURS = {"stroke_color": "#8a5a00", "fill_color": "rgba(190, 140, 30, 0.10)"}


def drawable(
    store: Store,
    master: Asset,
    regions: Sequence[Region],
    *,
    next_label: str,
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Show the master with its regions; what is drawn is read with `onto`."""
    view = _view(master)
    seed_key = f"seed-{key}"
    if not session.has(seed_key):
        seed = boxes_to_drawing(
            canvas.to_boxes(regions, view),
            stroke_color=_COLOURS["stroke_color"],
            stroke_width=canvas.STROKE_PX,
            fill_color=_COLOURS["fill_color"],
        )
        session.keep(seed_key, seed)
        session.keep(f"seen-{key}", canvas.labelled_boxes(seed["objects"], view))
    st_canvas(
        drawing_mode="labeled_rect",
        label=next_label,
        background_image=backdrop(store, master, view),
        initial_drawing=session.value(seed_key),
        width=view.width + 2 * canvas.PAD_PX,
        height=view.height + 2 * canvas.PAD_PX,
        stroke_width=canvas.STROKE_PX,
        font_size=15,
        key=key,
        on_change=on_change,
        **_COLOURS,
    )


def onto(master: Asset, key: str, shot: Shot = "") -> Callable[[Sequence[Region]], tuple[Region, ...]]:
    """What was drawn on the canvas with this key, as a change of the regions of its picture on disk."""
    view = _view(master)
    objects = canvas.read(key)
    seen = session.remembered(f"seen-{key}")
    session.keep(f"seen-{key}", canvas.labelled_boxes(objects, view))
    return lambda regions: canvas.from_objects(objects, regions, view, seen, shot)


def _view(master: Asset) -> canvas.View:
    fitted = min(_VIEW_PX, round(_VIEW_PX * master.width / master.height))
    return canvas.View(master.width, master.height, fitted)
