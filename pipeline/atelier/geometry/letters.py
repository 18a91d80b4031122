"""Letter outlines in millimetres, traced from the typeface that Pillow carries (Aileron, CC0), or from Barlow.

Pillow's copy holds plain letters only: a text with any other is set in Barlow (SIL Open Font License), as names are.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.mesh import Floats
from pipeline.atelier.geometry.silhouette import signed_area

EM_PX = 480
"""Size at which letters are traced: at a 10 mm letter one pixel is about 0.03 mm, before smoothing."""

BARLOW = Path(__file__).resolve().parents[3] / "static" / "fonts" / "Barlow-SemiBold.ttf"


def glyphs(text: str, height: float, *, weight: float = 0.0) -> list[Floats]:
    """Polygons of one line of text ``height`` mm tall, centred on the origin, its strokes ``weight`` mm bolder."""
    outlines = _trace(text)
    if not outlines:
        return []
    points = np.vstack(outlines)
    low, high = points.min(0), points.max(0)
    scale = (height - 2 * weight) / float(high[1] - low[1])
    scaled = [(outline - (low + high) / 2) * scale for outline in outlines]
    return solid.grow(scaled, weight) if weight > 0 else scaled


def raised(letter: str) -> list[Floats]:
    """Polygons of one letter in ems above its line, where it stands in a row of others; empty where it is blank."""
    return _trace(letter, barlow=True)


def lines(text: str, room: tuple[float, float]) -> list[Floats]:
    """Polygons of a text in one line, or broken into two or three at its spaces where that makes it larger."""
    words = text.split()
    best: list[Floats] = []
    best_scale = 0.0
    for count in range(1, min(3, len(words)) + 1):
        rows = _broken(words, count)
        traced = [_trace(row) for row in rows]
        if not all(traced):
            continue
        widest = max(float(np.ptp(np.vstack(row)[:, 0])) for row in traced)
        pitch = 1.25
        scale = min(room[0] / widest, room[1] / (0.75 + pitch * (count - 1)))
        if scale > best_scale:
            best_scale = scale
            best = []
            for k, row in enumerate(traced):
                middle = (np.vstack(row).min(0)[0] + np.vstack(row).max(0)[0]) / 2
                y = (0.5 * (count - 1) - k) * pitch - 0.36
                best += [(outline - [middle, 0.0] + [0.0, y]) * scale for outline in row]
    return best


def _broken(words: list[str], count: int) -> list[str]:
    """Words in ``count`` lines of about equal length."""
    size = (sum(map(len, words)) + len(words)) / count
    rows: list[str] = []
    row = ""
    for word in words:
        if row and len(row) + len(word) / 2 > size and len(rows) < count - 1:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}".strip()
    return [*rows, row]


def _font(*, barlow: bool) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(BARLOW), EM_PX) if barlow else ImageFont.load_default(size=EM_PX)


@lru_cache(maxsize=128)
def _trace(text: str, *, barlow: bool = False) -> list[Floats]:
    """Outlines in em units, baseline at y = 0, outer ones counter-clockwise; empty where nothing is drawn."""
    from PIL import Image, ImageDraw, ImageFilter

    font = _font(barlow=barlow or not text.isascii())
    box = font.getbbox(text)
    margin = 24
    width, height = int(box[2] - box[0]) + 2 * margin, int(1.6 * EM_PX)
    image = Image.new("L", (width, height), 0)
    ImageDraw.Draw(image).text((margin - box[0], EM_PX + margin), text, fill=255, font=font, anchor="ls")
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(2.0)))
    contours, _ = cv2.findContours((soft > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outlines = []
    for contour in contours:
        points = contour[:, 0].astype(float)
        if len(points) < 24:
            continue
        eased = _ease(points)
        corners = cv2.approxPolyDP(eased.astype(np.float32)[:, None], 0.35, closed=True)[:, 0].astype(float)
        # Pixel rows run down; turning them over also turns outer contours counter-clockwise.
        outlines.append(np.stack([corners[:, 0] - margin, EM_PX + margin - corners[:, 1]], 1) / EM_PX)
    return [
        outline if signed_area(outline) * sign > 0 else outline[::-1] for outline, sign in _signed(outlines)
    ]


def _ease(points: Floats) -> Floats:
    """Take the pixel stairs out of a contour."""
    kernel = np.hanning(9)[1:-1] / np.hanning(9)[1:-1].sum()
    wrapped = np.vstack([points[-3:], points, points[:3]])
    return np.stack([np.convolve(wrapped[:, k], kernel, "valid") for k in range(2)], 1)


def _signed(outlines: list[Floats]) -> list[tuple[Floats, int]]:
    """Outer outlines count +1, holes -1: a hole lies inside an odd number of others."""
    signs = []
    for outline in outlines:
        start = (float(outline[0, 0]), float(outline[0, 1]))
        inside = sum(
            cv2.pointPolygonTest(other.astype(np.float32)[:, None], start, measureDist=False) > 0
            for other in outlines
            if other is not outline
        )
        signs.append((outline, -1 if inside % 2 else 1))
    return signs
