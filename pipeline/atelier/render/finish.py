"""What a finish or a pattern does where a ray meets it: reliefs that bend normals, bodies that vary in colour."""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.render import relief
from pipeline.atelier.render.colour_lanes import number
from pipeline.atelier.render.intersect import World
from pipeline.atelier.render.scene import MOSAICS, PATTERNS, RELIEFS, Scene

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

# Brush strokes are this much finer across than along.
STROKE_LENGTH = 0.03


class Skin:
    """The reliefs and patterns that occur on one piece."""

    def __init__(self, scene: Scene, world: World, *, upright: bool) -> None:
        self._patterns = scene.patterns
        self._world = world
        self._upright = upright
        # A ring's own centre: half its width above its lowest point. The turn is cut into whole tiles of strokes.
        centre = (scene.low + scene.high) / 2
        self._centre = [number(value) for value in centre]
        width = float(scene.high[0] - scene.low[0])
        self._hub = [number(k) for k in (centre[0], float(scene.low[2]) + width / 2, width / 2)]
        self._cuff = not upright and scene.cuff
        self._volumes = _make_volumes(scene)

    def roughen(
        self, point: Array, normal: Array, direction: Array, base: Array, active: Array
    ) -> tuple[Array, Array, Array]:
        """Shading frame after the finish's relief: normal, stroke direction, across it."""
        # Strokes run around the piece's y axis: along a shank, straight across a plate; around z on a cuff.
        along = dr.cross(normal, mi.Vector3f(0, 0, 1) if self._cuff else mi.Vector3f(0, 1, 0))
        flat = dr.squared_norm(along) < 1e-4
        along = dr.normalize(dr.select(flat, dr.cross(normal, mi.Vector3f(1, 0, 0)), along))
        if self._volumes:
            kind = self._world.fifth(base, active)
            slope = mi.Vector3f(0.0)
            for name, tile in (
                ("dimples", relief.DIMPLE_TILE_MM),
                ("grain", relief.GRAIN_TILE_MM),
                ("strokes", relief.STROKE_TILE_MM),
            ):
                if name not in self._volumes:
                    continue
                chosen = active & (kind.x == RELIEFS[name])
                place = self._stroke_place(point) if name == "strokes" else point
                value = self._volumes[name].eval(mi.Point3f(place) / tile, active=chosen)
                slope = dr.select(chosen, mi.Vector3f(value[0], value[1], value[2]), slope)
            tangent = slope - dr.dot(slope, normal) * normal
            bumped = dr.normalize(normal - kind.y * tangent)
            usable = dr.dot(bumped, direction) < -0.02
            normal = dr.select(active & usable, bumped, normal)
            along = dr.normalize(along - dr.dot(along, normal) * normal)
        return normal, along, dr.cross(normal, along)

    def body_colour(self, coated: Array, body: Array, point: Array, cosine: Array, base: Array) -> Array:
        """Colour of a coated stone's body where it is met, seen at `cosine`."""
        if "mosaic" not in self._volumes and PATTERNS["pearl"] not in self._patterns:
            return body
        kind = self._world.fifth(base, coated).z
        rose, silver = mi.Color3f(1.05, 0.985, 0.975), mi.Color3f(0.93, 0.985, 1.0)
        overtone = body * (silver + (rose - silver) * dr.square(cosine))
        result = dr.select(kind == PATTERNS["pearl"], overtone, body)
        if "mosaic" in self._volumes:
            patch = self._volumes["mosaic"].eval(mi.Point3f(point) / relief.PATTERN_TILE_MM, active=coated)
            hue = 2 * np.pi * (1.3 * patch[0] + 0.7 * cosine)
            flash = 0.5 + 0.5 * mi.Color3f(dr.cos(hue), dr.cos(hue - 2.1), dr.cos(hue - 4.2))
            strength = dr.clip(patch[1] * 2.4 - 0.9, 0, 1) * 0.6
            opal = body * (1 - strength) + flash * strength
            vein = dr.clip(patch[3] * dr.clip(patch[2] * 3 - 1.2, 0, 1) * 1.4, 0, 1)
            stone = body * (1 - vein) + mi.Color3f(0.045, 0.028, 0.018) * vein
            result = dr.select(kind == PATTERNS["opal"], opal, result)
            result = dr.select(kind == PATTERNS["matrix"], stone, result)
            for name, colour in self._ornamental(body, patch, point, cosine):
                result = dr.select(kind == PATTERNS[name], colour, result)
        return result

    def _ornamental(self, body: Array, patch: Array, point: Array, cosine: Array) -> list[tuple[str, Array]]:
        """Colours of the ornamental stones that occur on this piece: sheens, bands, clouds and flecks."""
        # Bands bend with the patches they run through; `along` is across them, in millimetres.
        along = 0.8 * point.x + 0.5 * point.y + 0.35 * point.z + 0.55 * patch[0] + 0.35 * patch[1]
        bands = 0.5 + 0.5 * dr.sin(5.2 * along) * dr.sin(1.7 * along + 2 * patch[0])
        sheen = dr.clip(1 - dr.abs(cosine - 0.55 - 0.5 * patch[0]) * 3.2, 0, 1)
        hue = 2 * np.pi * (0.55 + 0.22 * patch[1] + 0.25 * cosine)
        rainbow = 0.5 + 0.5 * mi.Color3f(dr.cos(hue), dr.cos(hue - 2.1), dr.cos(hue - 4.2))
        colours: dict[str, Array] = {
            "glow": body
            + mi.Color3f(0.02, 0.10, 0.26) * dr.square(dr.square(cosine)) * (0.7 + 0.3 * patch[0]),
            "schiller": body
            + mi.Color3f(0.05, 0.30, 0.52) * sheen
            + mi.Color3f(0.22, 0.24, 0.02) * sheen * patch[1],
            "flecks": dr.select(
                (patch[2] > 0.93) & (patch[3] < 0.45),
                mi.Color3f(0.75, 0.55, 0.20),
                body * (0.65 + 0.7 * patch[0]),
            ),
            "bands": body * (0.22 + 1.25 * bands),
            "cloud": body * (0.82 + 0.36 * patch[0]) + mi.Color3f(0.06, 0.06, 0.05) * patch[1],
            "nacre": body * (0.86 + 0.20 * rainbow),
            "silk": body * (0.35 + 0.9 * bands) + mi.Color3f(0.50, 0.30, 0.06) * sheen * bands,
        }
        return [(name, colour) for name, colour in colours.items() if PATTERNS[name] in self._patterns]

    def _stroke_place(self, point: Array) -> Array:
        """Where a brush stroke is looked up: strokes run around a standing piece, straight across a lying one."""
        if self._cuff:
            x, y = point.x - self._centre[0], point.y - self._centre[1]
            return mi.Point3f(point.z, dr.sqrt(x * x + y * y), STROKE_LENGTH * dr.atan2(x, -y) * self._hub[2])
        if not self._upright:
            return mi.Point3f(point.y, point.z, STROKE_LENGTH * point.x)
        x, z = point.x - self._hub[0], point.z - self._hub[1]
        away = dr.sqrt(x * x + z * z)
        return mi.Point3f(point.y, away, STROKE_LENGTH * dr.atan2(x, z) * self._hub[2])


def _make_volumes(scene: Scene) -> dict[str, Array]:
    tiles: dict[str, np.ndarray] = {}
    if RELIEFS["dimples"] in scene.reliefs:
        tiles["dimples"] = relief.dimples()
    if RELIEFS["strokes"] in scene.reliefs:
        tiles["strokes"] = relief.noise(3, 0.8)
    if RELIEFS["grain"] in scene.reliefs:
        tiles["grain"] = relief.noise(7, 0.7)
    if scene.patterns & MOSAICS:
        tiles["mosaic"] = relief.mosaic()
    return {
        name: mi.Texture3f(
            # A texture is looked up by x along its last axis.
            mi.TensorXf(np.ascontiguousarray(volume.transpose(2, 1, 0, 3))),
            filter_mode=dr.FilterMode.Linear,
            wrap_mode=dr.WrapMode.Repeat,
        )
        for name, volume in tiles.items()
    }
