"""Finger rings: the heads a shank carries, and rows of stones around it."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import metal_part, moved, poses, scatter
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import Floats, Mesh, about, ball, circle, pillow, tube
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import least, motif, mounting, pave, plates, setting, two_tone
from pipeline.atelier.pieces.pave import Row
from pipeline.atelier.pieces.setting import engraved, set_stone
from pipeline.atelier.pieces.shank import Rail, around, band, build_shank, profile, rails
from pipeline.atelier.spec import GAP, Accents, Ring, Spec, Stone, rail_width

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
    apart, past = rails_under(spec, ring)
    shank = build_shank(ring, apart, past)
    if ring.style == "motif":
        return _with_motif(spec, ring, shank)
    if spec.stone is not None and spec.stone.setting == "flush":
        return _flush_band(spec, ring, shank)
    parts: list[Part] = []
    if spec.stone is not None:
        head, drills, reach = _head(spec, ring)
        parts += head
        shank = solid.subtract(shank, *drills)
    else:
        reach = 0.0
    if spec.accents is not None and spec.rowed:
        shank, row = _row(spec, ring, spec.accents, shank, reach, rails(ring, apart))
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
    return [*two_tone.striped("shank", shank, ring.width_mm, spec, axis=1, role=PartRole.SHANK), *parts]


def girdle_height(ring: Ring, stone: gemstones.Gemstone, held: Stone | None = None) -> float:
    """Height of the girdle over the finger's centre: low, but with the culet off the finger, mm.

    ``held`` is how the stone is set: prongs lift one with a flat back.
    """
    inner = ring.inner_diameter_mm / 2
    rise = max(HEAD_RISE * stone.depth, mounting.lift(stone, held) if held is not None else 0.0)
    return max(inner + CULET_CLEARANCE + stone.depth, inner + ring.thickness_mm + rise)


@dataclass(frozen=True)
class _Seat:
    """A stone on a ring: how far it leans from the top toward +x and how it is spun about its own axis, degrees."""

    stone: Stone
    cut: gemstones.Gemstone
    lean: float = 0.0
    spin: float = 0.0
    side: str = ""
    """What its parts' names begin with; empty for the stone in the middle."""


def _seats(spec: Spec, ring: Ring) -> list[_Seat]:
    """The centre stone; with the side stones of a three-stone ring, or the other one of a toi et moi."""
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller; narrows the type
    stone = gemstones.cut_stone(spec.stone)
    if ring.style == "toi_et_moi":
        pair = (("", spec.stone, 1.0), ("second ", spec.second_stone or spec.stone, -1.0))
        return [
            _Seat(held, cut, hand * _beside(ring, cut, held), side=side)
            for side, held, hand in pair
            for cut in (gemstones.cut_stone(held),)
        ]
    seats = [_Seat(spec.stone, stone, spin=90.0 if spec.stone.east_west else 0.0)]
    if ring.style == "three_stone" and spec.accents is not None:
        size, shape = spec.accents.diameter_mm, spec.accents.cut
        side = Stone(gem=spec.accents.gem, cut=shape, length_mm=size, setting="prong", prongs=4)
        held_stone = gemstones.cut_stone(side)
        # Pointed stones lie along the shank and point away from the centre; the others stand beside it.
        spin = -90.0 if shape in ("pear", "marquise", "trillion", "kite", "baguette") else 0.0
        wide = pave.halo_width(_halo_of_three(spec)) + 0.12 if spec.stone.halo else 0.0
        across = float(np.ptp(held_stone.outline[:, 1 if spin else 0]))
        lean = _side_angle(ring, stone, held_stone, across + 2 * wide, wide)
        seats += [
            _Seat(side, held_stone, hand * lean, hand * spin, f"side {k} ") for k, hand in ((1, -1), (2, 1))
        ]
    return seats


HALO_OF_THREE_MM = 1.1
"""Diameter of the stones that surround each stone of a three-stone ring."""


def _halo_of_three(spec: Spec) -> Accents:
    """The stones of a halo where the accents are the side stones: of their gem."""
    return Accents(gem=spec.accents.gem if spec.accents else "diamond", diameter_mm=HALO_OF_THREE_MM)


def _beside(ring: Ring, cut: gemstones.Gemstone, held: Stone) -> float:
    """Lean in degrees of one of two stones that meet at the top, a little air between their girdles."""
    out = np.ptp(cut.outline[:, 0]) / 2 + 0.15
    return float(np.degrees(np.arctan2(out, girdle_height(ring, cut, held))))


def rails_under(spec: Spec, ring: Ring) -> tuple[float, float]:
    """How far a shank's rails lie apart so that they carry the head, mm, and how far bypass ends pass it, radians."""
    wide = rail_width(ring)
    if ring.shank not in ("split", "bypass"):
        return 0.0, 0.0
    if spec.stone is None or ring.style == "motif":
        return 0.5 * wide + 0.45, 0.45
    seats = _seats(spec, ring)
    foot = min(mounting.BASE_SHARE * float(np.ptp(seat.cut.outline[:, 1])) / 2 for seat in seats)
    farthest = max(
        np.radians(abs(seat.lean))
        + np.ptp(seat.cut.outline[:, 0]) / 2 / girdle_height(ring, seat.cut, seat.stone)
        for seat in seats
    )
    return max(foot + 0.15 * wide, 0.5 * wide + 0.2), float(min(farthest + 0.12, 1.1))


def _head(spec: Spec, ring: Ring) -> tuple[list[Part], list[Mesh], float]:
    """All heads of a ring, the drills under their stones, and how far along x they reach, mm."""
    parts, drills = [], []
    for seat in _seats(spec, ring):
        turn = about("y", seat.lean) @ about("z", seat.spin)
        place = np.array([0, 0, girdle_height(ring, seat.cut, seat.stone)]) @ turn.T
        foot = ring.inner_diameter_mm / 2 + ring.thickness_mm - girdle_height(ring, seat.cut, seat.stone)
        # A collet is filed to the shank's curve: it starts a little below its top, and touches all around.
        sunk = COLLET_SUNK if seat.stone.setting == "bezel" and seat.stone.cut != "pearl" else 0.0
        if seat.side:
            second = ring.style == "toi_et_moi"
            haloed = spec.stone is not None and spec.stone.halo and not second
            halo = _halo_of_three(spec) if haloed else None
            held = seat.stone.model_copy(update={"halo": halo is not None})
            for part in setting.head(held, halo, spec.settings_metal, foot - sunk):
                name = seat.side + ("stone" if part.stone and not part.repeats else part.name)
                role = part.role if second else PartRole.SIDE_HEAD
                claw = part.role is PartRole.PRONG
                parts.append(moved(replace(part, name=name, role=role, claw=claw), turn, place))
        else:
            parts += _centre(spec, ring, seat, foot - sunk, turn, place, collet=sunk > 0)
        drills.append(_drill(seat.cut).turned(turn).moved(place))
    widest = max(float(np.abs(part.vertices[:, 0]).max()) for part in parts)
    return parts, drills, widest


def _centre(
    spec: Spec, ring: Ring, seat: _Seat, foot: float, turn: Floats, place: Floats, *, collet: bool
) -> list[Part]:
    """The centre stone's head; a long collet that lies along the shank reaches down to it and around the finger."""
    if ring.style == "three_stone":
        spec = spec.model_copy(update={"accents": _halo_of_three(spec)})
    down = _fall(ring, seat) if collet else 0.0
    parts = [moved(part, turn, place) for part in set_stone(spec, foot=foot - down)]
    return [_off_the_finger(part, ring) for part in parts] if down > COLLET_SUNK else parts


def _fall(ring: Ring, seat: _Seat) -> float:
    """How far the shank falls away under the ends of a stone that lies along it, mm."""
    if not seat.spin:
        return 0.0
    outer = ring.inner_diameter_mm / 2 + ring.thickness_mm
    reach = min(0.5 * float(np.ptp(seat.cut.outline[:, 1])), 0.9 * outer)
    return float(outer - np.sqrt(outer**2 - reach**2))


def _off_the_finger(part: Part, ring: Ring) -> Part:
    """A long collet without what would reach into the finger hole."""
    if part.role is not PartRole.BEZEL or part.repeats:
        return part
    hole = solid.extrude([circle(ring.inner_diameter_mm / 2 + 0.02, 160)], 60.0).moved([0, 0, -30])
    mesh = solid.subtract(Mesh(part.vertices, part.faces), hole.turned(about("x", 90)))
    return replace(part, vertices=mesh.vertices, faces=mesh.faces)


def _side_angle(
    ring: Ring, centre: gemstones.Gemstone, side: gemstones.Gemstone, across: float, halo: float = 0.0
) -> float:
    """Lean of a side stone about the finger, in degrees, so that its girdle just clears the centre stone's.

    ``across`` is the side stone's extent along the shank, mm, with its halo, and ``halo`` the width of the centre's.
    """
    edge, reach = float(np.ptp(centre.outline[:, 0])) / 2 + halo, across / 2
    radius, rise = girdle_height(ring, side), girdle_height(ring, centre)
    leans = np.arange(8.0, 70.0, 0.25)
    a = np.radians(leans)
    # The near edge of the leaning side stone.
    x, z = radius * np.sin(a) - reach * np.cos(a), radius * np.cos(a) + reach * np.sin(a)
    slope = halo + _side_of(centre, np.minimum(z - rise, 0.0))
    beside = (np.abs(z - rise) > side.top) | (radius * np.sin(a) > (edge + reach + 0.35) * 0.9)
    clear = np.flatnonzero((x > slope + 0.30) & beside)
    return float(leans[clear[0]]) if len(clear) else 60.0


def _side_of(stone: gemstones.Gemstone, level: Floats) -> Floats:
    """How far a stone reaches to the side at heights under its girdle, mm: its outline seen from the front."""
    corners = stone.mesh.vertices[stone.mesh.faces][:, :, [0, 2]]
    begin, end = corners.reshape(-1, 2), np.roll(corners, -1, axis=1).reshape(-1, 2)
    sloped = np.abs(end[:, 1] - begin[:, 1]) > 1e-9
    begin, end = begin[sloped], end[sloped]
    levels = np.linspace(-stone.depth, 0.0, 33)
    share = (levels[:, None] - begin[:, 1]) / (end[:, 1] - begin[:, 1])
    across = begin[:, 0] + share * (end[:, 0] - begin[:, 0])
    widest = np.where((share >= 0) & (share <= 1), across, 0.0).max(axis=1)
    return np.asarray(np.interp(level, levels, widest))


def _row(
    spec: Spec, ring: Ring, accents: Accents, shank: Mesh, reach: float, carriers: list[Rail]
) -> tuple[Mesh, list[Part]]:
    """Stones along the outside: all around an eternity ring, over the front of a band, else down the shoulders."""
    radius = ring.inner_diameter_mm / 2 + ring.thickness_mm
    closed = ring.style == "eternity" and accents.count is None
    if closed:
        count = pave.fit(2 * np.pi * (radius - 0.1 * accents.along_mm), accents, closed=True)
        angles = np.linspace(0, 360, count, endpoint=False) + 90
    elif reach == 0.0:
        count = pave.fit(radius * np.pi, accents, closed=False)
        step = np.degrees(accents.along_mm * (1 + GAP) / radius)
        angles = 90 + step * (np.arange(count) - (count - 1) / 2)
    else:
        return _shoulder_rows(spec, ring, accents, shank, reach, carriers)
    row = _around(radius, angles)
    return pave.set_row(shank, row, accents, spec.settings_metal, name="stones", closed=closed)


def _shoulder_rows(
    spec: Spec, ring: Ring, accents: Accents, shank: Mesh, reach: float, carriers: list[Rail]
) -> tuple[Mesh, list[Part]]:
    """A row down each shoulder, on each rail it has, from beside the head, which reaches so far along x, mm."""
    radius = ring.inner_diameter_mm / 2 + ring.thickness_mm
    step = np.degrees(accents.diameter_mm * (1 + GAP) / radius)
    start = np.degrees(np.arcsin(min((reach * 0.62 + 0.6 * accents.diameter_mm) / radius, 0.9)))
    last = 72.0
    if ring.cathedral:
        # Under the arches nobody would see the stones, and no bench could set them.
        start = ROWED_FOOT_DEG + np.degrees((_arch_wire(ring) + 0.6 * accents.diameter_mm) / radius)
        last = 90.0
    elif ring.shank == "split":
        # Further down the rails run into one another.
        last = max(SPLIT_ROW_DEG, start + step)
    each = accents.model_copy(update={"count": (accents.count + 1) // 2 if accents.count else None})
    count = min(pave.fit(radius * np.radians(last - start), each, closed=False), 40)
    parts: list[Part] = []
    for hand, name in ((1, "right"), (-1, "left")):
        away = np.radians(start + step * np.arange(count))
        running = [rail for rail in carriers if hand in rail.hands]
        for k, rail in enumerate(running):
            row = _around(radius, 90 - hand * np.degrees(away), rail.at(hand * away))
            label = f"pave stones {name}" if len(running) == 1 else f"pave stones {name} {k + 1}"
            shank, more = pave.set_row(shank, row, accents, spec.settings_metal, name=label, closed=False)
            parts += more
    return shank, parts


SPLIT_ROW_DEG = 60.0
"""How far from the head the rails of a split shank carry stones, degrees."""


def _around(radius: float, degrees: Floats, across: Floats | None = None) -> Row:
    """Places on the outside of a band around y, ``across`` (n,) mm along y where it leaves the middle."""
    angle = np.radians(degrees)
    out = np.stack([np.cos(angle), np.zeros(len(angle)), np.sin(angle)], 1)
    along = np.stack([-np.sin(angle), np.zeros(len(angle)), np.cos(angle)], 1)
    if len(angle) > 1 and angle[1] < angle[0]:
        along = -along
    if across is None or len(across) < 2:
        return Row(radius * out, along, out)
    places = radius * out + np.outer(across, [0.0, 1.0, 0.0])
    return Row(places, np.gradient(places, axis=0), out)


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
    return [*two_tone.faced("shank", lying, top, spec, role=PartRole.SHANK), *parts]


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
    height = girdle_height(ring, stone, spec.stone)
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
    size = least.grain(float(np.clip(0.12 * ring.width_mm, 0.26, 0.42)))
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
