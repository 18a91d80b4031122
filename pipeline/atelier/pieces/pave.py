"""Small stones in rows: pave held by grains, channels between walls, halos around a centre stone."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import merged, poses, scatter
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import (
    Floats,
    Mesh,
    about,
    ball,
    outline_normals,
    resample,
    revolve,
    rounded,
    skirt,
    sweep,
    unit,
    volume,
)
from pipeline.atelier.piece import Part, PartRole, SetStone
from pipeline.atelier.pieces import least
from pipeline.atelier.spec import GAP, Accents, Metal

SINK = 0.06
"""A pave stone's girdle lies this share of its diameter under the metal."""


FIELD_GAP = 0.08
"""Air between the stones of a field, in diameters."""


@dataclass(frozen=True)
class Row:
    """Stones along a surface: where each girdle's middle would touch it, along the row, and out of the surface."""

    origins: Floats
    along: Floats
    outward: Floats


def fit(length: float, accents: Accents, *, closed: bool) -> int:
    """How many stones a row of this length takes, at most the number asked for."""
    room = length / (accents.along_mm * (1 + GAP))
    most = int(np.floor(room if closed else room + GAP))
    return max(min(most, accents.count or most), 1)


def melee(diameter: float) -> Mesh:
    """A small full-cut brilliant; fewer sides to its girdle than a centre stone's, since it is seen small."""
    return gemstones.facet("round", diameter, diameter, sides=16 if detail().tolerance_mm else 48).mesh


def set_row(
    metal: Mesh,
    row: Row,
    accents: Accents,
    material: Metal,
    *,
    name: str,
    closed: bool,
    role: PartRole = PartRole.ROW,
) -> tuple[Mesh, list[Part]]:
    """Cut seats into ``metal`` and set the row: returns the metal and the stones with the grains that hold them."""
    long, wide = accents.diameter_mm, accents.width_mm
    channel = accents.setting == "channel"
    sink = (0.17 if channel else SINK) * wide
    stone = (
        melee(wide)
        if accents.cut == "round"
        else turned_along(gemstones.facet(accents.cut, long, wide).mesh, accents)
    )
    placed = poses(row.origins - sink * row.outward, row.along, row.outward)
    if detail().booleans:
        bur = accents.cut == "round"
        seat = revolve(_seat(wide, channel=channel), 40) if bur else _own_seat(accents)
        groove = [_groove(row, accents.across_mm, accents.along_mm, closed=closed)] if channel else []
        metal = solid.subtract(metal, merged([(seat, placed)]), *groove)
    one = SetStone(accents.cut, long, wide)
    parts = [scatter(name, [(stone, placed)], accents.gem, smooth=False, role=role, stone=one)]
    if not channel and len(row.origins) > 1:
        beads = _grains(row, accents, closed=closed)
        if closed and detail().booleans:
            beads = beads[0], beads[1][_soldered(metal, beads, row)]
        parts.append(scatter(f"{name} grains", [beads], material, role=role))
    return metal, parts


_TURN = float(np.cos(np.radians(50)))
"""Cosine of the turn from one stone to the next from which a gap's grain may lie off its frame."""


def _soldered(metal: Mesh, beads: tuple[Mesh, Floats], row: Row) -> npt.NDArray[np.bool_]:
    """Which grains (n) touch the metal; only beside a point, where the row turns, may one lie over a seat alone."""
    grain, placed = beads
    ahead = unit(row.along)
    turns = (ahead * np.roll(ahead, -1, 0)).sum(1) < _TURN
    doubtful = np.flatnonzero(
        np.tile(turns | np.roll(turns, 1) | np.roll(turns, -1), len(placed) // len(turns))
    )
    kept = np.ones(len(placed), bool)
    for k in doubtful:
        pose = placed[k]
        one = Mesh(grain.vertices @ pose[:3, :3].T + pose[:3, 3], grain.faces)
        shared = solid.intersect(metal, one)
        kept[k] = len(shared.faces) > 0 and volume(shared) > _TOUCHING_MM3
    return kept


_TOUCHING_MM3 = 1e-5
"""What a grain shares with the metal at least."""


def turned_along(mesh: Mesh, accents: Accents) -> Mesh:
    """A row's stone, cut with its length along y, as it lies in a row that runs along x."""
    return mesh.turned(about("z", 90)) if accents.lengthwise else mesh


def _own_seat(accents: Accents) -> Mesh:
    """The seat of a stone that is not round: its own shape with a hair of air, open above."""
    cut = gemstones.facet(accents.cut, accents.diameter_mm, accents.width_mm)
    body = Mesh(cut.mesh.vertices * [1.006, 1.006, 1.0], cut.mesh.faces)
    seat = solid.unite([body, solid.extrude([cut.outline * 0.995], 1.2 * accents.width_mm)])
    return turned_along(seat, accents)


CORNERED = frozenset({"princess", "emerald", "baguette", "asscher", "radiant", "cushion", "old_mine"})
"""Cuts whose grains sit at their corners: between round sides they find room nearer to the middle."""

POINTED = frozenset({"marquise", "pear", "kite"})
"""Cuts that meet point to point where they lie along a row: their grains sit beside the points."""


def set_field(
    metal: Mesh, places: Floats, level: float, accents: Accents, material: Metal, *, name: str
) -> tuple[Mesh, list[Part]]:
    """Set stones at places (n, 2) of a flat face at height ``level``, each held by the grains between it and others."""
    size, count = accents.diameter_mm, len(places)
    up, right = np.tile([0.0, 0.0, 1.0], (count, 1)), np.tile([1.0, 0.0, 0.0], (count, 1))
    placed = poses(np.column_stack([places, np.full(count, level - SINK * size)]), right, up)
    if detail().booleans:
        metal = solid.subtract(metal, merged([(revolve(_seat(size, channel=False), 40), placed)]))
    grains = _grains_between(places, size)
    upright = np.tile([0.0, 0.0, 1.0], (len(grains), 1)), np.tile([1.0, 0.0, 0.0], (len(grains), 1))
    beads = poses(
        np.column_stack([grains, np.full(len(grains), level + 0.035 * size)]), upright[1], upright[0]
    )
    one = SetStone("round", size, size)
    return metal, [
        scatter(
            f"{name} stones", [(melee(size), placed)], accents.gem, smooth=False, role=PartRole.ROW, stone=one
        ),
        scatter(
            f"{name} grains",
            [(ball(least.grain(0.25 * size) / 2, around=20), beads)],
            material,
            role=PartRole.ROW,
        ),
    ]


def _grains_between(places: Floats, size: float) -> Floats:
    """Places (m, 2) of grains around every stone, each clear of the other stones, one where several would meet."""
    angle = np.radians(30 + 60 * np.arange(6))
    ring = 0.56 * size * np.stack([np.cos(angle), np.sin(angle)], 1)
    grains: list[Floats] = []
    for grain in (places[:, None] + ring[None]).reshape(-1, 2):
        if np.hypot(*(places - grain).T).min() < 0.54 * size:
            continue
        if grains and np.hypot(*(np.vstack(grains) - grain).T).min() < 0.26 * size:
            continue
        grains.append(grain)
    return np.vstack(grains) if grains else places[:1] + ring[:1]


def halo(
    outline: Floats,
    accents: Accents,
    material: Metal,
    *,
    level: float,
    thick: float,
    clearance: float = 0.0,
    sharp: bool = False,
    held: Floats | None = None,
) -> tuple[Mesh, list[Part]]:
    """A frame around a stone's outline (n, 2), its face at height ``level``, with stones all around.

    It starts ``clearance`` mm off the outline and is ``thick`` mm thick. A ``sharp`` outline has points or a cleft.
    ``held`` (m, 2) is where prongs hold the outline: the stones stand so that prongs pass between them.
    """
    size = accents.diameter_mm
    smooth = resample(rounded(outline, 0.05 * float(np.ptp(outline))) if len(outline) < 16 else outline, 240)
    smooth = _offset(smooth, clearance)
    away = 0.10 + 0.5 * size
    flat = (
        _row_from_the_axis(outline, clearance + away, accents)
        if sharp
        else row_around(smooth, away, accents, held)
    )
    along = np.roll(flat, -1, 0) - np.roll(flat, 1, 0)
    count = len(flat)
    row = Row(
        np.column_stack([flat, np.full(count, level)]),
        np.column_stack([along, np.zeros(count)]),
        np.tile([0.0, 0.0, 1.0], (count, 1)),
    )
    outer = halo_width(accents)
    # The wall draws in below: upright it would mirror the dark room, so it mirrors the sweep, and looks lighter.
    foot = outer - 0.55 * min(thick, size)
    profile = rounded(
        [(0.05, level - thick), (foot, level - thick), (outer, level - 0.22), (outer, level - 0.05),
         (outer - 0.08, level), (0.05, level)],
        [0.05, 0.1, 0.1, 0.06, 0.06, 0.05], steps=4,
    )  # fmt: skip
    frame = (
        skirt(outline, profile + np.array([clearance, 0.0]), sharp=True) if sharp else skirt(smooth, profile)
    )
    return set_row(frame, row, accents, material, name="halo stones", closed=True, role=PartRole.HALO)


def halo_width(accents: Accents) -> float:
    """Width of a halo's frame, mm."""
    return accents.diameter_mm + 0.32


def row_around(outline: Floats, distance: float, accents: Accents, held: Floats | None) -> Floats:
    """Places (n, 2) of stones beside an outline, evenly spread; between prongs, evenly from each to the next."""
    line = _offset(outline, distance)
    closed = np.vstack([line, line[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    length = float(along[-1])
    count = fit(length, accents, closed=True)
    if held is None or count < 2 * len(held):
        return resample(line, count)
    prongs = np.sort([along[np.argmin(np.linalg.norm(line - prong, axis=1))] for prong in held])
    spans = np.diff(np.append(prongs, prongs[0] + length))
    counts = _shared(spans, count, least=accents.diameter_mm * (1 + GAP))
    at = np.concatenate(
        [
            start + (np.arange(n) + 0.5) * span / n
            for start, span, n in zip(prongs, spans, counts, strict=True)
            if n
        ]
    )
    return np.column_stack([np.interp(at % length, along, closed[:, axis]) for axis in (0, 1)])


def _shared(spans: Floats, count: int, *, least: float) -> list[int]:
    """How many of at most ``count`` stones each span takes, none closer than ``least`` mm to the next."""
    room = np.floor(spans / least + 1e-6).astype(int)
    while room.sum() > count:
        # The most crowded span gives one up.
        room[np.argmax(np.round(room / spans, 6))] -= 1
    return [int(n) for n in room]


def _row_from_the_axis(outline: Floats, distance: float, accents: Accents) -> Floats:
    """Places (n, 2) of stones around a point or cleft on the axis x = 0, where the first sits; none into another."""
    line = solid.grow([outline], distance)[0]
    above = np.flatnonzero((line[:, 1] > 0) & (np.abs(line[:, 0]) < 0.25 * float(np.ptp(line[:, 0]))))
    line = np.roll(line, -above[np.argmin(np.abs(line[above, 0]))], 0)
    length = float(np.linalg.norm(np.diff(np.vstack([line, line[:1]]), axis=0), axis=1).sum())
    count = max(fit(length, accents, closed=True) // 2 * 2, 4)
    while count > 4 and _nearest(resample(line, count)) < 1.01 * accents.diameter_mm:
        count -= 2
    return resample(line, count)


def _nearest(places: Floats) -> float:
    """Least distance between two places (n, 2)."""
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    return float((apart + 1e9 * np.eye(len(places))).min())


def _offset(outline: Floats, distance: float) -> Floats:
    return outline + distance * outline_normals(outline)


def _seat(size: float, *, channel: bool) -> Floats:
    """A bur's outline: cone under the girdle, opening above it, a hair wider than the stone."""
    r = size / 2
    girdle = 0.015 * r
    mouth = 0.90 * r if channel else 1.0 * r
    return np.array([
        (0.0, -0.92 * r), (0.10 * r, -0.90 * r), (1.008 * r, -girdle), (1.008 * r, girdle + 0.02),
        (mouth, girdle + 0.10 * r), (mouth, 1.2 * r), (0.0, 1.2 * r),
    ])  # fmt: skip


def _groove(row: Row, long: float, size: float, *, closed: bool) -> Mesh:
    """The bar of metal taken out between a channel's walls, down to just under the girdles.

    Stones are ``long`` mm across the row and ``size`` mm along it.
    """
    path, along, outward = row.origins, row.along, row.outward
    if not closed:
        end = 0.55 * size * along / np.linalg.norm(along, axis=1, keepdims=True)
        path = np.vstack([path[0] - end[0], path, path[-1] + end[-1]])
        along, outward = (
            np.vstack([along[0], along, along[-1]]),
            np.vstack([outward[0], outward, outward[-1]]),
        )
    across = unit(np.cross(outward, along))
    half = 0.45 * long
    profile = np.array([(half, -0.22 * size), (half, size), (-half, size), (-half, -0.22 * size)])
    return sweep(path, profile, closed=closed, across=across, up=unit(outward))


def beside(accents: Accents) -> float:
    """How far from a row's middle its grains lie, mm: each where it touches both girdles."""
    share = 0.48 if accents.cut in CORNERED else 0.32
    if accents.lengthwise and accents.cut in POINTED:
        share = 0.18
    return share * accents.across_mm


def _grains(row: Row, accents: Accents, *, closed: bool) -> tuple[Mesh, Floats]:
    """Grains raised beside each gap: two on either side of the row, pushed over both neighbours' crowns."""
    size = accents.width_mm
    following = np.roll(np.arange(len(row.origins)), -1)
    index = np.arange(len(row.origins) if closed else len(row.origins) - 1)
    middle = (row.origins[index] + row.origins[following[index]]) / 2
    outward = row.outward[index] + row.outward[following[index]]
    outward = outward / np.linalg.norm(outward, axis=1, keepdims=True)
    along = row.along[index] / np.linalg.norm(row.along[index], axis=1, keepdims=True)
    across = np.cross(outward, along)
    if not closed:
        # The ends get their grains too.
        end = 0.5 * accents.along_mm * (1 + GAP)
        ends = unit(row.along[[0, -1]]), unit(row.outward[[0, -1]])
        # As deep as the others, which lie on the chord between two stones: the surface goes on bending under them.
        bend = np.linalg.norm(row.outward[1] - row.outward[0]) / np.linalg.norm(
            row.origins[1] - row.origins[0]
        )
        beyond = row.origins[[0, -1]] + end * np.array([[-1], [1]]) * ends[0] - bend * end**2 * ends[1]
        middle, outward, along = (
            np.vstack(pair) for pair in ((middle, beyond), (outward, ends[1]), (along, ends[0]))
        )
        across = np.cross(outward, along)
    side = beside(accents)
    origins = np.vstack([middle + hand * side * across + 0.035 * size * outward for hand in (-1, 1)])
    grain = ball(least.grain(0.25 * size) / 2, around=20)
    return grain, poses(origins, np.vstack([along, along]), np.vstack([outward, outward]))
