"""What the stand-ins deliver: plain drawings, resampled crops, pencil edges, a ring as GLB."""

import io
import json
import struct
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pipeline import images
from pipeline.images import Pixels


@lru_cache(maxsize=16)
def drawn(width: int, height: int, seed: int = 0) -> Pixels:
    """A gold ring with a stone, on white."""
    side = min(width, height)
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    middle, radius = (width / 2, height / 2), 0.3 * side
    gold = [(212, 175, 55), (201, 164, 76), (222, 184, 90)][seed % 3]
    for inset in range(max(3, side // 40)):
        shade = 0.6 + 0.5 * inset / max(3, side // 40)
        colour = tuple(min(255, int(part * shade)) for part in gold)
        r = radius - inset
        pen.ellipse((middle[0] - r, middle[1] - r, middle[0] + r, middle[1] + r), outline=colour)
    stone = 0.08 * side
    top = middle[1] - radius
    pen.regular_polygon((middle[0], top, stone), 8, fill=(70, 110, 190), outline=(30, 50, 110))
    return np.asarray(picture)


@lru_cache(maxsize=16)
def enhanced(data: bytes, width: int, height: int) -> Pixels:
    """The same picture, larger and sharper, in place."""
    picture = Image.fromarray(images.decode(data)).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(picture.filter(ImageFilter.UnsharpMask(radius=1.2, percent=60, threshold=2)))


@lru_cache(maxsize=16)
def sketched(data: bytes, width: int, height: int) -> Pixels:
    """The picture as a pencil drawing: contours over faint shading, grey on white, in place."""
    grey = Image.fromarray(images.decode(data)).convert("L").resize((width, height), Image.Resampling.LANCZOS)
    scale = max(width, height) / 1024
    fine, wide = (
        np.asarray(grey.filter(ImageFilter.GaussianBlur(r * scale)), np.float32) for r in (0.8, 3.2)
    )
    contour = np.clip(7.0 * np.abs(fine - wide), 0, 190)
    shade = 0.35 * np.clip(245 - wide, 0, 255)
    lines = np.clip(255 - contour - shade, 25, 255).astype(np.uint8)
    return np.repeat(lines[..., None], 3, axis=2)


def edited(data: bytes, width: int, height: int, prompt: str) -> Pixels:
    """What an editor makes of a picture: a drawing if it is asked for one, else the same, larger."""
    drawing = any(word in prompt.lower() for word in ("drawing", "sketch", "pencil"))
    return sketched(data, width, height) if drawing else enhanced(data, width, height)


def png(pixels: Pixels) -> bytes:
    """Encoded without loss."""
    return images.encode_png(pixels)


def jpeg(pixels: Pixels) -> bytes:
    """Encoded as Seedream 4 does."""
    return images.encode_jpeg(pixels, 95)


def webp(pixels: Pixels) -> bytes:
    """Encoded as WebP."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=95)
    return out.getvalue()


def ring_glb(
    colour: tuple[float, float, float] = (0.83, 0.69, 0.22), around: int = 48, across: int = 16
) -> bytes:
    """A plain ring, glTF 2.0 binary; the metal has the colour given (linear, 0..1)."""
    u, v = np.meshgrid(np.arange(around) / around, np.arange(across) / across, indexing="ij")
    u, v = 2 * np.pi * u.ravel(), 2 * np.pi * v.ravel()
    wide, thin = 0.01, 0.0012
    normals = np.stack([np.cos(v) * np.cos(u), np.sin(v), np.cos(v) * np.sin(u)], axis=1)
    points = thin * normals + wide * np.stack([np.cos(u), 0 * u, np.sin(u)], axis=1)
    i, j = np.meshgrid(np.arange(around), np.arange(across), indexing="ij")
    here, right = i * across + j, (i + 1) % around * across + j
    up, both = i * across + (j + 1) % across, (i + 1) % around * across + (j + 1) % across
    corners = np.stack([here, up, right, right, up, both], axis=-1).reshape(-1)
    chunks = [
        points.astype("<f4").tobytes(),
        normals.astype("<f4").tobytes(),
        corners.astype("<u4").tobytes(),
    ]
    starts = [0, len(chunks[0]), len(chunks[0]) + len(chunks[1])]
    vector = {"componentType": 5126, "count": len(points), "type": "VEC3"}
    scene = {
        "asset": {"version": "2.0", "generator": "Loupe demo"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorFactor": [*colour, 1.0],
                    "metallicFactor": 1.0,
                    "roughnessFactor": 0.2,
                }
            }
        ],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": 0}]}
        ],
        "accessors": [
            {"bufferView": 0, **vector, "min": points.min(0).tolist(), "max": points.max(0).tolist()},
            {"bufferView": 1, **vector},
            {"bufferView": 2, "componentType": 5125, "count": len(corners), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(chunk)}
            for start, chunk in zip(starts, chunks, strict=True)
        ],
        "buffers": [{"byteLength": sum(map(len, chunks))}],
    }
    told = json.dumps(scene, separators=(",", ":")).encode()
    told += b" " * (-len(told) % 4)
    binary = b"".join(chunks)
    head = struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(told) + 8 + len(binary))
    return (
        head
        + struct.pack("<I4s", len(told), b"JSON")
        + told
        + struct.pack("<I4s", len(binary), b"BIN\0")
        + binary
    )


def glb_of(picture: bytes) -> bytes:
    """A ring in the colour that is darkest and strongest in the picture."""
    pixels = images.resize(images.decode(picture), 32, 32).reshape(-1, 3).astype(np.float64)
    weight = np.ptp(pixels, axis=1) + 1e-3
    mean = (pixels * weight[:, None]).sum(0) / weight.sum() / 255
    red, green, blue = (float(part**2.2) for part in mean)
    return ring_glb((red, green, blue))
