"""Which edition of the gate judged: figures can only be compared between runs of the same code and numbers."""

import hashlib
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.records.fidelity import Thresholds

_FOLDER = Path(__file__).parent


@cache
def edition() -> str:
    """Twelve hex digits of the sha256 over the gate's modules and fitted numbers; line ends do not count."""
    digest = hashlib.sha256()
    for file in sorted([*_FOLDER.glob("*.py"), *_FOLDER.glob("*.json")], key=lambda path: path.name):
        digest.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def judged_by(thresholds: Thresholds | None) -> dict[str, Any]:
    """What has to be known to judge again: the edition, and the thresholds where they were not the standard ones."""
    return {"gate": edition(), "thresholds": asdict(thresholds) if thresholds else None}
