"""Families: every place of every box is a piece a bench can make, and its coarse body is the full one's size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.atelier.geometry.detail import FULL
from pipeline.errors import BadInput
from pipeline.solids.camera import Array
from pipeline.solids.labels import labels
from pipeline.solids.pose import Pose
from pipeline.solids.score import overlap
from pipeline.trace.families import FAMILIES, Body, Family, beginnings, body_of, families, named, richer
from pipeline.trace.points import curves


@given(st.sampled_from(FAMILIES), st.data())
@settings(max_examples=60)
def test_every_place_of_every_box_is_a_spec_at_any_size(family: Family, data: st.DataObject) -> None:
    """Values anywhere between a family's bounds, and any size a piece can have, make a valid Spec of that size."""
    values = {p.path: data.draw(st.floats(p.low, p.high)) for p in family.parameters}
    size = family.size.reference_mm * data.draw(st.floats(0.8, 1.25))
    spec = family.spec(values, size_mm=size)
    group, name = family.size.path.split(".")
    assert getattr(getattr(spec, group), name) == pytest.approx(size)
    assert spec.kind == family.kind


def _drawn(family: Family, seed: int) -> dict[str, float]:
    chance = np.random.default_rng(seed)
    return family.values(chance.uniform(family.low, family.high) if family.parameters else np.zeros(0))


def _box(points: Array) -> Array:
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


SAMPLE = (
    "earrings halo stud-pear",
    "ring band", "ring signet", "ring solitaire-pear", "ring bezel-oval", "ring halo-cushion", "ring three_stone-round",
    "earrings hoop", "earrings stud-princess", "necklace disc", "necklace heart", "necklace bezel pendant-marquise",
    "necklace halo pendant-round", "bracelet bangle",
    "ring split shank-round", "bracelet tennis-round",
)  # fmt: skip


MOST_FACES = {"cluster": 90_000, "tennis": 170_000}
"""Of what is many stones in prongs of their own."""


@pytest.mark.parametrize(
    "which", [*SAMPLE, "ring cathedral-oval", "ring split halo-princess", "ring cluster-round"]
)
def test_a_coarse_body_has_the_full_ones_dimensions_and_outline(which: str) -> None:
    """Within .02 mm along every axis, and to .985 of the silhouette from six directions, askew on the film."""
    kind, name = which.split(" ", 1)
    family = named(kind, name)
    values = _drawn(family, len(which))
    coarse, full = family.body(values), body_of(family.parts(family.spec(values), FULL))
    assert np.abs(_box(coarse.points) - _box(full.points)).max() < 0.02
    assert len(coarse.faces) < MOST_FACES.get(family.style, 24_000)
    assert _least_overlap(coarse, full) > 0.985


@pytest.mark.parametrize(
    "which",
    ["ring band", "bracelet bangle", "necklace prong pendant-marquise", "necklace bezel pendant-princess"],
)
def test_a_usual_piece_keeps_its_outline_where_it_is_thin_or_cornered(which: str) -> None:
    """A band along its axis, and stones with points: there a corner cut off or a chord too long shows most."""
    kind, name = which.split(" ", 1)
    family = named(kind, name)
    values = family.values(family.start)
    assert _least_overlap(family.body(values), body_of(family.parts(family.spec(values), FULL))) > 0.985


@pytest.mark.parametrize("name", ["tennis-round", "tennis-emerald"])
def test_a_line_in_blocks_has_its_stones_where_they_are(name: str) -> None:
    """A tenth of the faces, and nine tenths of the outline, whatever the size of the stones."""
    family = named("bracelet", name)
    for size in (2.3, 4.1):
        coarse, blocks = (one.body({"accents.diameter_mm": size}) for one in (family, family.in_blocks))
        assert len(blocks.faces) < len(coarse.faces) / 8
        assert _least_overlap(blocks, coarse) > 0.88
        assert blocks.has_stones


def _least_overlap(coarse: Body, full: Body) -> float:
    least = 1.0
    for azimuth, elevation in ((0, 0), (90, 0), (0, 90), (35, 25), (-60, 40), (150, -20)):
        camera = Pose(azimuth, elevation, 7, 2.4, 0.5, 0.5).camera(full.centre, full.radius)
        outlines = [labels(b.points, b.faces, b.label, camera, 320) >= 0 for b in (coarse, full)]
        least = min(least, overlap(*outlines))
    return least


def test_richer_families_have_their_parents_stone_and_begin_within_their_bounds() -> None:
    """A solitaire of an oval is read on as one with arches; a halo of any cut also as a cluster of a round stone."""
    assert {f.name for f in richer(named("ring", "solitaire-oval"))} == {"cathedral-oval", "split shank-oval"}
    halo = named("ring", "halo-pear")
    children = {family.name: family for family in richer(halo)}
    assert {"cluster-pear", "cluster-round", "split halo-pear", "cathedral halo-pear"} == set(children)
    assert not richer(named("ring", "band"))
    values = halo.values(halo.start)
    sizes = [begun["accents.diameter_mm"] for begun in beginnings(children["cluster-round"], values)]
    assert sizes == sorted(sizes, reverse=True)
    assert all(0.8 < size < values["stone.length_mm"] for size in sizes)
    assert beginnings(children["split halo-pear"], values) == [values]


def test_a_line_of_stones_takes_the_gem_that_its_picture_shows() -> None:
    """It has no stone in the middle: its row is of the gem."""
    spec = named("bracelet", "tennis-round").spec({"accents.diameter_mm": 3.2}, gem="ruby")
    assert spec.stone is None
    assert spec.accents is not None
    assert (spec.accents.gem, spec.accents.diameter_mm) == ("ruby", 3.2)


def test_a_family_that_there_is_not_is_refused_with_those_there_are() -> None:
    """A brooch, a style nobody knows, a size out of bounds."""
    with pytest.raises(BadInput, match="cannot be traced"):
        families("brooch")
    with pytest.raises(BadInput, match="choose one of band, signet"):
        families("ring", "tiara")
    with pytest.raises(BadInput, match="inside diameter"):
        named("ring", "band").spec({}, size_mm=40)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_curves_points_are_placed_on_lie_on_the_built_piece(family: Family) -> None:
    """A click on the picture means a place of the body that is laid over it: no curve leaves the body's box."""
    values = family.values(family.start)
    body = family.body(values)
    low, high = body.points.min(axis=0) - 0.3, body.points.max(axis=0) + 0.3
    for name, lines in curves(family, values).items():
        for line in lines:
            assert (line >= low).all(), name
            assert (line <= high).all(), name
    if family.kind == "ring":
        hole = curves(family, values)["hole"][0]
        assert hole[:, 1].min() > 0, "the finger hole's lowest place is above the band's underside"


@pytest.mark.parametrize(
    "which", [*SAMPLE, "bracelet cuff", "earrings huggie", "necklace prong pendant-round"]
)
def test_the_curves_that_points_are_placed_on_lie_on_the_piece(which: str) -> None:
    """Each within a few tenths of a millimetre of its surface, where camera and sizes are to be read from it."""
    kind, name = which.split(" ", 1)
    family = named(kind, name)
    values = _drawn(family, len(which) + 1)
    body = body_of(family.parts(family.spec(values), FULL))
    for curve, lines in curves(family, values).items():
        for line in lines:
            away = np.array([np.linalg.norm(body.points - point, axis=1).min() for point in line[::4]])
            # A cuff is open, a signet swells towards its table.
            assert np.quantile(away, 0.35 if family.style == "cuff" else 0.6) < 0.8, curve
