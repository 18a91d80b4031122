"""The API over a real workbench in an empty folder, called as this machine calls itself; a painter renders."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from numpy.typing import NDArray
from starlette.testclient import TestClient

from pipeline import images
from pipeline.api.access import Access
from pipeline.api.application import application
from pipeline.atelier.language.prompt import read
from pipeline.atelier.language.reader import as_answer
from pipeline.brake import Brake
from pipeline.demo.server import StandIn
from pipeline.demo.stand_ins import stand_in
from pipeline.providers.base import Answer, Request, SketchRequest, Watch
from pipeline.settings import Settings
from pipeline.workbench import Workbench
from tests.pages.conftest import Painter, ring

Open = Callable[..., TestClient]


class Draughtsman(Painter):
    """Draws what it is shown, too."""

    def run(self, request: Request, watch: Watch) -> Answer:
        if isinstance(request, SketchRequest):
            return Answer(images.encode_png(images.decode(request.image)))
        return super().run(request, watch)

    @staticmethod
    def silhouette(_: str, side: int) -> NDArray[np.bool_]:
        """Where the ring is."""
        return np.asarray((ring(side, 0) != 255).any(axis=2))


def unhurried() -> Access:
    """Lets everybody call as often as they like."""
    access = Access()
    access._reads = access._writes = Brake(one=(10**6, 0.001), everyone=(10**6, 0.001))
    return access


@pytest.fixture
def openai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """OpenAI's stand-in, whose text model reads silver earrings into everything."""
    with stand_in("openai", tmp_path / "openai", key="sk-own") as server:
        reading = as_answer(read("silver hoop earrings 30 mm").spec)
        server.artist.read = lambda _: reading  # type: ignore[method-assign]
        monkeypatch.setenv("LOUPE_OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("LOUPE_OPENAI_API_KEY", "sk-own")
        yield server


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workbench]:
    monkeypatch.setattr("pipeline.workbench.Atelier", Draughtsman)
    monkeypatch.setattr("pipeline.stages.sketch._DRAWN_PX", 384)
    monkeypatch.setattr("pipeline.stages.sheets.SHEET_DPI", 72)
    opened = Workbench(Settings(data_dir=tmp_path / "data"))
    yield opened
    for job in opened.jobs.running():
        job.cancel()
        job.wait(20)
    opened.cache.close()


@pytest.fixture
def app(bench: Workbench) -> FastAPI:
    return application(lambda: bench, unhurried())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A caller on this machine."""
    with calling(app) as caller:
        yield caller


def calling(app: FastAPI, address: str = "127.0.0.1", host: str = "localhost:8501") -> TestClient:
    return TestClient(app, base_url=f"http://{host}", client=(address, 40000), raise_server_exceptions=True)


@pytest.fixture
def picture() -> bytes:
    return images.encode_png(ring(600, 3))
