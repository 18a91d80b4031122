"""Before and after, at the files' own pixels: slider, blink, heatmap and a loupe on both."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from pages.ui.components.parcel import address, script, style


@dataclass(frozen=True)
class Mark:
    """A named place on the compared pictures; `x`, `y`, `width`, `height` as fractions of the frame."""

    label: str
    x: float
    y: float
    width: float
    height: float


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
) -> None:
    """Show two encoded pictures of the same frame, `before` usually with fewer pixels than `after`.

    Both fill the same frame whatever their size; 1:1 means one pixel of `after` on one of the screen.
    `heatmap` is an encoded grey picture of the same frame, black for no difference and white for the
    strongest, coloured here and laid over `after`. `height` fixes the stage in CSS pixels; without it
    the stage follows the picture's shape.
    """
    header = {
        "labels": list(labels),
        "alt": alt,
        "height": height,
        "boxes": [asdict(box) for box in boxes],
    }
    _COMPARE(data=address(header, {"before": before, "after": after, "heatmap": heatmap}, key=key), key=key)
