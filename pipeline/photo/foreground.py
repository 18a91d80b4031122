"""Telling the piece from its backdrop: a smooth backdrop is modelled, what departs from it is the piece."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from pipeline.photo.backdrop import NEAR_DELTA_E, PLAIN_SPREAD, backdrop_offset, border, colour_distance
from pipeline.photo.backdrop import Field as Field
from pipeline.photo.backdrop import Mask as Mask
from pipeline.photo.backdrop import Rgb as Rgb
from pipeline.photo.backdrop import shrink as shrink
from pipeline.photo.clutter import mask_on_clutter
from pipeline.photo.plain import mask_on_plain

GRAINY = 0.6
"""Median slope of a backdrop from which it has a grain of its own, 8-bit levels per pixel."""

FINE_PX, COARSE_PX = 0.7, 2.5
"""Blurs between which a grain, and any outline, has most of its energy; a shadow has next to none there."""

STRONGEST_GRAIN = 6.0
"""Energy, in medians of the grain's, from which it is an outline: in a shadow a grain is up to four times as strong."""

WORKING_SIDE_PX = 1024
"""Longest side of the picture on which the mask is found: a 2 px chain of a 2048 master is still 1 px wide."""


@dataclass(frozen=True)
class Survey:
    """A picture at working size (longest side at most `WORKING_SIDE_PX`) with what was measured on it."""

    rgb: Rgb
    lab: Field
    """CIELAB, D65, L 0 to 100, shape (h, w, 3)."""
    frame: Mask
    """The border pixels the backdrop was fitted to."""
    mask: Mask
    """True on the piece."""
    distance: Field
    """Weighted CIELAB distance to the backdrop."""
    gradient: Field
    """Smoothed luma gradient, 8-bit levels per pixel."""
    spread: float
    """How far the border strays from its own model, in CIELAB units."""

    @property
    def plain(self) -> bool:
        """Whether the backdrop is even enough for the mask to be trusted."""
        return self.spread < PLAIN_SPREAD


def foreground(rgb: Rgb) -> Mask:
    """Return the mask of the piece, bool of shape (h, w).

    Each backdrop tone is a plane in CIELAB over the picture, fitted to the border by iteratively reweighted
    least squares (Cauchy weights). Where the border is no plain backdrop, the answer is a best guess.
    """
    height, width = rgb.shape[:2]
    surveyed = survey(rgb)
    if surveyed.mask.shape == (height, width):
        return surveyed.mask
    # In 8 bits: at 50 megapixels each plane of floats would be 200 MB.
    soft = np.rint(255 * cv2.GaussianBlur(surveyed.mask.astype(np.float32), (0, 0), 0.7)).astype(np.uint8)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC) > 127)


def survey(rgb: Rgb) -> Survey:
    """Measure the picture once for the mask, the checklist, the crop suggestions, sheets and relief.

    They ask one after another, and a cut on clutter takes seconds: the last two are kept. Nobody may write to them.
    """
    small = shrink(rgb, WORKING_SIDE_PX)
    return _surveyed(small.tobytes(), small.shape)


@lru_cache(maxsize=2)
def _surveyed(levels: bytes, shape: tuple[int, ...]) -> Survey:
    small = np.frombuffer(levels, np.uint8).reshape(shape)
    lab: Field = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    gradient = _slope(luma)
    frame = border(luma.shape)
    offset, spread = backdrop_offset(lab, frame, gradient)
    distance = colour_distance(offset)
    if spread < PLAIN_SPREAD:
        tone = np.median((lab - offset)[frame], axis=0)
        mask = mask_on_plain(offset, distance, _without_grain(luma, gradient, distance), spread, tone)
    else:
        mask = mask_on_clutter(small, lab, frame)
    for plane in (lab, frame, mask, distance, gradient):
        plane.flags.writeable = False
    return Survey(small, lab, frame, mask, distance, gradient, spread)


def _slope(luma: Field) -> Field:
    """Smoothed length of the gradient of a plane (h, w), levels per pixel."""
    slope = cv2.magnitude(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)) / 4
    return np.asarray(cv2.GaussianBlur(slope, (0, 0), 1.2))


def _without_grain(luma: Field, gradient: Field, distance: Field) -> Field:
    """The gradient without that of a textured backdrop, whose grain in a shadow is as steep as pale metal's outline.

    Where the fine detail has no more energy than a grain has, only the slope of what is coarser counts.
    """
    backdrop = distance < NEAR_DELTA_E / 2
    if not backdrop.any() or float(np.median(gradient[backdrop])) <= GRAINY:
        return gradient
    coarse = cv2.GaussianBlur(luma, (0, 0), COARSE_PX)
    energy = cv2.GaussianBlur((cv2.GaussianBlur(luma, (0, 0), FINE_PX) - coarse) ** 2, (0, 0), FINE_PX + 0.8)
    grained = energy < STRONGEST_GRAIN**2 * float(np.median(energy[backdrop]))
    return np.where(grained, cv2.min(gradient, _slope(coarse)), gradient)
