"""The piece's shadow on the sweep, made once and looked up ever after."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pipeline.atelier.render.kernel import Kernel

# Sixteen sets of directions in a 4 x 4 pattern: neighbours see different lights, a small blur joins them again.
RAYS_PER_TEXEL = 32
DIRECTIONS = 16 * RAYS_PER_TEXEL
# Blur in texels, and the detail at that scale above which a penumbra is measured at every texel, not every second one:
# a third of the rays, 0.0015 to 0.0019 of full light off a long measurement; all of them were 0.0012 to 0.0015 off.
BLUR = 1.7
DETAIL = 0.015
# Darkness below this is dropped, so that the page turns exactly white well inside the frame.
TOE = 0.035
SHADOW_REACH = 0.24


def cast_shadow(kernel: "Kernel") -> None:
    """Measure how much of the lights each point of the floor sees, and lay the result under the piece."""
    from scipy.ndimage import binary_dilation, gaussian_filter

    low, high = kernel.scene.low, kernel.scene.high
    size = float(max(high - low))
    texels = 448 if high[2] - low[2] > 0.5 * float(max(high[:2] - low[:2])) else 896
    centre = (low[:2] + high[:2]) / 2
    half = float(max(high[:2] - low[:2])) / 2 + SHADOW_REACH * size
    directions = light_directions(kernel.studio.environment, DIRECTIONS)

    def measure(step: int, mask: np.ndarray) -> np.ndarray:
        return _measure(kernel, texels // step, mask, centre, half, directions)

    def blurred(values: np.ndarray, reach: float) -> np.ndarray:
        return np.asarray(gaussian_filter(values, (reach, reach, 0)))

    rough = measure(8, np.ones((texels // 8, texels // 8), dtype=bool))
    footprint = _footprint(kernel.scene.vertices, len(rough), centre, half)
    shaded = (rough < 0.985).any(axis=2)
    wanted = _enlarged(binary_dilation(shaded | footprint, iterations=2), 4)
    middle = np.where(wanted[:, :, None], measure(2, wanted), _zoomed(rough, 4))
    smooth = blurred(middle, BLUR)
    sharp = (abs(smooth - blurred(middle, 4)) > DETAIL).any(axis=2)
    detailed = _enlarged(binary_dilation(sharp, iterations=2), 2)
    fine = np.where(detailed[:, :, None], measure(1, detailed), _zoomed(smooth, 2))

    visibility = shape_shadow(blurred(fine, BLUR), kernel.scene.vertices, centre, half)
    kernel.set_shadow(visibility, (float(centre[0]), float(centre[1])), half)


def shape_shadow(visibility: np.ndarray, vertices: np.ndarray, centre: np.ndarray, half: float) -> np.ndarray:
    """Turn measured visibility (n, n, k) into the page's: light falls off for ever, a page has to end in white."""
    from scipy.ndimage import distance_transform_edt

    size = float(np.ptp(vertices, axis=0).max())
    plan = _footprint(vertices, len(visibility), centre, half)
    away = distance_transform_edt(~plan) * (2 * half / len(visibility)) / (SHADOW_REACH * size)
    fade = np.clip(1 - away, 0, 1)[:, :, None]
    darkness = np.clip(1 - visibility, 0, 1) * fade * fade * (3 - 2 * fade)
    rest = np.maximum(darkness - TOE, 0)
    return np.asarray(1 - np.clip(rest**2 / (rest + 0.03) * (1.03 / (1 - TOE)), 0, 1), dtype=np.float32)


def _measure(
    kernel: "Kernel", texels: int, mask: np.ndarray, centre: np.ndarray, half: float, directions: np.ndarray
) -> np.ndarray:
    """Visibility (texels, texels, k) where `mask`, 1 elsewhere."""
    rows, columns = np.nonzero(mask)
    visibility = np.ones((texels, texels, 3 if kernel.scene.tinted else 1), dtype=np.float32)
    block = 4_000_000 // RAYS_PER_TEXEL
    for start in range(0, len(rows), block):
        row, column = rows[start : start + block], columns[start : start + block]
        x = centre[0] + ((column + 0.5) / texels * 2 - 1) * half
        y = centre[1] + ((row + 0.5) / texels * 2 - 1) * half
        visibility[row, column] = kernel.floor_visibility(x, y, directions, (row % 4) * 4 + column % 4)
    return visibility


def _footprint(vertices: np.ndarray, texels: int, centre: np.ndarray, half: float) -> np.ndarray:
    """Texels over which some vertex of the piece stands."""
    cell = ((vertices[:, :2] - centre + half) / (2 * half) * texels).astype(np.int64)
    cell = np.clip(cell, 0, texels - 1)
    plan = np.zeros((texels, texels), dtype=bool)
    plan[cell[:, 1], cell[:, 0]] = True
    return plan


def _enlarged(mask: np.ndarray, times: int) -> np.ndarray:
    return np.asarray(mask.repeat(times, axis=0).repeat(times, axis=1))


def _zoomed(values: np.ndarray, times: int) -> np.ndarray:
    from scipy.ndimage import zoom

    planes = (
        zoom(plane, times, order=1, mode="nearest", grid_mode=True) for plane in values.transpose(2, 0, 1)
    )
    return np.stack(list(planes), axis=2)


def light_directions(environment: np.ndarray, count: int) -> np.ndarray:
    """Directions (count, 3) drawn in proportion to what they bring to a floor, in sixteen interleaved even sets."""
    height, width = environment.shape[:2]
    theta = (np.arange(height) + 0.5) / height * np.pi
    weight = environment * (np.clip(np.cos(theta), 0, None) * np.sin(theta))[:, None]
    cumulative = np.cumsum(weight.ravel())
    random = np.random.default_rng(0)
    which = np.searchsorted(cumulative / cumulative[-1], (np.arange(count) + random.random(count)) / count)
    tilt = (which // width + random.random(count)) / height * np.pi
    turn = (which % width + random.random(count)) / width * 2 * np.pi
    directions = np.stack([np.sin(tilt) * np.sin(turn), np.sin(tilt) * np.cos(turn), np.cos(tilt)], axis=1)
    directions[:, 2] = np.maximum(directions[:, 2], 0.02)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    # Set k takes every sixteenth direction in cumulative order, so each set alone covers all lights evenly.
    return np.asarray(directions.reshape(-1, 16, 3).transpose(1, 0, 2).reshape(-1, 3), dtype=np.float32)
