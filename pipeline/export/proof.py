"""Composite-back: every close-up, averaged down to master pixels and laid over the master it came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline import images
from pipeline.errors import Corrupt
from pipeline.export.manifest import Proof
from pipeline.records import Branch, CloseUp
from pipeline.store import Store

PERFECT_DB = 100.0
"""Identical pictures have no finite PSNR; they are reported as this."""
_VISIBLE = 2
"""Grey levels up to which two 8-bit pictures differ by rounding alone: one in each of two conversions."""


@dataclass(frozen=True)
class Composite:
    """The master with its close-ups laid back, and the difference to the master itself."""

    picture: images.Pixels
    difference: images.Pixels
    """White where nothing differs; 16 times amplified."""
    proof: Proof


def lay_back(master: images.Pixels, close_ups: list[tuple[CloseUp, images.Pixels]]) -> Composite:
    """Paste each close-up's picture, area-averaged to its region's size, into a copy of the master."""
    picture = master.copy()
    covered = np.zeros(master.shape[:2], bool)
    for close_up, pixels in close_ups:
        x, y, width, height = close_up.region.box
        if pixels.shape[0] < height or pixels.shape[1] < width:
            raise Corrupt("A close-up is smaller than the region it was made from.")
        place = np.s_[y : y + height, x : x + width]
        picture[place] = np.clip(average(pixels, width, height) + 0.5, 0, 255).astype(np.uint8)
        covered[place] = True
    apart = np.abs(picture.astype(np.int16) - master.astype(np.int16))
    inside = apart[covered]
    share = float((inside.max(axis=1) > _VISIBLE).mean()) if inside.size else 0.0
    proof = Proof(psnr_db=round(psnr(inside), 2), changed_share=round(share, 6))
    return Composite(picture, (255 - np.clip(apart * 16, 0, 255)).astype(np.uint8), proof)


def prove(store: Store, branch: Branch) -> Composite | None:
    """Compose a branch's chosen close-ups; None while there are none."""
    chosen = branch.chosen_close_ups
    if not chosen:
        return None
    return lay_back(store.pixels(branch.master), [(c, store.pixels(c.result)) for c in chosen])


def average(pixels: images.Pixels, width: int, height: int) -> NDArray[np.float64]:
    """Area average of a picture down to (width, height), as floats in 0..255."""
    if pixels.shape[0] % height == 0 and pixels.shape[1] % width == 0:
        rows, columns = pixels.shape[0] // height, pixels.shape[1] // width
        summed: NDArray[np.float64] = np.add.reduceat(
            np.add.reduceat(pixels, np.arange(0, pixels.shape[0], rows), axis=0, dtype=np.uint32),
            np.arange(0, pixels.shape[1], columns),
            axis=1,
        ) / (rows * columns)
        return summed
    return images.resize(pixels, width, height).astype(np.float64)


def tint(heatmap: images.Pixels) -> images.Pixels:
    """Colour a grey heatmap for paper: white agrees, gold is as far as enhancers go harmlessly, red is beyond."""
    stops = np.array([[255, 255, 255], [222, 178, 92], [168, 28, 30]], np.float64)
    level = heatmap[..., 0].astype(np.float64)
    channels = [np.interp(level, (0, 128, 255), stops[:, n]) for n in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def psnr(difference: NDArray[np.generic]) -> float:
    """Peak signal-to-noise ratio of a difference of 8-bit pictures, dB, at most 100."""
    if not difference.size:
        return PERFECT_DB
    squared = float(np.mean(np.square(difference, dtype=np.float64)))
    return PERFECT_DB if squared <= 0 else min(PERFECT_DB, float(10 * np.log10(255.0**2 / squared)))
