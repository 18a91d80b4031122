"""Where an imported design's figures are from, and what measuring them again has shown."""

from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.records.design import Design, now
from pipeline.records.fidelity import Record

NOT_MEASURED = "not measured here"


class Provenance(Record):
    """Stands beside the record of a design that came as a file: what was measured elsewhere vouches for nothing."""

    state: Literal["waiting", "measured"] = "waiting"
    close_ups: tuple[str, ...]
    """The ids of the close-ups that came with the file; those made since were measured here."""
    others: tuple[str, ...] = ()
    """The ids of the sheets and models that came with it: their figures are not measured again."""
    faults: dict[str, str] = Field(default_factory=dict)
    """By close-up, in a sentence: what it said and what was measured."""
    imported_at: AwareDatetime = Field(default_factory=now)

    @classmethod
    def of(cls, design: Design) -> "Provenance":
        """Of a design that was just taken in."""
        return cls(
            close_ups=tuple(c.id for branch in design.branches for c in branch.close_ups),
            others=tuple(
                part_id
                for branch in design.branches
                for part_id in (*(s.id for s in branch.sketches), *(m.id for m in branch.models))
            ),
        )

    def doubt(self, close_up_id: str) -> str:
        """Why a close-up's figures are not to be relied on; empty where they are."""
        if close_up_id not in self.close_ups:
            return ""
        return NOT_MEASURED if self.state == "waiting" else self.faults.get(close_up_id, "")
