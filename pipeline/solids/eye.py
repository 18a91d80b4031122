"""Any GLB seen from the named sides, rasterised in the light box."""

import numpy as np

from pipeline import views
from pipeline.images import Pixels
from pipeline.solids import camera, shade
from pipeline.solids.reading import read

UPRIGHT_KINDS = ("ring", "earrings", "tiara")


class Raster:
    """An eye that reads the file itself, and nothing else."""

    model = "raster 1"

    def __init__(self, data: bytes, kind: str) -> None:
        """Read a GLB. Raises BadModel."""
        self.solid = read(data)
        used = np.unique(self.solid.faces)
        self._points = self.solid.points[used]
        width, height, _ = self._points.max(axis=0) - self._points.min(axis=0)
        self._stands = kind in UPRIGHT_KINDS or bool(height > views.LOW * width)

    def still(self, name: str, size: int) -> Pixels:
        """The named view, (size, size, 3)."""
        azimuth, elevation = (views.STANDING if self._stands else views.LYING)[name]
        return shade.picture(self.solid, camera.orbit(self._points, azimuth, elevation), size)

    def frame(self, angle_deg: float, size: int) -> Pixels:
        """One frame of the turntable, (size, size, 3)."""
        elevation = views.TURNTABLE_STANDING if self._stands else views.TURNTABLE_LYING
        return shade.picture(self.solid, camera.turntable(self._points, angle_deg, elevation), size)
