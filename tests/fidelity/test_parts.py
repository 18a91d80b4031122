"""The gate's parts on their own: registration, colour difference, noise, the fitted model, careless answers."""

import io
import tracemalloc

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from pipeline.colour import delta_e, lab
from pipeline.errors import NotRegistrable
from pipeline.fidelity import compare, examine, lock
from pipeline.fidelity.calibrate import Decision, calibrate
from pipeline.fidelity.composite import composite
from pipeline.fidelity.detail import Fine, fine_of
from pipeline.fidelity.enlarge import enlarge, shrink
from pipeline.fidelity.faulty import answer_carelessly
from pipeline.fidelity.filters import luma
from pipeline.fidelity.measure import measure
from pipeline.fidelity.model import model
from pipeline.fidelity.noise import noise_of
from pipeline.fidelity.photometry import expected
from pipeline.fidelity.register import register
from pipeline.records.fidelity import Thresholds
from tests.fidelity.conftest import paint
from tests.fidelity.conftest import shrink as averaged


@pytest.mark.parametrize(
    ("zoom", "turn", "dx", "dy"), [(1.0, 0, 0, 0), (1.03, 0, 3, -2), (0.95, -3, -5, 4), (1.0, 4, 0, 8)]
)
def test_registration_finds_zoom_turn_and_shift(truth, zoom, turn, dx, dy):
    """Shift, zoom and rotation are found to a tenth of a crop pixel anywhere in the frame."""
    middle = (truth.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), turn, zoom)
    matrix[:, 2] += (dx * 4, dy * 4)
    answer = cv2.warpAffine(
        truth, matrix, truth.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    found = register(averaged(truth), answer)
    corners = np.array([[0, 0, 1], [159, 0, 1], [0, 159, 1], [159, 159, 1]], float).T
    wanted = matrix @ np.vstack([corners[:2] * 4 + 1.5, np.ones(4)])
    error = np.abs((found.matrix @ corners)[:2] - wanted).max() / 4
    assert found.failure == ""
    assert error < 0.1
    assert found.scale == pytest.approx(zoom, abs=0.003)
    assert found.rotation_deg == pytest.approx(turn, abs=0.15)


def test_a_shift_is_believed_before_a_turn():
    """Along a few slanted lines a turn and a shift look alike; the picture is not turned without need."""
    y, x = np.mgrid[:600, :600].astype(np.float32)
    across = (x * 0.62 + y * 0.78) / 3
    depths = {110: 90, 150: 54, 185: 90}
    lines = 235 - sum(depth * np.exp(-(((across - place) / 6) ** 2)) for place, depth in depths.items())
    picture = np.clip(np.repeat(lines[..., None], 3, 2), 0, 255).astype(np.uint8)
    burnt = np.clip(picture * np.float32(1.1) + 4, 0, 255)
    crisp = np.clip(burnt + 1.2 * (burnt - cv2.GaussianBlur(burnt, (0, 0), 2)), 0, 255)
    shift = np.array([[1, 0, 3], [0, 1, 2]], np.float32)
    moved = cv2.warpAffine(crisp, shift, (600, 600), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    grain = np.random.default_rng(0).normal(0, 3, moved.shape)
    found = register(averaged(picture, 2), np.clip(moved + grain, 0, 255).astype(np.uint8))
    assert found.failure == ""
    assert abs(found.rotation_deg) < 0.2
    assert found.scale == pytest.approx(1.0, abs=0.003)


def test_a_soft_crop_does_not_make_a_crisp_answer_drift(truth):
    """A thin dark rim that a soft lens took from the crop is no drift in the answer that shows it."""
    soft = cv2.resize(cv2.GaussianBlur(truth, (0, 0), 1.8), (160, 160), interpolation=cv2.INTER_AREA)
    crisp = truth + 0.8 * (truth.astype(np.float32) - cv2.GaussianBlur(truth, (0, 0), 1.5))
    answer = np.clip(crisp, 0, 255).astype(np.uint8)
    assert compare(soft, answer).raw_verdict == "pass"


def test_grain_is_told_from_detail(truth):
    """Grain of an answer reaches the crop's pixels divided by the enlargement, within a tenth; edges are no grain."""
    grey = np.full((640, 640), 128, np.uint8)
    noisy = np.clip(np.rint(grey + np.random.default_rng(0).normal(0, 8, grey.shape)), 0, 255)
    still = np.full((160, 160), 128, np.float32)
    grain = fine_of(np.repeat(noisy.astype(np.uint8)[..., None], 3, 2), still, 4).grain
    assert np.median(grain) == pytest.approx(2.0, rel=0.1)
    edge = np.where(np.arange(640) < 321, 40, 200).astype(np.uint8)
    straight = np.repeat(np.tile(edge, (640, 1))[..., None], 3, 2)
    assert fine_of(straight, averaged(straight)[..., 0].astype(np.float32), 4).grain.max() < 0.5


def test_faint_lines_are_seen_as_a_wave(truth):
    """Lines of six levels, hidden in grain as loud to every single window, stand out as one frequency."""
    crop, dice = averaged(truth).astype(np.float32), np.random.default_rng(0)
    y, x = np.mgrid[:160, :160]
    lines = 6 * np.sin(2 * np.pi * (x * 0.8 + y * 0.6) / 4) * (np.hypot(x - 80, y - 93) < 14)
    grain = dice.normal(0, 2.0, crop.shape[:2])
    nothing = np.zeros(crop.shape[:2], np.float32)
    found = [
        measure(
            crop,
            np.clip(crop + (grain + drawn)[..., None], 0, 255).astype(np.float32),
            Fine(nothing, nothing, nothing, 4),
            np.ones(crop.shape[:2], bool),
            0.0,
        ).features
        for drawn in (nothing, lines)
    ]
    assert found[1]["pure_wave"] > 1.5 * found[0]["pure_wave"]


def test_sliders_pushed_one_after_the_other_are_light(truth):
    """Brighter until the highlights are cut off, then darker by gamma: no structure changed, to one level."""
    crop = averaged(truth).astype(np.float32)
    answer = (255 * (np.clip(crop * 1.15, 0, 255) / 255) ** 1.2).astype(np.float32)
    left = np.abs(expected(crop, answer, np.ones(crop.shape[:2], bool)) - answer).mean(2)
    assert np.quantile(left, 0.99) < 1


def test_the_gained_sharpness_is_told(truth, crop):
    """The truth is sharper than the crop's own enlargement, which gains nothing."""
    plain = cv2.resize(averaged(truth), (640, 640), interpolation=cv2.INTER_CUBIC)
    gains = [compare(crop, picture).sharpness for picture in (plain, truth)]
    assert gains[0] == pytest.approx(1.0, abs=0.15)
    assert gains[1] > gains[0] + 0.1


def test_a_quarter_turn_is_not_registrable(truth):
    """A picture turned by ninety degrees is refused with the reason."""
    assert register(averaged(truth), np.ascontiguousarray(np.rot90(truth))).failure


def test_colour_difference_agrees_with_scikit_image():
    """CIEDE2000 agrees with scikit-image's to a hundredth, over the whole gamut."""
    dice = np.random.default_rng(0)
    colours = dice.uniform(0, 1, (2, 50, 50, 3))
    first, second = (rgb2lab(colour) for colour in colours)
    assert np.abs(lab(colours) - np.stack([first, second])).max() < 0.001
    for weight in (1.0, 2.0):
        theirs = deltaE_ciede2000(first, second, kL=weight)
        assert np.abs(delta_e(first, second, lightness=weight) - theirs).max() < 0.01


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_enlargement_averages_down_to_its_source(truth, factor):
    """Averaging the deterministic enlargement gives the crop back within a tenth of a grey level, edges included."""
    small = averaged(truth).astype(np.float32)
    assert np.abs(shrink(enlarge(small, factor), factor) - small).mean() < 0.1


def test_noise_is_told_from_texture(truth):
    """A clean crop measures no noise, a grainy or JPEG-compressed one some."""
    small = averaged(truth, 2)
    assert noise_of(small.astype(np.float32)) == 0.0
    grainy = np.clip(small + np.random.default_rng(0).normal(0, 2.5, small.shape), 0, 255)
    assert noise_of(grainy.astype(np.float32)) > 0.7
    out = io.BytesIO()
    Image.fromarray(small).save(out, "JPEG", quality=85)
    coded = np.asarray(Image.open(out))[3:, 5:].astype(np.float32)  # a crop cut off the encoder's grid
    assert noise_of(coded) > 0.7


def filigree(side: int, colour: tuple[float, float, float]) -> np.ndarray:
    """Openwork all over in one metal, from chance: no two places alike, and none of them quiet."""
    level = np.random.default_rng(3).normal(0, 14, (side, side))
    return np.clip(130 + level[..., None] * np.array(colour), 0, 255).astype(np.float32)


def weave(side: int, period: tuple[float, float], level: float) -> np.ndarray:
    """Dark cloth, its threads a few pixels wide."""
    down, across = np.mgrid[:side, :side]
    threads = np.sin(2 * np.pi * across / period[0]) * np.sin(2 * np.pi * down / period[1])
    grain = np.random.default_rng(4).normal(0, level / 4, (side, side))
    return np.repeat((60 + 2 * level * threads + grain)[..., None], 3, 2).astype(np.float32)


@pytest.mark.parametrize("side", [64, 96, 256])
@pytest.mark.parametrize(
    "paint",
    [
        *(lambda side, c=c: filigree(side, c) for c in ((1.1, 0.95, 0.2), (1.0, 0.6, 0.5), (0.2, 0.5, 1.2))),
        *(lambda side, p=p: weave(side, p, 5.0) for p in ((3.0, 3.0), (3.3, 4.7), (6.0, 2.8))),
    ],
    ids=["gold", "copper", "blue", "fine", "slanted", "coarse"],
)
def test_texture_all_over_is_no_noise(paint, side):
    """Of a crop that filigree or cloth fills the lock may take nothing back, and the gate forgives nothing for it."""
    assert noise_of(paint(side)) == 0.0


@pytest.mark.parametrize("side", [64, 96, 256])
@pytest.mark.parametrize("kind", ["each", "grey", "warm", "soft"])
@pytest.mark.parametrize("sigma", [2.0, 5.0])
def test_noise_of_every_kind_is_still_noise(kind, side, sigma):
    """Of each colour by itself, of luma alone, louder in red and blue after white balance, or soft from a demosaic."""
    dice = np.random.default_rng(side)
    down, across = np.mgrid[:side, :side] / side
    ramp = np.stack([90 + 80 * across, 80 + 60 * down, 40 + 30 * across], -1)
    grain = dice.normal(0, sigma, (side, side, 3))
    if kind == "grey":
        grain[:] = grain[..., :1]
    if kind == "warm":
        grain *= np.array([1.8, 1.0, 1.6])
    if kind == "soft":
        grain = cv2.GaussianBlur(grain, (0, 0), 0.5) * 1.8
    measured = noise_of((ramp + grain).astype(np.float32))
    assert measured == pytest.approx(luma(grain.astype(np.float32)).std(), rel=0.4)


@pytest.mark.parametrize("sigma", [1.5, 4.0])
@pytest.mark.parametrize("error", [3, 14])
def test_the_lock_stays_within_a_noisy_crops_noise(truth, sigma, error):
    """However far an answer strays, what is locked differs from its crop by no more than the noise there."""
    dice = np.random.default_rng(1)
    small = averaged(truth, 4).astype(np.float32)
    noisy = np.clip(np.rint(small + dice.normal(0, sigma, small.shape)), 0, 255).astype(np.uint8)
    speckle = dice.normal(0, error, small.shape).repeat(4, 0).repeat(4, 1)
    locked = lock(noisy, np.clip(truth + speckle, 0, 255).astype(np.uint8))
    apart = averaged(locked, 4).astype(np.float32) - noisy
    assert np.sqrt((apart**2).mean()) <= noise_of(noisy.astype(np.float32)) + 0.5


def test_no_evidence_ever_lowers_the_score():
    """Every curve of the fitted model rises or stays level, and its thresholds stand in order."""
    fitted = model()
    for knots, heights in fitted.scoring.curves.values():
        assert all(np.diff(knots) > 0)
        assert all(np.diff(heights) >= 0)
    for factor in (1, 2, 3, 4, 8):
        assert fitted.scoring.innocent(factor) < fitted.standard.warn < fitted.standard.fail


def test_careless_answers_are_reproducible_and_caught(crop):
    """The careless model gives the same bytes for the same seed, and a spoiled stone does not pass."""
    spoiled = [answer_carelessly(crop, seed) for seed in range(4)]
    assert np.array_equal(answer_carelessly(crop, 0).picture, spoiled[0].picture)
    assert len({s.picture.tobytes() for s in spoiled}) == 4
    for answer in spoiled:
        assert answer.faults
        harmless = answer.faults == ("zoomed and shifted the frame",)
        assert (compare(crop, answer.picture).raw_verdict == "pass") == harmless


def test_composite_of_exact_enlargements_is_the_master(truth):
    """Close-ups that average down to their crops leave the master as it was, and the difference plain grey."""
    master = averaged(truth)
    cut = master[20:60, 30:90]
    large = np.repeat(np.repeat(cut, 3, axis=0), 3, axis=1)
    found = composite(master, [((30, 20, 60, 40), large)])
    assert found.psnr_db == 100.0
    assert found.largest_level == 0
    assert found.covered == pytest.approx(60 * 40 / 160**2)
    assert np.all(found.difference == 128)


def test_composite_shows_what_differs(truth):
    """A brighter close-up shows in the difference, eight times as strong."""
    master = averaged(truth)
    brighter = np.clip(master[20:60, 30:90].astype(int) - 5, 0, 255).astype(np.uint8)
    found = composite(master, [((30, 20, 60, 40), brighter)])
    assert found.largest_level == 5
    assert found.psnr_db == pytest.approx(20 * np.log10(255 / 5), abs=0.3)
    with pytest.raises(NotRegistrable):
        composite(master, [((30, 20, 60, 40), brighter[:, :50])])


@pytest.mark.parametrize("place", [0, 230, 500])
def test_composite_compares_every_strip(place):
    """A master higher than the rows compared at a time is compared all the way down, and each pixel counts once."""
    master = paint(2, 600)
    changed = master[place : place + 60, 40:90].copy()
    changed[-1, -1] ^= 64
    found = composite(master, [((40, place, 50, 60), changed)])
    gap = changed.astype(float) - master[place : place + 60, 40:90]
    assert found.largest_level == 64
    assert found.psnr_db == pytest.approx(10 * np.log10(255**2 / (gap**2).mean()))
    assert (found.difference != 128).any(2).sum() == 1


def test_calibration_moves_towards_the_decisions():
    """Many accepted close-ups above the standard threshold raise it, and fewer alarms are false."""
    standard = Thresholds(0.0, 1.0)
    accepted = [Decision("x", score, accepted=True) for score in np.linspace(0.5, 2.0, 80)]
    rejected = [Decision("x", score, accepted=False) for score in np.linspace(4, 9, 40)]
    (found,) = calibrate([*accepted, *rejected], {}, standard)
    assert found.changed
    assert found.after.warn > 1.0
    assert found.errors_after.false_alarms < 0.5 < found.errors_before.false_alarms
    assert found.errors_after.misses == 0.0


def test_few_decisions_move_nothing():
    """Seven decisions are no evidence; the standard thresholds stand."""
    decisions = [Decision("x", 5.0, accepted=True)] * 7
    (found,) = calibrate(decisions, {}, Thresholds(0.0, 1.0))
    assert not found.changed


def test_thresholds_stand_in_order():
    """A warning above the failure is refused."""
    with pytest.raises(ValueError, match="below the failing"):
        Thresholds(1.0, 0.5)


def test_painted_pieces_differ():
    """The painted test pieces are not all the same picture."""
    assert np.abs(paint(1, 80).astype(int) - paint(2, 80)).mean() > 1


MOST_BYTES_PER_PX = 330
"""Of a crop: with all of its evidence held to the end it was 437."""


def test_examining_holds_few_planes_at_once():
    """A close-up of a large photograph is examined in a server's memory, whether it passes or is named."""
    answer = paint(3, 1000)
    crop = averaged(answer, 2)
    redrawn = answer.copy()
    redrawn[400:600, 400:600] = redrawn[400:600, 400:600][::-1]
    for given in (answer, redrawn):
        tracemalloc.start()
        try:
            examined = examine(crop, given)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < MOST_BYTES_PER_PX * crop.shape[0] * crop.shape[1]
    assert examined.fidelity.reasons
