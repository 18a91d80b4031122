"""How a drawing is done: one of five styles, and how heavy its pen, shading and paper are."""

from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.errors import BadInput

Style = Literal["pencil", "contour", "hatch", "stipple", "blueprint"]
STYLES: tuple[Style, ...] = get_args(Style)


@dataclass(frozen=True)
class Manner:
    """How a drawing is done: style, and around 1 line weight, darkness of the shading, grain of the paper."""

    style: Style = "pencil"
    weight: float = 1.0
    darkness: float = 1.0
    grain: float = 1.0
    seed: int = 0

    @property
    def dark(self) -> bool:
        """Whether it is drawn light on dark paper."""
        return self.style == "blueprint"

    @property
    def shaded(self) -> bool:
        """Whether tone is laid between the lines."""
        return self.style in {"pencil", "hatch", "stipple"}


def manner(
    style: str, *, weight: float = 1.0, darkness: float = 1.0, grain: float = 1.0, seed: int = 0
) -> Manner:
    """Check a manner. Raises BadInput for a style that does not exist or a control far off its scale."""
    known = next((s for s in STYLES if s == style), None)
    if known is None:
        raise BadInput(f"There is no drawing style {style!r}; choose one of {', '.join(STYLES)}.")
    for name, value in (("line weight", weight), ("darkness", darkness), ("grain", grain)):
        if not 0 <= value <= 4:
            raise BadInput(f"A {name} of {value:g} is off the scale; choose one between 0 and 4.")
    return Manner(known, max(weight, 0.1), darkness, grain, seed)
