"""A piece cut out of its picture, framed anew, and laid on another ground: pure white, or white with a soft shadow."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.photo.backdrop import Field, Mask, Rgb

Rgba = NDArray[np.uint8]

SHADOW_DEPTH = 0.28
"""How much light a contact shadow takes where it is deepest."""
_SHADOW_BLUR, _SHADOW_DROP = 0.012, 0.012
"""Softness of a contact shadow and how far below the piece it lies, of the longer side."""


@dataclass(frozen=True)
class Bounds:
    """The box of a piece in its picture, px, right and bottom exclusive, and the sides of the picture it touches."""

    left: int
    top: int
    right: int
    bottom: int
    touches: frozenset[str]

    @property
    def longer(self) -> int:
        """Its longer side, px."""
        return max(self.right - self.left, self.bottom - self.top)


def bounds(mask: Mask) -> Bounds | None:
    """Where the piece lies; None where there is none."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not len(rows):
        return None
    height, width = mask.shape
    left, top, right, bottom = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    near = max(2, round(0.004 * max(mask.shape)))
    sides = {
        "left": left <= near,
        "top": top <= near,
        "right": right >= width - near,
        "bottom": bottom >= height - near,
    }
    return Bounds(left, top, right, bottom, frozenset(side for side, touched in sides.items() if touched))


def cut_out(rgb: Rgb, mask: Mask) -> Rgba:
    """Colours (h, w, 3) with the piece's alpha, its edge a pixel soft; 0 outside, 255 inside."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.9)
    # The outermost pixels are half the old ground's colour: the edge is taken a little further in.
    alpha = np.clip((soft - 0.35) / 0.65, 0, 1)
    return np.dstack([rgb, np.rint(255 * alpha).astype(np.uint8)])


def framed(piece: Rgba, box: Bounds, size: tuple[int, int], fill: float) -> Rgba:
    """Scale the piece until it fills a share of one side of a transparent canvas (width, height), in the middle.

    A side where the piece runs out of its picture stays at the canvas' side; where it runs out of two opposite sides
    it fills that direction, unless the other has no room for it. Colours are weighted by alpha.
    """
    width, height = size
    cut = piece[box.top : box.bottom, box.left : box.right]
    across = 1.0 if {"left", "right"} <= box.touches else fill
    along = 1.0 if {"top", "bottom"} <= box.touches else fill
    scale = min(across * width / cut.shape[1], along * height / cut.shape[0])
    # One ratio for both axes; the piece keeps its proportions to the pixel that rounding costs.
    inner = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    small = _resized(cut, inner)
    left = _place(width, inner[0], "left" in box.touches, "right" in box.touches)
    top = _place(height, inner[1], "top" in box.touches, "bottom" in box.touches)
    canvas = np.zeros((height, width, 4), np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = small
    return canvas


def on_white(piece: Rgba, *, shadow: bool, depth: float = SHADOW_DEPTH) -> Rgb:
    """Lay a framed piece (h, w, 4) on 255, 255, 255, with a soft shadow beneath it where wanted.

    `depth` is the share of light that the shadow takes where it is deepest, 0..1.
    """
    alpha = piece[..., 3:].astype(np.float32) / 255
    ground: Field = np.full((*piece.shape[:2], 1), 255, np.float32)
    if shadow:
        ground *= 1 - depth * _contact(alpha[..., 0])[..., None]
    return np.rint(alpha * piece[..., :3] + (1 - alpha) * ground).astype(np.uint8)


def around(rgb: Rgb, box: Bounds, size: tuple[int, int], fill: float) -> Rgb | None:
    """The picture's own ground: a window of the shape of `size` around the piece; None where there is no room."""
    width, height = size
    wide = max((box.right - box.left) / fill, (box.bottom - box.top) / fill * width / height)
    tall = wide * height / width
    if wide > rgb.shape[1] + 1 or tall > rgb.shape[0] + 1:
        shrunk = min(rgb.shape[1] / wide, rgb.shape[0] / tall)
        wide, tall = wide * shrunk, tall * shrunk
        if wide < box.right - box.left or tall < box.bottom - box.top:
            return None
    left = float(np.clip((box.left + box.right - wide) / 2, 0, rgb.shape[1] - wide))
    top = float(np.clip((box.top + box.bottom - tall) / 2, 0, rgb.shape[0] - tall))
    window = rgb[round(top) : round(top + tall), round(left) : round(left + wide)]
    shrinking = window.shape[1] >= width
    method = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(window, size, interpolation=method), np.uint8)


def _resized(piece: Rgba, size: tuple[int, int]) -> Rgba:
    alpha = piece[..., 3:].astype(np.float32) / 255
    weighted = np.dstack([piece[..., :3] * alpha, 255 * alpha])
    method = cv2.INTER_AREA if size[0] < piece.shape[1] else cv2.INTER_CUBIC
    scaled: Field = cv2.resize(weighted, size, interpolation=method)
    share = np.clip(scaled[..., 3:] / 255, 0, 1)
    colours = scaled[..., :3] / np.maximum(share, 1 / 255)
    return np.dstack([np.clip(np.rint(colours), 0, 255), np.rint(255 * share)]).astype(np.uint8)


def _place(room: int, taken: int, first: bool, last: bool) -> int:  # noqa: FBT001 - two sides of one axis
    if first != last:
        return 0 if first else room - taken
    return (room - taken) // 2


def _contact(alpha: Field) -> Field:
    """Darkness 0..1 below and around the lowest parts of the piece."""
    side = max(alpha.shape)
    shift = np.array([[1, 0, 0], [0, 1, _SHADOW_DROP * side]], np.float32)
    dropped = cv2.warpAffine(alpha, shift, (alpha.shape[1], alpha.shape[0]))
    soft = cv2.GaussianBlur(dropped, (0, 0), _SHADOW_BLUR * side)
    rows = np.nonzero(alpha.max(axis=1) > 0.5)[0]
    if not len(rows):
        return np.zeros_like(alpha)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    # The nearer to where the piece stands, the deeper.
    weight = np.clip((np.arange(len(alpha)) - top) / max(1, bottom - top), 0, 1.0)[:, None] ** 2
    dark = soft * weight
    return np.asarray(np.where(dark < 0.5 / (255 * SHADOW_DEPTH), 0, dark), np.float32)
