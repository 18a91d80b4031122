"""Boolean operations and convex cutting, on manifold3d: what stays closed and oriented by construction."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import Floats, Mesh, join, volume

Plane = tuple[Floats, float]
"""Unit normal (3,) and offset: the solid keeps the points p with normal . p <= offset."""


def subtract(mesh: Mesh, *tools: Mesh) -> Mesh:
    """Remove the tools from the mesh, as a bur or a file would; at a detail without booleans it stays whole."""
    if not detail().booleans:
        return mesh
    body = _manifold(mesh)
    for tool in tools:
        body = body - _manifold(tool)
    return _mesh(body)


def unite(meshes: Sequence[Mesh]) -> Mesh:
    """Solder bodies into one."""
    if len(meshes) == 1:
        return meshes[0]
    if not detail().booleans:
        return join(meshes)
    import manifold3d

    return _mesh(
        manifold3d.Manifold.batch_boolean([_manifold(mesh) for mesh in meshes], manifold3d.OpType.Add)
    )


def bored(mesh: Mesh, tool: Mesh) -> Mesh:
    """The mesh with the tool taken out at any detail: where leaving it in would change the outline."""
    return _mesh(_manifold(mesh) - _manifold(tool))


def intersect(mesh: Mesh, other: Mesh) -> Mesh:
    """Keep what both bodies share."""
    return _mesh(_manifold(mesh) ^ _manifold(other))


def cut(outline: Floats, half_height: float, planes: Iterable[Plane]) -> Mesh:
    """Grind a prism over ``outline`` (n, 2), from -half_height to half_height, to the planes."""
    import manifold3d

    section = manifold3d.CrossSection([np.asarray(outline, float)])
    body = section.extrude(2 * half_height).translate((0, 0, -half_height))
    for normal, offset in planes:
        body = body.trim_by_plane(tuple(-np.asarray(normal)), -float(offset))
    return _mesh(body)


def grow(polygons: Sequence[Floats], distance: float, *, steps: int = 24) -> list[Floats]:
    """Offset closed polygons (holes clockwise) outward by ``distance``, with round corners."""
    section = _section(polygons).offset(distance, _join_round(), 2.0, steps)
    return [np.asarray(polygon, float) for polygon in section.to_polygons()]


def soften(polygons: Sequence[Floats], radius: float) -> list[Floats]:
    """Round convex and concave corners to at least ``radius``, leaving the rest where it was."""
    section, join, steps = _section(polygons), _join_round(), 48
    for distance in (-radius, 2 * radius, -radius):
        section = section.offset(distance, join, 2.0, steps)
    return [np.asarray(polygon, float) for polygon in section.to_polygons()]


def hull(outline: Floats) -> Floats:
    """Convex hull (m, 2) of an outline (n, 2), counter-clockwise."""
    return np.asarray(_section([outline]).hull().to_polygons()[0], float)


def wrapped(mesh: Mesh) -> Mesh:
    """Convex hull of a body."""
    return _mesh(_manifold(mesh).hull())


def extrude(polygons: Sequence[Floats], height: float) -> Mesh:
    """Prism over polygons (holes clockwise), from z = 0 to ``height``."""
    return _mesh(_section(polygons).extrude(height))


def section(mesh: Mesh, level: float) -> list[Floats]:
    """Closed polygons (n, 2) of a body cut at height ``level``; holes run clockwise. Empty beside the body."""
    return [np.asarray(polygon, float) for polygon in _manifold(mesh).slice(level).to_polygons()]


def bodies(mesh: Mesh) -> int:
    """Number of separate closed bodies."""
    return len(_manifold(mesh).decompose())


def decompose(mesh: Mesh) -> list[Mesh]:
    """The separate closed bodies of a mesh."""
    return [_mesh(body) for body in _manifold(mesh).decompose()]


def without_dust(mesh: Mesh, least_mm3: float = 1e-3) -> Mesh:
    """The mesh without the specks that cuts along nearly the same surface leave."""
    parts = [body for body in decompose(mesh) if volume(body) > least_mm3]
    return join(parts) if parts else mesh


def warped(mesh: Mesh, step: float, move: Callable[[Floats], Floats]) -> Mesh:
    """The mesh with its edges cut to ``step`` mm and its vertices (n, 3) moved: what is bent stays one closed body."""
    return _mesh(_manifold(mesh).refine_to_length(step).warp_batch(move))


def refined(mesh: Mesh, step: float) -> Mesh:
    """The same body with no edge longer than ``step`` mm."""
    return _mesh(_manifold(mesh).refine_to_length(step))


def caster(mesh: Mesh) -> Callable[[Floats, Floats], list[tuple[float, Floats]]]:
    """A function that casts a ray from one point (3,) to another: its hits as distance in mm and outward normal."""
    body = _manifold(mesh)

    def ray_cast(start: Floats, end: Floats) -> list[tuple[float, Floats]]:
        hits = body.ray_cast(tuple(start), tuple(end))
        length = float(np.linalg.norm(end - start))
        return [(hit.distance * length, np.asarray(hit.normal)) for hit in hits]

    return ray_cast


def simplify(mesh: Mesh, tolerance_mm: float) -> Mesh:
    """Remove the slivers that booleans leave, moving nothing further than the tolerance."""
    return _mesh(_manifold(mesh).simplify(tolerance_mm))


def _section(polygons: Sequence[Floats]) -> Any:
    import manifold3d

    return manifold3d.CrossSection([np.asarray(polygon, float) for polygon in polygons])


def _join_round() -> Any:
    import manifold3d

    return manifold3d.JoinType.Round


def _manifold(mesh: Mesh) -> Any:
    import manifold3d

    data = manifold3d.Mesh64(
        vert_properties=np.ascontiguousarray(mesh.vertices, dtype=np.float64),
        tri_verts=np.ascontiguousarray(mesh.faces, dtype=np.uint64),
    )
    return manifold3d.Manifold(data)


def _mesh(body: Any) -> Mesh:
    data = body.to_mesh64()
    vertices = np.array(data.vert_properties, float)[:, :3]
    return Mesh(vertices, np.array(data.tri_verts).astype(np.int32))
