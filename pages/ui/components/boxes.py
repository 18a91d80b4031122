"""Labelled boxes on a picture, by finger, mouse or keys: fits its column, comes as close as single pixels.

streamlit-drawable-canvas has a fixed width in pixels, keeps a finger from scrolling the page, draws nothing by touch
or by key and comes no closer; it stays beside this, on the same regions.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import streamlit as st
from pydantic import BaseModel, ValidationError

from pages.ui import session
from pages.ui.components.parcel import address, script, style
from pipeline.errors import BadRegion
from pipeline.records import MAX_REGIONS, Asset, Region, Shot

_BOXES = st.components.v2.component(
    "loupe_boxes",
    html="<div class='component boxes'></div>\n",
    css=style("boxes"),
    js=script("boxes"),
)


class _Box(Region):
    given: bool
    """Whether it came from the regions on disk; else it was drawn, and may not be there yet."""


class Placed(BaseModel):
    """What the hand did: every box as it stands, and the ids of those it removed."""

    boxes: tuple[_Box, ...] = ()
    removed: frozenset[str] = frozenset()

    def onto(self, regions: Sequence[Region], shot: Shot = "") -> tuple[Region, ...]:
        """A picture's regions on disk with this done to them. One added or removed elsewhere meanwhile stays so."""
        after = {region.id: region for region in regions if region.id not in self.removed}
        for box in self.boxes:
            if box.id in after or not box.given:
                label = box.label.strip() or "detail"
                after[box.id] = Region(**{**box.model_dump(exclude={"given"}), "label": label, "shot": shot})
        return tuple(after.values())


def boxes(
    picture: bytes,
    regions: Sequence[Region],
    *,
    master: Asset,
    full: Callable[[], bytes],
    next_label: str,
    alt: str,
    key: str,
    on_change: Callable[[], None],
    on_undo: Callable[[], None],
    locked: bool = False,
) -> None:
    """Show a picture with regions that can be drawn, moved, resized, named and removed.

    Regions are in the pixels of `master`; `picture` shows it, encoded and of any size, `full` reads it with all of its
    pixels and is called once somebody comes closer. `locked` shows only.
    """
    header = {
        "boxes": [region.model_dump() for region in regions],
        "width": master.width,
        "height": master.height,
        "next": next_label,
        "most": MAX_REGIONS,
        "alt": alt,
        "locked": locked,
    }
    pictures = {"picture": picture, "full": full() if _state(key).get("closer") else None}
    _BOXES(
        data=address(header, pictures, key=key),
        key=key,
        on_placed_change=on_change,
        on_closer_change=lambda: None,
        on_undo_change=on_undo,
    )


def placed(key: str) -> Placed:
    """What the hand did to the boxes with this key. Raises BadRegion."""
    try:
        return Placed.model_validate(_state(key).get("placed") or {})
    except ValidationError as error:
        raise BadRegion(
            "The boxes did not arrive as they were drawn; nothing was changed. Draw again."
        ) from error


def _state(key: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", session.value(key) or {})
