"""Composite-back: every close-up, averaged down to master pixels and laid over the master it came from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline import images
from pipeline.export.manifest import Proof
from pipeline.fidelity.composite import GAIN, composite
from pipeline.records import Asset, Box, Branch
from pipeline.store import Store

_LINE = (222, 206, 170)
_SHOWN = (255 - np.clip(np.abs(np.arange(256) - 128) * (16 // GAIN), 0, 255)).astype(np.uint8)
"""What each level of a composite's difference, mid grey plus `GAIN` times it, is shown as."""


@dataclass(frozen=True)
class Composite:
    """How far the master differs from itself with all close-ups laid back into it."""

    difference: images.Pixels
    """White where nothing differs, every grey level of difference counts 16; the close-ups' places are outlined."""
    proof: Proof


def lay_back(master: images.Pixels, close_ups: list[tuple[Box, images.Pixels]]) -> Composite:
    """Measure close-ups, given as (box in master pixels, pixels), against their master, as one piece."""
    pasted = composite(master, close_ups)
    proof = Proof(
        psnr_db=round(pasted.psnr_db, 2), largest_level=pasted.largest_level, covered=round(pasted.covered, 4)
    )
    shown = _SHOWN[pasted.difference]
    for box, _ in close_ups:
        _outline(shown, box)
    return Composite(shown, proof)


def _outline(picture: images.Pixels, box: Box) -> None:
    """Show where a close-up lies, by a line around it."""
    x, y, width, height = box
    line = max(1, round(max(picture.shape) / 600))
    inside = picture[y + line : y + height - line, x + line : x + width - line].copy()
    picture[y : y + height, x : x + width] = _LINE
    picture[y + line : y + height - line, x + line : x + width - line] = inside


def prove(store: Store, branch: Branch) -> Composite | None:
    """Lay a branch's chosen close-ups back; None while there are none."""
    return lay_back(*side_by_side(branch, store.pixels)) if branch.chosen_close_ups else None


def side_by_side(
    branch: Branch, pixels: Callable[[Asset], images.Pixels]
) -> tuple[images.Pixels, list[tuple[Box, images.Pixels]]]:
    """A branch's master, its whole view right of it where a close-up was cut from that, and the chosen close-ups on
    them.
    """
    chosen = branch.chosen_close_ups
    pictures = [pixels(branch.master)]
    if branch.whole is not None and any(c.region.shot for c in chosen):
        pictures.append(pixels(branch.whole))
    placed = []
    for close_up in chosen:
        x, y, width, height = close_up.region.box
        left = branch.master.width if close_up.region.shot else 0
        placed.append(((x + left, y, width, height), pixels(close_up.result)))
    return np.concatenate(pictures, axis=1), placed


def tint(heatmap: images.Pixels) -> images.Pixels:
    """Colour a grey heatmap for paper: white agrees, gold is as far as enhancers go harmlessly, red is beyond."""
    stops = np.array([[255, 255, 255], [222, 178, 92], [168, 28, 30]], np.float64)
    level = heatmap[..., 0].astype(np.float64)
    channels = [np.interp(level, (0, 128, 255), stops[:, n]) for n in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)
