"""The series of candidates that a reading begins: the piece as read, then its siblings."""

from pipeline.atelier.language.prompt import Reading
from pipeline.atelier.spec import Spec, composed
from pipeline.atelier.variation import variations
from pipeline.atelier.weighing import to_weight

_SIBLINGS = 4
"""Candidates come in fours: seed 0 is the piece as read, the next three its siblings, and so on."""


def member(spec: Spec, seed: int, reading: Reading) -> tuple[Spec, str]:
    """One piece of the series that begins with `spec`, and a sentence where a weight was ordered.

    What the prompt settles by `reading` every sibling keeps.
    """
    group, place = divmod(seed, _SIBLINGS)
    siblings = variations(spec, seed=group, count=_SIBLINGS + 1, stated=_stated(spec, reading))
    sibling = composed(siblings[place if group == 0 else place + 1])
    if reading.grams is None:
        return sibling, ""
    weighed = to_weight(sibling, reading.grams, _stated(spec, reading))
    return weighed.spec, weighed.sentence


def _stated(spec: Spec, reading: Reading) -> frozenset[str]:
    """What the prompt settles, of the groups that the piece has."""
    return frozenset(
        path for path in reading.stated if "." not in path or getattr(spec, path.split(".")[0]) is not None
    )
