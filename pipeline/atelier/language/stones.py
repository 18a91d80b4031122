"""What a prompt says about stones: gem, cut, size, setting, halos and rows."""

from collections.abc import Iterator
from typing import Any, cast, get_args

from pipeline.atelier.language import lexicon
from pipeline.atelier.language.context import STONE_SLOTS, Draft, beside, clamp
from pipeline.atelier.language.parse import Measure, Term
from pipeline.atelier.spec import (
    CORNERS,
    OPAQUE_GEMS,
    ROUND_CUTS,
    USUAL_RATIO,
    Accents,
    Cut,
    Gem,
    SideCut,
    Stone,
    side_least,
)
from pipeline.atelier.weights import carats, size_for


def gem_terms(draft: Draft) -> tuple[list[Term], list[Term]]:
    """Mentions of gems, split into centre stones and accents ("diamond halo", "surrounded by diamonds")."""
    every = draft.every(*STONE_SLOTS)
    return [term for term in every if term not in draft.accents], draft.accents


def gem_name(draft: Draft, term: Term) -> str:
    """The gem a mention stands for; a stone the atelier does not stock is replaced, and that is told."""
    if term.slot == "substitute":
        gem, told = lexicon.SUBSTITUTES[term.value]
        draft.assume(f"The atelier has no {told}; {gem} is used.")
        return gem
    return term.value


def no_stone(draft: Draft) -> bool:
    """Whether the prompt asks for bare metal."""
    if draft.every("stone", negated=True):
        return True
    denied = bool(draft.every(*STONE_SLOTS, negated=True)) or draft.has("stone", "none")
    # "No diamonds, just an emerald" asks for the emerald; so does "a plain emerald ring".
    return denied and not draft.every(*STONE_SLOTS)


def read_stone(
    draft: Draft, *, default: bool, size_mm: float, told: str, among: int = 1
) -> dict[str, Any] | None:
    """The centre stone: asked for, or there by default for this kind of piece. A total weight is ``among`` so many."""
    centre, accent = gem_terms(draft)
    if no_stone(draft):
        if centre and not all(term.negated for term in centre):
            draft.assume("The prompt asks for no stone and names one; it is made without.")
        return None
    alone = not centre and bool(accent) and not draft.has("halo") and not draft.at_sides(accent[0])
    asked = (
        bool(centre)
        or draft.has("stone", "any")
        or bool(draft.every("setting", "halo"))
        or alone
        or _names_a_cut(draft)
    )
    if not asked and not default:
        return None
    gem = gem_name(draft, (centre or accent)[0]) if centre or alone else _unnamed(draft, told)
    cut = _cut(draft, gem)
    ratio = _ratio(draft, cut)
    stone: dict[str, Any] = {"gem": gem, "cut": cut, "ratio": ratio, **_setting(draft, gem, cut)}
    stone["length_mm"] = _stone_size(draft, gem, cut, ratio, size_mm, among)
    return stone


def _unnamed(draft: Draft, told: str) -> str:
    """The gem of a stone that is asked for by its colour at most."""
    hues = draft.every("hue")
    gem = lexicon.COLOURS[hues[0].value] if hues else "diamond"
    article = "an" if gem[0] in "aeiou" else "a"
    draft.assume(
        f"“{hues[0].text}” is read as the stone's colour; {article} {gem} is used." if hues else told
    )
    return gem


def _names_a_cut(draft: Draft) -> bool:
    """Whether a cut is named as such: "princess cut" asks for a stone, "oval" alone may be a locket's shape."""
    return any(term.text.endswith(" cut") for term in draft.every("cut"))


def _ratio(draft: Draft, cut: str) -> float:
    ratio = USUAL_RATIO[cut]
    if cut == "radiant" and draft.has("shape", "square"):
        ratio = 1.0
    if cut == "cabochon" and draft.has("cut", "oval"):
        ratio = USUAL_RATIO["oval"]
    for measure, _ in draft.measures(""):
        place = draft.sentence.tokens[max(measure.start - 2, 0) : measure.start]
        if "ratio" in place and 1 <= measure.number <= 2.5:
            draft.take(measure, "ratio", f"{measure.number:g}")
            return measure.number if cut not in ROUND_CUTS else 1.0
    for measure, about in draft.measures("mm"):
        if (
            measure.second is not None
            and cut not in ROUND_CUTS
            and (about & {"stone"} or not about - {"piece", "band"})
            and not _of_a_band(draft, measure)
        ):
            long, short = max(measure.number, measure.second), min(measure.number, measure.second)
            return round(min(max(long / max(short, 0.1), 1.0), 2.5), 3)
    return ratio


def _cut(draft: Draft, gem: str) -> str:
    if gem == "pearl":
        return "pearl"
    named = draft.value("cut") or {
        "square": "princess",
        "rectangular": "emerald",
        "drop": "pear",
        "round": "round",
    }.get(draft.shape("stone") or "")
    if gem in OPAQUE_GEMS:
        if named not in (None, "cabochon", "round", "oval"):
            draft.assume(f"{gem.capitalize()} is opaque; it is cut as a cabochon.")
        return "cabochon"
    ends = {term.end for term in draft.every("gem")}
    hung = any(term.value == "drop" and term.start in ends for term in draft.every("shape"))
    if named is None and ends and (hung or draft.has("form", "teardrop")):
        return "pear"
    if named is None:
        draft.assume(f"The cut is not named; the {gem} is a round brilliant.")
    return named or "round"


def _setting(draft: Draft, gem: str, cut: str) -> dict[str, Any]:
    halo = draft.has("halo")
    setting = draft.value("setting") or ("bezel" if gem in (*OPAQUE_GEMS, "pearl") else "prong")
    prongs = 4
    for measure, _ in list(draft.measures("")):
        if (
            draft.sentence.tokens[measure.end : measure.end + 1]
            and draft.sentence.tokens[measure.end] in _PRONG_WORDS
        ):
            corners = CORNERS.get(cut, 0)
            prongs = 6 if measure.number >= 5 and not corners else 4
            draft.take(measure, "prongs", str(corners or prongs))
            if corners:
                if measure.number != corners:
                    draft.assume(f"A {cut} is held by {corners} prongs, one at each corner.")
            elif measure.number not in (4, 6):
                draft.assume(f"{measure.number:g} prongs are not made; {prongs} hold the stone.")
    if halo and setting == "flush":
        setting = "bezel"
        draft.assume("A flush-set stone can carry no halo; it is bezel set.")
    return {"setting": setting, "prongs": prongs, "halo": halo}


def _of_a_band(draft: Draft, measure: Measure) -> bool:
    """Whether two sizes are a band's width and thickness: "4 x 1.6 mm band"; a "12 x 10 mm ring" has such a stone."""
    return bool({"band", "shank", "hoop", "hoops"} & {*draft.sentence.tokens[measure.end : measure.end + 2]})


_PRONG_WORDS = frozenset({"prong", "prongs", "claw", "claws"})
_OF_PRONGS = {(word,) for word in _PRONG_WORDS}


def _stone_size(draft: Draft, gem: str, cut: str, ratio: float, default: float, among: int) -> float:
    for measure, _ in draft.measures("ct"):
        draft.take(measure, "stone weight", f"{measure.number:g} ct")
        weight = measure.number
        if among > 1 and _is_total(draft, measure):
            weight /= among
            draft.assume(f"{measure.number:g} ct in all is {weight:g} ct each.")
        size = size_for(cast(Gem, gem), cast(Cut, cut), max(weight, 1e-3), ratio)
        return clamp(draft, Stone, "length_mm", round(size, 2))
    for measure, about in draft.measures("mm"):
        if measure.second is not None and not about & {"chain"} and not _of_a_band(draft, measure):
            draft.take(measure, "stone size", measure.text)
            return clamp(draft, Stone, "length_mm", max(measure.number, measure.second))
    number = beside(draft, "mm", {"stone"}, "stone size")
    if number is not None:
        return clamp(draft, Stone, "length_mm", number)
    factor = {"small": 0.72, "large": 1.35, "": 1.0}[draft.scale("stone", slots=("scale",))]
    return float(round(default * factor * ratio**0.5, 2))


def _is_total(draft: Draft, measure: Measure) -> bool:
    """Whether a weight is that of all stones together: "2 ctw", "1 carat total weight"."""
    after = draft.sentence.tokens[measure.end : measure.end + 3]
    return bool(_TOTALS & {*measure.text.split(), *after})


_TOTALS = frozenset({"ctw", "tcw", "cttw", "total", "tw", "altogether"})


def row_size(draft: Draft, accents: dict[str, Any], length_mm: float, gap: float) -> float | None:
    """Diameter in mm of a row's stones from their weight: "3 ct tennis bracelet" weighs all, "0.1 ct each" one.

    A row of ``length_mm`` holds ``length_mm`` / (d (1 + ``gap``)) stones of diameter d unless their number is given.
    """
    for measure, _ in draft.measures("ct"):
        draft.take(measure, "stone weight", f"{measure.number:g} ct")
        cubic = carats(cast(Gem, accents["gem"]), "round", 1.0, 1.0)
        each = "each" in draft.sentence.tokens[measure.end : measure.end + 2]
        if count := 1 if each else accents.get("count"):
            size = (measure.number / count / cubic) ** (1 / 3)
        else:
            size = (measure.number * (1 + gap) / length_mm / cubic) ** 0.5
        return clamp(draft, Accents, "diameter_mm", round(size, 2))
    return None


def read_accents(draft: Draft, *, asked: bool, size_mm: float, row: bool = False) -> dict[str, Any] | None:
    """Small stones: their kind, size, number and setting."""
    centre, accent = gem_terms(draft)
    if no_stone(draft) or not (asked or draft.every("accents") or (centre and accent)):
        return None
    found: dict[str, Any] = {
        "gem": "diamond",
        "setting": "channel" if draft.has("accents", "channel") else "pave",
    }
    faceted = [name for term in accent if (name := gem_name(draft, term)) not in (*OPAQUE_GEMS, "pearl")]
    if faceted:
        found["gem"] = faceted[0]
    nouns = {"accents", "halo", "stone"} if row else {"accents", "halo"}
    number = beside(draft, "mm", nouns, "accent size", below=5.0, unlike=frozenset({"width", "thickness"}))
    found["diameter_mm"] = clamp(draft, Accents, "diameter_mm", number) if number else size_mm
    count = _count(draft)
    if count is not None and count > 1:
        found["count"] = min(count, 120)
    return found


def stone_counts(draft: Draft) -> Iterator[Measure]:
    """Whole numbers that stand before a stone, within three words; "4-prong aquamarine" counts prongs."""
    tokens = draft.sentence.tokens
    for measure, _ in list(draft.measures("")):
        if measure.number != int(measure.number) or tokens[measure.end : measure.end + 1] in _OF_PRONGS:
            continue
        for term in draft.every(*STONE_SLOTS, "stone", "accents"):
            if 0 <= term.start - measure.end <= 3 and not draft.sentence.broken(measure.end, term.start):
                yield measure
                break


def _count(draft: Draft) -> int | None:
    """The largest number of stones asked for."""
    best = None
    for measure in stone_counts(draft):
        draft.take(measure, "count", f"{measure.number:g}")
        best = max(best or 0, int(measure.number))
    return best


def side_cut(draft: Draft) -> SideCut:
    """The cut of a three-stone ring's side stones."""
    named = next((term.value for term in draft.side_cuts if term.value in get_args(SideCut)), "round")
    return cast(SideCut, named)


def assign_row(
    draft: Draft, style: str, stone: dict[str, Any] | None, accents: dict[str, Any] | None
) -> None:
    """In an eternity ring the named gem is the row's; in a three-stone ring a second one is the sides'."""
    if accents is None:
        return
    if style == "three_stone":
        accents.pop("count", None)
        accents["cut"] = side_cut(draft)
        accents["diameter_mm"] = max(accents["diameter_mm"], side_least(accents["cut"]))
    centre, accent = gem_terms(draft)
    if style == "eternity" or (style == "band" and stone is None):
        named = [gem_name(draft, term) for term in (*centre, *accent)]
        accents["gem"] = next((gem for gem in named if gem not in (*OPAQUE_GEMS, "pearl")), "diamond")
    elif style == "three_stone" and not accent:
        named = [gem_name(draft, term) for term in centre[1:]]
        usual = stone["gem"] if stone and stone["gem"] not in (*OPAQUE_GEMS, "pearl") else "diamond"
        accents["gem"] = named[0] if named and named[0] not in (*OPAQUE_GEMS, "pearl") else usual
