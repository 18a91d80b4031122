"""What can be wrong with a finished sheet, found by drawing it again with other means."""

import base64
import io
import xml.etree.ElementTree as ET

import cv2
import numpy as np
from PIL import Image, ImageDraw

from pipeline import images
from pipeline.drawing import Page, lettering, rasterize, to_svg
from pipeline.drawing.frame import MARGIN, drawing_area
from pipeline.drawing.page import Line, Picture, Text

SVG = "{http://www.w3.org/2000/svg}"
DPI = 100
SVG_DPI = 200
OUTSIDE_MM = 6.0
"""Dimension lettering may stand this far outside the drawing area, which keeps 7 mm from the frame."""


def faults(page: Page) -> list[str]:
    """All faults of a sheet, in words; none for a good one."""
    drawn = Page(
        page.width,
        page.height,
        tuple(i for i in page.items if i.layer not in {"frame", "title", "ruler"}),
        dark=page.dark,
    )
    return [*_crossing(drawn), *_clipped(drawn), *_coloured(page), *_differing(page), *_empty(drawn)]


def _crossing(drawn: Page) -> list[str]:
    """Ink on or beyond the frame, or in the title block."""
    grey = rasterize(drawn, dpi=DPI)
    paper = 46 if drawn.dark else 255
    _, y, _, tall = drawing_area(drawn.width, drawn.height)
    left, low = round((MARGIN + 0.5) * DPI / 25.4), round((y + tall + OUTSIDE_MM) * DPI / 25.4)
    inside = np.zeros(grey.shape, bool)
    inside[left:low, left : grey.shape[1] - left] = True
    return ["something crosses the frame"] if (grey[~inside] != paper).any() else []


def _clipped(drawn: Page) -> list[str]:
    """Items that do not lie wholly within the room a drawing has."""
    x, y, wide, tall = drawing_area(drawn.width, drawn.height)
    low = np.array([x, y]) - OUTSIDE_MM
    high = np.array([x + wide, y + tall]) + OUTSIDE_MM
    found = []
    for item in drawn.items:
        if isinstance(item, Line):
            corners = item.points
        elif isinstance(item, Picture):
            corners = np.array([[item.x, item.y], [item.x + item.width, item.y + item.height]])
        else:
            length = lettering.width(item.text, item.height, bold=item.bold)
            start = -{"left": 0.0, "middle": 0.5, "right": 1.0}[item.anchor] * length
            ends = np.array([[start, 0], [start + length, 0]])
            corners = np.array([item.x, item.y]) + (ends if item.upright else ends[:, ::-1] * (1, -1))
        if (corners < low).any() or (corners > high).any():
            found.append(f"{type(item).__name__} {getattr(item, 'text', '')} is cut off")
    return found


def _coloured(page: Page) -> list[str]:
    """Chroma of the PNG as stored, CIELAB: below 1 everywhere."""
    pixels = images.decode(images.encode_png(rasterize(page, dpi=40)))
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    chroma = float(np.hypot(lab[..., 1], lab[..., 2]).max())
    return [f"chroma {chroma:.2f}"] if chroma >= 1 else []


def _differing(page: Page) -> list[str]:
    """The SVG of the drawing, drawn afresh from its own text, against the PNG.

    Both softened by two pixels at 200 dpi: for 99.5 % of the ink a pixel of one is no lighter and no darker, by more
    than 25 levels, than what the other has within a pixel of it.
    """
    kept = (i for i in page.items if not (isinstance(i, Text) or getattr(i, "dashes", ())))
    drawn = tuple(i for i in kept if i.layer not in {"frame", "title", "ruler"})
    lines = Page(page.width, page.height, drawn, dark=page.dark)
    shown = cv2.GaussianBlur(rasterize(lines, dpi=SVG_DPI), (0, 0), 2).astype(np.float32)
    afresh = cv2.GaussianBlur(_from_svg(to_svg(lines), shown.shape), (0, 0), 2).astype(np.float32)
    paper = 46 if page.dark else 255
    inked = (np.abs(shown - paper) > 8) | (np.abs(afresh - paper) > 8)
    if not inked.any():
        return []
    square = np.ones((3, 3), np.uint8)
    wrong = np.zeros(shown.shape, bool)
    for one, other in ((shown, afresh), (afresh, shown)):
        wrong |= (one > cv2.dilate(other, square) + 25) | (one < cv2.erode(other, square) - 25)
    share = float(wrong[inked].mean())
    return [] if share < 0.005 else [f"SVG and PNG differ in {share:.1%} of the ink"]


def _empty(drawn: Page) -> list[str]:
    grey = rasterize(drawn, dpi=50)
    paper = 46 if drawn.dark else 255
    return ["the frame is empty"] if (np.abs(grey.astype(int) - paper) > 60).sum() < 60 else []


def _from_svg(text: str, shape: tuple[int, int]) -> np.ndarray:
    """Draw paths and pictures of an SVG with another library than the PNG's; dashed lines are left to the eye."""
    root = ET.fromstring(text)  # noqa: S314 - our own document
    scale = SVG_DPI / 25.4
    paper = _level(root.find(f"{SVG}rect").get("fill"))
    finer = 4
    canvas = Image.new("L", (shape[1] * finer, shape[0] * finer), paper)
    draw = ImageDraw.Draw(canvas)
    for element in root.iter():
        if element.tag == f"{SVG}path":
            data = element.get("d")
            points = [
                tuple(float(v) * scale * finer for v in p.split()) for p in data.strip("MZ ").split(" L")
            ]
            if element.get("fill") != "none":
                draw.polygon(points, fill=_level(element.get("fill")))
            elif element.get("stroke-dasharray") is None:
                thick = max(1, round(float(element.get("stroke-width")) * scale * finer))
                path = [*points, *points[:2]] if data.endswith("Z") else points
                draw.line(path, fill=_level(element.get("stroke")), width=thick, joint="curve")
        elif element.tag == f"{SVG}image":
            data = base64.b64decode(element.get("href").partition(",")[2])
            x, y, w, h = (round(float(element.get(k)) * scale) for k in ("x", "y", "width", "height"))
            picture = Image.open(io.BytesIO(data)).resize((w * finer, h * finer), Image.Resampling.LANCZOS)
            canvas.paste(picture, (x * finer, y * finer))
    return np.asarray(canvas.reduce(finer))


def _level(colour: str) -> int:
    return int(colour[1:3], 16)
