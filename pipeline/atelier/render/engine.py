"""Which ray engine this machine can run, found out before anything can abort.

Dr.Jit aborts the whole process with LLVM older than 17, so the library is chosen by its version, not tried.
"""

import ctypes.util
import glob
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MIN_LLVM = 17
SCALAR_MAX_SIZE = 512
SCALAR_MAX_SCALE = 4
SCALAR_NOTE = (
    "The system library libllvm19 is missing, so pictures are rendered slowly, at 512 pixels, and without a stone's "
    "inclusions, wear or an open lens; install it (apt-get install libllvm19) and restart to get all of that."
)
# Where distributions put libLLVM, beyond what the linker's cache knows.
LIBRARY_GLOBS = (
    "/usr/lib/*/libLLVM*.so*",
    "/usr/lib/libLLVM*.so*",
    "/usr/lib64/libLLVM*.so*",
    "/usr/lib/llvm-*/lib/libLLVM*.so*",
    "/usr/local/lib/libLLVM*.so*",
    "/opt/homebrew/opt/llvm/lib/libLLVM*.dylib",
    "/usr/local/opt/llvm/lib/libLLVM*.dylib",
)
VERSION = re.compile(r"libLLVM[-.](?:so\.)?(\d+)")


@dataclass(frozen=True)
class Capability:
    """What can be rendered here: `engine` "llvm" or "scalar", a sentence for the user, the largest film in pixels."""

    engine: str
    note: str
    max_size: int


def find_llvm() -> str | None:
    """Path of the newest usable libLLVM in the usual folders, else the soname of another; None where there is none."""
    libraries: dict[int, str] = {}
    for pattern in LIBRARY_GLOBS:
        for path in sorted(glob.glob(pattern)):  # noqa: PTH207 - absolute patterns
            match = VERSION.search(Path(path).name)
            if match:
                libraries.setdefault(int(match.group(1)), path)
    usable = [major for major in libraries if major >= MIN_LLVM]
    if usable:
        return libraries[max(usable)]
    # Asking the linker starts a process or three for each name: the first page would wait for them.
    for major in reversed(range(MIN_LLVM, 31)):
        for name in (f"LLVM-{major}", f"LLVM.{major}"):
            if soname := ctypes.util.find_library(name):
                return soname
    return None


@cache
def capability() -> Capability:
    """Find out once per process; loads nothing."""
    if find_llvm():
        return Capability("llvm", "Path-traced at full size.", 4096)
    return Capability("scalar", SCALAR_NOTE, SCALAR_MAX_SIZE)


def start(*, scalar: bool = False) -> None:
    """Choose Mitsuba's variant for this process. Call once, before anything else of the renderer is imported.

    `scalar` takes the fallback even where LLVM is there.
    """
    import mitsuba

    library = None if scalar else find_llvm()
    if library:
        # Dr.Jit reads it from the C environment when the variant is set; mesa may pull in an older LLVM beside it.
        os.putenv("DRJIT_LIBLLVM_PATH", library)
        mitsuba.set_variant("llvm_ad_rgb")
    else:
        mitsuba.set_variant("scalar_rgb")
    mitsuba.set_log_level(mitsuba.LogLevel.Error)
