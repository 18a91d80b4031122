"""The atelier as many ask it at once: one renderer, and each caller's own place in the queue."""

import fcntl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pipeline.atelier.render import client, engine
from pipeline.atelier.spec import Spec
from pipeline.errors import Cancelled
from pipeline.providers.base import GenerateRequest, Silent
from pipeline.providers.builtin.atelier import Atelier

RING = Spec.model_validate({"kind": "ring", "stone": {}}).model_dump_json()


class Caller(Silent):
    """Hears what it is told, and leaves when asked to."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.leaving = threading.Event()

    def progress(self, fraction: float, note: str = "") -> None:
        self.notes.append(note)

    def cancelled(self) -> bool:
        return self.leaving.is_set()


def test_there_is_one_renderer_however_many_ask_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen threads of a fresh start, and a constructor slow enough for all of them to be inside it."""
    built: list[object] = []

    class Slow:
        def __init__(self, *_: object, **__: object) -> None:
            time.sleep(0.05)
            built.append(self)

    monkeypatch.setattr(client, "Renderer", Slow)
    atelier = Atelier(tmp_path)
    together = threading.Barrier(16)

    def ask(_: int) -> object:
        together.wait()
        return atelier._process()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    assert len(built) == 1
    assert all(answer is built[0] for answer in answers)


def test_without_llvm_whatever_is_asked_comes_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A master of the usual 2048 pixels, a still and a frame are rendered at what the slow engine takes."""
    monkeypatch.setattr(
        engine, "capability", lambda: engine.Capability("scalar", engine.SCALAR_NOTE, engine.SCALAR_MAX_SIZE)
    )
    sizes: list[int] = []

    def render(
        self: Atelier, piece: object, camera: object, watch: object, *, size: int, **_: object
    ) -> object:
        sizes.append(size)
        return np.zeros((8, 8, 3), np.uint8)

    monkeypatch.setattr(Atelier, "_render", render)
    atelier = Atelier(tmp_path)
    atelier.run(GenerateRequest("a gold band", kind="ring", width=2048, height=2048, origin=RING), Silent())
    atelier.still(RING, "back", 2048, Silent())
    atelier.frame(RING, 0.0, 2048, Silent())
    assert sizes == [engine.SCALAR_MAX_SIZE] * 3
    assert atelier.capability_note() == engine.SCALAR_NOTE


def test_each_caller_hears_its_own_place(tmp_path: Path) -> None:
    """Behind a busy renderer the first is told 1 ahead, the second 2, the third 3; who leaves moves the others up."""
    atelier = Atelier(tmp_path)
    (tmp_path / "renderer").mkdir()
    callers = [Caller() for _ in range(3)]

    def wait_for(caller: Caller, words: str) -> None:
        deadline = time.monotonic() + 60
        while not (caller.notes and caller.notes[-1].endswith(words)):
            assert time.monotonic() < deadline, (words, caller.notes)
            time.sleep(0.02)

    with (tmp_path / "renderer" / "render.lock").open("wb") as busy, ThreadPoolExecutor(3) as pool:
        fcntl.flock(busy, fcntl.LOCK_EX)
        jobs = []
        for place, caller in enumerate(callers):
            jobs.append(pool.submit(atelier.frame, RING, 0.0, 64, caller))
            wait_for(caller, f"{max(place, 1)} ahead.")
        callers[1].leaving.set()
        wait_for(callers[2], "1 ahead.")
        for caller in callers:
            caller.leaving.set()
        for job in jobs:
            with pytest.raises(Cancelled):
                job.result(60)
    assert all("2 ahead" not in note for note in callers[1].notes + callers[0].notes)
