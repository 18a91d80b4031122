"""Open Image Denoise over a rendered window, tile by tile so that its memory stays bounded."""

import cv2
import numpy as np

from pipeline import colour

TILE = 640
# Wider than the network's receptive field matters for: two tiles agree on their common border.
OVERLAP = 32
NEAR_PX = 1.5
"""Blur over which denoised and raw pixels are compared: one pixel alone says little of either."""


def denoise(image: np.ndarray, albedo: np.ndarray, normal: np.ndarray, touched: np.ndarray) -> np.ndarray:
    """Denoise the `touched` (h, w) pixels of an sRGB-encoded float32 image (h, w, 3); all others stay bit-exact.

    `albedo` (h, w, 3) 0..1 and `normal` (h, w, 3) -1..1 guide the filter along facets and part borders.
    The smaller of the two networks: beside `restore` it is as near to a long exposure as the large one, at half the
    cost.
    """
    import pyoidn

    height, width = touched.shape
    result = image.copy()
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            inner = _box_of(touched[top : top + TILE, left : left + TILE])
            if inner is None:
                continue
            y0, y1, x0, x1 = inner[0] + top, inner[1] + top, inner[2] + left, inner[3] + left
            a, b = max(0, y0 - OVERLAP), min(height, y1 + OVERLAP)
            c, d = max(0, x0 - OVERLAP), min(width, x1 + OVERLAP)
            clean = pyoidn.denoise(
                decode(image[a:b, c:d]),
                albedo=np.ascontiguousarray(albedo[a:b, c:d], dtype=np.float32),
                normal=np.ascontiguousarray(normal[a:b, c:d], dtype=np.float32),
                hdr=False,
                quality="fast",
            )
            clean = encode(clean[y0 - a : y1 - a, x0 - c : x1 - c])
            mask = touched[y0:y1, x0:x1, None]
            result[y0:y1, x0:x1] = np.where(mask, clean, result[y0:y1, x0:x1])
    return result


def restore(image: np.ndarray, clean: np.ndarray, noise: np.ndarray, touched: np.ndarray) -> np.ndarray:
    """Give back what denoising took beyond the noise, such as facets of a pixel's size; `clean` is written over.

    `image` and `clean` (h, w, 3) are encoded, `noise` (h, w) is the variance `image` has per channel. Where the two
    lie further apart than that, the rest is what the network got wrong; with the share 1 - noise / distance of the
    image the expected error is least (James and Stein 1961), so no pixel loses by it but by chance.
    """

    def around(plane: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), NEAR_PX))

    distance = np.zeros(touched.shape, dtype=np.float32)
    for channel in range(3):
        distance += (image[..., channel] - clean[..., channel]) ** 2
    # Both are means over the same pixels: the common weight cancels.
    share = 1 - around(np.where(touched, noise, 0)) / np.maximum(around(distance) / 3, 1e-9)
    share = np.clip(share, 0, 1) * touched
    for channel in range(3):
        clean[..., channel] += share * (image[..., channel] - clean[..., channel])
    return clean


def decode(encoded: np.ndarray) -> np.ndarray:
    """sRGB-encoded to linear, both 0..1 (IEC 61966-2-1)."""
    value = np.clip(encoded, 0, 1).astype(np.float32)
    return np.asarray(colour.decode(value), dtype=np.float32)


def encode(linear: np.ndarray) -> np.ndarray:
    """Linear to sRGB-encoded, both 0..1."""
    value = np.clip(linear, 0, 1).astype(np.float32)
    return np.asarray(colour.encode(value), dtype=np.float32)


def _box_of(mask: np.ndarray) -> tuple[int, int, int, int] | None:
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not len(rows):
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
