"""A turntable's files: what is written can be played, and shows the frames."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline import images
from pipeline.errors import BadImage
from pipeline.records import Recipe
from pipeline.store import Store
from pipeline.turntable import loop, video

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


def test_the_film_is_webm_of_the_same_frames(tmp_path):
    """OpenCV reads the WebM back: two turns, each frame nearer to its own (25 dB) than to the next."""
    film = video(FRAMES, seconds=2, turns=2)
    assert images.media_type(film) == "video/webm"
    path = tmp_path / "film.webm"
    path.write_bytes(film)
    reader = cv2.VideoCapture(str(path))
    assert reader.get(cv2.CAP_PROP_FPS) == pytest.approx(4)
    read = []
    while (shot := reader.read())[0]:
        read.append(shot[1][..., ::-1])
    assert len(read) == 16
    for n, shot in enumerate(read):
        assert psnr(shot, FRAMES[n % 8]) > 25 > psnr(shot, FRAMES[(n + 1) % 8])


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
