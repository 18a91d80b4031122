"""What a person says of a photograph under tracing, as orders keep it: points on curves, and a piece as it lies."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Curve = Literal["hole", "rim", "edge", "girdle"]
CURVES: dict[Curve, str] = {
    "hole": "the near rim of the opening: of a ring the finger hole's",
    "rim": "the piece's outer outline: of a ring the band's, of a plate the plate's",
    "edge": "an edge of the band's outside, near or far",
    "girdle": "the stone's outline, where it is widest",
}
"""The curves points are placed on, and what they are."""


class Point(BaseModel):
    """A place on a photograph, `x` right and `y` down as shares of its width and height, that lies on a curve."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    curve: Curve
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class Placement(BaseModel):
    """A family's piece as it lies on a photograph: values by path, and the seven numbers of its camera."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str = Field(max_length=60)
    values: dict[str, float] = Field(max_length=12)
    azimuth: float
    elevation: float
    roll: float
    scale: float = Field(gt=0)
    x: float
    y: float
    nearness: float = Field(gt=0, le=1)
    outline: str = Field(default="", max_length=20_000)
    """The SVG path of a plate with the picture's own outline."""
