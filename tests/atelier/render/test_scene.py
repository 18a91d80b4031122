"""Pieces laid out for the ray engine: normals, materials, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.atelier.geometry.normals import shade_normals
from pipeline.atelier.language.prompt import read
from pipeline.atelier.materials import GEMS, METALS
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.scene import (
    CLEAR,
    COATED,
    METAL,
    ROW_DEPTH,
    describe_surface,
    lay_out,
)
from pipeline.errors import BadInput
from tests.atelier.sample_piece import octahedron, ring, torus


def test_smooth_normals_follow_the_true_surface() -> None:
    """On a torus the smoothed corner normals are within 2 degrees of the analytic ones."""
    vertices, faces = torus(9.0, 1.0, 96, 32)
    _, corner = shade_normals(vertices, faces, smooth=True)
    core = vertices * (1, 0, 1)
    core = 9.0 * core / np.linalg.norm(core, axis=1, keepdims=True)
    true = (vertices - core)[faces]
    assert (corner * true).sum(axis=2).min() > np.cos(np.radians(2))


def test_edges_sharper_than_the_crease_stay_sharp() -> None:
    """A smooth-shaded octahedron keeps its facets: every corner normal is its face's."""
    vertices, faces = octahedron((0, 0, 0), 1.0)
    normals, corner = shade_normals(vertices, faces, smooth=True)
    assert corner == pytest.approx(np.repeat(normals[:, None], 3, axis=1), abs=1e-6)


def test_a_soft_edge_is_smoothed_and_a_hard_one_on_the_same_vertex_is_not() -> None:
    """On a rounded prism side normals blend while the cap keeps its own."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn), np.zeros(24)], axis=1)
    vertices = np.concatenate([circle, circle + np.array([0, 0, 1]), [[0, 0, 1]]])
    i = np.arange(24)
    k = (i + 1) % 24
    side = np.concatenate([np.stack([i, k, k + 24], 1), np.stack([i, k + 24, i + 24], 1)])
    cap = np.stack([i + 24, k + 24, np.full(24, 48)], 1)
    _, corner = shade_normals(vertices, np.concatenate([side, cap]), smooth=True)
    assert corner[48:] == pytest.approx(np.tile([0.0, 0.0, 1.0], (24, 3, 1)), abs=1e-6)
    assert np.abs(corner[:48, :, 2]).max() < 1e-6
    assert (corner[:48] * vertices[side][:, :, :] * (1, 1, 0)).sum(axis=2).min() > 0.999


@pytest.mark.parametrize("metal", METALS)
@pytest.mark.parametrize("gem", GEMS)
def test_every_material_has_a_place_in_the_table(metal: str, gem: str) -> None:
    """Metals and stones of one piece keep their own rows and kinds."""
    scene = lay_out(ring(metal, gem))
    assert scene.kinds[0] == METAL
    assert scene.kinds[1] in {CLEAR, COATED}
    assert scene.surfaces[0, 0, :3] == pytest.approx(METALS[metal].f0)
    assert scene.surfaces[1, 2, 1] == pytest.approx(GEMS[gem].ior)
    assert np.isfinite(scene.surfaces).all()


def test_only_diamond_is_worth_three_traces() -> None:
    """Dispersion is traced where it shows."""
    assert lay_out(ring(gem="diamond")).has_fire
    assert not lay_out(ring(gem="emerald")).has_fire


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"material": "kryptonite"}, "kryptonite"),
        ({"finish": "fluffy"}, "fluffy"),
        ({"faces": np.zeros((0, 3), dtype=np.int32)}, "shank"),
        ({"vertices": np.full((1440, 3), np.nan)}, "shank"),
    ],
)
def test_what_cannot_be_rendered_is_said_in_words(change: dict[str, object], word: str) -> None:
    """An unusable part raises BadInput that names what is wrong."""
    part: Part = replace(ring().parts[0], **change)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=word):
        lay_out(Piece("ring", (part,)))


def test_a_piece_without_parts_is_refused() -> None:
    """Nothing to render is an error, not an empty page."""
    with pytest.raises(BadInput, match="no parts"):
        lay_out(Piece("ring", ()))


def test_a_row_of_small_rubies_is_a_little_redder_than_one_of_them() -> None:
    """Absorption follows the size of one stone, not the extent of the row; deeper stones make up for shorter ways."""
    piece = build(read("ruby eternity band").spec)
    row = next(part for part in piece.parts if part.material == "ruby" and part.repeats)
    alone = replace(row, vertices=row.repeats[0].vertices, repeats=())
    _, of_row = describe_surface(row)
    _, of_one = describe_surface(alone)
    assert of_row[3, :3] == pytest.approx(ROW_DEPTH * of_one[3, :3])
    assert of_row[3, 1] > 0.3  # green is gone within a few millimetres
