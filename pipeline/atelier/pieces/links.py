"""The links of each chain style, and where they lie along a path.

Links pass through one another: neighbours stand a quarter turn apart where they meet, with a little air between.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.atelier.geometry.assembly import poses
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import (
    Floats,
    Mesh,
    about,
    ball,
    join,
    revolve,
    rounded,
    sweep,
    torus,
    tube,
    unit,
)
from pipeline.atelier.pieces import hollow
from pipeline.atelier.spec import ROLLED, ChainStyle

SLACK = 0.06
"""Air between touching links, in wire thicknesses: links hang in one another, they are not welded."""

FILLED: dict[ChainStyle, float] = {"rope": 0.30, "curb": 0.87, "figaro": 0.70}
"""By what solid chains weigh in retailers' tables: in 14 k a rope of 3 mm, 20 inches, 11 to 13 g, a close curb of 5 mm,
22 inches, 31 to 35 g, a figaro of 4 mm, 24 inches, 14 to 16 g.
"""
BALL_HOLE = 0.115
"""Radius of the holes of a hollow ball, over its diameter."""
HEADROOM = 0.075
"""The thickest wall of a hollow ball over its diameter: within it the head of a link has its place."""
CAPPED: frozenset[ChainStyle] = frozenset({"rope", "snake", "ball", "box", "pearl", "bead", "cord"})
"""Styles whose ends are held by a soldered cap with an eye, since a jump ring cannot pass through them."""

CORD = 0.36
"""Width of a strand's end over its pearls': what shows of the cord in its gold wire."""

Units = list[tuple[Mesh, Floats]]


@dataclass(frozen=True)
class Gauge:
    """Sizes of one chain style, mm."""

    wire: float
    """Wire thickness."""
    length: float
    """Outside length of a link."""
    width: float
    """Outside width of a link."""


def gauge(style: ChainStyle, width: float) -> Gauge:
    """Usual proportions of a style for its width across."""
    wire, length = {
        "cable": (0.235, 1.42), "curb": (0.25, 1.34), "figaro": (0.24, 1.30), "rope": (0.17, 0.74),
        "box": (0.17, 1.0), "snake": (0.30, 0.34), "ball": (0.25, 1.0),
        "pearl": (0.12, 1.0), "bead": (0.12, 1.0), "cord": (0.25, 1.0), "tennis": (0.2, 1.0),
    }[style]  # fmt: skip
    return Gauge(wire * width, length * width, width)


def rest_height(style: ChainStyle, width: float) -> float:
    """Height of a chain's centreline when it lies on the table, mm."""
    size = gauge(style, width)
    if style == "cable":
        return (size.width - size.wire) / 2 * float(np.sin(np.radians(50))) + size.wire / 2
    if style in ("curb", "figaro"):
        return 0.25 * (size.width - size.wire) + size.wire / 2
    if style == "box":
        return 0.36 * size.width
    return size.width / 2


def links(style: ChainStyle, width: float, path: Floats, wall: float | None = None) -> Units:
    """Bodies and their poses that fill ``path`` (n, 3) from its first point to its last with whole links.

    ``wall`` in mm is that of a ball chain's balls; without it they are solid.
    """
    size = gauge(style, width)
    if style == "cable":
        return _cable(size, path)
    if style in ("curb", "figaro"):
        return _twisted(size, path, long_every=4 if style == "figaro" else 0)
    if style == "box":
        return _box(size, path)
    if style == "rope":
        return _rope(size, path)
    if style in ("pearl", "bead"):
        return _pearls(size, path)
    return _snake(size, path) if style == "snake" else _ball(size, path, wall)


def filled(style: ChainStyle, width: float, wall: float | None = None) -> float:
    """Share of a chain's drawn volume that is metal; ``wall`` in mm is that of hollow links.

    A rope is bent from fine rings, drawn are three strands; curb and figaro links are filed flat, drawn is their wire.
    """
    share = FILLED.get(style, 1.0)
    wire = gauge(style, width).wire
    if wall is None or style not in ROLLED or 2 * wall >= wire:
        return share
    return share * (1 - (1 - 2 * wall / wire) ** 2)


def held(style: ChainStyle, width: float) -> float:
    """Width of what a clasp and its end caps hold, mm: a strand of pearls ends in its cord."""
    return CORD * width if style in ("pearl", "bead") else width


def stations(path: Floats, pitch: float, *, odd: bool = False) -> Floats:
    """Points along a path at equal distances of at most ``pitch``, both ends included, as (n + 1, 3)."""
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    count = max(int(np.ceil(length[-1] / pitch)), 3)
    if odd and count % 2 == 0:
        count += 1
    return _at(path, length, np.linspace(0, length[-1], count + 1))


def between(joints: Floats, rolls: Floats) -> Floats:
    """Poses (n, 4, 4) of bodies that span neighbouring joints: x along the chain, rolled about it by degrees."""
    along = unit(np.diff(joints, axis=0))
    side = unit(np.cross([0.0, 0.0, 1.0], along))
    up = np.cross(along, side)
    c, s = np.cos(np.radians(rolls))[:, None], np.sin(np.radians(rolls))[:, None]
    return poses((joints[1:] + joints[:-1]) / 2, along, c * up - s * side)


def oval(length: float, width: float, count: int) -> Floats:
    """Closed stadium (n, 3) in the xy plane, its length along x, measured on the centreline."""
    radius = width / 2
    straight = max(length / 2 - radius, 0.0)
    turn = np.linspace(-np.pi / 2, np.pi / 2, count // 2 - 2)
    right = np.stack([straight + radius * np.cos(turn), radius * np.sin(turn)], 1)
    sides = np.linspace(straight, -straight, 8)[1:-1] if straight > 1e-6 else np.empty(0)
    top = np.stack([sides, np.full(len(sides), radius)], 1)
    flat = np.vstack([right, top, -right, -top]) if straight > 1e-6 else np.vstack([right[:-1], -right[:-1]])
    return np.column_stack([flat, np.zeros(len(flat))])


def _cable(size: Gauge, path: Floats) -> Units:
    """Oval links, each a quarter turn from the next, lying on their shoulders as they do on a table."""
    link = tube(oval(size.length - size.wire, size.width - size.wire, 40), size.wire / 2, 14, closed=True)
    joints = stations(path, size.length - (2 + SLACK) * size.wire, odd=True)
    rolls = np.where(np.arange(len(joints) - 1) % 2 == 0, 45.0, -45.0)
    # No two links of a real chain lie quite alike.
    rolls += np.random.default_rng(5).normal(0, 3.0, len(rolls))
    return [(link, between(joints, rolls))]


def _twisted(size: Gauge, path: Floats, *, long_every: int) -> Units:
    """Curb links: ovals twisted by a quarter turn, so that all of them lie flat; figaro has one long link in four."""
    short = _twist(size, size.length)
    pitch = size.length - (2 + SLACK) * size.wire
    if not long_every:
        joints = stations(path, pitch, odd=True)
        return [(short, between(joints, np.zeros(len(joints) - 1)))]
    stretch = 1.05 * size.width
    long = _twist(size, size.length + stretch)
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    group = long_every * pitch + stretch
    # Whole groups of three short links and a long one, with three short ones to end on.
    groups = max(int(np.ceil((length[-1] - (long_every - 1) * pitch) / group)), 1)
    steps = np.array(([pitch] * (long_every - 1) + [pitch + stretch]) * groups + [pitch] * (long_every - 1))
    marks = np.r_[0, np.cumsum(steps)] * length[-1] / steps.sum()
    placed = between(_at(path, length, marks), np.zeros(len(steps)))
    wide = steps > pitch * 1.01
    return [(short, placed[~wide]), (long, placed[wide])]


def _twist(size: Gauge, length: float) -> Mesh:
    line = oval(length - size.wire, size.width - size.wire, 44)
    half = (length - size.wire) / 2
    # The ends stand at half a right angle; the middle of a long link stays flat.
    reach = min(half, (size.length - size.wire) / 2)
    away = np.sign(line[:, 0]) * np.clip(np.abs(line[:, 0]) - (half - reach), 0, None) / reach
    roll = np.radians(47) * away
    y, z = line[:, 1] * np.cos(roll), line[:, 1] * np.sin(roll)
    return tube(np.column_stack([line[:, 0], y, z]), size.wire / 2, 14, closed=True)


def _box(size: Gauge, path: Floats) -> Units:
    """Square links of flat strip, each a quarter turn from the next."""
    outer, strip, broad = size.width, size.wire, 0.50 * size.width
    corners = np.array([(1, -1), (1, 1), (-1, 1), (-1, -1)]) * (outer - strip) / 2
    loop = rounded(corners, 0.16 * outer, steps=5)
    profile = rounded(
        np.array([(1, -1), (1, 1), (-1, 1), (-1, -1)]) * np.array([strip, broad]) / 2, 0.3 * strip, steps=3
    )
    line = np.column_stack([loop, np.zeros(len(loop))])
    step = unit(np.roll(line, -1, 0) - np.roll(line, 1, 0))
    outside = np.stack([step[:, 1], -step[:, 0], np.zeros(len(line))], 1)
    link = sweep(line, profile, closed=True, across=outside, up=np.tile([0.0, 0.0, 1.0], (len(line), 1)))
    joints = stations(path, outer - (2 + SLACK) * strip, odd=True)
    rolls = np.where(np.arange(len(joints) - 1) % 2 == 0, 45.0, -45.0)
    return [(link, between(joints, rolls))]


def _rope(size: Gauge, path: Floats) -> Units:
    """Three strands laid around one another; a third of a turn repeats, since it brings each strand to the next."""
    strand, reach, pitch = 0.235 * size.width, 0.265 * size.width, 1.75 * size.width
    third = np.linspace(-np.pi / 3, np.pi / 3, 9)
    spans = []
    for start in (0.0, 2 * np.pi / 3, 4 * np.pi / 3):
        turn = third + start
        spans.append(np.stack([third / (2 * np.pi) * pitch, reach * np.cos(turn), reach * np.sin(turn)], 1))
    unit_mesh = join(tube(span, strand, 12) for span in spans)
    joints = stations(path, pitch / 3)
    return [(unit_mesh, between(joints, np.zeros(len(joints) - 1)))]


def _snake(size: Gauge, path: Floats) -> Units:
    """Close-fitting rounded plates that hide their joints: a smooth flexible tube with fine grooves."""
    radius, half = size.width / 2, size.length / 2
    turn = np.linspace(0, np.pi / 2, 5)
    edge = 0.30 * half
    side = [(radius - edge * (1 - np.cos(a)), half * 1.04 - edge * (1 - np.sin(a))) for a in turn]
    plate = revolve([(0, -1.04 * half), *((r, -z) for r, z in side[::-1]), *side, (0, 1.04 * half)], 28)
    joints = stations(path, size.length)
    return [(plate.turned(about("y", 90)), between(joints, np.zeros(len(joints) - 1)))]


def _ball(size: Gauge, path: Floats, wall: float | None) -> Units:
    """Balls on short wires: let into solid ones; a hollow one holds a head that its hole does not let out."""
    joints = stations(path, 1.22 * size.width)
    bead = ball(size.width / 2, around=28)
    link = tube([[-0.16 * size.width, 0, 0], [0.16 * size.width, 0, 0]], 0.13 * size.width, 12)
    if wall is not None and detail().booleans:
        bead = hollow.ball(size.width / 2, min(wall, HEADROOM * size.width), BALL_HOLE * size.width)
        # From the end of one head to that of the other, waist between them.
        along = np.array([-0.47, -0.43, -0.35, -0.28, -0.24, 0.24, 0.28, 0.35, 0.43, 0.47]) * size.width
        radius = np.array([0.03, 0.12, 0.14, 0.12, 0.085, 0.085, 0.12, 0.14, 0.12, 0.03]) * size.width
        link = tube(np.column_stack([along, np.zeros((10, 2))]), radius, 12)
    inside = between(joints[:-1] / 2 + joints[1:] / 2, np.zeros(len(joints) - 2))
    return [(bead, between(joints, np.zeros(len(joints) - 1))), (link, inside)]


def _pearls(size: Gauge, path: Floats) -> Units:
    """Drilled pearls with a knot of silk between neighbours, so that they do not rub."""
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    # As many as fit with room for their knots: pearls must not be pressed into one another.
    joints = stations(path, 1.0001 * length / max(int(length / (1.03 * size.width)), 3))
    pearl = ball(size.width / 2, around=48)
    knot = ball(0.09 * size.width, around=16)
    inside = between(joints[:-1] / 2 + joints[1:] / 2, np.zeros(len(joints) - 2))
    return [(pearl, between(joints, np.zeros(len(joints) - 1))), (knot, inside)]


def end_cap(width: float) -> tuple[Mesh, float, float]:
    """A cap with its eye, the chain entering from -x at the origin: mesh, where a ring hangs, wire."""
    radius, long = 0.60 * width, 1.15 * width
    turn = np.linspace(0, np.pi / 2, 6)
    nose = [(radius * np.cos(a), long - radius * 0.7 + 0.7 * radius * np.sin(a)) for a in turn]
    # A cup, in which the chain's end is soldered.
    inner, deep = radius - 0.1 * width, 0.8 * width
    cup = [(0, deep), (0.94 * inner, deep), (inner, 0)]
    body = revolve([*cup, (radius, 0.1 * width), *nose[:-1], (0, long)], 40)
    wire = float(np.clip(0.13 * width, 0.2, 0.6))
    eye = torus(2.1 * wire, wire, around=40, sides=14).turned(about("x", 90))
    reach = long + 1.9 * wire
    return join([body.turned(about("y", 90)), eye.moved([reach, 0, 0])]), reach + 2.1 * wire, wire


def _at(path: Floats, length: Floats, marks: Floats) -> Floats:
    return np.stack([np.interp(marks, length, path[:, k]) for k in range(3)], 1)
