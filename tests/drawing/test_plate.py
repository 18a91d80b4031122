"""Plates: what is written is read again, what is damaged is refused, what is drawn lies over its view."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.drawing import Dimension, Stone, TitleBlock, engrave, in_place, manner, plate_page, view
from pipeline.drawing.frame import drawing_area
from pipeline.drawing.gate import measure_plate
from pipeline.drawing.page import Line, Text
from pipeline.drawing.plate import from_bytes, is_plate, to_bytes
from pipeline.errors import BadInput
from tests.drawing.surfaces import PITCH_MM, Bench, ring_with_stone, scattered


@pytest.fixture(scope="module")
def plate():
    traced = view(ring_with_stone())
    left, top, right, _ = traced.box
    width = Dimension("overall width", (right - left) * PITCH_MM, (left, top), (right, top))
    stone = Stone((250, 70), 90, "round", "4.5", "diamond", 0.35)
    how = manner("hatch", weight=1.2, darkness=0.8, grain=0.5, seed=3)
    return engrave(traced, how, title="Plan", dimensions=[width], stones=[stone], measures=["Size 54"])


def test_round_trip(plate):
    """Read again a plate is the same: curves to a hundredth of a pixel, pictures to a few levels, all else exactly."""
    data = to_bytes(plate)
    assert is_plate(data)
    again = from_bytes(data)
    for one, other in zip(plate.curves, again.curves, strict=True):
        assert (one.kind, one.closed) == (other.kind, other.closed)
        assert np.abs(one.points - other.points).max() <= 0.0051
    assert np.abs(again.seen.astype(int) - plate.seen).mean() < 2
    assert np.abs(again.tone.astype(int) - plate.tone).mean() < 2
    told = {"curves": (), "seen": again.seen, "tone": again.tone}
    assert replace(plate, **told) == replace(again, curves=())
    assert to_bytes(again)[:4000] == data[:4000]


@pytest.mark.parametrize(
    "change",
    [
        {"curves": [{"kind": 9, "closed": False, "points": [1, 2, 3, 4]}]},
        {"width": -3},
        {"seen": "AAAA"},
        {"seen": "not base64"},
        {"loupe-plate": 2},
        {"more": 1},
    ],
)
def test_damaged_plates_are_refused(plate, change):
    """A plate with a field out of range, a broken picture, an unknown field or of a newer form is a clear sentence."""
    body = {**json.loads(to_bytes(plate)), **change}
    with pytest.raises(BadInput, match=r"draw|Loupe"):
        from_bytes(json.dumps(body).encode())
    with pytest.raises(BadInput, match="draw"):
        from_bytes(to_bytes(plate)[:-20])


def test_measured_against_the_flat_picture():
    """Lines of plates lie on the piece in flat light: precision 0.95, recall 0.90 at 2 px of 1024."""
    for surface in (ring_with_stone(900), scattered(3, 900)):
        found = measure_plate(engrave(view(surface), manner("contour")))
        assert found.precision >= 0.95
        assert found.recall >= 0.90


def test_lines_moved_away_are_seen(plate):
    """The same lines eight pixels beside the piece score low."""
    moved = tuple(replace(c, points=c.points + 8) for c in plate.curves)
    assert measure_plate(replace(plate, curves=moved)).precision < 0.5


def test_controls_reach_lines_and_shading(plate):
    """Heavier lines are wider on the sheet; without darkness the shading is bare paper."""
    block = TitleBlock(design="", view="")

    def widths(how):
        page = plate_page(replace(plate, manner=how), block=block)
        return max(i.width for i in page.items if isinstance(i, Line) and i.layer == "outline")

    assert widths(manner("hatch", weight=2.0)) > 1.6 * widths(manner("hatch"))
    bare = replace(plate, curves=(), manner=manner("pencil", darkness=0.0))
    assert in_place(bare, 300, 300).min() == 255
    assert in_place(replace(bare, manner=manner("pencil")), 300, 300).min() < 200


def test_a_perspective_lists_its_measures(plate):
    """Without a scale of its own a view carries no dimension line, but its measures in words."""
    page = plate_page(replace(plate, to_scale=False, stones=()), block=TitleBlock(design="", view=""))
    notes = [i.text for i in page.items if isinstance(i, Text) and i.layer == "notes"]
    assert "Size 54" in notes
    assert not [i for i in page.items if i.layer == "dimensions"]
    assert page.scale == 0


@pytest.mark.parametrize("told", [{"weight": 9.0}, {"darkness": -1.0}, {"grain": 5.0}])
def test_controls_off_the_scale_are_refused(told):
    """A control far off its scale is a clear sentence."""
    with pytest.raises(BadInput, match="scale"):
        manner("pencil", **told)


def test_an_axis_joins_the_parts_and_stops_at_them():
    """The axis of parts taken apart is chain-dotted where no part is seen, and goes on a little beyond the piece."""
    bench = Bench(300)
    bench.ball(150, 70, 30)
    bench.ball(150, 230, 30)
    drawn = engrave(
        view(bench.surface()), manner("contour"), to_scale=False, axes=[((150, -400), (150, 700))]
    )
    page = plate_page(from_bytes(to_bytes(drawn)), block=TitleBlock(design="A", view="Apart"))
    lines = [i for i in page.items if isinstance(i, Line) and i.layer == "centre"]
    assert len(lines) == 3
    assert all(line.dashes for line in lines)
    _, y, _, tall = drawing_area(page.width, page.height)
    spans = sorted((float(line.points[:, 1].min()), float(line.points[:, 1].max())) for line in lines)
    step = tall / 220
    assert spans[1][1] - spans[1][0] == pytest.approx(100 * step, rel=0.05)
    assert spans[0][0] > y - 4
    assert spans[-1][1] < y + tall + 4
