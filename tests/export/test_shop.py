"""The shop set: what is in it, that its pictures are what marketplaces ask for, and what is said where they are not."""

import csv
import io
import zipfile

import cv2
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from pipeline import images, metadata
from pipeline.__main__ import app
from pipeline.errors import BadInput
from pipeline.export import shop
from pipeline.export.markets import MARKETS
from pipeline.photo import cutout
from pipeline.photo.brush import piece_mask
from pipeline.records import Asset, Branch, Design, Detail, KnownLength, Recipe
from pipeline.records.brush import Stroke
from pipeline.store import Store
from tests.export.pieces import finish
from tests.export.test_credentials import issue
from tests.photo.pieces import GOLD, RUBY, Canvas


def photographed(folder, *, level=236, side=700, detail="", known=None) -> tuple[Store, Design]:
    """A ring photographed on grey paper, off the middle."""
    store = Store(folder)
    canvas = Canvas(side, (level, level, level))
    s = side / 700
    canvas.ring(300 * s, 380 * s, 150 * s, 40 * s, GOLD).dome(300 * s, 210 * s, 50 * s, RUBY)
    pixels, _ = canvas.picture(grain=0.8)
    master: Asset = store.put_picture(pixels, Recipe(role="upload", provider="", detail=detail))
    design = store.create("=Ring, gold", kind="ring")
    branch = Branch(master=master, known_length=known)
    return store, store.update(design.id, lambda d: d.with_master(branch))


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """The set of one photograph, as files."""
    store, design = photographed(tmp_path_factory.mktemp("shop"))
    return {file.name: file for file in shop.files(store, design)}


def named(kit, part):
    return next(file for name, file in kit.items() if part in name)


def test_the_main_picture_is_what_a_marketplace_asks_for(kit):
    """2000 px square, sRGB JPEG under 10 MB, white to the level beside the piece, which fills 85 % and more."""
    file = named(kit, "main-white")
    assert len(file.data) < 10e6
    with Image.open(io.BytesIO(file.data)) as picture:
        assert picture.size == (2000, 2000)
        assert picture.format == "JPEG"
        assert picture.info["icc_profile"]
    pixels = images.decode(file.data)
    inked = (pixels < 240).any(axis=-1)
    rows, columns = np.nonzero(inked.any(1))[0], np.nonzero(inked.any(0))[0]
    assert max(rows[-1] - rows[0], columns[-1] - columns[0]) / 2000 >= 0.85
    margin = pixels[: rows[0] - 20].reshape(-1, 3)
    assert (margin == 255).all()
    assert (pixels[:, : columns[0] - 20] == 255).all()
    middle = (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2
    assert np.allclose(middle, 1000, atol=12)
    assert len(file.findings) == len(MARKETS[0].rules) + len(MARKETS[1].rules)
    assert all(finding.ok for finding in file.findings)


def test_a_finger_hole_is_white_too(kit):
    """What is seen through the ring is ground."""
    pixels = images.decode(named(kit, "main-white").data)
    inked = (pixels < 240).any(axis=-1)
    rows, columns = np.nonzero(inked.any(1))[0], np.nonzero(inked.any(0))[0]
    y, x = int(rows[-1] - 0.42 * (rows[-1] - rows[0])), (columns[0] + columns[-1]) // 2
    assert (pixels[y - 20 : y + 20, x - 20 : x + 20] == 255).all()


def test_every_shape_on_every_ground(kit):
    """Square, 4:5 and 9:16, on white, with a shadow and on the picture's own ground; close-ups would follow."""
    sizes = {name.split("-", 3)[-1]: images.decode(f.data).shape for name, f in kit.items() if "jpg" in name}
    for shape, (width, height) in shop.SHAPES.items():
        for ground in ("white", "shadow"):
            assert (height, width, 3) in {size for name, size in sizes.items() if f"{shape}-{ground}" in name}
    own = images.decode(named(kit, "main-own").data)
    assert abs(int(own[5, 5].mean()) - 236) < 4


def test_a_contact_shadow_is_soft_and_beneath(kit):
    """It darkens what lies below the piece, not above, and no step shows."""
    white, shadow = (images.decode(named(kit, f"main-{g}").data).astype(int) for g in ("white", "shadow"))
    darker = (white - shadow).mean(axis=-1)
    assert darker[1500:].sum() > 4 * darker[:500].sum()
    assert darker.max() > 8
    inked = cv2.dilate((white < 250).any(axis=-1).astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    below = shadow[-250:].mean(axis=-1)
    assert np.abs(np.diff(below, axis=0))[~inked[-249:]].max() < 4


def test_the_cut_out_is_transparent_outside_and_whole_inside(kit):
    """PNG and WebP, alpha 0 about the piece and 255 in it, no grey rim of the old ground."""
    for part in ("cut-out.png", "cut-out.webp"):
        with Image.open(io.BytesIO(named(kit, part).data)) as picture:
            rgba = np.asarray(picture.convert("RGBA"))
        assert rgba[2, 2, 3] == 0
        assert (rgba[..., 3] == 255).mean() > 0.1
    rim = (rgba[..., 3] > 128) & (rgba[..., 3] < 255)
    grey = np.abs(rgba[..., :3].astype(int) - 236).max(axis=-1) < 6
    assert grey[rim].mean() < 0.1


def test_pictures_say_how_they_came_to_be_and_what_they_show(kit):
    """XMP in every picture, an alternative text for each, and no cell that a spreadsheet would run."""
    for name, file in kit.items():
        if name.endswith(("jpg", "png", "webp")):
            assert b"DigitalSourceType" in file.data
            assert file.alt
    rows = list(csv.reader(io.StringIO(kit["alt-texts.csv"].data.decode("utf-8-sig"))))
    assert rows[0] == ["file", "alt"]
    assert {row[0] for row in rows[1:]} == {n for n, f in kit.items() if f.alt}
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_what_is_signed_is_what_the_picture_states(tmp_path, monkeypatch):
    """A close-up that was redrawn is signed as that, beside a master that was photographed."""
    monkeypatch.setattr(shop, "SHAPES", {"main": (160, 160)})
    monkeypatch.setattr(shop, "CUT_OUT_PX", 160)
    signatures = []

    def sign(data, _media_type, kind, *_):
        signatures.append((kind, data))
        return data

    monkeypatch.setattr("pipeline.export.credentials.signed", sign)
    store = Store(tmp_path)
    design = finish(store)
    redrawn = {"detail": Detail.REDRAWN}

    def altered(close_up):
        locked = close_up.locked
        recipe = locked.recipe.model_copy(update=redrawn)
        return close_up.model_copy(update={"locked": locked.model_copy(update={"recipe": recipe})})

    branch = design.branch
    branch = branch.model_copy(update={"close_ups": tuple(map(altered, branch.close_ups))})
    design = design.model_copy(update={"branches": (branch,)})
    list(shop.files(store, design))
    assert {metadata.COMPOSITE} < {kind for kind, _ in signatures}
    for kind, data in signatures:
        assert f"DigitalSourceType>{kind}<".encode() in data


@pytest.mark.parametrize(
    ("rows", "columns", "sides"),
    [
        (slice(75, 150), slice(0, 300), {"left", "right"}),
        (slice(0, 300), slice(100, 150), {"top", "bottom"}),
        (slice(0, 150), slice(60, 200), {"top"}),
        (slice(100, 200), slice(200, 300), {"right"}),
        (slice(0, 300), slice(0, 300), {"left", "right", "top", "bottom"}),
    ],
    ids=["sides", "top and bottom", "top", "right", "all round"],
)
def test_a_piece_that_runs_out_of_its_picture_is_not_cut_in_the_middle_of_the_frame(rows, columns, sides):
    """Where the picture's rim cut it, the frame does."""
    mask = np.zeros((300, 300), bool)
    mask[rows, columns] = True
    box = cutout.bounds(mask)
    assert box.touches == sides
    piece = cutout.cut_out(np.full((300, 300, 3), 120, np.uint8), mask)
    assert cutout.bounds(cutout.framed(piece, box, (400, 400), 0.88)[..., 3] > 128).touches == sides


def test_names_sort_as_they_are_shown(kit):
    """By name, the main picture comes first and the cut-outs after all shapes."""
    pictures = [name for name, file in kit.items() if file.alt]
    assert pictures == sorted(pictures)
    assert "main-white" in pictures[0]


def test_what_a_marketplace_would_refuse_is_said(tmp_path, monkeypatch):
    """A grey page that passes for white and a small piece are refused by name; a render is told for what it is."""
    monkeypatch.setattr(shop, "SHAPES", {"main": (2000, 2000)})
    monkeypatch.setattr(shop, "GROUNDS", {"white": "on pure white"})
    monkeypatch.setattr(shop, "CUT_OUT_PX", 160)
    store, design = photographed(tmp_path, level=240)
    refused = {(f.market, f.rule.split(",")[0]) for f in shop.refused(store, design)}
    assert ("Amazon", "the ground is pure white") in refused
    assert ("Amazon", "the piece fills 85 % of the frame or more") in refused
    assert not any("photograph" in rule for _, rule in refused)
    store, design = photographed(tmp_path / "drawn", detail="re-rendered from geometry")
    main = next(f for f in shop.files(store, design) if "main-white" in f.name)
    assert [f.rule for f in main.findings if not f.ok] == ["the main picture is a photograph"]


def test_every_rule_has_a_source_and_a_file():
    """Each preset is given a picture of the set."""
    given = {"main", "shadow", "portrait", "story"}
    assert {market.file for market in MARKETS} <= given
    assert {"Amazon", "Shopify", "Etsy", "Instagram"} <= {market.name for market in MARKETS}
    assert all("https://" in market.source for market in MARKETS)


def test_the_whole_set_is_one_zip_the_same_twice(tmp_path, monkeypatch):
    """Written again it has the same bytes; a known length is in its numbers."""
    monkeypatch.setattr(shop, "SHAPES", {"main": (160, 160)})
    monkeypatch.setattr(shop, "CUT_OUT_PX", 160)
    known = KnownLength(start=(0, 0), end=(100, 0), mm=10)
    store, design = photographed(tmp_path, side=350, known=known)
    data = shop.write(store, design)
    assert data == shop.write(store, design)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "0.1,mm" in archive.read("numbers.csv").decode("utf-8-sig")


@pytest.mark.parametrize("ground", [shop.TRANSPARENT, *shop.GROUNDS])
def test_one_picture_on_the_ground_of_choice(ground, tmp_path, monkeypatch):
    """Transparent, pure white, a shadow as deep as was asked for, the photograph's own."""
    monkeypatch.setattr(shop, "SHAPES", {"main": (200, 200)})
    store, design = photographed(tmp_path, side=350)
    file = shop.one(store, design, ground, depth=0.5)
    assert b"DigitalSourceType" in file.data
    assert file.alt
    with Image.open(io.BytesIO(file.data)) as picture:
        assert picture.size == (200, 200)
        assert (picture.mode == "RGBA") == (ground == shop.TRANSPARENT)
        pixels = np.asarray(picture.convert("RGBA")).astype(int)
    corner = {shop.TRANSPARENT: 0, "white": 255, "shadow": 255, "own": 236}[ground]
    assert abs(pixels[3, 3, 3 if ground == shop.TRANSPARENT else 0] - corner) < 5
    if ground == "shadow":
        faint = np.asarray(Image.open(io.BytesIO(shop.one(store, design, ground, depth=0.1).data))).astype(
            int
        )
        assert pixels[..., :3].mean() < faint.mean() - 0.2


def test_an_empty_picture_is_refused_in_words(tmp_path):
    """Where no piece is seen nothing is made."""
    store = Store(tmp_path)
    blank = store.put_picture(np.full((300, 300, 3), 250, np.uint8), Recipe(role="upload", provider=""))
    design = store.create("Blank")
    design = store.update(design.id, lambda d: d.with_master(Branch(master=blank)))
    with pytest.raises(BadInput, match="No piece"):
        shop.write(store, design)
    with pytest.raises(BadInput, match="no master"):
        shop.write(store, store.create("Nothing"))


@pytest.mark.parametrize("brushed", ["all", "all but a speck"])
def test_a_mask_brushed_away_is_refused_in_words(brushed, tmp_path):
    """Nothing but white is no shop set; a few pixels that are left are no piece."""
    store, design = photographed(tmp_path, side=120)
    strokes = [
        Stroke(adds=False, width=0.5, points=((0.0, y), (1.0, y))) for y in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    if brushed != "all":
        strokes.append(Stroke(adds=True, width=0.001, points=((0.5, 0.5),)))
    branch = design.branch.model_copy(update={"strokes": tuple(strokes)})
    design = design.model_copy(update={"branches": (branch,)})
    assert piece_mask(store.pixels(branch.master), branch.strokes).any() == (brushed != "all")
    with pytest.raises(BadInput, match="No piece"):
        list(shop.files(store, design))


def test_the_command_line_writes_the_set_and_says_what_is_refused(tmp_path, monkeypatch):
    """`shop ID --out DIR`: files on disk, a line for each rule; an unknown design is one sentence."""
    monkeypatch.setattr(shop, "SHAPES", {"main": (160, 160)})
    monkeypatch.setattr(shop, "CUT_OUT_PX", 160)
    _, design = photographed(tmp_path / "data", side=350)
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))
    for name, pem in zip(("CERTIFICATE", "KEY"), issue(), strict=True):
        (tmp_path / f"{name}.pem").write_bytes(pem)
        monkeypatch.setenv(f"LOUPE_C2PA_{name}_FILE", str(tmp_path / f"{name}.pem"))
    answer = CliRunner().invoke(app, ["shop", design.id, "--out", str(tmp_path / "out")])
    assert answer.exit_code == 0, answer.output
    assert "REFUSED  Amazon" in answer.output
    assert "1000 to 10000 px on the longer side (160 px)" in answer.output
    picture = next(path for path in (tmp_path / "out").iterdir() if path.name.endswith("main-white.jpg"))
    assert b"c2pa" in picture.read_bytes()
    unknown = CliRunner().invoke(app, ["shop", "nothinghere", "--out", str(tmp_path / "out")])
    assert unknown.exit_code in {1, 2}
    assert "Traceback" not in unknown.output
