"""What the registry hands an adapter: where to send, with which key, and where remote tasks are noted."""

import hashlib
from dataclasses import dataclass, field

from pydantic import SecretStr

from pipeline.cache import Cache
from pipeline.ledger import Ledger
from pipeline.providers.call.addresses import Addresses


@dataclass(frozen=True)
class Pace:
    """How long to wait, in seconds. Tests turn it up; everything else keeps it."""

    poll_first_s: float = 1.5
    poll_most_s: float = 8.0
    poll_patience_s: float = 1800.0
    """A task that is not done by then is left on record, to be fetched later."""
    retry_first_s: float = 0.5
    retry_most_s: float = 30.0
    """The longest single pause, also where a service asks for one: a longer one is handed to the user."""
    retries: int = 5
    order_patience_s: float = 180.0
    """How long an order that the service does not take yet (429) is offered again, as it asks, before that is told."""
    connect_s: float = 15.0
    read_s: float = 600.0
    """Synchronous picture services stay silent for minutes; giving up early would lose a paid answer."""
    poll_read_s: float = 60.0

    @property
    def grace_s(self) -> float:
        """How long a fresh order may be unknown, or its result unreadable, before that is told: a minute."""
        return 2 * self.retry_most_s


DEMO = "demo"
"""The `place` of a stand-in."""


@dataclass(frozen=True)
class Connection:
    """One adapter's way to its service. `key` never leaves it but as a request header."""

    provider: str
    name: str
    base_url: str
    key: SecretStr | None
    variable: str
    """The variable that sets the key, for people."""
    cache: Cache
    place: str = ""
    """Set where the address is not the vendor's own; part of the cache key."""
    pace: Pace = field(default_factory=Pace)
    addresses: Addresses = field(default_factory=Addresses)
    free: bool = False
    """A box of one's own, at which nothing is paid."""
    ledger: Ledger | None = None
    """Where a task's id is written down a second time, beside its price."""

    @property
    def keyless(self) -> bool:
        """Whether the service is one's own and takes no key, so that there is none to be read on the way."""
        return self.key is not None and not self.key.get_secret_value()

    @property
    def account(self) -> str:
        """Which key orders: enough of its hash to tell two keys apart, too little to find one by trying."""
        if self.key is None or self.keyless:
            return ""
        return hashlib.sha256(f"{self.provider}\0{self.key.get_secret_value()}".encode()).hexdigest()[:8]
