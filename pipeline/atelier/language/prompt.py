"""From a prompt to a spec: offline, deterministic, and never silent about what it assumed or did not understand.

Rules where a prompt contradicts itself: the kind chosen beside the prompt wins over the text; the first noun that
names a piece wins over later ones; a specific metal wins over plain "gold"; "no stone" wins over a stone; measures
beyond what a bench can make are brought to the nearest that it can.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.atelier.language import lexicon
from pipeline.atelier.language.context import Draft
from pipeline.atelier.language.interpret import compose
from pipeline.atelier.language.parse import LONGEST_TEXT, Sentence, Term, parse
from pipeline.atelier.spec import Kind, Spec

SILENT = frozenset({"noun", "engraved", "standin", "unmade"})
"""Slots that only help to read their neighbours, or that a sentence of its own speaks of."""


DETAILS = ("finish", "stone.prongs", "ring.profile", "ring.cathedral", "ring.taper")
"""What a word of its own settles, other than the kind, form and materials that no sibling changes."""

_NUDGE = 0.97
"""Small enough that a measure keeps its meaning."""


@dataclass(frozen=True)
class Understood:
    """A piece of the prompt and what it set: shown as a chip."""

    text: str
    slot: str
    value: str


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


def read(prompt: str, *, kind: Kind | None = None) -> Reading:
    """Read a prompt of any length and language. ``kind`` overrides the text."""
    sentence = parse(prompt)
    draft = Draft(sentence)
    if sentence.cut_short:
        draft.assume(f"Only the first {LONGEST_TEXT:,} characters were read.")
    for wrong, meant in sentence.mended:
        draft.assume(f"“{wrong}” is read as “{meant}”.")
    if not sentence.terms:
        draft.assume("The prompt names nothing the atelier knows, so it starts from its plainest piece.")
    if len(sentence.unknown) > len(sentence.terms):
        draft.assume(
            "Most of the prompt was not understood; the atelier reads English, "
            "and the trade's words in German, French, Italian and Spanish."
        )
    spec = compose(draft, kind)
    chips = tuple(_chips(sentence, draft))
    stated = _worded(chips) | _measured(sentence, kind, spec)
    return Reading(spec, chips, tuple(dict.fromkeys(draft.assumed)), sentence.unknown, stated)


def notes(reading: Reading) -> dict[str, str]:
    """A reading as a page shows it: chips (one a line), sentences, and words that were not understood."""
    return {
        "understood": "\n".join(
            f"{chip.text} → {chip.slot if chip.value in ('yes', 'any') else f'{chip.slot} {chip.value}'}"
            for chip in reading.understood
        ),
        "assumed": " ".join(reading.assumed),
        "unknown": ", ".join(reading.unknown),
    }


def _worded(chips: tuple[Understood, ...]) -> frozenset[str]:
    """Details that a word settles: "knife edge", "cathedral", "six prongs"."""
    told = {chip.slot for chip in chips}
    return frozenset(path for path in DETAILS if path.split(".")[-1] in told)


def _measured(sentence: Sentence, kind: Kind | None, spec: Spec) -> frozenset[str]:
    """Fields that move when a measure in the prompt does: they follow what was asked for, whatever words it took."""
    before = spec.model_dump()
    moved: set[str] = set()
    for place, measure in enumerate(sentence.measures):
        if measure.unit:
            nudged = replace(measure, number=measure.number * _NUDGE)
            measures = (*sentence.measures[:place], nudged, *sentence.measures[place + 1 :])
            after = compose(Draft(replace(sentence, measures=measures)), kind).model_dump()
            moved |= {
                f"{group}.{field}"
                for group, fields in before.items()
                if isinstance(fields, dict) and isinstance(after[group], dict)
                for field, value in fields.items()
                if after[group][field] != value
            }
    return frozenset(moved)


def _chips(sentence: Sentence, draft: Draft) -> Iterable[Understood]:
    places: list[tuple[int, Understood]] = []
    for term in sentence.terms:
        if term.slot in SILENT:
            continue
        places.append((term.start, Understood(term.text, *_told(term))))
    for measure in sentence.measures:
        slot = draft.measured.get(measure.start)
        if slot is not None:
            places.append((measure.start, Understood(measure.text, *slot)))
    if sentence.engraving:
        places.append((0, Understood(sentence.engraving, "engraving", sentence.engraving)))
    if sentence.letter:
        places.append((0, Understood(sentence.letter, "letter", sentence.letter)))
    seen = set()
    for _, chip in sorted(places, key=lambda place: place[0]):
        if chip not in seen:
            seen.add(chip)
            yield chip


def _told(term: Term) -> tuple[str, str]:
    slot = term.slot.removesuffix("_medium").removesuffix("_weak").replace("_", " ")
    value = lexicon.SUBSTITUTES[term.value][0] if term.slot == "substitute" else term.value.replace("_", " ")
    return ("gem" if slot == "substitute" else slot), (f"no {value}" if term.negated else value)
