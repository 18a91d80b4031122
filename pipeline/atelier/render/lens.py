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

    def ray(self, camera: Camera, x: Array, y: Array, size: int, pair: Array = None) -> Array:
        """Ray through film points in pixels, starting close to the piece: through the middle of the lens, or of an open
        one through the place on its pupil that a `pair` of numbers in 0..1 chooses.
        """
        (forward, right, up, position), half, near, film = self.optics(camera, size)
        u, v = (2 * x / film - 1) * half, (1 - 2 * y / film) * half
        way = mi.Vector3f(*[forward[k] + u * right[k] + v * up[k] for k in range(3)])
        place = mi.Point3f(*position)
        if pair is not None and camera.aperture_mm > 0:
            out = dr.sqrt(pair.x) * number(camera.aperture_mm)
            across, along = out * dr.cos(2 * np.pi * pair.y), out * dr.sin(2 * np.pi * pair.y)
            aside = mi.Vector3f(*[across * right[k] + along * up[k] for k in range(3)])
            # All rays of a film point meet where it is sharp.
            place, way = place + aside, way - aside / number(camera.focus_mm)
        direction = dr.normalize(way)
        return mi.Ray3f(place + near * direction, direction)

    def blur_px(self, camera: Camera, size: int) -> float:
        """Radius in pixels of the widest disc that a point of the piece is drawn out to; 0 of a pinhole."""
        if not camera.aperture_mm:
            return 0.0
        depth = float(np.dot(camera.frame()[0], np.subtract(self._centre, camera.position)))
        ends = np.maximum([depth - self._radius, depth + self._radius], 1.0)
        # As wide as the pupil is seen from there, on the plane that is sharp.
        spread = camera.aperture_mm * np.abs(ends - camera.focus_mm) / ends
        across = 2 * camera.focus_mm * np.tan(np.radians(camera.field_of_view_deg) / 2)
        return float(spread.max() / across * size)

    def optics(self, camera: Camera, size: int) -> Array:
        """Film axes and position, half width of the film at distance 1, near distance, film size."""
        if self._parameters is None or self._parameters[:2] != (camera, size):
            half = float(np.tan(np.radians(camera.field_of_view_deg) / 2))
            # Starting close to the piece keeps hit points exact in float32.
            near = float(np.linalg.norm(np.subtract(camera.position, self._centre))) - 1.1 * self._radius
            axes = [[number(k) for k in vector] for vector in (*camera.frame(), np.asarray(camera.position))]
            self._parameters = (camera, size, (axes, number(half), number(max(near, 0.0)), number(size)))
        return self._parameters[2]
