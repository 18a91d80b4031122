"""Stones and prongs of a rendered piece are counted from its geometry, as its master shows them."""

import json

import numpy as np
import pytest

from pipeline.atelier.camera import master_camera, project
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from pipeline.records import Asset, Recipe
from pipeline.visible import _bodies, places_in, visible
from tests.photo.pieces import pair

HALO = {
    "kind": "necklace",
    "metal": "white_gold",
    "chain": {"style": "cable", "gauge_mm": 1.4},
    "pendant": {"form": "stone"},
    "stone": {
        "gem": "sapphire",
        "cut": "round",
        "length_mm": 7.0,
        "setting": "prong",
        "prongs": 4,
        "halo": True,
    },
}
SOLITAIRE = {
    "kind": "ring",
    "metal": "yellow_gold",
    "ring": {"style": "solitaire"},
    "stone": {"gem": "ruby", "cut": "oval", "length_mm": 8.0, "setting": "prong", "prongs": 6},
}

TENNIS = {
    "kind": "bracelet",
    "metal": "white_gold",
    "accents": {"diameter_mm": 2.8},
    "bracelet": {"style": "tennis"},
}


def master(spec: dict[str, object], side: int = 1000, provider: str = "atelier") -> Asset:
    recipe = Recipe(role="generate", provider=provider, origin=json.dumps(spec))
    return Asset(id="0" * 64, media_type="image/png", width=side, height=side, size_bytes=1, recipe=recipe)


def unread() -> np.ndarray:
    """Where the geometry is known nobody looks at the picture."""
    raise AssertionError("the picture was read")


@pytest.mark.parametrize(("spec", "stones"), [(HALO, None), (SOLITAIRE, 1)], ids=["halo", "solitaire"])
def test_stones_are_those_of_the_geometry(spec, stones) -> None:
    """Every stone that looks at the camera is counted once, in its place on the master."""
    piece = build(Spec.model_validate(spec))
    every = [body for part in piece.parts for body in part.stone_bodies()]
    places = [p for p in places_in(master(spec), (0, 0, 1000, 1000), unread) or () if p.kind == "stone"]
    assert len(places) == len(every) == (stones or len(every)) > 0
    middles = np.array([project(master_camera(piece), body, 1000).mean(0) for body in every])
    for place in places:
        assert np.hypot(*(middles - (place.x, place.y)).T).min() < 0.6 * place.radius + 4


@pytest.mark.parametrize("spec", [HALO, SOLITAIRE, TENNIS], ids=["halo", "solitaire", "tennis"])
def test_every_body_has_vertices_of_its_own(spec) -> None:
    """Together they are no more than the piece's: a necklace of prongs once took 23 GB, a whole part for each prong."""
    piece = build(Spec.model_validate(spec))
    bodies = [body for part in piece.parts for body in _bodies(part)]
    assert sum(len(vertices) for _, vertices, _ in bodies) <= sum(len(part.vertices) for part in piece.parts)
    assert sum(kind == "prong" for kind, *_ in bodies) >= 4
    for _, vertices, faces in bodies:
        assert set(faces.ravel()) == set(range(len(vertices)))


def test_prongs_that_can_be_seen_are_counted() -> None:
    """Of six prongs as many as the master shows: some, and never more than there are."""
    prongs = [p for p in places_in(master(SOLITAIRE), (0, 0, 1000, 1000), unread) or () if p.kind == "prong"]
    assert 3 <= len(prongs) <= 6


def test_a_box_counts_what_lies_in_it() -> None:
    """Halves of a master have together no more than the whole; one cut in two counts in neither or one."""
    whole, left, right = (
        len(places_in(master(HALO), box, unread) or ())
        for box in ((0, 0, 1000, 1000), (0, 0, 500, 1000), (500, 0, 500, 1000))
    )
    assert 0 < left < whole
    assert 0 < right < whole
    assert left + right <= whole


@pytest.mark.parametrize("provider", ["upload", "openai"])
def test_stones_are_seen_where_there_is_no_geometry(provider) -> None:
    """An uploaded or a generated picture has no geometry: what it shows is counted, in each box and read once."""
    picture, reads = pair(800).picture()[0], []

    def read() -> np.ndarray:
        reads.append(1)
        return picture

    of = master(SOLITAIRE, side=800, provider=provider).model_copy(update={"id": provider})
    for box, stones in (
        ((0, 0, 800, 800), 2),
        ((0, 300, 400, 400), 1),
        ((0, 0, 800, 200), 0),
        ((0, 0, 255, 800), 0),
    ):
        places = places_in(of, box, read)
        assert places is not None
        assert len(places) == stones
        assert all(abs(place.x + box[0] - 250) < 4 or abs(place.x + box[0] - 547) < 4 for place in places)
    assert len(reads) == 1
    assert visible("{}") is None
