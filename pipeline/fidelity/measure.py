"""Measuring a registered answer against its crop, at the crop's resolution: maps, their peaks.

Whole-picture means are blind to a moved stone, so everything here is a worst window. The central map is the
tolerance-normalised residual: what is left after harmless changes of light, divided by what noise and a fifth
of a pixel of jitter would leave.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.colour import delta_e
from pipeline.fidelity.detail import Fine
from pipeline.fidelity.filters import (
    Plane,
    blur,
    box,
    lab,
    luma,
    psnr,
    rms,
    similarity,
    slopes,
    steepness,
)
from pipeline.fidelity.outliers import set_apart
from pipeline.fidelity.photometry import Exposure, equally_sharp, expected, exposure
from pipeline.fidelity.shading import shaded
from pipeline.fidelity.straighten import STEEP, motion
from pipeline.records.fidelity import PERFECT_DB, Figures

NOISE_LEVELS = 2.2
"""Grey levels by which two honest pictures differ in flat areas."""
JITTER_PX = 0.22
"""Crop pixels by which edges of an honest answer wander."""
CLOSE_JITTER_PX = 0.10
"""The same for a second, stricter look at pictures that registered well."""
CLIP_LOSS = 0.2
"""Share of an answer's fine detail by which cutting it off at black or white may shift a pixel's mean."""
GRAIN_SHARE, MOST_GRAIN = 1.2, 8.0
"""Of the answer's grain, as far as it looks like grain, that counts as tolerance; and the most it may excuse."""
HIGHLIGHT_LEVELS = 5.0
"""Extra grey levels allowed where either picture clips to white."""
NEAR_WHITE_VARIANCE = 200.0
"""Faint structure next to white, which sharpening and whitening burn out: 14 grey levels."""
STANDING_OUT = {
    "excess5": 0.3,
    "close5": 0.5,
    "gradient9": 0.1,
    "tint9": 0.3,
    "strayed9": 0.5,
}
"""Evidence whose peak is also set against its usual level, and what is added to that level."""
WINDOW = 7
"""Side of the worst window of the reported figures."""


@dataclass(frozen=True)
class Maps:
    """Planes at crop resolution, larger where the answer differs more. `evidence` is what is scored."""

    expected: Plane
    """Luma of the crop after the provider's change of light."""
    shown: Plane
    """Luma of the answer at crop resolution."""
    residual: Plane
    """Signed luma difference, grey levels."""
    tolerance: Plane
    """Grey levels that mean nothing at each pixel."""
    valid: NDArray[np.bool_]
    displacement: Plane
    """Credible displacement of structure, crop pixels, (h, w, 2)."""
    evidence: dict[str, Plane]


@dataclass(frozen=True)
class Structure:
    """What of the measurement the lock needs too, and what the rest is made from. `maps` knows no motion yet."""

    maps: Maps
    lit: Plane
    """The crop with the answer's shading, float32 (h, w, 3)."""
    answer: Plane
    """The answer as sharp as its crop, float32 (h, w, 3)."""
    foreseen: Plane
    """The crop after the wide fit, float32 (h, w, 3)."""
    judged: NDArray[np.bool_]
    slope: Plane
    steep: Plane
    """The slope's mean over 3 x 3 pixels."""
    floor: Plane
    """Grey levels that mean nothing anywhere."""
    own_grain: Plane
    """What of them the answer's grain explains."""
    loss: Plane
    """Grey levels that clipping may have taken."""
    chance: Plane
    """Variance of what resembles nothing."""
    excess: Plane
    noise: float

    def shown(self) -> Plane:
        """The answer where it is judged, what was foreseen elsewhere: float32 (h, w, 3), made anew each time."""
        return np.where(self.judged[..., None], self.answer, self.foreseen)


@dataclass(frozen=True)
class Measurement:
    """All maps, and the features a verdict is made of."""

    maps: Maps
    belief: Plane
    """How far the displacement is believed, 0..1."""
    structured: Structure
    exposure: Exposure
    features: dict[str, float]


def structure(
    crop: Plane, answer: Plane, fine: Fine, valid: NDArray[np.bool_], crop_noise: float
) -> Structure:
    """Compare two float32 RGB pictures of one size, structure alone.

    `answer` is the registered answer area-averaged to the crop's pixels, `fine` what the averaging hid,
    `valid` the pixels the answer covers, `crop_noise` what `noise_of` found in the crop.
    """
    lit = shaded(crop, answer, valid)
    answer = equally_sharp(lit, answer, valid)
    foreseen = expected(lit, answer, valid)
    judged = valid & ~_whitened(foreseen, answer)
    judged[[0, -1]] = judged[:, [0, -1]] = False  # resampling had to invent what lies beyond the frame
    before, after = luma(foreseen), luma(np.where(judged[..., None], answer, foreseen))
    residual = after - before
    noise = min(4.0, 1.4826 * float(np.median(np.abs(residual[valid])))) if valid.any() else 0.0
    highlight = np.clip((np.minimum(before, after) - 238) / 14, 0, 1)
    slope = np.maximum(steepness(before), steepness(after))
    steep = box(slope, 3)
    grain = crop_noise * np.clip(
        box(slope, 9) / 3, 0.3, 1
    )  # a JPEG's errors gather where the picture is busy
    own_grain = np.minimum(GRAIN_SHARE * fine.grain, MOST_GRAIN)
    floor = np.sqrt((NOISE_LEVELS + noise + HIGHLIGHT_LEVELS * highlight) ** 2 + grain**2 + own_grain**2)
    loss = CLIP_LOSS * box(fine.clipped * fine.detail, 3)  # sharpening's halos are cut off at white
    tolerance = np.sqrt(floor**2 + (JITTER_PX * steep) ** 2 + loss**2)

    excess = np.abs(blur(residual, 0.7)) / tolerance
    chance = (
        25.0 + 4.0 * (grain**2 + noise**2 + own_grain**2) + NEAR_WHITE_VARIANCE * _near_white(before, after)
    )
    chance += box(loss**2, 9)
    evidence = {"excess5": rms(excess, 5), "unlike9": 1 - similarity(before, after, 9, chance)}
    still = np.zeros((*before.shape, 2), np.float32)
    maps = Maps(before, after, residual, tolerance, valid, still, evidence)
    return Structure(
        maps,
        lit,
        answer,
        foreseen,
        judged,
        slope,
        steep,
        floor,
        own_grain,
        loss,
        chance,
        excess,
        noise,
    )


def measure(
    crop: Plane, answer: Plane, fine: Fine, valid: NDArray[np.bool_], crop_noise: float
) -> Measurement:
    """Compare two pictures in every way; the arguments are those of `structure`.

    What takes most memory comes first, while little is held.
    """
    structured = structure(crop, answer, fine, valid, crop_noise)
    maps = structured.maps
    displacement, belief = motion(maps.expected, maps.shown, structured.floor, valid)
    light, coloured = _coloured(structured)
    evidence = maps.evidence | _edges(maps.expected, maps.shown)
    evidence |= _motion(maps.expected, displacement, belief)
    evidence |= _wider(structured) | coloured
    evidence |= set_apart(
        maps.expected,
        maps.residual,
        structured.steep,
        structured.judged,
        structured.own_grain**2 + structured.loss**2,
    )
    evidence |= _texture(fine.detail, maps.expected, valid)
    features = {name: _peak(plane) for name, plane in evidence.items()}
    features |= _whole(light, fine.factor, (structured.noise, crop_noise), structured, evidence)
    features |= _standing_out(evidence, structured.slope > 1.5)
    maps = replace(maps, displacement=displacement, evidence=evidence)
    return Measurement(maps, belief, structured, light, features)


def figures(crop: Plane, answer: Plane, valid: NDArray[np.bool_]) -> Figures:
    """Plain agreement of two float32 RGB pictures of one size; nothing is discounted."""
    squared = ((answer - crop) ** 2).mean(2)
    if not valid.any():
        valid = np.ones_like(valid)
    squared = np.where(valid, squared, 0)
    share = np.maximum(box(valid.astype(np.float32), WINDOW), 1 / WINDOW**2)
    soft_crop, soft_answer = box(crop, WINDOW), box(np.where(valid[..., None], answer, crop), WINDOW)
    return Figures(
        lr_psnr_db=psnr(float(squared[valid].mean()), PERFECT_DB),
        worst_window_db=psnr(float((box(squared, WINDOW) / share).max()), PERFECT_DB),
        delta_e_max=float(delta_e(lab(soft_crop[::3, ::3]), lab(soft_answer[::3, ::3])).max()),
    )


def _whitened(expected: Plane, answer: Plane) -> NDArray[np.bool_]:
    """Mark light grey that became lighter: the backdrop retouched to white, as packshots are."""
    darkest, lightest = _range(expected)
    darkest_now, lightest_now = _range(answer)
    light = (darkest > 205) & (lightest - darkest < 18) & (lightest_now - darkest_now < 18)
    lifted: NDArray[np.bool_] = light & (darkest_now >= lightest - 2)
    return lifted


def _near_white(expected: Plane, shown: Plane) -> Plane:
    """1 where the neighbourhood is white in either picture, 0 below light grey."""
    near: Plane = np.clip((box(np.maximum(expected, shown), 9) - 220) / 30, 0, 1)
    return near


def _range(picture: Plane) -> tuple[Plane, Plane]:
    """The smallest and the largest channel of each pixel."""
    red, green, blue = cv2.split(picture)
    return cv2.min(cv2.min(red, green), blue), cv2.max(cv2.max(red, green), blue)


def _peak(plane: Plane) -> float:
    return float(plane.max())


def _edges(expected: Plane, shown: Plane) -> dict[str, Plane]:
    ax, ay = slopes(expected)
    bx, by = slopes(shown)
    strength = np.hypot(ax, ay) + np.hypot(bx, by) + 2.0 + 5.0 * _near_white(expected, shown)
    turned = np.hypot(ax - bx, ay - by)
    planes = {f"gradient{k}": box(turned, k) / box(strength, k) for k in (9, 17)}
    was, now = _contours(expected, 60, 140), _contours(shown, 60, 140)
    maybe_was, maybe_now = _contours(expected, 25, 60), _contours(shown, 25, 60)
    to_was = cv2.distanceTransform((~maybe_was).astype(np.uint8), cv2.DIST_L2, 3)
    to_now = cv2.distanceTransform((~maybe_now).astype(np.uint8), cv2.DIST_L2, 3)
    planes["edges_added"] = box(np.minimum(to_was, 6) * now, 15)
    planes["edges_removed"] = box(np.minimum(to_now, 6) * was, 15)
    return planes


def _contours(plane: Plane, low: int, high: int) -> NDArray[np.bool_]:
    edges: NDArray[np.bool_] = cv2.Canny(np.clip(plane, 0, 255).astype(np.uint8), low, high) > 0
    return edges


def _motion(expected: Plane, displacement: Plane, belief: Plane) -> dict[str, Plane]:
    """How far structure moved, where optical flow explains the difference."""
    strength = np.minimum(steepness(expected), STEEP)
    distance = np.minimum(np.hypot(displacement[..., 0], displacement[..., 1]), 8 * belief) * strength
    return {f"moved{k}": box(distance, k) / (box(strength, k) + 4) for k in (9, 21)}


def _wider(structured: Structure) -> dict[str, Plane]:
    """The residual over larger windows, at a stricter look, and likeness over a larger window."""
    maps = structured.maps
    strict = np.sqrt(
        (0.55 * structured.floor) ** 2 + (CLOSE_JITTER_PX * structured.steep) ** 2 + structured.loss**2
    )
    close = structured.excess * maps.tolerance / strict
    evidence = {f"excess{k}": rms(structured.excess, k) for k in (11, 21)}
    evidence |= {f"close{k}": rms(close, k) for k in (5, 11)}
    evidence["unlike17"] = 1 - similarity(maps.expected, maps.shown, 17, structured.chance)
    return evidence


def tint(structured: Structure, colours: tuple[Plane, Plane] | None = None) -> dict[str, Plane]:
    """The residual in all channels; and colour alone, softened beyond what 4:2:0 chroma subsampling smears.

    `colours` are the CIELAB pictures of what was foreseen and what is shown, where they are at hand.
    """
    loud = (
        np.sqrt((blur(structured.shown() - structured.foreseen, 0.7) ** 2).mean(2))
        / structured.maps.tolerance
    )
    evidence = {f"colour_excess{k}": rms(loud, k) for k in (5, 11)}
    before, after = colours or (lab(structured.foreseen), lab(structured.shown()))
    shift = _chroma(before) - _chroma(after)
    distance = np.hypot(shift[..., 0], shift[..., 1])
    spread = float(np.median(distance))
    tinted = distance / np.sqrt((1 + spread) ** 2 + _blunt(structured))
    return evidence | {"tint9": box(tinted, 9), "tint17": box(tinted, 17)}


def _coloured(structured: Structure) -> tuple[Exposure, dict[str, Plane]]:
    """The narrow fit, and all that speaks of colour."""
    light, allowed = exposure(structured.lit, structured.answer, structured.maps.valid)
    colours = lab(structured.foreseen), lab(structured.shown())
    return light, tint(structured, colours) | _stray(structured, allowed, colours)


def _blunt(structured: Structure) -> Plane:
    """Squared colour difference that steep edges and clipping excuse."""
    blunt: Plane = (0.05 * box(structured.slope, 7)) ** 2 + (0.25 * box(structured.loss, 7)) ** 2
    return blunt


def _stray(structured: Structure, allowed: Plane, colours: tuple[Plane, Plane]) -> dict[str, Plane]:
    """Colour beyond what a change of light over the whole picture may do, and the plain CIEDE2000 in tiles."""
    before, now = colours
    stray = _chroma(lab(allowed)) - _chroma(now)
    distance = np.where(structured.judged, np.hypot(stray[..., 0], stray[..., 1]), 0)
    grain = min(0.7, float(np.median(distance)))  # more is no grain but a tint over everything
    strayed = distance / np.sqrt((1 + grain) ** 2 + _blunt(structured))
    height, width = distance.shape
    small = delta_e(blur(before, 1.5)[::2, ::2], blur(now, 1.5)[::2, ::2])
    tiles: Plane = cv2.resize(box(small, 7), (width, height), interpolation=cv2.INTER_LINEAR)
    return {"strayed9": box(strayed, 9), "strayed31": box(strayed, 31), "delta_e": tiles}


def _chroma(picture: Plane) -> Plane:
    return blur(np.ascontiguousarray(picture[..., 1:]), 2.2)


def _texture(detail: Plane, expected: Plane, valid: NDArray[np.bool_]) -> dict[str, Plane]:
    """Detail finer than a crop pixel, where the crop gives no reason for any."""
    slope = steepness(expected)
    nearby = cv2.dilate(np.maximum(slope, box(slope, 5)), np.ones((5, 5), np.uint8))
    energy = rms(np.where(valid, detail, 0).astype(np.float32), 5)
    flat = nearby < 7
    base = float(np.median(energy[flat])) if flat.sum() > 50 else float(np.quantile(energy, 0.1))
    rough = ~flat
    ratio = float(np.median((energy / (nearby + 2))[rough])) if rough.sum() > 50 else 0.3
    foreseen = base + np.clip(ratio, 0.15, 0.6) * nearby + 1
    return {
        "texture": box(energy / foreseen, 5),
        "texture_on_flat": box(np.where(flat, np.maximum(energy - base, 0), 0), 5),
    }


def _standing_out(evidence: dict[str, Plane], busy: NDArray[np.bool_]) -> dict[str, float]:
    """The peaks over what is usual on the rest of the piece: habits act everywhere, redesigns in places."""
    busy = busy[::2, ::2] if busy[::2, ::2].sum() > 50 else np.ones_like(busy[::2, ::2])
    return {
        f"{name}_out": float(evidence[name].max())
        / (float(np.quantile(evidence[name][::2, ::2][busy], 0.75)) + base)
        for name, base in STANDING_OUT.items()
    }


def _whole(
    light: Exposure,
    factor: int,
    noise: tuple[float, float],
    structured: Structure,
    evidence: dict[str, Plane],
) -> dict[str, float]:
    busy = structured.slope > 1.5
    typical = float(np.quantile(evidence["excess5"][busy], 0.75)) if busy.sum() > 50 else 0.5
    return {
        "factor": float(factor),
        "light_delta_e": light.photometry.delta_e,
        "light_change": light.change,
        "noise": noise[0],
        "crop_noise": noise[1],
        "typical_excess": typical,
        "excess_area": float((box(structured.excess, 3) > 1.5).mean()),
        "unlike_area": float((evidence["unlike9"] > 0.2).mean()),
        "unlike_busy": float((evidence["unlike17"][busy] > 0.5).mean()) if busy.sum() > 50 else 0.0,
    }
