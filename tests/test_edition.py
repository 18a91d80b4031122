"""A master of a renderer's earlier edition: told before anything is rendered of it, and rendered anew on request."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline import images
from pipeline.__main__ import app
from pipeline.errors import BadInput
from pipeline.orders import RenewOrder
from pipeline.providers.base import Answer, GenerateRequest, Request, Watch
from pipeline.providers.builtin.atelier import Atelier
from pipeline.records import Asset, Branch, Design, Recipe, Region, Role
from pipeline.settings import Settings
from pipeline.stages import edition
from pipeline.stages.branch import branch_of
from pipeline.workbench import Workbench

TODAY = Atelier(Path()).model(Role.GENERATE)
SPEC = '{"kind": "ring", "metal": "silver"}'
REGION = Region(id="by-hand", label="by hand", x=40, y=60, width=100, height=90)


def begun(bench: Workbench, model: str, *, provider: str = "atelier", origin: str = SPEC) -> Design:
    """A design whose master is a grey card of that edition, with one region drawn by hand."""
    card = np.full((512, 512, 3), 128, np.uint8)
    recipe = Recipe(
        role="generate", provider=provider, model=model, prompt="a silver ring", origin=origin,
        options={"seed": 3, "kind": "ring"},
    )  # fmt: skip
    master = bench.store.put_picture(card, recipe)
    design = bench.store.create("Ring", kind="ring")
    return bench.store.update(design.id, lambda d: d.with_master(Branch(master=master, regions=(REGION,))))


@pytest.fixture
def bench(settings: Settings) -> Workbench:
    return Workbench(settings)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[GenerateRequest]:
    """What the atelier is asked to render; it answers with white cards."""
    asked: list[GenerateRequest] = []

    def run(self: Atelier, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, GenerateRequest)
        asked.append(request)
        card = np.full((request.height, request.width, 3), 250, np.uint8)
        return Answer(images.encode_png(card), TODAY, origin=request.origin)

    monkeypatch.setattr(Atelier, "run", run)
    return asked


@pytest.mark.parametrize(
    ("model", "provider", "origin", "earlier"),
    [
        ("atelier 7", "atelier", SPEC, True),
        (TODAY, "atelier", SPEC, False),
        ("", "atelier", SPEC, False),
        ("atelier 7", "atelier", "", False),
        ("gpt-image", "openai", "", False),
        ("", "upload", "", False),
    ],
)
def test_only_the_renderers_own_older_masters_are_earlier(
    bench: Workbench, model: str, provider: str, origin: str, *, earlier: bool
) -> None:
    design = begun(bench, model, provider=provider, origin=origin)
    assert edition.is_earlier(branch_of(design).master, bench.atelier) is earlier


def test_anew_is_the_same_piece_on_a_branch_with_the_same_regions(
    bench: Workbench, rendered: list[GenerateRequest]
) -> None:
    """The older branch stays as it is; the new master descends from it, and there is nothing left to renew."""
    design = begun(bench, "atelier 7")
    older = branch_of(design)
    job = bench.submit(RenewOrder(design_id=design.id, provider="atelier", master=older.master.id))
    assert job.wait(30)
    assert [row.error for row in job.troubles] == []
    (request,) = rendered
    assert (request.origin, request.width, request.height, request.seed) == (SPEC, 512, 512, 3)
    after = bench.store.load(design.id)
    newer = branch_of(after)
    assert [branch.master.id for branch in after.branches] == [older.master.id, newer.master.id]
    assert after.branches[0] == older
    assert newer.regions == (REGION,)
    assert newer.master.recipe.parents == (older.master.id,)
    assert not edition.is_earlier(newer.master, bench.atelier)
    with pytest.raises(BadInput, match="nothing to renew"):
        bench.submit(RenewOrder(design_id=design.id, provider="atelier", master=newer.master.id))


def test_a_master_that_left_is_one_sentence(bench: Workbench, rendered: list[GenerateRequest]) -> None:
    design = begun(bench, "atelier 7")
    with pytest.raises(BadInput, match="not there any more"):
        bench.submit(RenewOrder(design_id=design.id, provider="atelier", master="0" * 64))
    assert rendered == []


def test_headless_says_it_before_it_renders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rendered: list[GenerateRequest]
) -> None:
    """A walk that goes on with an older master tells so before its close-ups, and `--anew` renders it first."""
    told: list[str] = []

    def with_older_master(parts: object, design: Design, *_: object) -> Design:
        return _aged(bench_of(parts), design)

    def bench_of(parts: object) -> Workbench:
        bench = getattr(parts, "bench")  # noqa: B009 - of a class private to the walk
        assert isinstance(bench, Workbench)
        return bench

    def close_ups(parts: object, design_id: str, *_: object) -> None:
        told.append(branch_of(bench_of(parts).store.load(design_id)).master.recipe.model)
        raise BadInput("Enough of the walk.")

    monkeypatch.setattr("pipeline.walk._master", with_older_master)
    monkeypatch.setattr("pipeline.walk._Parts.make", close_ups)
    begin = ["run", "a plain silver band", "--out", str(tmp_path / "out")]
    first = CliRunner().invoke(app, begin)
    assert edition.EARLIER in first.output
    assert "--anew" in first.output
    assert rendered == []
    second = CliRunner().invoke(app, [*begin, "--anew"])
    assert edition.EARLIER not in second.output
    assert len(rendered) == 1
    assert told == ["atelier 7", TODAY]


def _aged(bench: Workbench, design: Design) -> Design:
    """The design with a master of an earlier edition."""
    card = np.full((512, 512, 3), 128, np.uint8)
    recipe = Recipe(role="generate", provider="atelier", model="atelier 7", prompt="a ring", origin=SPEC)
    master: Asset = bench.store.put_picture(card, recipe)
    return bench.store.update(design.id, lambda d: d.with_master(Branch(master=master, regions=(REGION,))))
