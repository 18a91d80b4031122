"""What a prompt says about a motif: which one, how large, flat or domed, open, enamelled, hung or held in the chain."""

import re
from typing import Any, get_args

from pipeline.atelier.language import evidence
from pipeline.atelier.language.context import Draft, beside, clamp, stone_of
from pipeline.atelier.language.ornaments import (
    ENAMEL_COLOURS,
    NEAREST,
    WIDE,
    enamel_colour,
    is_enamel,
    motif_of,
)
from pipeline.atelier.language.terms import STONE_SLOTS, Term
from pipeline.atelier.language.text import plural
from pipeline.atelier.language.vocabulary import is_plural
from pipeline.atelier.spec import LETTERS, OPAQUE_GEMS, Kind, Motif, RingStyle

PAVE_MM = 1.1
"""Diameter of the small stones on a motif's face."""
LONGEST_NAME = 16
"""Letters on a name plate."""
_SET = re.compile(f"[{LETTERS}]")
MANY_CHARMS = 5
"""How many charms hang where they are spoken of in the plural."""
CENTRE_MM = 3.0
"""Usual length of the one stone set into a motif."""
USUAL_SIZE_MM: dict[str, float] = {
    "ring": 11.0,
    "bracelet": 14.0,
    "charm": 11.0,
    "hoop": 9.0,
    "necklace": 30.0,
}
"""Longer side of a motif where it is not as tall as a pendant or stud."""
_OF_METAL = {"heart": "heart", "cross": "cross"}
_KEPT_STYLES = frozenset({*get_args(RingStyle)} - {"motif"})


def named(draft: Draft) -> Term | None:
    """The motif that is made: the first that is drawn; of several words the moon beside a star is both."""
    drawn = [term for term in draft.every("motif") if _is_made(draft, term)]
    return drawn[0] if drawn else None


def _is_made(draft: Draft, term: Term) -> bool:
    motif = motif_of(term.value)
    return motif is not None and (motif != "text" or bool(_word(draft)))


def motif_name(draft: Draft) -> str | None:
    """The motif's name, also where a heart or cross of metal is to be open or to sit on a ring or bracelet."""
    term = named(draft)
    if term is not None:
        values = {motif_of(other.value) for other in draft.every("motif")}
        return "moon_and_star" if {"moon", "star"} <= values else motif_of(term.value)
    form = draft.value("form")
    if form in _OF_METAL and (draft.has("openwork") or _only_as_motif(draft)):
        return _OF_METAL[str(form)]
    return None


def _only_as_motif(draft: Draft) -> bool:
    """Whether the piece shows a heart or cross by a motif only: a bracelet, ring or brooch without a stone."""
    kind = draft.value("kind") or draft.value("kind_medium") or draft.value("kind_weak")
    stony = bool(draft.every("cut", "setting", *STONE_SLOTS))
    return kind == "bracelet" or (kind in ("ring", "brooch") and not stony)


def is_motif(draft: Draft) -> bool:
    """Whether a pendant, stud or drop is of a motif: one is named, and no form besides that cannot be it."""
    form = draft.value("form")
    if draft.sentence.letter or motif_name(draft) is None:
        return False
    return form in (None, "round") or (form in _OF_METAL and draft.has("openwork"))


def rings_motif(draft: Draft, solitaires: frozenset[str]) -> bool:
    """Whether a ring carries a motif: no style, halo or engagement is named that makes it another ring."""
    tokens = set(draft.sentence.tokens)
    styled = any(term.value in _KEPT_STYLES for term in draft.every("style"))
    banded = bool(tokens & {"band", "bands"}) and not draft.has("kind", "ring")
    return motif_name(draft) is not None and not (
        styled or banded or tokens & solitaires or draft.every("halo", "cathedral", "sides")
    )


def read_motif(draft: Draft, host: Kind | str) -> dict[str, Any]:
    """The spec's group of a motif on a host: a kind of piece, or "charm"."""
    name, term = motif_name(draft) or "flower", named(draft)
    if term is not None and term.value in NEAREST:
        draft.assume(f"“{term.text}”: {NEAREST[term.value][1]}", evidence.field("motif.name", name))
    motif: dict[str, Any] = {
        "name": name,
        "mount": _mount(draft, host, name),
        "relief": "domed" if draft.has("relief") else "flat",
    }
    if name == "text":
        motif["text"] = _word(draft)
        if motif["text"] != draft.sentence.word:
            most = f"A name plate holds {LONGEST_NAME} letters of its typeface"
            draft.assume(f"{most}; “{motif['text']}” is set.")
    motif["openwork"] = draft.has("openwork") or (
        term is not None and term.text in ("open heart", "open cross")
    )
    motif["enamel"] = _enamel(draft, name)
    if host in ("necklace", "earrings", "brooch") and motif["mount"] == "hung":
        return motif  # as tall as the pendant or stud, as wide as the brooch
    size = beside(draft, "mm", {"motif"}, "motif size", below=60)
    if host != "necklace" and size is None:
        size = beside(draft, "mm", {"pendant", "piece", "diameter", "height"}, "motif size", below=45)
    usual = (
        USUAL_SIZE_MM.get(host, 10.0)
        * {"small": 0.75, "large": 1.4, "": 1.0}[draft.scale("pendant", slots=("scale",))]
    )
    motif["size_mm"] = clamp(draft, Motif, "size_mm", size or round(usual, 1))
    return motif


def _mount(draft: Draft, host: Kind | str, name: str) -> str:
    if host not in ("necklace", "bracelet"):
        return "hung"
    said = draft.value("mount")
    if said is not None:
        return said
    long_name = name == "text" and len(_word(draft)) > 2
    return "station" if host == "bracelet" or long_name else "hung"


def _word(draft: Draft) -> str:
    """The word to set in type: as many letters of the typeface as a name plate holds; empty where it has none."""
    return "".join(_SET.findall(draft.sentence.word)).strip()[:LONGEST_NAME].strip()


def _enamel(draft: Draft, name: str) -> str | None:
    """The colour of the enamel; an eye is enamelled in its own colours unless stones or bare metal are asked for."""
    asked = [term for term in draft.every("material") if is_enamel(term)]
    colours = [colour for term in asked if (colour := enamel_colour(term.text)) is not None]
    if asked:
        return colours[0] if colours else "own"
    bare = (
        draft.every("material", negated=True)
        or draft.every(*STONE_SLOTS, "accents", "openwork")
        or draft.has("stone", "none")
    )
    if name not in ("evil_eye", "nazar") or bare:
        return None
    hue = next(
        (ENAMEL_COLOURS[term.value] for term in draft.every("hue") if term.value in ENAMEL_COLOURS), None
    )
    fill = "own" if hue in (None, "blue", "light_blue") else str(hue)
    called = "its own colours" if fill == "own" else fill.replace("_", " ")
    draft.assume(
        f"The eye is filled with enamel in {called}; “no enamel” leaves it in bare metal.",
        evidence.field("motif.enamel", fill),
    )
    return fill


def ornament(
    draft: Draft, stone: dict[str, Any] | None, accents: dict[str, Any] | None, longest: float
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The stones of a motif: diamonds pave its face; a single, another or a measured one is set into its middle."""
    if stone is None:
        if accents is not None:
            accents["diameter_mm"] = min(accents["diameter_mm"], 2.0)
        return None, accents
    sized = bool({"stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()})
    if not sized and _paves(draft, stone, accents):
        paved = evidence.field("accents.gem", stone["gem"])
        draft.assume(f"The motif's face is set with small {plural(stone['gem'])}.", paved)
        return None, {**(accents or {"diameter_mm": PAVE_MM}), "gem": stone["gem"]}
    if not sized:
        stone["length_mm"] = round(min(CENTRE_MM * stone["ratio"] ** 0.5, max(0.3 * longest, 1.5)), 2)
    if stone["setting"] == "flush":
        stone["setting"] = "bezel"
        bezel = evidence.field("stone.setting", "bezel")
        draft.assume("A motif's sheet is too thin to sink a stone into; it is bezel set.", bezel)
    return stone, accents


def _paves(draft: Draft, stone: dict[str, Any], accents: dict[str, Any] | None) -> bool:
    """Whether a gem covers the motif: diamond or several stones, where nothing says that one stands alone."""
    if stone["gem"] in (*OPAQUE_GEMS, "pearl") or stone["halo"] or draft.every("cut", "setting", "halo"):
        return False
    terms = [term for term in draft.every(*STONE_SLOTS) if stone_of(term) == stone["gem"]]
    many = any(is_plural(term) for term in terms) or bool(draft.every("accents"))
    return many or (
        stone["gem"] == "diamond" and accents is None and not any(_is_single(draft, term) for term in terms)
    )


_SINGLE = frozenset({
    "a", "one", "single", "1", "ein", "eine", "einem", "einer", "un", "une", "una", "uno", "um", "uma", "een",
})  # fmt: skip


def _is_single(draft: Draft, gem: Term) -> bool:
    """Whether a gem is one stone, "with a small diamond": in "a diamond star" the article is the star's."""
    said = _SINGLE & set(draft.sentence.tokens[max(gem.start - 3, 0) : gem.start])
    return bool(said) and not any(
        draft.starting(gem.end, slot) for slot in ("motif", "kind", "kind_medium", "noun", "form")
    )


def usual_share(name: str | None) -> float:
    """Usual height of a motif over a disc's."""
    return WIDE.get(name or "", 1.0)


def charms(draft: Draft) -> int:
    """How many charms hang from a bracelet: counted, or five where they are spoken of in the plural; 0 for none."""
    tokens = draft.sentence.tokens
    for measure, _ in list(draft.measures("")):
        if {"charm", "charms"} & {*tokens[measure.end : measure.end + 9]} and measure.number == int(
            measure.number
        ):
            draft.take(measure, "charms", f"{measure.number:g}")
            return int(min(max(measure.number, 1), 9))
    hearts = [term for term in draft.every("motif", "form") if is_plural(term)]
    if "charms" in tokens or ("charm" in tokens and hearts):
        return MANY_CHARMS
    return 1 if "charm" in tokens else 0
