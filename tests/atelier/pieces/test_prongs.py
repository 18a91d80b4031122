"""Prongs as they stand on the base ring of their head."""

import numpy as np
import pytest

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.gemstones import cut_stone
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.piece import PartRole
from pipeline.atelier.pieces import mounting
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec, Stone
from tests.atelier.soundness import faults

FOOT_MM = -4.0


@pytest.mark.parametrize("cut", ["round", "oval"])
def test_the_cut_end_of_a_prong_is_deep_inside_its_base_ring(cut: str) -> None:
    """Where a wire ends it is thin, and far under the ring's surface: no slanted stub looks out of it."""
    spec = Stone.model_validate({"cut": cut, "length_mm": 6.5, "prongs": 4})
    stone = cut_stone(spec)
    wire = mounting.prong_wire(stone)
    prongs = [shape.mesh for shape in mounting.head(stone, spec, FOOT_MM) if shape.role is PartRole.PRONG]
    half = np.ptp(stone.outline, axis=0) / 2
    for prong, direction in zip(prongs, mounting.grips(spec.cut, spec.prongs), strict=True):
        start = np.array(
            [*(mounting.BASE_SHARE * mounting._on_outline(stone.outline, direction * half)), FOOT_MM]
        )
        away = np.sort(np.linalg.norm(prong.vertices - start, axis=1))
        assert away[8] < 0.4 * wire  # the rim of the end
        assert away[-1] > 4 * wire


@pytest.mark.parametrize(
    "cut", ["round", "oval", "emerald", "princess", "heart", "marquise", "cabochon", "rose"]
)
def test_a_claw_is_filed_slender_and_still_holds_its_stone(cut: str) -> None:
    """Its end is slender beside a round one's, lies on the stone, and the piece is as sound."""
    made = {}
    for tips in ("round", "claw"):
        stone = {"cut": cut, "length_mm": 8.0, "gem": "ruby", "tips": tips, "setting": "prong"}
        made[tips] = build(Spec.model_validate({"kind": "ring", "stone": stone}))
    assert not faults(made["claw"])
    gem = next(part for part in made["claw"].parts if part.role is PartRole.STONE)
    for prong in (part for part in made["claw"].parts if part.is_prong):
        wire = next(part for part in made["round"].parts if part.name == prong.name)
        slender, full = (_end_mm(part.vertices, gem.vertices) for part in (prong, wire))
        assert cut == "cabochon" or slender < 0.65 * full  # a dome hides the end of either
        held = solid.subtract(
            Mesh(gem.vertices, gem.faces), Mesh(prong.vertices + np.array([0, 0, -0.05]), prong.faces)
        )
        assert volume(held) < volume(Mesh(gem.vertices, gem.faces)) - 1e-4


def _end_mm(prong: np.ndarray, gem: np.ndarray) -> float:
    """Width of a prong's end, across the way from the stone's middle: of what reaches farthest over the girdle."""
    above = prong[
        prong[:, 2] > gem[np.linalg.norm(gem[:, :2] - gem[:, :2].mean(axis=0), axis=1).argmax(), 2] + 0.1
    ]
    away = above[:, :2] - gem[:, :2].mean(axis=0)
    far = np.linalg.norm(away, axis=1)
    end = away[far < far.min() + 0.15]
    inward = end.mean(axis=0) / np.linalg.norm(end.mean(axis=0))
    return float(np.ptp(end @ np.array([-inward[1], inward[0]])))
