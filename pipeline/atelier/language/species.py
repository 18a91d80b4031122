"""Stones that are called by their variety and its species, as dealers and laboratories do: one stone, not two."""

from dataclasses import replace

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


def _are_stones(one: Term, other: Term) -> bool:
    return {one.slot, other.slot} <= STONE_SLOTS and not one.negated and not other.negated
