"""Zero crossings as curves."""

import numpy as np
from scipy.spatial import KDTree
from skimage.measure import find_contours

from pipeline.drawing.marching_squares import zero_curves


def test_a_circle_is_one_closed_curve() -> None:
    """The zeros of a cone lie on its circle to a hundredth of a pixel, and the curve comes back to its first point."""
    y, x = np.mgrid[:80, :90].astype(np.float32)
    field = np.hypot(y - 40.3, x - 44.7) - 25
    points, starts = zero_curves(field, np.ones(field.shape, bool))
    assert starts.tolist() == [0, len(points)]
    assert np.array_equal(points[0], points[-1])
    assert np.abs(np.hypot(points[:, 0] - 40.3, points[:, 1] - 44.7) - 25).max() < 0.01


def test_the_curves_are_those_of_scikit_image() -> None:
    """Noise under a mask gives the same curves, point for point within a thousandth of a pixel, in any order."""
    rng = np.random.default_rng(3)
    field = rng.standard_normal((60, 70)).astype(np.float32)
    mask = rng.random((60, 70)) < 0.97
    points, starts = zero_curves(field, mask)
    theirs = find_contours(field, 0.0, mask=mask)
    assert sorted(np.diff(starts).tolist()) == sorted(len(c) for c in theirs)
    other = np.concatenate(theirs)
    for these, those in ((points, other), (other, points)):
        assert KDTree(these).query(those)[0].max() < 1e-3


def test_a_field_without_zeros_has_no_curve() -> None:
    """No curve is no points and no stretch."""
    points, starts = zero_curves(np.ones((9, 9), np.float32), np.ones((9, 9), bool))
    assert points.shape == (0, 2)
    assert starts.tolist() == [0]
