"""Decoding what users bring: every usual picture comes in whole, everything else is refused in one sentence."""

import io
import struct
import sys
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline import decoding, images
from pipeline.errors import BadImage


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def gradient(width: int = 640, height: int = 520) -> Image.Image:
    row = np.linspace(0, 255, width, dtype=np.uint8)
    return Image.fromarray(np.dstack([np.tile(row, (height, 1))] * 3))


def header_only_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "JPEG"])
def test_usual_formats_come_in_whole(kind: str) -> None:
    """Lossless formats are read exactly; JPEG within 6 grey levels."""
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    pixels = decoding.master(encoded(gradient(), kind, **options)).pixels
    off = np.abs(pixels.astype(int) - np.asarray(gradient()).astype(int)).max()
    assert off <= (6 if kind == "JPEG" else 0)


def test_heic_is_read() -> None:
    """A phone's HEIC picture decodes to its size."""
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    assert images.decode(encoded(gradient(), "HEIF")).shape == (520, 640, 3)


def test_an_installation_without_heic_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reader carries an encoder under the GPL; who leaves it out is told what to do instead."""
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    picture = encoded(gradient(), "HEIF")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(BadImage, match="reads no HEIC"):
        decoding.read(picture)


def test_exif_rotation_is_applied() -> None:
    """A picture tagged as turned by a quarter comes in upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = images.decode(encoded(gradient(640, 520), "JPEG", exif=exif))
    assert pixels.shape[:2] == (640, 520)


def test_alpha_is_flattened_on_white() -> None:
    """Transparent means white paper, also for palette pictures with a transparent colour."""
    clear = Image.new("RGBA", (600, 600), (200, 0, 0, 0))
    assert (images.decode(encoded(clear, "PNG")) == 255).all()
    palette = Image.new("P", (600, 600), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30] + [0] * 762)
    assert (images.decode(encoded(palette, "PNG", transparency=1)) == 255).all()


def test_sixteen_bit_and_cmyk_are_brought_down() -> None:
    """Deep grey is scaled to 8 bit, CMYK becomes RGB; both within 1 level of what they mean."""
    deep = Image.fromarray(np.full((600, 600), 32_896, np.uint16))
    assert abs(int(images.decode(encoded(deep, "PNG"))[0, 0, 0]) - 128) <= 1
    ink = Image.new("CMYK", (600, 600), (0, 0, 0, 0))
    assert (images.decode(encoded(ink, "TIFF")) >= 254).all()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty", b""),
        ("not an image", b"%PDF-1.7 not a picture at all"),
        ("truncated", None),
        ("bomb", header_only_png(30_000, 30_000)),
        ("one pixel wide", encoded(Image.new("RGB", (1, 600)), "PNG")),
        ("small", encoded(Image.new("RGB", (300, 300)), "PNG")),
    ],
)
def test_bad_uploads_are_refused_in_one_sentence(name: str, data: bytes | None) -> None:
    """Whatever is wrong, the user reads one sentence that ends with a stop."""
    noise = np.random.default_rng(1).integers(0, 255, (700, 700, 3), np.uint8)
    whole = encoded(Image.fromarray(noise), "PNG")
    with pytest.raises(BadImage) as caught:
        decoding.master(whole[: len(whole) // 2] if data is None else data)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert sentence.count("\n") == 0


def test_an_animation_is_refused() -> None:
    """A GIF that moves has no one picture to enhance."""
    frames = [Image.new("RGB", (600, 600), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(BadImage, match="animation of 2 frames"):
        images.decode(out.getvalue())


@given(st.binary(max_size=400))
def test_random_bytes_never_raise_anything_else(data: bytes) -> None:
    """Garbage is refused as BadImage and as nothing else."""
    with pytest.raises(BadImage):
        images.decode(b"\x89PNG\r\n\x1a\n" + data)


@given(st.integers(0, 90), st.integers(0, 90), st.integers(1, 30), st.integers(1, 30))
def test_a_crop_is_exact(x: int, y: int, width: int, height: int) -> None:
    """A crop is the master's own pixels."""
    master = np.arange(120 * 120 * 3, dtype=np.uint32).reshape(120, 120, 3).astype(np.uint8)
    assert (images.crop(master, (x, y, width, height)) == master[y : y + height, x : x + width]).all()


def test_the_recipe_travels_in_the_file(ring_pixels: images.Pixels) -> None:
    """A PNG found on a desktop can be traced: its text chunk says how it was made, and pixels are untouched."""
    data = images.encode_png(ring_pixels, recipe={"provider": "atelier", "prompt": "Ring «Été»"})
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        assert '"provider": "atelier"' in picture.text["loupe-recipe"]
        assert "Été" in picture.text["loupe-recipe"]
    assert (images.decode(data) == ring_pixels).all()


def test_thumbnails_fit_and_are_jpeg(ring_pixels: images.Pixels) -> None:
    """The longer side is what was asked for, and the bytes are JPEG."""
    small = images.thumbnail(ring_pixels, 384)
    assert images.media_type(small) == "image/jpeg"
    assert max(images.dimensions(small)) == 384


def test_sixteen_greys_take_half_a_byte() -> None:
    """A drawing in 16 greys comes back as it was, from fewer bytes than with 256."""
    rng = np.random.default_rng(3)
    fine = np.repeat(rng.integers(0, 256, (200, 300, 1), np.uint8), 3, axis=2)
    coarse = fine // images.GREY_STEP * images.GREY_STEP
    data = images.encode_png(coarse, recipe={"provider": "atelier"})
    assert np.array_equal(images.decode(data), coarse)
    assert images.dimensions(data) == (300, 200)
    assert len(data) < 0.6 * len(images.encode_png(fine))


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 9))
def test_colour_is_written_exactly_as_any_reader_sees_it(height: int, width: int, seed: int) -> None:
    """What is written as PNG comes back to the pixel, through our decoder and through OpenCV's."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    pixels[height // 2 :] //= 8
    data = images.encode_png(pixels, recipe={"provider": "atelier"})
    assert np.array_equal(images.decode(data), pixels)
    assert np.array_equal(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB), pixels)


def test_colour_is_written_small() -> None:
    """A photograph's smooth tones with a little noise take at most 5 % more bytes than Pillow's thorough search."""
    rng = np.random.default_rng(0)
    coarse = rng.uniform(0, 255, (24, 24, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (768, 768), interpolation=cv2.INTER_CUBIC) + rng.normal(0, 1, (768, 768, 3))
    pixels = np.clip(smooth, 0, 255).astype(np.uint8)
    thorough = encoded(Image.fromarray(pixels), "PNG", compress_level=4)
    assert len(images.encode_png(pixels)) <= 1.05 * len(thorough)
