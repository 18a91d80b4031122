"""Crop: labelled regions on the master, kept whole pixels and inside the frame."""

import itertools
import secrets
from collections.abc import Callable, Sequence

from pipeline.errors import BadRegion
from pipeline.records import MAX_REGIONS, AssetId, Box, Branch, Design, Region, Shot
from pipeline.stages.branch import branch_of, change_branch
from pipeline.store import Store

MIN_REGION_PX = 16
"""A slip of the mouse makes a smaller box; nothing can be judged in it."""
SMALL_REGION_PX = 192
"""Below it a 4x close-up is under 768 px and looks soft on a page."""


def clamp(region: Region, width: int, height: int) -> Region:
    """The part of a region that lies on its picture. Raises BadRegion when nothing useful is left."""
    x, y = min(region.x, width), min(region.y, height)
    right, bottom = min(region.x + region.width, width), min(region.y + region.height, height)
    if right - x < MIN_REGION_PX or bottom - y < MIN_REGION_PX:
        raise BadRegion(
            f"The region “{region.label}” lies outside the master or is smaller than {MIN_REGION_PX} px; "
            "draw it on the picture."
        )
    return region.model_copy(update={"x": x, "y": y, "width": right - x, "height": bottom - y})


def new_region(label: str, box: Box, shot: Shot = "") -> Region:
    """A region with an id of its own."""
    x, y, width, height = box
    return Region(
        id=f"r{secrets.token_hex(4)}",
        label=label.strip()[:40] or "detail",
        x=x,
        y=y,
        width=width,
        height=height,
        shot=shot,
    )


def only_on(
    shot: Shot, change: Callable[[tuple[Region, ...]], Sequence[Region]]
) -> Callable[[tuple[Region, ...]], tuple[Region, ...]]:
    """The same change of all regions, where it is one of those on a single picture; the others keep their places."""

    def changed(regions: tuple[Region, ...]) -> tuple[Region, ...]:
        after = {r.id: r for r in change(tuple(r for r in regions if r.shot == shot))}
        standing = [after.pop(r.id, None) if r.shot == shot else r for r in regions]
        return (*(r for r in standing if r is not None), *after.values())

    return changed


def fresh_label(label: str, regions: Sequence[Region]) -> str:
    """The label, or where a region has it the same word with the next free number."""
    taken = {region.label for region in regions}
    word, _, number = label.rpartition(" ")
    if not number.isdecimal():
        word, number = label, "1"
    counted = itertools.chain([label], (f"{word} {n}" for n in itertools.count(int(number))))
    return next(candidate for candidate in counted if candidate not in taken)


def edit_regions(
    store: Store,
    design_id: str,
    edit: Callable[[tuple[Region, ...]], Sequence[Region]],
    master_id: AssetId | None = None,
) -> Design:
    """Change the regions of a master, else of the one under work, as they are on disk now; close-ups stay."""

    def change(branch: Branch) -> Branch:
        width, height = branch.master.width, branch.master.height  # the other shot is as large
        clamped = tuple(clamp(region, width, height) for region in edit(branch.regions))
        if branch.whole is None and any(region.shot for region in clamped):
            raise BadRegion("This master has no second picture; draw the region on the master.")
        if len(clamped) > MAX_REGIONS:
            raise BadRegion(f"There are {len(clamped)} regions; keep at most {MAX_REGIONS}.")
        return branch.model_copy(update={"regions": clamped})

    return change_branch(store, design_id, master_id or branch_of(store.load(design_id)).master.id, change)


def advice(region: Region, factor: int) -> str:
    """A warning about a region that is too small for its enlargement, or an empty string."""
    short = min(region.width, region.height)
    if short >= SMALL_REGION_PX:
        return ""
    return (
        f"{region.width} x {region.height} px becomes only {region.width * factor} x {region.height * factor} px "
        f"at {factor}x; draw it at least {SMALL_REGION_PX} px wide and high."
    )
