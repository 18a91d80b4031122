"""Wraps any provider: what was answered once is never asked, or paid for, again.

Order of a call: look on disk; take the right to ask (one asker over all threads and processes); look again;
refuse where an earlier order's end is unknown, its answer lost, or what came of no use; see that there is room;
reserve the money, which is the note that an order is about to go out; run; keep the answer before anything else;
settle the bill; forget the remote task.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.cache import Cache, Head, Unchecked
from pipeline.errors import (
    Cancelled,
    DiskFull,
    LoupeError,
    PossiblyCharged,
    ProviderError,
    StorageError,
    Unsupported,
    UnusableAnswer,
)
from pipeline.ledger import Entry, Ledger
from pipeline.log import event
from pipeline.providers.base import (
    Answer,
    Limits,
    ModelRequest,
    PictureRequest,
    Provider,
    Request,
    Watch,
    role_of,
)
from pipeline.providers.call.answers import suffix
from pipeline.providers.call.background import leaving
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.concurrency import Slots
from pipeline.providers.call.failures import UncheckedAnswer
from pipeline.providers.call.remote import Remote, pixels_of
from pipeline.providers.call.tasks import KEPT
from pipeline.records import Role

log = logging.getLogger(__name__)


_ROOM_BYTES = 16_000_000
"""Room a GLB of usual size takes."""


class Cached:
    """A provider whose answers are kept for good and whose calls are written down.

    `design_id` is where the ledger books its calls. `counter` names the account whose places are shared. With
    `own_key` a visitor's own key pays.
    """

    def __init__(
        self,
        provider: Provider,
        cache: Cache,
        ledger: Ledger,
        *,
        design_id: str = "",
        counter: str = "",
        own_key: bool = False,
    ) -> None:
        self.inner = provider
        self._cache = cache
        self._ledger = ledger
        self._design_id = design_id
        self._slots = Slots(cache.locks)
        self._counter = counter
        self._own_key = own_key

    @property
    def id(self) -> str:
        """Registry id."""
        return self.inner.id

    @property
    def name(self) -> str:
        """Name shown to people."""
        return self.inner.name

    @property
    def limits(self) -> Mapping[Role, Limits]:
        """The jobs it does."""
        return self.inner.limits

    def model(self, role: Role) -> str:
        """The model id used for a role."""
        return self.inner.model(role)

    def price(self, request: Request) -> float:
        """Estimated US dollars of asking now: 0 for what is on disk or already ordered."""
        key = key_of(self.inner, request)
        if self._cache.known(key) or self._ordered(key) or self._cache.unchecked(key) is not None:
            return 0.0
        return price_of(self.inner, request)

    def run(self, request: Request, watch: Watch) -> Answer:
        """Answer from disk, or ask once. Raises what the provider raises, Cancelled, or CapReached."""
        role = role_of(request)
        if role not in self.limits:
            raise Unsupported(
                f"{self.name} does not do this step ({role}); choose another provider.", provider=self.id
            )
        key = key_of(self.inner, request)
        answer = self._stored(key, role)
        if answer is not None:
            return answer
        if not isinstance(self.inner, Remote):
            return self._ask_alone(key, role, request, watch)
        return leaving(lambda seen: self._ask_alone(key, role, request, seen), watch, self.name)

    def unchecked(self, request: Request) -> Unchecked | None:
        """What came for a request, was paid for, and does not pass the checks."""
        return self._cache.unchecked(key_of(self.inner, request))

    def give_up(self, request: Request) -> None:
        """Forget what was ordered for a request and not fetched. Asking again buys again.

        Raises StorageError while it is being asked for.
        """
        give_up(self._cache, self._ledger, key_of(self.inner, request))

    def _ask_alone(self, key: str, role: Role, request: Request, watch: Watch) -> Answer:
        with self._cache.single_flight(key, watch.cancelled):
            answer = self._stored(key, role, again=True)
            if answer is not None:
                return answer
            with self._slots.hold(self._counter or f"{self.id}/{role}", self.limits[role].concurrency, watch):
                return self._ask(key, role, request, watch)

    def _stored(self, key: str, role: Role, *, again: bool = False) -> Answer | None:
        row = self._cache.get(key, again=again)
        if row is None:
            return None
        head, data = row
        if self._cache.task(key) is not None:
            self._forget(key)  # its process died between keeping the answer and crossing out the task
        saved = float(head.get("cost_usd", 0.0))
        try:
            self._ledger.book_hit(
                provider=self.id,
                model=str(head.get("model", "")),
                role=role.value,
                design_id=self._design_id,
                key=key,
                saved_usd=saved,
            )
        except StorageError as error:
            log.warning("a cached answer of %s was used but not written into the ledger: %s", self.id, error)
        return Answer(
            data=data,
            model=str(head.get("model", "")),
            cost_usd=saved,
            seconds=float(head.get("seconds", 0.0)),
            origin=str(head.get("origin", "")),
            notes={str(k): str(v) for k, v in dict(head.get("notes", {})).items()},
            cached=True,
        )

    def _ask(self, key: str, role: Role, request: Request, watch: Watch) -> Answer:
        if watch.cancelled():
            raise Cancelled("Stopped before the provider was asked.")
        self._take_up(key)
        if self._cache.task(key) is None:
            self._refuse_unknown_end(key)
            self._refuse_unusable(key)
            self._refuse_lost(key)
            self._refuse_without_room(request)
        order = self._order(key, role, request)
        started = time.monotonic()
        try:
            answer = self.inner.run(request, watch)
        except LoupeError as error:
            if isinstance(error, UncheckedAnswer):
                self._keep_unchecked(key, order, error)
            self._settle_failure(order, key, error, time.monotonic() - started)
            self._tell(
                role,
                type(error).__name__,
                time.monotonic() - started,
                cost_usd=order.cost_usd if error.charged else 0.0,
                failed=True,
            )
            raise
        seconds = answer.seconds or time.monotonic() - started
        answer = replace(answer, seconds=seconds)
        stored = self._keep(key, role, answer)
        if stored:
            self._forget(key)
        if stored or not self._ordered(key):
            self._settle(order, answer)  # else it is fetched once more, under the same order
        self._tell(role, "done", seconds, cost_usd=answer.cost_usd)
        return answer

    def _ordered(self, key: str) -> bool:
        if self._cache.task(key) is not None:
            return True
        try:
            order = self._ledger.open_order(key)
        except StorageError:
            return False  # told when it is asked for
        return order is not None and bool(order.task)

    def _take_up(self, key: str) -> None:
        """Put a task that the ledger knows and the cache has lost back on record."""
        if self._cache.task(key) is None:
            order = self._ledger.open_order(key)
            if order is not None and order.task:
                self._cache.remember_task(key, order.task)

    def _tell(
        self, role: Role, outcome: str, seconds: float, *, cost_usd: float = 0.0, failed: bool = False
    ) -> None:
        """Write the call into the operator's log."""
        event(
            "provider.call",
            logging.WARNING if failed and outcome != "Cancelled" else logging.INFO,
            provider=self.id,
            role=role.value,
            design=self._design_id or None,
            outcome=outcome,
            seconds=round(seconds, 2),
            cost_usd=cost_usd,
        )

    def _refuse_unknown_end(self, key: str) -> None:
        """Raise PossiblyCharged, once, where a process died between placing a paid order and noting its end.

        Such an order stands in the ledger as placed, with neither an answer nor a task's id. Whether the
        service took it nobody knows: its estimate stays booked, and only whoever asks again buys again.
        """
        earlier = self._ledger.open_order(key)
        if earlier is None or earlier.cost_usd <= 0:
            return
        self._ledger.settle(earlier, "charged", cost_usd=earlier.cost_usd, seconds=earlier.seconds)
        raise PossiblyCharged(
            f"Loupe stopped just as this was being ordered from {self.name} ({earlier.time[:16]} UTC, about "
            f"${earlier.cost_usd:.3f}), and the answer is lost; it may have been charged. Nothing was bought "
            "again: ask once more to order it anew.",
            provider=self.id,
        )

    def _refuse_unusable(self, key: str) -> None:
        """Raise UnusableAnswer where what was paid for came, is no use to Loupe, and lies there as it came."""
        earlier = self._cache.unchecked(key)
        if earlier is None:
            return
        error = UnusableAnswer(
            f"{self.name} was paid for this, but {earlier.head.get('why', 'its answer cannot be used')} It is kept as "
            f"it came ({earlier.file.name}). Nothing was bought again: give the order up to order it anew, or "
            "order another version.",
            provider=self.id,
        )
        error.kept, error.remedy, error.charged = True, KEPT, False
        raise error

    def _refuse_lost(self, key: str) -> None:
        """Raise PossiblyCharged, once, where the ledger knows of an answer that the cache does not have any more."""
        bought = self._ledger.lost_answer(key, since=self._cache.cleared_at())
        if bought is None:
            return
        error = PossiblyCharged(
            f"This was bought from {self.name} before ({bought.time[:16]} UTC, ${bought.cost_usd:.3f}), but its answer "
            "is not in the cache any more. Nothing was bought again: ask once more to order it anew.",
            provider=self.id,
        )
        error.charged = False  # that order is booked already
        raise error

    def _refuse_without_room(self, request: Request) -> None:
        """Raise DiskFull where an answer that is paid for could not be kept."""
        if not isinstance(self.inner, Remote):
            return
        # A picture of noise takes three bytes a pixel as PNG; none takes more.
        needed = 3 * pixels_of(request) if isinstance(request, PictureRequest) else 0
        needed = _ROOM_BYTES if isinstance(request, ModelRequest) else needed + 1_000_000
        free = self._cache.free_bytes()
        if free < needed:
            raise DiskFull(
                f"The answer of {self.name} may not fit on the disk: {free / 1e6:.1f} MB are free of the "
                f"{needed / 1e6:.1f} MB it can take. Nothing was bought; free some space, then try again."
            )

    def _order(self, key: str, role: Role, request: Request) -> Entry:
        """The order this call is booked under; one that was placed before a crash is taken up again."""
        if self._cache.task(key) is not None:
            earlier = self._ledger.open_order(key)
            if earlier is not None:
                return earlier
        return self._ledger.place(
            provider=self.id,
            model=self.model(role),
            role=role.value,
            design_id=self._design_id,
            key=key,
            cost_usd=0.0 if self._cache.task(key) is not None else price_of(self.inner, request),
            account=self.inner.connection.account if isinstance(self.inner, Remote) else "",
            own_key=self._own_key,
        )

    def _keep(self, key: str, role: Role, answer: Answer) -> bool:
        head: Head = {
            "provider": self.id,
            "role": role.value,
            "model": answer.model,
            "cost_usd": answer.cost_usd,
            "seconds": round(answer.seconds, 3),
            "origin": answer.origin,
            "notes": dict(answer.notes),
        }
        try:
            self._cache.put(key, head, answer.data)
        except StorageError as error:
            # The answer is paid for: it is handed on all the same, and a remote task stays on record.
            log.warning("the answer of %s could not be kept: %s", self.id, error)
            return False
        return True

    def _keep_unchecked(self, key: str, order: Entry, error: UncheckedAnswer) -> None:
        head: Head = {
            "provider": self.id,
            "role": order.role,
            "model": order.model,
            "cost_usd": order.cost_usd,
            "time": order.time,
            "why": str(error),
        }
        head_bytes = error.data[:64] if isinstance(error.data, bytes) else _beginning(error.data)
        try:
            file = self._cache.keep_unchecked(key, head, error.data, suffix(head_bytes)).file
        except StorageError as trouble:
            log.warning("what came from %s could not be kept: %s", self.id, trouble)
            return
        error.args = (f"{error} It was paid for and is kept as it came ({file.name}).",)
        if error.final:
            self._forget(key)

    def _forget(self, key: str) -> None:
        try:
            self._cache.forget_task(key)
        except StorageError as error:
            log.warning("%s", error)

    def _settle(self, order: Entry, answer: Answer) -> None:
        try:
            self._ledger.settle(
                order, "done", cost_usd=answer.cost_usd, seconds=answer.seconds, model=answer.model
            )
        except StorageError as error:
            log.warning("a call of %s stays open in the ledger: %s", self.id, error)

    def _settle_failure(self, order: Entry, key: str, error: LoupeError, seconds: float) -> None:
        if self._lives_on(key, error):
            return  # the remote task will be fetched under this order
        try:
            self._ledger.settle(
                order,
                "charged" if error.charged else "failed",
                cost_usd=order.cost_usd if error.charged else 0.0,
                seconds=seconds,
            )
        except StorageError as trouble:
            log.warning("a failed call of %s stays open in the ledger: %s", self.id, trouble)

    def _lives_on(self, key: str, error: LoupeError) -> bool:
        """Whether the order may still deliver after an error, also where only the ledger could note its id."""
        if self._cache.task(key) is not None:
            return True
        if isinstance(error, Cancelled):
            return not error.charged and self._ordered(key)
        return isinstance(error, ProviderError) and error.kept


def give_up(cache: Cache, ledger: Ledger, key: str) -> None:
    """Forget the order under a cache key: its task, what came as it came, and that its end is open in the ledger.

    Its estimate stays booked, as nobody knows whether it is billed. Raises StorageError while it is asked for.
    """
    try:
        with cache.single_flight(key, stop=lambda: True):
            order = ledger.open_order(key)
            if order is not None:
                ledger.settle(order, "charged", cost_usd=order.cost_usd, seconds=order.seconds)
            cache.forget_task(key)
            cache.release_unchecked(key)
    except Cancelled:
        raise StorageError("This order is being asked for at the moment; stop that first.") from None


def _beginning(file: Path) -> bytes:
    try:
        with file.open("rb") as data:
            return data.read(64)
    except OSError:
        return b""


def price_of(provider: Provider, request: Request) -> float:
    """Estimated US dollars of one request: the provider's own reckoning where it depends on size."""
    reckon = getattr(provider, "price", None)
    if reckon is not None:
        return float(reckon(request))
    limits = provider.limits.get(role_of(request))
    return limits.price_usd if limits else 0.0
