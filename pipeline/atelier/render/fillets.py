"""Fillets where parts of metal are soldered together: solder rounds a joint, and its normal leans from one part to the
other.

Nothing is added to the geometry. Near a joint a hit looks along its surface for the other part, as shaders of round
edges do, and bends its normal by how near that is.
"""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.render.intersect import World
from pipeline.atelier.render.joints import FILLET_MM

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

# One of three ways that lie evenly around meets a wall at no more than twice its distance along the surface. A fillet
# reaches no further than that finds it, whichever way they lie: into a groove steeper than a right angle it is smaller.
WAYS = 3
WIDEST = 1.25
REACH_MM = 2 * WIDEST * FILLET_MM
# The least cosine at which a ray still sees a surface.
GRAZING = 0.02
# Looked from a little above the surface: what is met right at it may be its own facets.
LIFT_MM = 0.1 * FILLET_MM


def rounded(
    world: World,
    point: Array,
    facing: Array,
    shading: Array,
    part: Array,
    direction: Array,
    turn: Array,
    active: Array,
) -> Array:
    """Shading normal of a fillet, where a ray of that direction meets metal of a `part` near a joint.

    `facing` is the face's own normal, `shading` the one it is shaded by, `turn` 0..1 how the ways lie. Between two
    planes whose normals have the cosine c a ball of radius r touches both; it touches one at a point that lies
    r (1 - c) off the other, and from there to the joint the normal turns to the bisector, as far as the ray still sees
    it. Of what the ways meet the nearest counts: there a round wall is most like its plane.
    """
    across = mi.Vector3f(dr.select(dr.abs(facing.z) < 0.9, mi.Vector3f(0, 0, 1), mi.Vector3f(1, 0, 0)))
    first = dr.normalize(dr.cross(facing, across))
    second = dr.cross(facing, first)
    origin = point + facing * LIFT_MM
    nearest, near, other = mi.Float(REACH_MM), mi.Float(0.0), mi.Vector3f(shading)
    for way in range(WAYS):
        angle = 2 * np.pi * (turn + way) / WAYS
        ahead = dr.cos(angle) * first + dr.sin(angle) * second
        hit = world.meet(mi.Ray3f(mi.Ray3f(origin, ahead), mi.Float(REACH_MM)), active=active)
        met = active & hit.is_valid() & (hit.t < nearest)
        row = world.row(hit, met)
        wall = mi.Vector3f(row.x, row.y, row.z)
        met &= (
            (mi.UInt32(row.w) != part) & (dr.dot(wall, ahead) < 0) & world.is_soldered(mi.UInt32(row.w), met)
        )
        away = dr.dot(wall, point - (origin + ahead * hit.t))
        cosine = dr.dot(wall, shading)
        groove = WIDEST * dr.sqrt(dr.maximum(1 - dr.square(cosine), 0))
        room = FILLET_MM * dr.maximum(dr.minimum(1 - cosine, groove), 1e-4)
        nearest = dr.select(met, hit.t, nearest)
        near = dr.select(met, dr.clip(1 - away / room, 0, 1), near)
        other = dr.select(met, wall, other)
    bent = dr.normalize(shading + 0.5 * near * (other - shading))
    seen = dr.minimum(GRAZING, -dr.dot(shading, direction))
    bent -= direction * dr.maximum(seen + dr.dot(bent, direction), 0)
    return dr.select(active, dr.normalize(bent), shading)
