"""Two edits of one record become one: nothing that only one side did is lost, and both sides come to the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.merge import merged

Parts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2), max_size=6)


def listed(parts: dict[str, int]) -> dict[str, Any]:
    return {"close_ups": [{"id": name, "take": take} for name, take in parts.items()]}


def told(record: dict[str, Any]) -> dict[str, int]:
    return {part["id"]: part["take"] for part in record["close_ups"]}


@given(Parts, Parts, Parts)
def test_every_part_follows_the_side_that_changed_it(
    base: dict[str, int], mine: dict[str, int], theirs: dict[str, int]
) -> None:
    """Added parts are there, removed ones are not, changed ones are as changed; where both changed one, mine stands."""
    result = told(merged(listed(base), listed(mine), listed(theirs)))
    for name in {*base, *mine, *theirs}:
        was, here, there = base.get(name), mine.get(name), theirs.get(name)
        if here == was:
            expected = there
        elif there in {was, here}:
            expected = here
        else:
            expected = (
                None if was is not None and None in {here, there} else here if here is not None else there
            )
        assert result.get(name) == expected


@given(Parts, Parts, Parts)
def test_what_is_merged_once_stays(
    base: dict[str, int], mine: dict[str, int], theirs: dict[str, int]
) -> None:
    """The side that takes the merge over has nothing left to say: servers come to rest."""
    once = merged(listed(base), listed(mine), listed(theirs))
    assert merged(listed(theirs), once, once) == once
    assert merged(listed(theirs), listed(theirs), once) == once


def branch(master: str, *regions: str) -> dict[str, Any]:
    return {"master": {"id": master}, "regions": [{"id": name} for name in regions]}


def test_the_branch_under_work_is_kept_by_its_master() -> None:
    """Both begin a branch: both are there, and the one I chose is the one under work."""
    base = {"name": "Ring", "tags": ["gold"], "current": 0, "branches": [branch("m1")]}
    mine = {**base, "current": 1, "branches": [branch("m1"), branch("m2", "stone")], "tags": ["gold", "new"]}
    theirs = {**base, "name": "Rose ring", "branches": [branch("m1", "band"), branch("m3")], "tags": []}
    result = merged(base, mine, theirs)
    assert [b["master"]["id"] for b in result["branches"]] == ["m1", "m3", "m2"]
    assert result["branches"][result["current"]]["master"]["id"] == "m2"
    assert (result["name"], result["tags"]) == ("Rose ring", ["new"])
    assert result["branches"][0]["regions"] == [{"id": "band"}]
