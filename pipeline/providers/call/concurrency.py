"""How many calls a provider takes at once: the rest wait here, where Cancel still reaches them."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import Cancelled, StorageError
from pipeline.providers.base import Watch

_LOOK_S = 0.1
_WAITING = "waiting for others to be served"


class Slots:
    """Places at the counters of all providers, shared by all threads and processes that use one folder.

    A place is a lock on a file: the place of a process that dies is free again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def hold(self, counter: str, count: int, watch: Watch) -> Iterator[None]:
        """Hold one of `count` places at a counter; who has to wait is told. Raises Cancelled while waiting."""
        name = hashlib.sha256(counter.encode()).hexdigest()[:16]
        places = [self._folder / f"{name}.{number}.lock" for number in range(max(1, count))]
        waiting = False
        while (taken := _take_any(places)) is None:
            if not waiting:
                watch.progress(0.0, _WAITING)
                waiting = True
            if watch.cancelled():
                raise Cancelled("Stopped while waiting for a free place at the provider.")
            time.sleep(_LOOK_S)
        try:
            yield
        finally:
            taken.release()


def _take_any(places: list[Path]) -> FileLock | None:
    for place in places:
        lock = FileLock(place, timeout=0, thread_local=False)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            continue
        except OSError as error:
            raise StorageError(f"The folder {place.parent} cannot be written ({error.strerror}).") from error
        return lock
    return None
