"""Stones of a crop are counted again in its answer: one that is missing is a reason, with its place."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.fidelity import compare
from pipeline.fidelity.presence import counted_words
from pipeline.records.fidelity import Counts, Judgement, Place
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


@pytest.fixture(scope="module")
def aslant() -> np.ndarray:
    """Three flat stones seen aslant between gold walls, that leave a disc around each mostly to the walls."""
    y, x = np.mgrid[:240, :400].astype(np.float32)
    walls = np.array([206, 164, 80]) * (0.75 + 0.25 * np.sin(y / 7) * np.cos(x / 11))[..., None]
    away = np.hypot((x % 133 - 66) / 56, (y - 120) / 14)
    facets = (70 + 40 * np.sign(np.cos(x / 4) * np.cos(y / 3)))[..., None] * np.array([0.6, 0.7, 1.4])
    cover = np.clip((1 - away) * 14, 0, 1)[..., None]
    return np.clip(walls * (1 - cover) + facets * cover, 0, 255).astype(np.uint8)


ASLANT = [Place("stone", 16.6 + 33.25 * n, 30.0, 7.0, 2.0, 0.0) for n in range(3)]


@pytest.mark.parametrize("how", ["seat", "sapphire to citrine", "truth"])
def test_a_seat_of_the_settings_colour_is_an_empty_one(aslant, how) -> None:
    """What holds a stone seen aslant is there still; a stone of the metal's colour has its facets."""
    answer = aslant.copy()
    one = (slice(100, 140), slice(133, 266))
    y, x = np.mgrid[100:140, 133:266].astype(np.float32)
    away = np.hypot((x % 133 - 66) / 56, (y - 120) / 14)[..., None] < 1
    now = {
        "seat": np.array([190, 150, 74]) * (0.6 + 0.3 * np.sin(x / 30))[..., None],
        "sapphire to citrine": (aslant[one].mean(axis=2, keepdims=True) / 100) * np.array([120, 96, 46]),
        "truth": aslant[one],
    }[how]
    answer[one] = np.where(away, np.clip(now, 0, 255), aslant[one]).astype(np.uint8)
    report = compare(shrink(aslant), answer, places=ASLANT)
    names = {reason.name for reason in report.reasons}
    assert report.counts.stones_shown == (2 if how == "seat" else 3)
    assert ("stone missing" in names) == (how == "seat")
    assert (report.raw_verdict == "pass") == (how == "truth")


@pytest.mark.parametrize(("gone", "shown"), [(True, 24), (False, 25)], ids=["gone", "doubtful"])
def test_a_stone_that_was_only_seen_is_missed_where_the_answer_differs(pave, gone, shown) -> None:
    """Found in a picture, a place is no proof: where the answer agrees with its crop nothing is missing."""
    seen = [replace(place, detected=True) for place in PLACES]
    if not gone:  # a place where there is no stone, of gold that another light leaves unlike
        seen[12] = replace(seen[12], x=20.0, y=20.0, radius=4.0)
    report = compare(shrink(pave), without(pave, 12) if gone else pave, places=seen)
    assert report.counts.stones_shown == shown


@pytest.mark.parametrize(
    ("gate", "stones", "words"),
    [
        ("7-6e33d06f01bb", 12, "12 of 12 stones"),
        ("7-6e33d06f01bb", 0, "none that stand out"),
        ("7-6e33d06f01bb", None, "not counted: not told for sure"),
        ("6-6e33d06f01bb", None, ""),
        ("e0de10804431", None, ""),
    ],
)
def test_reports_say_what_was_counted(pave, gate, stones, words) -> None:
    """Nothing is said of what a gate never looked for, and why not of what it could not tell."""
    counted = None if stones is None else Counts(stones=stones, stones_shown=stones, prongs=0, prongs_shown=0)
    report = compare(shrink(pave), pave)
    judged = report.model_copy(update={"counts": counted, "judged_by": Judgement(gate=gate)})
    assert counted_words(judged) == words


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
