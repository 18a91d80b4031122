"""What a provider is told when it is asked again."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from pipeline.fidelity.objection import MOST_OBJECTIONS, objection
from pipeline.records.fidelity import Reason, ReasonName

NAMES = get_args(ReasonName)
boxes = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(1, 90), st.integers(1, 90))
reasons = st.builds(Reason, name=st.sampled_from(NAMES), severity=st.floats(0, 1), box=st.none() | boxes)


def test_a_place_is_named_as_it_is_seen() -> None:
    """Ninths of the picture, by the middle of the box."""
    places = {
        (10, 200): "at the lower left",
        (120, 10): "at the top",
        (230, 120): "at the right",
        (120, 120): "in the middle",
        (230, 10): "at the upper right",
        (120, 230): "at the bottom",
    }
    for (x, y), words in places.items():
        reason = Reason(name="thickness changed", severity=0.5, box=(x, y, 20, 20))
        assert f"parts became thicker or thinner {words}." in objection([reason], 256, 256)
    whole = objection([Reason(name="recoloured", severity=0.5)], 256, 256)
    assert "the colour was changed." in whole


@given(st.lists(reasons, max_size=6), st.integers(256, 400), st.integers(256, 400))
def test_every_list_of_reasons_becomes_one_short_request(
    several: list[Reason], width: int, height: int
) -> None:
    """The worst first, none twice, no more than are followed, and never empty."""
    words = objection(several, width, height)
    named = words.partition("because in it ")[2].partition(". Do not")[0].split("; ")
    assert 1 <= len(named) <= MOST_OBJECTIONS
    assert len(set(named)) == len(named)
    assert len(words) < 600
    if several:
        worst = max(several, key=lambda reason: reason.severity)
        assert named[0] in objection([worst], width, height)


def test_every_name_of_the_gate_has_words() -> None:
    """A new kind of reason cannot be forgotten here."""
    told = {objection([Reason(name=name, severity=1.0)], 100, 100) for name in NAMES}
    assert len(told) == len(NAMES)
