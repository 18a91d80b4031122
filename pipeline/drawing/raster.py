"""A page to pixels: grey, anti-aliased, at any resolution."""

import itertools
import math
from itertools import groupby
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.drawing import lettering
from pipeline.drawing.page import Item, Line, Page, Picture, Text

Grey = NDArray[Any]

DARK_PAPER = 46
DARK_INK = 236
MM_PER_INCH = 25.4
_SHIFT = 4
_FINER = 2
_HAIR_PX = 1.4
"""Width of the thinnest line OpenCV draws anti-aliased."""
_LIGHTEST = 0.5


def rasterize(page: Page, *, dpi: float = 300) -> Grey:
    """Draw a page as grey uint8 (h, w)."""
    scale = dpi / MM_PER_INCH
    shape = (round(page.height * scale), round(page.width * scale))
    paper = DARK_PAPER if page.dark else 255
    canvas = np.full(shape, paper, np.uint8)
    for curved, items in groupby(page.items, key=_is_curve):
        if curved:
            _ink(canvas, [i for i in items if isinstance(i, Line)], scale, dark=page.dark)
            continue
        for item in items:
            if isinstance(item, Picture):
                _lay(canvas, item, scale)
            elif isinstance(item, Line):
                _rule(canvas, item, scale, dark=page.dark)
            else:
                _letter(canvas, item, scale, dark=page.dark)
    return canvas


def shade(ink: float, *, dark: bool) -> int:
    """The grey of an amount of ink 0..1 on white or dark paper."""
    paper, full = (DARK_PAPER, DARK_INK) if dark else (255, 0)
    return round(paper + (full - paper) * ink)


def _lay(canvas: Grey, item: Picture, scale: float) -> None:
    x, y = round(item.x * scale), round(item.y * scale)
    width, height = max(1, round(item.width * scale)), max(1, round(item.height * scale))
    width, height = min(width, canvas.shape[1] - x), min(height, canvas.shape[0] - y)
    grey = item.grey
    if grey.shape != (height, width):
        shrinking = grey.shape[0] > height
        method = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
        grey = cv2.resize(grey, (width, height), interpolation=method)
    canvas[y : y + height, x : x + width] = grey


def _is_curve(item: Item) -> bool:
    """Whether it is drawn as a curve: frame lines fall on whole pixels instead, crisp, and everywhere as wide."""
    if not isinstance(item, Line) or item.filled or item.layer not in {"frame", "title", "notes"}:
        return isinstance(item, Line)
    straight = len(item.points) == 2 or item.closed
    return not straight or not bool((np.abs(np.diff(item.points, axis=0)) < 1e-6).any(axis=1).all())


def _ink(canvas: Grey, lines: list[Line], scale: float, *, dark: bool) -> None:
    """Draw curves at twice the size, so that pens differ by half a pixel; the smallest pens get lighter instead."""
    every = np.concatenate([line.points for line in lines]) * scale
    rim = max(line.width for line in lines) * scale + 2
    left, top = np.maximum(0, np.floor(every.min(axis=0) - rim)).astype(np.intp).tolist()
    right, bottom = np.minimum(canvas.shape[::-1], np.ceil(every.max(axis=0) + rim)).astype(np.intp).tolist()
    if right <= left or bottom <= top:
        return
    part = canvas[top:bottom, left:right]
    fine = part.repeat(_FINER, axis=0).repeat(_FINER, axis=1)
    for line in lines:
        wide = line.width * scale * _FINER
        thick, share = pen(wide)
        shown = shade(line.ink if line.filled else line.ink * share, dark=dark)
        pieces = dashed(line.points, line.dashes, closed=line.closed) if line.dashes else [line.points]
        at = [(p * scale - (left, top)) * _FINER - 0.5 for p in pieces]
        fixed = [np.rint(p * (1 << _SHIFT)).astype(np.int32) for p in at]
        if line.filled:
            cv2.fillPoly(fine, fixed, color=shown, lineType=cv2.LINE_AA, shift=_SHIFT)
        else:
            closed = line.closed and not line.dashes
            cv2.polylines(
                fine,
                fixed,
                isClosed=closed,
                color=shown,
                thickness=thick,
                lineType=cv2.LINE_AA,
                shift=_SHIFT,
            )
    part[:] = cv2.resize(fine, part.shape[::-1], interpolation=cv2.INTER_AREA)


def pen(wide: float) -> tuple[int, float]:
    """OpenCV's thickness for an anti-aliased line `wide` pixels wide, and the share of its ink that is then right.

    Asked for 1, 2, 4, 6 pixels OpenCV draws 1.4, 3.4, 5.4, 7.4.
    """
    thickness = max(1, 2 * math.ceil((wide - _HAIR_PX - 0.5) / 2))
    drawn = _HAIR_PX if thickness == 1 else thickness + _HAIR_PX
    return thickness, min(1.0, max(_LIGHTEST, wide / drawn))


def _rule(canvas: Grey, item: Line, scale: float, *, dark: bool) -> None:
    shown = shade(item.ink, dark=dark)
    thick = max(1, round(item.width * scale))
    if item.dashes:
        for piece in dashed(item.points, item.dashes, closed=item.closed):
            _straight(canvas, piece * scale, thick, shown, closed=False)
    else:
        _straight(canvas, item.points * scale, thick, shown, closed=item.closed)


def _straight(canvas: Grey, points: NDArray[Any], thick: int, shown: int, *, closed: bool) -> None:
    ends = np.concatenate([points, points[:1]]) if closed else points
    half = thick / 2
    # A corner is square: a closed rectangle's lines reach to the outside of the ones they meet.
    ahead = half if closed else 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise(ends):
        left, right = sorted((x0, x1))
        top, bottom = sorted((y0, y1))
        # The rim of a line is rounded, not its middle: an odd number of pixels has its middle inside one of them.
        if bottom - top <= right - left:
            first = max(0, round(top - half))
            canvas[first : first + thick, max(0, round(left - ahead)) : round(right + ahead)] = shown
        else:
            first = max(0, round(left - half))
            canvas[max(0, round(top - ahead)) : round(bottom + ahead), first : first + thick] = shown


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
