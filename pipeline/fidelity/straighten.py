"""Straightening a bent answer: the smooth, bounded field that lays its parts where the crop has them.

Editors bend a whole picture by pixels without redesigning anything. Optical flow (dense inverse search, Kroeger et
al., 2016) is believed only where following it removes a difference, and spread smoothly over what it says nothing
about (normalised convolution), coarse to fine. A field that has to stretch or to reach too far is no bend: there the
lock takes the crop's own pixels as before.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.filters import Plane, blur, box, flow, steepness
from pipeline.images import Pixels

SMOOTHNESS, LEAST_SMOOTHNESS_PX = (0.08, 0.055, 0.04, 0.04), 6.0
"""Standard deviations over which each round's motion is spread: of the crop's mean side, and crop pixels at least. A
field that follows less than that pulls a stone's neighbours over its gap."""
LEAST_PX = 0.15
"""Crop pixels below which nothing is bent: honest answers stay below .08."""
MOST_STRETCH = 0.25
"""Crop pixels of motion more per crop pixel of way from which a picture is torn, not bent."""
FARTHEST = 0.07
"""Motion, of the crop's mean side, beyond which nothing is bent."""
STEEP = 40.0
"""Grey levels per pixel from which a steeper edge says no more of where it lies."""
LITTLE = 1e-3
"""Of the most any pixel knows of motion: what it takes to move its neighbours."""
STRIP_ROWS = 256
"""Rows of a large picture that are moved at a time."""


@dataclass(frozen=True)
class Bend:
    """How an answer is bent: at crop pixel p it shows what belongs there at p + field(p)."""

    field: Plane
    """float32 (h, w, 2), crop pixels along x and y."""
    torn: NDArray[np.bool_]
    """Where it stretches or reaches too far for a bend, or beyond the frame."""


def motion(expected: Plane, shown: Plane, floor: Plane, valid: NDArray[np.bool_]) -> tuple[Plane, Plane]:
    """Credible motion (h, w, 2) in pixels, and how far optical flow is believed (h, w), 0..1.

    On white it wanders freely: what it is not believed is taken off its length. `floor` is the grey levels that mean
    nothing.
    """
    height, width = expected.shape
    field = np.where(valid[..., None], flow(expected, shown), 0).astype(np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    followed = cv2.remap(
        shown, x + field[..., 0], y + field[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    before = box(blur(shown - expected, 0.7) ** 2, 7)
    after = box(blur(followed - expected, 0.7) ** 2, 7)
    belief = np.clip((before - after) / (before + 2 * floor**2), 0, 1)
    belief[_beyond(x + field[..., 0], y + field[..., 1])] = 0  # what lies outside was seen by nobody
    return field * belief[..., None], belief


def bend_of(
    expected: Plane,
    shown: Plane,
    floor: Plane,
    valid: NDArray[np.bool_],
    moved: tuple[Plane, Plane] | None = None,
) -> Bend | None:
    """Find how `shown` is bent against `expected`, luma of one size (h, w); None where it is not.

    `moved` is the `motion` between the two, where it is at hand.
    """
    side = float(np.sqrt(expected.size))
    strength = np.minimum(steepness(expected), STEEP)
    field = np.zeros((*expected.shape, 2), np.float32)
    now = shown
    for number, share in enumerate(SMOOTHNESS):
        step = moved if moved and not number else motion(expected, now, floor, valid)
        field = _refined(
            field,
            step,
            np.where(valid, strength, 0),
            now - expected,
            floor,
            max(LEAST_SMOOTHNESS_PX, share * side),
        )
        if number == 0 and float(np.hypot(field[..., 0], field[..., 1]).max()) < LEAST_PX:
            return None
        now = _moved(shown, field)
    height, width = expected.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    steps = [np.abs(np.gradient(field[..., k], axis=axis)) for k in (0, 1) for axis in (0, 1)]
    torn = np.max(steps, axis=0) > MOST_STRETCH
    torn |= np.hypot(field[..., 0], field[..., 1]) > FARTHEST * side
    torn |= _beyond(x + field[..., 0], y + field[..., 1])
    return Bend(field, torn)


def straight(picture: Pixels, bend: Bend) -> Pixels:
    """Undo a bend: uint8 RGB (h f, w f, 3), a whole number of times the field's size."""
    factor = picture.shape[0] // len(bend.field)
    height, width = picture.shape[:2]
    out = np.empty_like(picture)
    x = np.arange(width, dtype=np.float32)[None]
    for top in range(0, height, STRIP_ROWS):
        rows = np.arange(top, min(height, top + STRIP_ROWS), dtype=np.float32)
        # pixel centres of the large picture in the field's
        down = np.repeat(((rows + 0.5) / factor - 0.5)[:, None], width, 1)
        along = np.repeat((x + 0.5) / factor - 0.5, len(rows), 0)
        moved = cv2.remap(
            bend.field, along, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ) * np.float32(factor)
        out[top : top + len(rows)] = cv2.remap(
            picture,
            x + moved[..., 0],
            rows[:, None] + moved[..., 1],
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return out


def _refined(
    field: Plane, step: tuple[Plane, Plane], strength: Plane, residual: Plane, floor: Plane, sigma: float
) -> Plane:
    """A field with what is still bent after it, spread over sigma pixels."""
    moved, belief = step
    # where nothing differs it is known to stand still
    calm = np.clip(1 - box(blur(residual, 0.7) ** 2, 7) / (2 * floor**2), 0, 1)
    total = blur((strength * (belief + calm)).astype(np.float32), sigma)
    total += LITTLE * float(total.max()) + 1e-6
    spread = blur((moved * strength[..., None]).astype(np.float32), sigma) / total[..., None]
    return _moved(field, spread) + spread


def _moved(plane: Plane, field: Plane) -> Plane:
    height, width = plane.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    moved: Plane = cv2.remap(
        plane, x + field[..., 0], y + field[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return moved


def _beyond(x: Plane, y: Plane) -> NDArray[np.bool_]:
    """Which positions lie outside a plane of their own shape."""
    height, width = x.shape
    outside: NDArray[np.bool_] = (x < 0) | (x > width - 1) | (y < 0) | (y > height - 1)
    return outside
