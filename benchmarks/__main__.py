"""Run every benchmark, or those named: `python -m benchmarks walk fidelity`."""

import importlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("streamlit", "mitsuba", "pyoidn", "manifold3d", "numpy", "opencv-python-headless", "pillow")


def suites() -> list[str]:
    """Every module beside this one that has a `main`."""
    names = sorted(
        p.stem for p in Path(__file__).parent.glob("*.py") if "\ndef main(" in p.read_text("utf-8")
    )
    return ["walk", *(name for name in names if name != "walk")]


def main(wanted: list[str]) -> int:
    known = suites()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, {platform.machine()}, python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    for name in wanted or known:
        print(f"\n== {name} ==", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
