"""How long each kind of work takes on this machine: the last seconds of every kind, kept in the data folder."""

import json
import statistics
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline import files

_REMEMBERED = 15
"""Times of a kind that its median is taken of: a machine that grows faster or slower is followed."""
_LEAST_S = 0.05
"""What took less came from the cache and tells nothing of the work."""


class Pace:
    """Seconds for one part of a kind of work, by kind; without a path they are kept in memory alone.

    Several processes may keep the same file: the last one that writes wins, and no more than a few times are lost.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seconds: dict[str, deque[float]] = {}
        if path is not None:
            with suppress(OSError, ValueError, TypeError, AttributeError):  # a damaged note is none
                for kind, seconds in json.loads(path.read_bytes()).items():
                    self._seconds[kind] = deque(map(float, seconds), _REMEMBERED)

    def note(self, kind: str, seconds: float) -> None:
        """Remember how long one part took; a disk that cannot be written keeps it in memory alone."""
        if not kind or seconds < _LEAST_S:
            return
        with self._lock:
            self._seconds.setdefault(kind, deque(maxlen=_REMEMBERED)).append(round(seconds, 2))
            if self._path is not None:
                with suppress(OSError):
                    times = {kind: list(times) for kind, times in self._seconds.items()}
                    files.write(self._path, json.dumps(times).encode())

    def median(self, kind: str) -> float | None:
        """Seconds one part usually takes; None where none was measured yet."""
        with self._lock:
            seconds = self._seconds.get(kind)
            return statistics.median(seconds) if seconds else None

    def expected(self, parts: Iterable[tuple[str, int]]) -> float | None:
        """Seconds that so many parts of each kind usually take together; None where a kind was never measured."""
        seconds = 0.0
        for kind, count in parts:
            each = self.median(kind)
            if each is None:
                return None
            seconds += each * count
        return seconds
