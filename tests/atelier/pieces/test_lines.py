"""Rows of fancy cuts: tennis bracelets, rivieras, bangles, cuffs, hoops, climbers and brooches, words to geometry."""

import numpy as np
import pytest

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.detail import Detail, building
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.language.describe import describe, title
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import Part, Piece, Repeat
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import USUAL_RATIO, SideCut, Spec, row_needs
from pipeline.atelier.weights import carats


def part(piece: Piece, name: str) -> Part:
    return next(part for part in piece.parts if part.name == name)


def only(piece: Piece, name: str) -> Repeat:
    """What the part of that name repeats."""
    (repeat,) = part(piece, name).repeats
    return repeat


def shared(one: Mesh, other: Mesh) -> float:
    """Volume both bodies take, mm3."""
    both = solid.intersect(one, other)
    return volume(both) if len(both.faces) else 0.0


@pytest.mark.parametrize(
    ("cut", "lengthwise"),
    [("emerald", False), ("marquise", True), ("heart", False), ("pear", False)],
)
def test_each_stone_of_a_line_sits_in_a_link_of_its_own(cut: SideCut, lengthwise: bool) -> None:
    """A link and its prongs are one body that takes no room of its stone nor of the next one."""
    size = round(2.6 * USUAL_RATIO[cut] ** 0.5, 2)
    spec = Spec.model_validate(
        {"kind": "bracelet", "bracelet": {"style": "tennis", "length_mm": 140.0},
         "accents": {"cut": cut, "diameter_mm": size, "lengthwise": lengthwise}}
    )  # fmt: skip
    piece = build(spec)
    links, prongs, stones = (only(piece, name) for name in ("links", "prongs", "stones"))
    basket, held, stone = (Mesh(item.vertices, item.faces) for item in (links, prongs, stones))
    bodies = [body for body in solid.decompose(solid.unite([basket, held])) if volume(body) > 1e-3]
    assert len(bodies) == 1
    assert shared(basket, stone) < 1e-3
    assert shared(held, stone) < 5e-3
    step = np.linalg.inv(stones.poses[0]) @ stones.poses[1]
    onward = Mesh(stone.vertices @ step[:3, :3].T + step[:3, 3], stone.faces)
    assert shared(stone, onward) == 0
    assert shared(held, onward) == 0
    # Along the line each stone is as long as the spec says, and across it.
    assert spec.accents is not None
    assert step[0, 3] > spec.accents.along_mm
    along, across = np.ptp(stone.vertices, axis=0)[:2]
    assert along == pytest.approx(spec.accents.along_mm, rel=0.02)
    assert across == pytest.approx(spec.accents.across_mm, rel=0.02)


ROWS = [
    ("emerald cut tennis bracelet", "bracelet", "emerald", "diamond", False),
    ("14k white gold 5 ct princess cut diamond tennis bracelet", "bracelet", "princess", "diamond", False),
    ("oval diamond tennis necklace 42 cm platinum", "necklace", "oval", "diamond", False),
    ("heart shaped ruby tennis bracelet in rose gold", "bracelet", "heart", "ruby", False),
    ("pear shaped sapphire riviera necklace", "necklace", "pear", "sapphire", False),
    ("marquise diamond line bracelet set end to end, yellow gold", "bracelet", "marquise", "diamond", True),
    ("asscher cut moissanite tennis bracelet silver 17 cm", "bracelet", "asscher", "moissanite", False),
    ("baguette diamond bangle white gold", "bracelet", "baguette", "diamond", False),
    ("wide cuff with a row of cushion cut garnets", "bracelet", "cushion", "garnet", False),
    ("emerald-cut emerald half eternity ring", "ring", "emerald", "emerald", False),
    ("east west emerald cut diamond eternity band", "ring", "emerald", "diamond", True),
    ("princess cut diamond hoop earrings", "earrings", "princess", "diamond", False),
    ("baguette huggies gold", "earrings", "baguette", "diamond", False),
    ("oval sapphire climber earrings", "earrings", "oval", "sapphire", False),
    ("bar brooch with baguette sapphires", "brooch", "baguette", "sapphire", False),
    ("circle brooch with marquise diamonds", "brooch", "marquise", "diamond", False),
    ("Tennisarmband mit Diamanten im Smaragdschliff, Weißgold", "bracelet", "emerald", "diamond", False),
    ("bracelet tennis diamants taille princesse or blanc", "bracelet", "princess", "diamond", False),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "kind", "cut", "gem", "lengthwise"), ROWS)
def test_rows_have_the_cut_that_is_asked_for(
    prompt: str, kind: str, cut: str, gem: str, lengthwise: bool
) -> None:
    """The row is of the cut and gem named, nothing is left out, and its description reads as the same piece."""
    reading = read(prompt)
    spec = reading.spec
    assert spec.accents is not None
    found = (spec.kind, spec.accents.cut, spec.accents.gem, spec.accents.lengthwise, spec.stone)
    assert found == (kind, cut, gem, lengthwise, None)
    assert not reading.unknown
    assert not any("left out" in sentence or "are round" in sentence for sentence in reading.assumed)
    assert read(describe(spec)).spec == spec
    assert cut in title(spec).lower()


@pytest.mark.parametrize("lying", ["", "east west "])
def test_a_line_weighs_what_is_asked_for_in_any_cut(lying: str) -> None:
    """Carats of a tennis bracelet are those of all its stones, side by side or end to end."""
    spec = read(f"5 ct {lying}oval diamond tennis bracelet").spec
    with building(Detail(0.2, booleans=False)):
        count = len(only(build(spec), "stones").poses)
    assert spec.accents is not None
    each = carats("diamond", "oval", spec.accents.diameter_mm, spec.accents.width_mm)
    assert count * each == pytest.approx(5.0, rel=0.12)


def test_a_bangle_is_wide_enough_for_its_row() -> None:
    """A bangle or cuff grows where its stones need it, and says so; long stones end to end need less."""
    upright = read("thin bangle with 4 mm emerald cut sapphires")
    assert upright.spec.bracelet is not None
    assert upright.spec.bracelet.width_mm == row_needs(4.0)[0]
    assert any("width is 4.5 mm" in sentence for sentence in upright.assumed)
    lying = read("thin bangle with 4 mm emerald cut sapphires set end to end").spec
    assert lying.bracelet is not None
    assert lying.bracelet.width_mm < upright.spec.bracelet.width_mm


def test_what_a_line_does_not_show_is_told() -> None:
    """Bezels and several rows are no part of a line: each is told; a tennis chain is worn around the neck."""
    told = read("bezel set diamond tennis bracelet").assumed
    assert any("held by prongs" in sentence and "“bezel set”" in sentence for sentence in told)
    rows = read("3 row diamond bangle")
    assert rows.spec.accents is not None
    assert rows.spec.accents.count is None
    assert any("“3”" in sentence for sentence in rows.assumed)
    chain = read("moissanite tennis chain 5 mm, 20 inch").spec
    assert chain.chain is not None
    assert (chain.kind, chain.chain.style) == ("necklace", "tennis")
    assert chain.accents is not None
    assert chain.accents.diameter_mm == 5.0


def test_of_a_bridal_set_the_engagement_ring_is_made() -> None:
    """Also where no stone is named: the sentence that says so is true."""
    reading = read("bridal set halo engagement ring and wedding band")
    assert reading.spec.stone is not None
    assert reading.spec.stone.halo
    assert any("engagement ring is made" in sentence for sentence in reading.assumed)
