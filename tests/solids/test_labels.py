"""The search's rasteriser: what it sees is what the exact one sees."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from pipeline.solids.camera import Camera
from pipeline.solids.labels import NOTHING, labels
from pipeline.solids.pose import Pose
from pipeline.solids.raster import look
from pipeline.solids.reading import Solid
from pipeline.trace.families import named


@pytest.mark.parametrize(
    ("azimuth", "elevation", "roll", "scale"),
    [(25, 20, 5, 2.4), (0, 0, 0, 2.2), (-70, 60, 40, 1.1), (120, -30, 0, 4.0)],
)
def test_labels_are_those_of_the_nearest_face(
    azimuth: float, elevation: float, roll: float, scale: float
) -> None:
    """From four sides, near and far, also where the piece runs off the film."""
    body = named("ring", "three_stone-round").body({})
    camera = Pose(azimuth, elevation, roll, scale, 0.45, 0.55).camera(body.centre, body.radius)
    for size in (64, 192):
        seen = labels(body.points, body.faces, body.label, camera, size)
        exact = look(cast(Solid, SimpleNamespace(points=body.points, faces=body.faces)), camera, size)
        known = np.where(exact.face >= 0, body.label[np.maximum(exact.face, 0)], NOTHING)
        assert (seen != known).mean() < 0.001


def test_what_is_off_the_film_or_turned_away_is_nothing() -> None:
    """A piece beside the film leaves it empty; so does a face seen from behind."""
    body = named("ring", "band").body({})
    aside = Pose(0, 0, 0, 2.0, 5.0, 0.5).camera(body.centre, body.radius)
    assert (labels(body.points, body.faces, body.label, aside, 64) == NOTHING).all()
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    camera = Camera(np.array([0.3, 0.3, 5.0]), np.eye(3), 0.3)
    label = np.zeros(1, np.int8)
    assert (labels(corners, np.array([[0, 1, 2]], np.int32), label, camera, 32) == 0).any()
    assert (labels(corners, np.array([[0, 2, 1]], np.int32), label, camera, 32) == NOTHING).all()
