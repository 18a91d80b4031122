"""Designs in a bucket: a writer killed a hundred times leaves nothing half there, and a slow bucket slows no page.

    python -m benchmarks.outlive [kills]

A process renames a design, adds pictures and evens out with a folder's bucket over and over, and dies by SIGKILL at a
random moment; after each death a reader with an empty disk takes everything over and checks every byte. Then the
gallery is drawn again and again, without a bucket and with one that takes 50 ms for every call.
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

from streamlit.testing.v1 import AppTest

from pages.ui import workbench as shared
from pipeline.bucket import Folder
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
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        revisions = 0
        for n in range(kills):
            _killed(folder, draw.uniform(0.0, 1.0))
            revisions = _read(folder, n)
    print(f"{kills} kills, {revisions} revisions: whole each time, {time.monotonic() - started:.0f} s")
    plain, slow = _drawn(latency_s=None), _drawn(latency_s=LATENCY_S)
    ratio = slow / plain
    print(
        f"gallery drawn again: {plain * 1e3:.0f} ms without, {slow * 1e3:.0f} ms with a slow bucket, {ratio:.2f}x"
    )


def _killed(folder: Path, after_s: float) -> None:
    command = [sys.executable, "-c", "from benchmarks.outlive import writer; writer()", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)


def writer() -> None:
    """Writes until it is killed. For the processes that are."""
    folder = Path(sys.argv[1])
    store, replica = _opened(folder / "writer", folder / "share")
    print("writing", flush=True)
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


def _read(folder: Path, n: int) -> int:
    """Take everything over on an empty disk; how many revisions there are. Raises what is not whole."""
    store, replica = _opened(folder / f"reader{n}", folder / "share")
    replica.even_out()
    for summary in store.summaries():
        if summary.damage:
            raise AssertionError(summary.damage)
        for asset in store.load(summary.id).assets():
            store.read(asset)
    return len(Folder(folder / "share").names("designs/"))


def _opened(disk: Path, share: Path) -> tuple[Store, Replica]:
    store = Store(disk)
    store.beyond = replica = Replica(store, Folder(share))
    return store, replica


@contextmanager
def _slow(latency_s: float) -> Iterator[None]:
    """Every call of a folder's bucket takes so long."""
    with ExitStack() as patches:
        for name in ("create", "read", "names"):
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
