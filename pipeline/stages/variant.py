"""Variant: one piece in another metal or size, a design of its own with the same side and the same regions."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field

from pipeline.jobs import Job
from pipeline.providers.base import GenerateRequest, Watch
from pipeline.records import Region, Role
from pipeline.stages import generate
from pipeline.stages.generate import Side
from pipeline.stages.tools import StageOrder, Tools


class VariantOrder(StageOrder):
    """The master of a variant, from its description; the regions are those of the first piece, `size` px a side."""

    verb: Literal["variant"] = "variant"
    provider: str
    origin: str = Field(min_length=1)
    size: Side
    regions: tuple[Region, ...] = ()

    @property
    def work(self) -> str:
        """It takes as long as any master of this size."""
        return f"master {self.provider} {self.size}"

    def check(self, tools: Tools) -> None:
        """Refuse a provider that is not ready."""
        tools.provider(self.provider, Role.GENERATE)

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the master."""
        provider = tools.provider(self.provider, Role.GENERATE)

        def one(origin: str, watch: Watch) -> None:
            design = tools.store.load(self.design_id)
            kind = generate.described_kind(origin, design.kind)
            request = GenerateRequest(design.prompt, kind, self.size, self.size, origin=origin)
            rendered = generate.candidate(tools.store, provider, request, watch)
            # Where the machine renders no picture of that size, the places are those of the smaller one.
            share = rendered.width / self.size
            regions = tuple(_scaled(region, share) for region in self.regions)
            whole = generate.whole_shot(tools.store, provider, rendered, watch)
            generate.set_master(tools.store, self.design_id, rendered, regions=regions, whole=whole)

        job.each([("Master", self.origin)], one, place=tools.place(provider, Role.GENERATE))

    def left(self, items: Sequence[str]) -> Self | None:
        """Nothing once the master is there."""
        return self if items else None


def _scaled(region: Region, share: float) -> Region:
    if share == 1:
        return region
    x, y, width, height = (round(side * share) for side in region.box)
    return region.model_copy(update={"x": x, "y": y, "width": max(1, width), "height": max(1, height)})
