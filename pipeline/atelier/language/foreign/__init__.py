"""The trade's words in other languages: one table a language, and the stems its inflections share.

A line of a table is ``slot value: phrase, phrase``; phrases are folded like a prompt. German, French, Italian, Spanish,
Portuguese, Dutch, Polish, Russian and Hindi are compared by their Snowball stems, taken until nothing comes off any
more, and Turkish without its endings, so that any plural or declension of a phrase means what the phrase means. Arabic,
Chinese, Japanese and Korean are compared as they are written.
"""

import re
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
    korean,
    polish,
    portuguese,
    russian,
    spanish,
    turkish,
)
from pipeline.atelier.language.text import Meaning, fold

STEMMED = (
    "german",
    "french",
    "italian",
    "spanish",
    "portuguese",
    "dutch",
    "polish",
    "russian",
    "turkish",
    "hindi",
)
TABLES: dict[str, str] = {
    "german": german.WORDS, "french": french.WORDS, "italian": italian.WORDS, "spanish": spanish.WORDS,
    "portuguese": portuguese.WORDS, "dutch": dutch.WORDS, "hindi": hindi.WORDS, "arabic": arabic.WORDS,
    "chinese": chinese.WORDS, "japanese": japanese.WORDS, "korean": korean.WORDS, "polish": polish.WORDS,
    "russian": russian.WORDS, "turkish": turkish.WORDS,
}  # fmt: skip
SHORTEST_STEMMED = 4
"""Letters a word needs before its ending is taken off."""

_GRAMMAR = frozenset({"filler", "negation", "denial", "role", "place", "size", "unit", "remaking", "tint"})
"""Slots of words that steer how others are read."""


@cache
def lines(language: str) -> tuple[tuple[str, str, str], ...]:
    """Slot, value and phrase of every entry of a language's table."""
    entries = []
    for line in TABLES[language].strip().splitlines():
        head, _, phrases = line.partition(":")
        slot, _, value = head.partition(" ")
        if slot == "coated":
            slot = "metal"
        for phrase in phrases.split(","):
            spellings = _cuts(language, fold(phrase).strip()) if slot == "cut" else (fold(phrase).strip(),)
            entries += [(slot, value, spelled) for spelled in spellings]
            if slot == "style" and value in _KIND_OF_STYLE and (value == "tiara" or " " in phrase.strip()):
                entries.append(("kind", _KIND_OF_STYLE[value], fold(phrase).strip()))
    return tuple(dict.fromkeys(entries))


def _cuts(language: str, phrase: str) -> tuple[str, ...]:
    """A cut as a table has it, and with the other nouns and the small words that its trade says it with."""
    first, _, name = phrase.partition(" ")
    nouns = _CUT_NOUNS.get(language, ())
    if first not in nouns[:1] or not name:
        return (phrase,)
    return (
        phrase,
        *(" ".join(filter(None, (noun, link, name))) for noun in nouns for link in ("", *_CUT_LINKS)),
    )


_CUT_NOUNS = {
    "french": ("taille", "coupe"),
    "italian": ("taglio",),
    "spanish": ("talla", "corte"),
    "portuguese": ("lapidacao", "corte", "talhe"),
    "russian": ("огранка",),
    "polish": ("szlif",),
}
"""What a cut is called, the noun that the table says first."""
_CUT_LINKS = ("a", "de", "en", "em", "di")
"""Words that may stand between the noun and the cut's name: "taglio a goccia", "corte de esmeralda"."""
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


_DECLINED = ("polish", "russian", "turkish")
"""Languages whose words that say nothing of a piece are declined as well."""
FILLER = frozenset(word for _, phrase in _all("filler") for word in phrase.split())
NEGATIONS = frozenset(phrase for _, phrase in _all("negation"))
DENIALS = frozenset(phrase for _, phrase in _all("denial"))
"""Words that deny what stands right before them."""
ROLES = {phrase: value for value, phrase in _all("role")}
PLACES = {phrase: value for value, phrase in _all("place")}
"""Words beside a stone that say where it stands: in the middle, at the sides, between others."""
SIZES = {phrase: value for value, phrase in _all("size")}
"""Words before or behind a ring's size, with the system they count in where that is one."""
UNITS = {phrase: (value.split()[0], float(value.split()[1])) for value, phrase in _all("unit")}
UNSPACED = frozenset(
    phrase for language in ("chinese", "japanese", "korean") for _, _, phrase in lines(language)
)
"""Words of languages that put no spaces between them, or write several together."""
UNSPACED_PIECES = frozenset(
    phrase for slot, _, phrase in lines("japanese") if slot.startswith("kind") and len(phrase) > 2
)
"""Those of them that name a piece."""
LONGEST_UNSPACED = max(map(len, UNSPACED))


def remaking(language: str) -> dict[str, list[str]]:
    """Words by which a language says that a piece is made of another, by the part they play: see ``remaking``."""
    words: dict[str, list[str]] = {}
    for slot, value, phrase in lines(language):
        if slot == "remaking":
            words.setdefault(value, []).append(phrase)
    return words


def phrases() -> Iterator[tuple[str, Meaning]]:
    """Every phrase of every language with what it means."""
    for language in TABLES:
        for slot, value, phrase in lines(language):
            if slot not in _GRAMMAR:
                yield phrase, (slot, value)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language, 0)


_DIMINUTIVES = {
    "portuguese": ("zinhos", "zinhas", "zinho", "zinha", "inhos", "inhas", "inho", "inha"),
    "spanish": ("citos", "citas", "cito", "cita", "itos", "itas", "ito", "ita"),
}
"""Endings of small things, which the stemmers leave: "argolinha", "pulserita"."""
_TURKISH_ENDINGS = (
    "lerinin", "larinin", "lerin", "larin", "leri", "lari", "ler", "lar", "sinin", "sunun", "nin", "nun", "den", "dan",
    "ten", "tan", "si", "su", "li", "lu", "in", "un", "yi", "yu", "ye", "ya", "i", "u",
)  # fmt: skip
"""Endings of folded Turkish nouns: plural, possessive, case, and "with"; the longer first."""


def _turkish_stem(word: str) -> str:
    """The word without one ending, its last letter as it stands before none: "yuzugu" becomes "yuzuk"."""
    for ending in _TURKISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEMMED:
            word = word.removesuffix(ending)
            return f"{word[:-1]}k" if word.endswith("g") else word
    return word


@lru_cache(maxsize=16384)
def stem(language: str, word: str) -> str:
    """The word without its endings; "collar" and "collares" both become "coll"."""
    if language == "turkish":
        return _turkish_stem(_turkish_stem(word))
    for ending in _DIMINUTIVES.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEMMED:
            word = word.removesuffix(ending)
            break
    for more in range(3):
        if len(word) < SHORTEST_STEMMED:
            break
        shorter = _stemmer(language).stemWord(word)
        if shorter == word or (more and len(shorter) < SHORTEST_STEMMED):
            break  # else "camadas", layers, would be the stem of a cameo
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


_PLURALS = {
    "polish": ("ami", "ow", "ach", "y", "e"), "russian": ("ами", "ями", "ов", "ев", "ах", "ях", "ы", "и"),
    "turkish": ("ler", "lar", "leri", "lari", "lerle", "larla"),
}  # fmt: skip
"""Endings of plurals in languages that also decline their singulars."""


def plural_endings(word: str) -> tuple[str, ...]:
    """How plurals end in the language of a word that declines its singular as well; none for other words."""
    return next(
        (endings for language, endings in _PLURALS.items() if (stem(language, word),) in stemmed(language)),
        (),
    )


@cache
def _filler_stems(language: str) -> frozenset[str]:
    return frozenset(
        stem(language, word)
        for slot, _, phrase in lines(language)
        if slot == "filler"
        for word in phrase.split()
    )


@lru_cache(maxsize=8192)
def is_filler(word: str) -> bool:
    """Whether a word is an inflection of one that says nothing of a piece: "slubne", "женские"."""
    long = len(word) > SHORTEST_STEMMED
    return long and any(stem(language, word) in _filler_stems(language) for language in _DECLINED)


@cache
def _coatings() -> frozenset[tuple[str, tuple[str, ...]]]:
    """Stems of words for gold on another metal, each with its language."""
    entries = [
        (language, phrase)
        for language in TABLES
        for line in TABLES[language].strip().splitlines()
        if line.startswith("coated ")
        for phrase in line.partition(":")[2].split(",")
    ]
    return frozenset(
        (language, tuple(_stem_or_word(language, word) for word in fold(phrase).split()))
        for language, phrase in entries
    )


def _stem_or_word(language: str, word: str) -> str:
    return stem(language, word) if language in STEMMED else word


@lru_cache(maxsize=4096)
def is_coating(phrase: str) -> bool:
    """Whether a phrase names gold that lies on another metal: "altin kaplama", "позолоченные"."""
    words = phrase.split()
    return any(
        (language, tuple(_stem_or_word(language, word) for word in words)) in _coatings()
        for language in TABLES
    )


@lru_cache(maxsize=4096)
def is_plain_gold(word: str) -> bool:
    """Whether one word says gold and no colour of it: "zlote", "золотое", "altin"."""
    meant = ("metal", "yellow_gold")
    if is_coating(word) or word.startswith(("gelb", "geel", "sari")):
        return False
    return any(meant in stemmed(language).get((stem(language, word),), ()) for language in STEMMED)


@cache
def _gold_colours() -> dict[tuple[str, str], str]:
    """The gold that a colour's stem makes, by language: "blanc" of "or blanc", "weiss" of "weissgold"."""
    colours: dict[tuple[str, str], str] = {}
    for language in STEMMED:
        for slot, value, phrase in lines(language):
            if slot == "metal" and value.endswith("_gold") and not is_coating(phrase):
                root = stem(language, _beside_gold(phrase))
                if len(root) >= _SHORTEST_COLOUR and root != _A_FLOWER:
                    colours.setdefault((language, root), value)
    return colours


_SHORTEST_COLOUR = 3
_A_FLOWER = "ros"
"""The stem of the flower as well: the colour is known by its whole words alone."""


def _beside_gold(phrase: str) -> str:
    """The colour in a phrase of two words or in a compound of them; empty where there is none."""
    compound = re.fullmatch(r"(\w+?)(?:gold|goud)", phrase)
    words = compound.groups() if compound else phrase.split()
    others = [word for word in words if not is_plain_gold(word)]
    return others[0] if len(others) == 1 and len(words) == (1 if compound else 2) else ""


@lru_cache(maxsize=4096)
def gold_colour(word: str) -> str | None:
    """The gold that a word makes beside one that says gold: "белого" white gold; None where it is no such colour."""
    return next(
        (gold for language in STEMMED if (gold := _gold_colours().get((language, stem(language, word))))),
        None,
    )


@cache
def _tints() -> dict[tuple[str, str], str]:
    """Colours that a stone's name is followed or led by, by language and stem."""
    return {
        (language, _stem_or_word(language, phrase)): value.replace("_", " ")
        for language in TABLES
        for slot, value, phrase in lines(language)
        if slot == "tint"
    }


@lru_cache(maxsize=4096)
def tint(word: str) -> str | None:
    """The English name of a stone's colour in any other language: "amarillo" yellow; None for other words."""
    return next(
        (hue for language in TABLES if (hue := _tints().get((language, _stem_or_word(language, word))))), None
    )
