"""The server that `make run` starts: the pages of `app.py`, and the HTTP API under `/api`, over one workbench.

`streamlit run app.py` serves the pages alone, as hosts do that name no other file.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import streamlit as st
from starlette.routing import BaseRoute, Mount

from pages.ui.workbench import close, opened
from pipeline import log
from pipeline.jobs import leave
from pipeline.workbench import Workbench


def routes() -> list[BaseRoute]:
    """Where the API is mounted, beneath the path the pages are served at; nothing where it cannot be."""
    try:
        from pipeline.api.application import application
    except ImportError as error:  # an incomplete installation still shows its designs
        log.event("api.missing", logging.WARNING, error=error)
        return []
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return [Mount(f"/{base}/api" if base else "/api", application(_workbench))]


def _workbench() -> Workbench:
    """The workbench of the pages; the log is begun where no page was asked for before."""
    bench = opened()
    if log.configure(bench.settings.log_level, bench.settings.log_format):
        log.event("start", read_only=bench.settings.read_only, demo=bench.settings.demo_providers)
    return bench


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Finish the pictures under way when the server is ended: uvicorn would end the process over them."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            _leave_at(number)
    yield
    await asyncio.to_thread(close)


def _leave_at(number: signal.Signals) -> None:
    """Have a signal end what waits for progress, before the server's own handler waits for those calls."""
    handler: Any = signal.getsignal(number)

    def ending(got: int, frame: FrameType | None) -> None:
        leave()
        if callable(handler):
            handler(got, frame)

    signal.signal(number, ending)


app = st.App("app.py", routes=routes(), lifespan=lifespan)
