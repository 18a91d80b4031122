"""Make the two sample designs afresh, through the same walk everybody takes: `make samples`.

Each piece is described, rendered, cut, enlarged, drawn, modelled and seen from six sides; what stands of it becomes
`samples/*.loupe`, compact: every pixel in about half of the bytes.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BadInput
from pipeline.export import archive, compact
from pipeline.export.manifest import standing
from pipeline.orders import ViewsOrder
from pipeline.settings import Settings
from pipeline.walk import Choice, Start, walk
from pipeline.workbench import Workbench

FOLDER = Path(__file__).parents[1] / "samples"
MOST_BYTES = 32_000_000
"""Both together: a repository is cloned by everyone, and the first start waits for them."""


@dataclass(frozen=True)
class Sample:
    """One of the designs a fresh machine begins with."""

    file: str
    name: str
    prompt: str
    size: int
    factor: int
    style: str


SAMPLES = (
    Sample(
        "rose-gold-solitaire",
        "Rose gold solitaire",
        "A rose gold solitaire ring with a 1.2 ct round diamond, 2 mm band, size 54",
        2048,
        4,
        "pencil",
    ),
    Sample(
        "ruby-pendant",
        "Ruby pendant on a gold chain",
        "A yellow gold necklace with a thin cable chain, round pendant with a 6 mm bezel-set ruby",
        2048,
        4,
        "pencil",
    ),
)


def make(sample: Sample, data: Path) -> bytes:
    """Walk from the words to the whole set and pack what stands."""
    bench = Workbench(Settings(data_dir=data))
    start = Start(sample.name, sample.prompt, size=sample.size)
    design = walk(bench, start, Choice(factor=sample.factor, style=sample.style), lambda *_: None)
    job = bench.submit(ViewsOrder(design_id=design.id))  # a turntable would not fit into the bytes
    job.wait()
    for row in job.troubles:
        raise row.error or BadInput("The views of the model could not be made.")
    tagged = bench.store.update(design.id, lambda d: d.model_copy(update={"tags": ("sample",)}))
    return compact.shrunk(archive.write(bench.store, standing(tagged)))


def main() -> int:
    """Make both, tell their size, and refuse sets that are too large."""
    made = {}
    with tempfile.TemporaryDirectory() as data:
        for sample in SAMPLES:
            started = time.monotonic()
            made[sample.file] = make(sample, Path(data))
            megabytes, seconds = len(made[sample.file]) / 1e6, time.monotonic() - started
            sys.stdout.write(f"{sample.file}: {megabytes:.2f} MB in {seconds:.0f} s\n")
    total = sum(map(len, made.values()))
    if total > MOST_BYTES:
        sys.stdout.write(
            f"together {total / 1e6:.2f} MB, more than {MOST_BYTES / 1e6:.0f}; nothing is written\n"
        )
        return 1
    for name, packed in made.items():
        (FOLDER / f"{name}{archive.SUFFIX}").write_bytes(packed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
