"""Whether everything that builds also renders: random specs and the prompts of the table, as small drafts.

Run: python -m benchmarks.atelier_drafts [count]
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from pipeline.atelier.camera import master_camera
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.film import DRAFT
from pipeline.atelier.spec import Spec
from pipeline.errors import LoupeError
from tests.atelier.language.prompt_table import rows
from tests.atelier.random_spec import random_spec

SIZE = 96
# Pixels of the silhouette that even the thinnest chain shows at this size.
SEEN_PX = 40
# Share of the upper border that the strands of the heaviest chain and their shadows cross: two slanting ones of
# camera.CHAIN_FILL each.
CHAIN_SHARE = 0.30


def measure(count: int = 200) -> None:
    """Print how many of each were rendered, and what was wrong with the others."""
    sets: dict[str, list[Spec]] = {
        "random specs": [random_spec(seed) for seed in range(count)],
        "prompts": [read(prompt).spec for *_, prompt in rows()],
    }
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer:
        for label, specs in sets.items():
            begun, good = time.monotonic(), 0
            for number, spec in enumerate(specs):
                fault = look(renderer, spec)
                good += not fault
                if fault:
                    print(f"{label} {number} ({spec.kind}): {fault}", flush=True)
            print(
                f"{good} of {len(specs)} {label} render at draft, {SIZE} px, {time.monotonic() - begun:.0f} s",
                flush=True,
            )


def look(renderer: Renderer, spec: Spec) -> str:
    """What is wrong with a piece's draft; nothing if it shows a piece on a page that ends white."""
    piece = build(spec)
    try:
        picture = renderer.render(piece, master_camera(piece), size=SIZE, quality=DRAFT)
    except LoupeError as error:
        return str(error)
    border = np.concatenate([picture[-1], picture[1:, 0], picture[1:, -1]])
    seen = int((picture < 235).any(axis=2).sum())
    if seen < SEEN_PX:
        return f"only {seen} pixels are not page"
    # A pendant seen close: its chain leaves by the top, and nothing else does.
    left = int((picture[0] < 255).any(axis=1).sum())
    crossed = left > (CHAIN_SHARE * SIZE if spec.kind == "necklace" else 0)
    return "the page is not white at its border" if crossed or (border < 255).any() else ""


if __name__ == "__main__":
    measure(*map(int, sys.argv[1:2]))
