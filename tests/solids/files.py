"""GLBs for the tests: the small ring as the atelier writes it, and ways to spoil a file."""

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.atelier.files.gltf import to_glb
from pipeline.solids.reading import Solid
from tests.atelier.sample_piece import ring


def ring_glb() -> bytes:
    """A golden ring with a stone, 24 mm tall, written by the atelier."""
    return to_glb(ring(gem="ruby"))


def rewritten(data: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The GLB with its JSON changed in place."""
    (size,) = struct.unpack_from("<I", data, 12)
    tree = json.loads(data[20 : 20 + size])
    change(tree)
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    return head + struct.pack("<I4s", len(text), b"JSON") + text + rest


def moved(solid: Solid, turn: np.ndarray | None = None, scale: float = 1.0) -> Solid:
    """The solid turned by a matrix (3, 3) and scaled about its middle; its camera stays."""
    turn = np.eye(3) if turn is None else turn
    middle = (solid.points.min(axis=0) + solid.points.max(axis=0)) / 2
    points = ((solid.points - middle) * scale) @ turn.T + middle
    return replace(
        solid, points=points.astype(np.float32), normals=(solid.normals @ turn.T).astype(np.float32)
    )


def about_y(degrees: float) -> np.ndarray:
    """A turn about the upright axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
