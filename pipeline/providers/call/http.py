"""The one door to the network: the only place that builds an httpx client.

A paid POST is sent once. Reads are repeated with growing pauses and honour Retry-After. Results are fetched
over https only, never from a private address, never with the key, and only up to a size. The key appears in
one request header and nowhere else: every word that leaves here as an error is scrubbed of it.
"""

import functools
import json
import random
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from contextvars import ContextVar
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from pipeline.errors import (
    BadKey,
    Cancelled,
    MissingKey,
    PossiblyCharged,
    ProviderDown,
    ProviderError,
    RateLimited,
    StorageError,
    Unsupported,
    UnusableAnswer,
)
from pipeline.providers.base import Silent, Watch
from pipeline.providers.call import addresses
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.events import Hear, listening
from pipeline.providers.call.failures import (
    MISSHAPEN,
    WORDS,
    Expired,
    NotAccepted,
    UncheckedAnswer,
    cause,
    certificate_fault,
    kind_of_status,
    sentence,
    unpaid,
)
from pipeline.providers.call.reply import Explain, Overlong, Reply, read

MAX_REPLY_BYTES = 256_000_000
"""A 4096 x 4096 PNG in base64, with room; more is no answer to anything we ask."""
MAX_KEPT_BYTES = 1_000_000_000
"""A result beyond the size above is still kept as it came, up to this one."""
_SPARED_BYTES = 200_000_000
"""Room on the disk that such a result leaves to everything else."""
MAX_REDIRECTS = 3
_SLICE_S = 0.2
_IDLE_S = 60.0
"""How long a connection may rest between two looks; the longest pause between polls is far below."""

File = tuple[str, bytes, str]
"""Name, bytes, media type."""
Parts = Mapping[str, str | File | Sequence[File]]
"""Multipart fields: plain text, a file, or several files under one name."""

_BROKEN = (httpx.HTTPError, httpx.InvalidURL, Overlong, UnicodeError)
"""What a call can end in before there is an answer. Host names no network knows end in UnicodeError."""
_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""What an order can end in before a word of it has left: no connection, or a header that none can carry."""
_kept_client: ContextVar[list[httpx.Client] | None] = ContextVar("kept_client", default=None)


@contextmanager
def kept_alive() -> Iterator[None]:
    """Let the looks made within share one connection to their service.

    Only they do: an order goes out on a connection of its own, as one that the other side is just closing
    would leave open whether it was taken; and a result is fetched from the address that was judged for it,
    where a connection kept under that address could belong to another name.
    """
    clients: list[httpx.Client] = []
    token = _kept_client.set(clients)
    try:
        yield
    finally:
        _kept_client.reset(token)
        for client in clients:
            client.close()


class Door:
    """All HTTP of one adapter. `headers` makes the authorization headers from the key."""

    def __init__(
        self, connection: Connection, headers: Callable[[str], Mapping[str, str]], explain: Explain
    ) -> None:
        self._connection = connection
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
        with unpaid():
            url = self._url(path)
        content: dict[str, Any] = {"json": body} if parts is None else {"files": _files(parts)}
        pace = self._connection.pace
        try:
            with _client() as client:
                read_s = pace.read_s if paid else pace.poll_read_s
                try:
                    request = self._built(client, "POST", url, read_s, headers, content)
                except (TypeError, ValueError, RecursionError, httpx.InvalidURL):
                    raise self._error(
                        Unsupported,
                        f"What {self._connection.name} is to be sent cannot be written; nothing was bought.",
                    ) from None
                reply = _answered(client, request, read_s)
        except _UNSENT as error:
            raise self._down(error) from None
        except _BROKEN as error:
            if not paid:
                raise self._down(error) from None
            raise self._error(
                PossiblyCharged,
                f"The connection to {self._connection.name} broke after the order was sent ({cause(error)}); "
                "it may have been charged.",
            ) from None
        try:
            self._check(reply, order=paid)
        except RateLimited as error:
            if reply.status == 429:
                raise NotAccepted(
                    str(error), provider=self._connection.provider, wait_s=error.wait_s
                ) from None
            raise
        return reply

    def get(self, path: str, watch: Watch | None = None, *, accept: tuple[int, ...] = ()) -> Reply:
        """Read something that is there, trying again while the trouble looks passing.

        `accept` lists statuses beyond 2xx that are answers, too.
        """
        return self._persist(lambda: self._look(self._url(path), accept), watch or Silent())

    def withdraw(self, method: str, path: str, *, accept: tuple[int, ...] = (), body: Any = None) -> bool:
        """Ask for a cancellation; False when it was refused or did not get through."""
        try:
            with _client() as client:
                content = None if body is None else {"json": body}
                reply = self._send(
                    client, method, self._url(path), self._connection.pace.poll_read_s, content=content
                )
        except _BROKEN:
            return False
        return reply.status < 300 or reply.status in accept

    def listen(self, path: str, hear: Hear) -> AbstractContextManager[None]:
        """Hear what the service says over a websocket while a block runs, where it has one."""
        return listening(self._url(path), self._headers(self._key()), _tls(), hear)

    # -- results, without the key

    def download(self, url: str, watch: Watch | None = None, *, most_bytes: int = 0) -> bytes:
        """Fetch a finished result. Raises Expired when the link is dead, UnusableAnswer when it is unsafe."""
        most_bytes = most_bytes or MAX_REPLY_BYTES
        return self._persist(lambda: self._fetch(url, most_bytes), watch or Silent()).body

    def trouble(self, kind: type[ProviderError], words: str) -> ProviderError:
        """A failure the service told in an answer of its own, as one clean sentence."""
        reason = self.scrub(words).rstrip(" .…") or "no reason given"
        return kind(f"{self._connection.name} did not deliver: {reason}.", provider=self._connection.provider)

    # -- private

    def _url(self, path: str) -> str:
        name, base = self._connection.name, self._connection.base_url
        if not path.startswith("/") or "://" in path:
            raise self._error(UnusableAnswer, f"{name} named an address outside its own service.")
        try:
            target = addresses.parsed(base)
        except addresses.Unsafe:
            raise self._error(Unsupported, f"The base URL of {name} is no address.") from None
        if target.scheme not in {"http", "https"}:
            raise self._error(Unsupported, f"The base URL of {name} must begin with http:// or https://.")
        if (
            target.scheme != "https"
            and not self._connection.keyless
            and not self._connection.addresses.plain(target.host)
        ):
            raise self._error(
                Unsupported,
                f"The base URL of {name} must begin with https://, or the key would be readable. A host of your own "
                "network may be listed in LOUPE_PLAIN_HTTP_HOSTS.",
            )
        return base + path

    def _key(self) -> str:
        name, key, variable = self._connection.name, self._connection.key, self._connection.variable
        if key is None:
            raise MissingKey(
                f"{name} needs {variable}: set this variable, or bring your own key in Settings.",
                provider=self._connection.provider,
            )
        text = key.get_secret_value()
        if not text.isascii() or not text.isprintable():
            raise self._error(BadKey, f"The key in {variable} contains signs no key has; copy it again.")
        return text

    def _send(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        read_s: float,
        headers: Mapping[str, str] | None = None,
        content: Mapping[str, Any] | None = None,
    ) -> Reply:
        return _answered(client, self._built(client, method, url, read_s, headers, content), read_s)

    def _built(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        read_s: float,
        headers: Mapping[str, str] | None,
        content: Mapping[str, Any] | None,
    ) -> httpx.Request:
        sent = {**self._headers(self._key()), **(headers or {})}
        patience = httpx.Timeout(read_s, connect=self._connection.pace.connect_s)
        return client.build_request(method, url, headers=sent, timeout=patience, **(content or {}))

    def _look(self, url: str, accept: tuple[int, ...]) -> Reply:
        read_s = self._connection.pace.poll_read_s
        clients = _kept_client.get()
        if clients is None:
            with _client() as client:
                reply = self._send(client, "GET", url, read_s)
        else:
            if not clients:
                clients.append(_client())
            reply = self._send(clients[0], "GET", url, read_s)
        if reply.status not in accept:
            self._check(reply, order=False)
        return reply

    def _fetch(self, url: str, most_bytes: int) -> Reply:
        name, pace = self._connection.name, self._connection.pace
        patience = httpx.Timeout(pace.poll_read_s, connect=pace.connect_s)
        for _ in range(MAX_REDIRECTS + 1):
            target = self._safe(url)
            with (
                _client() as client,
                client.stream(
                    "GET", target.url, headers=target.headers, extensions=target.extensions, timeout=patience
                ) as response,
            ):
                if response.is_redirect:
                    url = str(addresses.parsed(url).join(response.headers.get("location", "")))
                    continue
                try:
                    reply = read(response, most_bytes, pace.read_s)
                except Overlong as error:
                    if not error.begun:
                        raise
                    message = f"{name} offers a result of more than {most_bytes // 1_000_000} MB."
                    raise self._oversized(error, message) from None
            if reply.status in {401, 403, 404, 410}:
                raise Expired(
                    f"The link to the finished result of {name} has expired.",
                    provider=self._connection.provider,
                )
            self._check(reply, order=False)
            return reply
        raise self._error(UnusableAnswer, f"{name} sends its result in circles.")

    def _oversized(self, answer: Overlong, message: str) -> ProviderError:
        """What is too large for the memory goes to a file, as it was paid for, as long as the disk has room."""
        try:
            file = self._connection.cache.draft()
            if self._spill(file, chain((answer.begun,), answer.others)):
                return UncheckedAnswer(message, provider=self._connection.provider, data=file, final=True)
        except (OSError, StorageError, httpx.HTTPError):
            pass  # told without it
        return self._error(UnusableAnswer, message)

    def _spill(self, file: Path, pieces: Iterable[bytes]) -> bool:
        """Write a file as long as it may grow; False, and nothing is left of it, where it may not."""
        size, room = 0, True
        try:
            with file.open("wb") as out:
                for piece in pieces:
                    size += len(piece)
                    free = self._connection.cache.free_bytes()
                    room = size <= MAX_KEPT_BYTES and free > len(piece) + _SPARED_BYTES
                    if not room:
                        break
                    out.write(piece)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        if not room:
            file.unlink(missing_ok=True)
        return room

    def _safe(self, url: str) -> addresses.Target:
        connection = self._connection
        try:
            return connection.addresses.pin(url, connection.base_url, keyless=connection.keyless)
        except addresses.Unsafe as error:
            raise self._error(UnusableAnswer, f"{connection.name} {error}.") from None

    def _persist(self, attempt: Callable[[], Reply], watch: Watch) -> Reply:
        pace = self._connection.pace
        pause_s = pace.retry_first_s
        for left in range(pace.retries, -1, -1):
            try:
                return attempt()
            except (ProviderDown, RateLimited) as error:
                trouble: ProviderError = error
            except (httpx.InvalidURL, UnicodeError, addresses.Unsafe):
                raise self._error(
                    UnusableAnswer, f"{self._connection.name} named no usable address."
                ) from None
            except (httpx.HTTPError, OSError, Overlong) as error:
                trouble = self._down(error)
                if certificate_fault(error):
                    raise trouble from None  # asking again shows the same certificate
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
        try:
            kind, words = self._explain(reply)
        except MISSHAPEN:
            kind, words = None, ""  # its status says enough
        kind = kind or kind_of_status(reply.status, order=order)
        wait_s = reply.wait_s() if issubclass(kind, RateLimited | ProviderDown) else None
        message = sentence(kind, self._connection.name, reply.status, self.scrub(words), wait_s)
        raise self._error(kind, message, wait_s)

    def _error(self, kind: type[ProviderError], message: str, wait_s: float | None = None) -> ProviderError:
        return kind(self.scrub(message), provider=self._connection.provider, wait_s=wait_s)

    def _down(self, error: Exception) -> ProviderDown:
        return ProviderDown(
            f"{self._connection.name} cannot be reached ({cause(error)}); nothing was bought.",
            provider=self._connection.provider,
        )

    def scrub(self, text: str) -> str:
        """Text fit to show: without the key, markup, control signs, or more than a few hundred signs."""
        if self._connection.key is not None:
            key = self._connection.key.get_secret_value()
            for spelling in {key, quote(key, safe=""), json.dumps(key)[1:-1]} - {""}:
                text = text.replace(spelling, "…")
        text = re.sub(r"<[^<>]{0,2000}>", " ", text)
        text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        return text if len(text) <= 2 * WORDS else text[: 2 * WORDS] + "…"


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


def _files(parts: Parts) -> list[tuple[str, Any]]:
    """Multipart fields with file name and media type where they are files; vendors refuse them otherwise."""
    fields: list[tuple[str, Any]] = []
    for name, value in parts.items():
        if isinstance(value, str):
            fields.append((name, (None, value)))
        elif isinstance(value, tuple):
            fields.append((name, value))
        else:
            fields += [(name, file) for file in value]
    return fields


def _answered(client: httpx.Client, request: httpx.Request, read_s: float) -> Reply:
    with closing(client.send(request, stream=True)) as response:
        return read(response, MAX_REPLY_BYTES, 1.5 * read_s)


def _client() -> httpx.Client:
    limits = httpx.Limits(max_connections=4, keepalive_expiry=_IDLE_S)
    return httpx.Client(verify=_tls(), follow_redirects=False, limits=limits)


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
