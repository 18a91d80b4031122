"""A turntable's frames as files: animated WebP, which every browser shows, and video, which people post and send on."""

import io
import struct
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from PIL import Image
from PIL.Image import Resampling

from pipeline import metadata
from pipeline.errors import BadInput
from pipeline.images import Pixels
from pipeline.profiles import srgb_profile

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

Container = Literal["mp4", "webm"]
Shape = Literal["1:1", "4:5", "9:16"]
SHAPES: tuple[Shape, ...] = ("1:1", "4:5", "9:16")

WEBP_QUALITY = 86
_XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac")
"""The `uuid` box that carries XMP in files of ISO 14496-12 (XMP specification, part 3, 1.2.7.1)."""


@dataclass(frozen=True)
class _Codec:
    name: str
    options: Mapping[str, str]


_CODECS: Mapping[Container, _Codec] = {
    "mp4": _Codec("libx264", {"crf": "17", "preset": "medium", "profile": "high"}),
    "webm": _Codec("libvpx-vp9", {"crf": "22", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"}),
}


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


def frames_of(animation: bytes) -> tuple[list[Pixels], float]:
    """The frames (h, w, 3) of a `loop`, and the seconds of one turn."""
    frames, seconds = [], 0.0
    with Image.open(io.BytesIO(animation)) as played:
        for number in range(getattr(played, "n_frames", 1)):
            played.seek(number)
            frames.append(np.asarray(played.convert("RGB")))
            seconds += played.info.get("duration", 0) / 1000
    return frames, seconds


def posted(
    animation: bytes, shape: Shape, container: Container = "mp4", *, recipe: Mapping[str, Any] | None = None
) -> bytes:
    """A `loop` as a film people can post: two turns, twice its width, in a shape of networks and shops."""
    frames, seconds = frames_of(animation)
    return video(frames, seconds=seconds, turns=2, container=container, shape=shape, scale=2, recipe=recipe)


def video(
    frames: Sequence[Pixels],
    *,
    seconds: float,
    turns: int = 1,
    container: Container = "webm",
    shape: Shape = "1:1",
    scale: int = 1,
    recipe: Mapping[str, Any] | None = None,
) -> bytes:
    """Encode frames (h, w, 3) of one size as H.264 in MP4 or VP9 in WebM, `turns` times over and `scale` as wide.

    Both are 4:2:0 in BT.709, limited range, which every player and network takes. A taller shape goes on with the
    ground above and below. MP4 carries what the recipe says of its origin as XMP, and begins with its index. Raises
    BadInput where FFmpeg was left out of the installation.
    """
    try:
        import av  # FFmpeg: only where a film is written
    except ImportError as error:
        raise BadInput(
            "This installation writes no films, for the package av is not there; the WebP turns, too."
        ) from error

    # One at a time: all of a tall film's at once are a third of a gigabyte.
    shots = (_shaped(_enlarged(frame, scale), shape) for _ in range(turns) for frame in frames)
    head = {"movflags": "+faststart"} if container == "mp4" else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"turntable.{container}"
        with av.open(str(path), "w", options=head) as file:
            _encode(file, shots, _CODECS[container], len(frames) / seconds)
        film = path.read_bytes()
    xmp = metadata.xmp(recipe or {}).encode() if container == "mp4" else b""
    return film + (_box(xmp) if xmp else b"")


def _encode(file: "OutputContainer", shots: Iterator[Pixels], codec: _Codec, rate_hz: float) -> None:
    from av import VideoFrame
    from av.video.reformatter import ColorRange, Colorspace

    first = next(shots)
    height, width = first.shape[:2]
    stream = cast("VideoStream", file.add_stream(codec.name, rate=Fraction(rate_hz).limit_denominator(1000)))
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.options = dict(codec.options)
    context = stream.codec_context
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries, context.color_trc = 1, 13  # BT.709's primaries, sRGB's curve (ITU-T H.273)
    for shot in chain([first], shots):
        picture = VideoFrame.from_ndarray(shot, format="rgb24")
        file.mux(stream.encode(picture.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)))
    file.mux(stream.encode(None))


def _enlarged(frame: Pixels, scale: int) -> Pixels:
    if scale == 1:
        return frame
    height, width = frame.shape[:2]
    return np.asarray(Image.fromarray(frame).resize((scale * width, scale * height), Resampling.LANCZOS))


def _shaped(frame: Pixels, shape: Shape) -> Pixels:
    """A frame of even sides in a shape at least as tall as itself; its ground goes on above and below."""
    height, width = (side - side % 2 for side in frame.shape[:2])
    frame = frame[:height, :width]
    across, down = map(int, shape.split(":"))
    missing = max(0, round(width * down / across / 2) * 2 - height)
    above, below = missing // 2, missing - missing // 2
    return np.pad(frame, ((above, below), (0, 0), (0, 0)), mode="edge")


def _box(xmp: bytes) -> bytes:
    return struct.pack(">I4s", 24 + len(xmp), b"uuid") + _XMP_BOX.bytes + xmp
