"""Rows that take no time, for workers in processes of their own: Dask loads this module in each of them.

What a row's words say happens: `slow` takes a second, `deadly` kills the worker. One with an enhancer costs 0.4 dollars
once, and `late` takes a second after that.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.records import Design, Recipe
from pipeline.stages import generate
from pipeline.store import id_from
from pipeline.walk import Choice, Start
from pipeline.workbench import Workbench
from tests.pages.conftest import ring


def dask_setup(_: object) -> None:
    """Put the cheap walk in the real one's place."""
    from pipeline.catalogue import row

    row.walk = cheap_walk  # type: ignore[assignment]


def cheap_walk(
    bench: Workbench, start: Start, choice: Choice, report: Callable[..., None], *_: Any, **__: Any
) -> Design:
    design_id = id_from(f"{start.prompt} {start.seed}")
    note(bench.store.folder, start.name)
    if "slow" in start.prompt:
        time.sleep(1.0)
    if "deadly" in start.prompt:
        os.kill(os.getpid(), signal.SIGKILL)
    if choice.enhancer and not bench.spending().entries(design_id=design_id):
        entry = bench.spending().place(
            provider=choice.enhancer, model="m", role="enhance", design_id=design_id, key="k", cost_usd=0.4
        )
        bench.spending().settle(entry, "done", cost_usd=0.4, seconds=1.0)
        note(bench.store.folder, f"bought {start.name}")
    if "late" in start.prompt:
        time.sleep(1.0)
    bench.store.create(start.name, kind="ring", prompt=start.prompt, design_id=design_id)
    asset = bench.store.put_picture(ring(256, start.seed), Recipe(role="upload", provider="upload"))
    return generate.set_master(bench.store, design_id, asset)


def note(folder: Path, name: str) -> None:
    """Write down that a row was begun, and by whom."""
    with (folder / "begun.txt").open("a") as file:
        file.write(f"{name}\t{os.getpid()}\n")


def begun(folder: Path) -> list[tuple[str, int]]:
    """Every beginning of a row, with the process it began in."""
    try:
        lines = (folder / "begun.txt").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [(name, int(pid)) for name, pid in (line.split("\t") for line in lines)]
