"""What browsers may set off in Streamlit itself: nothing in others' caches, no call elsewhere, and few lines of log.

Streamlit writes a line, or a whole traceback, for each message it cannot read or does not heed, with what stood in
it. Whoever sends many would fill the disk and bury the operator's own lines. In their stead each place of its code
that warns is told in one line of ours, at most once a minute, without a word of what was sent.
"""

import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession

from pipeline import log

ANSWERING = ("streamlit.web.server", "streamlit.runtime", "streamlit.error_util", "uvicorn", "websockets")
"""The loggers of whatever hears browsers, and those below them."""
_guarding = threading.Lock()
_guarded: list[Callable[..., Any]] = []


class Bound(logging.Filter):
    """Lets no record of the usual levels through, and tells of each place that warns: where, and the kind of error."""

    def __init__(self, seldom: log.Seldom) -> None:
        super().__init__()
        self._seldom = seldom

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell what is at least a warning, where that is due."""
        if record.levelno >= logging.WARNING:
            place = f"{record.module}:{record.lineno}:{record.funcName.strip('<>')}"[:80]
            error = record.exc_info[1] if record.exc_info else None
            self._seldom.event("streamlit.says", record.levelno, kind=place, place=place, error=error)
        return record.levelno < logging.INFO  # who asks for everything gets it in Streamlit's own words


_bound = Bound(log.Seldom())


def guard() -> None:
    """Lay the bound around what Streamlit writes, and leave its caches to itself, once in a process."""
    with _guarding:
        if _guarded:
            return
        handle = AppSession.handle_backmsg
        _guarded.append(handle)

    def heeded(self: AppSession, msg: BackMsg) -> None:
        # A browser's word would clear every session's cache, and its own state under a script that is reading it.
        if msg.WhichOneof("type") != "clear_cache":
            handle(self, msg)

    AppSession.handle_backmsg = heeded  # type: ignore[method-assign]
    # Asked at each connection of a foreign page, while all others wait, and of a server elsewhere.
    net_util.get_external_ip = _unknown
    for name in _answering():
        logging.getLogger(name).addFilter(_bound)


def _answering() -> set[str]:
    """Names of the loggers there are by now, and of those whose modules are loaded."""
    names = {*logging.root.manager.loggerDict, *sys.modules}
    return {name for name in names if any(name == top or name.startswith(f"{top}.") for top in ANSWERING)}


def _unknown() -> str | None:
    """Our address in the world: only one that `server.corsAllowedOrigins` lists is taken for it."""
    return None
