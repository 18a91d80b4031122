"""Light that reaches the floor through clear stones: tinted by them, and gathered by their facets into caustics.

A ray from the floor is bent into a stone as light is bent out of it, and so is led back to the light that came that
way. It stays one ray: what a facet mirrors of it is small where it is let through, and all of it where it is not.
"""

from typing import Any

import drjit as dr
import mitsuba

from pipeline.atelier.render.environment import Surroundings
from pipeline.atelier.render.intersect import World
from pipeline.atelier.render.optics import split
from pipeline.atelier.render.scene import CLEAR

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

MAX_FACETS = 10
OFFSET_MM = 2e-4
# Directions are drawn by the light they bring: where one is led from a dim place to a lamp, it would be a speck that no
# blur hides.
BRIGHTEST = 3.0


def through(world: World, surroundings: Surroundings, origin: Array, direction: Array) -> Array:
    """What comes down the rays, of what would without the piece: a share of each primary colour."""
    state = (
        mi.Point3f(origin),
        mi.Vector3f(direction),
        mi.Color3f(1.0),
        mi.UInt32(0),  # facets met
        mi.Bool(True),  # noqa: FBT003 - still under way
    )

    def step(place: Array, way: Array, share: Array, facets: Array, active: Array) -> tuple[Array, ...]:
        hit = world.meet(mi.Ray3f(place, way), active=active)
        valid = active & hit.is_valid()
        row = world.row(hit, valid)
        face = mi.Vector3f(row.x, row.y, row.z)
        part = mi.UInt32(row.w)
        index, inner = world.cell(part, 2, valid), world.cell(part, 3, valid)
        clear = valid & (inner.w == CLEAR)
        entering = dr.dot(way, face) < 0
        facing = dr.select(entering, face, -face)
        lost, turned, bent = split(way, facing, entering, dr.maximum(index.y, 1.01))
        crossed = dr.exp(-hit.t * mi.Color3f(inner.x, inner.y, inner.z))
        share = dr.select(clear & ~entering, share * crossed, share)
        mirrored = clear & ~entering & (lost >= 1)
        share = dr.select(clear & ~mirrored, share * (1 - lost), share)
        facets = facets + dr.select(clear, mi.UInt32(1), mi.UInt32(0))
        under_way = clear & (facets < MAX_FACETS)
        share = dr.select(valid & ~under_way, mi.Color3f(0.0), share)
        passing = clear & ~mirrored
        start = place + hit.t * way + dr.select(passing, -facing, facing) * OFFSET_MM
        return (
            dr.select(under_way, start, place),
            dr.select(under_way, dr.select(mirrored, turned, bent), way),
            share,
            facets,
            under_way,
        )

    _, way, share, facets, _ = dr.while_loop(state, lambda *now: now[-1], step, mode="symbolic")
    led = surroundings.open_light(way) / dr.maximum(surroundings.open_light(direction), 1e-3)
    return share * dr.select(facets > 0, dr.minimum(led, BRIGHTEST), mi.Float(1.0))
