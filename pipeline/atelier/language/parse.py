"""From text to jeweler's terms: tokens, the longest phrases in them, measures, negations, and what is left over."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache

from pipeline.atelier.language import lexicon, spelling

LONGEST_TEXT = 4000
"""Characters that are read; a description of a piece is far shorter."""

LONGEST_PHRASE = 5

_TOKEN = re.compile(
    r"(?<![\d.,])\.\d{1,3}|\d+(?:[.,]\d{1,3})?(?:/\d+)?|[^\W\d_]+(?:'[^\W\d_]+)?|''|[^\s\w]", re.UNICODE
)
_ENGRAVING = re.compile(
    r"(?:engrav|inscri)\w*(?:\s+(?:with|text|reading|saying|of|that|the|words?|reads|says|name|initials|letters))*\s*:?\s*"
    r"[\"\u201c\u201d\u00ab'\u2018\u2019]([^\"\u201c\u201d\u00bb\u2018\u2019]{1,60}?)[\"\u201c\u201d\u00bb'\u2018\u2019](?!\w)",
    re.IGNORECASE,
)
_INITIALS = re.compile(
    r"\b(?:[Ii]nitials|[Mm]onogram(?:med)?)(?:\s+with)?\s+[\"'\u201c]?([A-Z](?:\s?[&.+]?\s?[A-Z]){1,3})\b\.?[\"'\u201d]?"
)
_LETTER = re.compile(
    r"(?:\b(?:letter|initial|monogram)\s+[\"'\u201c]?([A-Za-z])\b[\"'\u201d]?)|(?:[\"'\u201c]?\b([A-Z])\b[\"'\u201d]?[\s-]+(?:initial|letter|monogram)\b)"
)
_BARE_COLOUR = re.compile(r"(\b\d+\s*k(?:t|arat)?\s+)(white|yellow|rose)\b(?!\s*gold)", re.IGNORECASE)
"""The trade says "18k white" for white gold."""
_ACCENT = re.compile(r"([A-Za-z])[\u0300-\u036f]+")
_BREAKS = frozenset(",.;:()!?") | {"with", "and", "but", "on", "plus", "featuring"}


@dataclass(frozen=True)
class Term:
    """Something understood: where it stands (tokens ``start`` to ``end``) and what it means."""

    start: int
    end: int
    text: str
    slot: str
    value: str
    negated: bool = False


@dataclass(frozen=True)
class Measure:
    """A number with its unit: ``mm``, ``ct``, ``karat``, ``percent``, or none (a count)."""

    start: int
    end: int
    text: str
    number: float
    unit: str
    second: float | None = None
    """The width in "8 x 6 mm"."""


@dataclass(frozen=True)
class Sentence:
    """A prompt taken apart."""

    tokens: tuple[str, ...]
    terms: tuple[Term, ...]
    measures: tuple[Measure, ...]
    roles: tuple[Term, ...]
    unknown: tuple[str, ...]
    engraving: str
    letter: str
    cut_short: bool
    mended: tuple[tuple[str, str], ...] = ()
    """Words that were read as others, with what they were taken for."""

    def broken(self, start: int, end: int) -> bool:
        """Whether a comma, "with" or "and" stands between two places."""
        return any(token in _BREAKS for token in self.tokens[start:end])


def parse(prompt: str) -> Sentence:
    """Take a prompt apart. Any text is accepted; what means nothing here comes back as ``unknown``."""
    text = prompt[:LONGEST_TEXT]
    engraving = letter = ""
    if found := _ENGRAVING.search(text):
        engraving = found.group(1).strip()
        text = f"{text[: found.start(1) - 1]} engraved {text[found.end(1) + 1 :]}"
    elif found := _INITIALS.search(text):
        engraving = found.group(1).strip()
        text = f"{text[: found.start()]} engraved {text[found.end() :]}"
    if found := _LETTER.search(text):
        letter = (found.group(1) or found.group(2)).upper()
        text = f"{text[: found.start()]} initial {text[found.end() :]}"
    text = _BARE_COLOUR.sub(r"\1\2 gold", text)
    tokens, mended = _mend(_TOKEN.findall(fold(text)))
    reader = _Reader(tokens)
    reader.run()
    return Sentence(
        tokens, tuple(_settled(reader.terms)), tuple(reader.measures), tuple(reader.roles),
        tuple(dict.fromkeys(reader.unknown)),
        engraving, letter, len(prompt) > LONGEST_TEXT, mended,
    )  # fmt: skip


def _settled(terms: list[Term]) -> list[Term]:
    """Words of two meanings, as their neighbours settle them.

    A heart before a gem, or on a ring or earring with one, is the stone's cut and no shape in metal. "Radiant" is
    praise where another cut is named or no stone is.
    """
    gems = [term for term in terms if term.slot in ("gem", "substitute") and not term.negated]
    stones = [*gems, *(term for term in terms if (term.slot, term.value) == ("stone", "any"))]
    worn = any(term.slot.startswith("kind") and term.value in ("ring", "earrings") for term in terms)
    cuts = any(term.slot == "cut" and term.text != "radiant" for term in terms)
    shaped = cuts or any((term.slot, term.value) == ("shape", "round") for term in terms)
    settled = []
    for term in terms:
        if (term.slot, term.value) == ("form", "heart") and (
            any(0 <= stone.start - term.end <= 1 for stone in stones) or (worn and gems and not cuts)
        ):
            settled.append(replace(term, slot="cut"))
        elif term.slot == "cut" and term.text == "radiant" and (shaped or not stones):
            settled.append(replace(term, slot="style wish", value=term.text))
        else:
            settled.append(term)
    return settled


def fold(text: str) -> str:
    """Lower case without accents, hyphens as spaces, typographic signs as plain ones."""
    plain = unicodedata.normalize(
        "NFKD", text.replace("\u00d7", " x ").replace("\u2033", '"').replace("\u201d", '"')
    )
    plain = unicodedata.normalize("NFC", _ACCENT.sub(r"\1", plain)).replace("\u2044", "/").casefold()
    plain = plain.replace("\u2019", "'").replace("w/o", "without").replace("&", " and ")
    return re.sub(r"(?<=\w)[-\u2010-\u2015](?=\w)|_", " ", plain)


def singular(word: str) -> str:
    """The singular of a regular plural; other words unchanged."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 3:
        return word[:-1]
    return word


@cache
def _vocabulary() -> dict[tuple[str, ...], list[lexicon.Meaning]]:
    return {tuple(phrase.split()): meanings for phrase, meanings in lexicon.vocabulary().items()}


def _mend(found: list[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Tokens as they were meant, and what was changed for that."""
    tokens: list[str] = []
    mended: dict[str, str] = {}
    for word in found:
        meant = spelling.mend(word, *_known()) if singular(word) not in _known()[0] else (word,)
        tokens += meant
        if meant != (word,):
            mended[word] = " ".join(meant)
    return tuple(tokens), tuple(mended.items())


@cache
def _known() -> tuple[dict[str, object], frozenset[str]]:
    """Single words of the trade with what each means by itself, and other words that mean what they say."""
    words = {word for phrase in _vocabulary() for word in phrase}
    jewelers: dict[str, object] = {word: tuple(_vocabulary().get((word,), ())) for word in sorted(words)}
    jewelers |= dict(lexicon.UNITS)
    others = lexicon.FILLER | lexicon.PRAISE | lexicon.PICTURE | lexicon.NEGATIONS | set(lexicon.ROLES)
    return jewelers, others | set(lexicon.NUMBERS)


class _Reader:
    """One pass over the tokens, longest phrase first."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self.tokens = tokens
        self.at = 0
        self.negating = False
        self.terms: list[Term] = []
        self.measures: list[Measure] = []
        self.roles: list[Term] = []
        self.unknown: list[str] = []

    def run(self) -> None:
        while self.at < len(self.tokens):
            self.at += self._phrase() or self._measure() or self._word()

    def _phrase(self) -> int:
        for count in range(min(LONGEST_PHRASE, len(self.tokens) - self.at), 0, -1):
            words = self.tokens[self.at : self.at + count]
            for last in dict.fromkeys((words[-1], singular(words[-1]))):
                meanings = _vocabulary().get((*words[:-1], last)) or _vocabulary().get(
                    tuple(map(singular, words))
                )
                if meanings:
                    for slot, value in meanings:
                        self._term(count, slot, value)
                    return count
        return 0

    def _term(self, count: int, slot: str, value: str) -> None:
        text = " ".join(self.tokens[self.at : self.at + count])
        self.terms.append(Term(self.at, self.at + count, text, slot, value, negated=self.negating))

    def _measure(self) -> int:
        number = self._number(self.at)
        if number is None:
            return 0
        end, second = self.at + 1, None
        while (more := self._number(end)) is not None and "/" in self.tokens[end]:
            number, end = number + more, end + 1  # "1 1/2 ct"
        if (
            end + 1 < len(self.tokens)
            and self.tokens[end] in ("x", "by")
            and self._number(end + 1) is not None
        ):
            second, end = self._number(end + 1), end + 2
        elif (
            end < len(self.tokens)
            and self.tokens[end] in lexicon.UNITS
            and self.tokens[end + 1 : end + 2] in (("x",), ("by",))
            and (other := self._number(end + 2)) is not None
        ):
            second, end = other, end + 3
        unit, factor = "", 1.0
        if self.tokens[end : end + 1] == ("a",) and number < 1:
            end += 1  # "half a carat"
        if end < len(self.tokens) and self.tokens[end] in lexicon.UNITS:
            unit, factor = lexicon.UNITS[self.tokens[end]]
            end += 1
        if second is not None and not unit:
            unit = "mm"  # "pear aquamarines 10x7"
        text = " ".join(self.tokens[self.at : end])
        both = None if second is None else second * factor
        self.measures.append(Measure(self.at, end, text, number * factor, unit, both))
        if unit and end < len(self.tokens) and self.tokens[end] in lexicon.ROLES:
            self.roles.append(Term(end, end + 1, self.tokens[end], "role", lexicon.ROLES[self.tokens[end]]))
            end += 1
        return end - self.at

    def _number(self, index: int) -> float | None:
        if not 0 <= index < len(self.tokens):
            return None
        token = self.tokens[index]
        if token in lexicon.NUMBERS:
            return lexicon.NUMBERS[token]
        if not token[-1].isascii() or not token[-1].isdigit():
            return None
        top, _, bottom = token.replace(",", ".").partition("/")
        return float(top) / float(bottom) if bottom and float(bottom) else float(top)

    def _word(self) -> int:
        token = self.tokens[self.at]
        if token in lexicon.NEGATIONS:
            self.negating = True
        elif token in _BREAKS:
            self.negating = False
        if token in lexicon.ROLES:
            self.roles.append(Term(self.at, self.at + 1, token, "role", lexicon.ROLES[token]))
        known = (
            token in lexicon.NEGATIONS
            or token in lexicon.FILLER
            or token in lexicon.ROLES
            or token in _BREAKS
        )
        if known or not any(c.isalpha() for c in token):
            return 1
        for slot, words in (("style", lexicon.PRAISE), ("picture", lexicon.PICTURE)):
            if token in words or singular(token) in words:
                self._term(1, f"{slot} wish", token)
                return 1
        if token not in lexicon.UNITS and len(token) > 1:
            self.unknown.append(token)
        return 1
