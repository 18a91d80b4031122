"""Bodies of two metals: what has no stones to set shows its second metal in a part of its own body."""

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.assembly import metal_part
from pipeline.atelier.geometry.mesh import Floats, Mesh
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.spec import Form, Spec, two_coloured

STRIPE = 0.42
"""Width of a band's middle in the second metal, over the band's."""
FACE_MM = 0.5
"""Thickness of a signet's table in the second metal."""
RAISED_MM, LAPPED_MM = 0.25, 0.02
"""How far a plate's upper layer stands out, and by how much it is let into what holds it."""
_FAR = 400.0


def is_two_toned(spec: Spec) -> bool:
    """Whether the body itself is of two metals."""
    return spec.second_metal is not None and two_coloured(spec)


def striped(name: str, body: Mesh, width_mm: float, spec: Spec, *, axis: int, role: PartRole) -> list[Part]:
    """A band whose middle, across the axis it is swept around (1 for y, 2 for z), is of the second metal."""
    half = 0.5 * STRIPE * width_mm
    return _parted(name, body, _slab(axis, -half, half), spec, role)


def faced(name: str, body: Mesh, top: float, spec: Spec, *, role: PartRole) -> list[Part]:
    """A body whose uppermost sheet is of the second metal."""
    return _parted(name, body, _slab(2, top - FACE_MM, top + _FAR), spec, role)


def layered(
    name: str, body: Mesh, outlines: list[Floats], form: Form, height: float, spec: Spec
) -> list[Part]:
    """A plate with a smaller one of its own outline let into its face."""
    if not is_two_toned(spec):
        return [metal_part(name, body, spec.metal, spec.finish)]
    inset = {"cross": 0.035, "bar": 0.04}.get(form, 0.13) * height
    inner = solid.grow(outlines, -inset)
    low, high = float(body.vertices[:, 2].min()), float(body.vertices[:, 2].max())
    middle = (low + high) / 2
    prism = solid.extrude(inner, high - low + 2.0).moved([0, 0, middle])
    lap = solid.extrude(solid.grow(outlines, -inset + LAPPED_MM), high - low + 2.0).moved(
        [0, 0, middle - LAPPED_MM]
    )
    layer = solid.intersect(body, lap)
    return [
        metal_part(name, solid.subtract(body, prism), spec.metal, spec.finish),
        metal_part(f"{name} layer", _raised(layer, middle), spec.settings_metal, spec.finish),
    ]


def _raised(layer: Mesh, level: float) -> Mesh:
    """The layer with everything but its underside lifted."""
    vertices = layer.vertices.copy()
    vertices[vertices[:, 2] > level + 2 * LAPPED_MM, 2] += RAISED_MM
    return Mesh(vertices, layer.faces)


def _parted(name: str, body: Mesh, slab: Mesh, spec: Spec, role: PartRole) -> list[Part]:
    if not is_two_toned(spec):
        return [metal_part(name, body, spec.metal, spec.finish, role=role)]
    # A hair of it lies in the rest, so that both are one body.
    middle = slab.vertices.mean(0)
    lapped = Mesh(slab.vertices + LAPPED_MM * np.sign(slab.vertices - middle), slab.faces)
    second = solid.intersect(body, lapped)
    return [
        metal_part(name, solid.bored(body, slab), spec.metal, spec.finish, role=role),
        metal_part(f"{name} in the second metal", second, spec.settings_metal, spec.finish, role=role),
    ]


def _slab(axis: int, low: float, high: float) -> Mesh:
    """A box without end across one axis."""
    square = np.array([(1, -1), (1, 1), (-1, 1), (-1, -1)]) * _FAR
    box = solid.extrude([square], 1.0)
    points = box.vertices * [1.0, 1.0, high - low] + [0.0, 0.0, low]
    if axis == 1:
        points = np.column_stack([points[:, 1], points[:, 2], points[:, 0]])
    return Mesh(points, box.faces)
