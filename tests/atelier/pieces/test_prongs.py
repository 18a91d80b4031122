"""Prongs as they stand on the base ring of their head."""

import numpy as np
import pytest

from pipeline.atelier.geometry.gemstones import cut_stone
from pipeline.atelier.piece import PartRole
from pipeline.atelier.pieces import mounting
from pipeline.atelier.spec import Stone

FOOT_MM = -4.0


@pytest.mark.parametrize("cut", ["round", "oval"])
def test_the_cut_end_of_a_prong_is_deep_inside_its_base_ring(cut: str) -> None:
    """Where a wire ends it is thin, and far under the ring's surface: no slanted stub looks out of it."""
    spec = Stone.model_validate({"cut": cut, "length_mm": 6.5, "prongs": 4})
    stone = cut_stone(spec)
    wire = mounting.prong_wire(stone)
    prongs = [shape.mesh for shape in mounting.head(stone, spec, FOOT_MM) if shape.role is PartRole.PRONG]
    half = np.ptp(stone.outline, axis=0) / 2
    for prong, direction in zip(prongs, mounting.grips(spec), strict=True):
        start = np.array(
            [*(mounting.BASE_SHARE * mounting._on_outline(stone.outline, direction * half)), FOOT_MM]
        )
        away = np.sort(np.linalg.norm(prong.vertices - start, axis=1))
        assert away[8] < 0.4 * wire  # the rim of the end
        assert away[-1] > 4 * wire
