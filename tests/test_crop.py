"""Regions and the drawing canvas: whole master pixels there and back, slips dropped, ids kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui import canvas
from pages.ui.components.boxes import Placed, placed
from pipeline.errors import BadInput, BadRegion
from pipeline.images import Pixels
from pipeline.records import Branch, Recipe, Region
from pipeline.stages import crop
from pipeline.store import Store

VIEW = canvas.View(2048, 1536, 760)


def region(x: int, y: int, width: int, height: int, label: str = "stone") -> Region:
    return crop.new_region(label, (x, y, width, height))


def drawn(box: dict[str, object]) -> dict[str, object]:
    return {"type": "LabeledRect", "scaleX": 1, "scaleY": 1, "originX": "left", "originY": "top", **box}


@given(st.integers(0, 1900), st.integers(0, 1400), st.integers(16, 2048), st.integers(16, 1536))
def test_a_box_survives_the_canvas(x: int, y: int, width: int, height: int) -> None:
    """Region to canvas and back is the same region: same id, same whole pixels."""
    width, height = min(width, 2048 - x), min(height, 1536 - y)
    kept = region(x, y, width, height)
    if min(width, height) < crop.MIN_REGION_PX:
        return
    objects = [drawn(box) for box in canvas.to_boxes([kept], VIEW)]
    assert canvas.from_objects(objects, [kept], VIEW) == (kept,)


def test_a_resized_box_counts_its_scale_and_keeps_its_id() -> None:
    """Fabric scales a box by its handles; the region follows and stays the same region."""
    known = region(100, 100, 200, 200)
    box = canvas.to_boxes([known], VIEW)[0]
    moved = canvas.from_objects([drawn({**box, "scaleX": 2.0, "left": box["left"] + 50})], [known], VIEW)[0]
    assert moved.id == known.id
    assert abs(moved.width - 400) <= 1
    assert abs(moved.x - (100 + 50 / VIEW.scale)) <= 1


def test_a_relabelled_box_keeps_its_id() -> None:
    """A new label on the same place is the same region."""
    known = region(100, 100, 200, 200)
    box = canvas.to_boxes([known], VIEW)[0]
    assert canvas.from_objects([drawn({**box, "label": "ruby"})], [known], VIEW)[0] == known.model_copy(
        update={"label": "ruby"}
    )


def test_slips_are_dropped_and_borders_are_kept() -> None:
    """A click leaves no region; a box over the border ends at the border."""
    click = drawn({"label": "x", "left": 300, "top": 300, "width": 2, "height": 2})
    outside = drawn({"label": "y", "left": -500, "top": -500, "width": 100, "height": 100})
    over = drawn({"label": "z", "left": 700, "top": 500, "width": 400, "height": 400})
    found = canvas.from_objects([click, outside, over], [], VIEW)
    assert [r.label for r in found] == ["z"]
    assert (found[0].x + found[0].width, found[0].y + found[0].height) == (2048, 1536)


def test_a_late_message_brings_nothing_back_and_loses_nothing() -> None:
    """The canvas echoes what it was seeded with; meanwhile one region was removed and one was added elsewhere."""
    removed, stays = region(100, 100, 200, 200, "ruby"), region(600, 600, 200, 200, "clasp")
    added = region(1200, 300, 200, 200, "detail 1")
    echo = [drawn(box) for box in canvas.to_boxes([removed, stays], VIEW)]
    seen = canvas.labelled_boxes(echo, VIEW)
    assert canvas.from_objects(echo, [stays, added], VIEW, seen) == (stays, added)


def test_a_box_deleted_on_the_canvas_is_gone() -> None:
    """What the canvas showed and shows no longer was removed by hand."""
    first, second = region(100, 100, 200, 200, "ruby"), region(600, 600, 200, 200, "clasp")
    both = [drawn(box) for box in canvas.to_boxes([first, second], VIEW)]
    seen = canvas.labelled_boxes(both, VIEW)
    assert canvas.from_objects(both[1:], [first, second], VIEW, seen) == (second,)


IDS = st.sampled_from(["r1", "r2", "r3", "r4", "r5", "r6"])


@given(st.sets(IDS), st.sets(IDS), st.sets(IDS), st.sets(IDS))
def test_what_the_hand_did_is_done_to_what_stands(
    given_ids: set[str], removed: set[str], drawn_ids: set[str], elsewhere: set[str]
) -> None:
    """Boxes moved are moved, new ones are there, removed ones gone, and what others did meanwhile stays done."""
    drawn_ids, shown = drawn_ids - given_ids, given_ids - removed
    before = [region(0, 0, 50, 50).model_copy(update={"id": each}) for each in sorted(elsewhere)]
    boxes = [
        {"id": each, "label": " ", "x": 9, "y": 9, "width": 20, "height": 20, "given": each in given_ids}
        for each in sorted(shown | drawn_ids)
    ]
    after = {r.id: r for r in Placed(boxes=boxes, removed=removed - drawn_ids).onto(before)}
    assert set(after) == (elsewhere - (removed - drawn_ids)) | drawn_ids
    for each in after:
        assert after[each].x == (9 if each in shown | drawn_ids else 0)
        assert type(after[each]) is Region


@pytest.mark.parametrize(
    "message", [{"boxes": [{"id": "r1"}]}, {"boxes": 7}, {"boxes": [], "removed": [[]]}], ids=str
)
def test_a_message_that_is_none_changes_nothing(
    message: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused in a sentence."""
    monkeypatch.setattr("pages.ui.session.value", lambda _: {"placed": message})
    with pytest.raises(BadRegion, match="nothing was changed"):
        placed("any")


@pytest.mark.parametrize(
    ("label", "taken", "fresh"),
    [
        ("detail 1", [], "detail 1"),
        ("detail 1", ["detail 1", "detail 2"], "detail 3"),
        ("prong", ["prong"], "prong 1"),
        ("prong", ["prong", "prong 1"], "prong 2"),
        ("side 9", ["side 9"], "side 10"),
    ],
)
def test_labels_count_on(label: str, taken: list[str], fresh: str) -> None:
    """A new box never has the name of another."""
    assert crop.fresh_label(label, [region(0, 0, 50, 50, name) for name in taken]) == fresh


def test_a_region_outside_the_master_is_one_sentence() -> None:
    """The sentence names the region."""
    with pytest.raises(BadRegion, match="“edge” lies outside the master"):
        crop.clamp(region(5000, 10, 100, 100, "edge"), 2048, 2048)


def test_too_many_regions_are_refused(store: Store, ring_pixels: Pixels) -> None:
    """Twelve are enough for anybody."""
    design = store.create("Ring")
    asset = store.put_picture(ring_pixels, Recipe(role="upload", provider="upload"))
    store.update(design.id, lambda d: d.with_master(Branch(master=asset)))
    with pytest.raises(BadRegion, match="13 regions"):
        crop.edit_regions(store, design.id, lambda _: [region(0, 0, 50, 50) for _ in range(13)])


def test_a_design_without_master_has_no_regions(store: Store) -> None:
    """The sentence says what to do first."""
    with pytest.raises(BadInput, match="generate or upload one first"):
        crop.edit_regions(store, store.create("Ring").id, lambda _: [region(0, 0, 50, 50)])


def test_small_regions_are_warned_about() -> None:
    """The warning names the size that would come out."""
    assert "400 x 400 px at 4x" in crop.advice(region(0, 0, 100, 100), 4)
    assert crop.advice(region(0, 0, 300, 300), 4) == ""
