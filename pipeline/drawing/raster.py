"""A page to pixels: grey, anti-aliased, at any resolution."""

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.drawing import lettering
from pipeline.drawing.page import Line, Page, Picture, Text

Grey = NDArray[Any]

DARK_PAPER = 46
DARK_INK = 236
MM_PER_INCH = 25.4
_SHIFT = 4


def rasterize(page: Page, *, dpi: float = 300) -> Grey:
    """Draw a page as grey uint8 (h, w)."""
    scale = dpi / MM_PER_INCH
    shape = (round(page.height * scale), round(page.width * scale))
    paper = DARK_PAPER if page.dark else 255
    canvas = np.full(shape, paper, np.uint8)
    for item in page.items:
        if isinstance(item, Picture):
            _lay(canvas, item, scale)
        elif isinstance(item, Line):
            _stroke(canvas, item, scale, dark=page.dark)
        else:
            _letter(canvas, item, scale, dark=page.dark)
    return canvas


def shade(ink: float, *, dark: bool) -> int:
    """The grey of an amount of ink 0..1 on white or dark paper."""
    paper, full = (DARK_PAPER, DARK_INK) if dark else (255, 0)
    return round(paper + (full - paper) * ink)


def _lay(canvas: Grey, item: Picture, scale: float) -> None:
    import cv2

    x, y = round(item.x * scale), round(item.y * scale)
    width, height = max(1, round(item.width * scale)), max(1, round(item.height * scale))
    width, height = min(width, canvas.shape[1] - x), min(height, canvas.shape[0] - y)
    grey = item.grey
    if grey.shape != (height, width):
        shrinking = grey.shape[0] > height
        method = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
        grey = cv2.resize(grey, (width, height), interpolation=method)
    canvas[y : y + height, x : x + width] = grey


def _stroke(canvas: Grey, item: Line, scale: float, *, dark: bool) -> None:
    import cv2

    shown = shade(item.ink, dark=dark)
    thick = max(1, round(item.width * scale))
    points = item.points * scale
    pieces = [points]
    if item.dashes:
        pieces = [p * scale for p in dashed(item.points, item.dashes, closed=item.closed)]
    straight = len(points) == 2 or item.closed
    axis = bool((np.abs(np.diff(points, axis=0)) < 1e-6).any(axis=1).all())
    if axis and straight and not item.filled and item.layer in {"frame", "title", "notes"}:
        # Frame lines fall on whole pixels: crisp, and exactly as wide everywhere.
        for piece in pieces:
            _rule(canvas, piece, thick, shown, closed=item.closed and not item.dashes)
        return
    fixed = [np.rint((p - 0.5) * (1 << _SHIFT)).astype(np.int32) for p in pieces]
    if item.filled:
        cv2.fillPoly(canvas, fixed, color=shown, lineType=cv2.LINE_AA, shift=_SHIFT)
    else:
        closed = item.closed and not item.dashes
        cv2.polylines(
            canvas, fixed, isClosed=closed, color=shown, thickness=thick, lineType=cv2.LINE_AA, shift=_SHIFT
        )


def _rule(canvas: Grey, points: NDArray[Any], thick: int, shown: int, *, closed: bool) -> None:
    ends = np.concatenate([points, points[:1]]) if closed else points
    for (x0, y0), (x1, y1) in itertools.pairwise(ends):
        left, right = sorted((round(x0), round(x1)))
        top, bottom = sorted((round(y0), round(y1)))
        half, rest = thick // 2, thick - thick // 2
        # A corner is square: a closed rectangle's lines reach to the outside of the ones they meet.
        ahead, behind = (half, rest) if closed else (0, 0)
        if bottom - top <= right - left:
            canvas[max(0, top - half) : top + rest, max(0, left - ahead) : right + behind] = shown
        else:
            canvas[max(0, top - ahead) : bottom + behind, max(0, left - half) : left + rest] = shown


def dashed(points: NDArray[Any], dashes: tuple[float, ...], *, closed: bool = False) -> list[NDArray[Any]]:
    """Cut a polyline into its dashes."""
    path = np.concatenate([points, points[:1]]) if closed else points
    step = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(step)])
    total, position, index = float(along[-1]), 0.0, 0
    out: list[NDArray[Any]] = []
    while position < total:
        end = min(total, position + dashes[index % len(dashes)])
        if index % 2 == 0 and end > position:
            inner = along[(along > position) & (along < end)]
            at = np.concatenate([[position], inner, [end]])
            out.append(np.stack([np.interp(at, along, path[:, k]) for k in (0, 1)], axis=1))
        position, index = end, index + 1
    return out


def _letter(canvas: Grey, item: Text, scale: float, *, dark: bool) -> None:
    size = round(item.height * scale)
    drawn = lettering.font(lettering.face(item.text, bold=item.bold), size)
    left, top, right, bottom = drawn.getbbox(item.text, anchor="ls")
    label = Image.new("L", (max(1, int(right - left) + 4), max(1, int(bottom - top) + 4)), 0)
    ImageDraw.Draw(label).text((2 - left, 2 - top), item.text, fill=255, font=drawn, anchor="ls")
    cover = np.asarray(label, np.float32) / 255
    shift = {"left": 0.0, "middle": 0.5, "right": 1.0}[item.anchor] * drawn.getlength(item.text)
    across, down = left - 2 - shift, top - 2
    if item.upright:
        x, y = round(item.x * scale + across), round(item.y * scale + down)
    else:
        cover = np.rot90(cover)
        x, y = round(item.x * scale + down), round(item.y * scale - across - cover.shape[0])
    box = canvas[max(0, y) : y + cover.shape[0], max(0, x) : x + cover.shape[1]]
    if item.plate:
        box[:] = DARK_PAPER if dark else 255
    part = cover[max(0, -y) :, max(0, -x) :][: box.shape[0], : box.shape[1]]
    box[:] = np.rint(box + (shade(item.ink, dark=dark) - box.astype(np.float32)) * part).astype(np.uint8)
