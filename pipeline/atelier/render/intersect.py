"""The piece as the ray engine holds it: what a ray meets, and the tables of what was met."""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.render.scene import BATCH_TRIANGLES, METAL, Scene

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any


class World:
    """One scene's triangles, their normals and the surfaces of their parts."""

    def __init__(self, scene: Scene) -> None:
        mesh = mi.Mesh("piece", len(scene.vertices), len(scene.faces))
        fields = mi.traverse(mesh)
        fields["vertex_positions"] = scene.vertices.ravel()
        fields["faces"] = scene.faces.ravel()
        fields.update()
        self._engine = mi.load_dict({"type": "scene", "piece": mesh})
        self._face_rows = mi.Float(scene.face_rows.ravel())
        self._corners = mi.Float(scene.corner_normals.ravel())
        self._surfaces = mi.Float(scene.surfaces.ravel())
        self._rows = scene.surfaces.shape[1]
        self._kinds = scene.kinds.astype(np.uint32)
        self._soldered = mi.UInt32(((scene.kinds == METAL) & (scene.surfaces[:, 7, 0] > 0)).astype(np.uint32))
        self._slopes = mi.Float(_barycentric_slopes(scene).ravel()) if scene.has_fire else None

    def meet(self, ray: Array, *, coherent: bool = False, active: Array = True) -> Array:
        """First hit of each ray."""
        return self._engine.ray_intersect_preliminary(ray, coherent=coherent, active=active)

    def blocks(self, ray: Array, active: Array) -> Array:
        """Whether anything is met."""
        return self._engine.ray_test(ray, coherent=False, active=active)

    def row(self, hit: Array, active: Array) -> Array:
        """Unit normal of a face and the index of its part."""
        return dr.gather(mi.Vector4f, self._face_rows, hit.prim_index, active)

    def kind_seen(self, part: Array, active: Array) -> Array:
        """Kind of a part, by index."""
        return dr.gather(mi.UInt32, mi.UInt32(self._kinds), part, active)

    def is_soldered(self, part: Array, active: Array) -> Array:
        """Whether a part, by index, is metal that is soldered to what it touches."""
        return dr.gather(mi.UInt32, self._soldered, part, active) > 0

    def at_joint(self, hit: Array, active: Array) -> Array:
        """Whether a face may lie at a joint."""
        return dr.gather(mi.Vector4f, self._corners, hit.prim_index * 3, active).w > 0

    def cell(self, part: Array, number: int, active: Array) -> Array:
        """One row of the table of a part (see `scene.describe_surface`)."""
        return dr.gather(mi.Vector4f, self._surfaces, part * self._rows + number, active)

    def normals(self, hit: Array, active: Array) -> tuple[Array, Array]:
        """Row of the face met, and the shading normal there."""
        row = self.row(hit, active)
        return row, blend(self.corners(hit, active), hit.prim_uv.x, hit.prim_uv.y)

    def surface(self, row: Array, active: Array) -> tuple[Array, list[Array]]:
        """Where the table of the part of a face begins, and its first four rows (see `scene.describe_surface`)."""
        base = mi.UInt32(row.w) * self._rows
        return base, [dr.gather(mi.Vector4f, self._surfaces, base + k, active) for k in range(4)]

    def fifth(self, base: Array, active: Array) -> Array:
        """The fifth row of the table that begins at `base`: relief, its strength, pattern, stone width."""
        return dr.gather(mi.Vector4f, self._surfaces, base + 4, active)

    def crystal(self, base: Array, active: Array) -> tuple[Array, Array]:
        """The sixth and the seventh row of the table that begins at `base` (see `scene.describe_crystal`)."""
        axis, across = (dr.gather(mi.Vector4f, self._surfaces, base + k, active) for k in (5, 6))
        return axis, across

    def eighth(self, base: Array, active: Array) -> Array:
        """The eighth row of the table that begins at `base` (see `scene.describe_age`)."""
        return dr.gather(mi.Vector4f, self._surfaces, base + 7, active)

    def exposure(self, base: Array, active: Array) -> Array:
        """How much brighter than others a stone is shown."""
        return dr.gather(mi.Vector4f, self._surfaces, base + 6, active).w

    def corners(self, hit: Array, active: Array) -> list[Array]:
        """Shading normals of a face's corners."""
        return [dr.gather(mi.Vector4f, self._corners, hit.prim_index * 3 + k, active) for k in range(3)]

    def meet_plane(
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
            for k in (dr.gather(mi.Vector4f, self._slopes, hit.prim_index * 2 + k, active) for k in range(2))
        )
        met = []
        for origin, way in zip(origins, directions, strict=True):
            along = dr.dot(face, way)
            far = dr.dot(face, point - origin) / dr.select(dr.abs(along) < 1e-4, 1e-4, along)
            place = dr.select(active, origin + way * far, point)
            shift = place - point
            met.append((place, hit.prim_uv.x + dr.dot(grow_u, shift), hit.prim_uv.y + dr.dot(grow_v, shift)))
        return met


def blend(corners: list[Array], u: Array, v: Array) -> Array:
    """Shading normal at barycentric coordinates."""
    a, b, c = corners
    w = 1 - u - v
    return dr.normalize(
        mi.Vector3f(w * a.x + u * b.x + v * c.x, w * a.y + u * b.y + v * c.y, w * a.z + u * b.z + v * c.z)
    )


def _barycentric_slopes(scene: Scene) -> np.ndarray:
    """How the second and the third barycentric coordinate grow along each face (m, 2, 4) float32, per mm, padded."""
    slopes = np.zeros((len(scene.faces), 2, 4), dtype=np.float32)
    for start in range(0, len(scene.faces), BATCH_TRIANGLES):
        some = slice(start, start + BATCH_TRIANGLES)
        a, b, c = (scene.vertices[scene.faces[some, k]].astype(np.float64) for k in range(3))
        first, second = b - a, c - a
        one, two, both = (
            (x * y).sum(axis=1, keepdims=True) for x, y in ((first, first), (second, second), (first, second))
        )
        area = np.maximum(one * two - both**2, 1e-20)
        slopes[some, 0, :3] = (two * first - both * second) / area
        slopes[some, 1, :3] = (one * second - both * first) / area
    return slopes
