"""The other pieces of a set: of one design with the piece there is, each one that can be made."""

import pytest

from pipeline.atelier import sets
from pipeline.atelier.language.describe import describe, title
from pipeline.atelier.language.omissions import gems_of
from pipeline.atelier.language.prompt import read

DESIGNS = {
    "a necklace with an oval sapphire pendant and diamond halo, white gold": "earrings ring bracelet",
    "strand of 8 mm pearls": "earrings ring bracelet",
    "princess cut diamond tennis bracelet, platinum": "necklace earrings ring",
    "rose gold star necklace": "earrings ring bracelet",
    "silver lapis ring": "necklace earrings bracelet",
    "diamond studs": "necklace ring bracelet",
    "flush set ruby in a gold band": "necklace earrings bracelet",
    "18k white gold curb chain": "bracelet",
    "gold initial necklace, letter K": "earrings",
    "plain gold band": "",
}


@pytest.mark.parametrize(("prompt", "kinds"), DESIGNS.items())
def test_a_set_is_of_one_design(prompt: str, kinds: str) -> None:
    """Each other kind once, of the same metal, gem, cut and motif; its description reads as it again, nothing idle."""
    spec = read(prompt).spec
    rest = sets.others(spec)
    assert " ".join(piece.spec.kind for piece in rest) == kinds
    for piece in rest:
        other = piece.spec
        assert piece.words == title(other)
        assert (other.metal, other.fineness) == (spec.metal, spec.fineness)
        assert not other.idle()
        if gems_of(spec):
            assert gems_of(other) <= gems_of(spec)
            assert gems_of(other)
        if spec.motif is not None:
            assert other.motif is not None
            assert other.motif.name == spec.motif.name
        again = read(describe(other)).spec
        assert (again.kind, again.metal, gems_of(again)) == (other.kind, other.metal, gems_of(other))


@pytest.mark.parametrize(
    ("prompt", "kind", "follow"),
    [
        ("a set of necklace, earrings and ring with oval sapphires", "necklace", ["earrings", "ring"]),
        ("tennis bracelet and necklace set with diamonds", "bracelet", ["necklace"]),
        ("pearl necklace and earrings set", "necklace", ["earrings"]),
    ],
)
def test_a_set_that_is_asked_for_is_told_where_it_is_made(prompt: str, kind: str, follow: list[str]) -> None:
    """One piece is made first; each other one that is named is told to be made by its set, and is offered there."""
    reading = read(prompt)
    assert reading.spec.kind == kind
    offered = {piece.spec.kind for piece in sets.others(reading.spec)}
    for other in follow:
        assert other in offered
        assert any(f"“{other}” of the same design" in line and "Its set" in line for line in reading.assumed)


@pytest.mark.parametrize("prompt", ["emerald jewelry set", "parure rubis or blanc", "Schmuckset mit Saphir"])
def test_a_set_without_its_pieces_begins_with_a_pendant(prompt: str) -> None:
    """The word alone is known; the set begins with a necklace, and says so."""
    reading = read(prompt)
    assert reading.spec.kind == "necklace"
    assert reading.refusal is None
    assert any("Its set" in line for line in reading.assumed)
