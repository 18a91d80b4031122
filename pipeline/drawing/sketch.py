"""A picture drawn by hand, from its own pixels: its contours inked, its tones shaded in one of five styles."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import shade
from pipeline.drawing.contour import study
from pipeline.drawing.stroke import draw_contours
from pipeline.drawing.style import Manner, manner

BLUEPRINT_PAPER = 46
"""Grey of the blueprint's paper; everything on it is drawn light."""

_BLUEPRINT_INK = 236


def pencil(
    rgb: NDArray[Any],
    *,
    style: str = "pencil",
    weight: float = 1.0,
    darkness: float = 1.0,
    grain: float = 1.0,
    seed: int = 0,
    mask: NDArray[Any] | None = None,
    size: tuple[int, int] | None = None,
) -> NDArray[Any]:
    """Draw an RGB picture, uint8 (h, w, 3); returns grey uint8 (h, w), paper 255 (blueprint: dark paper).

    `size` (h, w) is that of the drawing, else the picture's own: lines are found to a fraction of a pixel, so a
    small picture can be drawn large. `weight` scales line widths, `darkness` the shading, `grain` the tooth of the
    paper, each around 1.
    `mask`, of any size, is true on the piece, whose ground stays bare paper; without it all of the picture is drawn.
    A picture without edges comes back as bare paper. Raises BadInput for a style that does not exist.
    """
    how = manner(style, weight=weight, darkness=darkness, grain=grain, seed=seed)
    height, width = rgb.shape[:2]
    blank = BLUEPRINT_PAPER if style == "blueprint" else 255
    tall, wide = size or (height, width)
    sheet: NDArray[Any] = np.full((tall, wide), blank, np.uint8)
    piece = None if mask is None else _usable(_fitted(mask, height, width))
    # The piece alone is studied, so that a small one in a wide frame gets the same care.
    rows, columns = (slice(0, height), slice(0, width)) if piece is None else _around(piece)
    seen = study(rgb[rows, columns], None if piece is None else piece[rows, columns])
    if len(seen.contours):
        place = _stretched(rows, tall / height), _stretched(columns, wide / width)
        ink = draw_contours(seen.contours, sheet[place].shape, weight=how.weight)
        sheet[place] = finish(ink, shade.darkness(seen.tone, seen.piece), how)
    return sheet


def _usable(piece: NDArray[Any]) -> NDArray[Any] | None:
    """A mask of nearly nothing or nearly everything tells no piece from its ground."""
    return piece if 0.002 < float(piece.mean()) < 0.93 else None


def _around(piece: NDArray[Any], margin: float = 0.03) -> tuple[slice, slice]:
    """Rows and columns of a mask, with a margin in shares of its longer side."""
    rows, columns = np.flatnonzero(piece.any(axis=1)), np.flatnonzero(piece.any(axis=0))
    pad = 4 + round(margin * max(len(rows), len(columns)))
    return (
        slice(max(0, int(rows[0]) - pad), min(piece.shape[0], int(rows[-1]) + 1 + pad)),
        slice(max(0, int(columns[0]) - pad), min(piece.shape[1], int(columns[-1]) + 1 + pad)),
    )


def _stretched(part: slice, factor: float) -> slice:
    return slice(round(part.start * factor), round(part.stop * factor))


def _fitted(mask: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """A mask at the picture's size."""
    whole = (np.asarray(mask) > 0).astype(np.float32)
    if whole.shape != (height, width):
        whole = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(whole > 0.5)


def finish(ink: NDArray[Any], dark: NDArray[Any], manner: Manner) -> NDArray[Any]:
    """Lines and shading on one sheet: `ink` is the lines' coverage, uint8, `dark` the tone to be laid, 0..1."""
    full = np.arange(256) / 255
    if manner.dark:
        return np.asarray(_grey(BLUEPRINT_PAPER + (_BLUEPRINT_INK - BLUEPRINT_PAPER) * full)[ink])
    if not manner.shaded:
        return np.asarray(_grey(255 * (1 - 0.92 * full))[ink])
    tone = _shading(dark, ink.shape, manner)
    line = np.float32(0.92 / 255)
    out = np.empty(ink.shape, np.uint8)
    # Band by band: at 300 dpi a plane of floats takes 35 MB, and there would be ten of them.
    for top in range(0, len(ink), shade.BAND_PX):
        rows = slice(top, min(top + shade.BAND_PX, len(ink)))
        cover = ink[rows] * line
        if manner.style == "pencil":
            cover *= 0.9 - 0.2 * np.float32(manner.grain) * shade.tooth(cover.shape, manner.seed)
        out[rows] = _grey(255 * (1 - tone(rows)) * (1 - cover))
    return out


def shading(dark: NDArray[Any], shape: tuple[int, int], manner: Manner) -> NDArray[Any]:
    """A sheet of `shape` that bears no lines, as `finish` lays it; for a manner that shades."""
    tone, out = _shading(dark, shape, manner), np.empty(shape, np.uint8)
    for top in range(0, len(out), shade.BAND_PX):
        rows = slice(top, min(top + shade.BAND_PX, len(out)))
        out[rows] = _grey(255 * (1 - tone(rows)))
    return out


def _shading(dark: NDArray[Any], shape: tuple[int, ...], manner: Manner) -> shade.Laid:
    height, width = shape
    dark = np.clip(dark * np.float32(manner.darkness), 0, 1)
    if manner.style == "pencil":
        return shade.graphite(dark, (height, width), grain=manner.grain, seed=manner.seed)
    if manner.style == "hatch":
        return shade.hatching(
            dark, (height, width), weight=manner.weight, grain=manner.grain, seed=manner.seed
        )
    return shade.stipple(dark, (height, width), weight=manner.weight, seed=manner.seed)


def _grey(value: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.rint(value), np.uint8)
