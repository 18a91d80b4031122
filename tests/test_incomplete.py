"""A walk whose parts are refused: only they are missing, they are named, and other makers complete them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.errors import LoupeError, Moderated, NotRegistrable, ProviderDown, StorageError, Unsupported
from pipeline.providers.base import Answer, EnhanceRequest, ModelRequest, Request, Watch
from pipeline.providers.builtin.faulty import Careless
from pipeline.providers.builtin.local import Local
from pipeline.settings import Settings
from pipeline.store import Store

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, ring_png: bytes, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The whole walk of one photograph, small, into a folder of that name."""
    monkeypatch.setattr("pipeline.stages.sketch._DRAWN_PX", 400)
    monkeypatch.setattr("pipeline.solids.pose.find", lambda solid, *_: solid.camera)
    photograph = tmp_path / "ring.png"
    photograph.write_bytes(ring_png)
    begin = ["run", "--image", str(photograph), "--kind", "ring", "--factor", "2", "--out"]
    return lambda out, *options: CliRunner().invoke(app, [*begin, str(tmp_path / out), *options])


def refusing(
    monkeypatch: pytest.MonkeyPatch,
    error: LoupeError,
    refused: Callable[[EnhanceRequest, list[Request]], bool],
) -> list[Request]:
    """Let the careless provider refuse some of what it is asked; returns what it was asked."""
    real, asked = Careless.run, []

    def answer(self: Careless, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, EnhanceRequest)
        asked.append(request)
        if refused(request, asked):
            raise error
        return real(self, request, watch)

    monkeypatch.setattr(Careless, "run", answer)
    return asked


def the_second(request: EnhanceRequest, asked: list[Request]) -> bool:
    """Whether it is the region that was asked for second, the first time or again."""
    return len(asked) > 1 and request.window == asked[1].window


REFUSALS = {
    "moderated": Moderated("Careless refuses this picture.", provider="careless"),
    "bad size": Unsupported("Careless takes no picture of this size.", provider="careless"),
    "not this picture": NotRegistrable("The answer does not lie on its crop."),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_region_ends_only_itself(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The folder is written, the missing part is named, exit code 4."""
    out = tmp_path / "first"
    refusing(monkeypatch, REFUSALS[name], the_second)
    first = run("first", "--enhancer", "careless")
    assert first.exit_code == 4, first.output
    assert first.output.count("Missing: close-up of") == 1
    assert str(REFUSALS[name]) in first.output
    assert len(list((out / "closeups").glob("*.png"))) == 4
    assert (out / "model.glb").exists()


def test_what_is_missing_is_made_alone(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command asks for nothing else; another enhancer makes it, and only it."""
    with monkeypatch.context() as patch:
        asked = refusing(patch, REFUSALS["moderated"], the_second)
        for out in ("first", "again"):
            assert run(out, "--enhancer", "careless").exit_code == 4
        assert len(asked) == 6, "the same command asks for what is missing, and for nothing else"
    second = run("first", "--enhancer", "local")
    assert second.exit_code == 0, second.output
    assert "5 close-ups" in second.output
    assert len(list((tmp_path / "first" / "sketches").glob("*.png"))) == 6, (
        "no sheet of the incomplete set is left"
    )
    (design,) = Store(Settings().data_dir).designs()
    makers = [c.raw.recipe.provider for c in design.branch.chosen_close_ups]
    assert sorted(makers) == ["careless"] * 4 + ["local"]
    standing = {sheet.number: sheet.subject for sheet in design.branch.latest_sketches}
    assert standing == {1: "master", **{n: r.id for n, r in enumerate(design.branch.regions, start=2)}}
    for maker in ("local", "careless"):
        assert run("first", "--enhancer", maker).exit_code == 0
        assert len(Store(Settings().data_dir).designs()) == 1


def test_where_nothing_could_be_made_the_reason_is_the_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every region refused is no set: one sentence, exit code 1, as before."""
    refusing(monkeypatch, REFUSALS["moderated"], lambda *_: True)
    told = run("none", "--enhancer", "careless")
    assert told.exit_code == 1
    assert "Careless refuses this picture" in told.output


def test_a_fault_that_is_nobodys_refusal_ends_the_walk(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that does not answer is no missing part."""
    refusing(monkeypatch, StorageError("The disk does not answer."), the_second)
    told = run("none", "--enhancer", "careless")
    assert told.exit_code == 1
    assert "The disk does not answer" in told.output


def test_a_refused_model_is_a_missing_part(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its 3D model the set is written all the same, and the next run makes the model."""
    real = Local.run

    def no_model(self: Local, request: Request, watch: Watch) -> Answer:
        if isinstance(request, ModelRequest):
            raise ProviderDown("Nobody models today.", provider=self.id)
        return real(self, request, watch)

    with monkeypatch.context() as patch:
        patch.setattr(Local, "run", no_model)
        first = run("set")
        assert first.exit_code == 4, first.output
        assert "Missing: 3D model" in first.output
        assert len(list((tmp_path / "set" / "closeups").glob("*.png"))) == 5
    assert run("set").exit_code == 0
    assert (tmp_path / "set" / "model.glb").exists()
