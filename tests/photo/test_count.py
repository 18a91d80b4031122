"""Pieces are counted on plain paper and on cloth; what touches is never claimed to be told apart."""

import cv2
import numpy as np
import pytest

from pipeline.photo.checks import inspect
from pipeline.photo.count import count, words
from pipeline.photo.foreground import foreground
from tests.photo.pieces import GOLD, RUBY, Canvas

PLACES = [(150, 150), (440, 160), (160, 440), (450, 450)]


def several(number: int) -> Canvas:
    """Rings with a stone, apart from each other."""
    canvas = Canvas(600, (238, 238, 240))
    for x, y in PLACES[:number]:
        canvas.ring(x, y, 70, 26, GOLD).dome(x, y - 80, 30, RUBY)
    return canvas


def on_cloth(canvas: Canvas) -> np.ndarray:
    """The same on dark woven cloth with folds."""
    picture, true = canvas.picture()
    draw = np.random.default_rng(3)
    folds, weave = (cv2.GaussianBlur(draw.normal(0, 1, true.shape), (0, 0), sigma) for sigma in (14, 1))
    level = 44 + 16 * folds / folds.std() + 9 * weave / weave.std()
    cloth = np.clip(level[..., None] + np.array([0, 2, 9]), 0, 255)
    return np.where(true[..., None], picture, cloth).astype(np.uint8)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_pieces_apart_are_counted(number):
    """One to four rings, on paper and as the truth."""
    picture, true = several(number).picture(grain=0.7)
    assert count(true) == number
    assert count(foreground(picture)) == number


@pytest.mark.parametrize("number", [1, 3])
def test_pieces_on_cloth_are_counted(number):
    """Cloth between the pieces is none of them, nor joins them."""
    assert count(foreground(on_cloth(several(number)))) == number


def test_touching_pieces_are_not_claimed_to_be_one():
    """Two rings that overlap are one part of the mask, and the words say that this may be several."""
    picture, _ = Canvas(500).ring(190, 250, 80, 24, GOLD).ring(290, 250, 80, 24, GOLD).picture()
    figure = next(check.figure for check in inspect(picture) if check.name == "inside")
    assert figure.startswith("1 piece, or several that touch")


def test_crumbs_and_gaps_make_no_pieces():
    """A chain broken into links by highlights is one piece, and specks of dust are none."""
    mask = np.zeros((800, 800), np.uint8)
    for step in range(40):
        cv2.circle(mask, (60 + 17 * step, 400), 7, 1, -1)
    cv2.circle(mask, (400, 520), 4, 1, -1)
    assert count(mask > 0) == 1


def test_nothing_is_no_piece():
    """An empty mask counts none and says so."""
    assert count(np.zeros((50, 50), bool)) == 0
    assert words(0) == "no piece found"
    assert words(2).startswith("2 pieces")
