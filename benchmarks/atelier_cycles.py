"""The same ring, camera and lights in Blender's Cycles, where its Python module is installed.

Run: python -m benchmarks.atelier_cycles

Its glass has no dispersion and its film no tone curve; with its own denoiser, held against its own long exposure.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import mathutils
import numpy as np
from PIL import Image

from benchmarks.atelier_peers import SIZE, climb
from benchmarks.atelier_render import SOLITAIRE
from pipeline.atelier.camera import Camera, master_camera, stands
from pipeline.atelier.geometry.normals import CREASE_DEG
from pipeline.atelier.language.prompt import read
from pipeline.atelier.materials import GEMS, METALS
from pipeline.atelier.piece import Part
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.studio import SWEEP_SEEN, Studio, set_up


def measure() -> None:
    """Print CPU seconds and distance from the long exposure."""
    piece = build(read(SOLITAIRE).spec)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    for part in piece.parts:
        lay(part)
    points = np.concatenate([part.vertices for part in piece.parts])
    light(set_up(upright=stands(piece), radius_mm=float(np.linalg.norm(np.ptp(points, axis=0))) / 2))
    aim(master_camera(piece))
    with tempfile.TemporaryDirectory() as folder:
        long = climb(f"cycles {bpy.app.version_string}", film(Path(folder)))
    if len(sys.argv) > 1:
        Image.fromarray(long).save(sys.argv[1])


def lay(part: Part) -> None:
    """Put a part into the scene, with its material."""
    mesh = bpy.data.meshes.new(part.name)
    mesh.from_pydata(part.vertices.tolist(), [], part.faces.tolist())
    if part.smooth:
        mesh.shade_smooth()
        mesh.set_sharp_from_angle(angle=float(np.radians(CREASE_DEG)))
    material = bpy.data.materials.new(part.name)
    material.use_nodes = True
    surface = material.node_tree.nodes["Principled BSDF"].inputs
    if part.material in METALS:
        metal = METALS[part.material]
        surface["Base Color"].default_value = (*metal.f0, 1)
        surface["Metallic"].default_value = 1
        surface["Roughness"].default_value = metal.roughness**0.5
    else:
        surface["Transmission Weight"].default_value = 1
        surface["Roughness"].default_value = 0
        surface["IOR"].default_value = GEMS[part.material].ior
        surface["Base Color"].default_value = (1, 1, 1, 1)
    mesh.materials.append(material)
    bpy.context.collection.objects.link(bpy.data.objects.new(part.name, mesh))


def light(studio: Studio) -> None:
    """Hang the studio's lights around the piece, and the sweep's mean brightness below it."""
    sky = studio.environment.copy()
    height, width = sky.shape
    sky[height // 2 :] = studio.sweep_radiance * SWEEP_SEEN
    # Column 0 of the studio looks along +y, of a Blender panorama along -x; its rows run upwards.
    sky = np.roll(sky, width // 4, axis=1)[::-1] * studio.exposure
    picture = bpy.data.images.new("sky", width, height, float_buffer=True)
    picture.colorspace_settings.name = "Non-Color"
    picture.pixels.foreach_set(np.dstack([sky, sky, sky, np.ones_like(sky)]).astype(np.float32).ravel())
    world = bpy.data.worlds.new("studio")
    world.use_nodes = True
    nodes = world.node_tree.nodes
    panorama = nodes.new("ShaderNodeTexEnvironment")
    panorama.image = picture
    world.node_tree.links.new(panorama.outputs["Color"], nodes["Background"].inputs["Color"])
    bpy.context.scene.world = world


def aim(camera: Camera) -> None:
    """Stand Blender's camera where ours stands."""
    forward, right, up = camera.frame()
    data = bpy.data.cameras.new("camera")
    data.angle = float(np.radians(camera.field_of_view_deg))
    data.clip_start, data.clip_end = 0.1, 10_000
    body = bpy.data.objects.new("camera", data)
    axes = np.eye(4)
    axes[:3] = np.stack([right, up, -forward, np.asarray(camera.position)], axis=1)
    body.matrix_world = mathutils.Matrix(axes.tolist())
    bpy.context.collection.objects.link(body)
    bpy.context.scene.camera = body


def film(folder: Path) -> Callable[[int, int], np.ndarray]:
    """Set the film up; gives a function of samples and seed that exposes it, on white, uint8 (h, w, 3)."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.use_denoising = True
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.max_bounces = scene.cycles.glossy_bounces = scene.cycles.transmission_bounces = 10
    scene.render.film_transparent = True
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.resolution_percentage = 100
    scene.view_settings.view_transform = "Standard"
    scene.render.filepath = str(folder / "shot.png")

    def shoot(samples: int, seed: int) -> np.ndarray:
        scene.cycles.samples, scene.cycles.seed = samples, seed
        with muted():
            bpy.ops.render.render(write_still=True)
        shot = np.asarray(Image.open(scene.render.filepath).convert("RGBA"), dtype=np.float64)
        cover = shot[:, :, 3:] / 255
        return np.asarray(shot[:, :, :3] * cover + 255 * (1 - cover) + 0.5, dtype=np.uint8)

    return shoot


@contextmanager
def muted() -> Iterator[None]:
    """Keep Blender's log, which it writes past Python, off the table."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


if __name__ == "__main__":
    measure()
