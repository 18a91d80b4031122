"""Technical drawings: from a picture's own pixels or from geometry, on a framed sheet.

Pictures: `pencil` draws in place, `picture_page` frames it. Geometry: `view` traces a `Surface`, `engrave` makes its
`Plate`, `in_place` draws it over its source, `plate_page` lays it on a sheet to scale. `kept_page` is the sheet of a
stored sketch; `rasterize`, `to_svg`, `to_pdf`, `paint` and `to_dxf` write pages.
"""

from pipeline.drawing.agreement import Overlap, overlap
from pipeline.drawing.dimension import Dimension
from pipeline.drawing.dxf import to_dxf
from pipeline.drawing.gemmap import Stone
from pipeline.drawing.geometry import View, engrave, view
from pipeline.drawing.layout import in_place, plate_page
from pipeline.drawing.page import Page
from pipeline.drawing.pdf import paint, to_pdf
from pipeline.drawing.plate import Plate
from pipeline.drawing.raster import rasterize
from pipeline.drawing.sheet import PAPERS, PaperName, TitleBlock, picture_page, sheet
from pipeline.drawing.sketch import STYLES, Manner, Style, manner, pencil
from pipeline.drawing.stored import drawing_page, kept_page
from pipeline.drawing.surface import Surface
from pipeline.drawing.svg import to_svg

__all__ = [
    "PAPERS",
    "STYLES",
    "Dimension",
    "Manner",
    "Overlap",
    "Page",
    "PaperName",
    "Plate",
    "Stone",
    "Style",
    "Surface",
    "TitleBlock",
    "View",
    "drawing_page",
    "engrave",
    "in_place",
    "kept_page",
    "manner",
    "overlap",
    "paint",
    "pencil",
    "picture_page",
    "plate_page",
    "rasterize",
    "sheet",
    "to_dxf",
    "to_pdf",
    "to_svg",
    "view",
]
