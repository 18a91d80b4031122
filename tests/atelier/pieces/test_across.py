"""A stone set across the finger, its length along the band."""

import numpy as np
import pytest

from pipeline.atelier.geometry.detail import COARSE
from pipeline.atelier.language.describe import describe
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from pipeline.atelier.variation import variations


def test_a_stone_set_east_west_lies_along_the_band() -> None:
    """The same stone turned a quarter: longest along x, the prongs with it; its words are read as the same piece."""
    for words in ("east-west marquise sapphire ring, bezel", "oval ruby ring set east west with a halo"):
        spec = read(words).spec
        assert spec.stone is not None
        assert spec.stone.east_west
        assert read(describe(spec)).spec == spec
        stone = next(part for part in build(spec, COARSE).parts if part.name == "stone 1")
        across, along, _ = np.ptp(stone.vertices, axis=0)
        assert across == pytest.approx(spec.stone.length_mm, rel=0.03)
        assert along == pytest.approx(spec.stone.width_mm, rel=0.03)
        for seed in range(8):
            assert all(sibling.stone and sibling.stone.east_west for sibling in variations(spec, seed))


def test_what_cannot_be_set_across_is_told() -> None:
    """A pendant's stone, and one between arches, stand upright; a spec that asks otherwise is refused in words."""
    for words in ("east west oval pendant with a ruby", "cathedral east west oval sapphire ring"):
        reading = read(words)
        assert reading.spec.stone is not None
        assert not reading.spec.stone.east_west
        assert any("“east west”" in line for line in reading.assumed)
    with pytest.raises(ValueError, match="sets its stone across"):
        Spec.model_validate({"kind": "necklace", "pendant": {"form": "stone"}, "stone": {"east_west": True}})
