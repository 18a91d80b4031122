"""What is too thin to cast is found on the body itself, measured, and nothing that is thick enough."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from pipeline.atelier.casting import DETAIL_MM, PRONG_MM, SLACK_MM, WALL_MM, thin_places
from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.geometry.mesh import Mesh, tube
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from pipeline.providers.builtin.atelier import Atelier


@pytest.mark.parametrize("wide", [0.4, 0.6, 0.75, 0.81, 1.2, 2.0])
@pytest.mark.parametrize("role", [PartRole.BODY, PartRole.PRONG])
def test_a_wire_is_measured(wide: float, role: PartRole) -> None:
    """A straight round wire of a known thickness; its rounded ends are no thin places."""
    wire: Mesh = tube(np.array([[0.0, 0, 0], [2, 0, 0], [4, 0, 0]]), wide / 2, 48)
    part = Part("wire", wire.vertices, wire.faces, "silver", smooth=True, role=role)
    asked = PRONG_MM if role is PartRole.PRONG else WALL_MM
    places = thin_places((part,))
    assert bool(places) == (wide < asked - SLACK_MM)
    for place in places:
        assert place.measured_mm == pytest.approx(wide, abs=0.04)


@pytest.mark.parametrize(
    ("data", "thin"),
    [
        ({"kind": "ring", "ring": {"style": "band"}}, {}),
        ({"kind": "earrings", "earrings": {"style": "hoop", "wire_mm": 4}}, {"left hoop": 0.2, "right hoop": 0.2}),
        ({"kind": "earrings", "earrings": {"style": "hoop", "wire_mm": 4}, "construction": "solid"}, {}),
        ({"kind": "ring", "ring": {"style": "band"}, "milgrain": True}, {"milgrain": 0.26}),
    ],
)  # fmt: skip
def test_pieces_are_measured(data: dict[str, Any], thin: dict[str, float]) -> None:
    places = thin_places(build(Spec.model_validate(data)).parts)
    assert {place.part for place in places} == set(thin)
    for place in places:
        assert place.measured_mm == pytest.approx(thin[place.part], abs=0.03)
        assert place.asked_mm in (WALL_MM, DETAIL_MM)


def test_a_thin_place_lies_on_the_pieces_glb(tmp_path: Path) -> None:
    """Where the viewer is told to mark it, in the space of the file that the viewer shows."""
    spec = Spec.model_validate({"kind": "ring", "ring": {"style": "band"}, "milgrain": True})
    (place,) = Atelier(tmp_path).thin_places(spec.model_dump_json())
    meshes = trimesh.load(io.BytesIO(to_glb(build(spec))), file_type="glb").to_mesh()
    (away,) = np.linalg.norm(meshes.vertices - place.at, axis=1).min(keepdims=True)
    assert away * 1000 < place.measured_mm
