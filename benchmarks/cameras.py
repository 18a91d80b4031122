"""Photographs as large as cameras make them: the whole set of each, its peak of memory, CPU-seconds per close-up.

Run as `python -m benchmarks cameras`, or `python -m benchmarks.cameras 24 102` for some sizes alone. Each set is made
in a process of its own; what is summed is the resident memory of that process and of all it starts (decoder, enlarger,
renderer), looked at twenty times a second. Shared libraries count once for each process.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

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
            Image.fromarray(pixels).save(file, "HEIF", quality=85)
        case kind:
            Image.fromarray(pixels).save(file, kind, quality=92, compress_level=1)


def make_set(file: Path, data: Path) -> None:
    """Make the whole set of a file, and print what it cost."""
    from pipeline.export import page
    from pipeline.settings import Settings
    from pipeline.walk import Choice, Start, walk
    from pipeline.workbench import Workbench

    spent: dict[str, float] = {}

    def report(_fraction: float, verb: str) -> None:
        spent[verb] = family_cpu_s(os.getpid())

    spent["begin"] = family_cpu_s(os.getpid())
    bench = Workbench(Settings(data_dir=data))
    design = walk(
        bench,
        Start(file.stem, photograph=file.read_bytes(), kind="ring"),
        Choice(),
        report,
    )
    branch = design.branch
    assert branch is not None
    close_ups = branch.chosen_close_ups
    assert len(close_ups) == len(branch.regions)
    assert len(branch.latest_sketches) == 6
    assert branch.model is not None
    showcase = page.write(bench.store, design)
    print(
        json.dumps(
            {
                "master": [branch.master.width, branch.master.height],
                "regions": len(close_ups),
                "factors": sorted({c.factor for c in close_ups}),
                "answer_mp": round(sum(c.result.width * c.result.height for c in close_ups) / 1e6, 1),
                "cpu_per_region": (spent["enhance"] - spent["begin"]) / len(close_ups),
                "cpu": spent["done"] - spent["begin"],
                "showcase_mb": round(len(showcase) / 1e6, 1),
                "decoder_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
            }
        )
    )


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


def measured(camera: Camera, folder: Path) -> tuple[dict[str, float], float, float]:
    """What the set's process printed, the family's peak in MB, and seconds."""
    file = folder / f"{camera.name.replace(' ', '-')}.bin"
    here = [sys.executable, "-m", "benchmarks.cameras"]
    subprocess.run([*here, "write", camera.name, str(file)], check=True)
    started, peak = time.monotonic(), 0.0
    process = subprocess.Popen(
        [*here, "set", str(file), str(folder / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None:
        peak = max(peak, family_mb(process.pid))
        time.sleep(POLL_S)
    out, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{camera.name} ended without a set:\n{errors[-2000:]}")
    return json.loads(out.splitlines()[-1]), peak, time.monotonic() - started


def main(sizes: tuple[int, ...] = ()) -> None:
    base = 0.0
    print(
        f"{'file':14} {'master':>12} {'peak MB':>8} {'CPU-s/region':>12} {'CPU-s':>7} {'wall s':>7}  factors"
    )
    for camera in CAMERAS:
        if sizes and camera.megapixels not in sizes:
            continue
        with tempfile.TemporaryDirectory() as folder:
            cost, peak, wall = measured(camera, Path(folder))
        base = base or cost["cpu_per_region"]
        width, height = cost["master"]
        per_region = cost["cpu_per_region"]
        over = [f"over {camera.ceiling_mb:.0f} MB"] if 0 < camera.ceiling_mb < peak else []
        over += [f"{per_region / base:.1f} times the first"] if per_region > MOST_CPU * base else []
        remarks = "".join(f"; {remark}" for remark in over)
        print(
            f"{camera.name:14} {f'{width} x {height}':>12} {peak:8.0f} {per_region:12.1f} {cost['cpu']:7.0f} "
            f"{wall:7.0f}  {cost['factors']}, {cost['answer_mp']} MP of close-ups{remarks}",
            flush=True,
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", name, file]:
            write(next(camera for camera in CAMERAS if camera.name == name), Path(file))
        case ["set", file, data]:
            make_set(Path(file), Path(data))
        case numbers:
            main(tuple(map(int, numbers)))
