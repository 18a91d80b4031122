"""Pictures of a piece: white page, true macro, same pixels for the same seed, materials that look like themselves."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.ndimage import maximum_filter

from pipeline.atelier.camera import Camera, Orthographic, master_camera, project, view_camera
from pipeline.atelier.piece import Piece
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.denoise import restore
from pipeline.atelier.render.engine import capability
from pipeline.atelier.render.film import DRAFT, STANDARD, _Film, _Watch
from pipeline.atelier.render.sampler import Lanes
from pipeline.atelier.render.scene import CLEAR, METAL
from pipeline.errors import BadInput, BadRegion
from tests.atelier.sample_piece import brooch, ring

SIZE = 256
needs_llvm = pytest.mark.skipif(capability().engine != "llvm", reason="needs libLLVM 17 or newer")
pytestmark = needs_llvm


def photograph(renderer: Renderer, piece: Piece, **options: object) -> np.ndarray:
    settings = {"size": SIZE, "quality": DRAFT, **options}
    return renderer.render(piece, master_camera(piece), **settings)  # type: ignore[arg-type]


def metal_colour(picture: np.ndarray) -> np.ndarray:
    """Mean colour of the darker, that is coloured, pixels of a picture on white."""
    return picture[picture.max(axis=2) < 235].mean(axis=0)


@pytest.mark.parametrize("piece", [ring(), brooch()], ids=["standing", "lying"])
def test_the_page_is_white_and_the_shadow_soft(renderer: Renderer, piece: Piece) -> None:
    """The border is 255 everywhere, over half the frame is 255, and the shadow darkens the page without a hard edge."""
    picture = photograph(renderer, piece)
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert border.min() == 255
    assert (picture == 255).all(axis=2).mean() > 0.5
    grey = np.ptp(picture.astype(int), axis=2) == 0
    page = picture[:, :, 0].astype(int)
    assert (grey & (page < 245) & (page > 60)).sum() > 100


def test_the_piece_lies_where_the_camera_says(renderer: Renderer) -> None:
    """The silhouette's box in the picture is the projected one within two pixels."""
    piece = ring()
    buffer = renderer.gbuffer(piece, master_camera(piece), width=SIZE, height=SIZE)
    rows, columns = np.nonzero(buffer.part >= 0)
    assert (buffer.normal[buffer.part < 0] == 0).all()
    film = project(master_camera(piece), np.concatenate([p.vertices for p in piece.parts]), SIZE)
    assert [columns.min(), rows.min()] == pytest.approx(film.min(axis=0), abs=2)
    assert [columns.max(), rows.max()] == pytest.approx(film.max(axis=0), abs=2)


def test_the_same_seed_gives_the_same_pixels(renderer: Renderer) -> None:
    """Two renders with one seed are equal bit by bit; another seed differs only by noise (over 30 dB)."""
    first, second = (photograph(renderer, ring(), size=128, seed=3) for _ in range(2))
    other = photograph(renderer, ring(), size=128, seed=4)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
    assert psnr(first, other) > 30


def test_a_macro_agrees_with_its_master(renderer: Renderer) -> None:
    """A 4x window, box-downscaled, lies over 35 dB from the master's crop (38 dB is the aim at 2048 pixels)."""
    piece = ring()
    x, y, width, height = window = (80, 24, 96, 64)
    master = photograph(renderer, piece, quality=STANDARD)[y : y + height, x : x + width]
    macro = photograph(renderer, piece, quality=STANDARD, window=window, scale=4, seed=9)
    assert macro.shape == (4 * height, 4 * width, 3)
    assert psnr(macro.reshape(height, 4, width, 4, 3).mean(axis=(1, 3)), master) > 35


def test_samples_grow_with_the_root_of_the_noise() -> None:
    """Sixteen times the variance asks for four times the samples, in steps: 5.3 are there, 21.2 need 16 more."""
    rows, columns = (grid.ravel() for grid in np.mgrid[:60, :20])
    count = np.full(len(rows), 4)
    deviation = np.select([rows < 20, rows < 40], [0.0, STANDARD.target_error], 4 * STANDARD.target_error)
    film = _Film(None, master_camera(ring()), 60, (0, 0, 20, 60), STANDARD, _Watch(None, None))  # type: ignore[arg-type]
    sums = np.repeat((deviation * np.sqrt(2 * count))[:, None], 3, axis=1)
    more = film._plan_second(film._variance(sums, count, rows, columns), count)
    by_row = (more + 2 * count).reshape(60, 20)[[5, 30, 55], 10]
    assert by_row.tolist() == [8, 8, 24]


class Grain:
    """In place of the kernel: grey with the same noise everywhere; counts the samples of each column."""

    def __init__(self, columns: int, *, fire: bool) -> None:
        self.scene = SimpleNamespace(all_fire=fire)
        self.random = np.random.default_rng(1)
        self.samples = np.zeros(columns, dtype=int)

    def sample(self, camera: Camera, size: int, lanes: Lanes) -> np.ndarray:
        """Encoded rgb (n, 3) of the lanes."""
        del camera, size
        self.samples += np.bincount(lanes.x, minlength=len(self.samples))
        return self.random.normal(0.5, 0.06, (len(lanes.x), 3)).astype(np.float32)


@pytest.mark.parametrize("fire", [True, False])
def test_of_the_same_noise_a_stone_with_fire_gets_fewer_samples_than_metal(fire: bool) -> None:
    """Evenly spread samples leave less of its noise than of metal's, and each of them costs more."""
    rows, columns = (grid.ravel() for grid in np.mgrid[:30, :30])
    kernel = Grain(30, fire=fire)
    film = _Film(kernel, master_camera(ring()), 30, (0, 0, 30, 30), STANDARD, _Watch(None, None))  # type: ignore[arg-type]
    kind = np.where(columns < 15, METAL, CLEAR)
    _, variance = film._develop(rows, columns, kind, 0)
    metal, stone = kernel.samples[:12].mean(), kernel.samples[18:].mean()
    assert 4 < stone < 0.7 * metal if fire else 0.9 * metal < stone < 1.1 * metal
    # Half of the noise, by fewer samples: a stone is as clean as metal is, and that is what the denoiser is told.
    assert variance[columns > 17].mean() < 1.1 * variance[columns < 12].mean()


def test_a_window_at_the_masters_own_scale_is_its_crop(renderer: Renderer) -> None:
    """Numbers depend on pixel and seed alone: a window differs from the crop by denoising at its border only."""
    piece = ring()
    x, y, width, height = window = (64, 16, 128, 96)
    whole = photograph(renderer, piece)[y : y + height, x : x + width]
    part = photograph(renderer, piece, window=window)
    assert psnr(part, whole) > 38


@pytest.mark.parametrize(
    ("metal", "order"),
    [("yellow_gold", "rgb"), ("rose_gold", "rgb"), ("silver", ""), ("platinum", ""), ("white_gold", "")],
)
def test_metals_keep_their_colour(renderer: Renderer, metal: str, order: str) -> None:
    """Gold is warm down to its dark bands, white metals stay within a few levels of neutral."""
    picture = photograph(renderer, Piece("ring", ring(metal).parts[:1]))
    red, green, blue = metal_colour(picture)
    if order:
        assert red > green + 5 > blue + 10
        dark = picture[picture.max(axis=2) < 110].mean(axis=0)
        assert dark[0] > dark[1] + 8
    else:
        assert max(red, green, blue) - min(red, green, blue) < 12


def test_gold_silver_and_blackened_silver_are_told_apart(renderer: Renderer) -> None:
    """Two metals of one piece each keep their own look."""
    parts = ring("blackened_silver").parts[:1] + ring("yellow_gold").parts[1:]
    shank = metal_colour(photograph(renderer, Piece("ring", ring("blackened_silver").parts[:1])))
    assert shank.mean() < 110
    mixed = photograph(renderer, Piece("ring", parts))
    assert mixed.std() > 20


@pytest.mark.parametrize(
    ("gem", "strongest"), [("ruby", 0), ("emerald", 1), ("sapphire", 2), ("garnet", 0), ("turquoise", 1)]
)
def test_stones_show_their_colour(renderer: Renderer, gem: str, strongest: int) -> None:
    """The stone's mean colour leans to the channel its kind is known for."""
    piece = Piece("brooch", ring(gem=gem).parts[1:])
    colour = metal_colour(photograph(renderer, piece, size=128))
    assert np.argmax(colour) == strongest


def test_a_diamond_has_fire(renderer: Renderer) -> None:
    """In white light alone 3 of 100 pixels of a colourless diamond differ by 20 levels between colours.

    It was 8 while the dispersion between violet and deep red lay on the screen's primaries, 1.65 times too wide, and
    while contrast was drawn out channel by channel, which turned the gold seen in a diamond to copper.
    """
    picture = photograph(renderer, Piece("brooch", ring(gem="diamond").parts[1:])).astype(int)
    colour = np.ptp(picture, axis=2)[picture.min(axis=2) < 250]
    assert (colour > 20).mean() > 0.03


@pytest.mark.parametrize("finish", ["satin", "brushed", "hammered", "sandblasted"])
def test_finishes_change_the_surface_and_not_the_silhouette(renderer: Renderer, finish: str) -> None:
    """A finish differs visibly from polished, inside the same outline."""
    polished, finished = (
        photograph(renderer, Piece("ring", ring("silver", finish=name).parts[:1]), size=160)
        for name in ("polished", finish)
    )
    assert np.abs(polished.astype(int) - finished).mean() > 1
    buffer = renderer.gbuffer(ring(), master_camera(Piece("ring", ring().parts[:1])), width=160, height=160)
    page = ~maximum_filter(buffer.part == 0, 5)
    assert np.array_equal(polished[page], finished[page])


def test_the_drawing_buffer_knows_parts_depths_and_normals(renderer: Renderer) -> None:
    """A parallel view from the front: true size, part names, depth of the near surface, normals towards the viewer."""
    piece = ring()
    camera = Orthographic((0, 0, 10), (0, 1, 0), (0, 0, 1), width_mm=40.0, distance_mm=100.0)
    buffer = renderer.gbuffer(piece, camera, width=80, height=80, supersample=2)
    assert buffer.names == ("shank", "stone 1")
    assert buffer.depth.shape == (160, 160)
    hit = buffer.part >= 0
    assert np.ptp(np.nonzero((buffer.part == 0).any(axis=0))[0]) == pytest.approx(80, abs=2)
    assert buffer.depth[buffer.part == 0].min() == pytest.approx(99.0, abs=0.05)
    assert np.isinf(buffer.depth[~hit]).all()
    assert np.linalg.norm(buffer.normal[hit], axis=1) == pytest.approx(1, abs=1e-3)


def test_progress_rises_to_one(renderer: Renderer) -> None:
    """The bar never moves back and ends full."""
    seen: list[float] = []
    photograph(renderer, ring(), size=128, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_every_named_view_shows_the_piece(renderer: Renderer) -> None:
    """From behind and from above there is a piece on a white page too."""
    for name in ("back", "top", "side"):
        picture = renderer.render(ring(), view_camera(ring(), name), size=96, quality=DRAFT)
        assert 0.02 < (picture.max(axis=2) < 200).mean() < 0.5


@pytest.mark.parametrize("window", [(-1, 0, 10, 10), (250, 0, 10, 10), (0, 0, 0, 5)])
def test_a_window_outside_the_film_is_refused(renderer: Renderer, window: tuple[int, int, int, int]) -> None:
    """The error of the other process arrives with its own type."""
    with pytest.raises(BadRegion, match="outside"):
        photograph(renderer, ring(), window=window)


def test_an_unknown_material_is_refused(renderer: Renderer) -> None:
    """So does this one, with its sentence."""
    with pytest.raises(BadInput, match="kryptonite"):
        photograph(renderer, ring("kryptonite"))


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(float) - b.astype(float)) ** 2)))


def test_detail_that_denoising_took_is_given_back_and_noise_is_not() -> None:
    """Where a filter blurred true detail the result is nearer to the truth than both; flat parts stay nearly clean."""
    rng = np.random.default_rng(5)
    truth = np.full((64, 128, 3), 0.5, dtype=np.float32)
    truth[:, :64] += 0.2 * rng.choice([-1, 1], (64, 64, 1))
    sigma = 0.05
    image = (truth + sigma * rng.standard_normal(truth.shape)).astype(np.float32)
    clean = np.full_like(truth, 0.5)
    noise = np.full(truth.shape[:2], sigma**2, dtype=np.float32)
    touched = np.ones(truth.shape[:2], dtype=bool)
    touched[:8] = False
    image[:8] = clean[:8] = 1

    def error(picture: np.ndarray, part: slice) -> float:
        return float(((picture - truth)[8:, part] ** 2).mean())

    blurred = clean.copy()
    found = restore(image, clean, noise, touched)
    detailed, flat = slice(0, 60), slice(68, 128)
    assert error(found, detailed) < error(image, detailed) < error(blurred, detailed)
    assert error(found, flat) < 0.1 * sigma**2
    assert (found[:8] == 1).all()
