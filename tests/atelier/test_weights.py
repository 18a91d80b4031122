"""What pieces weigh: by their alloy, each place of metal once, tubing and ropes as they are made."""

import io
from typing import Any

import manifold3d
import numpy as np
import pytest
import trimesh

from pipeline.atelier.alloys import alloy
from pipeline.atelier.files.stl import to_stl
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.geometry.solid import decompose, unite
from pipeline.atelier.language.prompt import read
from pipeline.atelier.materials import METALS
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import SOLDERED, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec

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
        ("palladium 500 band", "palladium 500", 11.1),
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


@pytest.mark.parametrize(
    ("style", "gauge", "inches", "fineness", "hollow", "least", "most"),
    [
        ("rope", 3.0, 20, 585, False, 11, 13.5),
        ("figaro", 4.0, 24, 585, False, 14, 16),
        ("curb", 5.0, 22, 585, False, 30, 35),
        ("curb", 5.0, 22, 585, True, 7, 12),
        ("rope", 5.0, 20, 417, True, 7.5, 10),
    ],
)
def test_chains_weigh_what_published_ones_do(
    style: str, gauge: float, inches: float, fineness: int, hollow: bool, least: float, most: float
) -> None:
    """Solid ones and such of hollow links; the sources stand in the benchmark's table of published weights."""
    spec = Spec.model_validate({
        "kind": "necklace", "fineness": fineness, "construction": "hollow" if hollow else "solid",
        "chain": {"style": style, "gauge_mm": gauge, "length_mm": 25.4 * inches},
    })  # fmt: skip
    assert spec.idle() == {}
    assert least <= sum(weight.grams for weight in figures(spec).weights) <= most


@pytest.mark.parametrize(
    ("words", "construction", "wall"),
    [
        ("hollow 10k gold rope chain 5 mm, 50 cm", "hollow", None),
        ("hollow gold hoops 20 mm, 2 mm tube", "hollow", None),
        ("gold hoops with a 3 mm tube, not hollow", "solid", None),
        ("gold hoops with a 3 mm tube", None, None),
        ("hollow gold bangle 8 mm wide 4 mm thick with a 0.5 mm wall", "hollow", 0.5),
        ("silver ball chain 45 cm 3 mm solid balls", "solid", None),
        ("hohle Creolen 585 Gold 30 mm", "hollow", None),
        ("pendientes de aro huecos de oro 18k 30 mm", "hollow", None),
        ("hollow out flower ring in silver", None, None),
    ],
)
def test_words_for_hollow(words: str, construction: str | None, wall: float | None) -> None:
    spec = read(words).spec
    assert (spec.construction, spec.wall_mm) == (construction, wall)


def test_what_cannot_be_hollow_is_said_once() -> None:
    reading = read("hollow heart pendant necklace in gold")
    assert reading.spec.construction is None
    assert sum("hollow" in line for line in reading.assumed) == 1


HOLLOW: tuple[tuple[dict[str, Any], float], ...] = (
    ({"kind": "earrings", "earrings": {"style": "hoop", "diameter_mm": 30, "wire_mm": 4}}, 0.2),
    ({"kind": "earrings", "earrings": {"style": "hoop", "wire_mm": 1.2}, "construction": "hollow"}, 0.2),
    ({"kind": "earrings", "earrings": {"style": "hoop", "wire_mm": 5}, "wall_mm": 0.9}, 0.9),
    ({"kind": "earrings", "earrings": {"style": "hoop", "wire_mm": 4}, "second_metal": "silver"}, 0.2),
    ({"kind": "bracelet", "bracelet": {"style": "bangle"}, "construction": "hollow"}, 0.4),
    ({"kind": "bracelet", "bracelet": {"style": "bangle", "width_mm": 12, "thickness_mm": 4},
      "construction": "hollow"}, 0.4),
    ({"kind": "necklace", "chain": {"style": "ball", "gauge_mm": 2.4, "length_mm": 160}}, 0.15),
    ({"kind": "necklace", "chain": {"style": "ball", "gauge_mm": 6, "length_mm": 160}}, 0.15),
)  # fmt: skip


@pytest.mark.parametrize(("data", "wall"), HOLLOW)
def test_what_is_hollow_is_a_wall_that_is_open_somewhere(data: dict[str, Any], wall: float) -> None:
    """It weighs what its shell does, and is closed in the STL without a void that nothing reaches."""
    spec = Spec.model_validate(data)
    piece = build(spec)
    solid = sum(
        weight.volume_mm3 for weight in figures(spec.model_copy(update={"construction": "solid"})).weights
    )
    volume_mm3 = sum(weight.volume_mm3 for weight in figures(spec, piece).weights)
    assert volume_mm3 < 0.9 * solid
    cast = trimesh.load(io.BytesIO(to_stl(piece)), file_type="stl")
    assert cast.is_watertight
    assert cast.volume == pytest.approx(volume_mm3, rel=2e-3)
    shells = decompose(Mesh(np.asarray(cast.vertices, float), np.asarray(cast.faces, np.int32)))
    assert all(volume(shell) > 0 for shell in shells)
    if "chain" not in data:
        # Across its middle the shell is as thick as its wall: a hoop stands upright, a bangle lies around z.
        body = max(shells, key=volume)
        centre = (body.vertices.min(0) + body.vertices.max(0)) / 2
        away = np.array([200.0, 0, 0] if "bracelet" in data else [0, 0, -200.0])
        data64 = manifold3d.Mesh64(body.vertices, body.faces.astype(np.uint64))
        hits = manifold3d.Manifold(data64).ray_cast(tuple(centre), tuple(centre + away))
        # A ray along an edge is told twice.
        surfaces = np.unique([round(float(np.linalg.norm(hit.position - centre)), 4) for hit in hits])
        assert len(surfaces) == 4
        assert surfaces[1] - surfaces[0] == pytest.approx(wall, abs=0.06)


def test_what_two_metals_share_weighs_once() -> None:
    """White prongs sunk into a yellow shank: both metals together are the union of everything."""
    spec = Spec.model_validate({"kind": "ring", "second_metal": "white_gold", "stone": {}})
    piece = build(spec)
    cast = trimesh.load(io.BytesIO(to_stl(piece)), file_type="stl")
    weights = figures(spec, piece).weights
    assert len(weights) == 2
    assert sum(weight.volume_mm3 for weight in weights) == pytest.approx(cast.volume, rel=2e-3)


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
