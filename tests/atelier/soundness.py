"""What every piece has to be, whatever it is: closed, whole, its stones apart, nothing of it in the air."""

from collections.abc import Iterator

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.mesh import Floats, Mesh, volume
from pipeline.atelier.materials import CAST
from pipeline.atelier.piece import SOLDERED, WORN_BY, Part, PartRole, Piece

CELL_MM = 0.25
"""Bodies that are nearer than one to two of these touch: chain links hang in one another with a little air."""
SHARED = 0.002
"""Share of a stone's volume that another may have of it: girdles that touch."""
DUST_MM3 = 1e-4


def faults(piece: Piece) -> list[str]:
    """What is wrong with the geometry of a piece, each in a few words; empty where nothing is."""
    spoilt = [
        f"{part.name}: {fault}" for part in piece.parts for mesh in bodies(part) if (fault := open_at(mesh))
    ]
    if spoilt:
        return spoilt
    return [*_names(piece), *_loose(piece), *_unsoldered(piece), *_stones_in_stones(piece)]


def bodies(part: Part) -> list[Mesh]:
    """The distinct bodies of a part: each link once."""
    if part.repeats:
        return [Mesh(repeat.vertices, repeat.faces) for repeat in part.repeats]
    return [Mesh(part.vertices, part.faces)]


def open_at(mesh: Mesh) -> str:
    """Why a mesh is no closed body that looks outward; nothing if it is one."""
    if not np.isfinite(mesh.vertices).all():
        return "a vertex is no number"
    edges = np.concatenate([mesh.faces[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))]).astype(np.int64)
    if (edges[:, 0] == edges[:, 1]).any():
        return "a face has a corner twice"
    forward = edges[:, 0] * len(mesh.vertices) + edges[:, 1]
    backward = edges[:, 1] * len(mesh.vertices) + edges[:, 0]
    if len(np.unique(forward)) < len(forward):
        return "an edge is used twice in one direction"
    if not np.array_equal(np.sort(forward), np.sort(backward)):
        return "an edge has no counterpart"
    return "" if volume(mesh) > 0 else "inside out"


def _names(piece: Piece) -> Iterator[str]:
    names = [part.name for part in piece.parts]
    if len(set(names)) < len(names):
        yield f"names twice: {sorted({name for name in names if names.count(name) > 1})}"
    low = min(float(part.vertices[:, 2].min()) for part in piece.parts)
    if abs(low) > 1e-6:
        yield f"rests {low:.3f} mm off the floor"


def apart(piece: Piece) -> list[list[str]]:
    """The parts of a piece in groups that do not touch one another, the largest group first."""
    points, owner = [], []
    for number, part in enumerate(piece.parts):
        some = _surface(part)
        points.append(some)
        owner.append(np.full(len(some), number))
    every, of_part = np.vstack(points), np.concatenate(owner)
    cells = np.floor((every - every.min(0)) / CELL_MM).astype(int) + 1
    filled = np.zeros(cells.max(0) + 2, bool)
    filled[tuple(cells.T)] = True
    labels, count = ndimage.label(filled, np.ones((3, 3, 3), bool))
    group = labels[tuple(cells.T)]
    found = [sorted({piece.parts[k].name for k in of_part[group == g]}) for g in range(1, count + 1)]
    sizes = np.bincount(group, minlength=count + 1)[1:]
    return [found[k] for k in np.argsort(-sizes)]


def _surface(part: Part) -> Floats:
    """Points (n, 3) all over a part, nowhere further apart than a cell."""
    if not part.repeats:
        return solid.refined(Mesh(part.vertices, part.faces), CELL_MM).vertices
    placed = []
    for repeat in part.repeats:
        fine = solid.refined(Mesh(repeat.vertices, repeat.faces), CELL_MM).vertices
        cells = np.unique(np.round(fine / (0.5 * CELL_MM)), axis=0) * 0.5 * CELL_MM
        placed += [cells @ pose[:3, :3].T + pose[:3, 3] for pose in repeat.poses]
    return np.vstack(placed)


def _loose(piece: Piece) -> Iterator[str]:
    """What hangs in the air: a piece is all in one, a pair in two, worn on two ears or in two cuffs."""
    groups = apart(piece)
    pair = any(part.side for part in piece.parts)
    for group in groups[2 if pair else 1 :]:
        yield f"in the air: {', '.join(group[:3])}"


LINKED_BY = WORN_BY | {PartRole.EYE, PartRole.BAIL, PartRole.FITTING, PartRole.LINK}
"""What hangs or turns in what it joins."""


def soldered(piece: Piece, side: str) -> int:
    """How many bodies the cast metal of one side is, once its parts and grains are soldered."""
    metal: list[Mesh] = []
    for part in piece.parts:
        if part.material not in CAST or part.side != side or part.role in LINKED_BY:
            continue
        if not part.repeats:
            metal.append(Mesh(part.vertices, part.faces))
        elif part.role in SOLDERED:
            metal += [
                Mesh(repeat.vertices @ pose[:3, :3].T + pose[:3, 3], repeat.faces)
                for repeat in part.repeats
                for pose in repeat.poses
            ]
    if not metal:
        return 0
    return sum(volume(body) > DUST_MM3 for body in solid.decompose(solid.unite(metal)))


def _unsoldered(piece: Piece) -> Iterator[str]:
    """Cast parts that are in no body with the rest, where nothing of the piece hangs from another part of it."""
    if any(
        part.role in WORN_BY or part.role in (PartRole.LINK, PartRole.BAIL, PartRole.EYE)
        for part in piece.parts
    ):
        return
    for side in sorted({part.side for part in piece.parts}):
        count = soldered(piece, side)
        if count != 1:
            yield f"{count} bodies of metal{f' on the {side}' if side else ''}"


def _stones_in_stones(piece: Piece) -> Iterator[str]:
    """Stones that reach into one another."""
    stones = [
        (part.name, Mesh(vertices, _faces(part))) for part in piece.parts for vertices in part.stone_bodies()
    ]
    if len(stones) < 2:
        return
    middles = np.array([stone.vertices.mean(0) for _, stone in stones])
    reach = np.array(
        [np.linalg.norm(stone.vertices - stone.vertices.mean(0), axis=1).max() for _, stone in stones]
    )
    tree = cKDTree(middles)
    told = set()
    for a, b in sorted(tree.query_pairs(2 * reach.max())):
        if np.linalg.norm(middles[a] - middles[b]) > reach[a] + reach[b]:
            continue
        least = min(volume(stones[a][1]), volume(stones[b][1]))
        shared = solid.intersect(stones[a][1], stones[b][1])
        pair = tuple(sorted((stones[a][0], stones[b][0])))
        if len(shared.faces) and volume(shared) > SHARED * least and pair not in told:
            told.add(pair)
            yield f"{pair[0]} in {pair[1]}: {100 * volume(shared) / least:.1f} %"


def _faces(part: Part) -> np.ndarray:
    return part.repeats[0].faces if part.repeats else part.faces
