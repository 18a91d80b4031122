"""From meshes to named parts: one body, or one body placed many times."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.mesh import Floats, Mesh, unit, volume
from pipeline.atelier.piece import Part, PartRole, Repeat, SetStone, Side
from pipeline.atelier.spec import Finish, Metal

MOST_TRIANGLES = 2_500_000
"""Of a piece: with them the renderer takes 1.14 GB for a master of 2048 px and a close-up, where it may take 1.6."""
COARSER_MM = tuple(0.001 * 1.5**k for k in range(12))
"""How far copies may lie off their bodies, mm, finest first."""


@dataclass(frozen=True)
class Shape:
    """A body of a head or a clasp before it has a metal."""

    name: str
    role: PartRole
    mesh: Mesh


def metal_part(
    name: str, mesh: Mesh, metal: Metal, finish: Finish = "polished", *, role: PartRole = PartRole.BODY
) -> Part:
    """A metal part, smoothly shaded."""
    return Part(name, mesh.vertices, mesh.faces, metal, smooth=True, finish=finish, role=role)


def scatter(
    name: str,
    units: Sequence[tuple[Mesh, Floats]],
    material: str,
    *,
    smooth: bool = True,
    finish: Finish = "polished",
    role: PartRole = PartRole.BODY,
    stone: SetStone | None = None,
    filled: float = 1.0,
) -> Part:
    """A part made of copies: each unit is a mesh with its poses (k, 4, 4). A unit without poses is left out."""
    repeats = tuple(Repeat(mesh.vertices, mesh.faces, poses) for mesh, poses in units if len(poses))
    if smooth:
        repeats = _affordable(repeats, MOST_TRIANGLES)
    body = _placed(repeats)
    return Part(name, body.vertices, body.faces, material, smooth, finish, repeats, role, filled, stone=stone)


def _placed(repeats: Sequence[Repeat]) -> Mesh:
    vertices, faces, count = [], [], 0
    for repeat in repeats:
        placed = (
            np.einsum("kij,nj->kni", repeat.poses[:, :3, :3], repeat.vertices) + repeat.poses[:, None, :3, 3]
        )
        size = len(repeat.vertices)
        vertices.append(placed.reshape(-1, 3))
        steps = count + size * np.arange(len(repeat.poses))
        faces.append((repeat.faces[None] + steps[:, None, None]).reshape(-1, 3))
        count += size * len(repeat.poses)
    return Mesh(np.vstack(vertices), np.vstack(faces).astype(np.int32))


def affordable(parts: Sequence[Part]) -> list[Part]:
    """The parts of a piece, coarser ones where all would be above `MOST_TRIANGLES`.

    A line of hundreds of small stones and a rope as fine as hair have ten times what a ring has, seen from so far that
    none of it shows: what is copied gives way first. Where it is not enough, or nothing is copied, the smooth bodies
    that stand alone follow. Facets are kept, whatever there is of them.
    """
    return _within(_within(list(parts), copied=True), copied=False)


def _within(parts: list[Part], *, copied: bool) -> list[Part]:
    """The parts with those that are copied, or those that are not, coarser by one share, where all are too many."""
    total = sum(len(part.faces) for part in parts)
    giving = sum(len(part.faces) for part in parts if _may_be_coarser(part, copied=copied))
    if total <= MOST_TRIANGLES or not giving:
        return parts
    share = max(MOST_TRIANGLES - (total - giving), 0) / giving
    return [
        _coarser_part(part, int(share * len(part.faces))) if _may_be_coarser(part, copied=copied) else part
        for part in parts
    ]


def _may_be_coarser(part: Part, *, copied: bool) -> bool:
    return part.smooth and bool(part.repeats) == copied


def _coarser_part(part: Part, most: int) -> Part:
    repeats = _affordable(part.repeats or (Repeat(part.vertices, part.faces, np.eye(4)[None]),), most)
    body = _placed(repeats)
    return replace(part, vertices=body.vertices, faces=body.faces, repeats=part.repeats and repeats)


def _affordable(repeats: tuple[Repeat, ...], most: int) -> tuple[Repeat, ...]:
    """Copies of bodies, as coarse as their triangles come to `most` together, or as coarse as is still their form."""
    copies = repeats
    for tolerance in COARSER_MM:
        if sum(len(repeat.faces) * len(repeat.poses) for repeat in copies) <= most:
            break
        bodies = [_coarser(Mesh(repeat.vertices, repeat.faces), tolerance) for repeat in repeats]
        copies = tuple(
            replace(repeat, vertices=body.vertices, faces=body.faces)
            for repeat, body in zip(repeats, bodies, strict=True)
        )
    return copies


def _coarser(body: Mesh, tolerance_mm: float) -> Mesh:
    """The body with fewer triangles, swollen to the volume that chords cut off: it is weighed as it was."""
    less = solid.simplify(body, tolerance_mm)
    a, b, c = (less.vertices[less.faces[:, k]] for k in range(3))
    areas = np.cross(b - a, c - a) / 2
    outward = np.stack(
        [np.bincount(less.faces.ravel(), np.repeat(areas[:, k], 3), len(less.vertices)) for k in range(3)],
        axis=1,
    )
    reach = (volume(body) - volume(less)) / float(np.linalg.norm(areas, axis=1).sum())
    return Mesh(less.vertices + reach * unit(outward), less.faces)


def merged(units: Sequence[tuple[Mesh, Floats]]) -> Mesh:
    """Copies of units as one mesh, for cutting."""
    part = scatter("", units, "")
    return Mesh(part.vertices, part.faces)


def poses(origins: Floats, x: Floats, z: Floats) -> Floats:
    """Rigid poses (k, 4, 4) at ``origins`` (k, 3) from unit x axes and z axes (k, 3), made square."""
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    x = x - (x * z).sum(1, keepdims=True) * z
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    placed = np.zeros((len(origins), 4, 4))
    placed[:, :3, 0], placed[:, :3, 1], placed[:, :3, 2] = x, np.cross(z, x), z
    placed[:, :3, 3], placed[:, 3, 3] = origins, 1
    return placed


def moved(part: Part, rotation: Floats, offset: Floats) -> Part:
    """A part turned by a (3, 3) rotation and then shifted."""
    move = np.eye(4)
    move[:3, :3], move[:3, 3] = rotation, offset
    repeats = tuple(Repeat(r.vertices, r.faces, move @ r.poses) for r in part.repeats)
    vertices = part.vertices @ rotation.T + offset
    return replace(part, vertices=vertices, repeats=repeats)


def shifted(part: Part, offset: Floats | list[float]) -> Part:
    """A part moved without turning."""
    return moved(part, np.eye(3), np.asarray(offset, float))


def on_side(part: Part, side: Side) -> Part:
    """The same part as one of a pair."""
    return replace(part, name=f"{side} {part.name}", side=side)
