"""The rasteriser: every pixel sees what a ray through its centre would hit."""

import numpy as np
import pytest
import trimesh

from pipeline.solids import camera, raster, reading, shade
from tests.solids.files import ring_glb


def first_hits(origin: np.ndarray, direction: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Distance (rays,) to the nearest of the triangles (n, 3, 3), inf for a miss (Moeller and Trumbore)."""
    a, one, two = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    distance = np.full(len(origin), np.inf)
    for ray in range(len(origin)):
        across = np.cross(direction[ray], two)
        span = (one * across).sum(axis=1)
        away = origin[ray] - a
        with np.errstate(divide="ignore", invalid="ignore"):
            u = (away * across).sum(axis=1) / span
            beside = np.cross(away, one)
            v = beside @ direction[ray] / span
            far = (two * beside).sum(axis=1) / span
        distance[ray] = far[(u >= 0) & (v >= 0) & (u + v <= 1) & (far > 0)].min(initial=np.inf)
    return distance


@pytest.mark.parametrize("parallel", [False, True])
def test_agrees_with_rays(parallel: bool) -> None:
    """Hits, distances and places of 48 x 48 pixels are those of rays, but for rays within a hair of an edge."""
    solid = reading.read(ring_glb())
    eye = camera.orbit(solid.points, 35, 20)
    if parallel:
        eye = camera.Camera(eye.position, eye.axes, 0.016, parallel=True)
    size = 48
    hits = raster.look(solid, eye, size)
    centres = (np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1).reshape(-1, 2) + 0.5) / size
    across, up = (centres[:, :1] * 2 - 1) * eye.half, (1 - centres[:, 1:] * 2) * eye.half
    offset = across * eye.axes[0] + up * eye.axes[1]
    if parallel:
        origins, directions = eye.position + offset, np.broadcast_to(-eye.axes[2], offset.shape)
    else:
        origins, directions = np.broadcast_to(eye.position, offset.shape), offset - eye.axes[2]
    corners = solid.points[solid.faces].astype(float)
    distance = first_hits(origins, directions, corners)
    seen = np.isfinite(distance)
    assert (seen != hits.silhouette.ravel()).sum() <= 3
    both = seen & hits.silhouette.ravel()
    assert both.sum() > 200
    assert (
        np.median(np.abs(hits.depth.ravel()[both] - distance[both])) < 1e-9
    )  # the rays' length is the depth
    second, third = hits.weights.reshape(-1, 2)[both].T[..., None]
    corner = solid.points[solid.faces[hits.face.ravel()[both]]]
    found = corner[:, 0] * (1 - second - third) + corner[:, 1] * second + corner[:, 2] * third
    places = origins[both] + directions[both] * distance[both, None]
    assert np.median(np.linalg.norm(found - places, axis=1)) < 1e-7


def test_large_and_tiny_triangles_together() -> None:
    """A square across the film hides what lies behind it, whatever the size of its triangles."""
    far, near = trimesh.creation.icosphere(4, 0.8), trimesh.creation.box((2.2, 2.2, 0.1))
    near.apply_translation((0, 0, 1))
    solid = reading.read(trimesh.Scene([far, near]).export(file_type="glb"))
    hits = raster.look(solid, camera.orbit(solid.points, 0, 0), 300)
    assert (hits.face[hits.silhouette] >= len(far.faces)).all()
    assert hits.silhouette.sum() == pytest.approx((0.78 * 300) ** 2, rel=0.02)


def test_the_picture_is_gold_on_white() -> None:
    """The page stays white; the ring is yellow, its stone red."""
    solid = reading.read(ring_glb())
    picture = shade.picture(solid, camera.orbit(solid.points, 30, 20), 160).astype(int)
    assert picture[:5].min() > 245
    piece = picture[picture.min(axis=-1) < 230]
    assert ((piece[:, 0] - piece[:, 2]) > 30).mean() > 0.5
    assert ((piece[:, 0] > 100) & (piece[:, 1] < 70)).sum() > 20
    assert piece.std() > 20
