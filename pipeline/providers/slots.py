"""How many calls a provider takes at once: the rest wait here, where Cancel still reaches them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import Cancelled
from pipeline.providers.base import Watch

_LOOK_S = 0.1


class Slots:
    """Places at the counters of all providers, shared by all threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, threading.Semaphore] = {}

    @contextmanager
    def hold(self, counter: str, count: int, watch: Watch) -> Iterator[None]:
        """Hold one of `count` places at a counter. Raises Cancelled while waiting."""
        with self._lock:
            places = self._places.setdefault(counter, threading.Semaphore(max(1, count)))
        while not places.acquire(timeout=_LOOK_S):
            if watch.cancelled():
                raise Cancelled("Stopped while waiting for a free place at the provider.")
        try:
            yield
        finally:
            places.release()
