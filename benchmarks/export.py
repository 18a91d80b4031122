"""What an export costs: a full design at 2048 px through page, dossier, archive, import and verification.

Run as `python -m benchmarks.export`. Seconds are CPU seconds of all threads, so that a busy machine tells the
same; the memory is the largest the process held during that step alone.
"""

import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import fpdf
import PIL
import trimesh

from pages.ui import samples
from pipeline.export import archive, cards, dossier, folder, page
from pipeline.export.verify import verify
from pipeline.records import Design, Recipe
from pipeline.store import Store
from tests.export.pieces import finish

LIMITS_S = {"showcase.html": 5.0, "dossier.pdf": 6.0, "design.loupe": 3.0, "import samples": 2.0}
MEMORY_MB = 500
SIDE, FACTOR = 2048, 4
TRIANGLES = 327_680


def measured(work: Callable[[], object]) -> tuple[int, float, float, float]:
    """How many bytes it returns, CPU seconds, seconds on the clock, and the peak of memory, MB.

    Runs in a forked child, so that one step's memory is not another's.
    """
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        started, clock = time.process_time(), time.perf_counter()
        size = len(made) if isinstance(made := work(), bytes) else 0
        told = (time.process_time() - started, time.perf_counter() - clock)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        os.write(write_end, f"{size} {told[0]} {told[1]} {peak}".encode())
        os._exit(0)
    os.close(write_end)
    os.waitpid(child, 0)
    size, cpu, clock, peak = os.read(read_end, 200).split()
    os.close(read_end)
    return int(size), float(cpu), float(clock), int(peak) / 1024


def furnished(store: Store) -> Design:
    """The painted design at full size, its model as fine as a real one."""
    design = finish(store, side=SIDE, factor=FACTOR)
    assert design.branch
    assert design.branch.model
    glb = trimesh.creation.icosphere(subdivisions=7).export(file_type="glb")
    model = design.branch.model.model_copy(
        update={"glb": store.put(glb, Recipe(role="model", provider="atelier"))}
    )
    return store.update(
        design.id, lambda d: d.with_branch(design.branch.model_copy(update={"models": (model,)}))
    )


def import_samples(store: Store) -> bytes:
    """What the first start does."""
    files = [file.read_bytes() for file in sorted(samples.FOLDER.glob("*.loupe"))]
    for file in files:
        archive.read(store, file, ours=True)
    return b"".join(files)


def main() -> int:
    made_of = f"Python {platform.python_version()}, Pillow {PIL.__version__}, fpdf2 {fpdf.__version__}"
    print(f"{os.cpu_count()} cores, {made_of}")
    with tempfile.TemporaryDirectory() as folder_name:
        root = Path(folder_name)
        store = Store(root / "data")
        design = furnished(store)
        packed = root / "design.loupe"
        packed.write_bytes(archive.write(store, design))
        steps: dict[str, Callable[[], object]] = {
            "showcase.html": lambda: page.write(store, design),
            "dossier.pdf": lambda: dossier.write(store, design),
            "design.loupe": lambda: archive.write(store, design),
            "three cards": lambda: b"".join(cards.write(store, design, shape) for shape in cards.SIZES),
            "import": lambda: archive.read(Store(root / "elsewhere"), packed.read_bytes()),
            "import samples": lambda: import_samples(Store(root / "first start")),
            "whole folder": lambda: folder.write(store, design, root / "out"),
            "verify archive": lambda: verify(packed),
        }
        broken = 0
        for name, work in steps.items():
            size, cpu, clock, peak = measured(work)
            over = cpu > LIMITS_S.get(name, float("inf")) or (name in LIMITS_S and peak > MEMORY_MB)
            broken += over
            limit = f"  (goal {LIMITS_S[name]:.0f} s, {MEMORY_MB} MB)" if name in LIMITS_S else ""
            figures = f"{cpu:6.2f} s CPU {clock:6.2f} s  {peak:5.0f} MB  {size / 1e6:6.2f} MB"
            print(f"{name:<16} {figures}{limit}{' MISSED' if over else ''}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
