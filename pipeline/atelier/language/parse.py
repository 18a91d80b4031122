"""From text to jeweler's terms: tokens, the longest phrases in them, measures, negations, and what is left over.

Every step takes time in the length of the text: phrases and misspelt words are looked up in indexes, and patterns
match runs of bounded length.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from pipeline.atelier.language import foreign, lexicon
from pipeline.atelier.language.inscription import inscription
from pipeline.atelier.language.numerals import AMBIGUOUS, number, together
from pipeline.atelier.language.photograph import set_aside
from pipeline.atelier.language.spelling import Dictionary
from pipeline.atelier.language.text import (
    LONGEST_TEXT,
    MOST_WORDS,
    Meaning,
    fold,
    segmented,
    singular,
    tokens_of,
)

MOST_MEASURES = 48
"""Numbers that are read of one prompt; a title block has a dozen."""

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
    aside: tuple[str, ...] = ()
    """Words of the camera or the image model, which say nothing of the piece."""
    unread: int = 0
    """Measures beyond the most that are read."""

    def broken(self, start: int, end: int) -> bool:
        """Whether a comma, "with" or "and" stands between two places."""
        return any(token in _BREAKS for token in self.tokens[start:end])


def parse(prompt: str) -> Sentence:
    """Take a prompt apart. Any text is accepted; what means nothing here comes back as ``unknown``."""
    text, aside = set_aside(" ".join(prompt[:LONGEST_TEXT].split()))
    written = inscription(text)
    folded = segmented(fold(written.text), foreign.CHINESE, foreign.LONGEST_CHINESE)
    written_tokens = tokens_of(folded)
    tokens, mended = _mend(written_tokens[:MOST_WORDS])
    reader = _Reader(tokens)
    reader.run()
    terms, colours = _terms(tokens, reader)
    unknown = [word for word in reader.unknown if word not in colours]
    if not any(_is_foreign_term(term) for term in terms if term.slot != "motif"):
        # One foreign noun in an English sentence is as unknown as any other.
        unknown += [term.text for term in terms if _is_foreign_term(term)]
        terms = [term for term in terms if not _is_foreign_term(term)]
    return Sentence(
        tokens, tuple(terms), tuple(reader.measures[:MOST_MEASURES]), tuple(reader.roles),
        tuple(dict.fromkeys(unknown)), written.engraving, written.letter,
        len(prompt) > LONGEST_TEXT or len(written_tokens) > MOST_WORDS, mended,
        aside, max(len(reader.measures) - MOST_MEASURES, 0),
    )  # fmt: skip


def _terms(tokens: tuple[str, ...], reader: "_Reader") -> tuple[list[Term], set[str]]:
    """What the words mean beside each other, and the colours among them that are gold's."""
    bare = list(_bare_colours(tokens, reader))
    taken = {term.start for term in bare}
    named = [*(term for term in reader.terms if term.slot != "hue" or term.start not in taken), *bare]
    settled = _settled(sorted(named, key=lambda term: term.start))
    coloured, places = _coloured_gold(tokens, settled)
    colours = {tokens[place] for place in places} | {term.text for term in bare}
    return _aside_from_metal(tokens, coloured), colours


def _is_foreign_term(term: Term) -> bool:
    return _is_foreign_phrase(term.text)


@lru_cache(maxsize=8192)
def _is_foreign_phrase(text: str) -> bool:
    words = text.split()
    english = lexicon.english()
    return (
        not {text, " ".join([*words[:-1], singular(words[-1])]), " ".join(map(singular, words))}
        & english.keys()
    )


def _settled(terms: list[Term]) -> list[Term]:
    """Words of two meanings, as their neighbours settle them.

    A heart before a gem, or on a ring or earring with one, is the stone's cut and no shape in metal. "Radiant" is
    praise where another cut is named or no stone is. An emerald before "emerald-cut diamond" is that cut.
    """
    around = _Around(terms)
    return [
        replace(term, slot="cut")
        if around.cuts_a_heart(term) or around.cuts_an_emerald(term)
        else replace(term, slot="style wish", value=term.text)
        if around.praises(term)
        else term
        for term in terms
    ]


def _places(terms: list[Term], slot: str, value: str) -> set[int]:
    return {term.start for term in terms if (term.slot, term.value) == (slot, value)}


def _is_worn(terms: list[Term]) -> bool:
    """Whether the piece is one whose hearts are set stones."""
    return any(term.slot.startswith("kind") and term.value in ("ring", "earrings") for term in terms)


def _emerald_cut_of_another(gems: list[Term], cuts: list[Term]) -> int:
    """Where "emerald cut" stands before another gem; 0 where it does not."""
    others = {gem.start for gem in gems if gem.value != "emerald"}
    return next((cut.start for cut in cuts if cut.value == "emerald" and cut.end in others), 0)


class _Around:
    """What the words of a prompt say together about one of two meanings."""

    def __init__(self, terms: list[Term]) -> None:
        gems = [term for term in terms if term.slot in ("gem", "substitute") and not term.negated]
        cuts = [term for term in terms if term.slot == "cut" and term.text != "radiant"]
        self._stones = {gem.start for gem in gems} | _places(terms, "stone", "any")
        self._set_hearts = _is_worn(terms) and bool(gems) and not cuts
        self._shaped = bool(cuts) or bool(_places(terms, "shape", "round"))
        self._emerald_cut = _emerald_cut_of_another(gems, cuts)

    def cuts_a_heart(self, term: Term) -> bool:
        """Whether a heart is a stone's cut."""
        before = bool({term.end, term.end + 1} & self._stones)
        return (term.slot, term.value) == ("form", "heart") and (before or self._set_hearts)

    def cuts_an_emerald(self, term: Term) -> bool:
        """Whether an emerald names the cut of another stone that comes later."""
        return term.slot == "gem" and term.text == "emerald" and term.start < self._emerald_cut

    def praises(self, term: Term) -> bool:
        """Whether "radiant" is praise."""
        return term.slot == "cut" and term.text == "radiant" and (self._shaped or not self._stones)


_PLAIN_GOLD = frozenset(
    {
        "gold",
        "golden",
        "oro",
        "or",
        "ouro",
        "goud",
        "gouden",
        "solid gold",
        "gelbgold",
        "goldener",
        "goldene",
        "goldenes",
    }
)
_GOLD_COLOURS = {
    **dict.fromkeys(
        ("white", "weiss", "blanc", "blanche", "bianco", "blanco", "branco", "wit"), "white_gold"
    ),
    **dict.fromkeys(("rose", "pink", "red", "rot", "rosa", "rosado", "rosso"), "rose_gold"),
    **dict.fromkeys(("yellow", "gelb", "jaune", "giallo", "amarillo", "amarelo"), "yellow_gold"),
}
_FINENESS_WORDS = frozenset(
    [
        "k",
        "kt",
        "karat",
        "karats",
        "ct",
        "cts",
        "carat",
        "carats",
        "carati",
        "carato",
        "quilates",
        "quilate",
        "kilates",
        "kt.",
        "er",
        "9",
        "10",
        "12",
        "14",
        "18",
        "20",
        "21",
        "22",
        "24",
        "333",
        "375",
        "417",
        "585",
        "750",
        "916",
        ".",
        ",",
        "/",
        "and",
    ]
)


def _coloured_gold(tokens: tuple[str, ...], terms: list[Term]) -> tuple[list[Term], set[int]]:
    """Plain gold takes the colour behind its fineness ("gold 18ct. white") or before it ("white 18k gold").

    Gives the terms and the places of the colours.
    """
    stony = {
        place
        for term in terms
        if term.slot in ("gem", "substitute", "stone")
        for place in range(term.start, term.end)
    }
    recoloured, places = [], set[int]()
    for term in terms:
        plain = term.slot == "metal" and term.text in _PLAIN_GOLD
        around = _colours_near(tokens, term, stony) if plain else []
        places |= set(around)
        colours = [_GOLD_COLOURS[tokens[place]] for place in around]
        if len(colours) > 1:
            recoloured.append(replace(term, slot="metals", value=" ".join(colours[:2])))
        else:
            recoloured.append(replace(term, value=colours[0]) if colours else term)
    return [term for term in recoloured if term.slot != "hue" or term.start not in places], places


def _bare_colours(tokens: tuple[str, ...], reader: "_Reader") -> Iterator[Term]:
    """The trade says "18k white" for white gold, and "9ct. rose"."""
    covered = {place for term in reader.terms if term.slot != "hue" for place in range(term.start, term.end)}
    for measure in reader.measures:
        if measure.unit not in ("karat", "ct") or measure.number not in lexicon.FINENESS:
            continue
        place = measure.end + (tokens[measure.end : measure.end + 1] == (".",))
        colour = _GOLD_COLOURS.get(tokens[place]) if place < len(tokens) else None
        before = tokens[max(measure.start - 1, 0) : measure.start]
        if (
            colour
            and not {place, place + 1} & (covered - _metal_places(reader, place + 1))
            and before != ("gold",)
        ):
            yield Term(place, place + 1, tokens[place], "metal", colour)


def _metal_places(reader: "_Reader", place: int) -> set[int]:
    """The place behind a colour, where a stone's name does not make the colour its own."""
    stony = ("gem", "substitute", "stone", "metal", "metals")
    return set() if any(term.start == place and term.slot in stony for term in reader.terms) else {place}


def _colours_near(tokens: tuple[str, ...], gold: Term, stony: set[int]) -> list[int]:
    """Places of the colours behind a gold word and its fineness, else of the one before them."""
    behind: list[int] = []
    for place in range(gold.end, min(gold.end + 6, len(tokens))):
        if tokens[place] in _GOLD_COLOURS and place not in stony:
            behind.append(place)
        elif tokens[place] not in _FINENESS_WORDS:
            break
    if behind == [gold.end] and tokens[gold.end + 1 : gold.end + 2] == ("gold",):
        return []  # "gold white gold" names two
    if behind:
        return behind
    for place in range(gold.start - 1, max(gold.start - 6, -1), -1):
        if tokens[place] in _GOLD_COLOURS and place not in stony:
            return [place]
        if tokens[place] not in _FINENESS_WORDS:
            break
    return []


_ENAMEL = frozenset({"stripe", "inlay", "line", "enamel", "enameled", "enamelled", "enameling"})
_INLAYS = frozenset(
    ["channel", "stripe", "inlay", "inlays", "line", "strip", "streak", "groove", "inlaid", "enamel"]
)


def _aside_from_metal(tokens: tuple[str, ...], terms: list[Term]) -> list[Term]:
    """Metals named for an inlay ("a channel of white gold", "a yellow gold stripe") are no metal of the body."""
    bodies = [term for term in terms if term.slot in ("metal", "metals")]
    turned: list[Term] = []
    for term in terms:
        around = tokens[term.end : term.end + 1] + tokens[max(term.start - 2, 0) : term.start]
        if term.slot == "metal" and len(bodies) > 1 and _INLAYS & set(around):
            turned = [other for other in turned if other.slot != "accents" or other.end < term.start - 2]
            turned.append(replace(term, slot="inlay", value="other"))
        elif term.slot == "hue" and _ENAMEL & set(tokens[term.end : term.end + 2]):
            turned.append(replace(term, slot="inlay", value="other"))
        else:
            turned.append(term)
    return turned


@cache
def _vocabulary() -> dict[tuple[str, ...], list[Meaning]]:
    return {tuple(fold(phrase).split()): meanings for phrase, meanings in lexicon.vocabulary().items()}


@cache
def _longest() -> dict[str, int]:
    """First words of phrases, each with the words of the longest that begins so."""
    longest: dict[str, int] = {}
    for phrase in _vocabulary():
        for first in (phrase[0], singular(phrase[0])):
            longest[first] = max(longest.get(first, 1), len(phrase))
    for language in foreign.STEMMED:
        for key in foreign.stemmed(language):
            longest[key[0]] = max(longest.get(key[0], 1), len(key))
    return longest


@cache
def _dictionary() -> tuple[Dictionary, frozenset[str]]:
    """What misspelt words are compared with, and the words that mean what they say."""
    words = {word for phrase in _vocabulary() for word in phrase}
    jewelers: dict[str, object] = {word: tuple(_vocabulary().get((word,), ())) for word in sorted(words)}
    jewelers |= dict(lexicon.UNITS)
    # What is not made anyway is spelt right or unknown: "shallow" is no swallow.
    other = {word for phrase in _vocabulary() if _is_unmade(phrase) for word in phrase}
    makeable = {word for phrase in _vocabulary() if not _is_unmade(phrase) for word in phrase}
    others = lexicon.FILLER | lexicon.PRAISE | lexicon.PICTURE | lexicon.NEGATIONS
    known = others | frozenset(lexicon.ROLES) | frozenset(lexicon.NUMBERS)
    mendable = {
        word: meanings for word, meanings in jewelers.items() if word in makeable or word not in other
    }
    return Dictionary(mendable, known | other, foreign.is_known), known | frozenset(jewelers)


def _is_unmade(phrase: tuple[str, ...]) -> bool:
    return all(slot in ("motif", "material", "unmade") for slot, _ in _vocabulary()[phrase])


def is_plural(term: Term) -> bool:
    """Whether a noun stands in the plural: tables hold singulars, so that any inflected form of a gem is one."""
    last = term.text.split()[-1]
    return singular(last) != last or tuple(term.text.split()) not in _vocabulary()


def _mend(tokens: list[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Tokens as they were meant, and what was changed for that."""
    dictionary, known = _dictionary()
    meant: dict[str, tuple[str, ...]] = {}
    for word in dict.fromkeys(tokens):
        as_written = (
            word in known or singular(word) in known or foreign.is_known(word) or bool(together([word]))
        )
        meant[word] = (word,) if as_written else dictionary.mend(_without_article(word, known))
    mended = tuple(
        (word, " ".join(words)) for word, words in meant.items() if words not in ((word,), (word[2:],))
    )
    return tuple(part for word in tokens for part in meant[word]), mended


def _without_article(word: str, known: frozenset[str]) -> str:
    """An Arabic word without the article before it, a French one without its elided one."""
    for article in ("ال", "d'", "l'"):
        if word.startswith(article) and word[2:] in known:
            return word[2:]
    return word


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
        first = self.tokens[self.at]
        stems = (
            ()
            if first in lexicon.ENGLISH
            else tuple(foreign.stem(language, first) for language in foreign.STEMMED)
        )
        most = max(_longest().get(word, 0) for word in (first, singular(first), *stems))
        for count in range(min(most, len(self.tokens) - self.at), 0, -1):
            words = self.tokens[self.at : self.at + count]
            meanings = _exactly(words) or (_inflected(words) if stems else ())
            if meanings and not self._is_a_conjunction(words):
                for slot, value in meanings:
                    self._term(count, slot, value)
                return count
        return 0

    def _is_a_conjunction(self, words: tuple[str, ...]) -> bool:
        """Whether “or” joins two English words; in French it is gold."""
        if words != ("or",):
            return False
        around = self.tokens[max(self.at - 3, 0) : self.at] + self.tokens[self.at + 1 : self.at + 4]
        french = any(_is_french(word) for word in around)
        return not french

    def _term(self, count: int, slot: str, value: str) -> None:
        text = " ".join(self.tokens[self.at : self.at + count])
        self.terms.append(Term(self.at, self.at + count, text, slot, value, negated=self.negating))

    def _measure(self) -> int:
        start = self._amount(self.at)
        if start is None:
            return 0
        value, end = start
        second, end = self._second(end)
        if self.tokens[end : end + 1] == ("a",) and value < 1:
            end += 1  # "half a carat"
        unit, factor, end = self._unit(end)
        if second is not None and not unit:
            unit = "mm"  # "pear aquamarines 10x7"
        text = " ".join(self.tokens[self.at : end])
        both = None if second is None else second * factor
        self.measures.append(Measure(self.at, end, text, value * factor, unit, both))
        if unit and end < len(self.tokens) and self.tokens[end] in lexicon.ROLES:
            self.roles.append(Term(end, end + 1, self.tokens[end], "role", lexicon.ROLES[self.tokens[end]]))
            end += 1
        return end - self.at

    def _amount(self, at: int) -> tuple[float, int] | None:
        """A number at a place and the place behind it: digits, a fraction, "1 1/2", or words."""
        value = self._number(at)
        if value is None:
            return self._spelt(at)
        end = at + 1
        if "/" not in self.tokens[at] and "/" in "".join(self.tokens[end : end + 1]):
            more = self._number(end)
            if more is not None:
                return value + more, end + 1
        return value, end

    def _spelt(self, at: int) -> tuple[float, int] | None:
        if at >= len(self.tokens) or self.tokens[at] in lexicon.FILLER:
            return None
        amount = together(self.tokens[at : at + 3])
        if amount is None or (self.tokens[at] in AMBIGUOUS and not _is_foreign(self.tokens[at + 1 : at + 2])):
            return None
        return amount[0], at + amount[1]

    def _second(self, end: int) -> tuple[float | None, int]:
        """The second number of "8 x 6" and of "8 mm x 6 mm", and the place behind it."""
        behind = end + (self.tokens[end : end + 1] != () and self.tokens[end] in lexicon.UNITS)
        if (
            self.tokens[behind : behind + 1] in (("x",), ("by",))
            and (other := self._number(behind + 1)) is not None
        ):
            return other, behind + 2
        return None, end

    def _unit(self, end: int) -> tuple[str, float, int]:
        if end < len(self.tokens) and self.tokens[end] in lexicon.UNITS:
            unit, factor = lexicon.UNITS[self.tokens[end]]
            return unit, factor, end + 1
        return "", 1.0, end

    def _number(self, at: int) -> float | None:
        return number(self.tokens[at]) if at < len(self.tokens) else None

    def _word(self) -> int:
        token = self.tokens[self.at]
        if token in lexicon.NEGATIONS:
            self.negating = True
        elif token in _BREAKS:
            self.negating = False
        if token in lexicon.ROLES:
            self.roles.append(Term(self.at, self.at + 1, token, "role", lexicon.ROLES[token]))
        if token in _SILENT or token in _BREAKS or not any(letter.isalpha() for letter in token):
            return 1
        for slot, words in (("style", lexicon.PRAISE), ("picture", lexicon.PICTURE)):
            if token in words or singular(token) in words:
                self._term(1, f"{slot} wish", token)
                return 1
        if token not in lexicon.UNITS and (len(token) > 1 or not token.isascii()):
            self.unknown.append(token)
        return 1


_SILENT = lexicon.NEGATIONS | lexicon.FILLER | frozenset(lexicon.ROLES)


@lru_cache(maxsize=8192)
def _exactly(words: tuple[str, ...]) -> list[Meaning] | tuple[()]:
    """What a phrase means as it is written, or as an English plural."""
    for last in dict.fromkeys((words[-1], singular(words[-1]))):
        if meanings := _vocabulary().get((*words[:-1], last)):
            return meanings
    return _vocabulary().get(tuple(map(singular, words)), ())


@lru_cache(maxsize=8192)
def _inflected(words: tuple[str, ...]) -> tuple[Meaning, ...]:
    """What a phrase means as an inflection of one in another language."""
    if any(word in _dictionary()[1] for word in words if len(words) == 1 and word in lexicon.FILLER):
        return ()
    for language in foreign.STEMMED:
        if meanings := foreign.stemmed(language).get(tuple(foreign.stem(language, word) for word in words)):
            return meanings
    return ()


def _is_french(word: str) -> bool:
    return number(word) is not None or (
        word not in lexicon.ENGLISH and (foreign.stem("french", word),) in foreign.stemmed("french")
    )


def _is_foreign(words: tuple[str, ...]) -> bool:
    return any(foreign.is_known(word) for word in words)
