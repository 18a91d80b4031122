"""The trade's words in other languages: one table a language, and the stems its inflections share.

A line of a table is ``slot value: phrase, phrase``; phrases are folded like a prompt. German, French, Italian
A line of a table is ``slot value: Spanish,
Portuguese and Dutch are compared by their Snowball stems, taken until nothing comes off any more, so that any plural
or declension of a phrase means what the phrase means. Hindi, Arabic, Chinese and Japanese are compared as they are
written.
"""

from collections.abc import Iterator
from functools import cache, lru_cache

import Stemmer

from pipeline.atelier.language.foreign import (
    arabic,
    chinese,
    dutch,
    french,
    german,
    hindi,
    italian,
    japanese,
    portuguese,
    spanish,
)
from pipeline.atelier.language.text import Meaning, fold

STEMMED = ("german", "french", "italian", "spanish", "portuguese", "dutch")
TABLES: dict[str, str] = {
    "german": german.WORDS, "french": french.WORDS, "italian": italian.WORDS, "spanish": spanish.WORDS,
    "portuguese": portuguese.WORDS, "dutch": dutch.WORDS, "hindi": hindi.WORDS, "arabic": arabic.WORDS,
    "chinese": chinese.WORDS, "japanese": japanese.WORDS,
}  # fmt: skip
SHORTEST_STEMMED = 4
"""Letters a word needs before its ending is taken off."""

_GRAMMAR = frozenset({"filler", "negation", "denial", "role", "size", "unit"})
"""Slots of words that steer how others are read."""


@cache
def lines(language: str) -> tuple[tuple[str, str, str], ...]:
    """Slot, value and phrase of every entry of a language's table."""
    entries = []
    for line in TABLES[language].strip().splitlines():
        head, _, phrases = line.partition(":")
        slot, _, value = head.partition(" ")
        for phrase in phrases.split(","):
            entries.append((slot, value, fold(phrase).strip()))
            if slot == "style" and value in _KIND_OF_STYLE and (value == "tiara" or " " in phrase.strip()):
                entries.append(("kind", _KIND_OF_STYLE[value], fold(phrase).strip()))
    return tuple(dict.fromkeys(entries))


_KIND_OF_STYLE = {
    **dict.fromkeys(("hoop", "huggie", "stud", "drop"), "earrings"),
    **dict.fromkeys(("tennis", "bangle", "cuff", "tiara"), "bracelet"),
    **dict.fromkeys(("signet", "band", "eternity"), "ring"),
}
"""Phrases for a style name the kind as well; of a tiara each word does, for no other piece is called so."""


def _all(slot: str) -> Iterator[tuple[str, str]]:
    return (
        (value, phrase) for language in TABLES for named, value, phrase in lines(language) if named == slot
    )


FILLER = frozenset(word for _, phrase in _all("filler") for word in phrase.split())
NEGATIONS = frozenset(phrase for _, phrase in _all("negation"))
DENIALS = frozenset(phrase for _, phrase in _all("denial"))
"""Words that deny what stands right before them."""
ROLES = {phrase: value for value, phrase in _all("role")}
SIZES = {phrase: value for value, phrase in _all("size")}
"""Words before or behind a ring's size, with the system they count in where that is one."""
UNITS = {phrase: (value.split()[0], float(value.split()[1])) for value, phrase in _all("unit")}
UNSPACED = frozenset(phrase for language in ("chinese", "japanese") for _, _, phrase in lines(language))
"""Words of languages that put no spaces between them."""
LONGEST_UNSPACED = max(map(len, UNSPACED))


def phrases() -> Iterator[tuple[str, Meaning]]:
    """Every phrase of every language with what it means."""
    for language in TABLES:
        for slot, value, phrase in lines(language):
            if slot not in _GRAMMAR:
                yield phrase, (slot, value)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language, 0)


@lru_cache(maxsize=16384)
def stem(language: str, word: str) -> str:
    """The word without its endings; "collar" and "collares" both become "coll"."""
    for _ in range(3):
        if len(word) < SHORTEST_STEMMED:
            break
        shorter = _stemmer(language).stemWord(word)
        if shorter == word:
            break
        word = shorter
    return word


@cache
def stemmed(language: str) -> dict[tuple[str, ...], tuple[Meaning, ...]]:
    """Every phrase of a language by its stems."""
    table: dict[tuple[str, ...], dict[Meaning, None]] = {}
    for slot, value, phrase in lines(language):
        if slot not in _GRAMMAR:
            key = tuple(stem(language, word) for word in phrase.split())
            table.setdefault(key, {})[slot, value] = None
    return {key: tuple(meanings) for key, meanings in table.items()}


def is_known(word: str) -> bool:
    """Whether a word is an inflection of one in any table."""
    return any((stem(language, word),) in stemmed(language) for language in STEMMED)
