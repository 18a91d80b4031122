"""Uploads are decoded in a process of their own, one at a time: bytes of strangers, in bounded memory.

`python -m pipeline.decoder` is that process.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from pipeline import decoding, files
from pipeline.child import Array, Cancelled, Child, Header, Message, Progress, serve
from pipeline.decoding import Picture
from pipeline.errors import BadImage

MEMORY_CEILING_MB = 1100.0
"""A 150-megapixel JPEG takes half of it; what needs more is refused in a sentence."""
LARGE_BYTES = 64_000_000
"""Larger files are read from the disk, not sent: a 16-bit TIFF of 600 MB is never held whole there."""
FORGOTTEN_S = 3600.0
_LAID_DOWN = "upload-"
IDLE_S = 30.0
PATIENCE_S = 120.0


def decode_master(data: bytes, folder: Path, longest: int = decoding.LONGEST_MASTER_PX) -> Picture:
    """As `decoding.master`, in the other process, whose last words are kept in `folder`.

    Raises BadImage, also where memory or patience did not suffice.
    """
    return _ask("master", data, folder, longest)


def decode(data: bytes, folder: Path) -> Picture:
    """As `decoding.read`, in the other process: a picture of any size. Raises BadImage."""
    return _ask("picture", data, folder)


def _ask(operation: str, data: bytes, folder: Path, longest: int = 0) -> Picture:
    order: Header = {"op": operation, "longest": longest}
    if len(data) < LARGE_BYTES:
        header, arrays = _child(folder).ask(order, [np.frombuffer(data, np.uint8)], patience_s=PATIENCE_S)
    else:
        with _laid_down(data, folder) as file:
            header, arrays = _child(folder).ask({**order, "file": str(file)}, patience_s=PATIENCE_S)
    return Picture(arrays[0], tuple(header["notes"]), header["profile"], header["outside"])


@contextmanager
def _laid_down(data: bytes, folder: Path) -> Iterator[Path]:
    """A large file where the other process reads it from, as long as it is asked; what a killed one left goes."""
    for left in folder.glob(f"{_LAID_DOWN}*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - FORGOTTEN_S:
                left.unlink()
    with files.access(folder), NamedTemporaryFile(dir=folder, prefix=_LAID_DOWN) as file:
        file.write(data)
        file.flush()
        yield Path(file.name)


@lru_cache(maxsize=1)
def _child(folder: Path) -> Child:
    return Child(
        "pipeline.decoder",
        "The decoder",
        folder / "decoder.log",
        memory_ceiling_mb=MEMORY_CEILING_MB,
        idle_s=IDLE_S,
        failed=BadImage,
        unavailable=BadImage,
    )


def _work(header: Header, arrays: list[Array], _progress: Progress, _cancelled: Cancelled) -> Message:
    source = Path(header["file"]) if "file" in header else arrays.pop().tobytes()
    picture = (
        decoding.master(source, header["longest"]) if header["op"] == "master" else decoding.read(source)
    )
    stated = {"notes": list(picture.notes), "profile": picture.profile, "outside": picture.outside}
    return stated, [picture.pixels]


if __name__ == "__main__":
    # What malloc refuses becomes a sentence at once; the watch over the resident memory comes after.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (int(MEMORY_CEILING_MB * 1.15) << 20,) * 2)
    serve(_work, subject="The decoder")
