"""A parsed prompt with its open questions: what stands beside what, which measures are taken, what was assumed."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from pipeline.atelier.language import evidence, foreign, lexicon
from pipeline.atelier.language.evidence import Holds
from pipeline.atelier.language.terms import STONE_SLOTS, Measure, Sentence, Term
from pipeline.atelier.language.vocabulary import is_plural
from pipeline.atelier.spec import Called, Spec

LONG_MM = 130
"""Nothing but a chain or a bracelet is this long."""

_OF_A_ROW = frozenset({"row", "rows", "rope", "string"})
_NEAR_A_ROW = 6
"""Words between a row and its pearls: "a uniform row of sixty-one cultured pearls"."""
_CARRY_NO_ROW = frozenset({"ring", "earrings", "brooch"})
"""Pieces that a pearl is set in, and that no row of them makes."""
_JOINING = frozenset(
    {
        "of",
        "with",
        "in",
        "de",
        "d",
        "en",
        "avec",
        "con",
        "com",
        "di",
        "mit",
        "aus",
        "met",
        "van",
        "z",
        "с",
        "из",
    }
)
"""Words between a piece and the pearls that are set in it: "pendientes de perlas"."""
_NEAR_ITS_PIECE = 3
"""Words from a pearl to the piece that it is said of: "pearl and gold drop earrings"."""
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
_PLACES = {
    **foreign.PLACES,
    "between": "between",
    **dict.fromkeys(("middle", "center", "centre", "central"), "middle"),
}
"""Words beside a stone, and where it stands by them; sides in English are told by more than a word."""
_FLANKS = frozenset({"flanked", "flanking", "between"})
_BORDERS = frozenset({"border", "surround"})
_STOPS = frozenset({",", ".", ";", "with", "and", "but", "without", "no", "mit", "avec", "con", "com", "met"})
"""Tokens behind which another thing than the measured one is named."""
_LENGTHS = frozenset({"long", "short"})
_GENERAL = frozenset({"band", "solitaire", "link"})
"""Styles that a closer one completes: an eternity band is an eternity ring."""
_ACCENT_FOLLOWS = frozenset(["halo", "pave", "accent", "accents", "shoulders"])
_OF = frozenset({"of", "de", "des", "d", "du", "von", "aus", "di", "dei", "da", "van", "z", "из"})
_JOINS = frozenset(
    {"y", "e", "ed", "et", "und", "en", "i", "и", "ve", "mit", "con", "com", "avec", "met", "z", "с"}
)
"""Words of other languages behind which another thing is named, as behind "and" and "with"."""


_CUT_NOUNS = frozenset(
    {"cut", "shape", "schliff", "form", "taille", "taglio", "talla", "corte", "slijpsel", "slijping"}
)


class Draft:
    """A parsed prompt with its open questions: looks things up, remembers what was assumed.

    Terms are indexed by slot and by place, and what stands beside a measure is looked up once: reading takes time in
    the length of the prompt.
    """

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.chosen: Called | None = None
        """The kind of piece that is chosen beside the prompt."""
        self.assumed: list[str] = []
        self._conditions: dict[str, tuple[Holds, str]] = {}
        self.measured: dict[int, tuple[str, str]] = {}
        self._by_slot: dict[tuple[str, bool], list[tuple[int, Term]]] = {}
        self._starting: dict[int, list[Term]] = {}
        self._covering: dict[int, list[Term]] = {}
        for order, term in enumerate(sentence.terms):
            self._by_slot.setdefault((term.slot, term.negated), []).append((order, term))
            self._starting.setdefault(term.start, []).append(term)
            for place in range(term.start, term.end):
                self._covering.setdefault(place, []).append(term)
        self._roles: dict[int, list[str]] = {}
        for role in sentence.roles:
            self._roles.setdefault(role.start, []).append(role.value)
        self._counted = frozenset(measure.start for measure in sentence.measures)
        self._beside_measure: dict[int, set[str]] = {}
        self._unknown = frozenset(sentence.unknown)
        self.side_cuts: tuple[Term, ...] = ()
        """Cuts that are said of the small stones: "with pear side stones"."""
        self.strung: frozenset[Term] = frozenset()
        """Pearls that are strung and set nowhere: "a strand of 7 mm pearls"."""
        self.strung = self._strung_pearls()
        self.accents: list[Term] = self._around()
        self._is_accent: frozenset[Term] = frozenset()
        self._turn_roles()
        self._is_accent = frozenset(self.accents)
        self.side_cuts = tuple(self._cuts_of_sides())

    def _around(self) -> list[Term]:
        """The stones that stand around or beside another one."""
        named = self.every(*STONE_SLOTS)
        if in_middle := [term for term in named if self._is_in_the_middle(term)]:
            return _but(named, in_middle)
        around = [term for term in named if self._beside(term)]
        if len(around) == len(named) and self.has("halo"):
            # "Sapphire halo studs" speaks of the centre stone; the halo itself is of diamonds.
            around = [term for term in around if not self.starting(term.end, "halo")]
        return around

    def _strung_pearls(self) -> frozenset[Term]:
        pearls = [term for term in self.every(*STONE_SLOTS) if stone_of(term) == "pearl"]
        if not (self.has("strand") or self.has("chain", "pearl")):
            return frozenset(pearls if self._is_strung(pearls) else ())
        strand = {place for term in self.every("strand") for place in range(term.start - 1, term.start + 1)}
        return frozenset(
            term
            for term in self.every(*STONE_SLOTS)
            if stone_of(term) == "pearl"
            and not self._is_set_in_a_piece(term)
            and (is_plural(term) or term.end in strand or not self.every("noun", "form"))
        )

    def _is_set_in_a_piece(self, pearl: Term) -> bool:
        """Whether a pearl is said of a piece that is no row of them: "pearl earrings and a pearl necklace"."""
        pieces = sorted(self.every("kind", "kind_weak"), key=lambda piece: piece.start)
        before = [piece for piece in pieces if piece.end <= pearl.start]
        if before and _JOINING.issuperset(self.sentence.tokens[before[-1].end : pearl.start]):
            return before[-1].value in _CARRY_NO_ROW
        behind = [piece for piece in pieces if 0 <= piece.start - pearl.end < _NEAR_ITS_PIECE]
        return bool(behind) and behind[0].value in _CARRY_NO_ROW

    def _is_strung(self, pearls: list[Term]) -> bool:
        """Whether pearls make the chain without a word that says so: a pearl bracelet, "akoya pearl necklace"."""
        kind = self.value("kind")
        if kind is None:
            return self._is_a_row(pearls)
        if kind == "bracelet":
            return not self.every("style")
        nouns = [term for term in self.every("noun") if term.value != "clasp"]
        hung = (
            nouns
            or self.every("form", "shape", "setting", "halo", "motif")
            or self.has("kind_medium", "necklace")
        )
        if kind != "necklace" or hung or self.every("chain"):
            return False
        return any(
            is_plural(term)
            or ((piece := self.starting(term.end, "kind")) is not None and "lariat" not in piece.text)
            for term in pearls
        )

    def _is_a_row(self, pearls: list[Term]) -> bool:
        """Whether pearls are counted as a row and no piece is named that carries it."""
        parts = self.every("form", "setting", "halo", "style", "kind_medium", "kind_weak")
        if parts or any(term.value != "clasp" for term in self.every("noun")):
            return False
        rows = [place for place, token in enumerate(self.sentence.tokens) if token in _OF_A_ROW]
        return any(
            is_plural(term) and any(abs(term.start - row) <= _NEAR_A_ROW for row in rows) for term in pearls
        )

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
        return any(is_plural(term) for term in self.accents)

    def assume(self, text: str, holds: Holds | None = None, otherwise: str = "") -> None:
        """Tell the user about a choice, as a sentence; where the settled piece does not bear it out, ``otherwise``."""
        self.assumed.append(text)
        if holds is not None:
            self.condition(text, holds, otherwise)

    def condition(self, text: str, holds: Holds, otherwise: str = "") -> None:
        """Say of what piece a sentence is so."""
        self._conditions[text] = holds, otherwise

    def settle(self, spec: Spec) -> None:
        """Keep of the sentences those that are so of the settled piece."""
        self.assumed = [line for text in self.assumed if (line := self._settled(text, spec))]

    def _settled(self, text: str, spec: Spec) -> str:
        while text in self._conditions:
            holds, otherwise = self._conditions[text]
            if holds(spec):
                break
            text = otherwise
        return text

    def every(self, *slots: str, negated: bool = False) -> list[Term]:
        """Terms of the slots, in the order of the text."""
        entries = [entry for slot in slots for entry in self._by_slot.get((slot, negated), ())]
        if len(slots) > 1:
            entries.sort(key=lambda entry: entry[0])
        return [term for _, term in entries if term not in self.side_cuts and term not in self.strung]

    def value(self, *slots: str) -> str | None:
        """Value of the first term of the slots, or none."""
        terms = self.every(*slots)
        return terms[0].value if terms else None

    def has(self, slot: str, value: str | None = None) -> bool:
        """Whether the slot (with this value) is asked for."""
        return any(value in (None, term.value) for term in self.every(slot))

    def at(self, place: int, *slots: str) -> list[Term]:
        """Terms of the slots that cover a place."""
        return [term for term in self._covering.get(place, ()) if term.slot in slots and not term.negated]

    def starting(self, place: int, *slots: str) -> Term | None:
        """The term of the slots that begins at a place, or none."""
        return next(
            (term for term in self._starting.get(place, ()) if term.slot in slots and not term.negated), None
        )

    def choose(self, slot: str, allowed: Any, default: str, assumption: str = "") -> str:
        """The slot's value if it is one of the ``allowed`` literal's, else the default, with an assumption."""
        named = dict.fromkeys(term.value for term in self.every(slot) if term.value in get_args(allowed))
        values = list(named)
        rivals = [value.replace("_", " ") for value in values if value not in _GENERAL]
        if len(rivals) > 1:
            first, second = [value for value in values if value not in _GENERAL][:2]
            text = f"“{rivals[0]}” and “{rivals[1]}” exclude each other; the "
            last = f"{text}second is made."
            self.assume(f"{text}first is made.", evidence.either_style(first), last)
            self.condition(last, evidence.either_style(second))
        if values:
            return next((value for value in values if value not in _GENERAL), values[0])
        if assumption:
            self.assume(assumption)
        return default

    def scale(self, *targets: str, slots: tuple[str, ...] = ("weight", "scale")) -> str:
        """Give "small", "large" or "" for a part of the piece: from the adjective nearest before its noun."""
        words = {"thin": "small", "small": "small", "bold": "large", "large": "large"}
        general = ""
        for term in self.every(*slots):
            if term.text in _LENGTHS and "chain" in targets:
                continue  # a long chain is no thick one
            aimed = self._aim(term)
            if aimed in targets:
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
        if self.sentence.broken(term.end, term.end + 1) or {*after[:1]} & {"hidden", *_JOINS}:
            after = ()  # "with an oval sapphire, pave band", "con esmeralda y halo": that is another thing
        of_a_halo = "halo" in before and not _OF.isdisjoint(before)
        return (
            self.at_sides(term)
            or of_a_halo
            or self._in_a_border(term)
            or bool(_ACCENT_LEADS & set(before))
            or bool(_ACCENT_FOLLOWS & set(after))
        )

    def _in_a_border(self, term: Term) -> bool:
        """Whether a gem is one of those around another: "within a border of brilliant-cut diamonds"."""
        tokens = self.sentence.tokens
        before = range(max(term.start - 6, 0), term.start)
        behind = tokens[term.end : term.end + 1]
        named = any(tokens[k] in _BORDERS and not self.sentence.broken(k, term.start) for k in before)
        return named or bool(_BORDERS & {*behind})

    def _is_in_the_middle(self, term: Term) -> bool:
        """Whether a gem is said to be the centre stone: "a sapphire in the middle", "zaffiro centrale"."""
        tokens = self.sentence.tokens
        if any(_PLACES.get(token) == "between" for token in tokens[term.end : term.end + 2]):
            return True  # "a diamond between two sapphires"
        for place in range(term.end, min(term.end + 4, len(tokens))):
            if self.sentence.broken(place, place + 1) or self.at(place, *STONE_SLOTS):
                return False
            if _PLACES.get(tokens[place]) == "middle":
                return True
        return False

    def _leads_to_a_stone(self, place: int) -> bool:
        """Whether "of" and a stone follow a word: "épaulée de diamants"."""
        of = {*self.sentence.tokens[place + 1 : place + 2]} & _OF
        return bool(of) and bool(self.at(place + 2, *STONE_SLOTS))

    def at_sides(self, term: Term) -> bool:
        """Whether a gem is said to stand at the sides: "emeralds on the sides", "mit Diamanten an den Seiten"."""
        tokens = self.sentence.tokens
        after = tokens[term.end : term.end + 3]
        place = next((k for k, token in enumerate(after, term.end) if _PLACES.get(token) == "side"), None)
        if (
            place is not None
            and not self.sentence.broken(term.end, place)
            and not self._leads_to_a_stone(place)
        ):
            return True
        lead = term.start - 2
        if lead >= 0 and _PLACES.get(tokens[lead]) == "side" and self._leads_to_a_stone(lead):
            return True
        beside = after[:2] in (("either", "side"), ("each", "side"), ("both", "sides"))
        return beside or (after[:1] in (("on",), ("at",), ("to",)) and bool(_SIDES & set(after)))

    def _cuts_of_sides(self) -> Iterator[Term]:
        """Cuts said of the side stones: "pear side stones", "flanked by baguettes", "two baguettes"."""
        named, cuts = self.every(*STONE_SLOTS), self.every("cut")
        trilogy = self.has("style", "three_stone")
        others = _but(named, named[:1])
        for term in cuts:
            follows = next(
                (gem for place in (term.end, term.end + 1) if (gem := self.starting(place, *STONE_SLOTS))),
                None,
            )
            if self._leads_to_sides(term):
                yield term
            elif follows is not None:
                if follows in self._is_accent or (trilogy and follows in others):
                    yield term
            elif is_plural(term) and not self._is_declined(term) and (named or len(cuts) > 1):
                yield term

    def _is_declined(self, term: Term) -> bool:
        """Whether a cut only looks like a plural: an adjective in its ending ("ovaler Schliff", "rundem Schliff")."""
        follows = {*self.sentence.tokens[term.end : term.end + 1]}
        adjective = term.value in {"oval", "round"} and not term.text.endswith("s")
        return adjective or bool(follows & _CUT_NOUNS)

    def _leads_to_sides(self, term: Term) -> bool:
        tokens = self.sentence.tokens
        for place in range(term.end, min(term.end + 4, len(tokens))):
            if self.sentence.broken(place, place + 1):
                break
            if tokens[place] in _SIDES:
                return True
        before = range(max(term.start - 4, 0), term.start)
        return any(tokens[k] in _FLANKS and not self.sentence.broken(k, term.start) for k in before)

    def _aim(self, term: Term) -> str:
        """The part of the piece an adjective speaks of; "tiny gold bells" speaks of something else."""
        tokens, strange = self.sentence.tokens, ""
        for place in range(term.end, min(term.end + 5, len(tokens))):
            if self.sentence.broken(term.end, place + 1) and tokens[place] != "and":
                return strange
            for noun in self._starting.get(place, ()):
                if target := self._target(noun):
                    return target
            strange = strange or (tokens[place] if tokens[place] in self._unknown else "")
        return strange

    def measures(self, unit: str) -> Iterator[tuple[Measure, set[str]]]:
        """Measures of a unit that nobody took yet, each with the words that say what it measures."""
        for measure in self.sentence.measures:
            if (
                measure.unit == unit
                and measure.start not in self.measured
                and (measure.number > 0 or not unit)
            ):
                if measure.start not in self._beside_measure:
                    self._beside_measure[measure.start] = self._about(measure)
                yield measure, self._beside_measure[measure.start]

    def take(self, measure: Measure, slot: str, value: str) -> None:
        """Mark a measure as understood."""
        self.measured[measure.start] = (slot, value)

    def _about(self, measure: Measure) -> set[str]:
        if measure.unit == "mm" and measure.second is None and self._is_of_a_rowed_band(measure):
            return {"band"}
        ahead = self._nouns(range(measure.end, min(measure.end + 5, len(self.sentence.tokens))), stop=True)
        if "edge" in ahead and not self._nouns(range(measure.end, measure.end + 2), stop=True):
            ahead = set()  # "ring 8mm brushed centre beveled edge": it is no edge that is measured
        roles = {value for value in ahead if value in lexicon.ROLES.values()}
        if not ahead - roles:
            ahead |= self._nouns(range(measure.start - 1, max(measure.start - 5, -1), -1), stop=True)
        if not ahead - roles:
            ahead |= self._nouns(range(measure.start - 1, max(measure.start - 5, -1), -1), stop=False)
        return ahead

    def _is_of_a_rowed_band(self, measure: Measure) -> bool:
        """Whether "2.5 mm diamond eternity band" is measured: the band, not the stones it is set with."""
        rowed = False
        for place in range(measure.end, min(measure.end + 7, len(self.sentence.tokens))):
            if self.sentence.broken(place, place + 1):
                break
            for term in self._covering.get(place, ()):
                if term.slot in STONE_SLOTS and is_plural(term):
                    return False
                rowed = rowed or term.slot == "accents" or (term.slot, term.value) == ("style", "eternity")
                if rowed and place == term.end - 1 and term.text.split()[-1] in ("band", "ring"):
                    return True
        return False

    def _nouns(self, places: range, *, stop: bool) -> set[str]:
        parts: set[str] = set()
        tokens = self.sentence.tokens
        for place in places:
            if stop and tokens[place] in _STOPS:
                break
            parts |= set(self._roles.get(place, ()))
            nouns = {self._target(term) for term in self._covering.get(place, ())} - {""}
            parts |= nouns
            if nouns or (stop and place in self._counted):
                break
        return parts

    def _target(self, term: Term) -> str:
        if term.negated or (term.slot, term.value) == ("stone", "none"):
            return ""
        if term in self.strung:
            return "chain"
        target = "accents" if term in self._is_accent else TARGETS.get(term.slot, "")
        if (term.slot, term.value) == ("kind_medium", "necklace"):
            return "pendant"
        if term.slot == "accents" and term.text.split()[-1] in ("shank", "band"):
            return "band"  # "1.8 mm pave shank" measures the shank
        by_value = term.slot in ("noun", "kind", "kind_medium", "kind_weak")
        return NOUNS.get(term.value, target) if target and by_value else target


TARGETS = {
    "kind": "piece", "kind_medium": "piece", "kind_weak": "piece", "gem": "stone", "substitute": "stone",
    "stone": "stone", "chain": "chain", "form": "pendant", "noun": "piece", "accents": "accents", "halo": "halo",
    "clasp": "clasp", "motif": "pendant",
}  # fmt: skip
NOUNS = {
    "ring": "band", "necklace": "chain", "band": "band", "clasp": "clasp", "pendant": "pendant", "finding": "finding",
    "edge": "edge", "setting": "setting", "motif": "motif",
    "earrings": "earrings", "bracelet": "bracelet", "brooch": "brooch",
}  # fmt: skip


def stone_of(term: Term) -> str:
    """The gem of the spec that a mention of a stone stands for."""
    return lexicon.stands_for(term.value) if term.slot == "substitute" else term.value


def _but(named: list[Term], centre: list[Term]) -> list[Term]:
    """The stones that are not the centre's, which a prompt may name again; all others where there is only one sort."""
    middle = {stone_of(term) for term in centre}
    others = [term for term in named if stone_of(term) not in middle]
    return others or [term for term in named if term not in centre]


def clamp(draft: Draft, model: type[BaseModel], field: str, number: float) -> float:
    """Bring a number into a field's limits, and tell if that moved it."""
    rules = {type(rule).__name__: rule for rule in model.model_fields[field].metadata}
    low, high = float(rules["Ge"].ge), float(rules["Le"].le)
    within = min(max(number, low), high)
    if within != number:
        name = field.removesuffix("_mm").replace("_", " ")
        article = "An" if name[0] in "aeiou" else "A"
        reach = f"out of reach ({low:g} to {high:g} mm)"
        text = f"{article} {name} of {number:g} mm is {reach}; {within:g} mm is used."
        draft.assume(text, evidence.measure(model, field, round(within, 3)))
    return round(within, 3)


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
