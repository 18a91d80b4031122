"""What a prompt says about a chain: links, length, gauge and clasp; and the shapes that hang from one."""

from typing import Any

from pipeline.atelier.language.context import Draft, beside, clamp, leftover, longest, stone_of
from pipeline.atelier.language.motif import is_motif
from pipeline.atelier.language.stones import gem_name
from pipeline.atelier.language.terms import STONE_SLOTS, Term
from pipeline.atelier.spec import Chain, ChainStyle, Clasp

BY_SCALE: dict[str, dict[str, float]] = {
    "chain": {"small": 1.4, "": 1.9, "large": 4.5},
    "pearls": {"small": 5.0, "": 7.0, "large": 9.0},
    "bracelet chain": {"small": 1.8, "": 3.0, "large": 6.5},
    "pendant": {"small": 13.5, "": 17.0, "large": 25.0},
    "hoop": {"small": 14.0, "": 22.0, "large": 40.0},
    "tube": {"small": 1.5, "": 2.0, "large": 3.5},
    "bangle": {"small": 2.5, "": 4.0, "large": 9.0},
}
"""Sizes in mm that "thin" or "large" mean, and the usual one."""


def read_chain(
    draft: Draft, *, preset: str, alone: bool, length: float | None = None, share: float = 1.0
) -> dict[str, Any]:
    """Read a chain, of a known ``length`` in mm; one that is ``alone`` takes the measures that would be a pendant's.

    Unless its width is given it has that ``share`` of the usual one.
    """
    style = draft.choose(
        "chain",
        ChainStyle,
        "pearl" if draft.strung else "cable",
        "" if draft.strung or draft.has("cord") or draft.has("bead") else _LINKS,
    )
    beads = beads_of(draft)
    if beads is not None:
        style = "bead"
    elif draft.has("bead") and style == "cable":
        style = "ball"
    elif draft.has("cord") and style == "cable" and not draft.every("chain"):
        style = "cord"
    for term in sorted(draft.strung, key=lambda term: term.start):
        gem_name(draft, term)
    clasp = draft.choose("clasp", Clasp, "lobster", "The clasp is not named; a lobster clasp is used.")
    return {
        **({"gem": gem_name(draft, beads)} if beads is not None else {}),
        **({"cord": draft.value("cord")} if style == "cord" else {}),
        "style": style,
        "clasp": clasp,
        "length_mm": clamp(draft, Chain, "length_mm", length or _length(draft)),
        "gauge_mm": clamp(draft, Chain, "gauge_mm", _gauge(draft, style, preset, alone=alone, share=share)),
    }


_LINKS = "The chain's links are not named; a cable chain is used."


def beads_of(draft: Draft) -> Term | None:
    """The stone that beads are cut of, where they are strung: "lapis beads", "a beaded turquoise bracelet"."""
    if not draft.has("bead"):
        return None
    return next((term for term in draft.every(*STONE_SLOTS) if stone_of(term) != "pearl"), None)


def _length(draft: Draft) -> float:
    length = beside(draft, "mm", {"chain", "length", "piece"}, "chain length", above=140)
    length = length or longest(draft, "chain length")
    if length is None:
        usual = 700.0 if any(term.text == "long" for term in draft.every("scale")) else 400.0
        draft.assume(f"The length is not given; {usual / 10:g} cm is used.")
        return usual
    return length


def _gauge(draft: Draft, style: str, preset: str, *, alone: bool, share: float) -> float:
    nouns = {"piece", "bracelet", "width"} if alone else set()
    wide = beside(draft, "mm", {"chain", "gauge", "thickness", *nouns}, "chain width", below=12)
    wide = wide or leftover(draft, "chain width", below=12 if alone else 7)
    wide = wide or (beside(draft, "mm", {"stone"}, "bead", below=12) if style == "bead" else None)
    if style == "cord":
        return wide or 2.0
    rounds = style in ("pearl", "bead") or (style == "ball" and draft.has("bead"))
    usual = BY_SCALE["pearls" if rounds else preset][draft.scale("chain")]
    return wide or round(usual * share, 1)


def form_of(draft: Draft) -> str | None:
    """The shape of a pendant, stud or drop: named, or a letter, or a shape word before its noun."""
    if draft.sentence.letter:
        return "initial"
    if draft.has("form", "locket"):
        return "locket"
    if is_motif(draft):
        return "motif"
    named = draft.value("form")
    if named is None:
        named = {"round": "round", "drop": "teardrop"}.get(
            draft.shape("pendant") or draft.shape("piece") or ""
        )
    return named


def letter_of(draft: Draft, form: str | None) -> str:
    """The letter of an initial; A where none is given, which is told."""
    if form == "initial" and not draft.sentence.letter:
        draft.assume("The letter is not given; A is used.")
    return draft.sentence.letter or "A"
