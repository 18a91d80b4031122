"""`Idempotency-Key`: a call that is sent again with its key is carried out once, also over a restart.

What a key began is written down before it is ordered, and again when it is; a repeat is answered with the same
work, and one whose server died between the two is ordered then. Keys are kept for a day.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import files
from pipeline.api.problems import Refusal
from pipeline.errors import LoupeError
from pipeline.orders import AnyOrder
from pipeline.records import Record

KEPT_S = 24 * 3600
_SWEPT_EVERY_S = 3600


class Entry(Record):
    """What one key stands for."""

    digest: str
    """Of the call it came with."""
    design_id: str
    order: AnyOrder | None = None
    """What was ordered; None for what is done at once."""
    begun: bool = False
    """Whether it was carried out, so that it is never again."""


@dataclass(frozen=True)
class Held:
    """A key while its call is being answered; nobody else holds it meanwhile."""

    file: Path
    digest: str
    name: str
    """A text that belongs to the key alone, from which a new design's id is made."""

    def entry(self) -> Entry | None:
        """What the key stands for. Raises Refusal where that was another call."""
        try:
            entry = Entry.model_validate_json(self.file.read_bytes())
        except (OSError, ValueError, LoupeError):
            return None
        if entry.digest != self.digest:
            raise Refusal(422, "This Idempotency-Key came with another call before; use a new one.")
        return entry

    def write(self, entry: Entry) -> None:
        """Write down what the key stands for. Raises StorageError."""
        with files.access(self.file.parent):
            files.write(self.file, entry.model_dump_json().encode())

    def forget(self) -> None:
        """Drop a key whose call was refused: the next one is heard afresh."""
        self.file.unlink(missing_ok=True)


@contextmanager
def hold(folder: Path, person: str, key: str, digest: str) -> Iterator[Held]:
    """Hold a caller's key. Raises Refusal while a call with the same key is being answered, and StorageError."""
    name = hashlib.sha256(json.dumps([person, key]).encode()).hexdigest()
    with files.access(folder):
        folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder)
    lock = FileLock(folder / f"{name}.lock", timeout=0, thread_local=False)
    try:
        with files.access(folder):
            lock.acquire()
    except Timeout as error:
        raise Refusal(409, "A call with this Idempotency-Key is being answered.", wait_s=1.0) from error
    try:
        yield Held(folder / f"{name}.json", digest, name)
    finally:
        lock.release()


def _forget_old(folder: Path, clock: Callable[[], float] = time.time) -> None:
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
