"""What tells candidates apart is said in words."""

import pytest

from pipeline.atelier.differences import differences
from pipeline.atelier.spec import Spec
from pipeline.atelier.variation import variations
from tests.atelier.random_spec import random_spec

RING = Spec.model_validate({"kind": "ring", "stone": {"length_mm": 6.5}})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stone": {"length_mm": 7.0}}, ("larger stone, 7 mm",)),
        ({"ring": {"width_mm": 1.6}}, ("narrower band, 1.6 mm",)),
        ({"stone": {"halo": True}}, ("with halo",)),
        ({"stone": {"setting": "bezel"}}, ("setting: bezel",)),
        ({"finish": "brushed"}, ("finish: brushed",)),
        ({}, ()),
    ],
    ids=str,
)
def test_a_change_is_told(change: dict[str, object], words: tuple[str, ...]) -> None:
    """More and less have their own words, the rest is named."""
    data = RING.model_dump()
    for name, value in change.items():
        data[name] = {**data[name], **value} if isinstance(value, dict) else value
    assert differences(RING, Spec.model_validate(data)) == words


@pytest.mark.parametrize("seed", range(12))
def test_every_sibling_differs_in_words(seed: int) -> None:
    """No sibling of any piece is shown without what tells it from the first, and nothing differs from itself."""
    spec = random_spec(seed)
    assert differences(spec, spec) == ()
    for sibling in variations(spec, seed=0)[1:]:
        if sibling != spec:
            words = differences(spec, sibling)
            assert words
            assert all("_" not in word and word == word.strip() for word in words)
