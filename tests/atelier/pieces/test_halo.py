"""A halo's small stones leave room for the prongs of the stone they surround."""

import numpy as np
import pytest

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.gemstones import cut_stone
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import PartRole
from pipeline.atelier.pieces import mounting
from pipeline.atelier.pieces.setting import set_stone
from pipeline.atelier.spec import Spec

CUTS = ("round", "oval", "cushion", "princess", "emerald", "radiant", "asscher")


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("carats", ["0.7", "1", "1.5", "2.2", "3"])
def test_prongs_pass_between_halo_stones(cut: str, carats: str) -> None:
    """No prong stands on the middle of a halo's stone: each keeps a third of a stone from it along the halo."""
    spec = read(f"rose gold halo ring with a {carats} ct {cut} cut ruby held by prongs").spec
    assert spec.stone is not None
    held = mounting.held(cut_stone(spec.stone), spec.stone)
    assert held is not None
    (stones,) = [p for p in set_stone(spec) if p.role is PartRole.HALO and p.stone is not None]
    middles = np.array([(b.min(axis=0) + b.max(axis=0))[:2] / 2 for b in stones.stone_bodies()])
    for prong in held:
        nearest = middles[np.argmin(np.linalg.norm(middles - prong, axis=1))]
        order = np.argsort(np.linalg.norm(middles - nearest, axis=1))[1:3]
        along = middles[order[0]] - middles[order[1]]
        along /= np.linalg.norm(along)
        assert abs((prong - nearest) @ along) > 0.28 * stones.stone.length_mm, (cut, carats)


@pytest.mark.parametrize(
    ("cut", "length_mm", "small_mm"),
    [("kite", 5.4, 1.3), ("kite", 7.5, 1.0), ("marquise", 6.3, 1.3), ("pear", 6.3, 1.3)],
)
def test_every_grain_of_a_halo_with_points_is_soldered_to_its_frame(
    cut: str, length_mm: float, small_mm: float
) -> None:
    """Where the row turns at a point the grains lie on metal, or there are none; elsewhere two stand at each gap."""
    stone = {"cut": cut, "length_mm": length_mm, "halo": True}
    spec = Spec.model_validate({"stone": stone, "accents": {"diameter_mm": small_mm}})
    halo = [part for part in set_stone(spec) if part.role is PartRole.HALO]
    frame = [Mesh(part.vertices, part.faces) for part in halo if not part.repeats]
    (beads,) = [repeat for part in halo if part.name.endswith("grains") for repeat in part.repeats]
    (stones,) = [repeat for part in halo if part.stone is not None for repeat in part.repeats]
    grains = [Mesh(beads.vertices @ pose[:3, :3].T + pose[:3, 3], beads.faces) for pose in beads.poses]
    assert sum(volume(body) > 1e-4 for body in solid.decompose(solid.unite([*frame, *grains]))) == 1
    assert 2 * len(stones.poses) - 4 <= len(grains) <= 2 * len(stones.poses)
