"""Chains that lie along a real curve with links that pass through one another, and the clasps that close them."""

from dataclasses import dataclass

import numpy as np

from pipeline.atelier import solid
from pipeline.atelier.mesh import Floats, Mesh, about, ball, join, spline, torus, tube, unit
from pipeline.atelier.piece import Part, Repeat
from pipeline.atelier.spec import Chain, ChainStyle, Clasp, Metal

SLACK = 0.06
"""Air between touching links, in wire thicknesses: links hang in one another, they are not welded."""


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
        "cable": (0.235, 1.42), "curb": (0.27, 1.30), "figaro": (0.27, 1.30), "rope": (0.20, 1.0),
        "box": (0.30, 1.0), "snake": (1.0, 1.0), "ball": (0.25, 1.0),
    }[style]  # fmt: skip
    return Gauge(wire * width, length * width, width)


def drape(length: float, gap: float, *, pointed: bool, corner: float) -> Floats:
    """The right half of a necklace laid out, from the bottom middle at (0, 0) to the clasp, as (n, 2).

    Each side is a catenary that carries a pendant (``pointed``; without one it ends level), running into a round
    neck. ``length`` is the whole loop without the ``gap`` the clasp bridges, ``corner`` the radius in mm with which
    the chain bends through the bail. The neck's radius is solved so that the ends face each other across the gap.
    """
    low, high = 2.0, length / 4
    for _ in range(60):
        radius = (low + high) / 2
        if _half(length / 2, radius, pointed=pointed, corner=corner)[-1, 0] > gap / 2:
            low = radius
        else:
            high = radius
    return _half(length / 2, (low + high) / 2, pointed=pointed, corner=corner)


def _half(length: float, radius: float, *, pointed: bool, corner: float, count: int = 4000) -> Floats:
    """Integrate the tangent's angle along the chain: bend at the bottom, catenary, then the neck's circle."""
    from_slope = 1.25 if pointed else 0.0
    to_angle = np.radians(76)
    bend = corner * np.arctan(from_slope)
    # The neck turns from ``to_angle`` to 180 degrees at ``radius``; the catenary gets what is left.
    neck = radius * (np.pi - to_angle)
    span = max(length - neck - bend, 1e-6)
    scale = span / (np.tan(to_angle) - from_slope)
    s = np.linspace(0, length, count)
    angle = np.where(
        s < bend,
        s / max(corner, 1e-9),
        np.where(
            s < bend + span,
            np.arctan(from_slope + (s - bend) / scale),
            to_angle + (s - bend - span) / radius,
        ),
    )
    step = length / (count - 1)
    middle = (angle[1:] + angle[:-1]) / 2
    return np.vstack([[0, 0], np.cumsum(step * np.stack([np.cos(middle), np.sin(middle)], 1), 0)])


def lay(chain: Chain, path: Floats, metal: Metal, *, name: str = "chain") -> Part:
    """A chain along ``path`` (n, 3), with whole links from the first point to the last one."""
    size = gauge(chain.style, chain.gauge_mm)
    units, poses = _cable(size, path)
    repeats = tuple(
        Repeat(mesh.vertices, mesh.faces, placed) for mesh, placed in zip(units, poses, strict=True)
    )
    merged = join(
        Mesh(mesh.vertices @ pose[:3, :3].T + pose[:3, 3], mesh.faces)
        for mesh, placed in zip(units, poses, strict=True)
        for pose in placed
    )
    return Part(name, merged.vertices, merged.faces, metal, smooth=True, repeats=repeats)


def _cable(size: Gauge, path: Floats) -> tuple[list[Mesh], list[Floats]]:
    """Oval links, each a quarter turn from the next, lying on their shoulders as they do on a table."""
    link = tube(oval(size.length - size.wire, size.width - size.wire, 40), size.wire / 2, 14, closed=True)
    pitch = size.length - (2 + SLACK) * size.wire
    joints = stations(path, pitch, odd=True)
    rolls = np.where(np.arange(len(joints) - 1) % 2 == 0, 45.0, -45.0)
    rolls += np.random.default_rng(5).normal(0, 3.0, len(rolls))
    return [link], [between(joints, rolls)]


def stations(path: Floats, pitch: float, *, odd: bool = False) -> Floats:
    """Points along a path at equal distances of at most ``pitch``, both ends included, as (n + 1, 3)."""
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    count = max(int(np.ceil(length[-1] / pitch)), 3)
    if odd and count % 2 == 0:
        count += 1
    at = np.linspace(0, length[-1], count + 1)
    return np.stack([np.interp(at, length, path[:, k]) for k in range(3)], 1)


def between(joints: Floats, rolls: Floats) -> Floats:
    """Poses (n, 4, 4) of bodies that span neighbouring joints: x along the chain, rolled about it by degrees."""
    along = unit(np.diff(joints, axis=0))
    side = unit(np.cross([0.0, 0.0, 1.0], along))
    up = np.cross(along, side)
    c, s = np.cos(np.radians(rolls))[:, None], np.sin(np.radians(rolls))[:, None]
    poses = np.zeros((len(along), 4, 4))
    poses[:, :3, 0], poses[:, :3, 1], poses[:, :3, 2] = along, c * side + s * up, c * up - s * side
    poses[:, :3, 3], poses[:, 3, 3] = (joints[1:] + joints[:-1]) / 2, 1
    return poses


def oval(length: float, width: float, count: int) -> Floats:
    """Closed stadium (n, 3) in the xy plane, its length along x, measured on the centreline."""
    radius = width / 2
    straight = max(length / 2 - radius, 0.0)
    turn = np.linspace(-np.pi / 2, np.pi / 2, count // 2 - 2)
    right = np.stack([straight + radius * np.cos(turn), radius * np.sin(turn)], 1)
    sides = np.linspace(straight, -straight, 6)[1:-1] if straight > 1e-6 else np.empty(0)
    top = np.stack([sides, np.full(len(sides), radius)], 1)
    flat = np.vstack([right, top, -right, -top])
    return np.column_stack([flat, np.zeros(len(flat))])


@dataclass(frozen=True)
class Closure:
    """A clasp about the origin, closing a gap along x; z up, resting height given."""

    parts: list[tuple[str, Mesh]]
    gap: float
    """Distance between the chain's ends, mm."""
    height: float
    """Height of the clasp's middle over the table, mm."""


def closure(kind: Clasp, chain: Chain) -> Closure:
    """A clasp in proportion to the chain, with the jump rings that join it to both ends."""
    wire = gauge(chain.style, chain.gauge_mm).wire
    size = float(np.clip(2.4 + 1.6 * chain.gauge_mm, 4.0, 11.0))
    ring_wire = float(np.clip(1.15 * wire, 0.4, 1.6))
    ring_size = float(np.clip(1.05 * chain.gauge_mm, 1.6, 7.0)) + ring_wire
    body = {"lobster": _lobster, "spring_ring": _spring_ring, "toggle": _toggle}[kind](size)
    left, right = body[1], body[2]
    ring = torus(ring_size / 2, ring_wire / 2, around=56, sides=18)
    parts = list(body[0])
    # Ring centres: each ring's wire passes through the clasp's eye on one side and the last link on the other.
    touch = ring_size / 2 - ring_wire / 2
    near, far = left - touch, right + touch
    for label, x, roll in (("jump ring 1", near, 38.0), ("jump ring 2", far, -38.0)):
        parts.append((label, ring.turned(about("x", roll)).moved([x, 0, 0])))
    ends = near - ring_size / 2 + wire / 2, far + ring_size / 2 - wire / 2
    middle = sum(ends) / 2
    parts = [(name, mesh.moved([-middle, 0, 0])) for name, mesh in parts]
    height = max(-float(mesh.vertices[:, 2].min()) for _, mesh in parts)
    return Closure(parts, ends[1] - ends[0], height)


Body = tuple[list[tuple[str, Mesh]], float, float]
"""Meshes, and where along x the left and the right ring hang in them."""


def _lobster(size: float) -> Body:
    """A claw: tapering body bent round to a hook, a sprung gate with its thumb lever, an eye at the tail."""
    length, width = 1.35 * size, 0.52 * size
    thick = 0.135 * size
    spine = spline(
        np.array([
            (-0.42 * length, 0.0), (-0.28 * length, -0.36 * width), (0.02 * length, -0.50 * width),
            (0.32 * length, -0.40 * width), (0.46 * length, 0.0), (0.36 * length, 0.36 * width),
            (0.16 * length, 0.47 * width),
        ]), 72,
    )  # fmt: skip
    radii = thick * np.interp(np.linspace(0, 1, 72), [0, 0.2, 0.6, 1], [1.15, 1.2, 0.95, 0.62])
    gate = spline(
        np.array([
            (-0.42 * length, 0.0), (-0.32 * length, 0.34 * width), (-0.08 * length, 0.50 * width),
            (0.17 * length, 0.50 * width),
        ]), 40,
    )  # fmt: skip
    lever = spline(
        [(-0.16 * length, 0.50 * width), (-0.19 * length, 0.72 * width), (-0.26 * length, 0.86 * width)], 16
    )
    flat = lambda curve: np.column_stack([curve, np.zeros(len(curve))])  # noqa: E731
    eye_wire, eye = 0.06 * size, 0.15 * size
    eye_x = -0.42 * length - 1.1 * thick - eye
    parts = [
        ("clasp", solid.unite([
            tube(flat(spine), radii, 24),
            tube(flat(gate), thick * np.linspace(1.1, 0.62, 40), 24),
            tube(flat(lever), thick * np.linspace(0.5, 0.62, 16), 20),
            torus(eye, eye_wire, around=48, sides=16).moved([eye_x, 0, 0]),
        ])),
    ]  # fmt: skip
    return parts, eye_x - eye, 0.46 * length


def _spring_ring(size: float) -> Body:
    """A hollow ring with a sprung bolt, its trigger bead on the rim and an eye at the side."""
    radius, wire = 0.42 * size, 0.115 * size
    angle = np.radians(62)
    bead = [radius * np.cos(angle), radius * np.sin(angle), 0]
    out = [1.30 * radius * np.cos(angle + 0.12), 1.30 * radius * np.sin(angle + 0.12), 0]
    eye_wire, eye = 0.055 * size, 0.13 * size
    eye_x = -radius - wire - eye * 0.9
    body = solid.unite(
        [
            torus(radius, wire, around=96, sides=28),
            tube([bead, out], 0.06 * size, 20),
            ball(0.085 * size, around=28).moved(out),
            torus(eye, eye_wire, around=48, sides=16).moved([eye_x, 0, 0]),
        ]
    )
    return [("clasp", body)], eye_x - eye, radius


def _toggle(size: float) -> Body:
    """A round loop and the bar that passes through it and lies across."""
    radius, wire = 0.52 * size, 0.085 * size
    eye_wire, eye = 0.06 * size, 0.14 * size
    loop = solid.unite(
        [
            torus(radius, wire, around=96, sides=24),
            torus(eye, eye_wire, around=48, sides=16).moved([-radius - wire - 0.8 * eye, 0, 0]),
        ]
    )
    # The bar lies on the loop, across its far side, and its own eye reaches back through it.
    reach, lift = 0.80 * size, wire + 0.075 * size
    x = 0.30 * radius
    bar = solid.unite(
        [
            tube([[x, -reach, 2.0 * wire], [x, reach, 2.0 * wire]], 0.075 * size, 24),
            ball(0.105 * size, around=28).moved([x, -reach, 2.0 * wire]),
            ball(0.105 * size, around=28).moved([x, reach, 2.0 * wire]),
            tube(
                spline(
                    [
                        [x, 0, 2 * wire],
                        [x + 0.3 * radius, 0, lift + 0.6 * wire],
                        [1.55 * radius, 0, lift + 0.4 * wire],
                    ],
                    24,
                ),
                0.06 * size,
                20,
            ),
            torus(eye, eye_wire, around=48, sides=16).moved([1.55 * radius + eye, 0, lift + 0.4 * wire]),
        ]
    )
    return [("clasp", loop), ("clasp bar", bar)], -radius - wire - 1.8 * eye, 1.55 * radius + 2 * eye


def rest_height(chain: Chain) -> float:
    """Height of a chain's centreline when it lies on the table, mm."""
    size = gauge(chain.style, chain.gauge_mm)
    return (size.width - size.wire) / 2 * float(np.sin(np.radians(50))) + size.wire / 2


def loop(chain: Chain, metal: Metal, *, pointed: bool, lift: float, corner: float) -> list[Part]:
    """A whole closed chain with its clasp. The bottom middle lies at (0, 0); there the chain rises to ``lift``."""
    shut = closure(chain.clasp, chain)
    half = drape(chain.length_mm - shut.gap, shut.gap, pointed=pointed, corner=corner)
    flat = np.vstack([half[::-1] * [-1, 1], half[1:]])[::-1]
    low = rest_height(chain)
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(flat, axis=0), axis=1))]
    from_middle, from_end = np.abs(along - along[-1] / 2), np.minimum(along, along[-1] - along)
    height = (
        low
        + max(lift - low, 0) * np.exp(-((from_middle / (5 * chain.gauge_mm)) ** 2))
        + max(shut.height - low, 0) * np.exp(-((from_end / (5 * chain.gauge_mm)) ** 2))
    )
    parts = [lay(chain, np.column_stack([flat, height]), metal)]
    top = float(half[-1, 1])
    for name, mesh in shut.parts:
        parts.append(Part(name, *mesh.moved([0, top, shut.height]), metal, smooth=True))
    return parts
