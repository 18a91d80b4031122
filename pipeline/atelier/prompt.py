"""From a prompt to a spec: offline, deterministic, and never silent about what it assumed or did not understand.

Rules where a prompt contradicts itself: the kind chosen beside the prompt wins over the text; the first noun that
names a piece wins over later ones; a specific metal wins over plain "gold"; "no stone" wins over a stone; measures
beyond what a bench can make are brought to the nearest that it can.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.atelier import lexicon
from pipeline.atelier.draft import Draft
from pipeline.atelier.interpret import compose
from pipeline.atelier.spec import Kind, Spec
from pipeline.atelier.words import LONGEST_TEXT, Sentence, Term, parse

SILENT = frozenset({"noun", "engraved"})
"""Slots that only help to read their neighbours."""


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


def read(prompt: str, *, kind: Kind | None = None, seed: int = 0) -> Reading:
    """Read a prompt of any length and language. ``kind`` overrides the text; ``seed`` varies what is left open."""
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
    if seed:
        from pipeline.atelier.variation import vary

        spec = vary(spec, seed)
    return Reading(
        spec, tuple(_chips(sentence, draft)), tuple(dict.fromkeys(draft.assumed)), sentence.unknown
    )


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
