"""Photographs as large as cameras make them: the whole set of each, its peak of memory, CPU-seconds per close-up.

Run as `python -m benchmarks cameras`, or `python -m benchmarks.cameras 24 102` for some sizes alone. Each set is made
in a process of its own; what is summed is the resident memory of that process and of all it starts (decoder, enlarger,
renderer), looked at twenty times a second. Shared libraries count once for each process.

A set takes minutes with the learned enlarger. `--folder F` keeps what was made and measured there, `--minutes M` begins
no close-up after as many, and the next run goes on from there. `--learned N` has only the first N close-ups of each
picture enlarged by it, and the others interpolated: seconds are those of the first then, as all are of much the same
size.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.server import descendants

PHOTOGRAPH = Path(__file__).parents[2] / "shared" / "photos" / "ring-c0025.jpg"
"""Where photographs lie beside the project, one is enlarged; else a ring is drawn."""
BASE_MP = 12
MOST_CPU = 1.3
"""CPU-seconds per close-up over those of the smallest file."""
POLL_S = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True)
class Camera:
    """A file as a camera or its owner writes it."""

    megapixels: int
    size: tuple[int, int]
    kind: str
    ceiling_mb: float = 0.0
    """Memory that its whole set must not pass; 0 where nothing was set."""

    @property
    def name(self) -> str:
        """Size and format."""
        return f"{self.megapixels} MP {self.kind}"


CAMERAS = (
    Camera(BASE_MP, (4000, 3000), "JPEG"),
    Camera(24, (6000, 4000), "JPEG", 1200),
    Camera(24, (6000, 4000), "HEIC", 1200),
    Camera(33, (7008, 4672), "JPEG"),
    Camera(45, (8192, 5464), "PNG"),
    Camera(45, (8192, 5464), "HEIC"),
    Camera(61, (9504, 6336), "JPEG"),
    Camera(61, (9504, 6336), "TIFF 16"),
    Camera(102, (11648, 8736), "JPEG"),
    Camera(102, (11648, 8736), "TIFF 16", 1500),
)


def write(camera: Camera, file: Path) -> None:
    """A jewel at the camera's size, with its noise, in its format."""
    if PHOTOGRAPH.is_file():
        picture = Image.open(PHOTOGRAPH).convert("RGB")
    else:
        from tests.photo.pieces import solitaire

        picture = Image.fromarray(solitaire(1200).picture(grain=0)[0])
    whole = Image.new("RGB", camera.size, picture.getpixel((3, 3)))
    side = min(camera.size)
    scaled = picture.resize((side, round(side * picture.height / picture.width)), Image.Resampling.BICUBIC)
    whole.paste(scaled, ((camera.size[0] - side) // 2, (camera.size[1] - scaled.height) // 2))
    pixels = np.array(whole)
    tile = np.random.default_rng(0).normal(0, 1.5, (512, camera.size[0], 1))
    for top in range(0, len(pixels), 512):
        rows = pixels[top : top + 512]
        rows[...] = np.clip(rows + tile[: len(rows)], 0, 255).astype(np.uint8)
    match camera.kind:
        case "TIFF 16":
            import tifffile

            tifffile.imwrite(file, pixels.astype(np.uint16) * 257, photometric="rgb")
        case "HEIC":
            from pillow_heif import register_heif_opener

            register_heif_opener()
            # In one piece, where cameras write tiles: above 16 MB of it the decoder gives up.
            Image.fromarray(pixels).save(file, "HEIF", quality=70)
        case kind:
            Image.fromarray(pixels).save(file, kind, quality=92, compress_level=1)


@dataclass
class Cost:
    """What a set has cost so far, over all runs that went on with it."""

    regions: list[float] = field(default_factory=list)
    """CPU-seconds of each close-up of the enlarger that is measured."""
    others: float = 0.0
    """CPU-seconds of all else that was finished."""
    peak_mb: float = 0.0
    wall_s: float = 0.0
    answers: dict[str, Any] = field(default_factory=dict)
    """What was made, once the set is whole."""

    @classmethod
    def of(cls, file: Path) -> "Cost":
        """What a file says; nothing yet where there is none."""
        return cls(**json.loads(file.read_text("utf-8"))) if file.is_file() else cls()

    def write(self, file: Path) -> None:
        """Keep it for the next run."""
        file.write_text(json.dumps(asdict(self)), "utf-8")


def make_set(file: Path, data: Path, costs: Path, minutes: float, learned: int) -> None:
    """Make the set of a file as far as the minutes reach, and note what it cost."""
    from pipeline.export import page
    from pipeline.settings import Settings
    from pipeline.stages.enhance import EnhanceOrder
    from pipeline.walk import Choice, Start, walk
    from pipeline.workbench import Workbench

    cost, before, ends = Cost.of(costs), 0.0, time.monotonic() + 60 * minutes

    def since() -> float:
        nonlocal before
        earlier, before = before, family_cpu_s(os.getpid())
        return before - earlier

    def start() -> Start:
        # Read for each walk: held through the set, a camera's file would be counted as its memory.
        return Start(file.stem, photograph=file.read_bytes(), kind="ring")

    def order() -> EnhanceOrder | None:
        stored = bench.store.load(design.id)
        return bench.whole_set(stored).close_ups(stored)

    since()
    bench = Workbench(Settings(data_dir=data))
    design = walk(bench, start(), Choice(only_master=True), lambda *_: None)
    cost.others += since()
    while (left := order()) is not None:
        if time.monotonic() > ends:
            cost.write(costs)
            return
        measured = len(cost.regions) < learned
        maker = left.provider if measured else "local"
        job = bench.submit(left.model_copy(update={"regions": left.regions[:1], "provider": maker}))
        while not job.wait(1.0):
            pass
        for row in job.troubles:
            if row.error is not None:
                raise row.error
        if measured:
            cost.regions.append(since())
        else:
            cost.others += since()
        cost.write(costs)
    design = walk(bench, start(), Choice(), lambda *_: None)
    branch = design.branch
    assert branch is not None
    close_ups = branch.chosen_close_ups
    assert len(close_ups) == len(branch.regions)
    assert len(branch.latest_sketches) == 6
    assert branch.model is not None
    showcase = page.write(bench.store, design)
    cost.others += since()
    cost.answers = {
        "master": [branch.master.width, branch.master.height],
        "factors": sorted({c.factor for c in close_ups}),
        "makers": [c.raw.recipe.provider for c in close_ups],
        "answer_mp": round(sum(c.result.width * c.result.height for c in close_ups) / 1e6, 1),
        "longest": max(max(c.result.width, c.result.height) for c in close_ups),
        "showcase_mb": round(len(showcase) / 1e6, 1),
    }
    cost.write(costs)


def family_cpu_s(pid: int) -> float:
    """Processor seconds of a process, of those it runs and of those it has waited for."""
    total = 0.0
    for member in (pid, *descendants(pid)):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15])) / _TICKS
    return total


def family_mb(pid: int) -> float:
    """Resident memory of a process and of all it runs, MB."""
    total = 0.0
    for member in (pid, *descendants(pid)):
        try:
            total += int(Path(f"/proc/{member}/statm").read_text().split()[1]) * _PAGE_MB
        except (OSError, IndexError):
            continue
    return total


def measured(camera: Camera, folder: Path, minutes: float, learned: int) -> Cost:
    """What a camera's set has cost, after as many more minutes of it."""
    place = folder / camera.name.replace(" ", "-")
    place.mkdir(parents=True, exist_ok=True)
    file, costs = place / "photograph.bin", place / "costs.json"
    here = [sys.executable, "-m", "benchmarks.cameras"]
    if Cost.of(costs).answers:
        return Cost.of(costs)
    if not file.is_file():
        subprocess.run([*here, "write", camera.name, str(file)], check=True)
    started, peak = time.monotonic(), 0.0
    making = ["set", str(file), str(place / "data"), str(costs), str(minutes), str(learned)]
    process = subprocess.Popen([*here, *making], stderr=subprocess.PIPE, text=True)
    while process.poll() is None:
        peak = max(peak, family_mb(process.pid))
        time.sleep(POLL_S)
    _, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{camera.name} ended without a set:\n{errors[-2000:]}")
    cost = Cost.of(costs)
    cost.peak_mb = max(cost.peak_mb, peak)
    cost.wall_s += time.monotonic() - started
    cost.write(costs)
    return cost


def row_of(camera: Camera, cost: Cost, base: float) -> str:
    """A row of the table; `base` are the CPU-seconds per close-up of the smallest file."""
    per_region = sum(cost.regions) / max(1, len(cost.regions))
    row = f"{camera.name:14} "
    if not cost.answers:
        return (
            row
            + f"not whole yet: {len(cost.regions)} close-ups, {per_region:.1f} CPU-s each, peak {cost.peak_mb:.0f} MB"
        )
    width, height = cost.answers["master"]
    over = [f"over {camera.ceiling_mb:.0f} MB"] if 0 < camera.ceiling_mb < cost.peak_mb else []
    over += [f"{per_region / base:.2f} times the first" + (", over" if per_region > MOST_CPU * base else "")]
    return row + (
        f"{f'{width} x {height}':>12} {cost.peak_mb:8.0f} {per_region:12.1f} {sum(cost.regions) + cost.others:7.0f} "
        f"{cost.wall_s:7.0f}  {cost.answers['factors']}, {cost.answers['answer_mp']} MP of close-ups, the longest "
        f"{cost.answers['longest']} px, {len(cost.regions)} measured; {'; '.join(over)}"
    )


def main(
    sizes: Sequence[int] = (), folder: Path | None = None, minutes: float = math.inf, learned: int = 99
) -> None:
    base = 0.0
    print(
        f"{'file':14} {'master':>12} {'peak MB':>8} {'CPU-s/region':>12} {'CPU-s':>7} {'wall s':>7}  factors"
    )
    with tempfile.TemporaryDirectory() as passing:
        for camera in CAMERAS:
            if sizes and camera.megapixels not in sizes:
                continue
            cost = measured(camera, folder or Path(passing), minutes, learned)
            base = base or sum(cost.regions) / max(1, len(cost.regions))
            print(row_of(camera, cost, base), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", name, file]:
            write(next(camera for camera in CAMERAS if camera.name == name), Path(file))
        case ["set", file, data, costs, minutes, learned]:
            make_set(Path(file), Path(data), Path(costs), float(minutes), int(learned))
        case _:
            parser = argparse.ArgumentParser(prog="python -m benchmarks.cameras")
            parser.add_argument("sizes", type=int, nargs="*", metavar="MP")
            parser.add_argument("--folder", type=Path)
            parser.add_argument("--minutes", type=float, default=math.inf)
            parser.add_argument("--learned", type=int, default=99)
            main(**vars(parser.parse_args()))
