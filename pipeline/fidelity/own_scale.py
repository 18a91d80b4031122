"""What averaging down to the crop's pixels hides and everyone sees: colour of thin parts, texture lost or painted in.

A wire a third of a pixel wide may turn golden and move its pixel's mean by hardly anything. So the mean colour of thin
parts and edges is taken at the answer's own scale, where the crop's own enlargement has them, and set against that
enlargement. Of texture the crop knows how much there is: less of it was smoothed away, far more was painted in.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.detail import Fine
from pipeline.fidelity.enlarge import MARGIN_ROWS, STRIP_ROWS, sharpened, shrink, stretch
from pipeline.fidelity.filters import Plane, blur, box, lab, luma, rms
from pipeline.fidelity.noise import LAPLACIAN
from pipeline.images import Pixels
from pipeline.records.fidelity import ReasonName, Surface
from pipeline.records.words import Box

THIN_LEVELS = 8.0
"""Grey levels by which an edge or a thin part differs from what lies around it."""
AROUND = 2.0
"""Crop pixels (sigma) that lie around a thin part."""
MEAN, LEAST_MEAN_PX = 7, 28
"""Side of the window over which colours of thin parts are averaged, in pixels of the crop and of the answer at least:
over less of it a JPEG's colours err."""
LEAST_SHARE = 0.06
"""Share of a window that thin parts must take for their colour to count in full."""
TEXTURE = 9
"""Side of the window in which texture is measured, crop pixels."""
FINE = 1.2
"""Crop pixels (sigma) up to which a difference is texture and no shape."""
GRAIN_KEPT = 0.83
"""Share of white noise's variance among what is finer than `FINE`."""
GRAIN_SPREAD = 1.8
"""Times that share which a window of mere noise shows at most: one in a hundred shows more."""
TEXTURED_LEVELS = 1.6
"""RMS from which a crop shows a texture that could be smoothed away."""
SLACK_LEVELS = 0.8
"""RMS that rounding and a JPEG may add or take."""
EXPECTED_LEVELS = 2.0
"""RMS of detail that every enlarger adds anywhere."""
CUT = 0.12
"""Units of a* b* by which a level of detail may shift a colour where all of it was cut off at black or white."""
CONTRAST = 0.17
"""Share of the crop's own contrast of colours by which a sharper picture may shift the mean colour of thin parts."""
CHANCE = 2.0
"""Standard errors by which the mean colour of a few grainy pixels errs: no tint within that is told from chance."""
JPEG_FACTOR = 3.2
"""Enlargement below which a JPEG's halved colours reach into the crop's pixels, and more must be allowed."""
CLIPPED = 0.1
"""Share of pixels cut off at black or white from which a texture may have gone with them."""

TINTED, SMOOTHED, PAINTED, RISEN = 3.2, 2.0, 4.0, 1.5
"""Where the maps reach 1: units of a* b*; the crop's texture over what is left of it; fine detail over what the crop's
texture lets expect; and the crop's own texture risen. Harmless answers stay below over any `LEAST_SIDE_PX`."""
LEAST_SIDE_PX = 3
"""Crop pixels that an area must hold its level over, both ways: single pixels are no colour anyone sees."""
MOST_AREAS = 3


@dataclass(frozen=True)
class Area:
    """A place where a map passes 1."""

    name: ReasonName
    peak: float
    box: Box
    """(x, y, width, height) in crop pixels."""


@dataclass(frozen=True)
class OwnScale:
    """Three maps at crop resolution: 1 is as far as honest answers go, 0 where nothing can be said."""

    tinted: Plane
    smoothed: Plane
    painted: Plane

    def maps(self) -> dict[ReasonName, Plane]:
        """By the reason each speaks for."""
        return {
            "edges tinted": self.tinted,
            "texture smoothed away": self.smoothed,
            "texture painted in": self.painted,
        }

    def worst(self) -> Plane:
        """The three joined."""
        joined: Plane = np.max([self.tinted, self.smoothed, self.painted], axis=0)
        return joined


def own_scale(
    registered: Pixels, foreseen: Plane, small: Plane, fine: Fine, valid: NDArray[np.bool_], noise: float
) -> OwnScale:
    """Measure a registered answer, uint8 RGB (h f, w f, 3), against what its crop lets expect.

    `foreseen` is the crop in the answer's light and `small` the answer averaged down, both float32 RGB (h, w, 3);
    `noise` is the crop's own, grey levels.
    """
    still = np.zeros(valid.shape, np.float32)
    if fine.factor < 2 or min(valid.shape) < 2 * TEXTURE:
        return OwnScale(still, still, still)
    seen = cv2.erode(valid.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0).astype(np.float32)
    tinted = _tinted(registered, foreseen, fine, seen)
    smoothed, painted = _texture(luma(foreseen), luma(small), fine, seen, noise)
    return OwnScale(*(_held(plane) for plane in (tinted, smoothed, painted)))


def _held(plane: Plane) -> Plane:
    """What a map holds over `LEAST_SIDE_PX`: a grey opening."""
    opened: Plane = cv2.morphologyEx(
        plane.astype(np.float32), cv2.MORPH_OPEN, np.ones((LEAST_SIDE_PX, LEAST_SIDE_PX), np.uint8)
    )
    return opened


def _tinted(registered: Pixels, foreseen: Plane, fine: Fine, seen: Plane) -> Plane:
    """Distance in a* b* between the mean colours of thin parts and edges, as shown and as the crop has them."""
    (height, width), factor = seen.shape, fine.factor
    source, soft = sharpened(foreseen, factor), blur(luma(foreseen), AROUND)
    shown, expected = (np.zeros((height, width, 3), np.float32) for _ in range(2))
    share, rough = (np.zeros((height, width), np.float32) for _ in range(2))
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        first, last = max(0, top - MARGIN_ROWS), min(height, bottom + MARGIN_ROWS)
        inner = slice((top - first) * factor, (bottom - first) * factor)
        large = np.clip(stretch(source[first:last], factor)[inner], 0, 255)
        near = stretch(soft[first:last], factor)[inner]
        part = registered[top * factor : bottom * factor]
        thin = (np.abs(luma(large) - near) > THIN_LEVELS).astype(np.float32)
        share[top:bottom] = shrink(thin, factor)
        shown[top:bottom] = shrink(part.astype(np.float32) * thin[..., None], factor)
        expected[top:bottom] = shrink(large * thin[..., None], factor)
        rough[top:bottom] = shrink(_rough(registered[first * factor : last * factor])[inner] * thin, factor)
    mean = max(MEAN, -(-LEAST_MEAN_PX // factor) | 1)
    del source, soft
    share = box(share * seen, mean)
    colours = [
        lab(box(plane * seen[..., None], mean) / (share[..., None] + 1e-4)) for plane in (shown, expected)
    ]
    del shown, expected
    across, along = (colours[0][..., k] - colours[1][..., k] for k in (1, 2))
    del colours
    cut = CUT * box(fine.clipped * fine.detail, mean)
    chance = CHANCE**2 * box(rough * seen, mean) / (share + 1e-4) / (share * (mean * factor) ** 2 + 1)
    excused = 1 + cut**2 + chance + CONTRAST**2 * _spread_along(lab(foreseen), (across, along), mean)
    tinted: Plane = np.hypot(across, along) / np.sqrt(excused) * np.minimum(1, share / LEAST_SHARE)
    return tinted / _tint_limit(factor)


def _rough(picture: Pixels) -> Plane:
    """Square in a* b* of what is independent from pixel to pixel of a picture, uint8 RGB (h, w, 3): float32 (h, w).

    The fire of a stone is traced a colour at a time, and few of its sparks fall on a thin part: by chance they are
    redder or bluer than those of another trace. A tint that somebody gave to a part is smooth in it.
    """
    grain: Plane = cv2.filter2D(lab(picture), cv2.CV_32F, LAPLACIAN)
    grain *= grain
    square: Plane = grain[..., 1] + grain[..., 2]
    return square


def _tint_limit(factor: int) -> float:
    return TINTED * max(1.0, float(np.sqrt(JPEG_FACTOR / factor)))


def _spread_along(colours: Plane, shift: tuple[Plane, Plane], size: int) -> Plane:
    """Variance of the crop's own a* b* around each pixel in the direction of a shift.

    Where violet meets grey a sharper picture has more of either; that is no other colour.
    """
    first, second = (np.ascontiguousarray(colours[..., k]) for k in (1, 2))
    means = box(first, size), box(second, size)
    variances = [
        box(a * b, size) - m * n
        for a, b, m, n in (
            (first, first, means[0], means[0]),
            (second, second, means[1], means[1]),
            (first, second, means[0], means[1]),
        )
    ]
    across, along = shift
    square = across**2 * variances[0] + along**2 * variances[1] + 2 * across * along * variances[2]
    variance: Plane = np.maximum(square, 0) / (across**2 + along**2 + 1e-6)
    return variance


def _texture(expected: Plane, shown: Plane, fine: Fine, seen: Plane, noise: float) -> tuple[Plane, Plane]:
    """How many times less of the crop's texture is left, and how many times more detail there is than it explains."""
    before, after = ((plane - blur(plane, FINE)) * seen for plane in (expected, shown))
    was, now = rms(before, TEXTURE), rms(after, TEXTURE)
    grain = box(fine.grain, TEXTURE)
    now = np.sqrt(np.maximum(now**2 - grain**2, 0))
    covered = box(seen, TEXTURE)
    texture = _without_grain(expected, was, seen)
    # Grain answers to no texture of the crop: what does is kept, however fine it is and however grainy the answer.
    kept = np.maximum(now, box(before * after, TEXTURE) / np.maximum(was, 1e-3))
    textured = (
        (texture > TEXTURED_LEVELS + 1.5 * noise) & (covered > 0.9) & (box(fine.clipped, TEXTURE) < CLIPPED)
    )
    usual = usual_left = 1.0
    if textured.sum() > TEXTURE**2:  # an answer as a whole softer or crisper than its crop is no redesign
        usual, usual_left = (
            float(np.clip(np.median(left[textured] / had[textured]), 0.5, 2.0))
            for left, had in ((now, was), (kept, texture))
        )
    left = usual_left * (texture + SLACK_LEVELS / 2) / (kept + SLACK_LEVELS / 2)
    smoothed = np.where(textured, left, 0) / SMOOTHED
    detail = rms(fine.detail * seen, TEXTURE)
    detail = np.sqrt(np.maximum(detail**2 - (grain * fine.factor) ** 2, 0))
    finer = detail / (was + EXPECTED_LEVELS) / PAINTED
    risen = now / (max(1.0, usual) * was + EXPECTED_LEVELS + noise) / RISEN
    painted = np.where(covered > 0.9, np.maximum(finer, risen), 0)
    return smoothed, painted


def _without_grain(grey: Plane, fine: Plane, seen: Plane) -> Plane:
    """RMS of a picture's texture: what is `fine` in it less what is independent from pixel to pixel.

    A path tracer's grain differs from place to place, loudest inside dark stones, and a cleaner answer lacks it
    rightly. A texture that a lens or an average has seen runs on from pixel to pixel and answers weakly to the filter.
    """
    grain = rms(cv2.filter2D(grey, cv2.CV_32F, LAPLACIAN) * seen, TEXTURE)
    texture: Plane = np.sqrt(np.maximum(fine**2 - GRAIN_SPREAD * GRAIN_KEPT * grain**2, 0))
    return texture


def areas(surface: OwnScale) -> list[Area]:
    """Where a map passes 1, the worst first; of each reason at most `MOST_AREAS`."""
    places: list[Area] = []
    for name, plane in surface.maps().items():
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            (plane > 1).astype(np.uint8), connectivity=8
        )
        of_name = []
        for label in range(1, count):
            x, y, width, height, _ = (int(v) for v in stats[label])
            window = (slice(y, y + height), slice(x, x + width))
            peak = float(plane[window][labels[window] == label].max())
            of_name.append(Area(name, peak, (x, y, width, height)))
        places += sorted(of_name, key=lambda area: -area.peak)[:MOST_AREAS]
    return sorted(places, key=lambda area: -area.peak)


def figures_of(surface: OwnScale, factor: int) -> Surface:
    """The worst of each map in its own unit; `factor` is the enlargement."""
    smoothed = float(surface.smoothed.max()) * SMOOTHED
    return Surface(
        tint=float(surface.tinted.max()) * _tint_limit(factor),
        texture_left=min(1.0, 1 / smoothed) if smoothed else 1.0,
        texture_painted=float(surface.painted.max()),
    )
