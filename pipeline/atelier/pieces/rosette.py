"""Stones around a centre stone that are no flat halo: petals in prongs of their own, and a circle under the girdle."""

from dataclasses import replace

import numpy as np

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import metal_part, moved
from pipeline.atelier.geometry.gemstones import Gemstone
from pipeline.atelier.geometry.mesh import Floats, Mesh, about, resample, rounded, skirt
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import mounting, pave
from pipeline.atelier.pieces.pave import Row
from pipeline.atelier.spec import Accents, Metal, Stone

AIR_MM = 0.14
"""Between the girdles of a rosette's stones."""

TILT_DEG = 9.0
"""How far petals lean outward: a rosette is a shallow dome."""

HIDDEN_MM = 1.1
"""Largest stones of a hidden halo."""


def petals(stone: Gemstone, accents: Accents, metal: Metal, foot: float) -> list[Part]:
    """Stones all around the centre one, each in prongs, on a common gallery; the centre's girdle lies at z = 0."""
    one = Stone(gem=accents.gem, cut=accents.cut, length_mm=accents.diameter_mm, prongs=4)
    cut = gemstones.cut_stone(one)
    line = _petal_line(stone, accents)
    count = petal_count(stone, accents)
    places = resample(line, count)
    level = -0.05 * cut.depth
    foot_of_petal = -cut.depth - 0.1
    shapes = mounting.head(cut, one, foot_of_petal)
    body = solid.unite([shape.mesh for shape in shapes if shape.role is not PartRole.BASE])
    parts: list[Part] = []
    for k, place in enumerate(places):
        turn = about("z", float(np.degrees(np.arctan2(place[1], place[0]))) - 90) @ about("x", -TILT_DEG)
        at = np.array([*place, level])
        parts.append(moved(metal_part(f"petal {k + 1} prongs", body, metal, role=PartRole.HALO), turn, at))
        stone_part = mounting.stone_part(cut, one, name=f"petal {k + 1} stone", role=PartRole.HALO)
        parts.append(moved(stone_part, turn, at))
    return [*parts, _gallery(stone, parts, accents, metal, max(level + foot_of_petal, foot))]


def petal_count(stone: Gemstone, accents: Accents) -> int:
    """How many petals stand around a stone: as many as are asked for and find room."""
    line = _petal_line(stone, accents)
    length = float(np.linalg.norm(np.diff(np.vstack([line, line[:1]]), axis=0), axis=1).sum())
    room = max(int(length / (accents.width_mm + AIR_MM)), 3)
    return min(room, max(accents.count or room, 3))


def _petal_line(stone: Gemstone, accents: Accents) -> Floats:
    """Middles of the petals: a curve (n, 2) around the centre stone's outline."""
    return resample(solid.grow([_plain(stone)], AIR_MM + 0.5 * accents.diameter_mm)[0], 360)


def _plain(stone: Gemstone) -> Floats:
    outline = stone.outline
    return resample(rounded(outline, 0.05 * float(np.ptp(outline))) if len(outline) < 16 else outline, 240)


def _gallery(stone: Gemstone, held: list[Part], accents: Accents, metal: Metal, level: float) -> Part:
    """The plate that joins the petals' prongs with the head in the middle, pierced under every stone."""
    outer = solid.grow([_plain(stone)], AIR_MM + 0.62 * accents.diameter_mm)[0]
    inner = _plain(stone) * 0.5
    thick = 0.8
    plate = solid.subtract(
        solid.extrude([outer], thick), solid.extrude([inner], 3 * thick).moved([0, 0, -thick])
    ).moved([0, 0, level - 0.5])
    stones = [Mesh(part.vertices, part.faces) for part in held if part.stone is not None]
    plate = solid.subtract(plate, stone.mesh, *stones)
    return metal_part("gallery plate", solid.without_dust(plate), metal, role=PartRole.HALO)


def hidden_halo(
    stone: Gemstone, stone_spec: Stone, accents: Accents, metal: Metal, foot: float
) -> list[Part]:
    """A collar under the girdle, its stones facing outward between the prongs."""
    size = min(accents.diameter_mm, HIDDEN_MM)
    small = Accents(gem=accents.gem, diameter_mm=size)
    level = -0.30 * stone.depth
    share = mounting.prong_share(level, foot)
    # Clear of the pavilion by a stone's own depth.
    reach = (1 + level / stone.depth) * float(np.ptp(stone.outline[:, 0])) / 2 + 0.46 * size + 0.18
    share = max(share, reach / (float(np.ptp(stone.outline[:, 0])) / 2))
    line = resample(_plain(stone) * share, 240)
    half = 0.5 * size + 0.16
    profile = rounded([(-0.4, -half), (0.1, -half), (0.1, half), (-0.4, half)], 0.08, steps=4)
    collar = skirt(line, np.asarray(profile) + np.array([0.0, level]))
    held = mounting.held(stone, stone_spec)
    flat = pave.row_around(line, 0.1, small, held * share if held is not None else None)
    out = np.column_stack([flat, np.zeros(len(flat))])
    along = np.roll(out, -1, 0) - np.roll(out, 1, 0)
    outward = np.cross(along, [0.0, 0.0, 1.0])
    row = Row(
        out + np.array([0.0, 0.0, level]), along, outward / np.linalg.norm(outward, axis=1, keepdims=True)
    )
    collar, parts = pave.set_row(
        collar, row, small, metal, name="hidden halo stones", closed=True, role=PartRole.HALO
    )
    collar = solid.subtract(collar, stone.mesh)
    return [
        metal_part("hidden halo", collar, metal, role=PartRole.HALO),
        *(replace(part, role=PartRole.HALO) for part in parts),
    ]
