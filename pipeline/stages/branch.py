"""The branch a stage works on: found, or missing in one sentence, and changed by the master it hangs on."""

import json
from collections.abc import Callable

from pipeline.errors import BadInput
from pipeline.records import AssetId, Branch, Design
from pipeline.store import Store

_GONE = "That master is not there any more; choose one of those shown."


def branch_of(design: Design, master_id: AssetId | None = None) -> Branch:
    """The branch of a master, else the one under work. Raises BadInput while the design has no such master."""
    if design.branch is None:
        raise BadInput("This design has no master yet; generate or upload one first.")
    return design.branch if master_id is None else design.branches[number_of(design, master_id)]


def number_of(design: Design, master_id: AssetId) -> int:
    """Which branch is a master's. Raises BadInput where there is none.

    Designs of the time before may have one upload for two masters: of those the one under work is meant.
    """
    numbers = [n for n, branch in enumerate(design.branches) if branch.master.id == master_id]
    if not numbers:
        raise BadInput(_GONE)
    return design.current if design.current in numbers else numbers[0]


def placed(branch: Branch) -> str:
    """The regions of a master as fractions of its frame, JSON: as a maker places them, and with their ids."""
    across, down = branch.master.width, branch.master.height  # the other shot is as large
    return json.dumps(
        [
            {"id": r.id, "label": r.label, "x": r.x / across, "y": r.y / down}
            | {"width": r.width / across, "height": r.height / down}
            | ({"shot": r.shot} if r.shot else {})
            for r in branch.regions
        ]
    )


def go_back(store: Store, design_id: str, master_id: AssetId, number: int | None = None) -> Design:
    """Put the branch of an earlier master under work again; nothing of the others changes. Raises BadInput.

    `number` tells apart two branches of one picture, which designs of the time before may have.
    """

    def changed(design: Design) -> Design:
        masters = [branch.master.id for branch in design.branches]
        if number is not None and masters[number : number + 1] == [master_id]:
            return design.at_branch(number)
        return design.at_branch(number_of(design, master_id))

    return store.update(design_id, changed)


def change_branch(
    store: Store, design_id: str, master_id: AssetId, change: Callable[[Branch], Branch]
) -> Design:
    """Change the branch of one master as it is on disk now, be it under work or not. Raises BadInput."""

    def changed(design: Design) -> Design:
        number = number_of(design, master_id)
        return design.with_branch(change(design.branches[number]), number)

    return store.update(design_id, changed)
