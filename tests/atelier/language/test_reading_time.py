"""Reading takes time in the length of a prompt, whatever stands in it: one visitor's line stops nobody."""
# ruff: noqa: E501 -- fragments of many scripts

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.atelier.language.alteration import alter
from pipeline.atelier.language.prompt import read
from pipeline.atelier.language.text import LONGEST_TEXT
from pipeline.errors import BadPrompt
from pipeline.stages.generate import named_kind

LIMIT_S = 0.05
"""Processor time for any text that is allowed: the reading thread's own, on a core that does `_yardstick` in its time."""
YARDSTICK_S = 0.0036

FRAGMENTS = (
    "1 mm ", "1 ct ", "2 x 3 mm ", "18k ", "1 ", "1/2 ", "50 % ", "3 by ", "1.5-2 mm ", "18ct gold ", "18k white ", "9" * 40,
    "diamond ", "gold ", "oval ", "ring ", "chain ", "halo ", "pearl ", "heart ", "round ", "pave ", "satin ", "small ",
    "engraved ", "engrav", "engraved with with ", "engraved: “", "initials ", "initials A ", "letter ", "monogram A B",
    "no ", "with ", ", ", "... ", "“a", " ", "- ", "-", "--ar 1:1 ", "85mm ", "f/2.8 ", "white ", "black ", "in the style of X",
    "emerold ", "silverketting ", "ringring", "moissanite ", "strand of pearls ", "side stones ", "flanked by ",
    "7 prong ", "12 stones ", "3 diamonds ", "size 7 ", "US ", "x ", "drei ", "vingt et ", "treinta y ", "einundzwanzig",
    "Armbänder ", "collares ", "or ", "d'or ", "18K白金", "钻石", "सोने ", "ذهب ", "ال", "ﷺ", "\u0301\u0327", "a\u0327\u0301", "ß",
    "\u200b", "𝔾old ", "''", '"', "'", "(", "x1x2", "name ", "name '",
)  # fmt: skip


def _yardstick() -> None:
    """Work that takes as long on any day: a slower core, or one that shares its cache, is measured by it."""
    words: dict[str, int] = {}
    for k in range(20_000):
        word = f"{k % 977:x}"
        words[word] = words.get(word, 0) + len(word)


def _spent(work: Callable[[], object]) -> float:
    """Processor time of some work in seconds of the core that the limit is of, never more than were spent."""
    started = time.thread_time()
    work()
    ended = time.thread_time()
    _yardstick()
    return (ended - started) / max((time.thread_time() - ended) / YARDSTICK_S, 1.0)


def _seconds(text: str) -> float:
    """The least processor time of three readings: what the machine does besides does not count."""
    spent = []
    for _ in range(3):
        spent.append(_spent(lambda: read(text)))
        if spent[-1] < LIMIT_S:
            break
    return min(spent)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The vocabulary is indexed once, at the first prompt."""
    read("ein Ring mit drei Diamanten, emerold")


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_fragment_repeated_to_the_longest_prompt_is_read_at_once(fragment: str) -> None:
    """Numbers, units, words of every slot, quotes, marks and scripts, four thousand characters of each."""
    assert _seconds((fragment * LONGEST_TEXT)[:LONGEST_TEXT]) < LIMIT_S


def test_many_different_words_are_read_at_once() -> None:
    """No two words alike: every one is looked up, stemmed and compared with the trade's."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    words = (alphabet[k % 26] + alphabet[k // 26] + "ringold" for k in range(500))
    assert _seconds(" ".join(words)[:LONGEST_TEXT]) < LIMIT_S
    numbers = " ".join(f"{k} mm" for k in range(1, 800))
    assert _seconds(numbers[:LONGEST_TEXT]) < LIMIT_S


@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6), st.text(max_size=20))
@settings(max_examples=120)
def test_any_mixture_repeated_is_read_at_once(fragments: list[str], extra: str) -> None:
    """Fragments of different kinds in any order, with any letters between them."""
    text = ("".join(fragments) + extra) * LONGEST_TEXT
    assert _seconds(text[:LONGEST_TEXT]) < LIMIT_S


@pytest.mark.parametrize("fragment", ["1 mm ", "gold ", "oval diamond ", "qwertz "])
def test_a_change_and_a_files_name_are_read_at_once(fragment: str) -> None:
    """Changes of a piece and names of files go through the same reader, and are bounded like a prompt."""
    text = (fragment * LONGEST_TEXT)[:LONGEST_TEXT]
    spec = read(text).spec

    def altered() -> None:
        with contextlib.suppress(BadPrompt):
            alter(text, spec, text[:200])

    assert _spent(lambda: named_kind(text * 50 + " ring")) < 2 * LIMIT_S
    assert _spent(altered) < 8 * LIMIT_S


def test_a_number_beyond_any_size_is_no_number() -> None:
    """Digits without end neither overflow nor become a measure."""
    for digits in ("9" * 400, "1" * 4000, "1" * 400 + " mm", "3 mm" * 900):
        assert read(f"gold ring with {digits} diamonds").spec.kind == "ring"
