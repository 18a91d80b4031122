"""From a status, or a broken connection, to the one error and the one sentence the user can act on."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import (
    BadKey,
    ModelGone,
    PossiblyCharged,
    ProviderDown,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Unsupported,
    UnusableAnswer,
)

WORDS = 300
"""Characters of a service's own words that are shown."""


MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, RecursionError, OverflowError, StopIteration)
"""What reading a reply's fields ends in where they have another shape."""


class Expired(UnusableAnswer):
    """A result's link is dead; a fresh look at the task may bring a new one."""


class UncheckedAnswer(UnusableAnswer):
    """Something came that was paid for and does not pass the checks: `data`, its bytes or a file of them.

    `final`: it is whole, only of another kind than asked for; fetching it again brings the same.
    """

    def __init__(
        self, message: str, *, provider: str = "", data: bytes | Path = b"", final: bool = False
    ) -> None:
        super().__init__(message, provider=provider)
        self.data = data
        self.final = final


class NotAccepted(RateLimited):
    """An order, or an upload, answered with 429: it was never taken, so sending it again buys nothing twice."""


@contextmanager
def unusable(provider: str, name: str) -> Iterator[None]:
    """Read a reply's fields; a field that is missing or of another shape becomes UnusableAnswer."""
    try:
        yield
    except MISSHAPEN:
        raise UnusableAnswer(
            f"{name} answered in a form Loupe does not understand; its service may have changed.",
            provider=provider,
        ) from None


@contextmanager
def unpaid() -> Iterator[None]:
    """What fails here fails before anything was ordered: an upload's answer, for instance."""
    try:
        yield
    except ProviderError as error:
        error.charged = False
        raise


def kind_of_status(status: int, *, order: bool) -> type[ProviderError]:
    """What an HTTP status means; `order`: of a paid one, behind which work may go on."""
    known: dict[int, type[ProviderError]] = {
        401: BadKey,
        402: QuotaExhausted,
        403: BadKey,
        404: ModelGone,
        410: ModelGone,
        429: RateLimited,
    }
    if status in known:
        return known[status]
    if order and status in {408, 499, 502, 504, 520, 522, 524}:
        return PossiblyCharged  # a gateway gave up waiting; the work behind it may go on
    if status in {408, 425} or status >= 500:
        return ProviderDown
    if order and 300 <= status < 400:
        return Unsupported  # it sent us elsewhere and did nothing
    return Unsupported if 400 <= status < 500 else UnusableAnswer


def sentence(kind: type[ProviderError], name: str, status: int, words: str, wait_s: float | None) -> str:
    """One sentence from a kind of trouble and the service's own, clean words."""
    words = words[:WORDS].rstrip(" .")
    reason = f": {words}." if words else f" (HTTP {status})."
    if issubclass(kind, RateLimited):
        return f"{name} asks to wait {f'{wait_s:.0f} s' if wait_s else 'a moment'}{reason}"
    if 300 <= status < 400:
        return (
            f"{name} has moved to another address (HTTP {status}); correct its base URL. Nothing was bought."
        )
    openings: dict[type[ProviderError], str] = {
        BadKey: "refuses the key",
        QuotaExhausted: "has no credit left for this key",
        ModelGone: "does not offer this model to this key",
        ProviderDown: "is overloaded or out of order",
        PossiblyCharged: "stopped answering after the order was sent; it may have been charged",
        Unsupported: "does not accept this request",
        UnusableAnswer: "answered without a usable result",
    }
    return f"{name} {openings.get(kind, 'refused')}{reason}"


def cause(error: Exception) -> str:
    """The kind of a transport failure in words; never its own text, which may carry addresses."""
    certificate = certificate_fault(error)
    return certificate or re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__.strip("_")).lower()


def certificate_fault(error: BaseException | None) -> str:
    """What is wrong with the server's TLS certificate, in OpenSSL's words; empty when that is not the trouble."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its TLS certificate is not valid: {error.verify_message}"
        error = error.__cause__ or error.__context__
    return ""
