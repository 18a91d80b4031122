"""What was paid for is found under its old name: however pictures are written today, the question is the same."""

import hashlib
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from pipeline import framing, images
from pipeline.images import Pixels
from pipeline.providers.base import EnhanceRequest, ModelRequest, Request, SketchRequest
from pipeline.providers.builtin.local import Local
from pipeline.providers.call.cache_key import key_of
from pipeline.records import Role

FORMATS = ("image/png", "image/webp", "image/jpeg")
PICTURES = arrays.arrays(
    np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)), elements=st.integers(0, 255)
)


def written_before(pixels: Pixels, media_type: str) -> bytes:
    """A picture as questions carried it before any named its colour space."""
    out = io.BytesIO()
    if (pixels == pixels[..., :1]).all():
        raise ValueError("pictures without colour are written as they always were")
    picture = Image.fromarray(pixels)
    match media_type:
        case "image/png":
            picture.save(out, "PNG", compress_level=4)
        case "image/webp":
            picture.save(out, "WEBP", lossless=True)
        case _:
            picture.save(out, "JPEG", quality=95, subsampling=0, optimize=True)
    return out.getvalue()


def questions(image: bytes) -> list[Request]:
    return [
        EnhanceRequest(image, "sharpen", 512, 512, factor=2),
        SketchRequest(image, "draw", 512, 512),
        ModelRequest((image, image), "a ring", "ring"),
    ]


@pytest.mark.parametrize("media_type", FORMATS)
@given(pixels=PICTURES.filter(lambda pixels: not (pixels == pixels[..., :1]).all()))
def test_the_question_is_the_one_that_was_asked_before(media_type: str, pixels: Pixels) -> None:
    """The same pixels, framed today, have the key of the bytes that were sent when their answer was bought."""
    sent = framing.encode(pixels, (media_type,), 10_000_000)
    before = written_before(pixels, media_type)
    assert sent != before, "today's names its colour space"
    assert images.untagged(sent) == before
    for today, then in zip(questions(sent), questions(before), strict=True):
        assert key_of(Local(), today) == key_of(Local(), then)


@given(pixels=PICTURES)
def test_other_pixels_are_another_question(pixels: Pixels) -> None:
    """One level of one channel."""
    other = pixels.copy()
    other[-1, -1, 1] ^= 1
    sent = [framing.encode(each, ("image/png",), 10_000_000) for each in (pixels, other)]
    keys = {key_of(Local(), question) for image in sent for question in questions(image)}
    assert len(keys) == 6


@given(
    data=st.sampled_from([b"\xff\xd8\xff\xe2", b"RIFF\0\0\0\0WEBPVP8X", b"\x89PNG\r\n\x1a\n", b""]),
    rest=st.binary(),
)
def test_what_is_no_whole_picture_has_a_name_too(data: bytes, rest: bytes) -> None:
    """Whatever a question carries is hashed; nothing is read past its end."""
    images.untagged(data + rest)


def test_a_profile_of_another_space_is_no_part_of_jpegs_name_but_its_pixels_are() -> None:
    """Only the profile's own segments go; comments, EXIF and tables stay."""
    noise = np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    plain, tagged = io.BytesIO(), io.BytesIO()
    Image.fromarray(noise).save(plain, "JPEG", comment=b"kept")
    Image.fromarray(noise).save(tagged, "JPEG", comment=b"kept", icc_profile=b"x" * 150_000)
    assert images.untagged(tagged.getvalue()) == plain.getvalue()


def test_an_empty_field_that_came_later_keeps_the_name() -> None:
    """The canonical question of before, written out here."""
    request = EnhanceRequest(b"picture", "sharpen", 512, 512, factor=2)
    assert key_of(Local(), request) == key_of(Local(), replace(request, references=()))
    assert key_of(Local(), request) != key_of(Local(), replace(request, references=(b"master",)))
    digest = hashlib.sha256(b"picture").hexdigest()
    text = (
        '{"model":"%s","place":"","provider":"local","request":{"factor":2,"height":512,"image":{"sha256":"%s"},'
        '"master_size":[0,0],"origin":"","prompt":"sharpen","seed":0,"take":0,"width":512,"window":null},'
        '"role":"enhance"}'
    )
    named = text % (Local().model(Role.ENHANCE), digest)
    assert key_of(Local(), request) == hashlib.sha256(named.encode()).hexdigest()
