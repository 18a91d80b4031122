"""Technical drawings: from a picture's own pixels or from geometry, on a framed sheet.

Pictures: `pencil` draws in place, `picture_page` frames it. Geometry: `view` traces a `Surface`, `engrave` makes its
`Plate`, `in_place` draws it over its source, `plate_page` lays it on a sheet to scale. `kept_page` is the sheet of a
stored sketch; `rasterize`, `to_svg`, `to_pdf`, `paint` and `to_dxf` write pages.

OpenCV and the writers of PDF and DXF are loaded by the first call that needs them, not on import.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.drawing.dimension import Dimension
from pipeline.drawing.frame import PAPERS, SHEET_DPI, PaperName, TitleBlock
from pipeline.drawing.page import Page
from pipeline.drawing.plate import Plate, Stone
from pipeline.drawing.style import STYLES, Manner, Style, manner
from pipeline.drawing.surface import Surface

if TYPE_CHECKING:
    from pipeline.drawing.agreement import overlap
    from pipeline.drawing.dxf import to_dxf
    from pipeline.drawing.gate import examine, measure_picture, measure_plate
    from pipeline.drawing.geometry import engrave, view
    from pipeline.drawing.layout import in_place, plate_page
    from pipeline.drawing.pdf import paint, to_pdf
    from pipeline.drawing.raster import rasterize
    from pipeline.drawing.sheet import picture_page
    from pipeline.drawing.sketch import pencil
    from pipeline.drawing.stored import drawing_page, kept_page
    from pipeline.drawing.svg import to_svg
else:

    def _later(module: str, name: str) -> Any:
        """A function of a module that is imported by its first call."""

        def call(*args: Any, **options: Any) -> Any:
            return getattr(import_module(f"pipeline.drawing.{module}"), name)(*args, **options)

        call.__name__ = call.__qualname__ = name
        return call

    overlap = _later("agreement", "overlap")
    to_dxf = _later("dxf", "to_dxf")
    examine, measure_picture, measure_plate = (
        _later("gate", name) for name in ("examine", "measure_picture", "measure_plate")
    )
    engrave, view = _later("geometry", "engrave"), _later("geometry", "view")
    in_place, plate_page = _later("layout", "in_place"), _later("layout", "plate_page")
    paint, to_pdf = _later("pdf", "paint"), _later("pdf", "to_pdf")
    rasterize = _later("raster", "rasterize")
    picture_page = _later("sheet", "picture_page")
    pencil = _later("sketch", "pencil")
    drawing_page, kept_page = _later("stored", "drawing_page"), _later("stored", "kept_page")
    to_svg = _later("svg", "to_svg")

__all__ = [
    "PAPERS",
    "SHEET_DPI",
    "STYLES",
    "Dimension",
    "Manner",
    "Page",
    "PaperName",
    "Plate",
    "Stone",
    "Style",
    "Surface",
    "TitleBlock",
    "drawing_page",
    "engrave",
    "examine",
    "in_place",
    "kept_page",
    "manner",
    "measure_picture",
    "measure_plate",
    "overlap",
    "paint",
    "pencil",
    "picture_page",
    "plate_page",
    "rasterize",
    "to_dxf",
    "to_pdf",
    "to_svg",
    "view",
]
