"""How stones are held: prong heads with a gallery and true seats, bezels, cups for pearls.

Everything is built about the stone's girdle plane at z = 0, table up; callers move the finished head.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.assembly import Shape
from pipeline.atelier.geometry.gemstones import Gemstone
from pipeline.atelier.geometry.mesh import (
    Floats,
    Mesh,
    ball,
    resample,
    revolve,
    rounded,
    skirt,
    spline,
    tube,
)
from pipeline.atelier.piece import Part, PartRole, SetStone
from pipeline.atelier.pieces import least
from pipeline.atelier.spec import UNSEEN_INSIDE, Stone


def prong_wire(stone: Gemstone) -> float:
    """Radius in mm of a prong that suits the stone: 0.5 mm wire on a 3 mm stone, 1 mm on an 8 mm one."""
    return least.prong(_usual_wire(stone))


def _usual_wire(stone: Gemstone) -> float:
    size = float(np.sqrt(np.prod(np.ptp(stone.outline, axis=0))))
    return float(np.clip(0.12 + 0.05 * size, 0.17, 0.65))


def _clear(stone: Gemstone, thicker_mm: float) -> float:
    """How much further out a wire stands that is so much thicker, mm, so that the pavilion takes no more off it."""
    reach = float(np.hypot(*stone.outline.T).max())
    return thicker_mm * float(np.hypot(reach, stone.depth)) / stone.depth


def stone_part(
    stone: Gemstone,
    spec: Stone,
    at: Sequence[float] | Floats = (0.0, 0.0, 0.0),
    *,
    name: str = "stone 1",
    role: PartRole = PartRole.STONE,
) -> Part:
    """The stone itself as a part, its girdle's middle at ``at`` (3,), mm."""
    size = SetStone(spec.cut, spec.length_mm, spec.width_mm)
    included = spec.clarity == "included" and spec.gem not in UNSEEN_INSIDE
    return Part(
        name,
        *stone.mesh.moved(at),
        spec.gem,
        smooth=stone.smooth,
        role=role,
        stone=size,
        included=included,
    )


def head(stone: Gemstone, spec: Stone, foot: float) -> list[Shape]:
    """The setting ``spec`` asks for, reaching down to ``foot`` mm under the girdle plane."""
    if spec.cut == "pearl":
        return pearl_cup(stone, foot)
    if spec.setting == "prong":
        return prong_head(
            stone, grips(spec.cut, spec.prongs), foot, pointed=spec.cut in POINTED, filed=spec.tips == "claw"
        )
    return [Shape("bezel", PartRole.BEZEL, bezel(stone, foot))]


def held(stone: Gemstone, spec: Stone) -> Floats | None:
    """Points (n, 2) of the girdle that prongs hold, mm; None where it is held otherwise."""
    if spec.setting != "prong" or spec.cut == "pearl":
        return None
    half = np.ptp(stone.outline, axis=0) / 2
    return np.array(
        [_on_outline(stone.outline, direction * half) for direction in grips(spec.cut, spec.prongs)]
    )


def grips(cut: str, prongs: int) -> Floats:
    """Where 4 or 6 prongs hold a cut's girdle: directions (n, 2) in units of half the width and half the length."""
    if cut == "marquise":
        sides = [(x, y) for x in (-0.85, 0.85) for y in (-0.42, 0.42)]
        return np.array([(0.0, 1.0), (0.0, -1.0), *sides])
    if cut == "pear":
        low = [(-0.72, -0.72), (0.72, -0.72)] if prongs == 4 else [(-0.5, -0.85), (0.5, -0.85)]
        sides = [(-0.8, 0.12), (0.8, 0.12)] if prongs == 4 else [(-0.98, -0.2), (0.98, -0.2)]
        return np.array([(0.0, 1.0), *sides, *low])
    if cut in HELD_AT:
        held = HELD_AT[cut]
        return np.array(held if prongs == 4 else [*held, *HELD_ALSO.get(cut, [])])
    corners = [(x, y) for x in (-1.0, 1.0) for y in (-1.0, 1.0)]
    if cut in SQUARE and prongs == 4:
        return np.array(corners)
    if cut in ("baguette", "asscher", "radiant"):
        return np.array([*corners, (1.0, 0.0), (-1.0, 0.0)])
    angle = (np.arange(prongs) + 0.5) / prongs * 2 * np.pi
    return np.stack([np.cos(angle), np.sin(angle)], 1)


POINTED = frozenset({"heart", "trillion", "kite"})
"""Cuts whose points are kept from chipping by a V-shaped prong."""

SQUARE = frozenset({"princess", "emerald", "cushion", "baguette", "asscher", "radiant", "old_mine"})
"""Cuts that four prongs hold by their corners."""

HELD_AT: dict[str, list[tuple[float, float]]] = {
    "heart": [(0.0, -1.0), (0.0, 1.0), (0.86, 0.62), (-0.86, 0.62)],
    "trillion": [(0.0, 1.0), (-1.0, -0.806), (1.0, -0.806)],
    "kite": [(0.0, 1.0), (0.0, -1.0), (1.0, 0.3), (-1.0, 0.3)],
    "hexagon": [(x, y) for x in (-1.0, 1.0) for y in (-0.5, 0.5)],
}
"""Where these cuts are held whatever number is asked for: at their points, a heart in its cleft and by its lobes."""

HELD_ALSO: dict[str, list[tuple[float, float]]] = {
    "heart": [(0.6, -0.36), (-0.6, -0.36)],
    "hexagon": [(0.0, 1.0), (0.0, -1.0)],
}
"""Where a fifth and sixth prong goes."""


FLAT = 0.15
"""A stone that reaches no farther under its girdle than this, over its width, has a flat back."""


def lift(stone: Gemstone, spec: Stone) -> float:
    """How high prongs lift the girdle of a flat-backed stone over what carries them, mm; 0 for any other.

    As high that the base ring, from which they rise, lies free under a cabochon or rose.
    """
    if spec.setting != "prong" or stone.depth > FLAT * float(np.ptp(stone.outline[:, 0])):
        return 0.0
    return stone.depth + 1.5 * prong_wire(stone) + 0.2


def prong_head(
    stone: Gemstone,
    directions: Floats,
    foot: float,
    *,
    sides: int = 32,
    pointed: bool = False,
    filed: bool = False,
) -> list[Shape]:
    """Prongs that rise from a base ring past a gallery rail and bend over the crown, with the stone's seat cut.

    On a ``pointed`` stone the prongs at its points are V-shaped; ``filed`` ones taper to claws.
    """
    wire = prong_wire(stone)
    half = np.ptp(stone.outline, axis=0) / 2
    parts: list[Shape] = []
    for k, direction in enumerate(directions):
        at = _on_outline(stone.outline, direction * half)
        path = _prong_path(stone, at, wire, foot, filed=filed)
        rough = tube(path, _prong_radii(path, wire, filed=filed), sides)
        if pointed and _is_point(stone.outline, at):
            rough = solid.unite([rough, _vee(stone, at, wire)])
        parts.append(Shape(f"prong {k + 1}", PartRole.PRONG, solid.subtract(rough, stone.mesh)))
    smooth = _smooth_outline(stone)
    level = -0.46 * stone.depth
    scale = prong_share(level, foot)
    rail, ring = least.wire(0.72 * wire), max(1.12 * wire, 1.04 * least.wire(0.0))
    around, under = smooth * scale, smooth * BASE_SHARE
    if wire > _usual_wire(stone) or rail > 0.72 * wire:
        around, under = (
            _beside(stone, around, level, rail),
            _bendable(_beside(stone, under, foot, ring), ring),
        )
    rings = (
        (PartRole.GALLERY, tube(_ring_at(around, level), rail, 24, closed=True)),
        (PartRole.BASE, tube(_ring_at(under, foot), ring, 28, closed=True)),
    )
    cut = [Shape(role.value, role, solid.subtract(ring, stone.mesh)) for role, ring in rings]
    parts += [shape for shape in cut if len(shape.mesh.faces)]
    return parts


def _is_point(outline: Floats, at: Floats) -> bool:
    """Whether the outline turns by more than 50 degrees where a prong holds it."""
    k = int(np.argmin(np.linalg.norm(outline - at, axis=1)))
    before, after = outline[k] - outline[k - 1], outline[(k + 1) % len(outline)] - outline[k]
    turn = np.arctan2(before[0] * after[1] - before[1] * after[0], before @ after)
    return bool(turn > np.radians(50))


def _vee(stone: Gemstone, at: Floats, wire: float) -> Mesh:
    """The V that folds around a point: as much of a ball about it as lies near the girdle, before the seat is cut."""
    reach = 1.7 * wire
    inward = -at / np.linalg.norm(at)
    low, high = -0.9 * wire, min(0.55 * stone.top, 1.0 * wire)
    around = solid.extrude(solid.grow([stone.outline], 0.62 * wire), high - low).moved([0, 0, low])
    middle = np.array([*(at + 0.25 * reach * inward), 0.5 * (low + high)])
    return solid.intersect(around, ball(reach, around=40).moved(middle))


def wall(stone: Gemstone) -> float:
    """Thickness of a bezel's wall that suits the stone, mm."""
    usual = float(np.clip(0.08 * float(np.ptp(stone.outline[:, 0])), 0.3, 0.7))
    return max(usual, COLLET_OVER * least.wall(0.0))


COLLET_OVER = 1.08
"""Width of a collet's wall over its thickness: it is a cone, thinner across than it is wide."""


def bezel(stone: Gemstone, foot: float) -> Mesh:
    """A collar around the stone: wall, inner ledge under the girdle, lip pushed over the crown."""
    half_width = float(np.ptp(stone.outline[:, 0])) / 2
    thick = wall(stone)
    if stone.smooth and least.least().wall_mm:
        # A cabochon lies on a floor.
        foot = min(foot, -stone.depth - COLLET_OVER * least.wall(0.0))
    grip = float(np.clip(0.10 * half_width, 0.12, 0.35))
    girdle = 0.03 * half_width + 0.02
    lip = girdle + grip * 0.9 + 0.18 if not stone.smooth else girdle + 0.5 * grip + 0.3
    slope = stone.depth / half_width
    # A collet is a cone: drawn in below it mirrors the sweep; upright it would mirror the dark of the room.
    drawn = min(0.42 * -foot, 0.34 * half_width)
    corners = [
        (-0.45 * half_width, foot), (0.55 * thick - drawn, foot), (thick - drawn, foot + 0.25), (thick, 0.4 * lip),
        (0.62 * thick, lip), (-0.55 * grip, lip), (-grip, lip - 0.10), (0.012, girdle), (0.012, -girdle),
        (-0.30 * half_width, max(foot + 0.3, -girdle - 0.30 * half_width * slope - 0.02)),
    ]  # fmt: skip
    if foot > -stone.depth:  # A shallow collet: the pavilion may look out of it below.
        inside = 0.55 * thick - drawn - COLLET_OVER * least.wall(0.0)
        corners[0] = (min(-0.30 * half_width, -drawn - 0.2, inside), foot)
        corners[-1] = (-0.30 * half_width, min(-girdle - 0.31 * half_width * slope, foot + 0.3))
    radii = [0.05, 0.12, 0.2, 0.12, 0.16, 0.08, 0.06, 0.01, 0.01, 0.05]
    line = stone.outline if stone.sharp else _smooth_outline(stone)
    body = skirt(line, rounded(corners, radii, steps=5), sharp=stone.sharp)
    return solid.subtract(body, stone.mesh)


def pearl_cup(stone: Gemstone, foot: float) -> list[Shape]:
    """A shallow cup and a peg, as pearls are set: drilled half through and glued, nothing over the top."""
    radius = stone.depth
    angle = np.linspace(0, np.radians(52), 14)
    outside = radius + least.wall(0.32)
    outer = [(outside * np.sin(a), -outside * np.cos(a)) for a in angle]
    inner = [((radius + 0.005) * np.sin(a), -(radius + 0.005) * np.cos(a)) for a in angle[::-1]]
    cup = revolve(np.array([*outer, *inner]), 96)
    low = min(foot, -outside - 0.28)
    stem = revolve([(0, low), (0.75, low), (0.6, -radius - 0.2), (0.6, -radius), (0, -radius)], 48)
    return [
        Shape("cup", PartRole.CUP, cup),
        Shape("peg", PartRole.PEG, solid.subtract(stem, stone.mesh)),
    ]


BASE_SHARE = 0.34
"""Base ring over girdle: small enough to sit on a shank, wide enough to let light in."""


FOOT_SHARE, FOOT_END = 0.38, 0.3
"""A prong's foot: over this length in wires, which the base ring hides, it tapers to this share of its thickness."""


def prong_share(level: float, foot: float) -> float:
    """Distance of a prong from the axis at ``level``, over its distance at the girdle."""
    return float(np.interp(level, [foot, 0.42 * foot, 0.0], [BASE_SHARE, 0.74, 1.0]))


def _prong_path(stone: Gemstone, at: Floats, wire: float, foot: float, *, filed: bool) -> Floats:
    reach = float(np.linalg.norm(at))
    outward = at / reach
    over, crown = 0.34 * wire, min(stone.top, 0.34 * reach)
    clear = _clear(stone, wire - _usual_wire(stone))
    stations = [
        (BASE_SHARE * reach, foot), (0.62 * reach + clear, 0.60 * foot), (0.90 * reach + 0.2 * wire, 0.20 * foot),
        (reach + over, 0.02 * crown), (reach + 0.35 * over, 0.36 * crown),
        (reach - 1.0 * wire, 0.36 * crown + 0.62 * wire), (reach - 1.75 * wire, 0.52 * crown + 0.62 * wire),
    ]  # fmt: skip
    # A slender end lies lower, on the crown, and reaches a little farther over it; a dome rises to meet it.
    if filed and not stone.smooth:
        (x, y), (end, high) = stations[-2:]
        stations[-2:] = [(x, y - 0.10 * wire), (end - 0.25 * wire, high - CLAW_LOWER * wire)]
    curve = spline(stations, 44)
    return np.column_stack([curve[:, :1] * outward, curve[:, 1]])


CLAW_LOWER = 0.30
"""How much lower a claw's end lies than a round one's, in wires."""
CLAW_ALONG, CLAW_SHARES = (0.0, 0.55, 0.78, 1.0), (1.05, 1.0, 0.80, 0.34)
"""A claw's thickness over its wire's, along it."""


def _prong_radii(path: Floats, wire: float, *, filed: bool) -> Floats:
    """Radii along a prong. Its foot tapers inside the base ring: a full wire's cut end would look out of it."""
    steps = np.linspace(0, 1, len(path))
    full = np.interp(steps, [0, 0.55, 0.85, 1], [1.05, 1.0, 0.9, 0.78])
    if filed:
        full = np.interp(steps, CLAW_ALONG, CLAW_SHARES)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    return np.asarray(wire * full * np.interp(along, [0, FOOT_SHARE * wire], [FOOT_END, 1.0]))


def _on_outline(outline: Floats, direction: Floats) -> Floats:
    """Point of the girdle that lies in ``direction`` from the stone's middle."""
    fine = resample(outline, 1440)
    wanted, angle = np.arctan2(direction[1], direction[0]), np.arctan2(fine[:, 1], fine[:, 0])
    return np.asarray(fine[int(np.argmin(np.abs(np.angle(np.exp(1j * (angle - wanted))))))])


def _smooth_outline(stone: Gemstone) -> Floats:
    if stone.sharp:
        return resample(solid.soften([stone.outline], 0.12 * float(np.ptp(stone.outline[:, 0])))[0], 160)
    if len(stone.outline) > 16:
        return resample(stone.outline, 160)
    return resample(rounded(stone.outline, 0.06 * float(np.ptp(stone.outline[:, 0]))), 192)


def _beside(stone: Gemstone, outline: Floats, level: float, wire: float) -> Floats:
    """The outline (n, 2), where it is too near drawn out until a wire along it at ``level`` just touches the stone."""
    # Below the culet the pavilion is taken as far up as the wire reaches.
    up = 0.0 if level > -stone.depth else wire
    cut = solid.section(stone.mesh, level + up)
    if not cut:
        return outline
    slope = float(np.ptp(stone.outline[:, 0])) / 2 / stone.depth
    free = np.vstack(solid.grow([max(cut, key=len)], _clear(stone, wire) - up * slope))
    angle = np.arctan2(outline[:, 1], outline[:, 0])
    around = np.arctan2(free[:, 1], free[:, 0])
    order = np.argsort(around)
    away = np.interp(angle, around[order], np.hypot(*free[order].T), period=2 * np.pi)
    return np.asarray(outline * np.maximum(away / np.hypot(*outline.T), 1.0)[:, None])


def _bendable(outline: Floats, wire: float) -> Floats:
    """The outline (n, 2), no narrower and nowhere bent closer than a wire of this radius can follow."""
    wider = outline * max(1.0, 1.1 * wire / float(np.hypot(*outline.T).min()))
    soft = solid.soften([wider], 1.2 * wire)
    return resample(soft[0], len(outline)) if soft else wider


def _ring_at(outline: Floats, level: float) -> Floats:
    return np.column_stack([outline, np.full(len(outline), level)])
