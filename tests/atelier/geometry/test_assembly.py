"""Copies of a body: what hundreds of them come to, and how coarse they become where that is too much."""

from typing import Any

import numpy as np
import pytest

from pipeline.atelier.geometry import assembly
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from tests.atelier.soundness import bodies, open_at


def triangles(piece: Piece) -> int:
    return sum(len(part.faces) for part in piece.parts)


def faults(piece: Piece) -> list[str]:
    return [fault for part in piece.parts for body in bodies(part) if (fault := open_at(body))]


LONGEST: dict[str, dict[str, Any]] = {
    "rope": {"chain": {"style": "rope", "length_mm": 900, "gauge_mm": 0.9, "strands": 4}},
    "pears": {"chain": {"style": "tennis", "length_mm": 900}, "accents": {"cut": "pear", "diameter_mm": 0.8}},
}


@pytest.mark.parametrize("fields", LONGEST.values(), ids=LONGEST)
def test_the_longest_line_of_the_smallest_is_no_more_than_the_renderer_holds(fields: dict[str, Any]) -> None:
    """Four ropes as fine as hair, nine hundred small stones: nine and thirteen million triangles otherwise."""
    piece = build(Spec.model_validate({"kind": "necklace", **fields}))
    assert triangles(piece) <= assembly.MOST_TRIANGLES
    assert faults(piece) == []


def test_petals_may_be_smaller_than_a_stone_that_stands_alone() -> None:
    """Accents of .8 mm: a rosette of them ended in an error, as a line of them did."""
    spec = {"kind": "ring", "stone": {"cluster": True, "length_mm": 3.0}, "accents": {"diameter_mm": 0.8}}
    assert faults(build(Spec.model_validate(spec))) == []


LINES: tuple[dict[str, Any], ...] = (
    *({"bracelet": {"style": "chain", "length_mm": 160}, "chain": {"style": style, "length_mm": 160, "gauge_mm": 0.9}}
      for style in ("cable", "curb", "figaro", "rope", "box", "snake", "ball", "pearl")),
    *({"bracelet": {"style": "tennis", "length_mm": 160}, "accents": {"cut": cut, "diameter_mm": 2.4}}
      for cut in ("round", "heart", "emerald")),
)  # fmt: skip


@pytest.mark.parametrize("fields", LINES, ids=lambda fields: "-".join(str(fields[k]) for k in fields)[-60:])
def test_coarser_copies_are_the_same_bodies_to_the_eye(
    fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the triangles of what is copied, still closed; as large within .06 mm, as heavy within 2 %."""
    spec = Spec.model_validate({"kind": "bracelet", **fields})
    full = build(spec)
    monkeypatch.setattr(assembly, "MOST_TRIANGLES", triangles(full))
    assert all(np.array_equal(a.faces, b.faces) for a, b in zip(build(spec).parts, full.parts, strict=True))
    copied = sum(len(part.faces) for part in full.parts if part.repeats and part.smooth)
    monkeypatch.setattr(assembly, "MOST_TRIANGLES", triangles(full) - copied // 2)
    coarse = build(spec)
    assert triangles(coarse) <= triangles(full) - copied // 2
    assert faults(coarse) == []
    for part, before in zip(coarse.parts, full.parts, strict=True):
        for repeat, whole in zip(part.repeats, before.repeats, strict=True):
            assert np.allclose(repeat.poses, whole.poses, atol=0.04)
            assert np.ptp(repeat.vertices, axis=0) == pytest.approx(np.ptp(whole.vertices, axis=0), abs=0.06)
            assert volume(Mesh(repeat.vertices, repeat.faces)) == pytest.approx(
                volume(Mesh(whole.vertices, whole.faces)), rel=0.02
            )
        if not part.smooth:
            assert np.array_equal(part.faces, before.faces)


ALONE: tuple[dict[str, Any], ...] = (
    {"kind": "ring", "ring": {"style": "signet"}},
    {"kind": "ring", "stone": {"cluster": True, "length_mm": 4.0}, "accents": {"diameter_mm": 1.5}},
    {"kind": "earrings", "earrings": {"style": "drop", "hung": "chandelier", "height_mm": 30.0}},
    {"kind": "earrings", "earrings": {"style": "hoop", "wire_mm": 4.0}, "finish": "hammered"},
    {"kind": "bracelet", "bracelet": {"style": "cuff"}, "engraving": "AMOR"},
    {"kind": "brooch", "brooch": {"style": "motif"}, "motif": {"name": "tree"}},
    {"kind": "ring", "stone": {"gem": "pearl", "length_mm": 7.0}},
)


@pytest.mark.parametrize("fields", ALONE, ids=lambda fields: "-".join(str(fields[k]) for k in fields)[-60:])
def test_bodies_that_stand_alone_give_way_where_no_copies_can(
    fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two thirds of the triangles that nothing copied has, still closed; as large within .06 mm, as heavy within 2 %;
    facets are kept.
    """
    spec = Spec.model_validate(fields)
    full = build(spec)
    alone = [part for part in full.parts if part.smooth and not part.repeats]
    most = triangles(full) - sum(len(part.faces) for part in alone) // 3
    copied = [part for part in full.parts if part.smooth and part.repeats]
    most -= sum(len(part.faces) for part in copied)
    assert alone
    monkeypatch.setattr(assembly, "MOST_TRIANGLES", most)
    coarse = build(spec)
    assert triangles(coarse) <= most
    assert faults(coarse) == []
    for part, before in zip(coarse.parts, full.parts, strict=True):
        assert (part.name, part.material, part.role, part.stone) == (
            before.name, before.material, before.role, before.stone,
        )  # fmt: skip
        if not part.smooth:
            assert np.array_equal(part.faces, before.faces)
        elif not part.repeats:
            assert np.ptp(part.vertices, axis=0) == pytest.approx(np.ptp(before.vertices, axis=0), abs=0.06)
            assert volume(Mesh(part.vertices, part.faces)) == pytest.approx(
                volume(Mesh(before.vertices, before.faces)), rel=0.02
            )
