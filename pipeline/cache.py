"""Every provider response on disk, over diskcache: kept for good, checked when read, never unpickled.

A row is one answer: a JSON head, then its bytes, sealed by a sha256. What does not verify is a miss.
"""

import hashlib
import json
import logging
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diskcache
from filelock import FileLock, Timeout

from pipeline.errors import Cancelled, StorageError

Head = dict[str, Any]

log = logging.getLogger(__name__)

_FORMAT = struct.Struct(">4sI")
_MAGIC = b"LPE1"
_HITS, _MISSES, _SAVED = "hits", "misses", "saved-microdollars"
_PENDING = "pending:"
_ANSWER = "answer:"
_FAILURES = (OSError, sqlite3.Error, diskcache.Timeout)
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
        return super().store(value, read, key=key)

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


class Cache:
    """Answers by key, and the ids of paid tasks that are still under way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self.locks.mkdir(parents=True, exist_ok=True)
            try:
                self._disk = _open(folder)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # locked, unwritable: not damage
                    raise
                _set_aside(folder)
                self._disk = _open(folder)
        except _FAILURES as error:
            raise StorageError(f"The cache folder {folder} cannot be opened ({error}).") from error

    @property
    def locks(self) -> Path:
        """The folder of the lock files all processes share."""
        return self._folder / "locks"

    def get(self, key: str, *, again: bool = False) -> tuple[Head, bytes] | None:
        """The answer kept under a key; None when absent or damaged. `again`: its first miss was counted."""
        try:
            row = self._disk.get(_ANSWER + key)
        except _FAILURES:
            row = None
        answer = _unseal(row) if isinstance(row, bytes) else None
        if answer is not None:
            self._count(_HITS)
            self._count(_SAVED, round(float(answer[0].get("cost_usd", 0.0)) * 1e6))
        elif not again:
            self._count(_MISSES)
        return answer

    def known(self, key: str) -> bool:
        """Whether an answer is kept under a key, without reading it."""
        try:
            return _ANSWER + key in self._disk
        except _FAILURES:
            return False

    def put(self, key: str, head: Head, data: bytes) -> None:
        """Keep an answer for good. Raises StorageError when the disk refuses."""
        try:
            self._disk.set(_ANSWER + key, _seal(head, data))
        except _FAILURES as error:
            raise StorageError(f"The answer could not be kept on disk ({error}); free some space.") from error

    def remember_task(self, key: str, task: str) -> None:
        """Write down a paid task's id, before the first poll."""
        try:
            self._disk.set(_PENDING + key, task)
        except _FAILURES as error:
            raise StorageError(f"The task id {task} could not be written down ({error}).") from error

    def task(self, key: str) -> str | None:
        """The id of a paid task that was begun and not fetched yet."""
        try:
            task = self._disk.get(_PENDING + key)
        except _FAILURES:
            return None
        return task if isinstance(task, str) and task else None

    def forget_task(self, key: str) -> None:
        """The task is fetched, or known to have failed."""
        try:
            self._disk.delete(_PENDING + key)
        except _FAILURES as error:
            raise StorageError(f"The task note could not be removed ({error}).") from error

    @contextmanager
    def single_flight(self, key: str, stop: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Hold the right to ask for a key: one caller at a time over all threads and processes.

        Raises Cancelled when `stop` says so while waiting. The right of a process that dies is free again.
        """
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        lock = FileLock(self.locks / f"{name}.lock", thread_local=False)
        while True:
            try:
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
        """Counts since the folder was made or cleared."""
        try:
            hits, misses, saved = (
                int(self._disk.get(name, default=0) or 0) for name in (_HITS, _MISSES, _SAVED)
            )
            answers = sum(1 for key in self._disk.iterkeys() if str(key).startswith(_ANSWER))
            return CacheStats(answers, hits, misses, self._disk.volume(), saved / 1e6)
        except _FAILURES as error:
            raise StorageError(f"The cache could not be read ({error}).") from error

    def clear(self) -> None:
        """Forget every answer. Tasks under way stay: they are paid for."""
        try:
            for key in list(self._disk.iterkeys()):
                if not str(key).startswith(_PENDING):
                    self._disk.delete(key)
        except _FAILURES as error:
            raise StorageError(f"The cache could not be cleared ({error}).") from error

    def close(self) -> None:
        """Release the files."""
        self._disk.close()

    def _count(self, name: str, amount: int = 1) -> None:
        if not amount:
            return
        try:
            self._disk.incr(name, amount, default=0)
        except (*_FAILURES, TypeError) as error:
            log.warning("the cache's counter “%s” could not be written: %s", name, error)


def _open(folder: Path) -> Any:
    return diskcache.Cache(str(folder), disk=PlainDisk, eviction_policy="none", size_limit=2**40, timeout=60)


def _set_aside(folder: Path) -> None:
    """Put a damaged index aside, so that work goes on; the answers it named are asked for again."""
    log.error("the cache's index in %s is damaged; it is kept as cache.db.damaged and begun anew", folder)
    for name in ("cache.db", "cache.db-wal", "cache.db-shm"):
        file = folder / name
        if file.exists():
            file.replace(folder / f"{name}.damaged")


def _seal(head: Head, data: bytes) -> bytes:
    text = json.dumps(head, sort_keys=True).encode()
    body = _FORMAT.pack(_MAGIC, len(text)) + text + data
    return body + hashlib.sha256(body).digest()


def _unseal(row: bytes) -> tuple[Head, bytes] | None:
    body, digest = row[:-32], row[-32:]
    if len(row) < _FORMAT.size + 32 or hashlib.sha256(body).digest() != digest:
        return None
    magic, size = _FORMAT.unpack_from(body)
    if magic != _MAGIC:
        return None
    start = _FORMAT.size
    try:
        head = json.loads(body[start : start + size])
    except ValueError:
        return None
    return (head, body[start + size :]) if isinstance(head, dict) else None
