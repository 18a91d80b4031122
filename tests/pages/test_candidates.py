"""Candidates: told apart in words, seen from another side, edited as the piece that stands."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.atelier import ring_sizes
from pipeline.atelier.spec import Spec
from pipeline.atelier.weights import carats
from pipeline.records import Design
from pipeline.stages import generate
from pipeline.workbench import Workbench
from tests.pages.conftest import finish

GENERATE = "pages/generate.py"
Open = Callable[..., AppTest]


@pytest.fixture
def drawn(visit: Open, bench: Workbench) -> tuple[AppTest, Design]:
    """The page with four candidates of a ring."""
    at = visit(GENERATE)
    at.text_area(key="prompt").set_value("gold solitaire ring with a 1 ct round diamond")
    at.button(key="generate").click().run()
    design = bench.store.designs()[0]
    at = finish(at, bench, design.id, "candidates")
    return at, bench.store.load(design.id)


def spec_of(design: Design, number: int = 0) -> Spec:
    return Spec.model_validate_json(design.candidates[number].recipe.origin)


def test_candidates_say_what_tells_them_apart(drawn: tuple[AppTest, Design]) -> None:
    """The first is as described; each of the others names a difference; what became of every noun stands in a list."""
    at, _ = drawn
    captions = [caption.value for caption in at.caption]
    assert "as described" in captions
    told = [c for c in captions if any(w in c for w in ("band", "stone", "taper", "profile", "prongs"))]
    assert len(told) >= 3
    words = next(each for each in at.expander if each.label.startswith("Word by word"))
    assert words.label == "Word by word: 3 made"
    assert [caption.value.split(" · ")[0] for caption in words.caption][:2] == [
        "**gold**",
        "**solitaire ring**",
    ]


def test_another_side_is_seen_before_it_is_fixed(drawn: tuple[AppTest, Design], bench: Workbench) -> None:
    """A press gives a draft of the same piece from there, first among the candidates; nothing else changes."""
    at, design = drawn
    key = f"side-{design.candidates[0].id[:12]}"
    assert at.button(key="see-side").disabled
    at.segmented_control(key=key).set_value("top").run()
    at.button(key="see-side").click().run()
    finish(at, bench, design.id, "edit")
    draft = spec_of(bench.store.load(design.id))
    assert draft.view == "top"
    assert draft.model_copy(update={"view": None}) == spec_of(design)


def test_the_piece_that_stands_is_edited(
    drawn: tuple[AppTest, Design], visit: Open, bench: Workbench
) -> None:
    """With the third candidate made the master the form shows that one; after an edit, the draft."""
    _, design = drawn
    master = bench.store.put_picture(
        bench.store.pixels(design.candidates[2]), design.candidates[2].recipe.model_copy()
    )
    generate.set_master(bench.store, design.id, master)
    at = visit(GENERATE, design=design.id)
    key = f"spec-{master.id[:12]}"
    assert at.selectbox(key=f"{key}-metal").value == spec_of(design, 2).metal
    at.selectbox(key=f"{key}-metal").select("platinum")
    next(b for b in at.button if b.label == "See a draft of this").click().run()
    at = finish(at, bench, design.id, "edit")
    draft = bench.store.load(design.id).candidates[0]
    assert at.selectbox(key=f"spec-{draft.id[:12]}-metal").value == "platinum"


def test_carats_and_ring_size_are_fields(drawn: tuple[AppTest, Design], bench: Workbench) -> None:
    """The stone's length and the inside diameter follow them, to within what a caliper shows."""
    at, design = drawn
    key = f"spec-{design.candidates[0].id[:12]}"
    stone = spec_of(design).stone
    assert stone is not None
    weight = carats(stone.gem, stone.cut, stone.length_mm, stone.width_mm)
    assert at.number_input(key=f"{key}-carats").value == pytest.approx(weight, abs=0.006)
    at.number_input(key=f"{key}-carats").set_value(2.0)
    at.number_input(key=f"{key}-size").set_value(60.0)
    next(b for b in at.button if b.label == "See a draft of this").click().run()
    finish(at, bench, design.id, "edit")
    draft = spec_of(bench.store.load(design.id))
    assert draft.stone is not None
    assert draft.ring is not None
    heavier = carats(draft.stone.gem, draft.stone.cut, draft.stone.length_mm, draft.stone.width_mm)
    assert heavier == pytest.approx(2.0, abs=0.01)
    assert draft.ring.inner_diameter_mm == pytest.approx(ring_sizes.from_european(60), abs=0.006)
