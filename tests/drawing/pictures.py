"""Twelve pictures of rings, of several tilts, tones, papers and qualities: made here, so anyone can make them again."""

import numpy as np

from tests.drawing.conftest import ring

CASES = (
    (0.6, 150, 250, 0.0), (0.9, 120, 244, 0.0), (0.45, 165, 255, 0.0), (0.7, 150, 60, 0.0),
    (0.3, 140, 250, 0.0), (0.8, 90, 250, 3.0), (0.55, 170, 235, 5.0), (1.0, 130, 128, 0.0),
    (0.65, 60, 255, 2.0), (0.5, 110, 20, 0.0), (0.75, 180, 255, 1.0), (0.4, 100, 200, 8.0),
)  # fmt: skip
"""Tilt, tone, paper, standard deviation of the noise."""


def pictures(side: int = 640) -> list[np.ndarray]:
    """The twelve, uint8 RGB, square."""
    draw = np.random.default_rng(12)
    made = []
    for tilt, tone, paper, noise in CASES:
        picture = ring(side, tilt, tone, paper).astype(np.float32)
        picture += draw.normal(0, noise, picture.shape) if noise else 0
        made.append(np.clip(picture, 0, 255).astype(np.uint8))
    return made
