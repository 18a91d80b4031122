"""A renderer's edition: whether a master's light is today's, and an older master rendered anew."""

from collections.abc import Sequence
from typing import Literal, Self

from pipeline.errors import BadInput
from pipeline.jobs import Job
from pipeline.providers.base import Provider, Watch
from pipeline.records import Asset, AssetId, Branch, Design, Detail, Role
from pipeline.stages import generate
from pipeline.stages.tools import StageOrder, Tools

EARLIER = (
    "This master was rendered by an earlier edition of the atelier, whose light and stones looked different. "
    "Close-ups made now show today's light: they will be measured as recoloured and repaired toward the master."
)


def is_earlier(master: Asset, provider: Provider) -> bool:
    """Whether the provider rendered this master in an edition whose pictures looked different."""
    limits = provider.limits.get(Role.GENERATE)
    rendered = limits is not None and limits.detail is Detail.RENDERED
    recipe = master.recipe
    if not rendered or recipe.provider != provider.id or not recipe.origin:
        return False
    return recipe.model not in {"", provider.model(Role.GENERATE)}


class RenewOrder(StageOrder):
    """The piece of a master rendered anew, on a branch of its own; what was made of the older one stays."""

    verb: Literal["renew"] = "renew"
    provider: str
    master: AssetId

    def check(self, tools: Tools) -> None:
        """Refuse a master that is not there, is not this provider's, or is of today's edition already."""
        provider = tools.provider(self.provider, Role.GENERATE)
        if not is_earlier(_branch(tools.store.load(self.design_id), self.master).master, provider):
            raise BadInput(f"{provider.name} would render this master as it is; there is nothing to renew.")

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the master."""
        provider = tools.provider(self.provider, Role.GENERATE)

        def one(master: AssetId, watch: Watch) -> None:
            design = tools.store.load(self.design_id)
            older = _branch(design, master)
            size = older.master.width, older.master.height
            request = generate.same_piece(older.master, design.kind, *size)
            renewed = generate.candidate(tools.store, provider, request, watch, parents=(master,))
            # Where the machine renders no picture of that size, the places are those of the smaller one.
            regions = older.regions if (renewed.width, renewed.height) == size else ()
            whole = generate.whole_shot(tools.store, provider, renewed, watch)
            generate.set_master(tools.store, self.design_id, renewed, regions=regions, whole=whole)

        job.each([("Master", self.master)], one, place=tools.place(provider, Role.GENERATE))

    def left(self, items: Sequence[AssetId]) -> Self | None:
        """Nothing once the master is there."""
        return self if items else None


def _branch(design: Design, master: AssetId) -> Branch:
    for branch in design.branches:
        if branch.master.id == master:
            return branch
    raise BadInput("That master is not there any more; choose one of those shown.")
