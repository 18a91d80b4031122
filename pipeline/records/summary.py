"""What lists, searches and comparisons need of a design, without its whole record."""

from typing import Literal

from pydantic import AwareDatetime

from pipeline.records.design import Asset, CloseUp, Design
from pipeline.records.fidelity import Record
from pipeline.records.words import Kind, RawVerdict


class Attempt(Record):
    """One close-up in the figures that providers are compared and calibrated by."""

    provider: str
    decision: Literal["", "accepted", "rejected"]
    drift: float
    raw_verdict: RawVerdict
    score: float | None
    """The gate's log-odds; None where an earlier gate did not tell it."""
    sharpness: float | None
    seconds: float
    """How long the provider worked."""
    cost_usd: float

    @classmethod
    def of(cls, close_up: CloseUp) -> "Attempt":
        """Read the figures off a close-up."""
        report, recipe = close_up.fidelity, close_up.raw.recipe
        return cls(
            provider=recipe.provider,
            decision=close_up.decision,
            drift=report.drift,
            raw_verdict=report.raw_verdict,
            score=report.score,
            sharpness=report.sharpness,
            seconds=recipe.seconds,
            cost_usd=recipe.cost_usd,
        )


class Summary(Record):
    """A design as a list shows it: counts are of what stands in its current branch."""

    id: str
    """The name of the design's folder: its id, or whatever a damaged folder is called."""
    name: str
    kind: Kind = "necklace"
    prompt: str = ""
    tags: tuple[str, ...] = ()
    cover: Asset | None = None
    has_master: bool = False
    close_ups: int = 0
    sketches: int = 0
    has_model: bool = False
    size_bytes: int = 0
    """Bytes of all its files; a file that two designs share counts in both."""
    attempts: tuple[Attempt, ...] = ()
    """Every close-up of every branch."""
    updated_at: AwareDatetime
    damage: str = ""
    """What is wrong with its record, in a sentence; empty for a healthy one."""

    @classmethod
    def of(cls, design: Design) -> "Summary":
        """Sum a design up."""
        branch = design.branch
        return cls(
            id=design.id,
            name=design.name,
            kind=design.kind,
            prompt=design.prompt,
            tags=design.tags,
            cover=design.cover,
            has_master=branch is not None,
            close_ups=len(branch.chosen_close_ups) if branch else 0,
            sketches=len(branch.latest_sketches) if branch else 0,
            has_model=branch is not None and branch.model is not None,
            size_bytes=sum(asset.size_bytes for asset in design.assets()),
            attempts=tuple(Attempt.of(c) for b in design.branches for c in b.close_ups),
            updated_at=design.updated_at,
        )
