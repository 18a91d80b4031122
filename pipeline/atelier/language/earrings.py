"""What a prompt says about a pair of earrings: studs, hoops, huggies or drops, their stones and sizes."""

from typing import Any

from pipeline.atelier.language.chain import BY_SCALE, form_of, letter_of
from pipeline.atelier.language.context import Draft, beside, clamp, leftover
from pipeline.atelier.language.motif import motif_name, ornament, read_motif, usual_share
from pipeline.atelier.language.stones import is_ornament, read_accents, read_stone
from pipeline.atelier.spec import OPAQUE_GEMS, Earrings, EarringStyle, Stone

_HOOPS = ("hoop", "huggie")


def read_earrings(draft: Draft) -> dict[str, Any]:
    """The spec's groups of a pair of earrings: "earrings", "stone" and "accents"."""
    style, form = _style(draft), form_of(draft)
    hoops = style in _HOOPS
    stone = read_stone(
        draft,
        default=not hoops and form in (None, "round") and not is_ornament(draft),
        size_mm=5.0,
        assumption="The stone is not named; a diamond is used.",
        among=2,
    )
    accents = read_accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.2)
    if hoops and stone is not None and stone["cut"] != "pearl":
        accents, stone = _row(draft, stone, accents), None
    motif = None
    if form == "motif":
        motif, stone, accents = _ornament(draft, stone, accents, hoops=hoops)
    elif style == "stud" and stone is not None:
        _size_a_stud(draft, stone)
    worn = _hoop(draft, style) if hoops else _hung(draft, style)
    worn |= {"style": style, "form": form or "round", "letter": letter_of(draft, form)}
    return {"earrings": worn, "stone": stone, "accents": accents, "motif": motif}


def _ornament(
    draft: Draft, stone: dict[str, Any] | None, accents: dict[str, Any] | None, *, hoops: bool
) -> tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]:
    """A motif and what is set into it; a hoop's stones stay on the hoop."""
    motif = read_motif(draft, "hoop" if hoops else "earrings")
    return (motif, stone, accents) if hoops else (motif, *ornament(draft, stone, accents, 9.0))


def _style(draft: Draft) -> str:
    style = draft.choose("style", EarringStyle, "")
    if (draft.has("shape", "drop") or draft.has("form", "teardrop")) and style not in _HOOPS:
        return "drop"
    if not style:
        draft.assume("The kind of earring is not named; studs are made.")
    return style or "stud"


def _row(draft: Draft, stone: dict[str, Any], accents: dict[str, Any] | None) -> dict[str, Any]:
    """A hoop carries no single stone but a row of what is named."""
    gem = stone["gem"] if stone["gem"] not in OPAQUE_GEMS else "diamond"
    if accents is None:
        return {"gem": gem, "diameter_mm": 1.4}
    return accents if draft.accents else accents | {"gem": gem}


def _size_a_stud(draft: Draft, stone: dict[str, Any]) -> None:
    """A size that no word explains is a stud's stone's."""
    sized = {"stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()}
    size = None if sized else leftover(draft, "stone size", below=20)
    if size:
        stone["length_mm"] = clamp(draft, Stone, "length_mm", size)


def _hoop(draft: Draft, style: str) -> dict[str, Any]:
    """Diameter and tube of a hoop or huggie; its height plays no part."""
    across, tube = _ring_of_wire(draft)
    across = across or _across(draft)
    usual = 11.0 if style == "huggie" else BY_SCALE["hoop"][draft.scale("earrings", slots=("scale",))]
    return {
        "diameter_mm": clamp(draft, Earrings, "diameter_mm", across or usual),
        "wire_mm": _wire(draft, tube),
        "height_mm": clamp(draft, Earrings, "height_mm", _height(draft) or 14.0),
    }


def _hung(draft: Draft, style: str) -> dict[str, Any]:
    """Height of a stud or drop; its diameter plays no part."""
    across = _across(draft)
    usual = BY_SCALE["hoop"][draft.scale("earrings", slots=("scale",))]
    wire = _wire(draft, None)
    share = usual_share(motif_name(draft)) if form_of(draft) == "motif" else 1.0
    height = _height(draft) or across or round((8.0 if style == "stud" else 14.0) * share, 1)
    return {
        "diameter_mm": clamp(draft, Earrings, "diameter_mm", usual),
        "wire_mm": wire,
        "height_mm": clamp(draft, Earrings, "height_mm", height),
    }


def _across(draft: Draft) -> float | None:
    across = beside(draft, "mm", {"earrings", "diameter", "piece"}, "diameter", above=8)
    return across or leftover(draft, "size")


def _wire(draft: Draft, tube: float | None) -> float:
    wire = tube or beside(draft, "mm", {"wire", "thickness", "width"}, "tube")
    usual = BY_SCALE["tube"][draft.scale("earrings", slots=("weight",))]
    return clamp(draft, Earrings, "wire_mm", wire or usual)


def _height(draft: Draft) -> float | None:
    return beside(draft, "mm", {"height", "length", "pendant"}, "height")


def _ring_of_wire(draft: Draft) -> tuple[float | None, float | None]:
    """Diameter and tube of "hoops 45 mm x 3 mm"."""
    for measure, _ in draft.measures("mm"):
        if measure.second is not None:
            draft.take(measure, "diameter", measure.text)
            return max(measure.number, measure.second), min(measure.number, measure.second)
    return None, None
