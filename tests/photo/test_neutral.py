"""Pieces on a ground without a hue: pale plates and the shadows beside them are told apart by colour alone."""

import io

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.photo.foreground import foreground

SIDE = 480
Rgb = tuple[float, float, float]


def _plate(
    pale: Rgb = (238.0, 238.0, 234.0),
    tint: Rgb = (1.0, 1.0, 1.0),
    rim: Rgb = (120.0, 118.0, 112.0),
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A plate nearly as bright as its ground within a dark outline, a shadow as dark as metal against its foot."""
    disc = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(disc, (240, 230), (84, 60), 0, 0, 360, 1, -1)
    inner = cv2.erode(disc, np.ones((7, 7), np.uint8))
    fall = np.zeros((SIDE, SIDE), np.float32)
    cv2.ellipse(fall, (254, 250), (80, 56), 0, 0, 360, 1.0, -1)
    depth = 60 * cv2.GaussianBlur(fall, (0, 0), 6)[..., None]
    picture = 253.0 - depth * np.array(tint)
    picture = np.where(disc[..., None] > 0, np.array(rim), picture)
    picture = np.where(inner[..., None] > 0, np.array(pale), picture)
    return cv2.GaussianBlur(picture, (0, 0), 0.7).round().clip(0, 255).astype(np.uint8), disc > 0


def _share(mask: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float((mask & truth).sum() / (mask | truth).sum())


@pytest.mark.parametrize("pale", [(238.0, 238.0, 234.0), (230.0, 229.0, 226.0), (214.0, 172.0, 88.0)])
def test_a_pale_plate_is_the_piece_and_the_grey_shadow_against_it_is_not(pale: Rgb) -> None:
    """Silver nearly as bright as the paper, darker silver, and gold, each over a steep grey shadow."""
    pixels, truth = _plate(pale)
    assert _share(foreground(pixels), truth) > 0.97


@pytest.mark.parametrize(
    ("tint", "pale", "rim"),
    [
        ((0.7, 0.9, 1.3), (214.0, 172.0, 88.0), (150.0, 110.0, 50.0)),
        ((1.0, 1.0, 1.0), (150.0, 150.0, 150.0), (90.0, 90.0, 90.0)),
    ],
)
def test_a_tinted_shadow_and_a_grey_piece_are_told_as_before(
    tint: Rgb, pale: Rgb, rim: Rgb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the ground has a hue of its own, or the piece none, hues tell nothing."""
    pixels, _ = _plate(pale, tint, rim)
    mask = foreground(pixels)
    monkeypatch.setattr("pipeline.photo.plain.by_hue", lambda *_: None)
    assert (mask == foreground(pixels)).all()


@pytest.mark.parametrize("quality", [95, 80])
def test_a_compressed_picture_loses_nothing_by_hues(quality: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JPEG has hues beside its piece: they are no part of it."""
    pixels, truth = _plate((214.0, 172.0, 88.0), rim=(150.0, 110.0, 50.0))
    box = io.BytesIO()
    Image.fromarray(pixels).save(box, "JPEG", quality=quality)
    compressed = np.asarray(Image.open(box).convert("RGB"))
    share = _share(foreground(compressed), truth)
    monkeypatch.setattr("pipeline.photo.plain.by_hue", lambda *_: None)
    assert share >= _share(foreground(compressed), truth) - 0.005


@pytest.mark.parametrize("quality", [95, 85, 75, 60])
@pytest.mark.parametrize("pale", [(238.0, 238.0, 234.0), (230.0, 229.0, 226.0)])
def test_a_pale_plate_is_the_piece_however_the_file_was_compressed(pale: Rgb, quality: int) -> None:
    """Compression blurs the hues, but a plate a few levels darker than a clean ground is no ground."""
    pixels, truth = _plate(pale)
    found = foreground(_compressed(pixels, quality))
    assert (found & truth).sum() > 0.95 * truth.sum()


@pytest.mark.parametrize("quality", [95, 85, 75])
def test_compression_does_not_fill_the_openings_of_a_chain(quality: int) -> None:
    """Beside grey links a block of the ground is not quite its colour any more, and still ground."""
    links = np.zeros((SIDE, SIDE), np.uint8)
    for place in range(60, SIDE - 40, 44):
        cv2.ellipse(links, (place, 240), (26, 15), 0, 0, 360, 1, 5)
    picture = np.where(links[..., None] > 0, np.array((168.0, 167.0, 165.0)), 253.0)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.7).round().astype(np.uint8)
    assert _share(foreground(_compressed(soft, quality)), links > 0) > 0.9


def _compressed(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))
