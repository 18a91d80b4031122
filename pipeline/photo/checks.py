"""The checklist under the master: six plain measurements, each with its figure, none of them blocking.

Limits were set on 223 hand-labelled product photographs; the comment at each says how well it parts good from
bad (TPR: share of good pictures that pass; FPR: share of bad ones that pass as well).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.photo.brush import brushed
from pipeline.photo.count import count, words
from pipeline.photo.foreground import Mask, Rgb, Survey, survey
from pipeline.records.brush import Stroke

MIN_SIDE_PX = 1024
"""A close-up takes about a third of the piece: below this, less than 350 px are left to enlarge."""

MIN_SHARPNESS = 0.40
"""Sharp photographs measure 0.61 to 1.7; blurred by 1 px (Gaussian sigma) 0.33 to 0.55, by 1.5 px at most 0.37."""

MIN_WHITE_SHARE = 0.80
"""Border pixels with L > 92 and chroma < 5: TPR 0.79, FPR 0.01; off-white studio grey does not pass."""

MAX_OFFSET = 0.08
"""Offset of the centre of the bounding box: median 0.02, 95th percentile 0.06 on good photographs."""

MAX_TOUCH = 0.01
"""Share of a side of the frame the piece may touch: TPR 0.96, FPR 0.15 (tight margins) on plain backdrops."""

MAX_STRANDS = 0.30
"""Share of the upper side through which the chain of a pendant seen close may leave; a 4 mm curb chain takes 0.15, the
heaviest 0.27."""

MAX_SKIN = 0.01
"""Largest skin-coloured smooth area: finds 0.93 of the hands; 0.03 false alarms on white backdrops."""

MIN_FINGER = 0.05
"""Narrowest finger, of the longest side: rose gold has the hue of skin, but comes in narrower bands."""


@dataclass(frozen=True)
class Check:
    """One line of the checklist."""

    name: str
    """Stable key: resolution, sharpness, background, centred, inside, hands."""
    label: str
    value: float
    unit: str
    ok: bool
    figure: str
    """The measurement as people read it."""
    advice: str
    """What to do where `ok` is false; empty otherwise."""


def inspect(
    rgb: Rgb, *, hanging: bool = False, alone: bool = False, strokes: Sequence[Stroke] = ()
) -> tuple[Check, ...]:
    """Measure a master, uint8 (h, w, 3); always the same six checks in the same order.

    Of a piece that is `hanging` the chain may leave by the top of the frame; `alone` says that there can be nothing but
    the piece, as in a picture rendered from its geometry. `strokes` correct the mask it is measured by.
    """
    surveyed = survey(rgb)
    surveyed = replace(surveyed, mask=brushed(surveyed.mask, strokes))
    leaving = hanging and _leaves_by_the_top(surveyed)
    return (
        _resolution(rgb),
        _sharpness(rgb, surveyed),
        _background(surveyed),
        _centred(surveyed, leaving=leaving),
        _inside(surveyed, leaving=leaving),
        _hands(surveyed, alone=alone),
    )


def _check(name: str, label: str, value: float, unit: str, figure: str, *, ok: bool, advice: str) -> Check:
    return Check(name, label, round(float(value), 4), unit, bool(ok), figure, "" if ok else advice)


def _resolution(rgb: Rgb) -> Check:
    height, width = rgb.shape[:2]
    side = min(height, width)
    return _check(
        "resolution",
        "Resolution",
        side,
        "px",
        f"{width} x {height} px",
        ok=side >= MIN_SIDE_PX,
        advice=f"Use a picture of at least {MIN_SIDE_PX} px on its shorter side, 2048 px for the best close-ups.",
    )


def _sharpness(rgb: Rgb, surveyed: Survey) -> Check:
    """Compare the strongest second derivatives at full and at half scale: blur takes the finest ones first."""
    top, left, bottom, right = _bounds(surveyed.mask)
    height, width = rgb.shape[:2]
    piece = rgb[int(top * height) : int(bottom * height) + 2, int(left * width) : int(right * width) + 2]
    luma = cv2.cvtColor(np.ascontiguousarray(piece), cv2.COLOR_RGB2GRAY).astype(np.float32)
    luma = luma[: max(2, luma.shape[0] // 2 * 2), : max(2, luma.shape[1] // 2 * 2)]
    ratio = 0.0
    if min(luma.shape) >= 4:
        size = (luma.shape[1] // 2, luma.shape[0] // 2)
        half = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
        fine = np.abs(cv2.Laplacian(luma, cv2.CV_32F, ksize=1))
        # The larger of each 2 x 2, so that edges are as large a part of the fine level as of the coarse one.
        fine = fine.reshape(size[1], 2, size[0], 2).max(axis=(1, 3))
        coarse = np.abs(cv2.Laplacian(half, cv2.CV_32F, ksize=1))
        # Less what rounding to 8 bits alone amounts to: it would pass for the finest detail of a blurred picture.
        strong, broad = (float(np.quantile(level, 0.98)) - floor for level, floor in ((fine, 3), (coarse, 2)))
        ratio = max(0.0, strong) / broad if broad > 2 else 0.0
    return _check(
        "sharpness",
        "Sharpness",
        ratio,
        "",
        f"{ratio:.2f} (soft below {MIN_SHARPNESS:.2f})",
        ok=ratio >= MIN_SHARPNESS,
        advice="The finest detail is blurred; use the original file, a tripod, or a smaller size.",
    )


def _background(surveyed: Survey) -> Check:
    chroma = np.hypot(surveyed.lab[..., 1], surveyed.lab[..., 2])
    white = float(((surveyed.lab[..., 0] > 92) & (chroma < 5))[surveyed.frame].mean())
    return _check(
        "background",
        "White background",
        100 * white,
        "%",
        f"{100 * white:.0f} % of the border is white",
        ok=white >= MIN_WHITE_SHARE,
        advice="Photograph on white paper with more light behind the piece, or cut the piece out onto white.",
    )


def _centred(surveyed: Survey, *, leaving: bool) -> Check:
    top, left, bottom, right = _bounds(surveyed.mask)
    across, down = (left + right) / 2 - 0.5, 0.0 if leaving else (top + bottom) / 2 - 0.5
    offset = max(abs(across), abs(down))
    sideways, upright = ("far right" if across > 0 else "far left"), ("low" if down > 0 else "high")
    where = f"{100 * offset:.0f} % too {sideways if abs(across) >= abs(down) else upright}"
    known = bool(surveyed.mask.any())
    return _check(
        "centred",
        "Centred",
        100 * offset,
        "%",
        ("in the middle" if offset < 0.01 else where) if known else "no piece found",
        ok=known and offset <= MAX_OFFSET,
        advice="Move the piece to the middle of the picture, or trim the picture.",
    )


def _inside(surveyed: Survey, *, leaving: bool) -> Check:
    touch = 0.0 if leaving else max(_touches(surveyed.mask))
    if not surveyed.mask.any():
        figure = "no piece found"
    elif not surveyed.plain:
        figure = "cannot be told on this backdrop"
    elif touch <= MAX_TOUCH:
        top, left, bottom, right = _bounds(surveyed.mask)
        margin = min(left, 1 - bottom, 1 - right, 1.0 if leaving else top)
        seen = words(count(surveyed.mask))
        figure = f"{seen}; {100 * margin:.0f} % margin{', the chain leaves by the top' if leaving else ''}"
    else:
        figure = f"cut along {100 * touch:.0f} % of a side"
    return _check(
        "inside",
        "Whole piece inside the frame",
        100 * touch,
        "%",
        figure,
        ok=surveyed.plain and bool(surveyed.mask.any()) and touch <= MAX_TOUCH,
        advice="Step back so that a margin of backdrop shows all around; what the frame cuts off cannot be shown.",
    )


def _touches(mask: Mask) -> tuple[float, ...]:
    """Share of each side (top, bottom, left, right) whose outermost strip (1.2 % of the picture) the piece reaches."""
    strip = max(2, int(0.012 * max(mask.shape)))
    turned = (mask, mask[::-1], mask.T, mask.T[::-1])
    return tuple(float(side[:strip].any(axis=0).mean()) for side in turned)


def _leaves_by_the_top(surveyed: Survey) -> bool:
    """Whether the piece is cut by the upper side alone, and only in strands."""
    top, *others = _touches(surveyed.mask)
    return surveyed.plain and MAX_TOUCH < top <= MAX_STRANDS and max(others) <= MAX_TOUCH


def _hands(surveyed: Survey, *, alone: bool) -> Check:
    skin = 0.0 if alone else _skin(surveyed)
    if alone:
        figure = "none: rendered from its geometry"
    elif skin > MAX_SKIN:
        figure = f"skin-like area, {100 * skin:.0f} % of the picture"
    elif not surveyed.plain:
        figure = "busy backdrop"
    else:
        figure = "none seen"
    return _check(
        "hands",
        "No hands or props",
        100 * skin,
        "%",
        figure,
        ok=alone or (skin <= MAX_SKIN and surveyed.plain),
        advice="Show the piece alone: hands, stands and cloth end up in the close-ups and in the 3D model.",
    )


def _skin(surveyed: Survey) -> float:
    """Share of the largest smooth area of skin colour (YCrCb and HSV box limits)."""
    luma, red, blue = cv2.split(cv2.cvtColor(surveyed.rgb, cv2.COLOR_RGB2YCrCb))
    hue, saturation, _ = cv2.split(cv2.cvtColor(surveyed.rgb, cv2.COLOR_RGB2HSV))
    skin = (red > 136) & (red < 172) & (blue > 90) & (blue < 128) & (luma > 60) & (hue < 20)
    skin &= (saturation > 0.12 * 255) & (saturation < 0.62 * 255) & (surveyed.gradient < 6)
    closed = cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    finger = int(MIN_FINGER * max(skin.shape)) | 1
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((finger, finger), np.uint8))
    count, _, sizes, _ = cv2.connectedComponentsWithStats(opened)
    return float(sizes[1:, cv2.CC_STAT_AREA].max()) / skin.size if count > 1 else 0.0


def _bounds(mask: Mask) -> tuple[float, float, float, float]:
    """Top, left, bottom, right of the piece as shares of the picture, half a percent of its pixels left out."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return 0.0, 0.0, 1.0, 1.0
    top, bottom = np.quantile(rows, [0.005, 0.995])
    left, right = np.quantile(columns, [0.005, 0.995])
    height, width = mask.shape
    return float(top / height), float(left / width), float((bottom + 1) / height), float((right + 1) / width)
