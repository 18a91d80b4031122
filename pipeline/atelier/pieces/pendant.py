"""Pendants lying on the table: the body below its eye, and the bail that joins it to the chain."""

from typing import get_args

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.assembly import metal_part, scatter, shifted
from pipeline.atelier.geometry.gemstones import Gemstone, cut_stone
from pipeline.atelier.geometry.mesh import (
    Floats,
    Mesh,
    about,
    ball,
    circle,
    join,
    outline_normals,
    outward,
    quads,
    resample,
    rounded,
    torus,
    tube,
    unit,
)
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import least, motif, mounting, plates, two_tone
from pipeline.atelier.pieces.setting import engraved, set_stone
from pipeline.atelier.spec import Chain, Form, Metal, Spec

EYE_WIRE, EYE_HOLE = 0.32, 0.62
"""Wire and hole radius of the eye soldered to a pendant's top, mm."""

BRIDGED, BRIDGE_WIRE = 0.35, 0.4
"""A body with no metal this near its middle (mm) at the top hangs from a wire of this radius across the gap."""


def build_pendant(spec: Spec) -> list[Part]:
    """Parts of the pendant, lying face up with its middle near the origin."""
    assert spec.pendant is not None  # noqa: S101 -- told apart by the caller; narrows the type
    form, height = spec.pendant.form, spec.pendant.height_mm
    if form == "stone":
        return set_stone(spec)
    if form == "locket":
        return _locket(spec, height)
    return face_plate(spec, form, height, spec.pendant.letter, name="pendant")


def face_plate(spec: Spec, form: Form, height: float, letter: str, *, name: str) -> list[Part]:
    """A plate in a form, engraved, edged with milgrain and set with a stone as the spec asks.

    A motif lies with the point it hangs by over x = 0.
    """
    if form == "motif" and spec.motif is not None:
        cut = motif.sheet(spec.motif, height=height)
        x, _ = motif.hanging_point(cut)
        return [shifted(part, [-x, 0, 0]) for part in motif.motif_parts(spec, cut, name=name)]
    stone = cut_stone(spec.stone) if spec.stone is not None else None
    flush = spec.stone is not None and spec.stone.setting == "flush"
    thick = stone.depth + 0.35 if stone is not None and flush else None
    body = plates.form_body(form, height, letter, thickness=thick)
    middle = _seat_place(form, height)
    parts: list[Part] = []
    if stone is not None:
        body, parts = _stone_on(spec, stone, body, middle)
    elif spec.engraving and form in plates.FACES:
        wide, tall, y = (share * height for share in plates.FACES[form])
        upright = form == "bar"
        room = (wide, 0.8 * max(0.17 * height, 2.2)) if upright else (wide, tall)
        body, floor = plates.engrave(body, spec.engraving, room, at=(0.0, y), upright=upright)
        parts = engraved(floor, spec)
    if spec.milgrain:
        parts += _beaded(spec, form, height, letter, body)
    outlines = plates.form_outline(form, height, letter)
    return [*two_tone.layered(name, body, outlines, form, height, spec), *parts]


def _stone_on(spec: Spec, stone: Gemstone, body: Mesh, middle: Floats) -> tuple[Mesh, list[Part]]:
    """Set a stone into a plate: sunk flush, or in a collet or prongs that stand on it."""
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller; narrows the type
    if spec.stone.setting == "flush":
        top = float(body.vertices[:, 2].max())
        at = np.array([*middle, top - 0.03 - 0.25 * stone.top])
        hole = Mesh(stone.mesh.vertices * [1.003, 1.003, 1.0], stone.mesh.faces)
        shaft = solid.extrude([stone.outline * 0.985], 4.0)
        body = solid.subtract(body, hole.moved(at), shaft.moved(at))
        return body, [mounting.stone_part(stone, spec.stone, at)]
    at = np.array([*middle, stone.depth + 0.2])
    parts = [shifted(part, at) for part in set_stone(spec)]
    drill = solid.extrude([stone.outline * 0.9], 8.0).moved([*middle, -2.0])
    if spec.stone.cut != "pearl" and spec.stone.setting == "bezel":
        body = solid.subtract(body, drill)
    return body, parts


def _seat_place(form: Form, height: float) -> Floats:
    """Where a stone sits on a form."""
    y = {"teardrop": -0.17, "heart": 0.02, "cross": 0.20}.get(form, 0.0)
    return np.array([0.0, y * height])


def _beaded(spec: Spec, form: Form, height: float, letter: str, body: Mesh) -> list[Part]:
    outlines = plates.form_outline(form, height, letter)
    size = least.grain(float(np.clip(0.03 * height, 0.28, 0.5)))
    inset = 0.75 * size
    units = []
    for outline in outlines:
        line = resample(outline, 400) - inset * outline_normals(resample(outline, 400))
        tree = body.vertices[:, :2]
        level = float(
            np.median([body.vertices[np.argsort(((tree - p) ** 2).sum(1))[:3], 2].max() for p in line[::25]])
        )
        units.append(plates.milgrain(resample(outline, 400), level, inset=inset, size=size))
    return [scatter("milgrain", units, spec.metal, role=PartRole.MILGRAIN)]


def _locket(spec: Spec, height: float) -> list[Part]:
    """Two domed shells that meet in a seam, with a hinge at the left and a thumb catch at the right."""
    outline = plates.form_outline("locket", height)[0]
    thick, dome = float(np.clip(0.07 * height, 0.9, 1.8)), 0.07 * height
    shell = plates.domed(outline, thick, dome, 0.45 * thick)
    back = shell.turned(about("y", 180)).moved([0, 0, -0.05])
    front = shell.moved([0, 0, 0.05])
    parts: list[Part] = []
    if spec.stone is not None:
        stone = cut_stone(spec.stone)
        front, parts = _stone_on(spec, stone, front, np.zeros(2))
    elif spec.engraving:
        front, floor = plates.engrave(front, spec.engraving, (0.5 * height, 0.3 * height))
        parts = engraved(floor, spec)
    half = 0.41 * height
    knuckle = tube([[0, -0.055 * height, 0], [0, 0.055 * height, 0]], 0.030 * height, 24)
    hinge = [knuckle.moved([-half - 0.012 * height, y * height, 0]) for y in (-0.14, 0.0, 0.14)]
    catch = ball(0.042 * height, around=32).moved([half + 0.01 * height, 0, 0])
    parts += [
        metal_part("pendant hinge", join(hinge), spec.metal),
        metal_part("pendant catch", catch, spec.metal),
    ]
    if spec.milgrain:
        bead, placed = plates.milgrain(outline, thick - 0.1, inset=0.42 * thick, size=0.4)
        parts.append(scatter("milgrain", [(bead, placed)], spec.metal, role=PartRole.MILGRAIN))
    return [
        metal_part("pendant front", front, spec.metal, spec.finish),
        metal_part("pendant back", back, spec.metal, spec.finish),
        *parts,
    ]


def hang(spec: Spec, chain: Chain) -> tuple[list[Part], float, float]:
    """The pendant with eye and bail under a chain that passes (0, 0): parts, chain height, corner radius, all mm."""
    assert spec.pendant is not None  # noqa: S101 -- told apart by the caller; narrows the type
    body = hangable(build_pendant(spec), spec.metal, spec.pendant.form)
    grip = _metal_points(body)
    body = [shifted(part, [0, 0, -float(np.min(grip[:, 2]))]) for part in body]
    grip = grip - [0, 0, float(np.min(grip[:, 2]))]
    over_middle = grip[np.abs(grip[:, 0]) < 0.35]
    top = float(over_middle[:, 1].max())
    level = float(over_middle[over_middle[:, 1] > top - 0.3, 2].mean())
    inside = 0.56 * chain.gauge_mm + 0.25
    strip = least.wall(float(np.clip(0.12 * chain.gauge_mm + 0.22, 0.36, 0.9)))
    eye_wire = least.wire(EYE_WIRE)
    chain_height = inside + strip + 0.02
    small = eye_wire + 0.06 + strip / 2
    eye_height = max(level, small + strip / 2)
    # The bail runs round the chain at y = 0 and round the eye's wire below it.
    eye_y = -(inside + strip / 2 + 0.4 * inside + small + 0.2)
    eye_centre = eye_y - EYE_HOLE - eye_wire
    eye = torus(EYE_HOLE + eye_wire, eye_wire, around=56, sides=20)
    bottom = eye_centre - EYE_HOLE - 1.55 * eye_wire
    shift = np.array([0, bottom - top, eye_height - level])
    parts = [shifted(part, shift) for part in body]
    parts.append(metal_part("eye", eye.moved([0, eye_centre, eye_height]), spec.metal, role=PartRole.EYE))
    strap = bail(
        (0.0, chain_height),
        inside + strip / 2,
        (eye_y + 0.0, eye_height),
        small,
        strip,
        # Pearls beside the one it runs round rise with the strand: a strap as wide as on links would cut them.
        (0.24 if chain.style == "pearl" else 0.62) * chain.gauge_mm,
    )
    parts.append(metal_part("bail", strap, spec.metal, role=PartRole.BAIL))
    # The steeper a chain hangs, the rounder its bend, so that it leaves the bail as flat. A pearl cannot bend.
    bend = 1.6 if spec.pendant.framing == "pendant" or chain.style == "pearl" else 1.1
    return parts, chain_height, bend * chain.gauge_mm


def hold(spec: Spec, longest: float, *, name: str, at: Floats) -> list[Part]:
    """A motif held in a chain at both sides, the middle between its two eyes over ``at`` (2,), and where those lie."""
    assert spec.motif is not None  # noqa: S101 -- told apart by the caller; narrows the type
    cut = motif.sheet(spec.motif, longest=longest)
    left, right = motif.side_points(cut)
    parts = motif.motif_parts(spec, cut, name=name)
    grip = _metal_points(parts)
    wire = least.wire(EYE_WIRE)
    level = wire + float(grip[:, 2].min())
    for side, point, hand in (("left", left, -1.0), ("right", right, 1.0)):
        ring = motif.eye(point + np.array([hand * (EYE_HOLE + 0.6 * wire), 0.0]), level)
        parts.append(metal_part(f"eye {side}", ring, spec.metal, role=PartRole.EYE))
    middle = (left + right) / 2
    return [shifted(part, [at[0] - middle[0], at[1] - middle[1], -float(grip[:, 2].min())]) for part in parts]


def held_span(spec: Spec, longest: float) -> float:
    """Distance between the middles of the eyes of a motif held at both sides, mm."""
    assert spec.motif is not None  # noqa: S101 -- told apart by the caller; narrows the type
    left, right = motif.side_points(motif.sheet(spec.motif, longest=longest))
    return float(right[0] - left[0]) + 2 * (EYE_HOLE + 0.6 * least.wire(EYE_WIRE))


def bail(
    over: tuple[float, float],
    big: float,
    under: tuple[float, float],
    small: float,
    strip: float,
    width: float,
) -> Mesh:
    """A tapered strap in the yz plane, wide over the chain at ``over`` and narrow around the eye at ``under``."""
    loop = _belt(np.array(over), big, np.array(under), small, 120)
    tangent = unit(np.roll(loop, -1, 0) - np.roll(loop, 1, 0))
    outside = np.stack([tangent[:, 1], -tangent[:, 0]], 1)
    share = np.clip((loop[:, 0] - loop[:, 0].min()) / np.ptp(loop[:, 0]), 0, 1)
    half = width * (0.42 + 0.58 * share) + 0.15
    section = rounded([(1, -0.5), (1, 0.5), (-1, 0.5), (-1, -0.5)], 0.45, steps=5)
    across = section[None, :, 0] * half[:, None]
    lift = section[None, :, 1] * strip
    y = loop[:, :1] + lift * outside[:, :1]
    z = loop[:, 1:] + lift * outside[:, 1:]
    vertices = np.stack([across, y, z], -1).reshape(-1, 3)
    return outward(Mesh(vertices, quads(len(loop), len(section), closed_u=True)))


def _belt(a: Floats, ra: float, b: Floats, rb: float, count: int) -> Floats:
    """Convex belt around two circles, as evenly spaced points (n, 2), counter-clockwise."""
    from scipy.spatial import ConvexHull

    points = np.vstack([circle(ra, 720) + a, circle(rb, 720) + b])
    return resample(points[ConvexHull(points).vertices], count)


def hangable(body: list[Part], metal: Metal, form: Form) -> list[Part]:
    """A lying body moved along x so that it hangs from x = 0, with a wire across the gap of an M, a U or an H."""
    if form == "motif":
        return body
    points = _metal_points(body)
    low, high = points.min(0), points.max(0)
    middle, tall = float(low[0] + high[0]) / 2, float(high[1] - low[1])
    across = points[:, 0] - middle
    rim = points[:, 1] > high[1] - 0.12 * tall
    place = middle
    # A heart hangs from its cleft.
    reach = 0.12 if form == "initial" else 0.2
    if not ((points[:, 1] > high[1] - reach * tall) & (np.abs(across) < BRIDGED)).any():
        if (rim & (across < 0)).any() and (rim & (across > 0)).any():
            inner = [float(across[rim & (across < 0)].max()), float(across[rim & (across > 0)].min())]
            y, z = float(high[1]) - 0.12 * tall / 2, float(low[2] + high[2]) / 2
            radius = least.wire(BRIDGE_WIRE)
            along = np.linspace(inner[0] - radius, inner[1] + radius, 81) + middle
            wire = np.column_stack([along, np.full(81, y), np.full(81, z)])
            body = [*body, metal_part("pendant bar", tube(wire, radius, 20), metal)]
        else:
            # An L hangs from its stem.
            top = points[points[:, 1] > high[1] - 0.3]
            place = float(top[int(np.argmin(np.abs(top[:, 0] - middle))), 0])
    return [shifted(part, [-place, 0, 0]) for part in body]


def _metal_points(body: list[Part]) -> Floats:
    return np.vstack([part.vertices for part in body if part.material in get_args(Metal)])
