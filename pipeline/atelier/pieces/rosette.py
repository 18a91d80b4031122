"""Stones around a centre stone that are no flat halo: petals in prongs of their own, and a circle under the girdle."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import metal_part, moved
from pipeline.atelier.geometry.detail import Detail, building, detail
from pipeline.atelier.geometry.gemstones import Gemstone
from pipeline.atelier.geometry.mesh import Floats, Mesh, about, resample, rounded, skirt
from pipeline.atelier.geometry.silhouette import signed_area
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import least, mounting, pave
from pipeline.atelier.pieces.least import Least
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
    # Unchecked: a petal may be smaller than a stone that stands alone.
    one = Stone.model_construct(
        gem=accents.gem,
        cut=accents.cut,
        length_mm=accents.diameter_mm,
        ratio=accents.diameter_mm / accents.width_mm,
    )
    cut = gemstones.cut_stone(one)
    places = _petal_places(stone, cut, accents)
    level = -0.05 * cut.depth
    foot_of_petal = -cut.depth - 0.1
    body = _petal_prongs(one, foot_of_petal, detail(), least.least())
    parts: list[Part] = []
    for k, place in enumerate(places):
        turn = about("z", float(np.degrees(np.arctan2(place[1], place[0]))) - 90) @ about("x", -TILT_DEG)
        at = np.array([*place, level])
        prongs = metal_part(f"petal {k + 1} prongs", body, metal, role=PartRole.HALO)
        parts.append(moved(replace(prongs, claw=True), turn, at))
        stone_part = mounting.stone_part(cut, one, name=f"petal {k + 1} stone", role=PartRole.HALO)
        parts.append(moved(stone_part, turn, at))
    return [*parts, _gallery(stone, parts, accents, metal, max(level + foot_of_petal, foot))]


@lru_cache(maxsize=200)
def _petal_prongs(one: Stone, foot: float, asked: Detail, figures: Least) -> Mesh:
    """What holds one petal: a search asks for the same one at most of its steps."""
    with building(asked), least.keeping(figures):
        shapes = mounting.head(gemstones.cut_stone(one), one, foot)
        return solid.unite([shape.mesh for shape in shapes if shape.role is not PartRole.BASE])


def _petal_places(stone: Gemstone, petal: Gemstone, accents: Accents) -> Floats:
    """Middles (n, 2) of the petals: as many as are asked for and stand clear of one another, three at least."""
    line = _petal_line(stone, accents)
    length = float(np.linalg.norm(np.diff(np.vstack([line, line[:1]]), axis=0), axis=1).sum())
    room = max(int(length / (accents.width_mm + AIR_MM)), 3)
    count = min(room, max(accents.count or room, 3))
    while count > 3 and _crowded(resample(line, count), solid.hull(petal.outline)):
        count -= 1
    return resample(line, count)


def _crowded(places: Floats, outline: Floats) -> bool:
    """Whether two neighbouring petals reach into one another, their outlines (n, 2) turned outward."""
    turn = np.arctan2(places[:, 1], places[:, 0]) - np.pi / 2
    turned = np.stack([np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn)], 1).reshape(-1, 2, 2)
    petals = np.einsum("kij,nj->kni", turned, outline) + places[:, None]
    return any(_overlap(one, other) for one, other in zip(petals, np.roll(petals, -1, 0), strict=True))


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
    plate = solid.extrude([outer], thick).moved([0, 0, level - 0.5])
    if detail().booleans:
        opening = solid.extrude([inner], 3 * thick).moved([0, 0, level - 0.5 - thick])
        stones = [Mesh(part.vertices, part.faces) for part in held if part.stone is not None]
        plate = solid.without_dust(solid.subtract(solid.subtract(plate, opening), stone.mesh, *stones))
    return metal_part("gallery plate", plate, metal, role=PartRole.HALO)


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
    share = max(share, reach / (float(np.ptp(stone.outline[:, 0])) / 2), _clear_share(stone, level, size))
    line = resample(_bridged(stone) * share, 240)
    half = 0.5 * size + 0.16
    profile = rounded([(-0.4, -half), (0.1, -half), (0.1, half), (-0.4, half)], 0.08, steps=4)
    collar = skirt(line, np.asarray(profile) + np.array([0.0, level]))
    held = mounting.held(stone, stone_spec)
    row = _outward_row(line, small, level, held * share if held is not None else None)
    collar, parts = pave.set_row(
        collar, row, small, metal, name="hidden halo stones", closed=True, role=PartRole.HALO
    )
    collar = solid.subtract(collar, stone.mesh)
    return [
        metal_part("hidden halo", collar, metal, role=PartRole.HALO),
        *(replace(part, role=PartRole.HALO) for part in parts),
    ]


def _bridged(stone: Gemstone) -> Floats:
    """The outline (n, 2), a cleft bridged over: in it stones that face outward would face each other."""
    line, around = _plain(stone), solid.hull(_plain(stone))
    return around if signed_area(around) > BRIDGED * signed_area(line) else line


BRIDGED = 1.01
"""A hull that is larger than its outline by this spans a cleft."""


def _outward_row(line: Floats, small: Accents, level: float, held: Floats | None) -> Row:
    """Stones along a closed line (n, 2) that face outward, as many as stand clear of one another at its corners."""
    while True:
        flat = pave.row_around(line, 0.1, small, held)
        out = np.column_stack([flat, np.full(len(flat), level)])
        along = np.roll(out, -1, 0) - np.roll(out, 1, 0)
        outward = np.cross(along, [0.0, 0.0, 1.0])
        row = Row(out, along, outward / np.linalg.norm(outward, axis=1, keepdims=True))
        if len(flat) <= FEWEST or not _touch(row, small.diameter_mm):
            return row
        small = small.model_copy(update={"count": len(flat) - 1})


FEWEST = 6
"""A circle of stones has at least so many."""


def _touch(row: Row, size: float) -> bool:
    """Whether two neighbours reach into one another: their girdles, seen from above, are lines that meet."""
    along = row.along[:, :2] / np.linalg.norm(row.along[:, :2], axis=1, keepdims=True)
    middle, half, inward = row.origins[:, :2], APART * 0.5 * size, -row.outward[:, :2]
    # Each stone from above: its girdle, and the point of its pavilion.
    corners = np.stack([middle - half * along, middle + half * along, middle + DEEP * size * inward], 1)
    following = np.roll(corners, -1, 0)
    return any(_overlap(one, other) for one, other in zip(corners, following, strict=True))


def _overlap(one: Floats, other: Floats) -> bool:
    """Whether two convex outlines (n, 2) share more than a point: the sides of neither part them."""
    for outline in (one, other):
        sides = np.roll(outline, -1, 0) - outline
        across = np.column_stack([-sides[:, 1], sides[:, 0]])
        a, b = one @ across.T, other @ across.T
        if ((a.max(0) <= b.min(0) + 1e-9) | (b.max(0) <= a.min(0) + 1e-9)).any():
            return False
    return True


APART = 1.04
"""Width of a small stone with the air to the next, in its own."""
DEEP = 0.46
"""How deep a small stone reaches behind its girdle, in diameters."""


def _clear_share(stone: Gemstone, level: float, size: float) -> float:
    """Least share of the outline at which stones that face outward are clear of a pavilion, however full it is cut.

    They are ``size`` mm wide, their middles ``level`` mm above the girdle, and taper to a point inside.
    """
    points = solid.refined(stone.mesh, 0.3).vertices
    points = points[np.abs(points[:, 2] - level) < size / 2]
    inward = DEEP * size * (1 - 2 * np.abs(points[:, 2] - level) / size)
    line = _plain(stone)
    angle, outer = np.arctan2(line[:, 1], line[:, 0]), np.hypot(*line.T)
    outline = np.interp(np.arctan2(points[:, 1], points[:, 0]), angle, outer, period=2 * np.pi)
    return float(np.max((np.hypot(points[:, 0], points[:, 1]) + inward) / outline, initial=0.0))
