"""The whole walk in one call, for the command line and the benchmarks: prompt or picture to finished design."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BadInput
from pipeline.export import folder
from pipeline.jobs import Job, Order
from pipeline.prompts import ENHANCE, SKETCH
from pipeline.providers.base import Role
from pipeline.records import KINDS, Design, Kind
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.workbench import Workbench

Report = Callable[[float, str], None]
_POLL_S = 0.2
_SHARES = {"candidates": 0.05, "master": 0.3, "enhance": 0.75, "sketch": 0.97, "model": 1.0}
"""Where each verb ends on the progress bar."""


@dataclass(frozen=True)
class Choice:
    """Who does what, by registry id; an empty id means the best offline provider."""

    generator: str = "atelier"
    enhancer: str = ""
    sketcher: str = ""
    modeler: str = ""
    factor: int = 4


def walk(
    *,
    name: str,
    prompt: str,
    photograph: bytes | None,
    kind: str | None,
    size: int,
    seed: int,
    choice: Choice,
    report: Report,
    settings: Settings | None = None,
) -> tuple[Design, Workbench]:
    """Make a design from a prompt or a photograph, through all five verbs.

    Raises the first error of any part that failed: a headless run is whole or it says why not.
    """
    bench = Workbench(settings or Settings())
    wanted: Kind = next((k for k in KINDS if k == kind), "necklace" if photograph else _kind_of(prompt))
    design = bench.store.create(name or "Untitled", kind=wanted, prompt=prompt)
    if photograph is not None:
        design = generate.upload(bench.store, design.id, photograph)
    else:
        tidy = generate.checked_prompt(prompt)
        told = {
            "provider": choice.generator,
            "prompt": tidy,
            "kind": wanted,
            "size": size,
            "seed": seed,
            "count": 1,
        }
        _do(bench, Order(design.id, "candidates", told), report)
        first = bench.store.load(design.id).candidates[0]
        told = {"provider": choice.generator, "candidate": first.id, "size": size}
        design = _do(bench, Order(design.id, "master", told), report)
    if design.branch is None:
        raise BadInput("No master was made.")
    regions = [region.model_dump() for region in design.branch.regions]
    enhancer = choice.enhancer or bench.home_provider(design, Role.ENHANCE)
    told = {"provider": enhancer, "regions": regions, "prompt": ENHANCE, "factor": choice.factor}
    _do(bench, Order(design.id, "enhance", told), report)
    sketcher = choice.sketcher or bench.home_provider(design, Role.SKETCH)
    _do(bench, Order(design.id, "sketch", {"provider": sketcher, "prompt": SKETCH}), report)
    modeler = choice.modeler or bench.home_provider(design, Role.MODEL)
    design = _do(bench, Order(design.id, "model", {"provider": modeler}), report)
    return design, bench


def write(bench: Workbench, design: Design, out: Path) -> None:
    """Write the set into a folder."""
    folder.write(bench.store, design, out)


def _do(bench: Workbench, order: Order, report: Report) -> Design:
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


def _kind_of(prompt: str) -> Kind:
    from pipeline.atelier.prompt import read

    return read(prompt).spec.kind
