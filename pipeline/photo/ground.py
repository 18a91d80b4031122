"""The piece told from whatever it lies on, for drawing it alone: plain paper, dark satin, rock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

import numpy as np

from pipeline.photo.brush import brushed
from pipeline.photo.foreground import Mask, Rgb, shrink, survey
from pipeline.records.brush import Stroke

GUESSED = (
    "The ground of this picture is not plain: what was taken for the piece is a guess. If something is missing or too "
    "much, cut the piece out and upload it on a plain backdrop."
)
NOT_TOLD = (
    "The piece could not be told from its ground, so all of the picture is drawn. Cut the piece out and upload it on "
    "a plain backdrop to have it drawn alone."
)

ALL_TAKEN = (
    "With the strokes of the brush nothing, or everything, is the piece, so all of the picture is drawn. Take strokes "
    "back to have the piece drawn alone."
)

LEAST_SHARE, MOST_SHARE = 0.002, 0.93
"""A mask of less or more of the picture tells no piece from its ground; drawings of it show all of the picture."""

_SIDE_PX = 800
_LEAST, _MOST = 0.004, 0.8
_CUT_OFF = 0.1
"""Share of the picture's rim from which on a guess is no piece but a part of the scene."""

_reading = Lock()


@dataclass(frozen=True)
class Apart:
    """The mask of the piece, bool, of about 800 px; None where it could not be found. `note` is empty when sure."""

    mask: Mask | None
    note: str = ""
    guess: Mask | None = None
    """What the page shows as the piece where it could not be told: a person corrects that."""


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


def corrected(piece: Apart, strokes: Sequence[Stroke]) -> Apart:
    """What a person corrected is no guess any more; what could not be told is corrected as the page shows it."""
    mask = piece.guess if piece.mask is None else piece.mask
    if mask is None:
        return piece
    mask = brushed(mask, strokes)
    return Apart(mask) if _tells(mask) else Apart(None, ALL_TAKEN, mask)


def _tells(mask: Mask) -> bool:
    """Whether there is a piece on a mask, and ground: nearly nothing or nearly all is drawn as if there were none."""
    return LEAST_SHARE < float(mask.mean()) < MOST_SHARE


def apart(rgb: Rgb) -> Apart:
    """Find the piece on a picture, RGB (h, w, 3): sure on a plain backdrop, else a guess."""
    surveyed = survey(shrink(rgb, _SIDE_PX))
    mask = surveyed.mask
    if surveyed.plain:
        return Apart(mask) if _tells(mask) else Apart(None, NOT_TOLD, mask)
    rim = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if not _LEAST < float(mask.mean()) < _MOST or float(rim.mean()) > _CUT_OFF:
        return Apart(None, NOT_TOLD, mask)
    return Apart(mask, GUESSED)
