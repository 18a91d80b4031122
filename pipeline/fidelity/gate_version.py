"""Which edition of the gate judged: figures can only be compared between runs of the same rules and numbers."""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from typing import Any

from pipeline.fidelity import model
from pipeline.records.fidelity import Thresholds

VERSION = 1
"""Counts the rules: raised by whoever changes a figure or a verdict on purpose, and with it `ALIKE` is emptied."""
ALIKE = frozenset({"e0de10804431"})
"""Editions of older Loupes, named after their files' bytes, that give the very figures of this one."""


@cache
def edition() -> str:
    """The rules' count and twelve hex digits of the sha256 over the fitted numbers; spaces and line ends are none."""
    numbers = json.loads(model.FILE.read_text("utf-8"))
    digest = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()
    return f"{VERSION}-{digest[:12]}"


def judges_alike(gate: str) -> bool:
    """Whether the edition that a record names gives the same figures as this one."""
    return gate == edition() or gate in ALIKE


def judged_by(thresholds: Thresholds | None) -> dict[str, Any]:
    """What has to be known to judge again: the edition, and the thresholds where they were not the standard ones."""
    return {"gate": edition(), "thresholds": asdict(thresholds) if thresholds else None}
