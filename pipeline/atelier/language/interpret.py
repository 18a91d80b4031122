"""What a parsed prompt means for each group of the spec, and every assumption that took."""

from collections.abc import Callable
from typing import Any, cast

from pipeline.atelier.language import evidence, unmade
from pipeline.atelier.language.bracelet import read_bracelet
from pipeline.atelier.language.brooch import read_brooch
from pipeline.atelier.language.context import Draft, beside, clamp
from pipeline.atelier.language.earrings import read_earrings
from pipeline.atelier.language.metals import read_metals
from pipeline.atelier.language.necklace import read_necklace
from pipeline.atelier.language.omissions import tell_omissions
from pipeline.atelier.language.photograph import lens
from pipeline.atelier.language.ring import read_ring
from pipeline.atelier.language.stones import hide_a_halo
from pipeline.atelier.language.terms import Term
from pipeline.atelier.language.vocabulary import is_plural
from pipeline.atelier.spec import UNSEEN_INSIDE, Called, Kind, Pendant, Ring, Spec, Stone, flush_needs, sinks

LARGEST_FLUSH_MM = 5.0
"""Largest stone sunk into a band; a deeper one would need a band thicker than is worn."""


_READERS: dict[Kind, Callable[[Draft], dict[str, Any]]] = {
    "ring": read_ring,
    "necklace": read_necklace,
    "earrings": read_earrings,
    "bracelet": read_bracelet,
    "brooch": read_brooch,
}


_TOLD_BY_WORD = frozenset({"construction", "wall_mm"})
"""Fields whose word is told itself where the piece has no place for them."""


def _construction(draft: Draft) -> str | None:
    """Whether it is said to be hollow or solid; "not hollow" is solid."""
    refused = any(term.slot == "construction" and term.negated for term in draft.sentence.terms)
    return draft.value("construction") or ("solid" if refused else None)


def _wall(draft: Draft) -> float | None:
    """The wall of a hollow part, where one is measured: "hollow, 0.3 mm wall"."""
    wall = beside(draft, "mm", {"wall"}, "wall") if draft.has("construction", "hollow") else None
    return None if wall is None else clamp(draft, Spec, "wall_mm", wall)


def _least_wall(draft: Draft) -> float | None:
    """What nothing that is cast is thinner than, where it is to be cast: "castable, 0.9 mm walls"; else a caster's."""
    if not draft.has("casting"):
        return None
    wall = beside(draft, "mm", {"wall"}, "wall")
    return CAST_FROM_MM if wall is None else clamp(draft, Spec, "least_wall_mm", wall)


CAST_FROM_MM = 0.8
"""The thinnest wall that casters take, see ``casting.WALL_MM``."""


def compose(draft: Draft, kind: Called | None) -> Spec:
    """A valid spec from whatever the prompt says."""
    draft.chosen = kind
    named = _kind(draft, kind)
    chosen: Kind = "bracelet" if named == "tiara" else named
    metals = read_metals(draft, chosen)
    opening = lens(draft.sentence.aside)
    data: dict[str, Any] = {
        "kind": chosen,
        "metal": metals.body,
        "second_metal": metals.settings,
        "fineness": metals.fineness,
        "substance": metals.substance,
        "finish": draft.value("finish") or "polished",
        "wear": draft.value("wear"),
        "aperture": opening[1] if opening is not None else None,
        "milgrain": draft.has("milgrain") or draft.has("era"),
        "engraving": _engraving(draft),
        "construction": _construction(draft),
        "wall_mm": _wall(draft),
        "least_wall_mm": _least_wall(draft),
    }
    if draft.has("era"):
        draft.assume("A vintage look is made with milgrain edges.", lambda spec: spec.milgrain)
    if not draft.has("layers"):
        _tell_count(draft)
    data |= _READERS[chosen](draft)
    if metals.chain is not None:
        data["chain"]["metal"] = metals.chain
    hide_a_halo(draft, data.get("stone"))
    _include(draft, data)
    _tell_unplaced(draft)
    _tell_round(draft, data)
    _settle_flush(draft, data)
    spec = Spec.model_validate({key: value for key, value in data.items() if value is not None})
    idle = spec.idle()
    for field, sentence in idle.items():
        if field not in _TOLD_BY_WORD:
            draft.assume(_naming_stones(draft, sentence) if field == "stone" else sentence)
        spec = spec.model_copy(update={field: Spec.model_fields[field].default})
    draft.settle(spec)
    tell_omissions(draft, spec, set(idle))
    return spec


def _naming_stones(draft: Draft, sentence: str) -> str:
    """A sentence on the stone that is left out, with the words for it."""
    stones = dict.fromkeys(f"“{term.text}”" for term in draft.every("gem", "substitute"))
    return (
        sentence.replace("; it is left", f"; {' and '.join(stones)} is left")
        if len(stones) == 1
        else sentence
    )


def _include(draft: Draft, data: dict[str, Any]) -> None:
    """Let veils show in the single stones, where that is asked for and they can be seen into."""
    tokens = draft.sentence.tokens
    named = [term for term in draft.every("gem") if tokens[max(term.start - 1, 0)] == "included"]
    if not (named or draft.has("inclusions")):
        return
    for name in ("stone", "second_stone"):
        stone = data.get(name)
        if stone and stone["gem"] not in UNSEEN_INSIDE:
            data[name] = {**stone, "clarity": "included"}
    if named:
        # "Included" is said of a chain that comes with it as well: only before a stone it is of the stone.
        draft.assume(
            f"“included {named[0].text}”: veils and fingerprints are seen in the stone.",
            lambda spec: any(
                stone is not None and stone.clarity == "included" for stone in (spec.stone, spec.second_stone)
            ),
        )


def _tell_count(draft: Draft) -> None:
    """Tell that one piece is made where several are counted: "two gold rings", "3 pcs silver rings"."""
    for measure, _ in list(draft.measures("")):
        places = range(measure.end, measure.end + 4)
        kinds = (draft.starting(place, "kind", "kind_weak") for place in places)
        piece = next((kind for kind in kinds if kind is not None), None)
        if (
            piece is None
            or piece.value == "earrings"
            or not is_plural(piece)
            or measure.number not in range(2, 100)
        ):
            continue
        if not draft.sentence.broken(measure.end, piece.start):
            draft.take(measure, "pieces", f"{measure.number:g}")
            draft.assume(f"“{measure.text}”: of several pieces one is made.")
            return
    _tell_pair(draft)


def _tell_pair(draft: Draft) -> None:
    """Tell that one piece is made where a pair is asked for of what is not worn in pairs: "a pair of bangles"."""
    pair = next((place for place, token in enumerate(draft.sentence.tokens) if token in _PAIRS), None)
    if pair is None or draft.has("style", "cufflinks"):
        return
    kinds = draft.every("kind", "kind_medium", "kind_weak")
    near = {kind.value for kind in kinds if -4 <= kind.start - pair <= 3}
    if near and not near & {"earrings", "brooch"}:
        draft.assume(f"“{draft.sentence.tokens[pair]}”: of several pieces one is made.")


_PAIRS = frozenset({"pair", "pairs", "paar", "paire", "coppia", "par", "pareja", "duo", "जोड़ी", "जोड़ा"})
"""Words for two pieces, which only earrings and cufflinks are anyway."""


def _tell_unplaced(draft: Draft) -> None:
    """Name the measures that found no part of the piece, or are none."""
    # "One" and "half" are figures of speech as often as counts.
    bare = [item for item in draft.measures("") if item[0].text[0].isdigit() or item[0].number > 1]
    left = [*draft.measures("mm"), *draft.measures("ct"), *draft.measures("percent"), *bare]
    taken = {measure.text for measure in draft.sentence.measures if measure.start in draft.measured}
    texts = list(dict.fromkeys(f"“{measure.text}”" for measure, _ in left if measure.text not in taken))
    for text in texts[:_MOST_TOLD]:
        draft.assume(f"{text} could not be assigned to a part of the piece.")
    if len(texts) > _MOST_TOLD or draft.sentence.unread:
        more = len(texts) - min(len(texts), _MOST_TOLD) + draft.sentence.unread
        draft.assume(f"{more} more numbers could not be assigned to a part of the piece.")
    for measure in draft.sentence.measures:
        if measure.unit and measure.number <= 0:
            draft.assume(f"“{measure.text}” is no size; the usual one is used.")


_MOST_TOLD = 6
"""Numbers without a place that are told one by one."""


def _tell_round(draft: Draft, data: dict[str, Any]) -> None:
    """Tell where small stones are asked for in a cut that only side stones and rows get."""
    accents = data.get("accents")
    cuts = [*draft.side_cuts, *(draft.every("cut") if not data.get("stone") else ())]
    named = next((term for term in cuts if term.value not in ("round", "cabochon")), None)
    if accents is not None and named is not None and accents.get("cut", "round") == "round":
        draft.assume(
            f"Stones of a halo and beside another stone are round; “{named.text}” is not cut for them.",
            evidence.field("accents.cut", "round"),
        )


def _settle_flush(draft: Draft, data: dict[str, Any]) -> None:
    """Give a flush-set stone metal enough to lie in, or a bezel where there is none."""
    if not data.get("stone") or data["stone"]["setting"] != "flush":
        return
    ring = Ring.model_validate(data["ring"]) if data.get("ring") else None
    pendant = Pendant.model_validate(data["pendant"]) if data.get("pendant") else None
    if not sinks(ring, pendant):
        data["stone"]["setting"] = "bezel"
        text = "There is no plate to sink the stone into; it is bezel set."
        draft.assume(text, evidence.field("stone.setting", "bezel"))
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


def _said(draft: Draft) -> str | None:
    """The kind that the prompt's nouns name."""
    said = draft.value("kind") or draft.value("kind_medium") or draft.value("kind_weak") or _styled(draft)
    said = said or worn_at(draft)
    return "tiara" if said == "bracelet" and draft.has("style", "tiara") else said


def worn_at(draft: Draft) -> str | None:
    """The kind that is worn where a prompt names a part of the body and no piece: "pearls for her ears"."""
    return next((_WORN_AT[token] for token in draft.sentence.tokens if token in _WORN_AT), None)


_WORN_AT: dict[str, str] = {
    **dict.fromkeys(("ear", "ears", "earlobe", "earlobes"), "earrings"),
    **dict.fromkeys(("neck", "throat", "neckline", "collarbone"), "necklace"),
    **dict.fromkeys(("wrist", "wrists", "ankle", "ankles"), "bracelet"),
    **dict.fromkeys(("thumb", "knuckle"), "ring"),
    "lapel": "brooch",
}


def _styled(draft: Draft) -> str | None:
    """The kind that a style alone is made of: what dangles is a pair of earrings."""
    return next((_OF_STYLE[term.value] for term in draft.every("style") if term.value in _OF_STYLE), None)


_OF_STYLE: dict[str, str] = {
    **dict.fromkeys(("drop", "stud", "hoop", "huggie", "ear_cuff", "climber"), "earrings"),
    "bangle": "bracelet",
}


def _kind(draft: Draft, chosen: Called | None) -> Called:
    """The kind chosen beside the prompt, else the one its nouns name, else the nearest of another kind, else a ring."""
    said = _said(draft)
    if chosen is not None:
        if said is not None and said != chosen:
            draft.assume(
                f"The prompt speaks of a {said}, but {chosen} was chosen beside it; {chosen} is made."
            )
        return chosen
    other = next((term for term in draft.every("unmade")), None)
    nearest = unmade.KINDS.get(other.value) if other is not None else None
    if (
        other is not None
        and nearest is not None
        and said in (None, nearest.kind, "ring")
        and not is_beside_another(draft, other, nearest.kind)
    ):
        return nearest.kind
    if said is None:
        said = "necklace" if _hangs(draft) else "ring"
        if other is None:
            draft.assume(f"The prompt does not say what kind of piece; a {said} is made.")
    return cast(Called, said)


def is_beside_another(draft: Draft, term: Term, kind: Kind) -> bool:
    """Whether a piece that is not made only says what one of another kind looks like: "a rosary ring"."""
    behind = term.end + ("".join(draft.sentence.tokens[term.end : term.end + 1]) in _LIKENING)
    beside = [*draft.at(term.start - 1, "kind"), *draft.at(behind, "kind")]
    return any(other.value != kind for other in beside)


_LIKENING = frozenset(
    {"like", "style", "styled", "inspired", "shaped", "esque", "type", "form", "effect", "look"}
)
"""Words between what a piece is compared with and the piece: "a torc-like bracelet"."""


def _hangs(draft: Draft) -> bool:
    """Whether what is named without its kind is worn on a chain: a shape, links, pearls in a row, a motif."""
    if draft.every("form", "chain", "clasp", "strand") or draft.strung:
        return True
    on_a_finger = draft.every("cathedral", "shank", "profile") or _OF_FINGERS & {*draft.sentence.tokens}
    return bool(draft.every("motif")) and not on_a_finger


_OF_FINGERS = frozenset(
    {"size", "sz", "finger", "fingers", "band", "bands", "shank", "engagement", "promise"}
)
"""Words that only a ring is described with."""


def _engraving(draft: Draft) -> str:
    text = "".join(c for c in draft.sentence.engraving if c.isprintable() and ord(c) < 256).strip()
    if draft.sentence.engraving and not text:
        draft.assume("Only Latin letters are engraved; none of the text is.")
    elif text != draft.sentence.engraving:
        written = f"Only Latin letters are engraved; of the text “{text[:24]}” is."
        draft.assume(written, evidence.field("engraving", text[:24]))
    if draft.has("engraved") and not draft.sentence.engraving:
        draft.assume("Engraving is asked for without a text in quotes; none is cut.")
    if len(text) > 24:
        text_cut = evidence.field("engraving", text[:24])
        draft.assume("An engraving holds 24 characters; the rest is left out.", text_cut)
    return text[:24]
