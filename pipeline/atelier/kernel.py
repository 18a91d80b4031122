"""The shading kernel: Mitsuba 3 finds the hits, this decides what light does there.

Imported only by the process that renders, after `engine.start` has chosen the ray engine. Everything is traced once
by Dr.Jit into one compiled loop per launch. Every sample is tone-mapped and sRGB-encoded before it is averaged:
samples are bounded, edges are clean, and a box-downsampled macro equals the master by construction.
"""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier import relief
from pipeline.atelier.camera import Camera
from pipeline.atelier.optics import encode, reflect, schlick, split, tone
from pipeline.atelier.sampler import Lanes, Sampler
from pipeline.atelier.scene import CLEAR, COATED, METAL, PATTERNS, RELIEFS, Scene
from pipeline.atelier.studio import ENVIRONMENT_HEIGHT, Studio, diffuse_light, lamps

# Untyped on purpose: its members are those of the variant chosen at run time.
mi: Any = mitsuba

# Dr.Jit's array types belong to the variant chosen at run time; no static type names them.
Array = Any

RED, GREEN, BLUE = range(3)
MAX_DEPTH = 9
MIRRORED_STONE_DEPTH = 4
# What a cut-off path still carries is given the mean light instead: at these limits nobody sees the difference.
MIN_THROUGHPUT = 0.025
# Rays restart this far off a surface (mm): beyond float32 rounding at 300 mm, far below any visible detail.
OFFSET_MM = 2e-4
# A colour that leaves the common path in a stone is traced by itself if it still carries this much.
SEEN_FIRE = 0.1
# Radiance left to paths cut off inside a stone or inside overlapping metal.
AMBIENT = 0.35
# Radiance of a stone seen inside another or mirrored in one.
STONE_GLOW = 0.55
# Share of light a stone lets through to the floor.
GEM_SHADOW = 0.45
# Brush strokes are this much finer across than along.
STROKE_LENGTH = 0.03
# Depth of the floor's shadow on the page.
SHADOW_STRENGTH = 0.78
# Share of half the film over which the shadow fades to white before the border.
WHITE_BORDER = 0.18


class Kernel:
    """One piece in one studio, ready to trace. Not thread-safe."""

    def __init__(self, scene: Scene, studio: Studio) -> None:
        self.scene = scene
        self.studio = studio
        self.floor = float(scene.low[2]) - 1e-3
        self.centre = (scene.low + scene.high) / 2
        self.radius = float(np.linalg.norm(scene.high - scene.low)) / 2
        mesh = mi.Mesh("piece", len(scene.vertices), len(scene.faces))
        fields = mi.traverse(mesh)
        fields["vertex_positions"] = scene.vertices.ravel()
        fields["faces"] = scene.faces.ravel()
        fields.update()
        self._world = mi.load_dict({"type": "scene", "piece": mesh})
        self._face_rows = mi.Float(scene.face_rows.ravel())
        self._corners = mi.Float(scene.corner_normals.ravel())
        self._surfaces = mi.Float(scene.surfaces.ravel())
        self._rows = scene.surfaces.shape[1]
        self._bounds = mi.Float(_barycentric_slopes(scene).ravel()) if scene.has_fire else None
        self._sky, self._glow = (
            mi.Texture2f(
                mi.TensorXf(np.ascontiguousarray(picture[:, :, None])),
                filter_mode=dr.FilterMode.Linear,
                wrap_mode=dr.WrapMode.Repeat,
            )
            for picture in (_two_skies(studio.environment), diffuse_light(studio))
        )
        # Opaque numbers: literals would be compiled in, and every piece would pay for a compilation of its own.
        self._floor = _number(self.floor)
        self._centre = [_number(value) for value in self.centre]
        self._near_mm, self._far_mm = (_number(value) for value in studio.falloff)
        self._sweep = _number(studio.sweep_radiance)
        self._sweep_far = _number(studio.far)
        self._exposure = _number(studio.exposure)
        # A ring's own centre: half its width above its lowest point. The turn is cut into whole tiles of strokes.
        width = float(scene.high[0] - scene.low[0])
        self._hub = [_number(k) for k in (self.centre[0], float(scene.low[2]) + width / 2, width / 2)]
        self._cuff = not studio.upright and not {"cuff", "bangle"}.isdisjoint(scene.part_names)
        self._lens: tuple[Camera, int, Array] | None = None
        self._volumes = self._make_volumes()
        self._shadow: Array = None
        self._shadow_centre: tuple[Array, Array] = (0.0, 0.0)
        self._shadow_half: Array = 1.0

    # ---- what the film sees first

    def first_hits(
        self, camera: Camera, size: int, window: tuple[int, int, int, int], grid: int = 2
    ) -> Array:
        """Highest kind + 1 seen in each pixel of `window`, uint8 (h, w); 0 where only the page is seen."""
        x0, y0, width, height = window
        index = dr.arange(mi.UInt32, width * height * grid * grid)
        pixel, cell = index // (grid * grid), index % (grid * grid)
        columns = dr.opaque(mi.UInt32, width)
        x = mi.Float(pixel % columns) + _number(x0) + (mi.Float(cell % grid) + 0.5) / grid
        y = mi.Float(pixel // columns) + _number(y0) + (mi.Float(cell // grid) + 0.5) / grid
        hit = self._world.ray_intersect_preliminary(self._primary(camera, x, y, size), coherent=True)
        valid = hit.is_valid()
        part = mi.UInt32(dr.gather(mi.Vector4f, self._face_rows, hit.prim_index, valid).w)
        kinds = mi.UInt32(self.scene.kinds.astype(np.uint32))
        kind = dr.select(valid, dr.gather(mi.UInt32, kinds, part, valid) + 1, 0)
        return (
            np.array(dr.block_reduce(dr.ReduceOp.Max, kind, grid * grid))
            .reshape(height, width)
            .astype(np.uint8)
        )

    def surface_buffer(
        self, origin: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First hits of rays (n, 3): distance (inf on a miss), shading normal (n, 3), part index (-1 on a miss)."""
        ray = mi.Ray3f(_point(origin), _vector(direction))
        hit = self._world.ray_intersect_preliminary(ray, coherent=True)
        valid = hit.is_valid()
        row, normal = self._normals(hit, valid)
        part = dr.select(valid, mi.Int32(row.w), -1)
        distance = dr.select(valid, hit.t, dr.inf)
        dr.eval(distance, normal, part)
        return np.array(distance), np.array(normal).T, np.array(part)

    def guides(self, camera: Camera, size: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Denoiser guides of pixels, mean of four rays each: albedo rgb and normal xyz, float32 (n, 6)."""
        index = dr.arange(mi.UInt32, len(x) * 4)
        pixel, cell = index // 4, index % 4
        px = dr.gather(mi.Float, mi.Float(x.astype(np.float32)), pixel) + 0.25 + 0.5 * mi.Float(cell % 2)
        py = dr.gather(mi.Float, mi.Float(y.astype(np.float32)), pixel) + 0.25 + 0.5 * mi.Float(cell // 2)
        ray = self._primary(camera, px, py, size)
        hit = self._world.ray_intersect_preliminary(ray, coherent=True)
        valid = hit.is_valid()
        row, normal = self._normals(hit, valid)
        part = mi.UInt32(row.w)
        albedo = dr.gather(mi.Vector4f, self._surfaces, part * self._rows, valid)
        kind = dr.gather(mi.Vector4f, self._surfaces, part * self._rows + 3, valid).w
        colour = dr.select(valid & (kind != CLEAR), mi.Color3f(albedo.x, albedo.y, albedo.z), mi.Color3f(1.0))
        normal = dr.select(valid, normal, mi.Vector3f(0.0))
        values = [colour.x, colour.y, colour.z, normal.x, normal.y, normal.z]
        dr.eval(*values)
        means = [np.array(dr.block_reduce(dr.ReduceOp.Add, value, 4)) / 4 for value in values]
        return np.stack(means, axis=1).astype(np.float32)

    def page(self, camera: Camera, size: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """sRGB-encoded brightness (n,) of the empty page at pixel centres."""
        ray = self._primary(
            camera, mi.Float(x.astype(np.float32)) + 0.5, mi.Float(y.astype(np.float32)) + 0.5, size
        )
        return np.array(encode(self._page(camera, size, ray)))

    def sample(self, camera: Camera, size: int, lanes: "Lanes") -> np.ndarray:
        """Trace one path per lane: encoded rgb, float32 (n, 3).

        In a stone that disperses green finds the way. Red and blue are followed beside it, and traced once more on a
        way of their own where they meet other facets than green does.
        """
        light, apart = self._run(camera, size, lanes)
        if apart.any():
            which = [np.nonzero(apart & 1 << colour)[0] for colour in (RED, BLUE)]
            again = lanes.chosen(np.concatenate(which), np.repeat((RED, BLUE), [len(k) for k in which]))
            own, _ = self._run(camera, size, again)
            for colour, lane, part in zip((RED, BLUE), which, np.split(own, [len(which[0])]), strict=True):
                light[lane, colour] = part[:, colour]
        return light

    def _run(self, camera: Camera, size: int, lanes: "Lanes") -> tuple[np.ndarray, np.ndarray]:
        """Encoded rgb (n, 3), and (n,) bit 1 << colour where that colour left the path of its leader."""
        sampler = Sampler(lanes)
        pair = sampler.draw(mi.UInt32(0))
        x = mi.Float(mi.UInt32(lanes.x)) + pair.x
        y = mi.Float(mi.UInt32(lanes.y)) + pair.y
        ray = self._primary(camera, x, y, size)
        page = encode(self._page(camera, size, ray))
        apart, light = self._trace(ray, page, sampler, mi.UInt32(lanes.leader))
        dr.eval(apart, light)
        return np.array(light).T, np.array(apart)

    # ---- the floor

    def floor_visibility(
        self, x: np.ndarray, y: np.ndarray, directions: np.ndarray, first: np.ndarray
    ) -> np.ndarray:
        """Share of `directions` (k, 3) that reach the sky from floor points; point i uses k/16 from `first[i]` on."""
        count = len(directions) // 16
        index = dr.arange(mi.UInt32, len(x) * count)
        point = index // count
        which = dr.gather(mi.UInt32, mi.UInt32(first.astype(np.uint32)), point) * count + index % count
        table = mi.Float(np.ascontiguousarray(directions, dtype=np.float32).ravel())
        direction = dr.gather(mi.Vector3f, table, which)
        origin = mi.Point3f(
            dr.gather(mi.Float, mi.Float(x.astype(np.float32)), point),
            dr.gather(mi.Float, mi.Float(y.astype(np.float32)), point),
            self._floor + mi.Float(0.0),
        )
        hit = self._world.ray_intersect_preliminary(mi.Ray3f(origin, direction))
        valid = hit.is_valid()
        part = mi.UInt32(dr.gather(mi.Vector4f, self._face_rows, hit.prim_index, valid).w)
        kind = dr.gather(mi.Vector4f, self._surfaces, part * self._rows + 3, valid).w
        open_share = dr.select(
            valid, dr.select(kind == CLEAR, mi.Float(GEM_SHADOW), mi.Float(0.0)), mi.Float(1.0)
        )
        dr.eval(open_share)
        return np.array(dr.block_reduce(dr.ReduceOp.Add, open_share, count)) / count

    def set_shadow(self, visibility: np.ndarray, centre: tuple[float, float], half: float) -> None:
        """Lay a shadow map (n, n), 1 where the floor is fully lit, over the square `centre` +- `half` mm."""
        self._shadow = mi.Texture2f(
            mi.TensorXf(np.ascontiguousarray(visibility[:, :, None], dtype=np.float32)),
            filter_mode=dr.FilterMode.Linear,
            wrap_mode=dr.WrapMode.Clamp,
        )
        self._shadow_centre = (_number(centre[0]), _number(centre[1]))
        self._shadow_half = _number(half)

    def _lit(self, x: Array, y: Array) -> Array:
        u = (x - self._shadow_centre[0]) / (2 * self._shadow_half) + 0.5
        v = (y - self._shadow_centre[1]) / (2 * self._shadow_half) + 0.5
        inside = (u > 0) & (u < 1) & (v > 0) & (v < 1)
        return dr.select(inside, self._shadow.eval(mi.Point2f(u, v))[0], mi.Float(1.0))

    def _page(self, camera: Camera, size: int, ray: Array) -> Array:
        """Display-linear brightness of the page behind a primary ray, exactly white at the film's border."""
        (forward, right, up, _), half, _, _ = self._optics(camera, size)
        ahead = dr.dot(ray.d, mi.Vector3f(*forward)) * half
        aside = dr.maximum(
            dr.abs(dr.dot(ray.d, mi.Vector3f(*right)) / ahead),
            dr.abs(dr.dot(ray.d, mi.Vector3f(*up)) / ahead),
        )
        inside = dr.clip((1 - aside) * (1 / WHITE_BORDER) - 0.15, 0, 1)
        inside = inside * inside * (3 - 2 * inside)
        distance = (self._floor - ray.o.z) / dr.minimum(ray.d.z, -1e-4)
        lit = self._lit(ray.o.x + distance * ray.d.x, ray.o.y + distance * ray.d.y)
        return dr.select(ray.d.z < -1e-4, 1 - SHADOW_STRENGTH * inside * (1 - lit), mi.Float(1.0))

    def _surroundings(self, origin: Array, direction: Array, stone: Array) -> Array:
        """Radiance met by a ray that leaves the piece: the sweep below, above it the lights (and lamps of stones)."""
        turn, rise = _sky_place(direction)
        # Half a texel short of the border: the other sky begins there.
        rise = dr.clip(0.5 * rise, 0.25 / ENVIRONMENT_HEIGHT, 0.5 - 0.25 / ENVIRONMENT_HEIGHT)
        sky = self._sky.eval(mi.Point2f(turn, rise + dr.select(stone, mi.Float(0.5), mi.Float(0.0))))[0]
        distance = (self._floor - origin.z) / dr.minimum(direction.z, -1e-4)
        x, y = origin.x + distance * direction.x, origin.y + distance * direction.y
        away = dr.sqrt(dr.square(x - self._centre[0]) + dr.square(y - self._centre[1]))
        step = dr.clip((away - self._near_mm) / (self._far_mm - self._near_mm), 0, 1)
        step = step * step * (3 - 2 * step)
        sweep = self._sweep * self._lit(x, y) * (1 + (self._sweep_far - 1) * step)
        return dr.select(direction.z < -1e-4, sweep, sky)

    # ---- paths

    def _primary(self, camera: Camera, x: Array, y: Array, size: int) -> Array:
        (forward, right, up, position), half, near, film = self._optics(camera, size)
        u, v = (2 * x / film - 1) * half, (1 - 2 * y / film) * half
        direction = dr.normalize(mi.Vector3f(*[forward[k] + u * right[k] + v * up[k] for k in range(3)]))
        return mi.Ray3f(mi.Point3f(*position) + near * direction, direction)

    def _optics(self, camera: Camera, size: int) -> Array:
        """Film axes and position, half width of the film at distance 1, near distance, film size."""
        if self._lens is None or self._lens[:2] != (camera, size):
            half = float(np.tan(np.radians(camera.field_of_view_deg) / 2))
            # Starting close to the piece keeps hit points exact in float32.
            near = float(np.linalg.norm(np.subtract(camera.position, self.centre))) - 1.1 * self.radius
            axes = [[_number(k) for k in vector] for vector in (*camera.frame(), np.asarray(camera.position))]
            self._lens = (camera, size, (axes, _number(half), _number(max(near, 0.0)), _number(size)))
        return self._lens[2]

    def _normals(self, hit: Array, active: Array) -> tuple[Array, Array]:
        row = dr.gather(mi.Vector4f, self._face_rows, hit.prim_index, active)
        return row, _blend(self._corners_of(hit, active), hit.prim_uv.x, hit.prim_uv.y)

    def _surface(self, row: Array, active: Array) -> tuple[Array, list[Array]]:
        """Where the table of the part of a face begins, and its first four rows (see `scene.describe_surface`)."""
        base = mi.UInt32(row.w) * self._rows
        return base, [dr.gather(mi.Vector4f, self._surfaces, base + k, active) for k in range(4)]

    def _corners_of(self, hit: Array, active: Array) -> list[Array]:
        return [dr.gather(mi.Vector4f, self._corners, hit.prim_index * 3 + k, active) for k in range(3)]

    def _trace(self, ray: Array, page: Array, sampler: Sampler, leader: Array) -> tuple[Array, Array]:
        """Follow one path per lane; returns which colours left it (see `_run`), and display-encoded colour."""
        colours = range(3 if self.scene.has_fire else 1)
        state = (
            # Where stones disperse, red, green and blue each have a place and direction of their own.
            [mi.Point3f(ray.o) for _ in colours],
            [mi.Vector3f(ray.d) for _ in colours],
            mi.UInt32(0),  # colours that left the path
            mi.Color3f(0.0),  # radiance gathered
            mi.Color3f(1.0),  # throughput
            mi.Color3f(1.0),  # what the first metal makes of the dark room
            mi.UInt32(0),  # depth
            mi.Bool(False),  # noqa: FBT003 - the first thing hit is a clear stone
            mi.Bool(True),  # noqa: FBT003 - still under way
        )

        result = dr.while_loop(
            state, lambda *now: now[-1], lambda *now: self._bounce(sampler, leader, *now), mode="symbolic"
        )
        apart, radiance, depth, stone = result[2], result[3], result[6], result[7]
        light = tone(
            radiance * self._exposure,
            stone,
        )
        light = encode(light)
        light = dr.select(depth == 0, mi.Color3f(page), light)
        return apart, dr.select(dr.isfinite(light), light, mi.Color3f(0.0))

    def _bounce(self, sampler: Sampler, leader: Array, *state: Array) -> tuple[Array, ...]:
        """Follow every lane to what it meets next; gives the state after it.

        The leading colour finds the way. The others cross the same facets, each bent by its own index and at a point
        of its own: facets are flat, so both are exact until one of them misses the triangle the leader met.
        """
        origins, directions, apart, radiance, throughput, shade, depth, stone, active = state
        origin, direction = _led(origins, leader), _led(directions, leader)
        ray = mi.Ray3f(origin, direction)
        hit = self._world.ray_intersect_preliminary(ray, coherent=False, active=active)
        valid = active & hit.is_valid()
        first = depth == 0
        radiance = dr.select(
            active & ~valid & ~first,
            radiance + throughput * self._shaded([origin], [direction], shade, stone),
            radiance,
        )
        row, normal = self._normals(hit, valid)
        face = mi.Vector3f(row.x, row.y, row.z)
        base, (front, tint, index, inner) = self._surface(row, valid)
        metal = valid & (inner.w == METAL)
        clear = valid & (inner.w == CLEAR)
        coated = valid & (inner.w == COATED)
        point = ray(hit.t)
        points, astray = self._follow(origins, directions, point, face, hit, clear)
        apart = apart | dr.select(~first & (dr.max(throughput) > SEEN_FIRE), astray, 0)
        entering = dr.dot(direction, face) < 0
        leaving = clear & ~entering
        facing = dr.select(entering, face, -face)
        shading = dr.select(entering, normal, -normal)
        shading = dr.select(dr.dot(shading, direction) < -1e-3, shading, facing)
        pair = sampler.draw(depth + 1)
        stone = stone | (clear & first)

        # Overlapping bodies: what is met from inside an opaque one is its own colour in shade.
        buried = (metal | coated) & ~entering
        own = mi.Color3f(front.x, front.y, front.z)
        radiance = dr.select(buried, radiance + throughput * own * AMBIENT, radiance)

        # A clear stone splits light in two at every facet. The path stays with the part inside the stone;
        # the part outside is looked at once, here. Choosing between them at random would be the main noise.
        indices = (index.x, index.y, index.z) if len(directions) == 3 else (index.y,)
        ways = [split(way, shading, entering, n) for way, n in zip(directions, indices, strict=True)]
        share = _of_each([part for part, _, _ in ways])
        absorbed = dr.exp(-hit.t * mi.Color3f(inner.x, inner.y, inner.z))
        throughput = dr.select(leaving, throughput * absorbed, throughput)

        shading, mirrored, weight, cosine = self._mirror(
            point, shading, facing, direction, base, (front.w, tint.w), pair, valid & ~clear
        )
        throughput = dr.select(metal, throughput * weight * schlick(own, cosine), throughput)
        fresh = metal & (dr.sum(dr.abs(shade - 1)) == 0)
        shade = dr.select(fresh, mi.Color3f(tint.x, tint.y, tint.z), shade)

        outside = [dr.select(leaving, bent, dr.select(clear, turned, mirrored)) for _, turned, bent in ways]
        onward = [dr.select(clear, dr.select(entering, bent, turned), mirrored) for _, turned, bent in ways]
        outside_share = dr.select(entering, share, 1 - share)
        onward_share = dr.select(clear, 1 - outside_share, mi.Color3f(1.0))
        if (self.scene.kinds == COATED).any():
            skin = weight * schlick(mi.Float(dr.square((index.y - 1) / (index.y + 1))), cosine)
            outside_share = dr.select(coated, mi.Color3f(skin), outside_share)
            body = self._body_colour(coated, own, point, -dr.dot(direction, shading), base)
            # The body's light is looked up, not sampled: a tone-mapped average of rare bright boxes would be grey.
            lit = throughput * body * (1 - skin) * self._diffuse_light(shading)
            radiance = dr.select(coated & entering, radiance + lit, radiance)
        beside = valid & ~buried & ~metal & (dr.max(throughput * outside_share) > MIN_THROUGHPUT)
        leave = dr.select(leaving, -facing, facing)
        # Where the leading colour is held back whole, red may still leave: it is bent least.
        held = leaving & (_led([part for part, _, _ in ways], leader) >= 1)
        starts = [place + leave * OFFSET_MM for place in points]
        glance, found = self._glance(starts, outside, held, leader, shade, beside, leaving)
        apart = apart | self._disagree(
            starts,
            outside,
            found,
            leaving & beside & (leader == GREEN) & (dr.max(throughput * outside_share) > SEEN_FIRE),
        )
        radiance = dr.select(beside, radiance + throughput * outside_share * glance, radiance)
        throughput = throughput * dr.select(valid, onward_share, mi.Color3f(1.0))
        lift = dr.select(clear & entering, -facing, facing)
        depth = depth + 1
        alive = valid & ~buried & ~coated
        # A stone mirrored in metal is a few pixels of sparkle: two looks into it are enough.
        limit = dr.select(stone | ~clear, mi.UInt32(MAX_DEPTH), mi.UInt32(MIRRORED_STONE_DEPTH))
        cut = alive & ((depth >= limit) | (dr.max(throughput) < MIN_THROUGHPUT))
        radiance = dr.select(cut, radiance + throughput * AMBIENT, radiance)
        return (
            [dr.select(valid, place + lift * OFFSET_MM, origin) for place in points],
            [dr.select(valid, dr.normalize(way), direction) for way in onward],
            apart,
            radiance,
            throughput,
            shade,
            # A path that never met the piece keeps depth 0 and shows the page.
            dr.select(valid, depth, depth - 1),
            stone,
            alive & ~cut,
        )

    def _mirror(
        self,
        point: Array,
        shading: Array,
        facing: Array,
        direction: Array,
        base: Array,
        rough: tuple[Array, Array],
        pair: Array,
        active: Array,
    ) -> tuple[Array, Array, Array, Array]:
        """Mirror off a finish: its normal there, the direction, its weight less Fresnel, and the cosine."""
        shading, along, across = self._roughen(point, shading, direction, base, active)
        mirrored, weight, cosine = reflect(direction, shading, along, across, *rough, pair)
        # A mirrored ray that would dive under the true surface is folded back above it.
        dive = dr.dot(mirrored, facing)
        mirrored = dr.select(dive < 0, dr.normalize(mirrored - 2 * dive * facing), mirrored)
        return shading, mirrored, weight, cosine

    def _follow(
        self,
        origins: list[Array],
        directions: list[Array],
        point: Array,
        face: Array,
        hit: Array,
        active: Array,
    ) -> tuple[list[Array], Array]:
        """Where each colour meets the stone, and bit 1 << colour of those that missed the leader's triangle."""
        if len(directions) == 1:
            return [point], mi.UInt32(0)
        met = self._meet_plane(origins, directions, point, face, hit, active)
        missed = [(dr.minimum(u, v) < -1e-3) | (u + v > 1 + 1e-3) for _, u, v in met]
        return [own for own, _, _ in met], _marked(missed, active)

    def _meet_plane(
        self,
        origins: list[Array],
        directions: list[Array],
        point: Array,
        face: Array,
        hit: Array,
        active: Array,
    ) -> list[tuple[Array, Array, Array]]:
        """Where each colour meets the plane of the leader's triangle: place and last two barycentric coordinates."""
        grow_u, grow_v = (
            mi.Vector3f(k.x, k.y, k.z)
            for k in (dr.gather(mi.Vector4f, self._bounds, hit.prim_index * 2 + k, active) for k in range(2))
        )
        met = []
        for origin, way in zip(origins, directions, strict=True):
            along = dr.dot(face, way)
            far = dr.dot(face, point - origin) / dr.select(dr.abs(along) < 1e-4, 1e-4, along)
            own = dr.select(active, origin + way * far, point)
            shift = own - point
            met.append((own, hit.prim_uv.x + dr.dot(grow_u, shift), hit.prim_uv.y + dr.dot(grow_v, shift)))
        return met

    def _disagree(self, origins: list[Array], directions: list[Array], found: Array, active: Array) -> Array:
        """Bit 1 << colour for red and blue where their own way out is blocked and the leader's free, or reverse."""
        if len(directions) == 1:
            return mi.UInt32(0)
        other = [
            self._world.ray_test(mi.Ray3f(origins[colour], directions[colour]), coherent=False, active=active)
            if colour != GREEN
            else found
            for colour in (RED, GREEN, BLUE)
        ]
        return _marked([blocked != found for blocked in other], active)

    def _shaded(self, origins: list[Array], directions: list[Array], shade: Array, stone: Array) -> Array:
        """Light that leaves the piece in the direction of each colour (or in one for all), its darks tinted."""
        light = _of_each(
            [self._surroundings(place, way, stone) for place, way in zip(origins, directions, strict=True)]
        )
        dark = dr.clip(1 - light * 1.6, 0, 1)
        return light * (1 + (shade - 1) * dark)

    def _diffuse_light(self, normal: Array) -> Array:
        return self._glow.eval(mi.Point2f(*_sky_place(normal)))[0]

    def _roughen(
        self, point: Array, normal: Array, direction: Array, base: Array, active: Array
    ) -> tuple[Array, Array, Array]:
        """Shading frame after the finish's relief: normal, stroke direction, across it."""
        # Strokes run around the piece's y axis: along a shank, straight across a plate; around z on a cuff.
        along = dr.cross(normal, mi.Vector3f(0, 0, 1) if self._cuff else mi.Vector3f(0, 1, 0))
        flat = dr.squared_norm(along) < 1e-4
        along = dr.normalize(dr.select(flat, dr.cross(normal, mi.Vector3f(1, 0, 0)), along))
        if self._volumes:
            kind = dr.gather(mi.Vector4f, self._surfaces, base + 4, active)
            slope = mi.Vector3f(0.0)
            for name, tile in (
                ("dimples", relief.DIMPLE_TILE_MM),
                ("grain", relief.GRAIN_TILE_MM),
                ("strokes", relief.STROKE_TILE_MM),
            ):
                if name not in self._volumes:
                    continue
                chosen = active & (kind.x == RELIEFS[name])
                place = self._stroke_place(point) if name == "strokes" else point
                value = self._volumes[name].eval(mi.Point3f(place) / tile, active=chosen)
                slope = dr.select(chosen, mi.Vector3f(value[0], value[1], value[2]), slope)
            tangent = slope - dr.dot(slope, normal) * normal
            bumped = dr.normalize(normal - kind.y * tangent)
            usable = dr.dot(bumped, direction) < -0.02
            normal = dr.select(active & usable, bumped, normal)
            along = dr.normalize(along - dr.dot(along, normal) * normal)
        return normal, along, dr.cross(normal, along)

    def _stroke_place(self, point: Array) -> Array:
        """Where a brush stroke is looked up: strokes run around a standing piece, straight across a lying one."""
        if self._cuff:
            x, y = point.x - self._centre[0], point.y - self._centre[1]
            return mi.Point3f(point.z, dr.sqrt(x * x + y * y), STROKE_LENGTH * dr.atan2(x, -y) * self._hub[2])
        if not self.studio.upright:
            return mi.Point3f(point.y, point.z, STROKE_LENGTH * point.x)
        x, z = point.x - self._hub[0], point.z - self._hub[1]
        away = dr.sqrt(x * x + z * z)
        return mi.Point3f(point.y, away, STROKE_LENGTH * dr.atan2(x, z) * self._hub[2])

    def _glance(
        self,
        origins: list[Array],
        directions: list[Array],
        held: Array,
        leader: Array,
        shade: Array,
        active: Array,
        stone: Array,
    ) -> tuple[Array, Array]:
        """Give the radiance along rays that are followed no further than the first thing met; and if one was met.

        The leader's ray looks for it, or red's where the leader's is `held` back.
        """
        ahead = dr.select(held, directions[0], _led(directions, leader))
        ray = mi.Ray3f(dr.select(held, origins[0], _led(origins, leader)), ahead)
        hit = self._world.ray_intersect_preliminary(ray, coherent=False, active=active)
        valid = active & hit.is_valid()
        row = dr.gather(mi.Vector4f, self._face_rows, hit.prim_index, valid)
        corners = self._corners_of(hit, valid)
        normal = _blend(corners, hit.prim_uv.x, hit.prim_uv.y)
        _, (front, tint, _, inner) = self._surface(row, valid)
        side = dr.select(dr.dot(normal, ahead) < 0, mi.Float(1.0), mi.Float(-1.0))
        own = mi.Color3f(front.x, front.y, front.z)
        metal = valid & (inner.w == METAL)
        cosine = -dr.dot(ahead, side * normal)
        point = ray(hit.t)
        normals, places = [normal], [point]
        if len(directions) == 3:
            face = mi.Vector3f(row.x, row.y, row.z)
            met = self._meet_plane(origins, directions, point, face, hit, valid)
            places = [place for place, _, _ in met]
            # A prong is round: the mirror that red meets leans a little from that of green.
            normals = [_blend(corners, dr.clip(u, -1, 2), dr.clip(v, -1, 2)) for _, u, v in met]
        away = [
            dr.select(valid, dr.normalize(way - 2 * dr.dot(way, n) * n), way)
            for way, n in zip(directions, normals, strict=True)
        ]
        places = [dr.select(valid, place, start) for place, start in zip(places, origins, strict=True)]
        shade = dr.select(metal, mi.Color3f(tint.x, tint.y, tint.z), shade)
        light = self._shaded(places, away, shade, stone & ~valid)
        # Of another stone: its gloss, and the colour of light that crossed half of it.
        half = dr.exp(-0.5 * mi.Color3f(inner.x, inner.y, inner.z) / dr.maximum(dr.max(inner), 0.1))
        body = dr.select(inner.w == CLEAR, half, own) * STONE_GLOW
        stone = body + light * schlick(mi.Float(0.05), cosine)
        return dr.select(valid, dr.select(metal, light * schlick(own, cosine), stone), light), valid

    def _body_colour(self, coated: Array, body: Array, point: Array, cosine: Array, base: Array) -> Array:
        if "mosaic" not in self._volumes and PATTERNS["pearl"] not in self.scene.patterns:
            return body
        kind = dr.gather(mi.Vector4f, self._surfaces, base + 4, coated).z
        rose, silver = mi.Color3f(1.05, 0.985, 0.975), mi.Color3f(0.93, 0.985, 1.0)
        overtone = body * (silver + (rose - silver) * dr.square(cosine))
        result = dr.select(kind == PATTERNS["pearl"], overtone, body)
        if "mosaic" in self._volumes:
            patch = self._volumes["mosaic"].eval(mi.Point3f(point) / relief.PATTERN_TILE_MM, active=coated)
            hue = 2 * np.pi * (1.3 * patch[0] + 0.7 * cosine)
            flash = 0.5 + 0.5 * mi.Color3f(dr.cos(hue), dr.cos(hue - 2.1), dr.cos(hue - 4.2))
            strength = dr.clip(patch[1] * 2.4 - 0.9, 0, 1) * 0.6
            opal = body * (1 - strength) + flash * strength
            vein = dr.clip(patch[3] * dr.clip(patch[2] * 3 - 1.2, 0, 1) * 1.4, 0, 1)
            stone = body * (1 - vein) + mi.Color3f(0.045, 0.028, 0.018) * vein
            result = dr.select(kind == PATTERNS["opal"], opal, result)
            result = dr.select(kind == PATTERNS["matrix"], stone, result)
        return result

    def _make_volumes(self) -> dict[str, Array]:
        made: dict[str, np.ndarray] = {}
        if RELIEFS["dimples"] in self.scene.reliefs:
            made["dimples"] = relief.dimples()
        if RELIEFS["strokes"] in self.scene.reliefs:
            made["strokes"] = relief.noise(3, 0.8)
        if RELIEFS["grain"] in self.scene.reliefs:
            made["grain"] = relief.noise(7, 0.7)
        if self.scene.patterns & {PATTERNS["opal"], PATTERNS["matrix"]}:
            made["mosaic"] = relief.mosaic()
        return {
            name: mi.Texture3f(
                mi.TensorXf(volume), filter_mode=dr.FilterMode.Linear, wrap_mode=dr.WrapMode.Repeat
            )
            for name, volume in made.items()
        }


def release() -> None:
    """Give cached device memory back to the system."""
    dr.flush_malloc_cache()


def _two_skies(environment: np.ndarray) -> np.ndarray:
    """The sky that metal sees over the one that stones see (2h, 2h): one table, so that a lookup costs the same."""
    return np.concatenate([environment, environment + lamps()])


def _marked(colours: list[Array], active: Array) -> Array:
    """Bit 1 << colour of each that is true."""
    bits = mi.UInt32(0)
    for colour, true in enumerate(colours):
        bits = bits | dr.select(active & true, mi.UInt32(1 << colour), mi.UInt32(0))
    return bits


def _blend(corners: list[Array], u: Array, v: Array) -> Array:
    """Shading normal at barycentric coordinates."""
    a, b, c = corners
    w = 1 - u - v
    return dr.normalize(
        mi.Vector3f(w * a.x + u * b.x + v * c.x, w * a.y + u * b.y + v * c.y, w * a.z + u * b.z + v * c.z)
    )


def _barycentric_slopes(scene: Scene) -> np.ndarray:
    """How the second and the third barycentric coordinate grow along each face (m, 2, 4) float32, per mm, padded."""
    a, b, c = (scene.vertices[scene.faces[:, k]].astype(np.float64) for k in range(3))
    first, second = b - a, c - a
    one, two, both = (
        (x * y).sum(axis=1, keepdims=True) for x, y in ((first, first), (second, second), (first, second))
    )
    area = np.maximum(one * two - both**2, 1e-20)
    slopes = np.zeros((len(scene.faces), 2, 4), dtype=np.float32)
    slopes[:, 0, :3] = (two * first - both * second) / area
    slopes[:, 1, :3] = (one * second - both * first) / area
    return slopes


def _led(values: list[Array], leader: Array) -> Array:
    """The value of the leading colour."""
    if len(values) == 1:
        return values[0]
    return dr.select(leader == RED, values[RED], dr.select(leader == BLUE, values[BLUE], values[GREEN]))


def _of_each(values: list[Array]) -> Array:
    """A colour of one value for each primary, or of the only one."""
    return mi.Color3f(*values) if len(values) == 3 else mi.Color3f(values[0])


def _sky_place(direction: Array) -> tuple[Array, Array]:
    """Where a direction lies on a lat-long map, both axes 0..1."""
    turn = dr.atan2(direction.x, direction.y) * (0.5 / np.pi)
    return turn - dr.floor(turn), dr.acos(dr.clip(direction.z, -1, 1)) * (1 / np.pi)


def _number(value: float) -> Array:
    return dr.opaque(mi.Float, float(value))


def _point(values: np.ndarray) -> Array:
    return mi.Point3f(*[mi.Float(np.ascontiguousarray(values[:, k], dtype=np.float32)) for k in range(3)])


def _vector(values: np.ndarray) -> Array:
    return mi.Vector3f(*[mi.Float(np.ascontiguousarray(values[:, k], dtype=np.float32)) for k in range(3)])
