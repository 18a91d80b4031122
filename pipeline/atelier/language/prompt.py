"""From a prompt to a spec: offline, deterministic, and never silent about what it assumed or did not understand.

Rules where a prompt contradicts itself: the kind chosen beside the prompt wins over the text; the first noun that
names a piece wins over later ones, but what is to be made into another piece is not made; a specific metal wins over
plain "gold"; "no stone" wins over a stone; measures beyond what a bench can make are brought to the nearest it can.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.atelier.language import evidence, foreign, lexicon, photograph, unmade
from pipeline.atelier.language.context import Draft
from pipeline.atelier.language.evidence import stones_of
from pipeline.atelier.language.heads import strange_head
from pipeline.atelier.language.interpret import compose, is_beside_another, worn_at
from pipeline.atelier.language.omissions import RULES, shows
from pipeline.atelier.language.parse import parse
from pipeline.atelier.language.terms import STONE_SLOTS, Sentence, Term
from pipeline.atelier.language.text import LONGEST_TEXT, MOST_WORDS, singular
from pipeline.atelier.spec import Called, Spec

SILENT = frozenset({"noun", "shape wish", "engraved", "standin", "unmade", "near", "material", "inlay"})
"""Slots that only help to read their neighbours, or that a sentence of its own speaks of."""

DETAILS = ("finish", "stone.prongs", "ring.profile", "ring.cathedral", "ring.taper")
"""What a word of its own settles, other than the kind, form and materials that no sibling changes."""

_NUDGE = 0.97
"""Small enough that a measure keeps its meaning."""

_MOST_ASIDE = 6
"""Words of a camera that are quoted."""
_MOST_IDLE = 12
"""Words without effect that are quoted."""

End = Literal["made", "made as", "left out"]


@dataclass(frozen=True)
class Understood:
    """A piece of the prompt and what it set: shown as a chip."""

    text: str
    slot: str
    value: str


@dataclass(frozen=True)
class Noun:
    """A noun of the prompt and what became of it."""

    text: str
    end: End
    because: str = ""
    """The sentence that says so, unless it is made."""


@dataclass(frozen=True)
class Refusal:
    """A piece that is asked for and cannot be made as such: told before anything is rendered."""

    asked: str
    sentence: str
    offer: str = ""
    """The prompt with the nearest piece in its place; empty where there is none."""
    named: bool = True
    """False where the prompt names no piece at all, so that a kind chosen beside it answers the question."""


@dataclass(frozen=True)
class Reading:
    """A prompt as the atelier reads it."""

    spec: Spec
    understood: tuple[Understood, ...]
    assumed: tuple[str, ...]
    """One sentence for every choice the prompt left open or that was changed."""
    unknown: tuple[str, ...]
    """Words that mean nothing here, in their order."""
    stated: frozenset[str] = frozenset()
    """Proportions and details that the prompt itself settles, as "group.field": siblings keep them."""
    nouns: tuple[Noun, ...] = ()
    refusal: Refusal | None = None
    grams: float | None = None
    """What its metal is to weigh, where that is ordered."""


def read(prompt: str, *, kind: Called | None = None) -> Reading:
    """Read a prompt of any length and language. ``kind`` overrides the text."""
    sentence = parse(prompt)
    draft = Draft(sentence)
    _tell_reading(draft)
    spec = compose(draft, kind)
    refusal = None if kind is not None else _refusal(prompt, draft)
    if refusal is not None:
        draft.assume(refusal.sentence)
    for term in draft.every("unmade"):
        if not any(f"“{term.text}”" in line for line in draft.assumed):
            draft.assume(f"“{term.text}” is not made as such; it is left out.")
    grams = _weight(draft, spec)
    moved = _moved(draft, kind, spec)
    _tell_idle_measures(draft, moved)
    vain = tuple(_vain(draft, kind, spec))
    if idle := dict.fromkeys((*sentence.idle, *(term.text for term in vain))):
        draft.assume(f"{_quoted([*idle])}: the piece is made the same with or without that.")
    chips = tuple(_chips(sentence, draft, vain))
    stated = _worded(chips, spec).union(*(fields or () for fields in moved.values()))
    assumed = tuple(dict.fromkeys(draft.assumed))
    nouns = tuple(_nouns(sentence, spec, assumed))
    dropped = {noun.text for noun in nouns if noun.end == "left out"}
    chips = tuple(chip for chip in chips if chip.text not in dropped)
    return Reading(spec, chips, assumed, sentence.unknown, stated, nouns, refusal, grams)


_LONGEST_WEIGHED = 120
"""Words of a prompt whose every word is tried; beyond, that would take too long."""
_STEERING = ("weight", "scale", "shape", "relief", "taper")
"""Slots of words that only steer a measure or an outline, so that nothing else tells whether they did."""


def _vain(draft: Draft, kind: Called | None, spec: Spec) -> Iterator[Term]:
    """Words that steer and have changed nothing: without them the same piece is made."""
    sentence = draft.sentence
    if len(sentence.tokens) > _LONGEST_WEIGHED or _is_measured(draft):
        return
    for slot, value in dict.fromkeys((term.slot, term.value) for term in draft.every(*_STEERING)):
        said = [term for term in draft.every(slot) if term.value == value]
        left = tuple(term for term in sentence.terms if term not in said)
        # A solitaire is round without the word, and "drops" are a kind of piece.
        also = {term.text for term in (*left, *draft.side_cuts)} & {term.text for term in said}
        if value != "round" and not also and compose(Draft(replace(sentence, terms=left)), kind) == spec:
            yield from said


def _is_measured(draft: Draft) -> bool:
    """Whether a part of the piece took a measure, which says more than "wide" beside it."""
    return any(slot not in ("fineness", "metal", "picture") for slot, _ in draft.measured.values())


_LIGHTEST_G, _HEAVIEST_G = 0.2, 500.0
"""Weights that pieces are ordered at."""


def _weight(draft: Draft, spec: Spec) -> float | None:
    """The weight in grams that is ordered; before a piercing's wire a number of g is its gauge."""
    pierced = spec.earrings is not None and spec.earrings.style in ("nose_stud", "nose_ring")
    for measure, _ in draft.measures("g"):
        if pierced or not _LIGHTEST_G <= measure.number <= _HEAVIEST_G:
            draft.assume(f"“{measure.text}” is no weight that this piece is made to.")
            continue
        draft.take(measure, "weight", f"{measure.number:g} g")
        return round(measure.number, 2)
    return None


_WEIGHED_OTHERWISE = frozenset(
    unit for unit, (name, factor) in foreign.UNITS.items() if name == "ct" and factor not in (1.0, 0.01)
)
"""Units of stones that are no carats or points."""


def _tell_reading(draft: Draft) -> None:
    """Tell what was not read, mended, or set aside."""
    sentence = draft.sentence
    if sentence.cut_short:
        draft.assume(f"Only the first {LONGEST_TEXT:,} characters were read, and {MOST_WORDS} words.")
    if sentence.articles:
        quoted = ", ".join(f"“{number}”" for number in sentence.articles[:_MOST_ASIDE])
        draft.assume(f"{quoted}: an article's number, which says nothing of the piece.")
    for wrong, meant in sentence.mended:
        draft.assume(f"“{wrong}” is read as “{meant}”.")
    aside = [*sentence.aside]
    if (lens := photograph.lens(sentence.aside)) is not None:
        words, stop = lens
        draft.assume(
            f"“{words}”: angles and turntable are taken at {stop}, sharp at the head; the master, which is measured, "
            "is sharp throughout.",
            evidence.field("aperture", stop),
        )
        aside.remove(words)
    if aside:
        quoted = ", ".join(f"“{words}”" for words in aside[:_MOST_ASIDE])
        draft.assume(
            f"{quoted}: words for a camera or an image model; the studio always takes the same picture."
        )
    if sentence.pictographs:
        draft.assume(f"{_quoted(sentence.pictographs)}: little pictures are not read; say them in words.")
    for measure in sentence.measures:
        if measure.unit == "ct" and measure.text.split()[-1] in _WEIGHED_OTHERWISE:
            draft.assume(f"“{measure.text}” is {measure.number:.3g} ct.")
    if not sentence.terms and not sentence.measures:
        draft.assume("The prompt names nothing the atelier knows, so it starts from its plainest piece.")
    if len(sentence.unknown) > len(sentence.terms):
        draft.assume(
            "Most of the prompt was not understood; the atelier reads English, and the trade's words in German, "
            "French, Italian, Spanish, Portuguese, Dutch, Polish, Russian, Turkish, Hindi, Arabic, Chinese, Japanese "
            "and Korean."
        )


def _quoted(words: Sequence[str]) -> str:
    """The first of some words, each in quotes, and how many more there are."""
    quoted = ", ".join(f"“{word}”" for word in words[:_MOST_IDLE])
    return quoted if len(words) <= _MOST_IDLE else f"{quoted} and {len(words) - _MOST_IDLE} more"


def notes(reading: Reading) -> dict[str, str]:
    """A reading as a page shows it: chips (one a line), sentences, words that were not understood, and what became of
    each noun (one a line: the noun, its end, and why, parted by tabs).
    """
    return {
        "understood": "\n".join(
            f"{chip.text} → {chip.slot if chip.value in ('yes', 'any') else f'{chip.slot} {chip.value}'}"
            for chip in reading.understood
        ),
        "assumed": " ".join(reading.assumed),
        "unknown": ", ".join(reading.unknown),
        "nouns": "\n".join(f"{noun.text}\t{noun.end}\t{noun.because}" for noun in reading.nouns),
    }


_MADE = "rings, necklaces, earrings, bracelets and brooches"


_UNNAMED = f"The prompt names no piece the atelier makes (“{{}}” is not known): say one of its {_MADE}."


def _refusal(prompt: str, draft: Draft) -> Refusal | None:
    """What is said before a piece is rendered that is not the one asked for; none where it is."""
    for term in draft.every("unmade"):
        nearest = unmade.KINDS[term.value]
        if nearest is None:
            if _is_a_motif_of_another(draft, term):
                continue
            none = f"“{term.text}” is none of the atelier's {_MADE}; it cannot be made here."
            return Refusal(term.text, none)
        if is_beside_another(draft, term, nearest.kind):
            continue
        sentence = f"“{term.text}” is not made as such; {nearest.sentence}"
        return Refusal(term.text, sentence, _swapped(prompt, term.text, nearest.words))
    if part := _finding(draft):
        return Refusal(
            part, f"“{part}” is a part of a piece, and is made with it: say one of the atelier's {_MADE}."
        )
    if keeper := _keeps_pieces(draft):
        return Refusal(keeper, f"“{keeper}” is none of the atelier's {_MADE}; it cannot be made here.")
    if head := strange_head(draft):
        return Refusal(head, _UNNAMED.format(head), named=False)
    piece = draft.every("kind", "kind_medium", "kind_weak", "form", "chain", "clasp", "strand", "style")
    named = piece or draft.strung or _is_of_a_finger(draft) or worn_at(draft) is not None
    if draft.sentence.unknown and not named:
        word = draft.sentence.unknown[0]
        return Refusal(word, _UNNAMED.format(word), named=False)
    return _of_another_material(draft)


def _finding(draft: Draft) -> str:
    """A part that is asked for by itself: "jump rings, bag of 100"; empty where a piece is named."""
    if (
        draft.every("kind", "kind_medium", "kind_weak", "form", "style", "motif", "chain", "strand")
        or draft.strung
    ):
        return ""
    parts = (term for term in draft.every("noun") if {term.text, singular(term.text)} & unmade.FINDINGS)
    return next((term.text for term in parts), "")


def _keeps_pieces(draft: Draft) -> str:
    """A thing that pieces are only kept, shown or cleaned with: "a velvet stand for rings"; empty where one is made."""
    tokens, pieces = draft.sentence.tokens, [piece.start for piece in draft.every("kind", "kind_medium")]
    for lead in (place for place in range(1, len(tokens)) if tokens[place] in unmade.FOR):
        after = next((start for start in pieces if lead < start <= lead + _BETWEEN_FOR), None)
        of_what = lead > 2 and tokens[lead - 2] in ("a", "de", "da")  # "boîte à bijoux pour bagues"
        thing = lead - 3 if of_what else lead - 1
        first = after is not None and min(pieces) in (thing, after)
        if first and tokens[thing] in unmade.KEEPERS and not draft.sentence.broken(lead, after or lead):
            return tokens[thing]
    return ""


_BETWEEN_FOR = 3
"""Words from "for" to the piece: "for her rings"."""


def _is_of_a_finger(draft: Draft) -> bool:
    """Whether a ring's size or its shank is spoken of, so that no kind has to be named."""
    sized = any(slot == "ring size" for slot, _ in draft.measured.values())
    return sized or bool(draft.every("cathedral", "shank", "profile"))


def _is_a_motif_of_another(draft: Draft, term: Term) -> bool:
    """Whether a piece that cannot be made only adorns one that can: "a ring with a crown", "a tiara ring"."""
    kinds = draft.every("kind")
    if not kinds:
        return False
    first = term.start < kinds[0].start or _is_of_a_kind_of_ring(term, kinds)
    tokens = draft.sentence.tokens
    beside = any(
        kind.start == term.end or (kind.start == term.end + 1 and tokens[term.end] not in _HAVING)
        for kind in kinds
    )
    adorning = beside or (
        term.value in _ADORNING and "," not in tokens[term.end : max(term.end, kinds[0].start)]
    )
    return adorning or not first


_HAVING = frozenset({"with", "and", "mit", "avec", "con", "com", "met", "z", "с", ","})
"""Words between a thing and what it has: "a rattle with a ring"."""


def _is_of_a_kind_of_ring(term: Term, kinds: list[Term]) -> bool:
    """Whether a ring is no piece but one of another sort, as the south names them: "anello portachiavi"."""
    return all(kind.value == "ring" and kind.end == term.start for kind in kinds) and term.value in _RINGS


_RINGS = frozenset(
    {"key ring", "napkin ring", "curtain ring", "navel ring", "tongue bar", "septum", "rattle"}
)
"""Things that other languages call rings of something."""
_ADORNING = frozenset({
    "crown", "ornament", "comb", "pen", "spoon", "statue", "bookmark", "trophy", "watch", "fork", "knife", "cutlery",
    "belt", "buckle", "belt buckle", "whistle", "hilt", "poker chip", "chess piece", "bullion", "purse", "figurine",
})  # fmt: skip
"""Words that stand for more than a piece which is worn."""


def _of_another_material(draft: Draft) -> Refusal | None:
    """A piece of leather or wood as a whole: the material stands right before its kind, and no metal does."""
    for term in (term for term in draft.every("material") if term.text in unmade.BODIES):
        noun = draft.starting(term.end, "kind") or draft.starting(term.end + 1, "kind")
        body = [metal for metal in draft.every("metal") if metal.start < term.start]
        if noun is not None and not body:
            return Refusal(
                term.text,
                f"A {noun.text} of {term.text} cannot be made here; name a metal, and one is made of that.",
            )
    return None


def _swapped(prompt: str, asked: str, words: str) -> str:
    """The prompt with other words in the place of those asked for, as they stand in it or in front."""
    place = prompt.casefold().find(asked)
    if place < 0:
        return f"{words}, {prompt}"
    return f"{prompt[:place]}{words}{prompt[place + len(asked) :]}"


_NOUNS = frozenset(RULES) | {
    "kind_medium",
    "kind_weak",
    "standin",
    "unmade",
    "near",
    "halo",
    "cathedral",
    "milgrain",
}


def _nouns(sentence: Sentence, spec: Spec, assumed: tuple[str, ...]) -> Iterator[Noun]:
    """What became of each noun of the prompt: exactly one end, with the sentence that says so."""
    by_text: dict[str, list[Term]] = {}
    for term in sentence.terms:
        if term.slot in _NOUNS and not term.negated:
            by_text.setdefault(term.text, []).append(term)
    texts_of: dict[tuple[str, str], list[str]] = {}
    for text, terms in by_text.items():
        for term in terms:
            texts_of.setdefault((term.slot, term.value), []).append(text)
    for text, terms in by_text.items():
        noun = _noun(text, terms, spec, assumed)
        if noun.end == "made" and not _is_shown(terms, spec):
            others = [other for term in terms for other in texts_of[term.slot, term.value]]
            noun = _as_another(noun, others, assumed)
            if noun.end == "made":
                noun = Noun(text, "left out", f"The piece shows no “{text}”.")
        yield noun
    for word in sentence.unknown:
        yield Noun(word, "left out", f"“{word}” is no word the atelier knows.")


def _is_shown(terms: list[Term], spec: Spec) -> bool:
    """Whether the piece shows some of what a noun means, and where that names a kind of piece, is of this kind."""
    of_a_kind = [term for term in terms if term.slot == "kind"]
    if of_a_kind and not any(shows(spec, term) for term in of_a_kind):
        return False
    if any(term.slot in STONE_SLOTS for term in terms):
        # "一粒ダイヤ" is a solitaire of a diamond: without one it is no style of the piece.
        terms = [term for term in terms if term.slot != "style"]
    return any(term.slot not in RULES or shows(spec, term) for term in terms)


def _as_another(noun: Noun, others: list[str], assumed: tuple[str, ...]) -> Noun:
    """A noun that is left out with another word for the same thing, where that was told."""
    lines = (line for line in assumed for other in others if f"“{other}”" in line)
    line = next(lines, None)
    return noun if line is None else Noun(noun.text, "left out", line)


def _noun(text: str, terms: list[Term], spec: Spec, assumed: tuple[str, ...]) -> Noun:
    quoted = [line for line in assumed if f"“{text}”" in line and "is read as" not in line]
    if quoted and _has_a_nearest(terms) and not any("left out" in line for line in quoted):
        return Noun(text, "made as", quoted[0])
    replaced = [line for line in quoted if line.startswith(f"“{text}”: ")]
    replaced += [line for line in assumed if _replaces(line, terms)]
    if replaced:
        return Noun(text, "made as", replaced[0])
    reason = _reason(terms, spec, quoted) or _reason_without_stones(terms, spec, assumed)
    return Noun(text, "left out", reason) if reason else Noun(text, "made")


def _reason(terms: list[Term], spec: Spec, quoted: list[str]) -> str:
    """The sentence that quotes a noun which the piece does not show whole."""
    whole = all(term.slot in RULES and shows(spec, term) for term in terms)
    return quoted[0] if quoted and not whole else ""


def _reason_without_stones(terms: list[Term], spec: Spec, assumed: tuple[str, ...]) -> str:
    """Why a noun has no trace that only a sentence on stones in general speaks of."""
    ruled = [term for term in terms if term.slot in RULES]
    if not ruled or any(shows(spec, term) for term in ruled):
        return ""
    bare = (line for line in assumed if any(reason in line for reason in _BARE))
    return next(bare, "" if stones_of(spec) else "This piece carries no set stones.")


_BARE = ("asks for no stone", "A ring without stones", "no place for a single stone", "no place for a row")
"""Why a piece carries no stones, as it is told."""


def _has_a_nearest(terms: list[Term]) -> bool:
    return any(term.slot == "unmade" and unmade.KINDS[term.value] is not None for term in terms)


def _replaces(sentence: str, terms: list[Term]) -> bool:
    """Whether a sentence tells what stands for a stone or a metal."""
    for term in terms:
        if term.slot == "substitute" and f"has no {lexicon.called(term.value)};" in sentence:
            return True
        if term.slot == "metal" and sentence.startswith(f"{term.text.capitalize()} is shown as"):
            return True
    return False


def _worded(chips: tuple[Understood, ...], spec: Spec) -> frozenset[str]:
    """Details of the piece that a word settles: "knife edge", "cathedral", "six prongs"."""
    slots = {chip.slot for chip in chips}
    return frozenset(
        path
        for path in DETAILS
        if path.split(".")[-1] in slots and getattr(spec, path.split(".")[0]) is not None
    )


def _moved(draft: Draft, kind: Called | None, spec: Spec) -> dict[int, frozenset[str] | None]:
    """Where each measure that a part of the piece took begins, and the fields that move when it does: they follow what
    was asked for, whatever words it took. None where nothing moves, whether it grows or shrinks.
    """
    unmoved = ("fineness", "metal", "picture", "weight")
    taken = {start for start, (slot, _) in draft.measured.items() if slot not in unmoved}
    moved: dict[int, frozenset[str] | None] = {}
    for place, measure in enumerate(draft.sentence.measures):
        if measure.unit and measure.start in taken:
            fields = _moves(draft, kind, spec, place, _NUDGE)
            # A measure at the end of its range moves one way only.
            moved[measure.start] = (
                fields if fields is not None else _moves(draft, kind, spec, place, 1 / _NUDGE)
            )
    return moved


def _moves(draft: Draft, kind: Called | None, spec: Spec, place: int, share: float) -> frozenset[str] | None:
    """The fields that move when the measure at a place is that share of itself; none where the piece stays as it is."""
    measures = [*draft.sentence.measures]
    measures[place] = replace(measures[place], number=measures[place].number * share)
    nudged = compose(Draft(replace(draft.sentence, measures=tuple(measures))), kind)
    before, after = spec.model_dump(), nudged.model_dump()
    fields = frozenset(
        f"{group}.{field}"
        for group, values in before.items()
        if isinstance(values, dict) and isinstance(after[group], dict)
        for field, value in values.items()
        if after[group][field] != value
    )
    return None if after == before else fields


def _tell_idle_measures(draft: Draft, moved: dict[int, frozenset[str] | None]) -> None:
    """Tell the measures that were taken for a part which the piece turned out not to have."""
    if any(held in line for line in draft.assumed for held in _HELD):
        return
    for measure in draft.sentence.measures:
        if measure.unit in ("mm", "ct") and moved.get(measure.start, frozenset()) is None:
            del draft.measured[measure.start]
            draft.assume(f"“{measure.text}” could not be assigned to a part of the piece.")


_HELD = ("out of reach", "does not fit", "at most", "to hold", "to take", "is no size", "measures")
"""How it is told that a measure was brought to another one."""


def _chips(sentence: Sentence, draft: Draft, vain: Sequence[Term]) -> Iterable[Understood]:
    places: list[tuple[int, Understood]] = []
    places += [
        (term.start, Understood(term.text, *_chip_of(term)))
        for term in sentence.terms
        if term.slot not in SILENT and term not in vain
    ]
    for measure in sentence.measures:
        slot = draft.measured.get(measure.start)
        if slot is not None:
            places.append((measure.start, Understood(measure.text, *slot)))
    if sentence.engraving:
        places.append((0, Understood(sentence.engraving, "engraving", sentence.engraving)))
    if (lens := photograph.lens(sentence.aside)) is not None:
        places.append((0, Understood(lens[0], "lens", lens[1])))
    if sentence.letter:
        places.append((0, Understood(sentence.letter, "letter", sentence.letter)))
    seen = set()
    for _, chip in sorted(places, key=lambda place: place[0]):
        if chip not in seen:
            seen.add(chip)
            yield chip


def _chip_of(term: Term) -> tuple[str, str]:
    """Slot and value as a chip says them."""
    slot = term.slot.removesuffix("_medium").removesuffix("_weak").replace("_", " ")
    value = lexicon.stands_for(term.value) if term.slot == "substitute" else term.value
    value = value.replace("_", " ")
    return ("gem" if slot == "substitute" else slot), (f"no {value}" if term.negated else value)
