"""Chain, bail and eye are told from the body they carry, in silhouettes of pieces whose parts are known."""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.atelier.camera import master_camera
from pipeline.atelier.geometry.detail import COARSE
from pipeline.atelier.piece import HUNG_BY
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from pipeline.images import Pixels
from pipeline.solids.camera import Camera
from pipeline.solids.labels import NOTHING, labels
from pipeline.solids.score import FILM_PX, Mask, overlap
from pipeline.trace import tracing
from pipeline.trace.families import OUTLINE, body_of, named
from pipeline.trace.hanging import unhung
from pipeline.trace.picture import plate
from pipeline.trace.tracing import seen_by, trace

PIECES: dict[str, dict[str, Any]] = {
    "cross": {"pendant": {"form": "cross", "height_mm": 17}, "chain": {"gauge_mm": 2.1, "style": "box"}},
    "long bar": {"pendant": {"form": "bar", "height_mm": 38}, "chain": {"gauge_mm": 2.4, "style": "rope"}},
    "bar, whole": {"pendant": {"form": "bar", "height_mm": 30, "framing": "whole"}},
    "initial J": {"pendant": {"form": "initial", "letter": "J", "height_mm": 16}},
    "initial K": {"pendant": {"form": "initial", "letter": "K", "height_mm": 11}, "chain": {"gauge_mm": 2.8}},
    "locket": {"pendant": {"form": "locket"}, "chain": {"style": "figaro", "gauge_mm": 2.2}},
    "hamsa": {"pendant": {"form": "motif", "height_mm": 29}, "motif": {"name": "hamsa"}},
    "key": {"pendant": {"form": "motif", "height_mm": 33}, "motif": {"name": "key"}},
    "crescent": {"pendant": {"form": "motif", "height_mm": 22}, "motif": {"name": "moon_and_star"}},
    "anchor": {"pendant": {"form": "motif", "height_mm": 19}, "motif": {"name": "anchor"}},
    "dog tag": {
        "pendant": {"form": "motif", "height_mm": 34},
        "motif": {"name": "path", "path": "M4 0 H24 Q28 0 28 6 V44 Q28 50 24 50 H4 Q0 50 0 44 V6 Q0 0 4 0 Z"},
        "chain": {"style": "ball", "gauge_mm": 2.4},
    },
    "stone": {"pendant": {"form": "stone"}, "stone": {"cut": "oval", "length_mm": 10, "halo": True}},
}  # fmt: skip
"""None of them stood model for the widths and shares the cut is made by."""


@lru_cache(maxsize=len(PIECES))
def _silhouettes(name: str) -> tuple[Mask, Mask]:
    """The whole necklace from its master's camera, and what of it hangs below the eye."""
    fields = PIECES[name]
    spec = Spec.model_validate(
        {"kind": "necklace", **fields, "pendant": {"framing": "pendant", **fields["pendant"]}}
    )
    piece = build(spec, COARSE)
    camera = master_camera(piece)
    forward, right, up = (np.array([v[0], v[2], -v[1]]) for v in camera.frame())
    place, half = np.array(camera.position), float(np.tan(np.radians(camera.field_of_view_deg / 2)))
    film = Camera(np.array([place[0], place[2], -place[1]]), np.stack([right, up, -forward]), half)
    whole, body = (body_of(list(p.parts)) for p in (piece, piece.without(HUNG_BY)))
    seen, hanging = (labels(b.points, b.faces, b.label, film, FILM_PX) > NOTHING for b in (whole, body))
    return seen, hanging


def _photograph(seen: Mask) -> Pixels:
    return np.where(seen[..., None], np.array((205, 170, 90)), 250).astype(np.uint8)


@pytest.mark.parametrize("name", PIECES)
def test_the_body_ends_where_its_eye_is_soldered(name: str) -> None:
    """Whatever hangs, as wide as its bail or wider, with holes and tips, upright and 10 degrees askew."""
    seen, hanging = _silhouettes(name)
    body = unhung(seen)
    assert body is not None
    assert overlap(body, hanging) > 0.97
    rows, columns = np.nonzero(hanging)
    turn = cv2.getRotationMatrix2D((float(columns.mean()), float(rows.mean())), 10, 1)
    leaning = [
        cv2.warpAffine(m.astype(np.uint8), turn, m.shape, borderMode=cv2.BORDER_REPLICATE) > 0
        for m in (seen, hanging)
    ]
    assert overlap(plate(leaning[0]), leaning[1]) > 0.95


@pytest.mark.parametrize("name", ["cross", "long bar"])
def test_a_limb_as_wide_as_its_bail_is_traced_without_it(name: str) -> None:
    """The family lies on the true body, and its size and verdict are those of a body alone."""
    seen, hanging = _silhouettes(name)
    traced = trace(_photograph(seen), "necklace", name.split()[-1], mask=seen)
    assert overlap(seen_by(traced.family, traced.values, traced.pose) > NOTHING, hanging) > 0.95
    assert traced.accepted, traced.words


@pytest.mark.parametrize(("name", "style"), [("hamsa", ""), ("dog tag", OUTLINE), ("initial K", OUTLINE)])
def test_a_plate_no_family_has_is_cut_after_its_own_outline_and_hangs_again(
    name: str, style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no style said too, where the best family lies elsewhere; its Spec has chain, eye and bail again."""
    seen, hanging = _silhouettes(name)
    monkeypatch.setattr(tracing, "families", lambda *_: (named("necklace", "disc"),))
    traced = trace(_photograph(seen), "necklace", style, mask=seen)
    assert traced.family.style == OUTLINE
    assert overlap(seen_by(traced.family, traced.values, traced.pose) > NOTHING, hanging) > 0.96
    assert not traced.accepted
    assert {part.name for part in build(traced.spec, COARSE).parts} >= {"eye", "bail"}


def test_nothing_is_cut_off_a_body_without_a_chain() -> None:
    """A star's tip, a key's bow and a hand's fingers are no bails."""
    for name in ("key", "hamsa", "anchor", "cross"):
        assert unhung(_silhouettes(name)[1]) is None
    assert unhung(np.zeros((64, 64), bool)) is None
    assert unhung(np.ones((64, 64), bool)) is None


@pytest.mark.parametrize("thick", [8, 18, 28, 40])
def test_a_closed_chain_whose_links_the_mask_fills_is_no_part_of_the_pendant(thick: int) -> None:
    """However coarse the chain: what hangs below it is the body; an open circle below an eye keeps its hole."""
    worn = np.zeros((FILM_PX, FILM_PX), np.uint8)
    cv2.ellipse(worn, (512, 460), (230, 400), 0, 0, 360, 1, thick)
    cv2.rectangle(worn, (505, 855), (519, 900), 1, -1)
    cv2.circle(worn, (512, 925), 38, 1, -1)
    body = unhung(worn > 0)
    assert body is not None
    rows, columns = np.nonzero(body)
    assert rows.min() > 862
    assert 70 < np.ptp(columns) < 90
    ring = np.zeros((FILM_PX, FILM_PX), np.uint8)
    cv2.circle(ring, (512, 560), 300, 1, thick + 40)
    cv2.circle(ring, (512, 220), 30, 1, 14)
    below = unhung(ring > 0)
    assert (ring > 0 if below is None else below)[560, 212]
    assert plate(ring > 0)[855:865, 512].all()
