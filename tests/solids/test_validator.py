"""Every GLB we write is clean for Khronos' own validator: no error, no warning."""

from collections.abc import Iterator

import pytest

from pipeline import glb
from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.pieces.build import build
from pipeline.photo.relief import relief
from tests.atelier.random_spec import random_spec
from tests.photo.pieces import necklace, pair, solitaire
from tests.solids.files import rewritten, ring_glb
from tests.validator import Validator, opened

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
SPECS = range(300, 307)
"""The benchmark does a hundred."""


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    with opened() as found:
        yield found


def test_it_sees_what_is_wrong(validator: Validator) -> None:
    """The validator runs: a wrong bound, a bad accessor and an unknown field are told."""
    assert validator.version().startswith("2.0.0")
    spoilt = rewritten(ring_glb(), lambda t: t["accessors"][0].update(max=[0, 0, 0]))
    assert any("ACCESSOR_MAX_MISMATCH" in line for line in validator.complaints(spoilt))
    spoilt = rewritten(ring_glb(), lambda t: t["nodes"][0].update(mesh=99))
    assert any("UNRESOLVED_REFERENCE" in line for line in validator.complaints(spoilt))


def test_atelier_pieces_are_clean(validator: Validator) -> None:
    """Random specs of every kind, with the recipe written into them."""
    kinds = set()
    for seed in SPECS:
        spec = random_spec(seed)
        kinds.add(spec.kind)
        data = glb.with_recipe(to_glb(build(spec)), {"provider": "atelier", "seed": seed})
        assert validator.complaints(data) == [], f"spec {seed}"
        assert validator.report(data)["info"]["totalTriangleCount"] > 1000
    assert len(kinds) >= 4


@pytest.mark.parametrize("drawn", [solitaire, necklace, pair])
def test_reliefs_are_clean(validator: Validator, drawn) -> None:
    """Raised from a ring, a necklace and a pair of earrings."""
    assert validator.complaints(relief(*drawn(360).picture())) == []
