"""The one door to the network: the only place that builds an httpx client.

A paid POST is sent once. Reads are repeated with growing pauses and honour Retry-After. Results are fetched
over https only, never from a private address, never with the key, and only up to a size. The key appears in
one request header and nowhere else: every word that leaves here as an error is scrubbed of it.
"""

import functools
import ipaddress
import json
import random
import re
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx

from pipeline.errors import (
    BadKey,
    Cancelled,
    MissingKey,
    ModelGone,
    PossiblyCharged,
    ProviderDown,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Unsupported,
    UnusableAnswer,
)
from pipeline.providers.base import Silent, Watch
from pipeline.providers.call.connection import Desk

MAX_REPLY_BYTES = 256_000_000
"""A 4096 x 4096 PNG in base64, with room; more is no answer to anything we ask."""
MAX_REDIRECTS = 3
_SLICE_S = 0.2
_TOLD_CHARS = 300

Parts = Mapping[str, str | tuple[str, bytes, str]]
"""Multipart fields: plain text, or (file name, bytes, media type)."""


@dataclass(frozen=True)
class Reply:
    """What a server answered: headers by lower-case name, body decoded from any content encoding."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body, parse_constant=_no_constant)

    def told(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        try:
            told = self.json()
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}


Explain = Callable[[Reply], tuple[type[ProviderError] | None, str]]
"""A vendor's reading of its own error body: what kind of trouble (None: by status), in which words."""


class Door:
    """All HTTP of one adapter. `headers` makes the authorization headers from the key."""

    def __init__(self, desk: Desk, headers: Callable[[str], Mapping[str, str]], explain: Explain) -> None:
        self._desk = desk
        self._headers = headers
        self._explain = explain

    # -- calls with the key, to the base url only

    def post(
        self,
        path: str,
        *,
        body: Any = None,
        parts: Parts | None = None,
        headers: Mapping[str, str] | None = None,
        paid: bool = True,
    ) -> Reply:
        """Place a paid order, once. Raises PossiblyCharged when the answer to it was lost.

        `paid=False` sends something that costs nothing, an upload: when that is lost nothing was bought.
        """
        patience = httpx.Timeout(self._desk.pace.read_s, connect=self._desk.pace.connect_s)
        sent: dict[str, Any] = {"json": body} if parts is None else {"files": _files(parts)}
        try:
            reply = self._send("POST", self._url(path), patience, headers, sent)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise self._down() from None
        except (httpx.HTTPError, httpx.InvalidURL, _Overlong) as error:
            if not paid:
                raise self._down(_kind(error)) from None
            raise self._error(
                PossiblyCharged,
                f"The connection to {self._desk.name} broke after the order was sent ({_kind(error)}); "
                "it may have been charged.",
            ) from None
        self._check(reply, order=paid)
        return reply

    def get(self, path: str, watch: Watch | None = None, *, accept: tuple[int, ...] = ()) -> Reply:
        """Read something that is there, trying again while the trouble looks passing.

        `accept` lists statuses beyond 2xx that are answers, too.
        """
        return self._persist(lambda: self._look(self._url(path), accept), watch or Silent())

    def withdraw(self, method: str, path: str, *, accept: tuple[int, ...] = ()) -> bool:
        """Ask for a cancellation; False when it was refused or did not get through."""
        patience = httpx.Timeout(self._desk.pace.poll_read_s, connect=self._desk.pace.connect_s)
        try:
            reply = self._send(method, self._url(path), patience, None, {})
        except (httpx.HTTPError, httpx.InvalidURL, _Overlong):
            return False
        return reply.status < 300 or reply.status in accept

    # -- results, without the key

    def download(self, url: str, watch: Watch | None = None, *, most_bytes: int = MAX_REPLY_BYTES) -> bytes:
        """Fetch a finished result. Raises Expired when the link is dead, UnusableAnswer when it is unsafe."""
        return self._persist(lambda: self._fetch(url, most_bytes), watch or Silent()).body

    def trouble(self, kind: type[ProviderError], words: str) -> ProviderError:
        """A failure the service told in an answer of its own, as one clean sentence."""
        said = self.scrub(words).rstrip(" .…") or "no reason given"
        return kind(f"{self._desk.name} did not deliver: {said}.", provider=self._desk.provider)

    # -- private

    def _url(self, path: str) -> str:
        base = self._desk.base_url
        if not path.startswith("/") or "://" in path:
            raise self._error(UnusableAnswer, f"{self._desk.name} named an address outside its own service.")
        try:
            host = httpx.URL(base)
        except httpx.InvalidURL:
            raise self._error(Unsupported, f"The base URL of {self._desk.name} is no address.") from None
        if host.scheme != "https" and not _loopback(host.host) and not self._keyless():
            raise self._error(
                Unsupported,
                f"The base URL of {self._desk.name} must begin with https://, or the key would be readable.",
            )
        return base + path

    def _keyless(self) -> bool:
        """Whether this service is one's own and takes no key, so that there is none to be read on the way."""
        return self._desk.key is not None and not self._desk.key.get_secret_value()

    def _key(self) -> str:
        if self._desk.key is None:
            raise MissingKey(
                f"{self._desk.name} needs {self._desk.variable}: set this variable, or bring your own key in Settings.",
                provider=self._desk.provider,
            )
        key = self._desk.key.get_secret_value()
        if not key.isascii() or not key.isprintable():
            raise self._error(
                BadKey, f"The key in {self._desk.variable} contains signs no key has; copy it again."
            )
        return key

    def _send(
        self,
        method: str,
        url: str,
        patience: httpx.Timeout,
        headers: Mapping[str, str] | None,
        sent: dict[str, Any],
    ) -> Reply:
        told = {**self._headers(self._key()), **(headers or {})}
        with (
            httpx.Client(timeout=patience, verify=_tls(), follow_redirects=False) as client,
            client.stream(method, url, headers=told, **sent) as response,
        ):
            return _read(response, MAX_REPLY_BYTES, 1.5 * (patience.read or 600.0))

    def _look(self, url: str, accept: tuple[int, ...]) -> Reply:
        patience = httpx.Timeout(self._desk.pace.poll_read_s, connect=self._desk.pace.connect_s)
        reply = self._send("GET", url, patience, None, {})
        if reply.status not in accept:
            self._check(reply, order=False)
        return reply

    def _fetch(self, url: str, most_bytes: int) -> Reply:
        patience = httpx.Timeout(self._desk.pace.poll_read_s, connect=self._desk.pace.connect_s)
        for _ in range(MAX_REDIRECTS + 1):
            target, headers, extensions = self._safe(url)
            with (
                httpx.Client(timeout=patience, verify=_tls(), follow_redirects=False) as client,
                client.stream("GET", target, headers=headers, extensions=extensions) as response,
            ):
                if response.is_redirect:
                    url = str(httpx.URL(url).join(response.headers.get("location", "")))
                    continue
                try:
                    reply = _read(response, most_bytes, self._desk.pace.read_s)
                except _Overlong:
                    raise self._error(
                        UnusableAnswer,
                        f"{self._desk.name} offers a result of more than {most_bytes // 1_000_000} MB.",
                    ) from None
            if reply.status in {401, 403, 404, 410}:
                raise Expired(
                    f"The link to the finished result of {self._desk.name} has expired.",
                    provider=self._desk.provider,
                )
            self._check(reply, order=False)
            return reply
        raise self._error(UnusableAnswer, f"{self._desk.name} sends its result in circles.")

    def _safe(self, url: str) -> tuple[httpx.URL, dict[str, str], dict[str, Any]]:
        """A result's address, checked and pinned to the public address that was checked."""
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, TypeError, ValueError):
            raise self._error(
                UnusableAnswer, f"{self._desk.name} named no usable address for its result."
            ) from None
        base = httpx.URL(self._desk.base_url)
        if _loopback(base.host) and _loopback(target.host) and target.scheme in {"http", "https"}:
            return target, {}, {}
        own = target.host == base.host
        plain = own and target.scheme == base.scheme == "http" and self._keyless()
        if (target.scheme != "https" and not plain) or not target.host or target.userinfo:
            raise self._error(UnusableAnswer, f"{self._desk.name} offers its result over an unsafe address.")
        if urllib.request.getproxies().get("https"):
            # A proxy resolves names itself; only written-out addresses can be judged from here.
            if _written_address(target.host) is not None and not own:
                self._refuse_private([target.host])
            return target, {}, {}
        if plain:
            return target, {}, {}
        addresses = _resolve(target.host, target.port or 443)
        if own:
            return target, {}, {}
        self._refuse_private(addresses)
        # Connect to the very address that was judged, so that a second look-up cannot lead elsewhere.
        headers = {"host": target.netloc.decode("ascii")}
        return target.copy_with(host=addresses[0]), headers, {"sni_hostname": target.host}

    def _refuse_private(self, addresses: list[str]) -> None:
        if not addresses or not all(ipaddress.ip_address(a.partition("%")[0]).is_global for a in addresses):
            raise self._error(
                UnusableAnswer, f"{self._desk.name} points to a private address for its result."
            )

    def _persist(self, attempt: Callable[[], Reply], watch: Watch) -> Reply:
        pace = self._desk.pace
        pause_s = pace.retry_first_s
        for left in range(pace.retries, -1, -1):
            try:
                return attempt()
            except (ProviderDown, RateLimited) as error:
                trouble: ProviderError = error
            except (httpx.HTTPError, OSError, _Overlong) as error:
                trouble = self._down(_kind(error))
            except httpx.InvalidURL:
                raise self._error(UnusableAnswer, f"{self._desk.name} named no usable address.") from None
            wait_s = trouble.wait_s if trouble.wait_s is not None else pause_s * random.uniform(0.75, 1.25)
            if not left or wait_s > pace.retry_most_s:
                raise trouble from None
            rest(wait_s, watch)
            pause_s = min(2 * pause_s, pace.retry_most_s)
        raise AssertionError("unreachable")

    def _check(self, reply: Reply, *, order: bool) -> None:
        """Turn anything but success into the error the user can act on. Happens here and nowhere else."""
        if 200 <= reply.status < 300:
            return
        kind, words = self._explain(reply)
        if kind is None:
            kind = _kind_of_status(reply.status, order=order)
        wait_s = _wait_s(reply) if kind in {RateLimited, ProviderDown} else None
        raise self._error(
            kind, _sentence(kind, self._desk.name, reply.status, self.scrub(words), wait_s), wait_s
        )

    def _error(self, kind: type[ProviderError], message: str, wait_s: float | None = None) -> ProviderError:
        return kind(self.scrub(message), provider=self._desk.provider, wait_s=wait_s)

    def _down(self, why: str = "no connection") -> ProviderDown:
        return ProviderDown(
            f"{self._desk.name} cannot be reached ({why}); nothing was bought.", provider=self._desk.provider
        )

    def scrub(self, text: str) -> str:
        """Text fit to show: without the key, markup, control signs, or more than a few hundred signs."""
        if self._desk.key is not None:
            key = self._desk.key.get_secret_value()
            for spelling in {key, quote(key, safe=""), json.dumps(key)[1:-1]} - {""}:
                text = text.replace(spelling, "…")
        text = re.sub(r"<[^<>]{0,2000}>", " ", text)
        text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        return text if len(text) <= 2 * _TOLD_CHARS else text[: 2 * _TOLD_CHARS] + "…"


class Expired(UnusableAnswer):
    """A result's link is dead; a fresh look at the task may bring a new one."""


class _Overlong(Exception):
    """More bytes, or more time, than any answer needs."""


def rest(seconds: float, watch: Watch) -> None:
    """Sleep in slices. Raises Cancelled as soon as Cancel is pressed."""
    until = time.monotonic() + seconds
    while True:
        if watch.cancelled():
            raise Cancelled("Stopped.")
        left = until - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(_SLICE_S, left))


@contextmanager
def unusable(provider: str, name: str) -> Iterator[None]:
    """Read a reply's fields; a field that is missing or of another shape becomes UnusableAnswer."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError, OverflowError, StopIteration):
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


def words_of(value: Any) -> str:
    """Whatever an error field holds, as one string."""
    if isinstance(value, str):
        return value[:2000]
    return json.dumps(value, ensure_ascii=False)[:2000] if value else ""


def _kind_of_status(status: int, *, order: bool) -> type[ProviderError]:
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
    return Unsupported if 400 <= status < 500 else UnusableAnswer


def _sentence(kind: type[ProviderError], name: str, status: int, words: str, wait_s: float | None) -> str:
    words = words[:_TOLD_CHARS].rstrip(" .")
    said = f": {words}." if words else f" (HTTP {status})."
    if kind is RateLimited:
        return f"{name} asks to wait {f'{wait_s:.0f} s' if wait_s else 'a moment'}{said}"
    openings: dict[type[ProviderError], str] = {
        BadKey: "refuses the key",
        QuotaExhausted: "has no credit left for this key",
        ModelGone: "does not offer this model to this key",
        ProviderDown: "is overloaded or out of order",
        PossiblyCharged: "stopped answering after the order was sent; it may have been charged",
        Unsupported: "does not accept this request",
        UnusableAnswer: "answered without a usable result",
    }
    return f"{name} {openings.get(kind, 'refused')}{said}"


def _wait_s(reply: Reply) -> float | None:
    """Seconds to wait: `Retry-After` as a number or a date, or OpenAI's milliseconds."""
    milliseconds = reply.headers.get("retry-after-ms", "")
    told = reply.headers.get("retry-after", "")
    try:
        if milliseconds:
            wait = float(milliseconds) / 1000
        elif told:
            wait = (
                float(told)
                if told.strip()[0].isdigit()
                else parsedate_to_datetime(told).timestamp() - time.time()
            )
        else:
            return None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait, 0.0), 86_400.0) if wait == wait else None  # noqa: PLR0124 - NaN is unlike itself


def _files(parts: Parts) -> list[tuple[str, Any]]:
    """Multipart fields with file name and media type where they are files; vendors refuse them otherwise."""
    return [(name, (None, value) if isinstance(value, str) else value) for name, value in parts.items()]


def _read(response: httpx.Response, most_bytes: int, most_s: float) -> Reply:
    body = bytearray()
    until = time.monotonic() + most_s
    for piece in response.iter_bytes():
        body += piece
        if len(body) > most_bytes or time.monotonic() > until:
            raise _Overlong
    return Reply(response.status_code, dict(response.headers.items()), bytes(body))


def _kind(error: Exception) -> str:
    """The kind of a transport failure: the exception's own text may carry addresses."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__.strip("_")).lower()


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    address = _written_address(host)
    return address is not None and address.is_loopback


def _written_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _resolve(host: str, port: int) -> list[str]:
    if _loopback(host) or _written_address(host) is not None:
        return ["127.0.0.1" if host == "localhost" else host]
    found = [str(told[4][0]) for told in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    return sorted(
        found, key=lambda address: ":" in address
    )  # not every machine with IPv6 gets anywhere by it


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
