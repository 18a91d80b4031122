"""The app on a server of its own on this machine, for benchmarks that speak to it as browsers do."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.visitor import Visitor
from pipeline.export import archive
from pipeline.store import Store

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
_START_S = 60


def with_samples(folder: Path) -> Store:
    """The designs a fresh machine starts with, in the data folder of a server that will run in `folder`."""
    store = Store(folder / "data")
    for sample in sorted(SAMPLES.glob("*.loupe")):
        archive.read(store, sample.read_bytes(), ours=True)
    (folder / "data" / "samples-imported").touch()
    return store


@dataclass(frozen=True)
class Server:
    """One running server. Its standard error is `log`, its data folder `folder / "data"`."""

    process: "subprocess.Popen[bytes]"
    port: int
    folder: Path
    first_page_s: float
    """Seconds from the start of the process to the end of its first page."""

    @property
    def log(self) -> Path:
        """What it wrote so far."""
        return self.folder / "server.log"

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def processor_s(self) -> float:
        """Processor seconds it and the processes it waited for have spent, threads counted, running children not."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Memory of the server itself, MB."""
        return _status_mb(self.process.pid, "VmRSS")

    def family_mb(self) -> dict[str, float]:
        """Memory of the server and of each process it runs, MB, by module or name."""
        sizes: dict[str, float] = {}
        for pid in (self.process.pid, *descendants(self.process.pid)):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                name = words[words.index(b"-m") + 1].decode() if b"-m" in words else words[0].decode()
                sizes[name] = sizes.get(name, 0.0) + _status_mb(pid, "VmRSS")
            except (OSError, ValueError):
                continue
        return sizes


@contextmanager
def running(
    folder: Path, *, app: str = "app.py", prefix: tuple[str, ...] = (), **settings: str
) -> Iterator[Server]:
    """Start `app` on `folder / "data"` with these settings, by way of the command `prefix`; end it afterwards."""
    port = _free_port()
    command = [*prefix, sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    environment = {**os.environ, "LOUPE_DATA_DIR": str(folder / "data"), **settings}
    began = time.monotonic()
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _await(process, port)
        yield Server(process, port, folder, time.monotonic() - began)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with Visitor(port) as visitor:
                visitor.open("")
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server did not start")


def descendants(pid: int) -> list[int]:
    """Processes that a process runs, and those that they run."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        threads = [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]
        for thread in threads:
            if thread != pid:
                children += Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def _status_mb(pid: int, field: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
