"""Clasps with the rings that join them to a chain, about the origin and closing a gap along x."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.assembly import Shape
from pipeline.atelier.geometry.mesh import Floats, about, ball, spline, torus, tube
from pipeline.atelier.piece import PartRole
from pipeline.atelier.pieces import links
from pipeline.atelier.spec import Chain, Clasp

Body = tuple[list[Shape], float, float]
"""Meshes, and where along x the left and the right ring hang in them."""


@dataclass(frozen=True)
class Closure:
    """A clasp about the origin, closing a gap along x; z up, resting height given."""

    parts: list[Shape]
    gap: float
    """Distance between the chain's ends, mm."""
    height: float
    """Height of the clasp's middle over the table, mm."""


def closure(kind: Clasp, chain: Chain) -> Closure:
    """A clasp in proportion to the chain, with the jump rings that join it to both ends."""
    capped = chain.style in links.CAPPED
    width = links.held(chain.style, chain.gauge_mm)
    cap, hold, cap_wire = links.end_cap(width)
    wire = 2 * cap_wire if capped else links.gauge(chain.style, chain.gauge_mm).wire
    size = float(np.clip(2.4 + 1.6 * width, 4.0, 11.0))
    ring_wire = float(np.clip(1.15 * wire, 0.4, 1.6))
    # Wide enough for the link's wire and the clasp's eye side by side.
    ring_size = ring_wire + 1.25 * wire + 0.14 * size + 0.3
    body, left, right = {"lobster": _lobster, "spring_ring": _spring_ring, "toggle": _toggle}[kind](size)
    ring = torus(ring_size / 2, ring_wire / 2, around=56, sides=18)
    # A ring's wire passes through the clasp's eye on one side and through the chain's last link on the other.
    touch = ring_size / 2 - ring_wire / 2
    near, far = left - touch, right + touch
    parts = list(body)
    for label, x, roll in (("jump ring 1", near, 38.0), ("jump ring 2", far, -38.0)):
        hung = ring.turned(about("x", roll)).moved([x, 0, 0])
        parts.append(Shape(label, PartRole.JUMP_RING, hung))
    ends = [near - ring_size / 2 + wire / 2, far + ring_size / 2 - wire / 2]
    if capped:
        # The cap swallows the chain's end; its eye hangs in the jump ring.
        inset = 0.5 * width
        turned = cap.turned(about("x", 50)), cap.turned(about("x", -50)).turned(about("z", 180))
        ends = [ends[0] - hold, ends[1] + hold]
        parts.append(Shape("end cap 1", PartRole.END_CAP, turned[0].moved([ends[0], 0, 0])))
        parts.append(Shape("end cap 2", PartRole.END_CAP, turned[1].moved([ends[1], 0, 0])))
        ends = [ends[0] + inset, ends[1] - inset]
    middle = sum(ends) / 2
    parts = [replace(shape, mesh=shape.mesh.moved([-middle, 0, 0])) for shape in parts]
    height = max(-float(shape.mesh.vertices[:, 2].min()) for shape in parts)
    return Closure(parts, ends[1] - ends[0], height)


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
    eye_wire, eye = 0.06 * size, 0.15 * size
    eye_x = -0.42 * length - 1.1 * thick - eye
    parts = [
        Shape("clasp", PartRole.CLASP, solid.unite([
            tube(_flat(spine), radii, 24),
            tube(_flat(gate), thick * np.linspace(1.1, 0.62, 40), 24),
            tube(_flat(lever), thick * np.linspace(0.5, 0.62, 16), 20),
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
    return [Shape("clasp", PartRole.CLASP, body)], eye_x - eye, radius


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
    halves = [Shape("clasp", PartRole.CLASP, loop), Shape("clasp bar", PartRole.CLASP, bar)]
    return halves, -radius - wire - 1.8 * eye, 1.55 * radius + 2 * eye


def _flat(curve: Floats) -> Floats:
    return np.column_stack([curve, np.zeros(len(curve))])
