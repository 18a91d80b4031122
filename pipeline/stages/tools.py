"""What a stage's order works with: the store, providers by id, the gate's thresholds, the places of turns."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from pipeline.errors import Unsupported
from pipeline.export.brand import Brand
from pipeline.fidelity import Thresholds
from pipeline.jobs import Job, Order, Row
from pipeline.log import Stopwatch
from pipeline.pace import Pace
from pipeline.providers.base import Provider
from pipeline.providers.builtin.atelier import Atelier
from pipeline.records import AssetId, Design, Role
from pipeline.store import Store
from pipeline.turns import Place

_JOBS = {
    Role.GENERATE: "makes no masters",
    Role.ENHANCE: "makes no close-ups",
    Role.SKETCH: "draws no sheets",
    Role.MODEL: "makes no 3D models",
    Role.READ: "reads no prompts",
}
_CORES = max(2, os.cpu_count() or 2)
MACHINE = Place("this machine", _CORES)
"""Where built-in work waits that needs no renderer, and what no provider does: documents, views of a file."""
RENDERER = Place("the renderer", 2)
"""One picture is rendered while the next one's geometry is built."""


@dataclass(frozen=True)
class Tools:
    """All a stage needs to carry out an order on one design."""

    store: Store
    find_provider: Callable[[str], Provider]
    """A ready provider by its registry id, its calls booked on the design. Raises ProviderError."""
    atelier: Atelier
    account: Callable[[str], str]
    """Whose places at a vendor a provider's calls take; empty for the built-in ones, which work on this machine."""
    thresholds: Callable[[], Mapping[str, Thresholds]]
    """The gate's thresholds in force, by provider."""
    brand: Callable[[], Brand] = Brand
    """Whose documents are handed out. Raises BadInput for a brand that cannot be read."""
    pace: Pace = field(default_factory=Pace)
    """How long each kind of work takes here."""

    def provider(self, provider_id: str, role: Role) -> Provider:
        """Find who does a job. Raises ProviderError, and Unsupported for one who never does this job."""
        provider = self.find_provider(provider_id)
        if role not in provider.limits:
            raise Unsupported(f"{provider.name} {_JOBS[role]}.", provider=provider_id)
        return provider

    def place(self, provider: Provider, role: Role) -> Place:
        """Where a call waits for its turn: at the renderer, at this machine, or at a vendor's account."""
        at_once = provider.limits[role].concurrency
        if provider.id == self.atelier.id:
            return RENDERER
        account = self.account(provider.id)
        return Place(account, at_once) if account else Place(MACHINE.name, min(_CORES, at_once))


class StageOrder(Order):
    """An order that knows how it is checked, carried out, and done again."""

    @property
    def work(self) -> str:
        """The kind of work, one word or two, that its seconds are measured under: who does what."""
        return f"{self.verb} {getattr(self, 'provider', '')}".strip()

    @property
    def parts(self) -> int:
        """How many rows it will have."""
        return 1

    def given(self, design: Design) -> Self:  # noqa: ARG002 - most say by themselves what they are about
        """The order as it is given for a design as it stands now."""
        return self

    def check(self, tools: Tools) -> None:
        """Refuse what cannot be carried out, before anything is stored or bought. Raises LoupeError."""

    def run(self, tools: Tools, job: Job) -> None:
        """Carry the order out, one row of the job for each part."""
        raise NotImplementedError

    def again(self, failed: Sequence[Any], provider: str) -> Self:  # noqa: ARG002 - some have neither
        """The order that has the failed parts done again by this provider; what was finished stays as it is."""
        return self


class OfMaster(StageOrder):
    """An order on one master: the one that stood when it was given, whichever stands when it is carried out."""

    master: AssetId | None = None
    """None until it is given, and in notes of the time before: there the one that stands is meant."""

    def given(self, design: Design) -> Self:
        """The same on the master that stands now, where it names none."""
        if self.master is not None or design.branch is None:
            return self
        return self.model_copy(update={"master": design.branch.master.id})


def carry_out(order: StageOrder, tools: Tools, job: Job) -> Sequence[Row]:
    """Carry an order out, and remember how long a part of it took where all came about; its rows."""
    before, watch = len(job.rows), Stopwatch()
    order.run(tools, job)
    rows = job.rows[before:]
    if rows and all(row.state == "done" for row in rows):
        tools.pace.note(order.work, watch.seconds / len(rows))
    return rows
