"""Before and after, at the files' own pixels: slider, blink, heatmap and a loupe on both."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

from pages.ui.components.parcel import address, script, style


@dataclass(frozen=True)
class Mark:
    """A named place on the compared pictures; `x`, `y`, `width`, `height` as fractions of the frame.

    `side` is the picture that shows what it is about; without one it lies on both.
    """

    label: str
    x: float
    y: float
    width: float
    height: float
    side: Literal["before", "after"] | None = None


_COMPARE = st.components.v2.component(
    "loupe_compare",
    html="<figure class='component compare'></figure>\n",
    css=style("compare"),
    js=script("compare"),
)


def compare(
    before: bytes,
    after: bytes,
    *,
    labels: tuple[str, str],
    alt: str,
    key: str,
    height: int | None = None,
    heatmap: bytes | None = None,
    boxes: Sequence[Mark] = (),
    start: tuple[float, float] | None = None,
) -> None:
    """Show two encoded pictures of the same frame, `before` usually with fewer pixels than `after`.

    Both fill the same frame whatever their size; 1:1 means one pixel of `after` on one of the screen.
    `heatmap` is an encoded grey picture of the same frame, black for no difference, middle grey for
    as much as is harmless; coloured here and laid over `after`. `height` fixes the stage in CSS pixels; without it
    the stage follows the picture's shape. `start` opens at 1:1 around a point, fractions of the
    frame; without it all is seen.
    """
    header = {
        "labels": list(labels),
        "alt": alt,
        "height": height,
        "boxes": [asdict(box) for box in boxes],
        "start": start,
    }
    _COMPARE(data=address(header, {"before": before, "after": after, "heatmap": heatmap}, key=key), key=key)
