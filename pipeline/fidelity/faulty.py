"""The careless model: what a generative editor does to a crop on a bad day, on purpose, so the gate can be shown.

It enlarges honestly and then commits one to three faults it says it committed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.fidelity.attacks import Scene, piece_mask, soft_disc, spot
from pipeline.fidelity.enlarge import enlarge
from pipeline.fidelity.filters import Plane, blur, lab, luma
from pipeline.images import Pixels

MAX_OUTPUT_PX = 16_000_000


@dataclass(frozen=True)
class Careless:
    """A redesigned enlargement and its faults in words."""

    picture: Pixels
    faults: tuple[str, ...]


def answer_carelessly(crop: Pixels, seed: int, *, factor: int = 4) -> Careless:
    """Enlarge a crop (h, w, 3) `factor` times, less where that passes 16 megapixels, and spoil it.

    The same crop and seed always give the same pixels.
    """
    while factor > 1 and crop.shape[0] * crop.shape[1] * factor * factor > MAX_OUTPUT_PX:
        factor -= 1
    random = np.random.default_rng(seed)
    picture = np.clip(enlarge(crop.astype(np.float32), factor), 0, 255)
    picture += 0.5 * (picture - blur(picture, 0.5 * factor))
    count = int(random.integers(1, 4))
    chosen = sorted(random.choice(len(_FAULTS), count, replace=False))
    words = []
    for place in chosen:
        scene = (np.clip(picture, 0, 255), piece_mask(np.clip(picture, 0, 255).astype(np.uint8)), random)
        picture, fault = _FAULTS[place](scene, factor)
        words.append(fault)
    return Careless(np.clip(np.rint(picture), 0, 255).astype(np.uint8), tuple(words))


def _recolour_the_stone(scene: Scene, factor: int) -> tuple[Plane, str]:
    """Turn the most colourful patch, or the busiest one of a colourless piece, to another hue."""
    picture, mask, random = scene
    colours = lab(picture)
    away = colours[..., 1:] - np.median(colours[mask][:, 1:], axis=0)
    unusual = blur(np.hypot(away[..., 0], away[..., 1]).astype(np.float32), 2.0 * factor) * mask
    y, x = np.unravel_index(int(unusual.argmax()), unusual.shape)
    tint = colours[..., 1:] - blur(colours, float(factor))[y, x, 1:]
    near = np.hypot(tint[..., 0], tint[..., 1]) < 0.6 * float(unusual.max()) + 4
    disc = soft_disc(mask.shape, (float(x), float(y)), max(mask.shape) * 0.12, 4.0 * factor)
    cover = blur((near & mask).astype(np.float32), 0.8 * factor) * disc
    turn = float(random.uniform(0.6, 1.4) * np.pi)
    a, b = colours[..., 1], colours[..., 2]
    turned = colours.copy()
    turned[..., 1] = a * np.cos(turn) - b * np.sin(turn) + 14 * np.cos(turn)
    turned[..., 2] = a * np.sin(turn) + b * np.cos(turn) + 14 * np.sin(turn)
    mixed = colours + (turned - colours) * cover[..., None]
    return np.clip(cv2.cvtColor(mixed, cv2.COLOR_LAB2RGB), 0, 1) * 255, "recoloured a stone"


def _add_a_stone(scene: Scene, factor: int) -> tuple[Plane, str]:
    """Set a small bright brilliant, with facets and a rim of shade, where there was none."""
    picture, mask, random = scene
    radius = max(6.0 * factor, 0.035 * max(mask.shape))
    x0, y0 = spot(scene, margin=2 * radius)
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]].astype(np.float32)
    away, angle = np.hypot(x - x0, y - y0) / radius, np.arctan2(y - y0, x - x0)
    facets = np.cos(8 * angle + float(random.uniform(0, 6))) * np.cos(9 * away) + 0.4 * np.cos(3 * angle)
    tone = 176 + 70 * facets
    tint = np.array([1.0, 1.0, 1.03], np.float32)
    stone = blur((tone[..., None] * tint).astype(np.float32), 0.4 * factor)
    shade = soft_disc(mask.shape, (x0 + 0.08 * radius, y0 + 0.12 * radius), radius * 1.12, radius * 0.3)
    cover = soft_disc(mask.shape, (x0, y0), radius, float(factor))
    shaded = picture * (1 - 0.45 * shade[..., None])
    return shaded + (stone - shaded) * cover[..., None], "added a stone"


def _bend_a_prong(scene: Scene, factor: int) -> tuple[Plane, str]:
    """Push a busy detail sideways by a few crop pixels."""
    picture, mask, random = scene
    reach = 0.05 * max(mask.shape)
    x0, y0 = spot(scene, margin=2 * reach)
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]].astype(np.float32)
    bump = np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * reach**2))
    slope = blur(luma(picture), float(factor))
    gx = float(cv2.Sobel(slope, cv2.CV_32F, 1, 0)[y0, x0])
    gy = float(cv2.Sobel(slope, cv2.CV_32F, 0, 1)[y0, x0])
    length = float(np.hypot(gx, gy)) + 1e-6
    push = factor * float(random.uniform(3.0, 4.5))  # across the edge, where it shows
    dx, dy = bump * push * gx / length, bump * push * gy / length
    bent = cv2.remap(picture, x + dx, y + dy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return bent, "bent a prong"


def _shift_the_frame(scene: Scene, factor: int) -> tuple[Plane, str]:
    """Zoom and shift everything a little and warm it: harmless alone, and reported as such."""
    picture, mask, random = scene
    height, width = mask.shape
    zoom = float(random.uniform(1.01, 1.03))
    dx, dy = random.uniform(-2, 2, 2) * factor
    matrix = np.array(
        [[zoom, 0, dx + (1 - zoom) * width / 2], [0, zoom, dy + (1 - zoom) * height / 2]], np.float32
    )
    moved = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return moved, "zoomed and shifted the frame"


_FAULTS: tuple[Callable[[Scene, int], tuple[Plane, str]], ...] = (
    _recolour_the_stone,
    _add_a_stone,
    _bend_a_prong,
    _shift_the_frame,
)
