"""Records of older editions, led to today's form before they are read."""

from typing import Any

from pipeline.records.design import SCHEMA
from pipeline.records.fidelity import Fidelity


class NewerRecord(ValueError):
    """Of a schema this edition does not know: not damaged."""


def migrated(record: Any) -> dict[str, Any]:
    """Lead a stored record to schema `SCHEMA`. Raises ValueError for one that is no record, or a newer one's.

    Within schema 1 the gate's report changed: what a report lacks is left untold by `Fidelity` itself, what
    it has beyond today's is dropped here. A report that is no report is left for the models to refuse.
    """
    if not isinstance(record, dict) or not isinstance(record.get("branches", []), list):
        raise ValueError("it is no design's record")  # noqa: TRY004 - as of every other damage
    version = record.get("schema_version", 1)
    if isinstance(version, int) and version > SCHEMA:
        raise NewerRecord("it was written by a newer Loupe")
    if not isinstance(version, int) or version < 1:
        raise ValueError("it names no schema")
    branches = [_branch(branch) for branch in record.get("branches", [])]
    return {**record, "branches": branches, "schema_version": SCHEMA}


def _branch(branch: Any) -> Any:
    if not isinstance(branch, dict) or not isinstance(branch.get("close_ups"), list):
        return branch
    return {**branch, "close_ups": [_close_up(close_up) for close_up in branch["close_ups"]]}


def _close_up(close_up: Any) -> Any:
    if not isinstance(close_up, dict) or not isinstance(close_up.get("fidelity"), dict):
        return close_up
    report = {name: value for name, value in close_up["fidelity"].items() if name in Fidelity.model_fields}
    return {**close_up, "fidelity": report}
