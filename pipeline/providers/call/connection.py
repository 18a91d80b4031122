"""What the registry hands an adapter: where to send, with which key, and where remote tasks are noted."""

from dataclasses import dataclass, field

from pydantic import SecretStr

from pipeline.cache import Cache


@dataclass(frozen=True)
class Pace:
    """How long to wait, in seconds. Tests turn it up; everything else keeps it."""

    poll_first_s: float = 1.5
    poll_most_s: float = 8.0
    poll_patience_s: float = 1800.0
    """A task that is not done by then is left on record, to be fetched later."""
    retry_first_s: float = 0.5
    retry_most_s: float = 30.0
    retries: int = 5
    connect_s: float = 15.0
    read_s: float = 600.0
    """Synchronous picture services stay silent for minutes; giving up early would lose a paid answer."""
    poll_read_s: float = 60.0


DEMO = "demo"
"""The `place` of a stand-in."""


@dataclass(frozen=True)
class Desk:
    """One adapter's place of work. `key` never leaves it but as a request header."""

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
