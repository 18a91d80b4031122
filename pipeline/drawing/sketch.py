"""A picture drawn by hand, from its own pixels: its contours inked, its tones shaded in one of five styles."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Manner:
    """How a drawing is done: style, and around 1 line weight, darkness of the shading, grain of the paper."""

    style: Style = "pencil"
    weight: float = 1.0
    darkness: float = 1.0
    grain: float = 1.0
    seed: int = 0

    @property
    def dark(self) -> bool:
        """Whether it is drawn light on dark paper."""
        return self.style == "blueprint"

    @property
    def shaded(self) -> bool:
        """Whether tone is laid between the lines."""
        return self.style in {"pencil", "hatch", "stipple"}


def manner(
    style: str, *, weight: float = 1.0, darkness: float = 1.0, grain: float = 1.0, seed: int = 0
) -> Manner:
    """Check a manner. Raises BadInput for a style that does not exist or a control far off its scale."""
    known = next((s for s in STYLES if s == style), None)
    if known is None:
        raise BadInput(f"There is no drawing style {style!r}; choose one of {', '.join(STYLES)}.")
    for name, value in (("line weight", weight), ("darkness", darkness), ("grain", grain)):
        if not 0 <= value <= 4:
            raise BadInput(f"A {name} of {value:g} is off the scale; choose one between 0 and 4.")
    return Manner(known, max(weight, 0.1), darkness, grain, seed)


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
    `mask`, of any size, is true on the piece; without it an even backdrop is recognised and left as bare paper.
    A picture without edges comes back as bare paper. Raises BadInput for a style that does not exist.
    """
    told = manner(style, weight=weight, darkness=darkness, grain=grain, seed=seed)
    height, width = rgb.shape[:2]
    blank = BLUEPRINT_PAPER if style == "blueprint" else 255
    tall, wide = size or (height, width)
    sheet: NDArray[Any] = np.full((tall, wide), blank, np.uint8)
    piece = piece_on_backdrop(rgb) if mask is None else usable(_fitted(mask, height, width))
    # The piece alone is studied, so that a small one in a wide frame gets the same care.
    top, bottom, left, right = (0, height, 0, width) if piece is None else bounds(piece)
    inside = (slice(top, bottom), slice(left, right))
    found = study(rgb[inside], None if piece is None else piece[inside])
    if len(found.contours):
        rows = slice(round(top * tall / height), round(bottom * tall / height))
        place = rows, slice(round(left * wide / width), round(right * wide / width))
        ink = draw_contours(found.contours, sheet[place].shape, weight=told.weight)
        dark = shade.darkness(found.tone, found.piece)
        sheet[place] = finish(ink, dark, told)
    return sheet


def _fitted(mask: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """A mask at the picture's size."""
    import cv2

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
    laid = _shading(np.clip(dark * np.float32(manner.darkness), 0, 1), ink.shape, manner)
    line = np.float32(0.92 / 255)
    out = np.empty(ink.shape, np.uint8)
    # Band by band: at 300 dpi a plane of floats takes 35 MB, and there would be ten of them.
    for top in range(0, len(ink), shade.BAND_PX):
        rows = slice(top, min(top + shade.BAND_PX, len(ink)))
        cover = ink[rows] * line
        if manner.style == "pencil":
            cover *= 0.9 - 0.2 * np.float32(manner.grain) * shade.tooth(cover.shape, manner.seed)
        out[rows] = _grey(255 * (1 - laid(rows)) * (1 - cover))
    return out


def _shading(dark: NDArray[Any], shape: tuple[int, ...], manner: Manner) -> shade.Laid:
    height, width = shape
    if manner.style == "pencil":
        return shade.graphite(dark, (height, width), grain=manner.grain, seed=manner.seed)
    if manner.style == "hatch":
        return shade.hatching(
            dark, (height, width), weight=manner.weight, grain=manner.grain, seed=manner.seed
        )
    return shade.stipple(dark, (height, width), weight=manner.weight, seed=manner.seed)


def _grey(value: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.rint(value), np.uint8)
