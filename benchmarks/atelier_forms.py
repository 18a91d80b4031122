"""Whether 400 random specs over the catalogue's forms are sound, render clean and are valid glTF.

Run: python -m benchmarks atelier_forms, or a share of it: python -m benchmarks.atelier_forms first count. Each spec is
drawn from its number alone. Of each: every body closed, oriented and finite, nothing in the air, one body of metal
where nothing hangs, no stone in another; a small draft, the piece whole in a white frame, no black or stray pixel that
is not there with another seed as well; the GLB without an error or warning of Khronos' validator (in chromium).
"""

import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
from scipy.ndimage import binary_erosion, median_filter

from pipeline.atelier.camera import master_camera
from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.film import DRAFT
from pipeline.errors import LoupeError
from tests.atelier.random_form import FORMS, random_form
from tests.atelier.soundness import faults
from tests.validator import Validator, opened

COUNT = 400
SIZE_PX = 96
SEEN_PX = 40
"""Pixels of the silhouette that even the thinnest chain shows at this size."""
CHAIN_SHARE = 0.30
"""Of a border: what the chain of a pendant seen close crosses."""
STRAY = 70
"""A pixel that differs by so many levels from the same of another seed, and from its neighbours, is a stray one."""


def measure(first: int = 0, count: int = COUNT) -> int:
    """Print what is wrong with each, and how many are right; returns how many are not."""
    wrong: Counter[str] = Counter()
    right, begun, spent = 0, time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer, opened() as validator:
        for number in range(first, first + count):
            name, spec = random_form(number)
            if number > first and (number - first) % 20 == 0:
                print(f"{right} of the first {number - first} are right", flush=True)
            found = look(build(spec), renderer, validator)
            right += not found
            for kind, what in found:
                wrong[kind] += 1
                print(f"{number} {name}: {kind}: {what}", flush=True)
    print(
        f"{right} of {count} specs (from {first}) over {len(FORMS)} forms are sound, render clean and are valid glTF; "
        f"{', '.join(f'{kind} {n}' for kind, n in wrong.items()) or 'no fault'}; "
        f"{time.process_time() - spent:.0f} CPU-s beside the renderer's, {time.monotonic() - begun:.0f} s"
    )
    return count - right


def look(piece: Piece, renderer: Renderer, validator: Validator) -> list[tuple[str, str]]:
    """What is wrong with a piece, each with its kind."""
    found = [("geometry", fault) for fault in faults(piece)]
    shoot = partial(renderer.render, piece, master_camera(piece), size=SIZE_PX, quality=DRAFT)
    try:
        picture = shoot()
        found += [("render", fault) for fault in frame_faults(picture, close=piece.framing != "whole")]
        # Only what is noise goes with another seed: a second draft is taken where a pixel stands alone.
        if lone(picture).any() and (stray := strays(picture, shoot(seed=1))):
            found.append(("render", f"{stray} stray pixels"))
    except LoupeError as error:
        found.append(("render", str(error)))
    return found + [("glTF", line) for line in validator.complaints(to_glb(piece))]


def frame_faults(picture: np.ndarray, *, close: bool) -> list[str]:
    """What is wrong with where a piece lies in its draft (h, w, 3); ``close`` where a chain runs off."""
    found = []
    seen = int((picture < 235).any(axis=2).sum())
    if seen < SEEN_PX:
        found.append(f"only {seen} pixels are not page")
    border = [
        (side < 250).any(axis=1).sum() for side in (picture[0], picture[:, 0], picture[:, -1], picture[-1])
    ]
    # Seen close, the chain leaves above, or at both sides of a motif that it holds.
    most = CHAIN_SHARE * len(picture) if close else 0
    if max(border[:3]) > most or border[3]:
        found.append("the piece leaves its frame")
    return found


def lone(picture: np.ndarray) -> np.ndarray:
    """Pixels (h, w) inside the piece that are alone in being black or bright."""
    light = picture.astype(float).mean(axis=2)
    inside = binary_erosion((picture < 250).any(axis=2), iterations=1)
    return np.asarray(inside & (np.abs(light - median_filter(light, 3)) > STRAY))


def strays(picture: np.ndarray, beside: np.ndarray) -> int:
    """How many lone pixels another seed does not have."""
    away = np.abs(picture.astype(float).mean(axis=2) - beside.astype(float).mean(axis=2))
    return int((lone(picture) & (away > STRAY)).sum())


def main() -> None:
    """All of them."""
    measure()


if __name__ == "__main__":
    sys.exit(min(measure(*map(int, sys.argv[1:3])), 1))
