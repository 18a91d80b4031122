"""Closed triangle meshes made by sweeping, revolving and cutting; millimetres, z up."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.atelier.geometry.detail import detail

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class Mesh(NamedTuple):
    """``vertices`` (n, 3) float64, ``faces`` (m, 3) int32, counter-clockwise seen from outside."""

    vertices: Floats
    faces: Ints

    def moved(self, offset: npt.ArrayLike) -> "Mesh":
        """Translate by ``offset`` (3,)."""
        return Mesh(self.vertices + np.asarray(offset, float), self.faces)

    def turned(self, rotation: npt.ArrayLike) -> "Mesh":
        """Apply a (3, 3) rotation whose columns are the images of x, y and z."""
        return Mesh(self.vertices @ np.asarray(rotation, float).T, self.faces)


def volume(mesh: Mesh) -> float:
    """Signed volume in mm3; positive when the faces look outward."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a - a.mean(0), np.cross(b - a.mean(0), c - a.mean(0)))) / 6


def join(meshes: Iterable[Mesh]) -> Mesh:
    """Put bodies side by side in one mesh, without merging them."""
    vertices, faces, count = [], [], 0
    for mesh in meshes:
        vertices.append(mesh.vertices)
        faces.append(mesh.faces + count)
        count += len(mesh.vertices)
    return Mesh(np.vstack(vertices), np.vstack(faces).astype(np.int32))


def unit(vectors: npt.ArrayLike) -> Floats:
    """Scale vectors along the last axis to length one."""
    array = np.asarray(vectors, float)
    return np.asarray(array / np.maximum(np.linalg.norm(array, axis=-1, keepdims=True), 1e-12))


def about(axis: str, degrees: float) -> Floats:
    """Rotation matrix about ``x``, ``y`` or ``z``."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    rows = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return np.array(rows[axis], float)


def circle(radius: float, count: int, *, start: float = 0.0) -> Floats:
    """``count`` points of a circle in the xy plane, counter-clockwise, as (count, 2)."""
    angle = start + np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)


def spline(points: npt.ArrayLike, count: int) -> Floats:
    """Smooth curve through ``points`` (n, d), sampled at ``count`` equal steps of chord length."""
    from scipy.interpolate import CubicSpline

    array = np.asarray(points, float)
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(array, axis=0), axis=1))]
    return np.asarray(CubicSpline(length, array)(np.linspace(0, length[-1], count)))


def rounded(corners: npt.ArrayLike, radius: float | Sequence[float], *, steps: int = 6) -> Floats:
    """Round every corner of a closed polygon (n, 2) by a quadratic arc of about ``radius``."""
    polygon = np.asarray(corners, float)
    radii = np.broadcast_to(np.asarray(radius, float), (len(polygon),))
    out = []
    for k, corner in enumerate(polygon):
        before, after = polygon[k - 1], polygon[(k + 1) % len(polygon)]
        cut = min(radii[k], 0.48 * np.linalg.norm(before - corner), 0.48 * np.linalg.norm(after - corner))
        if cut < 1e-9:
            out.append(corner)
            continue
        start = corner + unit(before - corner) * cut
        end = corner + unit(after - corner) * cut
        t = np.linspace(0, 1, steps)[:, None]
        out.extend((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t * t * end)
    return np.array(out)


def frames(path: Floats, *, closed: bool) -> tuple[Floats, Floats, Floats]:
    """Tangent, normal and binormal of a curve (n, 3), turning as little as possible.

    Double reflection (Wang, Juttler, Zheng and Liu, "Computation of rotation minimizing frames", 2008); on a
    closed curve the remaining twist is spread evenly, so that the sweep meets itself.
    """
    step = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    tangent = unit(step)
    normal = np.zeros_like(path)
    seed = np.eye(3)[int(np.argmin(np.abs(tangent[0])))]
    normal[0] = unit(np.cross(tangent[0], seed))
    for k in range(len(path) - 1):
        normal[k + 1] = _reflect(path[k], path[k + 1], tangent[k], tangent[k + 1], normal[k])
    if closed:
        back = _reflect(path[-1], path[0], tangent[-1], tangent[0], normal[-1])
        twist = np.arctan2(back @ np.cross(tangent[0], normal[0]), back @ normal[0])
        angle = (-twist * np.arange(len(path)) / len(path))[:, None]
        normal = np.cos(angle) * normal + np.sin(angle) * np.cross(tangent, normal)
    return tangent, normal, np.cross(tangent, normal)


def sweep(
    path: Floats, profiles: Floats, *, closed: bool, across: Floats | None = None, up: Floats | None = None
) -> Mesh:
    """Sweep a closed profile along a curve.

    ``path`` is (n, 3), ``profiles`` (n, m, 2) or (m, 2): first coordinate along ``across``, second along ``up``
    (each (n, 3)); without them along a rotation-minimising frame. An open sweep gets flat caps, fanned from the
    profile's mean, so the profile must be star-shaped around it.
    """
    if across is None or up is None:
        _, across, up = frames(path, closed=closed)
    profiles = np.broadcast_to(profiles, (len(path), *profiles.shape[-2:]))
    body = path[:, None] + profiles[..., :1] * across[:, None] + profiles[..., 1:] * up[:, None]
    count, sides = body.shape[:2]
    vertices, faces = body.reshape(-1, 3), quads(count, sides, closed_u=closed)
    if not closed:
        vertices, faces = _capped(vertices, faces, body[0].mean(0), body[-1].mean(0), count, sides)
    return outward(Mesh(vertices, faces))


def tube(path: npt.ArrayLike, radius: npt.ArrayLike, sides: int = 24, *, closed: bool = False) -> Mesh:
    """Round wire along ``path`` (n, 3); ``radius`` may vary. Open ends are hemispheres."""
    centre = np.asarray(path, float)
    radii = np.broadcast_to(np.asarray(radius, float), (len(centre),)).copy()
    kept = detail().stations(centre, closed=closed, around_mm=float(radii.max()))
    centre, radii, sides = centre[kept], radii[kept], detail().sides(float(radii.max()), sides)
    tangent, normal, binormal = frames(centre, closed=closed)
    poles = centre[0], centre[-1]
    if not closed:
        steps = np.linspace(0, np.pi / 2, max(4, sides // 4) + 1)[1:-1]
        head = [centre[0] - tangent[0] * radii[0] * np.sin(a) for a in steps[::-1]]
        tail = [centre[-1] + tangent[-1] * radii[-1] * np.sin(a) for a in steps]
        poles = centre[0] - tangent[0] * radii[0], centre[-1] + tangent[-1] * radii[-1]
        index = np.r_[np.zeros(len(head), int), np.arange(len(centre)), np.full(len(tail), len(centre) - 1)]
        radii = np.r_[radii[0] * np.cos(steps[::-1]), radii, radii[-1] * np.cos(steps)]
        centre = np.vstack([*head, centre, *tail])
        normal, binormal = normal[index], binormal[index]
    ring = circle(1.0, sides)
    across, up = radii[:, None, None] * normal[:, None], radii[:, None, None] * binormal[:, None]
    body = centre[:, None] + ring[None, :, :1] * across + ring[None, :, 1:] * up
    vertices, faces = body.reshape(-1, 3), quads(len(centre), sides, closed_u=closed)
    if not closed:
        vertices, faces = _capped(vertices, faces, poles[0], poles[1], len(centre), sides)
    return outward(Mesh(vertices, faces))


def torus(radius: float, wire: float, *, around: int = 64, sides: int = 20) -> Mesh:
    """Closed round ring of centreline ``radius`` and wire radius ``wire`` about the z axis."""
    return revolve(circle(wire, detail().sides(wire, sides)) + np.array([radius, 0.0]), around)


def revolve(profile: npt.ArrayLike, count: int = 128) -> Mesh:
    """Turn a profile [(r, z), ...] about the z axis.

    A profile that starts and ends at r = 0 closes on the axis; any other one is taken as a closed loop (r > 0).
    """
    points = np.asarray(profile, float)
    looped = bool(points[0, 0] > 1e-9 or points[-1, 0] > 1e-9)
    points = points[detail().stations(points, closed=looped)]
    count = detail().sides(float(points[:, 0].max()), count)
    if looped:
        ring = _lathe(points, count)
        return outward(Mesh(ring.reshape(-1, 3), quads(count, len(points), closed_u=True)))
    inner = points[1:-1]
    body = np.swapaxes(_lathe(inner, count), 0, 1)
    faces = quads(len(inner), count, closed_u=False)
    ends = np.array([[0, 0, points[0, 1]], [0, 0, points[-1, 1]]])
    vertices, faces = _capped(body.reshape(-1, 3), faces, ends[0], ends[1], len(inner), count)
    return outward(Mesh(vertices, faces))


def ball(radius: float, *, around: int = 48) -> Mesh:
    """Sphere about the origin."""
    around = detail().sides(radius, around)
    angle = np.linspace(-np.pi / 2, np.pi / 2, around // 2 + 1)
    profile = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    profile[[0, -1], 0] = 0
    return revolve(profile, around)


def skirt(outline: Floats, profile: npt.ArrayLike, *, sharp: bool = False) -> Mesh:
    """Closed rail around a convex outline (n, 2): ``profile`` [(distance outward, z), ...] is a closed loop.

    Around a ``sharp`` outline, with points or a cleft, the rail is mitred: it ends where it would run into itself.
    """
    loop = np.asarray(profile, float)
    loop = loop[detail().stations(loop, closed=True)]
    if sharp:
        outline, normal = _fanned(outline)
    else:
        # Directions are taken before points are: at a tip its neighbours give it its own.
        kept = detail().stations(outline, closed=True, around_mm=float(loop[:, 0].max()))
        outline, normal = outline[kept], outline_normals(outline)[kept]
    flat = outline[:, None] + loop[None, :, :1] * normal[:, None]
    if sharp:
        flat = np.stack([_mitred(outline, flat[:, k], loop[k, 0]) for k in range(len(loop))], 1)
    body = np.concatenate([flat, np.broadcast_to(loop[None, :, 1:], (*flat.shape[:2], 1))], 2)
    return outward(Mesh(body.reshape(-1, 3), quads(len(outline), len(loop), closed_u=True)))


FAN_DEG = 12.0
"""A corner that turns more than this gets a point for every such step, so that a rail runs round it."""


def _fanned(outline: Floats) -> tuple[Floats, Floats]:
    """Points (n, 2) along an outline, several in each corner, and the outward directions they are moved in."""
    points, normals = [], []
    for k, corner in enumerate(outline):
        into, out = corner - outline[k - 1], outline[(k + 1) % len(outline)] - corner
        start, turn = (
            np.arctan2(-into[0], into[1]),
            np.arctan2(into[0] * out[1] - into[1] * out[0], into @ out),
        )
        count = int(np.ceil(abs(np.degrees(turn)) / FAN_DEG)) + 1
        share = np.linspace(0, 1, count) if count > 2 else np.array([0.5])
        angle = start + share * turn
        pieces = max(int(np.linalg.norm(out) / 0.2), 1)
        along = np.linspace(0, 1, pieces, endpoint=False)[1:, None]
        points += [np.tile(corner, (len(angle), 1)), corner + along * out]
        straight = np.tile([start + turn], pieces - 1)
        normals += [np.concatenate([angle, straight])]
    direction = np.concatenate(normals)
    return np.vstack(points), np.stack([np.cos(direction), np.sin(direction)], 1)


def _mitred(outline: Floats, grown: Floats, distance: float) -> Floats:
    """An outline grown by ``distance``; runs of its points (n, 2) that came nearer again become one corner."""
    away = np.linalg.norm(grown[:, None] - outline[None], axis=2).min(1)
    lost = away < 0.985 * abs(distance)
    if not lost.any() or lost.all():
        return grown
    points = np.roll(grown, -int(np.argmin(lost)), 0)
    corners = np.flatnonzero(~np.roll(lost, -int(np.argmin(lost))))
    for here, there in zip(corners, [*corners[1:], len(points)], strict=True):
        points[here + 1 : there] = (points[here] + points[there % len(points)]) / 2
    return np.roll(points, int(np.argmin(lost)), 0)


def pillow(outline: Floats, profile: npt.ArrayLike, *, centre: npt.ArrayLike = (0.0, 0.0)) -> Mesh:
    """Solid plate over a star-shaped outline (n, 2).

    ``profile`` [(scale, distance outward, z), ...] runs from the bottom to the top: each ring is the outline
    scaled about ``centre``, then grown by the distance. The first and last rings are closed by a fan.
    """
    middle = np.asarray(centre, float)
    steps = np.asarray(profile, float)
    reach = float(np.abs(outline - middle).max())
    side = np.column_stack([reach * steps[:, 0] + steps[:, 1], steps[:, 2]])
    steps = steps[detail().stations(side, closed=False)]
    kept = detail().stations(outline, closed=True)
    outline, normal = outline[kept], outline_normals(outline)[kept]
    rings = []
    for scale, distance, height in steps:
        flat = middle + scale * (outline - middle) + distance * normal
        rings.append(np.column_stack([flat, np.full(len(flat), height)]))
    body, sides = np.vstack(rings), len(outline)
    ends = [np.array([*middle, ring[0, 2]]) for ring in (rings[0], rings[-1])]
    faces = quads(len(rings), sides, closed_u=False)
    vertices, faces = _capped(body, faces, ends[0], ends[1], len(rings), sides)
    return outward(Mesh(vertices, faces))


def outline_normals(outline: Floats) -> Floats:
    """Outward unit normals of a closed counter-clockwise outline (n, 2)."""
    along = unit(np.roll(outline, -1, 0) - np.roll(outline, 1, 0))
    return np.stack([along[:, 1], -along[:, 0]], 1)


def resample(outline: Floats, count: int) -> Floats:
    """Closed outline with ``count`` points at equal distances."""
    closed = np.vstack([outline, outline[:1]])
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))]
    at = np.linspace(0, length[-1], count, endpoint=False)
    return np.stack([np.interp(at, length, closed[:, k]) for k in range(2)], 1)


def quads(count: int, sides: int, *, closed_u: bool) -> Ints:
    """Faces of a (count, sides) grid of vertices that is closed along its second axis."""
    u = np.arange(count if closed_u else count - 1)
    a, b = (axis.ravel() for axis in np.meshgrid(u, np.arange(sides), indexing="ij"))
    c, d = (a + 1) % count, (b + 1) % sides
    corners = np.stack([a * sides + b, c * sides + b, c * sides + d, a * sides + d], 1)
    return np.concatenate([corners[:, [0, 1, 2]], corners[:, [0, 2, 3]]]).astype(np.int32)


def outward(mesh: Mesh) -> Mesh:
    """Turn the faces of a closed mesh outward."""
    return mesh if volume(mesh) > 0 else Mesh(mesh.vertices, np.ascontiguousarray(mesh.faces[:, ::-1]))


def _lathe(points: Floats, count: int) -> Floats:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)[:, None]
    radius, height = points[None, :, 0], points[None, :, 1]
    flat = [np.cos(angle) * radius, np.sin(angle) * radius, np.broadcast_to(height, (count, len(points)))]
    return np.stack(flat, -1)


def _capped(
    vertices: Floats, faces: Ints, first: Floats, last: Floats, count: int, sides: int
) -> tuple[Floats, Ints]:
    start = len(vertices)
    here = np.arange(sides)
    there, far = (here + 1) % sides, (count - 1) * sides
    head = np.stack([np.full(sides, start), here, there], 1)
    tail = np.stack([np.full(sides, start + 1), far + there, far + here], 1)
    return np.vstack([vertices, first, last]), np.vstack([faces, head, tail]).astype(np.int32)


def _reflect(here: Floats, there: Floats, tangent: Floats, onward: Floats, normal: Floats) -> Floats:
    chord = there - here
    square = float(chord @ chord)
    if square < 1e-24:
        return normal
    flipped = normal - 2 / square * (chord @ normal) * chord
    turned = tangent - 2 / square * (chord @ tangent) * chord
    rest = onward - turned
    square = float(rest @ rest)
    moved = flipped - (2 / square * (rest @ flipped) * rest if square > 1e-18 else 0)
    return unit(moved - (moved @ onward) * onward)
