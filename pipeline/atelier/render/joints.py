"""Where parts of metal are soldered together, found by the boxes around them: what a ray has to look closer at."""

import numpy as np

from pipeline.atelier.materials import METALS
from pipeline.atelier.piece import MOVABLE, PartRole, Piece

# Radius of the fillet that solder leaves in a joint, mm.
FILLET_MM = 0.15
# Reliefs sunk into their own plate.
_SUNK = frozenset({PartRole.ENGRAVING, PartRole.ENAMEL})


def soldered(piece: Piece) -> list[int]:
    """The parts, by index, that are metal and do not move against what they touch; none where joints are sharp.

    Copies are links, which hang in one another, or grains and beads, which a graver raised from the metal itself: they
    are hardly larger than a fillet, and no solder flowed there.
    """
    if not piece.filleted:
        return []
    return [
        index
        for index, part in enumerate(piece.parts)
        if part.material in METALS and part.role not in MOVABLE | _SUNK and not part.repeats
    ]


def near_joints(parts: list[int], vertices: np.ndarray, faces: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """Which faces (m,) of these parts come near the box around another of them.

    `vertices` (n, 3) mm, `faces` (m, 3), `owners` (m,) their parts in order.
    """
    near = np.zeros(len(owners), dtype=bool)
    runs = {part: slice(*np.searchsorted(owners, (part, part + 1))) for part in parts}
    boxes = {}
    for part, run in runs.items():
        held = vertices[int(faces[run].min()) : int(faces[run].max()) + 1]
        boxes[part] = held.min(axis=0), held.max(axis=0)
    for part, run in runs.items():
        low, high = boxes[part]
        beside = [
            (below, above)
            for other in parts
            for below, above in [(boxes[other][0] - FILLET_MM, boxes[other][1] + FILLET_MM)]
            if other != part and (high > below).all() and (low < above).all()
        ]
        lows, highs = _spans(vertices, faces[run]) if beside else (low, high)
        for below, above in beside:
            near[run] |= (highs > below).all(axis=1) & (lows < above).all(axis=1)
    return near


def _spans(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The lowest and the highest corner of each face's box, (2, m, 3)."""
    low = high = vertices[faces[:, 0]]
    for column in faces.T[1:]:
        there = vertices[column]
        low, high = np.minimum(low, there), np.maximum(high, there)
    return np.stack([low, high])
