"""A page's drawing as DXF at true size: one unit is one millimetre of the piece, layers by kind of line."""

import io

from ezdxf.enums import TextEntityAlignment
from ezdxf.filemanagement import new

from pipeline.drawing.page import Line, Page, Text
from pipeline.errors import BadInput

_COLOURS = {"outline": 7, "edges": 7, "facets": 8, "centre": 8, "dimensions": 5, "notes": 3}
"""AutoCAD colour numbers by layer; frame and title block belong to the sheet and stay there."""


def to_dxf(page: Page) -> str:
    """Write lines, dimension lines and numbers. Raises BadInput for a page that is not drawn to scale."""
    if page.scale <= 0:
        raise BadInput("This sheet is not drawn to scale; only orthographic views can be saved as DXF.")
    document = new("R2010", setup=True)
    document.header["$INSUNITS"] = 4
    for name, colour in _COLOURS.items():
        document.layers.add(name.upper(), color=colour)
    document.layers.get("CENTRE").dxf.linetype = "CENTER"
    space = document.modelspace()

    def at(x: float, y: float) -> tuple[float, float]:
        return x / page.scale, (page.height - y) / page.scale

    for item in page.items:
        if item.layer not in _COLOURS:
            continue
        where = {"layer": item.layer.upper()}
        if isinstance(item, Line):
            line = space.add_lwpolyline(
                [at(x, y) for x, y in item.points], close=item.closed, dxfattribs=where
            )
            line.dxf.lineweight = min((13, 18, 25, 30, 35, 50), key=lambda w: abs(w - 100 * item.width))
        elif isinstance(item, Text):
            # A DXF text's height is that of its capitals, 0.7 of the em.
            text = space.add_text(item.text, height=0.7 * item.height / page.scale, dxfattribs=where)
            align = {"left": TextEntityAlignment.LEFT, "middle": TextEntityAlignment.CENTER}
            text.set_placement(at(item.x, item.y), align=align.get(item.anchor, TextEntityAlignment.RIGHT))
            text.dxf.rotation = 0 if item.upright else 90
    out = io.StringIO()
    document.write(out)
    return out.getvalue()
