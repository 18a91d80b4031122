"""Calibrate: the team's own accepted and rejected close-ups move where the gate warns and fails, per provider."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from pydantic import TypeAdapter

from pipeline import files
from pipeline.errors import StorageError
from pipeline.fidelity import Thresholds
from pipeline.fidelity.calibrate import Calibration, Decision, calibrate
from pipeline.fidelity.model import model
from pipeline.store import Store

_FILE = "thresholds.json"
_STANDING = TypeAdapter(dict[str, Thresholds])


def decisions(store: Store) -> tuple[Decision, ...]:
    """Every close-up a person accepted or rejected, over all designs, with the raw score it had."""
    return tuple(
        Decision(attempt.provider, attempt.score, attempt.decision == "accepted")
        for summary in store.summaries()
        for attempt in summary.attempts
        if attempt.decision and attempt.score is not None
    )


def standing(store: Store) -> dict[str, Thresholds]:
    """The thresholds in force by provider; others stand at the standard ones."""
    try:
        return _STANDING.validate_json((store.folder / _FILE).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StorageError(
            f"The thresholds in {store.folder / _FILE} cannot be read; remove the file to return to the standard ones."
        ) from error


def propose(store: Store) -> list[Calibration]:
    """What the decisions would change. Nothing is stored."""
    return calibrate(decisions(store), standing(store), model().standard)


def adopt(store: Store, calibrations: Iterable[Calibration]) -> None:
    """Put proposed thresholds in force for the close-ups to come; verdicts already given stay as they are."""
    moved = {c.provider: c.after for c in calibrations if c.changed}
    values_by_provider = {name: asdict(values) for name, values in {**standing(store), **moved}.items()}
    path = store.folder / _FILE
    with files.access(store.folder):
        files.write(path, json.dumps(values_by_provider, indent=1).encode())
