"""The way of light through a piece: one path per lane, followed back from the film.

Everything is traced once by Dr.Jit into one compiled loop per launch. Every sample is tone-mapped and sRGB-encoded
before it is averaged: samples are bounded, edges are clean, and a box-downsampled macro equals the master by
construction.
"""

from typing import Any

import drjit as dr
import mitsuba

from pipeline.atelier.render.colour_lanes import BLUE, GREEN, RED, led, marked, of_each
from pipeline.atelier.render.environment import Surroundings
from pipeline.atelier.render.fillets import rounded
from pipeline.atelier.render.finish import Skin
from pipeline.atelier.render.inclusions import Veils
from pipeline.atelier.render.intersect import World, blend
from pipeline.atelier.render.optics import encode, reflect, schlick, split, tone
from pipeline.atelier.render.sampler import Sampler
from pipeline.atelier.render.scene import CLEAR, COATED, METAL, PATTERNS, Scene

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

MAX_DEPTH = 9
MIRRORED_STONE_DEPTH = 4
# Beyond those that bounces draw from.
RAY_DIMENSION = 64
# Of the number that turns the ways in which a joint is looked for; one less is the lens's.
FILLET_DIMENSION = 66
# Share of a pearl's body light that is mirrored widely.
SATIN, PEARL_DEPTH = 0.5, 0.72
# What a cut-off path still carries is given the mean light instead: at these limits nobody sees the difference.
MIN_THROUGHPUT = 0.025
# Rays restart this far off a surface (mm): beyond float32 rounding at 300 mm, far below any visible detail.
OFFSET_MM = 2e-4
# A colour that leaves the common path in a stone is traced by itself if it still carries this much.
SEEN_FIRE = 0.1
# A stone that absorbs less than this per mm has no colour of its own.
PALE = 0.01
# Radiance left to paths cut off inside a stone or inside overlapping metal.
AMBIENT = 0.35
# What a veil inside a stone scatters: light of the studio that came through so many mm of the stone.
VEIL_GLOW, VEIL_DEPTH_MM = 0.9, 2.2
# Radiance of a stone seen inside another or mirrored in one.
STONE_GLOW = 0.55


class Paths:
    """Follows light through one piece in its surroundings."""

    def __init__(
        self, scene: Scene, world: World, skin: Skin, surroundings: Surroundings, exposure: Array
    ) -> None:
        self._has_fire = scene.has_fire
        self._has_fillets = scene.has_fillets
        self._has_coated = bool((scene.kinds == COATED).any())
        self._has_axes = scene.has_axes
        self._has_rows = scene.has_rows
        self._veils: Any = Veils(world) if scene.has_inclusions else None
        self._has_pearls = PATTERNS["pearl"] in scene.patterns
        self._world = world
        self._skin = skin
        self._surroundings = surroundings
        self._exposure = exposure

    def trace(
        self, ray: Array, page: Array, sampler: Sampler, leader: Array, *, alone: bool = False
    ) -> tuple[Array, Array]:
        """Follow one path per lane; returns which colours left it (see `Kernel._run`), and display-encoded colour.

        `alone` follows the leading colour only: what comes back of the others is its own value.
        """
        colours = range(3 if self._has_fire and not alone else 1)
        # Which of the two rays of a doubly refracting stone a path is: half of the samples of a pixel are each.
        extraordinary = sampler.draw(mi.UInt32(RAY_DIMENSION)).x < 0.5 if self._has_axes else None
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
            mi.Bool(False),  # noqa: FBT003 - and has no colour of its own
            mi.Bool(True),  # noqa: FBT003 - still under way
        )

        result = dr.while_loop(
            state,
            lambda *now: now[-1],
            lambda *now: self._bounce(sampler, leader, extraordinary, *now),
            mode="symbolic",
        )
        apart, radiance, depth, stone, pale = result[2], result[3], *result[6:9]
        light = tone(radiance * self._exposure, stone, pale=pale)
        light = encode(light)
        light = dr.select(depth == 0, mi.Color3f(page), light)
        return apart, dr.select(dr.isfinite(light), light, mi.Color3f(0.0))

    def _bounce(
        self, sampler: Sampler, leader: Array, extraordinary: Array, *state: Array
    ) -> tuple[Array, ...]:
        """Follow every lane to what it meets next; gives the state after it.

        The leading colour finds the way. The others cross the same facets, each bent by its own index and at a point
        of its own: facets are flat, so both are exact until one of them misses the triangle the leader met.
        """
        origins, directions, apart, radiance, throughput, shade, depth, stone, pale, active = state
        origin, direction = led(origins, leader), led(directions, leader)
        ray = mi.Ray3f(origin, direction)
        hit = self._world.meet(ray, coherent=False, active=active)
        valid = active & hit.is_valid()
        first = depth == 0
        radiance = dr.select(
            active & ~valid & ~first,
            radiance + throughput * self._shaded([origin], [direction], shade, stone, mi.Bool(False)),  # noqa: FBT003 - no gloss
            radiance,
        )
        row, normal = self._world.normals(hit, valid)
        face = mi.Vector3f(row.x, row.y, row.z)
        base, (front, tint, index, inner) = self._world.surface(row, valid)
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
        shading = self._filleted(
            sampler, hit, row, point, (facing, shading), direction, first & metal & entering
        )
        stone = stone | (clear & first)
        throughput = self._exposed(throughput, base, clear & first)
        pale = pale | (clear & first & (dr.max(mi.Color3f(inner.x, inner.y, inner.z)) < PALE))

        # Overlapping bodies: what is met from inside an opaque one is its own colour in shade.
        buried = (metal | coated) & ~entering
        met_colour = mi.Color3f(front.x, front.y, front.z)
        radiance = dr.select(buried, radiance + throughput * met_colour * AMBIENT, radiance)

        # A clear stone splits light in two at every facet. The path stays with the part inside the stone;
        # the part outside is looked at once, here. Choosing between them at random would be the main noise.
        each, absorption = self._crystal(index, inner, base, direction, extraordinary, clear)
        indices = each if len(directions) == 3 else [led(each, leader)]
        ways = [split(way, shading, entering, n) for way, n in zip(directions, indices, strict=True)]
        share = of_each([part for part, _, _ in ways])
        if self._veils is not None:
            lit, free = self._veiled(origin, direction, hit.t, base, absorption, leaving)
            radiance, throughput = radiance + throughput * lit, throughput * free
        throughput = dr.select(leaving, throughput * dr.exp(-hit.t * absorption), throughput)

        shading, mirrored, weight, cosine = self._mirror(
            point,
            shading,
            facing,
            direction,
            base,
            (front.w, tint.w),
            sampler.draw(depth + 1),
            valid & ~clear,
        )
        throughput = dr.select(metal, throughput * weight * schlick(met_colour, cosine), throughput)
        shade = dr.select(metal & (dr.sum(dr.abs(shade - 1)) == 0), mi.Color3f(tint.x, tint.y, tint.z), shade)

        outside = [dr.select(leaving, bent, dr.select(clear, turned, mirrored)) for _, turned, bent in ways]
        onward = [dr.select(clear, dr.select(entering, bent, turned), mirrored) for _, turned, bent in ways]
        outside_share = dr.select(entering, share, 1 - share)
        onward_share = dr.select(clear, 1 - outside_share, mi.Color3f(1.0))
        if self._has_coated:
            skin = weight * schlick(mi.Float(dr.square((index.y - 1) / (index.y + 1))), cosine)
            outside_share = dr.select(coated, mi.Color3f(skin), outside_share)
            lit = self._body(coated, met_colour, point, shading, direction, mirrored, base) * (1 - skin)
            radiance = dr.select(coated & entering, radiance + throughput * lit, radiance)
        beside = valid & ~buried & ~metal & (dr.max(throughput * outside_share) > MIN_THROUGHPUT)
        # Where the leading colour is held back whole, red may still leave: it is bent least.
        held = leaving & (led([part for part, _, _ in ways], leader) >= 1)
        starts = [place + dr.select(leaving, -facing, facing) * OFFSET_MM for place in points]
        glance, seen_by = self._glance(
            starts, outside, held, leader, shade, beside, leaving, gloss=clear & entering
        )
        apart = apart | self._disagree(
            starts,
            outside,
            seen_by,
            leaving & beside & (leader == GREEN) & (dr.max(throughput * outside_share) > SEEN_FIRE),
        )
        radiance = dr.select(beside, radiance + throughput * outside_share * glance, radiance)
        throughput = throughput * dr.select(valid, onward_share, mi.Color3f(1.0))
        depth = depth + 1
        alive = valid & ~buried & ~coated
        # A stone mirrored in metal is a few pixels of sparkle: two looks into it are enough.
        cut = alive & (
            (depth >= dr.select(stone | ~clear, mi.UInt32(MAX_DEPTH), mi.UInt32(MIRRORED_STONE_DEPTH)))
            | (dr.max(throughput) < MIN_THROUGHPUT)
        )
        radiance = dr.select(cut, radiance + throughput * AMBIENT, radiance)
        return (
            [
                dr.select(valid, place + dr.select(clear & entering, -facing, facing) * OFFSET_MM, origin)
                for place in points
            ],
            [dr.select(valid, dr.normalize(way), direction) for way in onward],
            apart,
            radiance,
            throughput,
            shade,
            # A path that never met the piece keeps depth 0 and shows the page.
            dr.select(valid, depth, depth - 1),
            stone,
            pale,
            alive & ~cut,
        )

    def _filleted(
        self,
        sampler: Sampler,
        hit: Array,
        row: Array,
        point: Array,
        normals: tuple[Array, Array],
        direction: Array,
        active: Array,
    ) -> Array:
        """The second of a face's own and its shading normal, as solder bends it where the face lies at a joint."""
        facing, shading = normals
        if not self._has_fillets:
            return shading
        joint = active & self._world.at_joint(hit, active)
        turn = sampler.draw(mi.UInt32(FILLET_DIMENSION)).x
        return rounded(self._world, point, facing, shading, mi.UInt32(row.w), direction, turn, joint)

    def _exposed(self, throughput: Array, base: Array, active: Array) -> Array:
        """Stones in rows are exposed longer than others."""
        if not self._has_rows:
            return throughput
        return dr.select(active, throughput * self._world.exposure(base, active), throughput)

    def _crystal(
        self, index: Array, inner: Array, base: Array, direction: Array, extraordinary: Array, clear: Array
    ) -> tuple[list[Array], Array]:
        """Index of a stone for each primary colour, and its absorption per mm, by the ray's way through the crystal.

        A uniaxial crystal refracts the extraordinary ray by an index that differs from the ordinary one's by the
        birefringence times the squared sine of the angle to its axis, to first order (Born and Wolf, Principles of
        Optics, 15.3); half of it is given to each ray, for tables tell the mean. Its second colour comes likewise.
        """
        each, absorption = [index.x, index.y, index.z], mi.Color3f(inner.x, inner.y, inner.z)
        if not self._has_axes:
            return each, absorption
        axis, beyond = self._world.crystal(base, clear)
        lean = 1 - dr.square(dr.dot(direction, mi.Vector3f(axis.x, axis.y, axis.z)))
        apart = 0.5 * axis.w * lean
        more = mi.Color3f(beyond.x, beyond.y, beyond.z) * dr.select(extraordinary, lean, 0.0)
        bend = dr.select(clear, dr.select(extraordinary, apart, -apart), 0.0)
        return [n + bend for n in each], absorption + more

    def _veiled(
        self, origin: Array, direction: Array, way: Array, base: Array, absorption: Array, leaving: Array
    ) -> tuple[Array, Array]:
        """What the veils inside a stone scatter to the eye, and the share of light that passes them all."""
        stopped = self._veils.stopped(origin, direction, way, base, leaving)
        return stopped * dr.exp(-VEIL_DEPTH_MM * absorption) * VEIL_GLOW, 1 - stopped

    def _body(
        self,
        coated: Array,
        colour: Array,
        point: Array,
        shading: Array,
        direction: Array,
        mirrored: Array,
        base: Array,
    ) -> Array:
        """Light that comes back out of a coated stone's body; of a pearl's a part is mirrored widely by the platelets
        under its polished skin, the second lobe.

        It is looked up, not sampled: a tone-mapped average of rare bright boxes would be grey.
        """
        body = self._skin.body_colour(coated, colour, point, shading, direction, base)
        around = self._surroundings.diffuse(shading)
        if self._has_pearls:
            pearl = coated & (self._world.fifth(base, coated).z == PATTERNS["pearl"])
            wide = self._surroundings.diffuse(dr.normalize(shading + 1.5 * mirrored))
            around = dr.select(pearl, around + SATIN * (PEARL_DEPTH * dr.square(wide) - around), around)
        return body * around

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
        shading, along, across, dulled = self._skin.roughen(point, shading, direction, base, active)
        rough_along, rough_across = (alpha + dulled for alpha in rough)
        mirrored, weight, cosine = reflect(direction, shading, along, across, rough_along, rough_across, pair)
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
        met = self._world.meet_plane(origins, directions, point, face, hit, active)
        missed = [(dr.minimum(u, v) < -1e-3) | (u + v > 1 + 1e-3) for _, u, v in met]
        return [place for place, _, _ in met], marked(missed, active)

    def _disagree(self, origins: list[Array], directions: list[Array], hidden: Array, active: Array) -> Array:
        """Bit 1 << colour for red and blue where their own way out is blocked and the leader's free, or reverse."""
        if len(directions) == 1:
            return mi.UInt32(0)
        other = [
            self._world.blocks(mi.Ray3f(origins[colour], directions[colour]), active)
            if colour != GREEN
            else hidden
            for colour in (RED, GREEN, BLUE)
        ]
        return marked([blocked != hidden for blocked in other], active)

    def _shaded(
        self, origins: list[Array], directions: list[Array], shade: Array, stone: Array, gloss: Array
    ) -> Array:
        """Light that leaves the piece in the direction of each colour (or in one for all), its darks tinted."""
        light = of_each(
            [
                self._surroundings.light(place, way, stone, gloss)
                for place, way in zip(origins, directions, strict=True)
            ]
        )
        dark = dr.clip(1 - light * 1.6, 0, 1)
        return light * (1 + (shade - 1) * dark)

    def _glance(
        self,
        origins: list[Array],
        directions: list[Array],
        held: Array,
        leader: Array,
        shade: Array,
        active: Array,
        stone: Array,
        *,
        gloss: Array,
    ) -> tuple[Array, Array]:
        """Give the radiance along rays that are followed no further than the first thing met; and if one was met.

        The leader's ray looks for it, or red's where the leader's is `held` back.
        """
        ahead = dr.select(held, directions[0], led(directions, leader))
        ray = mi.Ray3f(dr.select(held, origins[0], led(origins, leader)), ahead)
        hit = self._world.meet(ray, coherent=False, active=active)
        valid = active & hit.is_valid()
        row = self._world.row(hit, valid)
        corners = self._world.corners(hit, valid)
        normal = blend(corners, hit.prim_uv.x, hit.prim_uv.y)
        _, (front, tint, _, inner) = self._world.surface(row, valid)
        side = dr.select(dr.dot(normal, ahead) < 0, mi.Float(1.0), mi.Float(-1.0))
        met_colour = mi.Color3f(front.x, front.y, front.z)
        metal = valid & (inner.w == METAL)
        cosine = -dr.dot(ahead, side * normal)
        point = ray(hit.t)
        normals, places = [normal], [point]
        if len(directions) == 3:
            face = mi.Vector3f(row.x, row.y, row.z)
            met = self._world.meet_plane(origins, directions, point, face, hit, valid)
            places = [place for place, _, _ in met]
            # A prong is round: the mirror that red meets leans a little from that of green.
            normals = [blend(corners, dr.clip(u, -1, 2), dr.clip(v, -1, 2)) for _, u, v in met]
        away = [
            dr.select(valid, dr.normalize(way - 2 * dr.dot(way, n) * n), way)
            for way, n in zip(directions, normals, strict=True)
        ]
        places = [dr.select(valid, place, start) for place, start in zip(places, origins, strict=True)]
        shade = dr.select(metal, mi.Color3f(tint.x, tint.y, tint.z), shade)
        light = self._shaded(places, away, shade, stone & ~valid, gloss & ~valid)
        # Of another stone: its gloss, and the colour of light that crossed half of it.
        half = dr.exp(-0.5 * mi.Color3f(inner.x, inner.y, inner.z) / dr.maximum(dr.max(inner), 0.1))
        body = dr.select(inner.w == CLEAR, half, met_colour) * STONE_GLOW
        stone = body + light * schlick(mi.Float(0.05), cosine)
        return dr.select(valid, dr.select(metal, light * schlick(met_colour, cosine), stone), light), valid
