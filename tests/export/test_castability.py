"""The line of the papers that says what a caster would ask to be thicker."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeline.atelier.spec import Spec
from pipeline.export import castability
from pipeline.records import Branch


def branch(provider: str, origin: str) -> Branch:
    recipe = SimpleNamespace(provider=provider, origin=origin)
    return cast(Branch, SimpleNamespace(master=SimpleNamespace(recipe=recipe)))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            {},
            "Every wall, prong and grain measured can be cast (walls 0.8 mm, prongs 0.7 mm, grains 0.3 mm).",
        ),
        (
            {"milgrain": True},
            "Too thin for a caster (walls 0.8 mm, prongs 0.7 mm, grains 0.3 mm): milgrain 0.26 of 0.3 mm.",
        ),
    ],
)
def test_a_piece_of_known_geometry_is_measured(data: dict[str, Any], told: str) -> None:
    spec = Spec.model_validate({"kind": "ring", "ring": {"style": "band"}, **data})
    assert castability.rows(branch("atelier", spec.model_dump_json())) == (("Casting", told),)


@pytest.mark.parametrize(
    ("provider", "origin"), [("upload", ""), ("atelier", '{"kind": "spoon"}'), ("openai", "{}")]
)
def test_other_pieces_have_no_such_line(provider: str, origin: str) -> None:
    assert castability.rows(branch(provider, origin)) == ()
