"""Background work: progress, cancel, resume. One `Jobs` per process; threads never touch a user interface.

A job is ordered as data (`Order`), so a server restart can show it as interrupted and order it again.
While a job runs its note on disk is locked; a note that says `running` and is not locked belongs to a
process that died.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from filelock import FileLock, Timeout

from pipeline import files
from pipeline.errors import Cancelled, LoupeError, StorageError

State = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
Item = TypeVar("Item")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What is to be done, as plain data."""

    design_id: str
    verb: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """One job per design and verb at a time."""
        return f"{self.design_id}.{self.verb}"


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
    """One piece of background work."""

    def __init__(self, order: Order, state: State = "running") -> None:
        self.order = order
        self.state: State = state
        self.rows: list[Row] = []
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
    ) -> None:
        """Do the same work on several named items concurrently, one row each.

        An item that fails leaves its sentence in its row; the others go on.
        """
        rows = [Row(name, item=item) for name, item in items]
        self.rows.extend(rows)
        with ThreadPoolExecutor(max(1, min(at_once, len(rows) or 1))) as pool:
            for row, (_, item) in zip(rows, items, strict=True):
                pool.submit(self._one, row, item, work)

    def _one(self, row: Row, item: Item, work: Callable[[Item, "RowWatch"], None]) -> None:
        if self.cancelled():
            row.state = "cancelled"
            return
        row.state = "running"
        try:
            work(item, RowWatch(self, row))
            row.state, row.fraction = "done", 1.0
        except Cancelled:
            row.state = "cancelled"
        except LoupeError as error:
            row.state, row.error = "failed", error
        except Exception:
            log.exception("job %s, row %s", self.order.key, row.name)
            row.state, row.error = "failed", _unexpected()


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
    """All background work of this process, and what earlier processes left unfinished."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"The job folder {folder} cannot be made ({error.strerror}).") from error

    def start(self, order: Order, work: Callable[[Job], None]) -> Job:
        """Run `work` in the background; while the same job is running, return that one instead."""
        with self._lock:
            running = self._jobs.get(order.key)
            if running is not None and running.running:
                return running
            note_lock = FileLock(self._folder / f"{order.key}.lock", timeout=0, thread_local=False)
            try:
                note_lock.acquire()
            except Timeout as error:
                raise StorageError("This work is already under way in another process.") from error
            job = Job(order)
            self._note(job)
            self._jobs[order.key] = job
        threading.Thread(target=self._run, args=(job, work, note_lock), name=order.key, daemon=True).start()
        return job

    def find(self, design_id: str, verb: str) -> Job | None:
        """The newest job of a design and verb; one left by a process that died comes as `interrupted`."""
        key = Order(design_id, verb).key
        job = self._jobs.get(key)
        return job or self._left_behind(key)

    def running(self) -> tuple[Job, ...]:
        """Everything under way in this process."""
        return tuple(job for job in self._jobs.values() if job.running)

    def forget(self, job: Job) -> None:
        """Drop an ended job's note, so that it is not offered again."""
        if job.running:
            return
        self._jobs.pop(job.order.key, None)
        (self._folder / f"{job.order.key}.json").unlink(missing_ok=True)

    def _run(self, job: Job, work: Callable[[Job], None], note_lock: FileLock) -> None:
        trouble: LoupeError | None = None
        ended: State
        try:
            work(job)
            failed = bool(job.rows) and all(r.state == "failed" for r in job.rows)
            ended = "cancelled" if job.cancelled() else "failed" if failed else "done"
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
            self._note(job, ended)
        except StorageError:
            log.warning("job %s ended as %s; its note could not be written", job.order.key, ended)
        finally:
            note_lock.release()
            job.end(ended)

    def _note(self, job: Job, state: State = "running") -> None:
        path = self._folder / f"{job.order.key}.json"
        note = {"verb": job.order.verb, "design_id": job.order.design_id, "params": dict(job.order.params)}
        with files.access(self._folder):
            files.write(path, json.dumps({**note, "state": state}).encode())

    def _left_behind(self, key: str) -> Job | None:
        path = self._folder / f"{key}.json"
        try:
            note = json.loads(path.read_text("utf-8"))
            order = Order(note["design_id"], note["verb"], note["params"])
            state = note["state"]
        except (OSError, ValueError, KeyError):
            return None
        if state != "running":
            return None
        probe = FileLock(self._folder / f"{key}.lock", timeout=0)
        try:
            with probe:
                return Job(order, "interrupted")
        except Timeout:
            return None  # alive in another process


def _unexpected() -> LoupeError:
    return LoupeError("This work stopped unexpectedly; nothing stored was harmed. Try it again.")
