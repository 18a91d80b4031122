"""What lies around the piece: the lights above, the sweep below with the piece's shadow on it, the page."""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.camera import Camera
from pipeline.atelier.render.colour_lanes import number
from pipeline.atelier.render.lens import Lens
from pipeline.atelier.render.studio import ENVIRONMENT_HEIGHT, Studio, diffuse_light, stone_sky

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

# Depth of the floor's shadow on the page.
SHADOW_STRENGTH = 0.78
# What stands at the camera, as a stone sees it: all dark within 18 degrees of it, nothing beyond 28.
OBSERVER_CORE, OBSERVER_EDGE = float(np.cos(np.radians(18))), float(np.cos(np.radians(28)))
OBSERVER_DARK = 0.95
# A black card where a table that faces up mirrors the camera: without it a diamond's gloss veils what is inside.
CARD_CORE, CARD_EDGE = float(np.cos(np.radians(24))), float(np.cos(np.radians(34)))
CARD_DARK = 0.9
# Share of half the film over which the shadow fades to white before the border.
WHITE_BORDER = 0.18


class Surroundings:
    """The studio as rays meet it that leave the piece. `floor` is the sweep's height in mm."""

    def __init__(self, studio: Studio, centre: np.ndarray, floor: float) -> None:
        self._sky, self._glow = (
            mi.Texture2f(
                mi.TensorXf(np.ascontiguousarray(picture[:, :, None])),
                filter_mode=dr.FilterMode.Linear,
                wrap_mode=dr.WrapMode.Repeat,
            )
            for picture in (_two_skies(studio), diffuse_light(upright=studio.upright))
        )
        self._pole = 0.5 / self._glow.shape[0]
        self._observer = [number(value) for value in (0.0, 0.0, -1.0)]
        self.floor = number(floor)
        self._centre = [number(value) for value in centre]
        self._near_mm, self._far_mm = (number(value) for value in studio.falloff)
        self._sweep = number(studio.sweep_radiance)
        self._sweep_far = number(studio.far)
        self._shadow: Array = None
        self._shadow_centre: tuple[Array, Array] = (0.0, 0.0)
        self._shadow_half: Array = 1.0

    def set_observer(self, away: np.ndarray) -> None:
        """Say which way the camera lies from the piece: stones see it and its photographer, who are dark."""
        self._observer = [number(value) for value in away]

    def set_shadow(self, visibility: np.ndarray, centre: tuple[float, float], half: float) -> None:
        """Lay a shadow map (n, n, k), 1 where the floor is fully lit, over the square `centre` +- `half` mm.

        Of three planes each is of a primary colour; one is of all.
        """
        self._shadow = mi.Texture2f(
            mi.TensorXf(np.ascontiguousarray(visibility, dtype=np.float32)),
            filter_mode=dr.FilterMode.Linear,
            wrap_mode=dr.WrapMode.Clamp,
        )
        self._shadow_centre = (number(centre[0]), number(centre[1]))
        self._shadow_half = number(half)

    def _lit(self, x: Array, y: Array) -> Array:
        u = (x - self._shadow_centre[0]) / (2 * self._shadow_half) + 0.5
        v = (y - self._shadow_centre[1]) / (2 * self._shadow_half) + 0.5
        inside = (u > 0) & (u < 1) & (v > 0) & (v < 1)
        planes = self._shadow.eval(mi.Point2f(u, v))
        lit = mi.Color3f(*planes) if len(planes) == 3 else planes[0]
        return dr.select(inside, lit, mi.Float(1.0))

    def page(self, lens: Lens, camera: Camera, size: int, ray: Array) -> Array:
        """Display-linear light of the page behind a primary ray, exactly white at the film's border."""
        (forward, right, up, _), half, _, _ = lens.optics(camera, size)
        ahead = dr.dot(ray.d, mi.Vector3f(*forward)) * half
        aside = dr.maximum(
            dr.abs(dr.dot(ray.d, mi.Vector3f(*right)) / ahead),
            dr.abs(dr.dot(ray.d, mi.Vector3f(*up)) / ahead),
        )
        inside = dr.clip((1 - aside) * (1 / WHITE_BORDER) - 0.15, 0, 1)
        inside = inside * inside * (3 - 2 * inside)
        distance = (self.floor - ray.o.z) / dr.minimum(ray.d.z, -1e-4)
        lit = self._lit(ray.o.x + distance * ray.d.x, ray.o.y + distance * ray.d.y)
        return dr.select(ray.d.z < -1e-4, 1 - SHADOW_STRENGTH * inside * (1 - lit), mi.Float(1.0))

    def light(self, origin: Array, direction: Array, stone: Array, gloss: Array) -> Array:
        """Radiance met by a ray that leaves the piece: the sweep below, above it the lights.

        What comes out of a `stone` meets lamps and the observer besides; the `gloss` on one meets the card over it.
        """
        turn, rise = sky_place(direction)
        # Half a texel short of the border: the other sky begins there.
        rise = dr.clip(0.5 * rise, 0.25 / ENVIRONMENT_HEIGHT, 0.5 - 0.25 / ENVIRONMENT_HEIGHT)
        sky = self._sky.eval(mi.Point2f(turn, rise + dr.select(stone, mi.Float(0.5), mi.Float(0.0))))[0]
        toward = dr.dot(direction, mi.Vector3f(*self._observer))
        seen = dr.clip((toward - OBSERVER_EDGE) / (OBSERVER_CORE - OBSERVER_EDGE), 0, 1)
        sky = sky * dr.select(stone, 1 - OBSERVER_DARK * seen * seen * (3 - 2 * seen), mi.Float(1.0))
        east, north, height = self._observer
        mirrored = height * direction.z - east * direction.x - north * direction.y
        hidden = dr.clip((mirrored - CARD_EDGE) / (CARD_CORE - CARD_EDGE), 0, 1)
        sky = sky * dr.select(gloss, 1 - CARD_DARK * hidden * hidden * (3 - 2 * hidden), mi.Float(1.0))
        distance = (self.floor - origin.z) / dr.minimum(direction.z, -1e-4)
        x, y = origin.x + distance * direction.x, origin.y + distance * direction.y
        away = dr.sqrt(dr.square(x - self._centre[0]) + dr.square(y - self._centre[1]))
        step = dr.clip((away - self._near_mm) / (self._far_mm - self._near_mm), 0, 1)
        step = step * step * (3 - 2 * step)
        sweep = self._sweep * self._lit(x, y) * (1 + (self._sweep_far - 1) * step)
        return dr.select(direction.z < -1e-4, sweep, sky)

    def open_light(self, direction: Array) -> Array:
        """Radiance of the lights, as metal sees them, and below them of the sweep where nothing shades it."""
        turn, rise = sky_place(direction)
        rise = dr.clip(0.5 * rise, 0.25 / ENVIRONMENT_HEIGHT, 0.5 - 0.25 / ENVIRONMENT_HEIGHT)
        sky = self._sky.eval(mi.Point2f(turn, rise))[0]
        return dr.select(direction.z < 0, self._sweep, sky)

    def diffuse(self, normal: Array) -> Array:
        """Radiance of a white diffuse surface by its normal."""
        turn, fall = sky_place(normal)
        # Half a texel short of the poles: beyond it the map would wrap from zenith to nadir.
        return self._glow.eval(mi.Point2f(turn, dr.clip(fall, self._pole, 1 - self._pole)))[0]


def _two_skies(studio: Studio) -> np.ndarray:
    """The sky that metal sees over the one that stones see (2h, 2h): one table, so that a lookup costs the same."""
    return np.concatenate([studio.environment, stone_sky(studio.environment, upright=studio.upright)])


def sky_place(direction: Array) -> tuple[Array, Array]:
    """Where a direction lies on a lat-long map, both axes 0..1."""
    turn = dr.atan2(direction.x, direction.y) * (0.5 / np.pi)
    return turn - dr.floor(turn), dr.acos(dr.clip(direction.z, -1, 1)) * (1 / np.pi)
