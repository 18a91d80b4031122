"""What a prompt says about stones: gem, cut, size, setting, halos and rows."""

from collections.abc import Iterator
from typing import Any, cast, get_args

from pipeline.atelier.language import evidence, foreign, lexicon
from pipeline.atelier.language.context import LONG_MM, Draft, beside, clamp, leftover, stone_of
from pipeline.atelier.language.terms import STONE_SLOTS, Measure, Term
from pipeline.atelier.language.vocabulary import is_plural
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
    can_hide_a_halo,
    side_least,
)
from pipeline.atelier.weights import carats, size_for

NOT_FACETED: tuple[str, ...] = (*OPAQUE_GEMS, "pearl")
"""Gems that no row of small stones is made of."""

HEAVY_CT = 6.0
"""A single stone heavier than this is told with its size: the number may have been meant for the metal."""


def gem_terms(draft: Draft) -> tuple[list[Term], list[Term]]:
    """Mentions of gems, split into centre stones and accents ("diamond halo", "surrounded by diamonds")."""
    accents = set(draft.accents)
    return [term for term in draft.every(*STONE_SLOTS) if term not in accents], draft.accents


def gem_name(draft: Draft, term: Term) -> str:
    """The gem a mention stands for; a stone the atelier does not stock is replaced, and that is told."""
    gem = stone_of(term)
    if (
        term.slot == "substitute"
        and (asked := lexicon.called(term.value)).replace("'", "").replace(" ", "_") != gem
    ):
        faceted_too = f"The atelier has no {asked}; {gem.replace('_', ' ')}, the nearest in colour, is used."
        domed = f"{faceted_too[:-1]}, cut in a dome as that is."
        draft.condition(faceted_too, evidence.set_with(gem))
        draft.condition(domed, evidence.set_with(gem, ("cabochon",)), faceted_too)
        draft.assume(domed if _is_dome(term) and gem not in OPAQUE_GEMS else faceted_too)
    return gem


def faceted(draft: Draft, terms: list[Term]) -> str | None:
    """The first of some gems that a row can be made of, or none; what stands for another is told."""
    named = (term for term in terms if is_faceted(term))
    first = next(named, None)
    return gem_name(draft, first) if first is not None else None


def is_faceted(term: Term) -> bool:
    """Whether a row of small stones can be made of what is named."""
    return stone_of(term) not in NOT_FACETED and not _is_dome(term)


def _is_dome(term: Term) -> bool:
    return term.slot == "substitute" and term.value in lexicon.AS_CABOCHON


def no_stone(draft: Draft) -> bool:
    """Whether the prompt asks for bare metal."""
    if draft.every("stone", negated=True):
        return True
    denied = bool(draft.every(*STONE_SLOTS, negated=True)) or draft.has("stone", "none")
    # "No diamonds, just an emerald" asks for the emerald; so does "a plain emerald ring".
    return denied and not draft.every(*STONE_SLOTS) and not is_cut_alone(draft)


def is_cut_alone(draft: Draft) -> bool:
    """Whether a stone is named by its cut alone and something else that only stones have: "a 2 ct cushion"."""
    if not draft.every("cut"):
        return False
    weighed = any(measure.number not in lexicon.FINENESS for measure, _ in draft.measures("ct"))
    pronged = any(
        _PRONG_WORDS & {*draft.sentence.tokens[measure.end : measure.end + 2]}
        for measure, _ in draft.measures("")
    )
    return weighed or pronged or bool(draft.every("halo", "hidden_halo", "setting", "grade"))


def is_ornament(draft: Draft) -> bool:
    """Whether the piece is of a motif, an inlay, a material or what nobody here knows, and no stone is named."""
    ornament = bool(draft.every("motif", "inlay", "material", "unmade") or draft.sentence.unknown)
    ornament = ornament or any(term.text in lexicon.PLAIN for term in draft.every("standin", "kind"))
    ornament = ornament or draft.has("hung", "tassel") or draft.has("hung", "jhumka")
    return ornament and not speaks_of_stones(draft)


def speaks_of_stones(draft: Draft) -> bool:
    """Whether a gem, a stone or anything that only stones have is named."""
    return bool(
        draft.every(
            *STONE_SLOTS,
            "cut",
            "setting",
            "halo",
            "stone",
            "cathedral",
            "accents",
            "hue",
            "cluster",
            "hidden_halo",
            "grade",
        )
    ) or draft.has("style", "solitaire")


def read_stone(
    draft: Draft, *, default: bool, size_mm: float, assumption: str, among: int = 1
) -> dict[str, Any] | None:
    """The centre stone: asked for, or there by default for this kind of piece. A total weight is ``among`` so many."""
    centre, accent = gem_terms(draft)
    if no_stone(draft):
        if centre:
            text = "The prompt asks for no stone and names one; it is made without."
            draft.assume(text, lambda spec: not evidence.gems_of(spec))
        return None
    alone = not centre and bool(accent) and not draft.has("halo") and not draft.at_sides(accent[0])
    if not (_asks_for_a_stone(draft, centre, alone=alone) or default):
        return None
    gem, cut = _gem_and_cut(draft, (centre or accent)[0] if centre or alone else None, assumption)
    ratio = _ratio(draft, cut)
    stone: dict[str, Any] = {"gem": gem, "cut": cut, "ratio": ratio, **_setting(draft, gem, cut)}
    stone["length_mm"] = _stone_size(draft, gem, cut, ratio, size_mm, among)
    return stone


def _gem_and_cut(draft: Draft, named: Term | None, assumption: str) -> tuple[str, str]:
    """The gem named or assumed, and its cut; what is always cut in domes is no brilliant."""
    if named is None:
        gem = _unnamed(draft, assumption)
        return gem, _cut(draft, gem)
    gem = gem_name(draft, named)
    return gem, "cabochon" if _is_dome(named) and gem != "pearl" else _cut(draft, gem)


def _asks_for_a_stone(draft: Draft, centre: list[Term], *, alone: bool) -> bool:
    """Whether a gem, a stone, a setting, a halo or a cut is named; a setting of a motif's is none."""
    return (
        bool(centre)
        or alone
        or draft.has("stone", "any")
        or bool(draft.every("setting", "halo", "cluster", "hidden_halo"))
        or _names_a_cut(draft)
        or is_cut_alone(draft)
    )


def _unnamed(draft: Draft, assumption: str) -> str:
    """The gem of a stone that is asked for by its colour at most."""
    hues = draft.every("hue")
    gem = lexicon.COLOURS[hues[0].value] if hues else "diamond"
    article = "an" if gem[0] in "aeiou" else "a"
    draft.assume(
        f"“{hues[0].text}” is read as the stone's colour; {article} {gem} is used." if hues else assumption,
        evidence.set_with(gem),
    )
    return gem


def _names_a_cut(draft: Draft) -> bool:
    """Whether a cut is named as such: "princess cut" asks for a stone, "oval" alone may be a locket's shape."""
    return any(
        term.text.endswith((" cut", " brilliant")) or term.value in _OF_STONES_ONLY
        for term in draft.every("cut")
    )


_OF_STONES_ONLY = frozenset({"baguette", "asscher"})
"""Cuts whose bare names are said of stones alone."""


def _ratio(draft: Draft, cut: str) -> float:
    """Length over width: said as such, given by two sizes, or the cut's usual one."""
    if (said := _said_ratio(draft)) is not None:
        return said if cut not in ROUND_CUTS else 1.0
    if cut not in ROUND_CUTS and (sized := _sized_ratio(draft)) is not None:
        return sized
    if cut == "radiant" and draft.has("shape", "square"):
        return 1.0
    return USUAL_RATIO["oval" if cut == "cabochon" and draft.has("cut", "oval") else cut]


def _said_ratio(draft: Draft) -> float | None:
    for measure, _ in draft.measures(""):
        place = draft.sentence.tokens[max(measure.start - 2, 0) : measure.start]
        if "ratio" in place and 1 <= measure.number <= 2.5:
            draft.take(measure, "ratio", f"{measure.number:g}")
            return measure.number
    return None


def _sized_ratio(draft: Draft) -> float | None:
    for measure, about in draft.measures("mm"):
        if measure.second is None or _of_a_band(draft, measure):
            continue
        if about & {"stone"} or not about - {"piece", "band"}:
            long, short = max(measure.number, measure.second), min(measure.number, measure.second)
            return round(min(max(long / max(short, 0.1), 1.0), 2.5), 3)
    return None


_CUT_OF_SHAPE = {"square": "princess", "rectangular": "emerald", "drop": "pear", "round": "round"}


def _cut(draft: Draft, gem: str) -> str:
    """The cut named, or the one that the gem and the shape of the piece call for."""
    if gem == "pearl":
        return "pearl"
    named = draft.value("cut") or _CUT_OF_SHAPE.get(draft.shape("stone") or "")
    if gem in OPAQUE_GEMS:
        if named not in (None, "cabochon", "round", "oval"):
            opaque = f"{gem.capitalize().replace('_', ' ')} is opaque; it is cut as a cabochon."
            draft.assume(opaque, evidence.set_with(gem))
        return "cabochon"
    if named is None and _hangs_as_a_drop(draft):
        return "pear"
    if named is None:
        text = f"The cut is not named; the {gem.replace('_', ' ')} is a round brilliant."
        draft.assume(text, evidence.set_with(gem, ("round",)))
    return named or "round"


def _hangs_as_a_drop(draft: Draft) -> bool:
    """Whether a gem is named and hangs: "an aquamarine drop"."""
    ends = {term.end for term in draft.every(*STONE_SLOTS)}
    hung = any(term.value == "drop" and term.start in ends for term in draft.every("shape"))
    return bool(ends) and (hung or draft.has("form", "teardrop"))


def _setting(draft: Draft, gem: str, cut: str) -> dict[str, Any]:
    cluster = draft.has("cluster")
    halo = draft.has("halo") and not cluster
    held = "prong" if draft.has("tips") else None
    setting = draft.value("setting") or held or ("bezel" if gem in NOT_FACETED else "prong")
    prongs = _prongs(draft, cut)
    if halo and setting == "flush":
        setting = "bezel"
        text = "A flush-set stone can carry no halo; it is bezel set."
        draft.assume(text, lambda spec: spec.stone is not None and spec.stone.halo)
    if cluster and setting == "flush":
        setting = "prong"
    double = halo and draft.has("halo", "double")
    pronged = setting == "prong" and cut != "pearl"
    tips = (draft.value("tips") if pronged else None) or "round"
    return {
        "setting": setting, "prongs": prongs, "tips": tips, "halo": halo, "double_halo": double, "cluster": cluster,
    }  # fmt: skip


def _prongs(draft: Draft, cut: str) -> int:
    """Prongs that are named, four where none are; a cut with corners is held at those."""
    prongs = 4
    for measure, _ in list(draft.measures("")):
        ahead = draft.sentence.tokens[measure.end : measure.end + 2]  # "six slender prongs"
        if not set(ahead) & _PRONG_WORDS or draft.sentence.broken(measure.end, measure.end + 1):
            continue
        corners = CORNERS.get(cut, 0)
        prongs = 6 if measure.number >= 5 and not corners else 4
        draft.take(measure, "prongs", str(corners or prongs))
        if corners and measure.number != corners:
            text = f"A {cut} is held by {corners} prongs, one at each corner."
            held = evidence.field("stone.setting", "prong")
            draft.assume(text, evidence.every(held, evidence.field("stone.cut", cut)))
        elif not corners and measure.number not in (4, 6):
            text = f"{measure.number:g} prongs are not made; {prongs} hold the stone."
            draft.assume(text, evidence.field("stone.prongs", prongs))
    return prongs


def _of_a_band(draft: Draft, measure: Measure) -> bool:
    """Whether two sizes are a band's width and thickness: "4 x 1.6 mm band"; a "12 x 10 mm ring" has such a stone."""
    return bool({"band", "shank", "hoop", "hoops"} & {*draft.sentence.tokens[measure.end : measure.end + 2]})


_PRONG_WORDS = frozenset(
    {"prong", "prongs", "claw", "claws", "griffe", "griffes", "爪", "krappe", "krappen", "garra", "garras"}
)
_ROWS = {("row",), ("rows",), ("line",), ("lines",)}
"""Words of which a number counts no stones: "3 row diamond bangle"."""
_OF_PRONGS = {(word,) for word in _PRONG_WORDS}


def _stone_size(draft: Draft, gem: str, cut: str, ratio: float, default: float, among: int) -> float:
    """Length in mm: from a weight, two sizes, one size, or the usual one as small or large as it is said to be."""
    weight = _own_weight(draft)
    if weight is not None:
        return _size_of_weight(draft, weight, gem, cut, ratio, among)
    for measure, about in draft.measures("mm"):
        if measure.second is not None and not about & {"chain"} and not _of_a_band(draft, measure):
            draft.take(measure, "stone size", measure.text)
            return clamp(draft, Stone, "length_mm", max(measure.number, measure.second))
    size = beside(draft, "mm", {"stone"}, "stone size", below=LONG_MM)  # longer is a chain
    if size is not None:
        return clamp(draft, Stone, "length_mm", size)
    factor = {"small": 0.72, "large": 1.35, "": 1.0}[
        draft.scale("stone", "accents", "earrings", slots=("scale",))
    ]
    if factor < 1 and any(term.text in _TINY for term in draft.every("scale")):
        factor = 0.5
    return float(round(default * factor * ratio**0.5, 2))


def _own_weight(draft: Draft) -> Measure | None:
    """The first weight; that of a halo or of small stones only where nothing else tells the stone's own size."""
    weights = list(draft.measures("ct"))
    centre = [measure for measure, about in weights if not about & {"halo", "accents"}]
    sized = any(measure.second is not None or about & {"stone"} for measure, about in draft.measures("mm"))
    return centre[0] if centre else weights[0][0] if weights and not sized else None


_TINY = frozenset({"tiny", "mini", "minute"})


def _size_of_weight(draft: Draft, measure: Measure, gem: str, cut: str, ratio: float, among: int) -> float:
    draft.take(measure, "stone weight", f"{measure.number:g} ct")
    weight = measure.number
    if among > 1 and _is_total(draft, measure):
        weight /= among
        draft.assume(f"{measure.number:g} ct in all is {weight:g} ct each.", evidence.group("stone"))
    size = round(size_for(cast(Gem, gem), cast(Cut, cut), max(weight, 1e-3), ratio), 2)
    if weight > HEAVY_CT:
        article = "An" if gem[0] in "aeio" else "A"
        draft.assume(
            f"{article} {gem.replace('_', ' ')} of {weight:.3g} ct measures {size:g} mm; "
            "the gold's fineness is written “18 k gold”.",
            evidence.field("stone.length_mm", min(size, 20.0)),
        )
    return clamp(draft, Stone, "length_mm", size)


def _is_total(draft: Draft, measure: Measure) -> bool:
    """Whether a weight is that of all stones together: "2 ctw", "1 carat total weight"."""
    behind = draft.sentence.tokens[measure.end : measure.end + 6]
    after = [word for word in behind if word != "."][:3]
    before = draft.sentence.tokens[max(measure.start - 5, 0) : measure.start]
    spelt_out = after[:2] == ["t", "w"] or after[:1] == ["w"]
    return spelt_out or bool(_TOTALS & {*measure.text.split(), *after}) or bool(_TOTALS_BEFORE & {*before})


_TOTALS = frozenset(
    {"ctw", "tcw", "cttw", "total", "tw", "ctwt", "altogether", "insgesamt", "totales", "totali"}
)


_TOTALS_BEFORE = frozenset({
    "total", "totalling", "totaling", "tdw", "計", "合計", "zusammen", "insgesamt", "ges", "gesamt", "totale", "totaal",
    "共", "总",
})  # fmt: skip
"""Words before a weight with which it is that of all stones."""


def row_size(draft: Draft, accents: dict[str, Any], length_mm: float, gap: float) -> float | None:
    """Diameter in mm of a row's stones from their weight: "3 ct tennis bracelet" weighs all, "0.1 ct each" one.

    A row of ``length_mm`` holds ``length_mm`` / (d (1 + ``gap``)) stones of diameter d unless their number is given.
    """
    for measure, _ in draft.measures("ct"):
        draft.take(measure, "stone weight", f"{measure.number:g} ct")
        cut = cast(SideCut, accents.get("cut", "round"))
        ratio = USUAL_RATIO[cut]
        cubic = carats(cast(Gem, accents["gem"]), cut, 1.0, 1 / ratio)
        each = "each" in draft.sentence.tokens[measure.end : measure.end + 2]
        if count := 1 if each else accents.get("count"):
            size = (measure.number / count / cubic) ** (1 / 3)
        else:
            along = 1.0 if accents.get("lengthwise") else ratio
            size = (measure.number * (1 + gap) / along / length_mm / cubic) ** 0.5
        return clamp(draft, Accents, "diameter_mm", round(size, 2))
    return None


def read_accents(draft: Draft, *, asked: bool, size_mm: float, row: bool = False) -> dict[str, Any] | None:
    """Small stones: their kind, size, number and setting."""
    centre, accent = gem_terms(draft)
    if no_stone(draft) or not (asked or draft.every("accents") or (centre and accent)):
        return None
    accents: dict[str, Any] = {
        "gem": faceted(draft, accent) or "diamond",
        "setting": "channel" if draft.has("accents", "channel") else "pave",
    }
    nouns = {"accents", "halo", "stone"} if row else {"accents", "halo"}
    size = beside(draft, "mm", nouns, "accent size", below=5.0, unlike=frozenset({"width", "thickness"}))
    accents["diameter_mm"] = clamp(draft, Accents, "diameter_mm", size) if size else size_mm
    count = _count(draft)
    if count is not None and count > 1:
        accents["count"] = min(count, 120)
    return accents


def surround(draft: Draft, stone: dict[str, Any] | None, size_mm: float) -> dict[str, Any] | None:
    """The small stones of a halo, of that usual size, or of a rosette; those that are named besides."""
    if stone is None or not stone["cluster"]:
        return read_accents(draft, asked=bool(stone and stone["halo"]), size_mm=size_mm)
    centre, accent = gem_terms(draft)
    sized = bool({"stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()})
    distinct = len({stone_of(term) for term in (*centre, *accent)}) > 1
    if not sized:
        stone["length_mm"] = round((5.5 if distinct else 3.2) * stone["ratio"] ** 0.5, 2)
    cut = side_cut(draft)
    usual = stone["length_mm"] / stone["ratio"] * (0.5 if distinct or sized else 1.0)
    usual = round(min(max(usual, 1.5) * USUAL_RATIO[cut] ** 0.5, 4.0), 2)
    petals = read_accents(draft, asked=True, size_mm=max(usual, side_least(cut)))
    if petals is None:
        return None
    petals["cut"] = cut
    petals["diameter_mm"] = max(petals["diameter_mm"], side_least(cut))
    if "count" in petals:
        petals["count"] = max(petals["count"] - 1, 3)  # one of them is the middle
    if not accent:
        petals["gem"] = faceted(draft, centre[1:]) or _of_petals(draft, stone["gem"])
    return petals


def _of_petals(draft: Draft, gem: str) -> str:
    """A rosette is of one gem, unless that is not faceted."""
    if gem not in NOT_FACETED:
        return gem
    held = evidence.every(
        lambda spec: spec.stone is not None and spec.stone.cluster, evidence.field("accents.gem", "diamond")
    )
    draft.assume("The stones around the middle one are faceted; diamonds are used.", held)
    return "diamond"


def hide_a_halo(draft: Draft, stone: dict[str, Any] | None) -> None:
    """Lay a circle of stones under the girdle, where that is asked for and there is room."""
    if stone is not None and draft.has("hidden_halo"):
        stone["hidden_halo"] = can_hide_a_halo(Stone.model_validate(stone))


_OF_A_SIZE = frozenset({"size", "sz", "us", "eu", "uk", "iso"}) | frozenset(foreign.SIZES)


def stone_counts(draft: Draft) -> Iterator[Measure]:
    """Whole numbers that stand before a stone, within three words; "4-prong aquamarine" counts prongs."""
    tokens = draft.sentence.tokens
    for measure, _ in list(draft.measures("")):
        if _OF_A_SIZE & {*tokens[max(measure.start - 2, 0) : measure.start]}:
            continue
        behind = tokens[measure.end : measure.end + 1]
        if measure.number != int(measure.number) or behind in _OF_PRONGS or behind in _ROWS:
            continue
        for place in range(measure.end, measure.end + 4):
            stones = draft.starting(place, *STONE_SLOTS, "stone", "accents", "taken back")
            if (
                stones is not None
                and (stones.slot != "taken back" or stones.value in lexicon.GEMS)
                and stones not in draft.strung
                and not draft.sentence.broken(measure.end, place)
            ):
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


def row_cut(draft: Draft) -> SideCut:
    """The cut of a row that is all a ring carries: the first that is named."""
    terms = [*draft.side_cuts, *draft.every("cut")]
    return cast(SideCut, next((term.value for term in terms if term.value in get_args(SideCut)), "round"))


def is_all_row(style: str, stone: dict[str, Any] | None) -> bool:
    """Whether a ring of this style carries its row and no other stone."""
    return style == "eternity" or (style == "band" and stone is None)


def gem_of_row(draft: Draft) -> str:
    """The gem of a row that is all a piece carries: whichever is named, else diamond."""
    centre, accent = gem_terms(draft)
    named = [*centre, *accent] or sorted(draft.strung, key=lambda term: term.start)
    if (gem := faceted(draft, named)) is not None:
        return gem
    return _near_faceted(draft, named[0]) if named else "diamond"


def _near_faceted(draft: Draft, term: Term) -> str:
    """The faceted gem nearest in colour to one that no row is made of, which is told."""
    gem = _FACETED_LIKE.get(stone_of(term), "diamond")
    near = gem.replace("_", " ")
    draft.assume(
        f"“{term.text}”: a row is of faceted stones; {near}, the nearest in colour, is used.",
        evidence.set_with(gem),
    )
    return gem


_FACETED_LIKE: dict[str, str] = {
    "onyx": "black_diamond", "turquoise": "topaz", "labradorite": "iolite", "lapis_lazuli": "sapphire",
    "malachite": "emerald", "jade": "peridot", "coral": "garnet", "tigers_eye": "citrine", "star_sapphire": "sapphire",
    "star_ruby": "ruby", "cats_eye": "citrine",
}  # fmt: skip
"""Faceted gems of about the colour of those that are cut in domes; for pale ones the diamond."""


def shape_row(draft: Draft, accents: dict[str, Any]) -> None:
    """The gem and cut of a row that is all a piece carries, and how its stones lie."""
    accents["gem"] = gem_of_row(draft)
    accents["cut"] = row_cut(draft)
    accents["lengthwise"] = draft.has("east_west")
    lengthen(draft, accents)


def lengthen(draft: Draft, accents: dict[str, Any]) -> None:
    """Long stones of a row are as heavy as round ones would be; straight sides are set between walls."""
    sized = {"accent size", "stone size", "stone weight"} & {slot for slot, _ in draft.measured.values()}
    if not sized:
        longer = accents["diameter_mm"] * USUAL_RATIO[accents["cut"]] ** 0.5
        accents["diameter_mm"] = round(min(longer, 5.0), 2)
    if accents["cut"] in _STRAIGHT and not draft.has("accents", "pave"):
        accents["setting"] = "channel"


_STRAIGHT = frozenset({"princess", "baguette", "asscher", "emerald"})
"""Cuts that stand side by side without gaps."""


def assign_row(
    draft: Draft, style: str, stone: dict[str, Any] | None, accents: dict[str, Any] | None
) -> None:
    """In an eternity ring the named gem is the row's; a three-stone ring's sides are of a second one, or diamonds."""
    if accents is None:
        return
    if style == "three_stone":
        accents.pop("count", None)
        accents["cut"] = side_cut(draft)
        accents["diameter_mm"] = max(accents["diameter_mm"], side_least(accents["cut"]))
    centre, accent = gem_terms(draft)
    if is_all_row(style, stone):
        accents["gem"] = gem_of_row(draft)
        accents["cut"] = row_cut(draft)
        accents["lengthwise"] = draft.has("east_west")
    elif style == "three_stone" and not accent:
        accents["gem"] = faceted(draft, centre[1:]) or _gem_of_sides(draft, centre, stone)


def _gem_of_sides(draft: Draft, centre: list[Term], stone: dict[str, Any] | None) -> str:
    """Three rubies are rubies all; one ruby stands between diamonds, as in the trade."""
    several = any(is_plural(term) for term in centre)
    if stone is not None and stone["gem"] not in NOT_FACETED and several and not draft.side_cuts:
        return str(stone["gem"])
    if stone is not None and stone["gem"] != "diamond":
        sides = evidence.field("accents.gem", "diamond")
        draft.assume("The side stones are not named; diamonds are used.", sides)
    return "diamond"


_TENNIS_MM = {"small": 2.0, "": 2.8, "large": 4.0}
"""Stones of a tennis bracelet by what is said of its size, mm."""


def read_line(draft: Draft, length_mm: float) -> dict[str, Any]:
    """The row of a tennis bracelet or a riviera of this length, mm."""
    usual = _TENNIS_MM[draft.scale("bracelet", "chain")]
    row = {
        "gem": "diamond",
        **(read_accents(draft, asked=True, size_mm=usual, row=True) or {"diameter_mm": usual}),
    }
    setting = row.get("setting", "pave")
    shape_row(draft, row)
    row["setting"] = setting  # each stone has prongs of its own
    size = beside(draft, "mm", {"stone", "width", "chain", "gauge"}, "stone size", below=5.0)
    size = size or leftover(draft, "stone size", below=5.0)
    if size := size or row_size(draft, row, length_mm, 0.15):
        row["diameter_mm"] = size
    row["diameter_mm"] = max(row["diameter_mm"], side_least(row["cut"]))
    return row
