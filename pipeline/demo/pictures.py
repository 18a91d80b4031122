"""What the stand-ins deliver: plain drawings, resampled crops, pencil edges, a ring as GLB."""

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pipeline import glb, images
from pipeline.images import Pixels

Shades = NDArray[np.float32]


def drawn(width: int, height: int, seed: int = 0) -> Pixels:
    """A polished ring with a cut stone, on white; the seed chooses metal and stone."""
    return _drawn(width, height, seed % 12)


@lru_cache(maxsize=16)
def _drawn(width: int, height: int, seed: int) -> Pixels:
    side = float(min(width, height))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x + 0.5 - width / 2) / side, (y + 0.5 - 0.54 * height) / side
    edge = 1.2 / side
    picture = np.ones((height, width, 3), np.float32)
    shadow = 0.22 * np.exp(-((x / 0.26) ** 2 + ((y - 0.345) / 0.022) ** 2))
    picture -= shadow[..., None]

    radius, thick = np.hypot(x, y), 0.030
    across = np.clip((radius - 0.29) / thick, -1, 1)
    lean = np.sqrt(1 - across**2)
    light = 0.5 + 0.5 * np.sin(5.2 * across + 1.3 * np.sin(2 * np.arctan2(y, x)) + 0.8)
    shine = 0.30 + 0.62 * light * lean + 0.5 * np.exp(-((across - 0.35) ** 2) / 0.012)
    metal = np.array([(0.93, 0.73, 0.35), (0.90, 0.91, 0.93), (0.92, 0.66, 0.52)][seed % 3], np.float32)
    _cover(picture, (thick - np.abs(radius - 0.29)) / edge, metal * shine[..., None])

    gem_x, gem_y = x, y + 0.335
    turn, away = np.arctan2(gem_y, gem_x), np.hypot(gem_x, gem_y)
    rim = 0.092 * np.cos(np.pi / 16) / np.cos((turn % (np.pi / 8)) - np.pi / 16)
    facet = np.floor(turn / (np.pi / 8)) + 3 * np.floor(away / 0.031)
    glint = 0.35 + 0.65 * np.abs(np.sin(12.9898 * facet + seed))
    stones = [(0.16, 0.34, 0.86), (0.82, 0.10, 0.22), (0.10, 0.62, 0.38), (0.93, 0.95, 1.0)]
    stone = np.array(stones[seed % 4], np.float32)
    colour = stone * glint[..., None] + 0.55 * (glint[..., None] > 0.93)
    _cover(picture, (rim - away) / edge, colour)
    return (np.clip(picture, 0, 1) ** (1 / 1.1) * 255 + 0.5).astype(np.uint8)


def _cover(picture: Shades, inside: Shades, colour: Shades) -> None:
    """Lay a colour over the picture where `inside` (in pixels from the edge) is positive, softly at the edge."""
    share = np.clip(inside + 0.5, 0, 1)[..., None]
    picture += share * (np.clip(colour, 0, 1) - picture)


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
    buffer = glb.Buffer()
    primitive = {
        "attributes": {
            "POSITION": buffer.accessor(points.astype(np.float32), "VEC3", bounds=True),
            "NORMAL": buffer.accessor(normals.astype(np.float32), "VEC3"),
        },
        "indices": buffer.accessor(corners.astype(np.uint32), "SCALAR"),
        "material": 0,
    }
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
        "meshes": [{"primitives": [primitive]}],
        **buffer.described(),
    }
    return glb.pack(scene, buffer.binary)


@lru_cache(maxsize=16)
def glb_of(picture: bytes) -> bytes:
    """A ring in the colour that is darkest and strongest in the picture."""
    pixels = images.resize(images.decode(picture), 32, 32).reshape(-1, 3).astype(np.float64)
    weight = np.ptp(pixels, axis=1) + 1e-3
    mean = (pixels * weight[:, None]).sum(0) / weight.sum() / 255
    red, green, blue = (float(part**2.2) for part in mean)
    return ring_glb((red, green, blue))
