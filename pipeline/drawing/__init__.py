"""Technical drawings: from a picture's own pixels or from geometry, on a framed sheet.

Pictures: `pencil` draws in place, `sheet` frames it. Geometry: `view` traces a `Surface`, `line_drawing` draws it in
place, `view_page` lays it on a sheet to scale; `rasterize`, `to_svg`, `to_pdf` and `to_dxf` write pages.
"""

from pipeline.drawing.agreement import Overlap, overlap
from pipeline.drawing.dimension import Dimension
from pipeline.drawing.dxf import to_dxf
from pipeline.drawing.framed import PAPERS, PaperName, TitleBlock, picture_page, sheet
from pipeline.drawing.gemmap import Stone
from pipeline.drawing.geometry import View, line_drawing, view, view_page
from pipeline.drawing.page import Page
from pipeline.drawing.pdf import to_pdf
from pipeline.drawing.raster import rasterize
from pipeline.drawing.sketch import STYLES, Style, pencil
from pipeline.drawing.surface import Surface
from pipeline.drawing.svg import to_svg

__all__ = [
    "PAPERS",
    "STYLES",
    "Dimension",
    "Overlap",
    "Page",
    "PaperName",
    "Stone",
    "Style",
    "Surface",
    "TitleBlock",
    "View",
    "line_drawing",
    "overlap",
    "pencil",
    "picture_page",
    "rasterize",
    "sheet",
    "to_dxf",
    "to_pdf",
    "to_svg",
    "view",
    "view_page",
]
