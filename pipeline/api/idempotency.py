"""`Idempotency-Key`: a call that is sent again with its key is carried out once, also over a restart.

What a key began is written down before it is ordered, and again when it is; a repeat is answered with the same
work, and one whose server died between the two is ordered then. Keys are kept for a day, with `LOUPE_STORE_URL` in the
bucket too, so that an empty disk and a second server know them:

    idempotency/<day>/<key>/1.json    what it stands for, before it is ordered
    idempotency/<day>/<key>/2.json    that it was
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import files
from pipeline.api.problems import Refusal
from pipeline.bucket import Bucket
from pipeline.errors import LoupeError, StorageError
from pipeline.log import event
from pipeline.orders import AnyOrder
from pipeline.records import Record

KEPT_S = 24 * 3600
PATIENCE_S = 60.0
"""For so long a key that another server wrote down may be one that it is just ordering."""
_SWEPT_EVERY_S = 3600
_ELSEWHERE = "idempotency"
Clock = Callable[[], float]


class Entry(Record):
    """What one key stands for."""

    digest: str
    """Of the call it came with."""
    design_id: str
    order: AnyOrder | None = None
    """What was ordered; None for what is done at once."""
    begun: bool = False
    """Whether it was carried out, so that it is never again."""
    at: float = 0.0
    """When it was written down, seconds since 1970."""


@dataclass(frozen=True)
class Held:
    """A key while its call is being answered; nobody else holds it meanwhile."""

    file: Path
    digest: str
    name: str
    """A text that belongs to the key alone, from which a new design's id is made."""
    bucket: Bucket | None = None
    clock: Clock = time.time

    def entry(self) -> Entry | None:
        """What the key stands for, by this disk, else by the bucket.

        Raises Refusal where that was another call or another server is just answering it, and StorageError where the
        bucket does not answer: nobody knows then whether it was carried out.
        """
        entry = self._here() or self._there()
        if entry is not None and entry.digest != self.digest:
            raise Refusal(422, "This Idempotency-Key came with another call before; use a new one.")
        return entry

    def write(self, entry: Entry) -> Entry:
        """Write down what the key stands for, before anything is ordered; as it stands there. Raises as `entry`."""
        entry = entry.model_copy(update={"at": self.clock()})
        if self.bucket is not None and not self.bucket.create(self._beyond(1), _bytes(entry)):
            self._there()  # somebody was faster
            raise _being_answered()
        self._keep(entry)
        return entry

    def begin(self, entry: Entry) -> None:
        """Write down that it was ordered. Raises StorageError where this disk takes nothing."""
        self._keep(entry := entry.model_copy(update={"begun": True}))
        if self.bucket is not None:
            try:
                self.bucket.create(self._beyond(2, entry.at), _bytes(entry))
            except StorageError as error:  # what it bought is known by its question, there as well
                event("idempotency.behind", logging.WARNING, error=error)

    def forget(self, entry: Entry) -> None:
        """Drop a key whose call was refused: the next one is heard afresh."""
        self.file.unlink(missing_ok=True)
        if self.bucket is not None:
            with suppress(StorageError):  # it stands there as not begun, and is ordered when it comes again
                self.bucket.remove(self._beyond(1, entry.at))

    def _here(self) -> Entry | None:
        try:
            return _parsed(self.file.read_bytes())
        except OSError:
            return None

    def _there(self) -> Entry | None:
        if self.bucket is None:
            return None
        now = self.clock()
        for at in (now, now - KEPT_S):
            ordered = self.bucket.read(self._beyond(2, at))
            entry = _parsed(ordered or self.bucket.read(self._beyond(1, at)) or b"")
            if entry is None or now - entry.at > KEPT_S:
                continue
            if not entry.begun and entry.order is not None and now - entry.at < PATIENCE_S:
                raise _being_answered()
            self._keep(entry)
            return entry
        return None

    def _keep(self, entry: Entry) -> None:
        with files.access(self.file.parent):
            files.write(self.file, _bytes(entry))

    def _beyond(self, number: int, at: float | None = None) -> str:
        return f"{_ELSEWHERE}/{_day(self.clock() if at is None else at)}/{self.name}/{number}.json"


@contextmanager
def hold(folder: Path, person: str, key: str, digest: str, bucket: Bucket | None = None) -> Iterator[Held]:
    """Hold a caller's key. Raises Refusal while a call with the same key is being answered, and StorageError."""
    name = hashlib.sha256(json.dumps([person, key]).encode()).hexdigest()
    with files.access(folder):
        folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder, bucket)
    lock = FileLock(folder / f"{name}.lock", timeout=0, thread_local=False)
    try:
        with files.access(folder):
            lock.acquire()
    except Timeout as error:
        raise _being_answered() from error
    try:
        yield Held(folder / f"{name}.json", digest, name, bucket)
    finally:
        lock.release()


def _being_answered() -> Refusal:
    return Refusal(409, "A call with this Idempotency-Key is being answered.", wait_s=1.0)


def _forget_old(folder: Path, bucket: Bucket | None = None, clock: Clock = time.time) -> None:
    """Drop keys of more than a day ago; looked for once an hour, by whichever process comes first."""
    swept = folder / "swept"
    with suppress(OSError):
        if swept.stat().st_mtime > clock() - _SWEPT_EVERY_S:
            return
    with suppress(OSError):  # a full disk is told where the key itself is written
        swept.touch()
    for file in folder.iterdir():
        with suppress(OSError):
            if file.stat().st_mtime < clock() - KEPT_S:
                file.unlink()
    if bucket is not None:
        with suppress(StorageError):  # looked for again in an hour
            oldest = _day(clock() - KEPT_S)
            for name in bucket.names(f"{_ELSEWHERE}/"):
                day = name.split("/")[1]
                if day.isdecimal() and day < oldest:
                    bucket.remove(name)


def _day(at: float) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)).strftime("%Y%m%d")


def _bytes(entry: Entry) -> bytes:
    return entry.model_dump_json().encode()


def _parsed(data: bytes) -> Entry | None:
    try:
        return Entry.model_validate_json(data)
    except (ValueError, LoupeError):
        return None
