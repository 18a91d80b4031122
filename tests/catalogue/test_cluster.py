"""A catalogue on a cluster of processes: each row once, a dead worker's row elsewhere, the cap kept by all together."""

import os
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from distributed import LocalCluster

from pipeline.catalogue.cluster import Stopped, Task, _Rows, _Workers, run_on, worked_off
from pipeline.catalogue.pictures import Pictures
from pipeline.catalogue.place import Disk
from pipeline.catalogue.reckoning import Budget
from pipeline.catalogue.report import PAGE, Line, Report
from pipeline.catalogue.row import Ended, Wanted, _begun_with, never
from pipeline.catalogue.run import Catalogue, Keeping
from pipeline.catalogue.table import Piece
from pipeline.errors import BadInput, Cancelled, CapReached, LoupeError, StorageError
from pipeline.export import archive
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.walk import design_id
from pipeline.workbench import Workbench
from tests.catalogue.cheap_rows import begun

pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[LocalCluster]:
    """Two workers, each a process with a nanny that begins another when it dies."""
    variables = {"LOUPE_DATA_DIR": str(folder / "data"), "LOUPE_OPENAI_API_KEY": "k-1"}
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        memory_limit="2GB",
        dashboard_address=None,
        host="127.0.0.1",
        preload=["tests.catalogue.cheap_rows"],
        env=variables,
    ) as running:
        yield running


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_OPENAI_API_KEY", "k-1")


def catalogue(folder: Path, rows: tuple[Piece, ...], *, out: str, cap_usd: float = 0.0) -> Catalogue:
    settings = Settings(data_dir=folder / "data")
    bench = Workbench(settings)
    pictures = Pictures(folder, frozenset(), bench.cache)
    return Catalogue(bench, rows, Disk(folder / out), "Spring", pictures, Budget(settings, cap_usd))


def pieces(words: str, count: int, *, first: int = 1, enhancer: str = "") -> tuple[Piece, ...]:
    return tuple(
        Piece(row=n, name=f"{words} {n}", prompt=f"{words} ring {n}", seed=n, enhancer=enhancer)
        for n in range(first, first + count)
    )


def quiet(*_: object) -> None:
    pass


def test_every_row_once_by_several_workers(cluster: LocalCluster, folder: Path) -> None:
    """Archives, covers, lines and the page come here; a second run finds nothing to do."""
    rows = (*pieces("slow", 4), Piece(row=5, name="Bare", fault="It has neither words nor a picture."))
    lines = run_on(cluster.scheduler_address, catalogue(folder, rows, out="once"), quiet)
    assert [line.state for line in lines] == ["done"] * 4 + ["failed"]
    for line in lines[:4]:
        data = (folder / "once" / line.archive).read_bytes()
        assert archive.read(Store(folder / "read" / line.design_id), data).name == line.name
        assert (folder / "once" / line.cover).is_file()
    ours = [(name, pid) for name, pid in begun(folder / "data") if name.startswith("slow")]
    assert Counter(name for name, _ in ours) == Counter(f"slow {n}" for n in range(1, 5))
    assert len({pid for _, pid in ours}) == 2
    assert "5 rows ended" in " ".join((folder / "once" / PAGE).read_text().split())
    assert catalogue(folder, rows, out="once").undone() == rows[4:]
    assert not list((folder / "data" / "catalogue").iterdir())


def test_a_dead_workers_row_is_done_elsewhere(cluster: LocalCluster, folder: Path) -> None:
    """Killed in the middle of a row; the row is begun twice and ends once, nothing else is done again."""
    rows = pieces("slow", 4, first=20)

    def kill() -> None:
        while not (named := [pid for name, pid in begun(folder / "data") if name == "slow 20"]):
            time.sleep(0.02)
        os.kill(named[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    lines = run_on(cluster.scheduler_address, catalogue(folder, rows, out="dead"), quiet)
    killer.join()
    assert [line.state for line in lines] == ["done"] * 4
    counts = Counter(name for name, _ in begun(folder / "data"))
    assert counts["slow 20"] == 2
    assert max(counts[row.name] for row in rows[1:]) <= 2  # one that waited on the dead worker may have begun
    texts = [t for t in (folder / "dead" / "report.jsonl").read_text().split("\n") if t]
    assert sorted(Line.model_validate_json(t).row for t in texts) == [20, 21, 22, 23]


def test_two_deaths_after_the_purchase_buy_nothing_twice(cluster: LocalCluster, folder: Path) -> None:
    """Each time a worker dies that has just bought something; every row ends once, and is paid for once."""
    rows = pieces("late", 4, first=80, enhancer="openai")

    def kill() -> None:
        dead: set[str] = set()
        while len(dead) < 2:
            bought = {name: pid for name, pid in begun(folder / "data") if name.startswith("bought late")}
            for name in bought.keys() - dead:
                if len(dead) < 2:
                    os.kill(bought[name], signal.SIGKILL)
                    dead |= {each for each, pid in bought.items() if pid == bought[name]}
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    whole = catalogue(folder, rows, out="deaths", cap_usd=50)
    lines = run_on(cluster.scheduler_address, whole, quiet)
    killer.join()
    assert [(line.state, line.cost_usd) for line in lines] == [("done", 0.4)] * 4
    texts = [t for t in (folder / "deaths" / "report.jsonl").read_text().split("\n") if t]
    assert sorted(Line.model_validate_json(t).row for t in texts) == [80, 81, 82, 83]
    names = Counter(name for name, _ in begun(folder / "data"))
    assert [names[f"bought late {n}"] for n in range(80, 84)] == [1] * 4
    assert sum(names[f"late {n}"] for n in range(80, 84)) >= 6


class Killed(BaseException):
    """The worker's process ends."""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """The workbench of a worker in this process, beside the note of a command that runs."""
    bench = Workbench(Settings(data_dir=tmp_path / "data"))
    monkeypatch.setattr("pipeline.catalogue.cluster._opened", lambda: bench)
    (tmp_path / "data" / "catalogue").mkdir()
    (tmp_path / "data" / "catalogue" / "run").touch()
    yield bench
    bench.cache.close()


def after_two_deaths(task: Task) -> Ended:
    """What a row comes to whose worker was killed twice."""
    for _ in range(2):
        with pytest.raises(Killed):
            worked_off(task)
    outcome = worked_off(task)
    assert isinstance(outcome, Ended)
    return outcome


@pytest.mark.usefixtures("worker")
def test_a_row_whose_workers_die_is_begun_twice_and_not_a_third_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it ordered before may be bought already: after two deaths only a person asks again."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr("pipeline.catalogue.cluster.work_off", die)
    (piece,) = pieces("deadly", 1, enhancer="openai")
    task = Task("run", piece, None, Wanted(), estimate_usd=2.0, allowance_usd=5.0, earlier_usd=0.8)
    outcome = after_two_deaths(task)
    assert (outcome.line.state, outcome.line.cost_usd) == ("failed", 0.8)
    assert "goes on with it" in outcome.line.look


def test_the_cap_is_kept_by_all_workers_together(cluster: LocalCluster, folder: Path) -> None:
    """Each row costs 0.4: of 1.00 two are bought, whoever does them; with a higher cap the others follow."""
    rows = pieces("paid", 5, first=40, enhancer="openai")
    book = catalogue(folder, rows, out="cap").bench.spending()
    before = sum(entry.cost_usd > 0 for entry in book.entries())  # by other tests on the same disk
    with pytest.raises(CapReached, match=r"cap of \$1\.00"):
        run_on(cluster.scheduler_address, catalogue(folder, rows, out="cap", cap_usd=1.0), quiet)
    assert [line.cost_usd for line in Report(Disk(folder / "cap")).of(rows)] == [0.4, 0.4]
    lines = run_on(cluster.scheduler_address, catalogue(folder, rows, out="cap", cap_usd=2.0), quiet)
    assert sum(line.cost_usd for line in lines) == pytest.approx(2.0)
    assert sum(entry.cost_usd > 0 for entry in book.entries()) - before == 5


def test_what_a_row_has_cost_beyond_its_share_is_allowed_to_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row is allowed a share of the cap; one that comes to its end goes on alone, with what the others left."""
    monkeypatch.setattr("pipeline.catalogue.cluster._LOOK_S", 0.0)
    monkeypatch.setattr("pipeline.catalogue.cluster.prices", lambda _, rows: {r.print: 0.1 for r in rows})
    rows = pieces("dear", 4, first=60, enhancer="openai")
    whole = catalogue(tmp_path, rows, out="dear", cap_usd=2.0)
    prices = {rows[0].name: 0.2, rows[1].name: 1.2, rows[2].name: 0.5, rows[3].name: 0.5}
    spent: defaultdict[str, float] = defaultdict(float)
    under_way: list[int] = [0]

    class Ends:
        """A row on a worker: it spends what it costs, or what it is allowed."""

        status = "finished"

        def __init__(self, task: Task) -> None:
            self.task = task
            under_way.append(under_way[-1] + 1)

        def done(self) -> bool:
            return True

        def release(self) -> None:
            under_way.append(under_way[-1] - 1)

        def result(self) -> Ended | Stopped:
            name, price = self.task.piece.name, prices[self.task.piece.name]
            before, spent[name] = spent[name], max(spent[name], min(price, self.task.allowance_usd))
            if price > self.task.allowance_usd:
                return Stopped("allowance", "no more", cap=True, spent_usd=spent[name] - before)
            line = Line(row=self.task.piece.row, print=self.task.piece.print, state="done", cost_usd=price)
            return Ended(line)

    class Client:
        status = "running"

        def nthreads(self) -> dict[str, int]:
            return {"one": 1, "two": 1}

        def submit(self, _: object, task: Task, **__: object) -> Ends:
            return Ends(task)

    with Keeping(whole) as keeping, pytest.raises(CapReached, match=r"cap of \$2\.00"):
        _Rows(Client(), "run", whole, keeping, quiet, _Workers(Client(), "", quiet, None)).work_off(never)
    assert sum(spent.values()) == pytest.approx(2.0)
    assert [line.row for line in Report(Disk(tmp_path / "dear")).of(rows)] == [60, 62]
    assert max(under_way) == 2, "rows that cost money are done beside one another"


def test_a_row_that_was_to_cost_nothing_and_would_cost_is_no_endless_one(tmp_path: Path) -> None:
    """It was allowed nothing, and is allowed no more the next time."""
    rows = pieces("free", 1, first=70)
    whole = catalogue(tmp_path, rows, out="free", cap_usd=2.0)
    task = Task("run", rows[0], None, Wanted(), estimate_usd=0.0, allowance_usd=0.0, earlier_usd=0.0)
    refused = Stopped("allowance", "no more", cap=True)
    future = SimpleNamespace(status="finished", result=lambda: refused, release=lambda: None)
    with Keeping(whole) as keeping:
        under_way = _Rows(None, "run", whole, keeping, quiet, _Workers(None, "", quiet, None))
        under_way._waiting.clear()
        under_way._take(future, task)
    assert not under_way._waiting
    assert isinstance(under_way._trouble, CapReached)


def test_what_people_typed_is_not_in_what_dask_writes_of_a_task() -> None:
    """A worker's log has the task that failed, as it shows itself."""
    (piece,) = pieces("secret", 1)
    assert "secret" not in repr(Task("run", piece, b"secret", Wanted(), 0.0, 0.0, 0.0))


def test_rows_that_cost_money_want_one_data_folder(
    cluster: LocalCluster, folder: Path, tmp_path: Path
) -> None:
    """Elsewhere nobody knows what was ordered; rows that cost nothing are done all the same."""
    free = pieces("free", 1, first=50)
    assert run_on(cluster.scheduler_address, catalogue(tmp_path, free, out="o"), quiet)[0].state == "done"
    paid = pieces("apart", 1, first=51, enhancer="openai")
    with pytest.raises(StorageError, match="does not see the data folder"):
        run_on(cluster.scheduler_address, catalogue(tmp_path, paid, out="o", cap_usd=50), quiet)
    assert "apart 51" not in dict(begun(folder / "data"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tls://127.0.0.1:9", "127.0.0.1:x", "no way"])
def test_a_scheduler_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("pipeline.catalogue.cluster.CONNECT_S", 0.5)
    with pytest.raises(BadInput, match="No scheduler answers"):
        run_on(address, catalogue(tmp_path, pieces("lone", 1), out="o"), quiet)


def test_a_scheduler_that_dies_is_told(tmp_path: Path) -> None:
    """The page is written all the same; nobody waits for ever."""
    with LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as dying:
        threading.Timer(0.5, dying.close).start()
        with pytest.raises(LoupeError, match="run the same command again"):
            run_on(dying.scheduler_address, catalogue(tmp_path, pieces("slow", 2), out="dies"), quiet)
    assert "2 rows wait" in " ".join((tmp_path / "dies" / PAGE).read_text().split())


def test_a_scheduler_without_workers_is_told_and_waited_at_for_as_long_as_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, with the command that starts one; then it ends where nobody comes, or by choice waits on."""
    monkeypatch.setattr("pipeline.catalogue.cluster.SILENT_S", 0.05)
    said: list[str] = []
    rows = pieces("slow", 2)
    with LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as empty:
        address = empty.scheduler_address
        with pytest.raises(LoupeError, match="No worker was at"):
            run_on(address, catalogue(tmp_path, rows, out="o"), quiet, notice=said.append, patience_s=0.6)
        assert [sentence.count("dask worker") for sentence in said] == [1]
        asked = iter([False] * 8)
        with pytest.raises(Cancelled):
            run_on(address, catalogue(tmp_path, rows, out="o"), quiet, lambda: next(asked, True))
    assert "2 rows wait" in " ".join((tmp_path / "o" / PAGE).read_text().split())


def test_workers_that_come_late_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is told once is told again when all are gone again."""
    monkeypatch.setattr("pipeline.catalogue.cluster._COUNT_WORKERS_S", 0.0)
    counts = iter([0, 0, 0, 1, 1, 0, 0, 0])
    clock = iter(range(0, 100, 4))
    monkeypatch.setattr("pipeline.catalogue.cluster.time.monotonic", lambda: float(next(clock)))
    client = SimpleNamespace(nthreads=lambda: {str(n): 1 for n in range(next(counts))})
    said: list[str] = []
    workers = _Workers(client, "tcp://s", said.append, None)
    heard = []
    for _ in range(8):
        workers.look()
        heard.append(len(said))
    assert heard[0] == 0
    assert heard[2] == heard[4] == 1
    assert heard[-1] == 2


def test_what_a_row_whose_worker_died_has_ordered_stands_in_its_line(
    worker: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also this run's: the cap of the whole counts it, whoever died with it."""
    (piece,) = pieces("deadly", 1, enhancer="openai")
    bought = design_id(worker, *_begun_with(piece, None))

    def die(within: Workbench, *_: object, **__: object) -> None:
        book = within.spending()
        order = book.place(
            provider="openai",
            model="m",
            role="enhance",
            design_id=bought,
            key=f"{time.time_ns()}",
            cost_usd=0.4,
        )
        book.settle(order, "done", cost_usd=0.4, seconds=1.0)
        raise Killed

    monkeypatch.setattr("pipeline.catalogue.cluster.work_off", die)
    task = Task("run", piece, None, Wanted(), estimate_usd=2.0, allowance_usd=5.0, earlier_usd=0.0)
    outcome = after_two_deaths(task)
    assert (outcome.line.state, outcome.line.cost_usd) == ("failed", 0.8)
    whole = catalogue(tmp_path, (piece,), out="o", cap_usd=5.0)
    future = SimpleNamespace(status="error", exception=lambda: RuntimeError("x"), release=lambda: None)
    with Keeping(whole) as keeping:
        _Rows(None, "run", whole, keeping, quiet, _Workers(None, "", quiet, None))._take(future, task)
        assert keeping.account.spent_usd == pytest.approx(0.8)
