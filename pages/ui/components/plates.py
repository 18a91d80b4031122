"""The showcase: the master in the middle, close-ups at its sides, sketches below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from pages.ui.components.parcel import address, script, style
from pipeline.export import sides

Verdict = Literal["pass", "repaired", "fail"]

# What a seal's sign says to those who listen.
_VERDICTS: dict[Verdict, str] = {
    "pass": "Same piece",
    "repaired": "Repaired to the same piece",
    "fail": "Redesigned",
}


@dataclass(frozen=True)
class Plate:
    """One picture of a showcase.

    `image` is what the page shows at first, best a JPEG of 900 px; `full` is the picture at its own
    resolution, or a function that reads it: it is called only when somebody looks closely. `seal` is
    what was measured, in words, `figure` the number behind it, explained, `verdict` its judgement. `box`
    is the close-up's region on the master as fractions of it: left, top, width, height.
    """

    image: bytes
    title: str
    alt: str
    caption: str = ""
    seal: str = ""
    figure: str = ""
    verdict: Verdict | None = None
    box: tuple[float, float, float, float] | None = None
    full: bytes | Callable[[], bytes] | None = None


_SHOWCASE = st.components.v2.component(
    "loupe_showcase",
    html="<section class='component showcase' aria-label='Showcase'></section>\n",
    css=style("plates"),
    js=script("plates"),
)


@st.fragment
def showcase(
    master: Plate,
    close_ups: Sequence[Plate],
    sketches: Sequence[Plate],
    views: Sequence[Plate] = (),
    *,
    key: str,
    narrow: bool = False,
) -> None:
    """Lay out a finished design; thin lines lead from each region on the master to its close-up.

    It fills the width it is given: three columns where there is room, one on a telephone. Full-size
    pictures travel one at a time, when asked for, in a rerun of this fragment alone. `narrow` is how the page
    around it is arranged; when that does not fit the window, the page is drawn again.
    """
    left, right = sides.share(close_ups, centre)
    plates = {"master": master}
    plates |= {f"close-up {i}": plate for i, plate in enumerate([*left, *right])}
    plates |= {f"sketch {i}": plate for i, plate in enumerate(sketches)}
    plates |= {f"view {i}": plate for i, plate in enumerate(views)}
    header = {"left": len(left), "plates": [_describe(name, plate) for name, plate in plates.items()]}
    state = st.session_state.get(key) or {}
    name = state.get("wanted")
    wanted = plates.get(name) if isinstance(name, str) else None  # a browser may send anything
    extras = {f"{name} full": _full(wanted)} if wanted and wanted.full else {}
    _SHOWCASE(
        data=address(header, {name: plate.image for name, plate in plates.items()}, extras, key=key),
        key=key,
        on_wanted_change=lambda: None,
        on_narrow_change=lambda: None,
    )
    if is_narrow(key) != narrow:
        st.rerun()


def is_narrow(key: str) -> bool:
    """Whether the window has room for the plates alone; known once the browser has drawn them."""
    return bool((st.session_state.get(key) or {}).get("narrow"))


def centre(plate: Plate) -> tuple[float, float]:
    """The middle of a close-up's region, fractions of the master; without a region it counts as in the middle."""
    if plate.box is None:
        return 0.5, 0.5
    x, y, width, height = plate.box
    return x + width / 2, y + height / 2


def _full(plate: Plate) -> bytes:
    return plate.full() if callable(plate.full) else plate.full or plate.image


def _describe(name: str, plate: Plate) -> dict[str, Any]:
    return {
        "name": name,
        "title": plate.title,
        "alt": plate.alt,
        "caption": plate.caption,
        "seal": plate.seal,
        "figure": plate.figure,
        "verdict": plate.verdict,
        "judged": _VERDICTS[plate.verdict] if plate.verdict else "",
        "box": plate.box,
        "full": plate.full is not None,
    }
