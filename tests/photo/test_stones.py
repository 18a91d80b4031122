"""Stones of a picture are counted where they are told for sure, and not at all elsewhere."""

import cv2
import numpy as np
import pytest

from pipeline.photo.stones import ellipse, stones_of
from tests.photo.pieces import EMERALD, GOLD, RUBY, SILVER, Canvas, necklace, pair, solitaire

CLEAR, ONYX, SAPPHIRE = (205, 210, 220), (8, 8, 10), (30, 60, 170)


def plate(stones, colour=RUBY, metal=GOLD, side=640):
    """A bar of metal with stones at (x, y, radius), in pixels."""
    canvas = Canvas(side)
    canvas.rod((60, side / 2), (side - 60, side / 2), 150, metal)
    for x, y, radius in stones:
        canvas.ring(x, y, radius + 4, 8, metal)
        canvas.dome(x, y, radius, colour)
    return canvas.picture()[0]


def touching():
    """Stones of two sizes set into each other, with no metal between them."""
    canvas = Canvas(640)
    canvas.rod((60, 320), (580, 320), 150, GOLD)
    for number, x in enumerate(range(130, 540, 50)):
        canvas.dome(x, 320, 26 + 6 * (number % 2), RUBY)
    return canvas.picture()[0]


@pytest.mark.parametrize(
    ("picture", "stones"),
    [
        (solitaire(640).picture()[0], 1),
        (solitaire(640, metal=SILVER).picture()[0], 1),
        (necklace(640).picture()[0], 1),
        (pair(640).picture()[0], 2),
        (plate([(x, 320, 30) for x in range(120, 560, 100)]), 5),
        (plate([(x, 320, 22) for x in range(120, 560, 70)], EMERALD), 7),
        (plate([(200, 320, 34), (400, 320, 34)], SAPPHIRE), 2),
        (plate([(200, 320, 34), (400, 320, 34)], CLEAR), 2),
        (plate([(200, 320, 34), (400, 320, 34)], ONYX), 2),
        (plate([]), 0),
    ],
    ids=["ruby", "ruby in silver", "emerald", "pair", "five", "seven", "sapphires", "clear", "onyx", "none"],
)
def test_stones_that_stand_out_are_counted(picture, stones) -> None:
    """Each is one, of any colour but the metal's."""
    places = stones_of(picture)
    assert places is not None
    assert len(places) == stones
    assert all(place.detected and 15 < place.radius < 70 for place in places)


@pytest.mark.parametrize("how", ["grain", "twice", "darker", "jpeg"])
def test_counts_do_not_hang_on_how_a_picture_was_taken(how) -> None:
    """Grain, size, light and compression of the same piece."""
    picture = plate([(x, 320, 30) for x in range(120, 560, 100)])
    grain = np.random.default_rng(3).normal(0, 2, picture.shape)
    shown = {
        "grain": np.clip(picture + grain, 0, 255).astype(np.uint8),
        "twice": cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC),
        "darker": (picture * 0.9).astype(np.uint8),
        "jpeg": cv2.imdecode(
            cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])[1], cv2.IMREAD_COLOR
        ),
    }[how]
    places = stones_of(shown)
    assert places is not None
    assert len(places) == 5
    assert places[0].radius == pytest.approx(61 if how == "twice" else 30.5, abs=3)


@pytest.mark.parametrize(
    "picture",
    [
        plate([(x, y, 7) for x in range(100, 560, 17) for y in range(280, 360, 17)]),
        touching(),
        plate([], metal=SILVER),
        plate([(200, 320, 34)], CLEAR, SILVER),
        np.full((300, 300, 3), 240, np.uint8),
    ],
    ids=["pave", "touching", "silver", "clear in silver", "nothing"],
)
def test_what_is_not_told_for_sure_is_not_counted(picture) -> None:
    """Paves, stones that touch, and whatever may be clear stones on a pale metal: no number is better than a guess."""
    assert stones_of(picture) is None


@pytest.mark.parametrize("turn", [-1.2, 0.0, 0.4, 1.5])
@pytest.mark.parametrize("stretch", [1.0, 1.3, 2.0])
def test_an_ellipse_is_told_by_its_pixels(stretch, turn) -> None:
    """Its stretch, and its turn where it has one."""
    rows, columns = np.mgrid[-60:61, -60:61]
    along = columns * np.cos(turn) + rows * np.sin(turn)
    across = rows * np.cos(turn) - columns * np.sin(turn)
    length, by = ellipse(*np.nonzero(np.hypot(along / (25 * stretch), across * stretch / 25) < 1))
    assert length == pytest.approx(stretch, abs=0.03)
    assert stretch == 1 or abs(np.sin(by - turn)) < 0.03
