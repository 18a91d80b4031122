"""How close-ups are shared between the two sides of a showcase."""

from hypothesis import given
from hypothesis import strategies as st

from pages.ui.components import plates
from pages.ui.components.plates import Plate
from pipeline.export import sides

fractions = st.floats(0, 0.9)


def share_sides(shown):
    return sides.share(shown, plates.centre)


boxes = st.none() | st.tuples(fractions, fractions, st.just(0.1), st.just(0.1))


def plates_at(places):
    return [Plate(b"", f"{i}", "", box=box) for i, box in enumerate(places)]


def centre(plate, axis):
    return 0.5 if plate.box is None else plate.box[axis] + plate.box[axis + 2] / 2


@given(st.lists(boxes, max_size=9))
def test_every_close_up_has_one_place(places):
    """None is lost or doubled, and the sides differ by one at most."""
    plates = plates_at(places)
    left, right = share_sides(plates)
    assert sorted(plate.title for plate in [*left, *right]) == sorted(plate.title for plate in plates)
    assert abs(len(left) - len(right)) <= 1


@given(st.lists(boxes, min_size=1, max_size=9))
def test_lines_need_not_cross(places):
    """Nothing on the left lies right of anything on the right, and each side runs downwards."""
    left, right = share_sides(plates_at(places))
    if left and right:
        assert max(centre(plate, 0) for plate in left) <= min(centre(plate, 0) for plate in right)
    for side in (left, right):
        heights = [centre(plate, 1) for plate in side]
        assert heights == sorted(heights)


def test_an_odd_one_goes_where_most_lie():
    """Three on the left of the master and two on the right stay so, and the other way round."""
    at_left, at_right = (0.1, 0.1, 0.1, 0.1), (0.8, 0.1, 0.1, 0.1)
    assert [len(side) for side in share_sides(plates_at([at_left] * 3 + [at_right] * 2))] == [3, 2]
    assert [len(side) for side in share_sides(plates_at([at_left] * 2 + [at_right] * 3))] == [2, 3]
