"""Graded ways to redesign a piece: what the gate is fitted and tested on, and what the careless model does.

Each attack changes a picture around a place on the piece, at a severity of 1 (barely) to 3 (plainly), and says
where and how it should be named. Lengths are in pixels of the enhanced picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.colour import delta_e
from pipeline.fidelity.filters import Plane, blur, box, lab, luma, steepness
from pipeline.images import Pixels
from pipeline.records.fidelity import ReasonName

Random = np.random.Generator
Mask = NDArray[np.bool_]
Scene = tuple[Plane, Mask, Random]
"""A float32 RGB picture, the mask of its piece, and the dice."""

RECOLOURED_BY = (6.0, 12.0, 30.0)
"""CIEDE2000 of a recoloured place, by severity."""
GOLDEN_CHROMA = 14.0
"""Median chroma (CIELAB) from which a piece counts as golden."""


@dataclass(frozen=True)
class Drifted:
    """A redesigned picture, the pixels that were meant to change, and the names that would be right for it."""

    picture: Pixels
    area: Mask
    attack: str
    severity: int
    reasons: frozenset[ReasonName]


def attack(picture: Pixels, name: str, severity: int, random: Random, donor: Pixels | None = None) -> Drifted:
    """Apply one attack of `ATTACKS`. `donor` is another piece of the same size, needed by `swap` alone."""
    scene = (picture.astype(np.float32), piece_mask(picture), random)
    level = severity - 1
    if name == "combined":
        return _combined(picture, severity, random)
    if name == "swap":
        changed, area = _swap(scene, level, picture if donor is None else donor)
        reasons: frozenset[ReasonName] = frozenset(
            {"other piece"} if severity == 3 else {"element added", "element removed"}
        )
    else:
        work, names = ATTACKS[name]
        changed, area = work(scene, level)
        reasons = names
    return Drifted(np.clip(np.rint(changed), 0, 255).astype(np.uint8), area, name, severity, reasons)


def piece_mask(picture: Pixels) -> Mask:
    """Guess the piece: what differs from the border's colour or is busy."""
    colours = lab(blur(picture.astype(np.float32), 1.5))
    edge = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    distance = np.linalg.norm(colours - np.median(edge, axis=0), axis=2)
    busy = box(steepness(luma(picture)), 15) > 4
    mask = cv2.morphologyEx(
        ((distance > 10) | busy).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)
    )
    piece: Mask = mask > 0
    return piece if piece.mean() > 0.01 else np.ones_like(piece)


def solid_mask(picture: Plane) -> Mask:
    """Guess the piece without the soft shadow it casts: what is coloured, dark or enclosed by edges."""
    colours = lab(blur(picture, 1.5))
    border = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    away = colours - np.median(border, axis=0)
    solid = (np.hypot(away[..., 1], away[..., 2]) > 9) | (np.abs(away[..., 0]) > 26)
    filled = cv2.morphologyEx(solid.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    piece: Mask = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    return piece if 0.01 < piece.mean() < 0.97 else piece_mask(np.clip(picture, 0, 255).astype(np.uint8))


def is_golden(picture: Plane, mask: Mask) -> bool:
    """Whether a restyled piece goes from yellow to rose; a paler one goes from silver to gold."""
    colours = lab(picture)[mask]
    return float(np.median(np.hypot(colours[..., 1], colours[..., 2]))) > GOLDEN_CHROMA


def soft_disc(
    shape: tuple[int, ...], centre: tuple[float, float], radius: float, feather: float = 3.0
) -> Plane:
    """1 inside the disc, 0 outside, with a soft rim; float32 (h, w)."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    distance = np.hypot(x - centre[0], y - centre[1])
    disc: Plane = np.clip((radius - distance) / feather + 0.5, 0, 1)
    return disc


def spot(scene: Scene, *, margin: float = 0.0) -> tuple[int, int]:
    """Choose a busy place on the piece, (x, y), at least `margin` px from the frame where possible."""
    picture, mask, random = scene
    weight = box(steepness(luma(picture)), 25) * mask
    edge = int(min(margin, min(mask.shape) * 0.35))
    inner = np.zeros_like(weight)
    inner[edge : mask.shape[0] - edge, edge : mask.shape[1] - edge] = 1
    weight = np.maximum(weight * inner, 0)
    weight = np.where(weight > 0.25 * weight.max(), weight, 0)
    if weight.sum() <= 0:
        return mask.shape[1] // 2, mask.shape[0] // 2
    step = 4
    small = weight[::step, ::step].ravel().astype(np.float64)
    place = int(random.choice(small.size, p=small / small.sum()))
    columns = weight[::step, ::step].shape[1]
    return place % columns * step, place // columns * step


def _warp(picture: Plane, dx: Plane, dy: Plane) -> Plane:
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    moved: Plane = cv2.remap(
        picture,
        x + dx.astype(np.float32),
        y + dy.astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return moved


def _blend(under: Plane, over: Plane, cover: Plane) -> Plane:
    mixed: Plane = under + (over - under) * cover[..., None]
    return mixed


def _filled(picture: Plane, cover: Plane) -> Plane:
    hole = (cover > 0.02).astype(np.uint8)
    whole = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    filled: Plane = cv2.inpaint(whole, hole, 4, cv2.INPAINT_TELEA).astype(np.float32)
    return filled


def _side(picture: Plane) -> float:
    return float(np.sqrt(picture.shape[0] * picture.shape[1]))


def _bend_here(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, _, random = scene
    reach = _side(picture) * random.uniform(0.05, 0.09)
    x0, y0 = spot(scene, margin=reach)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    bump = np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * reach**2))
    push, turn = (3.0, 6.0, 12.0)[level], random.uniform(0, 2 * np.pi)
    return _warp(picture, bump * push * np.cos(turn), bump * push * np.sin(turn)), bump > 0.3


def _bend_all(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    across, down = _waves(picture.shape, random)
    length = np.hypot(across, down)
    scale = (3.0, 6.0, 12.0)[level] / float(length[mask].max())
    return _warp(picture, across * scale, down * scale), mask & (length * scale > 1)


def bent(picture: Pixels, mean_px: float, random: Random) -> Pixels:
    """Bend a whole picture smoothly, by so many of its pixels in the mean, as editors do that redesign nothing."""
    across, down = _waves(picture.shape, random)
    scale = mean_px / float(np.hypot(across, down).mean())
    moved = _warp(picture.astype(np.float32), across * scale, down * scale)
    return np.clip(np.rint(moved), 0, 255).astype(np.uint8)


def _waves(shape: tuple[int, ...], random: Random) -> tuple[Plane, Plane]:
    """Two smooth random planes, (h, w) each."""
    across, down = (
        cv2.resize(
            random.normal(size=(5, 5)).astype(np.float32),
            (shape[1], shape[0]),
            interpolation=cv2.INTER_CUBIC,
        )
        for _ in range(2)
    )
    return across, down


def _move(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    radius = _side(picture) * random.uniform(0.045, 0.08)
    centre = spot(scene, margin=radius * 1.5)
    step, turn = (3.0, 6.0, 12.0)[level], random.uniform(0, 2 * np.pi)
    dx, dy = step * np.cos(turn), step * np.sin(turn)
    here = soft_disc(mask.shape, centre, radius)
    there = soft_disc(mask.shape, (centre[0] + dx, centre[1] + dy), radius)
    whole = np.zeros(mask.shape, np.float32)
    shifted = _warp(picture, whole - dx, whole - dy)
    return _blend(_blend(picture, _filled(picture, here), here), shifted, there), (here + there) > 0.1


def _turn(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    radius = _side(picture) * random.uniform(0.09, 0.14)
    centre = spot(scene, margin=radius)
    degrees = (3.0, 5.0, 8.0)[level] * random.choice([-1, 1])
    turned = cv2.warpAffine(
        picture,
        cv2.getRotationMatrix2D(centre, float(degrees), 1.0),
        mask.shape[::-1],
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    cover = soft_disc(mask.shape, centre, radius, 6.0)
    return _blend(picture, turned, cover), cover > 0.1


def _thicken(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    radius = _side(picture) * random.uniform(0.14, 0.24)
    centre = spot(scene, margin=radius * 0.6)
    mask = solid_mask(picture)
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    outward = blur((outside - inside).astype(np.float32), 2.0)
    nx, ny = cv2.Sobel(outward, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(outward, cv2.CV_32F, 0, 1) / 8
    grow = (3.0, 5.0, 9.0)[level] / 2 * random.choice([-1.0, 1.0])
    reach = 3.0 * abs(grow) + 4
    weight = np.exp(-((outward / reach) ** 2)) * soft_disc(mask.shape, centre, radius, radius * 0.4)
    return _warp(picture, -grow * weight * nx, -grow * weight * ny), weight > 0.2


def _remove(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, _ = scene
    radius = (14.0, 28.0, 50.0)[level]
    cover = soft_disc(mask.shape, spot(scene, margin=radius), radius)
    return _blend(picture, _filled(picture, cover), cover), cover > 0.1


def _duplicate(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    radius = (16.0, 30.0, 56.0)[level]
    source = spot(scene, margin=radius)
    turn, far = random.uniform(0, 2 * np.pi), radius * random.uniform(2.2, 4.0)
    target = source
    for _ in range(8):  # land inside the frame, off the source
        target = (int(source[0] + far * np.cos(turn)), int(source[1] + far * np.sin(turn)))
        if radius < target[0] < mask.shape[1] - radius and radius < target[1] < mask.shape[0] - radius:
            break
        turn += np.pi / 4
    shifted = _warp(
        picture,
        np.full(mask.shape, source[0] - target[0], np.float32),
        np.full(mask.shape, source[1] - target[1], np.float32),
    )
    cover = soft_disc(mask.shape, target, radius)
    return _blend(picture, shifted, cover), cover > 0.1


def _mirror(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    radius = (30.0, 60.0, 110.0)[level]
    x0, y0 = spot(scene, margin=radius)
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]].astype(np.float32)
    across = random.uniform() < 0.5
    dx = 2 * (x0 - x) if across else np.zeros_like(x)
    dy = np.zeros_like(y) if across else 2 * (y0 - y)
    cover = soft_disc(mask.shape, (x0, y0), radius)
    return _blend(picture, _warp(picture, dx, dy), cover), cover > 0.1


def _swap(scene: Scene, level: int, donor: Pixels) -> tuple[Plane, Mask]:
    picture, mask, _ = scene
    other = cv2.resize(donor, mask.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
    if level == 2:
        return other, np.ones_like(mask)
    side = _side(picture)
    radius = min((90.0, 200.0)[level], side * (0.12, 0.26)[level])
    x0, y0 = spot(scene, margin=radius)
    rows, columns = np.nonzero(piece_mask(donor if donor.shape == picture.shape else other.astype(np.uint8)))
    dx, dy = float(np.median(columns)) - x0, float(np.median(rows)) - y0
    flat = np.zeros(mask.shape, np.float32)
    cover = soft_disc(mask.shape, (x0, y0), radius)
    return _blend(picture, _warp(other, flat + dx, flat + dy), cover), cover > 0.1


def _recolour(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    radius = _side(picture) * random.uniform(0.06, 0.13)
    cover = soft_disc(mask.shape, spot(scene, margin=radius * 0.5), radius, 6.0) * blur(
        mask.astype(np.float32), 1.5
    )
    before = lab(picture)
    turn = random.uniform(0, 2 * np.pi)
    inside = cover > 0.6
    if inside.sum() < 20:
        inside = cover >= cover.max() * 0.9
    goal, length = RECOLOURED_BY[level], 8.0
    changed = picture
    for _ in range(5):  # dE00 per unit of a*b* depends on the colour itself: walk to the goal
        after = before.copy()
        after[..., 1] += cover * length * np.cos(turn)
        after[..., 2] += cover * length * np.sin(turn)
        changed = np.clip(cv2.cvtColor(after, cv2.COLOR_LAB2RGB), 0, 1) * 255
        reached = float(delta_e(before[inside], lab(changed)[inside]).mean())
        length = min(150.0, length * float(np.clip(goal / max(reached, 0.3), 0.4, 2.5)))
    return changed, cover > 0.1


def _restyle(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, _ = scene
    colours = lab(picture)
    chroma = np.hypot(colours[..., 1], colours[..., 2])
    strength = (0.35, 0.65, 1.0)[level]
    cover = blur(mask.astype(np.float32), 1.5)
    if is_golden(picture, mask):  # yellow towards rose: less yellow, more red
        target = np.stack(
            [colours[..., 1] * 0.8 + 0.30 * colours[..., 2] + 3, colours[..., 2] * 0.62 - 1], axis=2
        )
        cover = cover * np.clip((chroma - 6) / 8, 0, 1)
    else:  # silver towards gold
        midtone = np.clip(1 - np.abs(colours[..., 0] - 62) / 50, 0, 1)
        target = np.stack([colours[..., 1] + 5 * midtone, colours[..., 2] + 34 * midtone], axis=2)
    after = colours.copy()
    after[..., 1:] += (target - colours[..., 1:]) * (strength * cover)[..., None]
    return np.clip(cv2.cvtColor(after, cv2.COLOR_LAB2RGB), 0, 1) * 255, cover > 0.2


def _engrave(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    depth, period = ((12.0, 5.0), (20.0, 9.0), (28.0, 16.0))[level]
    radius = _side(picture) * random.uniform(0.07, 0.13)
    centre = spot(scene, margin=radius * 0.5)
    cover = soft_disc(mask.shape, centre, radius, 6.0) * blur(mask.astype(np.float32), 1.0)
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]].astype(np.float32)
    turn = random.uniform(0, np.pi)
    along = (x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / period
    across = (-x * np.sin(turn) + y * np.cos(turn)) * 2 * np.pi / (period * 1.7)
    return picture + (depth * cover * np.sin(along + 0.7 * np.sin(across)))[..., None], cover > 0.1


def _refacet(scene: Scene, level: int) -> tuple[Plane, Mask]:
    picture, mask, random = scene
    sigma = (1.5, 3.0, 6.0)[level]
    radius = _side(picture) * random.uniform(0.07, 0.13)
    centre = spot(scene, margin=radius)
    soft = blur(picture, sigma)
    fine = picture - soft
    half = cv2.getRotationMatrix2D(centre, float(random.uniform(60, 300)), 1.0)
    elsewhere = cv2.warpAffine(fine, half, mask.shape[::-1], borderMode=cv2.BORDER_REFLECT)
    cover = soft_disc(mask.shape, centre, radius, 6.0)
    return _blend(picture, soft + elsewhere, cover), cover > 0.1


ATTACKS: dict[str, tuple[Callable[[Scene, int], tuple[Plane, Mask]], frozenset[Any]]] = {
    "bend here": (_bend_here, frozenset({"geometry bent"})),
    "bend all": (_bend_all, frozenset({"geometry bent"})),
    "move": (_move, frozenset({"geometry bent"})),
    "turn": (_turn, frozenset({"geometry bent"})),
    "thickness": (_thicken, frozenset({"thickness changed"})),
    "remove": (_remove, frozenset({"element removed"})),
    "duplicate": (_duplicate, frozenset({"element added"})),
    "mirror": (_mirror, frozenset({"geometry bent"})),
    "recolour": (_recolour, frozenset({"recoloured"})),
    "restyle": (_restyle, frozenset({"recoloured"})),
    "engrave": (_engrave, frozenset({"texture invented"})),
    "facets": (_refacet, frozenset({"texture invented"})),
}
NAMES = (*ATTACKS, "swap", "combined")


def _combined(picture: Pixels, severity: int, random: Random) -> Drifted:
    first, second = random.choice(list(ATTACKS), 2, replace=False)
    one = attack(picture, str(first), severity, random)
    both = attack(one.picture, str(second), severity, random)
    return Drifted(both.picture, one.area | both.area, "combined", severity, one.reasons | both.reasons)
