"""Designs, answers, ledger, trash and unfinished work outlive the disk, over a real S3 protocol with its faults."""

import errno
import json
import shutil
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import bucket, files
from pipeline.bookkeeping import DEAD_S, Bookkeeping
from pipeline.bucket import Bucket, Folder
from pipeline.cache import Cache
from pipeline.errors import CapReached, DiskFull, StorageError, UnknownDesign
from pipeline.ledger import Ledger
from pipeline.records import Recipe
from pipeline.replica import Replica
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.store import Store
from pipeline.workbench import Workbench
from tests.faulty_s3 import FaultyS3
from tests.pages.conftest import ring
from tests.test_replica import Faulty

pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("ignore")]


@dataclass(frozen=True)
class Caps:
    spend_cap_design_usd: float = 100.0
    spend_cap_day_usd: float = 1.0


def begin(store: Store, name: str, seed: int) -> str:
    design = store.create(name, kind="ring")
    asset = store.put_picture(ring(256, seed), Recipe(role="upload", provider="upload"))
    return generate.set_master(store, design.id, asset).id


def server(folder: Path, there: Bucket) -> tuple[Store, Replica]:
    store = Store(folder)
    store.beyond = replica = Replica(store, there)
    return store, replica


def _lead(replica: Replica, there: Bucket) -> None:
    """Have a server's calls take another way."""
    replica.bucket = replica._tables._bucket = there


@pytest.mark.parametrize("fault", ["refused", "503", "slow", "half", "skewed"])
def test_faults_of_the_way_are_told_and_lose_nothing(
    way: FaultyS3, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Work goes on here; once the way is whole again everything is there, and whole elsewhere."""
    there = bucket.opened(url)
    store, replica = server(tmp_path / "one", there)
    first = begin(store, "Before", 1)
    replica.even_out()
    patient = there
    if fault == "slow":
        hasty = {"connect_timeout": 20, "read_timeout": 0.2, "retries": {"max_attempts": 0}}
        monkeypatch.setattr(bucket, "_PATIENCE", hasty)
        there = bucket.opened(url)
        _lead(replica, there)
    monkeypatch.setattr(way, "status", 503 if fault in {"503", "refused"} else 0)
    way.slow_s = 1.0 if fault == "slow" else 0.0
    way.halves = 10**6 if fault == "half" else 0
    way.ahead_s = 3600.0 if fault == "skewed" else 0.0
    if fault == "refused":
        way.close()
    second = begin(store, "Meanwhile", 2)
    store.rename(first, "Renamed")
    replica._round()
    reader, their = server(tmp_path / "two", there)
    if fault != "half":  # what is written goes through; it is reading that is cut
        assert ("clock" if fault == "skewed" else "does not answer") in replica.trouble()
    with pytest.raises((StorageError, UnknownDesign)):
        reader.load(first)
    their._round()
    assert not reader.summaries()
    if fault == "refused":
        whole = FaultyS3(way.behind.geturl())
        patient = bucket.opened(url.replace(way.url, whole.url))
    for each in (replica, their):
        _lead(each, patient)
    way.heal()
    replica._round()
    assert not replica.trouble()
    their._round()
    assert {summary.name for summary in reader.summaries()} == {"Renamed", "Meanwhile"}
    for design_id in (first, second):
        for asset in reader.load(design_id).assets():
            assert reader.read(asset) == store.read(asset)


def test_a_write_whose_answer_was_lost_is_no_second_edit(way: FaultyS3, url: str, tmp_path: Path) -> None:
    """The object is there though nobody said so; what comes after it is the same design, with every edit."""
    there = bucket.opened(url)
    store, replica = server(tmp_path / "one", there)
    design_id = begin(store, "Ring", 1)
    replica.even_out()
    for n in range(3):
        store.update(design_id, lambda d, n=n: d.model_copy(update={"tags": (*d.tags, f"t{n}")}))
        way.drops = 1
        replica._round()
    way.heal()
    replica._round()
    reader, their = server(tmp_path / "two", there)
    their.even_out()
    assert reader.load(design_id) == store.load(design_id)
    assert reader.load(design_id).tags == ("t0", "t1", "t2")


def test_killed_on_an_empty_disk_everything_is_there(url: str, tmp_path: Path) -> None:
    """Both designs open by their links, the cache answers, the trash and the ledger are what they were."""
    settings = Settings(data_dir=tmp_path / "data", store_url=url, spend_cap_day_usd=1.0)
    bench = Workbench(settings)
    ids = [begin(bench.store, name, seed) for seed, name in enumerate(("One", "Two", "Gone"))]
    assert bench.replica is not None
    bench.replica.even_out()
    bench.store.delete(ids[2])
    book = bench.spending()
    entry = book.place(provider="p", model="m", role="enhance", design_id=ids[0], key="k" * 64, cost_usd=0.9)
    bench.cache.put("k" * 64, {"cost_usd": 0.9}, b"picture")
    book.settle(entry, "done", cost_usd=0.9, seconds=1.0)
    bench.replica.even_out()
    bench.replica._stopped.set()  # a killed server does no last round
    bench.cache.close()
    shutil.rmtree(tmp_path / "data")
    fresh = Workbench(settings)
    assert [fresh.store.load(design_id).name for design_id in ids[:2]] == ["One", "Two"]
    assert fresh.cache.get("k" * 64) == ({"cost_usd": 0.9}, b"picture")
    with pytest.raises(CapReached, match=r"\$0\.90 already spent today"):
        fresh.spending().place(
            provider="p", model="m", role="enhance", design_id=ids[0], key="l" * 64, cost_usd=0.2
        )
    assert fresh.replica is not None
    fresh.replica.even_out()
    assert {summary.id for summary in fresh.store.summaries()} == set(ids[:2])
    assert [row.name for row in fresh.store.trashed()] == ["Gone"]
    assert fresh.store.restore(ids[2]).name == "Gone"
    assert fresh.spending().total().cost_usd == pytest.approx(0.9)
    fresh.replica.stop()
    fresh.cache.close()


def test_an_answer_bought_while_the_bucket_was_down_survives_a_restart(tmp_path: Path) -> None:
    """It lies on the disk until the bucket has it; the process that bought it need not live so long."""
    there = Faulty(Folder(tmp_path / "share"))
    there.left = 0
    cache = Cache(tmp_path / "one" / "cache")
    cache.beyond = Replica(Store(tmp_path / "one"), there)
    cache.put("k" * 64, {"cost_usd": 0.04}, b"picture")
    cache.close()
    there.left = 10**9
    Replica(Store(tmp_path / "one"), there).even_out()
    other = Cache(tmp_path / "two" / "cache")
    other.beyond = Replica(Store(tmp_path / "two"), there)
    assert other.get("k" * 64) == ({"cost_usd": 0.04}, b"picture")
    assert not list((tmp_path / "one" / "replica" / "answers").iterdir())
    other.close()


@pytest.mark.parametrize("is_cache_full", [False, True])
def test_an_answer_that_finds_no_room_on_the_disk_lies_in_the_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_cache_full: bool
) -> None:
    """Whatever of it the disk refuses, asking again finds it, here and on the next disk."""
    there = Folder(tmp_path / "share")
    cache = Cache(tmp_path / "one" / "cache")
    cache.beyond = Replica(Store(tmp_path / "one"), there)
    whole = files.write

    def full(path: Path, data: bytes) -> None:
        if path.is_relative_to(tmp_path / "one"):
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(path, data)

    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "write", full)
        if is_cache_full:
            patched.setattr("pipeline.cache.PlainDisk.store", no_room)
        with pytest.raises(DiskFull) if is_cache_full else nullcontext():
            cache.put("k" * 64, {"cost_usd": 0.04}, b"picture")
    cache.close()
    for number in ("one", "two"):
        other = Cache(tmp_path / number / "cache")
        other.beyond = Replica(Store(tmp_path / number), there)
        assert other.get("k" * 64) == ({"cost_usd": 0.04}, b"picture")
        other.close()


def test_a_shared_folder_that_cannot_be_used_is_told_by_its_own_setting(tmp_path: Path) -> None:
    """It is not the data folder, whose setting would be changed in vain."""
    share = tmp_path / "share"
    share.write_text("a file")
    for use in (
        lambda: Folder(share).create("designs/a/1.json", b"{}"),
        lambda: Folder(share).read("designs/a/1.json"),
    ):
        with pytest.raises(StorageError, match="LOUPE_STORE_URL") as raised:
            use()
        assert "data folder" not in str(raised.value)


# -- the ledger


def booked(folder: Path, there: Bucket) -> tuple[Ledger, Bookkeeping]:
    ledger = Ledger(folder / "ledger.jsonl", Caps())
    books = Bookkeeping(folder / "replica", there, ledger, folder / "jobs")
    ledger.before_paying = books.restore
    return ledger, books


def bought(ledger: Ledger, usd: float, *, settled: bool = True) -> None:
    entry = ledger.place(provider="p", model="m", role="enhance", design_id="d", key="k", cost_usd=usd)
    if settled:
        ledger.settle(entry, "done", cost_usd=usd, seconds=1.0)


def test_budgets_count_what_every_earlier_disk_spent(tmp_path: Path) -> None:
    """Over three disks, one after the other; an order that was open stays open and counts."""
    there = Folder(tmp_path / "share")
    for n, settled in enumerate((True, False, True)):
        ledger, books = booked(tmp_path / str(n), there)
        ledger.place(provider="a", model="m", role="enhance", design_id="d", key="f", cost_usd=0.0)
        bought(ledger, 0.3, settled=settled)
        books.even_out()
        books.even_out()
    ledger, _ = booked(tmp_path / "last", there)
    with pytest.raises(CapReached, match=r"\$0\.90 already spent"):
        bought(ledger, 0.2)
    assert [round(entry.cost_usd, 1) for entry in ledger.open_orders() if entry.cost_usd] == [0.3]
    bought(ledger, 0.1)
    assert ledger.total().cost_usd == pytest.approx(1.0)
    count = len(there.names("ledger/"))
    books.even_out()
    assert len(there.names("ledger/")) == count


def test_an_order_that_ended_elsewhere_stays_ended(tmp_path: Path) -> None:
    """The disk that settles an order that another placed has the last word, whatever order lines come in."""
    there = Folder(tmp_path / "share")
    one, books = booked(tmp_path / "one", there)
    bought(one, 0.3, settled=False)
    books.even_out()
    two, their = booked(tmp_path / "two", there)
    their.even_out()
    (order,) = two.open_orders()
    two.settle(order, "done", cost_usd=0.25, seconds=1.0)
    their.even_out()
    books._note_sent(0)
    books.even_out()  # sends the placed line once more, after the settled one
    three, last = booked(tmp_path / "three", there)
    last.even_out()
    assert [(entry.state, entry.cost_usd) for entry in three.entries()] == [("done", 0.25)]


@pytest.mark.parametrize("turned", [False, True])
def test_an_open_order_is_found_at_its_service_by_the_next_disk(tmp_path: Path, *, turned: bool) -> None:
    """The service's id comes in a later line than the order, also of a later round, in whatever order lines come."""
    there = Folder(tmp_path / "share")
    one, books = booked(tmp_path / "one", there)
    bought(one, 0.3, settled=False)
    books.even_out()
    one.note_task("k", "t-1", "1f2e")
    lines = (tmp_path / "one" / "ledger.jsonl").read_bytes().splitlines()
    book = Ledger(tmp_path / "alone.jsonl", Caps())
    book.merge(reversed(lines) if turned else lines)
    books.even_out()
    two, their = booked(tmp_path / "two", there)
    their.even_out()
    for ledger in (book, two):
        (order,) = ledger.open_orders()
        assert (order.task, order.account) == ("t-1", "1f2e")


def test_nothing_is_bought_while_nobody_knows_what_was_spent(tmp_path: Path) -> None:
    """Only before the first time: a disk that has read it goes on while the bucket is away. What is free goes on."""
    there = Faulty(Folder(tmp_path / "share"))
    ledger, _ = booked(tmp_path / "one", there)
    there.left = 0
    with pytest.raises(StorageError, match="does not answer"):
        bought(ledger, 0.1)
    ledger.place(provider="a", model="m", role="enhance", design_id="d", key="f", cost_usd=0.0)
    there.left = 10**9
    bought(ledger, 0.1)
    there.left = 0
    bought(ledger, 0.1)
    assert ledger.total().cost_usd == pytest.approx(0.2)


def test_another_process_sees_the_merged_book(tmp_path: Path) -> None:
    """The file is replaced under whoever has read it before, also by a larger one."""
    there = Folder(tmp_path / "share")
    old, books = booked(tmp_path / "old", there)
    bought(old, 0.5)
    books.even_out()
    ledger, fresh = booked(tmp_path / "new", there)
    ledger.place(provider="a", model="m", role="enhance", design_id="d", key="f", cost_usd=0.0)
    other = Ledger(tmp_path / "new" / "ledger.jsonl", Caps())
    assert len(other.entries()) == 1
    fresh.even_out()
    assert other.total().cost_usd == pytest.approx(0.5)
    assert len(other.entries()) == len(ledger.entries()) == 2


# -- unfinished work


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def working(folder: Path, there: Bucket, clock: Clock) -> Bookkeeping:
    ledger = Ledger(folder / "ledger.jsonl", Caps())
    (folder / "jobs").mkdir(parents=True, exist_ok=True)
    return Bookkeeping(folder / "replica", there, ledger, folder / "jobs", clock)


def test_a_dead_servers_unfinished_work_is_taken_over_once(tmp_path: Path) -> None:
    """One of two takes it; a server that renews its notes, however slowly, is not dead."""
    there, clock = Folder(tmp_path / "share"), Clock()
    names = ("dead", "alive", "one", "two")
    dead, alive, one, two = (working(tmp_path / name, there, clock) for name in names)
    for name, design_id in (("dead", "abc"), ("alive", "xyz")):
        note = {"order": {"design_id": design_id, "verb": "enhance"}, "state": "running"}
        (tmp_path / name / "jobs" / f"{design_id}.enhance.json").write_text(json.dumps(note))
    (tmp_path / "dead" / "jobs" / "tab.catalogue.json").write_text("{}")
    dead.even_out()
    for _ in range(5):
        for each in (one, two, alive):
            each.even_out()
        clock.s += DEAD_S / 3
    held = {
        name: sorted(path.name for path in (tmp_path / name / "jobs").glob("*.json"))
        for name in ("one", "two")
    }
    assert held == {"one": ["abc.enhance.json"], "two": []}


def test_work_that_ended_is_nobodys(tmp_path: Path) -> None:
    there, clock = Folder(tmp_path / "share"), Clock()
    dead, one = working(tmp_path / "dead", there, clock), working(tmp_path / "one", there, clock)
    note = tmp_path / "dead" / "jobs" / "abc.sketch.json"
    note.write_text("{}")
    dead.even_out()
    note.unlink()
    dead.even_out()
    there.create("jobs/other/00000001.json", b'{"../../x": "{}", "ok.sketch": 5}')
    there.create("jobs/torn/00000001.json", b'{"abc.sk')
    for _ in range(4):
        one.even_out()
        clock.s += DEAD_S
    assert not list((tmp_path / "one" / "jobs").iterdir())
    assert not (tmp_path / "x.json").exists()


# -- the trash


def test_what_was_deleted_for_good_lies_in_no_other_trash(tmp_path: Path) -> None:
    """A fresh disk has the trash of the others; emptied it stays empty, and brought back it leaves the trash."""
    there = Folder(tmp_path / "share")
    store, replica = server(tmp_path / "one", there)
    gone, back = begin(store, "Gone", 1), begin(store, "Back", 2)
    replica.even_out()
    for design_id in (gone, back):
        store.delete(design_id)
    replica.even_out()
    two, second = server(tmp_path / "two", there)
    with pytest.raises(UnknownDesign, match="was deleted"):
        two.load(gone)
    second.even_out()
    assert {row.name for row in two.trashed()} == {"Gone", "Back"}
    store.bring_back(back)
    replica.even_out()
    second.even_out()
    assert [row.name for row in two.trashed()] == ["Gone"]
    assert two.load(back).name == "Back"
    store.empty_trash()
    replica.even_out()
    three, third = server(tmp_path / "three", there)
    third.even_out()
    assert three.trashed() == ()
    assert [summary.name for summary in three.summaries()] == ["Back"]
