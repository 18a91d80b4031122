"""Displacement as the benchmark of other people's networks measures it: what moved is told, what was redrawn is not."""

import cv2
import numpy as np
import pytest

from benchmarks.fidelity_models import FACTOR, displacement
from tests.fidelity.conftest import encode, paint


@pytest.fixture(scope="module")
def piece():
    return paint()[130:514, 130:514]


@pytest.mark.parametrize("shift", [(2.0, 0.0), (0.0, -6.0), (3.0, 4.0)])
def test_what_moved_is_measured(piece, shift):
    """To a fiftieth of a crop pixel, mean and worst."""
    moved = cv2.warpAffine(
        piece,
        np.array([[1, 0, shift[0]], [0, 1, shift[1]]]),
        piece.shape[1::-1],
        None,
        cv2.INTER_CUBIC,
        cv2.BORDER_REFLECT,
    )
    mean, worst = displacement(piece, moved)
    assert mean == pytest.approx(np.hypot(*shift) / FACTOR, abs=0.02)
    assert worst == pytest.approx(np.hypot(*shift) / FACTOR, abs=0.05)


@pytest.mark.parametrize("how", ["jpeg", "soft", "texture"])
def test_what_was_only_redrawn_has_not_moved(piece, how):
    """Another grain, a softer lens or a JPEG's blocks: a tenth of a crop pixel is what flow itself errs by."""
    if how == "jpeg":
        answer = cv2.imdecode(np.frombuffer(encode(piece, ".jpg", 1, 70), np.uint8), cv2.IMREAD_COLOR_RGB)
    elif how == "soft":
        answer = cv2.GaussianBlur(piece, (0, 0), 1.0)
    else:
        grain = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 40, piece.shape), (0, 0), 1.0)
        answer = np.clip(piece + grain, 0, 255).astype(np.uint8)
    assert displacement(piece, answer)[0] < 0.1
