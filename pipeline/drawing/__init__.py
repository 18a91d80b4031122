"""Technical drawings: from a picture's own pixels or from geometry, on a framed sheet."""

from pipeline.drawing.agreement import Overlap, overlap
from pipeline.drawing.framed import TitleBlock, sheet
from pipeline.drawing.sketch import STYLES, Style, pencil

__all__ = ["STYLES", "Overlap", "Style", "TitleBlock", "overlap", "pencil", "sheet"]
