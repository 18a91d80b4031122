"""A piece that cannot be made is named before anything is rendered, and the nearest one offered."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.workbench import Workbench

Open = Callable[..., AppTest]
PAGE = "pages/generate.py"


@pytest.mark.parametrize(
    "prompt", ["silver belt buckle", "a gold hair comb with pearls", "silver buddha statue", "gold monocle"]
)
def test_a_piece_of_another_kind_is_declined(visit: Open, bench: Workbench, prompt: str) -> None:
    """No solitaire is made of a belt buckle: the page says so, and no design is begun."""
    at = visit(PAGE)
    at.text_area(key="prompt").set_value(prompt)
    at.button(key="generate").click().run()
    assert not at.exception
    assert any(
        "rings, necklaces, earrings, bracelets and brooches" in warning.value for warning in at.warning
    )
    assert bench.store.designs() == ()


def test_the_nearest_is_offered_and_made_when_it_is_taken(visit: Open, bench: Workbench) -> None:
    """A kada is offered as a bangle; the words of the offer are made without another question."""
    at = visit(PAGE)
    at.text_area(key="prompt").set_value("gold kada for men")
    at.button(key="generate").click().run()
    assert "make a 60 mm bangle?" in at.warning[0].value
    at.button(key="offer").click().run()
    assert not at.warning
    assert "bangle" in at.text_area(key="prompt").value
    at.button(key="generate").click().run()
    assert not at.exception
    assert bench.store.designs()[0].kind == "bracelet"


def test_a_chosen_kind_answers_the_question(visit: Open, bench: Workbench) -> None:
    """Whoever chooses a ring beside the prompt gets a ring."""
    at = visit(PAGE)
    at.text_area(key="prompt").set_value("gold crown")
    at.selectbox(key="kind").set_value("ring")
    at.button(key="generate").click().run()
    assert bench.store.designs()[0].kind == "ring"
