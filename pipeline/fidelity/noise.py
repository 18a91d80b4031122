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

LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
"""Unit response to white noise, none to slopes (Immerkaer, 1996)."""


def noise_of(crop: Plane) -> float:
    """Measure the noise of a float32 RGB crop, grey levels (standard deviation); 0 for a clean one."""
    grey = luma(crop)
    grain = _grain(grey)
    blocks = _rounding(grey)
    total = float(np.hypot(grain if grain > CLEAN_LEVELS or blocks else 0.0, blocks))
    return min(total, 8.0)


def _grain(grey: Plane) -> float:
    """Measure the quietest windows: texture is louder than grain nearly everywhere."""
    if min(grey.shape) < 24:
        return 0.0
    rough = cv2.filter2D(grey, -1, LAPLACIAN)
    quietest, quiet = np.quantile(rms(rough, 7)[4:-4, 4:-4], (0.002, 0.05)) / (0.62, 0.8)
    if quiet > 1.8 * quietest:  # grain is even; what differs this much is texture, and says nothing
        return 0.0
    return float(quietest)


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
