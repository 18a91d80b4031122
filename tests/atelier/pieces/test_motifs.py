"""Motifs: every drawing becomes one closed body of its size, on every host; so does an outline of one's own."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.atelier.geometry import motifs, solid
from pipeline.atelier.geometry.detail import COARSE, building
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.geometry.normals import shade_normals
from pipeline.atelier.geometry.silhouette import LONGEST_PATH, inset, of_path, polygons, signed_area
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import motif
from pipeline.atelier.pieces.build import build
from pipeline.atelier.regions import spots
from pipeline.atelier.spec import Motif, MotifName, Spec
from pipeline.errors import BadInput
from tests.atelier.pieces.test_build import assert_closed, bodies
from tests.atelier.random_spec import EVERY_FORM_FROM, random_spec

NAMES = [name for name in get_args(MotifName) if name not in ("text", "path")]
HOSTS = {
    "pendant": {"kind": "necklace", "pendant": {"form": "motif"}},
    "stud": {"kind": "earrings", "earrings": {"form": "motif"}},
    "hoop": {"kind": "earrings", "earrings": {"style": "hoop", "form": "motif"}},
    "ring": {"kind": "ring", "ring": {"style": "motif"}},
    "brooch": {"kind": "brooch", "brooch": {"style": "motif"}},
    "bracelet": {"kind": "bracelet"},
}


def cut(longest: float = 12.0, **details: object) -> tuple[Spec, motif.Sheet, list[Part]]:
    """A motif's sheet and parts, lying."""
    spec = Spec.model_validate({**HOSTS["pendant"], "motif": details})
    assert spec.motif is not None
    sheet = motif.sheet(spec.motif, longest=longest)
    return spec, sheet, motif.motif_parts(spec, sheet, name="motif")


def assert_whole(parts: list[Part], longest: float) -> None:
    """One body of metal as long as asked for, everything closed."""
    for part in parts:
        for mesh in bodies(part):
            assert_closed(mesh, part.name)
    assert solid.bodies(bodies(parts[0])[0]) == 1
    assert np.ptp(parts[0].vertices[:, :2], axis=0).max() == pytest.approx(longest, abs=0.03)


def test_every_name_of_the_spec_is_drawn() -> None:
    """The spec's motifs and the drawings are the same."""
    assert sorted(NAMES) == sorted(motifs.names())


@pytest.mark.parametrize("name", NAMES)
def test_each_motif_is_one_closed_body_with_walls_that_cast(name: str) -> None:
    """A pendant of 16 mm in one piece; what half a caster's wall takes off its edges leaves nine tenths of it."""
    with building(COARSE):
        _, sheet, parts = cut(16.0, name=name)
    assert_whole(parts, 16.0)
    opened = inset(inset(sheet.outline, -0.25), 0.25)
    assert opened.area() > 0.97 * sheet.outline.area()


@given(
    st.sampled_from(NAMES),
    st.sampled_from(["flat", "domed"]),
    st.booleans(),
    st.sampled_from([None, "own", "red"]),
    st.floats(5.0, 30.0),
)
@settings(max_examples=5)
def test_any_motif_in_any_make_is_closed(
    name: str, relief: str, openwork: bool, enamel: str | None, longest: float
) -> None:
    """Flat or domed, whole or open, bare or enamelled, of any size."""
    _, _, parts = cut(longest, name=name, relief=relief, openwork=openwork, enamel=enamel)
    assert_whole(parts, longest)


@pytest.mark.parametrize("name", ["sword", "lightning", "arrow", "feather", "horn"])
def test_a_sharp_tip_is_rounded_and_the_length_kept(name: str) -> None:
    """The rounding of its tips took a fifth of a millimetre of a small one."""
    _, _, parts = cut(5.0, name=name)
    assert_whole(parts, 5.0)


@pytest.mark.parametrize("host", HOSTS)
def test_each_host_carries_a_motif(host: str) -> None:
    """The piece builds closed, has names of its own, five places for close-ups, and weighs something."""
    for extra in ({}, {"stone": {"gem": "ruby", "length_mm": 2.5}}, {"accents": {"diameter_mm": 1.0}}):
        if host in ("hoop", "bracelet") and extra:
            continue
        spec = Spec.model_validate({**HOSTS[host], **extra, "motif": {"name": "star"}})
        piece = build(spec, COARSE)
        names = [part.name for part in piece.parts]
        assert len(set(names)) == len(names)
        for part in piece.parts:
            if part.role is not PartRole.CHAIN:
                for mesh in bodies(part):
                    assert_closed(mesh, part.name)
        assert len(spots(spec, piece)) == 5
        stones = figures(spec, piece).stone_count
        pair = 2 if host == "stud" else 1
        assert stones == pair * ("stone" in extra) or ("accents" in extra and stones > 5)


@pytest.mark.parametrize("seed", range(EVERY_FORM_FROM, EVERY_FORM_FROM + 24))
def test_random_piece_with_a_motif_builds(seed: int) -> None:
    """Any motif on any piece, built coarsely as a search does: finite, closed, uniquely named."""
    piece = build(random_spec(seed), COARSE)
    names = [part.name for part in piece.parts]
    assert len(set(names)) == len(names)
    for part in piece.parts:
        assert np.isfinite(part.vertices).all()
        if part.role is not PartRole.CHAIN:
            for mesh in bodies(part):
                assert_closed(mesh, part.name)


@pytest.mark.parametrize("kind", ["bracelet", "necklace"])
def test_a_station_is_held_by_both_ends_of_its_chain(kind: str) -> None:
    """The chain's halves end in the eyes at the motif's sides, within a link, at the front of the loop."""
    pendant = {"pendant": {"form": "motif"}} if kind == "necklace" else {}
    ornament = {"name": "infinity", "mount": "station", "size_mm": 18.0}
    piece = build(Spec.model_validate({"kind": kind, **pendant, "motif": ornament}), COARSE)
    parts = {part.name: part.vertices for part in piece.parts}
    for side in ("left", "right"):
        eye = parts[f"eye {side}"]
        middle = (eye.min(0) + eye.max(0)) / 2
        assert np.linalg.norm(parts[f"chain {side}"] - middle, axis=1).min() < 1.2
        assert middle[1] < parts[f"chain {side}"][:, 1].mean()


@given(st.text("AbcdefgijklmnopqrstuvwxyzÄÖÜßéçñ ", min_size=1, max_size=9).filter(str.strip))
@settings(max_examples=4)
def test_any_name_is_one_body(text: str) -> None:
    """Letters, their dots and accents hold together as one plate."""
    _, _, parts = cut(28.0, name="text", text=text)
    assert_whole(parts, 28.0)


def test_letters_with_accents_are_drawn() -> None:
    """An accented letter is no box that stands for a missing one: each is another shape."""
    areas = {
        letter: round(motifs.drawing("text", 10.0, text=letter).outline.area(), 2) for letter in "éèëñüçÉØ"
    }
    assert len(set(areas.values())) == len(areas), areas


@pytest.mark.parametrize(
    ("path", "holes"),
    [
        ("M0 0 L10 0 L10 10 L0 10 Z M3 3 L7 3 L7 7 L3 7 Z", 1),
        ("m0,0 h10 v10 h-10 z", 0),
        ("M0 0 C5 -5 10 -5 15 0 S10 12 7 14 Q3 12 0 0 Z", 0),
        ("M0 0 A5 5 0 1 0 10 0 A5 5 0 1 0 0 0 M30 0 L40 0 L35 9 Z", 0),
    ],
)
def test_an_outline_of_ones_own_is_cut(path: str, holes: int) -> None:
    """Lines, curves, arcs, relative moves; holes stay holes, and islands are tied into one body."""
    _, sheet, parts = cut(15.0, name="path", path=path)
    assert_whole(parts, 15.0)
    assert len(sheet.outline.to_polygons()) == 1 + holes


@pytest.mark.parametrize(
    "path", ["", "M", "hello", "M0 0", "M0 0 L5 5 Z", "M0 0 L1e99 0 L0 1 Z", "M0 0 A", "Z", "M0 0 L10 0 L0"]
)
def test_what_is_no_outline_is_told(path: str) -> None:
    """One sentence for what encloses nothing or is no path."""
    with pytest.raises(BadInput):
        of_path(path)
    with pytest.raises(BadInput):
        of_path("M0 0 " + "L1 1 " * LONGEST_PATH)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("M0 0" + "".join(f"L{k * 37 % 101} {k * 53 % 97}" for k in range(1, 1500)) + "Z", "crosses itself"),
        ("M0 0" + "".join(f"L{k % 2 * 90} {k * 7 % 89}" for k in range(1, 1500)) + "Z", "crosses itself"),
        ("M0 0h9v9z" * 900, "crosses itself"),
        ("".join(f"M{k % 30 * 10} {k // 30 * 10}h4v4h-4z" for k in range(300)), "300 parts"),
        ("M0 0L100 0L100 .2L0 .2Z", "a strip"),
        ("M0 0h1v700h-1z", "a strip"),
    ],
)
def test_an_outline_that_would_take_all_memory_is_told(path: str, said: str) -> None:
    """Scribbles, one shape drawn over and over, a cloud of specks and endless strips: a sentence, at once."""
    with pytest.raises(BadInput, match=said):
        of_path(path)


@pytest.mark.parametrize("count", [40, 190])
def test_an_outline_of_many_edges_is_cut(count: int) -> None:
    """Teeth whose feet lie on one line, and as many islands, are no scribble."""
    comb = "M0 0" + "h1v90h1v-90" * count + f"v-9h-{2 * count}z"
    assert len(of_path(comb).decompose()) == 1
    islands = "".join(f"M{k % 19 * 10} {k // 19 * 10}h6v6h-6z" for k in range(count))
    assert len(of_path(islands).decompose()) == count


@pytest.mark.parametrize("host", [*HOSTS, "station"])
@pytest.mark.parametrize(
    "ornament",
    [{"name": "text", "text": "_" * 16}, {"name": "path", "path": "M0 0h190v10h-190z"},
     {"name": "path", "path": "M0 0h10v190h-10z"}],
)  # fmt: skip
@pytest.mark.parametrize("large", [False, True])
def test_the_longest_word_and_strip_are_made_or_told(
    host: str, ornament: dict[str, str], large: bool
) -> None:
    """At both ends of every size: a closed piece that can be worn, or one sentence with the size it would have."""
    base = HOSTS["pendant" if host == "station" else host]
    groups: dict[str, dict[str, object]] = {
        "pendant": {"pendant": {"height_mm": 40.0 if large else 8.0}},
        "stud": {"earrings": {"height_mm": 40.0 if large else 4.0}},
        "brooch": {"brooch": {"width_mm": 70.0 if large else 15.0}},
    }.get(host, {})
    merged = {
        name: {**held, **groups.get(name, {})} if isinstance(held, dict) else held
        for name, held in base.items()
    }
    mount = {"mount": "station"} if host == "station" else {}
    spec = Spec.model_validate({**merged, "motif": {**ornament, **mount, "size_mm": 40.0 if large else 3.0}})
    try:
        piece = build(spec, COARSE)
    except BadInput as error:
        piece, sentence = None, str(error)
    if piece is None:
        assert " mm, too " in sentence
        return
    metal = [part.vertices for part in piece.parts if part.role is not PartRole.CHAIN]
    assert np.isfinite(np.vstack(metal)).all()
    assert np.ptp(np.vstack(metal), axis=0).max() < 2 * motif.MOST + 20


def test_a_pave_fills_the_face_and_no_stone_overlaps_another() -> None:
    """Stones of a field keep their distance from one another and from the motif's edge."""
    _, sheet, _ = cut(16.0, name="heart")
    places, size = motif.field(sheet.outline, 1.2, None, [])
    assert len(places) > 50
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 9 * np.eye(len(places))
    assert apart.min() >= size * 1.05
    assert inset(sheet.outline, -size / 2 - 0.2).area() > 0


def test_enamel_is_no_stone_and_no_metal() -> None:
    """Enamel is shown in its colour, counted as no stone, and weighs nothing in metal."""
    spec, _, parts = cut(14.0, name="evil_eye", enamel="own")
    colours = {part.material for part in parts if part.role is PartRole.ENAMEL}
    assert colours == {"white_enamel", "blue_enamel", "light_blue_enamel", "black_enamel"}
    assert all(part.stone is None for part in parts)
    body = Mesh(parts[0].vertices, parts[0].faces)
    filled = [Mesh(part.vertices, part.faces) for part in parts if part.role is PartRole.ENAMEL]
    assert max(volume(solid.intersect(body, one)) for one in filled) < 1e-3
    assert spec.idle() == {}


@pytest.mark.parametrize("name", ["bee", "butterfly", "dragonfly", "fish", "star", "whale_tail"])
def test_a_brooch_hides_its_pin(name: str) -> None:
    """Its tip passes the catch and stays behind the metal: it stood out beside a bee's wing."""
    piece = build(
        Spec.model_validate({"kind": "brooch", "brooch": {"style": "motif"}, "motif": {"name": name}}), COARSE
    )
    front = next(part for part in piece.parts if part.name == "brooch").vertices
    for part in piece.parts:
        if part.role is PartRole.FITTING:
            assert front[:, 0].min() <= part.vertices[:, 0].min()
            assert part.vertices[:, 0].max() <= front[:, 0].max()


@pytest.mark.parametrize("name", ["lotus", "flower", "heart", "clover"])
def test_a_face_beside_a_stone_is_shaded_flat(name: str) -> None:
    """The stone's hole lends the face none of its slope: of the flat face next to nothing is shaded as if it leant."""
    fields = {
        "pendant": {"form": "motif", "height_mm": 12.0},
        "motif": {"name": name},
        "stone": {"length_mm": 2.5},
    }
    piece = build(Spec.model_validate({"kind": "necklace", **fields}))
    face = next(part for part in piece.parts if part.name == "pendant")
    normals, corners = shade_normals(face.vertices, face.faces, smooth=True)
    flat = normals[:, 2] > 0.9995
    points = face.vertices[face.faces[flat]]
    area = np.linalg.norm(np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]), axis=1)
    leaning = corners[flat][:, :, 2].min(axis=1) < 0.999
    assert area[leaning].sum() < 0.05 * area.sum()


def test_a_tree_of_life_is_open_at_a_pendants_size() -> None:
    """Its least walls leave two fifths of the disc open, in five fields."""
    outline = motif.sheet(Motif(name="tree"), height=15.0).outline
    holes = [polygon for polygon in polygons(outline) if signed_area(polygon) < 0]
    assert len(holes) == 5
    assert -sum(signed_area(hole) for hole in holes) > 0.4 * np.pi * 7.5**2
