"""The whole set by one order: a master where there is none, every close-up, every sheet, the 3D model.

It makes what is missing, so that the same order goes on where a stopped server left it, and has what failed done
again. Each part joins the design the moment it is done.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field

from pipeline.drawing import Style
from pipeline.errors import BadInput
from pipeline.jobs import Job
from pipeline.prompts import ENHANCE, SKETCH
from pipeline.records import AssetId, Branch, Design, Region, Role
from pipeline.stages.branch import branch_of
from pipeline.stages.enhance import EnhanceOrder
from pipeline.stages.generate import CandidatesOrder, MasterOrder
from pipeline.stages.model3d import ModelOrder
from pipeline.stages.sketch import SketchOrder
from pipeline.stages.subjects import SHEETS, bench_views, subjects
from pipeline.stages.tools import OfMaster, StageOrder, Tools, carry_out
from pipeline.stages.variant import VariantOrder

_ANOTHER = (
    "Another master stands now, so no more was made of this set; go back to the first to make the rest."
)
_REGIONS = 5
"""Close-ups of a master that is still to be made."""


class WholeSetOrder(OfMaster):
    """Everything of a set that is missing, by these makers; with `start` from a prompt, else from the master."""

    verb: Literal["set"] = "set"
    start: Annotated[CandidatesOrder | VariantOrder, Field(discriminator="verb")] | None = None
    """What the master is made from: the first candidate of this order, or a variant's description."""
    enhancer: str
    sketcher: str
    modeler: str
    bench: bool = False
    """Whether the sheets are bench views, where none is drawn yet; the sketcher must draw them."""
    factor: int = Field(default=4, ge=2, le=4)
    style: Style = "pencil"

    @property
    def work(self) -> str:
        """None of its own: its parts are measured, each under its kind."""
        return ""

    def given(self, design: Design) -> Self:
        """The same on the master that stands now, unless it makes its own."""
        return self if self.start is not None else super().given(design)

    def check(self, tools: Tools) -> None:
        """Refuse makers that are not ready, and a design that has neither a master nor words to make one from."""
        if self.start is not None:
            self.start.check(tools)
        elif self.master not in {None, branch_of(tools.store.load(self.design_id)).master.id}:
            raise BadInput(_ANOTHER)
        makers = ((self.enhancer, Role.ENHANCE), (self.sketcher, Role.SKETCH), (self.modeler, Role.MODEL))
        for maker, role in makers:
            tools.provider(maker, role)

    def run(self, tools: Tools, job: Job) -> None:
        """Each kind of part in its turn, one row for each; a part that fails ends only itself, a master all."""
        stages = list(self._stages())
        standing = self.given(tools.store.load(self.design_id)).master
        for number, (_, _, order_for) in enumerate(stages, start=1):
            design = tools.store.load(self.design_id)
            if standing is not None and _master_of(design) != standing:
                raise BadInput(_ANOTHER)
            order = order_for(design)
            if order is None:
                continue
            later = [(work, usual) for work, usual, _ in stages[number:]]
            job.expect(tools.pace.expected([(order.work, order.parts), *later]))
            states = {row.state for row in carry_out(order.given(design), tools, job)}
            begins = order.verb in {"candidates", "master", "variant"}
            if job.cancelled() or "waiting" in states or (begins and "failed" in states):
                return
            if order.verb in {"master", "variant"}:
                standing = _master_of(tools.store.load(self.design_id))
                job.narrow(self.model_copy(update={"start": None, "master": standing}))

    def lacks(self, design: Design) -> bool:
        """Whether there is anything left to make."""
        return any(order_for(design) is not None for _, _, order_for in self._stages())

    def _stages(self) -> Iterator[tuple[str, int, Callable[[Design], StageOrder | None]]]:
        """Kind of work, how many parts it usually has, and its order for what a design lacks."""
        start = self.start
        if start is not None:
            yield start.work, 1, lambda _: start
        if isinstance(start, CandidatesOrder):
            provider, size = start.provider, start.size

            def master(design: Design) -> MasterOrder:
                first = design.candidates[0].id
                return MasterOrder(design_id=design.id, provider=provider, candidate=first, size=size)

            yield f"master {provider} {size}", 1, master
        yield f"enhance {self.enhancer}", _REGIONS, self.close_ups
        yield f"sketch {self.sketcher}", SHEETS, self.sheets
        yield f"model {self.modeler}", 1, self.model

    def close_ups(self, design: Design) -> EnhanceOrder | None:
        """The order for the close-ups a design lacks; None where it lacks none. Raises BadInput without a master."""
        regions = without_close_up(branch_of(design))
        if not regions:
            return None
        return EnhanceOrder(
            design_id=design.id,
            provider=self.enhancer,
            regions=regions,
            factor=self.factor,
            prompt=ENHANCE,
            with_master=True,
        )

    def sheets(self, design: Design) -> SketchOrder | None:
        """The order for the sheets a design lacks of the set that stands. Raises BadInput without a master."""
        branch = branch_of(design)
        views = bench_views(design.kind) if self.bench and not branch.sketches else ()
        views = branch.views or views
        numbers = undrawn(branch, views)
        if not numbers:
            return None
        return SketchOrder(
            design_id=design.id,
            provider=self.sketcher,
            prompt=SKETCH,
            views=views,
            numbers=numbers,
            style=self.style,
        )

    def model(self, design: Design) -> ModelOrder | None:
        """The order for the 3D model where there is none. Raises BadInput without a master."""
        if branch_of(design).model is not None:
            return None
        return ModelOrder(design_id=design.id, provider=self.modeler)


def _master_of(design: Design) -> AssetId | None:
    return design.branch.master.id if design.branch else None


def without_close_up(branch: Branch) -> tuple[Region, ...]:
    """The regions that no close-up was made of."""
    return tuple(region for region in branch.regions if not branch.attempts(region.id))


def undrawn(branch: Branch, views: Sequence[str]) -> tuple[int, ...]:
    """Numbers of a set's sheets that are not drawn, or show what another subject was before."""
    standing = {sheet.number: sheet.subject for sheet in branch.latest_sketches}
    return tuple(s.number for s in subjects(branch, views) if standing.get(s.number) != s.id)
