"""How a surface is shaded: one rule for the renderer and for the GLB."""

import numpy as np

from pipeline.atelier.geometry.mesh import Floats, Ints

CREASE_DEG = 40.0
"""Faces that meet at a sharper angle are shaded apart."""
LEAST_MM2 = 1e-10
"""Twice the area below which a triangle is a seam of rounding errors that faces nowhere."""


def shade_normals(points: Floats, faces: Ints, *, smooth: bool) -> tuple[Floats, Floats]:
    """Face normals (m, 3) and corner normals (m, 3, 3), smoothed across edges bent less than CREASE_DEG.

    Each corner takes the mean of the faces about its vertex within the crease of its own, weighted by their angles
    there (G. Thürmer, C. Wüthrich, "Computing vertex normals from polygonal facets", 1998): how a face is cut into
    triangles does not matter. A face without area has the normal (0, 0, 0) and weighs nothing.
    """
    a, b, c = points[faces[:, 0]], points[faces[:, 1]], points[faces[:, 2]]
    cross = np.cross(b - a, c - a)
    length = np.linalg.norm(cross, axis=1, keepdims=True)
    normals = np.where(length > LEAST_MM2, cross / np.maximum(length, LEAST_MM2), 0.0)
    if not smooth:
        return normals, np.repeat(normals[:, None, :], 3, axis=1)
    weights = _corner_angles(a, b, c)
    flat = faces.ravel()
    weighted = (normals[:, None, :] * weights[:, :, None]).reshape(-1, 3)
    total = np.stack([np.bincount(flat, weighted[:, k], len(points)) for k in range(3)], axis=1)
    total = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-20)
    corner = total[faces]
    # Where every face leans less than half the crease angle from the mean, no pair can exceed it.
    lean = np.einsum("ijk,ik->ij", corner, normals)
    creased = np.zeros(len(points), dtype=bool)
    creased[flat[(lean < np.cos(np.radians(CREASE_DEG / 2))).ravel()]] = True
    if creased.any():
        _split_creases(corner.reshape(-1, 3), flat, creased, normals, weighted)
    return normals, corner


def _corner_angles(a: Floats, b: Floats, c: Floats) -> Floats:
    angles = []
    for here, left, right in ((a, b, c), (b, c, a), (c, a, b)):
        u, v = left - here, right - here
        cosine = (u * v).sum(axis=1) / np.maximum(
            np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1), 1e-20
        )
        angles.append(np.arccos(np.clip(cosine, -1, 1)))
    return np.stack(angles, axis=1)


def _split_creases(corner: Floats, flat: Ints, creased: Floats, normals: Floats, weighted: Floats) -> None:
    """Rewrite `corner` (3m, 3) in place at creased vertices: each corner averages only faces within the crease."""
    chosen = np.nonzero(creased[flat])[0]
    chosen = chosen[np.argsort(flat[chosen], kind="stable")]
    vertex = flat[chosen]
    starts = np.concatenate([[0], np.nonzero(np.diff(vertex))[0] + 1, [len(vertex)]])
    counts = np.diff(starts)
    cosine = np.cos(np.radians(CREASE_DEG))
    for size in np.unique(counts):
        first = starts[:-1][counts == size]
        # A pole of hundreds of spokes would need a square table per vertex: take such vertices one by one.
        for block in np.array_split(first, max(1, len(first) * int(size) ** 2 // 4_000_000)):
            group = chosen[block[:, None] + np.arange(size)]
            facing = normals[group // 3]
            near = np.einsum("gik,gjk->gij", facing, facing) > cosine
            mean = np.einsum("gij,gjk->gik", near, weighted[group])
            corner[group] = mean / np.maximum(np.linalg.norm(mean, axis=2, keepdims=True), 1e-20)
