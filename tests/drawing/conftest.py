"""Pictures with known edges, made here: no photograph is needed to test the draughtsman."""

from functools import lru_cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipeline.drawing import pencil
from pipeline.photo.ground import apart


def ring(side: int = 900, tilt: float = 0.6, tone: int = 150, paper: int = 250) -> np.ndarray:
    """A shaded gold band with one round stone, on even paper."""
    scale = 3
    big = side * scale
    canvas = Image.new("RGB", (big, big), (paper, paper, paper))
    pen = ImageDraw.Draw(canvas)
    middle, outer = big / 2, 0.36 * big
    for step in range(40):
        radius = outer * (1 - 0.2 * step / 40)
        light = tone + 90 * np.sin(step / 40 * np.pi)
        colour = (int(min(255, light * 1.05)), int(min(255, light * 0.85)), int(min(255, light * 0.45)))
        pen.ellipse(
            (middle - radius, middle - radius * tilt, middle + radius, middle + radius * tilt), fill=colour
        )
    hole = outer * 0.78
    pen.ellipse((middle - hole, middle - hole * tilt, middle + hole, middle + hole * tilt), fill=(paper,) * 3)
    stone, top = 0.09 * big, middle - outer * tilt
    pen.ellipse((middle - stone, top - stone, middle + stone, top + stone), fill=(150, 20, 40))
    pen.polygon(
        [(middle + stone * 0.55 * np.cos(a), top + stone * 0.55 * np.sin(a)) for a in np.linspace(0, 5.5, 8)],
        fill=(215, 90, 110),
    )
    return np.asarray(
        canvas.filter(ImageFilter.GaussianBlur(scale)).resize((side, side), Image.Resampling.BOX)
    )


def on_paper(rgb: np.ndarray, **how: object) -> np.ndarray:
    """The drawing of a piece told from its ground as the sketch stage tells it."""
    return pencil(rgb, mask=mask_of(rgb.tobytes(), rgb.shape), **how)


@lru_cache(maxsize=8)
def mask_of(levels: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """Told apart once, drawn many times."""
    return apart(np.frombuffer(levels, np.uint8).reshape(shape)).mask


@pytest.fixture(scope="session")
def band() -> np.ndarray:
    return ring()
