"""What a person corrects on the mask of a piece, as it is stored: strokes, in shares of the master."""

from typing import Annotated

from pydantic import Field

from pipeline.records.fidelity import Record

MOST_STROKES, MOST_POINTS = 400, 2000
Share = Annotated[float, Field(ge=0, le=1)]


class Stroke(Record):
    """One stroke of the brush: points and width, in shares of the picture and of its longer side."""

    adds: bool
    """Whether what lies under it is the piece; else it is ground."""
    width: float = Field(gt=0, le=0.5)
    points: tuple[tuple[Share, Share], ...] = Field(min_length=1, max_length=MOST_POINTS)
