"""Light as it is shown: stones neither clip nor change hue, white stays white, flags and the observer are dark."""

import numpy as np
import pytest

from pipeline.atelier.render import engine
from pipeline.atelier.render.studio import light_lying, set_up

engine.start()

import mitsuba as mi  # noqa: E402 - the engine chooses its variant first

from pipeline.atelier.render.environment import Surroundings  # noqa: E402
from pipeline.atelier.render.optics import encode, tone  # noqa: E402

pytestmark = pytest.mark.skipif(mi.variant() == "scalar_rgb", reason="needs libLLVM 17 or newer")


def shown(light: np.ndarray, *, stone: bool) -> np.ndarray:
    """sRGB in 0..1 (n, 3) of linear light (n, 3)."""
    colour = mi.Color3f(*(mi.Float(channel.astype(np.float32)) for channel in light.T))
    return np.array(encode(tone(colour, mi.Bool(stone)))).T


def saturation(colour: np.ndarray) -> np.ndarray:
    return 1 - colour.min(axis=1) / np.maximum(colour.max(axis=1), 1e-9)


def test_no_saturated_colour_of_a_stone_clips() -> None:
    """A hundred thousand colours up to twenty times white: none of 250 of 255 at more than 60 % saturation."""
    draw = np.random.default_rng(1)
    light = draw.random((100_000, 3)) ** 4 * np.exp(draw.uniform(-4, 3, (100_000, 1)))
    picture = shown(light, stone=True)
    assert np.isfinite(picture).all()
    assert not ((picture.max(axis=1) >= 250 / 255) & (saturation(picture) > 0.6)).any()


@pytest.mark.parametrize(
    "body", [(0.8, 0.02, 0.065), (0.03, 0.6, 0.22), (0.035, 0.115, 0.62), (0.96, 0.6, 0.07)]
)
def test_a_stone_keeps_its_hue_and_its_order_of_brightness(body: tuple[float, float, float]) -> None:
    """From a thirtieth to thirty times: the order of the channels stays, and what is brighter is shown no darker."""
    light = np.geomspace(1 / 30, 30, 200)[:, None] * np.array(body)
    picture = shown(light, stone=True)
    order = np.argsort(body)
    assert (np.diff(picture[:, order], axis=1) >= -1e-6).all()
    assert (np.diff(picture @ [0.2126, 0.7152, 0.0722]) >= -1e-5).all()
    assert saturation(picture).min() > 0.3


def test_white_light_in_a_stone_becomes_white() -> None:
    white = shown(np.full((1, 3), 8.0), stone=True)
    assert white.min() > 0.99


def test_stones_see_a_dark_observer_where_the_camera_stands() -> None:
    """Toward the camera the sky is a tenth or less of what metal sees there; 40 degrees away nothing has changed."""
    surroundings = Surroundings(set_up(upright=True, radius_mm=10), np.zeros(3), -10.0)
    surroundings.set_shadow(np.ones((4, 4, 1), np.float32), (0.0, 0.0), 50.0)

    def met(way: tuple[float, float, float], *, stone: bool) -> float:
        direction = mi.Vector3f(*(np.array(way) / np.linalg.norm(way)).tolist())
        light = surroundings.light(mi.Point3f(0.0), direction, mi.Bool(stone), mi.Bool(False))
        return float(np.array(light).ravel()[0])

    up, aside = (0.0, 0.3, 1.0), (0.0, 1.5, 1.0)
    before = met(aside, stone=True)
    surroundings.set_observer(np.array(up) / np.linalg.norm(up))
    assert met(up, stone=True) < 0.1 * met(up, stone=False)
    assert met(aside, stone=True) == pytest.approx(before)


@pytest.mark.parametrize("elevation_deg", [17, 42, 70])
def test_gloss_on_a_table_mirrors_a_black_card(elevation_deg: float) -> None:
    """Off a facet that faces up the camera meets a tenth or less of what metal would mirror there, or of the boxes."""
    surroundings = Surroundings(set_up(upright=True, radius_mm=10), np.zeros(3), -10.0)
    surroundings.set_shadow(np.ones((4, 4, 1), np.float32), (0.0, 0.0), 50.0)
    rise = np.radians(elevation_deg)
    away = np.array([0.0, -np.cos(rise), np.sin(rise)])
    surroundings.set_observer(away)

    def met(way: np.ndarray, *, gloss: bool) -> float:
        direction = mi.Vector3f(*way.tolist())
        light = surroundings.light(mi.Point3f(0.0), direction, mi.Bool(False), mi.Bool(gloss))
        return float(np.array(light).ravel()[0])

    mirrored = away * (-1, -1, 1)
    assert met(mirrored, gloss=True) <= 0.101 * met(mirrored, gloss=False)
    beside = np.array([1.0, 0.0, 0.3]) / np.hypot(1, 0.3)
    assert met(beside, gloss=True) == pytest.approx(met(beside, gloss=False))


def test_a_lying_piece_has_black_flags_between_its_lights() -> None:
    """Between ten and thirty percent of the sky it mirrors is black, in strips, with lights on both sides of each."""
    sky = light_lying()
    low = sky[len(sky) // 3 : len(sky) // 2]
    assert 0.05 < (low < 0.02).mean() < 0.4


def test_a_face_that_lies_up_is_no_white_hole() -> None:
    """White gold that mirrors up from a raised ring's camera stays under white; a stone sees the boxes as ever."""
    surroundings = Surroundings(set_up(upright=True, radius_mm=10), np.zeros(3), -10.0)
    surroundings.set_shadow(np.ones((4, 4, 1), np.float32), (0.0, 0.0), 50.0)
    azimuth, elevation = np.radians([200.0, 42.0])
    way = (np.cos(elevation) * np.sin(azimuth), -np.cos(elevation) * np.cos(azimuth), np.sin(elevation))

    def met(*, stone: bool) -> float:
        direction = mi.Vector3f(*map(float, way))
        light = surroundings.light(mi.Point3f(0.0), direction, mi.Bool(stone), mi.Bool(False))
        return float(np.array(light).ravel()[0])

    white_gold = np.full((1, 3), 0.84 * set_up(upright=True, radius_mm=10).exposure * met(stone=False))
    assert 200 < 255 * float(shown(white_gold, stone=False).max()) < 250
    assert met(stone=True) > 2.5 * met(stone=False)
