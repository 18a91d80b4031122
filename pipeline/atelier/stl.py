"""A piece as binary STL for the caster: millimetres, z up, metal soldered into watertight bodies."""

import struct

import numpy as np

from pipeline.atelier.assembly import merged
from pipeline.atelier.materials import METALS
from pipeline.atelier.mesh import Mesh, unit
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.solid import unite


def to_stl(piece: Piece, *, name: str = "Jewelry") -> bytes:
    """The metal of a piece, stones left out. Parts that are soldered become one body."""
    soldered = [
        Mesh(part.vertices, part.faces)
        for part in piece.parts
        if part.material in METALS and not part.repeats
    ]
    loose = [_as_mesh(part) for part in piece.parts if part.material in METALS and part.repeats]
    bodies = ([unite(soldered)] if soldered else []) + loose
    corners = np.vstack([body.vertices[body.faces] for body in bodies]).astype(np.float32)
    # Corners may fall together in single precision; without such slivers their neighbours meet, and all stays closed.
    corners = corners[(corners != np.roll(corners, 1, axis=1)).any(axis=2).all(axis=1)]
    record = np.zeros(
        len(corners), np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("spare", "<u2")])
    )
    record["corners"] = corners
    record["normal"] = unit(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    title = f"{name}, millimetres".encode("ascii", "replace")[:80].ljust(80)
    return title + struct.pack("<I", len(corners)) + record.tobytes()


def _as_mesh(part: Part) -> Mesh:
    return merged([(Mesh(repeat.vertices, repeat.faces), repeat.poses) for repeat in part.repeats])
