"""Bent answers are straightened and named; redesigns beneath a bend are seen; honest answers stay as they are."""

import cv2
import numpy as np
import pytest

from pipeline.fidelity import compare, examine, lock
from pipeline.fidelity.attacks import attack, bent
from pipeline.fidelity.straighten import LEAST_PX, bend_of, straight
from pipeline.records.fidelity import Fidelity, Place
from tests.fidelity.conftest import paint, shrink
from tests.fidelity.test_gate import psnr
from tests.fidelity.test_presence import PLACES, pave, without

__all__ = ["pave"]


def grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)


@pytest.fixture(scope="module")
def small() -> np.ndarray:
    return paint(2, 480)


@pytest.mark.parametrize("mean_px", [1.5, 4.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_bent_answer_is_straightened(small, mean_px, seed) -> None:
    """It lies right and keeps its own detail; by how much it was bent is told, and mending earns no pass."""
    crop = shrink(small)
    answer = bent(small, mean_px, np.random.default_rng(seed))
    delivered = examine(crop, answer)
    report = delivered.fidelity
    assert report.straightened is not None
    assert 0.3 * mean_px / 4 < report.straightened.mean_px < 1.5 * mean_px / 4
    assert report.straightened.mean_px <= report.straightened.worst_px < 4 * mean_px / 4
    assert psnr(delivered.locked, small) > psnr(lock(crop, crop.repeat(4, 0).repeat(4, 1)), small) + 2
    assert np.array_equal(lock(crop, answer), delivered.locked)
    if mean_px > 2:
        assert (report.raw_verdict, report.verdict) == ("fail", "repaired")
        assert "geometry bent" in {reason.name for reason in report.reasons}
    assert "straightened by" in report.straightened.words()
    assert Fidelity.model_validate(report.to_dict()).straightened is not None


@pytest.mark.parametrize("dial", ["as delivered"])
def test_as_delivered_straightens_nothing(small, dial) -> None:
    """Who wants the answer as it came gets it so."""
    answer = bent(small, 4, np.random.default_rng(0))
    delivered = examine(shrink(small), answer, dial=dial)
    assert delivered.fidelity.straightened is None
    assert np.array_equal(delivered.locked, delivered.registered)


@pytest.mark.parametrize("habit", ["truth", "jpeg", "sharper", "grain", "brighter", "enlarged", "shifted"])
def test_honest_answers_are_not_touched(small, habit) -> None:
    """What every provider does is no bend."""
    exact = small.astype(np.float32)
    shift = np.float32([[1.006, 0, 1.3], [0, 1.006, -2.1]])
    answer = {
        "truth": small,
        "jpeg": cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 75])[1], 1),
        "sharper": exact + 0.9 * (exact - cv2.GaussianBlur(exact, (0, 0), 1.5)),
        "grain": exact + np.random.default_rng(0).normal(0, 5, exact.shape),
        "brighter": exact * 1.1,
        "enlarged": cv2.resize(shrink(small), (480, 480), interpolation=cv2.INTER_CUBIC),
        "shifted": cv2.warpAffine(small, shift, (480, 480), borderMode=cv2.BORDER_REPLICATE),
    }[habit]
    assert compare(shrink(small), np.clip(answer, 0, 255).astype(np.uint8)).straightened is None


@pytest.mark.parametrize("name", ["move", "remove", "duplicate", "thickness", "recolour"])
def test_a_redesign_beneath_a_bend_is_named(small, name) -> None:
    """A moved stone, a changed count, a thicker band: bending the picture on top hides none of them."""
    drifted = attack(small, name, 3, np.random.default_rng(3))
    answer = bent(drifted.picture, 3.0, np.random.default_rng(4))
    report = compare(shrink(small), answer)
    assert report.raw_verdict == "fail"
    assert {reason.name for reason in report.reasons} - {"geometry bent"} or name == "move"


def test_a_stone_moved_by_itself_fails_and_is_put_back(small) -> None:
    """Its neighbours stand still; the verdict is on the answer as it came."""
    drifted = attack(small, "move", 2, np.random.default_rng(5))
    report = compare(shrink(small), drifted.picture)
    assert report.raw_verdict == "fail"
    assert report.reasons


@pytest.mark.parametrize("gone", [None, 12])
def test_stones_are_counted_where_a_bend_moved_them(pave, gone) -> None:
    """A bend takes no stone away, and gives none back."""
    answer = pave if gone is None else without(pave, gone)
    places: list[Place] = PLACES
    report = compare(shrink(pave), bent(answer, 3.0, np.random.default_rng(1)), places=places)
    assert report.counts is not None
    assert report.counts.stones_shown == (25 if gone is None else 24)
    assert ("stone missing" in {reason.name for reason in report.reasons}) == (gone is not None)


def test_another_piece_is_not_bent_into_this_one(small) -> None:
    """However alike two pendants lie in their frames."""
    assert compare(shrink(small), paint(9, 480)).straightened is None


def test_nothing_is_found_where_nothing_is_bent(small) -> None:
    """Noise is no motion, and what moves less than an edge wanders is none."""
    plain = grey(shrink(small))
    floor, valid = np.full_like(plain, 2.5), np.ones(plain.shape, bool)
    noisy = plain + np.random.default_rng(0).normal(0, 3, plain.shape).astype(np.float32)
    assert bend_of(plain, noisy, floor, valid) is None
    field = bend_of(plain, grey(shrink(bent(small, 6, np.random.default_rng(2)))), floor, valid)
    assert field is not None
    assert np.hypot(*field.field.transpose(2, 0, 1)).max() > LEAST_PX
    assert np.array_equal(straight(small, type(field)(np.zeros_like(field.field), field.torn)), small)
