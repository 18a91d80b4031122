"""Finger rings: the shank, the heads it carries, and rows of stones around it."""

from dataclasses import replace

import numpy as np

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import metal_part, moved, poses, scatter
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import Floats, Mesh, about, ball, outward, pillow, quads, tube
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import motif, mounting, pave, plates, setting
from pipeline.atelier.pieces.pave import Row
from pipeline.atelier.pieces.setting import engraved, set_stone
from pipeline.atelier.spec import GAP, Accents, Ring, Spec, Stone

AROUND, ACROSS = 384, 72
COARSE_ACROSS = 16
"""Points of a band's section at a coarse detail; a multiple of four, so that it keeps its width and height."""
CULET_CLEARANCE = 0.5
"""A culet stays this far off the finger, mm."""

COLLET_SUNK = 0.4
"""How far a bezel's collet reaches into the shank it is soldered to, mm."""

FOOT_DEG, ROWED_FOOT_DEG = 58.0, 44.0
"""Where a cathedral's arches leave the shank, from the head; nearer to it where a row of stones follows them."""

HEAD_RISE = 0.92
"""Height of the girdle over the shank, in pavilion depths."""


def build_ring(spec: Spec) -> list[Part]:
    """Parts of a ring that stands upright: axis along y, head at +z, centre of the finger at the origin."""
    assert spec.ring is not None  # noqa: S101 -- the spec's own validation guarantees it
    ring = spec.ring
    if ring.style == "signet":
        return _signet(spec, ring)
    if spec.rowed and ring.profile == "knife":
        # Grains beside a ridge would stand in the air.
        ring = ring.model_copy(update={"profile": "d_shape"})
    shank = build_shank(ring)
    if ring.style == "motif":
        return _with_motif(spec, ring, shank)
    if spec.stone is not None and spec.stone.setting == "flush":
        return _flush_band(spec, ring, shank)
    parts: list[Part] = []
    if spec.stone is not None:
        head, drills, reach = _head(spec, ring, spec.stone)
        parts += head
        shank = solid.subtract(shank, *drills)
    else:
        reach = 0.0
    if spec.accents is not None and spec.rowed:
        shank, row = _row(spec, ring, spec.accents, shank, reach)
        parts += row
    if ring.cathedral and spec.stone is not None:
        parts += _cathedral(spec, ring, gemstones.cut_stone(spec.stone))
    return _with_shank(spec, ring, shank, parts)


SOLDER = 0.3
"""How deep a motif's sheet lies in the shank it is soldered to, mm."""


def _with_motif(spec: Spec, ring: Ring, shank: Mesh) -> list[Part]:
    """A motif bent around the finger on top of the shank, its head away from the hand."""
    assert spec.motif is not None  # noqa: S101 -- told apart by the caller; narrows the type
    cut = motif.sheet(spec.motif, longest=spec.motif.size_mm)
    radius = ring.inner_diameter_mm / 2 + ring.thickness_mm - SOLDER
    parts = motif.motif_parts(spec, cut, name="motif", bent=radius)
    finger = tube([[0, -30, 0], [0, 30, 0]], ring.inner_diameter_mm / 2 + 0.6 * ring.thickness_mm, 96)
    parts = [
        replace(part, vertices=trimmed.vertices, faces=trimmed.faces)
        if part.role is PartRole.BASE
        and detail().booleans
        and (trimmed := solid.subtract(Mesh(part.vertices, part.faces), finger))
        else part
        for part in parts
    ]
    return _with_shank(spec, ring, shank, parts)


def _with_shank(spec: Spec, ring: Ring, shank: Mesh, parts: list[Part]) -> list[Part]:
    """The shank, engraved inside and beaded as asked for, before the parts it carries."""
    if spec.engraving:
        shank, floor = _engrave_inside(ring, shank, spec.engraving)
        parts = [*parts, *engraved(floor, spec)]
    if spec.milgrain:
        parts = [*parts, _milgrain(spec, ring)]
    return [metal_part("shank", shank, spec.metal, spec.finish, role=PartRole.SHANK), *parts]


def girdle_height(ring: Ring, stone: gemstones.Gemstone) -> float:
    """Height of the girdle over the finger's centre: low, but with the culet off the finger, mm."""
    inner = ring.inner_diameter_mm / 2
    return max(inner + CULET_CLEARANCE + stone.depth, inner + ring.thickness_mm + HEAD_RISE * stone.depth)


def build_shank(ring: Ring) -> Mesh:
    """The band: swept around y, tapering toward the head at +z."""
    inner = ring.inner_diameter_mm / 2
    angle = np.linspace(0, 2 * np.pi, around(inner + ring.thickness_mm), endpoint=False)
    toward_head = (0.5 + 0.5 * np.sin(angle)) ** 2
    width = ring.width_mm * (1 - (1 - ring.taper) * toward_head)
    return band(inner, width, np.full(len(angle), ring.thickness_mm), profile(ring.profile))


def around(radius: float, most: int = AROUND) -> int:
    """Stations around a band of this outer radius, mm, at the detail in force."""
    return detail().sides(radius, most)


def band(inner: float, width: Floats, thickness: Floats, section: Floats) -> Mesh:
    """A closed band around y: ``width`` and ``thickness`` (n,) in mm at n equal angles from +x toward +z."""
    angle = np.linspace(0, 2 * np.pi, len(width), endpoint=False)[:, None]
    radius = inner + thickness[:, None] * section[None, :, 1]
    side = width[:, None] * section[None, :, 0] / 2
    vertices = np.stack([radius * np.cos(angle), side, radius * np.sin(angle)], -1)
    return outward(Mesh(vertices.reshape(-1, 3), quads(len(width), len(section), closed_u=True)))


def profile(name: str) -> Floats:
    """Cross-section (n, 2) of a band: across in -1..1, from the finger outward in 0..1. Inside it is comfort fit."""
    across = COARSE_ACROSS if detail().tolerance_mm else ACROSS
    angle = np.linspace(0, 2 * np.pi, across, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    outer = {"d_shape": 2.3, "flat": 9.0, "knife": 2.0, "round": 2.0}[name]
    inner = {"d_shape": 3.2, "flat": 5.0, "knife": 3.2, "round": 2.0}[name]
    power = np.where(s > 0, 2 / outer, 2 / inner)
    side = np.sign(c) * np.abs(c) ** power
    rise = np.abs(s) ** power
    if name == "knife":
        rise = np.where(s > 0, 1.03 - np.sqrt(np.abs(side) ** 2 * 0.94 + 0.0009), rise)
    deep = 0.5 if name == "round" else 0.28
    height = np.where(s > 0, deep + (1 - deep) * np.clip(rise, 0, 1), deep - deep * rise)
    return np.stack([side, height], 1)


def _head(spec: Spec, ring: Ring, stone_spec: Stone) -> tuple[list[Part], list[Mesh], float]:
    """Centre head (and side heads of a three-stone ring), their drills, and how far along x the heads reach."""
    stone = gemstones.cut_stone(stone_spec)
    heads = [(stone_spec, stone, 0.0, 90.0 if stone_spec.east_west else 0.0, "")]
    if ring.style == "three_stone" and spec.accents is not None:
        size, shape = spec.accents.diameter_mm, spec.accents.cut
        side = Stone(gem=spec.accents.gem, cut=shape, length_mm=size, setting="prong", prongs=4)
        held_stone = gemstones.cut_stone(side)
        # Pointed stones lie along the shank and point away from the centre; the others stand beside it.
        spin = -90.0 if shape in ("pear", "marquise", "trillion", "kite", "baguette") else 0.0
        lean = _side_angle(ring, stone, held_stone, float(np.ptp(held_stone.outline[:, 1 if spin else 0])))
        heads += [(side, held_stone, hand * lean, hand * spin, f"side {k} ") for k, hand in ((1, -1), (2, 1))]
    parts, drills = [], []
    for held, cut, lean, spin, prefix in heads:
        turn = about("y", lean) @ about("z", spin)
        place = np.array([0, 0, girdle_height(ring, cut)]) @ turn.T
        foot = ring.inner_diameter_mm / 2 + ring.thickness_mm - girdle_height(ring, cut)
        if prefix:
            role = PartRole.SIDE_HEAD
            for part in setting.head(held, None, spec.settings_metal, foot):
                name = prefix + ("stone" if part.stone else part.name)
                parts.append(moved(replace(part, name=name, role=role), turn, place))
        else:
            # A collet is filed to the shank's curve: it starts a little below its top, and touches all around.
            sunk = COLLET_SUNK if held.setting == "bezel" and held.cut != "pearl" else 0.0
            parts += [moved(part, turn, place) for part in set_stone(spec, foot=foot - sunk)]
        drills.append(_drill(cut).turned(turn).moved(place))
    widest = max(float(np.abs(part.vertices[:, 0]).max()) for part in parts)
    return parts, drills, widest


def _side_angle(ring: Ring, centre: gemstones.Gemstone, side: gemstones.Gemstone, across: float) -> float:
    """Lean of a side stone about the finger, in degrees, so that its girdle just clears the centre stone's.

    ``across`` is the side stone's extent along the shank, mm.
    """
    edge, reach = float(np.ptp(centre.outline[:, 0])) / 2, across / 2
    radius, rise = girdle_height(ring, side), girdle_height(ring, centre)
    leans = np.arange(8.0, 70.0, 0.25)
    a = np.radians(leans)
    # The near edge of the leaning side stone.
    x, z = radius * np.sin(a) - reach * np.cos(a), radius * np.cos(a) + reach * np.sin(a)
    slope = edge - np.maximum(rise - z, 0.0) * edge / centre.depth
    beside = (np.abs(z - rise) > side.top) | (radius * np.sin(a) > (edge + reach + 0.35) * 0.9)
    clear = np.flatnonzero((x > slope + 0.30) & beside)
    return float(leans[clear[0]]) if len(clear) else 60.0


def _row(spec: Spec, ring: Ring, accents: Accents, shank: Mesh, reach: float) -> tuple[Mesh, list[Part]]:
    """Stones along the outside: all around an eternity ring, over the front of a band, else down the shoulders."""
    radius = ring.inner_diameter_mm / 2 + ring.thickness_mm
    closed = ring.style == "eternity" and accents.count is None
    if closed:
        count = pave.fit(2 * np.pi * (radius - 0.1 * accents.diameter_mm), accents, closed=True)
        angles = np.linspace(0, 360, count, endpoint=False) + 90
    elif reach == 0.0:
        count = pave.fit(radius * np.pi, accents, closed=False)
        step = np.degrees(accents.diameter_mm * (1 + GAP) / radius)
        angles = 90 + step * (np.arange(count) - (count - 1) / 2)
    else:
        return _shoulder_rows(spec, ring, accents, shank, reach)
    row = _around(radius, angles)
    return pave.set_row(shank, row, accents, spec.settings_metal, name="stones", closed=closed)


def _shoulder_rows(
    spec: Spec, ring: Ring, accents: Accents, shank: Mesh, reach: float
) -> tuple[Mesh, list[Part]]:
    """A row down each shoulder from beside the head, which reaches so far along x, mm."""
    radius = ring.inner_diameter_mm / 2 + ring.thickness_mm
    step = np.degrees(accents.diameter_mm * (1 + GAP) / radius)
    start = np.degrees(np.arcsin(min((reach * 0.62 + 0.6 * accents.diameter_mm) / radius, 0.9)))
    last = 72.0
    if ring.cathedral:
        # Under the arches nobody would see the stones, and no bench could set them.
        start = ROWED_FOOT_DEG + np.degrees((_arch_wire(ring) + 0.6 * accents.diameter_mm) / radius)
        last = 90.0
    each = accents.model_copy(update={"count": (accents.count + 1) // 2 if accents.count else None})
    count = min(pave.fit(radius * np.radians(last - start), each, closed=False), 40)
    parts: list[Part] = []
    for hand, name in ((1, "right"), (-1, "left")):
        angles = 90 - hand * (start + step * np.arange(count))
        row = _around(radius, angles)
        shank, more = pave.set_row(
            shank, row, accents, spec.settings_metal, name=f"pave stones {name}", closed=False
        )
        parts += more
    return shank, parts


def _around(radius: float, degrees: Floats) -> Row:
    """Places on the outside of a band around y."""
    angle = np.radians(degrees)
    out = np.stack([np.cos(angle), np.zeros(len(angle)), np.sin(angle)], 1)
    along = np.stack([-np.sin(angle), np.zeros(len(angle)), np.cos(angle)], 1)
    if len(angle) > 1 and angle[1] < angle[0]:
        along = -along
    return Row(radius * out, along, out)


def _flush_band(spec: Spec, ring: Ring, shank: Mesh) -> list[Part]:
    """A band with a stone sunk to its table at the top."""
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller; narrows the type
    stone = gemstones.cut_stone(spec.stone)
    at = [0.0, 0.0, ring.inner_diameter_mm / 2 + ring.thickness_mm - 0.55 * stone.top]
    hole = Mesh(stone.mesh.vertices * [1.004, 1.004, 1.0], stone.mesh.faces)
    mouth = solid.extrude([stone.outline * 0.97], 4.0)
    shank = solid.subtract(shank, hole.moved(at), mouth.moved(at))
    parts = [mounting.stone_part(stone, spec.stone, at)]
    if spec.milgrain:
        parts.append(_milgrain(spec, ring))
    return [metal_part("shank", shank, spec.metal, spec.finish, role=PartRole.SHANK), *parts]


def _signet(spec: Spec, ring: Ring) -> list[Part]:
    """A signet: the shank swells into shoulders that carry a flat oval face, engraved or set with a stone."""
    inner = ring.inner_diameter_mm / 2
    face_length = float(np.clip(2.9 * ring.width_mm + 2.5, 8.0, 15.0))
    face_width = 0.84 * face_length
    angle = np.linspace(0, 2 * np.pi, around(2 * inner), endpoint=False)
    away = np.abs(np.degrees(np.angle(np.exp(1j * (angle - np.pi / 2)))))
    top = inner + ring.thickness_mm + 0.06 * face_length + 0.5
    width = ring.width_mm + (0.93 * face_length - ring.width_mm) * np.exp(-((away / 34) ** 2))
    thick = _shoulder(ring, top - 0.42, 0.49 * face_width, np.radians(away))
    shoulders = band(inner, width, thick, profile("d_shape"))
    # The table is an oval puck whose sides swell a little under a bevelled edge and run out in the shoulders.
    outline = np.stack([face_width / 2 * np.cos(angle), face_length / 2 * np.sin(angle)], 1)
    side = np.array([(0.70, 0.80 * inner), (0.84, top - 2.1), (0.985, top - 1.1), (1.015, top - 0.7), (1.0, top - 0.34),
                     (0.975, top - 0.12), (0.95, top - 0.03), (0.93, top), (0.90, top)])  # fmt: skip
    # Close rings: where the shoulders cut the flank, smoothed normals must not spread over the whole of it.
    levels = np.r_[np.arange(side[0, 1], side[4, 1], 0.12), side[4:, 1]]
    scales = np.r_[np.interp(levels[: -len(side[4:])], side[:, 1], side[:, 0]), side[4:, 0]]
    puck = pillow(outline, np.column_stack([scales, np.zeros(len(levels)), levels]))
    # Bored wider than the finger: the band's inside is rounded for comfort, and the table must not stand out of it.
    finger = tube([[0, -30, 0], [0, 30, 0]], inner + 0.6 * ring.thickness_mm, 192)
    lying = solid.unite([solid.bored(puck, finger), shoulders])
    parts: list[Part] = []
    if spec.stone is not None:
        stone = gemstones.cut_stone(spec.stone)
        # A cabochon sits deep, the metal rubbed over its flanks, so that a low dome is left.
        room = top - inner - 0.6 - stone.depth
        sink = float(np.clip(0.45 * stone.top, 0.05, max(room, 0.05))) if stone.smooth else 0.25 * stone.top
        at = np.array([0, 0, top - 0.02 - sink])
        hole = Mesh(stone.mesh.vertices * [1.003, 1.003, 1.0], stone.mesh.faces).moved(at)
        mouths = [] if stone.smooth else [solid.extrude([stone.outline * 0.985], 6.0).moved(at)]
        lying = solid.subtract(lying, hole, *mouths)
        parts.append(mounting.stone_part(stone, spec.stone, at))
    elif spec.engraving:
        lying, floor = plates.engrave(lying, spec.engraving, (0.64 * face_width, 0.5 * face_length))
        parts += engraved(floor, spec)
    if spec.milgrain:
        bead, placed = plates.milgrain(outline, top - 0.08, inset=0.35, size=0.38)
        parts.append(scatter("milgrain", [(bead, placed)], spec.metal, role=PartRole.MILGRAIN))
    return [metal_part("shank", lying, spec.metal, spec.finish, role=PartRole.SHANK), *parts]


def _shoulder(ring: Ring, level: float, half: float, away: Floats) -> Floats:
    """Thickness (n,) at angles ``away`` from the head: flat under a table ``half`` wide, straight down to the shank."""
    from scipy.ndimage import gaussian_filter1d

    inner, outer = ring.inner_diameter_mm / 2, ring.inner_diameter_mm / 2 + ring.thickness_mm
    corner = np.arctan2(half, level)
    touch = corner + np.arccos(outer / np.hypot(half, level))
    radius = np.where(away < corner, level / np.cos(np.minimum(away, corner)), outer)
    slope = outer / np.cos(np.clip(touch - away, 0, touch))
    radius = np.where((away >= corner) & (away < touch), slope, radius)
    return np.asarray(gaussian_filter1d(radius, len(away) / 120, mode="wrap") - inner)


def _below(inner: float) -> Mesh:
    box = np.array([(40.0, -40.0), (40.0, 40.0), (-40.0, 40.0), (-40.0, -40.0)])
    return solid.extrude([box], 40 + 0.55 * inner).moved([0, 0, -40])


def _cathedral(spec: Spec, ring: Ring, stone: gemstones.Gemstone) -> list[Part]:
    """Two arches that leave the shank at its shoulders and rise to the gallery."""
    radius = ring.inner_diameter_mm / 2 + 0.6 * ring.thickness_mm
    height = girdle_height(ring, stone)
    half = float(np.ptp(stone.outline[:, 0])) / 2
    wire = _arch_wire(ring)
    end_x, end_z = 0.74 * half, height - 0.40 * stone.depth
    last, top = float(np.arctan2(end_x, end_z)), float(np.hypot(end_x, end_z))
    share = np.linspace(0, 1, 60)
    foot = np.radians(ROWED_FOOT_DEG if spec.rowed else FOOT_DEG)
    angle = foot + share * (last - foot)
    # Tangent to the shank where it leaves, steepest at the head.
    reach = radius + (top - radius) * share**2.2
    parts = []
    for name, hand in (("right", 1.0), ("left", -1.0)):
        path = np.column_stack([hand * reach * np.sin(angle), np.zeros(60), reach * np.cos(angle)])
        taper = wire * np.interp(np.linspace(0, 1, 60), [0, 0.5, 1], [1.0, 0.85, 0.62])
        arch = solid.subtract(tube(path, taper, 28), stone.mesh.moved([0, 0, height]))
        parts.append(metal_part(f"cathedral {name}", arch, spec.metal, spec.finish, role=PartRole.ARCH))
    return parts


def _arch_wire(ring: Ring) -> float:
    """Radius of a cathedral arch where it leaves the shank, mm."""
    return float(np.clip(0.42 * ring.width_mm * ring.taper, 0.45, 1.1))


def _engrave_inside(ring: Ring, shank: Mesh, text: str) -> tuple[Mesh, Mesh | None]:
    """Text inside the band at the bottom, where rings are inscribed; the letters' tops point away from the camera."""
    room = (0.9 * ring.inner_diameter_mm * 0.6, 0.55 * ring.width_mm)
    # The inside of the bottom faces up already; only the lower part of the ring is a lying body with that face.
    lower = _below(0.0).moved([0, 0, -0.55 * ring.inner_diameter_mm / 2])
    bottom = solid.intersect(shank, lower)
    rest = solid.subtract(shank, lower)
    cut, floor = plates.engrave(bottom, text, room, whole=True)
    return (shank, None) if floor is None else (solid.unite([rest, cut]), floor)


def _milgrain(spec: Spec, ring: Ring) -> Part:
    """Beads along both edges of the band."""
    size = float(np.clip(0.12 * ring.width_mm, 0.26, 0.42))
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    section = profile(ring.profile)
    toward_head = (0.5 + 0.5 * np.sin(angle)) ** 2
    width = ring.width_mm * (1 - (1 - ring.taper) * toward_head)
    # Where the profile has fallen to seven tenths of its height: the shoulder of the edge.
    side = section[(section[:, 1] > 0.55) & (section[:, 0] > 0)]
    share, rise = side[int(np.argmin(np.abs(side[:, 1] - 0.74)))]
    radius = ring.inner_diameter_mm / 2 + ring.thickness_mm * rise
    count = int(2 * np.pi * radius / (1.12 * size))
    index = (np.arange(count) * 720 // count) % 720
    out = np.stack([np.cos(angle), np.zeros(720), np.sin(angle)], 1)[index]
    along = np.stack([-np.sin(angle), np.zeros(720), np.cos(angle)], 1)[index]
    placed = [
        poses(
            radius * out + hand * (share * width[index, None] / 2 - 0.25 * size) * np.array([0.0, 1.0, 0.0]),
            along,
            out,
        )
        for hand in (-1.0, 1.0)
    ]
    beads = (ball(size / 2, around=16), np.concatenate(placed))
    return scatter("milgrain", [beads], spec.metal, role=PartRole.MILGRAIN)


def _drill(stone: gemstones.Gemstone) -> Mesh:
    """The hole under a stone: its own shape with a hair's breadth of air, as the setter drills it."""
    return Mesh(stone.mesh.vertices * [1.04, 1.04, 1.0] - [0, 0, 0.1], stone.mesh.faces)
