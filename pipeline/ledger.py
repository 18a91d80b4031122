"""Every call to a provider, written down: what it cost, what the cache saved, and the caps that refuse.

The file is one JSON object a line, only ever appended to, under a lock shared by all processes. A paid call
is written twice: as `placed` before it is made, so that five calls at once cannot slip past a cap together
and money spent by a process that died is still counted; and again when its end is known.
"""

import errno
import json
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from filelock import FileLock, Timeout

from pipeline.errors import CapReached, DiskFull, StorageError

State = Literal["placed", "done", "failed", "charged", "cached"]
"""`charged`: it failed, and the provider may bill it all the same."""

_LOCK_TIMEOUT_S = 30


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

    @property
    def day(self) -> str:
        """The UTC day, YYYY-MM-DD."""
        return self.time[:10]


@dataclass(frozen=True)
class Total:
    """What a set of calls came to. `open_usd` is the part whose end is not known yet."""

    calls: int = 0
    hits: int = 0
    cost_usd: float = 0.0
    open_usd: float = 0.0
    saved_usd: float = 0.0
    seconds: float = 0.0

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Total":
        """Add entries up."""
        told = list(entries)
        return cls(
            calls=sum(e.state != "cached" for e in told),
            hits=sum(e.state == "cached" for e in told),
            cost_usd=round(sum(e.cost_usd for e in told), 6),
            open_usd=round(sum(e.cost_usd for e in told if e.state == "placed"), 6),
            saved_usd=round(sum(e.saved_usd for e in told), 6),
            seconds=round(sum(e.seconds for e in told), 3),
        )


class Ledger:
    """The account book of one data folder."""

    def __init__(self, file: Path, caps: Caps) -> None:
        self._file = file
        self._caps = caps
        self._entries: dict[str, Entry] = {}
        self._read_bytes = 0
        self._threads = threading.RLock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _storage_error(error) from error

    def place(
        self, *, provider: str, model: str, role: str, design_id: str, key: str, cost_usd: float
    ) -> Entry:
        """Reserve the money for a call about to be made. Raises CapReached before anything is bought."""
        entry = Entry(
            secrets.token_hex(8), _now(), "placed", provider, model, role, design_id, key, 0.0, cost_usd
        )
        with self._locked():
            if cost_usd > 0:
                self._refuse_beyond_caps(entry)
            self._append(entry)
        return entry

    def open_order(self, key: str) -> Entry | None:
        """The newest order for a cache key whose end was never written: its process died."""
        with self._locked():
            found = [e for e in self._entries.values() if e.key == key and e.state == "placed"]
        return found[-1] if found else None

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
        entry = Entry(
            secrets.token_hex(8), _now(), "cached", provider, model, role, design_id, key, saved_usd=saved_usd
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
            found = tuple(self._entries.values())
        return tuple(
            e
            for e in found
            if (design_id is None or e.design_id == design_id) and (day is None or e.day == day)
        )

    def total(self, *, design_id: str | None = None, day: str | None = None) -> Total:
        """Totals of everything, of one design or of one UTC day (`today()`)."""
        return Total.of(self.entries(design_id=design_id, day=day))

    def totals(self, by: Literal["design_id", "day", "provider"]) -> dict[str, Total]:
        """Totals by design, day or provider, in order of first appearance."""
        groups: dict[str, list[Entry]] = {}
        for entry in self.entries():
            groups.setdefault(getattr(entry, by), []).append(entry)
        return {name: Total.of(found) for name, found in groups.items()}

    def left(self, design_id: str = "") -> float:
        """US dollars that may still be spent, today and on the design."""
        today_left = self._caps.spend_cap_day_usd - self.total(day=today()).cost_usd
        if not design_id:
            return max(0.0, today_left)
        design_left = self._caps.spend_cap_design_usd - self.total(design_id=design_id).cost_usd
        return max(0.0, min(today_left, design_left))

    # -- private

    def _refuse_beyond_caps(self, order: Entry) -> None:
        spent_today = sum(e.cost_usd for e in self._entries.values() if e.day == order.day)
        spent_here = sum(e.cost_usd for e in self._entries.values() if e.design_id == order.design_id)
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
            with self._threads, FileLock(f"{self._file}.lock", timeout=_LOCK_TIMEOUT_S):
                self._catch_up()
                yield
        except Timeout as error:
            raise StorageError("The ledger is being written elsewhere; try again in a moment.") from error
        except OSError as error:
            raise _storage_error(error) from error

    def _catch_up(self) -> None:
        try:
            size = self._file.stat().st_size
        except FileNotFoundError:
            size = 0
        if size < self._read_bytes:  # someone replaced the file
            self._entries.clear()
            self._read_bytes = 0
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
        line = json.dumps(asdict(entry), separators=(",", ":")).encode() + b"\n"
        with self._file.open("ab") as file:
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


def today() -> str:
    """The UTC day, YYYY-MM-DD."""
    return _now()[:10]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _entry(line: bytes) -> Entry | None:
    """Read a line back; a damaged one is left out rather than hiding all others."""
    try:
        told: dict[str, Any] = json.loads(line)
        entry = Entry(**told)
    except (ValueError, TypeError):
        return None
    numbers = (entry.cost_usd, entry.saved_usd, entry.seconds)
    whole = all(isinstance(n, int | float) for n in numbers) and isinstance(entry.order, str)
    return entry if whole and isinstance(entry.time, str) else None


def _storage_error(error: OSError) -> StorageError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull("There is no room left to write the ledger; free some space, then try again.")
    return StorageError(f"The ledger cannot be written ({error.strerror or error}).")
