"""The page stays silent about nothing: whatever a prompt asks for is made, or it is told that it is not."""

import random
from operator import attrgetter

import pytest

from pipeline.atelier.language import lexicon
from pipeline.atelier.language.parse import parse
from pipeline.atelier.language.prompt import Reading, read
from tests.atelier.language.prompt_table import rows
from tests.atelier.language.titles import TABLES, titles

PROMPTS = (*(row[-1] for row in rows()), *(title.text for name in TABLES for title in titles(name)))
PIECES = (
    "plain gold ring", "silver necklace", "platinum stud earrings", "rose gold chain bracelet", "white gold bar brooch",
    "silver pendant with a ruby", "gold hoops", "oval diamond halo ring", "gold bangle", "pearl necklace",
)  # fmt: skip
_GRAMMAR = frozenset({"noun", "shape wish", "engraved"})
"""Slots that only help to read their neighbours."""


def _told(reading: Reading, words: str) -> bool:
    """Whether the page speaks of some words: as made, in a sentence, or as not known."""
    texts = {chip.text for chip in reading.understood} | {noun.text for noun in reading.nouns}
    said = " ".join((*reading.assumed, *reading.unknown))
    return words in texts or f"“{words}”" in said or words in reading.unknown


def test_a_word_that_nobody_knows_is_told_wherever_it_stands() -> None:
    """Between any two words of titles of every table."""
    draw = random.Random(7)
    for prompt in draw.sample(PROMPTS, 120):
        words = [word for word in prompt.split() if word.isalpha()]
        words.insert(draw.randint(0, len(words)), "zorblaquix")
        assert _told(read(" ".join(words)), "zorblaquix"), " ".join(words)


@pytest.mark.parametrize("piece", PIECES)
def test_a_word_of_the_trade_is_shown_or_told(piece: str) -> None:
    """Each thirtieth phrase of the English vocabulary beside each of ten pieces."""
    for phrase in sorted(lexicon.english())[PIECES.index(piece) :: 3 * len(PIECES)]:
        text = f"{piece}, {phrase}"
        # A phrase may join its neighbours, or be taken for another meaning of the words.
        terms = [term for term in parse(text).terms if term.text == phrase and term.slot not in _GRAMMAR]
        if terms and not terms[0].negated:
            assert _told(read(text), phrase), text


@pytest.mark.parametrize("amount", ["7.3 mm", "2.7 ct", "43 g", "31 cm", "1.9 in", "17 k", "37"])
@pytest.mark.parametrize("piece", PIECES)
def test_a_number_is_met_or_told(piece: str, amount: str) -> None:
    """With a unit or without one: it changes the piece, or a sentence or chip quotes it."""
    with_it, without = read(f"{piece}, {amount}"), read(piece)
    quoted = f"“{amount}”" in " ".join(with_it.assumed) or any(
        chip.text == amount for chip in with_it.understood
    )
    assert quoted or with_it.spec != without.spec or with_it.grams != without.grams


@pytest.mark.parametrize("denied", ["a clasp", "piercing pearl Peshwai", "any stones"])
def test_a_denial_ends_where_another_thing_begins(denied: str) -> None:
    """What stands behind a strange word, or is a metal behind what is denied, is asked for."""
    spec = read(f"ring without {denied} silver").spec
    assert spec.metal == "silver"


@pytest.mark.parametrize(
    ("prompt", "fineness"),
    [
        ("long necklace 22 carat", 916), ("diamond ring 22 carat", 916), ("earrings 14 carat", 585),
        ("22 carat diamond ring", None), ("ring with an emerald of 22 carat", None), ("amethyst ring, 20 carat", None),
    ],
)  # fmt: skip
def test_carats_beside_no_stone_are_gold(prompt: str, fineness: int | None) -> None:
    """And that is told; beside a stone they are its weight."""
    reading = read(prompt)
    assert reading.spec.fineness == fineness
    assert (fineness is not None) == any("is read as gold's fineness" in line for line in reading.assumed)


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("kundan choker set", "set"), ("Trauringe Paar Gold", "paar"), ("just one gold stud earring", "one"),
        ("hinged gold bangle", "hinged"), ("square silver signet ring", "square"),
        ("couple rings silver", "couple rings"),
        ("goth ring 🦇", "🦇"), ("italian gold chain", "italian"), ("German silver ring", "German silver"),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_told(prompt: str, told: str) -> None:
    """Words that describe a piece, and sets, pairs and pictures."""
    assert told in " ".join(read(prompt).assumed)


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("pearls for her ears", "earrings"), ("झुमकी सोना", "earrings"), ("rosary ring silver", "ring"),
        ("gold set with garnets around my neck", "necklace"), ("सोने की चूड़ियों", "bracelet"),
        ("No piercing ear cuff, silver", "earrings"), ("poison ring locket, size 8", "ring"),
    ],
)  # fmt: skip
def test_a_piece_is_told_by_where_it_is_worn_and_in_any_inflection(prompt: str, kind: str) -> None:
    """No piece that is named in some way becomes a ring for want of its usual word."""
    assert read(prompt).spec.kind == kind


@pytest.mark.parametrize(
    "piece", ["hatpin", "Schlüsselanhänger", "llavero", "servetring", "かんざし", "porte-clés"]
)
def test_other_things_are_refused_in_any_language_and_spelling(piece: str) -> None:
    """A key ring is no ring, in whatever language."""
    assert read(f"{piece} 925").refusal is not None


@pytest.mark.parametrize(
    ("prompt", "path", "number"),
    [
        ("Creolen vergoldet 30mm Zirkonia", "earrings.diameter_mm", 30.0),
        ("brinco argola ouro com fecho click 2,5 cm", "earrings.diameter_mm", 25.0),
        ("ring sz 6½ silver", "ring.inner_diameter_mm", 16.91),
        ("Siegelring Gold Gr. 62", "ring.inner_diameter_mm", 19.74),
        ("Trauring Gr.54 Gold", "ring.inner_diameter_mm", 17.19),
        ("gold necklace with a 5 mm disc", "pendant.height_mm", 5.0),
        ("corrente ouro 70cm 6mm com crucifixo", "chain.gauge_mm", 6.0),
        ("goldchainmens5mm22inch", "chain.length_mm", 558.8),
    ],
)
def test_a_measure_is_that_of_its_part(prompt: str, path: str, number: float) -> None:
    """Whatever stands beside it, and no measure that is met is told as without a place."""
    reading = read(prompt)
    assert attrgetter(path)(reading.spec) == pytest.approx(number, abs=0.01)
    assert not any("could not be assigned" in line for line in reading.assumed)


def test_a_star_within_a_longer_word_is_none() -> None:
    """Katakana of a strange word are not searched for short ones: an adjuster ends in a star."""
    reading = read("スライドアジャスター ネックレス")
    assert reading.spec.motif is None
    assert "スライドアジャスター" in reading.unknown
