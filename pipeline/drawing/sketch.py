"""A picture drawn by hand, from its own pixels: its contours inked, its tones shaded in one of five styles."""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import shade
from pipeline.drawing.backdrop import bounds, piece_on_backdrop, usable
from pipeline.drawing.contour import study
from pipeline.drawing.stroke import draw_contours
from pipeline.errors import BadInput

Style = Literal["pencil", "contour", "hatch", "stipple", "blueprint"]
STYLES: tuple[Style, ...] = get_args(Style)

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
) -> NDArray[Any]:
    """Draw an RGB picture, uint8 (h, w, 3); returns grey uint8 (h, w), paper 255 (blueprint: dark paper).

    `weight` scales line widths, `darkness` the shading, `grain` the tooth of the paper, each around 1.
    `mask`, of any size, is true on the piece; without it an even backdrop is recognised and left as bare paper.
    A picture without edges comes back as bare paper. Raises BadInput for a style that does not exist.
    """
    refuse_unknown(style)
    height, width = rgb.shape[:2]
    blank = BLUEPRINT_PAPER if style == "blueprint" else 255
    sheet: NDArray[Any] = np.full((height, width), blank, np.uint8)
    piece = piece_on_backdrop(rgb) if mask is None else usable(_fitted(mask, height, width))
    # The piece alone is studied, so that a small one in a wide frame gets the same care.
    top, bottom, left, right = (0, height, 0, width) if piece is None else bounds(piece)
    inside = (slice(top, bottom), slice(left, right))
    found = study(rgb[inside], None if piece is None else piece[inside])
    if found.contours:
        ink = draw_contours(found.contours, (bottom - top, right - left), weight=weight)
        dark = shade.darkness(found.tone, found.piece)
        sheet[inside] = finish(ink, dark, style, weight=weight, darkness=darkness, grain=grain, seed=seed)
    return sheet


def _fitted(mask: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """A mask at the picture's size."""
    import cv2

    whole = (np.asarray(mask) > 0).astype(np.float32)
    if whole.shape != (height, width):
        whole = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(whole > 0.5)


def refuse_unknown(style: str) -> None:
    """Raise BadInput for a style that does not exist."""
    if style not in STYLES:
        raise BadInput(f"There is no drawing style {style!r}; choose one of {', '.join(STYLES)}.")


def finish(
    ink: NDArray[Any],
    dark: NDArray[Any],
    style: str,
    *,
    weight: float,
    darkness: float,
    grain: float,
    seed: int,
) -> NDArray[Any]:
    """Lines and shading on one sheet: `ink` is the lines' coverage, `dark` the tone to be laid, both 0..1."""
    if style == "blueprint":
        return _grey(BLUEPRINT_PAPER + (_BLUEPRINT_INK - BLUEPRINT_PAPER) * ink)
    if style == "contour":
        return _grey(255 * (1 - 0.92 * ink))
    shape: tuple[int, int] = ink.shape
    dark = np.clip(dark * darkness, 0, 1)
    if style == "pencil":
        fibres = shade.tooth(shape, seed) * np.float32(grain)
        tone = 0.8 * shade.graphite(dark, shape, grain=fibres, seed=seed)
        ink = ink * (0.9 - 0.2 * fibres)
    elif style == "hatch":
        tone = 0.85 * shade.hatching(dark, shape, weight=weight, grain=grain, seed=seed)
    else:
        tone = 0.85 * shade.stipple(dark, shape, weight=weight, seed=seed)
    return _grey(255 * (1 - tone) * (1 - 0.92 * ink))


def _grey(value: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.rint(value), np.uint8)
