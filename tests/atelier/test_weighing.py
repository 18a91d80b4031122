"""A weight that is ordered is met to a hundredth, what else was ordered kept to .02 mm, or the conflict is named."""

import pytest

from pipeline.atelier.language.prompt import read
from pipeline.atelier.measures import figures
from pipeline.atelier.weighing import to_weight


@pytest.mark.parametrize(
    ("prompt", "grams", "kept"),
    [
        ("plain gold band 8 g, 7 mm, size 54", 8.0, {"ring.width_mm": 7.0, "ring.inner_diameter_mm": 17.19}),
        ("14k gold band weighing 5 grams, size 60", 5.0, {"ring.inner_diameter_mm": 19.1}),
        ("silver cable chain 50 cm 6 g", 6.0, {"chain.length_mm": 500.0}),
        ("gold bangle 12 g 4 mm wide", 12.0, {"bracelet.width_mm": 4.0}),
        ("Ring Gold 6 Gramm, 5 mm breit", 6.0, {"ring.width_mm": 5.0}),
    ],
)
def test_a_weight_is_met_and_what_was_stated_is_kept(
    prompt: str, grams: float, kept: dict[str, float]
) -> None:
    """Within one percent, weighed on the piece that is built."""
    reading = read(prompt)
    assert reading.grams == grams
    weighed = to_weight(reading.spec, grams, reading.stated)
    assert sum(weight.grams for weight in figures(weighed.spec).weights) == pytest.approx(grams, rel=0.01)
    for path, value in kept.items():
        group, field = path.split(".")
        assert getattr(getattr(weighed.spec, group), field) == pytest.approx(value, abs=0.02)
    assert "weighs" in weighed.sentence


def test_a_weight_out_of_reach_names_the_conflict() -> None:
    """A 2 mm band of size 54 cannot weigh 30 g however thick it is made."""
    reading = read("gold band 30 g, 2 mm wide, size 54")
    weighed = to_weight(reading.spec, 30.0, reading.stated)
    assert "cannot be met with" in weighed.sentence
    assert "width 2 mm" in weighed.sentence
    assert weighed.spec.ring is not None
    assert weighed.spec.ring.width_mm == 2.0


@pytest.mark.parametrize("prompt", ["gold nose ring 20g", "diamond ring 1 ct G VS2", "18k gold ring"])
def test_gauges_and_grades_are_no_weight(prompt: str) -> None:
    """A piercing's 20g is its wire, and a diamond's G its colour."""
    assert read(prompt).grams is None
