"""The operator's log: one line per event, with its time, level, name and fields, as text or as JSON.

    log.event("job.end", verb="enhance", state="done", seconds=81.2)
    2026-11-29T15:04:05.123Z INFO job.end verb=enhance state=done seconds=81.2

What people type stays out by construction: a field is a number, a flag, or one word of letters, digits and
`._:/+-`; anything else is written as `(withheld)`. Of an exception its type and the places in the code are
written, never its message, which may quote a prompt or an answer. The same holds for what the standard
library's `warning` and `exception` calls of this package pass as arguments.
"""

import json
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
Format = Literal["text", "json"]

LOGGERS = ("pipeline", "pages")
"""The packages whose events are written; libraries keep to their own ways."""
WITHHELD = "(withheld)"
_WORD = re.compile(r"[A-Za-z0-9._:/+\-]{1,80}")
_KINDS = 1000
"""Kinds of events after which those that were not heard of for a while are forgotten."""
_FRAMES = 30
"""Places of a traceback that are written, the innermost ones."""

_events = logging.getLogger("pipeline.log")
_events.addHandler(
    logging.NullHandler()
)  # at the command line nobody reads a log: a bare name on stderr says nothing
_configuring = threading.Lock()


def event(
    name: str, level: int = logging.INFO, *, error: BaseException | None = None, **fields: object
) -> None:
    """Write one event. `error` adds its type and where it was raised."""
    _events.log(level, name, exc_info=error, extra={"loupe_fields": fields})


class Seldom:
    """Events that strangers can set off at will: of each kind so many lines in a while, and how many went untold."""

    def __init__(
        self, every_s: float = 60.0, most: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`most` lines in `every_s` seconds, counted from the first of them."""
        self._every_s, self._most, self._clock = every_s, most, clock
        self._lock = threading.Lock()
        self._heard: dict[str, tuple[float, int]] = {}
        """When each kind's while began, and how many there were in it."""

    def event(
        self,
        name: str,
        level: int = logging.INFO,
        *,
        kind: str = "",
        error: BaseException | None = None,
        **fields: object,
    ) -> None:
        """Write an event, where of its `kind` (its name, and what sets it apart) few enough were written."""
        whole, now = f"{name} {kind}", self._clock()
        with self._lock:
            since, count = self._heard.get(whole, (now - self._every_s, 0))
            over = now - since >= self._every_s
            self._heard[whole] = (now, 1) if over else (since, count + 1)
            if len(self._heard) > _KINDS:
                self._heard = {k: row for k, row in self._heard.items() if now - row[0] < self._every_s}
        if over or count < self._most:
            untold = max(0, count - self._most) if over else 0
            event(name, level, error=error, **fields, untold=untold or None)


class Stopwatch:
    """Seconds since it was made, for an event's `seconds`."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds so far, to a hundredth."""
        return round(time.monotonic() - self._started, 2)


def configure(level: Level = "INFO", style: Format = "text", stream: TextIO | None = None) -> bool:
    """Have this process write its events to `stream` (standard error). Says whether this call was the first."""
    with _configuring:
        first = not any(isinstance(h, _Handler) for name in LOGGERS for h in logging.getLogger(name).handlers)
        if first:
            handler = _Handler(stream)
            handler.setFormatter(_Lines(style))
            for name in LOGGERS:
                logger = logging.getLogger(name)
                logger.addHandler(handler)
                logger.setLevel(level)
        return first


def forget() -> None:
    """Stop writing: the counterpart of `configure`."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for handler in [h for h in logger.handlers if isinstance(h, _Handler)]:
            logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


class _Handler(logging.Handler):
    """Writes lines to a stream; without one to what standard error is at the time."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        try:
            stream = self._stream or sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except (OSError, ValueError):
            self.handleError(record)


class _Lines(logging.Formatter):
    """One line per record, whatever it holds."""

    def __init__(self, style: Format) -> None:
        super().__init__()
        self._json = style == "json"

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        when = when.replace("+00:00", "Z")
        fields = _fields(record)
        if self._json:
            head = {"time": when, "level": record.levelname, "event": _name(record)}
            return json.dumps({**head, **fields})
        words = [when, record.levelname, _name(record)]
        return " ".join([*words, *(f"{name}={_text(value)}" for name, value in fields.items())])


def _name(record: logging.LogRecord) -> str:
    """An event's name; of a record of the standard library the module that wrote it."""
    return str(record.msg) if hasattr(record, "loupe_fields") else record.name


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    given: Mapping[str, object] | None = getattr(record, "loupe_fields", None)
    if given is None:
        fields = {"says": _sentence(record)}
    else:
        fields = {name: _value(value) for name, value in given.items() if value is not None}
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        fields |= {"error": kind.__name__, "trace": _places(trace)}
    return fields


def _sentence(record: logging.LogRecord) -> str:
    """A record's own words, which stand in the code, with each argument judged by itself."""
    args = record.args if isinstance(record.args, tuple) else ()
    try:
        return str(record.msg) % tuple(_value(argument) for argument in args)
    except (TypeError, ValueError):
        return str(record.msg)


def _value(value: object) -> Any:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, BaseException):
        return type(value).__name__
    text = str(value)
    return text if _WORD.fullmatch(text) else WITHHELD


def _places(trace: TracebackType | None) -> str:
    """Where it went wrong, the innermost place first: module paths, lines and functions, no values."""
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return " < ".join(f"{_short(frame.filename)}:{frame.lineno}:{frame.name}" for frame in reversed(frames))


def _short(path: str) -> str:
    parts = path.replace("\\", "/").split("/")
    return "/".join(parts[-3:])


def _text(value: object) -> str:
    text = str(value)
    return text if " " not in text and '"' not in text and text else json.dumps(text)
