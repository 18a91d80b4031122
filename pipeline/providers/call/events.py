"""What a service says over a websocket while it works: a courtesy, never needed for the result."""

import json
import logging
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

log = logging.getLogger(__name__)

_MUTE = logging.Logger("websocket", logging.CRITICAL + 1)
"""The library would write every header it sends into a log, the key among them."""
_OPEN_S = 5.0
_LOOK_S = 0.2
_MOST_BYTES = 16_000_000
"""Of one message; pictures of how it goes come this way, too, and are passed over."""

Hear = Callable[[Mapping[str, Any]], None]


@contextmanager
def listening(url: str, headers: Mapping[str, str], tls: ssl.SSLContext, hear: Hear) -> Iterator[None]:
    """Hand every message that is a JSON object to `hear`, on a thread of its own, until the block ends.

    `url` begins with http or https. A service that has no websocket, refuses it or breaks off is passed over.
    """
    ended = threading.Event()
    address = f"ws{url.removeprefix('http')}"
    secure = tls if address.startswith("wss:") else None
    thread = threading.Thread(
        target=_listen, args=(address, dict(headers), secure, hear, ended), name="events", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()


def _listen(
    address: str, headers: dict[str, str], tls: ssl.SSLContext | None, hear: Hear, ended: threading.Event
) -> None:
    try:
        with connect(
            address,
            ssl=tls,
            additional_headers=headers,
            proxy=None,
            open_timeout=_OPEN_S,
            close_timeout=_LOOK_S,
            max_size=_MOST_BYTES,
            logger=_MUTE,
        ) as socket:
            while not ended.is_set():
                try:
                    message = _object(socket.recv(timeout=_LOOK_S))
                except TimeoutError:
                    continue
                if message and not ended.is_set():
                    hear(message)
    except (
        OSError,
        ValueError,
        WebSocketException,
    ) as error:  # a host's name that none can have is a ValueError
        log.debug("no events are heard (%s)", type(error).__name__)


def _object(text: str | bytes) -> Mapping[str, Any]:
    """A message's JSON object; empty where it is something else."""
    if isinstance(text, bytes):
        return {}
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
