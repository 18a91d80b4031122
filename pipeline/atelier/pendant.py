"""Pendants lying on the table: the body below its eye, and the bail that joins it to the chain."""

import numpy as np

from pipeline.atelier import mounting
from pipeline.atelier.mesh import Floats, Mesh, circle, outward, quads, revolve, rounded, torus, unit
from pipeline.atelier.piece import Part
from pipeline.atelier.ring import cut_stone
from pipeline.atelier.spec import Chain, Metal, Spec

EYE_WIRE, EYE_HOLE = 0.32, 0.62
"""Wire and hole radius of the eye soldered to a pendant's top, mm."""


def build_pendant(spec: Spec) -> list[Part]:
    """Parts of the pendant, its top edge at (0, 0) and its body toward -y, resting on z = 0."""
    assert spec.pendant is not None  # noqa: S101 -- told apart by the caller; narrows the type
    height = spec.pendant.height_mm
    radius = height / 2
    parts: list[Part] = []
    if spec.stone is not None:
        return _stone_disc(spec, radius)
    plate = disc(radius)
    parts.append(Part("pendant", *plate.moved([0, -radius, 0]), spec.metal, smooth=True, finish=spec.finish))
    return parts


def disc(radius: float) -> Mesh:
    """A round plate with a flat back, a bevelled rim and a softly domed face."""
    thick = float(np.clip(0.11 * radius, 0.7, 1.6))
    dome, bevel = 0.10 * radius, float(np.clip(0.06 * radius, 0.22, 0.7))
    inside = radius - bevel
    face = [(r, thick + dome * (1 - (r / inside) ** 2)) for r in np.linspace(inside, 0, 28)]
    edge = rounded(
        [(0, 0), (radius - 0.25, 0), (radius, 0.25), (radius, thick - 0.75 * bevel), (inside, thick), (0, thick)],
        [0, 0.1, 0.1, 0.5 * bevel, 0.35 * bevel, 0], steps=5,
    )  # fmt: skip
    rim = [p for p in edge[1:-1] if p[0] > inside]
    return revolve([(0, 0), *rim, *face[1:-1], (0, thick + dome)], 192)


def _stone_disc(spec: Spec, radius: float) -> list[Part]:
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller; narrows the type
    stone = cut_stone(spec.stone)
    foot = -stone.depth - 0.15
    centre = [0, -float(np.ptp(stone.outline[:, 1])) / 2 - 0.6, -foot]
    collar = mounting.bezel(stone, foot)
    del radius
    return [
        Part("bezel", *collar.moved(centre), spec.second_metal or spec.metal, smooth=True),
        Part("stone 1", *stone.mesh.moved(centre), spec.stone.gem, smooth=stone.smooth),
    ]


def hang(spec: Spec, chain: Chain) -> tuple[list[Part], float, float]:
    """The pendant with eye and bail under a chain that passes (0, 0): parts, chain height, corner radius, all mm."""
    body = build_pendant(spec)
    middle = np.vstack([part.vertices for part in body if part.name != "stone 1"])
    top = float(middle[:, 1].max())
    level = float(np.median(middle[middle[:, 1] > top - 0.4, 2]))
    inside = 0.56 * chain.gauge_mm + 0.25
    strip = float(np.clip(0.12 * chain.gauge_mm + 0.22, 0.36, 0.9))
    chain_height = inside + strip + 0.02
    small = EYE_WIRE + 0.06 + strip / 2
    eye_height = max(level, small + strip / 2)
    # The bail runs round the chain at y = 0 and round the eye's wire below it.
    eye_y = -(inside + strip / 2 + 0.4 * inside + small + 0.2)
    eye_centre = eye_y - EYE_HOLE - EYE_WIRE
    eye = torus(EYE_HOLE + EYE_WIRE, EYE_WIRE, around=56, sides=20)
    bottom = eye_centre - EYE_HOLE - 1.55 * EYE_WIRE
    shift = np.array([0, bottom - top, eye_height - level])
    parts = [_moved(part, shift) for part in body]
    parts.append(Part("eye", *eye.moved([0, eye_centre, eye_height]), spec.metal, smooth=True))
    strap = bail(
        (0.0, chain_height),
        inside + strip / 2,
        (eye_y + 0.0, eye_height),
        small,
        strip,
        0.62 * chain.gauge_mm,
    )
    parts.append(Part("bail", *strap, spec.metal, smooth=True))
    return parts, chain_height, 1.1 * chain.gauge_mm


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
    from pipeline.atelier.mesh import resample

    points = np.vstack([circle(ra, 720) + a, circle(rb, 720) + b])
    from scipy.spatial import ConvexHull

    return resample(points[ConvexHull(points).vertices], count)


def _moved(part: Part, offset: Floats) -> Part:
    return Part(part.name, part.vertices + offset, part.faces, part.material, part.smooth, part.finish)
