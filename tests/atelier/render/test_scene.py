"""Pieces laid out for the ray engine: normals, materials, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.atelier.geometry.gemstones import facet
from pipeline.atelier.geometry.normals import shade_normals
from pipeline.atelier.language.prompt import read
from pipeline.atelier.materials import GEMS, METALS, metal_look
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render import scene
from pipeline.atelier.render.protocol import pack_piece, unpack_piece
from pipeline.atelier.render.scene import (
    CLEAR,
    COATED,
    METAL,
    ROW_DEPTH,
    describe_crystal,
    describe_surface,
    lay_out,
)
from pipeline.atelier.spec import Spec
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
    assert scene.surfaces[1, 2, 1] == pytest.approx(GEMS[gem].indices[1])
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


def test_fire_lies_between_the_screens_colours() -> None:
    """Diamond by Peter's measurement (1923): 2.4227 at 549 nm, 0.0267 between sRGB's primaries; others by their own."""
    red, green, blue = GEMS["diamond"].indices
    assert green == pytest.approx(2.4227, abs=0.0015)
    assert blue - red == pytest.approx(0.0267, abs=0.0005)
    spread = {
        name: GEMS[name].indices[2] - GEMS[name].indices[0] for name in ("moissanite", "cubic_zirconia")
    }
    assert spread["moissanite"] / spread["cubic_zirconia"] == pytest.approx(0.104 / 0.060)
    traced = lay_out(ring(gem="moissanite")).surfaces[1, 2]
    assert traced[2] - traced[0] == pytest.approx(spread["moissanite"], rel=1e-4)


def test_large_rubies_are_deeper_than_small_ones_by_less_than_their_size() -> None:
    """Four times as wide, twice the depth of colour through the stone."""
    small, large = (build(read(f"gold solitaire with a {size} mm round ruby").spec) for size in (3, 12))
    depths = []
    for piece in (small, large):
        stone = next(part for part in piece.parts if part.stone is not None)
        depths.append(describe_surface(stone)[1][3, 1] * np.sort(np.ptp(stone.vertices, axis=0))[1])
    assert depths[1] / depths[0] == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize("metal", ["yellow_gold", "rose_gold", "white_gold"])
def test_gold_looks_like_its_fineness(metal: str) -> None:
    """Low alloys of yellow gold are paler than high ones; 750 and none are the table's; platinum has one look."""
    usual = METALS[metal].f0
    assert metal_look(metal).f0 == usual
    assert metal_look(metal, 750).f0 == pytest.approx(usual)
    low, high = metal_look(metal, 375).f0, metal_look(metal, 916).f0
    assert low[2] > high[2]
    ring_of = [build(read(f"{karat} {metal.replace('_', ' ')} band").spec) for karat in ("9k", "22k")]
    shown = [lay_out(piece).surfaces[0, 0, :3] for piece in ring_of]
    assert shown[0] == pytest.approx(low, abs=1e-6)
    assert shown[1] == pytest.approx(metal_look(metal, 916).f0, abs=1e-6)
    assert metal_look("platinum", 900) == METALS["platinum"]


def test_a_row_of_small_rubies_is_a_little_redder_than_one_of_them() -> None:
    """Absorption follows the size of one stone, not the extent of the row; deeper stones make up for shorter ways."""
    piece = build(read("ruby eternity band").spec)
    row = next(part for part in piece.parts if part.material == "ruby" and part.repeats)
    alone = replace(row, vertices=row.repeats[0].vertices, repeats=())
    _, of_row = describe_surface(row)
    _, of_one = describe_surface(alone)
    assert of_row[3, :3] == pytest.approx(ROW_DEPTH * of_one[3, :3])
    assert of_row[3, 1] > 0.3  # green is gone within a few millimetres


@pytest.mark.parametrize("most", [1, 3_000])
def test_a_scene_is_the_same_however_much_of_it_is_shaded_at_once(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links, beads and facets bit by bit, whether a body at a time, a few of them or all."""
    piece = build(
        Spec.model_validate({"kind": "bracelet", "bracelet": {"style": "chain"}, "chain": {"style": "ball"}})
    )
    piece = replace(piece, parts=(*piece.parts, *ring(gem="ruby").parts))
    monkeypatch.setattr(scene, "BATCH_TRIANGLES", 10**9)
    whole = lay_out(piece)
    monkeypatch.setattr(scene, "BATCH_TRIANGLES", most)
    parted = lay_out(piece)
    for name in ("vertices", "faces", "face_rows", "corner_normals", "low", "high"):
        assert np.array_equal(getattr(parted, name), getattr(whole, name)), name


@pytest.mark.parametrize(("turn", "axis"), [(0, 2), (90, 1)])
def test_a_crystals_axis_is_its_shallow_way_however_it_lies(turn: int, axis: int) -> None:
    """A stone's axis runs through its table, and its length along its long side."""
    cut = facet("oval", 8.0, 6.0, sides=32)
    angle = np.radians(turn)
    turned = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    part = Part("stone", cut.mesh.vertices @ turned.T, cut.mesh.faces, "zircon", smooth=False)
    lies, _ = describe_crystal(part)
    assert abs(lies[axis]) > 0.98
    assert lies[3] == pytest.approx(0.059)
    dome = replace(part, material="cats_eye")
    assert abs(describe_crystal(dome)[1][3 - axis]) > 0.98


def test_only_stones_that_show_it_carry_two_colours_or_two_rays() -> None:
    assert lay_out(ring(gem="tanzanite")).has_axes
    assert lay_out(ring(gem="moissanite")).has_axes
    assert not lay_out(ring(gem="sapphire")).has_axes
    assert not lay_out(ring(gem="star_sapphire")).has_axes
    # An iolite's second colour is straw: across its axis it holds back less than along it.
    beyond = lay_out(ring(gem="iolite")).surfaces[1, 6, :3]
    assert (beyond < 0)[:2].all()


def test_a_body_of_one_triangle_has_some_axis() -> None:
    """Enamel's cells and slivers of stones may be that small."""
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    for points in (corners, corners * 0):
        assert np.isfinite(
            describe_crystal(Part("cell", points, np.array([[0, 1, 2]]), "opal", smooth=False))
        ).all()


def test_a_row_is_lit_alike_on_the_other_side_of_the_line() -> None:
    """The renderer's process knows how large and how deep each stone of a row is, not the row's own size alone."""
    piece = build(read("platinum band with small sapphires all around").spec)
    header, arrays = pack_piece(piece)
    there = lay_out(unpack_piece(json.loads(json.dumps(header)), arrays))
    assert there.has_rows
    assert np.array_equal(there.surfaces, lay_out(piece).surfaces)
