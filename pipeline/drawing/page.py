"""A drawing sheet as values: everything on it in millimetres, so that PNG, SVG, PDF and DXF say the same."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[Any]
Layer = Literal[
    "frame", "title", "picture", "outline", "edges", "facets", "centre", "dimensions", "notes", "ruler"
]
Anchor = Literal["left", "middle", "right"]


class Sides(NamedTuple):
    """A rectangle by where its sides are, of pixels or of millimetres: x of left and right, y of top and bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top


class Box(NamedTuple):
    """A rectangle by its top left corner and its size, mm on a page or px on a picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def sides(self) -> Sides:
        """The same by its sides."""
        return Sides(self.x, self.y, self.x + self.width, self.y + self.height)


@dataclass(frozen=True)
class Line:
    """A polyline. `points` is (n, 2) in mm from the sheet's top left; `width` in mm; `ink` 0..1."""

    points: Points
    width: float
    layer: Layer
    ink: float = 1.0
    closed: bool = False
    filled: bool = False
    dashes: tuple[float, ...] = ()
    """Alternating dash and gap lengths in mm; empty for a continuous line."""


@dataclass(frozen=True)
class Text:
    """One line of lettering. (x, y) is the baseline's anchor point; `height` is the em size in mm."""

    x: float
    y: float
    text: str
    height: float
    layer: Layer
    anchor: Anchor = "left"
    bold: bool = False
    ink: float = 1.0
    upright: bool = True
    """False reads from the right-hand side, turned a quarter to the left, as beside a vertical dimension."""
    plate: bool = False
    """Bare paper behind the lettering, so that lines do not run through it."""


@dataclass(frozen=True)
class Picture:
    """A grey drawing, uint8 (h, w), stretched over the box (x, y, width, height) in mm."""

    x: float
    y: float
    width: float
    height: float
    grey: NDArray[Any]
    layer: Layer = "picture"


Item = Line | Text | Picture


@dataclass(frozen=True)
class Page:
    """A sheet of paper of a size in mm, with its items in drawing order. A dark page is drawn in light ink."""

    width: float
    height: float
    items: tuple[Item, ...]
    dark: bool = False
    scale: float = 0.0
    """Millimetres on the sheet per millimetre of the piece; 0 where the drawing is not to scale."""


def rectangle(box: Box | Sides) -> Points:
    """The four corners, clockwise from the top left."""
    left, top, right, bottom = box.sides if isinstance(box, Box) else box
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
