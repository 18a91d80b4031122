"""The reprojection score: perfect for the model of the master, and lower the more wrong a model is."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import Cancelled
from pipeline.solids import camera, pose, reading, shade
from pipeline.solids.raster import look
from pipeline.solids.reading import Solid
from pipeline.solids.score import FILM_PX, MISSING, SURPLUS, Score, score, square, square_mask
from tests.atelier.sample_piece import brooch
from tests.solids.files import about_y, moved, ring_glb


@pytest.fixture(scope="module")
def solid() -> Solid:
    return reading.read(ring_glb())


@pytest.fixture(scope="module")
def master(solid: Solid) -> tuple[np.ndarray, np.ndarray]:
    """A picture of the ring and its silhouette, on the film."""
    hits = look(solid, solid.camera, FILM_PX)
    return square(shade.develop(solid, solid.camera, hits)), hits.silhouette


@pytest.fixture(scope="module")
def perfect(solid: Solid, master: tuple) -> Score:
    return score(solid, solid.camera, *master)


def test_the_same_model_is_perfect(perfect: Score) -> None:
    """Nothing missing, nothing too much, the same colours."""
    assert perfect.figures == {"iou": 1.0, "edge_px": 0.0, "colour_delta_e": pytest.approx(0.0, abs=0.3)}
    assert not (perfect.overlay == MISSING).all(axis=-1).any()


@pytest.mark.parametrize(("turn", "scale"), [(0, 1.03), (6, 1.0), (60, 1.0)], ids=str)
def test_falls_for_scaled_and_turned_models(solid: Solid, master: tuple, turn: float, scale: float) -> None:
    """Three per cent or six degrees are seen; more is worse than less."""
    little = score(moved(solid, about_y(turn / 2), 1 + (scale - 1) / 2), solid.camera, *master)
    much = score(moved(solid, about_y(turn), scale), solid.camera, *master)
    assert 0.99 > little.iou > much.iou
    assert 0.2 < little.edge_px < much.edge_px


def test_falls_for_another_piece(solid: Solid, master: tuple) -> None:
    """A brooch in the ring's place: a quarter of the outline at most, and the overlay shows both excess and lack."""
    from pipeline.atelier.files.gltf import to_glb

    other = score(reading.read(to_glb(brooch())), solid.camera, *master)
    assert other.iou < 0.3
    assert other.edge_px > 20
    for colour in (MISSING, SURPLUS):
        near = np.abs(other.overlay.astype(int) - colour).max(axis=-1) < 90
        assert near.mean() > 0.005


def test_falls_for_another_metal(solid: Solid, master: tuple, perfect: Score) -> None:
    """The same shape in silver with an emerald: the outline is perfect, the colour is not."""
    surfaces = (
        replace(solid.surfaces[0], colour=(0.9, 0.9, 0.9)),
        replace(solid.surfaces[1], colour=(0.05, 0.6, 0.2)),
    )
    other = score(replace(solid, surfaces=(*surfaces, *solid.surfaces[2:])), solid.camera, *master)
    assert other.iou == perfect.iou
    assert other.colour_delta_e > 8


def test_an_unknown_camera_is_found(solid: Solid, master: tuple) -> None:
    """From the silhouette alone, a model put up in another pose comes to lie over the master: IoU over 0.96."""
    tilted = np.array([[1, 0, 0], [0, 0.94, -0.342], [0, 0.342, 0.94]])
    lost = replace(moved(solid, about_y(70) @ tilted, 3.0), camera=None)
    found = score(lost, pose.find(lost, *master), *master)
    assert found.iou > 0.96
    assert found.edge_px < 2.5


def test_the_search_can_be_stopped(solid: Solid, master: tuple) -> None:
    """Cancel ends it."""
    with pytest.raises(Cancelled):
        pose.find(solid, *master, cancelled=lambda: True)


def test_a_wide_picture_is_padded() -> None:
    """The film is square; a mask of half the height stays half the height, in the middle."""
    mask = np.ones((300, 600), bool)
    film = square_mask(mask)
    assert film.shape == (FILM_PX, FILM_PX)
    assert film.mean() == pytest.approx(0.5, abs=0.01)
    assert film[FILM_PX // 2].all()
    assert not film[:200].any()


def test_a_camera_of_the_file_frames_what_it_took(solid: Solid) -> None:
    """The atelier's camera sees the ring in the middle of its film, filling it as the master does."""
    film = solid.camera.project(solid.points)[:, :2]
    low, high = film.min(axis=0), film.max(axis=0)
    assert np.allclose((low + high) / 2, 0.5, atol=0.01)
    assert (high - low).max() == pytest.approx(0.78, abs=0.01)
    again = camera.orbit(solid.points, 24, 17)
    assert np.allclose(again.position, solid.camera.position, atol=2e-4)
