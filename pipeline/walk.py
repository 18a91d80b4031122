"""The whole walk in one call, for the command line and the benchmarks: prompt or picture to finished design."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import Field

from pipeline import files
from pipeline.drawing import Style
from pipeline.errors import BadInput, BadPrompt, Cancelled, LoupeError, ProviderError, UnknownDesign
from pipeline.images import content_id
from pipeline.jobs import leaving
from pipeline.orders import (
    CandidatesOrder,
    MasterOrder,
    RenewOrder,
    TurntableOrder,
    VariantOrder,
    ViewsOrder,
    WholeSetOrder,
)
from pipeline.prompts import checked_prompt
from pipeline.records import Branch, Design, Kind, Record
from pipeline.stages import edition, generate, read, sheets
from pipeline.stages.angles import missing as missing_views
from pipeline.stages.branch import branch_of
from pipeline.stages.subjects import bench_views
from pipeline.stages.tools import StageOrder
from pipeline.store import id_from
from pipeline.workbench import Workbench

Report = Callable[[float, str], None]
Refused = Callable[[str, LoupeError], None]
"""Takes the name of a part that is missing, and why."""
Notice = Callable[[str], None]
"""Hears what is to be known before it is rendered."""
_PARTS = {"enhance": "close-up of ", "sketch": "sheet ", "model": ""}
_POLL_S = 0.2
_SHARES = {
    "candidates": 0.05,
    "master": 0.3,
    "variant": 0.3,
    "renew": 0.3,
    "enhance": 0.75,
    "sketch": 0.97,
    "model": 0.98,
    "views": 0.99,
    "turntable": 1.0,
}
"""Where each verb ends on the progress bar."""


@dataclass(frozen=True)
class Choice:
    """Who does what, by registry id; an empty id means the best offline provider."""

    generator: str = "atelier"
    enhancer: str = ""
    sketcher: str = ""
    modeler: str = ""
    factor: int = 4
    views: bool = False
    """Whether the model is also shown from six sides and on a turntable."""
    style: Style = "pencil"
    """How the sheets are drawn, one of the sketch stage's styles."""
    anew: bool = False
    """Whether a master of the atelier's earlier edition is rendered anew before close-ups are made of it."""
    reader: str = ""
    """Who reads the prompt for the atelier; empty for itself."""
    bench: bool = False
    """Whether the sheets are the bench's views of a piece whose geometry is known, instead of its close-ups."""
    only_master: bool = False
    """Whether the master is all that is made; the same start without it goes on from there."""


@dataclass(frozen=True)
class Start:
    """What a walk begins with: words, a photograph, or the atelier's description of a piece."""

    name: str
    prompt: str = ""
    photograph: bytes | None = None
    kind: Kind | None = None
    size: int = generate.MASTER_PX
    seed: int = 0
    origin: str = ""
    """The atelier's description; the prompt says the same in words."""


def walk(
    bench: Workbench,
    start: Start,
    choice: Choice,
    report: Report,
    refused: Refused | None = None,
    notice: Notice = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Design:
    """Make a design from a prompt or a photograph, through all five verbs.

    The same start and choice always mean the same design: a walk that was interrupted goes on where it stood,
    and one that was finished is handed out again. With `refused`, a part that a provider refuses ends only itself
    and is told there; the same start goes on with that design, also by other makers. Else, and where nothing of its
    kind could be made, the first error of any part that failed is raised.

    Raises Cancelled where `stop` says so before a verb begins; the one under way is finished, for it may be paid for.
    """
    parts = _Parts(bench, report, refused, stop)
    history = _History.of(bench, start, choice)
    design = _begin(bench, start, choice, history)
    if design.branch is None:
        design = _master(parts, design, start, choice, notice)
    if choice.only_master:
        return design
    del start  # a camera's file has up to 700 MB, and is not needed any more
    if choice.bench:
        design = _with_bench_views(bench, design)
    whole = _whole_set(bench, design, choice)
    design = _of_this_edition(parts, design, whole, choice, notice)
    parts.make(design.id, whole.close_ups, lambda branch: bool(branch.close_ups))
    parts.make(design.id, whole.sheets, lambda branch: bool(branch.sketches))
    parts.make(design.id, whole.model, lambda _: True)
    if choice.views:
        _views(parts, design.id)
    history.remember(design.id, whole=not parts.missing)
    report(1.0, "done")
    return bench.store.load(design.id)


def design_id(bench: Workbench, start: Start, choice: Choice) -> str:
    """The design that a walk goes on with, or will begin."""
    ids = _History.of(bench, start, choice).candidates()
    return next((each for each in ids if bench.store.record_stamp(each) is not None), ids[0])


def _with_bench_views(bench: Workbench, design: Design) -> Design:
    """The design with its set of bench views chosen. Raises BadInput where its geometry is not known."""
    branch = branch_of(design)
    if branch.master.recipe.provider != bench.atelier.id:
        raise BadInput("Bench views need a piece of the atelier; a photograph is drawn with its close-ups.")
    if not branch.views:
        sheets.set_views(bench.store, design.id, branch.master.id, bench_views(design.kind))
    return bench.store.load(design.id)


def _whole_set(bench: Workbench, design: Design, choice: Choice) -> WholeSetOrder:
    """All that a design lacks, by the makers chosen, and for the others by those who serve it best offline."""
    chosen = {"enhancer": choice.enhancer, "sketcher": choice.sketcher, "modeler": choice.modeler}
    makers = {part: maker for part, maker in chosen.items() if maker}
    return bench.whole_set(design).model_copy(
        update={**makers, "factor": choice.factor, "style": choice.style}
    )


def _of_this_edition(
    parts: "_Parts", design: Design, whole: WholeSetOrder, choice: Choice, notice: Notice
) -> Design:
    """The design with its master anew, where that is wanted; else it is told what close-ups made now will look like."""
    master, atelier = branch_of(design).master, parts.bench.atelier
    undone = whole.close_ups(design) is not None
    if not undone or whole.enhancer != atelier.id or not edition.is_earlier(master, atelier):
        return design
    if choice.anew:
        return parts.do(RenewOrder(design_id=design.id, provider=atelier.id, master=master.id))
    notice(f"{edition.EARLIER} --anew renders the master anew.")
    return design


def _views(parts: "_Parts", design_id: str) -> None:
    """The model's sides and its turntable, as far as they are missing; nothing where there is no model."""
    model = branch_of(parts.bench.store.load(design_id)).model
    if model is None:
        return
    if missing_views(model):
        parts.do(ViewsOrder(design_id=design_id))
    if model.turntable is None:
        parts.do(TurntableOrder(design_id=design_id))


@dataclass
class _Parts:
    """Carries orders out one after another, and counts what was refused."""

    bench: Workbench
    report: Report
    refused: Refused | None
    stop: Callable[[], bool] = lambda: False
    missing: int = 0

    def do(self, order: StageOrder) -> Design:
        """Carry out an order whole. Raises the first error of any part."""
        return self._done(order, lambda _: False)

    def make(
        self,
        design_id: str,
        order_for: Callable[[Design], StageOrder | None],
        enough: Callable[[Branch], bool],
    ) -> None:
        """Make what a design lacks; parts a provider refused are told, as long as its branch then holds `enough`."""
        order = order_for(self.bench.store.load(design_id))
        if order is not None:
            self._done(order, enough)

    def _done(self, order: StageOrder, enough: Callable[[Branch], bool]) -> Design:
        if self.stop() or leaving():
            raise Cancelled("Stopped; what was finished is kept, and the same order goes on from there.")
        job = self.bench.submit(order)
        start = max((end for end in _SHARES.values() if end < _SHARES[order.verb]), default=0.0)
        while not job.wait(_POLL_S):
            self.report(start + (_SHARES[order.verb] - start) * job.fraction, order.verb)
        self.report(_SHARES[order.verb], order.verb)
        if job.state == "interrupted":
            raise Cancelled(
                "The process ends; what was finished is kept, and the same order goes on from there."
            )
        design = self.bench.store.load(order.design_id)
        for row in job.troubles:
            if row.error is None:
                continue
            of_its_own = isinstance(row.error, ProviderError | BadInput)
            if self.refused is None or not of_its_own or not enough(branch_of(design)):
                raise row.error
            self.missing += 1
            self.refused(f"{_PARTS[order.verb]}{row.name}", row.error)
        return design


class _Begun(Record):
    """What was begun from one start: the design that lacks a part, and whose design other makers completed."""

    unfinished: str = ""
    designs: dict[str, str] = Field(default_factory=dict)
    """Design ids by the id that the question alone would have given."""


_ON_TOP = frozenset({"views", "anew", "bench", "only_master"})
"""Choices that belong to no question: asked for later, they join the same design."""


@dataclass(frozen=True)
class _History:
    """Which design a question means: its own, or the one that lacked a part when other makers were asked."""

    path: Path
    question: str
    begun: _Begun

    @classmethod
    def of(cls, bench: Workbench, start: Start, choice: Choice) -> "_History":
        """Read what was begun from this start; a damaged note is none."""
        photograph = content_id(start.photograph) if start.photograph else ""
        makers = {name: maker for name, maker in asdict(choice).items() if name not in _ON_TOP}
        if not choice.reader:
            del makers["reader"]  # as questions were before there were readers
        asked = [start.prompt, photograph, start.kind, start.size, start.seed, *filter(None, [start.origin])]
        same = [*asked, choice.generator, choice.factor, choice.style, *filter(None, [choice.reader])]
        path = bench.store.folder / "walks" / f"{id_from(json.dumps(same))}.json"
        try:
            begun = _Begun.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            begun = _Begun()
        return cls(path, id_from(json.dumps([*asked, makers])), begun)

    def candidates(self) -> tuple[str, ...]:
        """Ids the design may have, the likest first."""
        known = (self.begun.designs.get(self.question, ""), self.question, self.begun.unfinished)
        return tuple(design_id for design_id in known if design_id)

    def remember(self, design_id: str, *, whole: bool) -> None:
        """Write down that a design lacks a part, or that it lacks none any more."""
        unfinished = design_id if not whole else ""
        if whole and self.begun.unfinished not in {"", design_id}:
            unfinished = self.begun.unfinished
        designs = self.begun.designs
        if design_id != self.question:
            designs = {**designs, self.question: design_id}
        begun = _Begun(unfinished=unfinished, designs=designs)
        if begun != self.begun:
            with files.access(self.path.parent):
                files.write(self.path, begun.model_dump_json().encode())


def _begin(bench: Workbench, start: Start, choice: Choice, history: _History) -> Design:
    for design_id in history.candidates():
        with suppress(UnknownDesign):
            return bench.store.load(design_id)
    kind = start.kind or _kind_of(start)
    prompt = "" if start.photograph else checked_prompt(start.prompt)
    if prompt and choice.generator == "atelier" and start.kind is None and not choice.reader:
        refuse_other_pieces(prompt)
    return bench.store.create(start.name, kind=kind, prompt=prompt, design_id=history.question)


def refuse_other_pieces(prompt: str) -> None:
    """Raise BadPrompt where the atelier would make another piece than is asked for."""
    refusal = generate.refusal(prompt)
    if refusal is not None:
        raise BadPrompt(refusal.sentence)


def _master(parts: _Parts, design: Design, start: Start, choice: Choice, notice: Notice) -> Design:
    if start.photograph is not None:
        return generate.upload(parts.bench.store, design.id, start.photograph)
    if start.origin:
        return parts.do(
            VariantOrder(design_id=design.id, provider=choice.generator, origin=start.origin, size=start.size)
        )
    order = CandidatesOrder(
        design_id=design.id,
        provider=choice.generator,
        prompt=design.prompt,
        kind=design.kind,
        size=start.size,
        seed=start.seed,
        count=1,
        reader=choice.reader,
        chosen=start.kind if choice.reader else None,
    )
    drawn = parts.do(order)
    if drawn.reading is not None and choice.reader:
        for sentence in read.in_sentences(drawn.reading):
            notice(sentence)
    first = drawn.candidates[0]
    master = MasterOrder(design_id=design.id, provider=choice.generator, candidate=first.id, size=start.size)
    return parts.do(master)


def _kind_of(start: Start) -> Kind:
    """What the prompt describes, or what the photograph's name says; a ring where it says nothing."""
    from pipeline.atelier.language.prompt import read
    from pipeline.atelier.spec import called

    return generate.named_kind(start.name) or "ring" if start.photograph else called(read(start.prompt).spec)
