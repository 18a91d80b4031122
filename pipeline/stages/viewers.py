"""Who looks at a finished model from its other sides: its own geometry's renderer, or a rasteriser of the file."""

from pipeline.images import Pixels
from pipeline.providers.base import Watch
from pipeline.providers.builtin.atelier import Atelier
from pipeline.records import Detail, Origin, Role
from pipeline.stages.tools import MACHINE, RENDERER


class Traced:
    """The atelier's own geometry, path-traced as the master was."""

    detail: Detail = Detail.RENDERED
    place = RENDERER

    def __init__(self, atelier: Atelier, origin: str) -> None:
        self.provider, self.model = atelier.id, atelier.model(Role.GENERATE)
        self._atelier, self._origin = atelier, origin

    def still(self, name: str, size: int, watch: Watch) -> Pixels:
        """The named view, (size, size, 3); smaller where the renderer is the slow one. Raises as the atelier."""
        return self._atelier.still(self._origin, name, size, watch)

    def frame(self, angle_deg: float, size: int, watch: Watch) -> Pixels:
        """One frame of the turntable, (size, size, 3). Raises as the atelier."""
        return self._atelier.frame(self._origin, angle_deg, size, watch)


class Rastered:
    """Any other GLB, as the file is."""

    provider = "raster"
    detail: Origin = "rasterised from the model"
    place = MACHINE

    def __init__(self, data: bytes, kind: str) -> None:
        """Read the file. Raises BadModel."""
        from pipeline.solids.eye import Raster

        self._raster = Raster(data, kind)
        self.model = self._raster.model

    def still(self, name: str, size: int, watch: Watch) -> Pixels:
        """The named view, (size, size, 3)."""
        watch.progress(0.1, "rasterising")
        return self._raster.still(name, size)

    def frame(self, angle_deg: float, size: int, watch: Watch) -> Pixels:  # noqa: ARG002 - the other viewer reports
        """One frame of the turntable, (size, size, 3)."""
        return self._raster.frame(angle_deg, size)
