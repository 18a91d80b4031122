"""The studio's maps have no seam and no pole that a dome or a polished band would show."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.atelier.render import engine
from pipeline.atelier.render.studio import _Sky, diffuse_light, light_lying, light_standing, set_up

engine.start()

from pipeline.atelier.render.environment import Surroundings  # noqa: E402 - it needs the engine's variant

LIGHTS = {"standing": light_standing, "lying": light_lying}


@pytest.mark.parametrize("name", LIGHTS)
def test_no_seam_where_the_map_closes(name: str) -> None:
    """Across 180 degrees of azimuth the sky is as smooth as anywhere on it: no texel falls out of its row."""
    sky = LIGHTS[name]()
    seam = np.concatenate([sky[:, -8:], sky[:, :8]], axis=1)
    middle = seam[:, 4:12].min(axis=1)
    around = np.minimum(seam[:, 0], seam[:, -1])
    lit = around > 0.3
    assert lit.any()
    assert (middle[lit] > 0.985 * around[lit]).all()
    turned = np.roll(sky, sky.shape[1] // 2, axis=1)
    assert np.abs(np.diff(seam, axis=1)).max() <= 1.05 * np.abs(np.diff(turned, axis=1)).max()


@pytest.mark.parametrize(("left", "right"), [(138, 222), (146, 192), (-190, -170), (170, 200), (100, 181)])
def test_a_box_across_the_seam_is_the_same_box_elsewhere(left: float, right: float) -> None:
    """Drawn anywhere and turned back, it is texel for texel the same."""
    sky = _Sky(64)
    across, elsewhere = (sky.box(left + turn, right + turn, 10, 40, 6) for turn in (0, 180))
    assert across.max() == pytest.approx(1, abs=1e-9)
    assert np.allclose(np.roll(across, 64, axis=1), elsewhere, atol=1e-9)


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("pole", [1.0, -1.0])
def test_a_dome_seen_from_above_shows_no_dot(upright: bool, pole: float) -> None:
    """Toward a pole the diffuse light runs into the map's own last row, and never into the other pole's."""
    surroundings = Surroundings(set_up(upright=upright, radius_mm=10), np.zeros(3), 0.0)
    glow = diffuse_light(upright=upright)
    row = glow[0] if pole > 0 else glow[-1]
    angles = np.radians(np.array([0.0, 0.5, 1, 2, 2.7]))
    turn = np.linspace(0, 2 * np.pi, 40)
    for angle in angles:
        normal = np.stack(
            [np.sin(angle) * np.sin(turn), np.sin(angle) * np.cos(turn), pole * np.cos(angle) + 0 * turn]
        )
        light = _on(surroundings.diffuse, normal)
        assert light.min() > 0.98 * row.min()
        assert light.max() < 1.02 * row.max()


def _on(light: Callable[..., object], normal: np.ndarray) -> np.ndarray:
    import mitsuba

    if mitsuba.variant() == "scalar_rgb":
        pytest.skip("needs libLLVM 17 or newer")
    return np.array(light(mitsuba.Vector3f(*(mitsuba.Float(axis.astype(np.float32)) for axis in normal))))
