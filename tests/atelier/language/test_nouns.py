"""Every noun of a prompt ends in exactly one of: made, made as, left out; and no sentence speaks against the piece."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.atelier.language.context import stone_of
from pipeline.atelier.language.omissions import RULES, shows
from pipeline.atelier.language.parse import parse
from pipeline.atelier.language.prompt import read
from pipeline.atelier.language.unmade import KINDS
from tests.atelier.language.prompt_table import rows
from tests.atelier.language.titles import titles

PROMPTS = (
    *(row[-1] for row in rows()),
    *(title.text for name in ("titles_seen.txt", "titles_held_out.txt") for title in titles(name)),
)
_OF_PARTS = frozenset({"style", "form", "cut", "hue", "setting", "kind_medium", "kind_weak"})
"""Words whose meaning a neighbour may settle otherwise; whether they are shown is not told from the word alone."""


def _check(prompt: str) -> None:
    reading = read(prompt)
    texts = [noun.text for noun in reading.nouns]
    assert len(texts) == len(set(texts))
    asked = {
        term.text
        for term in parse(prompt).terms
        if not term.negated
        and term.slot in ("kind", "gem", "substitute", "metal", "metals", "motif", "unmade", "material")
    }
    assert asked <= set(texts), asked - set(texts)
    assert set(reading.unknown) <= set(texts)
    for noun in reading.nouns:
        assert (noun.end == "made") == (not noun.because)
        terms = [term for term in parse(prompt).terms if term.text == noun.text and not term.negated]
        ruled = [term for term in terms if term.slot in RULES and term.slot not in _OF_PARTS]
        if noun.end == "left out" and ruled:
            assert not all(shows(reading.spec, term) for term in ruled), noun
        if noun.end == "made":
            for term in ruled:
                if term.slot in ("gem", "metal", "metals", "motif", "material", "inlay"):
                    assert shows(reading.spec, term) or _denied(reading.assumed), (noun, reading.spec)
    for term in (term for term in parse(prompt).terms if term.slot == "substitute" and not term.negated):
        used = any(f"; {stone_of(term)}, the nearest" in sentence for sentence in reading.assumed)
        assert not used or shows(reading.spec, term), (term, reading.spec)


def _denied(assumed: tuple[str, ...]) -> bool:
    """Whether a sentence of its own speaks of all stones, metals or the engraving that found no place."""
    return any(
        part in sentence
        for sentence in assumed
        for part in (
            "asks for no stone",
            "has no place for",
            "More than two metals",
            "no settings for a second metal",
        )
    )


@pytest.mark.parametrize("prompt", PROMPTS)
def test_each_noun_has_one_end(prompt: str) -> None:
    """All prompts of the tables."""
    _check(prompt)


@given(
    st.lists(
        st.sampled_from([word for prompt in PROMPTS for word in prompt.split()]), min_size=1, max_size=12
    )
)
@settings(max_examples=250)
def test_each_noun_of_any_mixture_has_one_end(words: list[str]) -> None:
    """Words of all prompts in any order."""
    _check(" ".join(words))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_that_is_not_made_is_refused_or_offered_as_the_nearest(name: str) -> None:
    """No other kind of piece becomes a diamond solitaire; what is offered is made without another question."""
    reading = read(f"a gold {name}")
    assert reading.refusal is not None
    assert name in reading.refusal.sentence
    assert reading.spec.stone is None or KINDS[name] is not None
    if reading.refusal.offer:
        nearest = KINDS[name]
        offered = read(reading.refusal.offer)
        assert nearest is not None
        assert offered.refusal is None
        assert offered.spec.kind == nearest.kind == reading.spec.kind
    assert read(f"a gold {name}", kind="ring").refusal is None
