"""A catalogue on a cluster: how nearly two workers do twice the work of one, and what deaths cost.

    python -m benchmarks.cluster [rows] [kills]     # 200 0: the whole table, unattended; 0 10: deaths alone

The same rows, of words at 512 px through the whole walk, rendered, by one worker and then by two; of a long table the
one worker makes every third row, which tells its pace to a percent. A worker has one core: its process and its renderer
are bound to it, so that two have twice what one has and none computes on another's. The scheduler and the command run
where there is room, and what they use is counted apart. By the clock it is measured from the end of each worker's first
row on, which is start-up, until one of them finds no row more; by the processors row for row, the same piece against
itself. Before and after, a loop that only computes tells what a second of two cores of this machine at once is worth
against one of one core.

Then workers die by SIGKILL at random moments, and the scheduler once, while close-ups and models are ordered at
stand-ins in this process, which count the orders; masters come from a painter there, so that rows take seconds.
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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
from distributed import Client

from benchmarks.catalogue import CLOSE_UPS, judge, paint, write
from benchmarks.kills import addresses, services
from pipeline.catalogue import cluster, row
from pipeline.catalogue.cluster import run_on
from pipeline.catalogue.pictures import Pictures
from pipeline.catalogue.place import Disk
from pipeline.catalogue.reckoning import Budget
from pipeline.catalogue.report import Report
from pipeline.catalogue.row import Wanted
from pipeline.catalogue.run import Catalogue
from pipeline.catalogue.table import Piece, read
from pipeline.errors import LoupeError
from pipeline.settings import Settings
from pipeline.workbench import Workbench

ROOT = Path(__file__).parent.parent
ROWS, KILLS = 12, 10
KILLED_ROWS = 8
SIDE_PX = 512
LONG = 60
"""Rows from which on one worker alone makes every third."""
PATIENCE_S = 300.0
"""For workers that are being begun on a loaded machine."""
_PAINTED, _NOTES = "LOUPE_BENCHMARK_PAINTED", "LOUPE_BENCHMARK_NOTES"
_METALS = ("gold", "rose gold", "platinum", "silver")
_STONES = ("sapphire", "ruby", "emerald", "diamond", "amethyst")


def dask_setup(_: object) -> None:
    """Dask calls this in each worker before its first row."""
    if os.environ.get(_PAINTED):
        paint()
    if os.environ.get(_NOTES):
        _noted(Path(os.environ[_NOTES]))


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
    """When rows ended, and what they took and left."""

    workers: int
    ended_s: list[float] = field(default_factory=list)
    cpu_s: dict[int, float] = field(default_factory=dict)
    """Seconds of a processor that each row took its worker and its renderer, by the row's number."""
    firsts: set[int] = field(default_factory=set)
    """The rows that workers began with: start-up is in them."""
    beside_s: float = 0.0
    """Seconds of a processor that the scheduler and this process used."""
    archive_bytes: int = 0
    store_bytes: int = 0

    @property
    def row_s(self) -> float:
        """Seconds from row to row for one worker, while all of them work and after start-up."""
        times = sorted(self.ended_s)[self.workers - 1 : len(self.ended_s) - (self.workers - 1)]
        return self.workers * (times[-1] - times[0]) / (len(times) - 1)

    def line(self) -> str:
        """A line of the table."""
        rows = len(self.ended_s)
        ours = [self.cpu_s[row] for row in self.cpu_s.keys() - self.firsts]
        return (
            f"{self.workers:>7} {rows:>5} {self.row_s:>13.1f} {sum(ours) / len(ours):>18.1f} "
            f"{self.beside_s / rows:>7.2f} {self.archive_bytes / rows / 1e6:>7.1f} "
            f"{self.store_bytes / rows / 1e6:>8.1f}"
        )


_HEAD = "workers  rows  s a row each  processor s a row  beside  MB out  MB kept"


def _scaling(rows: int) -> str:
    cores = sorted(os.sched_getaffinity(0))[:2]
    print(f"{rows} rows; two loops against one: {_worth(cores):.2f} a core", flush=True)
    pieces = _words(rows)
    one = _paced(cores[:1], pieces[::3] if rows >= LONG else pieces)
    print(f"{_HEAD}\n{one.line()}", flush=True)
    two = _paced(cores, pieces)
    both = (one.cpu_s.keys() & two.cpu_s.keys()) - one.firsts - two.firsts
    by_cpu = sum(one.cpu_s[row] for row in both) / sum(two.cpu_s[row] for row in both)
    return (
        f"{_HEAD}\n{one.line()}\n{two.line()}\n"
        f"efficiency per worker, two against one, of linear: {one.row_s / two.row_s:.2f} by the clock, {by_cpu:.2f} by "
        f"the processors over {len(both)} rows; two loops against one: {_worth(cores):.2f} a core"
    )


_LOOP = """
import time
begun, count, total = time.perf_counter(), 0, 0
while time.perf_counter() - begun < {seconds}:
    for n in range(10000):
        total += n * n
    count += 1
print(count / time.process_time())
"""


def _worth(cores: list[int], seconds: float = 3.0) -> float:
    """What a second of each of two cores at once is worth, against one of one core alone.

    Less than 1 where two cores are threads of one, or share what they compute from.
    """

    def rate(these: list[int]) -> float:
        loops = [
            subprocess.Popen(
                [sys.executable, "-c", _LOOP.format(seconds=seconds)],
                stdout=subprocess.PIPE,
                preexec_fn=lambda core=core: os.sched_setaffinity(0, {core}),
            )
            for core in these
        ]
        return sum(float(loop.communicate()[0]) for loop in loops) / len(loops)

    alone = rate(cores[:1])
    return rate(cores) / alone


def _cpu_s(pids: Iterable[int]) -> float:
    """Seconds of a processor that these processes and all they began have used, also those that ended."""
    used = 0.0
    for pid in pids:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.Error):
                    times = each.cpu_times()
                    used += times.user + times.system + times.children_user + times.children_system
    return used


def _paced(cores: list[int], pieces: tuple[Piece, ...]) -> Pace:
    pace = Pace(len(cores))
    with (
        tempfile.TemporaryDirectory() as scratch,
        _cluster(Path(scratch), {_NOTES: f"{scratch}/notes"}, cores) as (address, started),
    ):
        folder = Path(scratch)
        catalogue = _catalogue(folder, pieces)
        own = _cpu_s([started[0].pid]) + time.process_time()

        def tell(_: int, piece: Piece, __: float, part: str) -> None:
            if part in {"done", "incomplete", "failed"}:
                pace.ended_s.append(time.monotonic())
                print(f"  {pace.workers}: row {piece.row} {part}", flush=True)

        lines = run_on(address, catalogue, tell, notice=print, patience_s=PATIENCE_S)
        if {line.state for line in lines} != {"done"}:
            raise AssertionError([(line.row, line.state, line.look) for line in lines])
        pace.beside_s = _cpu_s([started[0].pid]) + time.process_time() - own
        for note in (folder / "notes").iterdir():
            entries = [json.loads(text) for text in note.read_text().splitlines()]
            pace.firsts.add(entries[0]["row"])
            pace.cpu_s |= {entry["row"]: entry["cpu_s"] for entry in entries}
        pace.archive_bytes = _bytes(folder / "out")
        pace.store_bytes = _bytes(folder / "data")
    return pace


def _noted(folder: Path) -> None:
    """Have this worker note for each row what it took it and its renderer."""
    real = row.work_off

    def work_off(bench: Workbench, piece: Piece, *values: Any, **named: Any) -> row.Ended:
        used = _cpu_s([os.getpid()])
        ended = real(bench, piece, *values, **named)
        took = {"row": piece.row, "cpu_s": _cpu_s([os.getpid()]) - used}
        folder.mkdir(exist_ok=True)
        with (folder / f"{os.getpid()}.jsonl").open("a") as file:
            file.write(json.dumps(took) + "\n")
        return ended

    cluster.work_off = work_off  # type: ignore[attr-defined]


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
    return Catalogue(bench, pieces, Disk(folder / "out"), "B", pictures, Budget(settings, cap_usd), Wanted())


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
            with _cluster(folder, {**addresses(shops), _PAINTED: "1"}, [None, None]) as (address, processes):
                scheduler = None if scheduler_killed else processes[0]
                killer = _Killer(address, draw, kills - killed, scheduler)
                killer.start()
                try:
                    run_on(
                        address,
                        _catalogue(folder, pieces, cap_usd=500),
                        _quiet,
                        notice=print,
                        patience_s=PATIENCE_S,
                    )
                    whole = True
                except LoupeError:
                    whole = False
                killer.over.set()
                killer.join()
                killed += killer.killed
                lines = Report(Disk(folder / "out")).of(pieces)
                print(f"  run {runs}: {killed} killed, {len(lines)} of {len(pieces)} rows ended", flush=True)
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
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and a worker for each of the cores, as their commands start them: its address, and all, it first."""
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
        "300",
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
        yield str(json.loads(file.read_text())["address"]), started
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


if __name__ == "__main__":
    main()
