"""What a prompt asks for that the piece does not show: told, never silently dropped."""

from collections.abc import Iterator
from itertools import chain

from pipeline.atelier.language import lexicon
from pipeline.atelier.language.context import STONE_SLOTS, Draft
from pipeline.atelier.language.parse import Term, singular
from pipeline.atelier.language.stones import no_stone
from pipeline.atelier.spec import Spec

_SHAPES = frozenset({"round", "princess", "emerald", "oval", "pear", "marquise", "cushion", "cabochon"})
"""Cuts whose names are said of metal too: an oval locket, a square signet."""


def tell_omissions(draft: Draft, spec: Spec, told: set[str]) -> None:
    """Add a sentence for each term without a trace in `spec`; `told` are the spec's fields already spoken of."""
    found = (_standins(draft), _hues(draft, spec), _stones(draft, spec, told), _settings(draft, spec))
    for text in chain(*found, _parts(draft, spec)):
        draft.assume(text)


def _standins(draft: Draft) -> Iterator[str]:
    terms = [*draft.every("style", "cut", "chain", "kind", "standin"), *draft.side_cuts]
    for word in dict.fromkeys(singular(word) for term in terms for word in (term.text, *term.text.split())):
        if word in lexicon.STANDINS:
            yield lexicon.STANDINS[word]


def _stones(draft: Draft, spec: Spec, told: set[str]) -> Iterator[str]:
    """Gems, cuts, rows and halos that found no place."""
    if spec.stone is None and spec.accents is None:
        for term in _first_of_each(draft.every("cut")):
            if term.value not in _SHAPES:
                yield f"“{term.text}” is a cut, and this piece has no stone; it is left out."
    if no_stone(draft) or told & {"stone", "accents"}:
        return
    gems = {group.gem for group in (spec.stone, spec.accents) if group}
    for term in _first_of_each(draft.every(*STONE_SLOTS)):
        gem = lexicon.SUBSTITUTES[term.value][0] if term.slot == "substitute" else term.value
        if gem not in gems and term.text != "brilliant":
            yield f"“{term.text}” found no place on this piece; it is left out."
    cuts = {group.cut for group in (spec.stone, spec.accents) if group} | {"round", "cabochon"}
    if spec.stone is not None and spec.stone.cut == "cabochon":
        cuts.add("oval")  # an outline here
    for term in _first_of_each([*draft.every("cut"), *draft.side_cuts]):
        if gems and term.value not in cuts and not _is_told(draft, term):
            yield f"Only one cut can be told apart here; “{term.text}” is left out."
    if spec.accents is None and (rows := draft.every("accents", "sides")):
        yield f"This piece carries no row of small stones; “{rows[0].text}” is left out."
    signet = spec.ring is not None and spec.ring.style == "signet"
    if draft.has("halo") and not signet and not (spec.stone and spec.stone.halo):
        yield "There is no single stone for a halo to surround; it is left out."


def _hues(draft: Draft, spec: Spec) -> Iterator[str]:
    """Colours that no stone has."""
    gems = [group.gem for group in (spec.stone, spec.accents) if group]
    for term in _first_of_each(draft.every("hue")):
        if not any(term.value in lexicon.GEM_HUES.get(gem, "").split(", ") for gem in gems):
            yield f"“{term.text}” found no place on this piece; it is left out."


def _settings(draft: Draft, spec: Spec) -> Iterator[str]:
    """Settings that a row of small stones does not take."""
    if spec.accents is None or spec.stone is not None or spec.bracelet is not None:
        return
    for term in _first_of_each(draft.every("setting")):
        if term.value != "prong":
            yield f"Stones in a row are {spec.accents.setting} set; “{term.text}” is left out."


def _parts(draft: Draft, spec: Spec) -> Iterator[str]:
    """Chains, clasps, shapes and profiles of parts this kind of piece does not have."""
    if spec.chain is None:
        for term in _first_of_each(draft.every("chain", "clasp")):
            yield f"“{term.text}” speaks of a chain, which this {_name(spec)} does not have; it is left out."
    if draft.has("strand") and (spec.chain is None or spec.chain.style != "pearl"):
        yield f"Only pearls are strung; “{draft.every('strand')[0].text}” is left out."
    if spec.ring is None and (profiles := draft.every("profile")):
        yield f"“{profiles[0].text}” speaks of a band, which this {_name(spec)} does not have; it is left out."
    for term in _first_of_each(draft.every("style")):
        if term.value in _STYLES_OF and _STYLES_OF[term.value] != spec.kind:
            yield f"“{term.text}” is not made as a {_name(spec)}; it is left out."
    shown = {"round", *_forms(spec)}
    bare = spec.stone is None and spec.accents is None
    shapes = [term for term in draft.every("cut") if bare and term.value in _SHAPES]
    for term in _first_of_each([*draft.every("form"), *shapes]):
        if term.value not in shown:
            yield f"“{term.text}” is not the shape that is made of this {_name(spec)}; it is left out."


_STYLES_OF: dict[str, str] = {
    "three_stone": "ring", "eternity": "ring", "signet": "ring", "tennis": "bracelet", "circle": "brooch",
    "flower": "brooch", "bar_brooch": "brooch",
}  # fmt: skip
"""Styles that are made of one kind of piece only."""


def _forms(spec: Spec) -> Iterator[str]:
    if spec.pendant is not None:
        yield spec.pendant.form
        if spec.pendant.form == "locket":
            yield "oval"
    if spec.earrings is not None:
        yield "teardrop" if spec.earrings.style == "drop" else spec.earrings.form
        yield spec.earrings.form
    if spec.brooch is not None:
        yield spec.brooch.style
    if spec.stone is not None and spec.stone.cut == "pear":
        yield "teardrop"
    if spec.engraving:
        yield "initial"


def _first_of_each(terms: list[Term]) -> list[Term]:
    return list({term.value: term for term in reversed(terms)}.values())[::-1]


def _is_told(draft: Draft, term: Term) -> bool:
    return any(f"“{term.text}”" in text for text in draft.assumed)


def _name(spec: Spec) -> str:
    return "pair of earrings" if spec.kind == "earrings" else spec.kind
