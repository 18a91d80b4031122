"""What averaging to the crop's pixels hides: colour of thin parts, texture lost or painted in."""

import cv2
import numpy as np
import pytest

from pipeline.fidelity import compare, examine, lock
from pipeline.photo.upscale import upscale
from tests.fidelity.conftest import golden_edges, paint, shrink

SIDE = 384


@pytest.fixture(scope="module")
def wire() -> np.ndarray:
    """Thin silver wire, hammered, on white: nothing in it is coloured."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    grain = cv2.GaussianBlur(
        np.random.default_rng(4).normal(0, 1, (SIDE, SIDE)).astype(np.float32), (0, 0), 1.6
    )
    picture = np.full((SIDE, SIDE), 246, np.float32)
    for turn in range(4):
        away = np.abs(np.hypot(x - 130 - 40 * turn, y - 200 + 12 * turn) - 90)
        cover = np.clip((5.0 - away) / 1.5, 0, 1)
        picture = picture * (1 - cover) + cover * (120 + 45 * grain / grain.std())
    return np.clip(np.rint(np.repeat(picture[..., None], 3, 2)), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def cloth() -> np.ndarray:
    """A woven texture that its crop still shows, beside a plain dark disc."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    weave = 14 * np.sin(2 * np.pi * (0.8 * x + 0.6 * y) / 13) * np.sin(2 * np.pi * (0.6 * x - 0.8 * y) / 15)
    disc = np.clip((70 - np.hypot(x - 120, y - 120)) / 2, 0, 1)
    grey = (170 + weave) * (1 - disc) + 60 * disc
    return np.clip(np.rint(np.repeat(grey[..., None], 3, 2)), 0, 255).astype(np.uint8)


def names(found) -> set[str]:
    return {reason.name for reason in found.reasons}


@pytest.mark.parametrize("factor", [3, 4])
def test_golden_wire_in_a_silver_picture_is_named(wire, factor) -> None:
    """The wire alone turned golden, its surroundings took the tint back: the crop's pixels hardly differ."""
    tinted = golden_edges(wire, 20)
    found = compare(shrink(wire, factor), tinted)
    assert found.raw.delta_e_max < 4.5
    assert found.raw_verdict == "warn"
    assert found.reasons[0].name == "edges tinted"
    assert found.surface.tint > 1.5 * compare(shrink(wire, factor), wire).surface.tint


def test_the_lock_takes_the_tint_back_where_the_crop_knows_better() -> None:
    """After the lock the mean colour of thin parts is no further off than honest enlargers have it."""
    truth = paint(3, 384)
    crop = shrink(truth)
    tinted = np.clip(golden_edges(truth, 8) + np.array([4, 1, -8]), 0, 255).astype(np.uint8)
    assert compare(crop, lock(crop, tinted)).surface.tint < compare(crop, tinted).surface.tint


def test_a_smoothed_texture_is_named_where_it_was(cloth) -> None:
    """Half of the cloth became plain: named as smoothed away, its box on that half."""
    answer = cloth.copy()
    answer[:, 230:] = cv2.GaussianBlur(cloth, (0, 0), 7)[:, 230:]
    found = compare(shrink(cloth), answer)
    assert found.raw_verdict != "pass"
    assert found.reasons[0].name == "texture smoothed away"
    assert found.reasons[0].box[0] >= 230 // 4
    assert found.surface.texture_left < 0.5


@pytest.mark.parametrize("threads", [8, 12])
@pytest.mark.parametrize("factor", [2, 3])
def test_a_texture_that_is_the_crops_is_kept_however_fine_it_goes_on(cloth, factor, threads) -> None:
    """A cloth whose threads the crop averages away has lost nothing; where they alone are left of it, its weave."""
    y, x = np.mgrid[:SIDE, :SIDE]
    fine = threads * np.sign(np.sin(2 * np.pi * x / 2.9) * np.sin(2 * np.pi * y / 3.1))[..., None]
    soft = cv2.GaussianBlur(cloth, (0, 0), 7)
    woven, threadbare = (np.clip(np.rint(part + fine), 0, 255).astype(np.uint8) for part in (cloth, soft))
    half = woven.copy()
    half[:, 230:] = threadbare[:, 230:]
    crop = shrink(woven, factor)
    assert "texture smoothed away" not in names(compare(crop, woven))
    assert "texture smoothed away" in names(compare(crop, half))


@pytest.mark.parametrize("levels", [2.0, 3.0, 4.0])
@pytest.mark.parametrize("factor", [2, 4])
def test_grain_that_an_answer_lacks_is_no_texture(wire, factor, levels) -> None:
    """A path tracer leaves grain inside dark stones alone; a cleaner picture of the same has lost nothing."""
    y, x = np.mgrid[:SIDE, :SIDE]
    truth = wire.copy()
    stone = np.hypot(x - 300, y - 90) < 70
    truth[stone] = (60 + 20 * np.sin(x / 31) * np.cos(y / 23)).astype(np.uint8)[stone][:, None]
    crop = shrink(truth, factor).astype(np.float32)
    grain = np.random.default_rng(2).normal(0, levels, crop.shape[:2])[..., None]
    noisy = np.where(
        shrink(np.repeat(stone[..., None], 3, 2) * np.uint8(255), factor) > 250, crop + grain, crop
    )
    found = compare(
        np.clip(np.rint(noisy), 0, 255).astype(np.uint8), truth[: len(crop) * factor, : len(crop) * factor]
    )
    assert "texture smoothed away" not in names(found)


def fire(trace: int, levels: float, tint: float = 0.0) -> np.ndarray:
    """A dark stone on white; its few sparks have a colour of their own at each pixel, another in every trace."""
    y, x = np.mgrid[:SIDE, :SIDE]
    where = np.random.default_rng(6).integers(0, SIDE, (2, 400))
    sparks = np.zeros((SIDE, SIDE), np.float32)
    sparks[where[0], where[1]] = 14
    sparks = np.clip(cv2.GaussianBlur(sparks, (0, 0), 1.5), 0, 1)
    colours = np.random.default_rng(trace).normal(0, levels, (SIDE, SIDE, 3))
    colours -= colours.mean(axis=2, keepdims=True)
    shade = 25 + sparks[..., None] * (70 + colours + tint * np.array([0.6, 0.2, -1.6]))
    stone = (np.hypot(x - 190, y - 190) < 150)[..., None]
    return np.clip(np.rint(np.where(stone, shade, 245)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("levels", [20.0, 40.0])
@pytest.mark.parametrize("factor", [2, 3, 4])
def test_fire_that_another_trace_colours_otherwise_is_not_tinted(factor, levels) -> None:
    """Sparks of another colour each are grain, whatever their mean over a few of them; all of one colour are a tint."""
    crop = shrink(fire(1, levels), factor)
    for trace in (2, 3):
        assert "edges tinted" not in names(compare(crop, fire(trace, levels)))
        assert "edges tinted" in names(compare(crop, fire(trace, levels, tint=40)))


def test_a_texture_painted_on_a_plain_place_is_named(cloth) -> None:
    """Hatching finer than the crop's pixels on the plain disc: the crop cannot show it, everyone sees it."""
    y, x = np.mgrid[:SIDE, :SIDE]
    hatched = np.where(np.hypot(x - 120, y - 120) < 55, 28 * np.sign(np.sin(2 * np.pi * (x + y) / 4.2)), 0)
    answer = np.clip(cloth + hatched[..., None], 0, 255).astype(np.uint8)
    found = examine(shrink(cloth), answer)
    assert found.fidelity.raw_verdict != "pass"
    assert "texture painted in" in names(found.fidelity)
    assert found.heatmap[30, 30, 0] > 128


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("name", ["truth", "lanczos", "interpolated", "sharpened", "jpeg"])
def test_honest_enlargers_are_not_accused(wire, cloth, factor, name) -> None:
    """Neither plain interpolation nor the truth, crisp or compressed, is said to tint or to change a texture."""
    for picture in (wire, cloth, paint(1, SIDE)):
        crop = shrink(picture, factor)
        answer = picture[: crop.shape[0] * factor, : crop.shape[1] * factor]
        if name == "lanczos":
            answer = cv2.resize(crop, answer.shape[1::-1], interpolation=cv2.INTER_LANCZOS4)
        elif name == "interpolated":
            answer = upscale(crop, factor)
        elif name == "sharpened":
            exact = answer.astype(np.float32)
            answer = np.clip(exact + 0.6 * (exact - cv2.GaussianBlur(exact, (0, 0), 1.5)), 0, 255).astype(
                np.uint8
            )
        elif name == "jpeg":
            coded = cv2.imencode(".jpg", answer, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
            answer = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        assert compare(crop, answer).raw_verdict == "pass"
