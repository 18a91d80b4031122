"""Sketches as they are kept: the drawing in place or its plate, from which every sheet and format is made again."""

from collections.abc import Callable

import numpy as np

from pipeline import images
from pipeline.drawing import plate
from pipeline.drawing.frame import PAPERS, SHEET_DPI, PaperName, TitleBlock
from pipeline.drawing.layout import plate_page
from pipeline.drawing.page import Page, Picture
from pipeline.drawing.raster import MM_PER_INCH
from pipeline.drawing.sheet import picture_page
from pipeline.records import Asset, Sketch


def drawing_page(
    drawing: bytes | plate.Plate | images.Pixels,
    *,
    block: TitleBlock,
    paper: PaperName = "A4",
    pitch_mm: float = 0.0,
) -> Page:
    """Lay a drawing, a plate or a picture in place, on its sheet, also as kept. Raises BadInput or BadImage."""
    if isinstance(drawing, bytes):
        drawing = plate.from_bytes(drawing) if plate.is_plate(drawing) else images.decode(drawing)
    if isinstance(drawing, plate.Plate):
        return plate_page(drawing, block=block, paper=paper)
    return picture_page(drawing, block=block, paper=paper, landscape=True, pitch_mm=pitch_mm)


def kept_page(sketch: Sketch, read: Callable[[Asset], bytes]) -> Page:
    """The sheet of a stored sketch as a page: lines and lettering as such, whatever was drawn in pixels as a picture.

    `read` gives an asset's bytes, as `Store.read` does. An older sketch, of which only the finished sheet was kept,
    comes as one picture.
    """
    if sketch.drawing is None:
        grey = images.decode(read(sketch.sheet))[..., 0]
        wide, tall = (side / SHEET_DPI * MM_PER_INCH for side in grey.shape[::-1])
        return Page(wide, tall, (Picture(0, 0, wide, tall, np.ascontiguousarray(grey)),))
    paper: PaperName = next((name for name in PAPERS if name == sketch.paper), "A4")
    return drawing_page(
        read(sketch.drawing), block=title_block_of(sketch), paper=paper, pitch_mm=sketch.pitch_mm
    )


def title_block_of(sketch: Sketch) -> TitleBlock:
    """What the title block of a stored sketch says."""
    return TitleBlock.of(sketch.block, number=sketch.number)
