"""Later forms as geometry: closed, of one body where they are cast as one, their parts labelled."""

from functools import cache

import numpy as np
import pytest

from pipeline.atelier.camera import master_camera
from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import PartRole, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.regions import named_regions
from pipeline.atelier.spec import Spec
from tests.atelier.pieces.test_build import assert_closed, bodies
from tests.atelier.random_spec import random_spec


def made(**fields: object) -> tuple[Spec, Piece]:
    """A piece of these groups."""
    spec = Spec.model_validate(fields)
    return spec, build(spec)


@cache
def ring(name: str) -> tuple[Spec, Piece]:
    """A ring of ``RINGS``."""
    return made(kind="ring", **RINGS[name])


@pytest.mark.parametrize("seed", [3002, 3003, 3008, 3014, 3016, 3025, 3028, 3033, 3038])
def test_every_form_builds_closed_bodies(seed: int) -> None:
    """Watertight, outward, finite, on the floor, uniquely named; five places to look at inside the frame."""
    spec = random_spec(seed)
    piece = build(spec)
    names = [part.name for part in piece.parts]
    assert len(set(names)) == len(names)
    assert min(float(part.vertices[:, 2].min()) for part in piece.parts) == pytest.approx(0, abs=1e-9)
    for part in piece.parts:
        assert np.isfinite(part.vertices).all()
        for mesh in bodies(part):
            assert_closed(mesh, part.name)
    boxes = named_regions(spec, piece, master_camera(piece))
    assert len(boxes) == 5
    assert all(box.x >= 0 and box.x + box.width <= 1.001 and box.y >= 0 for box in boxes)


RINGS: dict[str, dict[str, object]] = {
    "split": {"stone": {}, "ring": {"shank": "split", "width_mm": 2.4}},
    "bypass": {"stone": {}, "ring": {"shank": "bypass"}},
    "toi et moi": {"stone": {}, "second_stone": {"gem": "pearl"}, "ring": {"style": "toi_et_moi"}},
    "hidden halo": {"stone": {"cut": "oval", "length_mm": 9.0, "hidden_halo": True}},
    "cluster": {"stone": {"length_mm": 4.0, "cluster": True}, "accents": {"diameter_mm": 3.0, "count": 6}},
    "two colours": {"ring": {"style": "band", "width_mm": 6.0}, "second_metal": "white_gold"},
}


@pytest.mark.parametrize("name", RINGS)
def test_a_ring_is_one_body_of_metal(name: str) -> None:
    """Rails, heads, collars, petals and stripes are soldered: nothing of a ring hangs in the air."""
    _, piece = ring(name)
    metal = [Mesh(p.vertices, p.faces) for p in piece.parts if p.stone is None and not p.repeats]
    assert solid.bodies(solid.unite(metal)) == 1


def test_the_ends_of_a_bypass_are_rounded() -> None:
    """Both across and outward: within a tenth of a millimetre of its tip an end is no wall."""
    spec, piece = ring("bypass")
    assert spec.ring is not None
    shank = next(part for part in piece.parts if part.role is PartRole.SHANK).vertices
    # The right end is the one before the middle plane that lies farthest past the top.
    side = shank[
        (shank[:, 1] > shank[:, 1].max() - spec.ring.width_mm) & (shank[:, 2] > np.median(shank[:, 2]))
    ]
    tip = side[side[:, 0] < side[:, 0].min() + 0.1]
    assert np.ptp(tip[:, 1]) < 0.8 * spec.ring.width_mm
    assert np.ptp(tip[:, 2]) < 0.8 * spec.ring.thickness_mm


def test_the_ends_of_an_open_ring_are_rounded() -> None:
    """At the bottom, a finger's slack apart: they were sawn off square."""
    _, piece = made(
        kind="ring", ring={"style": "band", "shank": "open", "width_mm": 4.0, "thickness_mm": 1.8}
    )
    shank = next(part for part in piece.parts if part.role is PartRole.SHANK).vertices
    low = shank[shank[:, 2] < np.median(shank[:, 2])]
    for hand in (-1.0, 1.0):
        end = low[hand * low[:, 0] > 0]
        gap = np.abs(end[:, 0]).min()
        tip = end[np.abs(end[:, 0]) < gap + 0.1]
        assert 1.4 < gap < 2.6
        assert np.ptp(tip[:, 1]) < 0.7 * 4.0
        assert np.ptp(tip[:, 2]) < 0.7 * 1.8


def test_stones_of_a_cluster_keep_apart_and_are_counted() -> None:
    """Six petals and the middle, none in another."""
    spec, piece = ring("cluster")
    stones = [Mesh(p.vertices, p.faces) for p in piece.parts if p.stone is not None]
    assert len(stones) == figures(spec, piece).stone_count == 7
    for k, stone in enumerate(stones):
        for other in stones[:k]:
            shared = solid.intersect(stone, other)
            assert len(shared.faces) == 0 or volume(shared) < 1e-6


def test_two_stones_meet_at_the_top_without_touching() -> None:
    """A toi et moi's stones lie beside each other."""
    _, piece = made(
        kind="ring", stone={"cut": "pear", "length_mm": 8.0}, second_stone={"gem": "emerald", "cut": "emerald"},
        ring={"style": "toi_et_moi", "shank": "bypass"},
    )  # fmt: skip
    one, other = (Mesh(p.vertices, p.faces) for p in piece.parts if p.stone is not None)
    assert not len(solid.intersect(one, other).faces)
    near = np.linalg.norm(one.vertices[:, None] - other.vertices[None], axis=2).min()
    assert 0.1 < near < 0.8


@pytest.mark.parametrize(
    ("fields", "second"),
    [
        ({"kind": "ring", "ring": {"style": "band", "width_mm": 6.0, "profile": "flat"}}, 0.46),
        ({"kind": "bracelet", "chain": {"style": "curb"}}, 0.40),
        ({"kind": "bracelet", "bracelet": {"style": "bangle", "width_mm": 8.0}}, 0.46),
    ],
)
def test_a_second_metal_weighs_its_share(fields: dict[str, object], second: float) -> None:
    """By volume: a band's middle, every other link."""
    spec, piece = made(**fields, metal="yellow_gold", second_metal="white_gold")
    weights = {weight.metal: weight.volume_mm3 for weight in figures(spec, piece).weights}
    assert set(weights) == {"yellow_gold", "white_gold"}
    assert weights["white_gold"] / sum(weights.values()) == pytest.approx(second, abs=0.06)


def test_layers_and_lariats_have_their_lengths() -> None:
    """Each layer is longer than the one above it; a lariat's tail hangs below its ring."""
    _, layered = made(kind="necklace", chain={"strands": 3})
    lowest = [float(part.vertices[:, 1].min()) for part in layered.parts if part.role is PartRole.CHAIN]
    assert lowest == sorted(lowest, reverse=True)
    assert len(lowest) == 3
    _, drawn = made(kind="necklace", chain={"lay": "lariat", "length_mm": 600.0})
    ring = next(part for part in drawn.parts if part.role is PartRole.JUMP_RING)
    tail = next(part for part in drawn.parts if part.name == "chain tail")
    assert float(tail.vertices[:, 1].max()) <= float(ring.vertices[:, 1].max())
    assert float(np.ptp(tail.vertices[:, 1])) == pytest.approx(0.13 * 600, rel=0.06)


@pytest.mark.parametrize(
    ("substance", "metal", "look", "density"),
    [("steel", "silver", "steel", 7.99), ("ceramic", "silver", "white_ceramic", 6.05),
     ("ceramic", "blackened_silver", "black_ceramic", 6.05), ("tungsten", "platinum", "tungsten", 14.9),
     ("titanium", "silver", "titanium", 4.51)],
)  # fmt: skip
def test_other_materials_have_their_own_look_and_weight(
    substance: str, metal: str, look: str, density: float
) -> None:
    """No part is left in silver's look, and what it weighs is by its own density."""
    spec, piece = made(kind="ring", metal=metal, substance=substance, ring={"style": "band"})
    assert {part.material for part in piece.parts} == {look}
    (weight,) = figures(spec, piece).weights
    assert weight.grams == pytest.approx(weight.volume_mm3 * density / 1000, rel=0.01)


def test_a_tennis_bracelet_weighs_what_it_does_in_the_trade() -> None:
    """Five carats in 14 k, 7 inches: 8 to 12 g with the stones."""
    spec, piece = made(
        kind="bracelet", fineness=585, accents={"diameter_mm": 3.0},
        bracelet={"style": "tennis", "length_mm": 178.0},
    )  # fmt: skip
    measured = figures(spec, piece)
    grams = sum(weight.grams for weight in measured.weights) + 0.2 * sum(gem.carats for gem in measured.gems)
    assert 8 <= grams <= 12
