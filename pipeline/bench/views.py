"""The bench: what the ray engine sees of a piece becomes plates, in place or to scale.

Bench views of a piece: elevations with measures, a three-quarter view, the setting taken apart, and the gem map.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import cv2
import numpy as np

from pipeline import drawing, images
from pipeline.atelier.camera import Camera, Orthographic, aim, master_camera, project, stands, view_camera
from pipeline.atelier.measures import dimensions, stone_carats
from pipeline.atelier.piece import WORN_BY, Part, Piece
from pipeline.atelier.render.film import GBuffer
from pipeline.atelier.spec import Spec
from pipeline.drawing import Dimension, Manner, Plate, Stone, Surface
from pipeline.drawing.geometry import View
from pipeline.errors import BadInput
from pipeline.records import BENCH_VIEWS, Box

BUFFER_SIDE_PX = 1536
"""Longest side of the buffers lines are traced from; traced lines are sub-pixel, so they print at any size."""

_MARGIN = 1.04
_STONES_ON_A_MAP = 150


class Look(Protocol):
    """`Renderer.gbuffer`, or `render.gbuffer` in this process."""

    def __call__(
        self,
        piece: Piece,
        camera: Camera | Orthographic,
        *,
        width: int,
        height: int,
        supersample: int = 1,
        window: Box | None = None,
    ) -> GBuffer:
        """See the first surface through each pixel."""


@dataclass(frozen=True)
class Direction:
    """An orthographic view: its name, the way one looks, and which way is up on the sheet."""

    name: str
    forward: tuple[float, float, float]
    up: tuple[float, float, float]


FRONT = Direction("Front elevation", (0, 1, 0), (0, 0, 1))
SIDE = Direction("Side elevation", (-1, 0, 0), (0, 0, 1))
PLAN = Direction("Plan", (0, 0, -1), (0, 1, 0))
BACK = Direction("Back elevation", (0, -1, 0), (0, 0, 1))
UNDERSIDE = Direction("Underside", (0, 0, 1), (0, 1, 0))


def draw_in_place(
    spec: Spec,
    piece: Piece,
    look: Look,
    source: images.Pixels,
    *,
    window: Box | None,
    film: int,
    manner: Manner,
    side: int = 0,
    camera: Camera | None = None,
) -> Plate:
    """Draw the master's own view, or a window of it, over `source`: lines from geometry, light from the render.

    `window` (x, y, width, height) lies on the master's film of `film` pixels; the light of `source`, a render of
    the same view, becomes the shading. `side` is the longest side of the drawing, else that of the source: the smaller,
    the coarser and quicker. `camera` is the master's, where it is known already.
    """
    side = min(BUFFER_SIDE_PX, side or max(source.shape))
    x, y, wide, tall = window or (0, 0, film, film)
    whole = window in (None, (0, 0, film, film))
    if whole:
        width, part = side, None
    else:
        finer = max(1, round(side / max(wide, tall)))
        width, part = film * finer, (x * finer, y * finer, wide * finer, tall * finer)
    camera = camera or master_camera(piece)
    traced = _perspective(piece, look, camera, width, part)
    measures = tuple(_in_words(m) for m in dimensions(spec, piece)) if whole else ()
    return drawing.engrave(traced, manner, rgb=source, to_scale=False, measures=measures)


def bench_view(spec: Spec, piece: Piece, look: Look, name: str, manner: Manner) -> Plate:
    """Draw one of BENCH_VIEWS of a piece. Raises BadInput for another name.

    A necklace or chain bracelet is shown whole from the front; its other views are of what it carries, at a larger
    scale.
    """
    if name not in BENCH_VIEWS:
        raise BadInput(f"There is no view {name!r}; choose one of {', '.join(BENCH_VIEWS)}.")
    if name == "three-quarter":
        return _three_quarter(piece, look, manner)
    if name == "exploded":
        return _exploded(_carried(piece), look, manner)
    if name == "gem map":
        return _gem_map(_carried(piece), look, manner)
    return _elevation(spec, piece, look, name, manner)


def _pitch(camera: Camera, width: int) -> float:
    """Size of a pixel in mm at the distance of what a perspective camera looks at, on a film of `width` pixels."""
    distance = float(np.linalg.norm(np.subtract(camera.target, camera.position)))
    return float(2 * np.tan(np.radians(camera.field_of_view_deg / 2)) * distance / width)


def _elevation(spec: Spec, piece: Piece, look: Look, name: str, manner: Manner) -> Plate:
    """A parallel view with its measures."""
    what, direction, title = _view(piece, _carried(piece), name)
    parallel, traced = _orthographic(what, look, direction)
    measures = dimensions(spec, piece)
    if what is not piece:
        measures = [m for m in measures if "overall" not in m.name]
    lines = _projected(measures, parallel, traced.surface)
    if what is not piece:
        lines += _overall(traced)
    return drawing.engrave(traced, manner, title=title, dimensions=lines)


def _three_quarter(piece: Piece, look: Look, manner: Manner) -> Plate:

    camera = view_camera(piece, "three-quarter")
    traced = _perspective(piece, look, camera)
    return drawing.engrave(traced, manner, title="Three-quarter view", to_scale=False)


def _gem_map(piece: Piece, look: Look, manner: Manner) -> Plate:

    parallel, traced = _orthographic(piece, look, FRONT if piece.kind == "earrings" else PLAN)
    # Numbers stand in the stones: shading would only be in their way.
    bare = replace(manner, style="contour") if manner.shaded else manner
    stones = _stones(piece, parallel, traced.surface)
    note = () if stones else ("No stones",)
    return drawing.engrave(traced, bare, title="Gem map", stones=stones, measures=note)


def _view(piece: Piece, carried: Piece, name: str) -> tuple[Piece, Direction, str]:
    """What an elevation shows, from where, and under which title."""
    if carried is not piece:
        hung = {"front": PLAN, "side": SIDE, "top": PLAN, "back": UNDERSIDE}[name]
        if name == "front":
            return piece, hung, "Whole, plan"
        what = "Pendant" if piece.kind == "necklace" else "Centre"
        return carried, hung, f"{what}, {'plan' if name == 'top' else hung.name.lower()}"
    lying = {"front": FRONT, "side": SIDE, "top": PLAN, "back": UNDERSIDE}
    direction = {**lying, "back": BACK}[name] if stands(piece) else lying[name]
    return piece, direction, direction.name


def _in_words(measure: Any) -> str:
    """A measure as a line of a list: its name, then what a dimension line would say."""
    sign = "Ø " if "diameter" in measure.name else ""
    note = f" ({measure.note})" if measure.note else ""
    return f"{measure.name.capitalize()}  {sign}{measure.value_mm:.2f} mm{note}"


def _carried(piece: Piece) -> Piece:
    """The piece without its chain and clasp, where anything hangs on them; else the piece itself."""
    return piece if piece.kind == "earrings" else piece.without(WORN_BY)


def _orthographic(piece: Piece, look: Look, direction: Direction) -> tuple[Orthographic, View]:
    """A parallel view that just holds the piece."""
    points = np.concatenate([part.vertices for part in piece.parts])
    forward = np.asarray(direction.forward, float)
    right = np.cross(forward, direction.up)
    across, along = points @ right, points @ np.cross(right, forward)
    pitch = max(np.ptp(across), np.ptp(along), 1.0) * _MARGIN / BUFFER_SIDE_PX
    width = max(64, round(np.ptp(across) * _MARGIN / pitch))
    height = max(64, round(np.ptp(along) * _MARGIN / pitch))
    low, high = points.min(axis=0), points.max(axis=0)
    centre = (low + high) / 2
    distance = float(np.linalg.norm(high - low)) + 50
    middle = (float(centre[0]), float(centre[1]), float(centre[2]))
    camera = Orthographic(middle, direction.forward, direction.up, width * pitch, distance)
    # Nobody else holds the buffers, so that they go as soon as they are healed.
    return camera, drawing.view(
        _surface(piece, look(piece, camera, width=width, height=height), forward, float(pitch))
    )


def _perspective(
    piece: Piece, look: Look, camera: Camera, side: int = BUFFER_SIDE_PX, window: Box | None = None
) -> View:
    """A square film of `side` pixels, or a window of it, traced."""
    direction, pitch = camera.frame()[0], _pitch(camera, side)
    return drawing.view(
        _surface(piece, look(piece, camera, width=side, height=side, window=window), direction, pitch)
    )


def _surface(piece: Piece, seen: GBuffer, forward: Any, pitch: float) -> Surface:

    faceted = tuple(index for index, part in enumerate(piece.parts) if not part.smooth)
    direction = (float(forward[0]), float(forward[1]), float(forward[2]))
    return Surface(seen.depth, seen.normal, seen.part, direction, pitch, faceted)


def _film(points: Any, camera: Orthographic, surface: Surface) -> Any:
    """Pixels (n, 2) at which points (n, 3) in mm appear."""
    forward = np.asarray(camera.direction, float)
    right = np.cross(forward, camera.up)
    away = np.asarray(points, float) - np.asarray(camera.centre)
    height, width = surface.part.shape
    x = away @ right / surface.pitch_mm + width / 2
    y = height / 2 - away @ np.cross(right, forward) / surface.pitch_mm
    return np.stack([x, y], axis=1)


def _projected(measures: Sequence[Any], camera: Orthographic, surface: Surface) -> list[Dimension]:

    out = []
    for measure in measures:
        (x0, y0), (x1, y1) = _film([measure.start, measure.end], camera, surface).tolist()
        out.append(Dimension(measure.name, measure.value_mm, (x0, y0), (x1, y1), measure.note))
    return out


def _overall(traced: View) -> list[Dimension]:
    """Width and height of what a view shows."""
    left, top, right, bottom = traced.box
    pitch = traced.surface.pitch_mm
    return [
        Dimension("overall width", round((right - left) * pitch, 2), (left, bottom), (right, bottom)),
        Dimension("overall height", round((bottom - top) * pitch, 2), (left, top), (left, bottom)),
    ]


def _stones(piece: Piece, camera: Orthographic, surface: Surface) -> list[Stone]:
    """Every stone of the piece, the heaviest first."""
    stones: list[Stone] = []
    for index, part in enumerate(piece.parts):
        if part.stone is None:
            continue
        long, wide = part.stone.length_mm, part.stone.width_mm
        size = f"{long:.2f}" if long - wide < 0.02 * long else f"{long:.2f} x {wide:.2f}"
        cut, weight = part.stone.cut.replace("_", " "), stone_carats(part.material, part.stone)
        middles = [(body.min(axis=0) + body.max(axis=0)) / 2 for body in part.stone_bodies()]
        # How much of each is seen: some lie under a prong or another stone, some are seen from the side.
        free = cv2.distanceTransform((surface.part == index).astype(np.uint8), cv2.DIST_L2, 5)
        for x, y in _film(middles, camera, surface).tolist():
            room = 2 * float(free[min(int(y), free.shape[0] - 1), min(int(x), free.shape[1] - 1)])
            across = min(wide / surface.pitch_mm, room)
            stones.append(Stone((x, y), across, cut, size, part.material.replace("_", " "), weight))
    return sorted(stones, key=lambda stone: -stone.carats)[:_STONES_ON_A_MAP]


def _exploded(piece: Piece, look: Look, manner: Manner) -> Plate:
    """The setting taken apart along its axis: body, setting, stone; a piece without a stone stays whole."""
    apart, azimuth, axis = _taken_apart(piece)
    camera = aim(apart, azimuth, 20.0)
    traced = _perspective(apart, look, camera)
    title = "Setting, exploded" if apart is not piece else "Perspective"
    axes = []
    if axis:
        start, end = project(camera, np.array(axis), BUFFER_SIDE_PX).tolist()
        axes = [((start[0], start[1]), (end[0], end[1]))]
    return drawing.engrave(traced, manner, title=title, to_scale=False, axes=axes)


def _taken_apart(piece: Piece) -> tuple[Piece, float, tuple[Any, ...]]:
    """The piece with its setting lifted off the body and the stone off its setting.

    Also the azimuth to see it from, and both ends of the axis in mm, none where nothing was taken apart.
    """
    parts = [part for part in piece.parts if part.side != "right"]
    single = [part for part in parts if part.stone is not None and not part.repeats]
    if not single:
        return piece, 28.0, ()
    stone = max(single, key=lambda part: float(np.ptp(part.vertices, axis=0).max()))
    extent = np.ptp(stone.vertices, axis=0)
    middle = (stone.vertices.min(axis=0) + stone.vertices.max(axis=0)) / 2
    reach = float(extent.max())
    # A stone is thinnest along the axis it was set along: upwards, or towards the viewer.
    axis = int(extent.argmin())
    away = np.zeros(3)
    away[axis] = -1.0 if axis == 1 else 1.0
    held, body = _parted([part for part in parts if part is not stone], middle, axis, reach)
    lift = 1.1 * reach * away
    moved = [_lifted(part, lift if body else 0 * lift) for part in held]
    steps = bool(body) + bool(held)
    apart = replace(piece, parts=(*body, *moved, _lifted(stone, steps * lift)))
    ends = (middle - 0.2 * lift, middle + (steps + 0.75) * lift) if steps else ()
    return apart, 62.0 if axis == 1 else 28.0, ends


def _parted(parts: list[Part], middle: Any, axis: int, reach: float) -> tuple[list[Part], list[Part]]:
    """The parts that hold a stone, and the others."""
    held: list[Part] = []
    body: list[Part] = []
    for part in parts:
        (held if _is_near(part, middle, axis, reach) else body).append(part)
    return held, body


def _is_near(part: Part, middle: Any, axis: int, reach: float) -> bool:
    """Whether a part is about as large as a stone that reaches so far, mm, and lies along its axis."""
    low, high = part.vertices.min(axis=0), part.vertices.max(axis=0)
    small = float((high - low).max()) < 1.9 * reach
    return small and float(np.abs(np.delete((low + high) / 2 - middle, axis)).max()) < 0.75 * reach


def _lifted(part: Part, offset: Any) -> Part:
    return replace(part, vertices=part.vertices + offset, repeats=())
