"""Side stones with a cut of their own, and parts of a metal of their own, from the words to the geometry."""

import numpy as np
import pytest

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.language.describe import describe
from pipeline.atelier.language.prompt import read
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec


def body(piece: Piece, name: str) -> Mesh:
    """The part of that name as a mesh."""
    part: Part = next(part for part in piece.parts if part.name == name)
    return Mesh(part.vertices, part.faces)


def shared(one: Mesh, other: Mesh) -> float:
    """Volume both bodies take, mm3."""
    both = solid.intersect(one, other)
    return volume(both) if len(both.faces) else 0.0


@pytest.mark.parametrize(
    ("prompt", "centre", "side", "gem"),
    [
        ("emerald-cut diamond ring with pear side stones in platinum", "emerald", "pear", "diamond"),
        ("three-stone ring, emerald-cut sapphire centre with baguette diamonds", "emerald", "baguette", "diamond"),
        ("oval diamond ring flanked by two marquise diamonds, yellow gold", "oval", "marquise", "diamond"),
        ("cushion cut ruby ring with tapered baguettes, white gold", "cushion", "baguette", "diamond"),
        ("three stone ring with princess sides", "round", "princess", "diamond"),
        ("three-stone ring, round diamond and two pear shaped sapphires", "round", "pear", "sapphire"),
        ("a princess cut diamond ring, cushion accent stones of ruby", "princess", "cushion", "ruby"),
        ("trilogy ring with three princess cut diamonds", "princess", "round", "diamond"),
    ],
)  # fmt: skip
def test_a_cut_finds_its_stones(prompt: str, centre: str, side: str, gem: str) -> None:
    """A cut said of side stones is theirs, makes the ring one of three stones, and is written back."""
    reading = read(prompt)
    spec = reading.spec
    assert spec.ring is not None
    assert spec.stone is not None
    assert spec.accents is not None
    assert (spec.ring.style, spec.stone.cut, spec.accents.cut, spec.accents.gem) == (
        "three_stone", centre, side, gem,
    )  # fmt: skip
    assert not reading.unknown
    assert read(describe(spec)).spec == spec


def test_halos_stay_round_and_say_so() -> None:
    """Where the small stones of a halo are asked for in another cut, that is told; rows have it."""
    told = read("oval sapphire pendant surrounded by small princess cut diamonds in a halo").assumed
    assert any("are round" in sentence for sentence in told)
    assert not any("are round" in sentence for sentence in read("oval ruby halo ring").assumed)


@pytest.mark.parametrize(
    "cut", ["princess", "emerald", "oval", "pear", "marquise", "cushion", "trillion", "baguette", "kite"]
)
def test_side_stones_clear_the_centre_and_sit_alike(cut: str) -> None:
    """No two stones of a three-stone ring share room; the sides are mirror images, and counted in their cut."""
    stones = {"stone": {"cut": "oval", "length_mm": 7.0}, "accents": {"cut": cut, "diameter_mm": 4.0}}
    spec = Spec.model_validate({"kind": "ring", "ring": {"style": "three_stone"}, **stones})
    piece = build(spec)
    centre, left, right = (body(piece, name) for name in ("stone 1", "side 1 stone", "side 2 stone"))
    for one, other in ((centre, left), (centre, right), (left, right)):
        assert shared(one, other) == 0
    low, high = left.vertices.min(0), left.vertices.max(0)
    assert right.vertices.max(0)[0] == pytest.approx(-low[0], abs=1e-6)
    assert right.vertices.min(0)[0] == pytest.approx(-high[0], abs=1e-6)
    for hand in (1, 2):
        for part in piece.parts:
            if part.name.startswith(f"side {hand} ") and part.material == "yellow_gold":
                held = body(piece, f"side {hand} stone")
                assert shared(Mesh(part.vertices, part.faces), held) < 1e-3 * volume(held), part.name
    assert {(gem.cut, gem.count) for gem in figures(spec, piece).gems} == {("oval", 1), (cut, 2)}


def test_a_pear_points_away_from_the_centre() -> None:
    """The point of a pear-shaped side stone is its farthest place from the middle of the ring."""
    accents = {"cut": "pear", "diameter_mm": 4.5}
    piece = build(
        Spec.model_validate(
            {"kind": "ring", "ring": {"style": "three_stone"}, "stone": {}, "accents": accents}
        )
    )
    stone = body(piece, "side 2 stone").vertices
    near = np.abs(stone[stone[:, 0] < stone[:, 0].min() + 1.0][:, 1]).max()
    far = np.abs(stone[stone[:, 0] > stone[:, 0].max() - 0.4][:, 1]).max()
    assert far < 0.6 * near


@pytest.mark.parametrize(
    ("prompt", "metal", "second"),
    [
        ("yellow gold band with platinum head, oval ruby", "yellow_gold", "platinum"),
        ("white gold prongs on a yellow gold ring with a pear diamond", "yellow_gold", "white_gold"),
        ("two-tone rose and white gold ring with a diamond", "rose_gold", "white_gold"),
        ("two-tone engagement ring", "yellow_gold", "white_gold"),
        ("platinum ring with a yellow gold bezel, emerald", "platinum", "yellow_gold"),
        ("rose gold shank and white gold halo with a morganite", "rose_gold", "white_gold"),
    ],
)
def test_two_metals_find_their_places(prompt: str, metal: str, second: str) -> None:
    """The second metal is that of the settings, whichever is named first, and the settings are made of it."""
    spec = read(prompt).spec
    assert (spec.metal, spec.second_metal) == (metal, second)
    materials = {part.name: part.material for part in build(spec).parts}
    assert materials["shank"] == metal
    assert {materials[name] for name in materials if name.startswith(("prong", "bezel", "halo"))} - {
        "diamond"
    } == {second}


@pytest.mark.parametrize(
    ("prompt", "metal", "chain", "second"),
    [
        ("rose gold heart pendant on a white gold chain", "rose_gold", "white_gold", None),
        ("gold locket with a silver figaro chain", "yellow_gold", "silver", None),
        ("silver necklace with a gold disc pendant", "yellow_gold", "silver", None),
        ("rose gold pendant, platinum bezel set ruby, white gold box chain", "rose_gold", "white_gold", "platinum"),
        ("yellow gold cross on a thin yellow gold chain", "yellow_gold", None, None),
        ("two-tone yellow and white gold pendant with a diamond", "yellow_gold", None, "white_gold"),
    ],
)  # fmt: skip
def test_a_chain_may_be_of_another_metal(
    prompt: str, metal: str, chain: str | None, second: str | None
) -> None:
    """A metal said of the chain is the chain's and its clasp's, not that of settings; it is written back."""
    spec = read(prompt).spec
    assert spec.chain is not None
    assert (spec.metal, spec.chain.metal, spec.second_metal) == (metal, chain, second)
    assert read(describe(spec)).spec == spec
    materials = {part.name: part.material for part in build(spec).parts}
    assert (materials["chain"], materials["clasp"]) == (chain or metal, chain or metal)
    assert materials["bail"] == metal


def test_a_channel_leaves_walls() -> None:
    """A channel-set band whose width is left open is wide enough for both of its walls."""
    spec = read("channel set full eternity ring with rubies 2.2 mm in white gold").spec
    assert spec.ring is not None
    assert spec.ring.width_mm == pytest.approx(3.2)
