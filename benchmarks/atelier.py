"""What the atelier claims, in one run: costs beside their goals, agreement, other renderers, geometry and prompts.

Run: python -m benchmarks atelier
"""

import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version

from benchmarks import atelier_geometry, atelier_render

SPECS, PIECES, MASTER_PX = 200, 20, 2048
PEERS = {
    "bpy": "Blender's Cycles",
    "pyluxcore": "LuxCore, no measurement written",
    "pyvista": "VTK, a rasteriser: no refraction, no reflection of the piece in itself",
}


def main() -> None:
    """Print the whole table, row by row. Takes about twenty minutes on two free cores, half an hour on shared ones."""
    atelier_render.measure(PIECES, MASTER_PX)
    # A ray engine cannot be exchanged within a process.
    subprocess.run([sys.executable, "-m", "benchmarks.atelier_peers"], check=True)
    for package, what in PEERS.items():
        try:
            print(f"{package} {version(package)}: {what}", flush=True)
        except PackageNotFoundError:
            print(f"{package}: not installed here, not compared ({what})", flush=True)
        else:
            if package == "bpy":
                subprocess.run([sys.executable, "-m", "benchmarks.atelier_cycles"], check=True)
    # Neither of the two is timed by the clock: they share the cores.
    with subprocess.Popen([sys.executable, "-m", "benchmarks.atelier_drafts", str(SPECS)]) as drafts:
        atelier_geometry.measure(SPECS)
    if drafts.returncode:
        raise SystemExit(drafts.returncode)


def timed(label: str, begun: tuple[float, float], note: str) -> None:
    """Print what was spent since `begun` (CPU seconds, clock)."""
    cpu, clock = time.process_time() - begun[0], time.monotonic() - begun[1]
    print(f"{label:44s} {cpu:7.1f} CPU-s {clock:7.1f} s   {note}", flush=True)


if __name__ == "__main__":
    main()
