"""Random pieces of the catalogue's forms are sound: closed, whole, nothing in the air, no stone in another.

The benchmark `atelier_forms` does four hundred, renders them and has their GLB validated.
"""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.atelier.geometry.assembly import shifted
from pipeline.atelier.piece import Part, PartRole, Piece, SetStone
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import USUAL_RATIO, Spec
from tests.atelier.random_form import FORMS, random_form
from tests.atelier.sample_piece import octahedron, torus
from tests.atelier.soundness import faults


@pytest.mark.parametrize("number", [12, 28, 91, 97, 108, 110, 180, 327])
def test_a_random_form_is_sound(number: int) -> None:
    """Cufflinks had no metal behind their posts, petals reached into one another, a cabochon lay on its own prongs;
    an asscher leant into a princess, grains hung beside a round hoop, strands of beads ran through
    one another, a long collet along the shank hung over it.
    """
    _, spec = random_form(number)
    assert faults(build(spec)) == []


def test_every_form_is_drawn() -> None:
    """A number has its form and its spec, and the same ones each time."""
    drawn = [random_form(number) for number in range(len(FORMS))]
    assert [name for name, _ in drawn] == list(FORMS)
    assert drawn[5] == random_form(5)


@pytest.mark.parametrize("cut", ["princess", "heart", "kite"])
def test_a_hidden_halo_is_clear_of_its_stone_and_of_itself(cut: str) -> None:
    """Under a full pavilion, around points and a cleft: its stones reached into the centre one and one another."""
    stone = {"gem": "sapphire", "cut": cut, "length_mm": 6.0 * USUAL_RATIO[cut], "hidden_halo": True}
    assert faults(build(Spec.model_validate({"kind": "ring", "stone": stone}))) == []


def test_faults_are_seen() -> None:
    """A prong in the air, a body turned inside out, a stone in another and a vertex that is no number."""
    band, bead, gem = torus(4.0, 0.8, 24, 8), octahedron((0, 0, 9.2), 0.9), octahedron((0, 0, 10.6), 1.0)
    lift = np.array([0.0, 0.0, -float(band[0][:, 2].min())])
    shank = Part("shank", band[0] + lift, band[1], "silver", smooth=True, role=PartRole.SHANK)
    prong = Part("prong", *bead, "silver", smooth=True, role=PartRole.PRONG)
    stone = Part("stone", *gem, "ruby", smooth=False, role=PartRole.STONE, stone=SetStone("round", 2.0, 2.0))

    def told(*parts: Part) -> str:
        return " ".join(faults(Piece("ring", parts)))

    assert told(shank, prong, stone) == ""
    away = shifted(prong, [0.0, 9.0, 0.0])
    assert "in the air: prong" in told(shank, away, stone)
    assert "2 bodies" in told(shank, away, stone)
    assert "an edge" in told(shank, replace(prong, faces=prong.faces[1:]), stone)
    assert "inside out" in told(shank, replace(prong, faces=prong.faces[:, ::-1]), stone)
    assert "second in stone" in told(shank, prong, stone, replace(shifted(stone, [0.5, 0, 0]), name="second"))
    holed = stone.vertices.copy()
    holed[0, 0] = np.nan
    assert "no number" in told(shank, prong, replace(stone, vertices=holed))
