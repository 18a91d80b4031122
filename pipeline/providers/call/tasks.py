"""Paid work that takes its time: submit once, write the task's id down, look until it is done, fetch.

A failed look is no failed task, and a failed download neither. Whatever happens between submit and fetch (a
crash, a lost network, a restart), the id is on disk and the next call for the same thing goes on looking instead
of buying again. It is crossed out when the answer is stored, when the service says that the task failed, when it
took the task back, or when the user gives the order up.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol
from urllib.parse import quote

from pipeline import files
from pipeline.errors import (
    BadKey,
    Cancelled,
    Moderated,
    PossiblyCharged,
    ProviderDown,
    ProviderError,
    RateLimited,
    StorageError,
    UnusableAnswer,
)
from pipeline.providers.base import Answer, Watch
from pipeline.providers.call.answers import picture
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import UncheckedAnswer, unusable
from pipeline.providers.call.http import Door, rest
from pipeline.providers.call.reply import Reply

log = logging.getLogger(__name__)

_TROUBLES_IN_A_ROW = 3
"""Looks that may fail one after the other, each already repeated by the door, before the user is told."""
_LONGEST_ID = 200
_ENDS = (
    "fail",
    "error",
    "cancel",
    "abort",
    "ban",
    "expire",
    "reject",
    "refus",
    "moderat",
    "timeout",
    "timed",
)
_LEAST_TRIES = 5
"""How often a fresh order may be unknown, or its result unreadable, however little time that took."""
KEPT = "The order stays on record; nothing is bought twice."


@dataclass(frozen=True)
class Look:
    """What one look at a task told. `fraction` 0..1 where the service says; `trouble` when it failed for good.

    `unknown`: the service does not know the task. Right after the order that only means: not yet.
    """

    state: Literal["waiting", "running", "done", "failed", "unknown"]
    fraction: float | None = None
    note: str = ""
    result: Any = None
    trouble: ProviderError | None = None


class Errand(Protocol):
    """One vendor's way with one task. `task` is whatever JSON value `submit` gave."""

    def submit(self) -> Any:
        """Place the paid order; what is returned must be enough to find the task again."""

    def look(self, task: Any, watch: Watch) -> Look:
        """See how it stands. Only what the service says of the task itself is `failed`."""

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        """Get the result of a task that is done."""

    def cancel(self, task: Any) -> bool:
        """Ask for a cancellation; False when there is none or it was refused."""


@dataclass(frozen=True)
class Linked:
    """The errand of a service that answers at once, with a link: the link is written down, then fetched.

    `link` is empty where one is on record; `fetched` gets the result behind it.
    """

    link: Any
    fetched: Callable[[Any, Watch], Answer]

    def submit(self) -> Any:
        """The link; its order was placed."""
        return self.link

    def look(self, task: Any, watch: Watch) -> Look:
        """It is done."""
        return Look("done", result=task)

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        """Get what the link leads to."""
        return self.fetched(result, watch)

    def cancel(self, task: Any) -> bool:
        """There is nothing left to cancel."""
        return False


@dataclass(frozen=True)
class Placed:
    """The errand of a service that takes an order as JSON and tells a link when it is done.

    A vendor says how its order and its looks are read: `named`, `look`. `check` is what a result must pass.
    """

    connection: Connection
    door: Door
    path: str
    body: Mapping[str, Any]
    check: Callable[[Connection, bytes], bytes] = picture

    def submit(self) -> Any:
        """Place the order."""
        reply = self.door.post(self.path, body=self.body)
        with unusable(self.connection.provider, self.connection.name):
            return self.named(reply)

    def named(self, reply: Reply) -> Any:
        """What finds the order again; whatever cannot be read of the reply is an answer without use."""
        raise NotImplementedError

    def look(self, task: Any, watch: Watch) -> Look:
        """See how it stands; the result of what is done is a link."""
        raise NotImplementedError

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        """Get what the link leads to."""
        if not isinstance(result, str):
            raise self.door.trouble(UnusableAnswer, "the task has no result")
        return Answer(self.check(self.connection, self.door.download(result, watch)))

    def cancel(self, task: Any) -> bool:
        """Without a cancellation that is documented the task goes on and stays on record."""
        return False


def over(state: str) -> bool:
    """Whether a word for a task's state that nobody documented tells of its end; what tells of none is work going on.

    An order that was paid for is never forgotten for a word that is new.
    """
    return any(sign in state.lower() for sign in _ENDS)


def identifier(name: Any) -> str:
    """A task's id as one step of a path, whatever signs it has: an order is not lost for them. Raises ValueError."""
    text = str(name) if isinstance(name, str | int) and not isinstance(name, bool) else ""
    if not 0 < len(text) <= _LONGEST_ID or not text.isprintable() or not text.strip("."):
        raise ValueError("no id")
    return quote(text, safe="")


@dataclass(frozen=True)
class Note:
    """What is written down of an order. `at`: seconds since 1970; `account`: whose key ordered, as a hash."""

    task: Any
    at: int = 0
    account: str = ""

    @classmethod
    def read(cls, text: str | None) -> "Note | None":
        """Read it back; None when it is damaged."""
        try:
            fields = files.parsed(text or "")
            return cls(fields["task"], int(fields.get("at") or 0), str(fields.get("account") or ""))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            return None


def run_task(connection: Connection, key: str, errand: Errand, watch: Watch) -> Answer:
    """Run one task to its end, or resume the one on record under `key`.

    Raises Cancelled, or a ProviderError; as long as the task may still deliver, its id stays on record.
    """
    note = _remembered(connection, key)
    if note is None:
        watch.progress(0.02, "sending")
        at = round(time.time())
        note = Note(errand.submit(), at, connection.account)
        _remember(connection, key, note)
    else:
        watch.progress(0.05, "resuming")
    pursuit = _Pursuit(connection, errand, note, watch)
    try:
        return pursuit.result()
    except _Ended as ended:
        connection.cache.forget_task(key)
        raise ended.trouble from None
    except Cancelled as error:
        # A task that is done is paid for: it is left on record, to be fetched when it is asked for again.
        if not pursuit.done and errand.cancel(note.task):
            connection.cache.forget_task(key)
            error.charged = True  # no provider promises the money back
        raise


class _Ended(Exception):
    """The service says that the task failed."""

    def __init__(self, trouble: ProviderError) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class _Pursuit:
    """One order followed to its result."""

    def __init__(self, connection: Connection, errand: Errand, note: Note, watch: Watch) -> None:
        self._connection = connection
        self._errand = errand
        self._note = note
        self._watch = watch
        self._pace = connection.pace
        age_s = max(0.0, time.time() - note.at)
        self._fresh_until = time.monotonic() + max(0.0, self._pace.grace_s - age_s)
        self._least_looks = _LEAST_TRIES if age_s < self._pace.grace_s + 1.0 else 1
        self._foreign = note.account not in {"", connection.account}
        self.done = False

    def result(self) -> Answer:
        """Look until it is done, and fetch; a result that cannot be read yet is fetched again for a minute."""
        pause_s = 2 * self._pace.retry_first_s
        until = time.monotonic() + self._pace.grace_s
        tries = 0
        while True:
            look = self._finished()
            self.done = True
            self._watch.progress(0.95, "fetching")
            try:
                return self._errand.fetch(self._note.task, look.result, self._watch)
            except Moderated as error:
                raise _Ended(error) from None
            except BadKey as error:
                raise self._resumable(error) from None  # with the right key it is there to be fetched
            except ProviderError as error:
                trouble = error
            if isinstance(trouble, UncheckedAnswer) and trouble.final:
                raise trouble
            tries += 1
            if tries >= _LEAST_TRIES and time.monotonic() + pause_s > until:
                raise self._resumable(trouble)
            rest(pause_s, self._watch)
            pause_s = min(2 * pause_s, self._pace.retry_most_s)

    def _finished(self) -> Look:
        pause_s = self._pace.poll_first_s
        until = time.monotonic() + self._pace.poll_patience_s
        troubles = unknown = 0
        while True:
            try:
                look = self._errand.look(self._note.task, self._watch)
                troubles = 0
            except (ProviderDown, RateLimited, UnusableAnswer) as error:
                # A stray page from something in between says nothing about the task either.
                troubles += 1
                if troubles >= _TROUBLES_IN_A_ROW:
                    raise self._resumable(error) from None
                rest(min(error.wait_s or pause_s, self._pace.poll_patience_s), self._watch)
                continue
            except ProviderError as error:
                raise self._resumable(error) from None
            if look.state == "done":
                return look
            if look.state == "failed":
                raise _Ended(look.trouble or self._unusable("could not finish the task"))
            if look.state == "unknown":
                unknown += 1
                self._refuse_unknown(unknown)
            elif time.monotonic() > until:
                raise self._resumable(ProviderDown("")) from None
            self._watch.progress(0.1 + 0.8 * _fraction(look), look.note or look.state)
            rest(pause_s, self._watch)
            pause_s = min(1.3 * pause_s, self._pace.poll_most_s)

    def _refuse_unknown(self, times: int) -> None:
        """Raise once the service has had its time to learn of an order it took itself."""
        patient = time.monotonic() < self._fresh_until or times < self._least_looks
        if patient and not self._foreign:
            return
        trouble = self._unusable("does not know the order any more")
        if self._connection.free:
            raise _Ended(
                trouble
            )  # a box that was restarted: nothing was paid, and asking again costs nothing
        raise self._resumable(trouble)

    def _unusable(self, what: str) -> UnusableAnswer:
        return UnusableAnswer(f"{self._connection.name} {what}.", provider=self._connection.provider)

    def _resumable(self, error: ProviderError) -> ProviderError:
        """The error as one of an order that stays on record."""
        name = self._connection.name
        later = "Press the button again later: the result will be fetched, not bought again."
        if isinstance(error, ProviderDown | RateLimited):
            raised: ProviderError = ProviderDown(
                f"{name} has the order, but cannot be asked for the result at the moment. {later}",
                provider=self._connection.provider,
                wait_s=error.wait_s,
            )
        elif self._foreign:
            raised = BadKey(
                f"This was ordered from {name} with another key, and can only be fetched with that one. Nothing was "
                "bought again: order another version to have it made with yours.",
                provider=self._connection.provider,
            )
        else:
            raised = error
            raised.args = (f"{error} The order is kept. {later} It can also be given up, in Settings.",)
        raised.kept = True
        raised.remedy = KEPT
        return raised


def _fraction(look: Look) -> float:
    fraction = look.fraction if look.fraction is not None else 0.4 if look.state == "running" else 0.0
    return min(max(fraction, 0.0), 1.0)


def _remembered(connection: Connection, key: str) -> Note | None:
    text = connection.cache.task(key)
    if text is None:
        return None
    note = Note.read(text) or Note.read(_in_ledger(connection, key))
    if note is not None:
        return note
    connection.cache.forget_task(key)
    raise PossiblyCharged(
        f"The note of what was ordered from {connection.name} is damaged; it may have been charged. Nothing was "
        "bought again: ask once more to order it anew.",
        provider=connection.provider,
    )


def _in_ledger(connection: Connection, key: str) -> str:
    order = connection.ledger.open_order(key) if connection.ledger is not None else None
    return order.task if order is not None else ""


def _remember(connection: Connection, key: str, note: Note) -> None:
    """Write the order down twice: whichever of cache and ledger is lost, the other finds it again.

    The order is placed by now: where the disk takes neither, going on is better than throwing the answer away.
    """
    text = json.dumps(asdict(note), separators=(",", ":"))
    try:
        connection.cache.remember_task(key, text)
    except StorageError as error:
        log.warning("%s", error)
    if connection.ledger is not None:
        try:
            connection.ledger.note_task(key, text, note.account)
        except StorageError as error:
            log.warning("the order's id could not be written into the ledger: %s", error)
