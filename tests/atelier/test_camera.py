"""Cameras frame any piece alike, and agree with the film about where a point lands."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from pipeline.atelier.camera import (
    FILL,
    LINE_FILL,
    VIEWS,
    Camera,
    Orthographic,
    aim,
    master_camera,
    project,
    stands,
    turntable_camera,
    view_camera,
)
from pipeline.atelier.geometry.detail import COARSE
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import composed
from tests.atelier.sample_piece import brooch, ring


def silhouette(piece: Piece, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    film = project(camera, np.concatenate([part.vertices for part in piece.parts]), 1.0)
    return film.min(axis=0), film.max(axis=0)


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("piece", [ring(), brooch()], ids=["standing", "lying"])
def test_every_view_fills_the_frame_alike_and_centres_the_silhouette(piece: Piece, name: str) -> None:
    """The longer side takes FILL of the frame within 1 %, and the margins left and right, above and below agree."""
    low, high = silhouette(piece, view_camera(piece, name))
    assert (high - low).max() == pytest.approx(FILL, abs=0.01)
    assert (low + high) / 2 == pytest.approx([0.5, 0.5], abs=0.005)


@pytest.mark.parametrize("kind", ["necklace", "bracelet"])
def test_a_thin_line_stands_larger_in_its_frame(kind: str) -> None:
    """What is mostly page inside is shown closer, to 1 %, and still leaves a margin all around."""
    piece = Piece(kind, brooch().parts)
    low, high = silhouette(piece, master_camera(piece))
    assert (high - low).max() == pytest.approx(LINE_FILL, abs=0.01)
    assert low.min() > 0.05
    assert high.max() < 0.95


@settings(max_examples=25)
@given(st.floats(0.5, 300), st.floats(0.3, 300), st.floats(0.3, 300), st.floats(-180, 180), st.floats(3, 75))
def test_any_box_is_framed(
    width: float, depth: float, height: float, azimuth: float, elevation: float
) -> None:
    """Whatever the proportions and the direction, nothing leaves the frame."""
    corners = np.array([[x, y, z] for x in (0, width) for y in (0, depth) for z in (0, height)], dtype=float)
    piece = Piece(
        "brooch", (Part("box", corners, np.array([[0, 1, 2]], dtype=np.int32), "silver", smooth=False),)
    )
    low, high = silhouette(piece, aim(piece, azimuth, elevation))
    assert low.min() > 0.05
    assert high.max() < 0.95


def test_rings_stand_and_brooches_lie() -> None:
    """The camera looks at a ring from the front and at a flat piece from above."""
    assert stands(ring())
    assert not stands(brooch())
    assert master_camera(brooch()).position[2] > abs(master_camera(brooch()).position[1])


def test_the_turntable_keeps_its_distance() -> None:
    """All frames of a turn look at the same centre from the same distance."""
    cameras = [turntable_camera(ring(), angle) for angle in (0, 90, 200)]
    distances = [np.linalg.norm(np.subtract(c.position, c.target)) for c in cameras]
    assert distances == pytest.approx([distances[0]] * 3)
    assert len({c.target for c in cameras}) == 1


@pytest.mark.parametrize("camera", [master_camera(ring()), view_camera(brooch(), "top")])
def test_rays_and_projection_are_inverse(camera: Camera) -> None:
    """A point on the ray through a film position projects back to it within a thousandth of a pixel."""
    film = np.array([[10.0, 20.0], [256.0, 256.0], [500.0, 3.0]])
    origin, direction = camera.rays(film, 512, 512)
    assert project(camera, origin + 80.0 * direction, 512) == pytest.approx(film, abs=1e-3)


def test_a_parallel_projection_is_true_to_scale() -> None:
    """Rays one pixel apart start one pixel pitch apart and share their direction."""
    camera = Orthographic((0, 0, 0), (0, 1, 0), (0, 0, 1), width_mm=50.0)
    origin, direction = camera.rays(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), 100, 100)
    assert origin[1] - origin[0] == pytest.approx([0.5, 0, 0])
    assert origin[2] - origin[0] == pytest.approx([0, 0, -0.5])
    assert direction == pytest.approx(np.tile([0.0, 1.0, 0.0], (3, 1)))


@pytest.mark.parametrize(
    "words",
    [
        "yellow gold six prong solitaire ring, 1 ct round diamond",
        "white gold 1 ct princess solitaire",
        "1 ct emerald cut emerald bezel ring",
        "cathedral 1 ct pear diamond ring",
    ],
)
def test_a_new_rings_stone_leads_and_its_hoop_is_whole(words: str) -> None:
    """One carat takes at least 4 % of the frame, nothing is cut off; a ring kept from before shows its old side."""
    kept = read(words).spec
    spec = composed(kept)
    piece = build(spec, COARSE)
    stone = next(part for part in piece.parts if part.stone is not None)
    camera = master_camera(piece)
    low, high = silhouette(piece, camera)
    assert ConvexHull(project(camera, stone.vertices, 1.0)).volume >= 0.04
    assert low.min() > 0.06
    assert high.max() < 0.94
    old = build(kept, COARSE)
    assert kept.view is None
    assert master_camera(old) == aim(old, 24.0, 17.0)
    assert composed(spec) == spec
