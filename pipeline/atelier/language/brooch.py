"""What a prompt says about a brooch: a circle, a flower or a bar, and its stones."""

from typing import Any

from pipeline.atelier.language import evidence
from pipeline.atelier.language.chain import form_of
from pipeline.atelier.language.context import Draft, beside, clamp, leftover, stone_of
from pipeline.atelier.language.motif import motif_name, ornament, read_motif
from pipeline.atelier.language.stones import is_faceted, read_accents, read_stone, shape_row
from pipeline.atelier.language.terms import STONE_SLOTS
from pipeline.atelier.language.text import plural
from pipeline.atelier.language.vocabulary import is_plural
from pipeline.atelier.spec import Brooch

_STYLES = {"circle": "circle", "flower": "flower", "bar_brooch": "bar"}
_WIDTHS_MM = {"small": 24.0, "": 34.0, "large": 50.0}


def read_brooch(draft: Draft) -> dict[str, Any]:
    """The spec's groups of a brooch: "brooch", "stone" and "accents"."""
    dress = next((term.value for term in draft.every("style") if term.value in _DRESS_MM), None)
    if dress is not None:
        return _of_dress(draft, dress)
    if (name := motif_name(draft)) is not None and not _is_named_otherwise(draft, name):
        return _of_motif(draft)
    style = _style(draft)
    if style in ("circle", "bar") and _is_a_row(draft):
        stone, accents = None, read_accents(draft, asked=True, size_mm=1.8, row=True)
        if accents is not None:
            shape_row(draft, accents)
    else:
        stone = read_stone(
            draft,
            default=style == "flower",
            size_mm=5.0,
            assumption="The stone is not named; a diamond is used.",
        )
        accents = read_accents(draft, asked=style == "circle" and stone is not None, size_mm=1.8)
    if accents is not None and not any(stone_of(gem) == accents["gem"] for gem in draft.every(*STONE_SLOTS)):
        called = {"circle": "circle", "bar": "bar"}.get(style, "brooch")
        draft.assume(
            f"The {called} carries a row of {plural(accents['gem'])} beside its stone.",
            evidence.every(evidence.group("stone"), evidence.field("accents.gem", accents["gem"])),
        )
    across = {"width", "brooch", "diameter", "length", "piece"}
    wide = beside(draft, "mm", across, "width", above=10) or leftover(draft, "width")
    wide = wide or _WIDTHS_MM[draft.scale("brooch")]
    return {
        "brooch": {"style": style, "width_mm": clamp(draft, Brooch, "width_mm", wide)},
        "stone": stone,
        "accents": accents,
    }


def _is_a_row(draft: Draft) -> bool:
    """Whether stones of a cut are named in the plural, or a row is: "a circle brooch with marquise diamonds"."""
    named = draft.every(*STONE_SLOTS)
    plain = not draft.every("halo", "cluster", "hidden_halo", "setting")
    rowed = draft.has("accents")
    several = [is_plural(term) or (rowed and term in draft.accents) for term in named]
    cut = rowed or bool(draft.every("cut") or draft.side_cuts)
    return plain and cut and bool(named) and all(several) and all(is_faceted(term) for term in named)


_DRESS_MM: dict[str, float] = {"cufflinks": 16.0, "tie_bar": 52.0}
"""Usual widths of a cufflink's face and of a tie bar, mm."""


def _of_dress(draft: Draft, style: str) -> dict[str, Any]:
    """Cufflinks, bare, with a stone or of a motif; a tie bar."""
    stone = read_stone(
        draft, default=False, size_mm=7.0, assumption="The stone is not named; a diamond is used."
    )
    accents = read_accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.4)
    across = {"width", "brooch", "diameter", "length", "piece", "pendant", "height"}
    wide = beside(draft, "mm", across, "width", above=10) or leftover(draft, "width", above=10)
    wide = clamp(draft, Brooch, "width_mm", wide or _DRESS_MM[style])
    motif = None
    if style == "cufflinks" and motif_name(draft) is not None:
        motif = read_motif(draft, "brooch")
        stone, accents = ornament(draft, stone, accents, wide)
    elif stone is not None:
        room = 0.58 * wide if style == "cufflinks" else 4.0
        stone["length_mm"] = round(min(stone["length_mm"], room), 2)
        if not draft.every("setting"):
            stone["setting"] = "bezel"
    return {
        "brooch": {"style": style, "width_mm": wide}, "stone": stone, "accents": accents, "motif": motif,
    }  # fmt: skip


def _is_named_otherwise(draft: Draft, name: str) -> bool:
    """Whether the brooch is a circle or bar, or the flower that is made with its own petals."""
    if any(term.value in _STYLES for term in draft.every("style")):
        return True
    return name in ("flower", "daisy") and not draft.every("material", "openwork", "relief")


def _of_motif(draft: Draft) -> dict[str, Any]:
    motif = read_motif(draft, "brooch")
    stone = read_stone(
        draft, default=False, size_mm=4.0, assumption="The stone is not named; a diamond is used."
    )
    accents = read_accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.4)
    stone, accents = ornament(draft, stone, accents, 30.0)
    across = {"width", "brooch", "diameter", "length", "piece", "pendant", "height"}
    wide = beside(draft, "mm", across, "width", above=10) or leftover(draft, "width")
    wide = clamp(draft, Brooch, "width_mm", wide or _WIDTHS_MM[draft.scale("brooch", "pendant")])
    return {
        "brooch": {"style": "motif", "width_mm": wide},
        "stone": stone,
        "accents": accents,
        "motif": motif,
    }


def _style(draft: Draft) -> str:
    style = next((_STYLES[term.value] for term in draft.every("style") if term.value in _STYLES), None)
    if style is None and motif_name(draft) in ("flower", "daisy"):
        style = "flower"
    if style is None:
        style = {"bar": "bar", "round": "circle"}.get(form_of(draft) or "")
    if style is None:
        draft.assume("The brooch's form is not named; an open circle is made.")
    return style or "circle"
