"""A hundred deaths at random moments: of the server in the middle of every kind of job, and of its renderer.

A server process works on a copy of one data folder and is ended at a moment drawn from the time the job takes, hard
(SIGKILL) and softly (SIGTERM, after which it finishes what is under way) in turns; then another one opens the folder.
Every record and asset must be whole, the ledger readable, nothing bought twice at the services, and Resume must make
what was left and nothing else. Where the kill came between an order and
its number, that is told once, and only who asks once more buys again. Services are stand-ins in this process;
pictures of the atelier come from a painter, so that the hundred take minutes. The renderer is the real one, at small
sizes: where it is killed, the rows under way fail in a sentence and are made when asked for again.

    python -m benchmarks kills                             # everything
    python -m benchmarks.kills 6 30 trace page renderer    # kills of each kind, of the renderer; these kinds alone
"""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.server import descendants
from pipeline import workbench
from pipeline.demo.server import TOLD_KEY, StandIn
from pipeline.demo.stand_ins import stand_in
from pipeline.errors import PossiblyCharged, RendererFailed
from pipeline.jobs import Job, leave
from pipeline.orders import read
from pipeline.records import Branch, Design
from pipeline.settings import Settings
from pipeline.solids import pose
from pipeline.stages import angles
from pipeline.store import Store
from pipeline.workbench import Workbench
from tests.pages.conftest import Painter
from tests.test_restart import KINDS as UNPAID
from tests.test_restart import ordered, prepare, ready

ROOT = Path(__file__).parent.parent
SERVER_KILLS, RENDERER_KILLS = 6, 30
"""Of each kind of job, both ways together; of the renderer in all."""
WAYS = (signal.SIGKILL, signal.SIGTERM)
ASKED_AGAIN = "told that it may have been charged, and made when asked again"
_WAIT_S = 180.0
_WORDS = {signal.SIGKILL: "hard", signal.SIGTERM: "softly"}
_SMALL = (("FRAMES", 3), ("FRAME_PX", 128), ("STILL_PX", 256))

Made = Callable[[Design], list[Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of job: its order on a prepared design, how many things it makes, those things, and where it buys."""

    order: Callable[[Design], dict[str, Any]]
    count: int
    made: Made
    vendor: str = ""
    ready: Callable[[Store, str], object] = lambda _store, _design_id: None
    """What the prepared design lacks for it."""


@dataclass
class Tally:
    """What became of the kills."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def branch(design: Design) -> Branch:
    """The one a prepared design has."""
    assert design.branch is not None
    return design.branch


def _enhance_at_fal(design: Design) -> dict[str, Any]:
    regions = [region.model_dump() for region in branch(design).regions[:3]]
    return {
        "verb": "enhance", "design_id": design.id, "provider": "fal-seedvr",
        "factor": 2, "prompt": "", "regions": regions,
    }  # fmt: skip


KINDS: dict[str, Kind] = {
    **{
        verb: Kind(
            lambda design, verb=verb: ordered(design, verb),  # type: ignore[misc]
            count,
            made,
            ready=lambda store, design_id, verb=verb: ready(store, design_id, verb),  # type: ignore[misc]
        )
        for verb, (_, count, made) in UNPAID.items()
    },
    "enhance at a service": Kind(
        _enhance_at_fal, 3, lambda d: [c.region.id for c in branch(d).close_ups], vendor="fal"
    ),
    "model at a service": Kind(
        lambda d: {"verb": "model", "design_id": d.id, "provider": "meshy"},
        1,
        lambda d: [m.id for m in branch(d).models if m.glb.recipe.provider == "meshy"],
        vendor="meshy",
    ),
    "whole set": Kind(
        lambda d: {
            "verb": "set", "design_id": d.id, "enhancer": "local", "sketcher": "local", "modeler": "local", "factor": 2,
        },
        5,
        lambda d: [c.region.id for c in branch(d).close_ups],
    ),
    "archive": Kind(lambda d: {"verb": "export-archive", "design_id": d.id}, 0, lambda _: []),
    "dossier": Kind(lambda d: {"verb": "export-dossier", "design_id": d.id}, 0, lambda _: []),
    "page": Kind(lambda d: {"verb": "export-page", "design_id": d.id}, 0, lambda _: []),
    "shop set": Kind(lambda d: {"verb": "export-shop", "design_id": d.id}, 0, lambda _: []),
    "trace": Kind(  # all of it: camera, measures, score
        lambda d: {"verb": "trace", "design_id": d.id, "style": "band", "size_mm": 18.0},
        1,
        UNPAID["trace"][2],
    ),
}  # fmt: skip


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    kills, of_renderer = (*numbers, *(SERVER_KILLS, RENDERER_KILLS)[len(numbers) :])[:2]
    wanted = {word for word in sys.argv[1:] if word in {*KINDS, "renderer"}} or {*KINDS, "renderer"}
    draw = random.Random(100)
    with tempfile.TemporaryDirectory() as scratch, _quick():
        folder = Path(scratch)
        prepared = _prepared(folder / "prepared")
        with services(folder / "services") as shops:
            for name, kind in KINDS.items():
                if name in wanted:
                    _report(name, _of_server(folder, prepared, kind, shops, kills, draw))
        if "renderer" in wanted:
            _report("renderer", _of_renderer(folder / "renderer", of_renderer, draw))


def _of_server(
    folder: Path, prepared: Path, kind: Kind, shops: Mapping[str, StandIn], kills: int, draw: random.Random
) -> Tally:
    """End one kind of job at random moments of the time it takes, and have it finished by the next server."""
    tally, started = Tally(), time.monotonic()
    takes_s, tries = 0.0, 0
    while tally.outcomes.total() < kills and tries <= 4 * kills:
        # The first is let live: how long does it take? Later ones may be done before the kill, and do not count.
        place = shutil.copytree(prepared, folder / "data")
        bench = _opened(place, shops)
        kind.ready(bench.store, bench.store.designs()[0].id)
        design = bench.store.designs()[0]
        bench.cache.close()
        bought = _bought(kind, shops)
        after_s = draw.uniform(0.0, takes_s) if tries else _WAIT_S
        how = WAYS[tally.outcomes.total() % len(WAYS)]
        lived_s = _ended_by(how, place, kind.order(design), shops, after_s)
        takes_s = takes_s or lived_s or 0.0
        outcome = _resumed(place, kind, design.id, shops)
        expected = kind.count if kind.vendor else 0
        more = _bought(kind, shops) - bought - expected
        if more and not (outcome == ASKED_AGAIN and 0 < more <= expected):
            raise AssertionError(f"{expected + more} orders at the service instead of {expected}")
        if lived_s is None:
            tally.outcomes[f"{_WORDS[how]}: {outcome}"] += 1
        tries += 1
        shutil.rmtree(place)
    tally.seconds = time.monotonic() - started
    return tally


def _ended_by(
    how: signal.Signals, place: Path, order: dict[str, Any], shops: Mapping[str, StandIn], after_s: float
) -> float | None:
    """Run an order in a server of its own and end that `after_s` after it took the order.

    The seconds the job took where it was done before; None where the server was ended in the middle.
    """
    command = [
        sys.executable,
        "-c",
        "from benchmarks.kills import server; server()",
        str(place),
        json.dumps(order),
    ]
    environment = {**os.environ, **addresses(shops)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "ordered\n":
            raise AssertionError("the server did not take the order")
        began = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            if process.wait(after_s):
                raise AssertionError("the job failed by itself")
            return time.monotonic() - began
        process.send_signal(how)
        try:
            status = process.wait(_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError("the server did not end") from None
        # A signal that comes while the interpreter ends by itself finds no handler any more.
        if status not in {0, -how}:
            raise AssertionError("what was under way failed while the server ended")
        return None


def server() -> None:
    """A server without pages: it carries out one order and ends. For the processes that are killed."""
    place, order = Path(sys.argv[1]), json.loads(sys.argv[2])
    with _quick(), mock.patch.object(workbench, "Atelier", Painter):
        _serve(Workbench(Settings(data_dir=place)), order)


def _serve(bench: Workbench, order: dict[str, Any]) -> None:
    job = bench.submit(read(order))
    signal.signal(
        signal.SIGTERM, lambda *_: leave()
    )  # as the app does: what is under way is finished, and no more
    print("ordered", flush=True)
    until = time.monotonic() + _WAIT_S
    while not job.wait(0.05) and time.monotonic() < until:  # one long wait would not hear the signal
        pass
    if job.state not in {"done", "interrupted"} or job.troubles:
        sys.exit(f"{job.state}: {[str(row.error) for row in job.troubles]}")


def _resumed(place: Path, kind: Kind, design_id: str, shops: Mapping[str, StandIn]) -> str:
    """Look over what a dead server left, have the job finished, and look again. Raises AssertionError."""
    bench = _opened(place, shops)
    check(bench, place)
    verb = str(kind.order(bench.store.load(design_id))["verb"])
    left = bench.jobs.find(design_id, verb)
    outcome = "already whole"
    if left is not None:
        if left.state != "interrupted":
            raise AssertionError(f"the job is said to be {left.state}")
        job = bench.submit(bench.resume(left))
        _ended(job)
        outcome = "resumed"
        if job.troubles and all(isinstance(row.error, PossiblyCharged) for row in job.troubles):
            # Killed between the order and its number: nobody can know, and nothing is bought again unasked.
            job = bench.submit(bench.again(job, kind.order(bench.store.load(design_id))["provider"]))
            _ended(job)
            outcome = ASKED_AGAIN
        if job.state != "done" or job.troubles:
            raise AssertionError(f"Resume ended {job.state}: {[str(row.error) for row in job.troubles]}")
    elif kind.count and not kind.made(bench.store.load(design_id)):
        # The kill came before the note: nothing was begun, and the order is given as at first.
        job = bench.submit(read(kind.order(bench.store.load(design_id))))
        if not job.wait(_WAIT_S) or job.state != "done":
            raise AssertionError("the order cannot be given again")
        outcome = "not begun, ordered again"
    made = kind.made(bench.store.load(design_id))
    if len(made) != kind.count or len(set(made)) != kind.count:
        raise AssertionError(f"{len(made)} parts are there instead of {kind.count}: {made}")
    check(bench, place)
    bench.cache.close()
    return outcome


def check(bench: Workbench, place: Path) -> None:
    """Every record is read, every asset it names is whole, every line of the ledger is a line."""
    for summary in bench.store.summaries():
        if summary.damage:
            raise AssertionError(summary.damage)
        for asset in bench.store.load(summary.id).assets():
            if hashlib.sha256(bench.store.read(asset)).hexdigest() != asset.id:
                raise AssertionError(f"{asset.id} is not what it says")
    ledger = place / "ledger.jsonl"
    lines = ledger.read_bytes().splitlines() if ledger.exists() else []
    torn = sum(not _is_json(line) for line in lines if line)
    if torn > 1:  # one line may be cut where its writer died
        raise AssertionError(f"{torn} lines of the ledger are torn")
    if not bench.cache.stats().answers >= 0 or bench.cache.stats().trouble:
        raise AssertionError(bench.cache.stats().trouble)


def _of_renderer(folder: Path, kills: int, draw: random.Random) -> Tally:
    """Kill the real renderer in the middle of what it serves; what failed is asked for again."""
    tally, started = Tally(), time.monotonic()
    bench = Workbench(Settings(data_dir=folder))
    design_id = _rendered_design(bench)
    for n in range(kills):
        order = _of_the_renderer(bench.store.load(design_id), n)
        job = bench.submit(read(order))
        killer = threading.Thread(target=_kill_renderer, args=(job, draw.uniform(0.0, 4.0)))
        killer.start()
        _ended(job)
        killer.join()
        strange = [row.error for row in job.troubles if not isinstance(row.error, RendererFailed)]
        if strange:
            raise AssertionError(f"not a sentence of the renderer: {strange}")
        if job.troubles:
            _ended(again := bench.submit(bench.again(job, "atelier")))
            if again.troubles:
                raise AssertionError(f"asked again it ended with {again.troubles[0].error}")
        if len(_renderers()) > 1:
            raise AssertionError("two renderers at once")
        check(bench, folder)
        tally.outcomes["failed in a sentence and made when asked again" if job.troubles else "unharmed"] += 1
    bench.cache.close()
    tally.seconds = time.monotonic() - started
    return tally


def _rendered_design(bench: Workbench) -> str:
    design = bench.store.create("Band", kind="ring")
    _ended(bench.submit(read(_candidates(design.id, 0))))
    design = bench.store.load(design.id)
    master = {"verb": "master", "provider": "atelier", "candidate": design.candidates[0].id, "size": 512}
    _ended(bench.submit(read({**master, "design_id": design.id})))
    _ended(bench.submit(read({"verb": "model", "provider": "atelier", "design_id": design.id})))
    return str(design.id)


def _of_the_renderer(design: Design, n: int) -> dict[str, Any]:
    """Another order for the renderer each time, so that no answer is in the cache."""
    regions = [region.model_dump() for region in branch(design).regions[:2]]
    take = n + 1
    match n % 4:
        case 0:
            return _candidates(design.id, take)
        case 1:
            order = {
                "verb": "enhance",
                "provider": "atelier",
                "factor": 2,
                "prompt": "",
                "regions": regions,
                "take": take,
            }
        case 2:
            order = {
                "verb": "sketch",
                "provider": "atelier",
                "style": "pencil",
                "numbers": [1, 2],
                "take": take,
            }
        case _:
            order = {"verb": "views"}
    return {**order, "design_id": design.id}


def _candidates(design_id: str, seed: int) -> dict[str, Any]:
    order = {
        "verb": "candidates",
        "provider": "atelier",
        "prompt": "a gold band",
        "kind": "ring",
        "size": 512,
    }
    return {**order, "design_id": design_id, "seed": seed, "count": 2}


def _kill_renderer(job: Job, after_s: float) -> None:
    """Wait for a renderer, then some time more, and kill it where the job still runs."""
    while job.running and not _renderers():
        time.sleep(0.02)
    job.wait(after_s)
    for pid in _renderers() if job.running else ():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _renderers() -> list[int]:
    found = []
    for pid in descendants(os.getpid()):
        with suppress(OSError):
            if b"pipeline.atelier.render.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def _ended(job: Job) -> None:
    if not job.wait(_WAIT_S):
        raise AssertionError("a job did not end")


@contextmanager
def services(folder: Path) -> Iterator[Mapping[str, StandIn]]:
    """The services that are bought from, as long as the benchmark runs: they outlive the servers."""
    shops = {vendor: stand_in(vendor, folder, delay_s=0.2, work_s=0.6) for vendor in ("fal", "meshy")}
    with ExitStack() as stack:
        for shop in shops.values():
            stack.enter_context(shop)
        yield shops


def _bought(kind: Kind, shops: Mapping[str, StandIn]) -> int:
    return len(shops[kind.vendor].orders) if kind.vendor else 0


def addresses(shops: Mapping[str, StandIn]) -> dict[str, str]:
    settings = {"LOUPE_SPEND_CAP_DAY_USD": "1000", "LOUPE_SPEND_CAP_DESIGN_USD": "1000"}
    for vendor, shop in shops.items():
        settings[f"LOUPE_{vendor.upper()}_BASE_URL"] = shop.url
        settings[f"LOUPE_{vendor.upper()}_API_KEY"] = TOLD_KEY
    return settings


def _opened(place: Path, shops: Mapping[str, StandIn]) -> Workbench:
    with (
        mock.patch.dict(os.environ, addresses(shops)),
        mock.patch.object(workbench, "Atelier", Painter),
    ):
        return Workbench(Settings(data_dir=place))


def _prepared(folder: Path) -> Path:
    with mock.patch.object(workbench, "Atelier", Painter):
        prepare(folder)
    return folder


@contextmanager
def _quick() -> Iterator[None]:
    """Small views and films, and no search for the camera where the model says its own."""
    find = pose.find
    with ExitStack() as patches:
        for name, value in _SMALL:
            patches.enter_context(mock.patch.object(angles, name, value))
        patches.enter_context(
            mock.patch.object(pose, "find", lambda solid, *rest: solid.camera or find(solid, *rest))
        )
        yield


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _report(name: str, tally: Tally) -> None:
    words = ", ".join(f"{count} {outcome}" for outcome, count in sorted(tally.outcomes.items()))
    print(f"{name:<22}{tally.outcomes.total():3} kills in {tally.seconds:4.0f} s: {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
