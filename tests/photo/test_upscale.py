import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from pipeline.errors import BadInput
from pipeline.photo import upscale as enlarging
from pipeline.photo.upscale import upscale
from tests.photo.pieces import Canvas, necklace, reduce, solitaire

DRAWN = {"ring": solitaire, "necklace": necklace}


def pillow(picture, factor, method):
    height, width = picture.shape[:2]
    return np.asarray(Image.fromarray(picture).resize((width * factor, height * factor), method))


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("factor", [2, 4])
def test_is_nearer_to_the_truth_than_bicubic_and_lanczos(name, factor):
    """On drawn pieces of known truth the gain over Pillow's best filter is at least 0.4 dB."""
    truth, _ = DRAWN[name](512).picture()
    small = reduce(truth, factor)
    ours = peak_signal_noise_ratio(truth, upscale(small, factor))
    lanczos = peak_signal_noise_ratio(truth, pillow(small, factor, Image.Resampling.LANCZOS))
    bicubic = peak_signal_noise_ratio(truth, pillow(small, factor, Image.Resampling.BICUBIC))
    assert ours > max(lanczos, bicubic) + 0.4


@pytest.mark.parametrize("factor", [2, 3, 4, 5])
def test_reduced_again_it_is_the_input(factor):
    """Back-projection holds the answer to its input: above 45 dB (NTIRE's line for consistent answers)."""
    small = reduce(solitaire(512).picture(grain=2)[0], 4)
    assert peak_signal_noise_ratio(small, reduce(upscale(small, factor), factor)) > 45


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_keeps_the_place_of_every_pixel(factor):
    """The centre of gravity of a spot moves by less than a twentieth of an input pixel."""
    y, x = np.mgrid[:48, :48].astype(float)
    spot = 255 * np.exp(-((x - 20.3) ** 2 + (y - 27.6) ** 2) / 18)
    small = np.repeat(np.rint(spot)[..., None], 3, axis=2).astype(np.uint8)

    def centre(picture):
        weight = picture[..., 1].astype(float)
        rows, columns = np.mgrid[: weight.shape[0], : weight.shape[1]] + 0.5
        return np.array([(weight * rows).sum(), (weight * columns).sum()]) / weight.sum()

    assert np.abs(centre(upscale(small, factor)) / factor - centre(small)).max() < 0.05


@pytest.mark.parametrize("factor", [2, 4])
def test_no_halo_along_a_step(factor):
    """Beside a hard edge the overshoot stays within 14 of 255 levels."""
    step = np.full((40, 40, 3), 60, np.uint8)
    step[:, 20:] = 200
    large = upscale(step, factor).astype(int)
    assert large.min() >= 60 - 14
    assert large.max() <= 200 + 14


@pytest.mark.parametrize("factor", [2, 4])
def test_slanted_edges_are_smoother_than_bicubic(factor):
    """A thin slanted wire has less error than by bicubic, where the stair steps would be."""
    truth, _ = Canvas(256).rod((20, 40), (236, 130), 9).picture()
    small = reduce(truth, factor)

    def error(picture):
        return np.sqrt(np.mean((picture.astype(float) - truth) ** 2))

    assert error(upscale(small, factor)) < 0.9 * error(pillow(small, factor, Image.Resampling.BICUBIC))


@given(colour=st.tuples(*[st.integers(0, 255)] * 3), factor=st.integers(2, 8))
@settings(max_examples=20)
def test_a_flat_picture_stays_flat(colour, factor):
    """One colour in, one colour out, within the rounding of YCrCb (2 levels)."""
    flat = np.full((9, 13, 3), colour, np.uint8)
    large = upscale(flat, factor)
    assert large.shape == (9 * factor, 13 * factor, 3)
    assert np.abs(large.astype(int) - colour).max() <= 2
    assert (large == large[0, 0]).all()


@given(
    picture=st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
        lambda size: arrays(np.uint8, (*size, 3), elements=st.integers(0, 255))
    ),
    factor=st.sampled_from([2, 3, 4]),
)
@settings(max_examples=40)
def test_any_picture_down_to_one_pixel(picture, factor):
    """Every size gives the exact size times the factor, and the same answer twice."""
    large = upscale(picture, factor)
    assert large.dtype == np.uint8
    assert large.shape == (picture.shape[0] * factor, picture.shape[1] * factor, 3)
    assert (large == upscale(picture, factor)).all()


@given(st.integers(0, 3))
@settings(max_examples=4)
def test_turning_and_mirroring_commute(turns):
    """The method prefers no direction: turned input gives the turned answer, within 3 levels on average 0.1."""
    small = reduce(solitaire(256).picture()[0], 4)
    turned = upscale(np.ascontiguousarray(np.rot90(small, turns)), 2)
    difference = np.abs(turned.astype(int) - np.rot90(upscale(small, 2), turns).astype(int))
    assert difference[16:-16, 16:-16].mean() < 0.1


@pytest.mark.parametrize("factor", [-2, 0, 1, 9, 1000])
def test_other_factors_are_refused(factor):
    """Factors outside 2 to 8 get one sentence."""
    with pytest.raises(BadInput, match="from 2 to 8"):
        upscale(np.zeros((8, 8, 3), np.uint8), factor)


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("rows", [40, 64, 150])
def test_strips_show_no_seam(monkeypatch, factor, rows):
    """A picture enlarged a strip at a time is the picture enlarged whole; a factor that floats cannot hold may round
    one value of ten thousand otherwise.
    """
    picture = np.random.default_rng(rows).integers(0, 256, (200, 60, 3)).astype(np.uint8)
    monkeypatch.setattr(enlarging, "STRIP_ROWS", len(picture))
    whole = upscale(picture, factor)
    monkeypatch.setattr(enlarging, "STRIP_ROWS", rows)
    differs = np.abs(upscale(picture, factor).astype(int) - whole)
    assert differs.max() <= (2 if factor == 3 else 0)
    assert (differs > 0).mean() < 0.001
