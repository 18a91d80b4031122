"""What is set aside from the garbage collector: modules for good, what others hold only for a while."""

import gc
import os
import platform
import random
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import runtime
from streamlit.runtime import Runtime

from pages.ui import collector


class Circle:
    """A session, say: it names itself, and only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A running server, and a collector as it was before."""
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: object.__new__(Runtime))
    monkeypatch.setattr(collector, "_spared_at", 0)
    # No thread that looks on beside other tests.
    monkeypatch.setattr(collector, "_looked_at", time.monotonic())
    yield
    gc.unfreeze()


@pytest.mark.parametrize("occasion", ["modules", "time"])
def test_what_was_set_aside_with_the_modules_is_freed_later(
    occasion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A circle that lived while modules were set aside is gone after the next time, or after a while."""
    circle = Circle()
    gone = weakref.ref(circle)
    collector.spare_modules()
    assert gc.get_freeze_count() > 0
    del circle
    if occasion == "modules":
        monkeypatch.setitem(sys.modules, "one_more", sys)
    else:
        monkeypatch.setattr(collector, "_looked_at", time.monotonic() - collector.LOOK_AGAIN_S - 1)
    collector.spare_modules()
    assert gone() is None
    assert gc.get_freeze_count() > 0


def test_between_two_looks_nothing_is_done() -> None:
    """With no new module, and soon after, the collector is left alone."""
    collector.spare_modules()
    circle = Circle()
    gone = weakref.ref(circle)
    del circle
    gc.disable()
    try:
        collector.spare_modules()
        assert gone() is not None
    finally:
        gc.enable()


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="another C library keeps nothing back, or has no such call"
)
def test_what_threads_freed_goes_back_to_the_system() -> None:
    """A hundred megabytes in pieces, between which something stays: afterwards the process is as large as before.

    The least of three tries: what else lives in this process may take memory meanwhile.
    """
    assert min(_kept_mb() for _ in range(3)) < 10


def _kept_mb() -> float:
    """Megabytes by which the process is larger after threads made and freed pieces than before."""
    stays: list[bytearray] = []

    def work(seed: int) -> None:
        draw = random.Random(seed)
        pieces = [bytearray(draw.randrange(1000, 100_000)) for _ in range(300)]
        stays.extend(bytearray(2000) for _ in range(3))
        pieces.clear()

    collector.hand_back()
    before = resident_mb()
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    collector.hand_back()
    assert len(stays) == 24
    return resident_mb() - before


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
