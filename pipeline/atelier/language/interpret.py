"""What a parsed prompt means for each group of the spec, and every assumption that took."""

import math
from typing import Any, cast

from pipeline.atelier.language.context import LONG_MM, STONE_SLOTS, Draft, beside, clamp, leftover, longest
from pipeline.atelier.language.metals import read_metals
from pipeline.atelier.language.omissions import tell_omissions
from pipeline.atelier.language.ring import read_ring
from pipeline.atelier.language.stones import assign_row, gem_name, read_accents, read_stone, row_size
from pipeline.atelier.spec import (
    LARGEST_SHARE,
    OPAQUE_GEMS,
    Bracelet,
    Brooch,
    Chain,
    ChainStyle,
    Clasp,
    Earrings,
    EarringStyle,
    Framing,
    Kind,
    Pendant,
    Ring,
    Spec,
    Stone,
    flush_needs,
    sinks,
)

CLOSE = "The picture is close on the pendant and the chain runs out of it; “whole necklace” shows all of it."
"""What the user is told of a framing that no word settled."""

LARGEST_FLUSH_MM = 5.0
"""Largest stone sunk into a band; a deeper one would need a band thicker than is worn."""


def compose(draft: Draft, kind: Kind | None) -> Spec:
    """A valid spec from whatever the prompt says."""
    chosen = _kind(draft, kind)
    data: dict[str, Any] = {
        "kind": chosen,
        **read_metals(draft, chosen),
        "finish": draft.value("finish") or "polished",
    }
    data["milgrain"] = draft.has("milgrain") or draft.has("era")
    if draft.has("era"):
        draft.assume("A vintage look is made with milgrain edges.")
    data["engraving"] = _engraving(draft)
    wants = {
        "ring": read_ring,
        "necklace": _necklace,
        "earrings": _earrings,
        "bracelet": _bracelet,
        "brooch": _brooch,
    }
    link = data.pop("chain_metal")
    data |= wants[chosen](draft)
    if link is not None:
        data["chain"]["metal"] = link
    _tell_unplaced(draft)
    _tell_round(draft, data)
    _settle_flush(draft, data)
    spec = Spec.model_validate({key: value for key, value in data.items() if value is not None})
    idle = spec.idle()
    for field, told in idle.items():
        draft.assume(told)
        spec = spec.model_copy(update={field: Spec.model_fields[field].default})
    tell_omissions(draft, spec, set(idle))
    return spec


def _tell_unplaced(draft: Draft) -> None:
    """Name the measures that found no part of the piece, or are none."""
    # "One" and "half" are figures of speech as often as counts.
    bare = [item for item in draft.measures("") if item[0].text[0].isdigit() or item[0].number > 2]
    for measure, _ in [*draft.measures("mm"), *draft.measures("ct"), *draft.measures("percent"), *bare]:
        draft.assume(f"“{measure.text}” could not be assigned to a part of the piece.")
    for measure in draft.sentence.measures:
        if measure.unit and measure.number <= 0:
            draft.assume(f"“{measure.text}” is no size; the usual one is used.")


def _tell_round(draft: Draft, data: dict[str, Any]) -> None:
    """Tell where small stones are asked for in a cut that only side stones get."""
    accents = data.get("accents")
    cuts = [*draft.side_cuts, *(draft.every("cut") if not data.get("stone") else ())]
    named = next((term for term in cuts if term.value not in ("round", "cabochon")), None)
    if accents is not None and named is not None and accents.get("cut", "round") == "round":
        draft.assume(f"Stones in rows and halos are round; “{named.text}” is not cut for them.")


def _settle_flush(draft: Draft, data: dict[str, Any]) -> None:
    """Give a flush-set stone metal enough to lie in, or a bezel where there is none."""
    if not data.get("stone") or data["stone"]["setting"] != "flush":
        return
    ring = Ring.model_validate(data["ring"]) if data.get("ring") else None
    pendant = Pendant.model_validate(data["pendant"]) if data.get("pendant") else None
    if not sinks(ring, pendant):
        data["stone"]["setting"] = "bezel"
        draft.assume("There is no plate to sink the stone into; it is bezel set.")
        return
    if ring is None or ring.style == "signet":
        return
    ratio = data["stone"]["ratio"]
    if data["stone"]["length_mm"] > LARGEST_FLUSH_MM * min(ratio, 1.4):
        data["stone"]["length_mm"] = LARGEST_FLUSH_MM
        draft.assume(f"A flush-set stone can measure {LARGEST_FLUSH_MM:g} mm at most.")
    wide, thick = flush_needs(Stone.model_validate(data["stone"]))
    for field, least in (("width_mm", wide), ("thickness_mm", thick)):
        if data["ring"][field] < least:
            draft.assume(f"The band's {field.removesuffix('_mm')} is {least:g} mm, to take the stone flush.")
            data["ring"][field] = least


def _kind(draft: Draft, chosen: Kind | None) -> Kind:
    said = next(
        (found for slot in ("kind", "kind_medium", "kind_weak") if (found := draft.value(slot))), None
    )
    if chosen is not None:
        if said is not None and said != chosen:
            draft.assume(
                f"The prompt speaks of a {said}, but {chosen} was chosen beside it; {chosen} is made."
            )
        return chosen
    unmade = draft.every("unmade")
    if said is None:
        said = "necklace" if draft.every("form", "chain", "clasp", "strand") else "ring"
        if not unmade:
            draft.assume(f"The prompt does not say what kind of piece; a {said} is made.")
    if unmade:
        made = "rings, necklaces, earrings, bracelets and brooches"
        name = "pair of earrings" if said == "earrings" else said
        draft.assume(f"“{unmade[0].text}” is none of the atelier's {made}; a {name} is made.")
    return cast(Kind, said)


def _engraving(draft: Draft) -> str:
    text = "".join(c for c in draft.sentence.engraving if c.isprintable() and ord(c) < 256).strip()
    if draft.has("engraved") and not draft.sentence.engraving:
        draft.assume("Engraving is asked for without a text in quotes; none is cut.")
    if len(text) > 24:
        draft.assume("An engraving holds 24 characters; the rest is left out.")
    return text[:24]


_BY_SCALE: dict[str, dict[str, float]] = {
    "chain": {"small": 1.4, "": 1.9, "large": 4.5},
    "pearls": {"small": 5.0, "": 7.0, "large": 9.0},
    "bracelet chain": {"small": 1.8, "": 3.0, "large": 6.5},
    "pendant": {"small": 13.5, "": 17.0, "large": 25.0},
    "hoop": {"small": 14.0, "": 22.0, "large": 40.0},
    "tube": {"small": 1.5, "": 2.0, "large": 3.5},
    "bangle": {"small": 2.5, "": 4.0, "large": 9.0},
}


def _chain(
    draft: Draft, *, preset: str, alone: bool, length: float | None = None, share: float = 1.0
) -> dict[str, Any]:
    """Read a chain, of a known ``length`` in mm; one that is ``alone`` takes the measures that would be a pendant's.

    Unless its width is given it has that ``share`` of the usual one.
    """
    style = draft.choose(
        "chain",
        ChainStyle,
        "pearl" if draft.strung else "cable",
        "" if draft.strung else "The chain's links are not named; a cable chain is used.",
    )
    for term in draft.strung:
        gem_name(draft, term)
    clasp = draft.choose("clasp", Clasp, "lobster", "The clasp is not named; a lobster clasp is used.")
    chain: dict[str, Any] = {"style": style, "clasp": clasp}
    long = length or beside(draft, "mm", {"chain", "length", "piece"}, "chain length", above=140)
    long = long or longest(draft, "chain length")
    if long is None:
        draft.assume("The length is not given; 40 cm is used.")
    chain["length_mm"] = clamp(draft, Chain, "length_mm", long or 400.0)
    own = {"piece", "bracelet", "width"} if alone else set()
    wide = beside(draft, "mm", {"chain", "gauge", "thickness", *own}, "chain width", below=12)
    if alone:
        wide = wide or leftover(draft, "chain width", below=12)
    usual = _BY_SCALE["pearls" if style == "pearl" else preset][draft.scale("chain")]
    chain["gauge_mm"] = clamp(draft, Chain, "gauge_mm", wide or round(usual * share, 1))
    return chain


def _form(draft: Draft) -> str | None:
    named = draft.value("form")
    if draft.sentence.letter:
        return "initial"
    if named is None:
        named = {"round": "round", "drop": "teardrop"}.get(
            draft.shape("pendant") or draft.shape("piece") or ""
        )
    return named


def _letter(draft: Draft, form: str | None) -> str:
    if form == "initial" and not draft.sentence.letter:
        draft.assume("The letter is not given; A is used.")
    return draft.sentence.letter or "A"


def _necklace(draft: Draft) -> dict[str, Any]:
    form = _form(draft)
    hung = form is not None or draft.has("noun", "pendant") or draft.has("kind_medium", "necklace")
    # A stone that is the whole pendant is larger than one set into a plate.
    usual = 6.0 if form else 7.5
    stone = read_stone(draft, default=False, size_mm=usual, told="The stone is not named; a diamond is used.")
    accents = read_accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.2)
    pendant: dict[str, Any] | None = None
    if form is None and stone is not None:
        form = "stone"
        if draft.shape("pendant") == "round" or draft.has("setting", "bezel"):
            form = "stone"
    if hung or stone is not None:
        if form is None:
            draft.assume("The pendant's shape is not named; a round disc is used.")
        form = form or "round"
        height = beside(
            draft, "mm", {"pendant", "height", "diameter"}, "pendant height", below=60
        ) or leftover(draft, "pendant height", below=60)
        preset = _BY_SCALE["pendant"][draft.scale("pendant", slots=("scale",))]
        preset = {"bar": 1.6, "initial": 0.8, "cross": 1.3, "heart": 0.9}.get(form, 1.0) * preset
        pendant = {
            "form": form,
            "height_mm": clamp(draft, Pendant, "height_mm", height or round(preset, 1)),
        }
        pendant["letter"] = _letter(draft, form)
        pendant["framing"] = draft.choose("framing", Framing, "pendant", CLOSE)
        if stone is not None and form not in ("stone",):
            _fit_stone(draft, stone, pendant["height_mm"])
    elif not (draft.strung or draft.has("chain", "pearl")):
        draft.assume("No pendant is named; it is a plain chain.")
    share = 1.0
    if pendant is not None:
        # A small pendant hangs on a fine chain.
        share = stone["length_mm"] / 7.5 if stone and form == "stone" else pendant["height_mm"] / 17
    chain = _chain(draft, preset="chain", alone=pendant is None, share=min(max(share, 0.65), 1.0))
    return {"chain": chain, "pendant": pendant, "stone": stone, "accents": accents}


def _fit_stone(draft: Draft, stone: dict[str, Any], height: float) -> None:
    """Keep a stone well inside its plate; one whose size is given may fill it, and is told if it cannot."""
    given = any(slot in ("stone size", "stone weight") for slot, _ in draft.measured.values())
    most = round((LARGEST_SHARE if given else 0.5) * height - 0.005, 2)
    if given and stone["length_mm"] > most:
        draft.assume(
            f"A stone of {stone['length_mm']:g} mm does not fit on this pendant; {most:g} mm is used."
        )
    stone["length_mm"] = min(stone["length_mm"], most)


def _earrings(draft: Draft) -> dict[str, Any]:
    style = draft.choose("style", EarringStyle, "")
    if draft.has("shape", "drop") or draft.has("form", "teardrop"):
        style = style if style in ("hoop", "huggie") else "drop"
    if not style:
        style = "stud"
        draft.assume("The kind of earring is not named; studs are made.")
    form = _form(draft)
    hoops = style in ("hoop", "huggie")
    stone = read_stone(
        draft,
        default=not hoops and form in (None, "round"),
        size_mm=5.0,
        told="The stone is not named; a diamond is used.",
        among=2,
    )
    accents = read_accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.2)
    if hoops and stone is not None and stone["cut"] != "pearl":
        row = {"gem": stone["gem"] if stone["gem"] not in OPAQUE_GEMS else "diamond", "diameter_mm": 1.4}
        if accents is not None and not draft.accents:
            accents["gem"] = row["gem"]
        accents, stone = accents or row, None
    across, tube = _ring_of_wire(draft) if hoops else (None, None)
    sized = bool({"stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()})
    if (
        style == "stud"
        and stone is not None
        and not sized
        and (size := leftover(draft, "stone size", below=20))
    ):
        stone["length_mm"] = clamp(draft, Stone, "length_mm", size)
    across = across or beside(draft, "mm", {"earrings", "diameter", "piece"}, "diameter", above=8)
    across = across or leftover(draft, "size")
    preset = 11.0 if style == "huggie" else _BY_SCALE["hoop"][draft.scale("earrings", slots=("scale",))]
    earrings: dict[str, Any] = {"style": style, "form": form or "round", "letter": _letter(draft, form)}
    earrings["diameter_mm"] = clamp(draft, Earrings, "diameter_mm", (across if hoops else None) or preset)
    wire = tube or beside(draft, "mm", {"wire", "thickness", "width"}, "tube")
    earrings["wire_mm"] = clamp(
        draft, Earrings, "wire_mm", wire or _BY_SCALE["tube"][draft.scale("earrings", slots=("weight",))]
    )
    height = beside(draft, "mm", {"height", "length", "pendant"}, "height") or (None if hoops else across)
    earrings["height_mm"] = clamp(draft, Earrings, "height_mm", height or (8.0 if style == "stud" else 14.0))
    return {"earrings": earrings, "stone": stone, "accents": accents}


def _ring_of_wire(draft: Draft) -> tuple[float | None, float | None]:
    """Diameter and tube of "hoops 45 mm x 3 mm"."""
    for measure, _ in draft.measures("mm"):
        if measure.second is not None:
            draft.take(measure, "diameter", measure.text)
            return max(measure.number, measure.second), min(measure.number, measure.second)
    return None, None


def _bracelet(draft: Draft) -> dict[str, Any]:
    styles = {"tennis": "tennis", "bangle": "bangle", "cuff": "cuff", "link": "chain"}
    style = next((styles[term.value] for term in draft.every("style") if term.value in styles), None)
    if style is None:
        style = "chain"
        if not draft.every("chain") and not draft.has("kind_weak", "necklace"):
            draft.assume("The kind of bracelet is not named; a chain bracelet is made.")
    length = beside(draft, "mm", {"length", "bracelet", "chain", "piece"}, "length", above=LONG_MM)
    length = length or longest(draft, "length")
    if style in ("bangle", "cuff") and length is None:
        inside = beside(draft, "mm", {"inner", "diameter"}, "inner diameter", above=45, below=90)
        length = inside and round(inside * math.pi, 1)
    usual = 240.0 if "anklet" in draft.sentence.tokens else 185.0
    if length is None:
        draft.assume(f"The length is not given; {usual / 10:g} cm is used.")
    bracelet: dict[str, Any] = {
        "style": style,
        "length_mm": clamp(draft, Bracelet, "length_mm", length or usual),
    }
    if style == "chain":
        chain = _chain(draft, preset="bracelet chain", alone=True, length=bracelet["length_mm"])
        return {"bracelet": bracelet, "chain": chain}
    if style == "tennis":
        usual = {"small": 2.0, "": 2.8, "large": 4.0}[draft.scale("bracelet")]
        row = {
            "gem": "diamond",
            **(read_accents(draft, asked=True, size_mm=usual, row=True) or {"diameter_mm": usual}),
        }
        assign_row(draft, "eternity", None, row)
        size = beside(draft, "mm", {"stone", "width"}, "stone size", below=5.0)
        size = size or leftover(draft, "stone size", below=5.0)
        if size := size or row_size(draft, row, bracelet["length_mm"], 0.15):
            row["diameter_mm"] = max(size, 1.2)
        return {"bracelet": bracelet, "accents": row}
    wide = beside(draft, "mm", {"width", "bracelet"}, "width", below=45)
    # Small stones along a bangle measure less than 5 mm; what is wider is the bangle's own width.
    wide = wide or leftover(draft, "width", below=45, above=5, also=frozenset({"stone", "accents"}))
    wide = wide or leftover(draft, "width", below=45)
    bracelet["width_mm"] = clamp(
        draft, Bracelet, "width_mm", wide or _BY_SCALE["bangle"][draft.scale("bracelet")]
    )
    thick = beside(draft, "mm", {"thickness"}, "thickness")
    bracelet["thickness_mm"] = clamp(draft, Bracelet, "thickness_mm", thick or 2.0)
    faceted = [term for term in draft.every("gem") if term.value not in (*OPAQUE_GEMS, "pearl")]
    accents = read_accents(draft, asked=bool(faceted or draft.every("substitute")), size_mm=1.6)
    if accents is not None:
        assign_row(draft, "eternity", None, accents)
    return {"bracelet": bracelet, "accents": accents}


def _brooch(draft: Draft) -> dict[str, Any]:
    styles = {"circle": "circle", "flower": "flower", "bar_brooch": "bar"}
    style = next((styles[term.value] for term in draft.every("style") if term.value in styles), None)
    if style is None:
        style = {"bar": "bar", "round": "circle"}.get(_form(draft) or "", "")
    if not style:
        style = "circle"
        draft.assume("The brooch's form is not named; an open circle is made.")
    stone = read_stone(
        draft, default=style == "flower", size_mm=5.0, told="The stone is not named; a diamond is used."
    )
    accents = read_accents(draft, asked=style == "circle" and stone is not None, size_mm=1.8)
    if accents is not None and not any(gem.value == accents["gem"] for gem in draft.every(*STONE_SLOTS)):
        draft.assume(f"The circle carries a row of {accents['gem']}s beside its stone.")
    wide = beside(
        draft, "mm", {"width", "brooch", "diameter", "length", "piece"}, "width", above=10
    ) or leftover(draft, "width")
    preset = {"small": 24.0, "": 34.0, "large": 50.0}[draft.scale("brooch")]
    return {
        "brooch": {"style": style, "width_mm": clamp(draft, Brooch, "width_mm", wide or preset)},
        "stone": stone,
        "accents": accents,
    }
