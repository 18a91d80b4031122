import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from pipeline.photo.suggest import AS_SEEN, ROLES, suggest, suggest_as_seen
from pipeline.records import KINDS
from tests.photo.pieces import EMERALD, GOLD, RUBY, SILVER, WHITE, Canvas, necklace, pair, solitaire


def boxes(picture, kind):
    return {s.label: s for s in suggest(picture, kind)}


def holds(box, x, y):
    return box.x <= x < box.x + box.width and box.y <= y < box.y + box.height


def shared(one, other):
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    tall = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0, wide) * max(0, tall) / min(one.width * one.height, other.width * other.height)


def test_every_kind_has_its_five_parts():
    """All kinds a design may have are known, each with five different labels."""
    assert set(ROLES) == set(KINDS)
    for roles in ROLES.values():
        assert len({role.label for role in roles}) == 5


@pytest.mark.parametrize("side", [400, 900])
@pytest.mark.parametrize("backdrop", [WHITE, (30, 30, 36)])
@pytest.mark.parametrize("metal", [GOLD, SILVER])
def test_parts_of_a_ring(side, backdrop, metal):
    """Stone on the stone, setting under it, shank opposite, side and profile left and right of the hoop."""
    picture, _ = solitaire(side, backdrop=backdrop, metal=metal).picture(grain=1)
    found, s = boxes(picture, "ring"), side / 512
    assert holds(found["stone"], 256 * s, 112 * s)
    assert holds(found["setting"], 256 * s, 160 * s)
    assert holds(found["shank"], 256 * s, 440 * s)
    assert holds(found["side"], 116 * s, 300 * s)
    assert holds(found["profile"], 396 * s, 300 * s)
    assert found["stone"].width < 0.42 * side


@pytest.mark.parametrize("metal", [GOLD, SILVER])
@pytest.mark.parametrize("backdrop", [WHITE, (30, 30, 36)])
def test_a_part_is_named_where_it_is_seen(metal, backdrop):
    """A solitaire has its stone and setting; a plain band has neither, and no two of its crops show the same."""
    stone = [s.label for s in suggest_as_seen(solitaire(400, metal=metal).picture(grain=1)[0], "ring")]
    assert stone == [role.label for role in ROLES["ring"]]
    canvas = Canvas(400, backdrop).ring(200, 200, 120, 34, metal)
    band = suggest_as_seen(canvas.picture(grain=1)[0], "ring")
    assert [s.label for s in band] == ["front", "detail", "shank", "side", "profile"]
    assert all(shared(one, other) < 0.5 for one in band[:2] for other in band if one != other)


@pytest.mark.parametrize("kind", KINDS)
def test_no_part_is_claimed_of_a_plain_piece(kind):
    """Of bare metal, whatever its kind, nothing is called a stone, a clasp, a pendant or a drop."""
    picture, _ = Canvas(400).ring(200, 200, 130, 26, GOLD).dome(200, 330, 30, GOLD).picture(grain=1)
    labels = {s.label for s in suggest_as_seen(picture, kind)}
    assert len(labels) == 5
    assert not labels & set(AS_SEEN)


@pytest.mark.parametrize("side", [512, 1100])
def test_parts_of_a_necklace(side):
    """Pendant fitted to the pendant, clasp at the top, chain and side on the chain."""
    picture, mask = necklace(side).picture(grain=1)
    found, s = boxes(picture, "necklace"), side / 512
    assert list(found) == ["pendant", "chain", "clasp", "side", "edge"]
    assert holds(found["pendant"], 256 * s, 440 * s)
    assert 80 * s <= found["pendant"].width <= 150 * s
    assert holds(found["clasp"], 256 * s, 50 * s)
    for label in ("chain", "side"):
        box = found[label]
        assert box.y + box.height / 2 < 400 * s
        assert mask[box.y : box.y + box.height, box.x : box.x + box.width].any()


def test_earrings_are_told_apart():
    """Stone, hook and drop belong to one earring; no crop straddles the gap between the two."""
    picture, _ = pair(512).picture(grain=1)
    found = boxes(picture, "earrings")
    left = found["stone"].x < 256
    for label in ("stone", "hook", "drop"):
        assert (found[label].x + found[label].width / 2 < 256) == left
    assert holds(found["stone"], 160 if left else 350, 300)
    assert holds(found["hook"], 160 if left else 350, 110)
    for box in found.values():
        assert not (holds(box, 160, box.y) and holds(box, 350, box.y))


def test_accompanying_earrings_do_not_take_the_chain():
    """In a set the crops of a necklace stay on the necklace."""
    canvas = necklace(640)
    for x in (560, 610):
        canvas.dome(x, 560, 18, RUBY).ring(x, 520, 8, 5, GOLD)
    picture, _ = canvas.picture()
    for box in boxes(picture, "necklace").values():
        assert box.x + box.width / 2 < 520


def test_the_clasp_of_an_open_bracelet_is_at_its_ends():
    """The way along the strand finds the ends, wherever they lie."""
    canvas = Canvas(600)
    for angle in np.linspace(0.35, 2 * np.pi - 0.35, 70):
        canvas.ring(300 + 220 * np.sin(angle), 300 - 150 * np.cos(angle), 7, 4, SILVER)
    canvas.dome(300, 450, 30, EMERALD)
    found = boxes(canvas.picture()[0], "bracelet")
    assert holds(found["centre"], 300, 450)
    assert found["clasp"].y < 230
    assert shared(found["clasp"], found["centre"]) == 0


@pytest.mark.parametrize("kind", [*KINDS, "buckle"])
@pytest.mark.parametrize("level", [0, 255])
def test_an_empty_picture_gets_central_boxes(kind, level):
    """Without a piece the five boxes divide the middle, so that there is something to drag."""
    found = suggest(np.full((500, 800, 3), level, np.uint8), kind)
    assert len(found) == 5
    assert len({(s.x, s.y) for s in found}) == 5
    assert all(150 < s.x + s.width / 2 < 650 and 100 < s.y + s.height / 2 < 400 for s in found)


@pytest.mark.parametrize("draw", [solitaire, necklace, pair])
@pytest.mark.parametrize("kind", KINDS)
def test_crops_show_the_piece_and_not_the_same_twice(draw, kind):
    """Whatever kind is claimed, every crop has the piece in it and no two are nearly one."""
    picture, mask = draw(512).picture()
    found = suggest(picture, kind)
    for box in found:
        assert mask[box.y : box.y + box.height, box.x : box.x + box.width].mean() > 0.01
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            assert shared(one, other) < 0.85


@given(
    picture=st.tuples(st.integers(1, 70), st.integers(1, 70)).flatmap(
        lambda size: arrays(np.uint8, (*size, 3), elements=st.integers(0, 255))
    ),
    kind=st.sampled_from(KINDS),
)
@settings(max_examples=40)
def test_boxes_lie_inside_any_picture(picture, kind):
    """Whole pixels, at least one, never over the border."""
    height, width = picture.shape[:2]
    for box in suggest(picture, kind):
        assert all(isinstance(v, int) for v in (box.x, box.y, box.width, box.height))
        assert min(box.width, box.height) >= 1
        assert min(box.x, box.y) >= 0
        assert box.x + box.width <= width
        assert box.y + box.height <= height
