"""What stones weigh: specific gravities, and the trade's formulas from size to carats and back."""

import math

from pipeline.atelier.spec import Cut, Gem

DENSITY: dict[Gem, float] = {
    "diamond": 3.52, "ruby": 4.00, "sapphire": 4.00, "emerald": 2.72, "amethyst": 2.65, "aquamarine": 2.72,
    "topaz": 3.53, "morganite": 2.80, "citrine": 2.65, "garnet": 3.90, "peridot": 3.34, "onyx": 2.60,
    "opal": 2.15, "pearl": 2.72, "turquoise": 2.76, "moissanite": 3.22, "cubic_zirconia": 5.80, "black_diamond": 3.52,
    "spinel": 3.60, "tanzanite": 3.35, "tourmaline": 3.06, "alexandrite": 3.73, "moonstone": 2.58, "labradorite": 2.70,
    "lapis_lazuli": 2.75, "malachite": 3.95, "jade": 3.34, "coral": 2.65, "mother_of_pearl": 2.70, "tigers_eye": 2.65,
    "star_sapphire": 4.00, "star_ruby": 4.00, "cats_eye": 3.73, "iolite": 2.61, "zircon": 4.70,
}  # fmt: skip
"""Specific gravity, g/cm3, the usual value of the Gemological Institute of America's gem encyclopedia.

Jade is jadeite's; zirconia's lies between 5.6 and 6.0 by its stabiliser; mother-of-pearl is aragonite with conchiolin.
"""

SHAPE_FACTOR: dict[str, float] = {
    "round": 0.0061, "oval": 0.0062, "princess": 0.0083, "emerald": 0.0082, "cushion": 0.0082, "pear": 0.0059,
    "marquise": 0.0058, "heart": 0.0059, "trillion": 0.0057, "baguette": 0.0092, "asscher": 0.0080,
    "radiant": 0.0081, "old_european": 0.0061, "old_mine": 0.0078, "rose": 0.0068, "hexagon": 0.0065,
    "kite": 0.0044,
}  # fmt: skip
DEPTH_RATIO: dict[str, float] = {
    "round": 0.605, "oval": 0.62, "princess": 0.72, "emerald": 0.65, "cushion": 0.64, "pear": 0.62,
    "marquise": 0.62, "cabochon": 0.5, "heart": 0.60, "trillion": 0.50, "baguette": 0.64, "asscher": 0.70,
    "radiant": 0.67, "old_european": 0.65, "old_mine": 0.65, "rose": 0.37, "hexagon": 0.70, "kite": 0.575,
}  # fmt: skip
"""Usual total depth over width, for weight estimates."""


def carats(gem: Gem, cut: Cut, length_mm: float, width_mm: float) -> float:
    """Weight in carats (0.2 g) from the size, by the trade's estimation formulas.

    length x width x depth x shape factor (GIA, "Estimating diamond weights": round 0.0061, oval 0.0062, princess
    0.0083, emerald and cushion about 0.0082, pear and heart 0.0059, marquise 0.0058, triangle 0.0057, square step
    0.0080, rectangular cut-cornered brilliant 0.0081, straight baguette 0.0092; the old mine between square and round),
    scaled from diamond by specific gravity. For roses, hexagons and kites the trade has no factor: theirs is the volume
    of the cut itself. Pearls and cabochons weigh their volume.
    """
    if cut == "pearl":
        return math.pi / 6 * length_mm**3 * DENSITY[gem] / 200
    depth = width_mm * DEPTH_RATIO[cut]
    if cut == "cabochon":
        return float(math.pi / 6 * length_mm * width_mm * depth * DENSITY[gem] / 200)
    return length_mm * width_mm * depth * SHAPE_FACTOR[cut] * DENSITY[gem] / DENSITY["diamond"]


def size_for(gem: Gem, cut: Cut, weight_ct: float, ratio: float) -> float:
    """Length in mm of a stone of the given weight: the inverse of ``carats``."""
    return float((weight_ct / carats(gem, cut, 1.0, 1.0 / ratio)) ** (1 / 3))
