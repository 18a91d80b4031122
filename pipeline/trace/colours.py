"""Which metal and which gem a picture shows, by the mean colour of what the model says is metal and stone."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.atelier.materials import GEMS, METALS
from pipeline.colour import lab
from pipeline.images import Pixels
from pipeline.solids.camera import Array
from pipeline.trace.families import METAL, SMALL_STONE, STONE

INSET_PX = 3
"""Part borders mix colours; so far inside them they are read."""
COLOURLESS = 9.0
"""CIELAB chroma below which metal is white, and stones are diamonds."""
ALIKE_DEG = 40.0
"""Hues nearer than this are a reflection."""
PRECIOUS = ("ruby", "sapphire", "emerald")
COLOURED = (
    "ruby", "sapphire", "emerald", "amethyst", "aquamarine", "topaz", "morganite", "citrine", "garnet", "peridot",
)  # fmt: skip
"""Gems a colour alone is read as; others of nearly the same one (spinel, tanzanite) are told by words."""
PRECIOUS_LEAD = 12.0
"""Of two gems of nearly one colour it is the precious one: so much further, in CIELAB, it may lie."""
PALE = 4.0
"""White metal with less colour than this is platinum; with more it is white gold."""


def materials(film: Pixels, seen: NDArray[np.int8]) -> tuple[str, str]:
    """Names of the metal and of the gem ("" where no stone is seen) in a film (n, n, 3) under labels (n, n).

    The gem is that of the stone in the middle; of a line of small ones theirs.
    """
    metal = _mean(film, seen == METAL)
    gem = _mean(film, seen == (STONE if (seen == STONE).any() else SMALL_STONE))
    if metal is None:
        return "yellow_gold", "" if gem is None else _gem(gem)
    return _metal(metal), "" if gem is None else "diamond" if _mirrors(gem, metal) else _gem(gem)


def _mirrors(gem: Array, metal: Array) -> bool:
    """Whether a stone shows no more than its metal's colour, paler: a diamond in gold looks golden."""
    turn = np.degrees(np.arctan2(gem[2], gem[1]) - np.arctan2(metal[2], metal[1]))
    apart = abs((turn + 180) % 360 - 180)
    return bool(apart < ALIKE_DEG and np.hypot(*gem[1:]) < 0.8 * np.hypot(*metal[1:]))


def _mean(film: Pixels, where: NDArray[np.bool_]) -> Array | None:
    """Mean CIELAB of what is neither burnt out nor black, so that reflections of the room count little."""
    square = np.ones((2 * INSET_PX + 1, 2 * INSET_PX + 1), np.uint8)
    inside = cv2.erode(where.astype(np.uint8), square) > 0
    chosen = inside if inside.sum() > 60 else where
    if chosen.sum() < 20:
        return None
    colours = film[chosen]
    bright = colours.max(axis=1)
    lit = colours[(bright > 35) & (colours.min(axis=1) < 235)]
    return np.asarray(lab((lit if len(lit) > 20 else colours) / 255.0).mean(axis=0))


def _metal(colour: Array) -> str:
    chroma = float(np.hypot(colour[1], colour[2]))
    if chroma < COLOURLESS:
        return "white_gold" if colour[2] > PALE else "platinum"
    hue = float(np.degrees(np.arctan2(colour[2], colour[1])))
    return min(("yellow_gold", "rose_gold"), key=lambda name: abs(hue - _hue(METALS[name].f0)))


def _gem(colour: Array) -> str:
    if float(np.hypot(colour[1], colour[2])) < COLOURLESS:
        return "diamond"

    def distance(name: str) -> float:
        lead = PRECIOUS_LEAD if name in PRECIOUS else 0.0
        return _apart(colour, np.asarray(GEMS[name].transmission)) - lead

    return min(COLOURED, key=distance)


def _apart(colour: Array, transmission: Array) -> float:
    """Distance of a picture's colour to a gem's, its depth left free: a larger stone of it is darker."""
    depths = [lab(_encoded(transmission**power)) for power in (0.3, 0.6, 1.0, 1.6)]
    return min(float(np.linalg.norm((colour - one) * [0.35, 1.0, 1.0])) for one in depths)


def _hue(linear: tuple[float, float, float]) -> float:
    colour = lab(_encoded(np.asarray(linear)))
    return float(np.degrees(np.arctan2(colour[2], colour[1])))


def _encoded(linear: Array) -> Array:
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))
