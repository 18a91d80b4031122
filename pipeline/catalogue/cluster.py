"""A catalogue over many machines: rows are handed to the workers of a Dask scheduler, what comes of them is kept here.

A row is sent to one worker at a time and its line written once. One whose worker dies is done elsewhere: from where it
stood where all see the same data folder, else from its beginning. What costs money wants that one folder, for the
ledger, the answers and the open orders in it are what nothing is bought twice by; and such a row is begun twice at
most, so that an order whose end nobody knows is placed anew by nobody but a person.
"""

import functools
import logging
import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from pipeline import files
from pipeline.catalogue.reckoning import Budget, prices
from pipeline.catalogue.report import Line
from pipeline.catalogue.row import Ended, Wanted, failed, never, work_off
from pipeline.catalogue.run import Catalogue, Keeping, Tell
from pipeline.catalogue.table import Piece
from pipeline.errors import BadInput, Cancelled, CapReached, LoupeError, StorageError
from pipeline.settings import Settings
from pipeline.workbench import Workbench

log = logging.getLogger(__name__)

CONNECT_S = 15.0
_LOOK_S = 0.2
_COUNT_WORKERS_S = 5.0
SILENT_S = 5.0
"""Without any worker, until that is told; a nanny begins another one within two."""
MOST_BEGUN = 2
"""How often a row that costs money is begun in one run: once, and once more where its worker died."""
_FREE_TRIES = 2
"""How often a row that costs nothing is tried again after an unforeseen error."""
_LOST = (
    "The scheduler does not answer any more; start it, then run the same command again: it goes on from here."
)
_GOES_ON = "The same command goes on with it."
_ALONE = threading.Lock()
"""A worker has one renderer; where it was started with several threads they take turns."""


@dataclass(frozen=True)
class Task:
    """A row as it is sent to a worker."""

    run: str
    """Of the command that sends it; a file of this name in the data folder tells whether both see the same."""
    piece: Piece = field(repr=False)
    """What people typed stays out of the log: Dask writes of a task that fails what it was given."""
    photograph: bytes | None = field(repr=False)
    wanted: Wanted
    estimate_usd: float
    allowance_usd: float
    """Most that the row's design may have cost in the end."""
    earlier_usd: float
    """What earlier runs of it have cost."""


@dataclass(frozen=True)
class Stopped:
    """Why a row did not end: its allowance, or what ends the whole."""

    why: Literal["allowance", "whole"]
    error: str
    cap: bool = False
    """Whether `error` is of a cap."""
    spent_usd: float = 0.0
    """What was ordered for it this time."""


Outcome = Ended | Stopped


def _silent(*_: object) -> None:
    """Nobody is told: what a worker's row is at is seen on Dask's dashboard."""


def run_on(
    scheduler: str,
    catalogue: Catalogue,
    tell: Tell,
    stop: Callable[[], bool] = never,
    *,
    notice: Callable[[str], None] = _silent,
    patience_s: float | None = None,
) -> tuple[Line, ...]:
    """Work a catalogue off on the workers of a scheduler (`tcp://host:8786`); the lines of all rows that ended.

    A scheduler without workers is told to `notice` and waited at, for `patience_s` or for as long as it takes. Raises
    as `Catalogue.run`, and BadInput where no scheduler answers or Dask is not installed, and LoupeError where it dies
    meanwhile or no worker comes in time; what had ended by then is kept.
    """
    client = _connected(scheduler)
    seen = _seen(catalogue.bench.settings.data_dir, run := secrets.token_hex(8))
    with files.access(seen.parent):
        seen.parent.mkdir(parents=True, exist_ok=True)
        seen.touch()
    try:
        with Keeping(catalogue) as keeping:
            workers = _Workers(client, scheduler, notice, patience_s)
            _Rows(client, run, catalogue, keeping, tell, workers).work_off(stop)
        return keeping.report.of(catalogue.pieces)
    finally:
        client.close(timeout=2)
        for file in (seen, *seen.parent.glob(f"{run}-*")):
            file.unlink(missing_ok=True)


def _connected(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise BadInput("A scheduler needs Dask; install it with `pip install distributed`.") from error
    # A lost scheduler is told in a sentence.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        return Client(scheduler, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TypeError, ValueError) as error:  # the second without Dask's settings for tls://
        raise BadInput(
            f"No scheduler answers at {scheduler}; start one with `python -m dask scheduler`, and workers for it."
        ) from error


class _Workers:
    """How many workers a scheduler has, and for how long it has none."""

    def __init__(
        self, client: Any, scheduler: str, notice: Callable[[str], None], patience_s: float | None
    ) -> None:
        self._client = client
        self._scheduler = scheduler
        self._notice = notice
        self._patience_s = patience_s
        self.count = 0
        self._counted_at = 0.0
        self._none_since: float | None = None
        self._is_told = False

    def look(self) -> None:
        """Count them, now and then. Raises LoupeError where the scheduler is lost, or none came in time."""
        now = time.monotonic()
        if self.count and now - self._counted_at <= _COUNT_WORKERS_S:
            return
        try:
            self.count, self._counted_at = len(self._client.nthreads()), now
        except OSError as error:
            raise LoupeError(_LOST) from error
        if self.count:
            self._none_since, self._is_told = None, False
            return
        self._none_since = now if self._none_since is None else self._none_since
        if self.are_missing and not self._is_told:
            self._is_told = True
            self._notice(
                f"No worker is at {self._scheduler}; start one with `python -m dask worker {self._scheduler} "
                "--nthreads 1 --memory-limit 3GiB`. The rows begin as soon as it is there; Ctrl+C stops."
            )
        if self._patience_s is not None and now - self._none_since >= self._patience_s:
            raise LoupeError(
                f"No worker was at {self._scheduler} for {self._patience_s:.0f} s. Start one, then run the same "
                "command again: it goes on from here."
            )

    @property
    def are_missing(self) -> bool:
        """Whether there was none for longer than one takes that is begun again."""
        return self._none_since is not None and time.monotonic() - self._none_since >= SILENT_S


class _Rows:
    """The rows of one run: those that wait, those that are under way, and where."""

    def __init__(
        self,
        client: Any,
        run: str,
        catalogue: Catalogue,
        keeping: Keeping,
        tell: Tell,
        workers: _Workers,
    ) -> None:
        self._client = client
        self._run = run
        self._catalogue = catalogue
        self._keeping = keeping
        self._tell = tell
        self._waiting = deque(catalogue.undone(keeping.report))
        self._alone: set[str] = set()
        """Rows that came to the end of what they were allowed beside others."""
        self._open_usd: defaultdict[str, float] = defaultdict(float)
        """What such rows have cost, until their lines say it."""
        self._prices = prices(catalogue.bench, self._waiting)
        self._under_way: dict[Any, Task] = {}
        self._count = keeping.waiting = len(self._waiting)
        self._trouble: LoupeError | None = None
        """What ends the whole, once the rows under way have ended."""
        self._killed: set[str] = set()
        """Rows that workers died with once."""
        self._workers = workers

    def work_off(self, stop: Callable[[], bool]) -> None:
        """Hand rows out and take what comes of them, until none waits or something ends the whole."""
        stopped = False
        while self._under_way or (self._waiting and not stopped):
            if self._client.status != "running":
                raise LoupeError(_LOST)
            stopped = stopped or stop() or self._trouble is not None
            self._workers.look()
            if stopped and self._workers.are_missing:
                break  # nobody is there who would end what is under way
            if not stopped:
                self._hand_out()
            for future in self._ended():
                self._take(future, self._under_way.pop(future))
            time.sleep(_LOOK_S)
        if self._trouble is not None:
            raise self._trouble
        if self._waiting or self._under_way:
            raise Cancelled("Stopped; the rows that ended are kept.")

    def _ended(self) -> list[Any]:
        return [future for future in self._under_way if future.done()]

    def _hand_out(self) -> None:
        # None waits on a worker: Dask holds a death against all that were there.
        while self._waiting and len(self._under_way) < self._workers.count:
            piece = self._waiting[0]
            estimate = self._prices.get(piece.print, 0.0)
            allowance = self._allowance(piece, estimate)
            if allowance is None:
                return
            self._waiting.popleft()
            given = self._catalogue.photograph(piece)
            if isinstance(given, Ended):
                self._keeping.take(given)
                continue
            earlier = self._keeping.report.cost_usd(piece)
            self._submit(Task(self._run, piece, given, self._catalogue.wanted, estimate, allowance, earlier))

    def _allowance(self, piece: Piece, estimate: float) -> float | None:
        """What a row may cost; None where others must end first to know what is left.

        Nothing is allowed twice: what is under way has its allowance, and the caps of the ledger bind it there.
        """
        if not estimate:
            return 0.0
        others = sum(task.allowance_usd for task in self._under_way.values())
        left = self._left(piece) - others
        share = max(2 * estimate, left / max(1, self._workers.count))
        if share <= left and piece.print not in self._alone:
            return share
        return None if others else max(0.0, left)  # alone it may have all of it

    def _left(self, piece: Piece) -> float:
        """What the cap leaves of a row, by what the others have cost."""
        open_usd = sum(usd for row, usd in self._open_usd.items() if row != piece.print)
        return self._catalogue.budget.cap_usd - self._keeping.account.elsewhere_usd(piece) - open_usd

    def _submit(self, task: Task) -> None:
        free = not task.estimate_usd
        future = self._client.submit(
            worked_off,
            task,
            key=f"row-{self._run}-{task.piece.row}-{secrets.token_hex(4)}",
            retries=_FREE_TRIES if free else 0,
            pure=False,
        )
        self._under_way[future] = task
        self._tell(self._count - self._keeping.waiting, task.piece, 0.0, "handed out")

    def _take(self, future: Any, task: Task) -> None:
        outcome = self._outcome(future, task)
        future.release()
        if isinstance(outcome, Stopped):
            self._open_usd[task.piece.print] += outcome.spent_usd
        if outcome is None:
            self._waiting.appendleft(task.piece)
        elif isinstance(outcome, Ended):
            self._open_usd.pop(task.piece.print, None)
            self._keeping.take(outcome)
            self._tell(self._count - self._keeping.waiting, task.piece, 0.0, outcome.line.state)
        elif outcome.why == "whole":
            self._trouble = CapReached(outcome.error) if outcome.cap else StorageError(outcome.error)
        elif task.estimate_usd and task.allowance_usd + 1e-9 < self._left(task.piece):
            self._alone.add(task.piece.print)
            self._waiting.append(task.piece)  # more is left than it was allowed: once it may have all of it
        else:
            self._trouble = self._catalogue.cap_reached()

    def _outcome(self, future: Any, task: Task) -> Outcome | None:
        """What a row came to; None where it is to be handed out once more. Raises LoupeError for a lost scheduler."""
        if future.status == "finished":
            outcome: Outcome = future.result()
            return outcome
        if future.status != "error":
            raise LoupeError(_LOST)
        error = future.exception()
        log.error("row %d: %s: %s", task.piece.row, type(error).__name__, error)
        if type(error).__name__ == "KilledWorker" and task.piece.print not in self._killed:
            self._killed.add(task.piece.print)  # it may have been there by chance
            return None
        sentence = f"It stopped on its worker ({type(error).__name__}). {_GOES_ON}"
        return failed(self._catalogue.bench, task.piece, task.photograph, sentence, cost_usd=task.earlier_usd)


# -- on the worker


def worked_off(task: Task) -> Outcome:
    """Work a row off in a worker's process. Raises, for a row that costs nothing, what a second try may help."""
    with _ALONE:
        bench = _opened()
        folder = bench.settings.data_dir
        if task.estimate_usd and not _seen(folder, task.run).is_file():
            return Stopped(
                "whole",
                "A worker does not see the data folder of this command; for rows that cost money all need the same "
                "LOUPE_DATA_DIR, on a disk they share.",
            )
        with FileLock(
            bench.cache.locks / f"row-{task.piece.work}.lock"
        ):  # of a worker that lost its scheduler, too
            if task.estimate_usd and _begun(folder, task) > MOST_BEGUN:
                sentence = (
                    f"Its workers died while it was worked on; what it ordered is on record. {_GOES_ON}"
                )
                return failed(bench, task.piece, task.photograph, sentence, cost_usd=task.earlier_usd)
            return _worked_off(bench, task)


def _worked_off(bench: Workbench, task: Task) -> Outcome:
    budget = Budget(bench.settings, task.allowance_usd)
    within = bench.within(budget)
    try:
        return work_off(
            within,
            task.piece,
            task.photograph,
            task.wanted,
            _silent,
            earlier_usd=task.earlier_usd,
        )
    except CapReached as error:
        why: Literal["allowance", "whole"] = "allowance" if budget.binds else "whole"
        return Stopped(why, str(error), cap=True, spent_usd=within.spending().placed_usd())
    except (StorageError, Cancelled) as error:
        if not task.estimate_usd:
            raise RuntimeError(str(error)) from None  # another try, elsewhere where this machine is full
        return Stopped("whole", str(error))


@functools.cache
def _opened() -> Workbench:
    """The workbench of this worker, by its own environment; its renderer waits for no other worker's."""
    from distributed import get_worker

    return Workbench(Settings(), Path(get_worker().local_directory))


def _seen(folder: Path, run: str) -> Path:
    return folder / "catalogue" / run


def _begun(folder: Path, task: Task) -> int:
    """How often a row was begun in this run, this time among them."""
    note = folder / "catalogue" / f"{task.run}-{task.piece.print}"
    with files.access(note.parent), note.open("ab") as file:
        file.write(b".")
        file.flush()
        return file.tell()
