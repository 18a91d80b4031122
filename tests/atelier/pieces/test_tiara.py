"""Tiaras: closed, one body, rising to the middle, worn and looked at as tiaras are."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from pipeline.atelier.camera import master_camera, stands
from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.detail import COARSE, Detail
from pipeline.atelier.geometry.mesh import Mesh
from pipeline.atelier.language.describe import describe, title
from pipeline.atelier.language.prompt import read
from pipeline.atelier.language.reader import instructions, understood
from pipeline.atelier.materials import CAST
from pipeline.atelier.measures import LONGEST_LIST, figures
from pipeline.atelier.piece import PartRole, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.regions import named_regions
from pipeline.atelier.spec import Spec, called, composed
from pipeline.stages.generate import described_kind, prompted_kind
from tests.atelier.pieces.test_build import assert_closed, bodies

TIARAS: dict[str, dict[str, Any]] = {
    "bare": {},
    "pearls": {"stone": {"gem": "pearl", "length_mm": 6.0}, "metal": "silver"},
    "rubies": {"stone": {"gem": "ruby", "length_mm": 5.0}},
    "leaves": {"motif": {"name": "leaf"}},
    "stars": {"motif": {"name": "star"}},
}


@cache
def tiara(name: str) -> tuple[Spec, Piece]:
    fields = {"kind": "bracelet", "bracelet": {"style": "tiara", "length_mm": 200.0}, **TIARAS[name]}
    spec = Spec.model_validate(fields)
    return spec, build(spec, Detail(tolerance_mm=0.02))


@pytest.mark.parametrize("name", TIARAS)
def test_a_tiara_closes_as_one_body(name: str) -> None:
    """Band, loops and crest are soldered; every body is closed and its name its own."""
    spec, piece = tiara(name)
    assert not spec.idle()
    names = [part.name for part in piece.parts]
    assert len(set(names)) == len(names)
    for part in piece.parts:
        for mesh in bodies(part):
            assert_closed(mesh, part.name)
    metal = [
        Mesh(part.vertices, part.faces)
        for part in piece.parts
        if part.material in CAST and part.role is not PartRole.ENGRAVING
    ]
    assert solid.bodies(solid.unite(metal)) == 1


@pytest.mark.parametrize("name", TIARAS)
def test_it_rises_to_the_middle_and_is_the_same_on_both_sides(name: str) -> None:
    """As high as asked for in the middle of its front, lower outward, left as right; open at the back."""
    spec, piece = tiara(name)
    assert spec.bracelet is not None
    crest = np.vstack([part.vertices for part in piece.parts if part.role is PartRole.CREST])
    side = float(np.abs(crest[:, 0]).max())
    heights = [
        float(crest[np.abs(np.abs(crest[:, 0]) - share * side) < 0.2 * side, 2].max())
        for share in (0.0, 0.5, 0.85)
    ]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] == pytest.approx(spec.bracelet.width_mm, abs=3.5)
    assert crest[:, 0].max() == pytest.approx(-crest[:, 0].min(), abs=0.3)
    every = np.vstack([part.vertices for part in piece.parts])
    behind = every[every[:, 1] > every[:, 1].max() - 3.0]
    assert np.abs(behind[:, 0]).min() > 15.0


@pytest.mark.parametrize("name", ["bare", "rubies"])
def test_it_is_looked_at_from_the_front(name: str) -> None:
    """It stands; its five places are named as a jeweller names them and lie in the frame."""
    spec, piece = tiara(name)
    assert stands(piece)
    boxes = named_regions(spec, piece, master_camera(piece))
    assert [box.label for box in boxes] == [
        "centrepiece", "stone" if spec.stone else "tip", "crest", "band", "shoulder",
    ]  # fmt: skip
    for box in boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= 1.001
        assert box.y + box.height <= 1.001


@pytest.mark.parametrize(
    ("prompt", "gem", "motif"),
    [
        ("gold tiara with pearls", "pearl", None),
        ("silver diadem with leaves", None, "leaf"),
        ("diadème en or blanc avec saphirs", "sapphire", None),
        ("Diadem aus Gold mit Rubinen", "ruby", None),
        ("tiara de plata con perlas", "pearl", None),
        ("プラチナのティアラ", None, None),
        ("a white gold tiara of stars with diamonds, 40 mm high", "diamond", "star"),
    ],
)  # fmt: skip
def test_its_words_are_read_and_its_description_reads_as_it(
    prompt: str, gem: str | None, motif: str | None
) -> None:
    reading = read(prompt)
    spec = reading.spec
    assert reading.refusal is None
    assert spec.bracelet is not None
    assert spec.bracelet.style == "tiara"
    assert (spec.stone and spec.stone.gem, spec.motif and spec.motif.name) == (gem, motif)
    assert "tiara" in title(spec).lower()
    assert not any("one is set" in sentence or "bracelet" in sentence for sentence in reading.assumed)
    assert read(describe(spec)).spec == spec


@pytest.mark.parametrize("fields", [{"length_mm": 150.0}, {"width_mm": 8.0}])
def test_no_tiara_is_too_small_to_wear(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="A tiara is at least 180 mm long and 14 mm high"):
        Spec.model_validate({"kind": "bracelet", "bracelet": {"style": "tiara", **fields}})


def test_stones_of_many_sizes_are_told_in_one_line_of_a_title_block() -> None:
    """A crest whose stones grow to the middle has nearly as many sizes as stones; all of them count."""
    spec = composed(read("silver tiara with diamonds").spec)
    told = figures(spec, build(spec, COARSE))
    assert len(told.gems) > 4
    assert len(told.stones) <= LONGEST_LIST
    assert str(told.stone_count) in told.stones
    assert f"{sum(stone.carats for stone in told.gems):.2f} ct" in told.stones


@pytest.mark.parametrize(
    "prompt", ["a white gold tiara with diamonds", "silver diadem with leaves", "серебряная диадема"]
)
def test_its_kind_reads_tiara(prompt: str) -> None:
    """Wherever a kind is told from words or a description; beside other words the one that is chosen is made."""
    spec = read(prompt).spec
    assert called(spec) == "tiara"
    assert prompted_kind(prompt) == "tiara"
    assert described_kind(spec.model_dump_json(exclude_none=True), "ring") == "tiara"


def test_a_kind_chosen_beside_the_prompt_is_made() -> None:
    """A tiara of words that name none, a bracelet of words that name a tiara, each told."""
    tiara_of_words = read("rose gold with pearls, a bracelet", kind="tiara")
    assert called(tiara_of_words.spec) == "tiara"
    assert (
        "The prompt speaks of a bracelet, but tiara was chosen beside it; tiara is made."
        in tiara_of_words.assumed
    )
    bracelet = read("a silver tiara", kind="bracelet")
    assert called(bracelet.spec) == "bracelet"
    assert (
        "The prompt speaks of a tiara, but bracelet was chosen beside it; bracelet is made."
        in bracelet.assumed
    )
    assert called(read("a silver tiara", kind="tiara").spec) == "tiara"


def test_a_shops_words_and_a_models_answer_name_it() -> None:
    """In a catalogue's column, and where a language model reads the prompt."""
    assert "tiara" in instructions("tiara")
    by_atelier = read("silver with leaves", kind="tiara").spec
    good = understood(b'{"kind": "bracelet", "bracelet": {"style": "tiara"}}', by_atelier, "tiara")
    assert good.spec is not None
    assert called(good.spec) == "tiara"
    other = understood(b'{"kind": "bracelet", "bracelet": {"style": "cuff"}}', by_atelier, "tiara")
    assert other.spec is None
    assert any("no tiara" in sentence for sentence in other.sentences)
