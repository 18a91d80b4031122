"""The whole walk in one call, for the command line and the benchmarks: prompt or picture to finished design."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from pipeline.drawing import Style
from pipeline.errors import BadInput, BadPrompt, UnknownDesign
from pipeline.images import content_id
from pipeline.jobs import Job
from pipeline.orders import (
    CandidatesOrder,
    EnhanceOrder,
    MasterOrder,
    ModelOrder,
    SketchOrder,
    TurntableOrder,
    ViewsOrder,
)
from pipeline.prompts import ENHANCE, SKETCH
from pipeline.records import Design, Kind, Role
from pipeline.stages import generate
from pipeline.stages.angles import missing as missing_views
from pipeline.stages.subjects import subjects
from pipeline.stages.tools import StageOrder
from pipeline.store import id_from
from pipeline.workbench import Workbench

Report = Callable[[float, str], None]
_POLL_S = 0.2
_SHARES = {
    "candidates": 0.05,
    "master": 0.3,
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


@dataclass(frozen=True)
class Start:
    """What a walk begins with: words, or a photograph."""

    name: str
    prompt: str = ""
    photograph: bytes | None = None
    kind: Kind | None = None
    size: int = generate.MASTER_PX
    seed: int = 0


def walk(bench: Workbench, start: Start, choice: Choice, report: Report) -> Design:
    """Make a design from a prompt or a photograph, through all five verbs.

    The same start and choice always mean the same design: a walk that was interrupted goes on where it stood,
    and one that was finished is handed out again. Raises the first error of any part that failed.
    """
    design = _begin(bench, start, choice)
    if design.branch is None:
        design = _master(bench, design, start, choice, report)
    branch = design.branch
    if branch is None:
        raise BadInput("No master was made.")
    missing = tuple(region for region in branch.regions if not branch.attempts(region.id))
    if missing:
        order = EnhanceOrder(
            design_id=design.id,
            provider=choice.enhancer or bench.home_provider(design, Role.ENHANCE),
            regions=missing,
            factor=choice.factor,
            prompt=ENHANCE,
        )
        branch = _do(bench, order, report).branch or branch
    drawn = {sheet.number for sheet in branch.sketches}
    undrawn = tuple(subject.number for subject in subjects(branch) if subject.number not in drawn)
    if undrawn:
        sketches = SketchOrder(
            design_id=design.id,
            provider=choice.sketcher or bench.home_provider(design, Role.SKETCH),
            prompt=SKETCH,
            numbers=undrawn,
            style=choice.style,
        )
        _do(bench, sketches, report)
    if not branch.models:
        modeler = choice.modeler or bench.home_provider(design, Role.MODEL)
        _do(bench, ModelOrder(design_id=design.id, provider=modeler), report)
    branch = bench.store.load(design.id).branch
    if choice.views and branch and branch.model:
        if missing_views(branch.model):
            _do(bench, ViewsOrder(design_id=design.id), report)
        if branch.model.turntable is None:
            _do(bench, TurntableOrder(design_id=design.id), report)
    report(1.0, "done")
    return bench.store.load(design.id)


def _begin(bench: Workbench, start: Start, choice: Choice) -> Design:
    photograph = content_id(start.photograph) if start.photograph else ""
    # Views come on top: asked for later, they join the same design.
    makers = {name: maker for name, maker in asdict(choice).items() if name != "views"}
    question = [start.prompt, photograph, start.kind, start.size, start.seed, makers]
    design_id = id_from(json.dumps(question))
    try:
        return bench.store.load(design_id)
    except UnknownDesign:
        kind = start.kind or _kind_of(start)
        prompt = "" if start.photograph else generate.checked_prompt(start.prompt)
        if prompt and choice.generator == "atelier" and start.kind is None:
            _refuse_other_pieces(prompt)
        return bench.store.create(start.name, kind=kind, prompt=prompt, design_id=design_id)


def _refuse_other_pieces(prompt: str) -> None:
    """Raise BadPrompt where the atelier would make another piece than is asked for."""
    refusal = generate.refusal(prompt)
    if refusal is not None:
        raise BadPrompt(refusal.sentence)


def _master(bench: Workbench, design: Design, start: Start, choice: Choice, report: Report) -> Design:
    if start.photograph is not None:
        return generate.upload(bench.store, design.id, start.photograph)
    order = CandidatesOrder(
        design_id=design.id,
        provider=choice.generator,
        prompt=design.prompt,
        kind=design.kind,
        size=start.size,
        seed=start.seed,
        count=1,
    )
    first = _do(bench, order, report).candidates[0]
    master = MasterOrder(design_id=design.id, provider=choice.generator, candidate=first.id, size=start.size)
    return _do(bench, master, report)


def _do(bench: Workbench, order: StageOrder, report: Report) -> Design:
    job = bench.submit(order)
    start = max((end for end in _SHARES.values() if end < _SHARES[order.verb]), default=0.0)
    while not job.wait(_POLL_S):
        report(start + (_SHARES[order.verb] - start) * job.fraction, order.verb)
    report(_SHARES[order.verb], order.verb)
    _raise_troubles(job)
    return bench.store.load(order.design_id)


def _raise_troubles(job: Job) -> None:
    for row in job.troubles:
        if row.error is not None:
            raise row.error


def _kind_of(start: Start) -> Kind:
    """What the prompt describes, or what the photograph's name says; a ring where it says nothing."""
    from pipeline.atelier.language.prompt import read

    return generate.named_kind(start.name) or "ring" if start.photograph else read(start.prompt).spec.kind
