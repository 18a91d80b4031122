"""The descent: it finds the least of what can be explained, leaves outliers aside, and keeps within its bounds."""

import numpy as np
import pytest

from pipeline.solids.camera import Array
from pipeline.trace.descent import Residuals, descend

EVERYWHERE = np.full(2, np.inf)


def _line(outliers: int = 0) -> tuple[Array, Array]:
    along = np.linspace(0, 10, 60)
    height = 3 + 0.5 * along
    height[:outliers] += 40
    return along, height


@pytest.mark.parametrize("outliers", [0, 15])
def test_a_quarter_of_outliers_does_not_move_it(outliers: int) -> None:
    """A line through points, a quarter of them elsewhere, from a start that lies off."""
    along, height = _line(outliers)

    def residuals(place: Array) -> Residuals:
        return Residuals(place[0] + place[1] * along - height, np.zeros(0))

    units = np.array([0.5, 0.1])
    place = descend(residuals, np.array([1.0, 0.7]), units, -EVERYWHERE, EVERYWHERE, steps=30, reach=3.0)
    assert place == pytest.approx([3, 0.5], abs=0.1)


def test_numbers_stay_within_their_bounds_and_what_cannot_be_seen_where_it_was() -> None:
    """The least lies beyond a bound; a third number changes nothing; nowhere to be seen is where it stays."""
    along, height = _line()

    def residuals(place: Array) -> Residuals | None:
        return None if place[0] < 0 else Residuals(place[0] + place[1] * along - height, 0.01 * place[:1])

    low, high = np.array([0.0, 0.0, 1.0]), np.array([2.0, 1.0, 1.0])
    start, units = np.array([1.0, 0.2, 1.0]), np.array([0.3, 0.1, 0.1])
    place = descend(residuals, start, units, low, high, steps=30, reach=5.0)
    assert place[0] == pytest.approx(2.0)
    assert place[2] == 1.0
    lost = descend(residuals, np.array([-1.0, 0.2, 1.0]), units, low - 9, high, steps=5, reach=5.0)
    assert lost == pytest.approx([-1.0, 0.2, 1.0])
