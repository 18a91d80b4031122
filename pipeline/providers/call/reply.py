"""What a server answered: read up to a size and a time, and its words."""

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from pipeline.errors import ProviderError


@dataclass(frozen=True)
class Reply:
    """What a server answered: headers by lower-case name, body decoded from any content encoding."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; NaN and the infinities, which JSON does not know, as nothing. Raises ValueError."""
        return json.loads(self.body, parse_constant=lambda _: None)

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        try:
            body = self.json()
        except (ValueError, RecursionError):
            return {}
        return body if isinstance(body, dict) else {}

    def wait_s(self) -> float | None:
        """Seconds to wait: `Retry-After` as a number or a date, or OpenAI's milliseconds; None where not told."""
        milliseconds = self.headers.get("retry-after-ms", "")
        after = self.headers.get("retry-after", "")
        try:
            if milliseconds:
                wait = float(milliseconds) / 1000
            elif after.strip()[:1].isdigit():
                wait = float(after)
            else:
                wait = parsedate_to_datetime(after).timestamp() - time.time()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return min(max(wait, 0.0), 86_400.0) if wait == wait else None  # noqa: PLR0124 - NaN is unlike itself


Explain = Callable[[Reply], tuple[type[ProviderError] | None, str]]
"""A vendor's reading of its own error body: what kind of trouble (None: by status), in which words."""


class Overlong(Exception):
    """More bytes, or more time, than any answer needs. Where it is bytes: those read by then, and the others."""

    def __init__(self, begun: bytes = b"", others: Iterable[bytes] = ()) -> None:
        super().__init__("overlong")
        self.begun = begun
        self.others = others


def read(response: httpx.Response, most_bytes: int, most_s: float) -> Reply:
    """The whole answer. Raises Overlong beyond a number of bytes or seconds."""
    body = bytearray()
    until = time.monotonic() + most_s
    pieces = response.iter_bytes()
    for piece in pieces:
        body += piece
        if time.monotonic() > until:
            raise Overlong
        if len(body) > most_bytes:
            raise Overlong(bytes(body), pieces)
    return Reply(response.status_code, dict(response.headers.items()), bytes(body))


def words_of(value: Any) -> str:
    """Whatever an error field holds, as one string."""
    if isinstance(value, str):
        return value[:2000]
    return json.dumps(value, ensure_ascii=False)[:2000] if value else ""


def number_of(value: Any) -> float:
    """Whatever a field of a courtesy holds, a progress or a cost, as a number; 0 where it is none."""
    try:
        number = float(value.strip().rstrip("%") if isinstance(value, str) else value or 0)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) else 0.0
