"""Chains laid out on the table along a real curve, closed by their clasps."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry.assembly import metal_part, scatter
from pipeline.atelier.geometry.mesh import Floats, ball, torus, tube
from pipeline.atelier.piece import Part, PartRole, SetStone
from pipeline.atelier.pieces import links
from pipeline.atelier.pieces.clasps import Closure, closure
from pipeline.atelier.spec import Chain, Finish, Metal

SHORTEST_NECKLACE = 260.0
"""A closed chain shorter than this, in mm, is laid out as a bracelet."""

OVAL = 0.86
"""Height over width of a bracelet laid out."""

SLOPE, STEEP_SLOPE = 0.6, 1.5
"""Rise of the chain beside a pendant: laid out to be seen whole, and hanging in a V for a close view of the pendant."""

NECK_FROM, NECK_OVAL, BOW = float(np.radians(50)), 1.15, float(np.radians(16))
"""Where a necklace's catenary runs into its neck (angle of the tangent), and the neck's width over its height.

With its pendant the whole then fits a square, and the pendant shows as large as a picture of the whole can show it.
A steeper catenary still turns by BOW.
"""


def drape(length: float, gap: float, *, slope: float, corner: float) -> Floats:
    """The right half of a necklace laid out, from the bottom middle at (0, 0) to the clasp, as (n, 2).

    Each side is a catenary that carries a pendant, rising from it with ``slope`` (level without one, 0), and runs into
    a neck that is a part of an ellipse. ``length`` is the whole loop without the ``gap`` the clasp bridges, ``corner``
    the radius in mm with which the chain bends through the bail. The neck's size is solved so that the ends face each
    other across the gap.
    """
    low, high = 2.0, length / 2
    for _ in range(60):
        radius = (low + high) / 2
        if _half(length / 2, radius, slope=slope, corner=corner)[-1, 0] > gap / 2:
            low = radius
        else:
            high = radius
    return _half(length / 2, (low + high) / 2, slope=slope, corner=corner)


def encircle(length: float, gap: float) -> Floats:
    """The right half of a bracelet laid out as an oval, from the bottom middle to the clasp, as (n, 2)."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, 2000)
    curve = np.stack([np.cos(angle), OVAL * np.sin(angle)], 1)
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))]
    scale = (length + gap) / 2 / along[-1]
    within = along * scale <= length / 2
    half: Floats = curve[within] * scale
    return np.asarray(half - half[0])


def _half(length: float, radius: float, *, slope: float, corner: float, count: int = 4000) -> Floats:
    """Integrate the tangent's angle along the chain: bend at the bottom, catenary, then the neck's ellipse."""
    bend = corner * np.arctan(slope)
    # The neck turns on to 180 degrees; the catenary gets what is left.
    neck_from = max(NECK_FROM, float(np.arctan(slope)) + BOW)
    turn = np.linspace(neck_from, np.pi, 400)
    bow = NECK_OVAL**2 / (NECK_OVAL**2 * np.sin(turn) ** 2 + np.cos(turn) ** 2) ** 1.5
    along = np.r_[0, np.cumsum((bow[1:] + bow[:-1]) / 2 * np.diff(turn))]
    span = max(length - radius * along[-1] - bend, 1e-6)
    scale = span / (np.tan(neck_from) - slope)
    s = np.linspace(0, length, count)
    angle = np.where(
        s < bend,
        s / max(corner, 1e-9),
        np.where(
            s < bend + span,
            np.arctan(slope + (s - bend) / scale),
            np.interp((s - bend - span) / radius, along, turn),
        ),
    )
    step = length / (count - 1)
    middle = (angle[1:] + angle[:-1]) / 2
    return np.vstack([[0, 0], np.cumsum(step * np.stack([np.cos(middle), np.sin(middle)], 1), 0)])


@dataclass(frozen=True)
class Tones:
    """A chain's metal and finish, and the metal of every other link where that is another."""

    metal: Metal
    finish: Finish = "polished"
    second: Metal | None = None
    wall: float | None = None
    """Wall of hollow balls or links, mm; None where they are solid."""


def lay(chain: Chain, path: Floats, tones: Tones, name: str = "chain") -> list[Part]:
    """A chain, strand or cord along ``path`` (n, 3), with whole links or beads from the first point to the last."""
    if chain.style == "cord":
        body = tube(path[:: max(len(path) // 900, 1)], chain.gauge_mm / 2, 20)
        return [Part(name, *body, chain.cord, smooth=True, role=PartRole.CHAIN)]
    units = links.links(chain.style, chain.gauge_mm, path, tones.wall)
    if chain.style in ("pearl", "bead"):
        bead = SetStone("pearl", chain.gauge_mm, chain.gauge_mm)
        gem = "pearl" if chain.style == "pearl" else chain.gem
        return [scatter(name, units, gem, role=PartRole.CHAIN, stone=bead)]
    share = links.filled(chain.style, chain.gauge_mm, tones.wall)
    runs = [(name, units, tones.metal)]
    if tones.second is not None:
        first, rest = ([(mesh, poses[k::2]) for mesh, poses in units] for k in (0, 1))
        runs = [(name, first, tones.metal), (f"{name} in the second metal", rest, tones.second)]
    return [
        scatter(label, some, metal, finish=tones.finish, role=PartRole.CHAIN, filled=share)
        for label, some, metal in runs
    ]


def line_of(chain: Chain) -> Floats:
    """The middle line (n, 2) of a bracelet's chain on the table, without its clasp."""
    shut = closure(chain.clasp, chain)
    half = encircle(chain.length_mm - shut.gap, shut.gap)
    return np.vstack([half[::-1] * [-1, 1], half[1:]])


def end_of(parts: list[Part], hand: float) -> Floats:
    """Where a parted chain ends at the bottom, at the left (-1) or right (1): the middle (3,) of its last link."""
    name = "chain right" if hand > 0 else "chain left"
    side = np.vstack([part.vertices for part in parts if part.name.startswith(name)])
    # Its other end, at the clasp, comes as near the middle.
    lower = side[side[:, 1] < side[:, 1].mean()]
    front = lower[:, 0] * hand
    nearest = lower[front < front.min() + 0.6]
    return np.asarray((nearest.min(0) + nearest.max(0)) / 2)


def loop(
    chain: Chain,
    tones: Tones,
    *,
    slope: float,
    lift: float,
    corner: float,
    parted: float = 0.0,
    oval: bool = False,
) -> list[Part]:
    """A whole closed chain with its clasp, in the chain's own metal if it has one, else in that of ``tones``.

    The bottom middle lies at (0, 0); there the chain rises to ``lift``. ``slope`` and ``corner`` as in ``drape``.
    ``parted`` mm of it are left out at the bottom, for what is held between its two halves.
    """
    tones = replace(tones, metal=chain.metal or tones.metal)
    shut = closure(chain.clasp, chain)
    free = chain.length_mm - shut.gap
    round_a_wrist = oval or chain.length_mm < SHORTEST_NECKLACE
    half = encircle(free, shut.gap) if round_a_wrist else drape(free, shut.gap, slope=slope, corner=corner)
    flat = np.vstack([half[::-1] * [-1, 1], half[1:]])[::-1]
    low = links.rest_height(chain.style, chain.gauge_mm)
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(flat, axis=0), axis=1))]
    from_middle, from_end = np.abs(along - along[-1] / 2), np.minimum(along, along[-1] - along)
    height = (
        low
        + max(lift - low, 0) * np.exp(-((from_middle / (5 * chain.gauge_mm)) ** 2))
        + max(shut.height - low, 0) * np.exp(-((from_end / (5 * chain.gauge_mm)) ** 2))
    )
    path = np.column_stack([flat, height])
    if parted:
        middle = len(path) // 2
        halves = {"right": path[:middle], "left": path[middle:][::-1]}
        parts = []
        for side, half_path in halves.items():
            # From the bottom up to the clasp, where the chain comes near the middle again.
            first = int(np.argmax(np.abs(half_path[::-1, 0]) >= parted / 2))
            parts += lay(chain, half_path[: len(half_path) - first], tones, f"chain {side}")
    else:
        parts = lay(chain, path, tones)
    top = float(half[-1, 1])
    for shape in shut.parts:
        mesh = shape.mesh.moved([0, top, shut.height])
        parts.append(metal_part(shape.name, mesh, tones.metal, role=shape.role))
    above = path
    for k in range(1, chain.strands):
        above = _layer(chain, k, shut, top, above)
        parts += lay(chain, above, tones, f"chain {k + 1}")
    return parts


LAYER_MM = 45.0
"""By how much each layer is longer than the one above it."""


def _layer(chain: Chain, number: int, shut: Closure, top: float, above: Floats) -> Floats:
    """The path (n, 3) of a further, longer chain that ends at the first one's clasp and lies over the one ``above``."""
    free = chain.length_mm + number * LAYER_MM - shut.gap
    half = drape(free, shut.gap, slope=0.0, corner=1.0)
    half = half - [0.0, half[-1, 1] - top]
    flat = np.vstack([half[::-1] * [-1, 1], half[1:]])[::-1]
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(flat, axis=0), axis=1))]
    from_end = np.minimum(along, along[-1] - along)
    low = links.rest_height(chain.style, chain.gauge_mm)
    # Beside the clasp the chains lie on one another.
    height = low + max(shut.height - low, 0) * np.exp(-((from_end / (5 * chain.gauge_mm)) ** 2))

    def lifted(reach: float) -> Floats:
        rise = number * 1.1 * chain.gauge_mm * np.exp(-((from_end / reach) ** 2))
        return np.column_stack([flat, height + rise])

    reaches = [LAYER_MM * share for share in (1.0, 1.4, 2.0, 2.8, 4.0)]
    rounds = chain.style in ("pearl", "bead")
    clear = (
        reach for reach in reaches if not rounds or _clear(lifted(reach), above) >= BESIDE * chain.gauge_mm
    )
    return lifted(next(clear, reaches[-1]))


BESIDE = 1.02
"""Least distance of strands, in beads: links may hang in one another, beads do not."""


def _clear(path: Floats, other: Floats) -> float:
    """Least distance of two paths (n, 3), mm."""
    some = other[:: max(len(other) // 600, 1)]
    return float(
        min(np.linalg.norm(some - point, axis=1).min() for point in path[:: max(len(path) // 600, 1)])
    )


TAIL = 0.13
"""Length of a lariat's hanging end, over the whole of it."""


def lariat(chain: Chain, tones: Tones) -> list[Part]:
    """A chain without a clasp, laid around a neck: both its sides meet in a ring, from which one end hangs."""
    tones = replace(tones, metal=chain.metal or tones.metal)
    metal, wire = tones.metal, float(np.clip(0.3 * chain.gauge_mm, 0.45, 1.0))
    ring = max(1.6 * chain.gauge_mm, 2.4)
    tail = TAIL * chain.length_mm
    half = drape(chain.length_mm - tail, 0.05, slope=SLOPE, corner=1.0)
    flat = np.vstack([half * [-1, 1], half[::-1][1:]]) + np.array([0.0, ring])
    low = links.rest_height(chain.style, chain.gauge_mm)
    around = np.column_stack([flat, np.full(len(flat), low)])
    # Each side takes hold of the ring at its upper rim, a little apart.
    count = 1200
    hanging = np.column_stack([np.zeros(count), np.linspace(-ring, -ring - tail, count), np.full(count, low)])
    drop = max(0.9 * chain.gauge_mm, 2.2)
    body = ball(drop, around=64).moved([0, -ring - tail - 0.8 * drop, drop])
    return [
        *lay(chain, around, tones),
        *lay(chain, hanging, tones, "chain tail"),
        metal_part("ring", torus(ring, wire, around=64, sides=20).moved([0, 0, max(wire, low)]), metal,
                   role=PartRole.JUMP_RING),
        metal_part("drop", body, metal, tones.finish),
    ]  # fmt: skip
