"""Files as they come: each layout of a format shows its colours, or is refused in a sentence that says what to do."""

import io
import struct
import zlib

import numpy as np
import pylibjxl
import pytest
import tifffile
from PIL import Image

from pipeline import decoding
from pipeline.errors import BadImage
from tests.test_decoding import heif, saved, scene

SIDE = 96
RGB = scene(SIDE)
ALPHA = np.tile(np.linspace(0, 255, SIDE).astype(np.uint8), (SIDE, 1))
RGBA = np.dstack([RGB, ALPHA])
FEW = Image.fromarray(RGB).quantize(255)
PALETTED = np.asarray(FEW.convert("RGB"))
UNSEEN = np.where(np.asarray(FEW)[..., None] == 7, 255, PALETTED).astype(np.uint8)
"""The palette's picture with its colour 7 taken out of it."""
GREY = np.repeat(RGB[..., :1], 3, axis=2)


def on_white(pixels, alpha=ALPHA):
    share = alpha[..., None] / 255.0
    return np.rint(pixels * share + 255 * (1 - share)).astype(np.uint8)


def deep(pixels):
    return pixels.astype(np.uint16) * 257


def tiff(levels, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, levels, **options)
    return out.getvalue()


def associated():
    """Colours multiplied by alpha, 16 bits."""
    share = ALPHA[..., None] / 255.0
    levels = np.dstack([np.rint(deep(RGB) * share).astype(np.uint16), deep(ALPHA)])
    return tiff(levels, photometric="rgb", extrasamples=["assocalpha"])


def png(levels, kind, *, interlaced=False):
    """A PNG of 8 or 16 bits by hand; interlaced after Adam M. Costello (PNG, 8.2)."""
    wide = levels.dtype == np.uint16
    levels = levels.reshape(*levels.shape[:2], -1)
    passes = (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    )
    parts = [levels[y::down, x::across] for x, y, across, down in passes] if interlaced else [levels]
    rows = b"".join(b"\0" + row.astype(">u2" if wide else "u1").tobytes() for part in parts for row in part)
    size = struct.pack(">IIBBBBB", SIDE, SIDE, 16 if wide else 8, kind, 0, 0, int(interlaced))
    chunks = [(b"IHDR", size), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def picture(mode, kind, pixels=RGB, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(out, kind, **options)
    return out.getvalue()


def palette(kind, **options):
    out = io.BytesIO()
    FEW.save(out, kind, **options)
    return out.getvalue()


def inks_by_adobe():
    """Inks as Photoshop writes them into a JPEG: inverted, with Adobe's marker."""
    out = io.BytesIO()
    inks = np.dstack([255 - RGB, np.zeros_like(ALPHA)])
    Image.fromarray(inks, "CMYK").save(out, "JPEG", quality=100, subsampling=0)
    assert b"Adobe" in out.getvalue()
    return out.getvalue()


SHOWN = {
    "16-bit TIFF, tiles": (lambda: tiff(deep(RGB), photometric="rgb", tile=(32, 32)), RGB, 0),
    "16-bit TIFF, Motorola's order": (lambda: tiff(deep(RGB), photometric="rgb", byteorder=">"), RGB, 0),
    "16-bit BigTIFF": (lambda: tiff(deep(RGB), photometric="rgb", bigtiff=True), RGB, 0),
    "8-bit BigTIFF": (lambda: tiff(RGB, photometric="rgb", bigtiff=True), RGB, 0),
    "16-bit TIFF, ZIP and predictor": (
        lambda: tiff(deep(RGB), photometric="rgb", compression="deflate", predictor=2),
        RGB,
        0,
    ),
    "16-bit TIFF, white is zero": (lambda: tiff(deep(255 - GREY[..., 0]), photometric="miniswhite"), GREY, 0),
    "16-bit TIFF with alpha": (
        lambda: tiff(deep(RGBA), photometric="rgb", extrasamples=["unassalpha"]),
        on_white(RGB),
        1,
    ),
    "16-bit TIFF, alpha multiplied in": (associated, on_white(RGB), 1),
    "TIFF packed as JPEG": (lambda: picture("RGB", "TIFF", compression="jpeg", quality=95), RGB, 12),
    "TIFF by LZW": (lambda: picture("RGB", "TIFF", compression="tiff_lzw"), RGB, 0),
    "TIFF of a palette": (lambda: palette("TIFF"), PALETTED, 0),
    "16-bit grey PNG": (lambda: png(deep(GREY[..., :1]), 0), GREY, 0),
    "16-bit grey PNG with alpha": (
        lambda: png(deep(np.dstack([GREY[..., :1], ALPHA])), 4),
        on_white(GREY),
        1,
    ),
    "interlaced PNG": (lambda: png(RGB, 2, interlaced=True), RGB, 0),
    "interlaced 16-bit PNG with alpha": (lambda: png(deep(RGBA), 6, interlaced=True), on_white(RGB), 1),
    "PNG of a palette": (lambda: palette("PNG"), PALETTED, 0),
    "PNG of a palette, half seen": (
        lambda: palette("PNG", transparency=bytes([128] * 255)),
        on_white(PALETTED, np.full_like(ALPHA, 128)),
        1,
    ),
    "PNG of a palette, one colour unseen": (lambda: palette("PNG", transparency=7), UNSEEN, 0),
    "grey PNG with alpha": (lambda: picture("LA", "PNG", RGBA), None, 0),
    "black and white PNG": (lambda: picture("1", "PNG"), None, 0),
    "WebP with alpha": (lambda: picture("RGBA", "WEBP", RGBA, lossless=True, exact=True), on_white(RGB), 1),
    "AVIF with alpha": (
        lambda: picture("RGBA", "AVIF", RGBA, quality=95, subsampling="4:4:4"),
        on_white(RGB),
        12,
    ),
    "HEIC with alpha": (lambda: heif(RGBA), on_white(RGB), 3),
    "JPEG XL": (lambda: pylibjxl.encode(RGB, lossless=True), RGB, 0),
    "JPEG XL with alpha": (lambda: pylibjxl.encode(RGBA, lossless=True), on_white(RGB), 1),
    "grey JPEG XL": (lambda: pylibjxl.encode(RGB[..., :1].copy(), lossless=True), None, 0),
    "still GIF": (lambda: palette("GIF"), PALETTED, 0),
    "BMP": (lambda: picture("RGB", "BMP"), RGB, 0),
    "BMP of a palette": (lambda: palette("BMP"), PALETTED, 0),
    "JPEG of inks, inverted": (inks_by_adobe, RGB, 4),
    "one pixel": (lambda: saved(RGB[:1, :1], "PNG"), RGB[:1, :1], 0),
}
"""How a file is made, what it shows (None: anything, greys), and by how many levels it may be off."""


@pytest.mark.parametrize("name", SHOWN)
def test_its_colours_are_shown(name) -> None:
    """Pixel by pixel; a palette and lossy packing within what they take."""
    make, wanted, levels = SHOWN[name]
    shown = decoding.read(make()).pixels
    if wanted is None:
        assert shown.shape == RGB.shape
        assert (shown == shown[..., :1]).all()
        return
    assert shown.shape == wanted.shape
    away = np.abs(shown.astype(int) - wanted)
    assert away.max() <= levels
    assert away.mean() <= max(1, levels / 4)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_camera_holds_its_pictures_upright(kind, orientation) -> None:
    """EXIF's eight orientations in each format; HEIF writes them as turns of its own."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"WEBP": {"lossless": True}, "AVIF": {"quality": 90}, "JPEG": {"quality": 95}}.get(kind, {})
    low = RGB[: SIDE // 2]
    data = heif(low, exif=exif.tobytes()) if kind == "HEIF" else saved(low, kind, exif=exif, **options)
    shown, wanted = decoding.read(data).pixels, decoding._upright(low, orientation)
    assert shown.shape == wanted.shape
    assert np.abs(shown.astype(int) - wanted).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_packed_as_jpeg_xl_is_turned_once(orientation) -> None:
    """The decoder turns it; the EXIF that came along says it again."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    low = RGB[: SIDE // 2]
    data = pylibjxl.jpeg_to_jxl(saved(low, "JPEG", quality=95, exif=exif))
    shown, wanted = decoding.read(data).pixels, decoding._upright(low, orientation)
    assert shown.shape == wanted.shape
    assert np.abs(shown.astype(int) - wanted).mean() < 3


def camera_tiff(order, *tags):
    """The first directory of a camera's TIFF: (tag, type, value)."""
    entries = b"".join(
        struct.pack(f"{order}HHI", tag, kind, 1)
        + (struct.pack(f"{order}HH", value, 0) if kind == 3 else struct.pack(f"{order}I", value))
        for tag, kind, value in tags
    )
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    return head + struct.pack(f"{order}H", len(tags)) + entries + bytes(200)


def moving(kind):
    out = io.BytesIO()
    Image.fromarray(RGB).save(out, kind, save_all=True, append_images=[Image.fromarray(RGB[::-1])])
    return out.getvalue()


REFUSED = {
    "DNG": (lambda: camera_tiff("<", (254, 4, 1), (50706, 4, 0x0401)), "raw file"),
    "NEF of Nikon": (lambda: camera_tiff(">", (254, 4, 1), (330, 4, 64)), "raw file"),
    "NEF, packed": (lambda: camera_tiff(">", (259, 3, 34713)), "raw file"),
    "ARW of Sony": (lambda: camera_tiff("<", (254, 4, 1), (259, 3, 6), (330, 4, 64)), "raw file"),
    "PEF of Pentax": (lambda: camera_tiff(">", (259, 3, 65535), (262, 3, 32803)), "raw file"),
    "SRW of Samsung": (lambda: camera_tiff("<", (259, 3, 32770)), "raw file"),
    "3FR of Hasselblad": (lambda: camera_tiff("<", (254, 4, 1), (330, 4, 64)), "raw file"),
    "CR2 of Canon": (lambda: b"II*\0\x10\0\0\0CR\2\0" + bytes(200), "raw file"),
    "CR3 of Canon": (lambda: b"\0\0\0\x18ftypcrx " + bytes(200), "raw file"),
    "CRW of Canon": (lambda: b"II\x1a\0\0\0HEAPCCDR" + bytes(200), "raw file"),
    "RAF of Fujifilm": (lambda: b"FUJIFILMCCD-RAW 0201" + bytes(200), "raw file"),
    "ORF of Olympus": (lambda: b"IIRO\x08\0\0\0" + bytes(200), "raw file"),
    "RW2 of Panasonic": (lambda: b"IIU\0\x18\0\0\0" + bytes(200), "raw file"),
    "X3F of Sigma": (lambda: b"FOVb" + bytes(200), "raw file"),
    "MRW of Minolta": (lambda: b"\0MRM" + bytes(200), "raw file"),
    "TIFF of half floats": (lambda: tiff(RGB.astype(np.float16), photometric="rgb"), "floating-point"),
    "planar TIFF of floats": (
        lambda: tiff(RGB.astype(np.float32).transpose(2, 0, 1), photometric="rgb", planarconfig="separate"),
        "floating-point",
    ),
    "TIFF of doubles": (lambda: tiff(GREY[..., 0].astype(np.float64)), "floating-point"),
    "TIFF of signed numbers": (lambda: tiff(GREY[..., 0].astype(np.int16)), "signed"),
    "32-bit TIFF": (lambda: tiff(GREY[..., 0].astype(np.uint32)), "32 bits"),
    "16-bit TIFF of inks": (lambda: tiff(deep(RGBA), photometric="separated"), "save it as RGB"),
    "JPEG XL": (lambda: b"\xff\x0a" + bytes(200), "JPEG XL"),
    "JPEG XL cut off": (lambda: pylibjxl.encode(RGB, lossless=True)[:-40], "cut off"),
    "JPEG XL in a box": (lambda: b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(200), "JPEG XL"),
    "moving GIF": (lambda: moving("GIF"), "animation of 2 frames"),
    "moving WebP": (lambda: moving("WEBP"), "animation of 2 frames"),
    "moving PNG": (lambda: moving("PNG"), "animation of 2 frames"),
    "JPEG 2000": (lambda: saved(RGB, "JPEG2000"), "not a picture"),
    "Photoshop": (lambda: b"8BPS\0\1" + bytes(60), "not a picture"),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not a picture"),
    "PDF": (lambda: b"%PDF-1.7\n" + bytes(60), "not a picture"),
    "film": (lambda: b"\0\0\0\x18ftypmp42" + bytes(100), "not a picture"),
    "JPEG cut off": (lambda: saved(RGB, "JPEG")[:-60], "cut off or damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_a_sentence(name) -> None:
    """What it is, or what is wrong, and what to do: never a preview by accident, never a traceback."""
    make, words = REFUSED[name]
    with pytest.raises(BadImage, match=words) as refusal:
        decoding.read(make())
    assert str(refusal.value).endswith(".")
    assert str(refusal.value).count(".") <= 3
