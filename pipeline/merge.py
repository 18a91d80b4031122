"""Two edits of one record, made apart from one another, become one: a merge of three, as version control has it.

What only one of them changed is taken from it. Parts with an id (close-ups, sheets, models, branches by their master)
are added, removed and changed one by one; where both changed the same value, `mine` stands.
"""

from collections.abc import Hashable, Sequence
from typing import Any

_ABSENT = object()
_SETS = {"tags", "chosen_sheets"}
"""Lists of words whose order means nothing."""


def merged(base: Any, mine: Any, theirs: Any, field: str = "") -> Any:
    """One JSON value from two that descend from `base`."""
    if theirs in (mine, base):
        return mine
    if mine == base:
        return theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _of_objects(base if isinstance(base, dict) else {}, mine, theirs)
    if isinstance(mine, list) and isinstance(theirs, list):
        before = base if isinstance(base, list) else []
        if all(_key(item, field) is not None for item in (*before, *mine, *theirs)):
            return _of_lists(before, mine, theirs, field)
    return mine


def _of_objects(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    result = {}
    for name in dict.fromkeys((*mine, *theirs)):
        value = merged(base.get(name, _ABSENT), mine.get(name, _ABSENT), theirs.get(name, _ABSENT), name)
        if value is not _ABSENT:
            result[name] = value
    if isinstance(mine.get("current"), int) and isinstance(mine.get("branches"), list):
        result["current"] = _current(mine, theirs, base, result)
    return result


def _current(
    mine: dict[str, Any], theirs: dict[str, Any], base: dict[str, Any], result: dict[str, Any]
) -> int:
    """The branch under work after a merge: a place in the list means another branch when the list has changed."""
    chooser = theirs if mine.get("current") == base.get("current") else mine
    branches = chooser.get("branches") or []
    place = chooser.get("current", 0)
    chosen = _key(branches[place], "branches") if 0 <= place < len(branches) else None
    keys = [_key(branch, "branches") for branch in result["branches"]]
    return keys.index(chosen) if chosen in keys else max(0, len(keys) - 1)


def _of_lists(base: list[Any], mine: list[Any], theirs: list[Any], field: str) -> list[Any]:
    """Theirs in their order, then what I added; what either removed is gone."""
    before, here, there = (_by_key(items, field) for items in (base, mine, theirs))
    result = []
    for key in dict.fromkeys((*there, *here)):
        removed = key in before and (key not in here or key not in there)
        if not removed:
            one, other = here.get(key, there.get(key)), there.get(key, here.get(key))
            result.append(merged(before.get(key, _ABSENT), one, other))
    return result


def _by_key(items: Sequence[Any], field: str) -> dict[Hashable, Any]:
    return {_key(item, field): item for item in items}


def _key(item: Any, field: str) -> str | None:
    """What a part of a list is known by; None where parts have no names and the list is one value."""
    if isinstance(item, str) and field in _SETS:
        return item
    if not isinstance(item, dict):
        return None
    master = item.get("master")
    name = item.get("id") or (master.get("id") if isinstance(master, dict) else None)
    return str(name) if name else None
