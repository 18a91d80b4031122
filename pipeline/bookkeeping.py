"""What else of a server outlives its disk: the ledger, and the notes of work that was not finished.

    ledger/<time>-<server>.jsonl    lines of a server's ledger, in the order they were written
    jobs/<server>/<number>.json     the notes of a server's unfinished work; while there is some, renewed now and then.
                                    Earlier numbers are removed, and those of a server that has none any more

A server on an empty disk reads the ledger before it first pays, so that the caps count what was spent before; while the
bucket does not answer, nothing is bought. Notes of a server that has not renewed them for a while are taken over by
whoever is first to create their next number: by a server's own clock, whatever the others' show.
"""

import json
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline import files
from pipeline.bucket import Bucket
from pipeline.ledger import Ledger

RENEWED_S = 30.0
DEAD_S = 95.0
"""A server that has not renewed its notes for three times as long has died, or lost its way to the bucket."""
EMPTY_S = 3600.0
"""A server that has had no unfinished work for so long leaves nothing to take over."""
_READERS = 16
_FROM_ITS_PAGE = ".catalogue"
"""Work that nobody takes over by its note: its page goes on with it, by the rows that ended."""
Notes = dict[str, str]


@dataclass
class _Other:
    """What another server's notes were last seen at."""

    number: int
    since: float
    notes: Notes


class Bookkeeping:
    """The ledger and the jobs of a data folder in a bucket."""

    def __init__(
        self,
        folder: Path,
        bucket: Bucket,
        ledger: Ledger,
        jobs: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`folder` is where it notes what was sent."""
        self._folder = folder
        self._bucket = bucket
        self._ledger = ledger
        self._jobs = jobs
        self._clock = clock
        self._name = ""
        self._ledger_lock = threading.Lock()
        self._sent: Notes | None = None
        self._sent_at = 0.0
        self._others: dict[str, _Other] = {}

    def is_elsewhere(self, key: str) -> bool:
        """Whether another server was at this work a moment ago, as far as was looked; nothing waits for the bucket."""
        now = self._clock()
        return any(key in other.notes and now - other.since < DEAD_S for other in list(self._others.values()))

    def restore(self) -> None:
        """Read in what servers before this disk spent, once. Raises StorageError while the bucket does not answer."""
        with self._ledger_lock:
            if self._sent_bytes() is None:
                self._restore()

    def even_out(self) -> None:
        """Send what is new in the ledger and of unfinished work, and take over a dead server's. Raises StorageError."""
        self.restore()
        with self._ledger_lock:
            self._send_ledger(self._sent_bytes() or 0)
        self._even_out_jobs()

    # -- the ledger

    def _restore(self) -> None:
        self._send_ledger(0)
        names = self._bucket.names("ledger/")
        with ThreadPoolExecutor(_READERS) as pool:
            texts = list(pool.map(self._bucket.read, names))
        size = self._ledger.merge(line for text in texts if text for line in text.splitlines())
        self._note_sent(size)

    def _send_ledger(self, since: int) -> None:
        lines, size = self._ledger.lines_since(since)
        if lines.strip():
            name = f"ledger/{time.time_ns():020d}-{self._server}-{secrets.token_hex(2)}.jsonl"
            self._bucket.create(name, lines)
        if size != since:
            self._note_sent(size)

    def _sent_bytes(self) -> int | None:
        """How much of the ledger's file is there; None where this disk has not read what others spent."""
        try:
            return int((self._folder / "ledger-sent").read_text())
        except (OSError, ValueError):
            return None

    def _note_sent(self, size: int) -> None:
        with files.access(self._folder):
            files.write(self._folder / "ledger-sent", str(size).encode())

    # -- unfinished work

    def _even_out_jobs(self) -> None:
        there = self._there()
        self._look_at({server: numbers[-1] for server, numbers in there.items() if server != self._server})
        for server, numbers in there.items():
            for number in numbers[:-1]:  # a later one stands in its place
                self._bucket.remove(_notes_name(server, number))
        mine, newest = self._notes(), there.get(self._server, [0])[-1]
        is_due = bool(mine) and self._clock() - self._sent_at >= RENEWED_S
        if mine == (self._sent or {}) and not is_due and (self._sent is not None or not newest):
            return
        number = newest + 1  # taken where others held this server for dead: the one after
        while not self._bucket.create(_notes_name(self._server, number), json.dumps(mine).encode()):
            number += 1
        self._sent, self._sent_at = mine, self._clock()

    def _there(self) -> dict[str, list[int]]:
        """The numbers of each server's notes, in order."""
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for name in self._bucket.names("jobs/"):
            _, _, rest = name.partition("/")
            server, _, file = rest.partition("/")
            number = file.removesuffix(".json")
            if server and number.isdecimal() and _notes_name(server, int(number)) == name:
                numbers[server].append(int(number))
        return {server: sorted(each) for server, each in numbers.items()}

    def _look_at(self, newest: dict[str, int]) -> None:
        """Note what others are at, and take over what a dead one left."""
        for server in self._others.keys() - newest.keys():
            del self._others[server]
        for server, number in newest.items():
            known = self._others.get(server)
            if known is None or known.number != number:
                self._others[server] = _Other(number, self._clock(), self._read(server, number))
                continue
            silent_s = self._clock() - known.since
            if not known.notes and silent_s >= EMPTY_S:
                self._bucket.remove(_notes_name(server, number))
            elif known.notes and silent_s >= DEAD_S:
                if self._bucket.create(_notes_name(server, number + 1), b"{}"):
                    self._keep(known.notes)
                known.since = self._clock()

    def _read(self, server: str, number: int) -> Notes:
        try:
            notes = files.parsed(self._bucket.read(_notes_name(server, number)) or b"{}")
        except ValueError:
            return {}
        if not isinstance(notes, dict) or not all(isinstance(text, str) for text in notes.values()):
            return {}
        return {str(key): text for key, text in notes.items() if _is_key(str(key))}

    def _keep(self, notes: Notes) -> None:
        """Write a dead server's notes down as this one's; work of the same kind that is noted here stays."""
        with files.access(self._jobs):
            for key, text in notes.items():
                if key.endswith(_FROM_ITS_PAGE):
                    continue
                path = self._jobs / f"{key}.json"
                if not path.exists():
                    files.write(path, text.encode())

    def _notes(self) -> Notes:
        notes: Notes = {}
        for path in sorted(self._jobs.glob("*.json")):
            if _is_key(path.stem):
                try:
                    notes[path.stem] = path.read_text("utf-8")
                except (OSError, ValueError):  # it ended just now
                    continue
        return notes

    @property
    def _server(self) -> str:
        """This disk's name among the servers of the bucket. Raises StorageError where it cannot be written down."""
        self._name = self._name or self._named()
        return self._name

    def _named(self) -> str:
        file = self._folder / "server"
        try:
            name = file.read_text().strip()
        except (OSError, ValueError):
            name = ""
        if not (name.isalnum() and name.isascii()):
            name = secrets.token_hex(6)
            with files.access(self._folder):
                files.write(file, name.encode())
        return name


def _is_key(key: str) -> bool:
    """Whether a note is of work that another server can go on with."""
    design_id, _, verb = key.partition(".")
    return design_id.isalnum() and design_id.isascii() and verb.replace("-", "").isalpha()


def _notes_name(server: str, number: int) -> str:
    return f"jobs/{server}/{number:08d}.json"
