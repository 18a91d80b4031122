"""How a GLB of the atelier is shown beside its master: in the same studio, and from the master's own camera."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import glb
from pipeline.atelier.materials import FINISHES, METALS, SURFACES
from pipeline.atelier.render.relief import mosaic
from pipeline.atelier.render.scene import MOSAICS, TOLD_WIDTH_MM, surface_table
from pipeline.atelier.render.studio import Studio, diffuse_light, set_up, stone_sky
from pipeline.errors import BadModel
from pipeline.images import encode_radiance

LIGHT, FINENESS, STROKES, MIDDLE = "loupe-light", "loupe-fineness", "loupe-strokes", "loupe-middle"
"""Members of the extras of the master's camera: whether the piece stands or lies in its studio, its gold's parts per
thousand, the axis around which its brush strokes run, and where its middle is in the piece's own frame (mm, z up), by
which a stone's patches are found."""
CRYSTAL = "loupe-crystal"
"""Member of the extras of a stone's node: how it lies, the eight numbers of `describe_crystal`."""
STANDING, LYING = "standing", "lying"
WIDTH, HEIGHT = 256, 128
# Height of a piece's middle over the sweep, of its radius: one that stands, one that lies.
_MIDDLE = {STANDING: 0.6, LYING: 0.12}
# What a piece keeps from the sweep under it by its own shadow.
_SHADED = 0.8
# The axis of brush strokes in files that do not tell it: -y of the piece, around which a shank runs.
_AROUND_SHANK = (0.0, 0.0, -1.0)


@dataclass(frozen=True)
class Tracing:
    """What a viewer that follows light itself needs besides: the studio's numbers, and its tables.

    `studio` is JSON: exposure, sweep, far, falloff (of the piece's radius), strokes (axis, y up), middle, and a
    material's (5, 4) rows by its name, see `surface_table`, a stone's absorption being that of one TOLD_WIDTH_MM wide.
    `tables` are half floats, rows from the zenith down: the sky's upper half (128, 512, 2), as metal and as stones see
    it, and the light on a white diffuse surface by its normal (32, 64). Where a stone's body is drawn by patches,
    these follow as bytes, (64, 64, 64, 4), see `relief.mosaic`, x running fastest.
    """

    studio: Mapping[str, Any]
    tables: bytes


@dataclass(frozen=True)
class Viewing:
    """What a viewer needs: a Radiance HDR `environment`, and the master's `orbit`, `target` and `field_of_view`.

    The last three are written as model-viewer's attributes are. `tracing` is None for a piece with a material that is
    not the atelier's own.
    """

    environment: bytes
    orbit: str
    target: str
    field_of_view: str
    tracing: Tracing | None = None


@cache
def tracing_script() -> str:
    """What follows light in a browser, as one script: `studioSwitch` in it puts it on a model-viewer."""
    folder = Path(__file__).with_name("tracer")
    return "\n".join(
        (folder / f"{name}.js").read_text("utf-8") for name in ("bvh", "shaders", "shadow", "light", "switch")
    )


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
        _tracing(document, node["extras"]),
    )


def _tracing(document: Mapping[str, Any], extras: Mapping[str, Any]) -> Tracing | None:
    fineness = extras.get(FINENESS)
    try:
        names = [str(row["name"]) for row in document["materials"]]
        axis = [float(value) for value in extras.get(STROKES, _AROUND_SHANK)]
        middle = [float(value) for value in extras.get(MIDDLE, (0.0, 0.0, 0.0))]
    except (LookupError, TypeError, ValueError):
        return None
    rows = {name: _surface(name, fineness if isinstance(fineness, int) else None) for name in names}
    if not rows or None in rows.values() or (len(axis), len(middle)) != (3, 3):
        return None
    if not np.isfinite([*axis, *middle]).all():
        return None
    studio = set_up(upright=extras[LIGHT] == STANDING, radius_mm=1.0)
    numbers = {
        "exposure": studio.exposure,
        "sweep": studio.sweep_radiance,
        "far": studio.far,
        "falloff": list(studio.falloff),
        "strokes": axis,
        "middle": middle,
        "materials": rows,
    }
    patched = any(row is not None and row[4][2] in MOSAICS for row in rows.values())
    return Tracing(numbers, _tables(extras[LIGHT]) + (_patches() if patched else b""))


def _surface(name: str, fineness: int | None) -> list[list[float]] | None:
    """Rows of a material by its name in the file: a metal or a stone, and its finish where that is not polished."""
    material, _, finish = name.partition(" ")
    finish = finish or "polished"
    if finish not in FINISHES or (material not in METALS and material not in SURFACES):
        return None
    _, table = surface_table(material, finish, fineness, width_mm=TOLD_WIDTH_MM)
    return [[round(float(value), 6) for value in row] for row in table]


@cache
def _tables(light: str) -> bytes:
    upright = light == STANDING
    sky = set_up(upright=upright, radius_mm=1.0).environment
    upper = slice(0, len(sky) // 2)
    both = np.stack([sky[upper], stone_sky(sky, upright=upright)[upper]], axis=2)
    return both.astype("<f2").tobytes() + diffuse_light(upright=upright).astype("<f2").tobytes()


@cache
def _patches() -> bytes:
    return bytes(np.rint(255 * mosaic().transpose(2, 1, 0, 3)).astype(np.uint8).tobytes())


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


def light_of(
    *, upright: bool, fineness: int | None, strokes: Sequence[float], middle: Sequence[float] | None = None
) -> dict[str, Any]:
    """What a GLB says of the studio its piece is photographed in, and of its metal; `strokes` is an axis, y up.

    `middle` is told of a piece whose stones are drawn by patches, which lie in its own frame.
    """
    light: dict[str, Any] = {LIGHT: STANDING if upright else LYING, STROKES: [float(x) for x in strokes]}
    if middle is not None:
        light[MIDDLE] = [round(float(x), 4) for x in middle]
    return light if fineness is None else {**light, FINENESS: fineness}
