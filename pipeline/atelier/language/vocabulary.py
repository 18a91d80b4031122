"""The lexicon ready to be looked up: phrases as written or inflected, and misspelt words as they were meant."""

from functools import cache, lru_cache

from pipeline.atelier.language import foreign, lexicon, ornaments
from pipeline.atelier.language.numerals import number, together
from pipeline.atelier.language.ordinary import ORDINARY
from pipeline.atelier.language.spelling import Dictionary
from pipeline.atelier.language.terms import Term
from pipeline.atelier.language.text import Meaning, fold, singular


@cache
def phrases() -> dict[tuple[str, ...], list[Meaning]]:
    """Every phrase by its folded words."""
    return {tuple(fold(phrase).split()): meanings for phrase, meanings in lexicon.vocabulary().items()}


@cache
def longest() -> dict[str, int]:
    """First words of phrases, each with the words of the longest that begins so."""
    lengths: dict[str, int] = {}
    for phrase in phrases():
        for first in (phrase[0], singular(phrase[0])):
            lengths[first] = max(lengths.get(first, 1), len(phrase))
    for language in foreign.STEMMED:
        for key in foreign.stemmed(language):
            lengths[key[0]] = max(lengths.get(key[0], 1), len(key))
    return lengths


@cache
def _dictionary() -> tuple[Dictionary, frozenset[str]]:
    """What misspelt words are compared with, and the words that mean what they say."""
    words = {word for phrase in phrases() for word in phrase}
    jewelers: dict[str, object] = {
        word: tuple(phrases().get((word,), ())) for word in sorted(words, key=_english_first)
    }
    jewelers |= dict(lexicon.UNITS)
    # What is not made anyway is spelt right or unknown: "shallow" is no swallow.
    other = {word for phrase in phrases() if _is_unmade(phrase) for word in phrase}
    makeable = {word for phrase in phrases() if not _is_unmade(phrase) for word in phrase}
    others = lexicon.FILLER | lexicon.PRAISE | lexicon.PICTURE | lexicon.NEGATIONS
    known = others | ORDINARY | frozenset(lexicon.ROLES) | frozenset(lexicon.NUMBERS)
    mendable = {
        word: meanings for word, meanings in jewelers.items() if word in makeable or word not in other
    }
    return Dictionary(mendable, known | other, foreign.is_known), known | frozenset(jewelers)


def _english_first(word: str) -> tuple[bool, str]:
    return word not in lexicon.english(), word


def _is_unmade(phrase: tuple[str, ...]) -> bool:
    meanings = phrases()[phrase]
    if (
        len(phrase) == 1
        and len(phrase[0]) >= LONG_WORD
        and any(value in ornaments.NAMES for _, value in meanings)
    ):
        return False  # "buterfly" is near nothing else
    return all(slot in ("motif", "material", "unmade") for slot, _ in meanings)


def is_plural(term: Term) -> bool:
    """Whether a noun stands in the plural: tables hold singulars, so that any inflected form of a gem is one."""
    words = tuple(term.text.split())
    if words not in phrases():  # a stone's colour says nothing of its number
        words = tuple(word for word in words if foreign.tint(word) is None) or words
    last = words[-1]
    if words not in phrases() and (endings := foreign.plural_endings(last)):
        return last.endswith(endings)
    one = (*words[:-1], singular(last))
    return words not in phrases() or (one != words and one in phrases())  # "oniks" is no plural


def mend(tokens: list[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Tokens as they were meant, and what was changed for that."""
    tokens, joined = _joined(tokens)
    dictionary, known = _dictionary()
    meant: dict[str, tuple[str, ...]] = {}
    for word in dict.fromkeys(tokens):
        as_written = (
            word in known
            or singular(word) in known
            or foreign.is_known(word)
            or foreign.is_filler(word)
            or word in foreign.PLACES
            or bool(together([word]))
        )
        meant[word] = (word,) if as_written else _mended(dictionary, _without_article(word, known))
    if _is_english_only(tokens):
        # "A stacker" in an English sentence is no German Stecker.
        meant = {word: words if _stays_english(word, words) else (word,) for word, words in meant.items()}
    mended = tuple(
        (word, " ".join(words)) for word, words in meant.items() if words not in ((word,), (word[2:],))
    )
    return tuple(part for word in tokens for part in meant[word]), (*joined, *mended)


def _is_english_only(tokens: list[str]) -> bool:
    """Whether words of the trade are English alone among a text's, and none is another language's alone."""
    english, other = False, False
    for token in dict.fromkeys(tokens):
        ours = token in lexicon.english() or singular(token) in lexicon.english() or token in lexicon.ENGLISH
        theirs = foreign.is_known(token)
        english, other = english or (ours and not theirs), other or (theirs and not ours)
    return english and not other


def _stays_english(word: str, meant: tuple[str, ...]) -> bool:
    """Whether a word is left as it is, is a compound, or is mended into English."""
    return (
        meant == (word,) or len(meant) > 1 or any(meant[0] in phrase.split() for phrase in lexicon.english())
    )


@cache
def _together() -> dict[str, tuple[str, ...]]:
    """English phrases of several words by what they are written together: "hatpin", "earcuff"."""
    return {
        "".join(phrase): phrase
        for phrase in (tuple(fold(text).split()) for text in lexicon.english())
        if len(phrase) > 1 and all(word.isalpha() for word in phrase)
    }


def _joined(tokens: list[str]) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Tokens with words of the trade that were written apart in one, and those: "dragon fly", "moon stone"."""
    whole, written = [], {}
    at = 0
    while at < len(tokens):
        pair = tokens[at : at + 2]
        word = "".join(pair)
        if (
            len(pair) == 2
            and min(map(len, pair)) >= SHORTEST_PART
            and _is_one_word(word)
            and not exactly((*pair,))
        ):
            whole.append(word)
            written[" ".join(pair)] = word
            at += 2
        else:
            whole.append(tokens[at])
            at += 1
    return whole, tuple(written.items())


LONG_WORD = 8
"""Letters of a motif's name that no other word is near."""
SHORTEST_PART = 3
"""Letters of each half of a word that is written apart."""


@lru_cache(maxsize=8192)
def _is_one_word(word: str) -> bool:
    """Whether a word of two halves names a piece, a motif or a stone in English."""
    meanings = lexicon.english().get(word) or lexicon.english().get(singular(word)) or ()
    return any(slot in ("kind", "motif", "gem", "substitute", "unmade") for slot, _ in meanings)


_TYPOS = {
    "moissy": "moissanite", "moissie": "moissanite",
    "rng": "ring", "rign": "ring", "rinng": "ring", "wite": "white", "whte": "white", "whtie": "white", "glod": "gold",
    "gld": "gold", "silvr": "silver", "slver": "silver", "rubby": "ruby", "perl": "pearl", "peral": "pearl",
    "opel": "opal", "hart": "heart", "chian": "chain", "chane": "chain", "stut": "stud", "hopp": "hoop",
    "bannd": "band", "bnd": "band", "sapph": "sapphire", "saph": "sapphire", "rnd": "round", "prl": "pearl",
    "engagment": "engagement",
    "neckless": "necklace", "neclase": "necklace", "neckalce": "necklace",
    "necless": "necklace",
    "neckles": "necklace", "godl": "gold",
    "yello": "yellow", "sliver": "silver", "dimond": "diamond",
}  # fmt: skip
"""Slips in words too short to be compared; none of them means something else in the trade."""


def _mended(dictionary: Dictionary, word: str) -> tuple[str, ...]:
    """A word as it was meant; of a misspelt plural ("earings") the singular is."""
    if (short := _TYPOS.get(word) or _TYPOS.get(singular(word))) is not None:
        return (short,)
    if (apart := _together().get(word) or _together().get(singular(word))) is not None:
        return apart
    meant = dictionary.mend(word)
    one = singular(word)
    return (
        dictionary.mend(one) if meant == (word,) and one != word and dictionary.mend(one) != (one,) else meant
    )


def _without_article(word: str, known: frozenset[str]) -> str:
    """An Arabic word without the article before it, a French one without its elided one."""
    for article in ("ال", "d'", "l'"):
        if word.startswith(article) and word[2:] in known:
            return word[2:]
    return word


@lru_cache(maxsize=8192)
def exactly(words: tuple[str, ...]) -> list[Meaning] | tuple[()]:
    """What a phrase means as it is written, or as an English plural."""
    for last in dict.fromkeys((words[-1], singular(words[-1]))):
        if meanings := phrases().get((*words[:-1], last)):
            return meanings
    return phrases().get(tuple(map(singular, words)), ())


@lru_cache(maxsize=8192)
def inflected(words: tuple[str, ...]) -> tuple[Meaning, ...]:
    """What a phrase means as an inflection of one in another language."""
    if len(words) == 1 and words[0] in lexicon.FILLER:
        return ()
    for language in foreign.STEMMED:
        if meanings := foreign.stemmed(language).get(tuple(foreign.stem(language, word) for word in words)):
            return meanings
    return ()


def is_french(word: str) -> bool:
    """Whether a word is French, or a number, as stands beside French gold."""
    return number(word) is not None or (
        word not in lexicon.ENGLISH and (foreign.stem("french", word),) in foreign.stemmed("french")
    )


def is_foreign(words: tuple[str, ...]) -> bool:
    """Whether any of the words is known in another language."""
    return any(foreign.is_known(word) for word in words)
