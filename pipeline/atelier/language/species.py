"""Stones that are called by their variety and its species, or by their colour and it: one stone, not two."""

from dataclasses import replace

from pipeline.atelier.language import foreign, lexicon
from pipeline.atelier.language.terms import STONE_SLOTS, Term

VARIETIES: dict[str, frozenset[str]] = {
    "sapphire": frozenset({"padparadscha"}),
    "garnet": frozenset({"tsavorite"}),
    "tourmaline": frozenset({"rubellite", "paraiba"}),
    "chrysoberyl": frozenset({"alexandrite"}),
    "quartz": frozenset({"amethyst", "citrine", "ametrine", "aventurine"}),
    "agate": frozenset({"carnelian", "onyx"}),
    "jasper": frozenset({"bloodstone"}),
    "jade": frozenset({"jadeite", "nephrite"}),
    "spinel": frozenset({"black spinel", "blue spinel", "red spinel"}),
}
"""Varieties by the species whose name is put beside theirs, all as the lexicon calls them."""


def as_one_stone(terms: list[Term]) -> list[Term]:
    """The terms, sorted by place, a variety and its species next to each other as the variety alone.

    The species stands behind it ("tsavorite garnet"), in the languages of the south before it ("granate tsavorita").
    """
    kept: list[Term] = []
    for term in terms:
        before = kept[-1] if kept else None
        if before is None or before.end != term.start or not _are_stones(before, term):
            kept.append(term)
        elif before.value == term.value or before.value in VARIETIES.get(term.value, ()):
            kept[-1] = replace(before, end=term.end)
        elif term.value in VARIETIES.get(before.value, ()):
            kept[-1] = replace(term, start=before.start)
        else:
            kept.append(term)
    return kept


def coloured(tokens: tuple[str, ...], terms: list[Term]) -> tuple[list[Term], set[int]]:
    """The terms, sorted by place, a stone with its colour in another language as what the trade calls that.

    "Saphir rose" is a pink sapphire and no blue one. Gives the terms and the places of the colours.
    """
    taken = {place for term in terms if term.slot not in _GIVE_WAY for place in range(term.start, term.end)}
    joined, places, spans = list[Term](), set[int](), set[tuple[int, int]]()
    for term in terms:
        if (term.start, term.end) in spans:
            continue  # the same stone by its other meaning
        place = _place_of_its_colour(tokens, term, taken | places)
        if place is None:
            joined.append(term)
            continue
        places.add(place)
        spans.add((term.start, term.end))
        joined.append(_in_its_colour(tokens, term, place))
    return [term for term in joined if term.slot not in _GIVE_WAY or term.start not in places], places


def _place_of_its_colour(tokens: tuple[str, ...], term: Term, taken: set[int]) -> int | None:
    """Where the colour of a stone stands, before it or behind it; None for what has none."""
    if term.slot not in ("gem", "substitute") or term.negated:
        return None
    beside = [place for place in (term.start - 1, term.end) if 0 <= place < len(tokens)]
    return next((p for p in beside if p not in taken and _called(tokens[p], term)), None)


def _in_its_colour(tokens: tuple[str, ...], term: Term, place: int) -> Term:
    start, end = min(place, term.start), max(place + 1, term.end)
    slot, value = _called(tokens[place], term) or (term.slot, term.value)
    return replace(term, start=start, end=end, text=" ".join(tokens[start:end]), slot=slot, value=value)


def without_its_colour(terms: list[Term]) -> list[Term]:
    """The terms, sorted by place, without a stone of a colour that is named right behind: "a pink stone, morganite"."""
    stones = [term for term in terms if term.slot in ("gem", "substitute") and not term.negated]
    named = {
        (stone.start, stone.end)
        for stone in stones
        for other in stones
        if 0 <= other.start - stone.end <= _APPOSED and _is_its_colour(_colour_of(stone), other)
    }
    return [term for term in terms if (term.start, term.end) not in named]


_APPOSED = 2
"""Words between the two: a comma, an article."""


def _colour_of(stone: Term) -> str:
    """The colour by which alone a stone is named; empty for one with a name."""
    colour, _, noun = stone.text.rpartition(" ")
    return colour if noun in lexicon.STONE_NOUNS else ""


def _is_its_colour(colour: str, stone: Term) -> bool:
    named = lexicon.GEM_HUES.get(stone.value, "").split(", ")
    return colour != "" and not _colour_of(stone) and colour in named


_GIVE_WAY = frozenset({"hue", "motif"})
"""What a colour is by itself: a rose is a motif."""


def _called(word: str, stone: Term) -> tuple[str, str] | None:
    """Slot and name of a stone in the colour of a word; None where the word is none, or the stone is never of it."""
    hue = foreign.tint(word)
    if hue is None:
        return None
    if hue in lexicon.GEM_HUES.get(stone.value, "").split(", "):
        return stone.slot, stone.value
    name = f"{hue} {stone.value}"
    return ("substitute", name) if name in lexicon.SUBSTITUTES else None


def _are_stones(one: Term, other: Term) -> bool:
    return {one.slot, other.slot} <= STONE_SLOTS and not one.negated and not other.negated
