"""Drawings from pixels: lines on the edges, bare paper where nothing is, every style, any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drawing import STYLES, overlap, pencil
from pipeline.drawing.sketch import BLUEPRINT_PAPER
from pipeline.errors import BadInput
from tests.drawing.conftest import on_paper, ring


@pytest.mark.parametrize("style", STYLES)
def test_lines_lie_on_edges(band, style):
    """In every style 95 % of the lines lie within 2 px of 1024 of an edge, and few strong edges are missed."""
    found = overlap(on_paper(band, style=style), band, tolerance_px=2)
    assert found.precision >= 0.95
    assert found.recall >= 0.75


@pytest.mark.parametrize("style", STYLES)
def test_backdrop_stays_bare(band, style):
    """Outside the piece and inside the ring's opening the paper is untouched."""
    drawn = on_paper(band, style=style)
    paper = BLUEPRINT_PAPER if style == "blueprint" else 255
    assert drawn.shape == band.shape[:2]
    assert drawn.dtype == np.uint8
    assert (drawn[:80] == paper).all()
    assert (drawn[430:470, 430:470] == paper).all()


@pytest.mark.parametrize("style", STYLES)
def test_same_seed_same_drawing(band, style):
    """The same picture and seed give the same pixels; the hand-made styles vary with the seed."""
    assert (on_paper(band, style=style, seed=3) == on_paper(band, style=style, seed=3)).all()
    if style in {"pencil", "stipple"}:
        assert (on_paper(band, style=style, seed=3) != on_paper(band, style=style, seed=4)).any()


def test_controls_do_what_they_say(band):
    """More darkness and more weight lay more ink."""
    plain = on_paper(band).mean()
    assert on_paper(band, darkness=1.6).mean() < plain
    assert on_paper(band, darkness=0.5).mean() > plain
    assert on_paper(band, style="contour", weight=2).mean() < on_paper(band, style="contour").mean()


def test_silhouette_is_heavier_than_inner_lines(band):
    """The outline of the piece is drawn wider than the facet lines of its stone."""
    ink = on_paper(band, style="contour") < 128
    across_outline = ink[450, :200].sum()
    across_facet = ink[256 - 60 : 256, 450].sum() / 2
    assert across_outline >= across_facet
    assert across_outline >= 2


def test_unknown_style_is_refused(band):
    """A misspelt style is a clear sentence, not a default."""
    with pytest.raises(BadInput, match="pencil"):
        on_paper(band, style="crayon")


def test_mask_keeps_a_busy_backdrop_out():
    """With a mask, nothing is drawn on a textured backdrop outside it."""
    rng = np.random.default_rng(5)
    picture = ring(600, tone=120)
    piece = np.abs(picture.astype(int) - 250).max(axis=2) > 20
    busy = picture.copy()
    busy[~piece] = rng.integers(0, 255, (int((~piece).sum()), 3))
    drawn = pencil(busy, mask=piece)
    assert (drawn[:60] == 255).all()
    assert drawn.min() < 120


def test_a_smaller_mask_is_fitted(band):
    """A mask found on a smaller copy of the picture serves as well."""
    piece = np.abs(band.astype(int) - 250).max(axis=2) > 20
    whole, small = (
        pencil(band, style="contour", mask=piece),
        pencil(band, style="contour", mask=piece[::2, ::2]),
    )
    assert ((whole < 128) != (small < 128)).mean() < 0.01


@pytest.mark.parametrize("level", [0, 128, 255])
def test_even_pictures_give_bare_paper(level):
    """A picture of one tone has no edges and gives no ink."""
    assert (on_paper(np.full((600, 700, 3), level, np.uint8)) == 255).all()


def test_noise_gives_bare_paper():
    """Pure noise holds no lines, however strong it is."""
    rng = np.random.default_rng(1)
    for spread in (10, 40, 90):
        noisy = np.clip(rng.normal(128, spread, (300, 300, 3)), 0, 255).astype(np.uint8)
        assert (on_paper(noisy) < 225).mean() < 2e-4


@settings(max_examples=12)
@given(
    height=st.integers(64, 500),
    width=st.integers(64, 500),
    style=st.sampled_from(STYLES),
    seed=st.integers(0, 2**31),
)
def test_any_size_any_content(height, width, style, seed):
    """Whatever the picture, the drawing has its size and is grey uint8."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (4, 5, 3), np.uint8)
    picture = np.kron(small, np.ones((height // 4 + 1, width // 5 + 1, 1), np.uint8))[:height, :width]
    drawn = on_paper(picture, style=style, seed=seed)
    assert drawn.shape == (height, width)
    assert drawn.dtype == np.uint8
