"""Stones of a crop are counted again in its answer: one that is missing is a reason, with its place."""

import cv2
import numpy as np
import pytest

from pipeline.fidelity import compare
from pipeline.records.fidelity import Counts, Place
from tests.fidelity.conftest import shrink

FACTOR, ACROSS = 4, 5


@pytest.fixture(scope="module")
def pave() -> np.ndarray:
    """Twenty-five faceted stones of 40 px in gold, 400 px."""
    y, x = np.mgrid[:400, :400].astype(np.float32)
    gold = np.array([206, 164, 80]) * (0.85 + 0.15 * np.sin(x / 37))[..., None]
    radius, angle = np.hypot(x % 80 - 40, y % 80 - 40), np.arctan2(y % 80 - 40, x % 80 - 40)
    stone = 150 + 70 * np.cos(8 * angle + x // 80) * np.cos(radius / 4)
    cover = np.clip(21 - radius, 0, 1)[..., None]
    return np.clip(gold * (1 - cover) + cover * stone[..., None], 0, 255).astype(np.uint8)


PLACES = [Place("stone", 10 + 20.0 * (n % ACROSS), 10 + 20.0 * (n // ACROSS), 5.0) for n in range(25)]


def without(picture: np.ndarray, number: int) -> np.ndarray:
    """One stone polished away."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.circle(mask, (40 + 80 * (number % ACROSS), 40 + 80 * (number // ACROSS)), 23, 255, -1)
    return cv2.inpaint(picture, mask, 5, cv2.INPAINT_TELEA)


@pytest.mark.parametrize("number", [0, 12, 23])
def test_one_missing_stone_is_a_reason(pave, number) -> None:
    """Twenty-four of twenty-five: the answer fails, and the box lies on the gap."""
    report = compare(shrink(pave), without(pave, number), places=PLACES)
    assert report.counts == Counts(stones=25, stones_shown=24, prongs=0, prongs_shown=0)
    assert report.counts.words() == "24 of 25 stones"
    assert report.raw_verdict == "fail"
    first = report.reasons[0]
    assert first.name == "stone missing"
    x, y, width, height = first.box
    assert (x + width / 2, y + height / 2) == pytest.approx((PLACES[number].x, PLACES[number].y), abs=1.5)


@pytest.mark.parametrize(("gone", "shown"), [(True, 24), (False, 25)], ids=["gone", "grey"])
def test_prongs_around_an_empty_seat_are_no_stone(pave, gone, shown) -> None:
    """An emerald is out of its bright prongs: they and the hole between them look like it, but it was green.

    One that is painted grey is there still, of another colour.
    """
    y, x = np.mgrid[:400, :400].astype(np.float32)
    radius, angle = np.hypot(x % 80 - 40, y % 80 - 40), np.arctan2(y % 80 - 40, x % 80 - 40)
    inside = np.clip(21 - radius, 0, 1)[..., None]
    prongs = (np.clip(0.5 + np.cos(4 * angle + np.pi) * 3, 0, 1) * np.clip((radius - 13) / 3, 0, 1))[
        ..., None
    ]
    facets = 60 + 45 * np.cos(8 * angle + x // 80) * np.cos(radius / 4)
    green = facets[..., None] * np.array([0.35, 1.25, 0.6])
    seat = np.full((400, 400, 3), 175 - 3.0 * np.maximum(14 - radius, 0)[..., None])
    set_with = {
        name: np.clip(pave * (1 - inside) + inside * (within * (1 - prongs) + 200 * prongs), 0, 255).astype(
            np.uint8
        )
        for name, within in (("emerald", green), ("seat", seat), ("grey", np.repeat(facets[..., None], 3, 2)))
    }
    one = (slice(160, 240), slice(160, 240))
    answer = set_with["emerald"].copy()
    answer[one] = set_with["seat" if gone else "grey"][one]
    report = compare(shrink(set_with["emerald"]), answer, places=PLACES)
    assert report.counts.stones_shown == shown
    assert report.raw_verdict == "fail"


@pytest.mark.parametrize("how", ["truth", "brighter", "sharper", "jpeg", "enlarged"])
def test_all_stones_are_found_again_in_honest_answers(pave, how) -> None:
    """Light, sharpness, compression and interpolation take no stone away."""
    exact = pave.astype(np.float32)
    answer = {
        "truth": pave,
        "brighter": np.clip(exact * 1.08, 0, 255).astype(np.uint8),
        "sharper": np.clip(exact + 0.8 * (exact - cv2.GaussianBlur(exact, (0, 0), 1.5)), 0, 255).astype(
            np.uint8
        ),
        "jpeg": cv2.imdecode(cv2.imencode(".jpg", pave, [cv2.IMWRITE_JPEG_QUALITY, 80])[1], cv2.IMREAD_COLOR),
        "enlarged": cv2.resize(shrink(pave), (400, 400), interpolation=cv2.INTER_CUBIC),
    }[how]
    report = compare(shrink(pave), answer, places=PLACES)
    assert (report.counts.stones_shown, report.raw_verdict) == (25, "pass")


def test_nothing_is_counted_where_nobody_knows_the_places(pave) -> None:
    """Without geometry there is no count; stones too small to tell apart are not in it."""
    crop = shrink(pave)
    assert compare(crop, pave).counts is None
    specks = [Place("stone", p.x, p.y, 1.0) for p in PLACES]
    assert compare(crop, pave, places=specks).counts.words() == ""
