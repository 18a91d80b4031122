"""Pages on a real workbench in an empty folder; only the path tracer is replaced by a painter, for speed."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.workbench import forget, workbench
from pipeline import images, log
from pipeline.atelier.language.prompt import notes, read
from pipeline.atelier.variation import variations
from pipeline.errors import ProviderDown
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    GenerateRequest,
    Limits,
    ModelRequest,
    Request,
    SketchRequest,
    Watch,
)
from pipeline.records import Design, Detail, Role
from pipeline.store import Store
from pipeline.workbench import Workbench
from tests.export import pieces
from tests.taken_in import take_in

ROOT = Path(__file__).parents[2]


class Painter:
    """Paints a ring whose hue follows the seed; enlarges by exact repetition. Same protocol as the atelier."""

    id = "atelier"
    name = "Painter"
    limits: Mapping[Role, Limits] = {
        Role.GENERATE: Limits(seed=True, refines=True, detail=Detail.RENDERED),
        Role.ENHANCE: Limits(factors=(2, 4), detail=Detail.RENDERED),
        Role.SKETCH: Limits(detail=Detail.RENDERED),
        Role.MODEL: Limits(detail=Detail.RENDERED),
    }

    def __init__(self, folder: Path) -> None:
        self.calls: list[Request] = []
        self.fail_on = ""

    def model(self, role: Role) -> str:
        return "paint 1"

    def capability_note(self) -> str:
        return ""

    @staticmethod
    def _imagine(request: GenerateRequest) -> str:
        spec = read(request.prompt, kind=request.kind).spec
        return variations(spec, seed=request.seed, count=2)[1].model_dump_json(exclude_none=True)

    def run(self, request: Request, watch: Watch) -> Answer:
        self.calls.append(request)
        watch.progress(0.5, "painting")
        match request:
            case GenerateRequest():
                if self.fail_on and self.fail_on in request.prompt:
                    raise ProviderDown("The painter is out of paint.", provider=self.id)
                origin = request.origin or self._imagine(request)
                seed = int(images.content_id(origin.encode())[:4], 16)
                told = notes(read(request.prompt, kind=request.kind))
                return Answer(images.encode_png(ring(request.width, seed)), origin=origin, notes=told)
            case EnhanceRequest():
                pixels = images.decode(request.image)
                large = images.resize(
                    pixels, pixels.shape[1] * request.factor, pixels.shape[0] * request.factor
                )
                return Answer(images.encode_png(large))
            case SketchRequest():
                return Answer(request.image)
            case ModelRequest():
                return Answer(b"glTF" + bytes(20))


def ring(side: int, seed: int) -> images.Pixels:
    """A shaded ring with a stone on white."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - 0.5
    radius = np.hypot(x, y - 0.05)
    picture = np.full((side, side, 3), 255, np.uint8)
    band = np.abs(radius - 0.28) < 0.04
    shade = 120 + 90 * np.sin(7 * np.arctan2(y, x) + seed)
    picture[band] = np.stack([shade, shade * 0.8, shade * 0.35], axis=-1)[band]
    stone = np.hypot(x, y + 0.27) < 0.07
    picture[stone] = (40 + 50 * (seed % 4), 60, 200)
    return picture


@pytest.fixture(autouse=True)
def foreseen(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that shows "something went wrong" has failed, though nothing was raised; those that want it say so."""
    yield
    log.forget()
    if "unforeseen" not in request.keywords:
        assert [r.getMessage() for r in caplog.records if r.getMessage() == "page.failed"] == []


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """The workbench the pages will find."""
    monkeypatch.setattr("pipeline.workbench.Atelier", Painter)
    monkeypatch.setattr("pages.ui.samples.FOLDER", ROOT / "tests" / "no-such-folder")
    forget()
    yield workbench()
    for job in workbench().jobs.running():
        job.cancel()
        job.wait(20)
    workbench().cache.close()
    forget()


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Store], Design]:
    """Puts a finished design into a store; it is made once for all tests."""
    shelf = Store(tmp_path_factory.mktemp("finished"))
    pendant = pieces.finish(shelf)
    return lambda store: take_in(store, shelf, pendant, pendant.name)


@pytest.fixture
def visit(bench: Workbench) -> Callable[..., AppTest]:
    """Open a page inside the frame, as a visitor does."""

    def open_page(path: str = "", **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        at.run()
        for name, value in query.items():
            at.query_params[name] = value
        if path:
            at.switch_page(path)
            at.run()
        assert not at.exception
        return at

    return open_page


def finish(at: AppTest, bench: Workbench, design_id: str, verb: str) -> AppTest:
    """Wait for a job and draw the page again."""
    job = bench.jobs.find(design_id, verb)
    assert job is not None
    assert job.wait(60)
    assert [str(row.error) for row in job.troubles] == []
    at.run()
    assert not at.exception
    return at
