"""How thick a closed body is at a point of its surface: the largest ball that fits inside and touches the point."""

from collections.abc import Callable, Sequence

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.mesh import Floats, Mesh, unit

REACH_MM = 1.3
"""Thicker places are not measured further."""
OFF_MM = 1e-3
"""Rays start this far off the surface."""
_SLANT = float(np.cos(np.radians(45.0)))


RayCast = Callable[[Floats, Floats], Sequence[tuple[float, Floats]]]
"""A body that rays are cast into, as ``solid.caster`` gives it: from one point (3,) to another, the hits between."""


def thickness(ray_cast: RayCast, points: Floats, normals: Floats) -> Floats:
    """Thickness (n,) in mm at points (n, 3) of the surface with outward normals (n, 3); inf from ``REACH_MM`` on.

    Points inside the body, where another part lies over them, have no thickness of their own: nan. Five rays bound the
    ball: one straight in and four at 45 degrees, each to where it leaves the body; a ball that touches the point and
    passes a hit at distance t, at an angle a from the normal, is t / cos a wide. (Shapira, Shamir and Cohen-Or,
    "Consistent mesh partitioning and skeletonisation using the shape diameter function", 2008, cast such a cone.)
    """
    aside = np.cross(normals, np.eye(3)[np.abs(normals).argmin(1)])
    first = unit(aside)
    second = np.cross(normals, first)
    slanted = [unit(-normals + side) for side in (first, -first, second, -second)]
    widths = np.full(len(points), np.inf)
    for k, point in enumerate(points):
        if _covered(ray_cast(point + OFF_MM * normals[k], point + REACH_MM * normals[k]), normals[k]):
            widths[k] = np.nan
            continue
        start = point - OFF_MM * normals[k]
        for direction, cosine in ((-normals[k], 1.0), *((slant[k], _SLANT) for slant in slanted)):
            hits = ray_cast(start, start + REACH_MM * cosine * direction)
            if hits:
                widths[k] = min(widths[k], (hits[0][0] + OFF_MM) / cosine)
    return widths


def _covered(hits: Sequence[tuple[float, Floats]], outward: Floats) -> bool:
    """Whether a ray outward begins inside the body: the first surface it meets is one it leaves by."""
    return bool(hits) and float(hits[0][1] @ outward) > 0


def surface_samples(mesh: Mesh, spacing_mm: float) -> tuple[Floats, Floats]:
    """Points (n, 3) of a surface and its normals there, middles of faces about ``spacing_mm`` apart."""
    fine = solid.refined(mesh, 2 * spacing_mm)
    a, b, c = (fine.vertices[fine.faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    area = np.linalg.norm(across, axis=1)
    middle = (a + b + c) / 3
    # One face for every place and side it looks to, the largest; slivers have no normal to speak of.
    order = np.argsort(-area, kind="stable")
    order = order[area[order] > 1e-6]
    normals = unit(across[order])
    keys = np.hstack([np.round(middle[order] / spacing_mm), np.round(normals)]).astype(np.int64)
    _, chosen = np.unique(keys, axis=0, return_index=True)
    return middle[order][chosen], normals[chosen]
