"""What a finish or a pattern does where a ray meets it: reliefs that bend normals, bodies that vary in colour."""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.render import relief
from pipeline.atelier.render.colour_lanes import number
from pipeline.atelier.render.intersect import World
from pipeline.atelier.render.scene import MOSAICS, PATTERNS, RELIEFS, Scene
from pipeline.atelier.render.wear import Wear

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

# Brush strokes are this much finer across than along.
STROKE_LENGTH = 0.03
# A star's and an eye's band of light: its half width as the cosine between the half vector and the needles. Silk lies
# in three directions of the basal plane, sixty degrees apart, or in one (K. Nassau, The Physics and Chemistry of Color,
# 2001, chapter 12); each is a bundle of mirroring cylinders, which shine square to themselves (Kajiya and Kay 1989).
RAY_WIDTH, EYE_WIDTH, TIGER_WIDTH = 0.045, 0.05, 0.3
NEEDLES_DEG = (0.0, 60.0, 120.0)
# How far the lamp of such stones is moved from opposite the camera toward the dome's axis.
LAMP_NEARER = 0.3
# Where the planes lie that an opal's light is seen from, mm under its skin; how much of each is seen.
OPAL_DEPTHS_MM, OPAL_SHARES = (0.0, 0.5, 1.2), (0.55, 0.6, 0.6)


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
        self._wear = Wear() if scene.has_wear else None

    def roughen(
        self, point: Array, normal: Array, direction: Array, base: Array, active: Array
    ) -> tuple[Array, Array, Array, Array]:
        """Shading frame after the finish's relief: normal, stroke direction, across it; and what wear adds to the
        roughness.
        """
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
            normal = _bent(normal, slope, kind.y, direction, active)
            along = dr.normalize(along - dr.dot(along, normal) * normal)
        dulled = mi.Float(0.0)
        if self._wear is not None:
            worn = active & (self._world.eighth(base, active).w > 0)
            slope, dull = self._wear.marks(point, normal, worn)
            normal, dulled = _bent(normal, slope, 1.0, direction, worn), dr.select(worn, dull, 0.0)
            along = dr.normalize(along - dr.dot(along, normal) * normal)
        return normal, along, dr.cross(normal, along), dulled

    def body_colour(
        self, coated: Array, body: Array, point: Array, normal: Array, direction: Array, base: Array
    ) -> Array:
        """Colour of a coated stone's body where a ray that goes in `direction` meets it."""
        if not self._patterns - {PATTERNS[""]}:
            return body
        kind = self._world.fifth(base, coated).z
        cosine = -dr.dot(direction, normal)
        inward, half, axis, length = self._inside(direction, normal, base, coated)
        rose, silver = mi.Color3f(1.08, 0.955, 0.965), mi.Color3f(0.93, 0.975, 1.0)
        overtone = body * (silver + (rose - silver) * dr.square(cosine))
        result = dr.select(kind == PATTERNS["pearl"], overtone, body)
        if "mosaic" in self._volumes:
            patch = self._volumes["mosaic"].eval(mi.Point3f(point) / relief.PATTERN_TILE_MM, active=coated)
            vein = dr.clip(patch[3] * dr.clip(patch[2] * 3 - 1.2, 0, 1) * 1.4, 0, 1)
            stone = body * (1 - vein) + mi.Color3f(0.045, 0.028, 0.018) * vein
            if PATTERNS["opal"] in self._patterns:
                result = dr.select(
                    kind == PATTERNS["opal"], self._opal(body, point, inward, half, axis, coated), result
                )
            result = dr.select(kind == PATTERNS["matrix"], stone, result)
            for name, colour in self._ornamental(body, patch, point, cosine, half, axis, length):
                result = dr.select(kind == PATTERNS[name], colour, result)
        if PATTERNS["star"] in self._patterns:
            across = dr.cross(axis, length)
            turns = [(float(np.cos(np.radians(k))), float(np.sin(np.radians(k)))) for k in NEEDLES_DEG]
            needles = [c * length + s * across for c, s in turns]
            star = dr.minimum(sum(_shine(half, needle, RAY_WIDTH) for needle in needles), 1.2)
            result = dr.select(kind == PATTERNS["star"], body + mi.Color3f(0.62, 0.64, 0.70) * star, result)
        if PATTERNS["eye"] in self._patterns:
            # Milk on one side of the band, honey on the other, by where the lamp stands.
            across = dr.cross(axis, length)
            milk = 1 + 0.35 * dr.clip(3 * dr.dot(half, across), -1, 1)
            eye = _shine(half, across, EYE_WIDTH) + 0.25 * _shine(half, across, 5 * EYE_WIDTH)
            result = dr.select(
                kind == PATTERNS["eye"], body * milk + mi.Color3f(0.72, 0.68, 0.52) * eye, result
            )
        return result

    def _inside(
        self, direction: Array, normal: Array, base: Array, active: Array
    ) -> tuple[Array, Array, Array, Array]:
        """The ray refracted into a dome, the half vector there between it and the light of a lamp, the stone's axis and
        the way of its length; all unit vectors.

        The lamp stands where a photographer moves it for a star: opposite the camera, a little nearer to the dome's
        axis. Its light is refracted as well: that is why a star stands on the dome, and wanders as the dome is turned.
        """
        row, other = self._world.crystal(base, active)
        axis, length = mi.Vector3f(row.x, row.y, row.z), mi.Vector3f(other.x, other.y, other.z)
        inward = _refracted(direction, normal)
        opposite = direction - 2 * dr.dot(direction, axis) * axis
        lamp = _refracted(-dr.normalize(opposite + LAMP_NEARER * axis + 0.06 * length), normal)
        return inward, -dr.normalize(inward + lamp), axis, length

    def _opal(
        self, body: Array, point: Array, inward: Array, half: Array, axis: Array, active: Array
    ) -> Array:
        """Play of colour from planes at several depths, so that patches pass one another as the stone is turned.

        Each patch is a grating of spheres that lies its own way: its colour goes with the angle, and it is bright near
        its own (J. V. Sanders, Colour of precious opal, Nature 204, 1964).
        """
        colour = body
        for depth, share in reversed(list(zip(OPAL_DEPTHS_MM, OPAL_SHARES, strict=True))):
            place = mi.Point3f(point + depth * inward + mi.Vector3f(3.1 * depth, 0, 0))
            patch = self._volumes["mosaic"].eval(place / relief.PATTERN_TILE_MM, active=active)
            leaning = dr.normalize(mi.Vector3f(patch[0] - 0.5, patch[1] - 0.5, patch[2] - 0.5) + 0.7 * axis)
            hue = 2 * np.pi * (1.3 * patch[0] + 1.1 * dr.abs(dr.dot(half, leaning)))
            flash = 0.5 + 0.5 * mi.Color3f(dr.cos(hue), dr.cos(hue - 2.1), dr.cos(hue - 4.2))
            strength = share * dr.clip(patch[1] * 2.4 - 0.9, 0, 1)
            strength = strength * (0.35 + 0.65 * _toward(half, leaning, 0.3))
            colour = colour * (1 - strength) + 1.05 * flash * strength
        return colour

    def _ornamental(
        self, body: Array, patch: Array, point: Array, cosine: Array, half: Array, axis: Array, length: Array
    ) -> list[tuple[str, Array]]:
        """Colours of the ornamental stones that occur on this piece: sheens, bands, clouds and flecks.

        A moonstone's and a labradorite's light comes off lamellae inside: the one's lie under the dome and scatter a
        blue billow, the other's lean, each domain a little otherwise, and interfere (Weidlich and Wilkie, Rendering the
        effect of labradorescence, Graphics Interface 2009).
        """
        # Bands bend with the patches they run through; `along` is across them, in millimetres.
        along = 0.8 * point.x + 0.5 * point.y + 0.35 * point.z + 0.55 * patch[0] + 0.35 * patch[1]
        bands = 0.5 + 0.5 * dr.sin(5.2 * along) * dr.sin(1.7 * along + 2 * patch[0])
        billow = _toward(half, axis, 0.06)
        lamella = dr.normalize(axis + 0.30 * length + 0.25 * mi.Vector3f(patch[0] - 0.5, patch[1] - 0.5, 0.0))
        sheen = _toward(half, lamella, 0.07)
        tiger = _shine(half, length, TIGER_WIDTH)
        wavelength = 450 + 110 * patch[1] + 160 * (1 - dr.abs(dr.dot(half, lamella)))
        spectral = mi.Color3f(
            _line(wavelength, 620.0, 60.0), _line(wavelength, 545.0, 50.0), _line(wavelength, 462.0, 48.0)
        )
        hue = 2 * np.pi * (0.55 + 0.22 * patch[1] + 0.25 * cosine)
        rainbow = 0.5 + 0.5 * mi.Color3f(dr.cos(hue), dr.cos(hue - 2.1), dr.cos(hue - 4.2))
        colours: dict[str, Array] = {
            "glow": body * (1 - 0.4 * billow)
            + mi.Color3f(0.02, 0.13, 0.46) * billow * (0.8 + 0.2 * patch[0]),
            "schiller": body + (0.75 * spectral + mi.Color3f(0.0, 0.06, 0.10)) * sheen,
            "flecks": dr.select(
                (patch[2] > 0.93) & (patch[3] < 0.45),
                mi.Color3f(0.75, 0.55, 0.20),
                body * (0.65 + 0.7 * patch[0]),
            ),
            "bands": body * (0.22 + 1.25 * bands),
            "cloud": body * (0.82 + 0.36 * patch[0]) + mi.Color3f(0.06, 0.06, 0.05) * patch[1],
            "nacre": body * (0.86 + 0.20 * rainbow),
            "silk": body * (0.35 + 0.9 * bands)
            + mi.Color3f(0.62, 0.36, 0.07) * tiger * (0.25 + 0.75 * bands),
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


def _bent(normal: Array, slope: Array, depth: Array, direction: Array, active: Array) -> Array:
    """The normal of a surface that slopes so, `depth` times, where a ray of that direction sees it from outside."""
    tangent = slope - dr.dot(slope, normal) * normal
    bumped = dr.normalize(normal - depth * tangent)
    return dr.select(active & (dr.dot(bumped, direction) < -0.02), bumped, normal)


def _refracted(direction: Array, normal: Array) -> Array:
    """A direction that goes into a stone of an index of 1.6, bent by its surface."""
    cosine = dr.minimum(dr.dot(direction, normal), -0.05)
    along = (direction - cosine * normal) / 1.6
    return dr.normalize(along - dr.safe_sqrt(1 - dr.squared_norm(along)) * normal)


def _shine(half: Array, needle: Array, width: float) -> Array:
    """Light off a bundle of needles: 1 where the half vector is square to them."""
    return dr.exp(-dr.square(dr.dot(half, needle) / width))


def _toward(half: Array, normal: Array, width: float) -> Array:
    """Light off a stack of lamellae: 1 where the half vector is their normal."""
    return dr.exp((dr.square(dr.dot(half, normal)) - 1) / width)


def _line(wavelength: Array, middle: float, width: float) -> Array:
    return dr.exp(-dr.square((wavelength - middle) / width))


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
