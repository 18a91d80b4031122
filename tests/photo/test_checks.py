import json
from dataclasses import asdict

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageFilter

from pipeline.photo.checks import inspect
from tests.photo.pieces import GOLD, RUBY, Canvas, necklace, solitaire

NAMES = ["resolution", "sharpness", "background", "centred", "inside", "hands"]


def checks(picture):
    return {check.name: check for check in inspect(picture)}


@pytest.fixture(scope="module")
def good():
    return solitaire(1100).picture(grain=0.5)[0]


def test_a_good_master_passes_every_check(good):
    """Large, sharp, white, centred, whole, alone: no advice at all."""
    found = inspect(good)
    assert [check.name for check in found] == NAMES
    assert all(check.ok and not check.advice for check in found)
    assert found[0].figure == "1100 x 1100 px"


def test_the_checklist_is_json(good):
    """It goes to the command line and into the manifest as it is."""
    assert json.loads(json.dumps([asdict(check) for check in inspect(good)]))[0]["value"] == 1100


def test_each_defect_fails_its_own_check(good):
    """Small, blurred, grey, shifted, cut: the check that is meant says so and gives advice."""
    blurred = np.asarray(Image.fromarray(good).filter(ImageFilter.GaussianBlur(5)))
    grey = np.minimum(good, 205)
    shifted = np.full_like(good, 255)
    shifted[:, 170:] = good[:, :-170]
    cases = {
        "resolution": good[200:900],
        "sharpness": blurred,
        "background": grey,
        "centred": shifted,
        "inside": np.ascontiguousarray(good[:, 300:]),
    }
    for name, picture in cases.items():
        check = checks(picture)[name]
        assert not check.ok, name
        assert check.advice.endswith(".")


def test_offset_is_told_with_its_side():
    """A ring too low in the frame is called too low, by the right figure."""
    picture, _ = Canvas(600).ring(300, 390, 120, 30, GOLD).picture()
    check = checks(picture)["centred"]
    assert check.value == pytest.approx(15, abs=1)
    assert check.figure == "15 % too low"


def test_a_hand_is_seen_and_rose_gold_is_not():
    """Smooth skin fails; polished rose gold, of nearly the same hue, does not."""
    y, x = np.mgrid[:700, :700]
    canvas = Canvas(700)
    hand, _ = canvas.ring(350, 350, 90, 24, GOLD).picture(grain=1)
    palm = (np.abs(x - 350) < 130 + 20 * np.sin(y / 60)) & (y > 400)
    light = 0.9 + 0.1 * np.cos((x - 350) / 90)
    hand[palm] = np.clip(np.array([224, 172, 140]) * light[palm][:, None], 0, 255)
    rose, _ = solitaire(700, metal=(200, 130, 115), stone=RUBY).picture(grain=1)
    assert not checks(hand)["hands"].ok
    assert checks(rose)["hands"].ok


def test_a_pendants_chain_may_leave_by_the_top():
    """A close view of a necklace is whole and centred for its kind; of a ring, or cut at the side, it is not."""
    picture = np.ascontiguousarray(necklace(900).picture(grain=0.5)[0][350:])
    hanging = {check.name: check for check in inspect(picture, hanging=True)}
    assert hanging["inside"].ok
    assert hanging["inside"].figure.endswith("the chain leaves by the top")
    assert hanging["centred"].ok
    assert not checks(picture)["inside"].ok
    turned = np.ascontiguousarray(picture.transpose(1, 0, 2))
    assert not {check.name: check for check in inspect(turned, hanging=True)}["inside"].ok


def test_a_rendered_piece_is_alone():
    """What was rendered from geometry shows no hand, whatever colour it has."""
    palm = np.full((700, 700, 3), 255, np.uint8)
    palm[150:550, 150:550] = (224, 172, 140)
    assert not checks(palm)["hands"].ok
    assert next(check for check in inspect(palm, alone=True) if check.name == "hands").ok


def test_a_busy_backdrop_is_not_trusted():
    """Where the mask is a guess, the margin is not claimed and props are assumed."""
    noise = np.random.default_rng(5).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    picture = np.asarray(Image.fromarray(noise).resize((640, 640), Image.Resampling.BICUBIC))
    found = checks(picture)
    assert found["inside"].figure == "cannot be told on this backdrop"
    assert not found["inside"].ok
    assert not found["hands"].ok


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_picture_has_no_piece(level):
    """Six checks all the same, none of them claiming to have seen a piece."""
    found = checks(np.full((600, 600, 3), level, np.uint8))
    assert found["centred"].figure == found["inside"].figure == "no piece found"
    assert not found["centred"].ok
    assert not found["sharpness"].ok


@given(
    st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
        lambda size: arrays(np.uint8, (*size, 3), elements=st.integers(0, 255))
    )
)
@settings(max_examples=30)
def test_any_picture_down_to_one_pixel(picture):
    """Always the same six, always finite."""
    found = inspect(picture)
    assert [check.name for check in found] == NAMES
    assert all(np.isfinite(check.value) for check in found)


@pytest.mark.parametrize("sigma", [1.5, 2.5, 4])
@pytest.mark.parametrize("draw", [solitaire, necklace])
def test_blur_is_seen_in_any_drawing(draw, sigma):
    """Sharp above the limit, blurred by 1.5 px and more below it, however much of the picture is empty."""
    picture = draw(500).picture(grain=0.5)[0]
    blurred = np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)))
    assert checks(picture)["sharpness"].ok
    assert not checks(blurred)["sharpness"].ok
