"""Background work: progress, cancel, resume. One `Jobs` per process; threads never touch a user interface.

A job is ordered as data (`Order`), so that a server's restart can show it as interrupted and order again what was
left of it. While a job runs its note on disk is locked and says what is still to be done; a note that nobody holds
locked belongs to a process that died.
"""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from filelock import FileLock, Timeout
from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator

from pipeline import files
from pipeline.errors import BadInput, Cancelled, LoupeError, RateLimited, StorageError
from pipeline.log import Stopwatch, event
from pipeline.memory import hand_back
from pipeline.records import Record
from pipeline.turns import Place, Ticket, Turns, place_in_words

State = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
Item = TypeVar("Item")

MOST_OF_ONE, MOST_OF_GUESTS, MOST_IN_ALL = 6, 6, 24
"""Jobs under way at a time: of one person, of all visitors together, and of everybody.

A visitor may be any number of tabs: without a bound of their own they could leave those who work here no place.
"""

_SHOULD = re.compile(r"^\w+ should")

log = logging.getLogger(__name__)


class Order(Record):
    """What is to be done, as plain data; every stage has a kind of its own.

    Raises BadInput, in one sentence, for a field that is missing, unknown or not allowed.
    """

    design_id: str
    verb: str

    @property
    def key(self) -> str:
        """One job per design and verb at a time."""
        return f"{self.design_id}.{self.verb}"

    def left(self, items: Sequence[Any]) -> Self | None:  # noqa: ARG002 - one that is not divided is done again whole
        """The order for what is still to be done when only these items are; None when nothing is."""
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _refused_in_words(cls, fields: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(fields)
        except ValidationError as error:
            raise BadInput(fault_in_words(error)) from error


def fault_in_words(error: ValidationError) -> str:
    """The first fault of an order as a sentence that says what may stand there."""
    fault = error.errors(include_url=False)[0]
    name = " ".join(str(part).replace("_", " ") for part in fault["loc"]) or "order"
    match fault["type"]:
        case "missing":
            return f"This order does not say its {name}; order it again from its page."
        case "extra_forbidden":
            return f"An order of this kind has no “{name[:60]}”; check how it is spelt."
        case "too_short" | "string_too_short":
            return f"The {name} of this order cannot be empty; choose at least one."
        case "too_long":
            return f"The {name} of this order are too many; choose fewer."
        case "value_error":
            return f"This order is not whole; choose {str(fault['msg']).removeprefix('Value error, ')}."
    given = fault["input"]
    words = f" “{str(given)[:60]}”" if isinstance(given, str | int | float) else ""
    return f"The {name}{words} cannot be ordered; {_SHOULD.sub('it should', str(fault['msg']))}."


class OlderOrder(LoupeError):
    """The note of interrupted work that this Loupe cannot read any more."""

    title = "This work was left unfinished"


@dataclass
class Row:
    """One line of progress. Written by its worker thread, read by pages."""

    name: str
    state: State = "waiting"
    fraction: float = 0.0
    note: str = ""
    error: LoupeError | None = None
    item: Any = None
    """What the line works on, so that it can be ordered again alone."""


class Job:
    """One piece of background work.

    `person` is who ordered it, empty for the command line, and `guest` whether that is a visitor; `keep` writes down
    what is still to be done.
    """

    def __init__(
        self,
        order: Order,
        state: State = "running",
        *,
        person: str = "",
        guest: bool = False,
        turns: Turns | None = None,
        keep: Callable[[Order | None], None] = lambda _: None,
    ) -> None:
        self.order = order
        self.person = person
        self.guest = guest
        self.state: State = state
        self.rows: list[Row] = []
        self.due: float | None = None
        """When it should be done by what was measured before, on `time.monotonic`'s clock; None where unknown."""
        self._keep = keep
        self._turns = turns or Turns()
        self._keeping = threading.Lock()
        self._stop = threading.Event()
        self._ended = threading.Event()
        if state != "running":
            self._ended.set()

    @property
    def running(self) -> bool:
        """Whether work goes on."""
        return self.state == "running"

    @property
    def fraction(self) -> float:
        """Overall progress, 0..1."""
        if not self.rows:
            return 0.0
        ended = {"done", "failed", "cancelled"}
        return sum(1.0 if row.state in ended else row.fraction for row in self.rows) / len(self.rows)

    @property
    def troubles(self) -> tuple[Row, ...]:
        """The rows that failed."""
        return tuple(row for row in self.rows if row.state == "failed")

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._stop.set()

    def expect(self, seconds: float | None) -> None:
        """Say how long it will usually take from now; None where nothing was measured yet."""
        self.due = None if seconds is None else time.monotonic() + seconds

    def narrow(self, order: Order) -> None:
        """Put in the order's place the one for what is left of it: a server that stops leaves this one behind."""
        self.order = order
        self._keep_what_is_left()

    def end(self, state: State) -> None:
        """Say how the work ended, and wake who waits for it."""
        self.state = state
        self._ended.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until the job ended; False when the time ran out first."""
        return self._ended.wait(timeout_s)

    def cancelled(self) -> bool:
        """Whether Cancel was pressed."""
        return self._stop.is_set()

    def each(
        self,
        items: Sequence[tuple[str, Item]],
        work: Callable[[Item, "RowWatch"], None],
        *,
        at_once: int = 5,
        place: Place | Callable[[Item], Place] | None = None,
    ) -> None:
        """Do the same work on several named items concurrently, one row each.

        With a `place` every row waits there for its turn; else `at_once` of them work at a time. An item that fails
        leaves its sentence in its row; the others go on. When the process is about to end, no further row begins.
        """
        rows = [Row(name, item=item) for name, item in items]
        self.rows.extend(rows)
        places = [place(item) if callable(place) else place for _, item in items]
        tickets = [self._turns.enter(self.person, each) if each else None for each in places]
        line = iter(zip(rows, tickets, strict=True))
        taking = threading.Lock()

        def take_next() -> tuple[Row, Ticket | None] | None:
            with taking:
                return next(line, None)

        def work_off() -> None:
            while (taken := take_next()) is not None:
                self._one(*taken, work)

        # Plain threads: a pool would be emptied to its last row before the process could end.
        count = len(rows) if place else min(at_once, len(rows))
        threads = [threading.Thread(target=work_off, name=self.order.key) for _ in range(count)]
        try:
            for thread in threads:
                thread.start()
        except RuntimeError:
            if not leaving():  # then threads are not begun any more, and the rows stay as waiting
                raise
        for thread in threads:
            if thread.ident is not None:
                thread.join()

    def _one(self, row: Row, ticket: Ticket | None, work: Callable[[Any, "RowWatch"], None]) -> None:
        def look() -> None:
            self._look()
            if ticket is not None:
                row.note = place_in_words(*self._turns.ahead(ticket))

        try:
            with ExitStack() as turn:
                if ticket is not None:
                    turn.enter_context(self._turns.hold(ticket, look))
                self._look()
                row.state, row.note = "running", ""
                work(row.item, RowWatch(self, row))
            row.state, row.fraction = "done", 1.0
        except _Leaving:
            return
        except Cancelled:
            row.state = "cancelled"
        except LoupeError as error:
            row.state, row.error = "failed", error
        except Exception:
            log.exception("a row of job %s", self.order.key)
            row.state, row.error = "failed", _unexpected()
        hand_back()
        self._keep_what_is_left()

    def _look(self) -> None:
        """Raise Cancelled when Cancel was pressed, and `_Leaving` when the process is about to end."""
        if self.cancelled():
            raise Cancelled("Stopped before its turn came.")
        if leaving():
            raise _Leaving

    def _keep_what_is_left(self) -> None:
        with self._keeping:
            items = [row.item for row in self.rows if row.state in {"waiting", "running"}]
            try:
                self._keep(self.order.left(items))
            except StorageError:
                log.warning("job %s: what is left of it could not be written down", self.order.key)


class _Leaving(BaseException):
    """The process is about to end: what has not begun is left for the next one."""


_LEAVING = threading.Event()


def leave() -> None:
    """Say that the process is about to end, by a server that waits for work under way before its main thread ends."""
    _LEAVING.set()


def leaving() -> bool:
    """Whether the process is about to end: it said so, or its main thread ended and it waits for work under way."""
    return _LEAVING.is_set() or not threading.main_thread().is_alive()


class RowWatch:
    """Lets the work of one row report and notice Cancel. Satisfies `providers.base.Watch`."""

    def __init__(self, job: Job, row: Row) -> None:
        self._job = job
        self._row = row

    def progress(self, fraction: float, note: str = "") -> None:
        """Report 0..1 and a few words."""
        self._row.fraction = min(max(fraction, 0.0), 1.0)
        if note:
            self._row.note = note

    def cancelled(self) -> bool:
        """Whether the user pressed Cancel."""
        return self._job.cancelled()


class Jobs:
    """All background work of this process, and what earlier processes left unfinished.

    `read` makes an order of the data it was written down as, and raises LoupeError where it cannot.
    """

    def __init__(self, folder: Path, read: Callable[[object], Order]) -> None:
        self._folder = folder
        self._read = read
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._turns = Turns()
        self._ended: dict[tuple[str, str], tuple[int, float]] = {}
        with suppress(OSError):  # a full or read-only disk shows its designs; `start` says what is wrong
            folder.mkdir(parents=True, exist_ok=True)

    def start(
        self, order: Order, work: Callable[[Job], None], *, person: str = "", guest: bool = False
    ) -> Job:
        """Run `work` in the background; while the same job is running, return that one instead.

        Raises RateLimited when too much is under way, for this `person`, for all guests or in all, and StorageError.
        """
        with self._lock:
            running = self._jobs.get(order.key)
            if running is not None and running.running:
                return running
            self._refuse_crowds(person, guest=guest)
            note_lock = FileLock(self._folder / f"{order.key}.lock", timeout=0, thread_local=False)
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                note_lock.acquire()
            except Timeout as error:
                raise StorageError("This work is already under way in another process.") from error
            except OSError as error:
                raise files.storage_error(error, self._folder) from error
            job = Job(
                order, person=person, guest=guest, turns=self._turns, keep=partial(self._note, order.key)
            )
            try:
                self._note(order.key, order)
            except StorageError:
                note_lock.release()
                raise
            self._jobs[order.key] = job
        # No daemon: a process that ends waits until what is under way is stored and its note says so.
        threading.Thread(target=self._run, args=(job, work, note_lock), name=order.key).start()
        return job

    def find(self, design_id: str, verb: str) -> Job | None:
        """The newest job of a design and verb; one left by a process that died comes as `interrupted`.

        One whose note cannot be read any more comes as failed, once, with a sentence that says so.
        """
        key = f"{design_id}.{verb}"
        return self._jobs.get(key) or self._left_behind(design_id, verb, key)

    def running(self) -> tuple[Job, ...]:
        """Everything under way in this process."""
        return tuple(job for job in self._jobs.values() if job.running)

    def ended(self) -> dict[tuple[str, str], tuple[int, float]]:
        """How many pieces of work ended in this process and how many seconds they took, by (verb, state)."""
        with self._lock:
            return dict(self._ended)

    def forget(self, job: Job) -> None:
        """Drop an ended job's note, so that it is not offered again."""
        if job.running:
            return
        self._jobs.pop(job.order.key, None)
        self._note(job.order.key, None)

    def _refuse_crowds(self, person: str, *, guest: bool) -> None:
        under_way = self.running()
        of_person = sum(job.person == person for job in under_way)
        if person and of_person >= MOST_OF_ONE:
            raise RateLimited(
                f"{of_person} pieces of your work are under way; wait until one of them is done, or stop one."
            )
        of_guests = sum(job.guest for job in under_way)
        if guest and of_guests >= MOST_OF_GUESTS:
            raise RateLimited(
                f"{of_guests} documents are being made for visitors; wait until one of them is done."
            )
        if len(under_way) >= MOST_IN_ALL:
            raise RateLimited(
                f"{len(under_way)} pieces of work are under way here, of all who work here together; wait a little."
            )

    def _run(self, job: Job, work: Callable[[Job], None], note_lock: FileLock) -> None:
        trouble: LoupeError | None = None
        ended: State
        watch = Stopwatch()
        event("job.start", verb=job.order.verb, design=job.order.design_id)
        try:
            work(job)
            states = {row.state for row in job.rows}
            ended = "cancelled" if job.cancelled() else "failed" if states == {"failed"} else "done"
            if "waiting" in states and not job.cancelled():
                ended = "interrupted"
        except Cancelled:
            ended = "cancelled"
        except LoupeError as error:
            ended, trouble = "failed", error
        except Exception:
            log.exception("job %s", job.order.key)
            ended, trouble = "failed", _unexpected()
        if trouble is not None:
            job.rows.append(Row(job.order.verb, "failed", error=trouble))
        try:
            if ended != "interrupted":
                self._note(job.order.key, None)
        except StorageError:
            log.warning("job %s ended as %s; its note could not be removed", job.order.key, ended)
        finally:
            note_lock.release()
            with self._lock:
                number, seconds = self._ended.get((job.order.verb, ended), (0, 0.0))
                self._ended[job.order.verb, ended] = number + 1, seconds + watch.seconds
            errors = sorted({type(row.error).__name__ for row in job.troubles})
            event(
                "job.end",
                logging.WARNING if errors else logging.INFO,
                verb=job.order.verb,
                design=job.order.design_id,
                state=ended,
                rows=len(job.rows),
                failed=len(job.troubles),
                errors="+".join(errors) or None,
                seconds=watch.seconds,
            )
            hand_back()
            job.end(ended)  # last: a server that is being ended waits for it, and for nothing after it

    def _note(self, key: str, order: Order | None) -> None:
        path = self._folder / f"{key}.json"
        with files.access(self._folder):
            if order is None:
                path.unlink(missing_ok=True)
                return
            note = {"order": order.model_dump(mode="json"), "state": "running"}
            files.write(path, json.dumps(note).encode())

    def _left_behind(self, design_id: str, verb: str, key: str) -> Job | None:
        path = self._folder / f"{key}.json"
        try:
            note = json.loads(path.read_bytes())
            state, order = note["state"], note.get("order") or _flat(note)
        except OSError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            state, order = "running", None
        if state != "running":
            return None
        try:
            with FileLock(self._folder / f"{key}.lock", timeout=0):
                return Job(self._read(order), "interrupted")
        except Timeout:
            return None  # alive in another process
        except LoupeError:
            return self._closed(design_id, verb)

    def _closed(self, design_id: str, verb: str) -> Job:
        """Close work whose note says nothing any more: told once, and not offered again."""
        job = Job(Order(design_id=design_id, verb=verb), "failed")
        sentence = "An older Loupe began this work, and its note cannot be read any more; order it again."
        job.rows.append(Row(verb, "failed", error=OlderOrder(sentence)))
        self._jobs[job.order.key] = job
        try:
            self._note(job.order.key, None)
        except StorageError:
            log.warning("the note of %s could not be removed", job.order.key)
        return job


def _flat(note: Mapping[str, Any]) -> dict[str, Any]:
    """An order as it was written down before orders had kinds: its parameters in a box of their own."""
    return {**note["params"], "verb": note["verb"], "design_id": note["design_id"]}


def _unexpected() -> LoupeError:
    return LoupeError("This work stopped unexpectedly; nothing stored was harmed. Try it again.")
