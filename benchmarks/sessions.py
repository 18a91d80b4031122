"""Many people at once: sessions that flip through the pages of one server, over its own websocket.

Two hundred designs lie on the disk. Every session opens a page, looks at it for two seconds and turns to the
next; what a page took is the time from the browser's message to the end of the script. Pictures and models the
page names by address are fetched afterwards, each address once in a session, as a browser does. The server is one
of our own on this machine. On one that others use too, the seconds say little: the processor time the server
spent on a page, fetches included, does.

    python -m benchmarks sessions          # 1, 10 and 25 sessions
"""

import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.house import fill
from benchmarks.visitor import Visitor
from pipeline.store import Store

ROOT = Path(__file__).parent.parent
CROWDS = (1, 10, 25)
LOOKS_S = 2.0
LASTS_S = 25.0
GOAL_P95_S = 2.0


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        fill(folder / "data")
        (folder / "data" / "samples-imported").touch()
        ids = [summary.id for summary in Store(folder / "data").summaries()]
        port = _free_port()
        server = _serve(folder, port)
        try:
            for crowd in CROWDS:
                before = _processor_s(server.pid)
                seconds, sizes = _flip(port, crowd, ids)
                spent = _processor_s(server.pid) - before
                _report(crowd, seconds, spent / len(seconds), statistics.mean(sizes))
        finally:
            server.terminate()
            server.wait(20)


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


def _processor_s(pid: int) -> float:
    """Processor seconds a process and those it waited for have spent; its threads are counted, running children not."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _report(crowd: int, seconds: list[float], spent_s: float, size_bytes: float) -> None:
    p95 = sorted(seconds)[int(0.95 * (len(seconds) - 1))]
    goal = f" (goal {GOAL_P95_S:.0f} s)" if crowd == CROWDS[-1] else ""
    print(
        f"{crowd:3} sessions: {len(seconds):4} pages, median {statistics.median(seconds):.2f} s, "
        f"p95 {p95:.2f} s{goal}, longest {max(seconds):.2f} s; a page: "
        f"{spent_s * 1e3:.0f} ms of processor, {size_bytes / 1e3:.0f} kB",
        flush=True,
    )


def _serve(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    environment = {**os.environ, "LOUPE_DATA_DIR": str(folder / "data")}
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(120):
        try:
            with Visitor(port) as visitor:
                visitor.open("")
                return server
        except OSError:
            time.sleep(0.5)
    server.terminate()
    raise RuntimeError("the server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
