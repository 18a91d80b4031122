"""Many people at once: sessions that flip through the pages of one server, over its own websocket.

Two hundred designs lie on the disk. Every session opens a page, looks at it for two seconds and turns to the
next; what a page took is the time from the browser's message to the end of the script. Pictures and models the
page names by address are fetched afterwards, each address once in a session, as a browser does. The server is one
of our own on this machine. On one that others use too, the seconds say little: the processor time the server
spent on a page, fetches included, does.

Before that, how long a fresh server takes from its start to the end of its first page: as `make run` starts it, on an
empty data folder, and an app of Streamlit that shows one line, in turns.

    python -m benchmarks sessions          # 1, 10 and 25 sessions
"""

import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.house import fill
from benchmarks.server import running
from benchmarks.visitor import Visitor
from pipeline.store import Store

CROWDS = (1, 10, 25)
LOOKS_S = 2.0
LASTS_S = 25.0
GOAL_P95_S = 2.0
STARTS, GOAL_FIRST_S = 3, 3.0


def main() -> None:
    _first_pages()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        fill(folder / "data")
        (folder / "data" / "samples-imported").touch()
        ids = [summary.id for summary in Store(folder / "data").summaries()]
        with running(folder) as server:
            for crowd in CROWDS:
                before = server.processor_s()
                seconds, sizes = _flip(server.port, crowd, ids)
                spent = server.processor_s() - before
                _report(crowd, seconds, spent / len(seconds), statistics.mean(sizes))


def _first_pages() -> None:
    """Start Loupe and a bare app in turns, each on a folder of its own, and tell how long the first page took."""
    seconds: dict[str, list[float]] = {"bare Streamlit": [], "Loupe": []}
    spent: dict[str, list[float]] = {name: [] for name in seconds}
    for _ in range(STARTS):
        for name, taken in seconds.items():
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch)
                bare = folder / "bare.py"
                bare.write_text("import streamlit as st\n\nst.title('Bare')\n", "utf-8")
                with running(folder, app="api.py" if name == "Loupe" else str(bare)) as server:
                    taken.append(server.first_page_s)
                    spent[name].append(server.processor_s())
    for name, taken in seconds.items():
        goal = f" (goal {GOAL_FIRST_S:.0f} s)" if name == "Loupe" else ""
        print(
            f"{name}: first page {statistics.median(taken):.2f} s after the start{goal}, "
            f"longest of {STARTS} {max(taken):.2f} s; {statistics.median(spent[name]):.2f} s of processor",
            flush=True,
        )


def _flip(port: int, crowd: int, ids: list[str]) -> tuple[list[float], list[int]]:
    """Seconds and bytes of every page that `crowd` sessions turned to, fetched pictures among the bytes."""
    seconds: list[float] = []
    sizes: list[int] = []
    until = time.monotonic() + LASTS_S

    def one(number: int) -> None:
        dice = random.Random(number)
        with Visitor(port) as visitor:
            time.sleep(dice.uniform(0, LOOKS_S))
            while time.monotonic() < until:
                for page in visitor.pages:
                    query = {"design": dice.choice(ids)} if page else {}
                    screen = visitor.open(page, **query)
                    seconds.append(screen.seconds)
                    sizes.append(screen.size_bytes + visitor.fetch_media(screen))
                    time.sleep(LOOKS_S)
                    if time.monotonic() > until:
                        return

    threads = [threading.Thread(target=one, args=(number,)) for number in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, sizes


def _report(crowd: int, seconds: list[float], spent_s: float, size_bytes: float) -> None:
    p95 = sorted(seconds)[int(0.95 * (len(seconds) - 1))]
    goal = f" (goal {GOAL_P95_S:.0f} s)" if crowd == CROWDS[-1] else ""
    print(
        f"{crowd:3} sessions: {len(seconds):4} pages, median {statistics.median(seconds):.2f} s, "
        f"p95 {p95:.2f} s{goal}, longest {max(seconds):.2f} s; a page: "
        f"{spent_s * 1e3:.0f} ms of processor, {size_bytes / 1e3:.0f} kB",
        flush=True,
    )
