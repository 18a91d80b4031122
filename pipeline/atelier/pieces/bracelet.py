"""Bracelets: chains, tennis bracelets that lie open on the table, bangles and cuffs that stand on their edge."""

from dataclasses import replace

import numpy as np

from pipeline.atelier.geometry.assembly import metal_part, moved, shifted
from pipeline.atelier.geometry.mesh import Floats, Mesh, about, sweep, torus
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import chain, hollow, least, line, motif, pave, pendant, plates, tiara, two_tone
from pipeline.atelier.pieces.pave import Row
from pipeline.atelier.pieces.setting import engraved
from pipeline.atelier.pieces.shank import around, band, profile
from pipeline.atelier.spec import GAP, Accents, Bracelet, Chain, Motif, Spec

WRIST = 0.80
"""Depth over width of a bangle or cuff: wrists are oval."""

CUFF_OPENING = 28.0
"""Share of a cuff's turn that stays open, in millimetres of its inside."""

ROW_REACH = float(np.radians(72))
"""How far from the front's middle a stiff bracelet's stones go."""


def build_bracelet(spec: Spec) -> list[Part]:
    """Parts of a bracelet on the table, its front toward -y."""
    assert spec.bracelet is not None  # noqa: S101 -- the spec's own validation guarantees it
    if spec.bracelet.style == "chain":
        assert spec.chain is not None  # noqa: S101 -- the same
        if spec.motif is not None:
            return _with_motif(spec, spec.chain, spec.motif)
        return _loop(spec, spec.chain)
    if spec.bracelet.style == "tennis":
        return line.build_line(spec, spec.bracelet.length_mm, chain.encircle)
    if spec.bracelet.style == "tiara":
        return tiara.build_tiara(spec, spec.bracelet)
    return _stiff(spec, spec.bracelet)


def _loop(spec: Spec, worn: Chain, parted: float = 0.0) -> list[Part]:
    """A bracelet's chain, laid out as an oval whatever its length."""
    second = spec.second_metal if two_tone.is_two_toned(spec) else None
    tones = chain.Tones(spec.metal, spec.finish, second, hollow.wall(spec))
    return chain.loop(worn, tones, slope=0.0, lift=0.0, corner=1.0, parted=parted, oval=True)


def _with_motif(spec: Spec, worn: Chain, ornament: Motif) -> list[Part]:
    """A chain with a motif held in it at the front, or with charms that hang from it."""
    if ornament.mount == "station":
        span = pendant.held_span(spec, ornament.size_mm)
        loop = _loop(spec, worn, parted=span)
        ends = np.array([chain.end_of(loop, hand) for hand in (-1.0, 1.0)])
        return [*loop, *pendant.hold(spec, ornament.size_mm, name="station", at=ends.mean(0)[:2])]
    loop = _loop(spec, worn)
    return [*loop, *_charms(spec, worn, ornament)]


CHARMS_DEG = 150.0
"""Charms hang from this much of a bracelet's front."""


def _charms(spec: Spec, worn: Chain, ornament: Motif) -> list[Part]:
    """Charms lying outside the chain, each by a jump ring through its eye and around the chain."""
    cut = motif.sheet(ornament, longest=ornament.size_mm)
    x, top = motif.hanging_point(cut)
    line = chain.line_of(worn)
    middle = line.mean(0)
    out = np.degrees(np.arctan2(*(line - middle).T))
    room = CHARMS_DEG if ornament.count > 1 else 0.0
    wire = 0.3
    ring_radius = 0.5 * worn.gauge_mm + 0.75
    parts: list[Part] = []
    for k, turn in enumerate(
        np.linspace(-room / 2, room / 2, ornament.count) if ornament.count > 1 else [0.0]
    ):
        at = line[int(np.argmin(np.abs((out - 180 - turn + 180) % 360 - 180)))]
        charm = motif.motif_parts(spec, cut, name="charm")
        eye_y = top + motif.EYE_HOLE + 0.6 * least.wire(motif.EYE_WIRE)
        ring_y = eye_y + ring_radius - wire
        charm.append(metal_part("eye", motif.eye(np.array([x, eye_y]), 0.5), spec.metal, role=PartRole.EYE))
        jump = (
            torus(ring_radius, wire, around=48, sides=16)
            .turned(about("y", 90))
            .moved([x, ring_y, max(0.5, ring_radius + wire)])
        )
        charm.append(metal_part("charm ring", jump, spec.metal, role=PartRole.JUMP_RING))
        hung = np.array([x, ring_y + ring_radius - 0.5 * worn.gauge_mm, 0.0])
        for part in charm:
            named = replace(part, name=f"{part.name} {k + 1}" if ornament.count > 1 else part.name)
            # Outward on the table: at the front downward, at the sides to the sides.
            parts.append(moved(shifted(named, -hung), about("z", -float(turn)), np.array([*at, 0.0])))
    return parts


def _stiff(spec: Spec, worn: Bracelet) -> list[Part]:
    """A bangle, closed, or a cuff, open at the back; built as a band around z."""
    if worn.style == "bangle":
        radius = worn.length_mm / (2 * np.pi)
        count = around(radius + worn.thickness_mm, 480)
        body = band(
            radius, np.full(count, worn.width_mm), np.full(count, worn.thickness_mm), profile("d_shape")
        )
        thick = hollow.wall(spec)
        if thick is not None:
            section = profile("d_shape") * [worn.width_mm / 2, worn.thickness_mm]
            body = hollow.bangle(body, section, radius, thick)
        body = body.turned(about("x", -90))
    else:
        body, radius = _cuff(worn), worn.length_mm / (2 * np.pi)
    # Work on the front: turned face up, its outside lies at +z.
    up = about("x", -90)
    body = body.turned(up)
    parts: list[Part] = []
    if spec.accents is not None:
        body, parts = _front_row(spec, worn, body, spec.accents)
    elif spec.engraving:
        body, floor = plates.engrave(body, spec.engraving, (0.75 * radius, 0.5 * worn.width_mm))
        parts = engraved(floor, spec)
    bodies = two_tone.striped(worn.style, body, worn.width_mm, spec, axis=1, role=PartRole.CUFF)
    every = [*bodies, *parts]
    return [moved(part, up.T, np.zeros(3)) for part in every]


def _cuff(worn: Bracelet) -> Mesh:
    """An oval C, its ends drawn in to half the width and rounded over."""
    around = worn.length_mm
    scale = around / _ellipse_length(1.0, WRIST)
    opening = CUFF_OPENING / around * 360
    angle = np.radians(np.linspace(90 + opening / 2, 450 - opening / 2, 400))
    path = np.stack([scale * np.cos(angle), WRIST * scale * np.sin(angle), np.zeros(400)], 1)
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    from_end = np.minimum(length, length[-1] - length)
    width = worn.width_mm * (0.62 + 0.38 * np.clip(from_end / (0.3 * length[-1]), 0, 1) ** 0.8)
    # The tips: a half circle of the end's own width, so that nothing catches the skin.
    tip = 0.31 * worn.width_mm
    width = width * np.sqrt(np.clip(1 - (1 - np.clip(from_end / tip, 0.02, 1)) ** 2, 0.0, 1))
    section = profile("d_shape") * [0.5, 1.0]
    outside = np.stack([np.cos(angle) / 1.0, np.sin(angle) / WRIST, np.zeros(400)], 1)
    outside /= np.linalg.norm(outside, axis=1, keepdims=True)
    sections = np.stack(
        [
            section[None, :, 0] * width[:, None],
            np.broadcast_to(section[:, 1] * worn.thickness_mm, (400, len(section))),
        ],
        -1,
    )
    return sweep(path, sections, closed=False, across=np.tile([0.0, 0.0, 1.0], (400, 1)), up=outside)


def _ellipse_length(a: float, b: float) -> float:
    """Ramanujan's approximation of an ellipse's perimeter."""
    h = ((a - b) / (a + b)) ** 2
    return float(np.pi * (a + b) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h))))


def _front_row(spec: Spec, worn: Bracelet, body: Mesh, accents: Accents) -> tuple[Mesh, list[Part]]:
    """Stones along the front of a stiff bracelet that lies with its front up."""
    angle, away = _middle_line(worn, body)
    fit = np.polynomial.Polynomial.fit(angle, away, 8)
    fine = np.linspace(-ROW_REACH, ROW_REACH, 2001)
    line = np.stack([fit(fine) * np.sin(fine), fit(fine) * np.cos(fine)], 1)
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    count = pave.fit(length[-1], accents, closed=False)
    step = accents.along_mm * (1 + GAP)
    turn = np.interp(length[-1] / 2 + step * (np.arange(count) - (count - 1) / 2), length, fine)
    radius, slope, none = fit(turn), fit.deriv()(turn), np.zeros(count)
    along = np.stack(
        [slope * np.sin(turn) + radius * np.cos(turn), none, slope * np.cos(turn) - radius * np.sin(turn)], 1
    )
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = np.stack([-along[:, 2], none, along[:, 0]], 1)
    row = Row(np.stack([radius * np.sin(turn), none, radius * np.cos(turn)], 1), along, out)
    return pave.set_row(body, row, accents, spec.settings_metal, name="stones", closed=False)


def _middle_line(worn: Bracelet, body: Mesh) -> tuple[Floats, Floats]:
    """The outer surface half way across the width: angle from the front (n,) in radians, and radius (n,) in mm."""
    line = body.vertices[np.abs(body.vertices[:, 1]) < 1e-3]
    angle, away = np.arctan2(line[:, 0], line[:, 2]), np.hypot(line[:, 0], line[:, 2])
    bins = np.round((angle + np.pi) / np.radians(3)).astype(int)
    most = np.zeros(bins.max() + 1)
    np.maximum.at(most, bins, away)
    outer = (np.abs(angle) < ROW_REACH + 0.1) & (away > most[bins] - 0.4 * worn.thickness_mm)
    return angle[outer], away[outer]
