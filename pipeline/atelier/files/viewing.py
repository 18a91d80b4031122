"""How a GLB of the atelier is shown beside its master: in the same studio, and from the master's own camera."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from pipeline import glb
from pipeline.atelier.render.studio import Studio, set_up
from pipeline.errors import BadModel
from pipeline.images import encode_radiance

LIGHT = "loupe-light"
"""Member of the extras of the master's camera: whether the piece stands or lies in its studio."""
STANDING, LYING = "standing", "lying"
WIDTH, HEIGHT = 256, 128
# Height of a piece's middle over the sweep, of its radius: one that stands, one that lies.
_MIDDLE = {STANDING: 0.6, LYING: 0.12}
# What a piece keeps from the sweep under it by its own shadow.
_SHADED = 0.8


@dataclass(frozen=True)
class Viewing:
    """What a viewer needs: a Radiance HDR `environment`, and the master's `orbit`, `target` and `field_of_view`.

    The last three are written as model-viewer's attributes are; empty where the file holds no master's camera.
    """

    environment: bytes
    orbit: str = ""
    target: str = ""
    field_of_view: str = ""


def viewing(data: bytes) -> Viewing | None:
    """Read from a GLB how it is shown; None for one that the atelier did not light. Raises BadModel."""
    document = glb.document(data)
    try:
        node = next(row for row in document["nodes"] if row.get("name") == glb.MASTER_CAMERA)
        light = node["extras"][LIGHT]
        field_of_view = float(np.degrees(document["cameras"][node["camera"]]["perspective"]["yfov"]))
        position, rotation = np.array(node["translation"], float), np.array(node["rotation"], float)
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration):
        return None
    if light not in _MIDDLE or position.shape != (3,) or rotation.shape != (4,):
        return None
    if not np.isfinite([*position, *rotation, field_of_view]).all() or not rotation.any():
        raise BadModel(glb.CONTRADICTS)
    x, y, z, w = rotation / np.linalg.norm(rotation)
    backward = np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])
    radius = float(position @ backward)
    target = position - radius * backward
    theta, phi = np.degrees(np.arctan2(backward[0], backward[2])), np.degrees(np.arccos(backward[1]))
    return Viewing(
        environment(light),
        f"{theta:.4f}deg {phi:.4f}deg {radius:.6f}m",
        " ".join(f"{value:.6f}m" for value in target),
        f"{field_of_view:.4f}deg",
    )


@cache
def environment(light: str) -> bytes:
    """The studio around a piece that stands or lies, as an equirectangular Radiance HDR file, y up, exposed."""
    studio = set_up(upright=light == STANDING, radius_mm=1.0)
    return encode_radiance(np.repeat(_around(studio, _MIDDLE[light])[:, :, None], 3, axis=2))


def _around(studio: Studio, middle: float) -> np.ndarray:
    """Exposed radiance (HEIGHT, WIDTH) around the middle of a piece of radius 1, the sweep `middle` under it."""
    fall = (np.arange(HEIGHT) + 0.5) / HEIGHT * np.pi
    # The file's columns turn from +x toward +z of glTF, whose z is our -y; our table's from +y toward +x.
    angle = ((np.arange(WIDTH) + 0.5) / WIDTH - 0.5) * 2 * np.pi
    turn = np.arctan2(np.cos(angle), -np.sin(angle)) % (2 * np.pi)
    rows, columns = studio.environment.shape
    sky = studio.environment.reshape(HEIGHT, rows // HEIGHT, columns).mean(axis=1)
    finer = sky[:, (turn / (2 * np.pi) * columns).astype(int) % columns]
    away = middle * np.tan(np.clip(np.pi - fall, 0, np.pi / 2 - 1e-3))
    near, far = studio.falloff
    step = np.clip((away - near) / (far - near), 0, 1)
    step = step * step * (3 - 2 * step)
    sweep = _SHADED * studio.sweep_radiance * (1 + (studio.far - 1) * step)
    light = np.where(fall[:, None] < np.pi / 2, finer, sweep[:, None])
    return np.asarray(np.maximum(light * studio.exposure, 1e-3))


def light_of(*, upright: bool) -> dict[str, Any]:
    """What a GLB says of the studio its piece is photographed in."""
    return {LIGHT: STANDING if upright else LYING}
