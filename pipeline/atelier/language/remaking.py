"""What a piece is to be made of again ("my ring into a pendant"): that gives its stones and metal, and is not made.

A word leads to the source ("made from my ring", "aus dem Ring"), parts it from what it becomes ("turn the ring into a
pendant"), or, where a language has its verb behind both, the source is named first.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from pipeline.atelier.language import foreign
from pipeline.atelier.language.terms import STONE_SLOTS, Term
from pipeline.atelier.language.text import fold, words_of

SOURCE = "source"
"""Slot of words for what a piece is made of again."""

_PIECES = ("kind", "kind_medium", "kind_weak")
_OF_A_PIECE = frozenset({
    *_PIECES, "style", "form", "noun", "chain", "clasp", "strand", "lay", "hung", "worn", "shank", "motif",
})  # fmt: skip
"""Slots of words that say what a piece looks like, which what is made of it does not."""
_MATERIALS = ({"metal", "metals"}, {*STONE_SLOTS})
"""Sorts of which the new piece has its own where it names one, else the source's."""

_ENDS = frozenset(".;!?")
_STOPS = frozenset(
    {",", ".", ";", "!", "?", ":", "(", ")", "with", "mit", "avec", "con", "com", "met", "с", "z"}
)
"""Tokens that no source stands behind when they follow its lead."""
_REACH = 6
"""Words from a lead to the source: "made from my late grandmother's old wedding ring"."""
_NEAR = 2
"""Words from a lead that alone says little, as "van" and "z" do."""
_TO_TARGET = 7
"""Words from "into" to what is made: "into a small drop-shaped white gold pendant"."""
_MOST_PIECES = 24
"""Pieces that are looked at together; a prompt with more is a list."""
_BEFORE = 4
"""Words before a source that describe it."""


@dataclass(frozen=True)
class Words:
    """How a language says that one piece is made of another."""

    verbs: tuple[str, ...]
    """Beginnings of its verbs of making again; in English whole words."""
    makes: tuple[str, ...]
    """Beginnings of verbs that make anything, with which a weak lead is believed."""
    leads: frozenset[tuple[str, ...]]
    """Phrases right before a source."""
    weak: frozenset[tuple[str, ...]]
    """Phrases that alone say little: "van de", "z"."""
    pivots: frozenset[tuple[str, ...]]
    """Phrases between a source and what it becomes."""
    last: tuple[str, ...]
    """Beginnings of verbs that stand behind both; of another script than ours, parts of words, for some part none."""

    def ends_with_verb(self, token: str) -> bool:
        """Whether a token is a verb of making again that stands behind the source and what it becomes."""
        return any(token.startswith(verb) if verb.isascii() else verb in token for verb in self.last)

    def has_verb(self, token: str) -> bool:
        """Whether a token is a verb of making again."""
        return token.startswith(self.verbs) or self.ends_with_verb(token)

    def makes_any(self, token: str) -> bool:
        """Whether a token is a verb of making, again or at all."""
        return token.startswith((*self.verbs, *self.makes))


def _words(table: Mapping[str, Sequence[str]]) -> Words:
    def phrases(value: str) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(fold(phrase).split()) for phrase in table.get(value, ()))

    def words(value: str) -> tuple[str, ...]:
        return tuple(" ".join(phrase) for phrase in sorted(phrases(value)))

    return Words(words("verb"), words("make"), phrases("from"), phrases("of"), phrases("into"), words("last"))


_ENGLISH = words_of(
    """
    turn turns turned turning convert converted converting transform transformed make made making remake remade remodel
    remodelled remodeled remodelling remodeling rework reworked melt melted melting recast reset change changed changing
    repurpose repurposed upcycle upcycled redesign redesigned become becomes becoming rebuild use using reuse reusing
    """
)
"""English verbs, whole: a convertible necklace is made of nothing else, and recycled silver is no piece."""
_INTO = frozenset({("into",), ("become",), ("becomes",), ("becoming",)})
_PURPOSE = frozenset({("to", "make"), ("and", "make"), ("to", "create"), ("and", "create"), ("to", "form")})
_MELTING = frozenset({"melt", "melted", "melting", "recast", "use", "using", "reuse", "reusing", "repurpose"})
"""Verbs of which what they melt stands before its purpose: "melt down two rings to make a bangle"."""
_WHOSE = (
    "my", "her", "his", "our", "their", "the", "an", "a", "old", "grandma's", "granny's", "nan's", "nana's", "mum's",
    "mom's", "dad's", "two", "both", "these", "this", "those",
)  # fmt: skip
_SHAPED = ("made", "remade", "recast", "cast", "created", "crafted", "fashioned", "reworked", "remodelled", "remodeled",
           "converted", "upcycled", "forged")  # fmt: skip
_LEADS = frozenset({
    ("out", "of"), ("reusing",),
    *((verb, "from") for verb in _SHAPED),
    *(("from", whose) for whose in _WHOSE if whose not in ("the", "a")),
    *((verb, "of", whose) for verb in ("made", "remade") for whose in _WHOSE),
    *(("using", whose) for whose in _WHOSE),
})  # fmt: skip
_LANGUAGES = tuple(_words(foreign.remaking(language)) for language in foreign.TABLES)
_EVERY_LEAD = _LEADS.union(*(words.leads for words in _LANGUAGES))
_JOINED = ("dall'",)
"""Leads that are written together with the source."""
_AIMS = ("に", "へ")
"""Particles behind what is made, wherever it stands."""
_LONGEST = 4
"""Words of the longest phrase."""


def remade(tokens: Sequence[str], terms: Sequence[Term]) -> list[Term]:
    """The terms; those that only describe what the piece is to be made of have a slot of their own."""
    pieces = [term for term in terms if term.slot in _PIECES and not term.negated]
    ends: dict[int, int] = {}
    for term in sorted(pieces, key=lambda term: term.start):
        ends[term.start] = max(ends.get(term.start, 0), term.end)
    regions = dict(_sources(tokens, ends)) if 1 < len(ends) <= _MOST_PIECES else {}
    if not regions or len(regions) == len(ends):
        return [*terms]
    turned = {term for start in regions for term in terms if _is_of(tokens, term, range(start, ends[start]))}
    turned |= set(_materials(terms, {place for region in regions.values() for place in region}))
    return [replace(term, slot=SOURCE) if term in turned else term for term in terms]


def _is_of(tokens: Sequence[str], term: Term, source: range) -> bool:
    """Whether a term names a source, or stands before it and says what that looks like."""
    looks = term.slot in _OF_A_PIECE and term.slot not in _PIECES
    before = range(_first(tokens, source.start), source.start)
    return (term.start in source and term.slot in _OF_A_PIECE) or (term.start in before and looks)


@lru_cache(maxsize=8192)
def is_verb(token: str) -> bool:
    """Whether a token is a verb of making again in some language."""
    return token in _ENGLISH or any(words.has_verb(token) for words in _LANGUAGES)


@lru_cache(maxsize=8192)
def _is_last(token: str) -> bool:
    """Whether a token is a verb that stands behind a source and what it becomes."""
    return any(words.ends_with_verb(token) for words in _LANGUAGES)


def _sources(tokens: Sequence[str], ends: Mapping[int, int]) -> Iterator[tuple[int, range]]:
    """Where each source begins, and the places of what is said of it; ``ends`` of all pieces by their starts."""
    for places in _sentences(tokens):
        within = [start for start in ends if start in places]
        led = dict(_led(tokens, places, {start: ends[start] for start in within}))
        yield from led.items()
        if any(_is_last(tokens[place]) for place in places):
            target = _aimed_at(tokens, {start: ends[start] for start in within})
            yield from ((start, range(places.start, ends[start])) for start in within if start != target)
        elif not led and (pivot := _pivot(tokens, within, places)):
            yield from ((start, range(min(start, places.start), pivot)) for start in ends if start < pivot)


def _aimed_at(tokens: Sequence[str], ends: Mapping[int, int]) -> int | None:
    """What is made in a sentence that ends with its verb: the piece that a particle makes the target, else the last."""
    aimed = (start for start, end in ends.items() if "".join(tokens[end : end + 1]).startswith(_AIMS))
    return next(aimed, max(ends, default=None))


def _led(tokens: Sequence[str], places: range, ends: Mapping[int, int]) -> Iterator[tuple[int, range]]:
    """Sources of a sentence behind a phrase that leads to them."""
    leads = [(_EVERY_LEAD, _REACH)]
    said = {tokens[place] for place in places}
    leads += [(words.weak, _NEAR) for words in _LANGUAGES if words.weak and any(map(words.makes_any, said))]
    for place in places:
        joined = place if place in ends and tokens[place].startswith(_JOINED) else None
        at, reach = next(
            ((place + n, r) for phrases, r in leads if (n := _begins(tokens, place, phrases))), (place, 0)
        )
        stop = next((k for k in range(at, places.stop) if tokens[k] in _STOPS), places.stop)
        start = next((start for start in ends if at <= start < min(at + reach, stop)), joined)
        if start is not None:
            yield start, range(place, max(stop, ends[start]))


def _begins(tokens: Sequence[str], place: int, phrases: Set[tuple[str, ...]]) -> int:
    """How many tokens at a place are one of the phrases; 0 where they are none."""
    return next((n for n in range(_LONGEST, 0, -1) if (*tokens[place : place + n],) in phrases), 0)


def _sentences(tokens: Sequence[str]) -> Iterator[range]:
    """The places of each sentence."""
    stops = [place for place, token in enumerate(tokens) if token in _ENDS]
    for first, behind in pairwise([-1, *stops, len(tokens)]):
        yield range(first + 1, behind)


def _pivot(tokens: Sequence[str], within: Sequence[int], places: range) -> int:
    """The place between a source and what is made of it, in a sentence with a verb; 0 where there is none."""
    said = {*filter(is_verb, (tokens[place] for place in places))}
    pivots = {phrase for words in _LANGUAGES if any(map(words.has_verb, said)) for phrase in words.pivots}
    if not _ENGLISH.isdisjoint(said):
        pivots |= _INTO
    melting = next((place for place in places if tokens[place] in _MELTING), places.stop)
    for place in places:
        at = place + (
            _begins(tokens, place, pivots) or (place > melting and _begins(tokens, place, _PURPOSE))
        )
        if at > place and any(at <= start < at + _TO_TARGET for start in within):
            return place
    return 0


def _first(tokens: Sequence[str], start: int) -> int:
    """Where the words that describe a source begin."""
    place = start
    while (
        place > max(start - _BEFORE, 0) and tokens[place - 1] not in _STOPS and not is_verb(tokens[place - 1])
    ):
        place -= 1
    return place


def _materials(terms: Sequence[Term], region: set[int]) -> Iterator[Term]:
    """Metals and stones of the sources, where the new piece names its own."""
    for slots in _MATERIALS:
        named = [term for term in terms if term.slot in slots and not term.negated]
        newly = [term for term in named if term.start not in region and not _is_of_a_chain(terms, term)]
        if newly:
            yield from (term for term in named if term.start in region)


def _is_of_a_chain(terms: Sequence[Term], metal: Term) -> bool:
    """Whether a metal is the chain's, which says nothing of the rest."""
    return any(term.start == metal.end and term.slot in ("kind_weak", "chain") for term in terms)
