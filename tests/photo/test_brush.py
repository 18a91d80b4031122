"""The brush: strokes are shares of the picture, come in order, and mean the same at every size."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.photo.brush import brushed
from pipeline.photo.checks import inspect
from pipeline.records.brush import Stroke
from tests.photo.pieces import solitaire

share = st.floats(0, 1, allow_nan=False)
strokes = st.lists(
    st.builds(
        Stroke,
        adds=st.booleans(),
        width=st.floats(0.002, 0.2),
        points=st.lists(st.tuples(share, share), min_size=1, max_size=6).map(tuple),
    ),
    max_size=4,
)


def test_a_stroke_adds_and_another_takes_away():
    """The later stroke has the last word; what no stroke touches stays."""
    mask = np.zeros((100, 200), bool)
    mask[:10] = True
    across = ((0.1, 0.5), (0.9, 0.5))
    added = brushed(mask, [Stroke(adds=True, width=0.05, points=across)])
    assert added[50, 40:160].all()
    assert not added[70].any()
    assert (added[:10] == mask[:10]).all()
    taken = brushed(
        mask,
        [Stroke(adds=True, width=0.05, points=across), Stroke(adds=False, width=0.1, points=((0.5, 0.5),))],
    )
    assert not taken[50, 100]
    assert taken[50, 40]


@given(strokes)
@settings(max_examples=40)
def test_strokes_mean_the_same_at_any_size(drawn):
    """Painted at four times the size the mask covers the same share, to a few pixels along its outline."""
    small = brushed(np.zeros((90, 120), bool), drawn)
    large = brushed(np.zeros((360, 480), bool), drawn)
    shrunk = large.reshape(90, 4, 120, 4).mean(axis=(1, 3))
    sure = (shrunk < 0.02) | (shrunk > 0.98)
    assert (small != (shrunk > 0.5))[sure].mean() < 0.04


def test_the_checklist_measures_the_corrected_mask():
    """A piece painted to the picture's left side is no longer inside the frame."""
    picture, _ = solitaire(512).picture()
    cut = Stroke(adds=True, width=0.1, points=((0.0, 0.5), (0.3, 0.5)))
    before, after = ({c.name: c for c in inspect(picture, strokes=s)} for s in ((), (cut,)))
    assert before["inside"].ok
    assert not after["inside"].ok
