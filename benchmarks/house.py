"""Two hundred designs on disk: listing them, and the server's time for a rerun of the gallery and of Enhance.

Only names that old and new editions share are used, so that two checkouts can be compared in one run:
`python -m benchmarks house` in each. Times are the script's own, from its first line to its last, without a browser.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.export import archive
from pipeline.store import Store

ROOT = Path(__file__).parent.parent
DESIGNS = 200
RERUNS = 15
GOAL_MS = 40.0
_PAGES = """
import statistics, sys, time
from streamlit.testing.v1 import AppTest
from streamlit.runtime.scriptrunner import script_runner

spent = []
run = script_runner.exec_func_with_error_handling

def timed(*args, **kwargs):
    started = time.perf_counter()
    try:
        return run(*args, **kwargs)
    finally:
        spent.append(time.perf_counter() - started)

script_runner.exec_func_with_error_handling = timed
for page in ("gallery", "enhance"):
    at = AppTest.from_file("app.py", default_timeout=120)
    at.query_params["design"] = sys.argv[1]
    at.run()
    at.switch_page(f"pages/{page}.py")
    at.query_params["design"] = sys.argv[1]
    at.run()
    assert not at.exception
    spent.clear()
    for _ in range(int(sys.argv[2])):
        at.run()
    print(page, statistics.median(spent) * 1e3, flush=True)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        design_id = fill(folder)
        store = Store(folder)
        first = _timed(store.designs)
        again = [_timed(store.designs) for _ in range(RERUNS)]
        _row(f"designs(), {DESIGNS} on disk, first look of a process", first)
        _row(f"designs(), {DESIGNS} on disk, every further look", statistics.median(again))
        if hasattr(store, "summaries"):
            fresh = Store(folder)
            store.summaries()
            _row("summaries(), first look of a process", _timed(fresh.summaries))
            _row(
                "summaries(), every further look",
                statistics.median(_timed(fresh.summaries) for _ in range(RERUNS)),
            )
        for page, milliseconds in _pages(folder, design_id).items():
            _row(f"rerun of {page}, {DESIGNS} designs on disk", milliseconds, goal=f"goal < {GOAL_MS:.0f} ms")


def fill(folder: Path) -> str:
    """The ring that comes with Loupe, and its record again and again under other ids; assets are shared."""
    store = Store(folder)
    sample = archive.read(store, (ROOT / "samples" / "rose-gold-solitaire.loupe").read_bytes(), ours=True)
    (folder / "samples-imported").touch()
    record = json.loads((folder / "designs" / sample.id / "design.json").read_text("utf-8"))
    for n in range(1, DESIGNS):
        design_id = f"copy{n:04d}"
        (folder / "designs" / design_id).mkdir()
        text = json.dumps({**record, "id": design_id, "name": f"{record['name']} {n}"})
        (folder / "designs" / design_id / "design.json").write_text(text, "utf-8")
    return sample.id


def _pages(folder: Path, design_id: str) -> dict[str, float]:
    environment = {**os.environ, "LOUPE_DATA_DIR": str(folder)}
    command = [sys.executable, "-c", _PAGES, design_id, str(RERUNS)]
    reply = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if reply.returncode:
        raise RuntimeError(reply.stderr[-2000:])
    return {page: float(value) for page, value in (line.split() for line in reply.stdout.splitlines())}


def _timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def _row(name: str, milliseconds: float, goal: str = "") -> None:
    print(f"{name:<64}{milliseconds:9.1f} ms  {goal}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
