"""Bytes to pixels and back: decoding what users bring, exact crops, thumbnails, content ids.

Pixels are uint8 RGB arrays of shape (height, width, 3), sRGB. Bytes are encoded files; what is written says that
it is sRGB.
"""

import hashlib
import io
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from pipeline import decoding, metadata
from pipeline.decoding import Pixels as Pixels
from pipeline.profiles import srgb_profile

MAX_BYTES = 100_000_000
"""Of one file of a design."""
THUMBNAIL_SIDES = (384, 900)
"""Card and page width; anything larger is shown as the file's own pixels."""
GREY_STEP = 17
"""16 greys from black to white are the multiples of this."""
_RUNS = 3
"""Pillow's number for zlib's Z_RLE: drawings in grey pack as small as with the default, in half the time."""

_PERCEPTUAL = b"\0"
"""The rendering intent in PNG's sRGB chunk."""
_SRGB_CHUNK = b"\0\0\0\x01sRGB" + _PERCEPTUAL + struct.pack(">I", zlib.crc32(b"sRGB" + _PERCEPTUAL))
_STRIP_ROWS = 64
"""Rows filtered at a time, so that they stay in the processor's cache."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"glTF", "model/gltf-binary"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b'{"loupe-plate":', "application/json"),
)


def content_id(data: bytes) -> str:
    """The sha256 of the bytes, in hex: the asset's name."""
    return hashlib.sha256(data).hexdigest()


def media_type(data: bytes) -> str:
    """What the magic bytes say; `application/octet-stream` when they say nothing."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheim", b"ftypheis"}:
        return "image/heic"
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), "application/octet-stream")


def decode(data: bytes, *, first: bool = False) -> Pixels:
    """Decode any usual picture to sRGB: colour profile applied, upright, alpha flattened on white.

    Raises BadImage with one sentence for anything that is not a whole, still picture of sane size; with `first` an
    animation gives its first frame.
    """
    return decoding.read(data, moving=first).pixels


def encode_quickly(pixels: Pixels, mask: NDArray[np.bool_] | None = None) -> bytes:
    """RGB (h, w, 3) as an unpacked TIFF that never leaves this machine; a mask (h, w) becomes its alpha."""
    out = io.BytesIO()
    if mask is not None:
        pixels = np.concatenate([pixels, mask.astype(np.uint8)[..., None] * 255], axis=2)
    Image.fromarray(pixels).save(out, "TIFF")
    return out.getvalue()


def decode_masked(data: bytes) -> tuple[Pixels, NDArray[np.bool_] | None]:
    """RGB as it is beneath any alpha, and where the alpha is more than half; None where there is none."""
    picture = decoding.opened(data)
    if picture.mode != "RGBA":
        return decode(data), None
    pixels = np.asarray(picture)
    return np.ascontiguousarray(pixels[..., :3]), pixels[..., 3] > 127


def dimensions(data: bytes) -> tuple[int, int]:
    """(width, height) from the header alone, EXIF rotation not applied."""
    return decoding.opened(data).size


def encode_png(pixels: Pixels, *, recipe: Mapping[str, Any] | None = None, dpi: float | None = None) -> bytes:
    """Encode (h, w, 3) or grey (h, w) losslessly, tagged as sRGB.

    A recipe is written as the text chunk `loupe-recipe`, so that a stray file can be traced. A picture without
    colour is written with one channel, one of 16 greys with half a byte; `decode` gives the same pixels back.
    `dpi` is the resolution it is to be printed at, for drawings in grey (chunk pHYs).
    """
    texts = {}
    if recipe:
        texts["loupe-recipe"] = json.dumps(recipe, sort_keys=True, ensure_ascii=False)
        if packet := metadata.xmp(recipe):
            texts["XML:com.adobe.xmp"] = packet
    if pixels.ndim == 3:
        if not _neutral(pixels):
            return _png_of(pixels, texts)
        pixels = np.ascontiguousarray(pixels[..., 0])
    info = _tagged()
    for keyword, text in texts.items():
        info.add_itxt(keyword, text)
    out = io.BytesIO()
    picture = Image.fromarray(pixels)
    size: dict[str, Any] = {"dpi": (dpi, dpi)} if dpi else {}
    if not any(n for level, n in enumerate(picture.histogram()) if level % GREY_STEP):
        few = picture.point([level // GREY_STEP for level in range(256)])
        few.putpalette([level for level in range(0, 256, GREY_STEP) for _ in range(3)])
        few.save(out, "PNG", pnginfo=info, compress_level=6, compress_type=_RUNS, bits=4, **size)
    else:
        picture.save(out, "PNG", pnginfo=info, compress_level=4, compress_type=_RUNS, **size)
    return out.getvalue()


def stating(data: bytes, xmp: str) -> bytes:
    """A PNG with an XMP packet before its pixels, which stay; another file, or one that has a packet, as it is."""
    if not xmp or media_type(data) != "image/png" or b"XML:com.adobe.xmp" in data:
        return data
    body = b"iTXtXML:com.adobe.xmp" + b"\0" * 5 + xmp.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    after_header = 8 + 25
    return data[:after_header] + chunk + data[after_header:]


def encode_question(pixels: Pixels) -> bytes:
    """A PNG of (h, w, 3) as providers are sent it, tagged as sRGB; slower than `encode_png`, and never to change.

    Answers are kept under the bytes of their question (`untagged`): by another filter or level the same picture
    would be another question.
    """
    if _neutral(pixels):
        return encode_png(pixels)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", pnginfo=_tagged(), compress_level=4)
    return out.getvalue()


def untagged(data: bytes) -> bytes:
    """An encoded picture without the colour space it names: what the question was before pictures named theirs."""
    match media_type(data):
        case "image/png":
            return data.replace(_SRGB_CHUNK, b"", 1)
        case "image/jpeg":
            return _without_profile(data)
        case "image/webp" if data[12:16] == b"VP8X":
            start = data.find(b"VP8L", 30)  # past the profile, which is written before the pixels
            size = int.from_bytes(data[start + 4 : start + 8], "little")
            picture = data[start : start + 8 + size + size % 2]
            return b"RIFF" + struct.pack("<I", 4 + len(picture)) + b"WEBP" + picture
    return data


def encode_jpeg(pixels: Pixels, quality: int = 90, *, xmp: str = "", exact: bool = False) -> bytes:
    """Encode for display only, tagged as sRGB, without chroma subsampling so that small stones keep their colour.

    `xmp` is a packet that says how the picture came to be. `exact` keeps red, green and blue themselves: JPEG's usual
    Y, Cb and Cr, rounded to levels, cost up to 1 CIEDE2000 in dark colours, at any quality; the file is half as large
    again to twice as large.
    """
    out = io.BytesIO()
    picture = Image.fromarray(pixels)
    chunks: dict[str, Any] = {"icc_profile": srgb_profile(), **({"xmp": xmp.encode()} if xmp else {})}
    if exact and pixels.ndim == 3:
        chunks["keep_rgb"] = True
    try:
        picture.save(out, "JPEG", quality=quality, subsampling=0, optimize=True, **chunks)
    except OSError:  # optimizing needs the whole file in one buffer, and noise does not fit into Pillow's
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, subsampling=0, **chunks)
    return out.getvalue()


def encode_radiance(radiance: NDArray[Any]) -> bytes:
    """Write linear RGB (h, w, 3) above 0 as a Radiance HDR picture of flat RGBE (Ward, "Real Pixels", 1991)."""
    exponent = np.ceil(np.log2(radiance.max(-1)))
    mantissa = np.clip(radiance / np.exp2(exponent)[..., None] * 256, 0, 255)
    pixels = np.concatenate([mantissa, (exponent + 128)[..., None]], axis=-1).astype(np.uint8)
    height, width = radiance.shape[:2]
    return f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n".encode() + pixels.tobytes()


def crop(pixels: Pixels, box: tuple[int, int, int, int]) -> Pixels:
    """Cut (x, y, width, height) out, exactly."""
    x, y, width, height = box
    return np.ascontiguousarray(pixels[y : y + height, x : x + width])


def resize(pixels: Pixels, width: int, height: int) -> Pixels:
    """Resample to a size: area average when shrinking, Lanczos when enlarging."""
    shrinking = width <= pixels.shape[1] and height <= pixels.shape[0]
    method = Image.Resampling.BOX if shrinking else Image.Resampling.LANCZOS
    return np.asarray(Image.fromarray(pixels).resize((width, height), method))


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The (width, height) of a picture whose longer side is brought to at most `side` px."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def within(pixels: Pixels, side: int) -> Pixels:
    """The picture, reduced where its longer side has more than `side` px."""
    height, width = pixels.shape[:2]
    size = fitted(width, height, side)
    return pixels if size == (width, height) else resize(pixels, *size)


def thumbnail(pixels: Pixels, side: int) -> bytes:
    """A JPEG whose longer side is at most `side` px."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return encode_jpeg(np.asarray(picture), quality=88)


def thumbnails(pixels: Pixels) -> dict[int, bytes]:
    """The JPEG of each of `THUMBNAIL_SIDES`; the smaller ones are made from the larger."""
    picture = Image.fromarray(pixels)
    encoded = {}
    for side in sorted(THUMBNAIL_SIDES, reverse=True):
        picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
        encoded[side] = encode_jpeg(np.asarray(picture), quality=88)
    return encoded


def _tagged() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add(b"sRGB", _PERCEPTUAL)
    return info


def _without_profile(jpeg: bytes) -> bytes:
    """Leave out the segments APP2 of a colour profile (ICC.1, annex B.4)."""
    left, place = [jpeg[:2]], 2
    while jpeg[place : place + 1] == b"\xff" and jpeg[place + 1 : place + 2] != b"\xda":
        end = place + 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if jpeg[place + 1] != 0xE2 or jpeg[place + 4 : place + 15] != b"ICC_PROFILE":
            left.append(jpeg[place:end])
        place = end
    return b"".join([*left, jpeg[place:]])


def _neutral(pixels: Pixels) -> bool:
    """Whether a picture (h, w, 3) shows no colour; most that do show it in every 16th row already."""
    return all(bool((rows == rows[..., :1]).all()) for rows in (pixels[::16], pixels))


def _png_of(pixels: Pixels, texts: Mapping[str, str]) -> bytes:
    """Write colour (h, w, 3) as a PNG with international text chunks (ISO/IEC 15948).

    Each pixel is stored as its difference from the mean of the ones to its left and above (filter 3) and only runs
    are packed: photographs come out smaller than by a filter chosen per row and a thorough search, in a fifth of
    the time.
    """
    height, width = pixels.shape[:2]
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    packed = []
    above = np.zeros((1, 3 * width), np.uint8)
    for top in range(0, height, _STRIP_ROWS):
        flat = pixels[top : top + _STRIP_ROWS].reshape(-1, 3 * width)
        up = np.concatenate([above, flat[:-1]])
        above = flat[-1:]
        left, up_right = flat[:, :-3], up[:, 3:]
        mean = ((left ^ up_right) >> 1) + (left & up_right)  # rounded down, without leaving 8 bits
        rows = np.empty((len(flat), 1 + 3 * width), np.uint8)
        rows[:, 0] = 3
        np.subtract(flat[:, :3], up[:, :3] >> 1, out=rows[:, 1:4])
        np.subtract(flat[:, 3:], mean, out=rows[:, 4:])
        packed.append(packer.compress(rows.data))
    packed.append(packer.flush())
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    chunks += [(b"sRGB", _PERCEPTUAL)]
    chunks += [(b"iTXt", key.encode() + b"\0" * 5 + text.encode()) for key, text in texts.items()]
    chunks += [(b"IDAT", b"".join(packed)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))
        for name, body in chunks
    )
