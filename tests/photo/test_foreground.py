from itertools import pairwise

import cv2
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from pipeline.photo.foreground import foreground, survey
from tests.photo.pieces import GOLD, RUBY, SILVER, Canvas, necklace, pair, solitaire

BACKDROPS = {
    "white": (255, 255, 255),
    "grey": (222, 223, 225),
    "black": (24, 24, 28),
    "blue": (150, 170, 205),
}


def agreement(found, true):
    """Intersection over union."""
    return (found & true).sum() / (found | true).sum()


@pytest.mark.parametrize("draw", [solitaire, necklace, pair])
@pytest.mark.parametrize("backdrop", BACKDROPS)
@pytest.mark.parametrize("metal", [GOLD, SILVER])
def test_finds_the_piece_on_any_plain_backdrop(draw, backdrop, metal):
    """Rings, chains and stones come out with an intersection over union above 0.95, grain or not."""
    picture, true = draw(512, backdrop=BACKDROPS[backdrop], metal=metal).picture(grain=1.5)
    assert agreement(foreground(picture), true) > 0.95


@pytest.mark.parametrize(("draw", "least"), [(solitaire, 0.8), (pair, 0.95)])
def test_black_metal_on_black_is_found(draw, least):
    """No shadow is deeper than black: what differs from it by as little as a shadow on white does is the piece."""
    picture, true = draw(512, backdrop=(14, 14, 15), metal=(32, 32, 34)).picture(grain=1)
    assert agreement(foreground(picture), true) > least


@pytest.mark.parametrize("draw", [solitaire, necklace, pair])
def test_the_outline_does_not_move(draw):
    """The found mask ends within one pixel of the true one on all four sides."""
    picture, true = draw(512).picture()
    found = foreground(picture)
    for axis in (0, 1):
        one, other = (np.nonzero(mask.any(axis=axis))[0] for mask in (found, true))
        assert abs(one[0] - other[0]) <= 1
        assert abs(one[-1] - other[-1]) <= 1


@pytest.mark.parametrize("depth", [0.1, 0.2, 0.35])
@pytest.mark.parametrize("metal", [GOLD, SILVER])
def test_leaves_soft_shadows_out(depth, metal):
    """A soft cast shadow, however deep, is no part of the piece."""
    picture, true = solitaire(512, metal=metal, shadow=depth).picture(grain=1)
    found = foreground(picture)
    assert agreement(found, true) > 0.93
    assert not found[480:].any()


def lamp(canvas, shift, depth, blur, tint=(1.0, 1.0, 1.0)):
    """A piece under one hard lamp: its shape thrown aside on its ground, `depth` darker, its edge `blur` px soft."""
    picture, true = canvas.picture(grain=0.7)
    thrown = np.roll(true.astype(np.float32), shift, axis=(0, 1))
    thrown = cv2.GaussianBlur(thrown, (0, 0), blur)[..., None] * depth
    lit = picture * (1 - thrown * np.asarray(tint, np.float32))
    return np.where(true[..., None], picture, np.clip(lit, 0, 255)).astype(np.uint8), true


@pytest.mark.parametrize(("depth", "blur"), [(0.2, 3.0), (0.35, 3.0), (0.35, 1.5)])
@pytest.mark.parametrize("tint", [(1, 1, 1), (0.85, 0.95, 1.1)])
def test_leaves_hard_shadows_of_gold_out(depth, blur, tint):
    """What a lamp throws beside the piece is ground, grey or tinted by the metal's own light."""
    canvas = Canvas(768, (238, 238, 240)).ring(384, 384, 190, 60, GOLD).dome(384, 180, 70, RUBY)
    picture, true = lamp(canvas, (30, 40), depth, blur, tint)
    assert agreement(foreground(picture), true) > 0.95


@pytest.mark.parametrize("metal", [SILVER, (225, 226, 228), (120, 122, 126)])
def test_grey_metal_is_never_taken_for_a_shadow(metal):
    """Beside grey metal a hard shadow cannot be told from it, and the metal is kept."""
    canvas = Canvas(768, (238, 238, 240)).ring(384, 384, 190, 60, metal).dome(384, 180, 70, RUBY)
    picture, true = lamp(canvas, (30, 40), 0.3, 3.0)
    assert (foreground(picture) & true).sum() > 0.97 * true.sum()


@pytest.mark.parametrize("metal", [(120, 122, 126), (96, 97, 100)])
@pytest.mark.parametrize("depth", [0.25, 0.35])
def test_leaves_the_shadow_of_one_lamp_out_beside_grey_metal(metal, depth):
    """A shadow of one depth all over is no mirroring metal, though neither has a colour."""
    canvas = Canvas(768, (238, 238, 240)).ring(384, 384, 190, 60, metal)
    picture, true = lamp(canvas, (30, 40), depth, 3.0)
    assert agreement(foreground(picture), true) > 0.93


@pytest.mark.parametrize("away", [(7, 7, 7), (9, 8, 7), (-2, -4, -8)])
def test_a_calm_face_of_pale_metal_is_no_opening(away):
    """A plate nearly of its ground's colour, brighter or of a hue of its own, is kept; a true opening stays open."""
    ground = np.array((226, 226, 226))
    canvas = Canvas(768, tuple(ground)).ring(384, 384, 190, 14, (120, 122, 126))
    picture, true = canvas.picture(grain=0.7)
    inside = np.hypot(*(np.mgrid[:768, :768] - 384)) < 184
    assert not foreground(picture)[334:434, 334:434].any()
    grain = np.random.default_rng(2).normal(0, 0.7, picture.shape)
    plate = np.where(inside[..., None] & ~true[..., None], ground + np.array(away) + grain, picture)
    assert agreement(foreground(np.clip(plate, 0, 255).astype(np.uint8)), true | inside) > 0.95


def test_the_grain_of_paper_keeps_no_shadow():
    """A paper's texture, which a shadow's slope carries as everywhere, is no outline that the shadow would end at."""
    canvas = Canvas(768, (238, 238, 240)).ring(384, 300, 150, 40, SILVER).dome(384, 130, 50, RUBY)
    picture, true = lamp(canvas, (60, 0), 0.3, 40.0)
    grain = cv2.GaussianBlur(
        np.random.default_rng(3).normal(0, 1, true.shape).astype(np.float32), (0, 0), 1.2
    )
    rough = picture + (3.5 * grain / grain.std() * ~true)[..., None]
    found = foreground(np.clip(rough, 0, 255).astype(np.uint8))
    assert agreement(found, true) > 0.9


def test_the_shadow_seen_through_a_hoop_is_no_metal():
    """A small hoop that is full of its own shadow keeps its opening."""
    canvas = Canvas(768, (238, 238, 240)).ring(384, 330, 60, 26, GOLD).dome(384, 500, 120, RUBY)
    picture, true = lamp(canvas, (40, 55), 0.3, 3.0)
    assert foreground(picture)[310:350, 364:404].mean() < 0.35
    assert agreement(foreground(picture), true) > 0.92


@pytest.mark.parametrize("along", [40, 120, 200])
def test_a_stripe_of_light_does_not_cut_a_band(along):
    """Where pale metal shines as white as its ground the band goes on, and its one opening stays open."""
    picture, true = Canvas(768).ring(384, 384, 240, 90, (205, 196, 180)).picture()
    y, x = np.mgrid[:768, :768]
    angle = np.degrees(np.arctan2(y - 384, x - 384)) - along
    glow = np.exp(-((((angle + 180) % 360 - 180) / 5) ** 2))[..., None] * 1.6
    lit = np.where(true[..., None], picture + (255 - picture.astype(float)) * np.clip(glow, 0, 1), picture)
    found = foreground(lit.astype(np.uint8))
    assert agreement(found, true) > 0.97
    assert not found[300:468, 300:468].any()


def test_clear_stones_keep_their_facets():
    """A stone whose facets are as white as the ground has no holes."""
    picture, true = Canvas(768).ring(384, 430, 180, 40, GOLD).dome(384, 220, 90, (205, 208, 214)).picture()
    draw = np.random.default_rng(4)
    for _ in range(40):
        angle, away = draw.uniform(0, 6.28), draw.uniform(0, 66)
        middle = np.array([384 + away * np.cos(angle), 220 + away * np.sin(angle)])
        cv2.fillPoly(picture, [np.int32(middle + draw.uniform(-9, 9, (3, 2)))], (255, 255, 255))
    assert agreement(foreground(picture), true) > 0.97


def test_the_dark_ground_in_a_finger_hole_is_seen():
    """On rock the opening of a gold ring is ground, however dark."""
    canvas = Canvas(640).ring(320, 330, 120, 56, (190, 140, 60))
    picture, true = canvas.picture()
    draw = np.random.default_rng(7)
    rock = cv2.GaussianBlur(draw.normal(0, 1, (640, 640)).astype(np.float32), (0, 0), 2.5)
    rock = np.clip(48 + 26 * rock / rock.std(), 0, 255)[..., None] * np.array([1.0, 1.0, 1.03])
    shown = np.where(true[..., None], picture, np.clip(rock, 0, 255)).astype(np.uint8)
    found = foreground(shown)
    assert not survey(shown).plain
    assert found[300:360, 290:350].mean() < 0.05
    assert agreement(found, true) > 0.88


def test_a_frame_that_runs_out_of_the_picture_is_the_scenes():
    """Of a piece on a busy table the tray along the side is left out."""
    canvas = Canvas(640).ring(300, 330, 100, 50, (205, 160, 70))
    picture, true = canvas.picture()
    draw = np.random.default_rng(9)
    weave = cv2.GaussianBlur(draw.normal(0, 1, (640, 640)).astype(np.float32), (0, 0), 2)
    shown = np.clip(150 + 22 * weave / weave.std(), 0, 255)[..., None].repeat(3, 2)
    shown[:, 560:] = (150, 90, 40)
    shown[::9, 560:] = (240, 210, 160)
    shown = np.where(true[..., None], picture, shown).astype(np.uint8)
    assert not foreground(shown)[:, 600:].any()


def on_linen(metal, ground, seed):
    """A pendant on its chain, thin and long, on a cloth with folds."""
    canvas = Canvas(640, ground)
    for start, end in pairwise([(300, 400), (250, 260), (150, 170), (40, 120)]):
        canvas.rod(start, end, 4, metal)
    picture, true = canvas.ring(300, 440, 44, 20, metal).dome(300, 440, 36, RUBY).picture()
    draw = np.random.default_rng(seed)
    folds, weave = (
        cv2.GaussianBlur(draw.normal(0, 1, true.shape).astype(np.float32), (0, 0), blur) for blur in (60, 1.2)
    )
    cloth = np.array(ground) * (1 + 0.09 * folds / folds.std() + 0.02 * weave / weave.std())[..., None]
    return np.where(true[..., None], picture, np.clip(cloth, 0, 255)).astype(np.uint8), true


@pytest.mark.parametrize("ground", [(225, 226, 228), (206, 202, 194), (120, 122, 130)])
@pytest.mark.parametrize("metal", [GOLD, (206, 140, 110)])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_chain_that_leads_away_on_cloth_is_kept(ground, metal, seed):
    """However thin, it hangs together with the piece and has a hue that the cloth has not."""
    picture, true = on_linen(metal, ground, seed)
    found = foreground(picture)
    assert not survey(picture).plain
    assert found[:330][true[:330]].mean() > 0.97
    assert agreement(found, true) > 0.97


def test_an_uneven_backdrop_is_no_piece():
    """Vignettes and light falling from one side are modelled, not found."""
    picture, true = solitaire(512).picture()
    y, x = np.mgrid[:512, :512] / 511 - 0.5
    light = (0.86 + 0.12 * x - 0.1 * y - 0.12 * (x * x + y * y))[..., None]
    lit = np.rint(picture * light).astype(np.uint8)
    assert agreement(foreground(lit), true) > 0.95


def test_a_wall_and_a_table_are_one_backdrop():
    """Where two papers meet behind the piece, neither of them nor their seam is found."""
    canvas = Canvas(512)
    canvas.colour[: 300 * 3] = (236, 236, 238)
    canvas.colour[300 * 3 :] = (214, 214, 216)
    picture, true = canvas.ring(256, 240, 130, 34, GOLD).dome(256, 110, 40, RUBY).picture(grain=0.7)
    assert agreement(foreground(picture), true) > 0.95


def test_openings_stay_open():
    """The inside of a ring and of every link of a chain is backdrop."""
    ring, _ = solitaire(512).picture()
    assert not foreground(ring)[200:400, 160:350][60:140, 40:150].any()
    chain, _ = necklace(1024).picture()
    found = foreground(chain)
    links = [
        (230 - 175 * np.cos(a), 256 + 150 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 72, endpoint=False)
    ]
    opened = [
        not found[round(2 * y), round(2 * x)] for y, x in links[6:-6] if not 30 < links.index((y, x)) < 42
    ]
    assert np.mean(opened) > 0.95


def test_frame_lines_of_a_bad_trim_are_dropped():
    """A dark line left along a side of the picture is not jewelry."""
    picture, true = solitaire(512).picture()
    picture[:, :2] = 40
    picture[-3:] = 90
    assert agreement(foreground(picture), true) > 0.95


@pytest.mark.parametrize("colour", [(255, 255, 255), (12, 12, 12), (180, 60, 60)])
def test_one_colour_holds_no_piece(colour):
    """An empty backdrop, even with grain, gives an empty mask."""
    picture = np.full((300, 400, 3), colour, np.float32)
    picture += np.random.default_rng(3).normal(0, 1.5, picture.shape)
    assert not foreground(np.clip(picture, 0, 255).astype(np.uint8)).any()


@pytest.mark.parametrize("size", [300, 1024, 1500])
def test_the_mask_has_the_size_of_the_picture(size):
    """Large pictures are measured on a small copy, and the answer is still true to the pixel."""
    picture, true = solitaire(size).picture()
    found = foreground(picture)
    assert found.shape == true.shape
    assert found.dtype == bool
    assert agreement(found, true) > 0.96


def test_sand_is_known_not_to_be_plain():
    """On a coarse backdrop the survey says that its mask is a guess, and the guess still holds the piece."""
    canvas = Canvas(512, (190, 165, 130))
    picture, true = canvas.ring(256, 256, 110, 44, (60, 70, 120)).picture()
    grain = np.random.default_rng(1).normal(0, 22, (128, 128, 3)).repeat(4, 0).repeat(4, 1)
    noisy = np.where(true[..., None], picture, np.clip(picture + grain, 0, 255)).astype(np.uint8)
    assert survey(picture).plain
    assert not survey(noisy).plain
    assert (foreground(noisy) & true).sum() > 0.6 * true.sum()


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
        lambda size: arrays(np.uint8, (*size, 3), elements=st.integers(0, 255))
    )
)
@settings(max_examples=40)
def test_any_picture_down_to_one_pixel(picture):
    """Whatever the picture, the answer is a mask of its size, the same one twice."""
    found = foreground(picture)
    assert found.shape == picture.shape[:2]
    assert (found == foreground(picture)).all()


def faceted(canvas, x, y, radius, seed):
    """A clear stone on a picture: grey facets around its middle, every other one as white as the paper."""
    picture, true = canvas.picture()
    draw = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 17) + draw.uniform(0, 0.4)
    for number, (start, end) in enumerate(pairwise(angles)):
        for near, far in ((0.0, 0.55), (0.55, 1.0)):
            corners = [
                (x + radius * away * np.cos(a), y + radius * away * np.sin(a))
                for away, a in ((near, start), (far, start), (far, end), (near, end))
            ]
            grey = 255 if (number + (far > 0.6)) % 3 == 0 else int(draw.integers(120, 225))
            cv2.fillConvexPoly(picture, np.int32(corners), (grey, grey, min(255, grey + 4)))
            cv2.fillConvexPoly(mask := true.astype(np.uint8), np.int32(corners), 1)
            true = mask > 0
    return picture, true


@pytest.mark.parametrize("radius", [26, 40, 70])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_white_facets_at_a_stones_rim_are_the_stones(radius, seed):
    """Facets as white as the ground that reach the outline are no bites out of it; the finger hole stays open."""
    canvas = Canvas(768).ring(384, 430, 200, 60, GOLD)
    picture, true = faceted(canvas, 384, 430 - 200 - radius // 2, radius, seed)
    found = foreground(picture)
    stone = (
        np.hypot(*(np.mgrid[:768, :768] - np.array([430 - 200 - radius // 2, 384])[:, None, None]))
        < 0.93 * radius
    )
    assert found[stone].mean() > 0.97
    assert not found[330:530, 284:484].any()
    assert agreement(found, true) > 0.96


def test_the_opening_of_a_hoop_of_clear_stones_stays_open():
    """Small grey stones around an opening are no one stone whose facet the opening were."""
    canvas = Canvas(768).ring(384, 500, 150, 50, GOLD)
    picture, true = canvas.picture()
    for angle in np.linspace(0, 2 * np.pi, 18, endpoint=False):
        middle = (round(384 + 62 * np.cos(angle)), round(230 + 62 * np.sin(angle)))
        cv2.circle(picture, middle, 12, (150, 152, 158), -1)
        cv2.circle(picture, middle, 5, (215, 217, 222), -1)
        true |= np.hypot(*(np.mgrid[:768, :768] - np.array(middle[::-1])[:, None, None])) <= 12
    found = foreground(picture)
    assert not found[200:260, 354:414].any()
    assert agreement(found, true) > 0.95


def arches(ground, metal):
    """A cathedral ring: between its head, the shank and two rods two small openings show the ground."""
    canvas = Canvas(640, ground).ring(320, 400, 180, 44, metal)
    for side in (-1, 1):
        canvas.rod((320 + 150 * side, 285), (320 + 44 * side, 150), 14, metal)
        canvas.rod((320 + 14 * side, 210), (320 + 44 * side, 150), 14, metal)
    return canvas.dome(320, 130, 56, RUBY)


def enclosed(true, largest=0.01):
    """The small openings of a mask, each bool (h, w)."""
    _, labels, sizes, _ = cv2.connectedComponentsWithStats((~true).astype(np.uint8), connectivity=4)
    areas = sizes[:, cv2.CC_STAT_AREA] / true.size
    return [labels == index for index in range(1, len(sizes)) if 0.0008 < areas[index] < largest]


@pytest.mark.parametrize(
    ("ground", "metal"),
    [
        ((255, 255, 255), GOLD),
        ((255, 255, 255), SILVER),
        ((255, 255, 255), (205, 199, 180)),
        ((238, 238, 240), GOLD),
        ((238, 238, 240), SILVER),
        ((238, 238, 240), (205, 199, 180)),
        ((222, 214, 198), GOLD),
        ((222, 214, 198), SILVER),
    ],
)
@pytest.mark.parametrize("depth", [0.0, 0.2])
def test_the_arches_below_a_head_are_open(ground, metal, depth):
    """An opening far below a percent of the picture shows the ground, lit or in the piece's soft shadow."""
    canvas = arches(ground, metal)
    picture, true = lamp(canvas, (14, 10), depth, 10.0) if depth else canvas.picture()
    found = foreground(picture)
    openings = enclosed(true)
    assert len(openings) >= 2
    assert found[true].mean() > 0.97
    assert sum(found[each].mean() < 0.35 for each in openings) >= 2
    assert agreement(found, true) > 0.96


@pytest.mark.parametrize("metal", [(236, 231, 219), (216, 220, 232), (196, 190, 176)])
@pytest.mark.parametrize(("depth", "blur"), [(0.2, 12.0), (0.3, 3.0)])
def test_a_faint_hue_tells_bright_metal_from_its_shadow(metal, depth, blur):
    """Pale metal on a pale sweep is kept, and the shadow of one lamp beside it is not."""
    canvas = Canvas(640, (244, 244, 244)).ring(320, 340, 190, 54, metal).dome(320, 150, 40, RUBY)
    picture, true = lamp(canvas, (14, 16), depth, blur)
    found = foreground(picture)
    assert found[true].mean() > 0.95
    assert agreement(found, true) > 0.9


@pytest.mark.parametrize("ground", [(236, 226, 206), (206, 222, 208), (214, 208, 230), (236, 210, 206)])
@pytest.mark.parametrize(
    ("metal", "depth", "blur"), [((214, 214, 214), 0.4, 1.5), ((196, 197, 198), 0.2, 9.0)]
)
def test_grey_metal_on_a_tinted_ground_leaves_its_shadows(ground, metal, depth, blur):
    """Shadows keep their ground's hue, metal without one has lost it: they are no piece, and it is."""
    canvas = Canvas(640, ground).ring(320, 340, 190, 54, metal).dome(320, 150, 40, (230, 230, 232))
    picture, true = lamp(canvas, (18, 20), depth, blur)
    contact = 0.22 * cv2.GaussianBlur(np.roll(true.astype(np.float32), (3, 2), axis=(0, 1)), (0, 0), 4)
    picture = np.where(true[..., None], picture, picture * (1 - contact[..., None])).astype(np.uint8)
    assert agreement(foreground(picture), true) > 0.95
