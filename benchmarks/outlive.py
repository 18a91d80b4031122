"""Designs in a bucket: a writer killed a hundred times leaves nothing half there, and a slow bucket slows no page.

    python -m benchmarks.outlive [kills]

A process renames a design, adds pictures and evens out with a bucket behind an S3 server over and over, and dies by
SIGKILL at a random moment; after each death a reader with an empty disk takes everything over and checks every byte.
Then the gallery is drawn again and again, without a bucket and with one that takes 50 ms for every call.
"""

import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import s3fs
from moto.server import ThreadedMotoServer
from streamlit.testing.v1 import AppTest

from pages.ui import workbench as shared
from pipeline.bucket import Bucket, Folder, opened
from pipeline.records import Recipe
from pipeline.replica import Replica
from pipeline.store import Store
from tests.pages.conftest import ring

ROOT = Path(__file__).parent.parent
KILLS = 100
LATENCY_S = 0.05
_DRAWN = 12


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    kills, draw, started = (*numbers, KILLS)[0], random.Random(19), time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, _s3() as url, _nursery(Path(scratch), url) as born:
        folder = Path(scratch)
        revisions = 0
        for n in range(kills):
            _killed(born, draw.uniform(0.0, 3.0))
            revisions = _read(folder, url, n)
    print(
        f"{kills} kills over S3, {revisions} revisions: whole each time, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    plain, slow = _drawn(latency_s=None), _drawn(latency_s=LATENCY_S)
    ratio = slow / plain
    print(
        f"gallery drawn again: {plain * 1e3:.0f} ms without, {slow * 1e3:.0f} ms with a slow bucket, {ratio:.2f}x"
    )


@contextmanager
def _s3() -> Iterator[str]:
    """A server that speaks S3's protocol, with a bucket; its address as LOUPE_STORE_URL has it."""
    names = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    with mock.patch.dict(os.environ, names):
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        s3fs.S3FileSystem(endpoint_url=endpoint, skip_instance_cache=True).mkdir("outlive")
        yield f"s3://outlive/loupe?endpoint_url={endpoint}"
    server.stop()


@contextmanager
def _nursery(folder: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    """A process from which writers are born, so that each begins to write at once."""
    command = [sys.executable, "-c", "from benchmarks.outlive import nursery; nursery()", str(folder), url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def nursery() -> None:
    """Bear a writer for each line that is read, and say its number once it writes."""
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            writer()
        os.waitpid(pid, 0)


def _killed(born: subprocess.Popen[str], after_s: float) -> None:
    assert born.stdin is not None
    assert born.stdout is not None
    born.stdin.write("\n")
    born.stdin.flush()
    pid = int(born.stdout.readline())
    time.sleep(after_s)
    os.kill(pid, signal.SIGKILL)


def writer() -> None:
    """Writes until it is killed. For the processes that are."""
    store, replica = _opened(Path(sys.argv[1]) / "writer", opened(sys.argv[2]))
    print(os.getpid(), flush=True)
    for _ in range(10**6):
        known = store.designs()
        design = known[0] if known else store.create("Ring", kind="ring")
        asset = store.put_picture(
            ring(128, os.getpid() + random.randrange(10**6)), Recipe(role="upload", provider="upload")
        )
        store.update(
            design.id,
            lambda d, a=asset: d.model_copy(update={"candidates": (a, *d.candidates)[:8], "name": a.id[:6]}),
        )
        replica.even_out()


def _read(folder: Path, url: str, n: int) -> int:
    """Take everything over on an empty disk; how many revisions there are. Raises what is not whole."""
    there = opened(url)
    store, replica = _opened(folder / f"reader{n}", there)
    replica.even_out()
    for summary in store.summaries():
        if summary.damage:
            raise AssertionError(summary.damage)
        for asset in store.load(summary.id).assets():
            store.read(asset)
    return len(there.names("designs/"))


def _opened(disk: Path, there: Bucket) -> tuple[Store, Replica]:
    store = Store(disk)
    store.beyond = replica = Replica(store, there)
    return store, replica


@contextmanager
def _slow(latency_s: float) -> Iterator[None]:
    """Every call of a folder's bucket takes so long."""
    with ExitStack() as patches:
        for name in ("create", "read", "replace", "remove", "names"):
            call = getattr(Folder, name)

            def late(self: Folder, *values: Any, call: Any = call) -> Any:
                time.sleep(latency_s)
                return call(self, *values)

            patches.enter_context(mock.patch.object(Folder, name, late))
        yield


def _drawn(latency_s: float | None) -> float:
    """Median seconds of a rerun of the gallery; with a latency beside a bucket that is always behind."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        mock.patch("pages.ui.samples.FOLDER", Path(scratch) / "none"),
    ):
        settings = {"LOUPE_DATA_DIR": f"{scratch}/data"}
        if latency_s is not None:
            settings["LOUPE_STORE_URL"] = f"file://{scratch}/share"
        with mock.patch.dict(os.environ, settings), _slow(latency_s or 0.0):
            shared.forget()
            bench = shared.opened()
            for n in range(_DRAWN):
                design = bench.store.create(f"Ring {n}", kind="ring")
                asset = bench.store.put_picture(ring(256, n), Recipe(role="upload", provider="upload"))
                bench.store.update(design.id, lambda d, a=asset: d.model_copy(update={"candidates": (a,)}))
            page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
            times = []
            for n in range(_DRAWN):
                bench.store.rename(bench.store.summaries()[-1].id, f"Ring {n} again")
                started = time.monotonic()
                page.run()
                times.append(time.monotonic() - started)
            if bench.replica is not None:
                bench.replica.stop()
            bench.cache.close()
            shared.forget()
    return statistics.median(times)


if __name__ == "__main__":
    main()
