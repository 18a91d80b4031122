"""What a launch is given: the same program whatever the memory its lanes lie in."""

import subprocess
import sys

import pytest

from pipeline.atelier.render.engine import capability

PROGRAMS = """
import numpy as np
from pipeline.atelier.render import engine
engine.start()
import drjit as dr
from pipeline.atelier.render.sampler import Lanes, Sampler
dr.set_flag(dr.JitFlag.KernelHistory, True)
for shift in range(8):
    room = [np.ones(64 + 8, dtype=np.uint32)[shift * k % 8 :][:64] for k in range(6)]
    drawn = Sampler(Lanes(*room)).draw(dr.llvm.UInt32(3))
    dr.eval(drawn)
print(len({entry["hash"] for entry in dr.kernel_history() if "hash" in entry}))
"""


@pytest.mark.skipif(capability().engine != "llvm", reason="needs libLLVM 17 or newer")
def test_where_lanes_lie_in_memory_compiles_nothing_anew() -> None:
    """Eight launches whose arrays begin at different places of a cache line share one program."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAMS], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.split() == ["1"]
