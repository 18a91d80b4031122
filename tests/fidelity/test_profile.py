"""A lost profile and a squeeze are reasons of their own; encodings and harmless habits are neither."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.fidelity import compare
from pipeline.fidelity.profile import lost_profile
from tests.fidelity.conftest import paint, shrink
from tests.icc import CORNERS, PRESSES, Separation, bare, levels_in, light_of, tint_of, to_xyz, value_of

SRGB = (((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)), (0.3127, 0.3290))


def given(pixels, space):
    """The picture's own numbers, taken for those of a wide space."""
    corners, white, gamma = CORNERS[space]
    light = light_of(pixels / 255.0, gamma) @ to_xyz(corners, white).T @ np.linalg.inv(to_xyz(*SRGB)).T
    return np.rint(255 * value_of(light, None)).astype(np.uint8)


def as_jpeg(pixels, quality=92):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=0)
    return np.asarray(Image.open(out))


def bright(seed):
    """A pendant whose colours are clear of the ends of their range."""
    return (30 + paint(seed, 320) * 0.78).astype(np.uint8)


@pytest.mark.parametrize("space", CORNERS)
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("way", [levels_in, given])
def test_a_lost_profile_is_named(space, seed, way):
    """Numbers of a wide space shown as sRGB, or the reverse: the first reason, and no pass as delivered."""
    truth = bright(seed)
    crop = shrink(truth, 2)
    answer = as_jpeg(way(truth, space))
    examined = compare(crop, answer)
    assert examined.raw_verdict == "fail"
    assert examined.reasons[0].name == "lost profile"


def grey(pixels):
    """The picture without its colours."""
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def levels(shares):
    return np.rint(255 * np.clip(shares, 0, 1)).astype(np.uint8)


CURVES = {
    "linear": lambda light: light,
    "gamma 1.4": lambda light: light ** (1 / 1.4),
    "gamma 1.8": lambda light: light ** (1 / 1.8),
    "dot gain 20 %": lambda light: tint_of(light, 0.20),
}
"""Linear light to the levels of a grey profile, or of a PNG's gAMA."""


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("picture", [grey, np.asarray])
def test_a_lost_curve_is_named(curve, picture):
    """Grey profiles and gAMA: levels of another curve shown as sRGB's, in grey and in colour."""
    truth = picture(bright(1))
    answer = levels(CURVES[curve](light_of(truth / 255.0, None)))
    examined = compare(shrink(truth, 2), as_jpeg(answer))
    assert examined.reasons[0].name == "lost profile"


def test_a_curve_that_was_never_there_is_named():
    """Levels of sRGB read as gamma 1.8."""
    truth = grey(bright(2))
    answer = levels(value_of((truth / 255.0) ** 1.8, None))
    examined = compare(shrink(truth, 2), as_jpeg(answer))
    assert examined.reasons[0].name == "lost profile"


@pytest.mark.parametrize("press", PRESSES)
def test_lost_inks_are_named(press):
    """CMYK whose profile was dropped: the crop shows the print, the answer its bare inks."""
    separation = Separation(press)
    inks = separation.inks(bright(1))
    crop, answer = shrink(separation.shown(inks), 2), as_jpeg(bare(inks))
    examined = compare(crop, answer)
    assert examined.raw_verdict == "fail"
    assert examined.reasons[0].name == "lost profile"
    lost = lost_profile(crop, shrink(answer, 2).astype(np.float32), np.ones(crop.shape[:2], bool))
    assert lost.space == "CMYK"


@pytest.mark.parametrize(("red", "yellow", "vivid"), [(10, -8, 1), (0, 0, 0.4), (-3, 12, 1), (-12, 6, 1)])
def test_another_metal_is_no_lost_profile(red, yellow, vivid):
    """Whoever recolours a metal changes its hue and keeps its lightness: that is not what presses and spaces do."""
    truth = bright(3)
    lab = cv2.cvtColor((truth / 255).astype(np.float32), cv2.COLOR_RGB2LAB)
    share = np.clip(np.hypot(lab[..., 1], lab[..., 2]) / 10, 0, 1)
    lab[..., 1] = lab[..., 1] * vivid + red * share
    lab[..., 2] = lab[..., 2] * vivid + yellow * share
    answer = levels(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB))
    valid = np.ones((160, 160), bool)
    assert lost_profile(shrink(truth, 2), shrink(answer, 2).astype(np.float32), valid) is None


@pytest.mark.parametrize("seed", range(6))
def test_the_same_colours_in_any_file_are_no_lost_profile(seed):
    """JPEG, WebP, sharpening, noise, brightness and white balance are none."""
    truth = bright(seed)
    crop, draw = shrink(truth, 2), np.random.default_rng(seed)
    valid = np.ones(crop.shape[:2], bool)
    sharper = cv2.addWeighted(truth, 1.6, cv2.GaussianBlur(truth, (0, 0), 1.5), -0.6, 0)
    habits = {
        "jpeg": as_jpeg(truth, 80),
        "sharper": sharper,
        "noise": np.clip(truth + draw.normal(0, 3, truth.shape), 0, 255).astype(np.uint8),
        "brighter": np.clip(truth * 1.05, 0, 255).astype(np.uint8),
        "gamma low": levels((truth / 255) ** 0.88),
        "gamma high": levels((truth / 255) ** 1.12),
        "warmer": np.clip(truth * np.array([1.03, 1.0, 0.96]), 0, 255).astype(np.uint8),
    }
    named = {
        name: lost_profile(crop, shrink(answer, 2).astype(np.float32), valid)
        for name, answer in habits.items()
    }
    assert {name for name, lost in named.items() if lost} == set()


@pytest.mark.parametrize("squeeze", [1.02, 1.03, 1.05, 1.2, 2.0])
@pytest.mark.parametrize("across", [True, False])
def test_a_squeeze_is_named_from_two_percent_on(crop, truth, squeeze, across):
    """Whichever side it is: a reason of its own, at least a warning, and the lock brings the shape back."""
    side = round(640 * (squeeze + 0.003))
    size = (side, 640) if across else (640, side)
    examined = compare(crop, cv2.resize(truth, size, interpolation=cv2.INTER_CUBIC))
    assert examined.reasons[0].name == "squeezed"
    assert examined.raw_verdict != "pass"
    assert examined.verdict == "repaired"


def test_the_rounding_of_a_size_is_no_squeeze(crop, truth):
    """A pixel more or less on one side, or one percent, is nothing."""
    for size in ((641, 640), (640, 646)):
        assert compare(crop, cv2.resize(truth, size)).reasons == ()


def openwork(pitch, side=400):
    """A round plate of gold wires that cross every `pitch` pixels, on white: texture all over."""
    y, x = np.mgrid[:side, :side].astype(float)
    crossing = np.maximum(np.cos(2 * np.pi * (x + y) / pitch), np.cos(2 * np.pi * (x - y) / pitch))
    wire = np.clip(crossing, 0, 1)[..., None]
    light = 1.05 + 0.4 * np.sin(x / 37) * np.cos(y / 29)
    plate = np.clip(np.array([226, 178, 92]) * light[..., None] * wire + 228 * (1 - wire), 0, 255)
    inside = np.hypot(x - side / 2, y - side / 2) < 0.42 * side
    return np.where(inside[..., None], plate, 234).round().astype(np.uint8)


@pytest.mark.parametrize("pitch", [9, 13, 20])
def test_a_lost_curve_on_openwork_is_no_clarity(pitch):
    """On texture all over, a dark curve looks like more local contrast, which is taken out as harmless."""
    truth = openwork(pitch)
    examined = compare(shrink(truth, 2), as_jpeg(levels(light_of(truth / 255.0, None))))
    assert examined.reasons[0].name == "lost profile"
