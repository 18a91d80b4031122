"""What a provider may do to the light of a picture without touching the piece, fitted.

Two fits. The wide one explains everything harmless (tone, colour matrix, sharpening, sub-pixel shear) and is
what structure is compared against. The narrow one knows only what a photographer's sliders do to the whole
picture (exposure, contrast, gamma, white balance, saturation): what it cannot explain is a recoloured piece.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.colour import delta_e
from pipeline.fidelity.planes import Plane, blur, lab, luma, slopes
from pipeline.fidelity.report import Photometry

SAMPLES = 12_000
"""Pixels each fit looks at; more changes nothing and costs time."""
CLIPPED_LOW, CLIPPED_HIGH = 3, 252
"""Levels at which a channel says nothing about the light any more."""

MOST_BALANCE = 0.045
"""How far one channel's gain may leave the others' before the metal changes colour: 3 % is usual, gold to rose 15."""
MOST_SATURATION = 0.15
"""How much saturation may change."""
TONE_STEPS = np.array([16.0, 64.0, 128.0, 192.0, 240.0])
"""Greys on which brightness and gamma are read off."""


@dataclass(frozen=True)
class Light:
    """The crop as the provider's global changes alone would have made it."""

    expected: Plane
    """After the wide fit, float32 (h, w, 3)."""
    exposed: Plane
    """After the narrow fit, float32 (h, w, 3)."""
    allowed: Plane
    """The same, held within the white balance and saturation that leave a metal its colour."""
    photometry: Photometry
    change: float
    """Mean CIEDE2000 of the narrow fit, lightness included."""


def estimate(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> Light:
    """Fit both changes of light from `crop` to `answer` (float32 RGB of one size) on the valid pixels."""
    expected = _wide_fit(crop, answer, valid)
    found = _narrow_fit(crop, answer, valid)
    exposed = _expose(crop, found)
    change = float(delta_e(lab(crop[::3, ::3]), lab(exposed[::3, ::3])).mean())
    photometry = _photometry(crop, exposed, found[:3], _tone(found))
    return Light(expected, exposed, _expose(crop, _limited(found)), photometry, change)


def _wide_fit(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> Plane:
    height, width = crop.shape[:2]
    fine, coarse = blur(crop, 0.8), blur(crop, 2.0)
    v, u = np.mgrid[:height, :width].astype(np.float32)
    u, v = u / width - 0.5, v / height - 0.5
    constant = np.full((height, width), 64, np.float32)
    bases: list[list[Plane]] = []
    for c in range(3):
        plane = crop[..., c]
        gx, gy = slopes(plane)
        bases.append(
            [
                *(constant, crop[..., 0], crop[..., 1], crop[..., 2]),
                *(plane * plane / 255, plane**3 / 65025),
                *(plane - fine[..., c], fine[..., c] - coarse[..., c]),
                *(gx, gy, u * gx, v * gx, u * gy, v * gy),
            ]
        )
    grid, keep = _grid(valid)
    sampled = [np.stack([b[grid][keep] for b in base], 1).astype(np.float64) for base in bases]
    targets = [answer[..., c][grid][keep].astype(np.float64) for c in range(3)]
    unit = [np.sqrt((s * s).mean(0)) + 1e-3 for s in sampled]
    scaled = [s / k for s, k in zip(sampled, unit, strict=True)]
    seen = [_seen(t) for t in targets]
    prior = np.zeros((3, len(bases[0])))
    for c in range(3):
        prior[c, 1 + c] = unit[c][1 + c]  # unless the pixels object, a channel stays itself
    edge = np.hypot(sampled[1][:, 8], sampled[1][:, 9]) * 0.15 + 2.0

    count = len(edge)
    weights = np.ones(count)
    ridge = 1e-4 * count
    found: list[NDArray[np.float64]] = [prior[c] for c in range(3)]
    for _ in range(5):
        error = np.zeros(count)
        for c in range(3):
            weighted = scaled[c] * (weights * seen[c] + 1e-3)[:, None]
            normal = weighted.T @ scaled[c] + ridge * np.eye(len(prior[c]))
            found[c] = np.linalg.solve(normal, weighted.T @ targets[c] + ridge * prior[c])
            error += (targets[c] - np.clip(scaled[c] @ found[c], 0, 255)) ** 2
        weights = _fading(np.sqrt(error / 3) / edge)
    expected = np.empty_like(crop)
    for c in range(3):
        coefficients = (found[c] / unit[c]).astype(np.float32)
        expected[..., c] = sum(k * b for k, b in zip(coefficients, bases[c], strict=True))
    clipped: Plane = np.clip(expected, 0, 255)
    return clipped


def _narrow_fit(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Seven numbers for the whole picture: a gain per channel, offset, two tone terms, saturation."""
    soft, soft_answer = blur(crop, 1.5), blur(answer, 1.5)
    grid, keep = _grid(valid)
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
    seen = [_seen(t[:, c]) for c in range(3)]
    white = [((x[:, c] >= 250) & (t[:, c] >= CLIPPED_HIGH)).astype(np.float64) for c in range(3)]
    weights = np.ones(count)
    found = prior
    for _ in range(5):
        normal, right = ridge.copy(), ridge @ prior
        for c in range(3):
            # white that stayed white speaks against any change of light that would have tinted it
            denied = white[c] * (rows[c] @ found < CLIPPED_HIGH)
            weighted = rows[c] * (weights * np.maximum(seen[c] * (1 - white[c]), denied) + 1e-3)[:, None]
            normal += weighted.T @ rows[c]
            right += weighted.T @ t[:, c]
        found = np.linalg.solve(normal, right)
        error = sum((t[:, c] - np.clip(rows[c] @ found, 0, 255)) ** 2 for c in range(3))
        weights = _fading(np.sqrt(error / 3) / edge)
    return found


def _limited(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hold a narrow fit within what providers do without recolouring the piece."""
    mean = max(0.05, float(found[:3].mean()))
    balance = np.clip(found[:3] / mean, 1 - MOST_BALANCE, 1 + MOST_BALANCE)
    return np.concatenate([mean * balance, found[3:6], np.clip(found[6:], -MOST_SATURATION, MOST_SATURATION)])


def _expose(picture: Plane, found: NDArray[np.float64]) -> Plane:
    """Change the light of a picture as a narrow fit says: `_narrow_basis` in float32, without building it."""
    offset, bow, curve, saturation = (np.float32(v) for v in found[3:])
    grey = luma(picture)
    exposed = np.empty_like(picture)
    for c in range(3):
        plane = picture[..., c]
        tone = plane * (255 - plane) * (bow / 64 + curve / 8128 * (plane - 127.5))
        exposed[..., c] = np.float32(found[c]) * plane + 64 * offset + tone + saturation * (plane - grey)
    clipped: Plane = np.clip(exposed, 0, 255, out=exposed)
    return clipped


def _tone(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """What becomes of the greys of `TONE_STEPS`."""
    neutral = np.repeat(TONE_STEPS[:, None], 3, 1)
    return np.asarray(np.mean([_narrow_basis(neutral, TONE_STEPS, c) @ found for c in range(3)], axis=0))


def _narrow_basis(x: NDArray[np.float64], grey: NDArray[np.float64], channel: int) -> NDArray[np.float64]:
    plane = x[:, channel]
    basis = np.zeros((len(plane), 7))
    basis[:, channel] = plane
    basis[:, 3] = 64.0
    basis[:, 4] = plane * (255 - plane) / 64
    basis[:, 5] = plane * (255 - plane) * (plane - 127.5) / 8128
    basis[:, 6] = plane - grey
    return basis


def _grid(valid: NDArray[np.bool_]) -> tuple[tuple[slice, slice], NDArray[np.bool_]]:
    step = max(1, round(float(np.sqrt(valid.size / SAMPLES))))
    grid = (slice(step // 2, None, step), slice(step // 2, None, step))
    keep = valid[grid]
    return grid, keep if keep.any() else np.ones_like(keep)


def _seen(target: NDArray[np.float64]) -> NDArray[np.float64]:
    unclipped = ((target < CLIPPED_HIGH) & (target > CLIPPED_LOW)).astype(np.float64)
    return unclipped if unclipped.mean() > 0.05 else np.ones_like(unclipped)


def _fading(error: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = max(0.5, 1.4826 * float(np.median(error)))
    return 1 / (1 + (error / (2 * spread)) ** 2) ** 2  # Geman-McClure


def _photometry(
    crop: Plane, exposed: Plane, gains: NDArray[np.float64], tone: NDArray[np.float64]
) -> Photometry:
    before, after = lab(blur(crop, 1.5))[::2, ::2], lab(blur(exposed, 1.5))[::2, ::2]
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
