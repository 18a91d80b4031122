"""How well a drawing's lines lie on the edges of what it was drawn from."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[Any]

_SIDE_PX = 1024


@dataclass(frozen=True)
class Overlap:
    """`precision`: share of the drawing's lines that lie on an edge of the source. `recall`: share of the
    source's strong edges that the drawing has. Both 0..1; 0 where there is nothing to compare.
    """

    precision: float
    recall: float


def overlap(
    drawing: NDArray[Any], source_rgb: NDArray[Any], *, tolerance_px: float, piece: Mask | None = None
) -> Overlap:
    """Compare a drawing, uint8 (h, w) or (h, w, 3), with its source, uint8 RGB (h, w, 3), laid over each other.

    `tolerance_px` is in pixels of the source; the usual one is 2 px of 1024. Edges are Canny's, found apart
    from the method that made the drawing. As with hysteresis, a line counts as right where it lies on an edge
    of at least half the strength that would make it a strong one. With a mask `piece`, bool (h, w) of any size, only
    edges of the piece are asked for, none of its ground.
    """
    scale = min(1.0, _SIDE_PX / max(source_rgb.shape[:2]))
    source, grey = at_size(drawing, source_rgb, scale)
    strong, fair = source_edges(source)
    if piece is not None:
        size = (strong.shape[1], strong.shape[0])
        strong &= cv2.resize(piece.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    lines, faint = drawn_lines(grey)
    reach = max(1.0, tolerance_px * scale)
    return Overlap(_share_near(lines, fair, reach), _share_near(strong, faint, reach))


def lie_on(lines: Mask, drawn: Mask, source_rgb: NDArray[Any], *, reach_px: float) -> Overlap:
    """The same for known line centres, bool (h, w), over a source of that size.

    `lines` have to lie on edges; `drawn` is all there is on the drawing, finer lines with them.
    """
    strong, fair = source_edges(source_rgb)
    reach = max(1.0, reach_px)
    return Overlap(_share_near(lines, fair, reach), _share_near(strong, drawn, reach))


def at_size(
    drawing: NDArray[Any], source_rgb: NDArray[Any], scale: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Bring source and drawing to `scale` times the source's size; the drawing grey, dark lines on light paper."""
    size = (max(8, round(source_rgb.shape[1] * scale)), max(8, round(source_rgb.shape[0] * scale)))
    source = cv2.resize(source_rgb, size, interpolation=cv2.INTER_AREA)
    grey = drawing
    if drawing.ndim == 3:
        grey = cv2.cvtColor(np.ascontiguousarray(drawing[..., :3]), cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return source, np.asarray(255 - grey if float(np.median(grey)) < 100 else grey)


def _share_near(these: Mask, those: Mask, reach: float) -> float:
    if not these.any() or not those.any():
        return 0.0
    distance = cv2.distanceTransform((~those).astype(np.uint8), cv2.DIST_L2, 5)
    return float((distance[these] <= reach).mean())


def source_edges(source: NDArray[Any]) -> tuple[Mask, Mask]:
    """Strong and fair edges of lightness and of both colour axes; grooves and seams, dark lines, are fair too."""
    lab = cv2.GaussianBlur(cv2.cvtColor(source, cv2.COLOR_RGB2LAB), (0, 0), 1.0)
    strong = np.zeros(source.shape[:2], bool)
    fair = strong.copy()
    for channel, high in ((0, 130), (1, 90), (2, 90)):
        plane = np.ascontiguousarray(lab[..., channel])
        strong |= cv2.Canny(plane, 0.5 * high, high, L2gradient=True) > 0
        fair |= cv2.Canny(plane, 0.2 * high, 0.4 * high, L2gradient=True) > 0
    fair |= _ridges(255 - lab[..., 0].astype(np.float32), 2.0, 4)
    return strong, fair


def drawn_lines(grey: NDArray[Any]) -> tuple[Mask, Mask]:
    """Line centres of a drawing: ridges of darkness, strong ones and faint ones.

    Shading is not a line: hatching and grain are smoothed away before the strong ridges are sought.
    """
    dark = 255 - grey.astype(np.float32)
    return _ridges(dark, 2.0, 8), _ridges(dark, 1.6, 5)


def _ridges(dark: NDArray[Any], sigma: float, least: float) -> Mask:
    """Where the smoothed darkness has a ridge with more than this curvature across it."""
    smooth = cv2.GaussianBlur(dark, (0, 0), sigma)
    xx = cv2.Sobel(smooth, -1, 2, 0, ksize=3, scale=1 / 4)
    yy = cv2.Sobel(smooth, -1, 0, 2, ksize=3, scale=1 / 4)
    xy = cv2.Sobel(smooth, -1, 1, 1, ksize=3, scale=1 / 4)
    curved = cv2.magnitude((xx - yy) / 2, xy) - (xx + yy) / 2 > least
    # The direction across is needed at these few pixels alone.
    y, x = np.nonzero(curved)
    if len(y):
        angle = 0.5 * np.arctan2(2 * xy[y, x], xx[y, x] - yy[y, x]) + np.pi / 2
        dx, dy = np.cos(angle), np.sin(angle)
        here = smooth[y, x]
        ahead, behind = (_between(smooth, x + way * dx, y + way * dy) for way in (1, -1))
        curved[y, x] = (here >= ahead) & (here >= behind)
    return np.asarray(curved)


def _between(field: NDArray[Any], x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Values between pixels, linearly; beyond the rim those of the rim."""
    height, width = field.shape
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    column, row = np.minimum(x.astype(np.intp), width - 2), np.minimum(y.astype(np.intp), height - 2)
    right, down = (x - column).astype(np.float32), (y - row).astype(np.float32)
    upper = field[row, column] * (1 - right) + field[row, column + 1] * right
    lower = field[row + 1, column] * (1 - right) + field[row + 1, column + 1] * right
    return np.asarray(upper * (1 - down) + lower * down)
