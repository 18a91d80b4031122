"""What a prompt says about a bracelet: chain, tennis line, bangle or cuff."""

import math
from typing import Any

from pipeline.atelier.language import evidence
from pipeline.atelier.language.chain import BY_SCALE, read_chain
from pipeline.atelier.language.context import (
    LONG_MM,
    Draft,
    beside,
    clamp,
    leftover,
    longest,
)
from pipeline.atelier.language.lexicon import FINENESS
from pipeline.atelier.language.motif import charms, motif_name, ornament, read_motif
from pipeline.atelier.language.stones import (
    is_faceted,
    no_stone,
    read_accents,
    read_line,
    read_stone,
    shape_row,
)
from pipeline.atelier.language.terms import STONE_SLOTS
from pipeline.atelier.ring_sizes import from_indian_bangle
from pipeline.atelier.spec import TIARA_HEIGHT_MM, TIARA_LEAST_MM, Accents, Bracelet, row_needs

_STYLES = {"tennis": "tennis", "bangle": "bangle", "cuff": "cuff", "link": "chain", "tiara": "tiara"}


def read_bracelet(draft: Draft) -> dict[str, Any]:
    """The spec's groups of a bracelet: "bracelet", and "chain" or "accents"."""
    style = _style(draft)
    if style == "tiara":
        return _tiara(draft)
    bracelet: dict[str, Any] = {
        "style": style,
        "length_mm": clamp(draft, Bracelet, "length_mm", _length(draft, style)),
    }
    if draft.has("worn", "ankle"):
        bracelet["worn"] = "ankle"
    if style == "chain":
        motif, stone, accents = _ornament(draft)
        chain = read_chain(draft, preset="bracelet chain", alone=motif is None, length=bracelet["length_mm"])
        return {"bracelet": bracelet, "chain": chain, "motif": motif, "stone": stone, "accents": accents}
    if style == "tennis":
        return {"bracelet": bracelet, "accents": read_line(draft, bracelet["length_mm"])}
    bracelet["width_mm"] = _width(draft)
    thick = beside(draft, "mm", {"thickness"}, "thickness")
    bracelet["thickness_mm"] = clamp(draft, Bracelet, "thickness_mm", thick or 2.0)
    named = [term for term in draft.every(*STONE_SLOTS) if is_faceted(term)]
    carved = any(draft.starting(term.end, "kind", "style") for term in named if term.slot == "substitute")
    accents = None if carved else read_accents(draft, asked=bool(named), size_mm=1.6, row=True)
    if accents is not None:
        shape_row(draft, accents)
        _hold(draft, bracelet, accents)
    return {"bracelet": bracelet, "accents": accents}


def _tiara(draft: Draft) -> dict[str, Any]:
    """A tiara's band and crest: its height, the motif or the stone of each spire, and a row along its band."""
    tiara: dict[str, Any] = {"style": "tiara"}
    long = beside(draft, "mm", {"length", "bracelet", "piece"}, "length", above=LONG_MM) or longest(
        draft, "length"
    )
    if long is not None:
        tiara["length_mm"] = max(clamp(draft, Bracelet, "length_mm", long), TIARA_LEAST_MM[0])
    high = beside(draft, "mm", {"height", "width", "bracelet"}, "height", below=60)
    high = high or leftover(draft, "height", below=60, above=TIARA_LEAST_MM[1])
    named = motif_name(draft) is not None
    motif = {**read_motif(draft, "bracelet"), "mount": "hung", "size_mm": 10.0} if named else None
    stone = read_stone(
        draft, default=False, size_mm=5.0 if motif is None else 3.0,
        assumption="The stone is not named; diamonds are used.",
    )  # fmt: skip
    accents = read_accents(draft, asked=False, size_mm=1.5, row=True)
    if high is None:
        draft.assume(f"The height is not given; {TIARA_HEIGHT_MM:g} mm in the middle is used.")
    else:
        tiara["width_mm"] = max(clamp(draft, Bracelet, "width_mm", high), TIARA_LEAST_MM[1])
    return {"bracelet": tiara, "motif": motif, "stone": stone, "accents": accents}


def _hold(draft: Draft, bracelet: dict[str, Any], accents: dict[str, Any]) -> None:
    """Make a bangle or cuff wide and thick enough for the stones set into it."""
    across = Accents.model_validate(accents).across_mm
    for field, least in zip(("width_mm", "thickness_mm"), row_needs(across), strict=True):
        if bracelet[field] < least:
            name = field.removesuffix("_mm")
            draft.assume(f"The {bracelet['style']}'s {name} is {least:g} mm, to hold {across:g} mm stones.")
            bracelet[field] = least


def _ornament(draft: Draft) -> tuple[dict[str, Any] | None, dict[str, Any] | None, dict[str, Any] | None]:
    """A motif held in the chain, or charms that hang from it, with their stones."""
    charmed = any("charm bracelet" in term.text for term in draft.every("style"))
    charmed = charmed or "charms" in draft.sentence.tokens
    named = motif_name(draft)
    if named is None and not charmed:
        return None, None, None
    count = charms(draft)
    if named is None:
        draft.assume("Which charms hang from the bracelet is not said; they are hearts.")
        count = count if count > 1 else 5
        motif: dict[str, Any] = {"name": "heart", "size_mm": 11.0, "mount": "hung", "relief": "domed"}
    else:
        motif = read_motif(draft, "charm" if count and not draft.has("mount", "station") else "bracelet")
    if count:
        motif["count"] = count
    if named is None:
        return motif, None, None
    stone = read_stone(
        draft, default=False, size_mm=3.0, assumption="The stone is not named; a diamond is used."
    )
    accents = read_accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.1)
    return motif, *ornament(draft, stone, accents, motif["size_mm"])


def _is_a_row(draft: Draft) -> bool:
    """Whether stones are said to be set in a row, cut or weighed, and nothing else is that could carry them."""
    gems = [term for term in draft.every(*STONE_SLOTS) if is_faceted(term)]
    row = draft.every("cut") or draft.has("accents", "channel") or draft.has("accents", "pave")
    row = row or any(measure.number not in FINENESS for measure, _ in draft.measures("ct"))
    carried = motif_name(draft) is not None or draft.every("chain", "cord", "bead", "form", "noun")
    return bool(gems) and bool(row) and not carried


def _style(draft: Draft) -> str:
    if draft.chosen == "tiara":
        return "tiara"
    named = [_STYLES[term.value] for term in draft.every("style") if term.value in _STYLES]
    style = next((style for style in named if style != "tiara" or draft.chosen is None), None)
    if style is None and _is_a_row(draft):
        draft.assume(
            "Stones in a row are set as a tennis bracelet.", evidence.field("bracelet.style", "tennis")
        )
        return "tennis"
    if style == "tennis" and no_stone(draft):
        draft.assume(
            "A tennis bracelet without its stones is a chain.", evidence.field("bracelet.style", "chain")
        )
        return "chain"
    if (
        style is None
        and not draft.every("chain", "cord", "bead", "worn")
        and not draft.has("kind_weak", "necklace")
    ):
        return _unnamed(draft)
    return style or "chain"


def _unnamed(draft: Draft) -> str:
    """What a bracelet is where nothing says: a chain, and a cuff where a text needs a face."""
    if draft.sentence.engraving and motif_name(draft) is None and not draft.every(*STONE_SLOTS):
        draft.assume(
            "The kind of bracelet is not named; a cuff is made, which has a face for the text.",
            evidence.field("bracelet.style", "cuff"),
        )
        return "cuff"
    draft.assume("The kind of bracelet is not named; a chain bracelet is made.")
    return "chain"


def _length(draft: Draft, style: str) -> float:
    length = beside(draft, "mm", {"length", "bracelet", "chain", "piece"}, "length", above=LONG_MM)
    length = length or longest(draft, "length")
    if style == "bangle" and length is None:
        length = _indian_size(draft)
    if style in ("bangle", "cuff") and length is None:
        inside = beside(draft, "mm", {"inner", "diameter"}, "inner diameter", above=45, below=90)
        inside = inside or leftover(draft, "inner diameter", above=45, below=90)
        length = inside and round(inside * math.pi, 1)
    if length is None:
        anklet = any("ankle" in token for token in draft.sentence.tokens) or draft.has("worn", "ankle")
        length = 240.0 if anklet else 185.0
        draft.assume(f"The length is not given; {length / 10:g} cm is used.")
    return length


_SIXTEENTHS = {
    "2.2": 2,
    "2.4": 4,
    "2.6": 6,
    "2.8": 8,
    "2.10": 10,
    "2.12": 12,
    "2/2": 2,
    "2/4": 4,
    "2/6": 6,
    "2/8": 8,
}
"""Indian bangle sizes as they are written: inches and sixteenths."""


def _indian_size(draft: Draft) -> float | None:
    """Inner circumference in mm of "size 2.6" or "2-6", as bangles are sold in India."""
    tokens = draft.sentence.tokens
    for measure, _ in list(draft.measures("")):
        around = (*tokens[max(measure.start - 2, 0) : measure.start], *tokens[measure.end : measure.end + 2])
        sized = {"size", "sizes", "size:"} & {*around}
        sixteenths = _SIXTEENTHS.get(measure.text) or _SIXTEENTHS.get(
            ".".join(tokens[measure.start : measure.end + 1])
        )
        if not sized or sixteenths is None:
            continue
        text = f"2.{sixteenths}"
        draft.take(measure, "bangle size", text)
        for other, _ in list(draft.measures("")):
            if other.start == measure.end and other.number == sixteenths:
                draft.take(other, "bangle size", text)
        draft.assume(f"Size {text} is read as an Indian bangle size.")
        return round(from_indian_bangle(sixteenths) * math.pi, 1)
    return None


def _width(draft: Draft) -> float:
    wide = beside(draft, "mm", {"width", "bracelet"}, "width", below=45)
    # Small stones along a bangle measure less than 5 mm; what is wider is the bangle's own width.
    wide = wide or leftover(draft, "width", below=45, above=5, also=frozenset({"stone", "accents"}))
    wide = wide or leftover(draft, "width", below=45)
    return clamp(draft, Bracelet, "width_mm", wide or BY_SCALE["bangle"][draft.scale("bracelet")])
