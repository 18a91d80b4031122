"""What a provider may do to the light of a picture without touching the piece, fitted.

Two fits. The wide one explains everything harmless (tone, colour matrix, sharpening, sub-pixel shear) and is
what structure is compared against. The narrow one knows only what a photographer's sliders do to the whole
picture (exposure, contrast, gamma, white balance, saturation): what it cannot explain is a recoloured piece.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.colour import delta_e
from pipeline.fidelity.filters import Plane, blur, lab, luma, slopes
from pipeline.records.fidelity import Photometry

SAMPLES = 12_000
"""Pixels each fit looks at; more changes nothing and costs time."""
CROSSTALK = 30.0
"""How much harder than anything else it is to believe that one channel follows another."""
FEWEST = 300
"""A fit to fewer pixels of the piece takes in all of the backdrop."""
BACKDROP_LEVEL, BACKDROP_RANGE, BACKDROP_STEP = 205, 18, 7
"""Light grey that may be backdrop: darkest channel, largest distance between channels; one pixel of so many counts."""
CLIPPED_LOW, CLIPPED_HIGH = 3, 252
"""Levels at which a channel says nothing about the light any more."""
STILL_WHITE = 250
"""From here on a channel of the crop was white already."""
MOST_SOFTENING = 0.7
"""How much of an answer's fine contrast may be put down to a soft crop, a crisp answer or its grain."""

COOLING = (4.0, 2.0, 1.0, 0.7, 0.5)
"""Least spread of errors taken as honest, step by step: too strict at once, and a small coloured stone on much white
would never be heard."""
TONE_KNOTS = np.arange(0.0, 273.0, 16.0)
"""Foreseen levels at which the tone curve is corrected; above 255 lies what was cut off at white."""
CURVE_SAMPLES, MOST_CURVE = 40.0, 16.0
"""Sampled pixels that bring half a correction about, and the largest correction in grey levels."""
MOST_BALANCE = 0.045
"""How far one channel's gain may leave the others' before the metal changes colour: 3 % is usual, gold to rose 15."""
MOST_SATURATION = 0.15
"""How much saturation may change."""
TONE_STEPS = np.array([16.0, 64.0, 128.0, 192.0, 240.0])
"""Greys on which brightness and gamma are read off."""


@dataclass(frozen=True)
class Exposure:
    """The narrow fit: the crop as a photographer's sliders alone would have made it."""

    exposed: Plane
    """float32 (h, w, 3)."""
    photometry: Photometry
    change: float
    """Mean CIEDE2000 of the narrow fit, lightness included."""


def expose(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> Plane:
    """Fit the narrow change of light from `crop` to `answer` (float32 RGB of one size) and apply it to the crop."""
    return _expose(crop, _narrow_fit(crop, answer, valid))


def exposure(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> tuple[Exposure, Plane]:
    """The same with its figures; and held within the white balance and saturation that leave a metal its colour."""
    coefficients = _narrow_fit(crop, answer, valid)
    exposed = _expose(crop, coefficients)
    change = float(delta_e(lab(crop[::3, ::3]), lab(exposed[::3, ::3])).mean())
    photometry = _photometry(crop, exposed, coefficients[:3], _tone(coefficients))
    return Exposure(exposed, photometry, change), _expose(crop, _limited(coefficients))


def equally_sharp(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> Plane:
    """Soften an answer to the sharpness of its crop, float32 RGB.

    A soft lens or a JPEG took something from the crop that no change of the crop brings back; the other way is
    open: the crop's luma is fitted by the answer's and its fine contrast, and what the fit takes away goes.
    """
    shown = luma(answer)
    fine, coarse = blur(shown, 0.8), blur(shown, 2.0)
    grid, keep = sample_grid(crop, valid)
    columns = [np.full_like(shown, 64), shown, shown * shown / 255, shown - fine, fine - coarse]
    x = np.stack([plane[grid][keep] for plane in columns], 1).astype(np.float64)
    t = luma(crop)[grid][keep].astype(np.float64)
    seen = trusted(x[:, 1]) * trusted(t)
    across, down = slopes(shown)
    edge = np.hypot(across, down)[grid][keep].astype(np.float64) * 0.15 + 2.0
    ridge = 1e-2 * len(t) * np.eye(5)
    weights = np.ones(len(t))
    coefficients = np.array([0.0, 1.0, 0.0, 0.0, 0.0])
    for _ in range(4):
        weighted = x * (weights * seen + 1e-3)[:, None]
        coefficients = np.linalg.solve(
            weighted.T @ x + ridge, weighted.T @ t + ridge @ np.array([0.0, 1, 0, 0, 0])
        )
        weights = _fading(np.abs(t - x @ coefficients) / edge)
    gain = coefficients[1] + coefficients[2] * float(np.median(shown)) / 128
    if gain < 0.2:
        return answer
    near, far = (float(np.clip(coefficients[k] / gain, -MOST_SOFTENING, 0)) for k in (3, 4))
    if near > -0.02 and far > -0.02:
        return answer
    soft, softer = blur(answer, 0.8), blur(answer, 2.0)
    return answer + np.float32(near) * (answer - soft) + np.float32(far) * (soft - softer)


def expected(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> Plane:
    """Fit the wide change of light from `crop` to `answer` and apply it to the crop: float32 (h, w, 3)."""
    height, width = crop.shape[:2]
    # planes of their own: every step over a channel of an interleaved picture takes three times as long
    planes = [cv2.split(picture) for picture in (crop, blur(crop, 0.8), blur(crop, 2.0))]
    gradients = [slopes(plane) for plane in planes[0]]
    down = np.arange(height, dtype=np.float32)[:, None] / height - 0.5
    across = np.arange(width, dtype=np.float32)[None] / width - 0.5
    grid, keep = sample_grid(crop, valid)
    u = (across + 0 * down)[grid][keep].astype(np.float64)
    v = (down + 0 * across)[grid][keep].astype(np.float64)

    def seen_at(plane: Plane) -> NDArray[np.float64]:
        return np.asarray(plane[grid][keep], np.float64)

    levels = [seen_at(plane) for plane in planes[0]]
    sampled = []
    for c in range(3):
        sharp, soft, softer = (seen_at(kind[c]) for kind in planes)
        gx, gy = (seen_at(plane) for plane in gradients[c])
        constant = np.full_like(sharp, 64.0)
        tone = [sharp * sharp / 255, sharp**3 / 65025]
        shear = [gx, gy, u * gx, v * gx, u * gy, v * gy]
        sampled.append(np.stack([constant, *levels, *tone, sharp - soft, soft - softer, *shear], 1))
    targets = [seen_at(answer[..., c]) for c in range(3)]
    scaled, unit = _to_unit(sampled)
    seen = [trusted(t) for t in targets]
    denied = _denying(np.stack(levels, 1), np.stack(targets, 1))
    prior = np.zeros((3, sampled[0].shape[1]))
    for c in range(3):
        prior[c, 1 + c] = unit[c][1 + c]  # unless the pixels object, a channel stays itself
    edge = np.hypot(sampled[1][:, 8], sampled[1][:, 9]) * 0.15 + 2.0
    coefficients = _fit(scaled, targets, (seen, denied), prior, edge)
    curves = [
        _curve(scaled[c] @ coefficients[c], targets[c], np.maximum(seen[c], denied[:, c]), edge)
        for c in range(3)
    ]
    k = np.stack([f / n for f, n in zip(coefficients, unit, strict=True)]).astype(np.float32)
    mixed: list[Plane] = list(cv2.split(cv2.transform(crop, np.concatenate([k[:, 1:4], 64 * k[:, :1]], 1))))
    for c in range(3):
        plane, soft_plane, softer_plane = (kind[c] for kind in planes)
        crisp = k[c, 6] * (plane - soft_plane) + k[c, 7] * (soft_plane - softer_plane)
        mixed[c] += _toned(plane, k[c]) + crisp + _sheared(gradients[c], k[c], across, down)
        mixed[c] += _follow(curves[c], mixed[c])
    clipped: Plane = np.clip(cv2.merge(mixed), 0, 255)
    return clipped


def _to_unit(
    sampled: list[NDArray[np.float64]],
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Columns brought to a mean square of one, and what each was divided by."""
    unit = [np.sqrt((s * s).mean(0)) + 1e-3 for s in sampled]
    return [s / k for s, k in zip(sampled, unit, strict=True)], unit


def _toned(plane: Plane, k: NDArray[np.float32]) -> Plane:
    """The square and the cube of a channel, weighed."""
    tone: Plane = plane * plane * (k[4] / 255 + k[5] / 65025 * plane)
    return tone


def _sheared(gradient: tuple[Plane, Plane], k: NDArray[np.float32], across: Plane, down: Plane) -> Plane:
    """What shifting a channel by an amount that changes over the frame adds, to first order."""
    shear_x, shear_y = (k[8 + i] + k[10 + 2 * i] * across + k[11 + 2 * i] * down for i in (0, 1))
    moved: Plane = gradient[0] * shear_x + gradient[1] * shear_y
    return moved


def _fit(
    scaled: list[NDArray[np.float64]],
    targets: list[NDArray[np.float64]],
    judged: tuple[list[NDArray[np.float64]], NDArray[np.float64]],
    prior: NDArray[np.float64],
    edge: NDArray[np.float64],
) -> list[NDArray[np.float64]]:
    """Solve for each channel's coefficients, outliers fading as the fit cools; ties go to `prior`.

    `judged` says which samples are seen unclipped, and which speak against a fit that leaves them dark.
    """
    seen, denied = judged
    count = len(edge)
    weights = np.ones(count)
    ridge = np.full((3, prior.shape[1]), 1e-4 * count)
    for c in range(3):  # on grey the channels cannot be told apart: each is then thought to follow itself
        ridge[c, [1 + other for other in range(3) if other != c]] *= CROSSTALK
    coefficients: list[NDArray[np.float64]] = [prior[c] for c in range(3)]
    for least in COOLING:
        error = np.zeros(count)
        for c in range(3):
            # white speaks only against a fit that would have left it darker
            unclipped = np.maximum(seen[c], denied[:, c] * (scaled[c] @ coefficients[c] < CLIPPED_HIGH))
            weighted = scaled[c] * (weights * unclipped + 1e-3)[:, None]
            normal = weighted.T @ scaled[c] + np.diag(ridge[c])
            coefficients[c] = np.linalg.solve(normal, weighted.T @ targets[c] + ridge[c] * prior[c])
            error += (targets[c] - np.clip(scaled[c] @ coefficients[c], 0, 255)) ** 2
        weights = _fading(np.sqrt(error / 3) / edge, least)
    return coefficients


def _curve(
    foreseen: NDArray[np.float64],
    target: NDArray[np.float64],
    seen: NDArray[np.float64],
    edge: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Fit what a cubic cannot follow, a correction at each of `TONE_KNOTS`: sliders pushed one after the other,
    with highlights cut off in between. Smooth, small, and none where few pixels ask for it.
    """
    place = np.clip((foreseen - TONE_KNOTS[0]) / (TONE_KNOTS[1] - TONE_KNOTS[0]), 0, len(TONE_KNOTS) - 1.001)
    left = place.astype(np.int64)
    share = place - left
    count = len(TONE_KNOTS)
    knot = np.arange(count - 1)
    bend = np.diff(np.eye(count), 2, axis=0)
    held = CURVE_SAMPLES * np.eye(count) + 2 * CURVE_SAMPLES * bend.T @ bend
    missing = target - foreseen
    # what was cut off says no more than how far it went at least; without it, only the darker half of those just
    # below white would be heard
    missing = np.where(target >= CLIPPED_HIGH, np.maximum(missing, 0), missing)
    missing = np.where(target <= CLIPPED_LOW, np.minimum(missing, 0), missing)
    heights = np.zeros(count)
    weights: NDArray[Any] = seen  # not those of the fit: what it could not follow was an outlier to it
    for least in COOLING[::2]:
        before, after = (1 - share) * weights, share * weights  # each pixel speaks for two neighbouring knots
        normal = held + np.diag(
            np.bincount(left, before * (1 - share), count) + np.bincount(left + 1, after * share, count)
        )
        normal[knot, knot + 1] += (both := np.bincount(left, before * share, count)[:-1])
        normal[knot + 1, knot] += both
        right = np.bincount(left, before * missing, count) + np.bincount(left + 1, after * missing, count)
        heights = np.linalg.solve(normal, right)
        fitted = heights[left] + share * (heights[left + 1] - heights[left])
        weights = seen * _fading(np.abs(missing - fitted) / edge, least)
    return np.asarray(np.clip(heights, -MOST_CURVE, MOST_CURVE))


def _follow(curve: NDArray[np.float64], plane: Plane) -> Plane:
    """Read a curve through `TONE_KNOTS` at every pixel: `np.interp` for even knots, in float32."""
    place = np.clip(plane * np.float32(1 / TONE_KNOTS[1]), 0, len(TONE_KNOTS) - 1)
    left = np.minimum(place.astype(np.int32), len(TONE_KNOTS) - 2)
    height = curve.astype(np.float32)
    read: Plane = height[left] + (place - left.astype(np.float32)) * np.diff(height)[left]
    return read


def _narrow_fit(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Seven numbers for the whole picture: a gain per channel, offset, two tone terms, saturation."""
    soft, soft_answer = blur(crop, 1.5), blur(answer, 1.5)
    grid, keep = sample_grid(crop, valid)
    x = soft[grid][keep].astype(np.float64)
    t = soft_answer[grid][keep].astype(np.float64)
    across, down = slopes(luma(soft))
    edge = (np.hypot(across, down)[grid][keep] * 0.3 + 1.5).astype(np.float64)
    grey = x @ np.array([0.299, 0.587, 0.114])
    count = len(grey)
    rows = [_narrow_basis(x, grey, c) for c in range(3)]
    prior = np.array([1.0, 1.0, 1.0, 0, 0, 0, 0])
    # these pull weakly: how far each may stray before a few hundred pixels must ask for it
    ridge = count * np.diag([30.0, 30.0, 30.0, 0.05, 3.0, 3.0, 3.0])
    seen = [trusted(t[:, c]) for c in range(3)]
    white = _denying(x, t)
    weights = np.ones(count)
    coefficients = prior
    for least in COOLING:
        normal, right = ridge.copy(), ridge @ prior
        for c in range(3):
            # white speaks against any change of light that would have tinted it
            denied = white[:, c] * (rows[c] @ coefficients < CLIPPED_HIGH)
            weighted = rows[c] * (weights * np.maximum(seen[c] * (1 - white[:, c]), denied) + 1e-3)[:, None]
            normal += weighted.T @ rows[c]
            right += weighted.T @ t[:, c]
        coefficients = np.linalg.solve(normal, right)
        error = sum((t[:, c] - np.clip(rows[c] @ coefficients, 0, 255)) ** 2 for c in range(3))
        weights = _fading(np.sqrt(error / 3) / edge, least)
    return coefficients


def _limited(coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hold a narrow fit within what providers do without recolouring the piece."""
    mean = max(0.05, float(coefficients[:3].mean()))
    balance = np.clip(coefficients[:3] / mean, 1 - MOST_BALANCE, 1 + MOST_BALANCE)
    return np.concatenate(
        [mean * balance, coefficients[3:6], np.clip(coefficients[6:], -MOST_SATURATION, MOST_SATURATION)]
    )


def _expose(picture: Plane, coefficients: NDArray[np.float64]) -> Plane:
    """Change the light of a picture as a narrow fit says: `_narrow_basis` in float32, without building it."""
    offset, bow, curve, saturation = (np.float32(v) for v in coefficients[3:])
    grey = luma(picture)
    exposed = []
    for c, plane in enumerate(cv2.split(picture)):
        tone = plane * (255 - plane) * (bow / 64 + curve / 8128 * (plane - 127.5))
        exposed.append(np.float32(coefficients[c]) * plane + 64 * offset + tone + saturation * (plane - grey))
    clipped: Plane = np.clip(cv2.merge(exposed), 0, 255)
    return clipped


def _tone(coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """What becomes of the greys of `TONE_STEPS`."""
    neutral = np.repeat(TONE_STEPS[:, None], 3, 1)
    return np.asarray(
        np.mean([_narrow_basis(neutral, TONE_STEPS, c) @ coefficients for c in range(3)], axis=0)
    )


def _narrow_basis(x: NDArray[np.float64], grey: NDArray[np.float64], channel: int) -> NDArray[np.float64]:
    plane = x[:, channel]
    basis = np.zeros((len(plane), 7))
    basis[:, channel] = plane
    basis[:, 3] = 64.0
    basis[:, 4] = plane * (255 - plane) / 64
    basis[:, 5] = plane * (255 - plane) * (plane - 127.5) / 8128
    basis[:, 6] = plane - grey
    return basis


def sample_grid(crop: Plane, valid: NDArray[np.bool_]) -> tuple[tuple[slice, slice], NDArray[np.bool_]]:
    """Choose the pixels a fit looks at: evenly spaced, only a few of them on a light backdrop.

    A backdrop fills most of a packshot, says little about the piece's tones, and is retouched on its own.
    """
    step = max(1, round(float(np.sqrt(valid.size / SAMPLES))))
    grid = (slice(step // 2, None, step), slice(step // 2, None, step))
    keep = valid[grid]
    darkest, lightest = crop[grid].min(2), crop[grid].max(2)
    spare = (darkest > BACKDROP_LEVEL) & (lightest - darkest < BACKDROP_RANGE)
    spare &= (np.add.outer(np.arange(keep.shape[0]), 3 * np.arange(keep.shape[1])) % BACKDROP_STEP) > 0
    for chosen in (keep & ~spare, keep):
        if chosen.sum() >= FEWEST:
            return grid, chosen
    return grid, np.ones_like(keep)


def trusted(target: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where a level was not cut off at black or white, 0 elsewhere; 1 everywhere if hardly any was not."""
    unclipped = ((target < CLIPPED_HIGH) & (target > CLIPPED_LOW)).astype(np.float64)
    return unclipped if unclipped.mean() > 0.05 else np.ones_like(unclipped)


def _denying(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where a channel was cut off at white, 0 on a light backdrop that may have been retouched to white."""
    darkest = before.min(1)
    backdrop = (darkest > BACKDROP_LEVEL) & (before.max(1) - darkest < BACKDROP_RANGE)
    retouched = backdrop & (after.min(1) >= STILL_WHITE)
    white = (after >= CLIPPED_HIGH) & ((before >= STILL_WHITE) | ~retouched[:, None])
    return np.asarray(white, np.float64)


def _fading(error: NDArray[np.float64], least: float = 0.5) -> NDArray[np.float64]:
    spread = max(least, 1.4826 * float(np.median(error)))
    return 1 / (1 + (error / (2 * spread)) ** 2) ** 2  # Geman-McClure


def _photometry(
    crop: Plane, exposed: Plane, gains: NDArray[np.float64], tone: NDArray[np.float64]
) -> Photometry:
    before, after = lab(blur(crop, 1.5)[::2, ::2]), lab(blur(exposed, 1.5)[::2, ::2])
    after[..., 0] = before[..., 0]
    chroma = np.hypot(before[..., 1], before[..., 2])
    piece = (before[..., 0] < 92) & (before[..., 0] > 8)
    weight = np.where(piece, np.minimum(chroma, 30) + 3, 0.05)
    shift = float((delta_e(before, after) * weight).sum() / weight.sum())
    dark = float(np.clip(tone[1], 1, 252))
    light = float(np.clip(tone[3], dark + 1, 254))
    gamma = (np.log(light / 255) - np.log(dark / 255)) / (np.log(192 / 255) - np.log(64 / 255))
    mean = float(np.mean(gains))
    balance = gains / mean if abs(mean) > 0.05 else np.ones(3)
    return Photometry(
        brightness=float(tone[2] / 128),
        gamma=float(gamma),
        white_balance=(float(balance[0]), float(balance[1]), float(balance[2])),
        delta_e=shift,
    )
