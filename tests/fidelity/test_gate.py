"""The gate as its callers see it: what passes, what is caught, and what the lock makes of it."""

import io
import json

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline import images
from pipeline.errors import BadImage, NotRegistrable
from pipeline.fidelity import compare, examine, lock
from tests.fidelity.conftest import encode, paint, shrink


def decode(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def psnr(first, second):
    return 10 * np.log10(255**2 / (np.mean((first.astype(float) - second.astype(float)) ** 2) + 1e-9))


def test_truth_passes(crop, truth):
    """The very picture the crop was averaged from passes with hardly any drift."""
    found = compare(crop, truth)
    assert found.raw_verdict == found.verdict == "pass"
    assert found.drift < 0.3
    assert found.reasons == ()
    assert found.raw.lr_psnr_db > 50


def test_harmless_changes_pass(crop, truth):
    """Sharper, brighter, a little shifted and grainy, and saved as JPEG: still the same piece."""
    moved = cv2.warpAffine(
        truth, np.float32([[1.01, 0, 2], [0, 1.01, -5]]), truth.shape[1::-1], borderMode=cv2.BORDER_REPLICATE
    )
    bright = moved * 1.04 + np.random.default_rng(1).normal(0, 2, truth.shape)
    answer = encode(np.clip(bright, 0, 255).astype(np.uint8), ".jpg", cv2.IMWRITE_JPEG_QUALITY, 92)
    found = compare(crop, decode(answer))
    assert found.raw_verdict == "pass"
    assert found.transform.scale == pytest.approx(1.01, abs=0.002)
    assert found.photometry.brightness == pytest.approx(1.04, abs=0.02)


def test_letterbox_is_undone(crop, truth):
    """Black bars added by a provider that only makes wide pictures are no drift."""
    wide = cv2.copyMakeBorder(truth, 0, 0, 160, 160, cv2.BORDER_CONSTANT)
    found = compare(crop, wide)
    assert found.raw_verdict == "pass"
    assert found.transform.layout == "fit"
    assert found.transform.factor == 4


def test_what_a_zoom_pushed_under_the_bars_is_not_judged(crop, truth):
    """Zoomed by 3 % and set between light bars: the crop's edges lie under the bars, and no bar is an addition."""
    zoom = np.float32([[1.03, 0, -9.6], [0, 1.03, -9.6]])
    zoomed = cv2.warpAffine(
        truth, zoom, truth.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    framed = cv2.copyMakeBorder(zoomed, 0, 0, 107, 107, cv2.BORDER_CONSTANT, value=(150, 150, 150))
    found = compare(crop, framed)
    assert found.transform.layout == "fit"
    assert found.transform.overlap == pytest.approx(1 / 1.03**2, abs=0.02)
    assert found.raw_verdict == "pass"


def mirrored(truth):
    answer = truth.copy()
    answer[300:460, 240:400] = answer[300:460, 240:400][:, ::-1]
    return answer


def recoloured(truth):
    answer = truth.copy()
    stone = cv2.circle(np.zeros(truth.shape[:2], np.uint8), (320, 371), 80, 1, -1)[..., None]
    return np.where(stone > 0, answer[..., [2, 0, 1]], answer)


def removed(truth):
    mask = cv2.circle(np.zeros(truth.shape[:2], np.uint8), (320, 371), 70, 255, -1)
    return cv2.inpaint(truth, mask, 5, cv2.INPAINT_TELEA)


@pytest.mark.parametrize("attack", [mirrored, recoloured, removed])
def test_drift_is_caught_and_repaired(crop, truth, attack):
    """A changed stone fails raw, is named at its place, and comes out of the lock nearer to the truth."""
    answer = attack(truth)
    found = examine(crop, answer)
    fidelity = found.fidelity
    assert fidelity.raw_verdict == "fail"
    assert fidelity.verdict == "repaired"
    assert fidelity.drift > 0.7
    x, y, width, height = fidelity.reasons[0].box
    assert x - 20 < 80 < x + width + 20
    assert y - 20 < 93 < y + height + 20
    assert fidelity.locked.lr_psnr_db >= 45
    assert fidelity.locked.worst_window_db >= 36
    assert psnr(found.locked, truth) > psnr(answer, truth)
    hottest = np.unravel_index(found.heatmap[..., 0].argmax(), (160, 160))
    assert np.hypot(hottest[0] - 93, hottest[1] - 80) < 26


def test_as_delivered_keeps_the_answer_and_the_blame(crop, truth):
    """With the lock off the answer's own pixels come back, and a drifted one stays a failure."""
    found = examine(crop, mirrored(truth), dial="as delivered")
    assert found.fidelity.verdict == "fail"
    assert np.array_equal(found.locked, found.registered)


def test_another_piece_is_not_repaired(crop):
    """A picture of something else fails, whatever the lock could make of it."""
    noise = np.random.default_rng(0).uniform(0, 255, (80, 80, 3)).astype(np.float32)
    other = np.clip(cv2.resize(noise, (640, 640), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)
    found = compare(crop, other)
    assert found.verdict == "fail"
    assert {r.name for r in found.reasons} & {"other piece", "not registrable"}
    with pytest.raises(NotRegistrable):
        lock(crop, other)


def test_lock_is_idempotent(crop, truth):
    """Locking a locked picture changes nothing that can be seen: a third of a grey level on average."""
    once = lock(crop, mirrored(truth))
    twice = lock(crop, once)
    difference = np.abs(once.astype(int) - twice.astype(int))
    assert difference.mean() < 0.35
    assert psnr(once, twice) > 45


def test_lock_has_a_whole_factor(crop, truth):
    """An answer of 3.6 times the crop is locked at four times: the nearest whole number."""
    answer = cv2.resize(truth, (576, 576), interpolation=cv2.INTER_AREA)
    assert lock(crop, answer).shape == (640, 640, 3)


def test_verdict_does_not_depend_on_the_file_format(crop, truth):
    """PNG, lossless WebP and TIFF of the same pixels give the same figures."""
    answer = mirrored(truth)
    reports = []
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})):
        out = io.BytesIO()
        Image.fromarray(answer).save(out, kind, **options)
        report = compare(crop, images.decode(out.getvalue())).to_dict()
        reports.append({k: v for k, v in report.items() if k != "seconds"})
    assert reports[0] == reports[1] == reports[2]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1000), width=st.integers(40, 120), height=st.integers(40, 120))
def test_a_picture_equals_itself(seed, width, height):
    """Comparing a picture with itself passes with drift near zero and perfect figures."""
    picture = paint(seed, 160)[:height, :width]
    found = compare(picture, picture)
    assert found.verdict == "pass"
    assert found.drift < 0.05
    assert found.raw.lr_psnr_db == 100.0


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1000), strength=st.floats(1.5, 6.0))
def test_drift_grows_with_the_attack(seed, strength):
    """Bending the piece further never lowers the drift beyond noise."""
    truth = paint(seed)
    rows, columns = np.mgrid[:640, :640].astype(np.float32)
    wave = np.exp(-((columns - 320) ** 2 + (rows - 371) ** 2) / (2 * 60**2)).astype(np.float32)
    scores = [
        compare(
            shrink(truth),
            cv2.remap(truth, columns + k * strength * wave, rows, cv2.INTER_CUBIC),
        ).drift
        for k in (0, 1, 3)
    ]
    assert scores[0] <= scores[1] + 0.02
    assert scores[1] <= scores[2] + 0.02


def flat(colour, side=100):
    return np.full((side, side, 3), colour, np.uint8)


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (212, 175, 55)])
def test_one_colour_is_measured(colour):
    """Pictures without any structure are compared by colour, with finite figures."""
    found = compare(flat(colour), flat(colour, 400))
    assert found.verdict == "pass"
    json.dumps(found.to_dict(), allow_nan=False)


def test_white_is_not_black():
    """A white crop answered in black is a failure."""
    found = compare(flat((255, 255, 255)), flat((0, 0, 0), 400))
    assert found.raw_verdict == "fail"
    json.dumps(found.to_dict(), allow_nan=False)


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "answer",
    [
        lambda p: saved(Image.fromarray(np.dstack([p, np.full(p.shape[:2], 255, np.uint8)])), "PNG"),
        lambda p: saved(Image.fromarray(p).convert("CMYK"), "JPEG", quality=97),
        lambda p: saved(Image.fromarray(p).convert("P", palette=Image.Palette.ADAPTIVE), "PNG"),
    ],
    ids=["alpha", "cmyk", "palette"],
)
def test_unusual_files_are_read(crop, truth, answer):
    """Alpha, CMYK and palettes are read like any picture."""
    found = compare(crop, images.decode(answer(truth)))
    assert found.transform.factor == 4
    assert found.raw.lr_psnr_db > 28


def test_sixteen_bit_is_read(truth):
    """A 16-bit grey pair passes like its 8-bit twin."""
    grey = cv2.cvtColor(truth, cv2.COLOR_RGB2GRAY)
    deep = [saved(Image.fromarray(p.astype(np.uint16) * 257), "PNG") for p in (shrink(grey), grey)]
    assert compare(*(images.decode(data) for data in deep)).verdict == "pass"


def test_a_strip_is_measured(truth):
    """A 20:1 strip has too few rows for much, but is compared all the same."""
    strip = truth[352:384]
    found = compare(shrink(strip, 1), cv2.resize(strip, None, fx=3, fy=3))
    assert found.verdict == "pass"


def test_sizes_that_cannot_fit_are_refused(crop, truth):
    """Smaller answers and tiny crops are refused in one sentence."""
    with pytest.raises(NotRegistrable, match="smaller than its crop"):
        compare(crop, truth[:100, :100])
    with pytest.raises(NotRegistrable, match="too small to compare"):
        compare(truth[:5, :5], truth)
    with pytest.raises(BadImage):
        compare(crop, images.decode(b"no picture"))
    with pytest.raises(BadImage):
        compare(images.decode(b""), truth)
