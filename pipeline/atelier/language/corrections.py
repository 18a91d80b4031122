"""What a speaker takes back ("a ruby, sorry, I mean an emerald"): of two things of one sort the later one holds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.atelier.language.terms import Measure, Term

MARK = "\u21ba"
"""Stands in the folded text where something is taken back."""

_TAKEN_BACK = re.compile(
    r"(?<![\w'])(?:(?:oh|no|actually|sorry|wait|hm+|uh|um|er|well|or)[\s,.]{1,3}){0,4}"
    r"(?:scratch that|strike that|forget that|(?:no|oh|hang on|hold on)[\s,]{1,2}wait|wait[\s,]{1,2}no|"
    r"actually[\s,]{1,2}no|no[\s,]{1,2}actually|no[\s,]{1,2}sorry|sorry[\s,]{1,2}no|i mean(?:t)?|"
    r"make it (?=an?\s|in\s|the\s)|make that (?=\w)|correction:?|on second thoughts?|changed? (?:my|our|her|his) mind|"
    r"or rather|rather make it|"
    r"ich meine|nein doch|je veux dire|ou plutot|plutot non|mejor dicho|digo,|o meglio|anzi,|quer dizer|alias)"
    r"(?![\w'])[\s,]{0,3}(?:(?:no|sorry|actually|wait)[\s,]{1,2}){0,3}"
)

_OTHERWISE = re.compile(
    r"((?<![\w'])(?:like|similar to|(?:the )?same as|wie|comme|como|come|zoals)\s[^.;]{1,60}?)[\s,]{1,2}"
    r"(?:but(?=\s(?:with|in|has)\s)|aber(?=\s(?:mit|in|aus)\s)|mais(?=\s(?:avec|en)\s)|"
    r"pero(?=\s(?:con|en|de)\s)|mas(?=\s(?:com|em|de)\s)|ma(?=\s(?:con|in)\s)|maar(?=\s(?:met|in|van)\s))"
)
"""A piece that is compared with, and what shall be otherwise: "like her ruby ring but with an emerald"."""


_AGAIN = re.compile(
    r"((?<![\w'])(?:again|anew|once more|remade|recreated|reproduced|replicated|copied|nochmal|noch einmal|"
    r"nachgemacht|a nouveau|de nouveau|otra vez|de nuevo|di nuovo|de novo|opnieuw|jeszcze raz|снова|заново))[\s,]{1,2}"
    r"(?:but|only|aber|nur|mais|pero|solo|mas|ma|maar|ale|tylko|но|только)(?![\w'])"
)
"""A piece that was lost or worn out and is to be made once more, otherwise: "made again, but in rose gold"."""
_WHERE_IT_WAS = re.compile(
    r"(?<![\w'])(?:where|wo|donde|dove|onde|waar) (?:the|her|his|my|its|die|der|das|los|las|le|gli|i|os|as|de) "
    r"(\w+) (?:was|were|used to be|war|waren|estaban|erano|estavam|zaten)(?![\w'])"
)
"""What somebody else's place is taken of: "with sapphires where the diamonds were"."""


def marked(folded: str) -> str:
    """The folded text with a mark in the place of words that take something back, or make it otherwise."""
    folded = _AGAIN.sub(rf"\1 {MARK} ", _WHERE_IT_WAS.sub(r"instead of \1", folded))
    return _OTHERWISE.sub(rf"\1 {MARK} ", _TAKEN_BACK.sub(f" {MARK} ", folded))


_SORTS = {
    "metal": "metal", "metals": "metal", "two_tone": "metal", "gem": "gem", "substitute": "gem", "kind": "kind",
    "kind_medium": "kind",
    "cut": "cut", "form": "shape", "motif": "shape", "style": "style", "finish": "finish", "setting": "setting",
    "chain": "chain",
}  # fmt: skip
"""Slots of things of which a later one stands for an earlier one."""


def corrected(tokens: Sequence[str], terms: Sequence[Term]) -> list[Term]:
    """The terms; those that are taken back for another of their sort have a slot of their own."""
    dropped: set[int] = set()
    for mark in (place for place, token in enumerate(tokens) if token == MARK):
        end = next((k for k in range(mark + 1, len(tokens)) if tokens[k] in (MARK, ".", ";")), len(tokens))
        said: dict[str, set[str]] = {}
        for term in terms:
            if mark < term.start < end and not term.negated and term.slot in _SORTS:
                said.setdefault(_SORTS[term.slot], set()).add(term.value)
        for sort, values in said.items():
            dropped |= set(_last_before(mark, sort, terms, dropped, values))
    return [replace(term, slot="taken back") if k in dropped else term for k, term in enumerate(terms)]


def _last_before(
    mark: int, sort: str, terms: Sequence[Term], dropped: set[int], values: set[str]
) -> Iterator[int]:
    """Indexes of the last thing of a sort before a mark, but for what is said again behind it."""
    before = [
        k
        for k, term in enumerate(terms)
        if _SORTS.get(term.slot) == sort and term.start < mark and not term.negated and k not in dropped
    ]
    for k in before:
        if terms[k].start == terms[before[-1]].start and terms[k].value not in values:
            yield k


def latest(tokens: Sequence[str], measures: Sequence[Measure]) -> list[Measure]:
    """The measures without those that another of their unit takes back."""
    kept = list(measures)
    for mark in (place for place, token in enumerate(tokens) if token == MARK):
        for unit in {measure.unit for measure in kept if mark < measure.start <= mark + 6}:
            before = [
                measure for measure in kept if measure.unit == unit and mark - 8 <= measure.start < mark
            ]
            if before and unit:
                kept.remove(before[-1])
    return kept
