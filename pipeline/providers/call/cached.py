"""Wraps any provider: what was answered once is never asked, or paid for, again.

Order of a call: look on disk; take the right to ask (one asker over all threads and processes); look again;
refuse where an earlier order's end is unknown; reserve the money, which is the note that an order is about to
go out; run; keep the answer before anything else; settle the bill; forget the remote task.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from pipeline.cache import Cache, Head
from pipeline.errors import Cancelled, LoupeError, PossiblyCharged, StorageError, Unsupported
from pipeline.ledger import Entry, Ledger
from pipeline.providers.base import Answer, Limits, Provider, Request, Watch, role_of
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.concurrency import Slots
from pipeline.records import Role

log = logging.getLogger(__name__)


class Cached:
    """A provider whose answers are kept for good and whose calls are written down.

    `design_id` is where the ledger books its calls. `counter` names the account whose places are shared.
    """

    def __init__(
        self,
        provider: Provider,
        cache: Cache,
        ledger: Ledger,
        *,
        design_id: str = "",
        counter: str = "",
    ) -> None:
        self.inner = provider
        self._cache = cache
        self._ledger = ledger
        self._design_id = design_id
        self._slots = Slots(cache.locks)
        self._counter = counter

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
        if self._cache.known(key) or self._cache.task(key) is not None:
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
        kept = self._kept(key, role)
        if kept is not None:
            return kept
        with self._cache.single_flight(key, watch.cancelled):
            kept = self._kept(key, role, again=True)
            if kept is not None:
                return kept
            with self._slots.hold(self._counter or f"{self.id}/{role}", self.limits[role].concurrency, watch):
                return self._ask(key, role, request, watch)

    def _kept(self, key: str, role: Role, *, again: bool = False) -> Answer | None:
        found = self._cache.get(key, again=again)
        if found is None:
            return None
        head, data = found
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
        self._refuse_unknown_end(key)
        order = self._order(key, role, request)
        started = time.monotonic()
        try:
            answer = self.inner.run(request, watch)
        except LoupeError as error:
            self._settle_failure(order, key, error, time.monotonic() - started)
            raise
        seconds = answer.seconds or time.monotonic() - started
        answer = replace(answer, seconds=seconds)
        if self._keep(key, role, answer):
            self._forget(key)
        self._settle(order, answer)
        return answer

    def _refuse_unknown_end(self, key: str) -> None:
        """Raise PossiblyCharged, once, where a process died between placing a paid order and noting its end.

        Such an order stands in the ledger as placed, with neither an answer nor a task's id. Whether the
        service took it nobody knows: its estimate stays booked, and only whoever asks again buys again.
        """
        if self._cache.task(key) is not None:
            return
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
        if self._cache.task(key) is not None:
            return  # the remote task lives on and will be fetched under this order
        try:
            self._ledger.settle(
                order,
                "charged" if error.charged else "failed",
                cost_usd=order.cost_usd if error.charged else 0.0,
                seconds=seconds,
            )
        except StorageError as trouble:
            log.warning("a failed call of %s stays open in the ledger: %s", self.id, trouble)


def price_of(provider: Provider, request: Request) -> float:
    """Estimated US dollars of one request: the provider's own reckoning where it depends on size."""
    reckon = getattr(provider, "price", None)
    if reckon is not None:
        return float(reckon(request))
    limits = provider.limits.get(role_of(request))
    return limits.price_usd if limits else 0.0
