"""Laying an answer over its crop: undo letterbox, other aspect, zoom, shift and small rotation; report them.

Coordinates are pixel centres. A 3 x 3 `matrix` maps crop pixels to answer pixels. The search runs on small
pictures, coarse to fine: phase correlation, ECC (Evangelidis and Psarakis, 2008), and a last robust
least-squares step in which an area that was redrawn loses its say.
"""

from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import NotRegistrable
from pipeline.fidelity.filters import Plane, blur, slopes, steepness
from pipeline.images import Pixels

Layout = Literal["stretch", "fit", "cover"]
Matrix = NDArray[np.float64]

MIN_SIDE_PX = 12
"""Smaller crops hold nothing to register on."""
COARSE, FINE = 112, 384
"""Mean side of the working pictures: the first finds zooms of 8 %, the second hundredths of a pixel."""
STILL_PX = 0.35
"""Motion of the edges below this is not believed when standing still explains the picture as well."""
PLAINER, ASIDE_PX = 0.003, 0.5
"""A turn or zoom that moves edges this far must agree this much better than a mere shift: lines slide unnoticed."""
CONVINCING = 0.9
"""Correlation of edge pictures that needs no second opinion."""
SAME_ASPECT = 0.01
MAX_ZOOM, MAX_ROTATION_DEG, MAX_SHIFT = 0.09, 6.0, 0.15
"""What editors were seen to do by accident; beyond it the picture was composed anew."""
FLAT_LEVELS = 2.0
"""A picture whose standard deviation is below this shows nothing to register on."""
SAME_SCENE = 0.35
"""Correlation of edge pictures under which two pictures do not show the same thing in the same place."""


@dataclass(frozen=True)
class Registration:
    """Where the answer lies over the crop."""

    matrix: Matrix
    layout: Layout
    factor: int
    scale: float
    rotation_deg: float
    shift_px: tuple[float, float]
    agreement: float
    """Correlation of the edge pictures after registration, -1..1."""
    failure: str
    """Empty, or why the answer cannot be laid over the crop."""

    @property
    def squeeze(self) -> float:
        """How much more it was enlarged along one side than along the other, 0 for not at all; undone when laid."""
        across, down = (float(np.hypot(*self.matrix[:2, axis])) for axis in (0, 1))
        return max(across, down) / max(1e-9, min(across, down)) - 1


@dataclass(frozen=True)
class _Level:
    """Both pictures at one working size; `warp` maps working pixels to those of the shrunk answer."""

    crop: Plane
    answer: Plane
    warp: Matrix
    to_crop: Matrix
    edges: Plane
    """Steepness of the crop less its mean."""
    rated: dict[bytes, float] = field(default_factory=dict)
    """The agreement of the guesses already looked at."""


def register(crop: Pixels, answer: Pixels) -> Registration:
    """Find the affine map that lays `answer` over `crop`. Raises NotRegistrable for sizes that cannot fit."""
    height, width = crop.shape[:2]
    _check_sizes(crop, answer)
    crop_grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    answer_grey = cv2.cvtColor(answer, cv2.COLOR_RGB2GRAY)
    layouts = _layouts(crop.shape, answer.shape)
    if _spread(crop_grey) < FLAT_LEVELS:  # nothing to hold on to: the frame itself is the best guess
        return _registration(layouts[0], np.eye(3), crop, answer, agreement=1.0, failure="")
    if _spread(answer_grey) < FLAT_LEVELS:
        return _registration(
            layouts[0], np.eye(3), crop, answer, agreement=0.0, failure="the answer shows one flat colour"
        )

    best: tuple[float, tuple[Layout, Matrix], Matrix] | None = None
    for layout in layouts:
        level = _level(crop_grey, answer_grey, layout[1], COARSE)
        shift = _shift(level)
        start, agreement = _best_of(level, [np.eye(3), shift, _ecc(level, shift)])
        if agreement < CONVINCING:  # phase correlation can be fooled by a repeating chain
            start, agreement = _best_of(level, [start, _ecc(level, np.eye(3))])
        pose = level.to_crop @ start @ np.linalg.inv(level.to_crop)
        if _beyond_limits(pose, (height, width)):  # letterbox bars can be mistaken for a squeeze
            agreement -= 1
        if best is None or agreement > best[0] + 0.02:
            best = (agreement, layout, pose)
    assert best is not None  # noqa: S101 - there is always the plain layout
    _, layout, matrix = best

    level = _level(crop_grey, answer_grey, layout[1], FINE)
    start = np.linalg.inv(level.to_crop) @ matrix @ level.to_crop
    fine = _ecc(level, start)
    fine = _plainest(level, _finest(level, [start, fine, _settle(level, fine)]))
    matrix = level.to_crop @ fine @ np.linalg.inv(level.to_crop)
    agreement = _agreement(level, fine)
    failure = _failure(matrix, (height, width), agreement)
    return _registration(layout, matrix, crop, answer, agreement=agreement, failure=failure)


def pull(answer: Pixels, registration: Registration, shape: tuple[int, int]) -> Pixels:
    """Resample the answer once onto the crop's frame at `factor` times its size; uint8 RGB."""
    height, width = shape
    s = registration.factor
    matrix = registration.matrix @ scaling(1 / s, 1 / s)
    source: Plane = answer
    if answer.shape[:2] == (height * s, width * s) and np.allclose(matrix, np.eye(3), atol=1e-9):
        return answer
    step = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    if step > 1.25:  # the answer is denser than the grid: average first or fine texture turns to moire
        size = (max(1, round(answer.shape[1] / step)), max(1, round(answer.shape[0] / step)))
        source = cv2.resize(answer, size, interpolation=cv2.INTER_AREA)
        matrix = scaling(size[0] / answer.shape[1], size[1] / answer.shape[0]) @ matrix
    registered = cv2.warpAffine(
        source,
        matrix[:2],
        (width * s, height * s),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return registered.astype(np.uint8, copy=False)


def covered(
    registration: Registration, crop_shape: tuple[int, ...], answer_shape: tuple[int, ...]
) -> tuple[Plane, float]:
    """Mark the crop pixels to be measured, a pixel inside what the answer shows: bool (h, w); and the share shown."""
    height, width = crop_shape[:2]
    m = registration.matrix
    margin = 0.5 * registration.factor - 0.5
    x, y = np.arange(width)[None], np.arange(height)[:, None]
    along = m[0, 0] * x + m[0, 1] * y + m[0, 2]
    down = m[1, 0] * x + m[1, 1] * y + m[1, 2]
    tall, wide = answer_shape[:2]
    bars_x = bars_y = 0.0
    if registration.layout == "fit":  # what lies under the bars was not shown
        k = min(wide / width, tall / height)
        bars_x, bars_y = (wide - k * width) / 2, (tall - k * height) / 2
    inside = (along >= bars_x + margin - 0.1) & (along <= wide - 1 - bars_x - margin + 0.1)
    inside &= (down >= bars_y + margin - 0.1) & (down <= tall - 1 - bars_y - margin + 0.1)
    shown = float(inside.mean())
    if registration.layout == "fit":  # the outermost pixels are mixed with the bars
        inside[:2] = inside[-2:] = False
        inside[:, :2] = inside[:, -2:] = False
    eroded: Plane = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    return eroded, shown


def scaling(kx: float, ky: float, tx: float = 0.0, ty: float = 0.0) -> Matrix:
    """Map pixel centres to a picture kx, ky times as dense, shifted by tx, ty of its pixels."""
    return np.array([[kx, 0, 0.5 * kx - 0.5 + tx], [0, ky, 0.5 * ky - 0.5 + ty], [0, 0, 1]], np.float64)


def _spread(grey: Plane) -> float:
    return float(cv2.meanStdDev(grey)[1][0, 0])


def _check_sizes(crop: Pixels, answer: Pixels) -> None:
    (height, width), (tall, wide) = crop.shape[:2], answer.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        raise NotRegistrable(
            f"The crop is {width} x {height} px, too small to compare; cut at least {MIN_SIDE_PX} px a side."
        )
    if wide < width or tall < height:
        raise NotRegistrable(
            f"The enhanced picture ({wide} x {tall} px) is smaller than its crop ({width} x {height} px); "
            "ask for a result at least as large as the crop."
        )


def _layouts(crop: tuple[int, ...], answer: tuple[int, ...]) -> list[tuple[Layout, Matrix]]:
    (height, width), (tall, wide) = crop[:2], answer[:2]
    kx, ky = wide / width, tall / height
    layouts: list[tuple[Layout, Matrix]] = [("stretch", scaling(kx, ky))]
    if abs(kx / ky - 1) > SAME_ASPECT:
        for name, k in (("fit", min(kx, ky)), ("cover", max(kx, ky))):
            margins = (wide - k * width) / 2, (tall - k * height) / 2
            layouts.append(("fit" if name == "fit" else "cover", scaling(k, k, *margins)))
    return layouts


def _level(crop: Plane, answer: Plane, matrix: Matrix, side: int) -> _Level:
    height, width = crop.shape
    shrink = min(1.0, side / float(np.sqrt(height * width)))
    w, h = max(8, round(width * shrink)), max(8, round(height * shrink))
    to_crop = scaling(width / w, height / h)
    dense = matrix @ to_crop
    size = (
        max(8, round(answer.shape[1] / max(1.0, dense[0, 0]))),
        max(8, round(answer.shape[0] / max(1.0, dense[1, 1]))),
    )
    shrunk = cv2.resize(answer, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    warp = scaling(size[0] / answer.shape[1], size[1] / answer.shape[0]) @ dense
    small = cv2.resize(crop, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32)
    soft = blur(small, 1.0)
    edges = steepness(soft)
    answer_there = blur(_sample(shrunk, warp, (h, w)), 1.0)
    return _Level(soft, answer_there, np.eye(3), to_crop, edges - edges.mean())


def _sample(picture: Plane, matrix: Matrix, shape: tuple[int, ...]) -> Plane:
    sampled: Plane = cv2.warpAffine(
        picture,
        matrix[:2],
        (shape[1], shape[0]),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return sampled


def _shift(level: _Level) -> Matrix:
    height, width = level.crop.shape
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    (dx, dy), _ = cv2.phaseCorrelate(steepness(level.crop), steepness(level.answer), window)
    # its last bits follow memory alignment, and every later step would carry them on: a start needs no more
    dx, dy = round(dx * 8) / 8, round(dy * 8) / 8
    if abs(dx) > MAX_SHIFT * width or abs(dy) > MAX_SHIFT * height:
        return np.eye(3)
    return np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]], np.float64)


def _ecc(level: _Level, start: Matrix, motion: int = cv2.MOTION_AFFINE) -> Matrix:
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    every = np.full(level.answer.shape, 255, np.uint8)
    try:
        # never with a mask drawn from the residual: it bends the map by percents
        _, refined = cv2.findTransformECC(
            level.crop, level.answer, start[:2].astype(np.float32), motion, criteria, every, 3
        )
    except cv2.error:  # did not converge: keep what we came with
        return start
    return np.vstack([refined.astype(np.float64), [0, 0, 1]])


def _agreement(level: _Level, guess: Matrix) -> float:
    if (known := level.rated.get(guess.tobytes())) is not None:
        return known
    first, second = level.edges, steepness(_sample(level.answer, guess, level.crop.shape))
    second = second - second.mean()
    agreement = float(
        (first * second).sum() / np.sqrt((first * first).sum() * (second * second).sum() + 1e-6)
    )
    level.rated[guess.tobytes()] = agreement
    return agreement


def _best_of(level: _Level, guesses: list[Matrix]) -> tuple[Matrix, float]:
    rated = [(_agreement(level, guess), -i) for i, guess in enumerate(guesses)]
    agreement, place = max(rated)
    return guesses[-place], agreement


def _finest(level: _Level, guesses: list[Matrix]) -> Matrix:
    """Choose the last guess, which bears drift best, unless another is plainly better."""
    best, agreement = _best_of(level, guesses)
    if _agreement(level, guesses[-1]) > agreement - 0.01:
        best = guesses[-1]
    return best


def _plainest(level: _Level, matrix: Matrix) -> Matrix:
    """Take a shift, or no motion at all, where it explains the picture as well."""
    agreement = _agreement(level, matrix)
    shift = _ecc(level, _shift(level), cv2.MOTION_TRANSLATION)
    if _distance(level, matrix, shift) > ASIDE_PX and _agreement(level, shift) > agreement - PLAINER:
        matrix = shift
    if _distance(level, matrix, np.eye(3)) < STILL_PX and _agreement(level, np.eye(3)) > agreement - 0.004:
        return np.eye(3)  # sharpening's halos, cut off at white, pull edges by a fifth of a pixel
    return matrix


def _distance(level: _Level, first: Matrix, second: Matrix) -> float:
    """How far apart two maps put the edges, working pixels (RMS)."""
    height, width = level.crop.shape
    y, x = np.mgrid[:height:3, :width:3].astype(np.float64)
    weight = steepness(level.crop)[::3, ::3].astype(np.float64) + 1e-3
    squared = sum((row[0] * x + row[1] * y + row[2]) ** 2 for row in (first - second)[:2])
    return float(np.sqrt((squared * weight).sum() / weight.sum()))


def _settle(level: _Level, start: Matrix) -> Matrix:
    """Lucas-Kanade: affine plus gain, offset and sharpness; where the pictures disagree, weights fade."""
    height, width = level.crop.shape
    step = max(1, int(np.sqrt(height * width / 12_000)))
    grid = (slice(2, -2, step), slice(2, -2, step))
    x = (np.arange(width)[None].repeat(height, 0) - width / 2) / width
    y = (np.arange(height)[:, None].repeat(width, 1) - height / 2) / height
    gx, gy = slopes(level.crop)

    def column(plane: Plane) -> NDArray[np.float64]:
        return plane[grid].ravel().astype(np.float64)

    grey = column(level.crop)
    basis = np.stack(
        [
            np.full(grey.size, 32.0),
            grey,
            *(column(p) for p in (gx, gx * x, gx * y, gy, gy * x, gy * y)),
            column(level.crop - blur(level.crop, 1.5)),
        ],
        axis=1,
    )
    tolerance = np.hypot(column(gx), column(gy)) * 0.12 + 2.0
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64).T
    matrix = start
    for _ in range(5):
        target = column(_sample(level.answer, matrix, level.crop.shape))
        trust = np.where(target > 249, 0.2, 1.0)  # white may have cut something off
        p = _robust_fit(basis, target, tolerance, trust)
        gain = p[1] if abs(p[1]) > 0.3 else 1.0
        move = np.array(
            [
                [p[3] / width, p[4] / height, p[2] - p[3] / 2 - p[4] / 2],
                [p[6] / width, p[7] / height, p[5] - p[6] / 2 - p[7] / 2],
                [0, 0, 0],
            ]
        )
        move /= gain
        reach = float(np.abs(move[:2] @ corners).max())
        if not np.isfinite(reach) or reach > 4:
            break
        matrix = matrix @ (np.eye(3) - move)
        if reach < 0.01:
            break
    return matrix


def _robust_fit(
    basis: NDArray[np.float64],
    target: NDArray[np.float64],
    tolerance: NDArray[np.float64],
    trust: NDArray[np.float64],
) -> NDArray[np.float64]:
    weights = trust
    ridge = 1e-6 * target.size * np.eye(basis.shape[1])
    solution: NDArray[np.float64] = np.zeros(basis.shape[1])
    for _ in range(4):
        weighted = basis * weights[:, None]
        solution = np.asarray(np.linalg.solve(weighted.T @ basis + ridge, weighted.T @ target), np.float64)
        error = (target - basis @ solution) / tolerance
        weights = trust / (1 + (error / 1.5) ** 2) ** 2  # Geman-McClure
    return solution


def _pose(matrix: Matrix, shape: tuple[int, int]) -> tuple[float, float, float, float, float]:
    """(scale x, scale y, rotation in degrees, shift x, shift y at the centre), in crop pixels."""
    linear = matrix[:2, :2]
    sx, sy = float(np.hypot(*linear[:, 0])), float(np.hypot(*linear[:, 1]))
    rotation = float(np.degrees(np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])))
    centre = np.array([(shape[1] - 1) / 2, (shape[0] - 1) / 2, 1.0])
    dx, dy = (matrix @ centre - centre)[:2]
    return sx, sy, rotation, float(dx), float(dy)


def _failure(matrix: Matrix, shape: tuple[int, int], agreement: float) -> str:
    if agreement < SAME_SCENE:
        return "its edges lie nowhere near those of the crop"
    return _beyond_limits(matrix, shape)


def _beyond_limits(matrix: Matrix, shape: tuple[int, int]) -> str:
    """Say how a pose goes beyond what editors do by accident; empty when it does not."""
    sx, sy, rotation, dx, dy = _pose(matrix, shape)
    if max(abs(sx - 1), abs(sy - 1)) > MAX_ZOOM:
        return f"it is zoomed by {(max(sx, sy, key=lambda s: abs(s - 1)) - 1) * 100:+.0f} %"
    if abs(rotation) > MAX_ROTATION_DEG:
        return f"it is turned by {rotation:.0f} degrees"
    if max(abs(dx) / shape[1], abs(dy) / shape[0]) > MAX_SHIFT:
        return f"it is shifted by {dx:.0f}, {dy:.0f} px"
    return ""


def _registration(
    layout: tuple[Layout, Matrix],
    remaining: Matrix,
    crop: Pixels,
    answer: Pixels,
    *,
    agreement: float,
    failure: str,
) -> Registration:
    height, width = crop.shape[:2]
    if failure:  # show it where its frame lies rather than where a failed search put it
        remaining = np.eye(3)
    sx, sy, rotation, dx, dy = _pose(remaining, (height, width))
    matrix = layout[1] @ remaining
    enlargement = float(np.sqrt(abs(np.linalg.det(layout[1][:2, :2]))))
    if layout[0] == "stretch":
        enlargement = min(answer.shape[1] / width, answer.shape[0] / height)
    return Registration(
        matrix=matrix,
        layout=layout[0],
        factor=max(1, int(enlargement + 0.5)),
        scale=float(np.sqrt(sx * sy)),
        rotation_deg=-rotation,
        shift_px=(dx, dy),
        agreement=agreement,
        failure=failure,
    )
