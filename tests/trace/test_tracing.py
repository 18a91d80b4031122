"""From a picture back to the piece: known pieces from known cameras, by pixels and by placed points."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.errors import BadInput, Cancelled
from pipeline.images import Pixels, dimensions
from pipeline.solids.camera import axes_of
from pipeline.solids.labels import NOTHING
from pipeline.solids.pose import Pose, apart
from pipeline.solids.score import FILM_PX, Mask, overlap
from pipeline.trace import tracing
from pipeline.trace.families import Family, families, named
from pipeline.trace.picture import Picture
from pipeline.trace.points import Reading, curves, curves_of, solve
from pipeline.trace.records import Placement, Point
from pipeline.trace.search import COUNTS, Problem, twin
from pipeline.trace.tracing import again, lay, nearer, pose_of, rank, seen_by, trace
from pipeline.trace.verdict import Figures, doubts, in_words
from tests.trace.scene import scene

BEZEL = named("ring", "bezel-round")
VALUES = {"ring.width_mm": 3.2, "ring.thickness_mm": 1.9, "ring.taper": 0.85, "stone.length_mm": 6.4}


def test_a_ring_is_traced_to_its_sizes_and_its_camera() -> None:
    """A bezel ring of which only the style is known: outline, stone, band and camera come out."""
    picture = scene(BEZEL, VALUES, Pose(24, 22, 3, 2.5, 0.5, 0.5))
    traced = trace(picture.pixels, "ring", "bezel-round", size_mm=18.0)
    assert traced.accepted, traced.words
    assert traced.figures.iou > 0.97
    assert apart(traced.pose, picture.pose) < 2
    for path in ("ring.width_mm", "stone.length_mm"):
        assert traced.values[path] == pytest.approx(VALUES[path], rel=0.05)
    assert traced.spec.ring is not None
    assert traced.spec.ring.inner_diameter_mm == 18.0
    assert traced.spec.ring.width_mm == pytest.approx(traced.values["ring.width_mm"] * 18 / 17.2)
    assert traced.spec.metal == "yellow_gold"
    assert traced.spec.stone is not None
    assert traced.spec.stone.gem == "sapphire"
    assert traced.words.startswith("Modelled after the photograph: outline .9")
    assert "same" not in traced.words


def _clicks(family: Family, values: dict[str, float], pose: Pose, seed: int) -> dict[str, np.ndarray]:
    """Six places on each of three curves, 3 px of 1024 off."""
    chance = np.random.default_rng(seed)
    body = family.body(values)
    camera = pose.camera(body.centre, body.radius)
    places = {}
    for curve, lines in curves(family, values).items():
        if curve == "edge":
            continue
        line = camera.project(lines[0])[:, :2]
        chosen = ((np.arange(6) + chance.random(6) * 0.5) / 6 * len(line)).astype(int)
        places[curve] = line[chosen] + chance.normal(0, 3 / 1024, (6, 2))
    return places


@pytest.mark.parametrize("seed", range(2))
def test_noisy_points_give_the_camera_and_the_stone(seed: int) -> None:
    """Six on the finger hole, six on the rim, six on the girdle, each three pixels off."""
    solitaire = named("ring", "solitaire-round")
    values = {**VALUES, "stone.length_mm": 6.9, "ring.width_mm": 2.4}
    pose = Pose(25 + 8 * seed, 18, -4, 2.6, 0.5, 0.5)
    found, sizes, _ = solve(solitaire, _clicks(solitaire, values, pose, seed))  # type: ignore[arg-type]
    assert apart(found, pose) < 4.5
    whole = {**solitaire.values(solitaire.start), **values}
    outlines = [seen_by(solitaire, v, p, 256) >= 0 for v, p in ((sizes, found), (whole, pose))]
    assert overlap(*outlines) > 0.75
    assert sizes["stone.length_mm"] == pytest.approx(6.9, rel=0.07)


def test_points_say_which_rim_is_nearer() -> None:
    """Points of a band's hole lie on the rim that is seen whole, however the ring is turned."""
    pose = Pose(20, 35, 0, 2.4, 0.5, 0.5)
    other = twin(pose)
    assert apart(pose, other) > 20
    assert np.allclose(
        axes_of(twin(other).azimuth, twin(other).elevation, twin(other).roll), axes_of(20, 35, 0)
    )
    band = named("ring", "band")
    for known in (pose, Pose(-33, 42, 0, 2.4, 0.5, 0.5)):
        found, _, _ = solve(band, _clicks(band, {"ring.width_mm": 4.0}, known, 1))  # type: ignore[arg-type]
        axis = [axes_of(p.azimuth, p.elevation, p.roll)[:, 2] for p in (found, known)]
        assert np.degrees(np.arccos(min(1.0, float(axis[0] @ axis[1])))) < 6


def test_a_line_of_stones_is_counted_from_its_neighbour() -> None:
    """Begun half a stone round and with three stones too few, where other bumps lie over its own: found to a step."""
    tennis, pose, values = (
        named("bracelet", "tennis-round"),
        Pose(6, 40, 0, 2.4, 0.5, 0.5),
        {"accents.diameter_mm": 3.8},
    )
    picture = Picture(np.zeros((FILM_PX, FILM_PX, 3), np.uint8), seen_by(tennis, values, pose) > NOTHING)
    blocks = Problem(tennis.in_blocks, picture)
    turn, step = COUNTS[0]
    begun = replace(pose, azimuth=pose.azimuth + 4.8), tennis.shape({"accents.diameter_mm": 4.1})
    found, shape = blocks.count(*begun, turn, step)
    assert abs(found.azimuth - pose.azimuth) <= turn
    assert abs(shape[0] - np.log(3.8)) <= step


def test_what_points_leave_open_is_said() -> None:
    """A reading that another one follows closely, and a width that no point lies on, are doubts of the verdict."""
    pose = Pose(20, 30, 0, 2.4, 0.5, 0.5)
    clear, close = Reading(pose, {}, 9.0), Reading(pose, {}, 1.0)
    assert clear.unsure(("hole", "rim", "edge"), ("hole", "edge")) == ()
    assert clear.unsure(("hole", "rim"), ("hole", "rim")) == ()
    (width,) = clear.unsure(("hole", "rim", "edge"), ("hole", "rim"))
    assert "width" in width
    (leaning,) = close.unsure(("hole", "rim"), ("hole", "rim"))
    assert "Flip" in leaning
    assert doubts(Figures(0.98, 1.0, unsure=(leaning, width))) == (leaning, width)


@pytest.mark.parametrize(("azimuth", "elevation"), [(13.0, 25.0), (32.0, 38.0), (-28.0, 48.0)])
def test_points_and_pixels_together_say_which_way_a_band_leans(azimuth: float, elevation: float) -> None:
    """Begun from its twin, of the same outline and with both rims' points all but as near: the near rim decides."""
    band, values = named("ring", "band"), {"ring.width_mm": 3.6, "ring.thickness_mm": 1.6}
    pose = Pose(azimuth, elevation, 0, 2.5, 0.5, 0.5)
    picture = Picture(np.zeros((FILM_PX, FILM_PX, 3), np.uint8), seen_by(band, values, pose) > NOTHING)
    places = _clicks(band, values, pose, 3)
    fit = nearer(picture, band, values, twin(pose), places)  # type: ignore[arg-type]
    axis = [axes_of(p.azimuth, p.elevation, p.roll)[:, 2] for p in (fit.pose, pose)]
    assert np.degrees(np.arccos(min(1.0, float(axis[0] @ axis[1])))) < 3  # its near rim's side, too
    assert fit.agreement.iou > 0.9


def test_the_twin_has_the_same_outline_to_a_far_eye() -> None:
    """What an outline cannot tell apart is the same outline."""
    pose = Pose(20, 35, 5, 2.4, 0.5, 0.5, 0.02)
    one, other = (seen_by(BEZEL, VALUES, p, 192) >= 0 for p in (pose, twin(pose)))
    assert (one & other).sum() / (one | other).sum() > 0.93


def test_a_discs_tilt_is_told_and_not_the_other_way() -> None:
    """Twenty-two degrees off its face, far away: it leans so far, to its foot, and no more in depth than it is."""
    disc, pose = named("necklace", "disc"), Pose(0, 68, 0, 4.0, 0.5, 0.5, 0.07)
    traced = trace(scene(disc, {}, pose).pixels, "necklace", "disc")
    assert traced.figures.iou > 0.97
    axes = [axes_of(p.azimuth, p.elevation, p.roll)[:, 1] for p in (traced.pose, pose)]
    assert np.degrees(np.arccos(min(1.0, float(axes[0] @ axes[1])))) < 3


def test_points_must_be_enough_and_on_curves_the_family_has() -> None:
    """Three points, a girdle on a band, points without a family: each a sentence."""
    few = [Point(curve="hole", x=0.1 * k, y=0.2) for k in range(3)]
    picture = scene(BEZEL, VALUES, Pose(24, 22, 3, 2.5, 0.5, 0.5)).pixels
    with pytest.raises(BadInput, match="at least 6"):
        trace(picture, "ring", "band", points=few)
    with pytest.raises(BadInput, match="no girdle"):
        trace(picture, "ring", "band", points=[Point(curve="girdle", x=0.5, y=0.5)] * 8)
    with pytest.raises(BadInput, match="one family"):
        trace(picture, "ring", points=few)


def test_a_solitaire_with_arches_is_read_on_as_a_cathedral(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of families looked through it is none; where a solitaire lies but leaves the arches over, it comes before it."""
    cathedral, pose = named("ring", "cathedral-round"), Pose(24, 22, 3, 2.5, 0.5, 0.5)
    values = {"ring.width_mm": 2.6, "stone.length_mm": 6.8}
    known = cathedral.shape(values)
    monkeypatch.setattr(tracing, "families", lambda *_: (named("ring", "solitaire-round"),))
    monkeypatch.setattr(Problem, "quick", lambda self, _: [self.fit(pose, known)])
    ranking = rank(scene(cathedral, values, pose, 400).pixels, "ring")
    styles = [fit.family.style for fit in ranking.fits]
    assert styles[:2] == ["cathedral", "solitaire"]
    assert ranking.fits[0].agreement.iou > ranking.fits[1].agreement.iou + 0.015


def test_an_empty_picture_and_a_cancelled_search_end_in_a_sentence() -> None:
    """Nothing stands out from white; Cancel stops in the middle."""
    with pytest.raises(BadInput, match="stands out"):
        trace(np.full((200, 200, 3), 255, np.uint8), "ring")
    picture = scene(BEZEL, VALUES, Pose(24, 22, 3, 2.5, 0.5, 0.5)).pixels
    with pytest.raises(Cancelled):
        trace(picture, "ring", cancelled=lambda: True)


@pytest.mark.parametrize(
    ("kind", "family", "points", "words"),
    [
        ("ring", "band", [("hole", 0.5, 0.5)] * 8, "one place"),
        ("ring", "band", [("rim", 0.0, 1.0)] * 8, "one place"),
        ("necklace", "disc", [("rim", 0.5 + 0.001 * n, 0.5) for n in range(6)], "one place"),
        ("earrings", "hoop-pair", [("hole", 0.1 * n, 0.5) for n in range(8)], "no pair"),
    ],
    ids=str,
)
def test_points_that_settle_nothing_are_refused_in_words(
    kind: str, family: str, points: list[tuple[str, float, float]], words: str
) -> None:
    """All at one place, or on one earring of two, which have no curves in common."""
    placed = [Point.model_validate({"curve": curve, "x": x, "y": y}) for curve, x, y in points]
    with pytest.raises(BadInput, match=words):
        trace(np.full((120, 160, 3), 250, np.uint8), kind, family, points=placed)


def test_where_nothing_stands_out_a_piece_is_laid_by_hand_alone() -> None:
    """Laid as it is and turned to its twin on an empty picture; the pixels cannot fit the rest, and that is said."""
    empty = np.full((120, 160, 3), 250, np.uint8)
    placement = Placement(
        family="band", values={}, azimuth=20, elevation=30, roll=0, scale=2.2, x=0.5, y=0.5, nearness=0.2
    )
    assert again(empty, "ring", placement).pose == pose_of(placement)
    assert again(empty, "ring", placement, flip=True).pose == twin(pose_of(placement))
    with pytest.raises(BadInput, match="stands out"):
        again(empty, "ring", placement, rest=True)


@pytest.mark.parametrize(
    ("figures", "clause"),
    [
        (Figures(0.91, 1.0), "agree to 0.91"),
        (Figures(0.98, 6.0), "6.0 px apart"),
        (Figures(0.98, 1.0, r2=0.1), "stone's colours"),
        (Figures(0.98, 1.0, r2=0.5, lead=0.005), "another family"),
        (Figures(0.98, 1.0, opened=False), "opening is not seen"),
    ],
)
def test_a_fit_is_refused_for_each_doubt_by_itself(figures: Figures, clause: str) -> None:
    """Outline, distance, colours and the next family must all speak for it."""
    assert len(doubts(figures)) == 1
    assert clause in in_words(figures)
    assert not doubts(Figures(0.95, 2.0, r2=0.3, lead=0.05))


def test_the_command_line_writes_overlay_piece_and_figures(tmp_path: Path) -> None:
    """A band from a file into a folder; a rough fit ends with another code; points are read from a file."""
    band = named("ring", "band")
    picture = scene(band, {"ring.width_mm": 4.5}, Pose(20, 30, 0, 2.5, 0.5, 0.5))
    photo, out = tmp_path / "photo.png", tmp_path / "out"
    Image.fromarray(picture.pixels).save(photo)
    told = CliRunner().invoke(
        app,
        ["trace", str(photo), "--kind", "ring", "--family", "band", "--size-mm", "17.2", "--out", str(out)],
    )
    assert told.exit_code == 0, told.output
    assert json.loads((out / "spec.json").read_text())["ring"]["width_mm"] == pytest.approx(4.5, rel=0.06)
    assert json.loads((out / "figures.json").read_text())["accepted"] is True
    assert dimensions((out / "overlay.png").read_bytes()) == (1024, 1024)
    rough = CliRunner().invoke(
        app, ["trace", str(photo), "--kind", "necklace", "--family", "disc", "--out", str(out)]
    )
    assert rough.exit_code == 3, rough.output
    assert "--points" in rough.output
    (tmp_path / "points.json").write_text('[{"curve": "moon", "x": 0.5, "y": 0.5}]')
    strange = ("--kind", "ring", "--family", "band", "--points", str(tmp_path / "points.json"))
    bad = CliRunner().invoke(app, ["trace", str(photo), *strange, "--out", str(out)])
    assert bad.exit_code == 2
    assert "points" in bad.output


@pytest.mark.parametrize(
    ("kind", "style", "known"),
    [
        ("ring", "band", ("hole", "rim", "edge")),
        ("ring", "halo", ("hole", "rim", "edge", "girdle")),
        ("earrings", "stud", ("girdle",)),
        ("earrings", "hoop", ("hole", "rim")),
        ("necklace", "heart", ("rim",)),
        ("necklace", "prong pendant-pear", ("girdle",)),
        ("bracelet", "cuff", ("hole", "rim", "edge")),
        ("bracelet", "tennis", ("hole", "rim")),
        ("ring", "split shank", ("hole", "rim", "edge", "girdle")),
    ],
)
def test_only_curves_that_a_family_has_are_offered(kind: str, style: str, known: tuple[str, ...]) -> None:
    """A plate has its rim alone, a set stone its girdle."""
    assert curves_of(kind, style) == known


def _on_rock(family: Family, values: dict[str, float], pose: Pose) -> tuple[Pixels, Mask]:
    """A band, and a mask of it whose finger hole is filled: dark rock seen through the ring was taken for the ring."""
    picture = scene(family, values, pose)
    seen = seen_by(family, values, pose, 640) >= 0
    filled = seen.astype(np.uint8)
    lines, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(filled, lines, -1, 1, -1)
    return picture.pixels, filled > 0


def test_a_ring_whose_hole_is_filled_in_the_mask_is_not_called_traced() -> None:
    """A plug has a band's outer outline; no band covers it."""
    pixels, filled = _on_rock(named("ring", "band"), {"ring.width_mm": 4.5}, Pose(20, 30, 0, 2.5, 0.5, 0.5))
    traced = trace(pixels, "ring", "band", mask=filled)
    assert not traced.accepted
    assert "Rough" in traced.words


OUTLINES = Path(__file__).parents[1] / "photo" / "outlines.json"


@pytest.mark.parametrize(("filled", "accepted"), [(False, True), (True, False)])
def test_a_photographed_band_is_accepted_through_its_hole_and_not_with_it_filled(
    filled: bool, accepted: bool
) -> None:
    """A patterned band on dark rock, by its outlines drawn by hand: the rock in the slit of its hole is easily taken
    for metal, and a band on its side has the outline of what is left.
    """
    lines = json.loads(OUTLINES.read_text())["ring-a0104.jpg"]
    band = np.zeros((1000, 1000), np.uint8)
    cv2.fillPoly(band, [np.array(line, np.int32) for line in (*lines["piece"], *lines["holes"])], 1)
    rock = np.clip(np.random.default_rng(0).normal(40, 12, (1000, 1000, 1)) * np.ones(3), 0, 255)
    pixels = np.where(band[..., None] > 0, np.array((150, 120, 70)), rock).astype(np.uint8)
    mask = band.copy()
    if filled:
        cv2.fillPoly(mask, [np.array(line, np.int32) for line in lines["piece"]], 1)
    traced = trace(pixels, "ring", "band", mask=mask > 0)
    assert traced.accepted is accepted, traced.words
    assert ("opening" in traced.words) is filled
    assert traced.figures.iou > 0.93  # the outlines alone would have it


def test_a_free_form_is_not_called_a_ring_of_any_family() -> None:
    """A hand of five fingers round a hole, which no family makes."""
    mask = np.zeros((640, 640), np.uint8)
    cv2.ellipse(mask, (320, 400), (150, 140), 0, 0, 360, 1, 34)
    for turn in range(-60, 61, 30):
        tip = (320 + 300 * np.sin(np.radians(turn)), 330 - 250 * np.cos(np.radians(turn)))
        cv2.line(mask, (320, 290), (int(tip[0]), int(tip[1])), 1, 40)
    pixels = np.where(mask[..., None] > 0, np.array((205, 205, 210)), 250).astype(np.uint8)
    ranking = rank(pixels, "ring", mask=mask > 0)
    assert {fit.family.style for fit in ranking.fits} >= {
        family.style for family in families("ring") if not family.parent
    }
    for fit in ranking.fits:
        laid = lay(ranking.picture, fit.family, fit.values, fit.pose)
        assert not laid.accepted, fit.family.name
        assert "Rough" in laid.words


def test_a_shadow_in_the_mask_is_refused() -> None:
    """A cast shadow as wide as the ring beside it: the outlines lie apart."""
    pose = Pose(24, 22, 3, 2.8, 0.45, 0.45)
    picture = scene(BEZEL, VALUES, pose)
    mask = (seen_by(BEZEL, VALUES, pose, 640) >= 0).astype(np.uint8)
    rows, columns = np.nonzero(mask)
    cv2.ellipse(mask, (int(columns.mean()) + 90, int(rows.max()) - 12), (170, 34), 0, 0, 360, 1, -1)
    traced = trace(picture.pixels, "ring", "bezel-round", mask=mask > 0)
    assert not traced.accepted
    assert "Rough" in traced.words


@pytest.mark.parametrize("size", [(2000, 12), (24, 24), (1, 1)])
def test_a_strip_or_a_speck_of_a_picture_is_rough_or_refused_in_words(size: tuple[int, int]) -> None:
    """What vanishes at a search's size, and what was never more than a few pixels."""
    ring = scene(named("ring", "band"), {}, Pose(20, 30, 0, 2.5, 0.5, 0.5), 200).pixels
    with suppress(BadInput):
        traced = trace(np.asarray(cv2.resize(ring, size, interpolation=cv2.INTER_AREA)), "ring", "band")
        assert "Rough" in traced.words
