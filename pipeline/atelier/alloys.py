"""What the metal of a piece is made of: names and densities of alloys by their fineness.

Gold: specific volumes interpolated between the usual alloys of each colour (yellow 375 11.1, 585 13.4, 750 15.5,
916 17.7; rose 11.2, 13.3, 15.1, 17.6; white with palladium and silver 11.8, 13.7, 15.6), all of them within the
ranges that assay tables give (9 ct 10.9 to 12.7, 14 ct 12.9 to 14.6, 18 ct yellow 15.2 to 15.9, 18 ct white 14.7 to
16.9, 22 ct 17.7 to 17.8). Silver with copper: specific volumes add (10.49 and 8.96). Others: makers' data sheets.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.atelier.spec import Metal, Substance

PURE_GOLD, PURE_SILVER, COPPER = 19.32, 10.49, 8.96
_GOLDS: dict[Metal, tuple[float, float, float, float]] = {
    "yellow_gold": (11.1, 13.4, 15.5, 17.7),
    "rose_gold": (11.2, 13.3, 15.1, 17.6),
    "white_gold": (11.8, 13.7, 15.6, 17.8),
}
"""Densities at 375, 585, 750 and 916 parts per thousand, g/cm3."""
_KNOTS = (375, 585, 750, 916, 1000)
_PLATINUM = {850: 19.0, 900: 19.8, 950: 20.6, 999: 21.4}
_PALLADIUM = {500: 11.1, 950: 11.8, 999: 12.0}
"""Palladium 500 is alloyed with silver (10.49), so that specific volumes add; 950 with ruthenium."""
USUAL_PARTS = {"gold": 750, "silver": 925, "platinum": 950, "palladium": 950}
"""What is meant where no fineness is said."""
_LOWEST = {"gold": 333, "silver": 800, "platinum": 850, "palladium": 500}
"""Finenesses below are not sold under the metal's name."""
_SUBSTANCES: dict[Substance, tuple[str, float]] = {
    "steel": ("stainless steel 316L", 7.99), "titanium": ("titanium", 4.51),
    "tungsten": ("tungsten carbide", 14.9), "cobalt": ("cobalt chrome", 8.3), "brass": ("brass", 8.5),
    "bronze": ("bronze", 8.8), "copper": ("copper", 8.96), "ceramic": ("zirconia ceramic", 6.05),
}  # fmt: skip
PARTS_BY_KARAT = {9: 375, 10: 417, 12: 500, 14: 585, 15: 625, 18: 750, 20: 833, 21: 875, 22: 916, 24: 999}
"""Parts per thousand of gold by karat, as hallmarks give them."""
KARATS = {parts: karat for karat, parts in PARTS_BY_KARAT.items()}


@dataclass(frozen=True)
class Alloy:
    """An alloy as a title block names it, and its density in g/cm3."""

    name: str
    density: float


def alloy(metal: Metal, fineness: int | None = None, substance: Substance | None = None) -> Alloy:
    """What a metal of a piece is made of.

    `fineness` in parts per thousand counts for the metals that are sold in it, so that of a 585 gold ring with a
    silver chain the chain stays sterling; `substance` is a base metal shown by the look of a precious one.
    """
    if substance is not None:
        name, density = _palladium(fineness) if substance == "palladium" else _SUBSTANCES[substance]
        black = "black" if substance == "ceramic" else "blackened"
        return Alloy(f"{black} {name}" if metal == "blackened_silver" else name, density)
    family = "gold" if metal in _GOLDS else "platinum" if metal == "platinum" else "silver"
    parts = fineness if fineness is not None and fineness >= _LOWEST[family] else USUAL_PARTS[family]
    if family == "gold":
        volumes = 1 / np.array([*_GOLDS[metal], PURE_GOLD])
        density = round(float(1 / np.interp(parts, _KNOTS, volumes)), 1)
        stamp = f"{KARATS[parts]} k" if parts in KARATS else f"{parts}"
        return Alloy(f"{stamp} {metal.replace('_', ' ')}", density)
    if family == "platinum":
        return Alloy(f"platinum {parts}", _between(parts, _PLATINUM))
    density = round(1 / (parts / 1000 / PURE_SILVER + (1 - parts / 1000) / COPPER), 2)
    name = "sterling silver" if parts == 925 else f"silver {parts}"
    return Alloy(f"blackened {name}" if metal == "blackened_silver" else name, density)


def _palladium(fineness: int | None) -> tuple[str, float]:
    sold = fineness is not None and fineness >= _LOWEST["palladium"]
    parts = fineness if fineness is not None and sold else USUAL_PARTS["palladium"]
    return f"palladium {parts}", _between(parts, _PALLADIUM)


def _between(parts: int, densities: dict[int, float]) -> float:
    """Density at a fineness, between those of the usual ones."""
    return round(float(np.interp(parts, [*densities], [*densities.values()])), 1)
