"""A line of stones in baskets of their own, hinged to one another: a tennis bracelet, a riviera."""

from collections.abc import Callable

import numpy as np

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import metal_part, scatter
from pipeline.atelier.geometry.mesh import Floats, Mesh, ball, rounded, torus, tube
from pipeline.atelier.piece import Part, PartRole, SetStone
from pipeline.atelier.pieces import links, mounting, plates
from pipeline.atelier.spec import Spec

Lay = Callable[[float, float], Floats]
"""The right half (n, 2) of a line laid out, from the bottom middle to the clasp, of its length and the clasp's gap."""


def build_line(spec: Spec, length_mm: float, lay: Lay) -> list[Part]:
    """Square baskets with round stones, table up, hinged to one another, and a box clasp at the back."""
    assert spec.accents is not None  # noqa: S101 -- the spec's own validation guarantees it
    size = spec.accents.diameter_mm
    pitch = size + 0.42
    box = max(2.4 * size, 6.0)
    count = int((length_mm - box) / pitch)
    if spec.accents.count is not None:
        count = int(np.clip(spec.accents.count, 12, count))
        pitch = (length_mm - box) / count
    half = lay(count * pitch, box)
    flat = np.vstack([half[::-1] * [-1, 1], half[1:]])[::-1]
    joints = links.stations(np.column_stack([flat, np.zeros(len(flat))]), 1.0001 * pitch)
    placed = links.between(joints, np.zeros(len(joints) - 1))
    stone = gemstones.facet("round", size, size, sides=64)
    depth = stone.depth
    basket = _basket(stone, pitch)
    placed[:, 2, 3] += depth + 0.25
    metal = spec.settings_metal
    baskets = scatter("links", [(basket, placed)], spec.metal, finish=spec.finish, role=PartRole.LINK)
    stones = scatter(
        "stones",
        [(stone.mesh, placed)],
        spec.accents.gem,
        smooth=False,
        role=PartRole.ROW,
        stone=SetStone("round", size, size),
    )
    prongs = scatter("prongs", [(_corner_prongs(stone), placed)], metal, role=PartRole.PRONG)
    return [baskets, prongs, stones, *_box_clasp(spec, float(half[-1, 1]), box, size, depth + 0.25)]


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


def _corner_prongs(stone: gemstones.Gemstone) -> Mesh:
    """Four prongs at the basket's corners, cut to the stone."""
    directions = np.array([(x, y) for x in (-1.0, 1.0) for y in (-1.0, 1.0)]) / np.sqrt(2)
    parts = [
        shape.mesh
        for shape in mounting.prong_head(stone, directions, -stone.depth - 0.05, sides=14)
        if shape.role is PartRole.PRONG
    ]
    return solid.unite(parts)


def _box_clasp(spec: Spec, top: float, box: float, size: float, height: float) -> list[Part]:
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
    whole = solid.unite([body, push, *safety, *hooks])
    return [metal_part("clasp", whole.moved([0, top, 0]), spec.metal, spec.finish, role=PartRole.CLASP)]
