"""Where a prompt leaves a choice, "white gold or platinum", the first is made and the others are told."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.atelier.language.terms import Term

_OR = frozenset({"or", "oder", "ou", "o", "oppure", "of", "या", "او", "或", "または", "ya"})
_BETWEEN = frozenset({
    "either", "in", "a", "an", "the", "k", "kt", "ct", "karat", "carat", "solid", "plain", "maybe", "even", "9", "10",
    "14", "18", "20", "21", "22", "24", "375", "585", "750", "925", "950", "en", "de", "di", "da", "aus",
})  # fmt: skip
"""Words that may stand beside "or" between two things of which one is chosen."""
_FAMILIES = {"metal": "metal", "gem": "gem", "substitute": "gem"}


def alternatives(tokens: tuple[str, ...], terms: Sequence[Term]) -> list[Term]:
    """The terms, those that another one may stand for with a slot of their own.

    Metals are also parted by strokes, as "silver/gold" offers both; stones with a stroke are set together.
    """
    places = set(_places(tokens, terms))
    return [
        replace(term, slot="alternative") if place in places else term for place, term in enumerate(terms)
    ]


def _places(tokens: tuple[str, ...], terms: Sequence[Term]) -> Iterator[int]:
    two_tone = any(term.slot == "two_tone" for term in terms)
    last: dict[str, Term] = {}
    for place, term in enumerate(terms):
        family = _FAMILIES.get(term.slot)
        if family is None or term.negated:
            continue
        before = last.get(family)
        joints = _OR if family == "gem" or two_tone else _OR | {"/"}
        if (
            before is not None
            and before.value != term.value
            and _parts(tokens[before.end : term.start], joints)
        ):
            yield place
        last[family] = term


def _parts(between: tuple[str, ...], joints: frozenset[str]) -> bool:
    """Whether the tokens between two things offer a choice and say nothing else."""
    return bool(joints & {*between}) and all(token in joints or token in _BETWEEN for token in between)
