"""Points placed on a photograph under tracing: some drawn on a canvas for each curve, some typed into one table."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.trace.records import Curve

Place = tuple[float, float]
Places = dict[Curve, tuple[Place, ...]]


@dataclass(frozen=True)
class Points:
    """Points by curve as they stand, drawn and typed, to a thousandth; and those that the table of them began with."""

    places: Places = field(default_factory=dict)
    begun: Places = field(default_factory=dict)
    table: int = 0
    """How many tables there were: a new one begins with every change on a canvas."""

    def with_drawn(self, curve: Curve, before: Sequence[Place], after: Sequence[Place]) -> "Points":
        """With what was added to a canvas or taken from it; what was typed or drawn on another stays."""
        known = self.places.get(curve, ())
        gone = set(before) - set(after)
        rows = (*(p for p in known if p not in gone), *(p for p in after if p not in before))
        places = {**self.places, curve: rows}
        return Points(places, places, self.table + 1)
