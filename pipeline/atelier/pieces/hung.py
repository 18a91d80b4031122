"""What hangs from an ear hook below its first part: a second drop, a tassel, a bell, or a row of small drops.

Everything hangs along -z, its face toward -y, from a place (0, y, z) at the lower end of what carries it.
"""

from dataclasses import replace

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.assembly import metal_part, moved, poses, scatter, shifted
from pipeline.atelier.geometry.mesh import Floats, Mesh, about, ball, revolve, torus, tube
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import least, plates
from pipeline.atelier.pieces.setting import head
from pipeline.atelier.spec import Earrings, Spec, Stone

FACE = about("x", 90.0)
"""Turns a face that lies up (+z) toward the camera (-y), its top (+y) up."""

EYE_MM, WIRE_MM = 0.55, 0.24
"""Radius of the middle of an eye's wire, and of the wire."""

STRANDS, BEAD_MM = 14, 0.9
"""A tassel's strands, and the width of their beads, mm."""


def _wire() -> float:
    """Radius of the wire of an eye, mm; a jump ring's, which is bought in, stays the usual one."""
    return least.wire(WIRE_MM)


def _eye_mm() -> float:
    """Radius of the middle of an eye's wire and of a jump ring's, mm: each finds room in the other."""
    return EYE_MM + _wire() - WIRE_MM


def _eye(at: Floats) -> Mesh:
    """An eye that faces forward, its middle at (3,)."""
    return torus(_eye_mm(), _wire(), around=36, sides=12).turned(about("x", 90)).moved(at)


def below(spec: Spec, worn: Earrings, at: Floats) -> list[Part]:
    """What ``worn.hung`` names, hanging under a body that ends at ``at`` (3,)."""
    if worn.hung == "double":
        return _second(spec, worn, at)
    if worn.hung == "tassel":
        return _tassel(spec, worn, at)
    if worn.hung == "jhumka":
        return _bell(spec, worn, at)
    return _chandelier(spec, worn, at)


def strut(body: list[Part], spec: Spec, *, up: bool, name: str) -> tuple[list[Part], Floats]:
    """What an eye is soldered to above or below a body, and where that ends, (3,).

    A plate ends in its own rim; behind a stone a wire is led out from the base of its setting.
    """
    metal = np.vstack([part.vertices for part in body if part.stone is None])
    hand = 1.0 if up else -1.0
    if not any(part.stone for part in body):
        middle = metal[np.abs(metal[:, 0]) < 0.5]
        rim = middle[int(np.argmax(hand * middle[:, 2]))]
        return [], np.array([0.0, rim[1], rim[2] - 0.15 * hand])
    every = np.vstack([part.vertices for part in body])
    back = np.vstack([part.vertices for part in body if part.role in _BEHIND] or [metal])
    depth = float(np.median(back[:, 1]))
    start = float(back[:, 2].max() + back[:, 2].min()) / 2
    end = float(np.max(hand * every[:, 2])) * hand + 0.1 * hand
    reach = start + 0.3 * hand * float(np.ptp(back[:, 2]))
    wire = tube([[0.0, depth, reach], [0.0, depth, end]], least.wire(0.3), 14)
    stones = [Mesh(part.vertices, part.faces) for part in body if part.stone is not None and not part.repeats]
    return [metal_part(name, solid.subtract(wire, *stones), spec.settings_metal)], np.array([0.0, depth, end])


_BEHIND = frozenset({PartRole.BASE, PartRole.PEG, PartRole.CUP, PartRole.BEZEL})
"""What lies behind a stone in its setting."""


def _link(spec: Spec, at: Floats, name: str) -> tuple[list[Part], Floats]:
    """An eye soldered to a body that ends at ``at``, the ring through it, and where the middle of the next eye is."""
    apart = np.array([0.0, 0.0, -2 * _eye_mm() + _wire() + WIRE_MM + 0.03])
    eye_at = at + np.array([0.0, 0.0, -_eye_mm() + _wire()])
    ring_at, next_at = eye_at + apart, eye_at + 2 * apart
    eye = _eye(eye_at)
    ring = torus(_eye_mm(), WIRE_MM, around=36, sides=12).turned(about("y", 90)).moved(ring_at)
    return [
        metal_part(f"{name} eye", eye, spec.metal, role=PartRole.EYE),
        metal_part(f"{name} ring", ring, spec.metal, role=PartRole.JUMP_RING),
    ], next_at


def _drop(spec: Spec, stone: Stone | None, tall: float, at: Floats, name: str) -> list[Part]:
    """A small drop whose eye's middle lies at ``at``: a stone in its setting, or a teardrop of metal."""
    if stone is None:
        lying = [metal_part(name, plates.form_body("teardrop", tall), spec.metal, spec.finish)]
    else:
        lying = [
            replace(part, name=f"{name} {part.name}") for part in head(stone, None, spec.settings_metal, None)
        ]
    up = [moved(part, FACE, np.zeros(3)) for part in lying]
    wire, top = strut(up, spec, up=True, name=f"{name} strut")
    up += wire
    eye = _eye(at)
    shift = at - top + np.array([0.0, 0.0, -_eye_mm()])
    return [
        *(shifted(part, shift) for part in up),
        metal_part(f"{name} upper eye", eye, spec.metal, role=PartRole.EYE),
    ]


def _small(spec: Spec, share: float, least: float) -> Stone | None:
    """The earring's own stone at a share of its size, bare; none where it has none."""
    if spec.stone is None:
        return None
    length = max(share * spec.stone.length_mm, least)
    plain = {"halo": False, "hidden_halo": False, "cluster": False, "length_mm": round(length, 2)}
    return spec.stone.model_copy(update=plain)


def _second(spec: Spec, worn: Earrings, at: Floats) -> list[Part]:
    linked, place = _link(spec, at, "lower")
    return [*linked, *_drop(spec, _small(spec, 1.25, 3.0), 0.6 * worn.height_mm, place, "lower drop")]


def _chandelier(spec: Spec, worn: Earrings, at: Floats) -> list[Part]:
    """A crescent from which five drops hang, the middle one lowest."""
    wide = 0.85 * worn.height_mm
    linked, place = _link(spec, at, "crescent")
    turn = np.linspace(np.radians(200), np.radians(340), 60)
    middle = place + np.array([0.0, 0.0, -_eye_mm() + _wire()])
    arc = np.column_stack([0.5 * wide * np.cos(turn), np.zeros(60), 0.42 * wide * (np.sin(turn) + 0.34)])
    thick = 0.45 + 0.35 * np.sin(np.linspace(0, np.pi, 60))
    rise = [[arc[0, 0], 0, arc[0, 2]], [0.0, 0.0, 0.0], [arc[-1, 0], 0, arc[-1, 2]]]
    stay = tube(np.array(rise), least.wire(0.4), 14)
    crescent = solid.unite([tube(arc, thick, 20), stay]).moved(middle)
    eye = _eye(place)
    parts = [
        *linked,
        metal_part("crescent", solid.unite([crescent, eye]), spec.metal, spec.finish),
    ]
    for k, spot in enumerate(np.linspace(6, 53, 5).astype(int)):
        end = middle + arc[spot] - [0.0, 0.0, float(thick[spot]) - 0.12]
        more, hook = _link(spec, end, f"drop {k + 1}")
        share = 0.6 if k == 2 else 0.45
        parts += [
            *more,
            *_drop(spec, _small(spec, share, 2.0), share * 0.5 * worn.height_mm + 2.0, hook, f"drop {k + 1}"),
        ]
    return parts


def _tassel(spec: Spec, worn: Earrings, at: Floats) -> list[Part]:
    """A cap from which strands of fine beads hang."""
    linked, place = _link(spec, at, "tassel")
    eye = _eye(place)
    cap = revolve([(0, -3.4), (1.7, -3.4), (2.2, -3.4), (2.25, -3.1), (1.2, -1.2), (0.7, 0), (0, 0)], 56)
    low = place + np.array([0.0, 0.0, -_eye_mm() + _wire()])
    whole = solid.unite([cap.moved(low), eye])
    length = max(0.7 * worn.height_mm, 9.0)
    count = int(length / BEAD_MM)
    angle = np.linspace(0, 2 * np.pi, STRANDS - 4, endpoint=False)
    feet = np.vstack([1.65 * np.column_stack([np.cos(angle), np.sin(angle)]),
                      0.62 * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])])  # fmt: skip
    step = -BEAD_MM * 0.97 * (np.arange(count) + 0.35)
    places = np.array([[x, y, low[2] - 3.4 + z] for x, y in feet for z in step]) + np.array(
        [low[0], low[1], 0.0]
    )
    upright = np.tile([1.0, 0.0, 0.0], (len(places), 1)), np.tile([0.0, 0.0, 1.0], (len(places), 1))
    strands = scatter("tassel strands", [(ball(BEAD_MM / 2, around=12), poses(places, *upright))], spec.metal)
    return [*linked, metal_part("tassel cap", whole, spec.metal, spec.finish), strands]


def _bell(spec: Spec, worn: Earrings, at: Floats) -> list[Part]:
    """A jhumka's bell, a fringe of beads around its rim."""
    linked, place = _link(spec, at, "bell")
    radius = float(np.clip(0.42 * worn.height_mm, 4.0, 14.0))
    tall, wall = 0.95 * radius, least.wall(0.8)
    turn = np.linspace(0, np.pi / 2, 24)
    outer = [(radius * np.sin(a), -tall * (1 - np.cos(a))) for a in turn[1:]]
    inner = [((radius - wall) * np.sin(a), -wall - (tall - wall) * (1 - np.cos(a))) for a in turn[:0:-1]]
    shell = revolve([(0, 0), *outer, *inner, (0, -wall)], 96)
    eye = _eye(place)
    low = place + np.array([0.0, 0.0, -_eye_mm() + _wire()])
    bead = float(np.clip(0.11 * radius, 0.5, 1.1))
    parts = [*linked, metal_part("bell", solid.unite([shell.moved(low), eye]), spec.metal, spec.finish)]
    for name, away, level, size in (
        ("fringe", radius - 0.5 * wall, -tall - 0.8 * bead, bead),
        ("upper beads", radius * 0.62, -tall * 0.215 - 0.1 * bead, 0.55 * bead),
    ):
        count = int(2 * np.pi * away / (2.15 * size))
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        out = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(count)])
        beads = poses(
            away * out + low + np.array([0.0, 0.0, level]), out, np.tile([0.0, 0.0, 1.0], (count, 1))
        )
        parts.append(
            scatter(f"bell {name}", [(ball(size, around=20), beads)], spec.metal, role=PartRole.MILGRAIN)
        )
    return parts
