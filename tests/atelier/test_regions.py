"""Suggested regions show what was asked for, and no two of a ring show the same."""

import numpy as np
import pytest

from pipeline.atelier.camera import master_camera, project
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import PartRole
from pipeline.atelier.pieces.build import build
from pipeline.atelier.regions import FrameBox, named_regions
from pipeline.atelier.spec import composed

RINGS = (
    "rose gold halo engagement ring with a 1.5 ct oval morganite and pave band",
    "a rose gold solitaire with a 1.2 ct oval sapphire",
    "three stone ring with an emerald",
    "white gold solitaire with a 3 ct emerald cut diamond and pave band",
    "bezel set opal ring",
    "platinum eternity band",
)


def alike(one: FrameBox, other: FrameBox) -> float:
    """Intersection over union."""
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    tall = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, wide) * max(0.0, tall)
    return shared / (one.width * one.height + other.width * other.height - shared)


@pytest.mark.parametrize("prompt", RINGS)
def test_no_two_regions_of_a_ring_show_the_same(prompt: str) -> None:
    """Five boxes, none of which is more than half another."""
    spec = composed(read(prompt).spec)
    piece = build(spec)
    boxes = named_regions(spec, piece, master_camera(piece))
    assert len(boxes) == 5
    assert max(alike(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]) < 0.5


def test_the_halo_is_whole_and_the_pave_is_shown() -> None:
    """What the prompt asked for is in the close-up that bears its name."""
    spec = composed(read(RINGS[0]).spec)
    piece = build(spec)
    camera = master_camera(piece)
    boxes = {box.label: box for box in named_regions(spec, piece, camera)}

    def inside(role: PartRole, label: str) -> np.ndarray:
        points = np.vstack([part.vertices for part in piece.parts if part.role is role])
        box = boxes[label]
        film = project(camera, points, 1.0) - (box.x, box.y)
        return ((film >= 0) & (film <= (box.width, box.height))).all(axis=1)

    assert inside(PartRole.HALO, "stone").mean() > 0.97
    assert inside(PartRole.ROW, "pave").mean() > 0.2
