"""The whole set by one order: from words or a photograph to every part, on after a stop, no part twice."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from pipeline import images
from pipeline.__main__ import app
from pipeline.errors import Moderated, ProviderDown, Unsupported
from pipeline.jobs import Job
from pipeline.orders import CandidatesOrder, SketchOrder, WholeSetOrder, read
from pipeline.pace import Pace
from pipeline.providers.base import Answer, GenerateRequest, Limits, Request, Silent, SketchRequest, Watch
from pipeline.providers.builtin.local import Local
from pipeline.records import BENCH_VIEWS, Branch, Design, Detail, Role
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.stages.branch import go_back
from pipeline.stages.subjects import bench_views
from pipeline.walk import Choice, Start, walk
from pipeline.workbench import Workbench
from tests.pages.conftest import Painter, ring


class Maker(Painter):
    """A painter that also knows which pixels of its ring are the ring."""

    def silhouette(self, _origin: str, size: int) -> NDArray[np.bool_]:
        return np.asarray((ring(size, 0) < 250).any(axis=2))


class Draughtsman(Maker):
    """A maker that draws the piece itself, also from two sides for the bench."""

    limits: Mapping[Role, Limits] = {
        **Painter.limits,
        Role.SKETCH: Limits(detail=Detail.RENDERED, views=("front", "side")),
    }

    def run(self, request: Request, watch: Watch) -> Answer:
        if isinstance(request, SketchRequest):
            return Answer(images.encode_png(images.decode(request.image)))
        return super().run(request, watch)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setattr("pipeline.workbench.Atelier", Maker)
    return Workbench(Settings(data_dir=tmp_path))


def start(bench: Workbench, prompt: str = "gold ring with a ruby") -> CandidatesOrder:
    design = bench.store.create("Ring", kind="ring", prompt=prompt)
    fields = {"design_id": design.id, "provider": "atelier", "prompt": prompt, "kind": "ring"}
    return CandidatesOrder(**fields, size=512, seed=0, count=1)


def whole(bench: Workbench, design_id: str, first: CandidatesOrder | None = None) -> WholeSetOrder:
    """The order as the workbench gives it; the painter draws no sheets and no models, so others do."""
    order = bench.whole_set(bench.store.load(design_id), first)
    return order.model_copy(update={"sketcher": "local", "modeler": "local"})


def made(bench: Workbench, job: Job) -> Branch:
    assert job.wait(600)  # ends what hangs; how long it takes is no part of it
    branch = bench.store.load(job.order.design_id).branch
    assert branch is not None
    return branch


def counts(branch: Branch) -> tuple[int, int, int]:
    return len(branch.close_ups), len(branch.sketches), len(branch.models)


def test_a_prompt_becomes_the_whole_set(bench: Workbench) -> None:
    """One order, five close-ups, six sheets, a model; given again it makes nothing anew."""
    first = start(bench)
    design = bench.store.load(first.design_id)
    job = bench.submit(whole(bench, design.id, first))
    branch = made(bench, job)
    assert [str(row.error) for row in job.troubles] == []
    assert counts(branch) == (5, 6, 1)
    again = whole(bench, design.id)
    assert not again.lacks(bench.store.load(design.id))
    assert counts(made(bench, bench.submit(again))) == (5, 6, 1)


def test_a_photograph_becomes_the_whole_set(bench: Workbench, photographed: Callable[..., Design]) -> None:
    """The master is the picture; its makers are those that work from pixels."""
    design = photographed(bench.store)
    order = bench.whole_set(design)
    assert {order.sketcher, order.modeler} == {"local"}
    assert counts(made(bench, bench.submit(order))) == (5, 6, 1)


def test_a_part_that_fails_ends_itself_and_is_made_again_alone(
    bench: Workbench, photographed: Callable[..., Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One close-up is refused: the sheets and the model come all the same, and one press makes the rest."""
    design = photographed(bench.store)
    order = bench.whole_set(design).model_copy(update={"enhancer": "local"})
    real, asked = Local.run, []

    def refuse_once(self: Local, request: Request, watch: Watch) -> Answer:
        asked.append(request)
        if len(asked) == 1:
            raise Moderated("Refused.", provider=self.id)
        return real(self, request, watch)

    monkeypatch.setattr(Local, "run", refuse_once)
    job = bench.submit(order)
    assert counts(made(bench, job)) == (4, 5, 1)
    assert len(job.troubles) == 1
    branch = made(bench, bench.submit(bench.again(job, "")))
    assert {c.region.id for c in branch.close_ups} == {r.id for r in branch.regions}
    assert len(branch.latest_sketches) == 6
    assert len(branch.models) == 1


@pytest.mark.parametrize("bench_first", [True, False])
def test_the_first_sheets_of_a_known_piece_are_its_bench_views(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, photographed: Callable[..., Design], *, bench_first: bool
) -> None:
    """Where pages order the set; those of a photograph, and of whoever has pictures already, stay pictures."""
    limits = Limits(detail=Detail.RENDERED, views=BENCH_VIEWS)
    monkeypatch.setattr(Draughtsman, "limits", {**Painter.limits, Role.SKETCH: limits})
    monkeypatch.setattr("pipeline.workbench.Atelier", Draughtsman)
    bench = Workbench(Settings(data_dir=tmp_path))
    first = start(bench)
    master = generate.candidate(
        bench.store, bench.atelier, GenerateRequest(first.prompt, "ring", 512, 512), Silent()
    )
    design = generate.set_master(bench.store, first.design_id, master)
    order = bench.whole_set(design, bench=bench_first).sheets(design)
    assert order is not None
    assert order.views == (bench_views("ring") if bench_first else ())
    branch = made(bench, bench.submit(order))
    assert [sheet.view for sheet in branch.latest_sketches] == list(order.views or [""])
    assert branch.views == order.views
    again = bench.whole_set(bench.store.load(design.id), bench=True)
    assert again.sheets(bench.store.load(design.id)) is None
    photograph = photographed(bench.store)
    assert bench.whole_set(photograph, bench=True).sheets(photograph).views == ()


def test_the_command_line_draws_the_bench_views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run --bench` hands out one sheet for each view the bench wants, and close-ups beside them."""
    limits = Limits(detail=Detail.RENDERED, views=BENCH_VIEWS)
    monkeypatch.setattr(Draughtsman, "limits", {**Painter.limits, Role.SKETCH: limits})
    monkeypatch.setattr("pipeline.workbench.Atelier", Draughtsman)
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("pipeline.photo.relief.GRID_NODES", 2000)  # a coarse one does, nobody looks at it
    out = tmp_path / "out"
    words = (
        "run",
        "gold ring with a ruby",
        "--bench",
        "--modeler",
        "local",
        "--factor",
        "2",
        "--out",
        str(out),
    )
    reply = CliRunner().invoke(app, [*words, "--size", "512"])
    assert reply.exit_code == 0, reply.output
    manifest = json.loads((out / "manifest.json").read_text())
    branch = manifest["design"]["branches"][0]
    assert branch["views"] == list(bench_views("ring"))
    assert [sheet["view"] for sheet in branch["sketches"]] == list(bench_views("ring"))
    assert len(list((out / "sketches").glob("*.png"))) == len(bench_views("ring"))
    assert len(list((out / "closeups").glob("*.png"))) == 5


def test_without_a_master_nothing_follows(bench: Workbench) -> None:
    """A first candidate that fails ends the order with its own sentence, and only that."""
    bench.atelier.fail_on = "ruby"
    first = start(bench)
    job = bench.submit(whole(bench, first.design_id, first))
    assert job.wait(60)
    assert [type(row.error) for row in job.troubles] == [ProviderDown]
    assert bench.store.load(first.design_id).branch is None


def test_cancel_stops_between_parts_and_keeps_what_was_finished(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the close-ups: the master stands, no sheet is begun, and the rest can be made later."""
    first = start(bench)
    real = Painter.run

    def stop_at_close_up(self: Painter, request: Request, watch: Watch) -> Answer:
        if type(request).__name__ == "EnhanceRequest":
            job.cancel()
        return real(self, request, watch)

    monkeypatch.setattr(Painter, "run", stop_at_close_up)
    job = bench.submit(whole(bench, first.design_id, first))
    branch = made(bench, job)
    assert job.state == "cancelled"
    assert branch.sketches == ()
    assert branch.models == ()
    monkeypatch.setattr(Painter, "run", real)
    rest = whole(bench, first.design_id)
    assert counts(made(bench, bench.submit(rest))) == (5, 6, 1)


@pytest.mark.parametrize(
    ("during", "first_parts"), [("EnhanceRequest", (5, 0, 0)), ("SketchRequest", (5, 6, 0))]
)
def test_a_master_put_in_its_place_meanwhile_gets_nothing_of_the_set(
    bench: Workbench,
    ring_png: bytes,
    monkeypatch: pytest.MonkeyPatch,
    during: str,
    first_parts: tuple[int, int, int],
) -> None:
    """Another picture is brought while a set is made: what is under way is all of the first, the rest is not made."""
    design = generate.upload(bench.store, bench.store.create("Ring", kind="ring").id, ring_png)
    order = bench.whole_set(design).model_copy(update={"enhancer": "local"})
    real, asked = Local.run, []

    def bring_another(self: Local, request: Request, watch: Watch) -> Answer:
        asked.extend([request] if type(request).__name__ == during else [])
        if len(asked) == 1 and request is asked[0]:
            generate.upload(bench.store, design.id, images.encode_png(ring(700, 3)))
        return real(self, request, watch)

    monkeypatch.setattr(Local, "run", bring_another)
    job = bench.submit(order)
    assert counts(made(bench, job)) == (0, 0, 0)
    assert "Another master stands now" in str(job.troubles[0].error)
    first, _ = bench.store.load(design.id).branches
    assert counts(first) == first_parts
    assert {close_up.crop.recipe.parents for close_up in first.close_ups} == {(first.master.id,)}
    go_back(bench.store, design.id, first.master.id)
    assert counts(made(bench, bench.submit(order))) == (5, 6, 1)


def test_what_a_stopped_server_leaves_behind_goes_on_from_the_master(bench: Workbench) -> None:
    """Once the master stands, the note says to go on from it: it is not made, or bought, once more."""
    first = start(bench)
    order = whole(bench, first.design_id, first)
    notes: list[object] = []
    job = bench.submit(order)
    path = bench.store.folder / "jobs" / f"{order.key}.json"
    while job.running:
        if path.exists():
            try:
                notes.append(json.loads(path.read_bytes())["order"])
            except (OSError, ValueError):
                continue
        time.sleep(0.01)
    assert notes[0]["start"]["prompt"] == "gold ring with a ruby"
    assert notes[-1]["start"] is None
    assert read(notes[-1]).verb == "set"
    assert len(bench.store.load(first.design_id).branches) == 1


def test_a_walk_given_again_leaves_the_set_that_was_chosen_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views for the bench stand in place of the first sheets: the same words draw nothing over them."""
    monkeypatch.setattr("pipeline.workbench.Atelier", Draughtsman)
    bench = Workbench(Settings(data_dir=tmp_path))
    start, choice = Start("Ring", "gold ring with a ruby", size=512), Choice(modeler="local", factor=2)
    design = walk(bench, start, choice, lambda *_: None)
    made(bench, bench.submit(SketchOrder(design_id=design.id, provider="atelier", views=("front", "side"))))
    branch = walk(bench, start, choice, lambda *_: None).branch
    assert branch is not None
    assert branch.views == ("front", "side")
    assert [sheet.view for sheet in branch.latest_sketches] == ["front", "side"]
    assert len(branch.sketches) == 6 + 2


def test_the_wait_is_told_from_what_was_measured_here(bench: Workbench) -> None:
    """The first set has no estimate; what it took is remembered on disk, and the next one's is of that size."""
    first = start(bench)
    job = bench.submit(whole(bench, first.design_id, first))
    assert job.due is None
    made(bench, job)
    pace = Pace(bench.store.folder / "pace.json")
    assert pace.median("enhance atelier") is not None
    for work in ("candidates atelier", "master atelier 512", "model local", "sketch local"):
        bench.pace.note(work, 3.0)
    second = start(bench, "gold ring with an emerald")
    begun = time.monotonic()
    job = bench.submit(whole(bench, second.design_id, second))
    while job.running and job.due is None:
        time.sleep(0.005)
    assert job.due is not None
    assert job.due - begun > 5 * bench.pace.median("enhance atelier")
    made(bench, job)


def test_pace_is_a_median_and_survives_damage(tmp_path: Path) -> None:
    """One slow time does not move it; answers from the cache do not count; a damaged file is none."""
    path = tmp_path / "pace.json"
    pace = Pace(path)
    for seconds in (10, 11, 300, 12, 0.0, 0.01):
        pace.note("master atelier 2048", seconds)
    assert pace.median("master atelier 2048") == 11.5
    assert Pace(path).median("master atelier 2048") == 11.5
    for damage in (b"", b"{", b"[1]", b'{"a": 1}', b'{"a": ["x"]}', b'{"a": [null]}'):
        path.write_bytes(damage)
        assert Pace(path).median("master atelier 2048") is None


@pytest.mark.parametrize("role", [Role.ENHANCE, Role.SKETCH, Role.MODEL])
def test_makers_that_are_not_there_are_refused_before_anything_begins(
    bench: Workbench, photographed: Callable[..., Design], role: Role
) -> None:
    """Whoever is asked for a part must be ready when the set is ordered."""
    design = photographed(bench.store)
    field = {Role.ENHANCE: "enhancer", Role.SKETCH: "sketcher", Role.MODEL: "modeler"}[role]
    with pytest.raises(Unsupported, match="nobody"):
        bench.submit(bench.whole_set(design).model_copy(update={field: "nobody"}))


def test_a_walk_begins_with_a_description(bench: Workbench) -> None:
    """The master is the described piece's; asked again it is handed out, another description is another design."""
    origins = [json.dumps({"kind": "ring", "metal": metal}) for metal in ("silver", "platinum")]
    designs = [
        walk(
            bench,
            Start("Ring", "a ring", kind="ring", size=512, origin=origin),
            Choice(only_master=True),
            lambda *_: None,
        )
        for origin in (*origins, origins[0])
    ]
    assert designs[0].id == designs[2].id != designs[1].id
    for design, origin in zip(designs, origins, strict=False):
        assert design.branch is not None
        assert design.branch.master.recipe.origin == origin
        assert not design.branch.close_ups
