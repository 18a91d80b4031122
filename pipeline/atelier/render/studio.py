"""The photographer's studio: softboxes around the piece as an environment map, and a white sweep under it.

The sweep is analytic. Its brightness at any point is a shadow map made once per piece, so the page is free of noise
and the same in every view, macro and angle. The lights' tables are made once per process and shared: nobody may write
into them.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

ENVIRONMENT_HEIGHT = 256
# Luminous reflectance of the white sweep.
SWEEP_ALBEDO = 0.85
# Share of the sweep's brightness that reaches a surface facing down, shadow and falloff taken off.
SWEEP_SEEN = 0.7

# Azimuth and elevation of the lamps that only stones see.
LAMPS_DEG = (
    (20, 58),
    (-28, 47),
    (80, 68),
    (-95, 74),
    (140, 70),
    (-165, 66),
    (5, 33),
    (175, 48),
    (-60, 30),
    (62, 40),
)
LAMP_RADIANCE = 5.0
FLAGS_DEG = ((-42, -20, 2, 80), (22, 44, 2, 80), (106, 121, 2, 64), (-121, -106, 2, 64))
"""Black flags of a lying piece: azimuth from and to, elevation from and to."""

SILK_DEG = (156, 244, 34, 51)
"""Where a face that lies up mirrors to from the angles of a raised ring: azimuth from and to, elevation from and to."""


@dataclass(frozen=True)
class Studio:
    """Lights and page of one set-up.

    `environment` (h, 2h) float32 radiance of white light, row 0 at the zenith, column 0 towards +y;
    `sweep_radiance` of the unshadowed floor; `exposure` from radiance to display; `falloff` radii in mm between which
    the floor seen in reflections dims to `far` (the sweep ends and the dark room begins); `upright` whether the piece
    stands.
    """

    environment: np.ndarray
    sweep_radiance: float
    exposure: float
    falloff: tuple[float, float]
    far: float
    upright: bool


def set_up(*, upright: bool, radius_mm: float) -> Studio:
    """Light a standing piece (strip boxes, dark gaps) or a lying one (overhead boxes around the camera)."""
    environment, sweep = _lights(upright)
    near, far = (0.55, 4.2) if upright else (0.6, 3.0)
    exposure = 0.80 if upright else 0.95
    return Studio(environment, sweep, exposure, (near * radius_mm, far * radius_mm), 0.14, upright)


def irradiance(environment: np.ndarray) -> float:
    """Irradiance on a floor that sees the whole upper hemisphere."""
    height, width = environment.shape[:2]
    theta = (np.arange(height) + 0.5) / height * np.pi
    weight = np.clip(np.cos(theta), 0, None) * np.sin(theta) * (np.pi / height) * (2 * np.pi / width)
    return float((environment * weight[:, None]).sum())


@cache
def lamps() -> np.ndarray:
    """Small hard lamps all around (h, 2h) float32 that only stones see: every facet that finds one flashes.

    On a polished plate they would be white blots, as a photographer knows who paints them out.
    """
    sky = _Sky(ENVIRONMENT_HEIGHT)
    light = np.zeros_like(sky.z)
    for azimuth, elevation in LAMPS_DEG:
        turn, rise = np.radians(azimuth), np.radians(elevation)
        towards = (np.sin(turn) * np.cos(rise), -np.cos(turn) * np.cos(rise), np.sin(rise))
        light = light + LAMP_RADIANCE * sky.cap(towards, 4.5, 3)
    return np.asarray(light, dtype=np.float32)


def stone_sky(environment: np.ndarray, *, upright: bool) -> np.ndarray:
    """What stones see of an environment (h, 2h): all of its boxes, without the silk, and the lamps."""
    return np.asarray(environment / _silk(upright=upright) + lamps(), dtype=np.float32)


@cache
def _silk(*, upright: bool) -> np.ndarray:
    """How much of the light gets through the silk before a standing piece's octabox, (h, 2h)."""
    sky = _Sky(ENVIRONMENT_HEIGHT)
    return np.asarray(1 - 0.68 * sky.box(*SILK_DEG, 12) if upright else np.ones_like(sky.z), dtype=np.float32)


@cache
def diffuse_light(*, upright: bool, height: int = 32) -> np.ndarray:
    """Radiance (h, 2h) float32 of a white diffuse surface by its normal: the environment blurred by the cosine."""
    environment, sweep_radiance = _lights(upright)
    coarse = environment.reshape(64, -1, 128, environment.shape[1] // 128).mean(axis=(1, 3))
    source, target = _Sky(64), _Sky(height)
    coarse = np.where(source.z < 0, sweep_radiance * SWEEP_SEEN, coarse)
    area = np.sqrt(np.clip(1 - source.z**2, 0, 1)).ravel().astype(np.float32)
    cosine = _stack(target) @ _stack(source).T
    np.maximum(cosine, 0, out=cosine)
    light = cosine @ (area * coarse.ravel().astype(np.float32)) / (cosine @ area)
    return np.asarray(light.reshape(height, 2 * height), dtype=np.float32)


@cache
def _lights(upright: bool) -> tuple[np.ndarray, float]:  # noqa: FBT001 - a cache's key
    """Environment of a standing or a lying piece, and the radiance of the sweep under it."""
    environment = light_standing() if upright else light_lying()
    return environment, SWEEP_ALBEDO * irradiance(environment) / np.pi


def light_standing() -> np.ndarray:
    """Environment for a piece seen from the front: overhead octabox, strip boxes left and right, rim lights."""
    sky = _Sky(ENVIRONMENT_HEIGHT)
    light = 0.085 + 0.10 * np.clip(sky.z, 0, 1)
    light = light + sky.cap((-0.15, 0.40, 1.0), 33, 5) * (2.1 + 0.9 * sky.z)
    light = light + sky.box(-102, -56, 2, 60, 4) * (2.3 + 1.5 * sky.ramp(sky.elevation, 0, 60))
    light = light + sky.box(60, 94, 0, 66, 4) * (1.7 + 1.1 * sky.ramp(sky.elevation, 0, 60))
    light = light + 1.25 * sky.box(138, 222, 4, 42, 5)
    light = light + 1.7 * sky.box(10, 30, 20, 50, 4)
    light = light + 0.9 * sky.box(-34, -22, 8, 34, 4)
    # A flat face that lies up, as a signet's, mirrors one small part of the sky into a camera above the head: there a
    # silk hangs before the octabox, or the face would be a white hole.
    light = light * _silk(upright=True)
    return np.asarray(light, dtype=np.float32)


def light_lying() -> np.ndarray:
    """Environment for a piece seen from above: large boxes on both sides and behind, a dark hole at the camera."""
    sky = _Sky(ENVIRONMENT_HEIGHT)
    light = 0.10 + 0.08 * np.clip(sky.z, 0, 1)
    light = light + sky.box(-152, -42, 20, 66, 7) * (1.5 + 1.4 * sky.ramp(sky.elevation, 70, 20))
    light = light + sky.box(44, 122, 16, 58, 7) * (1.2 + 1.1 * sky.ramp(sky.elevation, 60, 10))
    light = light + 1.5 * sky.box(146, 192, 12, 62, 8)
    # A flat plate shows the camera a few degrees of sky: there this box's soft edge runs, so that it is graded from a
    # bright corner to a dark one, as by a flag, and is told from the page.
    light = light + 0.9 * sky.cap((-0.185, 0.557, 0.809), 22, 10)
    light = light + 1.2 * sky.cap((0.0, -0.9, 0.55), 13, 6)
    # A plate mirrors one small part of the sky: a veil around the camera keeps it from going flat and brown.
    light = light + 0.42 * sky.cap((-0.05, -0.12, 1.0), 26, 44)
    # White metal on white paper has an edge only where it mirrors black: narrow flags between the boxes.
    for left, right, low, high in FLAGS_DEG:
        light = light * (1 - 0.96 * sky.box(left, right, low, high, 3))
    # The same for a plate seen close: down from the box behind it mirrors a black card whose far end is out of focus.
    near = np.clip((0.31 - sky.y) / 0.07 + 0.5, 0, 1) * sky.ramp(sky.y, -0.45, 0.16)
    light = light * (1 - 0.86 * near * sky.ramp(np.abs(sky.x), 0.8, 0.25))
    return np.asarray(light, dtype=np.float32)


class _Sky:
    """Directions of every texel, and soft-edged shapes drawn on them. Angles in degrees, azimuth 0 at -y."""

    def __init__(self, height: int) -> None:
        theta = (np.arange(height) + 0.5)[:, None] / height * np.pi
        turn = (np.arange(2 * height) + 0.5)[None, :] / (2 * height) * 2 * np.pi
        self.x = np.sin(theta) * np.sin(turn)
        self.y = np.sin(theta) * np.cos(turn)
        self.z = np.cos(theta) + 0 * turn
        self.azimuth = np.degrees(np.arctan2(self.x, -self.y))
        self.elevation = 90 - np.degrees(theta) + 0 * turn

    def ramp(self, values: np.ndarray, start: float, end: float) -> np.ndarray:
        return np.asarray(np.clip((values - start) / (end - start), 0, 1))

    def box(self, left: float, right: float, low: float, high: float, soft: float) -> np.ndarray:
        """A box from azimuth ``left`` on to ``right``, which may lie beyond 180: it closes across the map's seam."""
        from_middle = np.abs((self.azimuth - (left + right) / 2 + 180) % 360 - 180)
        across = self._edge((right - left) / 2 - from_middle, soft)
        return np.asarray(
            across * self._edge(self.elevation - low, soft) * self._edge(high - self.elevation, soft)
        )

    def cap(self, towards: tuple[float, float, float], angle: float, soft: float) -> np.ndarray:
        axis = np.asarray(towards) / np.linalg.norm(towards)
        away = np.degrees(np.arccos(np.clip(self.x * axis[0] + self.y * axis[1] + self.z * axis[2], -1, 1)))
        return self._edge(angle - away, soft)

    @staticmethod
    def _edge(distance: np.ndarray, soft: float) -> np.ndarray:
        step = np.clip(distance / soft + 0.5, 0, 1)
        return np.asarray(step * step * (3 - 2 * step))


def _stack(sky: _Sky) -> np.ndarray:
    return np.stack([sky.x.ravel(), sky.y.ravel(), sky.z.ravel()], axis=1).astype(np.float32)
