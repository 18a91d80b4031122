"""The gem map: every stone has its number, and nothing prints over one."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drawing import Stone, lettering
from pipeline.drawing.gemmap import gem_marks
from pipeline.drawing.page import Sides, Text

PITCH = 4.0
"""Millimetres on the sheet for a pixel of the view."""


def corners(text: Text) -> Sides:
    """What a number covers, mm: digits are as tall as capitals."""
    half = lettering.width(text.text, text.height, bold=text.bold) / 2
    return Sides(text.x - half, text.y - 0.72 * text.height, text.x + half, text.y)


def meet(one: Sides, other: Sides) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


@st.composite
def maps(draw: st.DrawFn) -> tuple[list[Stone], np.ndarray]:
    """Up to 40 stones, some hidden, on a disc of metal."""
    seed, count = draw(st.integers(0, 10_000)), draw(st.integers(1, 40))
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:30, :30]
    mask = np.hypot(x - 15, y - 15) < 14
    places = 15 + rng.uniform(-9, 9, (count, 2))
    sizes = rng.choice([0.0, 0.3, 0.9, 1.5, 3.0], count)
    stones = [
        Stone((px, py), d, "round", "1.00", "diamond", 0.01)
        for (px, py), d in zip(places, sizes, strict=True)
    ]
    return stones, mask


@settings(max_examples=60)
@given(maps())
def test_every_stone_has_one_number_and_none_prints_over_another(made):
    """All numbers are there once; in or beside the stones they stand apart."""
    stones, mask = made
    whole = Sides(40 + PITCH, 40 + PITCH, 40 + 29 * PITCH, 40 + 29 * PITCH)
    marks = gem_marks(stones, (40.0, 40.0), PITCH, whole, mask)
    numbers = [mark for mark in marks if isinstance(mark, Text)]
    assert sorted(int(n.text) for n in numbers) == list(range(1, len(stones) + 1))
    boxes = [corners(n) for n in numbers]
    beside = [n for n in numbers if not n.bold]
    for one, other in itertools.combinations(boxes, 2):
        assert not meet(one, other)
    assert all(n.height >= 0.9 * 2.6 for n in numbers)
    for n in beside:
        column, row = int((n.x - 40) // PITCH), int((n.y - 0.36 * n.height - 40) // PITCH)
        inside = 0 <= row < 30 and 0 <= column < 30
        assert not inside or not mask[row, column]
