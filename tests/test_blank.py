"""A picture with nothing on it is told from one with the faintest piece."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from pipeline.blank import is_blank
from pipeline.errors import BadImage
from pipeline.images import encode_jpeg, encode_png
from pipeline.stages import generate
from tests.photo.pieces import necklace, pair, solitaire

FAINT = {
    "black on black": ((14, 14, 15), (32, 32, 34)),
    "white on white": ((255, 255, 255), (250, 250, 250)),
    "grey on grey": ((128, 128, 128), (140, 140, 140)),
}

tones = st.tuples(*[st.integers(0, 255)] * 3)


def grained(ground, grain, seed):
    noise = np.random.default_rng(seed).normal(0, grain, ground.shape)
    return np.clip(np.rint(ground + noise), 0, 255).astype(np.uint8)


@given(tones, tones, st.floats(0, 360), st.booleans(), st.floats(0, 3), st.integers(256, 400))
@settings(max_examples=8)
def test_a_tone_and_any_gradient_are_blank(one, other, degrees, round_, grain, height):
    """Along any direction or around a middle, of a sensor's grain, as PNG has it."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1:1:300j]
    along = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
    share = (x * x + y * y) / 2 if round_ else (along + 1.5) / 3
    share = np.clip(share, 0, 1)[..., None]
    assert is_blank(grained(np.array(one) * (1 - share) + np.array(other) * share, grain, height))


@pytest.mark.parametrize("spread", [2, 20, 80, None])
@pytest.mark.parametrize("side", [512])
def test_noise_is_blank(spread, side):
    """White noise of any strength, in colours or grey, shows no piece."""
    draw = np.random.default_rng(1)
    for channels in (1, 3):
        shape = (side, side, channels)
        levels = draw.integers(0, 256, shape) if spread is None else draw.normal(128, spread, shape)
        assert is_blank(np.clip(levels, 0, 255).astype(np.uint8).repeat(3 // channels, -1))


@pytest.mark.parametrize("name", FAINT)
@pytest.mark.parametrize("draw", [solitaire, necklace, pair])
def test_the_faintest_piece_is_not(name, draw):
    """Metal a few levels from its ground is a piece, and so is one that fills the frame."""
    ground, metal = FAINT[name]
    picture, inside = draw(400, backdrop=ground, metal=metal, stone=metal).picture(grain=2)
    assert not is_blank(picture)
    assert not is_blank(picture[70:270, 100:300])
    assert inside.any()


@pytest.mark.parametrize("tone", [(255, 255, 255), (0, 0, 0), (190, 20, 50)])
@pytest.mark.parametrize("encode", [encode_png, lambda pixels: encode_jpeg(pixels, 80)])
def test_no_blank_master(store, tone, encode):
    """It is refused in one sentence, as PNG and as JPEG, and the design has no master."""
    design = store.create("Ring", kind="ring")
    with pytest.raises(BadImage, match="empty: nothing stands out from its ground; choose one that shows"):
        generate.upload(store, design.id, encode(np.full((600, 700, 3), tone, np.uint8)))
    assert store.load(design.id).branch is None
    assert not list(store.folder.rglob("*.png"))
