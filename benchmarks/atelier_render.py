"""Re-measure what the atelier claims about pictures: CPU seconds, peak memory, and how macros agree with masters.

Run: python -m benchmarks.atelier_render [pieces] [size]

CPU seconds are those of the renderer's process, children and threads included, so they hold on a busy machine.
"""

import os
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from pipeline import fidelity
from pipeline.atelier.camera import master_camera, project, view_camera
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.engine import capability
from pipeline.atelier.render.film import DRAFT, FINE, STANDARD
from pipeline.atelier.spec import composed
from pipeline.views import STILLS
from tests.atelier.random_spec import random_spec

GOALS_CPU_S = {
    "candidate": 2.5,
    "master, draft": 12,
    "master, standard": 25,
    "macro": 30,
    "five macros": 90,
    "angles": 22,
}
GOALS_DB = {"standard": 38, "fine": 40}
GOAL_MB = 1100
SOLITAIRE = "yellow gold six prong solitaire ring, 1.5 ct round diamond"


class Meter:
    """Calls the renderer and prints what each call cost its process."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer

    def take(self, label: str, piece: Piece, *, goal: str = "", **options) -> np.ndarray:
        """Render, and print what it cost under `label`, beside its goal."""
        camera = options.pop("camera", None) or master_camera(piece)
        before, begun = self._cpu_s(), time.monotonic()
        picture = self.renderer.render(piece, camera, **options)
        spent = self._cpu_s() - before
        if label:
            clock = time.monotonic() - begun
            told = f"{spent:7.1f} CPU-s {clock:7.1f} s   peak {self.peak_mb():5.0f} MB{aim(goal)}"
            print(f"{label:44s} {told}", flush=True)
        return picture

    def total(self) -> float:
        """CPU seconds of the process so far."""
        return self._cpu_s()

    def peak_mb(self) -> float:
        """Peak resident memory of the process so far."""
        status = Path(f"/proc/{self._pid()}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def _cpu_s(self) -> float:
        if not self._pid():
            return 0.0
        fields = Path(f"/proc/{self._pid()}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _pid(self) -> int:
        return self.renderer.pid or 0


def aim(goal: str) -> str:
    """A goal as it stands at a line's end."""
    return f"   (goal {GOALS_CPU_S[goal]} CPU-s)" if goal else ""


def measure(pieces: int, size: int) -> None:
    """Print the table of costs, then the table of agreement."""
    print(f"engine {capability().engine}, {os.cpu_count()} cores, master {size} px", flush=True)
    ring = build(composed(read(SOLITAIRE).spec))
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer:
        meter = Meter(renderer)
        meter.take("first start, 64 px", ring, size=64, quality=DRAFT)
        for number in range(2):
            meter.take(
                f"candidate {number + 1}, 512 px, draft",
                build(composed(random_spec(number))),
                goal="candidate",
                size=512,
                quality=DRAFT,
            )
        meter.take("candidate solitaire, 512 px, draft", ring, goal="candidate", size=512, quality=DRAFT)
        meter.take(f"master {size} px, draft", ring, goal="master, draft", size=size, quality=DRAFT)
        master = meter.take(
            f"master {size} px, standard", ring, goal="master, standard", size=size, quality=STANDARD
        )
        meter.take(
            f"macro {size // 4} -> {size} px, standard",
            ring,
            goal="macro",
            size=size,
            window=stone_window(ring, size),
            scale=4,
        )
        begun = meter.total()
        for window in spread_windows(master, size):
            meter.take("", ring, size=size, window=window, scale=4)
        print(
            f"{'five macros of one piece, standard':44s} {meter.total() - begun:7.1f} CPU-s{aim('five macros')}",
            flush=True,
        )
        begun = meter.total()
        for view in STILLS:
            meter.take("", ring, camera=view_camera(ring, view), size=1024, quality=DRAFT)
        print(
            f"{f'{len(STILLS)} angles at 1024 px, draft':44s} {meter.total() - begun:7.1f} CPU-s{aim('angles')}",
            flush=True,
        )
        agree(meter, pieces, size)
        print(f"peak memory of the renderer's process over all: {meter.peak_mb():.0f} MB (goal {GOAL_MB})")


def agree(meter: Meter, pieces: int, size: int) -> None:
    """Print the PSNR of box-downscaled 4x windows against the same windows of their masters, and what the gate says."""
    qualities = (STANDARD, FINE)
    found: dict[str, list[float]] = {quality.name: [] for quality in qualities}
    verdicts: dict[str, list[str]] = {quality.name: [] for quality in qualities}
    # Both qualities of a piece while it is set up. The gate has one core while the next macro is rendered.
    with ThreadPoolExecutor(1) as gate:
        pending: list[tuple[str, Future[str]]] = []
        for seed in range(pieces):
            piece = build(composed(random_spec(seed)))
            edge = size // 8
            film = project(master_camera(piece), centre_of_interest(piece), size)[0]
            x, y = (int(v) for v in np.clip(film - edge / 2, 0, size - edge))
            for quality in qualities:
                shoot = partial(meter.take, "", piece, size=size, window=(x, y, edge, edge), quality=quality)
                master, macro = shoot(), shoot(scale=4, seed=7)
                error = macro.reshape(edge, 4, edge, 4, 3).mean(axis=(1, 3)) - master
                found[quality.name].append(10 * np.log10(255**2 / max(np.mean(error**2), 1e-6)))
                label = (
                    f"{quality.name} macro of piece {seed} ({piece.kind}): {found[quality.name][-1]:.1f} dB"
                )
                pending.append((quality.name, gate.submit(judge, label, master, macro)))
        for name, judged in pending:
            verdicts[name].append(judged.result())
    for name, goal in GOALS_DB.items():
        print(
            f"macro against master, {name}, {pieces} pieces: worst {min(found[name]):.1f}, "
            f"median {np.median(found[name]):.1f} dB; at least {goal} (the goal): "
            f"{sum(f >= goal for f in found[name])}; the gate passes {verdicts[name].count('pass')}",
            flush=True,
        )


def judge(label: str, master: np.ndarray, macro: np.ndarray) -> str:
    """What the gate says of a macro; printed after `label` with its reasons."""
    judged = fidelity.compare(master, macro)
    reasons = ", ".join(reason.name for reason in judged.reasons)
    print(f"{label}, the gate says {judged.raw_verdict}" + (f" ({reasons})" if reasons else ""), flush=True)
    return str(judged.raw_verdict)


def centre_of_interest(piece: Piece) -> np.ndarray:
    """The vertex (1, 3) next to the middle of the largest stone or part: the middle of a hoop or a pair is page."""
    stones = [part for part in piece.parts if part.stone] or list(piece.parts)
    largest = max(stones, key=lambda part: float(np.ptp(part.vertices, axis=0).max()))
    away = np.linalg.norm(largest.vertices - largest.vertices.mean(axis=0), axis=1)
    return largest.vertices[[int(away.argmin())]]


def stone_window(piece: Piece, size: int) -> tuple[int, int, int, int]:
    """The window of a quarter of the master around the stone."""
    edge = size // 4
    x, y = np.clip(
        project(master_camera(piece), centre_of_interest(piece), size)[0] - edge / 2, 0, size - edge
    )
    return int(x), int(y), edge, edge


def spread_windows(master: np.ndarray, size: int) -> list[tuple[int, int, int, int]]:
    """Five windows of a quarter of the master: the corners and the top of what is not page."""
    edge = size // 4
    rows, columns = np.nonzero((master < 200).any(axis=2))
    left, right, top, bottom = columns.min(), columns.max() - edge, rows.min(), rows.max() - edge
    corners = [(left, top), (right, top), (left, bottom), (right, bottom), ((left + right) // 2, top)]
    return [(max(int(x), 0), max(int(y), 0), edge, edge) for x, y in corners]


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 20, int(sys.argv[2]) if len(sys.argv) > 2 else 2048)
