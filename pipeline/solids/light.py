"""The light a model stands in: a jeweler's light box as an equirectangular Radiance HDR file.

Metal shows nothing but its surroundings. Even light makes gold look like brown plastic, so the box has
what a photographer puts round polished metal: a wide ceiling, tall strips, a white table, and black
cards beside the strips, whose dark edges draw the form. The app's viewer and the exported page use it.
"""

from functools import lru_cache

import numpy as np

from pipeline.images import encode_radiance

WIDTH, HEIGHT = 256, 128

# Radiances against a diffuse white of 1.
_WALL, _CEILING, _TABLE, _STRIP, _CARD = 0.22, 1.9, 0.5, 2.3, 0.02
_STRIPS_DEGREES = (-140.0, -48.0, 38.0, 128.0)
_WARMTH = (1.0, 0.985, 0.955)


@lru_cache(maxsize=1)
def studio_light() -> bytes:
    """Return the light box as a Radiance HDR file of 256 x 128 pixels, y up."""
    return encode_radiance(radiance())


def radiance() -> np.ndarray:
    """Return the light box as linear RGB (128, 256, 3): rows from the zenith down, columns once round from behind."""
    elevation = (90 - (np.arange(HEIGHT) + 0.5) / HEIGHT * 180)[:, None]
    azimuth = ((np.arange(WIDTH) + 0.5) / WIDTH * 360 - 180)[None, :]

    light = np.full((HEIGHT, WIDTH), _WALL)
    light += (_TABLE - _WALL) * _between(elevation, -95, -22, soft=24)
    for middle in _STRIPS_DEGREES:
        height = _between(elevation, -28, 58, soft=10)
        card = _between(azimuth, middle + 15, middle + 42, soft=6) * height
        light += (_CARD - light) * card
        strip = _between(azimuth, middle - 13, middle + 13, soft=6) * height
        light += (_STRIP - light) * strip
    light += (_CEILING - light) * _between(elevation, 60, 95, soft=16)
    # The camera's opening, out of focus: without it a clear stone seen from above is one even white.
    light += (_WALL - light) * _between(elevation, 79, 105, soft=16)
    return np.asarray(light[..., None] * np.array(_WARMTH))


def _between(values: np.ndarray, low: float, high: float, *, soft: float) -> np.ndarray:
    """Return 1 between two angles and 0 outside, with edges `soft` degrees wide."""
    edge = np.clip((values - low) / soft + 0.5, 0, 1) * np.clip((high - values) / soft + 0.5, 0, 1)
    smooth: np.ndarray = edge * edge * (3 - 2 * edge)
    return smooth
