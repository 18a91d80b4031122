"""A second circle of stones around a halo, and halos around each stone of a three-stone ring."""

import numpy as np
import pytest

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.language.describe import describe, title
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import Part, PartRole, Piece
from pipeline.atelier.pieces.build import build


def named(piece: Piece, name: str) -> Part:
    return next(part for part in piece.parts if part.name == name)


def shared(one: Part, other: Part) -> float:
    """Volume both parts take, mm3."""
    both = solid.intersect(Mesh(one.vertices, one.faces), Mesh(other.vertices, other.faces))
    return volume(both) if len(both.faces) else 0.0


@pytest.mark.parametrize("cut", ["cushion", "oval", "pear"])
def test_a_double_halo_is_two_circles_on_one_frame(cut: str) -> None:
    """The outer circle has more stones, farther out; none takes another's room, and its frame is soldered on."""
    spec = read(f"double halo {cut} cut sapphire pendant with small diamonds").spec
    assert spec.stone is not None
    assert (spec.stone.gem, spec.stone.double_halo) == ("sapphire", True)
    piece = build(spec)
    inner, outer = named(piece, "halo stones"), named(piece, "outer halo stones")
    assert len(outer.repeats[0].poses) > len(inner.repeats[0].poses)
    assert np.all(np.ptp(outer.vertices[:, :2], axis=0) > np.ptp(inner.vertices[:, :2], axis=0) + 2.0)
    assert shared(inner, outer) == 0
    frames = [
        Mesh(part.vertices, part.faces) for name in ("halo", "outer halo") for part in [named(piece, name)]
    ]
    bodies = [body for body in solid.decompose(solid.unite(frames)) if volume(body) > 1e-2]
    assert len(bodies) == 1


def test_each_stone_of_three_has_a_halo_that_clears_the_next() -> None:
    """The side stones stand so far out that no halo's frame or stones run into another's."""
    piece = build(read("halo three stone ring, oval emerald, two diamonds at the sides").spec)
    halos = {
        side: [p for p in piece.parts if p.name.startswith(side) and "halo" in p.name]
        for side in ("halo", "side 1", "side 2")
    }
    assert all(len(parts) >= 2 for parts in halos.values())
    for side in ("side 1", "side 2"):
        assert all(part.role is PartRole.SIDE_HEAD for part in halos[side])
        for one in halos["halo"]:
            assert sum(shared(one, other) for other in halos[side]) < 1e-2


@pytest.mark.parametrize(
    ("prompt", "halo", "double"),
    [
        ("double halo cushion cut diamond ring, platinum", True, True),
        ("cushion cut sapphire diamond double halo pendant", True, True),
        ("oval ruby double halo studs", True, True),
        ("halo three stone ring", True, False),
        (
            "three stone ring with halo around all three stones, oval diamond, emerald side stones",
            True,
            False,
        ),
        ("three stone double halo ring", True, False),
        ("toi et moi ring with a double halo", False, False),
        ("oval morganite halo ring", True, False),
    ],
)
def test_halos_are_made_as_asked_for_or_told(prompt: str, halo: bool, double: bool) -> None:
    """The halo is that of the words and its description reads as it again; what is not made is told."""
    reading = read(prompt)
    spec = reading.spec
    assert spec.stone is not None
    assert (spec.stone.halo, spec.stone.double_halo) == (halo, double)
    assert read(describe(spec)).spec == spec
    assert ("double halo" in title(spec)) == double
    if "double" in prompt and not double:
        assert any("halo" in sentence for sentence in reading.assumed)
