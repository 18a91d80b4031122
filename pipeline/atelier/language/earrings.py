"""What a prompt says about a pair of earrings: studs, hoops, huggies or drops, their stones and sizes."""

from typing import Any

from pipeline.atelier.language import evidence
from pipeline.atelier.language.chain import BY_SCALE, form_of, letter_of
from pipeline.atelier.language.context import Draft, beside, clamp, leftover
from pipeline.atelier.language.lexicon import is_disc
from pipeline.atelier.language.motif import motif_name, ornament, read_motif, usual_share
from pipeline.atelier.language.stones import (
    is_ornament,
    read_stone,
    shape_row,
    speaks_of_stones,
    surround,
)
from pipeline.atelier.language.vocabulary import is_plural
from pipeline.atelier.spec import BARE_EARRINGS, OPAQUE_GEMS, Earrings, EarringStyle, Stone

_HOOPS = ("hoop", "huggie", "cuff", "nose_ring")
_NAMED: dict[str, EarringStyle] = {
    "ear_cuff": "cuff", "climber": "climber", "nose_stud": "nose_stud", "nose_ring": "nose_ring",
}  # fmt: skip
_ROWED = (*_HOOPS, "climber")
"""Styles that carry a row and no single stone."""
_TALL: dict[str, float] = {
    "single": 14.0, "double": 22.0, "chandelier": 30.0, "tassel": 40.0, "jhumka": 26.0, "climber": 18.0,
}  # fmt: skip
"""Usual heights of drops by what hangs, and of climbers, mm."""
_PURE_KARAT = 21
"""Gold of the East, which is worn for itself."""
_NOSE_MM = 2.2
"""Usual stone of a nose stud, mm."""


def read_earrings(draft: Draft) -> dict[str, Any]:
    """The spec's groups of a pair of earrings: "earrings", "stone" and "accents"."""
    style = _style(draft)
    _tell_single(draft, style)
    form = _form(draft, style)
    hoops = style in _ROWED
    # Measured before its stones are: "Creolen 30 mm, Zirkonia".
    worn = _hoop(draft, style) if style in _HOOPS else None
    stone = read_stone(
        draft,
        default=not hoops and form in (None, "round") and not is_ornament(draft) and not _is_plain(draft),
        size_mm=5.0,
        assumption="The stone is not named; a diamond is used.",
        among=2,
    )
    accents = surround(draft, stone, 1.2)
    if hoops and stone is not None and stone["cut"] != "pearl":
        accents, stone = _row(draft, style, stone, accents), None
    motif = None
    if form == "motif":
        motif, stone, accents = _ornament(draft, stone, accents, hoops=hoops)
    elif stone is not None:
        _size_a_stud(draft, style, stone)
    worn = worn or _hung(draft, style)
    worn |= {"style": style, "form": form or "round", "letter": letter_of(draft, form)}
    if style == "drop" and form != "motif":
        worn["hung"] = draft.value("hung") or "single"
    return {"earrings": worn, "stone": stone, "accents": accents, "motif": motif}


def _tell_single(draft: Draft, style: str) -> None:
    """Tell that a pair is made where one earring is asked for; a nose is pierced once."""
    tokens = draft.sentence.tokens
    if style in ("nose_stud", "nose_ring", "cuff"):
        return
    for term in draft.every("kind"):
        near = tokens[max(term.start - 3, 0) : term.start] + tokens[term.end : term.end + 4]
        alone = next((word for word in near if word in _SINGLE), None)
        if term.value == "earrings" and not is_plural(term) and alone is not None and "stone" not in near:
            draft.assume(f"“{alone}”: earrings are made as a pair.", evidence.group("earrings"))
            return


_SINGLE = frozenset({"one", "single", "sold", "singolo", "einzeln", "einzelner", "seule", "mono"})
"""Words beside an earring that is worn alone."""


def _form(draft: Draft, style: str) -> str | None:
    """The shape that is named; a motif only where earrings of the style carry one."""
    form = form_of(draft)
    return None if form == "motif" and style in BARE_EARRINGS else form


def _is_plain(draft: Draft) -> bool:
    """Whether the pair carries no stone unless one is named."""
    return _is_worn_bare(draft) or any(is_disc(term) for term in draft.every("form"))


def _is_worn_bare(draft: Draft) -> bool:
    """Whether the pair is of silver, a base metal or nearly pure gold, and nothing is said of stones: worn bare."""
    metals = [term.value for term in draft.every("metal")]
    pure = any(
        measure.unit == "karat" and measure.number >= _PURE_KARAT for measure in draft.sentence.measures
    )
    if pure and not speaks_of_stones(draft):
        return True
    return bool(metals) and set(metals) <= {"silver", "blackened_silver"} and not speaks_of_stones(draft)


def _ornament(
    draft: Draft, stone: dict[str, Any] | None, accents: dict[str, Any] | None, *, hoops: bool
) -> tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]:
    """A motif and what is set into it; a hoop's stones stay on the hoop."""
    motif = read_motif(draft, "hoop" if hoops else "earrings")
    if accents is not None:
        accents["cut"], accents["lengthwise"] = "round", False  # beside a motif
    return (motif, stone, accents) if hoops else (motif, *ornament(draft, stone, accents, 9.0))


def _style(draft: Draft) -> str:
    named = next((_NAMED[term.value] for term in draft.every("style") if term.value in _NAMED), None)
    if named is not None:
        return named
    style = draft.choose("style", EarringStyle, "")
    if not style and draft.has("noun", "pendant"):
        return "drop"  # "pendant earrings"
    if _hangs(draft, style):
        return "drop"
    if not style:
        draft.assume("The kind of earring is not named; studs are made.")
    return style or "stud"


def _hangs(draft: Draft, style: str) -> bool:
    """Whether something hangs from the ear: a drop, a tassel, what a hook or an ear wire carries."""
    if draft.every("hung") and not {"hoop", "hoops", "huggie", "huggies"} & {*draft.sentence.tokens}:
        return True
    if (draft.has("shape", "drop") or draft.has("form", "teardrop")) and style not in _HOOPS:
        return True
    return not style and any(term.value == "earrings" for term in draft.every("kind_weak"))


def _row(
    draft: Draft, style: str, stone: dict[str, Any], accents: dict[str, Any] | None
) -> dict[str, Any] | None:
    """A hoop carries no single stone but a row of what is named, if that is faceted."""
    if accents is None and stone["gem"] in OPAQUE_GEMS:
        return None
    gem = stone["gem"] if stone["gem"] not in OPAQUE_GEMS else "diamond"
    row = {"gem": gem, "diameter_mm": 1.4} if accents is None else dict(accents)
    named = row["gem"] if accents is not None and draft.accents else gem
    shape_row(draft, row)
    if style == "nose_ring":
        row |= {"cut": "round", "lengthwise": False}  # which carries none
    return row | {"gem": named}


def _size_a_stud(draft: Draft, style: str, stone: dict[str, Any]) -> None:
    """A size that no word explains is a stud's stone's."""
    if style == "nose_stud":
        _shrink(draft, stone)
    if style != "stud":
        return
    sized = {"stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()}
    size = None if sized else leftover(draft, "stone size", below=20)
    if size:
        stone["length_mm"] = clamp(draft, Stone, "length_mm", size)


def _hoop(draft: Draft, style: str) -> dict[str, Any]:
    """Diameter and tube of a hoop or huggie; its height plays no part."""
    across, tube = _ring_of_wire(draft)
    across = across or _across(draft)
    if across is None:  # "CZ huggies 12 mm": no row has stones so large
        most = 30 if style in _ACROSS else 80
        across = leftover(draft, "diameter", above=8, below=most, also=frozenset({"stone", "accents"}))
    if across is None and motif_name(draft) is None:
        across = _height(draft)  # a hoop is as high as it is wide
    usual = _ACROSS.get(style) or BY_SCALE["hoop"][draft.scale("earrings", slots=("scale",))]
    return {
        "diameter_mm": clamp(draft, Earrings, "diameter_mm", across or usual),
        "wire_mm": _wire(draft, tube, 0.9 if style == "nose_ring" else None, hooped=style == "hoop"),
        "height_mm": clamp(draft, Earrings, "height_mm", _height(draft) or 14.0),
    }


_ACROSS: dict[str, float] = {"huggie": 11.0, "cuff": 12.0, "nose_ring": 9.0}
"""Usual outside diameters, mm."""


def _shrink(draft: Draft, stone: dict[str, Any]) -> None:
    """A nose stud's stone is small unless its size is given."""
    sized = {"stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()}
    size = None if sized else leftover(draft, "stone size", below=8)
    if size or not sized:
        stone["length_mm"] = clamp(
            draft, Stone, "length_mm", size or round(_NOSE_MM * stone["ratio"] ** 0.5, 2)
        )


def _hung(draft: Draft, style: str) -> dict[str, Any]:
    """Height of a stud or drop; its diameter plays no part."""
    across = _across(draft)
    usual = BY_SCALE["hoop"][draft.scale("earrings", slots=("scale",))]
    wire = _wire(draft, None)
    share = usual_share(motif_name(draft)) if form_of(draft) == "motif" else 1.0
    tall = {"stud": 8.0, "nose_stud": 3.0, "climber": _TALL["climber"]}.get(style)
    tall = tall or _TALL[draft.value("hung") or "single"]
    height = _height(draft) or across or round(tall * share, 1)
    return {
        "diameter_mm": clamp(draft, Earrings, "diameter_mm", usual),
        "wire_mm": wire,
        "height_mm": clamp(draft, Earrings, "height_mm", height),
    }


def _across(draft: Draft) -> float | None:
    across = beside(draft, "mm", {"earrings", "diameter", "piece"}, "diameter", above=8)
    across = across or leftover(draft, "size")
    # "Com fecho click 2,5 cm": no clasp is measured.
    return across or leftover(draft, "size", above=8, also=frozenset({"clasp", "finding"}))


def _wire(draft: Draft, tube: float | None, fine: float | None = None, *, hooped: bool = False) -> float:
    wire = tube or beside(draft, "mm", {"wire", "thickness", "width"}, "tube")
    if hooped:
        wire = wire or beside(draft, "mm", {"earrings", "piece"}, "tube", below=7)
        wire = wire or leftover(draft, "tube", below=7)
    usual = fine or BY_SCALE["tube"][draft.scale("earrings", slots=("weight",))]
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
