"""Necklaces on the table: how the chain lies, what hangs from it, and how large it shows."""

import numpy as np
import pytest

from pipeline.atelier.build import build
from pipeline.atelier.camera import master_camera, project
from pipeline.atelier.chain import drape
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.spec import Spec


def necklace(**pendant: object) -> Piece:
    """A necklace with the usual chain."""
    return build(Spec.model_validate({"kind": "necklace", "pendant": pendant}))


def part(piece: Piece, name: str) -> Part:
    """The part of that name."""
    return next(part for part in piece.parts if part.name == name)


def middle(body: Part) -> np.ndarray:
    """The middle of a part's box."""
    return (body.vertices.min(0) + body.vertices.max(0)) / 2


def test_a_pendant_shows_in_the_picture_of_its_necklace() -> None:
    """A 17 mm disc on 40 cm of chain shows a fifth larger than on the narrow drape of before (0.089)."""
    piece = necklace(height_mm=17.0)
    film = project(master_camera(piece), part(piece, "pendant").vertices, 1.0)
    assert np.ptp(film[:, 1]) > 0.089 * 1.18
    whole = project(master_camera(piece), np.vstack([p.vertices for p in piece.parts]), 1.0)
    assert whole.min() > 0.05
    assert whole.max() < 0.95


@pytest.mark.parametrize("pointed", [True, False])
@pytest.mark.parametrize("length", [270.0, 400.0, 900.0])
def test_a_drape_keeps_the_chains_length(length: float, pointed: bool) -> None:
    """Half of the chain is half as long as the whole, and ends beside the gap the clasp bridges, at the top."""
    half = drape(length, 12.0, pointed=pointed, corner=2.0)
    steps = np.linalg.norm(np.diff(half, axis=0), axis=1)
    assert steps.sum() == pytest.approx(length / 2, rel=1e-4)
    assert half[-1, 0] == pytest.approx(6.0, abs=0.1)
    assert half[-1, 1] == pytest.approx(half[:, 1].max(), abs=0.1)


@pytest.mark.parametrize("letter", "HKMNUVWXY")
def test_a_letter_hangs_by_its_middle(letter: str) -> None:
    """A letter with its tops at the sides hangs from its middle too, by a wire that the eye touches."""
    piece = necklace(form="initial", letter=letter, height_mm=14.0)
    eye, body = part(piece, "eye"), part(piece, "pendant")
    assert middle(body)[0] == pytest.approx(middle(eye)[0], abs=0.05)
    assert middle(eye)[1] > body.vertices[:, 1].max()
    held = np.vstack([p.vertices for p in piece.parts if p.name in ("pendant", "pendant bar")])
    nearest = min(np.linalg.norm(held - point, axis=1).min() for point in eye.vertices[::5])
    assert nearest < 0.25


def test_an_l_hangs_from_its_stem() -> None:
    """Where the top is at one side only, nothing is bridged."""
    names = [p.name for p in necklace(form="initial", letter="L", height_mm=14.0).parts]
    assert "pendant bar" not in names
