"""The atelier's draughtsman: what the ray engine sees of a piece becomes drawings, in place or to scale.

Six sheets of a piece: three orthographic views with measures, a shaded three-quarter view, the setting taken
apart, and the gem map.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pipeline import images

if TYPE_CHECKING:
    from pipeline.atelier.camera import Camera, Orthographic
    from pipeline.atelier.piece import Part, Piece
    from pipeline.atelier.render import GBuffer
    from pipeline.atelier.spec import Spec
    from pipeline.drawing import Dimension, Page, Stone, Surface, TitleBlock, View

Box = tuple[int, int, int, int]

BUFFER_SIDE_PX = 1536
"""Longest side of the buffers lines are traced from; traced lines are sub-pixel, so they print at any size."""

_MARGIN = 1.04
_STONES_ON_A_MAP = 150


class Look(Protocol):
    """`Renderer.gbuffer`, or `render.gbuffer` in this process."""

    def __call__(
        self,
        piece: "Piece",
        camera: "Camera | Orthographic",
        *,
        width: int,
        height: int,
        supersample: int = 1,
        window: Box | None = None,
    ) -> "GBuffer":
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


def draw_in_place(
    piece: "Piece",
    look: Look,
    source: images.Pixels,
    *,
    window: Box | None,
    film: int,
    style: str,
    seed: int,
) -> images.Pixels:
    """Draw the master's own view, or a window of it, over `source`: same size, lines from geometry.

    `window` (x, y, width, height) lies on the master's film of `film` pixels; the light of `source`, a render of
    the same view, becomes the shading. Returns grey uint8 (h, w).
    """
    from pipeline.atelier.camera import master_camera
    from pipeline.drawing import line_drawing, view

    x, y, wide, tall = window or (0, 0, film, film)
    finer = max(1, round(BUFFER_SIDE_PX / max(wide, tall)))
    if window in (None, (0, 0, film, film)):
        width, part = min(film, BUFFER_SIDE_PX), None
    else:
        width, part = film * finer, (x * finer, y * finer, wide * finer, tall * finer)
    camera = master_camera(piece)
    seen = look(piece, camera, width=width, height=width, window=part)
    distance = float(np.linalg.norm(np.subtract(camera.target, camera.position)))
    pitch = 2 * np.tan(np.radians(camera.field_of_view_deg / 2)) * distance / width
    surface = _surface(piece, seen, camera.frame()[0], float(pitch))
    drawn = line_drawing(view(surface), style=style, rgb=source, seed=seed, size=source.shape[:2])
    return np.asarray(drawn, np.uint8)


def technical_pages(
    spec: "Spec", piece: "Piece", look: Look, *, block: "TitleBlock", light: images.Pixels | None = None
) -> "tuple[Page, ...]":
    """The six sheets of a piece. `light` is a square render of its three-quarter view, for the shading.

    A necklace or chain bracelet is shown whole once; its other views are of what it carries, at a larger scale.
    """
    from pipeline.atelier.camera import stands, view_camera
    from pipeline.atelier.figures import dimensions
    from pipeline.drawing import line_drawing, view, view_page

    carried = _carried(piece)
    # The whole piece first, then what it carries: setting a piece up costs more than looking at it.
    camera = view_camera(piece, "three-quarter")
    seen = look(piece, camera, width=BUFFER_SIDE_PX, height=BUFFER_SIDE_PX)
    traced = view(_surface(piece, seen, camera.frame()[0], 0.05))
    shading = line_drawing(traced, rgb=light, lines=False)
    told = replace(block, view="Three-quarter view", number=4, scale="not to scale")
    three_quarter = view_page(traced, block=told, shading=shading, to_scale=False)
    measures = dimensions(spec, piece)
    given: set[str] = set()
    views: list[Page] = []
    for number, (what, direction, title) in enumerate(_views(piece, carried, upright=stands(piece)), start=1):
        parallel, surface = _orthographic(what, look, direction)
        traced = view(surface)
        own = measures if what is piece else [m for m in measures if "overall" not in m.name]
        # What one view has measured the next need not repeat; only the overall size stands on every one.
        still = [m for m in _projected(own, parallel, surface) if m.name not in given]
        if what is not piece:
            still += _overall(traced)
        page = view_page(traced, block=replace(block, view=title, number=number), dimensions=still)
        written = {getattr(item, "text", "") for item in page.items}
        given |= {m.name for m in still if "overall" not in m.name and m.text in written}
        views.append(page)
    parallel, surface = _orthographic(carried, look, FRONT if piece.kind == "earrings" else PLAN)
    told = replace(block, view="Gem map", number=6)
    gem_map = view_page(view(surface), block=told, stones=_stones(spec, carried, parallel, surface))
    exploded = _exploded(carried, look, replace(block, number=5, scale="not to scale"))
    return (*views, three_quarter, exploded, gem_map)


def _views(piece: "Piece", carried: "Piece", *, upright: bool) -> "list[tuple[Piece, Direction, str]]":
    """What is shown, from where, and under which title, on the first three sheets."""
    if carried is not piece:
        return [
            (piece, PLAN, "Plan"),
            (carried, PLAN, "Pendant, plan"),
            (carried, SIDE, "Pendant, side elevation"),
        ]
    directions = (FRONT, SIDE, PLAN) if upright else (PLAN, FRONT, SIDE)
    return [(piece, direction, direction.name) for direction in directions]


def _carried(piece: "Piece") -> "Piece":
    """The piece without its chain and clasp, where anything hangs on them; else the piece itself."""
    hung = tuple(part for part in piece.parts if not part.name.startswith(("chain", "clasp", "jump ring")))
    return replace(piece, parts=hung) if hung and len(hung) < len(piece.parts) else piece


def _orthographic(piece: "Piece", look: Look, direction: Direction) -> "tuple[Orthographic, Surface]":
    """A parallel view that just holds the piece."""
    from pipeline.atelier.camera import Orthographic

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
    seen = look(piece, camera, width=width, height=height)
    return camera, _surface(piece, seen, forward, float(pitch))


def _surface(piece: "Piece", seen: "GBuffer", forward: Any, pitch: float) -> "Surface":
    from pipeline.drawing import Surface

    cut = {part.name for part in piece.parts if not part.smooth}
    faceted = tuple(index for index, name in enumerate(seen.names) if name in cut)
    direction = (float(forward[0]), float(forward[1]), float(forward[2]))
    return Surface(seen.depth, seen.normal, seen.part, direction, pitch, faceted)


def _film(points: Any, camera: "Orthographic", surface: "Surface") -> Any:
    """Pixels (n, 2) at which points (n, 3) in mm appear."""
    forward = np.asarray(camera.direction, float)
    right = np.cross(forward, camera.up)
    away = np.asarray(points, float) - np.asarray(camera.centre)
    height, width = surface.part.shape
    x = away @ right / surface.pitch_mm + width / 2
    y = height / 2 - away @ np.cross(right, forward) / surface.pitch_mm
    return np.stack([x, y], axis=1)


def _projected(measures: Sequence[Any], camera: "Orthographic", surface: "Surface") -> "list[Dimension]":
    from pipeline.drawing import Dimension

    out = []
    for measure in measures:
        (x0, y0), (x1, y1) = _film([measure.start, measure.end], camera, surface).tolist()
        out.append(Dimension(measure.name, measure.value_mm, (x0, y0), (x1, y1), measure.note))
    return out


def _overall(traced: "View") -> "list[Dimension]":
    """Width and height of what a view shows."""
    from pipeline.drawing import Dimension

    left, top, right, bottom = traced.box
    pitch = traced.surface.pitch_mm
    return [
        Dimension("overall width", round((right - left) * pitch, 2), (left, bottom), (right, bottom)),
        Dimension("overall height", round((bottom - top) * pitch, 2), (left, top), (left, bottom)),
    ]


def _stones(spec: "Spec", piece: "Piece", camera: "Orthographic", surface: "Surface") -> "list[Stone]":
    """Every stone of the piece, the heaviest first."""
    from pipeline.atelier.gems import carats
    from pipeline.atelier.materials import METALS
    from pipeline.drawing import Stone

    found: list[Stone] = []
    for part in piece.parts:
        if part.material in METALS:
            continue
        for middle, extent, single in _bodies(part):
            (spot,) = _film([middle], camera, surface)
            long, wide = sorted((float(v) for v in extent[:2]), reverse=True)
            cut = "round"
            if (
                single
                and spec.stone is not None
                and part.material == spec.stone.gem
                and "side" not in part.name
            ):
                cut, long, wide = spec.stone.cut, spec.stone.length_mm, spec.stone.width_mm
            size = f"{long:.2f}" if long - wide < 0.02 * long else f"{long:.2f} x {wide:.2f}"
            weight = carats(part.material, cut, long, wide)  # type: ignore[arg-type]
            across = wide / surface.pitch_mm
            found.append(Stone((float(spot[0]), float(spot[1])), across, cut, size, part.material, weight))
    return sorted(found, key=lambda stone: -stone.carats)[:_STONES_ON_A_MAP]


def _bodies(part: "Part") -> Iterator[tuple[Any, Any, bool]]:
    """Middle and extent in mm of each body of a part, the extent before it was turned; and whether it stands alone."""
    if not part.repeats:
        low, high = part.vertices.min(axis=0), part.vertices.max(axis=0)
        yield (low + high) / 2, high - low, True
        return
    for repeat in part.repeats:
        low, high = repeat.vertices.min(axis=0), repeat.vertices.max(axis=0)
        for pose in repeat.poses:
            yield pose[:3, :3] @ ((low + high) / 2) + pose[:3, 3], high - low, False


def _exploded(piece: "Piece", look: Look, block: "TitleBlock") -> "Page":
    """The setting taken apart along its axis: body, setting, stone; a piece without a stone stays whole."""
    from pipeline.atelier.camera import aim
    from pipeline.drawing import line_drawing, view, view_page

    apart, azimuth = _taken_apart(piece)
    camera = aim(apart, azimuth, 20.0)
    seen = look(apart, camera, width=BUFFER_SIDE_PX, height=BUFFER_SIDE_PX)
    traced = view(_surface(apart, seen, camera.frame()[0], 0.03))
    told = replace(block, view="Setting, exploded" if apart is not piece else "Perspective")
    return view_page(traced, block=told, shading=line_drawing(traced, lines=False), to_scale=False)


def _taken_apart(piece: "Piece") -> "tuple[Piece, float]":
    """The piece with its setting lifted off the body and the stone off its setting, and the azimuth to see it from."""
    from pipeline.atelier.materials import METALS

    parts = [part for part in piece.parts if not part.name.startswith("right ")]
    single = [part for part in parts if part.material not in METALS and not part.repeats]
    if not single:
        return piece, 28.0
    stone = max(single, key=lambda part: float(np.ptp(part.vertices, axis=0).max()))
    extent = np.ptp(stone.vertices, axis=0)
    middle = (stone.vertices.min(axis=0) + stone.vertices.max(axis=0)) / 2
    reach = float(extent.max())
    # A stone is thinnest along the axis it was set along: upwards, or towards the viewer.
    axis = int(extent.argmin())
    away = np.zeros(3)
    away[axis] = -1.0 if axis == 1 else 1.0

    def is_held(part: "Part") -> bool:
        near = (part.vertices.min(axis=0) + part.vertices.max(axis=0)) / 2 - middle
        small = float(np.ptp(part.vertices, axis=0).max()) < 1.9 * reach
        return small and float(np.abs(np.delete(near, axis)).max()) < 0.75 * reach

    held = [part for part in parts if part is not stone and is_held(part)]
    body = [part for part in parts if part is not stone and not is_held(part)]
    lift = 1.1 * reach * away
    moved = [_lifted(part, lift if body else 0 * lift) for part in held]
    steps = (1 if body else 0) + (1 if held else 0)
    apart = replace(piece, parts=(*body, *moved, _lifted(stone, steps * lift)))
    return apart, 62.0 if axis == 1 else 28.0


def _lifted(part: "Part", offset: Any) -> "Part":
    return replace(part, vertices=part.vertices + offset, repeats=())
