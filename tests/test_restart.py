"""A server that is ended in the middle of work, softly or hard: what was finished is not offered again, and Resume
makes exactly what was interrupted, once; for each kind of work.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import images
from pipeline.errors import UnknownDesign
from pipeline.jobs import Job
from pipeline.orders import read
from pipeline.records import Branch, Design
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.stages.tools import OfMaster
from pipeline.store import Store
from pipeline.workbench import Workbench
from tests.pages.conftest import ROOT, Painter, ring

ENDING = """
import json, signal, sys, threading, time
from pathlib import Path
from pipeline import workbench
from pipeline.export import documents
from pipeline.orders import read
from pipeline.providers.builtin.faulty import Careless
from pipeline.providers.builtin.local import Local
from pipeline.settings import Settings
from pipeline.stages import angles, trace
from pipeline.stages.viewers import Rastered
from tests.pages.conftest import Painter

def late(real):
    "Whatever is under way is under way until the process is about to end."
    def wait(*args, **options):
        while threading.main_thread().is_alive():
            time.sleep(0.01)
        return real(*args, **options)
    return wait

for kind, name in ((Painter, "run"), (Local, "run"), (Careless, "run"), (Rastered, "still"), (Rastered, "frame")):
    setattr(kind, name, late(getattr(kind, name)))
documents.make = late(documents.make)
trace.trace = late(trace.trace)
workbench.Atelier = Painter
angles.FRAMES, angles.FRAME_PX, angles.STILL_PX = 3, 128, 256
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
bench = workbench.Workbench(Settings(data_dir=Path(sys.argv[1])))
job = bench.submit(read(json.loads(sys.argv[2])), person="ada")
rows = int(sys.argv[3])
# One or two rows run at once, and all of them are to be under way; of more some are to be left.
while sum(row.state == "running" for row in job.rows) < (rows if rows <= 2 else 1) or len(job.rows) < rows:
    time.sleep(0.01)
print("under way", flush=True)
while not job.wait(0.1):  # a signal that comes just before an endless wait would never be heard
    pass
"""

Made = Callable[[Design], list[Any]]


def branch_of(design: Design) -> Branch:
    assert design.branch is not None
    return design.branch


LAID = {
    "family": "band", "values": {"ring.width_mm": 2.7, "ring.thickness_mm": 2.3}, "azimuth": -23.0, "elevation": -2.0,
    "roll": -4.0, "scale": 2.04, "x": 0.51, "y": 0.53, "nearness": 0.15,
}  # fmt: skip
"""A band as somebody laid it over the ring: no search, so that it is built and measured in a second."""

KINDS: dict[str, tuple[dict[str, Any], int, Made]] = {
    "candidates": (
        {"provider": "atelier", "prompt": "a gold band", "kind": "ring", "size": 1024, "seed": 8},
        4,
        lambda d: [a.recipe.options["seed"] for a in d.candidates if a.recipe.prompt == "a gold band"],
    ),
    "edit": ({"provider": "atelier"}, 1, lambda d: [a.id for a in d.candidates[:-1]]),
    "master": ({"provider": "atelier", "size": 1024}, 1, lambda d: [b.master.id for b in d.branches[1:]]),
    "variant": ({"provider": "atelier", "size": 512}, 1, lambda d: [b.master.id for b in d.branches[1:]]),
    "enhance": (
        {"provider": "local", "factor": 2, "prompt": ""},
        5,
        lambda d: [c.region.id for c in branch_of(d).close_ups],
    ),
    "bakeoff": (
        {"providers": ["local", "careless"], "factor": 2, "prompt": ""},
        2,
        lambda d: [c.raw.recipe.provider for c in branch_of(d).close_ups],
    ),
    "sketch": ({"provider": "local", "style": "contour"}, 1, lambda d: [s.number for s in branch_of(d).sketches]),
    "model": ({"provider": "local", "take": 1}, 1, lambda d: [m.id for m in branch_of(d).models[1:]]),
    "views": ({}, 6, lambda d: [view.name for view in branch_of(d).models[0].views]),
    "turntable": ({}, 1, lambda d: [m.turntable.loop.id for m in branch_of(d).models if m.turntable]),
    "renew": ({"provider": "atelier"}, 1, lambda d: [b.master.id for b in d.branches[2:]]),
    "trace": ({"placement": LAID}, 1, lambda d: [m.id for m in branch_of(d).models[1:]]),
}  # fmt: skip
"""Each kind of work: its order, how many rows, and what of a design it has made, one entry for each row."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with one design that every kind of work can be ordered on."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.workbench.Atelier", Painter)
        patch.setattr("pipeline.solids.pose.find", lambda solid, *_: solid.camera)
        prepare(folder)
        yield folder


def prepare(folder: Path) -> None:
    """A design with a photograph for its master, a candidate and a model."""
    bench = Workbench(Settings(data_dir=folder))
    made = bench.store.create("Ring", kind="ring")
    generate.upload(bench.store, made.id, images.encode_png(ring(640, 3)))
    for order in (
        {"verb": "candidates", "provider": "atelier", "prompt": "a ring", "kind": "ring", "size": 1024, "seed": 0,
         "count": 1},
        {"verb": "model", "provider": "local"},
    ):  # fmt: skip
        job = bench.submit(read({"design_id": made.id, **order}))
        assert job.wait(90)
        assert job.troubles == ()
    bench.cache.close()


@pytest.fixture
def folder(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("pipeline.workbench.Atelier", Painter)
    for name, value in (("FRAMES", 3), ("FRAME_PX", 128), ("STILL_PX", 256)):
        monkeypatch.setattr(f"pipeline.stages.angles.{name}", value)
    return shutil.copytree(prepared, tmp_path / "server")


def opened(folder: Path) -> tuple[Workbench, Design]:
    bench = Workbench(Settings(data_dir=folder))
    return bench, bench.store.designs()[0]


def ordered(design: Design, verb: str) -> dict[str, Any]:
    fields = {"verb": verb, "design_id": design.id, **KINDS[verb][0]}
    region = branch_of(design).regions[0].model_dump()
    match verb:
        case "enhance":
            fields["regions"] = [r.model_dump() for r in branch_of(design).regions]
        case "bakeoff":
            fields["region"] = region
        case "master":
            fields["candidate"] = design.candidates[0].id
        case "renew":
            fields["master"] = design.branches[1].master.id
        case "edit" | "variant":
            fields["origin"] = design.candidates[0].recipe.origin.replace("yellow_gold", "rose_gold")
    return fields


def ready(store: Store, design_id: str, verb: str) -> None:
    """What only this kind of work needs of a design: for `renew` a second master, of the atelier's edition before."""
    if verb == "renew":
        recipe = store.load(design_id).candidates[0].recipe.model_copy(update={"model": "paint 0"})
        earlier = Branch(master=store.put_picture(ring(512, 5), recipe))
        store.update(design_id, lambda design: design.with_master(earlier).at_branch(design.current))


def stopped(folder: Path, verb: str, how: signal.Signals) -> None:
    """Order work in a process of its own, and end that process in the middle of it."""
    bench, design = opened(folder)
    ready(bench.store, design.id, verb)
    design = bench.store.load(design.id)
    bench.cache.close()
    command = [
        sys.executable,
        "-c",
        ENDING,
        str(folder),
        json.dumps(ordered(design, verb)),
        str(KINDS[verb][1]),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "under way\n"
        server.send_signal(how)
        try:
            assert server.wait(90) in (0, -how)
        finally:
            server.kill()


def finished(job: Job) -> Job:
    assert job.wait(90)
    assert (job.state, job.troubles) == ("done", ())
    return job


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["softly", "hard"])
@pytest.mark.parametrize("verb", KINDS)
def test_resume_makes_what_was_interrupted_once(folder: Path, verb: str, how: signal.Signals) -> None:
    """Softly: rows under way are finished and their note says so. Hard: nothing was, and everything is made."""
    _, rows, made = KINDS[verb]
    stopped(folder, verb, how)
    bench, design = opened(folder)
    left = bench.jobs.find(design.id, verb)
    done = made(design)
    if how is signal.SIGKILL:
        assert done == []
        assert left is not None
    elif rows <= 2:
        assert len(done) == rows
        assert left is None, "what was finished while the server ended is not offered again"
    else:
        assert 0 < len(done) < rows
        assert left is not None
    if left is not None:
        assert left.state == "interrupted"
        if isinstance(left.order, OfMaster):
            assert left.order.master == branch_of(design).master.id
        finished(bench.submit(bench.resume(left), person="ada"))
    everything = made(bench.store.load(design.id))
    assert len(everything) == rows
    assert len(set(everything)) == rows
    assert bench.jobs.find(design.id, verb) is None or bench.jobs.find(design.id, verb).state == "done"
    bench.cache.close()
    again, _ = opened(folder)
    assert again.jobs.find(design.id, verb) is None
    again.cache.close()


def test_a_document_that_was_interrupted_is_made_on_resume(folder: Path) -> None:
    """Handing out is work like any other."""
    bench, design = opened(folder)
    bench.cache.close()
    KINDS["export-archive"] = ({}, 1, lambda d: [])
    try:
        stopped(folder, "export-archive", signal.SIGKILL)
    finally:
        del KINDS["export-archive"]
    bench, design = opened(folder)
    left = bench.jobs.find(design.id, "export-archive")
    assert left is not None
    finished(bench.submit(bench.resume(left)))
    assert len(list((folder / "exports").rglob("design.loupe"))) == 1
    bench.cache.close()


@pytest.mark.parametrize("verb", ["enhance", "master", "views"])
def test_a_design_deleted_meanwhile_is_told_as_deleted(folder: Path, verb: str) -> None:
    """Resume says that the design was deleted, makes nothing, and goes on when it is brought back."""
    stopped(folder, verb, signal.SIGKILL)
    bench, design = opened(folder)
    left = bench.jobs.find(design.id, verb)
    assert left is not None
    bench.store.delete(design.id)
    with pytest.raises(UnknownDesign, match="This design was deleted; bring it back from the trash"):
        bench.submit(bench.resume(left))
    bench.store.restore(design.id)
    finished(bench.submit(bench.resume(left)))
    assert len(KINDS[verb][2](bench.store.load(design.id))) == KINDS[verb][1]
    bench.cache.close()


def test_a_design_deleted_under_running_work_is_told_in_its_rows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work whose design goes away ends with that sentence, not with a fault of the program."""
    bench, design = opened(folder)
    real = Painter.run

    def delete_first(self: Painter, request: Any, watch: Any) -> Any:
        if bench.store.designs():
            bench.store.delete(design.id)
        return real(self, request, watch)

    monkeypatch.setattr(Painter, "run", delete_first)
    job = bench.submit(read(ordered(design, "master")))
    assert job.wait(60)
    assert job.state == "failed"
    assert "This design was deleted" in str(job.troubles[0].error)
    bench.cache.close()


def test_the_same_candidate_made_master_twice_is_one_branch(folder: Path) -> None:
    """The very picture that is a master already goes back to its branch, with the work that hangs on it."""
    bench, design = opened(folder)
    for _ in range(2):
        finished(bench.submit(read(ordered(design, "master"))))
        time.sleep(0.01)
    branches = bench.store.load(design.id).branches
    assert [b.master.recipe.provider for b in branches] == ["upload", "atelier"]
    bench.cache.close()
