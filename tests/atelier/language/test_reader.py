"""A model's answer becomes a spec or nothing, with a sentence for whatever was not taken."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.atelier.differences import compared
from pipeline.atelier.language import reader
from pipeline.atelier.language.prompt import read
from pipeline.atelier.language.reader import ModelReading, as_answer, understood
from pipeline.atelier.spec import Spec
from pipeline.atelier.weights import carats
from tests.atelier.random_spec import random_spec

RING = read("a gold ring with a 1 ct ruby").spec


def reading(answer: dict[str, Any], own: Spec = RING, **told: Any) -> ModelReading:
    return understood(json.dumps(answer).encode(), own, **told)


def test_what_a_model_reads_alike_is_alike() -> None:
    """A whole spec said in the schema's own words comes back as it was, over whatever the atelier read."""
    for seed in range(60):
        spec = random_spec(seed)
        if spec.motif is not None and spec.motif.name == "path":
            continue
        found = reader.understood(as_answer(spec).encode(), spec)
        assert found.spec == spec
        assert compared(spec, found.spec) == ()


def test_what_is_left_open_is_as_the_atelier_reads_it() -> None:
    """Null says nothing; a field that is said stands, and alone differs."""
    found = reading({"kind": "ring", "metal": "platinum", "stone": None, "ring": {"width_mm": None}})
    assert found.spec is not None
    assert [row.field for row in compared(RING, found.spec)] == ["metal"]
    assert found.sentences == ()


def test_a_part_the_piece_has_not_is_taken_off() -> None:
    """Null as a whole: a stone that only the atelier read goes, one that the piece cannot do without stays."""
    own = read("a gold necklace with a ruby pendant").spec
    assert own.stone is not None
    found = reading({"kind": "necklace", "stone": None, "pendant": {"height_mm": 12.0}}, own)
    assert found.spec is not None
    assert found.spec.stone is None
    assert found.spec.pendant is not None
    solitaire = reading({"kind": "ring", "stone": None})
    assert solitaire.spec == RING


def test_a_weight_is_a_weight() -> None:
    """Carats become the length of that gem and cut, whatever length was said beside them."""
    found = reading(
        {"kind": "ring", "stone": {"gem": "sapphire", "cut": "oval", "carats": 2.0, "length_mm": 2.0}}
    )
    assert found.spec is not None
    stone = found.spec.stone
    assert stone is not None
    assert carats(stone.gem, stone.cut, stone.length_mm, stone.width_mm) == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"kind": "ring", "stone": {"length_mm": 6500}}, "less than or equal to 20"),  # micrometres
        ({"kind": "ring", "ring": {"width_mm": 0.0025}}, "greater than or equal to 1.2"),  # metres
        ({"kind": "ring", "ring": {"width_mm": "2 mm"}}, "valid number"),
        ({"kind": "ring", "stone": {"gem": "kryptonite"}}, "“kryptonite” is none that can be made"),
        ({"kind": "ring", "stone": ["ruby"]}, "is no group of fields"),
        ({"kind": "ring", "tentacles": 8}, "“tentacles” of its answer is nothing a piece has"),
        ({"kind": "ring", "chain": {"gauge_mm": 2}}, "A ring has no chain"),
        ({"kind": "ring", "fineness": 18}, "greater than or equal to 333"),
        ({"kind": "ring", "motif": {"path": "M0 0L9 9"}}, "“path” of Motif is nothing a piece has"),
        ({"kind": "ring", "ring": {"style": "eternity"}, "accents": {"diameter_mm": 4.0}}, "needs a band"),
        ({"kind": "ring", "stone": {"gem": "pearl", "cut": "round"}}, "A pearl is always cut 'pearl'"),
    ],
)
def test_what_cannot_be_is_told_and_the_rest_stands(answer: dict[str, Any], told: str) -> None:
    """One field out of range, foreign or of another shape takes nothing else with it."""
    found = reading({**answer, "metal": "silver"})
    assert found.spec is not None
    assert found.spec.metal == "silver"
    assert any(told in sentence for sentence in found.sentences), found.sentences


@pytest.mark.parametrize("kind", ["tiara", 7, {"a": 1}, ""])
def test_no_piece_is_said_to_be_none(kind: object) -> None:
    """A kind that is not made ends the reading, in a sentence."""
    found = reading({"kind": kind})
    assert found.spec is None
    assert found.sentences


def test_another_kind_starts_afresh() -> None:
    """Nothing of a ring stands in a necklace, and a kind chosen beside the prompt is kept to."""
    found = reading({"kind": "necklace", "pendant": {"form": "heart"}})
    assert found.spec is not None
    assert found.spec.ring is None
    assert found.spec.pendant is not None
    refused = reading({"kind": "necklace"}, kind="ring")
    assert refused.spec is None
    assert "no ring, which was chosen" in refused.sentences[0]


SCRAPS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["ring", "band", "ruby", "pearl", "round", "flush", "own", "A", "eternity", "three_stone", "text"]
    )
    | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*Spec.model_fields, "gem", "cut", "style", "form", "length_mm", "carats"]), inner
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*Spec.model_fields, "x"]), SCRAPS))
@settings(max_examples=40)
def test_whatever_is_answered_ends_in_a_spec_or_a_sentence(answer: dict[str, Any]) -> None:
    """No answer raises, and a reading without a spec says why."""
    found = understood(json.dumps(answer).encode(), RING)
    assert found.spec is not None or found.sentences
    if found.spec is not None:
        assert Spec.model_validate_json(found.spec.model_dump_json()) == found.spec
