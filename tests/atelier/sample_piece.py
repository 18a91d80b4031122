"""A small ring with a stone, made with numpy alone: enough to photograph."""

import numpy as np

from pipeline.atelier.piece import Part, Piece


def torus(radius: float, tube: float, around: int = 72, across: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """A torus with its axis along y."""
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    loop = np.linspace(0, 2 * np.pi, across, endpoint=False)
    away = radius + tube * np.cos(loop)
    vertices = np.stack(
        [
            np.outer(np.sin(turn), away),
            np.tile(tube * np.sin(loop), (around, 1)),
            np.outer(np.cos(turn), away),
        ],
        -1,
    ).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(around), np.arange(across), indexing="ij")
    a, b = i * across + j, ((i + 1) % around) * across + j
    c, d = ((i + 1) % around) * across + (j + 1) % across, i * across + (j + 1) % across
    faces = np.concatenate([np.stack([a, c, d], -1).reshape(-1, 3), np.stack([a, b, c], -1).reshape(-1, 3)])
    return vertices, faces.astype(np.int32)


def octahedron(centre: tuple[float, float, float], size: float) -> tuple[np.ndarray, np.ndarray]:
    """An eight-faced stone."""
    corners = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float)
    faces = [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    return corners * size + np.asarray(centre), np.array(faces, dtype=np.int32)


def ring(metal: str = "yellow_gold", gem: str = "diamond", finish: str = "polished") -> Piece:
    """A standing ring, 20 mm across, with one stone on top."""
    shank, shank_faces = torus(9.0, 1.0)
    stone, stone_faces = octahedron((0, 0, 12.2), 2.4)
    lift = np.array([0, 0, 10.0])
    return Piece(
        "ring",
        (
            Part("shank", shank + lift, shank_faces, metal, smooth=True, finish=finish),
            Part("stone 1", stone + lift, stone_faces, gem, smooth=False),
        ),
    )


def brooch(metal: str = "silver") -> Piece:
    """A ring lying flat."""
    vertices, faces = torus(15.0, 1.2)
    flat = vertices[:, [0, 2, 1]] * (1, -1, 1) + (0, 0, 1.2)
    return Piece("brooch", (Part("body", flat, faces, metal, smooth=True),))
