"""What a prompt says about metals: alloys, fineness, and which part is made of which."""

from typing import Any

from pipeline.atelier.language.context import Draft
from pipeline.atelier.language.parse import singular
from pipeline.atelier.spec import Kind

FINENESS = frozenset({9, 10, 12, 14, 18, 20, 21, 22, 24})
"""Karats that gold is alloyed to."""

HALLMARKS = frozenset({333, 375, 416, 417, 585, 750, 800, 833, 835, 916, 917, 950, 958, 999})
"""Parts in a thousand that hallmarks name, but for sterling's 925."""


def read_metals(draft: Draft, kind: Kind) -> dict[str, Any]:
    """Metals of the piece, of its settings and of its chain."""
    named = [metal for term in draft.every("metal", "metals") for metal in term.value.split()]
    plain_gold = [term for term in draft.every("metal") if term.text in ("gold", "golden")]
    specific = [term for term in draft.every("metal") if term.text not in ("gold", "golden")]
    if plain_gold and any(term.value.endswith("gold") for term in specific):
        named = [
            metal
            for term in draft.every("metal", "metals")
            if term not in plain_gold
            for metal in term.value.split()
        ]
    named += _fineness(draft)
    for term in specific:
        if term.text in _SUBSTITUTE_METALS:
            draft.assume(f"{term.text.capitalize()} is shown as {term.value.replace('_', ' ')}.")
    distinct = list(dict.fromkeys(named))
    if not distinct:
        distinct = ["yellow_gold"]
        draft.assume("No metal is named; yellow gold is used.")
    link = None
    if kind == "necklace" and len(distinct) > 1:
        chains, bodies = ({"chain", "kind_weak"}, {"form", "kind_medium"})
        said = [metal for metal in distinct if _said_of(draft, metal, chains)]
        if not said and _said_of(draft, distinct[1], bodies) and _said_of(draft, distinct[0], {"kind"}):
            said = distinct[:1]  # "a silver necklace with a gold pendant"
        if said and set(distinct) - {said[0]}:
            link = said[0]
            distinct.remove(link)
    if len(distinct) > 1 and _of_settings(draft, distinct[0]) and not _of_settings(draft, distinct[1]):
        distinct[:2] = distinct[1::-1]
    if len(distinct) > 2:
        first, second = (metal.replace("_", " ") for metal in distinct[:2])
        draft.assume(f"More than two metals are named; {first} is used, with settings in {second}.")
    if len(distinct) == 1 and draft.has("two_tone") and link is None:
        distinct.append("white_gold" if distinct[0] != "white_gold" else "yellow_gold")
        draft.assume(
            f"The second metal is not named; {distinct[1].replace('_', ' ')} is used for the settings."
        )
    heads = distinct[1] if len(distinct) > 1 else None
    return {"metal": distinct[0], "second_metal": heads, "chain_metal": link}


_SETTINGS = frozenset(
    {"prong", "claw", "head", "setting", "bezel", "halo", "basket", "collet", "gallery", "mount"}
)
"""What the second metal of a two-tone piece is used for."""


def _of_settings(draft: Draft, metal: str) -> bool:
    """Whether a metal is named for the settings: "white gold prongs on a yellow gold ring"."""
    tokens = draft.sentence.tokens
    kinds = {term.start for term in draft.every("kind", "kind_medium", "kind_weak")}
    return any(
        tokens[term.end : term.end + 1]
        and singular(tokens[term.end]) in _SETTINGS
        and term.end + 1 not in kinds
        for term in draft.every("metal")
        if term.value == metal
    )


def _said_of(draft: Draft, metal: str, slots: set[str]) -> bool:
    """Whether a metal stands before a word of the slots: "on a white gold cable chain"."""
    metals = draft.every("metal")
    for term in metals:
        for place in range(term.end, min(term.end + 4, len(draft.sentence.tokens))):
            if draft.sentence.broken(place, place + 1) or any(other.start == place for other in metals):
                break
            if term.value == metal and any(noun.start == place for noun in draft.every(*slots)):
                return True
    return False


def _fineness(draft: Draft) -> list[str]:
    """Take hallmarks and karats; give the metals that they name by themselves."""
    found: list[str] = []
    for measure, _ in list(draft.measures("")):
        if measure.number == 925:
            draft.take(measure, "metal", "silver")
            found.append("silver")
        elif measure.number in HALLMARKS:
            draft.take(measure, "fineness", f"{measure.number:g}")
    for measure, _ in list(draft.measures("karat")):
        # "18k" is gold's fineness, "4K" and "8K" are pictures.
        slot = ("fineness", "k gold") if measure.number in FINENESS else ("picture", "k")
        draft.take(measure, slot[0], f"{measure.number:g}{slot[1]}")
    for measure, _ in list(draft.measures("ct")):
        # "18ct gold" is the British word for its fineness.
        if measure.number in FINENESS and any(
            0 <= term.start - measure.end <= 1 and term.value.endswith("gold")
            for term in draft.every("metal", "metals")
        ):
            draft.take(measure, "fineness", f"{measure.number:g}k gold")
    return found


_SUBSTITUTE_METALS = frozenset(
    {
        "brass",
        "bronze",
        "copper",
        "steel",
        "stainless steel",
        "titanium",
        "palladium",
        "tungsten",
        "tungsten carbide",
        "cobalt",
        "green gold",
    }
)
