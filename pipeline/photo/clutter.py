"""The piece on sand, cloth, rock or in a scene: a guess, from what is unlike the border, in focus and central.

A coarse guess tells where the piece is; its outline and its openings are then cut on a finer copy, where colour
counts more than lightness, and where nothing is taken for the piece that looks like the ground around it. Both cuts
are GrabCut: C. Rother et al., "GrabCut", SIGGRAPH 2004.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.photo.backdrop import Field, Mask, Rgb, border, colour_distance, shrink
from pipeline.photo.chains import led_out

GUESS_SIDE_PX, CUT_SIDE_PX = 320, 640
"""Longest sides of the copies on which the piece is guessed and its outline is cut."""

SCENE_RIM = 0.04
"""Share of the picture's rim from which on a part that reaches it is the scene's: a table, a frame, a hand."""

REACH, AROUND = 0.04, 0.08
"""How far outside of the guess the outline may lie, and what is taken for the ground around it; of the longer side."""

UNLIKE_GROUND = 15.0
"""Colour distance to the ground from which a pixel is taken for the piece at first."""

FINE = 6.0
"""Local contrast, 8-bit levels, from which a pixel is, too: facets and chains of the ground's own colour."""

LEAST_CUT = 0.2
"""Share of the guess that its cut must keep: where less is left, nothing sets the piece apart from its ground."""

Cut = NDArray[np.uint8]
"""1 on the piece, 0 elsewhere."""


def mask_on_clutter(rgb: Rgb, lab: Field, frame: Mask) -> Mask:
    """Guess the mask, bool (h, w), of a picture (h, w, 3), its CIELAB planes and its border."""
    height, width = rgb.shape[:2]
    guess = _without_scene(_guess(rgb, lab, frame))
    small = shrink(rgb, CUT_SIDE_PX)
    guess = (cv2.resize(guess.astype(np.float32), small.shape[1::-1]) > 0.5).astype(np.uint8)
    if guess.any() and not guess.all():
        guess = _outlined(small, guess)
    soft = cv2.GaussianBlur(guess.astype(np.float32), (0, 0), 0.8)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC) > 0.5)


def _guess(rgb: Rgb, lab: Field, frame: Mask) -> Cut:
    small = shrink(rgb, GUESS_SIDE_PX)
    size = (small.shape[1], small.shape[0])
    unlike = cv2.resize(_unlikeness(lab, frame), size, interpolation=cv2.INTER_AREA)
    crisp = cv2.GaussianBlur(cv2.resize(_detail(rgb), size, interpolation=cv2.INTER_AREA), (0, 0), 5)
    y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    central = np.exp(-(x * x + y * y) / 0.9).astype(np.float32)
    score = np.sqrt(unlike * crisp) * central
    hint = np.full(score.shape, cv2.GC_PR_BGD, np.uint8)
    hint[score > np.quantile(score, 0.80)] = cv2.GC_PR_FGD
    hint[score > np.quantile(score, 0.97)] = cv2.GC_FGD
    hint[score < np.quantile(score, 0.30)] = cv2.GC_BGD
    return np.asarray(
        cv2.morphologyEx(_cut(small, hint), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8
    )


def _without_scene(guess: Cut) -> Cut:
    """Leave out what reaches far along the rim, if anything else is left, and what is small beside the largest."""
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(guess, connectivity=8)
    areas = sizes[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    free = np.bincount(rim, minlength=count) < SCENE_RIM * len(rim)
    free[0] = True
    if (free & (areas > 0.1 * areas.max())).any():
        areas[~free] = 0
    kept = areas > max(20, 0.1 * int(areas.max()))
    return np.asarray(kept[labels], np.uint8)


def _outlined(rgb: Rgb, guess: Cut) -> Cut:
    """Cut outline and openings anew, from a guess that is neither empty nor all."""
    side = max(guess.shape)
    lab: Field = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    led, chains = led_out(lab, guess > 0, cv2.dilate(guess, _disc(round(REACH * side))) > 0)
    guess = guess | led
    near, far = (cv2.dilate(guess, _disc(round(share * side))) for share in (REACH, AROUND))
    ground = (far > 0) & (near == 0)
    detail = cv2.GaussianBlur(_detail(rgb), (0, 0), 1.5)
    coarse = 1.5 * float(np.quantile(detail[ground], 0.9)) if ground.any() else 0.0
    unlike = _unlikeness(lab, ground | border(guess.shape))
    seen = ((unlike > UNLIKE_GROUND) | (detail > max(FINE, coarse))).astype(np.uint8)
    likely = (guess > 0) & (cv2.medianBlur(seen, 5) > 0)
    hint = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    hint[near == 0] = cv2.GC_BGD
    rows, columns = np.nonzero(far)
    window = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    # Metal runs from white to black, but keeps its hue: chroma counts several times as much as lightness.
    weighted = lab[window] * np.array([1.8, 4, 4], np.float32) + np.array([0, 128, 128], np.float32)
    cut = np.zeros_like(guess)
    cut[window] = _cut(np.clip(weighted, 0, 255).astype(np.uint8), np.ascontiguousarray(hint[window]))
    cut[near == 0] = 0
    cut = _large(cut, 0.04)
    if chains.any():
        _, labels = cv2.connectedComponents(cut | chains, connectivity=8)
        cut = np.isin(labels, np.setdiff1d(labels[cut > 0], 0)).astype(np.uint8)
    return cut if int(cut.sum()) > LEAST_CUT * int(guess.sum()) else guess


def _large(cut: Cut, share: float) -> Cut:
    """A cut without what is small beside its largest part."""
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(cut, connectivity=8)
    areas = sizes[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray((areas > max(20, share * int(areas.max())))[labels], np.uint8)


def _cut(colours: NDArray[np.uint8], hint: Cut) -> Cut:
    """Three rounds of GrabCut from a hint; the hint as it is where it names no ground or no piece."""
    piece = hint & 1
    if piece.any() and not piece.all():
        cv2.setRNGSeed(1)
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(colours, hint, (0, 0, 0, 0), *models, 3, cv2.GC_INIT_WITH_MASK)
    return np.asarray(hint & 1, np.uint8)


def _detail(rgb: Rgb) -> Field:
    """How far each pixel's luma stands out from its neighbours', 8-bit levels."""
    luma = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(np.abs(luma - cv2.GaussianBlur(luma, (0, 0), 1.5)))


def _disc(radius: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2), np.uint8)


def _unlikeness(lab: Field, where: Mask) -> Field:
    """Distance of every pixel to the nearest of six colour clusters of some pixels."""
    sample = np.ascontiguousarray(lab[where][::5])
    if len(sample) < 12:
        return np.ones(lab.shape[:2], np.float32)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    labels = np.zeros((len(sample), 1), np.int32)
    _, _, centres = cv2.kmeans(sample, 6, labels, stop, 1, cv2.KMEANS_PP_CENTERS)
    nearest = np.full(lab.shape[:2], np.inf, np.float32)
    for centre in centres:
        nearest = np.minimum(nearest, colour_distance(lab - centre.astype(np.float32)))
    return nearest
