"""Answers kept for good: checked when read, never unpickled, asked for by one at a time."""

import pickle
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cache import Cache
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


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200),
    head=st.dictionaries(st.text(max_size=5), st.integers() | st.text(), max_size=3),
)
def test_round_trip(cache: Cache, data: bytes, head: dict[str, int | str]) -> None:
    """Any head and any bytes come back as they were."""
    cache.put("k", head, data)
    assert cache.get("k") == (head, data)
