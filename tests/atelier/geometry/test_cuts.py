"""Fancy and old cuts: their facets, outlines, weights, settings, and the words that ask for them."""

from itertools import pairwise
from typing import cast

import numpy as np
import pytest

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.gemstones import Gemstone, cut_stone, facet
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.language.describe import describe
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces import mounting
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import USUAL_RATIO, Cut, Spec, Stone
from pipeline.atelier.weights import carats
from tests.atelier.pieces.test_build import assert_closed

CUTS: tuple[Cut, ...] = (
    "heart", "trillion", "baguette", "asscher", "radiant", "rose", "old_european", "old_mine", "hexagon", "kite",
)  # fmt: skip


def stone_of(cut: Cut, length: float = 6.5) -> Gemstone:
    """A stone in its cut's usual proportions."""
    return facet(cut, length, length / USUAL_RATIO[cut])


def facets_of(mesh: Mesh) -> tuple[int, int]:
    """Facets above and below the girdle."""
    corners = mesh.vertices[mesh.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    normal = normal[area > 1e-7] / area[area > 1e-7, None]
    distinct = {tuple(row) for row in np.round(normal[np.abs(normal[:, 2]) > 0.02], 3).tolist()}
    return sum(row[2] > 0 for row in distinct), sum(row[2] < 0 for row in distinct)


@pytest.mark.parametrize(
    ("cut", "above", "below"),
    [
        ("trillion", 25, 18), ("baguette", 13, 12), ("asscher", 25, 24), ("radiant", 17, 24), ("rose", 24, 1),
        ("old_european", 33, 25), ("old_mine", 33, 25), ("hexagon", 19, 18), ("kite", 13, 12), ("heart", 32, 25),
    ],
)  # fmt: skip
def test_a_cut_has_its_facets(cut: Cut, above: int, below: int) -> None:
    """Facets with table and culet: a Trilliant's 25 and 18, a Dutch rose's 24 on its base, an old cut's 58."""
    assert facets_of(stone_of(cut).mesh) == (above, below)


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_is_one_closed_body_alike_on_both_sides(cut: Cut) -> None:
    """A stone is watertight, of one piece, within its outline, and its mirror image fits into it to 1 %."""
    stone = stone_of(cut)
    assert_closed(stone.mesh, cut)
    assert solid.bodies(stone.mesh) == 1
    assert np.abs(stone.mesh.vertices[:, :2]).max(0) == pytest.approx(np.abs(stone.outline).max(0), abs=0.02)
    assert stone.mesh.vertices[:, 2].max() == pytest.approx(stone.top, abs=1e-6)
    assert stone.mesh.vertices[:, 2].min() == pytest.approx(-stone.depth, abs=1e-6)
    mirrored = Mesh(stone.mesh.vertices * [-1, 1, 1], stone.mesh.faces[:, ::-1])
    assert volume(solid.intersect(stone.mesh, mirrored)) == pytest.approx(volume(stone.mesh), rel=0.01)


def test_a_heart_has_a_cleft_and_a_point() -> None:
    """The outline turns inward once, on the axis between the lobes, and its sharpest corner is the point."""
    outline = stone_of("heart").outline
    before, after = outline - np.roll(outline, 1, 0), np.roll(outline, -1, 0) - outline
    turn = np.degrees(
        np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(1))
    )
    cleft = outline[int(np.argmin(turn))]
    assert (turn < -1).sum() == 1
    assert cleft[0] == 0.0
    assert outline[:, 1].max() - cleft[1] == pytest.approx(0.107 * 6.5, abs=0.05)
    assert np.allclose(outline[int(np.argmax(turn))], [0, -3.25])


@pytest.mark.parametrize(
    ("cut", "length", "weight"),
    [
        ("heart", 6.5, 1.0), ("trillion", 7.0, 1.0), ("asscher", 5.5, 0.93), ("radiant", 6.0, 0.97),
        ("baguette", 7.0, 0.66), ("old_european", 6.4, 1.04),
    ],
)  # fmt: skip
def test_weights_are_those_of_the_trade(cut: Cut, length: float, weight: float) -> None:
    """Sizes that dealers' charts give weigh what they say, and what the cut's own volume does within 17 %."""
    width = length / USUAL_RATIO[cut]
    assert carats("diamond", cut, length, width) == pytest.approx(weight, rel=0.04)
    own = volume(facet(cut, length, width).mesh) * 3.52 / 200
    assert own == pytest.approx(carats("diamond", cut, length, width), rel=0.17)


@pytest.mark.parametrize("cut", CUTS)
def test_every_setting_touches_its_stone_and_stays_out_of_it(cut: Cut) -> None:
    """Prongs and bezels meet a stone grown by 2 % and share no volume with the stone itself; all parts are closed."""
    for setting in ({"setting": "prong", "prongs": 6}, {"setting": "bezel"}):
        spec = Stone.model_validate({"cut": cut, "length_mm": 6.5, **setting})
        stone = cut_stone(spec)
        grown = Mesh(stone.mesh.vertices * 1.02, stone.mesh.faces)
        parts = {shape.name: shape.mesh for shape in mounting.head(stone, spec, -stone.depth - 0.15)}
        holding = [name for name in parts if name.startswith(("prong", "bezel"))]
        assert len(holding) >= (1 if spec.setting == "bezel" else 3)
        for name, mesh in parts.items():
            assert_closed(mesh, name)
        for name in holding:
            inside = solid.intersect(parts[name], stone.mesh)
            assert len(inside.faces) == 0 or volume(inside) < 1e-3 * volume(stone.mesh), (cut, name)
            assert volume(solid.intersect(parts[name], grown)) > 0, (cut, name)


def test_points_and_the_cleft_are_held() -> None:
    """A heart has prongs at its point, in its cleft and at both lobes; a trillion at each of its corners."""
    for cut, places in (
        ("heart", [(0, -3.25), (0, 2.55), (2.6, 2.3), (-2.6, 2.3)]),
        ("trillion", [(0, 3.1), (-3.25, -2.5), (3.25, -2.5)]),
    ):
        spec = Spec.model_validate(
            {"kind": "ring", "stone": {"gem": "diamond", "cut": cut, "length_mm": 6.5}}
        )
        piece = build(spec)
        held = next(part.vertices for part in piece.parts if part.name == "stone 1")
        middle = (held.max(0) + held.min(0)) / 2
        prongs = [part.vertices - middle for part in piece.parts if part.name.startswith("prong")]
        assert len(prongs) == len(places)
        for place in places:
            near = min(float(np.linalg.norm(prong[:, :2] - place, axis=1).min()) for prong in prongs)
            assert near < 0.4, (cut, place)


def test_a_halo_follows_a_heart_without_a_stone_in_another() -> None:
    """Stones of a heart's halo lie apart, one of them in the cleft, alike on both sides."""
    piece = build(read("heart shaped sapphire halo ring in white gold").spec)
    row = next(part for part in piece.parts if part.name == "halo stones").repeats[0]
    at = row.poses[:, :2, 3]
    at = at - [(at[:, 0].max() + at[:, 0].min()) / 2, 0]
    size = float(np.ptp(row.vertices[:, 0]))
    apart = np.linalg.norm(at[:, None] - at[None], axis=2) + 1e9 * np.eye(len(at))
    assert apart.min() > size
    assert len(at) % 2 == 0
    assert min(abs(at[at[:, 1] > at[:, 1].mean(), 0])) < 0.05
    for place in at:
        assert np.linalg.norm(at - place * [-1, 1], axis=1).min() < 0.1


@pytest.mark.parametrize("metal", ["yellow gold", "platinum"])
@pytest.mark.parametrize(
    ("words", "cut"),
    [
        ("heart shaped", "heart"), ("heart cut", "heart"), ("heart-shape", "heart"), ("trillion", "trillion"),
        ("triangle cut", "trillion"), ("baguette", "baguette"), ("asscher cut", "asscher"),
        ("square emerald cut", "asscher"), ("radiant cut", "radiant"), ("rose cut", "rose"),
        ("old European cut", "old_european"), ("old mine cut", "old_mine"), ("antique cushion", "old_mine"),
        ("hexagonal", "hexagon"), ("kite cut", "kite"),
    ],
)  # fmt: skip
def test_a_ring_of_any_cut_is_read_as_such(metal: str, words: str, cut: str) -> None:
    """Metal, weight, cut and gem are understood, no stand-in is told, and the words written back mean the same."""
    reading = read(f"{metal} ring with a 1.5 ct {words} ruby")
    stone = reading.spec.stone
    assert stone is not None
    assert (stone.cut, stone.gem, reading.spec.metal) == (cut, "ruby", metal.replace(" ", "_"))
    assert carats("ruby", cast(Cut, cut), stone.length_mm, stone.width_mm) == pytest.approx(1.5, rel=0.01)
    assert not reading.unknown
    assert not any("cut" in text or "left out" in text for text in reading.assumed)
    assert read(describe(reading.spec)).spec == reading.spec


@pytest.mark.parametrize(
    ("prompt", "cut", "form"),
    [
        ("heart-shaped diamond pendant in platinum", "heart", "stone"),
        ("rose gold heart pendant with a small ruby", "round", "heart"),
        ("ring, heart shape, 8 mm amethyst", "heart", None),
        ("a radiant round diamond ring", "round", None),
        ("square radiant diamond ring", "radiant", None),
        ("bague en or rose, rubis taille coeur", "heart", None),
        ("hearts and arrows diamond solitaire", "round", None),
    ],
)
def test_words_of_two_meanings_find_theirs(prompt: str, cut: str, form: str | None) -> None:
    """A heart before a gem is its cut, before a pendant a shape; "radiant" beside another cut is praise."""
    spec = read(prompt).spec
    assert spec.stone is not None
    assert spec.stone.cut == cut
    assert (spec.pendant.form if spec.pendant else None) == form


@pytest.mark.parametrize(
    ("prompt", "told"), [("trillion ruby ring, 4 claws", 1), ("trillion ruby ring, 3 claws", 0)]
)
def test_a_trillion_has_as_many_prongs_as_corners(prompt: str, told: int) -> None:
    """Another number of prongs than a trillion has corners is told."""
    assert sum("one at each corner" in text for text in read(prompt).assumed) == told


def test_an_old_cut_has_a_small_table_a_high_crown_and_an_open_culet() -> None:
    """GIA's marks of an old European: table to 53 %, crown from 40 degrees, a culet that shows."""
    stone = stone_of("old_european")
    levels = stone.mesh.vertices[:, 2]
    table = stone.mesh.vertices[np.isclose(levels, stone.top)]
    culet = stone.mesh.vertices[np.isclose(levels, -stone.depth)]
    assert np.ptp(table[:, 0]) / 6.5 < 0.53
    assert np.ptp(culet[:, 0]) / 6.5 > 0.05
    rise = stone.top - 0.03 * 3.25
    assert np.degrees(np.arctan2(rise, 3.25 - np.ptp(table[:, 0]) / 2)) > 39.9


def test_an_asscher_steps_down_in_ever_smaller_octagons() -> None:
    """Every row's outline is the girdle made smaller, so that all eight sides reach the culet."""
    stone = stone_of("asscher")
    reach = np.hypot(*stone.mesh.vertices[:, :2].T)
    levels = sorted({float(z) for z in stone.mesh.vertices[:, 2].round(4)})
    assert len(levels) == 8
    assert all(np.ptp(reach[np.isclose(stone.mesh.vertices[:, 2], z, atol=1e-3)]) < 1e-3 for z in levels)
    assert all(low < high for low, high in pairwise(levels))
