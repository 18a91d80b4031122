"""The piece told from whatever it lies on, for drawing it alone: plain paper, dark satin, rock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

import cv2
import numpy as np

from pipeline.photo.foreground import Mask, Rgb, shrink, survey

GUESSED = (
    "The ground of this picture is not plain: what was taken for the piece is a guess. If something is missing or too "
    "much, cut the piece out and upload it on a plain backdrop."
)
NOT_TOLD = (
    "The piece could not be told from its ground, so all of the picture is drawn. Cut the piece out and upload it on "
    "a plain backdrop to have it drawn alone."
)

_SIDE_PX = 800
_REFINED_PX = 512
_INSIDE_PX, _OUTSIDE_PX = 5, 14
"""How far from the guess's outline, inwards and outwards, a pixel is no longer asked about."""
_LEAST, _MOST = 0.004, 0.8
_CUT_OFF = 0.1
"""Share of the picture's rim from which on a guess is no piece but a part of the scene."""

_reading = Lock()


@dataclass(frozen=True)
class Apart:
    """The mask of the piece, bool, of about 800 px; None where it could not be found. `note` is empty when sure."""

    mask: Mask | None
    note: str = ""


@dataclass(frozen=True)
class _Named:
    """A picture by its name alone."""

    name: str
    look: Callable[[], Rgb] = field(compare=False)


def tell_apart(name: str, look: Callable[[], Rgb]) -> Apart:
    """Find the piece on the picture of a name, which is looked at once: all sheets of a master share the answer."""
    with _reading:
        return _apart_once(_Named(name, look))


@lru_cache(maxsize=4)
def _apart_once(picture: _Named) -> Apart:
    return apart(picture.look())


def apart(rgb: Rgb) -> Apart:
    """Find the piece on a picture, RGB (h, w, 3): sure on a plain backdrop, else a guess, refined along its outline."""
    surveyed = survey(shrink(rgb, _SIDE_PX))
    if surveyed.plain:
        return Apart(surveyed.mask)
    mask = _refined(surveyed.rgb, surveyed.mask)
    rim = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if not _LEAST < float(mask.mean()) < _MOST or float(rim.mean()) > _CUT_OFF:
        return Apart(None, NOT_TOLD)
    return Apart(mask, GUESSED)


def _refined(rgb: Rgb, guess: Mask) -> Mask:
    """GrabCut again, finer, about the outline of a guess alone: C. Rother et al., SIGGRAPH 2004."""
    small = shrink(rgb, _REFINED_PX)
    size = (small.shape[1], small.shape[0])
    inside = (cv2.resize(guess.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5).astype(np.uint8)

    def disc(radius: int) -> np.ndarray:
        return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))

    hint = np.where(inside > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    hint[cv2.erode(inside, disc(_INSIDE_PX)) > 0] = cv2.GC_FGD
    hint[cv2.dilate(inside, disc(_OUTSIDE_PX)) == 0] = cv2.GC_BGD
    if not (hint == cv2.GC_BGD).any() or not (inside > 0).any():
        return guess
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, hint, (0, 0, 0, 0), *models, 2, cv2.GC_INIT_WITH_MASK)
    piece = ((hint == cv2.GC_FGD) | (hint == cv2.GC_PR_FGD)).astype(np.float32)
    soft = cv2.GaussianBlur(piece, (0, 0), 0.8)
    return np.asarray(cv2.resize(soft, guess.shape[::-1], interpolation=cv2.INTER_CUBIC) > 0.5)
