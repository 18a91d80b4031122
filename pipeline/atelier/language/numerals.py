"""Numbers in a text: digits, fractions, and words in six languages."""

from collections.abc import Sequence
from functools import lru_cache

from text_to_num import text2num

from pipeline.atelier.language import lexicon
from pipeline.atelier.language.text import words_of

LARGEST = 1e6
"""No measure, weight or count of a piece is larger."""

_ROOTS: dict[str, tuple[str, ...]] = {
    language: tuple(words_of(text))
    for language, text in {
        "de": "zwei zwo drei vier funf sechs sieb acht neun zehn elf zwolf einund",
        "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente "
        "quarante cinquante soixante",
        "it": "due tre quattro cinque sei sette otto nove dieci undici dodici quindici sedici dicia dicio vent quarant "
        "cinquant",
        "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieci veint treinta "
        "cuarenta cincuenta",
        "pt": "dois duas tres quatro cinco seis sete oito nove dez onze doze treze vinte trinta quarenta",
        "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien twintig dertig",
    }.items()
}
"""What number words begin with, so that no other word is tried."""

_ACCENTED = {
    "funf": "fünf", "zwolf": "zwölf", "dreissig": "dreißig", "veintidos": "veintidós", "veintitres": "veintitrés",
    "veintiseis": "veintiséis", "dieciseis": "dieciséis",
}  # fmt: skip
"""Spellings that a folded word has lost."""

_ONES = frozenset({"un", "une", "uno", "una", "um", "uma"})
"""Articles that are numbers after a ten."""

_APOCOPES = {"veintiun": "veintiuno"}
"""Short forms that stand before a noun."""

AMBIGUOUS = frozenset({"once", "due", "elf", "sei", "dos", "tres"})
"""Number words that mean something else in another language: they count only before a foreign word."""


def number(token: str) -> float | None:
    """The number a token is, in digits, as a fraction or as an English word; none if it is none or beyond any size."""
    if token in lexicon.NUMBERS:
        return lexicon.NUMBERS[token]
    if not token[-1].isascii() or not token[-1].isdigit():
        return None
    top, _, bottom = token.replace(",", ".").partition("/")
    value = float(top) / float(bottom) if bottom and float(bottom) else float(top)
    return value if value <= LARGEST else None


@lru_cache(maxsize=4096)
def number_word(token: str) -> float | None:
    """The number a German, French, Italian, Spanish, Portuguese or Dutch word says, or none."""
    for language, roots in _ROOTS.items():
        if token.startswith(roots):
            word = _APOCOPES.get(token, token)
            for plain, accented in _ACCENTED.items():
                word = word.replace(plain, accented)
            try:
                return float(text2num(word, language))
            except ValueError:
                continue
    return None


def together(tokens: Sequence[str]) -> tuple[float, int] | None:
    """A number word at the head of ``tokens``, with its units: "treinta y dos" is 32 in 3 tokens."""
    first = number_word(tokens[0])
    if first is None:
        return None
    after = tuple(tokens[1:3])
    joint = int(after[:1] in (("y",), ("et",), ("e",)))
    if first >= 20 and first % 10 == 0 and len(after) > joint:
        unit = 1.0 if after[joint] in _ONES else number_word(after[joint])
        if unit is not None and unit < 10 + 10 * (first == 60):
            return first + unit, 2 + joint
    return first, 1
