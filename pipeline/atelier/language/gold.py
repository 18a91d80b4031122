"""Which gold is meant: its colour behind a fineness or before it, and metals that are an inlay's and not the body's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from pipeline.atelier.language import foreign, lexicon
from pipeline.atelier.language.terms import Measure, Term

PLAIN_GOLD = frozenset({
    "gold", "golden", "oro", "or", "ouro", "goud", "gouden", "solid gold", "goldener", "goldene",
    "goldenes", "金", "ذهب", "sona", "sone", "सोना", "सोने", "ゴールド", "dore", "dorado",
})  # fmt: skip
"""Gold of no colour, which any gold is."""
_GOLD_COLOURS = {
    **dict.fromkeys(
        ("white", "weiss", "blanc", "blanche", "bianco", "blanco", "branco", "wit"), "white_gold"
    ),
    **dict.fromkeys(("rose", "pink", "red", "rot", "rosa", "rosado", "rosso"), "rose_gold"),
    **dict.fromkeys(("yellow", "gelb", "jaune", "giallo", "amarillo", "amarelo"), "yellow_gold"),
}
_JOINING = frozenset({"and", "und", "et", "y", "e", "en", "i", "и", "ve", "&", "+", "/"})
_JOINTS = _JOINING | {",", "-"}
_WHERE = frozenset(
    {
        "inside",
        "outside",
        "within",
        "edge",
        "edges",
        "rim",
        "rims",
        "centre",
        "center",
        "middle",
        "innen",
        "aussen",
    }
)
"""Where on a piece of two golds one of them lies."""
_LEADS = frozenset({"in", "of", "aus", "de", "d", "en", "di", "van", "z", "из", ":"})
_FINENESS_WORDS = frozenset({
    "k", "kt", "karat", "karats", "ct", "cts", "carat", "carats", "carati", "carato", "quilates", "quilate", "kilates",
    "kt.", "er", "9", "10", "12", "14", "15", "18", "20", "21", "22", "24", "333", "375", "417", "585", "750", "916",
    ".", ",", "/", "and",
})  # fmt: skip
_ENAMEL = frozenset({"stripe", "inlay", "line", "enamel", "enameled", "enamelled", "enameling"})
_INLAYS = frozenset(
    ["channel", "stripe", "inlay", "inlays", "line", "strip", "streak", "groove", "inlaid", "enamel"]
)


def is_plain(term: Term) -> bool:
    """Whether a metal is gold without its colour."""
    return term.text in PLAIN_GOLD or foreign.is_plain_gold(term.text)


def coloured_gold(tokens: tuple[str, ...], terms: list[Term]) -> tuple[list[Term], set[int]]:
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
        plain = term.slot == "metal" and is_plain(term)
        around = _colours_near(tokens, term, stony) if plain else []
        places |= set(around)
        colours = [_GOLD_COLOURS[tokens[place]] for place in around]
        if len(colours) > 1:
            recoloured.append(replace(term, slot="metals", value=" ".join(colours[:2])))
        else:
            recoloured.append(replace(term, value=colours[0]) if colours else term)
    return [term for term in recoloured if term.slot != "hue" or term.start not in places], places


def bare_colours(
    tokens: tuple[str, ...], terms: Sequence[Term], measures: Sequence[Measure]
) -> Iterator[Term]:
    """The trade says "18k white" for white gold, and "9ct. rose"."""
    covered = {place for term in terms if term.slot != "hue" for place in range(term.start, term.end)}
    for measure in measures:
        if measure.unit not in ("karat", "ct") or measure.number not in lexicon.FINENESS:
            continue
        place = measure.end + (tokens[measure.end : measure.end + 1] == (".",))
        colour = _GOLD_COLOURS.get(tokens[place]) if place < len(tokens) else None
        before = tokens[max(measure.start - 1, 0) : measure.start]
        if (
            colour
            and not {place, place + 1} & (covered - _metal_places(terms, place + 1))
            and before != ("gold",)
        ):
            yield Term(place, place + 1, tokens[place], "metal", colour)


def shared_colours(tokens: tuple[str, ...], terms: Sequence[Term]) -> Iterator[Term]:
    """Colours that share their gold's noun: "oro blanco y amarillo", "in rose, white and yellow gold".

    Of a piece in two tones also "white inside, yellow outside", where nothing else has the colour.
    """
    free = _free_colours(tokens, terms)
    shared = list(
        chain.from_iterable(_sharing(tokens, term, free) for term in terms if _is_coloured_gold(term))
    )
    if any(term.slot == "two_tone" for term in terms):
        shared += [place for place in free if _WHERE & {*tokens[place + 1 : place + 3]}]
    for place in dict.fromkeys(shared):
        if not _describes(tokens, terms, place):
            yield Term(place, place + 1, tokens[place], "metal", gold_colour(tokens[place]) or "")


def _free_colours(tokens: tuple[str, ...], terms: Sequence[Term]) -> list[int]:
    """Places of gold's colours that no term covers."""
    covered = {place for term in terms if term.slot != "hue" for place in range(term.start, term.end)}
    return [place for place, token in enumerate(tokens) if place not in covered and gold_colour(token)]


def _is_coloured_gold(term: Term) -> bool:
    return term.slot == "metal" and term.value.endswith("gold") and not is_plain(term)


def _sharing(tokens: tuple[str, ...], gold: Term, free: Sequence[int]) -> list[int]:
    """Places of the colours before a gold and its noun, or behind it, that belong to the noun as well."""
    before, place = list[int](), gold.start
    while (colour := _past(tokens, place - 1, -1)) in free and colour < place - 1:
        before.append(colour)
        place = colour
    joined = not _JOINING.isdisjoint(tokens[place : gold.start])
    if not joined and (place == 0 or tokens[place - 1] not in _LEADS):
        before = []  # commas alone join whatever stands in a title
    behind = gold.end
    while tokens[behind : behind + 1] and tokens[behind] in _WHERE:
        behind += 1
    colour = _past(tokens, behind, 1)
    return [*before, colour] if colour in free and colour > behind else before


def _past(tokens: tuple[str, ...], place: int, step: int) -> int:
    """The first place that holds no joint."""
    while 0 <= place < len(tokens) and tokens[place] in _JOINTS:
        place += step
    return place


def _describes(tokens: tuple[str, ...], terms: Sequence[Term], place: int) -> bool:
    """Whether a colour is that of the thing behind it: "white gold and yellow diamonds", "rose flowers"."""
    behind = tokens[place + 1 : place + 2]
    begun = [term for term in terms if term.start == place + 1]
    if begun:
        return any(term.slot not in _PIECES for term in begun)
    return bool(behind) and behind[0].isalpha() and behind[0] not in _WHERE | _JOINTS | _FUNCTION


_PIECES = frozenset({"kind", "kind_medium", "kind_weak", "style", "metal", "metals"})
_FUNCTION = frozenset(
    {"with", "mit", "avec", "con", "com", "met", "z", "с", "on", "for", "set", "in", "of", "by", "the"}
)
"""Words that begin something else behind a colour."""


def gold_colour(word: str) -> str | None:
    """The gold that a colour makes, in any language that declines its words; None for other words."""
    return _GOLD_COLOURS.get(word) or foreign.gold_colour(word)


def _metal_places(terms: Sequence[Term], place: int) -> set[int]:
    """The place behind a colour, where a stone's name does not make the colour its own."""
    stony = ("gem", "substitute", "stone", "metal", "metals")
    return set() if any(term.start == place and term.slot in stony for term in terms) else {place}


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


def aside_from_metal(tokens: tuple[str, ...], terms: list[Term]) -> list[Term]:
    """Metals named for an inlay ("a channel of white gold", "a yellow gold stripe") are no metal of the body."""
    bodies = [term for term in terms if term.slot in ("metal", "metals")]
    several = len({term.value for term in bodies}) > 1
    turned: list[Term] = []
    for term in terms:
        around = tokens[term.end : term.end + 1] + tokens[max(term.start - 2, 0) : term.start]
        if term.slot == "metal" and several and _INLAYS & set(around):
            turned = [other for other in turned if other.slot != "accents" or other.end < term.start - 2]
            turned.append(replace(term, slot="inlay", value="other"))
        elif term.slot == "hue" and _ENAMEL & set(tokens[term.end : term.end + 2]):
            turned.append(replace(term, slot="inlay", value="other"))
        else:
            turned.append(term)
    return turned
