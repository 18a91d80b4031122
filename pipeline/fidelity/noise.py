"""How noisy a crop is: sensor grain, and the traces a JPEG leaves in the master it was cut from."""

import cv2
import numpy as np

from pipeline.fidelity.filters import Plane, box, luma, rms, steepness

CLEAN_LEVELS = 0.7
"""Grain up to which a crop is taken at its word; lossless renders and shrunk photographs measure 0 to 0.63."""
JPEG_EVIDENCE = 4.2
"""How far the true 8 x 8 grid stands out of the 64 possible ones: lossless pictures 0.7 to 2.8, JPEGs from 5.2."""
PATCH_PX = 136
"""Side of the busiest part the grid is looked for in."""
BUSY_LEVELS = 3.0
"""Standard deviation from which an 8 x 8 block has something to be rounded away."""
HIGH = 5
"""Sum of the two frequency indices from which a DCT coefficient is rounded away by most encoders."""

WINDOW = 7
"""Side of the windows in which it is quiet or loud, pixels."""
QUIET_SHARE, MOST_SAMPLES = 0.02, 4000
"""The quietest windows of a crop, in which texture is told from grain, and how many of their pixels are looked at."""
ONE_COLOUR, GREY = 0.7, 0.965
"""Share of the grain's variance in its main direction in RGB from which it is of one colour (noise of each channel by
itself .54 at most), and cosine to grey from which that colour is none (JPEG's noise of luma .994 and more)."""
REPEATS, NEAREST, FARTHEST = 0.3, 3, 7
"""Correlation with itself at 3 to 7 pixels from which a pattern repeats: noise .25 at most on crops of 64 px."""
_LAGS = [
    (down, right)
    for down in range(FARTHEST + 1)
    for right in range(-FARTHEST, FARTHEST + 1)
    if max(down, abs(right)) >= NEAREST and (down, right) > (0, 0)
]

LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
"""Unit response to white noise, none to slopes (Immerkaer, 1996)."""


def noise_of(crop: Plane) -> float:
    """Measure the noise of a float32 RGB crop, grey levels (standard deviation); 0 for a clean one."""
    grey = luma(crop)
    grain = _grain(grey)
    if grain > CLEAN_LEVELS and _is_texture(crop):
        grain = 0.0
    blocks = _rounding(grey)
    total = float(np.hypot(grain if grain > CLEAN_LEVELS or blocks else 0.0, blocks))
    return min(total, 8.0)


def _grain(grey: Plane) -> float:
    """Measure the quietest windows: texture is louder than grain nearly everywhere."""
    if min(grey.shape) < 24:
        return 0.0
    rough = cv2.filter2D(grey, -1, LAPLACIAN)
    quietest, quiet = np.quantile(rms(rough, WINDOW)[4:-4, 4:-4], (0.002, 0.05)) / (0.62, 0.8)
    if quiet > 1.8 * quietest:  # grain is even; what differs this much is texture, and says nothing
        return 0.0
    return float(quietest)


def _is_texture(crop: Plane) -> bool:
    """Whether what the quietest part of a crop shows is cloth or filigree all over, as even as grain.

    Noise is of no colour, or of each of them by itself, and knows nothing of itself a few pixels on. Texture is of its
    material's colour (one direction in RGB that is not grey), or repeats itself (a weave, a grid of wires).
    """
    rough = cv2.filter2D(crop, cv2.CV_32F, LAPLACIAN)
    plane = luma(rough)
    loud = rms(plane, WINDOW)
    quiet = loud <= np.quantile(loud[WINDOW:-WINDOW, WINDOW:-WINDOW], QUIET_SHARE)
    quiet = cv2.dilate(quiet.astype(np.uint8), np.ones((WINDOW, WINDOW), np.uint8))
    edge = FARTHEST + 1
    rows, columns = (axis + edge for axis in np.nonzero(quiet[edge:-edge, edge:-edge]))
    step = -(-rows.size // MOST_SAMPLES)
    rows, columns = rows[::step], columns[::step]
    values = rough[rows, columns]
    strengths, directions = np.linalg.eigh(values.T @ values)
    one_colour = strengths[-1] > ONE_COLOUR * strengths.sum()
    if one_colour and abs(directions[:, -1].sum()) < GREY * np.sqrt(3):
        return True
    here = plane[rows, columns]
    for down, right in _LAGS:
        there = plane[rows + down, columns + right]
        if abs((here * there).mean()) > REPEATS * np.sqrt((here**2).mean() * (there**2).mean()):
            return True
    return False


def _rounding(grey: Plane) -> float:
    """Find a JPEG's grid by its rounded-away coefficients and return the noise its rounding made."""
    side = min(PATCH_PX, *grey.shape) // 8 * 8 - 8
    if side < 32:
        return 0.0
    half = side // 2
    busy = box(np.minimum(steepness(grey), 12), side | 1)
    inner = busy[half : grey.shape[0] - half - 7, half : grey.shape[1] - half - 7]
    top, left = np.unravel_index(int(inner.argmax()), inner.shape)
    part = grey[int(top) : int(top) + side + 8, int(left) : int(left) + side + 8]
    # the variance of the 8 x 8 tile that begins at each pixel
    mean, square = (cv2.boxFilter(plane, cv2.CV_64F, (8, 8), anchor=(0, 0)) for plane in (part, part * part))
    busy_tile = square - mean * mean > BUSY_LEVELS**2
    zeros, fine = np.zeros(64), []
    for phase in range(64):
        y, x = phase // 8, phase % 8
        tiles = part[y : y + side, x : x + side].reshape(side // 8, 8, side // 8, 8).transpose(0, 2, 1, 3)
        blocks = tiles.reshape(-1, 8, 8)[busy_tile[y : y + side : 8, x : x + side : 8].ravel()]
        if len(blocks) < 12:
            return 0.0
        fine.append(np.abs((_DCT @ blocks @ _DCT.T)[:, _FINE]))
        zeros[phase] = (fine[phase] < 0.7).mean()
    best = int(zeros.argmax())
    others = np.delete(zeros, best)
    if (zeros[best] - np.median(others)) / (others.std() + 0.003) < JPEG_EVIDENCE:
        return 0.0
    grain = fine[best][fine[best] > 2.5]
    return (float(np.quantile(grain, 0.35)) if grain.size else 2.5) * ROUNDING_SHARE


_INDEX = np.arange(8)
_DCT = (np.sqrt(2 / 8) * np.cos((2 * _INDEX[None] + 1) * _INDEX[:, None] * np.pi / 16)).astype(np.float32)
_DCT[0] /= np.float32(np.sqrt(2))
_FINE = _INDEX[:, None] + _INDEX[None] >= HIGH
ROUNDING_SHARE = 0.24
"""RMS error of a JPEG's busy parts over its fine quantisation step: 0.21 to 0.29 at qualities 95 to 75."""
