"""The one Workbench of this server process, and what of it a session may use."""

import functools
import threading

from pages.ui import access, samples
from pipeline.jobs import leave
from pipeline.settings import Settings
from pipeline.workbench import Workbench

_OPENING = threading.Lock()


def workbench() -> Workbench:
    """The workbench; for a visitor of a shared deployment one that takes no change. Raises StorageError."""
    whole = opened()
    return whole if access.may_work(whole.settings) else whole.for_visitor()


def opened() -> Workbench:
    """Open the workbench once; every session works on the same one. Raises StorageError."""
    with _OPENING:
        return _only()


def close() -> None:
    """Wait for the work under way, of which nothing new begins, where a workbench was opened."""
    leave()
    if _only.cache_info().currsize:
        bench = _only()
        for job in bench.jobs.running():
            job.wait()
        if bench.replica is not None:
            bench.replica.stop()


def forget() -> None:
    """Let the next caller open a workbench afresh; for tests, between one data folder and the next."""
    _only.cache_clear()


@functools.cache
def _only() -> Workbench:
    # Not one of Streamlit's caches: a browser may ask the server to clear those, in the middle of others' work.
    bench = Workbench(Settings())
    samples.import_once(bench)
    return bench
