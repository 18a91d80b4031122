"""Every provider response on disk, over diskcache: kept for good, checked when read, never unpickled.

A value is one answer: its key, a JSON head, then its bytes, sealed by a sha256, in a file of its own. What does
not verify is a miss. The index over the files is only an index: damaged or lost, it is built again from them.
"""

import errno
import hashlib
import io
import json
import logging
import os
import shutil
import sqlite3
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import diskcache
from filelock import FileLock, Timeout

from pipeline import files
from pipeline.errors import Cancelled, DiskFull, StorageError

Head = dict[str, Any]
T = TypeVar("T")

log = logging.getLogger(__name__)

_FORMAT = struct.Struct(">4sI")
_MAGIC = b"LPE2"
_KEYLESS_MAGIC = b"LPE1"
"""Values that do not know their own key: written before the index could be built again."""
_HITS, _MISSES, _SAVED = "hits", "misses", "saved-microdollars"
_CLEARED = "cleared"
_PENDING = "pending:"
_ANSWER = "answer:"
_FAILURES = (OSError, sqlite3.Error, diskcache.Timeout)
_HEALINGS = 4
"""How often one call opens the index anew: whoever deletes it may do so while it is being built."""
_LOOK_S = 0.25
"""How often someone who waits for another's answer looks whether Cancel was pressed."""


class PlainDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache ships no types
    """Stores text, numbers and bytes only.

    diskcache's own Disk unpickles what it reads, so whoever can write the folder can run code
    (CVE-2025-69872). Here a pickled row cannot be written and reads as absent.
    """

    def put(self, key: Any) -> Any:
        """Accept text keys only."""
        if not isinstance(key, str):
            raise TypeError("cache keys are text")
        return super().put(key)

    def get(self, key: Any, raw: Any) -> Any:
        """Refuse keys that would have to be unpickled."""
        return super().get(key, raw) if raw else ""

    def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:  # noqa: FBT001 - diskcache's signature
        """Accept bytes, text and numbers only."""
        if not isinstance(value, bytes | str | int | float):
            raise TypeError("cache values are bytes, text or numbers")
        if not isinstance(value, bytes):
            return super().store(value, read, key=key)
        name, path = self.filename(key, value)
        self._write(path, io.BytesIO(value), "xb")
        return len(value), diskcache.core.MODE_BINARY, name, None

    def _write(self, full_path: str, iterator: Any, mode: str, encoding: str | None = None) -> Any:
        """Write a value's file whole and down to the disk, or leave nothing of it."""
        try:
            size = super()._write(full_path, iterator, mode, encoding)
            with Path(full_path).open("rb") as file:
                os.fsync(file.fileno())
        except BaseException:
            Path(full_path).unlink(missing_ok=True)
            raise
        return size

    def fetch(self, mode: Any, filename: Any, value: Any, read: Any) -> Any:
        """Read a row; a pickled one is as good as absent."""
        if mode == diskcache.core.MODE_PICKLE:
            return b""
        return super().fetch(mode, filename, value, read)


@dataclass(frozen=True)
class CacheStats:
    """What the sidebar shows. `saved_usd`: prices of the answers that were found here instead of bought."""

    answers: int
    hits: int
    misses: int
    size_bytes: int
    saved_usd: float
    trouble: str = ""
    """What is wrong with the cache, or what happened to it while it was open; empty when nothing is."""


@dataclass(frozen=True)
class Unchecked:
    """An answer that was paid for and does not pass the checks, kept as it came."""

    key: str
    file: Path
    head: Head
    """As of an answer; `why` says what is wrong with it, `time` when it came (UTC, ISO 8601)."""


class Beyond(Protocol):
    """Where paid answers are kept besides this disk."""

    def answer(self, key: str) -> bytes | None:
        """A sealed answer by its key; None where there is none or nobody answers."""

    def keep_answer(self, key: str, sealed: bytes) -> None:
        """Keep a sealed answer there, too."""


class Cache:
    """Answers by key, and the ids of paid tasks that are still under way."""

    _disk: Any
    _file_id: tuple[int, int]
    beyond: Beyond | None = None

    def __init__(self, folder: Path) -> None:
        self._begin(folder)
        try:
            self.locks.mkdir(parents=True, exist_ok=True)
            self._disk, self._file_id = self._opened()
        except _FAILURES as error:
            raise StorageError(f"The cache folder {folder} cannot be opened ({error}).") from error

    @classmethod
    def closed(cls, folder: Path) -> "Cache":
        """One that cannot be opened now, on a full or read-only disk: every use tries again, and says why it fails."""
        cache = cls.__new__(cls)
        cache._begin(folder)  # noqa: SLF001 - its own
        return cache

    @property
    def locks(self) -> Path:
        """The folder of the lock files all processes share; beside the cache, so that deleting it frees no lock."""
        return self._folder.parent / "locks"

    def get(self, key: str, *, again: bool = False) -> tuple[Head, bytes] | None:
        """The answer kept under a key; None when absent or damaged. `again`: its first miss was counted."""
        try:
            row = self._on_disk(lambda disk: disk.get(_ANSWER + key))
        except _FAILURES:
            row = None
        value = _unseal(row) if isinstance(row, bytes) else None
        value = value or self._from_beyond(key)
        if value is not None:
            self._count({_HITS: 1, _SAVED: round(float(value[1].get("cost_usd", 0.0)) * 1e6)})
            return value[1], value[2]
        if not again:
            self._count({_MISSES: 1})
        return None

    def _from_beyond(self, key: str) -> tuple[str, Head, bytes] | None:
        """A paid answer that is kept elsewhere and not here, of this very key; it is kept here from now on."""
        sealed = self.beyond.answer(key) if self.beyond else None
        value = _unseal(sealed) if sealed else None
        if value is None or value[0] != key:
            return None
        with suppress(*_FAILURES):
            self._on_disk(lambda disk: disk.set(_ANSWER + key, sealed))
        return value

    def _keep_beyond(self, key: str, head: Head, sealed: bytes) -> None:
        if self.beyond is not None and float(head.get("cost_usd", 0.0)) > 0:
            self.beyond.keep_answer(key, sealed)

    def known(self, key: str) -> bool:
        """Whether an answer is kept under a key, without reading it."""
        try:
            return bool(self._on_disk(lambda disk: _ANSWER + key in disk))
        except _FAILURES:
            return False

    def put(self, key: str, head: Head, data: bytes) -> None:
        """Keep an answer for good. Raises StorageError when the disk refuses; nothing of it is left then."""
        sealed = _seal(key, head, data)
        before = time.time()
        try:
            self._on_disk(lambda disk: disk.set(_ANSWER + key, sealed))
        except _FAILURES as error:
            self._sweep(before, sealed)
            self._keep_beyond(key, head, sealed)  # a full disk finds it there when it is asked for again
            raise _refusal("The answer could not be kept on disk", error) from error
        self._keep_beyond(key, head, sealed)
        with suppress(OSError):
            for file in self._unchecked_files(key):
                file.unlink()

    def free_bytes(self) -> int:
        """Room left where answers are kept. Raises StorageError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return shutil.disk_usage(self._folder).free
        except OSError as error:
            raise _refusal(f"The cache folder {self._folder} cannot be used", error) from error

    # -- tasks under way

    def remember_task(self, key: str, task: str) -> None:
        """Write down a paid task's id, before the first poll."""
        try:
            self._on_disk(lambda disk: disk.set(_PENDING + key, task))
        except _FAILURES as error:
            raise _refusal("What was ordered could not be noted in the cache", error) from error

    def task(self, key: str) -> str | None:
        """The id of a paid task that was begun and not fetched yet."""
        try:
            task = self._on_disk(lambda disk: disk.get(_PENDING + key))
        except _FAILURES:
            return None
        return task if isinstance(task, str) and task else None

    def forget_task(self, key: str) -> None:
        """The task is fetched, or known to have failed, or given up by the user."""
        try:
            self._on_disk(lambda disk: disk.delete(_PENDING + key))
        except _FAILURES as error:
            raise StorageError(f"The task note could not be removed ({error}).") from error

    # -- answers that do not pass the checks

    def keep_unchecked(self, key: str, head: Head, data: bytes | Path, suffix: str) -> Unchecked:
        """Keep what came for a key as it came; a file is moved here. Raises StorageError."""
        folder = self._folder / "unchecked"
        file, note = folder / f"{key}.{suffix}", folder / f"{key}.json"
        try:
            for older in self._unchecked_files(key):
                if older != data:
                    older.unlink()
            if isinstance(data, bytes):
                files.write(file, data)
            else:
                data.replace(file)
            files.write(note, json.dumps({**head, "file": file.name}, sort_keys=True).encode())
        except OSError as error:
            raise _refusal("The answer could not be kept on disk", error) from error
        return Unchecked(key, file, head)

    def unchecked(self, key: str) -> Unchecked | None:
        """What is kept for a key as it came; None when there is nothing."""
        folder = self._folder / "unchecked"
        try:
            head = files.parsed((folder / f"{key}.json").read_text("utf-8"))
            file = folder / Path(str(head["file"])).name
            return Unchecked(key, file, head) if file.is_file() else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def unchecked_answers(self) -> tuple[Unchecked, ...]:
        """Everything that is kept as it came, the newest last."""
        notes = sorted((self._folder / "unchecked").glob("*.json"))
        answers = [answer for note in notes if (answer := self.unchecked(note.stem)) is not None]
        return tuple(sorted(answers, key=lambda answer: str(answer.head.get("time", ""))))

    def release_unchecked(self, key: str) -> None:
        """Let a key be ordered anew; the file that came stays in the folder under a name of its own."""
        answer = self.unchecked(key)
        if answer is None:
            return
        try:
            answer.file.replace(answer.file.with_name(f"given-up-{time.time_ns()}-{answer.file.name}"))
            (answer.file.parent / f"{key}.json").unlink(missing_ok=True)
        except OSError as error:
            raise _refusal("The note of the answer could not be removed", error) from error

    def draft(self) -> Path:
        """A new file's place beside the unchecked answers, for one too large for the memory. Raises StorageError."""
        folder = self._folder / "unchecked"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refusal(f"The cache folder {self._folder} cannot be used", error) from error
        return folder / f"{time.time_ns()}-{threading.get_ident()}.part"

    @contextmanager
    def single_flight(self, key: str, stop: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Hold the right to ask for a key: one caller at a time over all threads and processes.

        Raises Cancelled when `stop` says so while waiting. The right of a process that dies is free again.
        """
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        lock = FileLock(self.locks / f"{name}.lock", thread_local=False)
        while True:
            try:
                self.locks.mkdir(parents=True, exist_ok=True)
                lock.acquire(timeout=_LOOK_S, poll_interval=0.02)
                break
            except Timeout:
                if stop():
                    raise Cancelled("Stopped while the same picture was being made elsewhere.") from None
            except OSError as error:
                raise StorageError(
                    f"The cache folder {self._folder} cannot be written ({error.strerror})."
                ) from error
        try:
            yield
        finally:
            lock.release()

    def stats(self) -> CacheStats:
        """Counts since the folder was made or cleared; an index that cannot be read is told in `trouble`."""
        try:
            hits, misses, saved, answers, volume = self._on_disk(_counted)
        except _FAILURES as error:
            log.warning("the cache could not be read: %s", error)
            trouble = (
                f"The cache cannot be read ({_reason(error)}); what is asked for now may not be found in it."
            )
            return CacheStats(0, 0, 0, 0, 0.0, trouble)
        return CacheStats(answers, hits, misses, volume, saved / 1e6, self._trouble)

    def clear(self) -> None:
        """Forget every answer. Tasks under way stay: they are paid for."""

        def cleared(disk: Any) -> None:
            for key in list(disk.iterkeys()):
                if not str(key).startswith(_PENDING):
                    disk.delete(key)
            disk.set(_CLEARED, time.time())

        try:
            self._on_disk(cleared)
        except _FAILURES as error:
            raise StorageError(f"The cache could not be cleared ({error}).") from error

    def cleared_at(self) -> float:
        """When somebody last forgot every answer, seconds since 1970; 0 for never."""
        try:
            return float(self._on_disk(lambda disk: disk.get(_CLEARED, default=0.0)) or 0.0)
        except (*_FAILURES, TypeError, ValueError):
            return 0.0

    def close(self) -> None:
        """Release the files."""
        if self._disk is not None:
            self._disk.close()

    # -- private

    def _begin(self, folder: Path) -> None:
        self._folder = folder
        self._healing = threading.RLock()
        self._trouble = ""
        self._disk = None
        self._file_id = (-1, -1)

    def _count(self, amounts: Mapping[str, int]) -> None:
        def counted(disk: Any) -> None:
            with disk.transact():
                for name, amount in amounts.items():
                    if amount:
                        disk.incr(name, amount, default=0)

        try:
            self._on_disk(counted)
        except (*_FAILURES, TypeError) as error:
            log.warning("the cache's counters could not be written: %s", error)

    def _on_disk(self, work: Callable[[Any], T]) -> T:
        """Do something with the index, which is opened or built again where it was damaged or deleted meanwhile."""
        for _ in range(_HEALINGS):
            disk = self._disk
            try:
                disk = self._current()
                result = work(disk)
                if self._current() is disk:
                    return result  # else it may have been done in an index that is gone by now
            except (sqlite3.DatabaseError, diskcache.Timeout) as error:
                if not self._healed(disk) and not _moved(error):
                    raise
        return work(self._current())

    def _current(self) -> Any:
        if _file_id(self._folder / "cache.db") == self._file_id:
            return self._disk
        with self._healing:
            if _file_id(self._folder / "cache.db") != self._file_id:
                if self._disk is not None:
                    self._trouble = (
                        "The cache's folder was deleted or replaced while Loupe was running; "
                        "it begins afresh."
                    )
                    log.warning(self._trouble)
                self._disk, self._file_id = self._opened()
            return self._disk

    def _healed(self, disk: Any) -> bool:
        """Whether there is a sound index again, after one that failed."""
        with self._healing:
            if self._current() is not disk:
                return True  # it was deleted meanwhile, or another thread was faster
            if _sound(self._folder):
                return False
            with suppress(*_FAILURES):
                disk.close()
            self._disk, self._file_id = self._opened()
            return True

    def _opened(self) -> tuple[Any, tuple[int, int]]:
        """The index, set aside and built again from the sealed values where it is damaged or gone."""
        index = self._folder / "cache.db"
        self.locks.mkdir(parents=True, exist_ok=True)
        with FileLock(self.locks / "index.lock", timeout=60):
            fresh = not index.exists()
            if not fresh and not _sound(self._folder):
                _set_aside(self._folder)
                self._trouble = (
                    "The cache's index was damaged; it was built again from the answers themselves."
                )
                fresh = True
            disk = _open(self._folder)
            if fresh:
                _rebuild(self._folder)
            return disk, _file_id(index) or (0, 0)

    def _unchecked_files(self, key: str) -> list[Path]:
        return list((self._folder / "unchecked").glob(f"{key}.*"))

    def _sweep(self, since: float, sealed: bytes) -> None:
        """Remove the file of a value whose row could not be written."""
        for file in self._folder.glob("*/*/*.val"):
            with suppress(OSError):
                status = file.stat()
                same = status.st_size == len(sealed) and status.st_mtime >= since - 2
                if same and file.read_bytes() == sealed:
                    file.unlink()


def _counted(disk: Any) -> tuple[int, int, int, int, int]:
    hits, misses, saved = (int(disk.get(name, default=0) or 0) for name in (_HITS, _MISSES, _SAVED))
    answers = sum(1 for key in disk.iterkeys() if str(key).startswith(_ANSWER))
    return hits, misses, saved, answers, disk.volume()


def _open(folder: Path) -> Any:
    # A write-ahead log would be unlinked by its path when the last reader of an index set aside goes away, and a
    # mapped file that somebody cuts kills the process; neither is worth its speed here. Nor does the index wait for
    # the disk: the answers do, and the ledger does; the index is built again from them where a power cut spoils it.
    return diskcache.Cache(
        str(folder),
        disk=PlainDisk,
        eviction_policy="none",
        size_limit=2**40,
        timeout=60,
        sqlite_journal_mode="truncate",
        sqlite_mmap_size=0,
        sqlite_synchronous=0,
    )


def _file_id(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _sound(folder: Path) -> bool:
    """Whether the index is a whole database with the table it should have; a busy or full one is sound."""
    try:
        connection = sqlite3.connect(
            f"{(folder / 'cache.db').absolute().as_uri()}?mode=rw", uri=True, timeout=60
        )
    except sqlite3.Error:
        return True  # cannot be opened: not damage
    try:
        connection.execute("SELECT count(*) FROM Cache").fetchone()
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError as error:
        return "no such table" not in str(error)
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _moved(error: Exception) -> bool:
    """Whether the index was deleted under an open connection: what SQLite says of it then."""
    return "readonly database" in str(error) or "no such table" in str(error)


def _set_aside(folder: Path) -> None:
    """Put a damaged index aside, for a closer look."""
    log.error("the cache's index in %s is damaged; it is kept as cache.db.damaged and built again", folder)
    for name in ("cache.db", "cache.db-wal", "cache.db-shm", "cache.db-journal"):
        file = folder / name
        if file.exists():
            file.replace(folder / f"{name}.damaged")


def _rebuild(folder: Path) -> None:
    """Enter every whole value of the folder into a fresh index."""
    rows: dict[str, tuple[float, int, str]] = {}
    for file in folder.glob("*/*/*.val"):
        try:
            data, written = file.read_bytes(), file.stat().st_mtime
        except OSError:
            continue
        value = _unseal(data)
        if value is not None and value[0] and written >= rows.get(value[0], (0.0, 0, ""))[0]:
            rows[value[0]] = written, len(data), file.relative_to(folder).as_posix()
    if not rows:
        return
    connection = sqlite3.connect(folder / "cache.db", timeout=60)
    try:
        with connection:
            connection.executemany(
                "INSERT OR IGNORE INTO Cache (key, raw, store_time, expire_time, access_time, access_count, tag, size, "
                "mode, filename, value) VALUES (?, 1, ?, NULL, ?, 0, NULL, ?, ?, ?, NULL)",
                [
                    (_ANSWER + key, written, written, size, diskcache.core.MODE_BINARY, name)
                    for key, (written, size, name) in rows.items()
                ],
            )
    finally:
        connection.close()
    log.warning("%d answers were entered into the cache's index again", len(rows))


def _refusal(what: str, error: Exception) -> StorageError:
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    if full or "disk is full" in str(error):
        return DiskFull(f"{what}: there is no room left on the disk; free some space.")
    return StorageError(f"{what} ({_reason(error)}); free some space.")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__.lower()


def _seal(key: str, head: Head, data: bytes) -> bytes:
    text = json.dumps({"key": key, "head": head}, sort_keys=True).encode()
    body = _FORMAT.pack(_MAGIC, len(text)) + text + data
    return body + hashlib.sha256(body).digest()


def _unseal(row: bytes) -> tuple[str, Head, bytes] | None:
    """Key, head and bytes of a whole value; the key is empty in one that does not know it."""
    body, digest = row[:-32], row[-32:]
    if len(row) < _FORMAT.size + 32 or hashlib.sha256(body).digest() != digest:
        return None
    magic, size = _FORMAT.unpack_from(body)
    start = _FORMAT.size
    try:
        text = files.parsed(body[start : start + size])
        key, head = (text["key"], text["head"]) if magic == _MAGIC else ("", text)
    except (ValueError, KeyError, TypeError):
        return None
    whole = magic in {_MAGIC, _KEYLESS_MAGIC} and isinstance(head, dict) and isinstance(key, str)
    return (key, head, body[start + size :]) if whole else None
