"""A piece as binary STL for the caster: millimetres, z up, metal soldered into watertight bodies."""

import struct

import numpy as np

from pipeline.atelier.geometry.assembly import merged
from pipeline.atelier.geometry.mesh import Mesh, join, unit
from pipeline.atelier.geometry.solid import decompose, simplify, unite
from pipeline.atelier.materials import CAST
from pipeline.atelier.piece import SOLDERED, Part, Piece

TOUCH_MM = 0.0005
"""How far touching surfaces are drawn apart: far above single precision, far below what can be cast."""

SLIVER_MM = 0.0001
"""Edges shorter than this are left out where parts were soldered: a reader merges their ends."""


def to_stl(piece: Piece, *, name: str = "Jewelry") -> bytes:
    """The metal of a piece, stones left out. Parts that are soldered become one body."""
    parts = [part for part in piece.parts if part.material in CAST]
    soldered = [Mesh(part.vertices, part.faces) for part in parts if not part.repeats]
    for part in parts:
        if part.repeats and part.role in SOLDERED:
            soldered += decompose(_as_mesh(part))
    loose = [_as_mesh(part) for part in parts if part.repeats and part.role not in SOLDERED]
    bodies = ([simplify(unite(soldered), SLIVER_MM)] if soldered else []) + loose
    metal = parted(join(bodies))
    corners = metal.vertices.astype(np.float32)[metal.faces]
    # Corners may fall together in single precision; without such slivers their neighbours meet, and all stays closed.
    corners = corners[(corners != np.roll(corners, 1, axis=1)).any(axis=2).all(axis=1)]
    record = np.zeros(
        len(corners), np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("spare", "<u2")])
    )
    record["corners"] = corners
    record["normal"] = unit(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    title = f"{name}, millimetres".encode("ascii", "replace")[:80].ljust(80)
    return title + struct.pack("<I", len(corners)) + record.tobytes()


def parted(metal: Mesh) -> Mesh:
    """Draw back, by half a micrometre, the surfaces that touch in a point or along an edge.

    An STL knows its corners by their place alone: two surfaces that only touch would be read as one that
    branches there, which no caster's program takes for closed.
    """
    _, place, count = np.unique(np.round(metal.vertices, 5), axis=0, return_inverse=True, return_counts=True)
    touching = count[place.reshape(-1)] > 1
    faces = metal.faces[touching[metal.faces].any(axis=1)]
    a, b, c = (metal.vertices[faces[:, k]] for k in range(3))
    outward = np.zeros_like(metal.vertices)
    for corner in range(3):
        np.add.at(outward, faces[:, corner], np.cross(b - a, c - a))
    vertices = metal.vertices.copy()
    vertices[touching] -= TOUCH_MM * unit(outward[touching])
    return Mesh(vertices, metal.faces)


def _as_mesh(part: Part) -> Mesh:
    return merged([(Mesh(repeat.vertices, repeat.faces), repeat.poses) for repeat in part.repeats])
