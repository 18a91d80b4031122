"""Tiaras: a band that is open at the back, and on it a crest of spires or motifs that rises to the middle.

Built upright about z, its front toward -y; the band's ends curl into loops for a ribbon or for pins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.assembly import metal_part, moved, shifted
from pipeline.atelier.geometry.gemstones import cut_stone
from pipeline.atelier.geometry.mesh import Floats, Mesh, about, ball, sweep, torus, tube
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import least, motif, pave
from pipeline.atelier.pieces.hung import FACE
from pipeline.atelier.pieces.pave import Row
from pipeline.atelier.pieces.setting import set_stone
from pipeline.atelier.pieces.shank import profile
from pipeline.atelier.spec import GAP, Accents, Bracelet, Spec, row_needs

DEPTH = 1.12
"""Depth of the half oval a band follows over half its width: a head is longer than wide."""
OPEN_DEG = 105.0
"""How far from the front's middle the band runs on either side, degrees."""
CREST_DEG = 74.0
"""How far from the front's middle the crest goes."""
BAND_MM = 3.2
"""Height of a band without stones, mm."""
SPIRE_MM = 13.0
"""Usual distance of spires along the band, mm."""
WIRE_MM = 0.6
"""Radius of a spire's wire, mm."""
LOWEST = 0.34
"""Height of the crest at its ends, over that in the middle."""
LET_IN_MM = 0.5
"""How deep the crest stands in the band, mm."""


@dataclass(frozen=True)
class _Head:
    """The oval a band follows, mm."""

    across: float
    """Half its width."""

    @classmethod
    def of(cls, worn: Bracelet) -> "_Head":
        """As wide as a band of this length asks for."""
        turn = np.radians(np.linspace(-OPEN_DEG, OPEN_DEG, 400))
        line = np.stack([np.sin(turn), -DEPTH * np.cos(turn)], 1)
        return cls(worn.length_mm / float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum()))

    def at(self, turn: Floats) -> Floats:
        """Places (n, 2) at angles (n,) from the front's middle, radians, toward +x."""
        return self.across * np.stack([np.sin(turn), -DEPTH * np.cos(turn)], -1)

    def out(self, turn: Floats) -> Floats:
        """Outward directions (n, 2) there."""
        away = np.stack([np.sin(turn) * DEPTH, -np.cos(turn)], -1)
        return np.asarray(away / np.linalg.norm(away, axis=-1, keepdims=True))

    def spread(self, reach_deg: float, count: int) -> Floats:
        """Angles (count,) evenly spaced along the band, within so far of the middle, radians."""
        fine = np.radians(np.linspace(-reach_deg, reach_deg, 1001))
        length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(self.at(fine), axis=0), axis=1))]
        return np.interp(np.linspace(0, length[-1], count), length, fine)

    def length(self, reach_deg: float) -> float:
        """Length of the band within so far of the middle, mm."""
        fine = np.radians(np.linspace(-reach_deg, reach_deg, 1001))
        return float(np.linalg.norm(np.diff(self.at(fine), axis=0), axis=1).sum())


def build_tiara(spec: Spec, worn: Bracelet) -> list[Part]:
    """The band with its row, the crest with its stones, and the loops at the ends."""
    head = _Head.of(worn)
    tall = BAND_MM if spec.accents is None else max(BAND_MM, row_needs(spec.accents.across_mm)[0] + 0.4)
    body = _band(head, tall, worn.thickness_mm)
    parts: list[Part] = []
    if spec.accents is not None:
        body, parts = _row(spec, head, body, spec.accents, worn.thickness_mm)
    crest = _motifs(spec, head, tall, worn) if spec.motif is not None else _spires(spec, head, tall, worn)
    return [
        metal_part("band", body, spec.metal, spec.finish, role=PartRole.CUFF),
        *parts,
        *_loops(spec, head),
        *crest,
    ]


def _band(head: _Head, tall: float, thick: float) -> Mesh:
    """The band, its ends drawn in to two thirds of its height."""
    turn = np.radians(np.linspace(-OPEN_DEG, OPEN_DEG, 360))
    path = np.column_stack([head.at(turn), np.zeros(len(turn))])
    share = np.abs(turn) / np.radians(OPEN_DEG)
    narrow = np.interp(share, [0.0, 0.75, 1.0], [1.0, 1.0, 0.62])
    section = profile("d_shape") * [0.5 * tall, thick]
    sections = np.stack(
        [section[None, :, 0] * narrow[:, None], np.broadcast_to(section[:, 1], (len(turn), len(section)))], -1
    )
    out = np.column_stack([head.out(turn), np.zeros(len(turn))])
    return sweep(path, sections, closed=False, across=np.tile([0.0, 0.0, 1.0], (len(turn), 1)), up=out)


def _row(spec: Spec, head: _Head, body: Mesh, accents: Accents, thick: float) -> tuple[Mesh, list[Part]]:
    """Stones along the front of the band."""
    count = pave.fit(head.length(CREST_DEG), accents, closed=False)
    step = accents.along_mm * (1 + GAP)
    fine = head.spread(CREST_DEG, 2001)
    at = head.length(CREST_DEG) / 2 + step * (np.arange(count) - (count - 1) / 2)
    turn = np.interp(at, np.linspace(0, head.length(CREST_DEG), 2001), fine)
    out = np.column_stack([head.out(turn), np.zeros(count)])
    along = np.cross([0.0, 0.0, 1.0], out)
    origins = np.column_stack([head.at(turn), np.zeros(count)]) + thick * out
    return pave.set_row(
        body, Row(origins, along, out), accents, spec.settings_metal, name="stones", closed=False
    )


def _loops(spec: Spec, head: _Head) -> list[Part]:
    """A loop at either end of the band."""
    wire = least.wire(0.75)
    parts = []
    for side, hand in (("left", -1.0), ("right", 1.0)):
        turn = np.array([hand * np.radians(OPEN_DEG)])
        end, out = head.at(turn)[0], head.out(turn)[0]
        onward = hand * np.array([-out[1], out[0]])
        middle = np.array([*(end + 2.0 * onward + 0.9 * out), 0.0])
        ring = torus(2.1, wire, around=48, sides=18).turned(about("x", 90))
        facing = about("z", float(np.degrees(np.arctan2(out[0], -out[1]))))
        parts.append(
            metal_part(f"loop {side}", ring.turned(facing).moved(middle), spec.metal, role=PartRole.EYE)
        )
    return parts


def _rise(share: float) -> float:
    """Height of the crest over that in its middle, so far out: 0 in the middle, 1 at its ends."""
    return LOWEST + (1 - LOWEST) * float(np.cos(np.pi / 2 * min(share, 1.0)) ** 1.4)


def _places(
    head: _Head, along: Floats, worn: Bracelet, tall: float
) -> Iterator[tuple[int, Floats, Floats, float]]:
    """For each of the crest's parts, so far along the band from its middle, mm: number, turn, foot and height, mm."""
    reach = head.length(CREST_DEG) / 2
    fine = head.spread(CREST_DEG, 1001)
    for k, turn in enumerate(np.interp(along, np.linspace(-reach, reach, 1001), fine)):
        out = head.out(np.array([turn]))[0]
        facing = about("z", float(np.degrees(np.arctan2(out[0], -out[1]))))
        foot = head.at(np.array([turn]))[0] + 0.5 * worn.thickness_mm * out
        height = max(_rise(abs(along[k]) / reach) * (worn.width_mm - tall), LEAST_MM)
        yield k + 1, facing, np.array([*foot, 0.5 * tall - LET_IN_MM]), height


LEAST_MM = 5.0
"""Height of the crest's smallest parts, mm."""


def _side_by_side(head: _Head, ratio: float, above: float) -> Floats:
    """Where motifs ``ratio`` times as wide as they are high stand, each beside the next, mm from the middle."""
    reach = head.length(CREST_DEG) / 2
    right = [0.0]
    while True:
        here = ratio * max(_rise(right[-1] / reach) * above, LEAST_MM)
        beside = ratio * max(_rise((right[-1] + here) / reach) * above, LEAST_MM)
        onward = right[-1] + 0.5 * BESIDE * (here + beside)
        if onward > reach:
            break
        right.append(onward)
    return np.array([*(-place for place in right[:0:-1]), *right])


BESIDE = 1.04
"""Distance of two motifs over what they need."""


def _spires(spec: Spec, head: _Head, tall: float, worn: Bracelet) -> list[Part]:
    """Pointed loops side by side, each with a stone held before its stem, or a bead at its tip alone."""
    long = head.length(CREST_DEG)
    count = 2 * max(int(long / SPIRE_MM / 2), 1) + 1  # odd: one stands in the middle
    pitch = long / (count - 1)
    parts: list[Part] = []
    metal: list[Mesh] = []
    drawn: dict[float, tuple[Mesh, list[Part]]] = {}
    for number, facing, foot, height in _places(head, np.linspace(-long / 2, long / 2, count), worn, tall):
        size = round(height, 2)
        if size not in drawn:  # those at the left are as tall as those at the right
            drawn[size] = _spire(spec, size, 0.54 * pitch, worn.width_mm - tall)
        lying, held = drawn[size]
        metal.append(lying.turned(FACE).turned(facing).moved(foot))
        for part in held:
            upright = moved(moved(part, FACE, np.zeros(3)), facing, foot)
            parts.append(replace(upright, name=f"{part.name} of spire {number}"))
    crest = solid.unite(metal)
    return [metal_part("crest", crest, spec.metal, spec.finish, role=PartRole.CREST), *parts]


def _spire(spec: Spec, height: float, half: float, highest: float) -> tuple[Mesh, list[Part]]:
    """One spire lying face up, its foot at the origin, its tip along +y: the metal, and the stone in its setting."""
    wire = least.wire(WIRE_MM)
    share = np.linspace(0, 1, 60)
    side = half * np.sin(np.pi * share**0.8) ** 0.9
    loop = [np.column_stack([hand * side, height * share, np.zeros(60)]) for hand in (-1.0, 1.0)]
    stem = np.array([[0.0, 0.0, 0.0], [0.0, 0.5 * height, 0.0], [0.0, height, 0.0]])
    bodies = [tube(line, wire, 20) for line in loop]
    bodies += [tube(stem, 0.9 * wire, 16), ball(1.9 * wire, around=32).moved([0.0, height + 0.9 * wire, 0.0])]
    if spec.stone is None:
        return solid.unite(bodies), []
    size = max(spec.stone.length_mm * (0.65 + 0.35 * height / highest), 2.0)
    size = min(size, 1.5 * half, 0.6 * height)
    smaller = spec.stone.model_copy(update={"length_mm": round(size, 2)})
    parts = set_stone(spec.model_copy(update={"stone": smaller, "accents": None}))
    low = min(float(part.vertices[:, 2].min()) for part in parts)
    middle = np.array([0.0, height * 0.43, -low - 0.7 * wire])
    parts = [shifted(part, middle) for part in parts]
    stone = cut_stone(smaller).mesh.moved(middle)
    return solid.subtract(solid.unite(bodies), stone), parts


def _stem(cut: motif.Sheet, foot: Floats) -> Mesh:
    """The wire that holds a lying motif on the band, from its foot (2,) toward its widest place."""
    place, _ = motif.widest(cut.outline)
    end = foot + STEM_SHARE * (place - foot)
    return tube([[*foot, WIRE_MM], [*end, WIRE_MM]], least.wire(WIRE_MM), 16)


STEM_SHARE = 0.75
"""How far up to a motif's widest place its stem reaches: a stone may sit there."""


def _motifs(spec: Spec, head: _Head, tall: float, worn: Bracelet) -> list[Part]:
    """A motif for each place of the crest, the largest in the middle."""
    assert spec.motif is not None  # noqa: S101 -- told apart by the caller; narrows the type
    largest = motif.sheet(spec.motif, height=worn.width_mm - tall).size
    along = _side_by_side(head, max(largest[0] / largest[1], 0.3), worn.width_mm - tall)
    parts: list[Part] = []
    bare = spec.model_copy(update={"accents": None})
    for number, facing, foot, height in _places(head, along, worn, tall):
        cut = motif.sheet(spec.motif, height=height)
        low_x, low_y, high_x, _ = cut.outline.bounds()
        foot_at = np.array([(low_x + high_x) / 2, low_y])
        stem = metal_part("stem", _stem(cut, foot_at), spec.metal, spec.finish)
        for part in [stem, *motif.motif_parts(bare, cut, name="motif")]:
            lying = shifted(part, [*-foot_at, 0.0])
            upright = moved(moved(lying, FACE, np.zeros(3)), facing, foot)
            role = PartRole.CREST if part.role is PartRole.BODY else part.role
            parts.append(replace(upright, name=f"{part.name} {number}", role=role))
    return parts
