"""What the specification says of a piece, and what it leaves unsaid."""

import json

import pytest

from pipeline.export import certificate, specification
from pipeline.records import Design


def told(finished: Design, origin: str, **options: str) -> dict[str, str]:
    """The rows for a master whose maker said this."""
    assert finished.branch
    recipe = finished.branch.master.recipe.model_copy(update={"origin": origin, "options": options})
    master = finished.branch.master.model_copy(update={"recipe": recipe})
    return dict(
        specification.rows(finished.with_branch(finished.branch.model_copy(update={"master": master})))
    )


def test_measures_carry_units(finished: Design) -> None:
    """Numbers come with the unit their name ends in, words without underscores, absent things not at all."""
    origin = {
        "kind": "ring",
        "metal": "rose_gold",
        "finish": "polished",
        "milgrain": False,
        "ring": {"style": "three_stone", "inner_diameter_mm": 17.2, "cathedral": True},
        "pendant": {"form": "round", "letter": "A"},
    }
    rows = told(finished, json.dumps(origin))
    assert rows["Metal"] == "rose gold"
    assert rows["Ring"] == "three stone, inner diameter 17.2 mm, cathedral"
    assert rows["Pendant"] == "round"
    assert "Milgrain" not in rows
    assert rows["Kind"] == "Necklace"


@pytest.mark.parametrize(
    ("style", "halo", "said"),
    [("solitaire", True, "halo"), ("solitaire", False, "solitaire"), ("three_stone", True, "three stone")],
)
def test_a_halo_ring_is_no_solitaire(finished: Design, style: str, halo: bool, said: str) -> None:
    """A single stone in a halo is called a halo ring."""
    origin = {"stone": {"gem": "ruby", "halo": halo}, "ring": {"style": style, "width_mm": 2.0}}
    assert told(finished, json.dumps(origin))["Ring"] == f"{said}, width 2 mm"


def test_told_facts_come_first(finished: Design) -> None:
    """Where the maker names metal and stones with their weights, its parameters for them are left out."""
    rows = told(
        finished, '{"metal": "silver", "stone": {"gem": "ruby"}}', metal="18 k gold 2.6 g", stones="ruby"
    )
    assert rows["Metal"] == "18 k gold 2.6 g"
    assert rows["Stones"] == "ruby"
    assert "Stone" not in rows


@pytest.mark.parametrize(
    "origin", ["", "plain words", "[1]", "null", "[" * 20_000, '{"a": [1], "b": null, "c": {}}'], ids=range(6)
)
def test_nothing_known(origin: str, finished: Design) -> None:
    """An origin that is no description adds nothing."""
    assert set(told(finished, origin)) == {"Kind", "Master"}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (61, "1 min 1 s"), (120, "2 min"), (2513, "42 min"), (3900, "1 h 5 min")],
)
def test_time_in_words(seconds: float, words: str) -> None:
    """Work is told in the units people use."""
    assert certificate.spent(seconds) == words
