"""Canvases of a fixed width are fitted to the room there is, whatever browser names itself how."""

import re
from pathlib import Path

import pytest

from pages.ui.components import room
from tests.pages.conftest import ROOT


@pytest.mark.parametrize(
    ("told", "width"),
    [
        (None, 600),
        (358, 358),
        (358.7, 358),
        (600, 600),
        (9000, 600),
        (0, 600),
        (-5, 600),
        (True, 600),
        ("40", 600),
    ],
)
def test_what_the_browser_tells_is_taken_only_where_it_can_be(told: object, width: int) -> None:
    """A width below what is wanted and above any telephone's; anything else leaves what is wanted."""
    assert room.fitted(told, 600) == width


def test_no_page_asks_a_browser_for_its_name() -> None:
    """How much room there is, and whether a finger draws, is measured and never read from a name."""
    sources: list[Path] = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "pages").rglob("*.js")]
    assert len(sources) > 50
    naming = re.compile(r"user[-_]?agent|\bMobi\b", re.IGNORECASE)
    assert [path.name for path in sources if naming.search(path.read_text("utf-8"))] == []
