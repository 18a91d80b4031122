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
    if master_id is None:
        return design.branch
    branch = next((branch for branch in design.branches if branch.master.id == master_id), None)
    if branch is None:
        raise BadInput(_GONE)
    return branch


def placed(branch: Branch) -> str:
    """The regions of a master as fractions of its frame, JSON: as a maker places them, and with their ids."""
    across, down = branch.master.width, branch.master.height
    return json.dumps(
        [
            {"id": r.id, "label": r.label, "x": r.x / across, "y": r.y / down}
            | {"width": r.width / across, "height": r.height / down}
            for r in branch.regions
        ]
    )


def go_back(store: Store, design_id: str, master_id: AssetId) -> Design:
    """Put the branch of an earlier master under work again; nothing of the others changes. Raises BadInput."""

    def changed(design: Design) -> Design:
        masters = [branch.master.id for branch in design.branches]
        if master_id not in masters:
            raise BadInput(_GONE)
        return design.at_branch(masters.index(master_id))

    return store.update(design_id, changed)


def change_branch(
    store: Store, design_id: str, master_id: AssetId, change: Callable[[Branch], Branch]
) -> Design:
    """Change the branch of one master as it is on disk now, be it under work or not."""

    def changed(design: Design) -> Design:
        branches = tuple(change(b) if b.master.id == master_id else b for b in design.branches)
        return design.model_copy(update={"branches": branches})

    return store.update(design_id, changed)
