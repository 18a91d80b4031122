"""A turntable's files: what is written can be played, and shows the frames."""

import io
import sys
import tracemalloc

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline import images
from pipeline.errors import BadImage, BadInput
from pipeline.records import Recipe
from pipeline.store import Store
from pipeline.turntable import loop, posted, video

FRAMES = [
    np.kron(np.roll(np.eye(8, dtype=np.uint8) * 180 + 40, n, axis=1), np.ones((8, 8), np.uint8))[..., None]
    * np.ones(3, np.uint8)
    for n in range(8)
]
"""Eight grey frames of 64 px, each another."""


def psnr(one, other):
    return 10 * np.log10(255**2 / max(np.mean((one.astype(float) - other) ** 2), 1e-9))


def test_the_loop_plays_every_frame_for_ever():
    """The WebP holds all frames, each within 30 dB of its own, for an eighth of the time, without end."""
    with Image.open(io.BytesIO(loop(FRAMES, seconds=2))) as played:
        assert (played.format, played.n_frames, played.info["loop"]) == ("WEBP", 8, 0)
        for n, frame in enumerate(FRAMES):
            played.seek(n)
            assert psnr(np.asarray(played.convert("RGB")), frame) > 30
            assert played.info["duration"] == 250


@pytest.mark.parametrize(
    ("container", "magic", "codec"), [("webm", b"\x1aE\xdf\xa3", "vp9"), ("mp4", b"ftyp", "h264")]
)
def test_a_film_shows_the_same_frames(tmp_path, container, magic, codec):
    """Another reader finds two turns, each frame nearer to its own (25 dB) than to the next, in colours of BT.709."""
    film = video(FRAMES, seconds=2, turns=2, container=container)
    assert magic in film[:12]
    path = tmp_path / "film"
    path.write_bytes(film)
    reader = cv2.VideoCapture(str(path))
    assert reader.get(cv2.CAP_PROP_FPS) == pytest.approx(4)
    read = []
    while (shot := reader.read())[0]:
        read.append(shot[1][..., ::-1])
    assert len(read) == 16
    for n, shot in enumerate(read):
        assert psnr(shot, FRAMES[n % 8]) > 25 > psnr(shot, FRAMES[(n + 1) % 8])
    with av.open(io.BytesIO(film)) as file:
        context = file.streams.video[0].codec_context
        assert (context.name.removeprefix("lib"), context.pix_fmt, context.colorspace) == (
            codec,
            "yuv420p",
            1,
        )


@pytest.mark.parametrize(
    "colour", [(255, 255, 255), (212, 175, 55), (200, 20, 40), (20, 60, 180), (30, 30, 30)]
)
def test_a_film_keeps_the_colours(colour):
    """Metal, stones and ground come back within 3 of 255: no reader has to guess the matrix or the range."""
    frames = [np.full((48, 64, 3), colour, np.uint8)] * 2
    with av.open(io.BytesIO(video(frames, seconds=1, container="mp4"))) as file:
        shown = next(file.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(shown.astype(int) - colour).max() <= 3


@pytest.mark.parametrize(("shape", "size"), [("1:1", (62, 62)), ("4:5", (62, 78)), ("9:16", (62, 110))])
def test_a_taller_film_goes_on_with_its_ground(shape, size):
    """Sides are even, as both codecs want them; the piece stays in the middle and above and below is ground."""
    frame = np.full((63, 63, 3), 240, np.uint8)
    frame[20:42, 20:42] = 60
    with av.open(io.BytesIO(video([frame] * 2, seconds=1, shape=shape, container="mp4"))) as file:
        shown = next(file.decode(video=0)).to_ndarray(format="gray")
    assert shown.shape[::-1] == size
    dark = np.argwhere(shown < 150).mean(axis=0)
    assert dark == pytest.approx([(size[1] - 1) / 2, (size[0] - 1) / 2], abs=1.5)
    assert shown[[0, -1]].min() > 230


def test_a_film_to_post_is_made_of_the_kept_turn():
    """Two turns in the time of two, twice as wide, and where it came from stands in it."""
    recipe = {"provider": "atelier", "detail": "re-rendered from geometry"}
    film = posted(loop(FRAMES, seconds=2), "4:5", recipe=recipe)
    assert b"digitalsourcetype/algorithmicMedia" in film
    with av.open(io.BytesIO(film)) as file:
        stream = file.streams.video[0]
        assert (stream.width, stream.height, stream.frames) == (128, 160, 16)
        assert float(stream.duration * stream.time_base) == pytest.approx(4, abs=0.05)
    assert film.index(b"moov") < film.index(b"mdat")


def test_a_long_film_needs_no_more_memory_than_a_short_one():
    """Its frames are enlarged and shaped one at a time, for several people write one at once."""

    def peak(count: int) -> int:
        tracemalloc.start()
        video([FRAMES[0]] * count, seconds=1, scale=4, shape="9:16")
        peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak_bytes

    peak(2)
    assert peak(24) < peak(4) + 3 * FRAMES[0].nbytes * 16


def test_the_loop_carries_where_it_came_from():
    """What the recipe says of its origin stands in the file, where other programs look."""
    told = {"provider": "atelier", "detail": "re-rendered from geometry"}
    assert b"digitalsourcetype/algorithmicMedia" in loop(FRAMES, seconds=2, recipe=told)


def test_the_store_keeps_films_and_loops_but_no_animation_as_a_picture(tmp_path):
    """Both go in and come out, the loop with a thumbnail of its first frame; an upload must still be one picture."""
    store, recipe = Store(tmp_path), Recipe(role="turntable", provider="atelier")
    animated = loop(FRAMES, seconds=2)
    kept = store.put(animated, recipe)
    assert (kept.width, kept.height) == (64, 64)
    assert psnr(images.decode(store.thumbnail(kept)), FRAMES[0]) > 25
    film = video(FRAMES, seconds=2)
    assert store.read(store.put(film, recipe)) == film
    with pytest.raises(BadImage, match="animation of 8 frames"):
        images.decode(animated)


def test_an_installation_without_ffmpeg_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its wheel carries encoders under the GPL; who leaves it out keeps the WebP."""
    monkeypatch.setitem(sys.modules, "av", None)
    frames = [np.zeros((32, 32, 3), np.uint8)] * 3
    with pytest.raises(BadInput, match="writes no films"):
        video(frames, seconds=1.0)
    assert loop(frames, seconds=1.0)
