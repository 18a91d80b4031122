"""A turntable's frames as files: animated WebP, which every browser shows, and WebM video, which people send on."""

import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline import metadata
from pipeline.images import Pixels
from pipeline.profiles import srgb_profile

WEBP_QUALITY = 86


def loop(frames: Sequence[Pixels], *, seconds: float, recipe: Mapping[str, Any] | None = None) -> bytes:
    """Encode frames (h, w, 3) of one size as a WebP that plays for ever, one turn in `seconds`.

    What the recipe says of its origin is written as XMP.
    """
    first, *rest = (Image.fromarray(frame) for frame in frames)
    out = io.BytesIO()
    first.save(
        out,
        "WEBP",
        save_all=True,
        append_images=rest,
        duration=round(1000 * seconds / len(frames)),
        loop=0,
        quality=WEBP_QUALITY,
        method=4,
        kmin=0,
        kmax=1,  # every frame whole: differences would leave ghosts in soft shadows
        icc_profile=srgb_profile(),
        xmp=metadata.xmp(recipe or {}).encode(),
    )
    return out.getvalue()


def video(frames: Sequence[Pixels], *, seconds: float, turns: int = 1) -> bytes | None:
    """Encode frames (h, w, 3) of one size as WebM (VP8), `turns` times over; None where OpenCV came without it."""
    import cv2

    height, width = frames[0].shape[:2]
    rate = len(frames) / seconds
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "turntable.webm"
        writer = cv2.VideoWriter(
            str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"VP80"), rate, (width, height)
        )
        if not writer.isOpened():
            return None
        for frame in [*frames] * turns:
            writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        writer.release()
        return path.read_bytes() or None
