"""A GLB in the light box, rasterised: quick, the same on every machine, and plainly less than a path tracer.

Metal mirrors the box blurred by its roughness, other surfaces scatter it, clear ones show what is behind them in
their own colour. No shadows, no light from part to part.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import colour
from pipeline.images import Pixels
from pipeline.solids.camera import Camera
from pipeline.solids.light import radiance
from pipeline.solids.raster import Hits, look
from pipeline.solids.reading import Solid, Surface

Array = NDArray[np.floating[Any]]

PAPER = 0.99
"""Linear grey of the page behind the piece."""
SUPERSAMPLE = 2
_ROUGHNESSES = (0.12, 0.35, 0.6)
_ROWS = 32
_BYTES = np.arange(256, dtype=np.float32) / 255
_LEVELS = colour.decode(_BYTES)
"""Linear light of each level of sRGB (IEC 61966-2-1)."""


def picture(solid: Solid, camera: Camera, size: int) -> Pixels:
    """Render `size` x `size` pixels on the page, each from `SUPERSAMPLE` squared samples."""
    return develop(solid, camera, look(solid, camera, size * SUPERSAMPLE))


def develop(solid: Solid, camera: Camera, hits: Hits) -> Pixels:
    """The picture of what a film saw, at 1 / `SUPERSAMPLE` of its side."""
    size = len(hits.face) // SUPERSAMPLE
    linear = np.full((*hits.face.shape, 3), PAPER, np.float32)
    linear[hits.silhouette] = _tone(colours(solid, camera, hits))
    averaged = linear.reshape(size, SUPERSAMPLE, size, SUPERSAMPLE, 3).mean(axis=(1, 3))
    return np.asarray(colour.encode(averaged) * 255 + 0.5, dtype=np.uint8)


def colours(solid: Solid, camera: Camera, hits: Hits) -> Array:
    """Linear colour (k, 3) of the k pixels that see the piece, in the order of the film's rows."""
    seen = hits.silhouette
    face, weights = hits.face[seen], hits.weights[seen]
    shares = np.concatenate([1 - weights.sum(axis=1, keepdims=True), weights], axis=1)
    corners = solid.faces[face]

    def across(values: NDArray[np.float32]) -> NDArray[np.float32]:
        """A corner's value, at each place hit."""
        return np.asarray(np.einsum("nk,nkd->nd", shares, values[corners]))

    points, normals = across(solid.points), across(solid.normals)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    view = camera.towards(points)
    facing = (normals * view).sum(axis=1, keepdims=True)
    normals = np.where(facing < 0, -normals, normals)  # both sides are shown, as most viewers do
    facing = np.abs(facing)
    uvs = across(solid.uvs)
    rgb = np.zeros((len(face), 3), np.float32)
    for index in np.unique(solid.surface_of[face]):
        of = solid.surface_of[face] == index
        rgb[of] = _lit(solid.surfaces[index], uvs[of], normals[of], view[of], facing[of])
    return rgb


def _lit(surface: Surface, uvs: Array, normals: Array, view: Array, facing: Array) -> Array:
    base = np.array(surface.colour, np.float32) * _texel(surface.texture, uvs)
    mirrored = 2 * facing * normals - view
    shine = _light(mirrored, surface.roughness)
    grazing = (1 - facing) ** 5
    plain = ((surface.ior - 1) / (surface.ior + 1)) ** 2
    metal = shine * (base + (1 - base) * grazing)
    gloss = shine * (plain + (1 - plain) * grazing * (1 - surface.roughness))
    scattered = base * _light(normals, 1.0)
    if surface.transmission:
        # A cut stone sends back what comes from the front, thrown about by its facets and tinted on its way.
        through = base * (0.25 * _light(-view, 0.6) + 0.75 * _light(_thrown(mirrored), 0.12))
        scattered = scattered * (1 - surface.transmission) + through * surface.transmission
    return np.asarray(surface.metallic * metal + (1 - surface.metallic) * (scattered + gloss))


def _thrown(directions: Array) -> Array:
    """Directions after a few bounces in a stone: still one per facet, but far from where they began."""
    x, y, z = directions.T
    return np.stack([np.sin(5 * y + 3 * z), np.cos(4 * x - 2 * z), np.sin(3 * x + 5 * y)], axis=1)


def _texel(texture: NDArray[np.uint8] | None, uvs: Array) -> Array:
    if texture is None:
        return np.ones((1, 3), np.float32)
    height, width = texture.shape[:2]
    wrapped = uvs - np.floor(uvs)
    wrapped = np.where((wrapped == 0) & (uvs >= 1), 1.0, wrapped)
    x = np.clip((wrapped[:, 0] * width).astype(np.int64), 0, width - 1)
    y = np.clip((wrapped[:, 1] * height).astype(np.int64), 0, height - 1)
    return np.asarray(_LEVELS[texture[y, x]])


def _light(directions: Array, roughness: float) -> Array:
    """The box's light from directions (n, 3), seen by a surface of this roughness; 1 is diffuse."""
    level = _blurred(len(_ROUGHNESSES)) if roughness >= 0.9 else _blurred(_nearest(roughness))
    rows, columns = level.shape[:2]
    unit = directions / np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    x = (np.arctan2(unit[:, 0], unit[:, 2]) / (2 * np.pi) + 0.5) * columns - 0.5
    y = np.clip(np.arccos(np.clip(unit[:, 1], -1, 1)) / np.pi * rows - 0.5, 0, rows - 1)
    left, above = np.floor(x).astype(np.int64), np.minimum(np.floor(y).astype(np.int64), rows - 2)
    right, across, down = (left + 1) % columns, (x - left)[:, None], (y - above)[:, None]
    left %= columns
    upper = level[above, left] * (1 - across) + level[above, right] * across
    lower = level[above + 1, left] * (1 - across) + level[above + 1, right] * across
    return np.asarray(upper * (1 - down) + lower * down)


def _nearest(roughness: float) -> int:
    return int(np.argmin([abs(r - roughness) for r in _ROUGHNESSES]))


@lru_cache(maxsize=len(_ROUGHNESSES) + 1)
def _blurred(level: int) -> Array:
    """The box seen through a lobe: level 0 as it is, then ever rougher, the last one diffuse."""
    box = radiance()
    if level == 0:
        return box.astype(np.float32)
    small = box.reshape(_ROWS, box.shape[0] // _ROWS, 2 * _ROWS, box.shape[1] // (2 * _ROWS), 3).mean(
        axis=(1, 3)
    )
    polar = (np.arange(_ROWS) + 0.5) / _ROWS * np.pi
    round_about = ((np.arange(2 * _ROWS) + 0.5) / (2 * _ROWS) * 2 - 1) * np.pi
    sine = np.sin(polar)[:, None]
    places = np.stack(
        [sine * np.sin(round_about), np.cos(polar)[:, None] * np.ones(2 * _ROWS), sine * np.cos(round_about)],
        axis=-1,
    ).reshape(-1, 3)
    # A Phong lobe about as wide as GGX of that roughness; the cosine for the diffuse one.
    power = 1.0 if level == len(_ROUGHNESSES) else 2 / _ROUGHNESSES[level] ** 4
    kernel = np.maximum(places @ places.T, 0) ** power * np.repeat(sine.ravel(), 2 * _ROWS)
    kernel /= kernel.sum(axis=1, keepdims=True)
    return np.asarray((kernel @ small.reshape(-1, 3)).reshape(_ROWS, 2 * _ROWS, 3), dtype=np.float32)


def _tone(linear: Array) -> Array:
    """Keep what is below 0.8 as it is and roll the rest off towards white."""
    over = np.maximum(linear - 0.8, 0)
    return np.asarray(np.minimum(linear, 0.8) + 0.2 * over / (over + 0.2))
