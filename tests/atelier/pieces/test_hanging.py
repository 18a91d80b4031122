"""Necklaces on the table: how the chain lies, what hangs from it, and how large it shows."""

import numpy as np
import pytest

from pipeline.atelier.camera import master_camera, project, turntable_camera, view_camera, whole_camera
from pipeline.atelier.geometry.detail import COARSE
from pipeline.atelier.piece import HUNG_BY, WORN_BY, Part, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.pieces.chain import SLOPE, STEEP_SLOPE, drape
from pipeline.atelier.regions import named_regions
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


@pytest.mark.parametrize("slope", [STEEP_SLOPE, SLOPE, 0.0])
@pytest.mark.parametrize("length", [270.0, 400.0, 900.0])
def test_a_drape_keeps_the_chains_length(length: float, slope: float) -> None:
    """Half of the chain is half as long as the whole, and ends beside the gap the clasp bridges, at the top."""
    half = drape(length, 12.0, slope=slope, corner=2.0)
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


CLOSE: dict[str, dict[str, object]] = {
    "disc": {"pendant": {}},
    "bar": {"pendant": {"form": "bar", "height_mm": 30.0}},
    "small heart": {"pendant": {"form": "heart", "height_mm": 7.0}},
    "letter": {"pendant": {"form": "initial", "letter": "M"}},
    "locket": {"pendant": {"form": "locket"}, "chain": {"style": "figaro", "length_mm": 600.0}},
    "cross": {"pendant": {"form": "cross"}, "chain": {"style": "curb", "gauge_mm": 3.0}},
    "stone": {"pendant": {"form": "stone"}, "stone": {"gem": "ruby", "length_mm": 5.0}},
    "pearl": {"pendant": {"form": "stone"}, "stone": {"gem": "pearl", "setting": "prong"}},
}


def close(name: str) -> tuple[Spec, Piece]:
    """One of CLOSE, framed close."""
    data = {"kind": "necklace", **CLOSE[name]}
    spec = Spec.model_validate({**data, "pendant": {**CLOSE[name]["pendant"], "framing": "pendant"}})  # type: ignore[dict-item]
    return spec, build(spec)


@pytest.mark.parametrize("name", CLOSE)
def test_a_close_view_makes_the_pendant_the_picture(name: str) -> None:
    """A quarter to a third of the frame is the pendant's, below the middle; the chain leaves by the top, both sides."""
    _, piece = close(name)
    camera = master_camera(piece)
    film = project(camera, np.vstack([p.vertices for p in piece.without(HUNG_BY).parts]), 1.0)
    assert 0.24 < float(np.ptp(film, axis=0).max()) < 0.33
    middle_x, middle_y = (film.min(0) + film.max(0)) / 2
    assert 0.55 < middle_y < 0.65
    chain = project(camera, part(piece, "chain").vertices, 1.0)
    shown = chain[(np.abs(chain - 0.5) < 0.5).all(axis=1)]
    leaving = shown[shown[:, 1] < 0.02]
    assert np.ptp(shown[:, 0]) < 0.8
    assert leaving[:, 0].min() > 0.05
    assert middle_x - leaving[:, 0].min() == pytest.approx(leaving[:, 0].max() - middle_x, abs=0.03)


@pytest.mark.parametrize("name", CLOSE)
def test_a_close_views_regions_are_what_it_shows(name: str) -> None:
    """Five places, each in its frame with metal or stone in its middle; the clasp, which is outside, in the whole's."""
    spec, piece = close(name)
    boxes = named_regions(spec, piece, master_camera(piece))
    assert len({box.label for box in boxes}) == 5
    assert [box.label for box in boxes if box.shot == "whole"] == ["clasp"]
    vertices = np.vstack([p.vertices for p in piece.parts])
    for box in boxes:
        camera = whole_camera(piece) if box.shot == "whole" else master_camera(piece)
        seen = project(camera, vertices, 1.0)
        assert min(box.x, box.y) >= 0
        assert max(box.x + box.width, box.y + box.height) <= 1
        offset = np.abs(seen - (box.x + box.width / 2, box.y + box.height / 2)) / (box.width / 2)
        assert (offset < 0.6).all(axis=1).any(), box


def test_the_other_views_show_the_whole_necklace() -> None:
    """From the top the necklace is seen with its clasp, however its master is framed."""
    _, piece = close("disc")
    points = np.vstack([p.vertices for p in piece.parts])
    assert (np.abs(project(view_camera(piece, "top"), points, 1.0) - 0.5) < 0.5).all()


@pytest.mark.parametrize("name", ["disc", "small heart", "stone"])
def test_a_close_pendants_sides_frame_the_pendant(name: str) -> None:
    """In its stills and on the turntable the pendant takes most of the frame, whole; its front is its face."""
    _, piece = close(name)
    pendant = np.vstack([p.vertices for p in piece.parts if p.role not in WORN_BY])
    looks = [view_camera(piece, side) for side in ("front", "three-quarter", "side", "back")]
    for camera in [*looks, *(turntable_camera(piece, turn) for turn in (0.0, 120.0))]:
        film = project(camera, pendant, 1.0)
        assert (np.abs(film - 0.5) < 0.5).all()
        assert np.ptp(film, axis=0).max() > 0.3
    assert looks[0].frame()[0][2] < -0.95


@pytest.mark.parametrize("framing", ["pendant", "whole"])
@pytest.mark.parametrize("gauge", [4.0, 6.5, 9.0])
def test_a_bail_cuts_no_pearl(gauge: float, framing: str) -> None:
    """The strap runs round one pearl and touches neither it nor those beside it."""
    chain = {"style": "pearl", "gauge_mm": gauge, "length_mm": 450.0}
    piece = build(
        Spec.model_validate({"kind": "necklace", "chain": chain, "pendant": {"framing": framing}}), COARSE
    )
    strap = part(piece, "bail")
    points = np.vstack([strap.vertices, strap.vertices[strap.faces].mean(axis=1)])
    pearls = np.array([pearl.mean(axis=0) for pearl in part(piece, "chain").stone_bodies()])
    assert np.linalg.norm(points[:, None] - pearls, axis=2).min() > gauge / 2 + 0.02


@pytest.mark.parametrize("gauge", [1.0, 2.0, 6.0])
def test_a_pendant_on_a_cord_is_shown_close(gauge: float) -> None:
    """A cord has no links to go by: its own width keeps it from filling the view, in which the pendant is whole."""
    chain = {"style": "cord", "gauge_mm": gauge, "length_mm": 500.0}
    pendant = {"form": "cross", "height_mm": 20.0, "framing": "pendant"}
    piece = build(Spec.model_validate({"kind": "necklace", "chain": chain, "pendant": pendant}), COARSE)
    camera = master_camera(piece)
    cross = project(camera, part(piece, "pendant").vertices, 1.0)
    assert (np.abs(cross - 0.5) < 0.5).all()
    assert np.ptp(cross, axis=0).max() > 0.2
    across = np.array([[-gauge / 2, 0.0, 0.0], [gauge / 2, 0.0, 0.0]]) + np.array(camera.target)
    assert np.ptp(project(camera, across, 1.0)[:, 0]) < 0.1


def test_a_heavy_chain_does_not_fill_a_close_view() -> None:
    """A small letter on a bold chain is seen from further off; on a chain of a wrist's length all of it is seen."""
    data = {"kind": "necklace", "pendant": {"form": "initial", "height_mm": 6.0, "framing": "pendant"}}
    bold = build(
        Spec.model_validate({**data, "chain": {"style": "curb", "gauge_mm": 6.0, "length_mm": 500.0}})
    )
    camera = master_camera(bold)
    strand = project(camera, next(part for part in bold.parts if part.name == "chain").vertices, 1.0)
    crossing = strand[np.abs(strand[:, 1]) < 0.02, 0]
    right = crossing[crossing > 0.5]
    assert np.ptp(right) < 0.12
    short = build(
        Spec.model_validate({**data, "chain": {"style": "curb", "gauge_mm": 6.0, "length_mm": 200.0}})
    )
    film = project(master_camera(short), np.vstack([part.vertices for part in short.parts]), 1.0)
    assert film.min() > 0
    assert film.max() < 1
