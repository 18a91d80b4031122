"""Metals, gems and finishes as optical constants. The one table that geometry, renderer and GLB share.

Colours are linear sRGB in 0..1. Metal reflectances follow published normal-incidence values, moved a little where
an alloy must be told from its neighbour in a photograph. Refractive indices and dispersions (n at 430.8 nm minus n
at 686.7 nm) are the gemmological tables' values (Gemological Institute of America; of beryl, corundum, quartz and
moissanite the ordinary ray, of other doubly refracting stones, of rocks and organic ones the mean). Published lists of
dispersion agree on them but for tanzanite, which stands at .021 in some and at .030 in others. Birefringences are those
tables' as well (zircon .059, moissanite .043, peridot .036; tourmaline .018 to .020 seldom shows). Colours of bodies
are those of usual goods, set by eye; what a pleochroic stone shows along its axis and across it is told by the same
tables in words: tanzanite blue and violet, iolite violet-blue and straw, alexandrite green and purplish red,
tourmaline dark and light.
"""

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

Color = tuple[float, float, float]


@dataclass(frozen=True)
class Metal:
    """A conductor: `f0` its reflectance at normal incidence, `roughness` the GGX alpha of a high polish.

    `shade` tints what the metal mirrors of the dark parts of the studio. Gold worn or photographed mirrors gold and
    skin there, never neutral grey, which would read as olive.
    """

    label: str
    f0: Color
    roughness: float
    shade: Color


# Reciprocal squares of wavelengths in nm: the sodium line, for which indices are tabled, the lines between which
# gemmology tells dispersion, and the dominant wavelengths of the sRGB primaries (611, 549 and 464 nm).
_SODIUM, _B_TO_G = 589.3**-2, 430.8**-2 - 686.7**-2
_PRIMARIES = np.array([611.0**-2, 549.0**-2, 464.0**-2])


class Body(Enum):
    """How light meets a gem: through it, or off a coloured body under a polished surface."""

    CLEAR = "clear"
    COATED = "coated"


@dataclass(frozen=True)
class Gem:
    """A stone. `transmission` is the colour left of white after one stone-width of path (clear stones).

    `albedo` is the body colour and `pattern` what varies it ("", "opal", "pearl", "matrix") for coated stones.
    `birefringence` is the extraordinary ray's index less the ordinary one's across the optic axis, told only where the
    eye sees facets doubled; `across` the `transmission` of the extraordinary ray of stones that show two colours.
    """

    label: str
    body: Body
    ior: float
    dispersion: float = 0.0
    transmission: Color = (1.0, 1.0, 1.0)
    albedo: Color = (1.0, 1.0, 1.0)
    roughness: float = 0.0
    pattern: str = ""
    birefringence: float = 0.0
    across: Color | None = None

    @property
    def indices(self) -> Color:
        """Refractive indices for the sRGB primaries, after Cauchy's law n = a + b / wavelength squared."""
        red, green, blue = self.ior + self.dispersion * (_PRIMARIES - _SODIUM) / _B_TO_G
        return float(red), float(green), float(blue)


@dataclass(frozen=True)
class Finish:
    """What a finish does to a polished metal: GGX alphas along and across the stroke, and a relief in millimetres."""

    label: str
    along: float
    across: float
    relief: str = ""
    strength: float = 0.0


METALS: dict[str, Metal] = {
    "yellow_gold": Metal("yellow gold", (1.0, 0.70, 0.285), 0.014, (1.30, 0.86, 0.42)),
    "rose_gold": Metal("rose gold", (0.98, 0.62, 0.47), 0.014, (1.22, 0.86, 0.72)),
    "white_gold": Metal("white gold", (0.87, 0.84, 0.785), 0.015, (1.04, 1.0, 0.94)),
    "platinum": Metal("platinum", (0.679, 0.642, 0.588), 0.022, (1.03, 1.0, 0.95)),
    "silver": Metal("silver", (0.972, 0.960, 0.935), 0.014, (1.05, 1.05, 1.05)),
    "blackened_silver": Metal("blackened silver", (0.15, 0.148, 0.15), 0.11, (1.0, 1.0, 1.0)),
    "palladium": Metal("palladium", (0.72, 0.69, 0.65), 0.022, (1.0, 0.99, 0.97)),
    "steel": Metal("stainless steel", (0.60, 0.585, 0.57), 0.03, (0.98, 0.99, 1.0)),
    "titanium": Metal("titanium", (0.50, 0.465, 0.43), 0.06, (0.98, 0.97, 0.95)),
    "tungsten": Metal("tungsten carbide", (0.42, 0.415, 0.42), 0.02, (0.95, 0.97, 1.0)),
    "cobalt": Metal("cobalt chrome", (0.66, 0.655, 0.65), 0.02, (0.98, 1.0, 1.02)),
    "brass": Metal("brass", (0.91, 0.76, 0.42), 0.025, (1.2, 0.95, 0.55)),
    "bronze": Metal("bronze", (0.82, 0.58, 0.36), 0.03, (1.2, 0.9, 0.6)),
    "copper": Metal("copper", (0.93, 0.62, 0.52), 0.02, (1.22, 0.84, 0.7)),
    # Zirconium oxide mirrors as glass does, off a body of its own colour: a white one's is in SURFACES.
    "black_ceramic": Metal("black ceramic", (0.14, 0.14, 0.145), 0.02, (1.0, 1.0, 1.0)),
}

_FINENESSES = (375, 585, 750, 916, 999)
_GOLDS: dict[str, tuple[Color, ...]] = {
    "yellow_gold": (
        (0.955, 0.735, 0.420), (0.975, 0.720, 0.350), (1.0, 0.70, 0.285), (1.0, 0.685, 0.235), (1.0, 0.675, 0.205),
    ),
    "rose_gold": (
        (0.955, 0.595, 0.470), (0.970, 0.605, 0.470), (0.98, 0.62, 0.47), (1.0, 0.650, 0.390), (1.0, 0.675, 0.205),
    ),
    "white_gold": (
        (0.84, 0.825, 0.785), (0.855, 0.83, 0.785), (0.87, 0.84, 0.785), (0.89, 0.84, 0.745), (0.90, 0.84, 0.72),
    ),
}  # fmt: skip
"""Reflectances of golds from 9 k to fine, set by eye between those of 18 k and of pure gold: low alloys are paler."""


def metal_look(name: str, fineness: int | None = None) -> Metal:
    """A metal of METALS as its fineness in parts per thousand looks; none means the usual one."""
    metal = METALS[name]
    if fineness is None or name not in _GOLDS:
        return metal
    red, green, blue = (
        float(np.interp(fineness, _FINENESSES, channel)) for channel in zip(*_GOLDS[name], strict=True)
    )
    return replace(metal, f0=(red, green, blue))


def look(metal: str, substance: str) -> str:
    """The material that a substance is shown in; ``metal`` says whether it is light or blackened."""
    if metal == "blackened_silver":
        return "black_ceramic" if substance == "ceramic" else "blackened_silver"
    return "white_ceramic" if substance == "ceramic" else substance


GEMS: dict[str, Gem] = {
    "diamond": Gem("diamond", Body.CLEAR, 2.417, 0.044),
    "ruby": Gem("ruby", Body.CLEAR, 1.770, 0.018, (0.80, 0.020, 0.065)),
    "sapphire": Gem("sapphire", Body.CLEAR, 1.770, 0.018, (0.035, 0.115, 0.62)),
    "emerald": Gem("emerald", Body.CLEAR, 1.580, 0.014, (0.030, 0.60, 0.22)),
    "amethyst": Gem("amethyst", Body.CLEAR, 1.550, 0.013, (0.45, 0.12, 0.70)),
    "aquamarine": Gem("aquamarine", Body.CLEAR, 1.577, 0.014, (0.70, 0.93, 0.97)),
    "topaz": Gem("topaz", Body.CLEAR, 1.620, 0.014, (0.40, 0.78, 0.97)),
    "morganite": Gem("morganite", Body.CLEAR, 1.583, 0.014, (0.985, 0.80, 0.76)),
    "citrine": Gem("citrine", Body.CLEAR, 1.550, 0.013, (0.96, 0.60, 0.07)),
    "garnet": Gem("garnet", Body.CLEAR, 1.760, 0.024, (0.50, 0.02, 0.03)),
    "peridot": Gem("peridot", Body.CLEAR, 1.670, 0.020, (0.55, 0.80, 0.10), birefringence=0.036),
    "onyx": Gem("onyx", Body.COATED, 1.540, albedo=(0.006, 0.006, 0.007), roughness=0.02),
    "opal": Gem("opal", Body.COATED, 1.450, albedo=(0.60, 0.63, 0.68), roughness=0.02, pattern="opal"),
    # Nacre mirrors from many thin layers: its gloss is that of a denser body than its index of 1.56 says.
    "pearl": Gem("pearl", Body.COATED, 1.850, albedo=(0.90, 0.87, 0.83), roughness=0.03, pattern="pearl"),
    "turquoise": Gem(
        "turquoise", Body.COATED, 1.610, albedo=(0.07, 0.50, 0.50), roughness=0.05, pattern="matrix"
    ),
    "moissanite": Gem("moissanite", Body.CLEAR, 2.654, 0.104, (0.99, 0.99, 0.955), birefringence=0.043),
    "cubic_zirconia": Gem("cubic zirconia", Body.CLEAR, 2.165, 0.060),
    "black_diamond": Gem("black diamond", Body.COATED, 2.417, albedo=(0.008, 0.008, 0.009), roughness=0.015),
    "spinel": Gem("spinel", Body.CLEAR, 1.718, 0.020, (0.83, 0.06, 0.12)),
    "tanzanite": Gem("tanzanite", Body.CLEAR, 1.695, 0.021, (0.17, 0.13, 0.68), across=(0.42, 0.09, 0.60)),
    "tourmaline": Gem("tourmaline", Body.CLEAR, 1.634, 0.017, (0.88, 0.16, 0.40), across=(0.94, 0.40, 0.58)),
    # In daylight; by a candle it would be purple.
    "alexandrite": Gem(
        "alexandrite", Body.CLEAR, 1.750, 0.015, (0.10, 0.44, 0.40), across=(0.46, 0.13, 0.30)
    ),
    "moonstone": Gem(
        "moonstone", Body.COATED, 1.522, albedo=(0.66, 0.68, 0.72), roughness=0.03, pattern="glow"
    ),
    "labradorite": Gem(
        "labradorite", Body.COATED, 1.564, albedo=(0.075, 0.085, 0.09), roughness=0.03, pattern="schiller"
    ),
    "lapis_lazuli": Gem(
        "lapis lazuli", Body.COATED, 1.500, albedo=(0.022, 0.05, 0.30), roughness=0.05, pattern="flecks"
    ),
    "malachite": Gem(
        "malachite", Body.COATED, 1.780, albedo=(0.02, 0.27, 0.11), roughness=0.04, pattern="bands"
    ),
    "jade": Gem("jade", Body.COATED, 1.660, albedo=(0.10, 0.42, 0.17), roughness=0.035, pattern="cloud"),
    "coral": Gem("coral", Body.COATED, 1.570, albedo=(0.62, 0.085, 0.05), roughness=0.04),
    "mother_of_pearl": Gem(
        "mother-of-pearl", Body.COATED, 1.600, albedo=(0.84, 0.82, 0.78), roughness=0.04, pattern="nacre"
    ),
    "tigers_eye": Gem(
        "tiger's eye", Body.COATED, 1.550, albedo=(0.36, 0.17, 0.035), roughness=0.03, pattern="silk"
    ),
    "star_sapphire": Gem(
        "star sapphire", Body.COATED, 1.770, albedo=(0.035, 0.065, 0.27), roughness=0.02, pattern="star"
    ),
    "star_ruby": Gem(
        "star ruby", Body.COATED, 1.770, albedo=(0.30, 0.018, 0.055), roughness=0.02, pattern="star"
    ),
    "cats_eye": Gem(
        "cat's eye", Body.COATED, 1.750, albedo=(0.40, 0.29, 0.075), roughness=0.02, pattern="eye"
    ),
    "iolite": Gem("iolite", Body.CLEAR, 1.547, 0.017, (0.22, 0.19, 0.66), across=(0.86, 0.80, 0.62)),
    "zircon": Gem("zircon", Body.CLEAR, 1.950, 0.039, birefringence=0.059),
}

ENAMELS: dict[str, Gem] = {
    f"{colour}_enamel": Gem(f"{colour.replace('_', ' ')} enamel", Body.COATED, 1.52, albedo=albedo, roughness=0.02)
    for colour, albedo in {
        "red": (0.42, 0.012, 0.018), "blue": (0.012, 0.045, 0.33), "light_blue": (0.20, 0.50, 0.72),
        "turquoise": (0.02, 0.38, 0.42), "green": (0.01, 0.16, 0.05), "black": (0.006, 0.006, 0.007),
        "white": (0.82, 0.82, 0.80), "pink": (0.75, 0.26, 0.38), "purple": (0.13, 0.03, 0.26),
        "yellow": (0.80, 0.52, 0.03), "orange": (0.75, 0.22, 0.02),
    }.items()
}  # fmt: skip
"""Glass fused onto metal: a coloured body under a polished surface. Its index is that of lead glass."""

CERAMIC: dict[str, Gem] = {
    "white_ceramic": Gem("white ceramic", Body.COATED, 2.1, albedo=(0.80, 0.80, 0.78), roughness=0.02)
}
CORDS: dict[str, Gem] = {
    "leather": Gem("black leather", Body.COATED, 1.45, albedo=(0.018, 0.017, 0.017), roughness=0.22),
    "brown_leather": Gem("brown leather", Body.COATED, 1.45, albedo=(0.14, 0.055, 0.022), roughness=0.25),
    "cotton": Gem("waxed cotton", Body.COATED, 1.40, albedo=(0.03, 0.028, 0.026), roughness=0.45),
    "silk": Gem("silk cord", Body.COATED, 1.40, albedo=(0.42, 0.012, 0.03), roughness=0.3),
}
SURFACES: dict[str, Gem] = GEMS | ENAMELS | CERAMIC | CORDS
"""Everything that is no metal: stones; and enamel, ceramic and cords, which no one sets or weighs in carats."""
CAST: frozenset[str] = frozenset({*METALS, *CERAMIC})
"""What bodies are made of: all metals, and ceramic."""

FINISHES: dict[str, Finish] = {
    "polished": Finish("polished", 0.0, 0.0),
    "satin": Finish("satin", 0.20, 0.24),
    "brushed": Finish("brushed", 0.06, 0.22, "strokes", 0.07),
    "hammered": Finish("hammered", 0.03, 0.03, "dimples", 0.20),
    "sandblasted": Finish("sandblasted", 0.42, 0.42, "grain", 0.13),
}
