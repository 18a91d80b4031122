"""The fallback without LLVM: Mitsuba's scalar path tracer, the same geometry, lights and page, small and slow."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.atelier.camera import Camera, Orthographic, stands
from pipeline.atelier.piece import Piece
from pipeline.atelier.render.denoise import denoise, encode
from pipeline.atelier.render.engine import SCALAR_MAX_SIZE
from pipeline.atelier.render.environment import SHADOW_STRENGTH, WHITE_BORDER
from pipeline.atelier.render.scene import COATED, METAL, Scene, lay_out
from pipeline.atelier.render.shadow import SHADOW_REACH, light_directions, shape_shadow
from pipeline.atelier.render.studio import SWEEP_SEEN, Studio, set_up

# Samples of one pass: between two passes progress is told and a cancel is heard.
PASS_SAMPLES = 4
PASSES = {"draft": 2, "standard": 4, "fine": 8}
SHADOW_TEXELS = 192
SHADOW_LIGHTS = 96


@dataclass(frozen=True)
class Stage:
    """A piece set up for the scalar engine."""

    scene: Scene
    studio: Studio
    shapes: dict[str, Any]
    visibility: np.ndarray
    centre: np.ndarray
    half: float


def set_stage(piece: Piece) -> Stage:
    """Build the shapes and the shadow of a piece."""
    scene = lay_out(piece)
    studio = set_up(upright=stands(piece), radius_mm=float(np.linalg.norm(scene.high - scene.low)) / 2)
    centre = (scene.low[:2] + scene.high[:2]) / 2
    half = float(np.max((scene.high - scene.low)[:2])) / 2 + SHADOW_REACH * float(
        np.max(scene.high - scene.low)
    )
    visibility = _cast(scene, studio, centre, half)
    return Stage(scene, studio, _shapes(scene), visibility, centre, half)


def expose(
    stage: Stage,
    camera: Camera,
    size: int,
    window: tuple[int, int, int, int],
    quality: str,
    seed: int,
    watch: Any,
) -> np.ndarray:
    """Render a window of a film of `size` pixels, uint8 (h, w, 3)."""
    _, _, width, height = window
    mi = _mitsuba()
    world = mi.load_dict(
        {
            "type": "scene",
            "sky": _sky(stage.studio),
            **stage.shapes,
            "sensor": _sensor(camera, size, size, window),
        }
    )
    integrator = mi.load_dict({"type": "path", "max_depth": 10, "hide_emitters": True})
    total = np.zeros((height, width, 4), dtype=np.float64)
    # A macro has no more samples than a master: it takes about as long, and the filter takes out the rest of the noise.
    wanted = PASSES.get(quality, PASSES["standard"])
    passes = int(np.clip(round(wanted * SCALAR_MAX_SIZE**2 / (width * height)), 1, wanted))
    for number in range(passes):
        watch.report(number / passes)
        shot = mi.render(world, integrator=integrator, spp=PASS_SAMPLES, seed=seed * 64 + number)
        shot = np.nan_to_num(np.array(shot), posinf=0.0)
        cover = np.clip(shot[:, :, 3:], 0, 1)
        light = np.minimum(shot[:, :, :3], 6.0 * np.maximum(cover, 1e-3)) * stage.studio.exposure
        total += np.concatenate(
            [np.where(light < 0.6, light, 1 - 0.4 * np.exp(-(light - 0.6) * 2.5)), cover], axis=2
        )
    total /= passes
    page = _page(stage, camera, size, window)
    image = encode(total[:, :, :3] + (1 - total[:, :, 3:]) * page[:, :, None])
    guide = look(stage, camera, size, size, window)
    hit = guide[2] >= 0
    albedo = np.ones((height, width, 3), dtype=np.float32)
    albedo[hit] = stage.scene.surfaces[guide[2][hit], 0, :3]
    touched = total[:, :, 3] > 0
    result = denoise(image, albedo, np.where(hit[:, :, None], guide[1], 0), touched)
    watch.report(1.0)
    return np.asarray(np.clip(result, 0, 1) * 255 + 0.5, dtype=np.uint8)


def look(
    stage: Stage, camera: Camera | Orthographic, width: int, height: int, window: tuple[int, int, int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First surface of each pixel of a window: depth (inf on a miss), shading normal, part (-1)."""
    mi = _mitsuba()
    world = mi.load_dict({"type": "scene", **stage.shapes, "sensor": _sensor(camera, width, height, window)})
    channels = mi.load_dict({"type": "aov", "aovs": "p:position,n:sh_normal,i:shape_index"})
    seen = np.array(mi.render(world, integrator=channels, spp=1, seed=0))[:, :, -7:]
    normal = seen[:, :, 3:6].astype(np.float32)
    # Shapes count from 1; 0 is the page.
    index = np.rint(seen[:, :, 6]).astype(np.int64)
    hit = index > 0
    order = [int(shape.id().removeprefix("part")) for shape in world.shapes()]
    part = np.where(hit, np.array(order)[np.maximum(index, 1) - 1], -1).astype(np.int32)
    x, y, across, down = window
    columns, rows = np.meshgrid(np.arange(across) + x + 0.5, np.arange(down) + y + 0.5)
    film = np.stack([columns.ravel(), rows.ravel()], axis=1)
    origin, direction = camera.rays(film, width, height)
    depth = ((seen[:, :, :3].reshape(-1, 3) - origin) * direction).sum(axis=1).reshape(down, across)
    return np.where(hit, depth, np.inf).astype(np.float32), normal, part


def _shapes(scene: Scene) -> dict[str, Any]:
    mi = _mitsuba()
    owner = scene.face_rows[:, 3].astype(np.int64)
    shapes: dict[str, Any] = {}
    for part in range(len(scene.part_names)):
        mine = owner == part
        faces = scene.faces[mine]
        corners = scene.corner_normals[mine][:, :, :3].reshape(-1, 3)
        properties = mi.Properties()
        properties["bsdf"] = mi.load_dict(_material(scene, part))
        mesh = mi.Mesh(f"part{part}", len(corners), len(faces), has_vertex_normals=True, props=properties)
        fields = mi.traverse(mesh)
        fields["vertex_positions"] = scene.vertices[faces].reshape(-1)
        fields["vertex_normals"] = corners.reshape(-1)
        fields["faces"] = np.arange(len(corners), dtype=np.uint32)
        fields.update()
        shapes[f"part{part}"] = mesh
    return shapes


def _material(scene: Scene, part: int) -> dict[str, Any]:
    front, tint, index, inner = scene.surfaces[part][:4]

    def colour(values: np.ndarray) -> dict[str, Any]:
        return {"type": "rgb", "value": [float(v) for v in values]}

    if scene.kinds[part] == METAL:
        alpha = {"alpha_u": float(front[3]), "alpha_v": float(tint[3])}
        return {
            "type": "roughconductor",
            "material": "none",
            "specular_reflectance": colour(front[:3]),
            **alpha,
        }
    if scene.kinds[part] == COATED:
        return {"type": "plastic", "int_ior": float(index[1]), "diffuse_reflectance": colour(front[:3])}
    # Without a medium inside, colour is taken at each passage instead of along the path.
    passage = np.exp(-0.8 * inner[:3] * float(scene.surfaces[part, 4, 3]))
    return {"type": "dielectric", "int_ior": float(index[1]), "specular_transmittance": colour(passage)}


def _sky(studio: Studio) -> dict[str, Any]:
    mi = _mitsuba()
    picture = np.repeat(studio.environment[:, :, None], 3, axis=2)
    picture[len(picture) // 2 :] = studio.sweep_radiance * SWEEP_SEEN
    # Mitsuba's environments have y up; ours have z up.
    turn = mi.ScalarTransform4f().rotate([1, 0, 0], 90)
    return {"type": "envmap", "bitmap": mi.Bitmap(picture), "to_world": turn}


def _sensor(
    camera: Camera | Orthographic, width: int, height: int, window: tuple[int, int, int, int]
) -> dict[str, Any]:
    mi = _mitsuba()
    x, y, across, down = window
    film = {
        "type": "hdrfilm",
        "width": width,
        "height": height,
        "crop_offset_x": x,
        "crop_offset_y": y,
        "crop_width": across,
        "crop_height": down,
        "pixel_format": "rgba",
        "rfilter": {"type": "box"},
    }
    transform = mi.ScalarTransform4f()
    if isinstance(camera, Camera):
        place = transform.look_at(origin=camera.position, target=camera.target, up=camera.up)
        lens = {"type": "perspective", "fov": camera.field_of_view_deg, "fov_axis": "x"}
        return {**lens, "to_world": place, "near_clip": 0.1, "far_clip": 1e5, "film": film}
    start = np.asarray(camera.centre) - camera.distance_mm * np.asarray(camera.direction)
    place = transform.look_at(origin=start.tolist(), target=list(camera.centre), up=list(camera.up))
    half = camera.width_mm / 2
    place = place @ transform.scale([half, half, 1])
    return {"type": "orthographic", "to_world": place, "near_clip": 0.1, "far_clip": 1e5, "film": film}


def _cast(scene: Scene, studio: Studio, centre: np.ndarray, half: float) -> np.ndarray:
    """Visibility map: the piece's vertices thrown onto the floor along each of many light directions."""
    from scipy.ndimage import binary_closing, gaussian_filter

    height = scene.vertices[:, 2:] - scene.low[2]
    shaded = np.zeros((SHADOW_TEXELS, SHADOW_TEXELS), dtype=np.float32)
    for direction in light_directions(studio.environment, 16 * SHADOW_LIGHTS)[::16]:
        floor = scene.vertices[:, :2] - height * direction[:2] / max(float(direction[2]), 0.05)
        cell = ((floor - centre + half) / (2 * half) * SHADOW_TEXELS).astype(np.int64)
        inside = ((cell >= 0) & (cell < SHADOW_TEXELS)).all(axis=1)
        thrown = np.zeros_like(shaded, dtype=bool)
        thrown[cell[inside, 1], cell[inside, 0]] = True
        shaded += binary_closing(thrown, iterations=1)
    visibility = 1 - gaussian_filter(shaded / SHADOW_LIGHTS, 1.2)
    return shape_shadow(visibility[:, :, None], scene.vertices, centre, half)[:, :, 0]


def _page(stage: Stage, camera: Camera, size: int, window: tuple[int, int, int, int]) -> np.ndarray:
    """Display-linear brightness (h, w) of the empty page."""
    from scipy.ndimage import map_coordinates

    x, y, width, height = window
    columns, rows = np.meshgrid(np.arange(width) + x + 0.5, np.arange(height) + y + 0.5)
    film = np.stack([columns.ravel(), rows.ravel()], axis=1)
    origin, direction = camera.rays(film, size, size)
    down = np.minimum(direction[:, 2], -1e-4)
    floor = origin[:, :2] + (stage.scene.low[2] - origin[:, 2:]) / down[:, None] * direction[:, :2]
    place = (floor - stage.centre + stage.half) / (2 * stage.half) * SHADOW_TEXELS - 0.5
    lit = map_coordinates(stage.visibility, place[:, ::-1].T, order=1, mode="constant", cval=1.0)
    aside = np.abs(2 * film / size - 1).max(axis=1)
    inside = np.clip((1 - aside) / WHITE_BORDER - 0.15, 0, 1)
    inside = inside * inside * (3 - 2 * inside)
    page = np.where(direction[:, 2] < -1e-4, 1 - SHADOW_STRENGTH * inside * (1 - lit), 1.0)
    return np.asarray(page.reshape(height, width))


def _mitsuba() -> Any:
    """The library without its static types, which are those of another variant."""
    import mitsuba

    return mitsuba
