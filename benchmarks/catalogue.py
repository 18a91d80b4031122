"""A catalogue that is killed at random moments: every row ends once, and nothing is bought twice.

    python -m benchmarks.catalogue [rows] [kills]

The command itself runs in a process of its own and dies by SIGKILL; the same command goes on. Close-ups and models are
ordered at stand-ins in this process, which count the orders; masters come from a painter, so that rows take seconds.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from unittest import mock

from benchmarks.kills import addresses, check, services
from pipeline.__main__ import app
from pipeline.catalogue.report import Line
from pipeline.demo.server import StandIn
from pipeline.export import archive
from pipeline.settings import Settings
from pipeline.stages.model3d import _Fit
from pipeline.store import Store
from pipeline.workbench import Workbench
from tests.api.conftest import Draughtsman

ROOT = Path(__file__).parent.parent
ROWS, KILLS = 6, 10
CLOSE_UPS = 5


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    rows, kills = (*numbers, *(ROWS, KILLS)[len(numbers) :])[:2]
    draw, started = random.Random(19), time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, services(Path(scratch) / "services") as shops:
        folder = Path(scratch)
        write(folder / "pieces.csv", rows)
        killed = 0
        for n in range(100 * kills):
            after_s = draw.uniform(1.0, 12.0) if n < kills else None
            if _run(folder, shops, after_s):
                break
            killed += 1
        judge(folder, shops, rows)
    print(
        f"{rows} rows, killed {killed} times: every row once, {rows * CLOSE_UPS} close-ups and {rows} models ordered "
        f"once each, {time.monotonic() - started:.0f} s"
    )


def write(table: Path, rows: int) -> None:
    lines = (f"Ring {n},R-{n},a gold ring with a blue stone,ring,512,{n},2\n" for n in range(rows))
    table.write_text("name,sku,prompt,kind,size,seed,factor\n" + "".join(lines))


def _run(folder: Path, shops: Mapping[str, StandIn], after_s: float | None) -> bool:
    """Run the command; kill it after so many seconds where some are given. Whether it came to its end."""
    arguments = ["catalogue", str(folder / "pieces.csv"), "--out", str(folder / "out"), "--cap", "500"]
    arguments += ["--enhancer", "fal-seedvr", "--modeler", "meshy", "--sketcher", "local"]
    environment = {
        **os.environ,
        **addresses(shops),
        "LOUPE_DATA_DIR": str(folder / "data"),
    }
    command = [sys.executable, "-c", "from benchmarks.catalogue import child; child()", json.dumps(arguments)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        with suppress(subprocess.TimeoutExpired):
            if process.wait(after_s):
                raise AssertionError(process.stderr.read().decode()[-2000:] if process.stderr else "")
            return True
        process.send_signal(signal.SIGKILL)
        return False


def child() -> None:
    """The command, with a painter in the atelier's place. For the processes that are killed."""
    paint()
    app(json.loads(sys.argv[1]))


def paint() -> None:
    """Put a painter in the atelier's place, and small sheets in that of large ones, for the rest of this process."""
    mock.patch("pipeline.workbench.Atelier", Draughtsman).start()
    mock.patch("pipeline.stages.sketch._DRAWN_PX", 384).start()
    mock.patch("pipeline.stages.sheets.SHEET_DPI", 72).start()
    mock.patch("pipeline.stages.model3d._lay", return_value=_Fit({}, None)).start()


def judge(folder: Path, shops: Mapping[str, StandIn], rows: int) -> None:
    """Raise AssertionError where a row is missing or double, an archive is not whole, or something was bought twice."""
    texts = (folder / "out" / "report.jsonl").read_text().split("\n")
    lines = {line.print: line for line in (_line(text) for text in texts) if line is not None}
    if len(lines) != rows or {line.state for line in lines.values()} != {"done"}:
        raise AssertionError(
            f"{len(lines)} rows: {[(line.row, line.state, line.look) for line in lines.values()]}"
        )
    for line in lines.values():
        design = archive.read(
            Store(folder / "read" / line.print), (folder / "out" / line.archive).read_bytes()
        )
        parts = design.branch
        if parts is None or (len(parts.close_ups), len(parts.models)) != (CLOSE_UPS, 1):
            raise AssertionError(f"row {line.row} has not each of its parts once")
    bench = Workbench(Settings(data_dir=folder / "data"))
    check(bench, folder / "data")
    bench.cache.close()
    orders = {name: len(shops[name].orders) for name in ("fal", "meshy")}
    if orders != {"fal": rows * CLOSE_UPS, "meshy": rows}:
        raise AssertionError(f"ordered {orders}")


def _line(text: str) -> Line | None:
    try:
        return Line.model_validate_json(text)
    except ValueError:
        return None


if __name__ == "__main__":
    main()
