"""Answers kept for good: checked when read, never unpickled, asked for by one at a time."""

import hashlib
import json
import os
import pickle
import shutil
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import diskcache
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cache import Cache, PlainDisk
from pipeline.errors import Cancelled, StorageError


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    opened = Cache(tmp_path / "cache")
    yield opened
    opened.close()


class Burglar:
    """Writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self):
        return Path.touch, (self.target,)


def test_gives_back_what_it_was_given(cache: Cache) -> None:
    """Small and large answers come back byte for byte, with their heads."""
    for size in (0, 10, 300_000):
        cache.put(f"k{size}", {"model": "m", "size": size}, bytes(size))
        assert cache.get(f"k{size}") == ({"model": "m", "size": size}, bytes(size))
    assert cache.get("other") is None
    stats = cache.stats()
    assert (stats.answers, stats.hits, stats.misses) == (3, 3, 1)


def test_counts_saved_money_once_for_each_hit(cache: Cache) -> None:
    """Each hit saves the price of the answer; a second look after waiting is no second miss."""
    cache.put("k", {"cost_usd": 0.04}, b"x")
    cache.get("k")
    cache.get("k", again=True)
    cache.get("gone", again=True)
    assert cache.stats().saved_usd == pytest.approx(0.08)
    assert cache.stats().misses == 0


@pytest.mark.parametrize("size", [200, 200_000])
@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_row_is_a_miss(tmp_path: Path, size: int, damage: str) -> None:
    """Whatever happens to a row, it is as if it were not there, and can be written anew."""
    cache = Cache(tmp_path / "cache")
    cache.put("k", {"model": "m"}, bytes(range(200)) * (size // 200))
    files = list((tmp_path / "cache").rglob("*.val"))
    if files:
        data = files[0].read_bytes()
        spoilt = {"cut": data[:-7], "flip": data[:50] + b"?" + data[51:], "empty": b""}[damage]
        files[0].write_bytes(spoilt)
    else:
        cache.close()
        with sqlite3.connect(tmp_path / "cache" / "cache.db") as base:
            (data,) = base.execute("SELECT value FROM Cache WHERE key = 'answer:k'").fetchone()
            spoilt = {"cut": data[:-7], "flip": data[:50] + b"?" + data[51:], "empty": b""}[damage]
            base.execute("UPDATE Cache SET value = ? WHERE key = 'answer:k'", (spoilt,))
        base.close()
        cache = Cache(tmp_path / "cache")
    assert cache.get("k") is None
    cache.put("k", {"model": "m"}, b"new")
    assert cache.get("k") == ({"model": "m"}, b"new")
    cache.close()


def test_a_pickled_row_is_never_unpickled(tmp_path: Path) -> None:
    """Whoever can write the cache's folder cannot run code by it: neither by values nor by keys."""
    cache = Cache(tmp_path / "cache")
    cache.put("k", {}, b"x" * 100)
    cache.close()
    trap = tmp_path / "burgled"
    poison = pickle.dumps(Burglar(trap))
    with sqlite3.connect(tmp_path / "cache" / "cache.db") as base:
        base.execute("UPDATE Cache SET mode = 4, value = ?", (poison,))
        base.execute(
            "INSERT INTO Cache (key, raw, store_time, expire_time, access_time, access_count, tag, size, mode, "
            "filename, value) SELECT ?, 0, store_time, NULL, 0, 0, NULL, 1, 4, NULL, ? FROM Cache",
            (poison, poison),
        )
    base.close()
    cache = Cache(tmp_path / "cache")
    assert cache.get("k") is None
    assert cache.task("k") is None
    cache.stats()
    cache.clear()
    cache.close()
    assert not trap.exists()
    pickle.loads(poison)  # noqa: S301 - the trap does work
    assert trap.exists()


def test_a_damaged_index_is_set_aside(tmp_path: Path) -> None:
    """A broken database does not keep the app from starting; it is kept for a closer look."""
    Cache(tmp_path / "cache").close()
    (tmp_path / "cache" / "cache.db").write_bytes(b"not a database at all" * 500)
    cache = Cache(tmp_path / "cache")
    cache.put("k", {}, b"x")
    assert cache.get("k") == ({}, b"x")
    assert (tmp_path / "cache" / "cache.db.damaged").exists()
    cache.close()


def test_an_unusable_folder_is_told(tmp_path: Path) -> None:
    """A file where the folder should be gives one sentence."""
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be opened"):
        Cache(tmp_path / "cache")


def test_clear_keeps_paid_tasks(cache: Cache) -> None:
    """Clearing forgets answers and counts, but never what was ordered and not yet fetched."""
    cache.put("k", {"cost_usd": 1.0}, b"x")
    cache.get("k")
    cache.remember_task("t", "id-1")
    cache.clear()
    assert cache.get("k") is None
    assert cache.task("t") == "id-1"
    assert cache.stats().saved_usd == 0
    cache.forget_task("t")
    assert cache.task("t") is None


def test_one_asker_at_a_time(cache: Cache) -> None:
    """The right to ask for a key is held by one thread; other keys do not wait."""
    inside, most = 0, 0

    def ask(key: str) -> None:
        nonlocal inside, most
        with cache.single_flight(key):
            inside += 1
            most = max(most, inside)
            time.sleep(0.02)
            inside -= 1

    threads = [threading.Thread(target=ask, args=("same",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    with cache.single_flight("a"), cache.single_flight("b"):
        pass


def test_waiting_can_be_cancelled(cache: Cache) -> None:
    """Someone who waits for another's answer is let go when Cancel is pressed."""
    started = time.monotonic()
    with (
        cache.single_flight("k"),
        pytest.raises(Cancelled),
        cache.single_flight("k", stop=lambda: time.monotonic() > started + 0.1),
    ):
        pass
    assert time.monotonic() - started < 3


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200),
    head=st.dictionaries(st.text(max_size=5), st.integers() | st.text(), max_size=3),
)
def test_round_trip(cache: Cache, data: bytes, head: dict[str, int | str]) -> None:
    """Any head and any bytes come back as they were."""
    cache.put("k", head, data)
    assert cache.get("k") == (head, data)


def spoil(index: Path, how: str) -> None:
    """Damage the index as disks, people and other programs do."""
    data = index.read_bytes()
    damage = {
        "random": bytes((31 * n * n + 7 * n) % 253 for n in range(len(data))),
        "middle": data[:4096] + b"\xa5" * (len(data) - 4096),
        "cut": data[: len(data) // 2],
        "empty": b"",
    }
    if how == "deleted":
        index.unlink()
    else:
        index.write_bytes(damage[how])


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("how", ["random", "middle", "cut", "empty", "deleted"])
def test_a_damaged_index_is_built_again_from_the_answers(tmp_path: Path, how: str, live: bool) -> None:
    """All answers are found again, while the app runs as well as at the next start; it is told."""
    cache = Cache(tmp_path / "cache")
    for number in range(28):
        cache.put(f"k{number}", {"cost_usd": 0.5, "n": number}, bytes([number]) * (10 + 4000 * number))
    if not live:
        cache.close()
    spoil(tmp_path / "cache" / "cache.db", how)
    if not live:
        cache = Cache(tmp_path / "cache")
    for number in range(28):
        assert cache.known(f"k{number}")
        assert cache.get(f"k{number}") == (
            {"cost_usd": 0.5, "n": number},
            bytes([number]) * (10 + 4000 * number),
        )
    stats = cache.stats()
    assert stats.answers == 28
    unnoticed = how == "middle" and live  # its pages are still in memory: found at the next start
    assert stats.trouble or unnoticed or how == "deleted"
    cache.put("new", {}, b"x")
    cache.close()
    again = Cache(tmp_path / "cache")
    assert again.get("new") == ({}, b"x")
    assert again.stats().answers == 29
    assert bool(again.stats().trouble) == unnoticed
    again.close()


def test_of_two_values_of_one_key_the_newer_is_found_again(tmp_path: Path) -> None:
    """And a value that is not whole is left out."""
    cache = Cache(tmp_path / "cache")
    cache.put("k", {}, b"older" * 10)
    (older,) = (tmp_path / "cache").rglob("*.val")
    bytes_before = older.read_bytes()
    cache.put("k", {}, b"newer" * 10)
    cache.put("torn", {}, b"torn" * 10)
    cache.close()
    stray = tmp_path / "cache" / "00" / "00" / "stray.val"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(bytes_before)
    os.utime(stray, (1, 1))
    for file in (tmp_path / "cache").rglob("*.val"):
        if b"torn" in file.read_bytes():
            file.write_bytes(file.read_bytes()[:-5])
    spoil(tmp_path / "cache" / "cache.db", "random")
    cache = Cache(tmp_path / "cache")
    assert cache.get("k") == ({}, b"newer" * 10)
    assert cache.get("torn") is None
    cache.close()


def test_values_of_older_caches_are_read(tmp_path: Path) -> None:
    """A value sealed before values knew their key, small ones inside the index, comes back as it was."""
    folder = tmp_path / "cache"
    old = diskcache.Cache(str(folder), disk=PlainDisk, eviction_policy="none")
    text = json.dumps({"model": "m"}).encode()
    body = struct.pack(">4sI", b"LPE1", len(text)) + text + b"picture"
    old.set("answer:k", body + hashlib.sha256(body).digest())
    old.set("pending:t", "id-1")
    old.close()
    cache = Cache(folder)
    assert cache.get("k") == ({"model": "m"}, b"picture")
    assert cache.task("t") == "id-1"
    cache.close()


@pytest.mark.parametrize("what", ["cache", "data"])
def test_a_folder_deleted_while_it_is_open_begins_afresh(tmp_path: Path, what: str) -> None:
    """It is told, nothing fails, and locks work again."""
    folder = tmp_path / "data" / "cache"
    cache = Cache(folder)
    cache.put("k", {}, b"x")
    shutil.rmtree(folder if what == "cache" else tmp_path / "data")
    assert cache.get("k") is None
    assert "deleted" in cache.stats().trouble
    with cache.single_flight("k"):
        cache.put("k", {}, b"y")
    assert cache.get("k") == ({}, b"y")
    cache.close()


def test_threads_meet_a_damaged_index_together(tmp_path: Path) -> None:
    """Eight threads use the cache while its index is damaged again and again: no answer is lost, nobody fails."""
    cache = Cache(tmp_path / "cache")
    failed: list[Exception] = []
    stop = threading.Event()
    rounds = [0] * 4

    def work(number: int) -> None:
        try:
            count = 0
            while not stop.is_set():
                key = f"{number}-{count % 5}"
                cache.put(key, {"n": number}, bytes([number]) * 50)
                assert cache.get(key) == ({"n": number}, bytes([number]) * 50)
                count += 1
                rounds[number] = count
        except (AssertionError, StorageError) as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        before = list(rounds)
        until = time.monotonic() + 20
        while time.monotonic() < until and any(
            now < was + 3 for now, was in zip(rounds, before, strict=True)
        ):
            time.sleep(0.02)
        (tmp_path / "cache" / "cache.db").unlink()
    stop.set()
    for thread in threads:
        thread.join(30)
    assert failed == []
    cache.close()


def test_stats_never_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that shows the counters is never taken down by them."""
    cache = Cache(tmp_path / "cache")
    monkeypatch.setattr(
        cache, "_on_disk", lambda work: (_ for _ in ()).throw(sqlite3.OperationalError("disk I/O"))
    )
    stats = cache.stats()
    assert stats.answers == 0
    assert "cannot be read" in stats.trouble
    assert cache.get("k") is None
    assert not cache.known("k")
    cache.close()


LIMITED = """
import resource, signal, sys
from pathlib import Path
from pipeline.cache import Cache, PlainDisk
from pipeline.errors import DiskFull
cache = Cache(Path(sys.argv[1]))
cache.put("small", {}, b"s" * 1000)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
for number in range(3):
    try:
        cache.put("large", {}, bytes(10_000_000))
    except DiskFull as error:
        assert "no room" in str(error), error
    else:
        raise SystemExit("it was kept")
assert cache.get("small") == ({}, b"s" * 1000)
assert cache.get("large") is None
cache.put("other", {}, b"o" * 1000)
"""


def test_a_full_disk_leaves_no_half_written_value(tmp_path: Path) -> None:
    """Where a value cannot be written whole nothing of it stays, what was there is there, small ones still fit."""
    subprocess.run(
        [sys.executable, "-c", LIMITED, tmp_path / "cache"], check=True, cwd=Path(__file__).parents[1]
    )
    assert sorted(file.stat().st_size < 2000 for file in (tmp_path / "cache").rglob("*.val")) == [True, True]
    cache = Cache(tmp_path / "cache")
    assert cache.get("other") == ({}, b"o" * 1000)
    cache.close()


def test_an_answer_that_does_not_pass_is_kept_as_it_came(cache: Cache, tmp_path: Path) -> None:
    """Bytes or a file; the newest for a key; until a good answer comes, or it is released."""
    assert cache.unchecked("k") is None
    cache.keep_unchecked("k", {"why": "one", "time": "1"}, b"GIF89a", "gif")
    large = cache.draft()
    large.write_bytes(b"FBX")
    fbx = cache.keep_unchecked("k", {"why": "two", "time": "2"}, large, "fbx")
    assert fbx.file.read_bytes() == b"FBX"
    assert not large.exists()
    cache.keep_unchecked("other", {"why": "x", "time": "1"}, b"y", "bin")
    assert [answer.key for answer in cache.unchecked_answers()] == ["other", "k"]
    again = cache.unchecked("k")
    assert again is not None
    assert again.head["why"] == "two"
    cache.clear()
    assert cache.unchecked("k") is not None
    cache.release_unchecked("k")
    assert cache.unchecked("k") is None
    assert [file.read_bytes() for file in fbx.file.parent.glob("given-up-*")] == [b"FBX"]
    cache.put("other", {}, b"good")
    assert cache.unchecked("other") is None
