"""Pictures that leave: the piece on a ground of choice, and what marketplaces would refuse, said on the page."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import handout, master
from pipeline.export import shop
from pipeline.export.markets import Finding
from pipeline.photo.cutout import SHADOW_DEPTH
from pipeline.records import Design
from pipeline.workbench import Workbench

Open = Callable[..., AppTest]


@pytest.fixture
def design(bench: Workbench, finished: Callable[..., Design]) -> Design:
    """A finished design."""
    return finished(bench.store)


def test_every_ground_and_shape_can_be_chosen(visit: Open, design: Design) -> None:
    """What the page offers is what the shop set knows; a soft shadow has its depth."""
    assert list(handout.GROUNDS) == [shop.TRANSPARENT, *shop.GROUNDS]
    assert list(handout.SHAPES) == list(shop.SHAPES)
    at = visit("pages/showcase.py", design=design.id)
    assert "shadow" not in {slider.key for slider in at.slider}
    at.session_state["ground"] = "shadow"
    at.run()
    assert not at.exception
    slider = next(slider for slider in at.slider if slider.key == "shadow")
    assert slider.value == round(100 * SHADOW_DEPTH)


def test_what_marketplaces_would_refuse_stands_beneath_the_checklist(
    visit: Open, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured only once somebody opens it."""
    asked = []

    def refused(*_: object) -> tuple[Finding, ...]:
        asked.append(1)
        return (Finding("Amazon", "master", "the ground is pure white", "12 % of the ground is", ok=False),)

    monkeypatch.setattr("pipeline.export.shop.refused", refused)
    master._refused.clear()
    at = visit("pages/generate.py", design=design.id)
    assert not asked
    at.session_state["refused"] = True
    at.run()
    assert not at.exception
    assert len(asked) == 1
    assert any("Amazon" in text.value and "12 %" in text.value for text in at.markdown)
