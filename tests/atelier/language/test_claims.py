"""No sentence of a reading, no chip and no noun speaks against the piece that is built."""

import random

import pytest

from pipeline.atelier.language import lexicon
from pipeline.atelier.language.prompt import read
from tests.atelier.language.claims import faults
from tests.atelier.language.prompt_table import rows
from tests.atelier.language.titles import TABLES, titles

PROMPTS = (*(row[-1] for row in rows()), *(title.text for name in TABLES for title in titles(name)))
"""Every prompt of every table."""
PIECES = (
    "gold ring", "silver necklace", "platinum earrings", "rose gold bracelet", "white gold brooch",
    "silver pendant with a ruby", "gold hoops", "oval diamond halo ring", "gold bangle", "pearl necklace",
)  # fmt: skip


def _agrees(prompts: list[str]) -> None:
    found = {prompt: said for prompt in prompts if (said := list(faults(prompt, read(prompt))))}
    assert not found, "\n".join(f"{prompt!r}: {said}" for prompt, said in found.items())


def test_no_sentence_on_a_known_prompt_speaks_against_its_piece() -> None:
    """Every sentence is one whose claim is known, and the claim is so of the spec."""
    assert len(PROMPTS) > 1000
    _agrees(list(PROMPTS))


@pytest.mark.parametrize("piece", PIECES)
def test_no_sentence_speaks_against_a_piece_with_any_word_of_the_trade(piece: str) -> None:
    """Words of the whole vocabulary, of every language, before and behind ten pieces: each tenth word of it."""
    words = sorted(lexicon.vocabulary())[PIECES.index(piece) :: len(PIECES)]
    _agrees([f"{piece}, {word}" if k % 2 else f"{word} {piece}" for k, word in enumerate(words)])


@pytest.mark.parametrize("seed", range(4))
def test_no_sentence_speaks_against_the_piece_of_any_mixture(seed: int) -> None:
    """Halves of two known prompts, words of several, and phrases of the vocabulary in any order."""
    draw = random.Random(seed)
    words = [word for prompt in PROMPTS for word in prompt.split()]
    phrases = sorted(lexicon.english())
    mixtures = [" ".join(draw.choices(words, k=draw.randint(1, 12))) for _ in range(150)]
    mixtures += [" ".join(draw.choices(phrases, k=draw.randint(1, 7))) for _ in range(150)]
    mixtures += [f"{_half(draw)} {_half(draw)}" for _ in range(150)]
    _agrees(mixtures)


def _half(draw: random.Random) -> str:
    words = draw.choice(PROMPTS).split()
    place = draw.randint(0, len(words))
    return " ".join(words[:place] if draw.random() < 0.5 else words[place:])
