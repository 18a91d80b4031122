"""A piece thickened to cast has nothing left that a caster would refuse, or says what, and only its metal grows."""

from typing import Any

import numpy as np
import pytest

from pipeline.atelier.casting import DETAIL_MM, PRONG_MM, SLACK_MM, WALL_MM, Survey, ThinPlace, survey
from pipeline.atelier.geometry.detail import COARSE, Detail
from pipeline.atelier.language.describe import describe
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from pipeline.atelier.thickening import thicken

COARSELY = Detail(tolerance_mm=0.003)

PIECES: dict[str, dict[str, Any]] = {
    "solitaire": {"stone": {"length_mm": 4.0}},
    "bezel": {"stone": {"gem": "opal", "length_mm": 8.0, "setting": "bezel"}},
    "pearl": {"stone": {"gem": "pearl", "length_mm": 8.0}},
    "milgrain": {"ring": {"style": "band"}, "milgrain": True},
    "disc": {"kind": "necklace", "pendant": {}},
    "hollow hoops": {"kind": "earrings", "earrings": {"style": "hoop", "wire_mm": 3.0, "diameter_mm": 12.0}},
    "tiny charm": {"kind": "bracelet", "motif": {"name": "heart", "size_mm": 6.0}},
}  # fmt: skip


THREE = {"stone": {}, "ring": {"style": "three_stone"}, "accents": {"diameter_mm": 3.0}}


@pytest.mark.parametrize("name", PIECES)
def test_everything_can_be_cast_then(name: str) -> None:
    """Nothing is left too thin; what grew is told with its millimetres; stones and measures of the piece stay."""
    spec = Spec.model_validate(PIECES[name])
    thickened = thicken(spec, COARSELY)
    assert thickened.left == ()
    assert thickened.growths
    assert thickened.spec == spec.model_copy(update={"least_wall_mm": WALL_MM})
    for growth in thickened.growths:
        assert growth.before_mm < growth.after_mm
        assert growth.after_mm >= DETAIL_MM - SLACK_MM
        assert f"{growth.before_mm:.2f} → " in str(growth)
    assert thickened.grams[1] > thickened.grams[0]
    assert f"{thickened.grams[1]:.2f} g, +" in thickened.sentences[1]


def test_stones_stay_as_they_are() -> None:
    """The same stones, each of the same size; only metal is added."""
    spec = Spec.model_validate(THREE)
    before, after = (
        [part for part in build(each, COARSELY).parts if part.stone]
        for each in (spec, spec.model_copy(update={"least_wall_mm": WALL_MM}))
    )
    assert [part.stone for part in before] == [part.stone for part in after]
    for one, other in zip(before, after, strict=True):
        assert np.ptp(one.vertices, axis=0) == pytest.approx(np.ptp(other.vertices, axis=0), abs=1e-6)


def test_what_cannot_grow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stays too thin is named once with its millimetres and a reason, however many parts of one name it is."""
    places = tuple(ThinPlace(f"petal {k}", "wall", 0.6 + k / 100, WALL_MM, (0.0, 0.0, 0.0)) for k in (1, 2))
    spec = Spec.model_validate({"kind": "brooch", "brooch": {"style": "flower"}})
    monkeypatch.setattr("pipeline.atelier.thickening.survey", lambda _: Survey(places, {}))
    thickened = thicken(spec, COARSE)
    assert thickened.sentences[0] == "Nothing could be thickened."
    assert thickened.left == (
        "Petal stays at 0.61 mm of 0.8: its outline is as narrow as that there; a larger piece would be thicker.",
    )


def test_a_piece_that_can_be_cast_stays_itself() -> None:
    spec = Spec.model_validate({"ring": {"style": "band"}})
    thickened = thicken(spec, COARSELY)
    assert thickened.spec is spec
    assert thickened.sentences == ("Every wall, prong and grain can be cast; nothing is thickened.",)


@pytest.mark.parametrize("name", ["solitaire", "disc", "tiny charm"])
def test_its_description_reads_as_it_again(name: str) -> None:
    thicker = Spec.model_validate({**PIECES[name], "least_wall_mm": 0.9})
    assert read(describe(thicker)).spec.least_wall_mm == 0.9
    assert read("castable gold ring with a ruby").spec.least_wall_mm == WALL_MM


def test_a_side_stones_prongs_are_asked_as_prongs() -> None:
    """The prongs of side stones and petals are prongs to a caster, whatever head they belong to."""
    spec = Spec.model_validate(THREE)
    places = survey(build(spec, COARSELY).parts).thin
    assert {place.asked_mm for place in places if "prong" in place.part} <= {PRONG_MM}
