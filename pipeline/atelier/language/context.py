"""A parsed prompt with its open questions: what stands beside what, which measures are taken, what was assumed."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from pipeline.atelier.language import lexicon
from pipeline.atelier.language.parse import Measure, Sentence, Term, singular

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
        "flanked",
        "flanking",
    ]
)
_SIDES = frozenset({"side", "sides", "accent", "accents", "shoulder", "shoulders"})
_FLANKS = frozenset({"flanked", "flanking", "between"})
_GENERAL = frozenset({"band", "solitaire", "link"})
"""Styles that a closer one completes: an eternity band is an eternity ring."""
_ACCENT_FOLLOWS = frozenset(["halo", "pave", "accent", "accents", "shoulders"])


class Draft:
    """A parsed prompt with its open questions: looks things up, remembers what was assumed."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.assumed: list[str] = []
        self.measured: dict[int, tuple[str, str]] = {}
        self.side_cuts: list[Term] = []
        """Cuts that are said of the small stones: "with pear side stones"."""
        self.strung: list[Term] = []
        """Pearls that are strung and set nowhere: "a strand of 7 mm pearls"."""
        if self.has("strand") or self.has("chain", "pearl"):
            pearls = [term for term in self.every(*STONE_SLOTS) if term.value.endswith("pearl")]
            self.strung = [term for term in pearls if singular(term.text) != term.text]
        self.accents = [term for term in self.every(*STONE_SLOTS) if self._beside(term)]
        if len(self.accents) == len(self.every(*STONE_SLOTS)) and self.has("halo"):
            # "Sapphire halo studs" speaks of the centre stone; the halo itself is of diamonds.
            self.accents = [
                term for term in self.accents if self.sentence.tokens[term.end : term.end + 1] != ("halo",)
            ]
        self._turn_roles()
        self.side_cuts = [term for term in self.every("cut") if self._of_sides(term)]

    def _turn_roles(self) -> None:
        """In "ruby halo ring with diamonds" the first gem is the centre stone, and the halo is of the others."""
        named = self.every(*STONE_SLOTS)
        tokens = self.sentence.tokens
        if (
            len(named) < 2
            or named[0] not in self.accents
            or tokens[named[0].end : named[0].end + 1] != ("halo",)
        ):
            return
        after = named[0].end + 1
        pieces = self.every("kind", "kind_medium", "noun")
        if any(term.start <= after < term.end for term in pieces):
            self.accents = named[1:]

    def many(self) -> bool:
        """Whether small stones are spoken of in the plural: "tiny sapphires"."""
        last = [term.text.split()[-1] for term in self.accents]
        return any(singular(word) != word for word in last)

    def assume(self, text: str) -> None:
        """Tell the user about a choice, as a sentence."""
        self.assumed.append(text)

    def every(self, *slots: str, negated: bool = False) -> list[Term]:
        """Terms of the slots, in the order of the text."""
        return [
            term
            for term in self.sentence.terms
            if term.slot in slots and term.negated == negated and term not in (*self.side_cuts, *self.strung)
        ]

    def value(self, *slots: str) -> str | None:
        """Value of the first term of the slots, or none."""
        found = self.every(*slots)
        return found[0].value if found else None

    def has(self, slot: str, value: str | None = None) -> bool:
        """Whether the slot (with this value) is asked for."""
        return any(value in (None, term.value) for term in self.every(slot))

    def choose(self, slot: str, allowed: Any, default: str, told: str = "") -> str:
        """The slot's value if it is one of the ``allowed`` literal's, else the default, with an assumption."""
        named = dict.fromkeys(term.value for term in self.every(slot) if term.value in get_args(allowed))
        found = list(named)
        rivals = [value.replace("_", " ") for value in found if value not in _GENERAL]
        if len(rivals) > 1:
            self.assume(f"“{rivals[0]}” and “{rivals[1]}” exclude each other; the first is made.")
        if found:
            return found[0]
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
        if self.sentence.broken(term.end, term.end + 1):
            after = ()  # "with an oval sapphire, pave band": the pave is another thing
        of_a_halo = "halo" in before and "of" in before
        return (
            self.at_sides(term)
            or of_a_halo
            or bool(_ACCENT_LEADS & set(before))
            or bool(_ACCENT_FOLLOWS & set(after))
        )

    def at_sides(self, term: Term) -> bool:
        """Whether a gem is said to stand at the sides: "emeralds on the sides"."""
        after = self.sentence.tokens[term.end : term.end + 3]
        return after[:1] in (("on",), ("at",)) and bool(_SIDES & set(after))

    def _of_sides(self, term: Term) -> bool:
        """Whether a cut is said of the side stones: "pear side stones", "flanked by baguettes", "two baguettes"."""
        tokens = self.sentence.tokens
        for place in range(term.end, min(term.end + 4, len(tokens))):
            if self.sentence.broken(place, place + 1):
                break
            if tokens[place] in _SIDES:
                return True
        before = range(max(term.start - 4, 0), term.start)
        if any(tokens[k] in _FLANKS and not self.sentence.broken(k, term.start) for k in before):
            return True
        named = self.every(*STONE_SLOTS)
        follows = next((gem for gem in named if 0 <= gem.start - term.end <= 1), None)
        if follows is not None:
            return follows in self.accents or (follows is not named[0] and self.has("style", "three_stone"))
        last = term.text.split()[-1]
        return singular(last) != last and (bool(named) or len(self.every("cut")) > 1)

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
            if (
                measure.unit == unit
                and measure.start not in self.measured
                and (measure.number > 0 or not unit)
            ):
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
        if term in self.strung:
            return "chain"
        target = "accents" if term in self.accents else TARGETS.get(term.slot, "")
        if (term.slot, term.value) == ("kind_medium", "necklace"):
            return "pendant"
        if term.slot == "accents" and term.text.split()[-1] in ("shank", "band"):
            return "band"  # "1.8 mm pave shank" measures the shank
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


def clamp(draft: Draft, model: type[BaseModel], field: str, number: float) -> float:
    """Bring a number into a field's limits, and tell if that moved it."""
    rules = {type(rule).__name__: rule for rule in model.model_fields[field].metadata}
    low, high = float(rules["Ge"].ge), float(rules["Le"].le)
    kept = min(max(number, low), high)
    if kept != number:
        name = field.removesuffix("_mm").replace("_", " ")
        article = "An" if name[0] in "aeiou" else "A"
        reach = f"out of reach ({low:g} to {high:g} mm)"
        draft.assume(f"{article} {name} of {number:g} mm is {reach}; {kept:g} mm is used.")
    return round(kept, 3)


def beside(
    draft: Draft,
    unit: str,
    wanted: set[str],
    slot: str,
    *,
    below: float = 1e9,
    above: float = 0,
    unlike: frozenset[str] = frozenset(),
) -> float | None:
    """Take the first measure that stands beside one of the ``wanted`` words and none of those ``unlike`` it."""
    for measure, about in draft.measures(unit):
        if about & wanted and not about & unlike and above <= measure.number <= below:
            draft.take(measure, slot, f"{measure.number:g} {unit}")
            return measure.number
    return None


def leftover(
    draft: Draft, slot: str, *, below: float = 1e9, above: float = 0, also: frozenset[str] = frozenset()
) -> float | None:
    """Take the first measure in mm that no word explains, or none but those in ``also``."""
    for measure, about in draft.measures("mm"):
        if (
            not about - {"piece", "earrings", "bracelet", "brooch", "diameter"} - also
            and above <= measure.number <= below
        ):
            draft.take(measure, slot, f"{measure.number:g} mm")
            return measure.number
    return None


def longest(draft: Draft, slot: str) -> float | None:
    """Take a measure so long that only a chain or a wrist can be meant, whatever stands beside it."""
    for measure, _ in draft.measures("mm"):
        if measure.number >= LONG_MM:
            draft.take(measure, slot, f"{measure.number:g} mm")
            return measure.number
    return None
