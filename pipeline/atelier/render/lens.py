"""The film's rays: a camera and a size as opaque numbers."""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.camera import Camera
from pipeline.atelier.render.colour_lanes import number

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any


class Lens:
    """Rays through the film of the camera last asked for; one camera's numbers are kept."""

    def __init__(self, centre: np.ndarray, radius: float) -> None:
        self._centre = centre
        self._radius = radius
        self._parameters: tuple[Camera, int, Array] | None = None

    def ray(self, camera: Camera, x: Array, y: Array, size: int) -> Array:
        """Ray through film points in pixels, starting close to the piece."""
        (forward, right, up, position), half, near, film = self.optics(camera, size)
        u, v = (2 * x / film - 1) * half, (1 - 2 * y / film) * half
        direction = dr.normalize(mi.Vector3f(*[forward[k] + u * right[k] + v * up[k] for k in range(3)]))
        return mi.Ray3f(mi.Point3f(*position) + near * direction, direction)

    def optics(self, camera: Camera, size: int) -> Array:
        """Film axes and position, half width of the film at distance 1, near distance, film size."""
        if self._parameters is None or self._parameters[:2] != (camera, size):
            half = float(np.tan(np.radians(camera.field_of_view_deg) / 2))
            # Starting close to the piece keeps hit points exact in float32.
            near = float(np.linalg.norm(np.subtract(camera.position, self._centre))) - 1.1 * self._radius
            axes = [[number(k) for k in vector] for vector in (*camera.frame(), np.asarray(camera.position))]
            self._parameters = (camera, size, (axes, number(half), number(max(near, 0.0)), number(size)))
        return self._parameters[2]
