"""What the review says of a close-up: shop words first, praise only where something was added."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from pages.ui import fidelity, review
from pipeline.records import Detail
from pipeline.records.fidelity import Figures, Reason


def attempt(verdict: str, detail: Detail, delta_e: float, changes: int) -> SimpleNamespace:
    figures = Figures(lr_psnr_db=60.0, worst_window_db=50.0, delta_e_max=delta_e)
    reasons = (Reason(name="element added", severity=0.8),) * changes
    return SimpleNamespace(
        verdict=verdict,
        shown=figures,
        fidelity=SimpleNamespace(reasons=reasons),
        raw=SimpleNamespace(recipe=SimpleNamespace(detail=detail.value)),
    )


@pytest.mark.parametrize("detail", list(Detail))
def test_an_enlargement_that_adds_nothing_bears_no_green_seal(detail: Detail) -> None:
    """Agreement with a master it was interpolated from is no merit; anything else keeps its verdict."""
    title, colour, _ = fidelity.verdict_words(attempt("pass", detail, 0.2, 0))
    assert (colour == "green") == (detail is not Detail.INTERPOLATED)
    assert ("no detail added" in title) == (detail is Detail.INTERPOLATED)
    assert fidelity.verdict_words(attempt("fail", detail, 9.0, 2))[1] == "red"


@pytest.mark.parametrize(
    ("verdict", "delta_e", "changes", "words"),
    [
        ("pass", 0.4, 0, ["Nothing was redesigned", "within 1"]),
        ("pass", 1.2, 0, ["up to 1.2 apart"]),
        ("pass", 3.2, 0, ["up to 3 apart"]),
        ("repaired", 0.9, 1, ["one change was found", "put back"]),
        ("repaired", 0.9, 3, ["3 changes were found"]),
        ("fail", 12.0, 2, ["not the piece of the master", "2 changes", "up to 12 apart"]),
    ],
)
def test_the_sentence_says_what_holds_without_a_unit(
    verdict: str, delta_e: float, changes: int, words: list[str]
) -> None:
    """No decibel, drift or lock stands in it."""
    sentence = fidelity.in_shop_words(attempt(verdict, Detail.REDRAWN, delta_e, changes))
    for word in words:
        assert word in sentence
    assert not re.search(r"\bdB\b|drift|\block|PSNR|verdict", sentence)


@pytest.mark.parametrize(("heat", "place"), [(200, (0.125, 0.875)), (20, (0.875, 0.125))])
def test_the_comparison_begins_where_something_is_to_be_seen(heat: int, place: tuple[float, float]) -> None:
    """On what was changed; where nothing was, on the picture's finest part and not on the heatmap's noise."""
    heatmap, crop = np.zeros((240, 240, 3), np.uint8), np.full((120, 120, 3), 240, np.uint8)
    heatmap[180:, :60] = heat
    crop[:30:2, 90:] = 10
    assert review.busiest(heatmap, crop) == pytest.approx(place, abs=0.1)
