"""Crop boxes on streamlit-drawable-canvas: master pixels in, master pixels out.

The regions on disk are the only truth. The canvas is seeded from them when it is drawn afresh (first visit,
reload, a number changed) and writes back from its own change callback.
"""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from PIL import Image, ImageOps

from pages.ui import session
from pages.ui.components import room
from pipeline.errors import BadRegion
from pipeline.records import Asset, Box, Region, Shot
from pipeline.records.brush import MOST_POINTS, Stroke
from pipeline.stages import crop

LabelledBox = tuple[str, Box]

PAD_PX = 20
"""The canvas stops a box at the last mouse position inside it; with a margin the image's border can be reached."""
STROKE_PX = 2
DOT_PX = 9
"""Width of the brush where a touch of it is a point."""
_ORIGIN = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}


@dataclass(frozen=True)
class View:
    """How the master is laid on the canvas: `scale` canvas pixels a master pixel, inside a margin."""

    master_width: int
    master_height: int
    width: int
    """Canvas width without its margins, CSS pixels."""

    @property
    def scale(self) -> float:
        """Canvas pixels for one master pixel."""
        return self.width / self.master_width

    @property
    def height(self) -> int:
        """Canvas height without its margins."""
        return round(self.master_height * self.scale)


def fitted(master: Asset, side: int, *, key: str) -> View:
    """The master on a canvas of at most `side` px, as large as there is room here; `key` is the canvas's own."""
    wide = min(side, round(side * master.width / master.height))
    return View(master.width, master.height, room.width(wide + 2 * PAD_PX, key=f"room-{key}") - 2 * PAD_PX)


def backdrop(thumbnail: bytes, view: View) -> bytes:
    """The master's thumbnail with the margin around it, as JPEG for the canvas."""
    picture = Image.open(io.BytesIO(thumbnail)).resize((view.width, view.height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    ImageOps.expand(picture, PAD_PX, "#d9d4c9").save(out, "JPEG", quality=88)
    return out.getvalue()


def to_boxes(regions: Sequence[Region], view: View) -> list[dict[str, Any]]:
    """Regions as canvas boxes."""
    return [
        {
            "label": r.label,
            "left": r.x * view.scale + PAD_PX,
            "top": r.y * view.scale + PAD_PX,
            "width": r.width * view.scale,
            "height": r.height * view.scale,
        }
        for r in regions
    ]


def labelled_boxes(objects: Sequence[dict[str, Any]], view: View) -> list[LabelledBox]:
    """The labels and boxes of canvas objects, in master pixels."""
    return [(str(o.get("label", "")), _box(o, view)) for o in objects if o.get("type") == "LabeledRect"]


def from_objects(
    objects: Sequence[dict[str, Any]],
    known: Sequence[Region],
    view: View,
    seen: Sequence[LabelledBox] = (),
    shot: Shot = "",
) -> tuple[Region, ...]:
    """Canvas objects as regions. A box keeps its region's id by place, else by label; slips are dropped.

    `seen` are the boxes the canvas showed before this message. What was added or removed elsewhere while the
    message was on its way stays added or removed: a known region the canvas never showed is kept, and a box
    it has shown before whose region is gone does not come back.
    """
    boxes = labelled_boxes(objects, view)
    matched, unused = _matched(boxes, known)
    new = {
        number: crop.new_region(label, _positive(box), shot)
        for number, (label, box) in enumerate(boxes)
        if number not in matched and not _was_shown(label, box, seen)
    }
    regions = []
    for _, region in sorted({**matched, **new}.items()):
        with suppress(BadRegion):  # a click or a stray drag outside the picture
            regions.append(crop.clamp(region, view.master_width, view.master_height))
    unshown = [r for r in unused if not any(_same_place(r, label, box) for label, box in seen)]
    return (*regions, *unshown)


def _matched(boxes: Sequence[LabelledBox], known: Sequence[Region]) -> tuple[dict[int, Region], list[Region]]:
    """The known regions as the boxes of these numbers show them, and those that no box shows."""
    unused = list(known)
    matched: dict[int, Region] = {}
    for same in (_same_place, _same_label):
        for number, (label, box) in enumerate(boxes):
            match = next((r for r in unused if number not in matched and same(r, label, box)), None)
            if match is not None:
                unused.remove(match)
                matched[number] = _updated(match, label, box)
    return matched, unused


def _was_shown(label: str, box: Box, seen: Sequence[LabelledBox]) -> bool:
    return any(shown == label and _near(box, place) for shown, place in seen)


def read(key: str) -> list[dict[str, Any]]:
    """The objects of the canvas with this key, as its last message told them."""
    state = cast("dict[str, Any]", session.value(key) or {})
    drawing = state.get("drawing") or {}
    return list((drawing.get("raw") or {}).get("objects", []))


def _box(drawn: dict[str, Any], view: View) -> Box:
    width = float(drawn.get("width", 0)) * float(drawn.get("scaleX", 1))
    height = float(drawn.get("height", 0)) * float(drawn.get("scaleY", 1))
    left = float(drawn.get("left", 0)) - _ORIGIN[drawn.get("originX", "left")] * width - PAD_PX
    top = float(drawn.get("top", 0)) - _ORIGIN[drawn.get("originY", "top")] * height - PAD_PX
    x, y = round(left / view.scale), round(top / view.scale)
    right, bottom = round((left + width) / view.scale), round((top + height) / view.scale)
    x, y = max(0, x), max(0, y)
    return x, y, right - x, bottom - y


def _positive(box: Box) -> Box:
    x, y, width, height = box
    return x, y, max(1, width), max(1, height)


def _updated(region: Region, label: str, box: Box) -> Region:
    x, y, width, height = _positive(box)
    return region.model_copy(
        update={"label": label.strip()[:40] or region.label, "x": x, "y": y, "width": width, "height": height}
    )


def _near(box: Box, other: Box) -> bool:
    return all(abs(a - b) <= 2 for a, b in zip(box, other, strict=True))


def _same_place(region: Region, _label: str, box: Box) -> bool:
    return _near(region.box, box)


def _same_label(region: Region, label: str, _box: Box) -> bool:
    return region.label == label.strip()


def last_line(
    objects: Sequence[dict[str, Any]], view: View
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Both ends of the line or stroke drawn last, in master pixels within the master; None when there is none."""
    lines = [o for o in objects if str(o.get("type", "")).lower() == "line" or _steps(o)]
    if not lines:
        return None
    line = lines[-1]
    if steps := _steps(line):
        (x0, y0), (x1, y1) = (_place(*step, view) for step in (steps[0], steps[-1]))
        wide, high = view.master_width, view.master_height
        return (x0 * wide, y0 * high), (x1 * wide, y1 * high)
    middle = [
        float(line.get(side, 0)) + (0.5 - _ORIGIN[line.get(origin, "left")]) * float(line.get(size, 0))
        for side, origin, size in (("left", "originX", "width"), ("top", "originY", "height"))
    ]
    ends = []
    for x, y in ((line.get("x1", 0), line.get("y1", 0)), (line.get("x2", 0), line.get("y2", 0))):
        px = (middle[0] + float(x) - PAD_PX) / view.scale
        py = (middle[1] + float(y) - PAD_PX) / view.scale
        ends.append((min(max(px, 0.0), view.master_width), min(max(py, 0.0), view.master_height)))
    return ends[0], ends[1]


def points(objects: Sequence[dict[str, Any]], view: View) -> tuple[tuple[float, float], ...]:
    """Middles of points on the canvas, and where strokes ended, as shares of the master's width and height, 0..1."""
    places = []
    for o in objects:
        if steps := _steps(o):
            places.append(_place(*steps[-1], view))
            continue
        if str(o.get("type", "")).lower() != "circle":
            continue
        reach = 2 * float(o.get("radius", 0)) + float(o.get("strokeWidth", 0))
        x, y = (
            float(o.get(side, 0)) + (0.5 - _ORIGIN[o.get(origin, side)]) * reach
            for side, origin in (("left", "originX"), ("top", "originY"))
        )
        places.append(_place(x, y, view))
    return tuple(places)


def _steps(drawn: dict[str, Any]) -> list[tuple[float, float]]:
    """Where a stroke of the brush went, canvas pixels with the margin; of anything else nothing."""
    if str(drawn.get("type", "")).lower() != "path":
        return []
    return [(float(step[-2]), float(step[-1])) for step in drawn.get("path", []) if len(step) >= 3]


def _place(x: float, y: float, view: View) -> tuple[float, float]:
    """A place on the canvas as shares of the master's width and height, 0..1."""
    return min(max((x - PAD_PX) / view.width, 0.0), 1.0), min(max((y - PAD_PX) / view.height, 0.0), 1.0)


def strokes(objects: Sequence[dict[str, Any]], view: View, *, adding: str) -> tuple[Stroke, ...]:
    """What was painted with the brush, in its order; the strokes of the colour `adding` add to the piece.

    One longer than a stroke may be becomes several, each beginning where the last one ended.
    """
    painted: list[Stroke] = []
    for o in objects:
        if str(o.get("type", "")).lower() != "path":
            continue
        places = [_place(*step, view) for step in _steps(o)]
        width = float(o.get("strokeWidth", 1)) / max(view.width, view.height)
        starts = range(0, max(len(places) - 1, min(len(places), 1)), MOST_POINTS - 1)
        painted += [
            Stroke(
                adds=o.get("stroke") == adding,
                width=min(max(width, 1e-4), 0.5),
                points=tuple(places[start : start + MOST_POINTS]),
            )
            for start in starts
        ]
    return tuple(painted)
