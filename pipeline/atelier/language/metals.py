"""What a prompt says about metals: alloys, fineness, and which part is made of which."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.atelier.alloys import PARTS_BY_KARAT, USUAL_PARTS
from pipeline.atelier.language import evidence, foreign
from pipeline.atelier.language.context import Draft
from pipeline.atelier.language.gold import is_plain
from pipeline.atelier.language.lexicon import FINENESS, HALLMARKS, METALS
from pipeline.atelier.language.terms import STONE_SLOTS, Measure, Term
from pipeline.atelier.language.text import singular
from pipeline.atelier.spec import Kind

_COATED = frozenset(
    {
        "pvd",
        "coated",
        "washed",
        "overlay",
        "clad",
        "bonded",
        "flashed",
        "flash",
        "electroplated",
        "plated",
        "filled",
        "fill",
        "vermeil",
        "tone",
        "toned",
        "dipped",
    }
)
_COATINGS = frozenset(
    {
        "gp",
        "gold plate",
        "gold plated",
        "gold vermeil",
        "vermeil",
        "gold filled",
        "gold fill",
        "gold tone",
        "gold toned",
    }
)
_SETTINGS = frozenset(
    {"prong", "claw", "head", "setting", "bezel", "halo", "basket", "collet", "gallery", "mount"}
)
"""What the second metal of a two-tone piece is used for."""

_SUBSTITUTES = frozenset(
    {
        "green gold", "german silver", "nickel silver", "tibetan silver", "tibet silver", "alpaca silver", "neusilber",
        "maillechort", "alpacca", "pewter", "aluminium", "aluminum", "nickel", "black gold", "black metal", "gunmetal",
        "black rhodium", "black plated", "black zirconium",
    }
)  # fmt: skip
"""Metals that others are shown for."""

_OF_NAME = frozenset({"german silver", "nickel silver", "tibetan silver", "tibet silver", "alpaca silver"})
"""Those that are silver by name alone."""

_HALLMARKED = {416: 417, 917: 916}

_SUBSTANCES = {
    "palladium": "palladium", "steel": "steel", "titanium": "titanium", "tungsten": "tungsten",
    "tungsten carbide": "tungsten", "carbide": "tungsten", "cobalt": "cobalt", "brass": "brass", "bronze": "bronze",
    "copper": "copper", "ceramic": "ceramic",
}  # fmt: skip


@dataclass(frozen=True)
class Metals:
    """Metal of the body, of settings where it is another, and of a chain where it is another."""

    body: str
    settings: str | None
    chain: str | None
    fineness: int | None = None
    """Parts per thousand, where another than the usual is named."""
    substance: str | None = None
    """What it is made of, where that only looks like the body's metal."""


def read_metals(draft: Draft, kind: Kind) -> Metals:
    """Metals of the piece, of its settings and of its chain."""
    fineness: list[int] = []
    named = [*_named(draft), *_take_fineness(draft, fineness)]
    substance = _substance(draft)
    _tell_substitutes(draft)
    metals = list(dict.fromkeys(named))
    if not metals:
        metals = ["yellow_gold"]
        draft.assume("No metal is named; yellow gold is used.")
    chain = _chain_metal(draft, metals) if kind == "necklace" and len(metals) > 1 else None
    if chain is not None:
        metals.remove(chain)
    if len(metals) > 1 and _of_settings(draft, metals[0]) and not _of_settings(draft, metals[1]):
        metals[:2] = metals[1::-1]
    if len(metals) > 2:
        first, second = (metal.replace("_", " ") for metal in metals[:2])
        draft.assume(f"More than two metals are named; {first} is used, and {second} beside it.")
    if len(metals) == 1 and draft.has("two_tone") and chain is None:
        metals.append("white_gold" if metals[0] != "white_gold" else "yellow_gold")
        draft.assume(
            f"The second metal is not named; {metals[1].replace('_', ' ')} is used beside the first.",
            evidence.field("second_metal", metals[1]),
        )
    return Metals(metals[0], metals[1] if len(metals) > 1 else None, chain, _stated(fineness), substance)


def _stated(fineness: list[int]) -> int | None:
    """The first fineness that is another than the usual one."""
    return next((parts for parts in fineness if parts not in USUAL_PARTS.values()), None)


def _named(draft: Draft) -> Iterator[str]:
    """Metals in the order of the text; a gold with a colour hides plain gold."""
    terms = _uncovered(draft)
    colours = [term for term in terms if not is_plain(term) and term.value.endswith("gold")]
    for term in terms:
        if not (colours and is_plain(term) and term.value == "yellow_gold"):
            yield from term.value.split()


def _uncovered(draft: Draft) -> list[Term]:
    """Mentions of metals without those under a coating, and without those that were only offered."""
    terms = draft.every("metal", "metals")
    coated = next((term for term in terms if _is_coating(draft, term)), None)
    if coated is not None:
        terms = [term for term in terms if term.end <= coated.start and not _is_base(term)] + [coated]
    offered = {term.value for term in draft.every("alternative")}
    return [term for term in terms if term.value not in offered] or terms


def _is_coating(draft: Draft, term: Term) -> bool:
    tokens = draft.sentence.tokens
    around = {*tokens[term.end : term.end + 1], *({*tokens[max(term.start - 1, 0) : term.start]} & {"pvd"})}
    if tokens[term.end : term.end + 1] == ("over",):
        return any(
            _is_base(base) for place in range(term.end + 1, term.end + 4) for base in draft.at(place, "metal")
        )
    return term.text in _COATINGS or bool(_COATED & around) or foreign.is_coating(term.text)


def _is_base(term: Term) -> bool:
    based = term.text.split()[-1] in _SUBSTANCES
    return term.value == "silver" or based or term.text in _SUBSTITUTES


def _tell_substitutes(draft: Draft) -> None:
    for term in draft.every("metal"):
        if term.text in _SUBSTITUTES and (term.text.split()[-1] not in METALS or term.text in _OF_NAME):
            _tell_shown_as(draft, term)


def _tell_shown_as(draft: Draft, term: Term) -> None:
    text = f"{term.text.capitalize()} is shown as {term.value.replace('_', ' ')}."
    draft.assume(text, lambda spec: term.value in evidence.metals_of(spec))


def _chain_metal(draft: Draft, metals: list[str]) -> str | None:
    """The metal that is named for the chain alone."""
    said = [metal for metal in metals if _said_of(draft, metal, ("chain", "kind_weak"))]
    if (
        not said
        and _said_of(draft, metals[1], ("form", "kind_medium"))
        and _said_of(draft, metals[0], ("kind",))
    ):
        said = metals[:1]  # "a silver necklace with a gold pendant"
    return said[0] if said and set(metals) - {said[0]} else None


def _of_settings(draft: Draft, metal: str) -> bool:
    """Whether a metal is named for the settings: "white gold prongs on a yellow gold ring"."""
    tokens = draft.sentence.tokens
    kinds = {term.start for term in draft.every("kind", "kind_medium", "kind_weak")}
    return any(
        tokens[term.end : term.end + 1]
        and singular(tokens[term.end]) in _SETTINGS
        and term.end + 1 not in kinds
        for term in draft.every("metal")
        if term.value == metal
    )


def _said_of(draft: Draft, metal: str, slots: tuple[str, ...]) -> bool:
    """Whether a metal stands before a word of the slots: "on a white gold cable chain"."""
    for term in draft.every("metal"):
        for place in range(term.end, min(term.end + 4, len(draft.sentence.tokens))):
            if draft.sentence.broken(place, place + 1) or draft.starting(place, "metal"):
                break
            if term.value == metal and draft.starting(place, *slots):
                return True
    return False


def _substance(draft: Draft) -> str | None:
    """A base metal, named alone: it weighs what it is, whatever it looks like."""
    terms = draft.every("metal")
    coated = next((term for term in terms if _is_coating(draft, term)), None)
    made_of = {_SUBSTANCES.get(term.text.split()[-1], _SUBSTANCES.get(term.text)) for term in terms}
    named = draft.value("substance")
    if named is not None:
        made_of = {named}
    if len(made_of) != 1 or coated is not None:
        for term in terms:
            if _SUBSTANCES.get(term.text.split()[-1]) is not None and coated is None:
                _tell_shown_as(draft, term)
        return None
    return made_of.pop()


def _take_fineness(draft: Draft, fineness: list[int]) -> Iterator[str]:
    """Take hallmarks and karats into ``fineness``; give the metals that they name by themselves."""
    yield from _hallmarks(draft, fineness)
    for measure, _ in list(draft.measures("karat")):
        # "18k" is gold's fineness, "4K" and "8K" are pictures.
        slot = ("fineness", "k gold") if measure.number in FINENESS else ("picture", "k")
        draft.take(measure, slot[0], f"{measure.number:g}{slot[1]}")
        if measure.number in FINENESS:
            fineness.append(PARTS_BY_KARAT[round(measure.number)])
    for measure, _ in list(draft.measures("ct")):
        # "18ct gold", "gold 18ct", "or 18 carats": fineness in Britain and on the continent.
        behind = draft.sentence.tokens[measure.end : measure.end + 1]
        total = bool({"ctw", "tcw", "cttw", "total", "tw"} & {*measure.text.split(), *behind})
        bare = _is_bare_fineness(draft, measure)
        gold = _beside_gold(draft, measure) or _is_unnamed_gold(draft, measure) or bare
        if measure.number in FINENESS and not total and gold:
            draft.take(measure, "fineness", f"{measure.number:g}k gold")
            fineness.append(PARTS_BY_KARAT[round(measure.number)])
            if bare:
                draft.assume(
                    f"“{measure.text}” is read as gold's fineness; a stone's weight stands before the stone.",
                    lambda spec: spec.metal.endswith("gold"),
                )
            if bare or _is_unnamed_gold(draft, measure):
                yield "yellow_gold"


def _is_bare_fineness(draft: Draft, measure: Measure) -> bool:
    """Whether carats that no metal and no stone stands beside are gold's: "long necklace 22 carat"; few stones are."""
    tokens = draft.sentence.tokens
    if measure.number not in FINENESS or draft.every("metal", "metals"):
        return False
    behind = range(measure.end, min(measure.end + 4, len(tokens)))
    ahead = range(measure.start - 1, max(measure.start - 4, -1), -1)
    of_a_stone = _meets_a_stone(draft, ahead) or _meets_a_stone(draft, behind)
    weighed = _WEIGHED & {*tokens[max(measure.start - 3, 0) : measure.end + 3]}
    stony = draft.every(*STONE_SLOTS, "cut") and measure.number not in _GOLDEN
    return not (of_a_stone or weighed or stony)


def _meets_a_stone(draft: Draft, places: Iterable[int]) -> bool:
    """Whether a stone comes before a piece or a break does: "diamond ring 18 carat" weighs no stone."""
    for place in places:
        if draft.sentence.broken(place, place + 1) or draft.at(place, "kind", "kind_medium", "kind_weak"):
            return False
        if draft.at(place, *STONE_SLOTS, "cut"):
            return True
    return False


_GOLDEN = frozenset({18, 21, 22})
"""Karats that most gold is of and few stones weigh."""
_WEIGHED = frozenset(
    {"weighing", "weighs", "weight", "of", "approx", "total", "tw", "each", "stone", "stones"}
)


def _is_unnamed_gold(draft: Draft, measure: Measure) -> bool:
    """Whether the trade's short form leaves the gold out: "a 9ct gents garnet ring"; no stone weighs so much there."""
    tokens = draft.sentence.tokens
    stony = draft.starting(measure.end, *STONE_SLOTS, "stone", "cut", "shape", "style")
    before = set(tokens[max(measure.start - 2, 0) : measure.start]) & {
        "weighing",
        "weighs",
        "weight",
        "of",
        "approx",
    }
    return (
        measure.number >= _LEAST_UNNAMED
        and not draft.every("metal", "metals")
        and stony is None
        and not before
        and tokens[measure.end - 1] in ("ct", "cts", "carat")
        and bool(_WORN_BY & {*tokens[measure.end : measure.end + 1]})
    )


_LEAST_UNNAMED = 9
_WORN_BY = frozenset({
    "gents", "ladies", "lady's", "mens", "men's", "womens", "women's", "gent's", "antique", "vintage", "victorian",
    "edwardian", "plain", "solid", "old", "preloved", "secondhand",
})  # fmt: skip
"""Words between a fineness and the piece."""


def _hallmarks(draft: Draft, fineness: list[int]) -> Iterator[str]:
    for measure, _ in list(draft.measures("")):
        golden = draft.sentence.tokens[max(measure.start - 2, 0) : measure.start]
        if measure.number == 925:
            draft.take(measure, "metal", "silver")
            metals = draft.every("metal", "metals")
            if not any(_is_coating(draft, term) or term.value == "blackened_silver" for term in metals):
                yield "silver"  # and not what is under the gold or the black
        elif measure.number in HALLMARKS or (measure.number == 500 and "palladium" in golden):
            draft.take(measure, "fineness", f"{measure.number:g}")
            fineness.append(_HALLMARKED.get(round(measure.number), round(measure.number)))
        elif measure.number in FINENESS and (
            _FINENESS_SAID & {*golden} or _is_gold(draft, measure.start - 1, measure.start)
        ):
            draft.take(measure, "fineness", f"{measure.number:g}k gold")
            fineness.append(PARTS_BY_KARAT[round(measure.number)])


_FINENESS_SAID = frozenset({"عيار", "eyar", "iyar", "ayar", "3eyar", "qirat", "kirat"})
"""Words before a number of karats."""


def _beside_gold(draft: Draft, measure: Measure) -> bool:
    """Whether a gold word stands within three words of a measure and no stone nearer; or a piece follows it at once."""
    tokens = draft.sentence.tokens
    nearest = _distance(
        measure, range(max(measure.start - 4, 0), min(measure.end + 4, len(tokens))), draft, gold=True
    )
    stone = _distance(measure, range(measure.end, min(measure.end + 4, len(tokens))), draft, gold=False)
    if nearest is None:
        piece = draft.starting(measure.end, "kind", "kind_medium", "form", "motif", "chain") is not None
        golden = any(term.value.endswith("gold") for term in draft.every("metal"))
        return piece or (golden and stone is None)  # "gold, tests as 14ct, set with an opal"
    return stone is None or nearest <= stone


def _distance(measure: Measure, places: Iterable[int], draft: Draft, *, gold: bool) -> int | None:
    """Words between a measure and the nearest gold, or stone, at the places."""
    apart = []
    for place in places:
        named = (
            _is_gold(draft, place, place + 1)
            if gold
            else draft.starting(place, *STONE_SLOTS, "stone", "cut") is not None
        )
        if named:
            apart.append(place - measure.end if place >= measure.end else measure.start - 1 - place)
    return min(apart) if apart else None


def _is_gold(draft: Draft, start: int, end: int) -> bool:
    return any(
        term.value.endswith("gold")
        for place in range(max(start, 0), end)
        for term in draft.at(place, "metal", "metals")
    )
