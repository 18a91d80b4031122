"""From meshes to named parts: one body, or one body placed many times."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry.mesh import Floats, Mesh
from pipeline.atelier.piece import Part, PartRole, Repeat, SetStone, Side
from pipeline.atelier.spec import Finish, Metal


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
    return Part(
        name,
        np.vstack(vertices),
        np.vstack(faces).astype(np.int32),
        material,
        smooth,
        finish,
        repeats,
        role,
        filled,
        stone=stone,
    )


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
