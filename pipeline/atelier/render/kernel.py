"""The shading kernel: Mitsuba 3 finds the hits, this decides what light does there.

Imported only by the process that renders, after `engine.start` has chosen the ray engine. The film's side of it:
what each pixel sees first, what the denoiser is told, what a sample shows, what the floor sees of the lights.
"""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.camera import Camera, Planes
from pipeline.atelier.render.colour_lanes import BLUE, RED, number
from pipeline.atelier.render.environment import Surroundings
from pipeline.atelier.render.finish import Skin
from pipeline.atelier.render.glow import through
from pipeline.atelier.render.integrator import Paths
from pipeline.atelier.render.intersect import World
from pipeline.atelier.render.lens import Lens
from pipeline.atelier.render.optics import encode
from pipeline.atelier.render.sampler import Lanes, Sampler, hand_over, random_pair
from pipeline.atelier.render.scene import CLEAR, Scene
from pipeline.atelier.render.studio import Studio

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

# Of the numbers that choose a place on the lens; beyond those of the way through the piece.
LENS_DIMENSION = 65
# Rays of a pixel that the denoiser is told of, each way: more of a pixel that is out of focus.
GUIDE_GRID, SOFT_GUIDE_GRID = 2, 4
# Share of light a stone lets through to the floor.
GEM_SHADOW = 0.45


class Kernel:
    """One piece in one studio, ready to trace. Not thread-safe."""

    def __init__(self, scene: Scene, studio: Studio) -> None:
        self.scene = scene
        self.studio = studio
        self.shadowed = False
        """Whether the piece's shadow is laid on the floor."""
        centre = (scene.low + scene.high) / 2
        radius = float(np.linalg.norm(scene.high - scene.low)) / 2
        self._world = World(scene)
        self._surroundings = Surroundings(studio, centre, float(scene.low[2]) - 1e-3)
        self._lens = Lens(centre, radius)
        skin = Skin(scene, self._world, upright=studio.upright)
        self._paths = Paths(scene, self._world, skin, self._surroundings, number(studio.exposure))

    def blur_px(self, camera: Camera, size: int) -> int:
        """How many pixels beyond its own outline the piece is seen, through a lens that is open."""
        return int(np.ceil(self._lens.blur_px(camera, size)))

    # ---- what the film sees first

    def first_hits(
        self, camera: Camera, size: int, window: tuple[int, int, int, int], grid: int = 2
    ) -> Array:
        """Highest kind + 1 seen in each pixel of `window`, uint8 (h, w); 0 where only the page is seen."""
        x0, y0, width, height = window
        index = dr.arange(mi.UInt32, width * height * grid * grid)
        pixel, cell = index // (grid * grid), index % (grid * grid)
        columns = dr.opaque(mi.UInt32, width)
        x = mi.Float(pixel % columns) + number(x0) + (mi.Float(cell % grid) + 0.5) / grid
        y = mi.Float(pixel // columns) + number(y0) + (mi.Float(cell // grid) + 0.5) / grid
        hit = self._world.meet(self._lens.ray(camera, x, y, size), coherent=True)
        valid = hit.is_valid()
        part = mi.UInt32(self._world.row(hit, valid).w)
        kind = dr.select(valid, self._world.kind_seen(part, valid) + 1, 0)
        return (
            np.array(dr.block_reduce(dr.ReduceOp.Max, kind, grid * grid))
            .reshape(height, width)
            .astype(np.uint8)
        )

    def surface_buffer(
        self, origin: Planes, direction: Planes, shape: tuple[int, int]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First hits of rays, as arrays of `shape`: distance, shading normal, part index; on a miss inf, 0 and -1."""
        ray = mi.Ray3f(mi.Point3f(*map(_values, origin)), mi.Vector3f(*map(_values, direction)))
        hit = self._world.meet(ray, coherent=True)
        valid = hit.is_valid()
        row, normal = self._world.normals(hit, valid)
        part = dr.select(valid, mi.Int32(row.w), -1)
        distance = dr.select(valid, hit.t, dr.inf)
        normal = dr.ravel(dr.select(valid, normal, mi.Vector3f(0.0)))
        dr.eval(distance, normal, part)
        return (
            np.array(distance).reshape(shape),
            np.array(normal).reshape(*shape, 3),
            np.array(part).reshape(shape),
        )

    def guides(self, camera: Camera, size: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Denoiser guides of pixels, mean of a few rays each: albedo rgb and normal xyz, float32 (n, 6)."""
        grid = SOFT_GUIDE_GRID if camera.aperture_mm else GUIDE_GRID
        rays = grid * grid
        index = dr.arange(mi.UInt32, len(x) * rays)
        pixel, cell = index // rays, index % rays
        column, row = (0.5 / grid + mi.Float(k) / grid for k in (cell % grid, cell // grid))
        px = dr.gather(mi.Float, mi.Float(x.astype(np.float32)), pixel) + column
        py = dr.gather(mi.Float, mi.Float(y.astype(np.float32)), pixel) + row
        through = random_pair(index) if camera.aperture_mm else None
        ray = self._lens.ray(camera, px, py, size, through)
        hit = self._world.meet(ray, coherent=True)
        valid = hit.is_valid()
        row, normal = self._world.normals(hit, valid)
        part = mi.UInt32(row.w)
        albedo = self._world.cell(part, 0, valid)
        kind = self._world.cell(part, 3, valid).w
        colour = dr.select(valid & (kind != CLEAR), mi.Color3f(albedo.x, albedo.y, albedo.z), mi.Color3f(1.0))
        normal = dr.select(valid, normal, mi.Vector3f(0.0))
        values = [colour.x, colour.y, colour.z, normal.x, normal.y, normal.z]
        dr.eval(*values)
        means = [np.array(dr.block_reduce(dr.ReduceOp.Add, value, rays)) / rays for value in values]
        return np.stack(means, axis=1).astype(np.float32)

    def page(self, camera: Camera, size: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """sRGB-encoded light of the empty page at pixel centres: (n, 1), or (n, 3) where the shadow has colour."""
        ray = self._lens.ray(
            camera, mi.Float(x.astype(np.float32)) + 0.5, mi.Float(y.astype(np.float32)) + 0.5, size
        )
        return np.atleast_2d(np.array(encode(self._surroundings.page(self._lens, camera, size, ray)))).T

    def sample(self, camera: Camera, size: int, lanes: Lanes) -> np.ndarray:
        """Trace one path per lane: encoded rgb, float32 (n, 3).

        In a stone that disperses green finds the way. Red and blue are followed beside it, and traced once more on a
        way of their own where they meet other facets than green does.
        """
        self._surroundings.set_observer(-camera.frame()[0])
        light, apart = self._run(camera, size, lanes)
        if apart.any():
            which = [np.nonzero(apart & 1 << colour)[0] for colour in (RED, BLUE)]
            again = lanes.chosen(np.concatenate(which), np.repeat((RED, BLUE), [len(k) for k in which]))
            lone, _ = self._run(camera, size, again, alone=True)
            for colour, lane, part in zip((RED, BLUE), which, np.split(lone, [len(which[0])]), strict=True):
                light[lane, colour] = part[:, colour]
        return light

    def _run(
        self, camera: Camera, size: int, lanes: Lanes, *, alone: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Encoded rgb (n, 3), and (n,) bit 1 << colour where that colour left the path of its leader."""
        sampler = Sampler(lanes)
        pair = sampler.draw(mi.UInt32(0))
        x = mi.Float(sampler.x) + pair.x
        y = mi.Float(sampler.y) + pair.y
        through = sampler.draw(mi.UInt32(LENS_DIMENSION)) if camera.aperture_mm else None
        ray = self._lens.ray(camera, x, y, size, through)
        page = encode(self._surroundings.page(self._lens, camera, size, ray))
        apart, light = self._paths.trace(ray, page, sampler, hand_over(lanes.leader), alone=alone)
        dr.eval(apart, light)
        return np.array(light).T, np.array(apart)

    # ---- the floor

    def floor_visibility(
        self, x: np.ndarray, y: np.ndarray, directions: np.ndarray, first: np.ndarray
    ) -> np.ndarray:
        """Share of `directions` (k, 3) that reach the sky from floor points, (n, 1), or of each primary colour (n, 3)
        where light through stones is followed; point i uses k/16 from `first[i]` on.
        """
        count = len(directions) // 16
        index = dr.arange(mi.UInt32, len(x) * count)
        point = index // count
        which = dr.gather(mi.UInt32, mi.UInt32(first.astype(np.uint32)), point) * count + index % count
        table = mi.Float(np.ascontiguousarray(directions, dtype=np.float32).ravel())
        direction = dr.gather(mi.Vector3f, table, which)
        origin = mi.Point3f(
            dr.gather(mi.Float, mi.Float(x.astype(np.float32)), point),
            dr.gather(mi.Float, mi.Float(y.astype(np.float32)), point),
            self._surroundings.floor + mi.Float(0.0),
        )
        if self.scene.tinted:
            light = through(self._world, self._surroundings, origin, direction)
            dr.eval(light)
            return np.stack(
                [np.array(dr.block_reduce(dr.ReduceOp.Add, k, count)) / count for k in light], axis=1
            )
        hit = self._world.meet(mi.Ray3f(origin, direction))
        valid = hit.is_valid()
        part = mi.UInt32(self._world.row(hit, valid).w)
        kind = self._world.cell(part, 3, valid).w
        open_share = dr.select(
            valid, dr.select(kind == CLEAR, mi.Float(GEM_SHADOW), mi.Float(0.0)), mi.Float(1.0)
        )
        dr.eval(open_share)
        return np.array(dr.block_reduce(dr.ReduceOp.Add, open_share, count))[:, None] / count

    def set_shadow(self, visibility: np.ndarray, centre: tuple[float, float], half: float) -> None:
        """See `Surroundings.set_shadow`."""
        self._surroundings.set_shadow(visibility, centre, half)
        self.shadowed = True


def release() -> None:
    """Give cached device memory back to the system."""
    dr.flush_malloc_cache()


def _values(plane: np.ndarray | float) -> Array:
    """One component of every ray, or a number for all."""
    return mi.Float(plane.ravel()) if isinstance(plane, np.ndarray) else number(plane)
