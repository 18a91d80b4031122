"""A catalogue on a cluster: how nearly two workers do twice the work of one, and what deaths cost.

    python -m benchmarks.cluster [rows for each worker] [kills]

The rows are of words at 512 px through the whole walk, rendered; each worker has one core, so that two have twice what
one has. Measured from the end of each worker's first row on: what comes before is start-up. Then workers die by SIGKILL
at random moments, and the scheduler once, while close-ups and models are ordered at stand-ins in this process, which
count the orders; masters come from a painter there, so that rows take seconds.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import psutil
from distributed import Client

from benchmarks.catalogue import CLOSE_UPS, judge, paint, write
from benchmarks.kills import addresses, services
from pipeline.catalogue.cluster import run_on
from pipeline.catalogue.pictures import Pictures
from pipeline.catalogue.reckoning import Budget
from pipeline.catalogue.row import Wanted
from pipeline.catalogue.run import Catalogue
from pipeline.catalogue.table import Piece, read
from pipeline.errors import LoupeError
from pipeline.settings import Settings
from pipeline.workbench import Workbench

ROOT = Path(__file__).parent.parent
ROWS, KILLS = 6, 10
KILLED_ROWS = 8
SIDE_PX = 512
_PAINTED = "LOUPE_BENCHMARK_PAINTED"
_METALS = ("gold", "rose gold", "platinum", "silver")
_STONES = ("sapphire", "ruby", "emerald", "diamond", "amethyst")


def dask_setup(_: object) -> None:
    """Dask calls this in each worker before its first row."""
    if os.environ.get(_PAINTED):
        paint()


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    rows, kills = (*numbers, *(ROWS, KILLS)[len(numbers) :])[:2]
    if rows:
        print(_scaling(rows), flush=True)
    if kills:
        print(_deaths(kills), flush=True)


# -- how it scales


@dataclass
class Pace:
    """When rows ended, and what they left."""

    workers: int
    ended_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    """Of scheduler, workers and renderers together, when each row ended."""
    archive_bytes: int = 0
    store_bytes: int = 0

    @property
    def row_s(self) -> float:
        """Seconds a row takes one worker, after start-up."""
        return self.workers * self._slope(self.ended_s)

    @property
    def row_cpu_s(self) -> float:
        """Seconds of a processor that a row takes, after start-up."""
        return self._slope(self.cpu_s)

    def _slope(self, at: list[float]) -> float:
        """Seconds from row to row, from the last first row on."""
        times = at[self.workers - 1 :]
        return (times[-1] - times[0]) / (len(times) - 1)

    def told(self) -> str:
        """In one line."""
        rows = len(self.ended_s)
        return (
            f"{rows} rows by {self.workers} on {self.workers} cores, after start-up: {self.row_s:.1f} s a row each, "
            f"{self.row_cpu_s:.1f} s of a processor; {self.archive_bytes / rows / 1e6:.1f} MB a row handed out, "
            f"{self.store_bytes / rows / 1e6:.1f} MB kept"
        )


def _scaling(rows: int) -> str:
    cores = sorted(os.sched_getaffinity(0))[:2]
    one = _paced(cores[:1], rows)
    print(one.told(), flush=True)
    two = _paced(cores, 2 * rows)
    print(two.told(), flush=True)
    return (
        f"efficiency per worker, two against one: {one.row_s / two.row_s:.2f} of linear by the clock, "
        f"{one.row_cpu_s / two.row_cpu_s:.2f} by the processors"
    )


def _cpu_s() -> float:
    """Seconds of a processor that all processes begun from this one have used."""
    used = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            times = process.cpu_times()
            used += times.user + times.system
    return used


def _paced(cores: list[int], rows: int) -> Pace:
    pace = Pace(len(cores))
    with tempfile.TemporaryDirectory() as scratch, _cluster(Path(scratch), {}, cores) as (address, _):
        folder = Path(scratch)
        catalogue = _catalogue(folder, _words(rows))

        def tell(_: int, piece: Piece, __: float, part: str) -> None:
            if part in {"done", "incomplete", "failed"}:
                pace.ended_s.append(time.monotonic())
                pace.cpu_s.append(_cpu_s())
                print(f"  row {piece.row} {part}, {pace.cpu_s[-1]:.0f} s of processors", flush=True)

        lines = run_on(address, catalogue, tell)
        if {line.state for line in lines} != {"done"}:
            raise AssertionError([(line.row, line.state, line.look) for line in lines])
        pace.archive_bytes = _bytes(folder / "out")
        pace.store_bytes = _bytes(folder / "data")
    return pace


def _words(rows: int) -> tuple[Piece, ...]:
    return tuple(
        Piece(
            row=n + 1,
            name=f"Ring {n + 1}",
            prompt=f"a {_METALS[n % 4]} ring with a {0.5 + 0.1 * (n % 7):.1f} ct {_STONES[n % 5]}",
            size=SIDE_PX,
            factor=2,
            seed=n,
        )
        for n in range(rows)
    )


def _catalogue(folder: Path, pieces: tuple[Piece, ...], cap_usd: float = 0.0) -> Catalogue:
    settings = Settings(data_dir=folder / "data")
    bench = Workbench(settings)
    pictures = Pictures(folder, frozenset(), bench.cache)
    return Catalogue(bench, pieces, folder / "out", "B", pictures, Budget(settings, cap_usd), Wanted())


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# -- what deaths cost


def _deaths(kills: int) -> str:
    draw, started = random.Random(19), time.monotonic()
    with (
        tempfile.TemporaryDirectory() as scratch,
        services(Path(scratch) / "services") as shops,
        mock.patch.dict(os.environ, addresses(shops)),
    ):
        folder = Path(scratch)
        write(folder / "pieces.csv", KILLED_ROWS)
        makers = {"enhancer": "fal-seedvr", "modeler": "meshy", "sketcher": "local"}
        pieces = read(folder / "pieces.csv", makers)
        killed = runs = 0
        scheduler_killed = False
        while True:
            runs += 1
            with _cluster(folder, {**addresses(shops), _PAINTED: "1"}, [None, None]) as (address, scheduler):
                killer = _Killer(address, draw, kills - killed, None if scheduler_killed else scheduler)
                killer.start()
                try:
                    run_on(address, _catalogue(folder, pieces, cap_usd=500), _quiet)
                    whole = True
                except LoupeError:
                    whole = False
                killer.over.set()
                killer.join()
                killed += killer.killed
                scheduler_killed = scheduler_killed or killer.scheduler_killed
            if whole and not _catalogue(folder, pieces).undone():
                break
            if runs > 2 * kills:
                raise AssertionError("it comes to no end")
        judge(folder, shops, KILLED_ROWS)
    return (
        f"{KILLED_ROWS} rows, {killed} workers killed, scheduler {'killed once' if scheduler_killed else 'alive'}, "
        f"{runs} runs: every row once, {KILLED_ROWS * CLOSE_UPS} close-ups and {KILLED_ROWS} models ordered once each, "
        f"{time.monotonic() - started:.0f} s"
    )


class _Killer(threading.Thread):
    """Kills workers at random moments, and after half of them the scheduler."""

    def __init__(
        self, address: str, draw: random.Random, kills: int, scheduler: subprocess.Popen[bytes] | None
    ) -> None:
        super().__init__()
        self.killed, self.scheduler_killed = 0, False
        self.over = threading.Event()
        self._address, self._draw, self._kills, self._scheduler = address, draw, kills, scheduler

    def run(self) -> None:
        with Client(self._address, set_as_default=False) as client:
            while self.killed < self._kills and not self.over.wait(self._draw.uniform(0.5, 5.0)):
                with suppress(Exception):  # one that is just being born has no number yet
                    pids = list(client.run(os.getpid, on_error="ignore").values())
                    os.kill(self._draw.choice(pids), signal.SIGKILL)
                    self.killed += 1
                if self._scheduler is not None and self.killed >= (self._kills + 1) // 2:
                    self._scheduler.kill()
                    self.scheduler_killed = True
                    return


def _quiet(*_: object) -> None:
    pass


@contextmanager
def _cluster(
    folder: Path, variables: Mapping[str, str], cores: list[int] | list[None]
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler and one worker for each of the cores, as their commands start them; the scheduler's address."""
    file = folder / f"scheduler-{time.monotonic_ns()}.json"
    environment = {
        **os.environ,
        **variables,
        "LOUPE_DATA_DIR": str(folder / "data"),
        "LOUPE_LOG_LEVEL": "ERROR",
    }
    commands = [
        ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    ]
    worker = [
        "worker",
        "--scheduler-file",
        str(file),
        "--nthreads",
        "1",
        "--memory-limit",
        "3GiB",
        "--no-dashboard",
    ]
    worker += [
        "--preload",
        "benchmarks.cluster",
        "--local-directory",
        str(folder / "scratch"),
        "--death-timeout",
        "20",
    ]
    commands += [worker] * len(cores)
    started = []
    for core, command in zip([None, *cores], commands, strict=True):
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "dask", *command],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=(folder / "dask.log").open("ab"),
                preexec_fn=None if core is None else (lambda core=core: os.sched_setaffinity(0, {core})),
            )
        )
    try:
        while not file.exists():
            time.sleep(0.1)
        yield str(json.loads(file.read_text())["address"]), started[0]
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


if __name__ == "__main__":
    main()
