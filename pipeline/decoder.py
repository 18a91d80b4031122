"""Uploads are decoded in a process of their own, one at a time: bytes of strangers, in bounded memory.

`python -m pipeline.decoder` is that process.
"""

import resource
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from pipeline import decoding
from pipeline.child import Array, Cancelled, Child, Header, Message, Progress, serve
from pipeline.decoding import Picture
from pipeline.errors import BadImage

MEMORY_CEILING_MB = 1100.0
"""A 150-megapixel JPEG takes half of it; what needs more is refused in a sentence."""
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
    header, arrays = _child(folder).ask(
        {"op": operation, "longest": longest}, [np.frombuffer(data, np.uint8)], patience_s=PATIENCE_S
    )
    return Picture(arrays[0], tuple(header["notes"]), header["profile"], header["outside"])


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
    data = arrays.pop().tobytes()
    picture = decoding.master(data, header["longest"]) if header["op"] == "master" else decoding.read(data)
    stated = {"notes": list(picture.notes), "profile": picture.profile, "outside": picture.outside}
    return stated, [picture.pixels]


if __name__ == "__main__":
    # What malloc refuses becomes a sentence at once; the watch over the resident memory comes after.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (int(MEMORY_CEILING_MB * 1.15) << 20,) * 2)
    serve(_work, subject="The decoder")
