"""Which gold is meant: its colour behind a fineness or before it, and metals that are an inlay's and not the body's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

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
