"""The whole walk: server start, rerun, prompt to master, one macro, a headless run, its replay, memory."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipeline import images
from pipeline.prompts import MASTER
from pipeline.providers.base import EnhanceRequest, GenerateRequest, Silent
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.workbench import Workbench

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parent.parent
PORT = 8639
RING = "a yellow gold solitaire ring with a round diamond, six prongs"
Made = TypeVar("Made")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _headless(folder)
        _rerun(folder)
        _server(folder)
        _atelier(folder)


def _row(name: str, value: float, unit: str = "s", goal: str = "") -> None:
    print(f"{name:<58}{value:9.2f} {unit:<4}{goal}", flush=True)


def _timed(work: Callable[[], Made]) -> tuple[float, Made]:
    started = time.perf_counter()
    made = work()
    return time.perf_counter() - started, made


def _headless(folder: Path) -> None:
    """A run from nothing, then the very same run again."""
    for name, goal in (("whole headless run, 2048 px, 4x", ""), ("replay of the same run", "goal < 2 s")):
        out = folder / "out"
        seconds, told = _timed(lambda out=out: _cli(folder, ["run", MASTER, "--out", str(out)]))
        _row(name, seconds, goal=goal)
        print(f"    {told.stdout.strip()}")
        shutil.rmtree(out)


def _cli(folder: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LOUPE_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)


def _rerun(folder: Path) -> None:
    """Server time of a rerun of the showcase with its twelve pictures."""
    from streamlit.testing.v1 import AppTest

    os.environ["LOUPE_DATA_DIR"] = str(folder / "data")
    design = Workbench(Settings()).store.designs()[0]
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.run()
    at.query_params["design"] = design.id
    at.switch_page("pages/showcase.py").run()
    times = [_timed(at.run)[0] for _ in range(15)]
    _row(
        "rerun of a finished showcase (12 pictures), median",
        statistics.median(times) * 1e3,
        "ms",
        "goal < 100 ms",
    )


def _server(folder: Path) -> None:
    """Start to first page, and the server's own peak memory while the same design is opened on every page."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    environment = {**os.environ, "LOUPE_DATA_DIR": str(folder / "data")}
    design = Workbench(Settings(data_dir=folder / "data")).store.designs()[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page()
        started = time.perf_counter()
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(PORT)]
        server = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        peak = _Peak(server.pid)
        try:
            _until_up(page.goto, f"http://127.0.0.1:{PORT}/")
            page.get_by_role("heading", name="One piece, every view").wait_for(timeout=60_000)
            _row(
                "server start to first page, samples imported",
                time.perf_counter() - started,
                goal="goal < 3 s",
            )
            for step in ("generate", "crop", "enhance", "sketch", "model3d", "showcase"):
                page.goto(f"http://127.0.0.1:{PORT}/{step}?design={design.id}")
                page.get_by_role("heading", level=1).wait_for(timeout=60_000)
                page.wait_for_timeout(1500)
            _first_close_up(page, folder / "data")
            page.goto(f"http://127.0.0.1:{PORT}/generate")
            page.get_by_role("button", name="Generate four candidates").click()
            page.get_by_role("button", name="Make this the master").first.wait_for(timeout=240_000)
            _row("server's peak memory, walk and four candidates", peak.stop(), "MB", "goal < 1200 MB")
        finally:
            server.kill()
            server.wait()
            browser.close()


def _first_close_up(page: "Page", data: Path) -> None:
    """From the moment the first of five close-ups of a photograph is stored until it is on the page."""
    store = Workbench(Settings(data_dir=data)).store
    master = store.designs()[0].branch.master  # type: ignore[union-attr]
    photograph = images.encode_png(images.within(store.pixels(master), 640))
    design = generate.upload(store, store.create("Photographed", kind="ring").id, photograph)
    page.goto(f"http://127.0.0.1:{PORT}/enhance?design={design.id}")
    page.get_by_role("button", name="Enhance all").click()
    while not store.load(design.id).branch.close_ups:  # type: ignore[union-attr]
        time.sleep(0.02)
    seconds, _ = _timed(lambda: page.locator(".compare").first.wait_for(timeout=60_000))
    _row("first close-up on the page after it was stored", seconds, goal="goal < 1 s")
    page.get_by_role("button", name="Cancel").click()


def _until_up(go: Callable[[str], object], url: str) -> None:
    for _ in range(200):
        try:
            go(url)
        except Exception:  # noqa: BLE001 - refused until the server listens
            time.sleep(0.05)
        else:
            return


class _Peak:
    """Highest resident memory of a process, sampled."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._peak = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stop.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            try:
                lines = self._status.read_text().splitlines()
            except OSError:
                return
            for line in lines:
                if line.startswith("VmHWM"):
                    self._peak = int(line.split()[1]) / 1024


def _atelier(folder: Path) -> None:
    """Prompt to picture, and one macro of a ring's head."""
    bench = Workbench(Settings(data_dir=folder / "renders"))
    ask = bench.atelier.run
    draft = GenerateRequest(RING, "ring", 512, 512, draft=True)
    seconds, _ = _timed(lambda: ask(draft, Silent()))
    _row("prompt to first draft, 512 px, renderer cold", seconds)
    seconds, answer = _timed(
        lambda: ask(GenerateRequest(RING, "ring", 512, 512, seed=1, draft=True), Silent())
    )
    _row("prompt to draft, 512 px, renderer warm", seconds)
    seconds, answer = _timed(lambda: ask(GenerateRequest(RING, "ring", 2048, 2048), Silent()))
    _row("prompt to master, 2048 px", seconds)
    macro = EnhanceRequest(
        b"", "", 2048, 2048, 4, origin=answer.origin, window=(768, 150, 512, 512), master_size=(2048, 2048)
    )
    seconds, _ = _timed(lambda: ask(macro, Silent()))
    _row("macro of a ring's head, 512 to 2048 px", seconds)
