"""A crop goes out in a provider's shape and comes back as exactly itself."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline import framing, images
from pipeline.errors import BadRegion, NotRegistrable
from pipeline.providers.base import Frame, Limits

NATURAL = {
    "none": Limits(),
    "wide range": Limits(
        min_side_px=15, max_pixels=36_000_000, answer=Frame(min_pixels=921_600, max_pixels=16_777_216)
    ),
    "large only": Limits(min_side_px=15, answer=Frame(min_pixels=3_686_400, max_pixels=16_777_216)),
    "sixteenths": Limits(
        answer=Frame(
            multiple_of=16,
            min_pixels=655_360,
            max_pixels=3840 * 2160,
            max_side_px=3840,
            min_aspect=1 / 3,
            max_aspect=3.0,
        )
    ),
    "three sizes": Limits(answer=Frame(sizes=((1024, 1024), (1536, 1024), (1024, 1536)))),
    "always four": Limits(min_side_px=32, max_side_px=1536, max_pixels=1_048_576, factors=(4,)),
    "two or four": Limits(factors=(2, 4), answer=Frame(max_pixels=48_000_000)),
    "not long": Limits(min_side_px=64, max_pixels=9_437_184, min_aspect=0.4, max_aspect=2.5),
}


def noise(width: int, height: int, seed: int = 0) -> images.Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def repeated(pixels: images.Pixels, times: int) -> images.Pixels:
    return np.repeat(np.repeat(pixels, times, 0), times, 1)


@settings(max_examples=60)
@given(
    name=st.sampled_from(sorted(NATURAL)),
    width=st.integers(24, 240),
    height=st.integers(24, 240),
    factor=st.sampled_from([1, 2, 4]),
)
def test_an_honest_answer_gives_the_crop_back(name: str, width: int, height: int, factor: int) -> None:
    """Pixel repetition by the provider comes back as the crop: exactly where whole numbers allow it."""
    limits = NATURAL[name]
    crop = noise(width, height, width * height)
    framed = framing.fit(crop, limits, factor=factor)
    sent = images.decode(framed.image)
    assert limits.allows(sent.shape[1], sent.shape[0])
    assert limits.answer is None or limits.answer.allows(framed.width, framed.height)
    back = framed.undo(repeated(sent, framed.ratio))
    assert back.shape == (height * factor, width * factor, 3)
    if framed.prescale == 1 and framed.ratio % factor == 0:
        np.testing.assert_array_equal(back, repeated(crop, factor))


@pytest.mark.parametrize("name", sorted(NATURAL))
def test_a_smooth_crop_stays_in_place(name: str) -> None:
    """Through enlarging, padding and undoing, a soft spot moves by less than a tenth of a pixel."""
    y, x = np.mgrid[0:140, 0:180].astype(np.float64)
    spot = 255 - 180 * np.exp(-((x - 61) ** 2 + (y - 92) ** 2) / 200)
    crop = np.repeat(spot[..., None], 3, 2).astype(np.uint8)
    framed = framing.fit(crop, NATURAL[name], factor=4)
    sent = Image.fromarray(images.decode(framed.image))
    answer = np.asarray(sent.resize((framed.width, framed.height), Image.Resampling.BICUBIC))
    back = 255 - framed.undo(answer)[..., 0].astype(np.float64)
    rows, columns = np.mgrid[0 : back.shape[0], 0 : back.shape[1]]
    found = np.array([(columns * back).sum(), (rows * back).sum()]) / back.sum()
    original = 255 - crop[..., 0].astype(np.float64)
    wanted = np.array([(x * original).sum(), (y * original).sum()]) / original.sum() * 4 + 1.5
    np.testing.assert_allclose(found, wanted, atol=0.4)


@pytest.mark.parametrize(
    ("name", "width", "height"), [("always four", 2048, 2048), ("three sizes", 3000, 1400)]
)
def test_a_crop_too_large_is_reduced_and_brought_back(name: str, width: int, height: int) -> None:
    """A crop beyond the limits is averaged down by a whole number and comes back at full size."""
    crop = images.resize(noise(30, 14), width, height)
    framed = framing.fit(crop, NATURAL[name], factor=1)
    assert framed.prescale.numerator == 1
    assert framed.prescale < 1
    back = framed.undo(repeated(images.decode(framed.image), framed.ratio))
    assert back.shape == crop.shape
    assert np.abs(back.astype(int) - crop).mean() < 6


def test_the_decoded_size_decides() -> None:
    """An answer of another scale, or squeezed by a few pixels, is brought to the crop all the same."""
    crop = images.resize(noise(9, 7), 180, 140)
    framed = framing.fit(crop, NATURAL["wide range"], factor=2)
    sent = Image.fromarray(images.decode(framed.image))
    wanted = images.resize(crop, 360, 280).astype(int)
    for scale_x, scale_y in ((1.0, 1.0), (2.0, 2.0), (5.0, 5.0), (3.0, 3.04)):
        size = round(sent.width * scale_x), round(sent.height * scale_y)
        back = framed.undo(np.asarray(sent.resize(size, Image.Resampling.LANCZOS)))
        assert np.abs(back.astype(int) - wanted).mean() < 3.0


def test_another_shape_is_refused() -> None:
    """An answer whose shape is another picture's is not stretched over the crop."""
    framed = framing.fit(noise(120, 120), NATURAL["wide range"], factor=4)
    with pytest.raises(NotRegistrable, match="another shape"):
        framed.undo(noise(1248, 832))


def test_a_hopeless_shape_is_told() -> None:
    """A sliver that no canvas of the provider holds gives one sentence."""
    with pytest.raises(BadRegion, match="less elongated"):
        framing.fit(noise(3000, 4), Limits(max_side_px=512, sizes=((256, 256),)), factor=4)


def test_pads_with_the_background() -> None:
    """What is added around a crop has the colour of its border, not black."""
    crop = np.full((60, 200, 3), (240, 238, 230), np.uint8)
    crop[20:40, 80:120] = (200, 160, 60)
    framed = framing.fit(crop, Limits(min_aspect=0.8, max_aspect=1.25))
    sent = images.decode(framed.image)
    assert sent.shape[0] >= 160
    assert (sent[0] == (240, 238, 230)).all()
    assert (sent[-1] == (240, 238, 230)).all()


def test_nothing_but_pixels_leaves() -> None:
    """The picture sent carries no text chunk, no EXIF and no profile: only that its numbers are sRGB."""
    framed = framing.fit(noise(64, 64), Limits())
    picture = Image.open(io.BytesIO(framed.image))
    assert picture.info == {"srgb": 0}
    assert len(picture.getexif()) == 0
    assert picture.mode == "RGB"


def test_keeps_to_the_byte_limit() -> None:
    """Too large a PNG becomes a JPEG where that is allowed, and a sentence where it is not."""
    crop = noise(400, 400)
    both = framing.fit(crop, Limits(formats=("image/png", "image/jpeg"), max_bytes=300_000))
    assert images.media_type(both.image) == "image/jpeg"
    assert len(both.image) <= 300_000
    assert images.media_type(framing.fit(crop, Limits(formats=("image/webp",))).image) == "image/webp"
    with pytest.raises(BadRegion, match="MB"):
        framing.fit(crop, Limits(max_bytes=1000))


@settings(max_examples=80)
@given(name=st.sampled_from(sorted(NATURAL)), width=st.integers(256, 4096), height=st.integers(256, 4096))
def test_the_nearest_size_is_allowed(name: str, width: int, height: int) -> None:
    """Whatever is wished for, what is asked for lies inside the limits, and a fitting wish is granted."""
    frame = NATURAL[name].answer or Frame(
        min_side_px=512, max_side_px=1536, max_pixels=2_000_000, multiple_of=8
    )
    found = framing.nearest_size(frame, width, height)
    assert frame.allows(*found)
    if frame.allows(width, height):
        assert found == (width, height)
