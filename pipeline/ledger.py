"""Every call to a provider, written down: what it cost, what the cache saved, and the caps that refuse.

The file is one JSON object a line, only ever appended to, under a lock shared by all processes. A paid call
is written twice: as `placed` before it is made, so that five calls at once cannot slip past a cap together
and money spent by a process that died is still counted; and again when its end is known. In between the
service's own id of the order is added, so that it can be fetched although the cache was lost.
"""

import errno
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from filelock import FileLock, Timeout
from pydantic import ConfigDict, TypeAdapter

from pipeline import files
from pipeline.errors import CapReached, DiskFull, StorageError

State = Literal["placed", "done", "failed", "charged", "cached"]
"""`charged`: it failed, and the provider may bill it all the same."""

_LOCK_TIMEOUT_S = 30
_TRIM_S = 300.0
"""How far the shown time may be from what is expected and still be believed."""
_MOST = 1e9
"""Dollars or seconds past which a line is damaged; what is no number at all is not below it either."""


class Caps(Protocol):
    """The two limits; `Settings` has them."""

    @property
    def spend_cap_design_usd(self) -> float:
        """Most that may be spent on one design."""

    @property
    def spend_cap_day_usd(self) -> float:
        """Most that may be spent in one day."""


@dataclass(frozen=True)
class Entry:
    """One call. `cost_usd` counts towards the totals; `saved_usd` is what a cached answer had cost."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid")
    order: str
    time: str
    """UTC, ISO 8601."""
    state: State
    provider: str
    model: str
    role: str
    design_id: str = ""
    key: str = ""
    """Cache key: a hash, fit to show."""
    seconds: float = 0.0
    cost_usd: float = 0.0
    saved_usd: float = 0.0
    task: str = ""
    """What finds the order at the service again, as `call.tasks` wrote it."""
    account: str = ""
    """A part of the hash of the key that ordered it."""
    own_key: bool = False
    """A visitor's own key pays: the operator's caps know nothing of it."""
    lost: bool = False
    """Its answer was found missing later, and that was told once."""

    @property
    def day(self) -> str:
        """The UTC day, YYYY-MM-DD."""
        return self.time[:10]


@dataclass(frozen=True)
class Total:
    """What a set of calls came to: the operator's money, and in `own_usd` what visitors' own keys paid.

    `open_usd` is the part whose end is not known yet.
    """

    calls: int = 0
    hits: int = 0
    cost_usd: float = 0.0
    open_usd: float = 0.0
    saved_usd: float = 0.0
    seconds: float = 0.0
    own_usd: float = 0.0

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Total":
        """Add entries up."""
        calls = list(entries)
        paid = [e for e in calls if not e.own_key]
        return cls(
            calls=sum(e.state != "cached" for e in calls),
            hits=sum(e.state == "cached" for e in calls),
            cost_usd=round(sum(e.cost_usd for e in paid), 6),
            open_usd=round(sum(e.cost_usd for e in paid if e.state == "placed"), 6),
            saved_usd=round(sum(e.saved_usd for e in calls), 6),
            seconds=round(sum(e.seconds for e in calls), 3),
            own_usd=round(sum(e.cost_usd for e in calls if e.own_key), 6),
        )


_ENTRY = TypeAdapter(Entry)


class Ledger:
    """The account book of one data folder."""

    def __init__(self, file: Path, caps: Caps) -> None:
        self._file = file
        self._caps = caps
        self._entries: dict[str, Entry] = {}
        self._placed: set[str] = set()
        self._read_bytes = 0
        self._file_id = 0
        self.before_paying: Callable[[], None] = _nothing
        """Called before money is reserved; what it raises refuses the call."""
        self._threads = threading.RLock()
        self._clock = _Clock()

    def within(self, caps: Caps) -> "Ledger":
        """The same book, kept by other caps."""
        book = Ledger(self._file, caps)
        book.before_paying = self.before_paying
        return book

    def lines_since(self, size: int) -> tuple[bytes, int]:
        """The lines written after the first `size` bytes of the file, and how large it is; from its beginning where
        it is smaller.
        """
        with self._locked():
            if not self._read_bytes:
                return b"", 0
            with self._file.open("rb") as file:
                file.seek(size if size <= self._read_bytes else 0)
                return file.read(self._read_bytes - file.tell()), self._read_bytes

    def merge(self, lines: Iterable[bytes]) -> int:
        """Take in the calls of other books, by their time; what is known of a call's end, and of what finds an open one
        at its service again, stays. The file's size.
        """
        with self._locked():
            known = dict(self._entries)
            for line in lines:
                entry = _entry(line)
                if entry and _tells_more(entry, known.get(entry.order)):
                    known[entry.order] = entry
            if known != self._entries:
                calls = sorted(known.values(), key=lambda entry: entry.time)
                files.write(self._file, b"".join(_line(entry) for entry in calls))
                self._catch_up()
            return self._read_bytes

    def place(
        self,
        *,
        provider: str,
        model: str,
        role: str,
        design_id: str,
        key: str,
        cost_usd: float,
        account: str = "",
        own_key: bool = False,
    ) -> Entry:
        """Reserve the money for a call about to be made. Raises CapReached before anything is bought."""
        entry = self._new(
            "placed",
            provider=provider,
            model=model,
            role=role,
            design_id=design_id,
            key=key,
            cost_usd=cost_usd,
            account=account,
            own_key=own_key,
        )
        is_paid = cost_usd > 0 and not own_key
        if is_paid:
            self.before_paying()
        with self._locked():
            if is_paid:
                self._refuse_beyond_caps(entry)
            self._append(entry)
            self._placed.add(entry.order)
        return entry

    def note_task(self, key: str, task: str, account: str) -> None:
        """Add what finds the newest open order for a cache key at its service again."""
        with self._locked():
            order = self._newest(key, "placed")
            if order is not None:
                self._append(replace(order, task=task, account=account))

    def open_order(self, key: str) -> Entry | None:
        """The newest order for a cache key whose end is not written: it is under way, or its process died."""
        with self._locked():
            return self._newest(key, "placed")

    def open_orders(self) -> tuple[Entry, ...]:
        """All orders whose end is not written, oldest first."""
        return tuple(e for e in self.entries() if e.state == "placed")

    def lost_answer(self, key: str, *, since: float = 0.0) -> Entry | None:
        """An answer bought under a cache key that is gone although nobody cleared it; it is told once.

        `since`, seconds since 1970, is when somebody last cleared the cache.
        """
        with self._locked():
            bought = self._newest(key, "done")
            if bought is None or bought.lost or bought.cost_usd <= 0 or _seconds(bought.time) <= since:
                return None
            self._append(replace(bought, lost=True))
            return bought

    def settle(
        self, placed: Entry, state: State, *, cost_usd: float, seconds: float, model: str = ""
    ) -> Entry:
        """Write down how an order ended and what it really cost."""
        entry = replace(
            placed, state=state, cost_usd=cost_usd, seconds=round(seconds, 3), model=model or placed.model
        )
        with self._locked():
            self._append(entry)
        return entry

    def book_hit(
        self, *, provider: str, model: str, role: str, design_id: str, key: str, saved_usd: float
    ) -> Entry:
        """Write down an answer that was found in the cache: it cost nothing.

        An order for it whose process died between keeping the answer and settling the bill is settled now.
        """
        entry = self._new(
            "cached",
            provider=provider,
            model=model,
            role=role,
            design_id=design_id,
            key=key,
            saved_usd=saved_usd,
        )
        with self._locked():
            same = [e for e in self._entries.values() if e.key == key]
            paid = any(e.state == "done" for e in same)
            for left_open in (e for e in same if e.state == "placed"):
                # Of two orders for one answer the first may have been billed, too: its estimate stands.
                settled = (
                    replace(left_open, state="charged")
                    if paid
                    else replace(left_open, state="done", cost_usd=saved_usd)
                )
                paid = True
                self._append(settled)
            self._append(entry)
        return entry

    def entries(self, *, design_id: str | None = None, day: str | None = None) -> tuple[Entry, ...]:
        """All calls, oldest first, of one design or one UTC day if so asked."""
        with self._locked():
            calls = tuple(self._entries.values())
        return tuple(
            e
            for e in calls
            if (design_id is None or e.design_id == design_id) and (day is None or e.day == day)
        )

    def total(self, *, design_id: str | None = None, day: str | None = None) -> Total:
        """Totals of everything, of one design or of one UTC day (`today()`)."""
        return Total.of(self.entries(design_id=design_id, day=day))

    def placed_usd(self) -> float:
        """What was ordered through this very book came to, whoever else writes to the same file."""
        with self._locked():
            return Total.of(self._entries[order] for order in self._placed if order in self._entries).cost_usd

    def totals(self, by: Literal["design_id", "day", "provider"]) -> dict[str, Total]:
        """Totals by design, day or provider, in order of first appearance."""
        groups: dict[str, list[Entry]] = {}
        for entry in self.entries():
            groups.setdefault(getattr(entry, by), []).append(entry)
        return {name: Total.of(calls) for name, calls in groups.items()}

    def left(self, design_id: str = "") -> float:
        """US dollars that may still be spent, today and on the design."""
        with self._locked():
            spent_today, spent_here = self._spent(self._clock.now()[:10], design_id)
        today_left = self._caps.spend_cap_day_usd - spent_today
        if not design_id:
            return max(0.0, today_left)
        return max(0.0, min(today_left, self._caps.spend_cap_design_usd - spent_here))

    # -- private

    def _new(self, state: State, **fields: Any) -> Entry:
        """An entry of now, under a name of its own."""
        return Entry(order=secrets.token_hex(8), time=self._clock.now(), state=state, **fields)

    def _newest(self, key: str, state: State) -> Entry | None:
        return next((e for e in reversed(self._entries.values()) if e.key == key and e.state == state), None)

    def _spent(self, day: str, design_id: str) -> tuple[float, float]:
        """What counts against the day's cap and against the design's, US dollars.

        A new day begins where the calls, in the order they were written, go on to a later date: a clock that is
        set back begins none, and calls dated ahead by a wrong one count until the next day really comes.
        """
        today_usd = here_usd = 0.0
        last = ""
        for entry in self._entries.values():
            if entry.day > last:
                today_usd = 0.0
            last = entry.day
            if not entry.own_key:
                today_usd += entry.cost_usd
                here_usd += entry.cost_usd if entry.design_id == design_id else 0.0
        return (0.0 if day > last else today_usd), here_usd

    def _refuse_beyond_caps(self, order: Entry) -> None:
        spent_today, spent_here = self._spent(order.day, order.design_id)
        limits = [("today", spent_today, self._caps.spend_cap_day_usd, "LOUPE_SPEND_CAP_DAY_USD")]
        if order.design_id:
            limits.append(
                ("on this design", spent_here, self._caps.spend_cap_design_usd, "LOUPE_SPEND_CAP_DESIGN_USD")
            )
        for where, spent, cap, variable in limits:
            if spent + order.cost_usd > cap + 1e-9:
                raise CapReached(
                    f"This call costs about ${order.cost_usd:.3f}; with ${spent:.2f} already spent {where} "
                    f"it would pass the cap of ${cap:.2f} ({variable}). Nothing was bought.",
                    provider=order.provider,
                )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the file, with everything other processes wrote read in."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._threads, FileLock(f"{self._file}.lock", timeout=_LOCK_TIMEOUT_S):
                self._catch_up()
                yield
        except Timeout as error:
            raise StorageError("The ledger is being written elsewhere; try again in a moment.") from error
        except OSError as error:
            raise _storage_error(error) from error

    def _catch_up(self) -> None:
        try:
            status = self._file.stat()
            size, file_id = status.st_size, status.st_ino
        except FileNotFoundError:
            size, file_id = 0, 0
        if size < self._read_bytes or file_id != self._file_id:  # someone replaced the file
            self._entries.clear()
            self._read_bytes, self._file_id = 0, file_id
        if size == self._read_bytes:
            return
        with self._file.open("rb") as file:
            file.seek(self._read_bytes)
            fresh = file.read()
        for line in fresh.splitlines():
            entry = _entry(line)
            if entry is not None:
                self._entries[entry.order] = entry
        self._read_bytes += len(fresh)

    def _append(self, entry: Entry) -> None:
        line = _line(entry)
        with self._file.open("ab") as file:
            self._file_id = os.fstat(file.fileno()).st_ino
            if self._read_bytes and not self._ends_whole():
                line = b"\n" + line  # a process died while writing its line: begin a new one after it
            file.write(line)
            file.flush()
            if entry.cost_usd or entry.state == "charged":
                os.fsync(file.fileno())
        self._read_bytes += len(line)
        self._entries[entry.order] = entry

    def _ends_whole(self) -> bool:
        with self._file.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"


def _nothing() -> None:
    """Ask nobody."""


def _tells_more(entry: Entry, earlier: Entry | None) -> bool:
    """Whether another book's line of a call says what is not known of it here."""
    if earlier is None or entry.state != "placed":
        return earlier is None or not earlier.lost
    return earlier.state == "placed" and not earlier.task  # the service's own id of the order is added to it


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), separators=(",", ":")).encode() + b"\n"


def today() -> str:
    """The UTC day, YYYY-MM-DD."""
    return _iso(time.time())[:10]


class _Clock:
    """The time of day as the machine's steady clock carries it on from the start: setting the clock changes nothing.

    A difference of a few minutes is followed, as clocks are trimmed. Steady means: sleep counts, where the system
    can tell.
    """

    def __init__(self) -> None:
        self._started, self._steady = time.time(), _steady_s()

    def now(self) -> str:
        """UTC, ISO 8601."""
        expected, shown = self._started + _steady_s() - self._steady, time.time()
        if abs(shown - expected) < _TRIM_S:
            self._started, self._steady = shown, _steady_s()
            return _iso(shown)
        return _iso(expected)


def _steady_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _seconds(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def _entry(line: bytes) -> Entry | None:
    """Read a line back; a damaged one is left out rather than hiding all others."""
    try:
        entry = _ENTRY.validate_json(line)
    except ValueError:
        return None
    numbers = (entry.cost_usd, entry.saved_usd, entry.seconds)
    return entry if all(abs(number) < _MOST for number in numbers) else None


def _storage_error(error: OSError) -> StorageError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return DiskFull("There is no room left to write the ledger; free some space, then try again.")
    return StorageError(f"The ledger cannot be written ({error.strerror or error}).")
