"""A line of stones in baskets of their own, hinged to one another: a tennis bracelet, a riviera."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import Shape, metal_part, scatter
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import Floats, Mesh, ball, join, rounded, torus, tube
from pipeline.atelier.piece import Part, PartRole, SetStone
from pipeline.atelier.pieces import links, mounting, pave, plates
from pipeline.atelier.spec import Accents, Spec

Lay = Callable[[float, float], Floats]
"""The right half (n, 2) of a line laid out, from the bottom middle to the clasp, of its length and the clasp's gap."""


def build_line(spec: Spec, length_mm: float, lay: Lay) -> list[Part]:
    """Baskets with stones, table up, hinged to one another, and a box clasp at the back."""
    assert spec.accents is not None  # noqa: S101 -- the spec's own validation guarantees it
    accents = spec.accents
    long, wide = accents.diameter_mm, accents.width_mm
    seat = _held(accents) if not detail().blocks else _held_once(_near(accents))
    # Round stones' prongs stand in the gaps between neighbours; those at corners need a gap of their own.
    reach = 0.0 if accents.cut == "round" else seat.reach + 0.06
    pitch = max(accents.along_mm + 0.42, reach)
    box = max(2.4 * min(accents.across_mm, 1.4 * wide), 6.0)
    count = int((length_mm - box) / pitch)
    if accents.count is not None:
        count = int(np.clip(accents.count, min(12, count), count))
        pitch = (length_mm - box) / count
    half = lay(count * pitch, box)
    flat = np.vstack([half[::-1] * [-1, 1], half[1:]])[::-1]
    joints = links.stations(np.column_stack([flat, np.zeros(len(flat))]), 1.0001 * pitch)
    placed = links.between(joints, np.zeros(len(joints) - 1))
    depth = seat.stone.depth
    basket = seat.basket(pitch) if not detail().blocks else _block_under(_near(accents))
    placed[:, 2, 3] += depth + 0.25
    metal = spec.settings_metal
    baskets = scatter("links", [(basket, placed)], spec.metal, finish=spec.finish, role=PartRole.LINK)
    stones = scatter(
        "stones",
        [(seat.stone.mesh, placed)],
        accents.gem,
        smooth=False,
        role=PartRole.ROW,
        stone=SetStone(accents.cut, long, wide),
    )
    held = scatter("prongs", [(seat.prongs, placed)], metal, role=PartRole.PRONG)
    deep = min(accents.across_mm, 1.4 * wide)
    return [baskets, held, stones, *_box_clasp(spec, float(half[-1, 1]), box, deep, depth + 0.25)]


@dataclass(frozen=True)
class _Held:
    """A stone in its prongs: `rails`, gallery and base under it; `reach` of the prongs along the line, mm."""

    cut: str
    stone: gemstones.Gemstone
    prongs: Mesh
    rails: list[Mesh]
    reach: float

    def basket(self, pitch: float) -> Mesh:
        """The link under it, hinged to neighbours so far away, mm."""
        round_one = self.cut == "round"
        return _coarser(
            _basket(self.stone, pitch) if round_one else _fancy_basket(self.stone, pitch, self.rails)
        )


def _held(accents: Accents) -> _Held:
    cut = gemstones.facet(accents.cut, accents.diameter_mm, accents.width_mm, sides=64)
    stone = _lying(cut, accents)
    head = _head(stone, accents)
    prongs = solid.unite([shape.mesh for shape in head if shape.role is PartRole.PRONG])
    rails = [shape.mesh for shape in head if shape.role is not PartRole.PRONG]
    reach = float(np.ptp(prongs.vertices[:, 0]))
    return _Held(accents.cut, _blocked(stone), _coarser(prongs), rails, reach)


NEAR = 1.02
"""Blocks are made of stones in steps of this ratio, each once: a search for a line's count tries hundreds."""


def _near(accents: Accents) -> Accents:
    size = NEAR ** round(np.log(accents.diameter_mm) / np.log(NEAR))
    return accents.model_copy(update={"diameter_mm": size})


@lru_cache(maxsize=256)
def _held_once(accents: Accents) -> _Held:
    return _held(accents)


@lru_cache(maxsize=256)
def _block_under(accents: Accents) -> Mesh:
    return _held_once(accents).basket(accents.along_mm + 0.42)


def _blocked(stone: gemstones.Gemstone) -> gemstones.Gemstone:
    if not detail().blocks:
        return stone
    return replace(stone, mesh=solid.simplify(stone.mesh, detail().tolerance_mm))


def _coarser(mesh: Mesh) -> Mesh:
    """What is placed dozens of times: at a coarse detail the hulls of its wires, which stand close to one another."""
    if not detail().tolerance_mm:
        return mesh
    if detail().blocks:
        return solid.simplify(solid.wrapped(mesh), detail().tolerance_mm)
    return join([solid.simplify(solid.wrapped(body), COARSE_MM) for body in solid.decompose(mesh)])


COARSE_MM = 0.02


def _lying(stone: gemstones.Gemstone, accents: Accents) -> gemstones.Gemstone:
    """The stone as it lies in a line that runs along x: its length across it, or along."""
    if not accents.lengthwise:
        return stone
    turned = stone.outline[:, ::-1] * [-1.0, 1.0]
    return replace(stone, mesh=pave.turned_along(stone.mesh, accents), outline=turned)


def _basket(stone: gemstones.Gemstone, pitch: float) -> Mesh:
    """The link under a stone: a square rail at half height, a base, and the bars that reach to the neighbours."""
    side = 0.80 * float(np.ptp(stone.outline[:, 0]))
    wire = float(np.clip(0.17 * side, 0.26, 0.6))
    low = -stone.depth - 0.05
    square = rounded(np.array([(1, -1), (1, 1), (-1, 1), (-1, -1)]) * side / 2, 0.2 * side, steps=6)
    rails = []
    for share, level in ((0.94, 0.42 * low), (0.78, low)):
        ring = np.column_stack([square * share, np.full(len(square), level)])
        rails.append(tube(ring, wire, 14, closed=True))
    level = 0.72 * low

    def rod(start: tuple[float, float], end: tuple[float, float], radius: float) -> Mesh:
        return tube([[*start, level], [*end, level]], radius * wire, 12)

    joint = 0.5 * pitch
    bars = [rod((0.22 * side, y), (0.22 * side + joint, y), 0.8) for y in (-0.20 * side, 0.20 * side)]
    arms = [rod((-joint, y), (-0.2 * side, y), 0.8) for y in (-0.34 * side, 0.34 * side)]
    eye = rod((-joint, -0.30 * side), (-joint, 0.30 * side), 0.9)
    return solid.unite([*rails, *bars, eye, *arms])


def _fancy_basket(stone: gemstones.Gemstone, pitch: float, rails: list[Mesh]) -> Mesh:
    """The link under a stone that is not round: its head's own gallery and base, and the hinge."""
    wide, tall = np.ptp(stone.outline, axis=0)
    less = float(min(wide, tall))
    wire = float(np.clip(0.13 * less, 0.24, 0.5))
    level = -stone.depth - 0.05
    joint, apart = 0.5 * pitch, min(0.20 * less, 0.6)

    def rod(start: tuple[float, float], end: tuple[float, float], radius: float) -> Mesh:
        return tube([[*start, level], [*end, level]], radius * wire, 12)

    # From the base to the neighbours: two bars through the next one's arms, two arms and an eye around the last one's.
    stay = rod((0.0, -1.9 * apart), (0.0, 1.9 * apart), 0.9)
    bars = [rod((0.0, y), (joint + 0.2 * wire, y), 0.8) for y in (-apart, apart)]
    arms = [rod((-joint, y), (0.0, y), 0.8) for y in (-1.8 * apart, 1.8 * apart)]
    eye = rod((-joint, -2.0 * apart), (-joint, 2.0 * apart), 0.9)
    body = solid.unite([*rails, stay, *bars, eye, *arms])
    return solid.without_dust(solid.subtract(body, stone.mesh))


def _head(stone: gemstones.Gemstone, accents: Accents) -> list[Shape]:
    """Prongs, gallery and base that hold a stone of this cut: a round one's prongs stand at the basket's corners."""
    held = mounting.grips(accents.cut, 4)
    if accents.lengthwise:
        held = held[:, ::-1] * [-1.0, 1.0]
    pointed = accents.cut in mounting.POINTED
    return mounting.prong_head(stone, held, -stone.depth - 0.05, sides=14, pointed=pointed)


def _box_clasp(spec: Spec, top: float, box: float, size: float, height: float) -> list[Part]:
    blocks = detail().blocks
    whole = (
        _clasp_once(round(box, 1), round(size, 1), round(height, 1)) if blocks else _clasp(box, size, height)
    )
    return [metal_part("clasp", whole.moved([0, top, 0]), spec.metal, spec.finish, role=PartRole.CLASP)]


@lru_cache(maxsize=256)
def _clasp_once(box: float, size: float, height: float) -> Mesh:
    return _coarser(_clasp(box, size, height))


def _clasp(box: float, size: float, height: float) -> Mesh:
    """A box with its tongue's push piece and a figure-eight safety at the side."""
    deep, tall = 1.05 * size, height + 0.12 * size
    shape = rounded(
        np.array([(0.46, -0.5), (0.46, 0.5), (-0.46, 0.5), (-0.46, -0.5)]) * [box, deep], 0.12 * deep, steps=5
    )
    body = plates.plate([shape], tall, min(0.22, 0.2 * tall))
    push = ball(0.22 * size, around=28).moved([0.18 * box, 0.55 * deep, 0.55 * tall])
    safety = [
        torus(0.30 * size, 0.10 * size, around=40, sides=14).moved(
            [x, -0.55 * deep - 0.18 * size, 0.5 * tall]
        )
        for x in (-0.16 * box, -0.16 * box + 0.62 * size)
    ]
    hooks = [
        tube([[hand * 0.42 * box, 0, 0.35 * tall], [hand * 0.56 * box, 0, 0.35 * tall]], 0.16 * size, 14)
        for hand in (-1.0, 1.0)
    ]
    return solid.unite([body, push, *safety, *hooks])
