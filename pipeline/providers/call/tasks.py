"""Paid work that takes its time: submit once, write the task's id down, look until it is done, fetch.

A failed look is no failed task. Whatever happens between submit and fetch (a crash, a lost network, a
restart), the id is on disk and the next call for the same thing goes on looking instead of buying again.
"""

import json
import time
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pipeline.errors import (
    BadKey,
    Cancelled,
    PossiblyCharged,
    ProviderDown,
    ProviderError,
    RateLimited,
    StorageError,
    UnusableAnswer,
)
from pipeline.providers.base import Answer, Watch
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import Expired
from pipeline.providers.call.http import rest

_TROUBLES_IN_A_ROW = 3
"""Looks that may fail one after the other, each already repeated by the door, before the user is told."""


@dataclass(frozen=True)
class Look:
    """What one look at a task told. `fraction` 0..1 where the provider says; `trouble` when it failed for good."""

    state: Literal["waiting", "running", "done", "failed"]
    fraction: float | None = None
    note: str = ""
    result: Any = None
    trouble: ProviderError | None = None


class Errand(Protocol):
    """One vendor's way with one task. `task` is whatever JSON value `submit` gave."""

    def submit(self) -> Any:
        """Place the paid order; what is returned must be enough to find the task again."""

    def look(self, task: Any, watch: Watch) -> Look:
        """See how it stands."""

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        """Get the result of a task that is done."""

    def cancel(self, task: Any) -> bool:
        """Ask for a cancellation; False when there is none or it was refused."""


def run_task(connection: Connection, key: str, errand: Errand, watch: Watch) -> Answer:
    """Run one task to its end, or resume the one on record under `key`.

    Raises Cancelled, or a ProviderError; as long as the task may still deliver, its id stays on record.
    """
    started = time.time()
    task = _remembered(connection, key)
    if task is None:
        watch.progress(0.02, "sending")
        task = errand.submit()
        _remember(connection, key, task, started)
    else:
        watch.progress(0.05, "resuming")
    try:
        return _finish(connection, key, errand, task, watch)
    except Cancelled as error:
        if errand.cancel(task):
            connection.cache.forget_task(key)
            error.charged = True  # no provider promises the money back
        raise


def _finish(connection: Connection, key: str, errand: Errand, task: Any, watch: Watch) -> Answer:
    for last in (False, True):
        done = _wait(connection, key, errand, task, watch)
        watch.progress(0.95, "fetching")
        try:
            return errand.fetch(task, done.result, watch)
        except Expired:
            if last:
                connection.cache.forget_task(key)
                raise
        except (ProviderDown, RateLimited) as error:
            raise _kept_for_later(connection, error) from None
        except BadKey:
            raise  # with the right key it is there to be fetched
        except ProviderError:
            connection.cache.forget_task(key)  # it will not get better by fetching it again
            raise
    raise AssertionError("unreachable")


def _wait(connection: Connection, key: str, errand: Errand, task: Any, watch: Watch) -> Look:
    pace = connection.pace
    pause_s = pace.poll_first_s
    until = time.monotonic() + pace.poll_patience_s
    troubles = 0
    while True:
        try:
            look = errand.look(task, watch)
            troubles = 0
        except (ProviderDown, RateLimited) as error:
            troubles += 1
            if troubles >= _TROUBLES_IN_A_ROW:
                raise _kept_for_later(connection, error) from None
            rest(min(error.wait_s or pause_s, pace.poll_patience_s), watch)
            continue
        except UnusableAnswer:
            troubles += 1  # a stray page from something in between says nothing about the task
            if troubles >= _TROUBLES_IN_A_ROW:
                raise
            rest(pause_s, watch)
            continue
        if look.state == "failed":
            connection.cache.forget_task(key)
            raise look.trouble or UnusableAnswer(
                f"{connection.name} could not finish the task.", provider=connection.provider
            )
        if look.state == "done":
            return look
        if time.monotonic() > until:
            raise _kept_for_later(connection, ProviderDown("")) from None
        watch.progress(0.1 + 0.8 * _fraction(look), look.note or look.state)
        rest(pause_s, watch)
        pause_s = min(1.3 * pause_s, pace.poll_most_s)


def _fraction(look: Look) -> float:
    fraction = look.fraction if look.fraction is not None else 0.0 if look.state == "waiting" else 0.4
    return min(max(fraction, 0.0), 1.0)


def _remembered(connection: Connection, key: str) -> Any:
    note = connection.cache.task(key)
    if note is None:
        return None
    try:
        return json.loads(note)["task"]
    except (ValueError, KeyError, TypeError):
        connection.cache.forget_task(key)
        raise PossiblyCharged(
            f"The note of what was ordered from {connection.name} is damaged; it may have been charged. Nothing was "
            "bought again: ask once more to order it anew.",
            provider=connection.provider,
        ) from None


def _remember(connection: Connection, key: str, task: Any, started: float) -> None:
    try:
        connection.cache.remember_task(key, json.dumps({"task": task, "at": round(started)}))
    except StorageError:
        # The order is placed: going on without a note is better than throwing the answer away.
        return


def _kept_for_later(connection: Connection, error: ProviderError) -> ProviderError:
    kept = ProviderDown(
        f"{connection.name} has the order, but cannot be asked for the result at the moment. "
        "Press the button again later: the result will be fetched, not bought again.",
        provider=connection.provider,
        wait_s=error.wait_s,
    )
    kept.kept = True
    kept.remedy = "The order stays on record; nothing is bought twice."
    return kept
