import io
import json
import struct

import cv2
import hypothesis.strategies as st
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from PIL import Image
from scipy.ndimage import binary_fill_holes, label

from pipeline.errors import BadImage
from pipeline.photo.foreground import foreground
from pipeline.photo.relief import relief
from tests.photo.pieces import EMERALD, GOLD, Canvas, necklace, pair, solitaire

DRAWN = {"ring": solitaire, "necklace": necklace, "earrings": pair}


def chunks(glb):
    """The JSON and the binary part of a GLB, by the letter of the format."""
    magic, version, length = struct.unpack_from("<III", glb)
    assert (magic, version, length) == (0x46546C67, 2, len(glb))
    size, kind = struct.unpack_from("<II", glb, 12)
    assert (kind, size % 4) == (0x4E4F534A, 0)
    document = json.loads(glb[20 : 20 + size])
    body, kind = struct.unpack_from("<II", glb, 20 + size)
    assert (kind, body % 4) == (0x004E4942, 0)
    assert 28 + size + body == length
    return document, glb[28 + size :]


def solid(glb):
    return trimesh.load(io.BytesIO(glb), file_type="glb", force="mesh", process=False)


def silhouette(mesh, width, height):
    """The mesh seen from the front, its bounding box filling the picture, triangle by triangle."""
    low, high = mesh.bounds
    points = (mesh.vertices[:, :2] - low[:2]) / (high - low)[:2] * [width, height]
    points[:, 1] = height - points[:, 1]
    picture = np.zeros((height, width), np.uint8)
    corners = np.rint((np.asarray(points)[np.asarray(mesh.faces)] - 0.5) * 16).astype(np.int32)
    for triangle in corners:
        cv2.fillConvexPoly(picture, triangle, 1, shift=4)
    return picture > 0


@pytest.mark.parametrize("name", DRAWN)
def test_is_closed_and_within_budget(name):
    """Watertight, consistently wound, outward, below 60,000 triangles, and no flat card."""
    mesh = solid(relief(*DRAWN[name](512).picture()))
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume > 0
    assert len(mesh.faces) < 60_000
    assert mesh.area_faces.min() > 0
    assert mesh.extents[2] > 0.02 * mesh.extents.max()


@pytest.mark.parametrize("name", DRAWN)
def test_parts_and_openings_are_those_of_the_mask(name):
    """As many solids as parts of the mask; each opening makes a handle (Euler number 2 - 2 per opening)."""
    picture, mask = DRAWN[name](512).picture()
    mesh = solid(relief(picture, mask))
    # Parts that touch by a corner are one for the mesh and for the mask.
    parts = label(mask, np.ones((3, 3)))[1]
    openings = label(binary_fill_holes(mask) & ~mask)[1]
    assert mesh.body_count == parts
    if name != "necklace":
        assert mesh.euler_number == 2 * parts - 2 * openings
    else:
        assert mesh.euler_number < 2 * parts - 100


@pytest.mark.parametrize("name", DRAWN)
def test_seen_from_the_front_it_is_the_mask(name):
    """Silhouette against mask at three times the resolution: intersection over union above 0.9, on chains too."""
    picture, mask = DRAWN[name](400).picture()
    rows, columns = np.nonzero(mask)
    cut = mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].astype(np.uint8)
    true = cv2.resize(cut, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST) > 0
    seen = silhouette(solid(relief(picture, mask)), true.shape[1], true.shape[0])
    assert (seen & true).sum() / (seen | true).sum() > 0.9


def on_rock(side=640):
    """A gold ring on rough dark rock, its finger hole full of rock, and where it is."""
    picture, true = Canvas(side).ring(320, 330, 120, 56, (190, 140, 60)).picture()
    rock = cv2.GaussianBlur(np.random.default_rng(7).normal(0, 1, true.shape).astype(np.float32), (0, 0), 2.5)
    rock = np.clip(48 + 26 * rock / rock.std(), 0, 255)[..., None] * np.array([1.0, 1.0, 1.03])
    return np.where(true[..., None], picture, np.clip(rock, 0, 255)).astype(np.uint8), true


def pierced(mesh, point):
    """How many triangles a straight ray along the line of sight through a point (x, y) goes through."""
    a, b, c = (mesh.vertices[mesh.faces[:, corner], :2] - point for corner in range(3))
    turns = [one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0] for one, other in ((a, b), (b, c), (c, a))]
    return int(
        (np.all([turn > 0 for turn in turns], axis=0) | np.all([turn < 0 for turn in turns], axis=0)).sum()
    )


def test_a_finger_hole_on_dark_rock_goes_through():
    """Told by the mesh: a ray through the hole meets nothing, one through the band goes in and out, genus is one."""
    picture, true = on_rock()
    mesh = solid(relief(picture, foreground(picture)))
    (low_x, low_y), (high_x, high_y) = mesh.bounds[:, :2]
    columns = np.nonzero(true)[1]
    scale = (high_x - low_x) / np.ptp(columns)
    middle = np.array([(low_x + high_x) / 2, (low_y + high_y) / 2])
    for across, down in ((0, 0), (40, 0), (0, -40), (-30, 30)):
        assert pierced(mesh, middle + scale * np.array([across, down]) + 1e-7) == 0
    for across, down in ((120, 0.3), (-120, 0.3), (0.3, 120), (0.3, -120)):
        assert pierced(mesh, middle + scale * np.array([across, down]) + 1e-7) == 2
    mesh.merge_vertices()
    assert mesh.is_watertight
    assert mesh.euler_number == 0


def test_a_wire_is_round():
    """A straight rod comes out as deep as it is thick, within a fifth."""
    picture, mask = Canvas(512).rod((60, 256), (450, 256), 24, GOLD).picture()
    mesh = solid(relief(picture, mask))
    assert mesh.extents[2] / mesh.extents[1] == pytest.approx(1, abs=0.2)


def test_a_wide_disc_is_a_plate():
    """What is wide gets a rounded edge and a flat middle: thinner than a third of its width."""
    picture, mask = Canvas(512).dome(256, 256, 200, EMERALD).picture()
    mesh = solid(relief(picture, mask))
    assert 0.05 < mesh.extents[2] / mesh.extents[0] < 0.34


def test_shading_shapes_the_front_and_not_the_back():
    """A bright boss on a plate raises the front above the plain plate; the back stays as it was."""
    mask = np.zeros((400, 400), bool)
    mask[60:340, 60:340] = True
    plain = np.full((400, 400, 3), 255, np.uint8)
    plain[mask] = 110
    boss = plain.copy()
    boss[185:215, 185:215] = 235
    flat, raised = solid(relief(plain, mask)), solid(relief(boss, mask))
    assert raised.extents[2] > 1.05 * flat.extents[2]
    centres = raised.triangles_center
    middle = np.hypot(centres[:, 0], centres[:, 1]) < 0.2 * raised.extents[0]
    top, bottom = (
        centres[middle & side, 2] for side in (raised.face_normals[:, 2] > 0, raised.face_normals[:, 2] < 0)
    )
    assert np.ptp(top) > 0.1 * flat.extents[2]
    assert len(bottom) == 0 or np.ptp(bottom) < 0.02 * flat.extents[2]


@pytest.mark.parametrize("extent_m", [0.018, 0.45])
def test_size_place_and_facing(extent_m):
    """Metres, centred on the origin, y up, the picture towards +z."""
    picture, mask = solitaire(400).picture()
    mesh = solid(relief(picture, mask, extent_m=extent_m))
    assert mesh.extents.max() == pytest.approx(extent_m, rel=1e-5)
    assert np.abs(mesh.bounds.mean(axis=0)).max() < 1e-6
    # The stone, narrower than the hoop, is at the top of the picture and so at +y.
    top = mesh.vertices[mesh.vertices[:, 1] > 0.45 * mesh.extents[1]]
    assert np.ptp(top[:, 0]) < 0.5 * mesh.extents[0]
    facing = mesh.face_normals[mesh.triangles_center[:, 2] > 0.2 * mesh.extents[2]]
    assert np.average(facing[:, 2] > 0) > 0.9


def test_the_file_says_what_it_is():
    """Node, material and extras are named; every accessor stays within the buffer; the texture is a JPEG."""
    picture, mask = solitaire(300).picture()
    document, body = chunks(relief(picture, mask, extras={"recipe": {"method": "relief"}}))
    assert document["asset"]["extras"] == {"recipe": {"method": "relief"}}
    assert [node["name"] for node in document["nodes"]] == ["relief", "master"]
    material = document["materials"][0]["pbrMetallicRoughness"]
    assert 0 <= material["metallicFactor"] <= 1
    assert len(body) >= document["buffers"][0]["byteLength"]
    for view in document["bufferViews"]:
        assert view["byteOffset"] % 4 == 0
        assert view["byteOffset"] + view["byteLength"] <= len(body)
    view = document["bufferViews"][document["images"][0]["bufferView"]]
    with Image.open(io.BytesIO(body[view["byteOffset"] :][: view["byteLength"]])) as texture:
        assert texture.format == "JPEG"
        assert texture.mode == "RGB"


def test_normals_are_of_unit_length_and_uvs_in_range():
    """What the glTF validator would refuse."""
    document, body = chunks(relief(*necklace(400).picture()))
    attributes = document["meshes"][0]["primitives"][0]["attributes"]

    def read(index, width):
        accessor = document["accessors"][index]
        start = document["bufferViews"][accessor["bufferView"]]["byteOffset"]
        return np.frombuffer(body, np.float32, accessor["count"] * width, start).reshape(-1, width)

    assert np.abs(np.linalg.norm(read(attributes["NORMAL"], 3), axis=1) - 1).max() < 1e-4
    uv = read(attributes["TEXCOORD_0"], 2)
    assert uv.min() >= 0
    assert uv.max() <= 1
    positions = read(attributes["POSITION"], 3)
    limits = document["accessors"][attributes["POSITION"]]
    assert limits["min"] == [float(v) for v in positions.min(axis=0)]
    assert limits["max"] == [float(v) for v in positions.max(axis=0)]


def test_no_backdrop_on_the_rim():
    """On a green backdrop the texture under the outline has the colours of the piece, none of the backdrop."""
    picture, mask = solitaire(512, backdrop=(20, 250, 40)).picture()
    document, body = chunks(relief(picture, mask))
    view = document["bufferViews"][document["images"][0]["bufferView"]]
    with Image.open(io.BytesIO(body[view["byteOffset"] :][: view["byteLength"]])) as stored:
        texture = np.asarray(stored).astype(int)
    green = texture[..., 1] - np.maximum(texture[..., 0], texture[..., 2])
    assert (green > 40).mean() < 0.001


def test_a_piece_longer_than_a_relief_can_show_is_the_same_relief(monkeypatch):
    """A large camera's picture is brought to what the texture holds first: size, outline and openings stay."""
    monkeypatch.setattr("pipeline.photo.relief.GRID_NODES", 6000)
    picture, true = solitaire(512).picture()
    whole = solid(relief(picture, true))
    monkeypatch.setattr("pipeline.photo.relief.LONGEST_PIECE_PX", 200)
    reduced = solid(relief(picture, true))
    assert np.allclose(reduced.extents, whole.extents, rtol=0.05, atol=2e-4)
    assert reduced.is_watertight
    assert reduced.euler_number == whole.euler_number


@pytest.mark.parametrize("level", [0, 255])
def test_nothing_to_raise_is_one_sentence(level):
    """A picture without a piece is refused in words the user can act on."""
    picture = np.full((300, 300, 3), level, np.uint8)
    with pytest.raises(BadImage, match="nothing to raise"):
        relief(picture, np.zeros((300, 300), bool))


def test_a_piece_that_fills_the_picture_is_closed_too():
    """The mask may run into the frame, or be the frame."""
    picture, _ = solitaire(200).picture()
    mesh = solid(relief(picture, np.ones((200, 200), bool)))
    assert mesh.is_watertight
    assert mesh.volume > 0


@given(seed=st.integers(0, 10_000), grain=st.floats(0.8, 6), share=st.floats(0.1, 0.6))
@settings(max_examples=15)
def test_any_mask_becomes_a_closed_solid_or_is_refused(seed, grain, share):
    """Random blobs, ragged, pierced and touching by corners: always watertight, always in budget."""
    random = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(random.normal(size=(120, 160)).astype(np.float32), (0, 0), grain)
    mask = noise > np.quantile(noise, 1 - share)
    picture = random.integers(0, 255, (120, 160, 3)).astype(np.uint8)
    try:
        mesh = solid(relief(picture, mask))
    except BadImage:
        return
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert len(mesh.faces) < 60_000
