"""One rule for shading: every corner of the GLB has the normal the renderer shades it with."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.geometry.normals import shade_normals
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.scene import lay_out
from pipeline.solids.reading import read as read_glb

PROMPTS = (
    "halo ring with an oval emerald and milgrain",
    "gold signet ring engraved AB",
    "gold rope chain necklace with a round pendant",
    "pearl drop earrings",
)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_glb_and_renderer_shade_every_corner_alike(prompt: str) -> None:
    """Within a quarter of a degree: what is left is the GLB's single precision and its turned repeats."""
    piece = build(read(prompt).spec)
    scene, solid = lay_out(piece), read_glb(to_glb(piece))
    turn = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])
    rendered = (scene.vertices.astype(float) - (scene.low + scene.high) / 2) @ turn.T
    shown = solid.points.astype(float) * 1e3
    # Both leave out what has no area.
    facing = scene.face_rows[:, :3].any(axis=1)
    mine, theirs = rendered[scene.faces[facing]], shown[solid.faces]
    place = cKDTree(mine.mean(axis=1))
    # Faces of two touching parts may lie in one place: of the nearest, the one that is shaded most alike.
    away, nearest = place.query(theirs.mean(axis=1), k=3)
    assert away[:, 0].max() < 2e-3
    corners = scene.corner_normals[facing, :, :3] @ turn.T
    best = np.full(len(theirs), -1.0)
    for k in range(3):
        for turned in range(3):
            order = (np.arange(3) + turned) % 3
            apart = np.linalg.norm(theirs - mine[nearest[:, k]][:, order], axis=2).max(axis=1)
            alike = (corners[nearest[:, k]][:, order] * solid.normals[solid.faces]).sum(axis=2).min(axis=1)
            best = np.where(apart < 2e-3, np.maximum(best, alike), best)
    assert np.degrees(np.arccos(np.clip(best.min(), -1, 1))) < 0.25, np.sum(best < 0.99999)


def test_how_a_face_is_cut_into_triangles_does_not_matter() -> None:
    """Two squares that meet in a soft edge: the same normal there with either diagonal of each."""
    ridge = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 2, -0.3], [1, 2, -0.3]], float)
    one = np.array([[0, 1, 2], [0, 2, 3], [3, 2, 5], [3, 5, 4]], np.int32)
    other = np.array([[0, 1, 3], [1, 2, 3], [3, 2, 4], [2, 5, 4]], np.int32)
    normals = []
    for faces in (one, other):
        _, shaded = shade_normals(ridge, faces, smooth=True)
        normals.append(shaded[faces == 2])
    assert np.allclose(normals[0], normals[0][0], atol=1e-9)
    assert np.allclose(normals[0][0], normals[1][0], atol=1e-9)
