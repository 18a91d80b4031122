"""The same piece with one thing changed: "in rose gold", "with an emerald", "a 3 mm band".

Words of the change take the place of words of the prompt that say the same kind of thing. What the prompt then
says differently from before is carried over to the piece itself, and everything else of the piece stays.
"""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from pipeline.atelier.language.parse import parse
from pipeline.atelier.language.prompt import SILENT, read
from pipeline.atelier.language.terms import Term
from pipeline.atelier.spec import Spec
from pipeline.errors import BadPrompt

_FAMILIES = {"metals": "metal", "substitute": "gem"}
"""Slots that answer the same question."""
_KINDS = frozenset({"kind", "kind_medium", "kind_weak"})


@dataclass(frozen=True)
class Alteration:
    """The changed piece, and words for it."""

    prompt: str
    spec: Spec


def alter(prompt: str, spec: Spec, change: str) -> Alteration:
    """Change a piece. Raises BadPrompt when the change says nothing the atelier understands or cannot be made."""
    before = read(prompt, kind=spec.kind).spec.model_dump()
    swapped, left = _swap(prompt, change)
    wordings = [swapped] if not left else [_joined(swapped, change), _joined(change, swapped)]
    for wording in wordings:
        after = read(wording, kind=spec.kind).spec.model_dump()
        try:
            changed = Spec.model_validate(_carry(before, after, spec.model_dump()))
        except ValidationError as error:
            problem = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise BadPrompt(f"This piece cannot be changed so: {problem}") from error
        if changed != spec:
            return Alteration(wording, changed)
    raise BadPrompt(
        f"“{change[:80]}” changes nothing here; name another metal, stone, cut, setting or measure."
    )


def _swap(prompt: str, change: str) -> tuple[str, bool]:
    """Put the change's words where the prompt says the same kind of thing; True when some found no place."""
    said = [term for term in parse(prompt).terms if not term.negated]
    wish = parse(change)
    left = bool(wish.measures or wish.engraving or wish.letter)
    for term in wish.terms:
        if term.slot in SILENT or term.slot in _KINDS:
            continue
        place = next((other for other in said if _family(other) == _family(term)), None)
        if term.negated or place is None:
            left = True
            continue
        said.remove(place)
        prompt = re.sub(_spelled(place.text), term.text, prompt, count=1, flags=re.IGNORECASE)
    return prompt, left


def _family(term: Term) -> str:
    return _FAMILIES.get(term.slot, term.slot)


def _spelled(folded: str) -> str:
    """Match folded words as they may stand in a text: other case, hyphens between."""
    return r"(?<!\w)" + r"[\s\-\u2010-\u2015]+".join(map(re.escape, folded.split())) + r"(?!\w)"


def _joined(first: str, second: str) -> str:
    return ", ".join(part.strip(" ,.") for part in (first, second) if part.strip(" ,."))


def _carry(before: dict[str, Any], after: dict[str, Any], piece: dict[str, Any]) -> dict[str, Any]:
    """Apply what differs between two readings to a third description."""
    carried = dict(piece)
    for name, value in after.items():
        was, drawn = before.get(name), piece.get(name)
        if value == was:
            continue
        if isinstance(value, dict) and isinstance(was, dict) and isinstance(drawn, dict):
            carried[name] = _carry(was, value, drawn)
        else:
            carried[name] = value
    return carried
