"""Which edition of the gate judged: figures can only be compared between runs of the same rules and numbers."""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from typing import Any

from pipeline.fidelity import model
from pipeline.records.fidelity import Thresholds

VERSION = 9
"""Counts the rules: raised by whoever changes a figure or a verdict on purpose, and with it `ALIKE` is emptied.

1 judged structure, light and places alone; 2 names lost profiles and squeezes, which warn or fail by themselves; 3
takes vignettes and clarity for what they are, and looks at colour and texture at the answer's own scale too; 4
straightens what is bent before it is locked; 5 takes grain that a cleaner answer lacks for no texture, 6 grain of a
stone's fire for no tint, and a stone that lost its colour for gone where hardly more than its prongs is left of it; 7
looks for a stone in the ellipse that it fills and no longer in a disc, takes one whose place has the setting's colour
for gone, and counts stones in pictures of which no geometry is known; 8 takes cloth and filigree all over for no noise;
9 loses no texture that answers to the crop's own, however fine it goes on.
"""
COUNTS_ON_PICTURES = 7
"""The first of them that does."""
ALIKE: frozenset[str] = frozenset()
"""Editions of older Loupes that give the very figures and verdicts of this one."""
MEASURED_ALIKE = frozenset(
    {
        "e0de10804431",
        "1-6e33d06f01bb",
        "2-6e33d06f01bb",
        "3-6e33d06f01bb",
        "4-6e33d06f01bb",
        "5-6e33d06f01bb",
        "6-6e33d06f01bb",
        "7-6e33d06f01bb",
        "8-6e33d06f01bb",
    }
)
"""Editions of older Loupes that measure an answer's agreement as this one does, by other rules of repair."""


@cache
def edition() -> str:
    """The rules' count and twelve hex digits of the sha256 over the fitted numbers; spaces and line ends are none."""
    numbers = json.loads(model.FILE.read_text("utf-8"))
    digest = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()
    return f"{VERSION}-{digest[:12]}"


def judges_alike(gate: str) -> bool:
    """Whether the edition that a record names gives the same figures as this one."""
    return gate == edition() or gate in ALIKE


def measures_alike(gate: str) -> bool:
    """Whether the agreement that a record states was measured as it is today, whatever was made of it."""
    return judges_alike(gate) or gate in MEASURED_ALIKE


def is_older(gate: str) -> bool:
    """Whether an edition comes before this one: a lower count, or one named after its files, before there was a count.

    What such a gate recorded stays as it is; measured again, an answer may be judged otherwise.
    """
    count = _count_of(gate)
    return count < VERSION if count is not None else not gate.partition("-")[2] and gate != edition()


def counts_on_pictures(gate: str) -> bool:
    """Whether the edition looked for stones where no geometry is known."""
    count = _count_of(gate)
    return count is not None and count >= COUNTS_ON_PICTURES


def _count_of(gate: str) -> int | None:
    """The rules' count that an edition begins with; None for one named after its files, or in no known way."""
    count, _, numbers = gate.partition("-")
    return int(count) if numbers and count.isdecimal() else None


def judged_by(thresholds: Thresholds | None) -> dict[str, Any]:
    """What has to be known to judge again: the edition, and the thresholds where they were not the standard ones."""
    return {"gate": edition(), "thresholds": asdict(thresholds) if thresholds else None}
