"""What pieces weigh: by their alloy, each place of metal once, tubing and ropes as they are made."""

import numpy as np
import pytest

from pipeline.atelier.alloys import alloy
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.geometry.solid import decompose, unite
from pipeline.atelier.language.prompt import read
from pipeline.atelier.materials import METALS
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import SOLDERED, Piece
from pipeline.atelier.pieces.build import build

RANGES = {
    375: (10.9, 12.7), 585: (12.9, 14.6), 750: (14.7, 16.9), 916: (17.6, 17.9), 999: (19.2, 19.4),
}  # fmt: skip
"""Densities of gold alloys in assay tables, g/cm3, by fineness."""


@pytest.mark.parametrize("fineness", RANGES)
@pytest.mark.parametrize("metal", ["yellow_gold", "rose_gold", "white_gold"])
def test_gold_is_as_dense_as_assay_tables_say(metal: str, fineness: int) -> None:
    low, high = RANGES[fineness]
    assert low <= alloy(metal, fineness).density <= high  # type: ignore[arg-type]


@pytest.mark.parametrize("metal", METALS)
def test_more_precious_is_denser_and_the_usual_is_meant(metal: str) -> None:
    """Density rises with fineness; without one it is that of 750, sterling or 950; too low a one is not taken."""
    usual = alloy(metal)  # type: ignore[arg-type]
    fine = [alloy(metal, parts).density for parts in range(850, 1000, 10)]  # type: ignore[arg-type]
    assert (np.diff(fine) >= 0).all()
    assert usual == alloy(metal, {"platinum": 950}.get(metal, 925 if "silver" in metal else 750))  # type: ignore[arg-type]
    if "gold" not in metal:
        assert alloy(metal, 585) == usual  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "name", "density"),
    [
        ("14k gold band", "14 k yellow gold", 13.4),
        ("9ct gold band", "9 k yellow gold", 11.1),
        ("22 karat gold band", "22 k yellow gold", 17.7),
        ("rose gold 585 band", "14 k rose gold", 13.3),
        ("18k gold band", "18 k yellow gold", 15.5),
        ("gold band", "18 k yellow gold", 15.5),
        ("silver 835 band", "silver 835", 10.2),
        ("sterling silver band", "sterling silver", 10.36),
        ("platinum band", "platinum 950", 20.6),
        ("titanium band", "titanium", 4.51),
        ("tungsten carbide band", "tungsten carbide", 14.9),
        ("stainless steel band", "stainless steel 316L", 7.99),
        ("palladium band", "palladium 950", 11.8),
    ],
)
def test_fineness_counts(words: str, name: str, density: float) -> None:
    (weight,) = figures(read(f"plain {words} 4 mm wide").spec).weights
    assert weight.alloy == name
    assert weight.grams == pytest.approx(weight.volume_mm3 * density / 1000, rel=5e-3)


@pytest.mark.parametrize(
    ("prompt", "least", "most"),
    [
        ("rope chain necklace 55 cm 3 mm", 15, 20),
        ("14k gold rope chain 50 cm 3 mm", 9, 15),
        ("14k gold hoops 30 mm 4 mm thick", 4, 6),
        ("2 mm gold band size 54", 2, 3.5),
        ("silver ball chain necklace 45 cm 2 mm", 2, 6),
    ],
)
def test_weights_of_the_trade(prompt: str, least: float, most: float) -> None:
    """Grams as retailers' tables and shop pages give them for such pieces."""
    assert least <= sum(weight.grams for weight in figures(read(prompt).spec).weights) <= most


def united(piece: Piece, metal: str) -> float:
    """Volume in mm3 of a metal's soldered bodies, all of them united."""
    bodies = []
    for part in piece.parts:
        if part.material == metal and (not part.repeats or part.role in SOLDERED):
            bodies += (
                decompose(Mesh(part.vertices, part.faces))
                if part.repeats
                else [Mesh(part.vertices, part.faces)]
            )
    return volume(unite(bodies))


@pytest.mark.parametrize(
    "prompt",
    [
        "gold band with milgrain",
        "halo ring with a ruby and a pave band in platinum",
        "gold eternity ring with diamonds",
    ],
)
def test_soldered_grains_and_beads_weigh_once(prompt: str) -> None:
    """Measured on a few of them, within half a percent of the union of all."""
    spec = read(prompt).spec
    piece = build(spec)
    (weight,) = figures(spec, piece).weights
    assert weight.volume_mm3 == pytest.approx(united(piece, spec.metal), rel=5e-3)


def test_a_rope_is_lighter_than_a_rod_and_its_strands_weigh_once() -> None:
    """Drawn as three strands that sink into one another: their union stays below the rod around them."""
    spec = read("rope chain necklace 55 cm 3 mm").spec
    piece = build(spec)
    chain = next(part for part in piece.parts if part.repeats)
    drawn = figures(spec, piece).weights[0].volume_mm3 / chain.filled
    assert drawn < np.pi * 1.5**2 * 550 < 1.35 * volume(Mesh(chain.vertices, chain.faces))
