"""What a parsed prompt means for each group of the spec, and every assumption that took."""

from collections.abc import Iterator
from typing import Any, cast, get_args

from pydantic import BaseModel

from pipeline.atelier import gems, lexicon
from pipeline.atelier.spec import (
    OPAQUE_GEMS,
    USUAL_RATIO,
    Accents,
    Bracelet,
    Brooch,
    Chain,
    Cut,
    Earrings,
    Gem,
    Kind,
    Pendant,
    Ring,
    Spec,
    Stone,
    row_needs,
)
from pipeline.atelier.words import Measure, Sentence, Term

LONG_MM = 130
"""Nothing but a chain or a bracelet is this long."""

STONE_SLOTS = frozenset({"gem", "substitute"})
_ACCENT_LEADS = frozenset(
    [
        "surrounded",
        "accented",
        "accent",
        "accents",
        "side",
        "small",
        "tiny",
        "little",
        "pave",
        "channel",
        "shoulders",
    ]
)
_ACCENT_FOLLOWS = frozenset(["halo", "pave", "accent", "accents", "shoulders"])


class Draft:
    """A parsed prompt with its open questions: looks things up, remembers what was assumed."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.assumed: list[str] = []
        self.measured: dict[int, tuple[str, str]] = {}
        self.accents = [term for term in self.every(*STONE_SLOTS) if self._beside(term)]
        if len(self.accents) == len(self.every(*STONE_SLOTS)) and self.has("halo"):
            # "Sapphire halo studs" speaks of the centre stone; the halo itself is of diamonds.
            self.accents = [
                term for term in self.accents if self.sentence.tokens[term.end : term.end + 1] != ("halo",)
            ]

    def assume(self, text: str) -> None:
        """Tell the user about a choice, as a sentence."""
        self.assumed.append(text)

    def every(self, *slots: str, negated: bool = False) -> list[Term]:
        """Terms of the slots, in the order of the text."""
        return [term for term in self.sentence.terms if term.slot in slots and term.negated == negated]

    def value(self, *slots: str) -> str | None:
        """Value of the first term of the slots, or none."""
        found = self.every(*slots)
        return found[0].value if found else None

    def has(self, slot: str, value: str | None = None) -> bool:
        """Whether the slot (with this value) is asked for."""
        return any(value in (None, term.value) for term in self.every(slot))

    def choose(self, slot: str, allowed: Any, default: str, told: str = "") -> str:
        """The slot's value if it is one of the ``allowed`` literal's, else the default, with an assumption."""
        for term in self.every(slot):
            if term.value in get_args(allowed):
                return term.value
        if told:
            self.assume(told)
        return default

    def scale(self, target: str, *, slots: tuple[str, ...] = ("weight", "scale")) -> str:
        """Give "small", "large" or "" for a part of the piece: from the adjective nearest before its noun."""
        words = {"thin": "small", "small": "small", "bold": "large", "large": "large"}
        general = ""
        for term in self.every(*slots):
            aimed = self._aim(term)
            if aimed == target:
                return words[term.value]
            if aimed in ("", "piece") and not general:
                general = words[term.value]
        return general

    def shape(self, target: str) -> str | None:
        """A bare shape word ("round", "square") that stands before the target's noun."""
        for term in self.every("shape"):
            if self._aim(term) == target:
                return term.value
        return None

    def _beside(self, term: Term) -> bool:
        """Whether a gem is spoken of as an accent: "diamond halo", "surrounded by diamonds", "small rubies"."""
        tokens = self.sentence.tokens
        before = tokens[max(term.start - 3, 0) : term.start]
        after = tokens[term.end : term.end + 2]
        of_a_halo = "halo" in before and "of" in before
        return of_a_halo or bool(_ACCENT_LEADS & set(before)) or bool(_ACCENT_FOLLOWS & set(after))

    def _aim(self, term: Term) -> str:
        """The part of the piece an adjective speaks of."""
        for place in range(term.end, min(term.end + 5, len(self.sentence.tokens))):
            if self.sentence.broken(term.end, place + 1) and self.sentence.tokens[place] != "and":
                return ""
            for noun in self.sentence.terms:
                if noun.start == place and (target := self._target(noun)):
                    return target
        return ""

    def measures(self, unit: str) -> Iterator[tuple[Measure, set[str]]]:
        """Measures of a unit that nobody took yet, each with the words that say what it measures."""
        for measure in self.sentence.measures:
            if measure.unit == unit and measure.start not in self.measured:
                yield measure, self._about(measure)

    def take(self, measure: Measure, slot: str, value: str) -> None:
        """Mark a measure as understood."""
        self.measured[measure.start] = (slot, value)

    def _about(self, measure: Measure) -> set[str]:
        ahead = self._nouns(range(measure.end, min(measure.end + 5, len(self.sentence.tokens))), stop=True)
        roles = {value for value in ahead if value in lexicon.ROLES.values()}
        if not ahead - roles:
            ahead |= self._nouns(range(measure.start - 1, max(measure.start - 5, -1), -1), stop=True)
        if not ahead - roles:
            ahead |= self._nouns(range(measure.start - 1, max(measure.start - 5, -1), -1), stop=False)
        return ahead

    def _nouns(self, places: range, *, stop: bool) -> set[str]:
        found: set[str] = set()
        tokens = self.sentence.tokens
        for place in places:
            if stop and tokens[place] in (",", ".", ";", "with", "and", "but", "without", "no"):
                break
            found |= {role.value for role in self.sentence.roles if role.start == place}
            nouns = {self._target(term) for term in self.sentence.terms if term.start <= place < term.end} - {
                ""
            }
            found |= nouns
            if nouns or (stop and any(m.start == place for m in self.sentence.measures)):
                break
        return found

    def _target(self, term: Term) -> str:
        if term.negated:
            return ""
        target = "accents" if term in self.accents else TARGETS.get(term.slot, "")
        if (term.slot, term.value) == ("kind_medium", "necklace"):
            return "pendant"
        by_value = term.slot in ("noun", "kind", "kind_medium", "kind_weak")
        return NOUNS.get(term.value, target) if target and by_value else target


TARGETS = {
    "kind": "piece", "kind_medium": "piece", "kind_weak": "piece", "gem": "stone", "substitute": "stone",
    "stone": "stone", "chain": "chain", "form": "pendant", "noun": "piece", "accents": "accents", "halo": "halo",
    "clasp": "clasp",
}  # fmt: skip
NOUNS = {
    "ring": "band", "necklace": "chain", "band": "band", "clasp": "clasp", "pendant": "pendant", "finding": "finding",
    "edge": "edge", "setting": "setting", "earrings": "earrings", "bracelet": "bracelet", "brooch": "brooch",
}  # fmt: skip


def compose(draft: Draft, kind: Kind | None) -> Spec:
    """A valid spec from whatever the prompt says."""
    chosen = _kind(draft, kind)
    data: dict[str, Any] = {"kind": chosen, **_metal(draft), "finish": draft.value("finish") or "polished"}
    data["milgrain"] = draft.has("milgrain") or draft.has("era")
    if draft.has("era"):
        draft.assume("A vintage look is made with milgrain edges.")
    data["engraving"] = _engraving(draft)
    wants = {
        "ring": _ring,
        "necklace": _necklace,
        "earrings": _earrings,
        "bracelet": _bracelet,
        "brooch": _brooch,
    }
    data |= wants[chosen](draft)
    for measure, _ in [*draft.measures("mm"), *draft.measures("ct")]:
        draft.assume(f"“{measure.text}” could not be assigned to a part of the piece.")
    spec = Spec.model_validate({key: value for key, value in data.items() if value is not None})
    for field, told in spec.idle().items():
        draft.assume(told)
        spec = spec.model_copy(update={field: Spec.model_fields[field].default})
    return spec


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
    if said is None:
        said = "necklace" if draft.every("form", "chain", "clasp") else "ring"
        draft.assume(f"The prompt does not say what kind of piece; a {said} is made.")
    return cast(Kind, said)


def _metal(draft: Draft) -> dict[str, Any]:
    named = [metal for term in draft.every("metal", "metals") for metal in term.value.split()]
    plain_gold = [term for term in draft.every("metal") if term.text in ("gold", "golden")]
    specific = [term for term in draft.every("metal") if term.text not in ("gold", "golden")]
    if plain_gold and any(term.value.endswith("gold") for term in specific):
        named = [
            metal
            for term in draft.every("metal", "metals")
            if term not in plain_gold
            for metal in term.value.split()
        ]
    for measure, _ in list(draft.measures("")):
        if measure.number == 925:
            draft.take(measure, "metal", "silver")
            named.append("silver")
    karat = next(iter(draft.measures("karat")), None)
    if karat is not None:
        draft.take(karat[0], "fineness", f"{karat[0].number:g} k")
    for term in specific:
        if term.text in _SUBSTITUTE_METALS:
            draft.assume(f"{term.text.capitalize()} is shown as {term.value.replace('_', ' ')}.")
    distinct = list(dict.fromkeys(named))
    if not distinct:
        distinct = ["yellow_gold"]
        draft.assume("No metal is named; yellow gold is used.")
    if len(distinct) == 1 and draft.has("two_tone"):
        distinct.append("white_gold" if distinct[0] != "white_gold" else "yellow_gold")
        draft.assume(
            f"The second metal is not named; {distinct[1].replace('_', ' ')} is used for the settings."
        )
    return {"metal": distinct[0], "second_metal": distinct[1] if len(distinct) > 1 else None}


_SUBSTITUTE_METALS = frozenset(
    {"brass", "bronze", "copper", "steel", "stainless steel", "titanium", "palladium"}
)


def _engraving(draft: Draft) -> str:
    text = "".join(c for c in draft.sentence.engraving if c.isprintable() and ord(c) < 256).strip()
    if draft.has("engraved") and not draft.sentence.engraving:
        draft.assume("Engraving is asked for without a text in quotes; none is cut.")
    if len(text) > 24:
        draft.assume("An engraving holds 24 characters; the rest is left out.")
    return text[:24]


def _clamped(draft: Draft, model: type[BaseModel], field: str, number: float) -> float:
    rules = {type(rule).__name__: rule for rule in model.model_fields[field].metadata}
    low, high = float(rules["Ge"].ge), float(rules["Le"].le)
    kept = min(max(number, low), high)
    if kept != number:
        name = field.removesuffix("_mm").replace("_", " ")
        draft.assume(
            f"A {name} of {number:g} mm is out of reach ({low:g} to {high:g} mm); {kept:g} mm is used."
        )
    return round(kept, 3)


def _measure(
    draft: Draft, unit: str, wanted: set[str], slot: str, *, below: float = 1e9, above: float = 0
) -> float | None:
    """Take the first measure that stands beside one of the ``wanted`` words."""
    for measure, about in draft.measures(unit):
        if about & wanted and above <= measure.number <= below:
            draft.take(measure, slot, f"{measure.number:g} {unit}")
            return measure.number
    return None


def _leftover(draft: Draft, slot: str, *, below: float = 1e9, above: float = 0) -> float | None:
    """Take the first measure in mm that no word explains."""
    for measure, about in draft.measures("mm"):
        if (
            not about - {"piece", "earrings", "bracelet", "brooch", "diameter"}
            and above <= measure.number <= below
        ):
            draft.take(measure, slot, f"{measure.number:g} mm")
            return measure.number
    return None


def _longest(draft: Draft, slot: str) -> float | None:
    """Take a measure so long that only a chain or a wrist can be meant, whatever stands beside it."""
    for measure, _ in draft.measures("mm"):
        if measure.number >= LONG_MM:
            draft.take(measure, slot, f"{measure.number:g} mm")
            return measure.number
    return None


# ---------------------------------------------------------------------------------------------------- stones


def _gem_terms(draft: Draft) -> tuple[list[Term], list[Term]]:
    """Mentions of gems, split into centre stones and accents ("diamond halo", "surrounded by diamonds")."""
    every = draft.every(*STONE_SLOTS)
    return [term for term in every if term not in draft.accents], draft.accents


def _gem_name(draft: Draft, term: Term) -> str:
    if term.slot == "substitute":
        gem, told = lexicon.SUBSTITUTES[term.value]
        draft.assume(f"The atelier has no {told}; {gem} is used.")
        return gem
    return term.value


def _no_stone(draft: Draft) -> bool:
    denied = bool(draft.every(*STONE_SLOTS, "stone", negated=True)) or draft.has("stone", "none")
    return denied and not (draft.has("stone", "none") and draft.every(*STONE_SLOTS))


def _stone(draft: Draft, *, default: bool, size_mm: float, told: str) -> dict[str, Any] | None:
    """The centre stone: asked for, or there by default for this kind of piece."""
    centre, accent = _gem_terms(draft)
    if _no_stone(draft):
        if centre and not all(term.negated for term in centre):
            draft.assume("The prompt asks for no stone and names one; it is made without.")
        return None
    alone = not centre and bool(accent) and not draft.has("halo")
    asked = (
        bool(centre)
        or draft.has("stone", "any")
        or bool(draft.every("setting", "halo"))
        or alone
        or _names_a_cut(draft)
    )
    if not asked and not default:
        return None
    if not centre and not alone:
        draft.assume(told)
    gem = _gem_name(draft, (centre or accent)[0]) if centre or alone else "diamond"
    cut = _cut(draft, gem)
    ratio = _ratio(draft, cut)
    stone: dict[str, Any] = {"gem": gem, "cut": cut, "ratio": ratio, **_setting(draft, gem)}
    stone["length_mm"] = _stone_size(draft, gem, cut, ratio, size_mm)
    return stone


def _names_a_cut(draft: Draft) -> bool:
    """Whether a cut is named as such: "princess cut" asks for a stone, "oval" alone may be a locket's shape."""
    return any(term.text.endswith(" cut") for term in draft.every("cut"))


def _ratio(draft: Draft, cut: str) -> float:
    ratio = USUAL_RATIO[cut]
    if cut == "emerald" and any(term.text.startswith("asscher") for term in draft.every("cut")):
        draft.assume("An Asscher is cut as a square step cut.")
        return 1.0
    for measure, _ in draft.measures(""):
        place = draft.sentence.tokens[max(measure.start - 2, 0) : measure.start]
        if "ratio" in place and 1 <= measure.number <= 2.5:
            draft.take(measure, "ratio", f"{measure.number:g}")
            return measure.number if cut not in ("round", "pearl") else 1.0
    for measure, about in draft.measures("mm"):
        if (
            measure.second is not None
            and cut not in ("round", "pearl")
            and (about & {"stone"} or not about - {"piece"})
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
        if named not in (None, "cabochon", "round"):
            draft.assume(f"{gem.capitalize()} is opaque; it is cut as a cabochon.")
        return "cabochon"
    if named is None and draft.has("form", "teardrop") and draft.every("gem"):
        return "pear"
    if named is None:
        draft.assume(f"The cut is not named; the {gem} is a round brilliant.")
    return named or "round"


def _setting(draft: Draft, gem: str) -> dict[str, Any]:
    halo = draft.has("halo")
    setting = draft.value("setting") or ("bezel" if gem in (*OPAQUE_GEMS, "pearl") else "prong")
    prongs = 4
    for measure, _ in list(draft.measures("")):
        if (
            draft.sentence.tokens[measure.end : measure.end + 1]
            and draft.sentence.tokens[measure.end] in _PRONG_WORDS
        ):
            prongs = 6 if measure.number >= 5 else 4
            draft.take(measure, "prongs", str(prongs))
            if measure.number not in (4, 6):
                draft.assume(f"{measure.number:g} prongs are not made; {prongs} hold the stone.")
    if halo and setting == "flush":
        setting = "bezel"
        draft.assume("A flush-set stone can carry no halo; it is bezel set.")
    return {"setting": setting, "prongs": prongs, "halo": halo}


_PRONG_WORDS = frozenset({"prong", "prongs", "claw", "claws"})


def _stone_size(draft: Draft, gem: str, cut: str, ratio: float, default: float) -> float:
    for measure, _ in draft.measures("ct"):
        draft.take(measure, "stone weight", f"{measure.number:g} ct")
        return _clamped(
            draft,
            Stone,
            "length_mm",
            round(gems.size_for(cast(Gem, gem), cast(Cut, cut), max(measure.number, 1e-3), ratio), 2),
        )
    for measure, about in draft.measures("mm"):
        if measure.second is not None and not about & {"band", "chain"}:
            draft.take(measure, "stone size", measure.text)
            return _clamped(draft, Stone, "length_mm", max(measure.number, measure.second))
    number = _measure(draft, "mm", {"stone"}, "stone size")
    if number is not None:
        return _clamped(draft, Stone, "length_mm", number)
    factor = {"small": 0.72, "large": 1.35, "": 1.0}[draft.scale("stone", slots=("scale",))]
    return float(round(default * factor * ratio**0.5, 2))


def _accents(draft: Draft, *, asked: bool, size_mm: float, row: bool = False) -> dict[str, Any] | None:
    """Small stones: their kind, size, number and setting."""
    centre, accent = _gem_terms(draft)
    if _no_stone(draft) or not (asked or draft.every("accents") or (centre and accent)):
        return None
    found: dict[str, Any] = {
        "gem": "diamond",
        "setting": "channel" if draft.has("accents", "channel") else "pave",
    }
    faceted = [name for term in accent if (name := _gem_name(draft, term)) not in (*OPAQUE_GEMS, "pearl")]
    if faceted:
        found["gem"] = faceted[0]
    beside = {"accents", "halo", "stone"} if row else {"accents", "halo"}
    number = _measure(draft, "mm", beside, "accent size", below=5.0)
    found["diameter_mm"] = _clamped(draft, Accents, "diameter_mm", number) if number else size_mm
    count = _count(draft)
    if count is not None and count > 1:
        found["count"] = min(count, 120)
    return found


def _count(draft: Draft) -> int | None:
    """The largest number that stands before a gem, within three words."""
    best = None
    for measure, _ in list(draft.measures("")):
        for term in draft.every(*STONE_SLOTS, "stone", "accents"):
            near = 0 <= term.start - measure.end <= 3 and not draft.sentence.broken(measure.end, term.start)
            if near and measure.number == int(measure.number):
                draft.take(measure, "count", f"{measure.number:g}")
                best = max(best or 0, int(measure.number))
    return best


# ---------------------------------------------------------------------------------------------------- kinds

_BY_SCALE: dict[str, dict[str, float]] = {
    "band": {"small": 1.6, "": 2.0, "large": 4.0},
    "plain band": {"small": 2.0, "": 4.0, "large": 7.0},
    "chain": {"small": 1.4, "": 1.9, "large": 4.5},
    "bracelet chain": {"small": 1.8, "": 3.0, "large": 6.5},
    "pendant": {"small": 13.5, "": 17.0, "large": 25.0},
    "hoop": {"small": 14.0, "": 22.0, "large": 40.0},
    "tube": {"small": 1.5, "": 2.0, "large": 3.5},
    "bangle": {"small": 2.5, "": 4.0, "large": 9.0},
}


def _ring_size(draft: Draft) -> float | None:
    """Inside diameter in mm from a ring size: EU is the inner circumference in mm, US 11.63 + 0.8128 n."""
    tokens = draft.sentence.tokens
    for measure, _ in list(draft.measures("")):
        before = tokens[max(measure.start - 3, 0) : measure.start]
        if not {"size", "us", "eu", "uk", "iso"} & set(before):
            continue
        number = measure.number
        european = "eu" in before or "iso" in before or ("us" not in before and number > 16)
        draft.take(measure, "ring size", f"{'EU' if european else 'US'} {number:g}")
        if not ({"us", "eu", "iso"} & set(before)):
            draft.assume(f"Size {number:g} is read as a {'European' if european else 'US'} ring size.")
        return round(number / 3.14159265 if european else 11.63 + 0.8128 * number, 3)
    for k, token in enumerate(tokens[:-1]):
        letter = tokens[k + 1]
        if token in ("size", "uk") and len(letter) == 1 and "a" <= letter <= "z":
            # UK letters step the inner circumference by 1.25 mm from A = 37.8 mm (BS EN 28653).
            draft.assume(f"Size {letter.upper()} is read as a UK ring size.")
            return round((37.8 + 1.25 * (ord(letter) - ord("a"))) / 3.14159265, 3)
    return None


def _ring(draft: Draft) -> dict[str, Any]:
    from pipeline.atelier.spec import Profile, RingStyle

    style = draft.choose("style", RingStyle, "")
    words = set(draft.sentence.tokens)
    band_word = bool(words & {"band", "bands"}) and not draft.has("kind", "ring")
    bare = _no_stone(draft)
    count = _ring_count(draft)
    if not style:
        rowed = draft.has("accents") or draft.has("setting", "flush")
        style = (
            "band" if bare or (band_word and (rowed or not draft.every(*STONE_SLOTS, "cut"))) else "solitaire"
        )
        if count == 3:
            style = "three_stone"
    if bare and style not in ("signet", "band"):
        draft.assume("A ring without stones is a plain band.")
        style = "band"
    ring: dict[str, Any] = {"style": style, "profile": draft.choose("profile", Profile, "d_shape")}
    ring["cathedral"] = draft.has("cathedral")
    ring["pave"] = draft.has("halo") and draft.has("accents", "pave") and style == "solitaire"
    if style == "band" and not draft.has("profile"):
        draft.assume("The band's profile is not named; it is D-shaped with a comfort fit.")
    size = _ring_size(draft) or _measure(draft, "mm", {"inner"}, "inner diameter", above=13, below=24)
    if size is None:
        draft.assume("The ring size is not given; EU 54 is used.")
    ring["inner_diameter_mm"] = _clamped(draft, Ring, "inner_diameter_mm", size or 17.19)
    ring["thickness_mm"] = _clamped(
        draft, Ring, "thickness_mm", _measure(draft, "mm", {"thickness"}, "thickness") or 1.6
    )
    stone = accents = None
    several = draft.has("accents") or (count or 1) > 1
    if style in ("solitaire", "three_stone"):
        stone = _stone(draft, default=True, size_mm=6.5, told="The stone is not named; a diamond is used.")
    elif (style == "signet" or (style == "band" and not several)) and draft.every(*STONE_SLOTS):
        stone = _stone(draft, default=False, size_mm=3.0, told="")
        if stone is not None and not draft.every("setting"):
            stone["setting"] = "flush" if stone["cut"] in ("round", "princess", "oval") else "bezel"
    row = style in ("eternity", "three_stone") or (style == "band" and several)
    halo = bool(stone and stone["halo"])
    alone = style == "eternity" or (style == "band" and stone is None)
    accents = _accents(draft, asked=row or halo, size_mm=_accent_size(style, stone), row=alone)
    _row_gem(draft, style, stone, accents)
    width = _measure(draft, "mm", {"band", "width"}, "band width") or _leftover(draft, "band width", below=12)
    preset = _BY_SCALE["plain band" if style == "band" and not accents else "band"][draft.scale("band")]
    ring["width_mm"] = _clamped(draft, Ring, "width_mm", width or (12.0 if style == "signet" else preset))
    if style == "signet" and width is None:
        ring["width_mm"] = {"small": 2.6, "": 3.2, "large": 4.5}[draft.scale("band")]
    ring["taper"] = 1.0 if style in ("band", "eternity") or accents or draft.has("taper", "no") else 0.85
    for measure, _ in list(draft.measures("percent")):
        if 50 <= measure.number <= 100 and draft.has("taper"):
            draft.take(measure, "taper", f"{measure.number:g} %")
            ring["taper"] = measure.number / 100
    _carry(draft, ring, stone, accents)
    return {"ring": ring, "stone": stone, "accents": accents}


def _carry(
    draft: Draft, ring: dict[str, Any], stone: dict[str, Any] | None, accents: dict[str, Any] | None
) -> None:
    """Make the band wide and thick enough for the stones set into it."""
    if accents is None or ring["style"] == "three_stone" or (stone and stone["halo"] and not ring["pave"]):
        return
    wide, thick = row_needs(accents["diameter_mm"])
    for field, least in (("width_mm", wide), ("thickness_mm", thick)):
        if ring[field] * (ring["taper"] if field == "width_mm" else 1) < least:
            name = field.removesuffix("_mm")
            draft.assume(f"The band's {name} is {least:g} mm, to hold {accents['diameter_mm']:g} mm stones.")
            ring[field] = least
            ring["taper"] = 1.0


def _ring_count(draft: Draft) -> int | None:
    for measure, _ in draft.measures(""):
        for term in draft.every(*STONE_SLOTS, "stone"):
            if 0 <= term.start - measure.end <= 3 and not draft.sentence.broken(measure.end, term.start):
                return int(measure.number)
    return None


def _accent_size(style: str, stone: dict[str, Any] | None) -> float:
    if style == "three_stone" and stone:
        return round(min(max(0.62 * float(stone["length_mm"]) / float(stone["ratio"]), 1.5), 5.0), 2)
    return {"eternity": 2.4}.get(style, 1.3)


def _row_gem(draft: Draft, style: str, stone: dict[str, Any] | None, accents: dict[str, Any] | None) -> None:
    """In an eternity ring the named gem is the row's; in a three-stone ring a second one is the sides'."""
    if accents is None:
        return
    if style == "three_stone":
        accents.pop("count", None)
    centre, accent = _gem_terms(draft)
    if style == "eternity" or (style == "band" and stone is None):
        named = [_gem_name(draft, term) for term in (*centre, *accent)]
        accents["gem"] = next((gem for gem in named if gem not in (*OPAQUE_GEMS, "pearl")), "diamond")
    elif style == "three_stone" and not accent:
        named = [_gem_name(draft, term) for term in centre[1:]]
        usual = stone["gem"] if stone and stone["gem"] not in (*OPAQUE_GEMS, "pearl") else "diamond"
        accents["gem"] = named[0] if named and named[0] not in (*OPAQUE_GEMS, "pearl") else usual


def _chain(draft: Draft, *, preset: str, length: float) -> dict[str, Any]:
    from pipeline.atelier.spec import ChainStyle, Clasp

    style = draft.choose(
        "chain", ChainStyle, "cable", "The chain's links are not named; a cable chain is used."
    )
    clasp = draft.choose("clasp", Clasp, "lobster", "The clasp is not named; a lobster clasp is used.")
    chain: dict[str, Any] = {"style": style, "clasp": clasp}
    long = _measure(draft, "mm", {"chain", "length", "piece", "bracelet"}, "chain length", above=140)
    long = long or _longest(draft, "chain length")
    if long is None:
        draft.assume(f"The length is not given; {length / 10:g} cm is used.")
    chain["length_mm"] = _clamped(draft, Chain, "length_mm", long or length)
    wide = _measure(draft, "mm", {"chain", "gauge", "thickness"}, "chain width", below=12)
    chain["gauge_mm"] = _clamped(draft, Chain, "gauge_mm", wide or _BY_SCALE[preset][draft.scale("chain")])
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
    stone = _stone(draft, default=False, size_mm=6.0, told="The stone is not named; a diamond is used.")
    accents = _accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.2)
    pendant: dict[str, Any] | None = None
    if form is None and stone is not None:
        form = "stone"
        if draft.shape("pendant") == "round" or draft.has("setting", "bezel"):
            form = "stone"
    if hung or stone is not None:
        if form is None:
            draft.assume("The pendant's shape is not named; a round disc is used.")
        form = form or "round"
        height = _measure(
            draft, "mm", {"pendant", "height", "diameter"}, "pendant height", below=60
        ) or _leftover(draft, "pendant height", below=60)
        preset = _BY_SCALE["pendant"][draft.scale("pendant", slots=("scale",))]
        preset = {"bar": 1.6, "initial": 0.8, "cross": 1.3, "heart": 0.9}.get(form, 1.0) * preset
        pendant = {
            "form": form,
            "height_mm": _clamped(draft, Pendant, "height_mm", height or round(preset, 1)),
        }
        pendant["letter"] = _letter(draft, form)
        if stone is not None and form not in ("stone",):
            stone["length_mm"] = min(stone["length_mm"], round(0.5 * pendant["height_mm"], 2))
    else:
        draft.assume("No pendant is named; it is a plain chain.")
    chain = _chain(draft, preset="chain", length=400.0)
    return {"chain": chain, "pendant": pendant, "stone": stone, "accents": accents}


def _earrings(draft: Draft) -> dict[str, Any]:
    from pipeline.atelier.spec import EarringStyle

    style = draft.choose("style", EarringStyle, "")
    if draft.has("shape", "drop") or draft.has("form", "teardrop"):
        style = style if style in ("hoop", "huggie") else "drop"
    if not style:
        style = "stud"
        draft.assume("The kind of earring is not named; studs are made.")
    form = _form(draft)
    hoops = style in ("hoop", "huggie")
    stone = _stone(
        draft,
        default=not hoops and form in (None, "round"),
        size_mm=5.0,
        told="The stone is not named; a diamond is used.",
    )
    accents = _accents(draft, asked=bool(stone and stone["halo"]), size_mm=1.2)
    if hoops and stone is not None and stone["cut"] != "pearl":
        row = {"gem": stone["gem"] if stone["gem"] not in OPAQUE_GEMS else "diamond", "diameter_mm": 1.4}
        accents, stone = accents or row, None
    across = _measure(draft, "mm", {"earrings", "diameter", "piece"}, "diameter", above=8) or _leftover(
        draft, "size"
    )
    preset = 11.0 if style == "huggie" else _BY_SCALE["hoop"][draft.scale("earrings", slots=("scale",))]
    earrings: dict[str, Any] = {"style": style, "form": form or "round", "letter": _letter(draft, form)}
    earrings["diameter_mm"] = _clamped(draft, Earrings, "diameter_mm", (across if hoops else None) or preset)
    wire = _measure(draft, "mm", {"wire", "thickness", "width"}, "tube")
    earrings["wire_mm"] = _clamped(
        draft, Earrings, "wire_mm", wire or _BY_SCALE["tube"][draft.scale("earrings", slots=("weight",))]
    )
    height = _measure(draft, "mm", {"height", "length", "pendant"}, "height") or (None if hoops else across)
    earrings["height_mm"] = _clamped(
        draft, Earrings, "height_mm", height or (8.0 if style == "stud" else 14.0)
    )
    return {"earrings": earrings, "stone": stone, "accents": accents}


def _bracelet(draft: Draft) -> dict[str, Any]:
    styles = {"tennis": "tennis", "bangle": "bangle", "cuff": "cuff", "link": "chain"}
    style = next((styles[term.value] for term in draft.every("style") if term.value in styles), None)
    if style is None:
        style = "chain"
        if not draft.every("chain") and not draft.has("kind_weak", "necklace"):
            draft.assume("The kind of bracelet is not named; a chain bracelet is made.")
    length = _measure(draft, "mm", {"length", "bracelet", "chain", "piece"}, "length", above=LONG_MM)
    length = length or _longest(draft, "length")
    if length is None:
        draft.assume("The length is not given; 18.5 cm is used.")
    bracelet: dict[str, Any] = {
        "style": style,
        "length_mm": _clamped(draft, Bracelet, "length_mm", length or 185.0),
    }
    if style == "chain":
        chain = _chain(draft, preset="bracelet chain", length=bracelet["length_mm"])
        chain["length_mm"] = bracelet["length_mm"]
        draft.assumed = [
            text
            for text in draft.assumed
            if not text.startswith("The length is not given; 18.5 cm is used.") or length is None
        ]
        return {"bracelet": bracelet, "chain": chain}
    if style == "tennis":
        usual = {"small": 2.0, "": 2.8, "large": 4.0}[draft.scale("bracelet")]
        row = {
            "gem": "diamond",
            **(_accents(draft, asked=True, size_mm=usual, row=True) or {"diameter_mm": usual}),
        }
        if size := _measure(draft, "mm", {"stone", "width"}, "stone size", below=5.0):
            row["diameter_mm"] = max(size, 1.2)
        _row_gem(draft, "eternity", None, row)
        return {"bracelet": bracelet, "accents": row}
    wide = _measure(draft, "mm", {"width", "bracelet"}, "width", below=45) or _leftover(
        draft, "width", below=45
    )
    bracelet["width_mm"] = _clamped(
        draft, Bracelet, "width_mm", wide or _BY_SCALE["bangle"][draft.scale("bracelet")]
    )
    thick = _measure(draft, "mm", {"thickness"}, "thickness")
    bracelet["thickness_mm"] = _clamped(draft, Bracelet, "thickness_mm", thick or 2.0)
    accents = _accents(draft, asked=bool(draft.every(*STONE_SLOTS)), size_mm=1.6)
    if accents is not None:
        _row_gem(draft, "eternity", None, accents)
    return {"bracelet": bracelet, "accents": accents}


def _brooch(draft: Draft) -> dict[str, Any]:
    styles = {"circle": "circle", "flower": "flower", "bar_brooch": "bar"}
    style = next((styles[term.value] for term in draft.every("style") if term.value in styles), None)
    if style is None:
        style = {"bar": "bar", "round": "circle"}.get(_form(draft) or "", "")
    if not style:
        style = "circle"
        draft.assume("The brooch's form is not named; an open circle is made.")
    stone = _stone(
        draft, default=style == "flower", size_mm=5.0, told="The stone is not named; a diamond is used."
    )
    accents = _accents(draft, asked=style == "circle" and stone is not None, size_mm=1.8)
    wide = _measure(
        draft, "mm", {"width", "brooch", "diameter", "length", "piece"}, "width", above=10
    ) or _leftover(draft, "width")
    preset = {"small": 24.0, "": 34.0, "large": 50.0}[draft.scale("brooch")]
    return {
        "brooch": {"style": style, "width_mm": _clamped(draft, Brooch, "width_mm", wide or preset)},
        "stone": stone,
        "accents": accents,
    }
