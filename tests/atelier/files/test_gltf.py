"""What leaves the atelier as files: GLB for viewers, STL for casters, figures for drawing sheets, boxes for crops."""

import io
import json
import struct
from typing import Any

import numpy as np
import pytest
import trimesh

from pipeline.atelier import ring_sizes
from pipeline.atelier.camera import VIEWS, master_camera, project, view_camera
from pipeline.atelier.files import gltf
from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.files.stl import to_stl
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.language.prompt import read
from pipeline.atelier.materials import GEMS, METALS
from pipeline.atelier.measures import figures
from pipeline.atelier.pieces.build import build
from pipeline.atelier.regions import named_regions, spots
from pipeline.atelier.render.client import Renderer
from pipeline.solids.raster import look
from pipeline.solids.reading import read as read_glb
from pipeline.solids.score import overlap
from tests.atelier.random_spec import random_spec

PROMPTS = (
    "A necklace with a thin gold chain and small round pendant",
    "six prong diamond solitaire in platinum",
    "halo emerald drop earrings in white gold",
    "tennis bracelet with sapphires",
    "flower brooch with a pearl",
)
KINDS_OF_COMPONENT = {5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC3": 3}


def unpack(glb: bytes) -> tuple[dict[str, Any], bytes]:
    """JSON and binary chunk of a GLB; checks the container's lengths and padding."""
    magic, version, total = struct.unpack_from("<III", glb)
    assert (magic, version, total) == (0x46546C67, 2, len(glb))
    size, kind = struct.unpack_from("<II", glb, 12)
    assert kind == 0x4E4F534A
    assert size % 4 == 0
    binary_size, binary_kind = struct.unpack_from("<II", glb, 20 + size)
    assert binary_kind == 0x004E4942
    assert 28 + size + binary_size == len(glb)
    return json.loads(glb[20 : 20 + size]), glb[28 + size :]


def array(document: dict[str, Any], binary: bytes, index: int) -> np.ndarray:
    """Values of an accessor."""
    accessor = document["accessors"][index]
    view = document["bufferViews"][accessor["bufferView"]]
    assert view["byteOffset"] % 4 == 0
    width = WIDTHS[accessor["type"]]
    found = np.frombuffer(
        binary, KINDS_OF_COMPONENT[accessor["componentType"]], accessor["count"] * width, view["byteOffset"]
    )
    return found.reshape(-1, width) if width > 1 else found


@pytest.mark.parametrize("prompt", PROMPTS)
def test_glb_is_sound(prompt: str) -> None:
    """Bounds, unit normals, indices in range, no degenerate triangle, metres, named nodes, small enough to send."""
    piece = build(read(prompt).spec)
    glb = to_glb(piece, name=prompt, extras={"prompt": prompt})
    assert len(glb) < 8_000_000
    document, binary = unpack(glb)
    assert document["asset"]["extras"] == {"prompt": prompt}
    for mesh in document["meshes"]:
        (primitive,) = mesh["primitives"]
        points = array(document, binary, primitive["attributes"]["POSITION"])
        normals = array(document, binary, primitive["attributes"]["NORMAL"])
        index = array(document, binary, primitive["indices"]).reshape(-1, 3)
        bounds = document["accessors"][primitive["attributes"]["POSITION"]]
        assert np.allclose(points.min(0), bounds["min"])
        assert np.allclose(points.max(0), bounds["max"])
        assert np.abs(np.linalg.norm(normals, axis=1) - 1).max() < 1e-4
        assert index.max() < len(points)
        assert (index != np.roll(index, 1, axis=1)).all()
    names = {node["name"] for node in document["nodes"]}
    assert {part.name for part in piece.parts} <= names


def test_glb_is_the_piece_in_metres_with_y_up() -> None:
    """Placing every node's mesh gives back the piece: centred, its height along y."""
    piece = build(read(PROMPTS[0]).spec)
    document, binary = unpack(to_glb(piece))
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for node in document["nodes"]:
        if "mesh" not in node:
            continue
        primitive = document["meshes"][node["mesh"]]["primitives"][0]
        points = array(document, binary, primitive["attributes"]["POSITION"]).astype(float)
        x, y, z, w = node.get("rotation", (0, 0, 0, 1))
        turn = np.array([
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ])  # fmt: skip
        points = points @ turn.T + node.get("translation", (0, 0, 0))
        low, high = np.minimum(low, points.min(0)), np.maximum(high, points.max(0))
    whole = np.vstack([part.vertices for part in piece.parts])
    width, depth, height = np.ptp(whole, axis=0) * 1e-3
    assert np.allclose(high - low, [width, height, depth], atol=2e-6)
    assert np.allclose(high + low, 0, atol=2e-6)


def test_links_are_stored_once() -> None:
    """A chain of hundreds of links is one mesh placed by nodes, so a necklace stays small."""
    piece = build(read(PROMPTS[0]).spec)
    glb = to_glb(piece)
    document, _ = unpack(glb)
    assert len(document["nodes"]) > 150
    assert len(document["meshes"]) < 12
    assert len(glb) < 3_000_000


def test_gems_refract_and_metals_shine() -> None:
    """Gems carry transmission, index of refraction, volume and dispersion; metals are fully metallic."""
    document, _ = unpack(to_glb(build(read(PROMPTS[1]).spec)))
    materials = {material["name"]: material for material in document["materials"]}
    diamond, platinum = materials["diamond"], materials["platinum"]
    assert diamond["extensions"]["KHR_materials_ior"]["ior"] == pytest.approx(2.417)
    wanted = {
        "KHR_materials_transmission",
        "KHR_materials_ior",
        "KHR_materials_volume",
        "KHR_materials_dispersion",
    }
    assert set(diamond["extensions"]) == wanted == set(document["extensionsUsed"])
    assert platinum["pbrMetallicRoughness"]["metallicFactor"] == 1.0


@pytest.mark.parametrize("prompt", ['gold signet ring engraved "AB"', PROMPTS[0]])
def test_stl_is_the_metal_in_millimetres(prompt: str) -> None:
    """The STL's triangles close, and enclose the metal's volume."""
    spec = read(prompt).spec
    piece = build(spec)
    data = to_stl(piece, name="Ring")
    (count,) = struct.unpack_from("<I", data, 80)
    assert len(data) == 84 + 50 * count
    record = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("spare", "<u2")])
    corners = np.frombuffer(data, record, count, 84)["corners"].astype(float)
    enclosed = np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    assert enclosed == pytest.approx(sum(w.volume_mm3 for w in figures(spec, piece).weights), rel=2e-3)


def test_figures_of_a_solitaire() -> None:
    """Weight, stone and sizes of a plain platinum solitaire are what a bench would say."""
    spec = read("platinum solitaire with a 1 ct round diamond, size 54, 2 mm band").spec
    told = figures(spec)
    assert told.stone_count == 1
    assert told.gems[0].carats == pytest.approx(1.0, abs=0.02)
    assert 2.5 < told.weights[0].grams < 6
    named = {dimension.name: dimension for dimension in told.dimensions}
    assert named["inner diameter"].note == "EU 54 / US 6.75 / UK N"
    assert named["band width"].value_mm == 2.0
    for dimension in told.dimensions:
        span = np.linalg.norm(np.subtract(dimension.end, dimension.start))
        assert span == pytest.approx(dimension.value_mm, abs=0.06), dimension.name


def test_weight_is_volume_times_density() -> None:
    """The same necklace in platinum weighs 20.6 / 10.36 times what it weighs in silver."""
    silver, platinum = (
        figures(read(f"{metal} disc pendant necklace").spec).weights[0] for metal in ("silver", "platinum")
    )
    assert platinum.grams / silver.grams == pytest.approx(20.6 / 10.36, rel=0.01)


@pytest.mark.parametrize(("inner", "told"), [(17.35, "EU 55 / US 7 / UK N"), (15.7, "EU 49 / US 5 / UK J")])
def test_ring_sizes(inner: float, told: str) -> None:
    """One inside diameter in three systems."""
    assert ring_sizes.in_words(inner) == told


@pytest.mark.parametrize("seed", range(16))
def test_five_regions_lie_on_the_piece(seed: int) -> None:
    """Five distinct boxes, inside the frame, each with some of the piece near its middle."""
    spec = random_spec(seed)
    piece = build(spec)
    camera = master_camera(piece)
    boxes = named_regions(spec, piece, camera)
    assert len({box.label for box in boxes}) == len(boxes) == 5
    film = project(camera, np.vstack([part.vertices for part in piece.parts]), 1.0)
    for box in boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= 1 + 1e-9
        assert box.y + box.height <= 1 + 1e-9
        away = np.abs(film - [box.x + box.width / 2, box.y + box.height / 2]).max(1)
        assert away.min() < 0.3 * box.width, box.label


@pytest.mark.parametrize(
    ("prompt", "labels"),
    [
        ("rose gold solitaire", ("shank", "side", "profile")),
        ("6 mm platinum band", ("shank", "side", "profile")),
        ("gold curb bracelet", ("front", "edge")),
        ("ruby pendant, whole necklace", ("chain", "side")),
        ("ruby pendant necklace", ("chain",)),
    ],
)
def test_a_region_on_a_band_is_not_half_paper(prompt: str, labels: tuple[str, ...]) -> None:
    """What a box on a band or chain shows of the piece lies about its middle, to 15 % of half its side."""
    spec = read(prompt).spec
    piece = build(spec)
    camera = master_camera(piece)
    boxes = {box.label: box for box in named_regions(spec, piece, camera)}
    corners = np.vstack([part.vertices[part.faces].mean(1) for part in piece.parts])
    film = project(camera, corners, 1.0)
    for label in labels:
        box = boxes[label]
        offset = (film - [box.x + box.width / 2, box.y + box.height / 2]) / (box.width / 2)
        shown = offset[(np.abs(offset) < 1).all(1)]
        grid = np.unique(np.round(shown * 8), axis=0) / 8
        assert np.abs(grid.mean(0)).max() < 0.15, label


def test_regions_follow_the_named_parts() -> None:
    """The pendant's box holds the pendant, in every view the camera knows."""
    spec = read(PROMPTS[0]).spec
    piece = build(spec)
    pendant = next(part.vertices for part in piece.parts if part.name == "pendant")
    for view in VIEWS:
        camera = view_camera(piece, view)
        box = next(box for box in named_regions(spec, piece, camera) if box.label == "pendant")
        film = project(camera, pendant, 1.0)
        inside = (film >= [box.x, box.y]).all(1) & (film <= [box.x + box.width, box.y + box.height]).all(1)
        assert inside.mean() > 0.95, view


def test_spots_are_named_by_kind() -> None:
    """A ring tells stone, setting, shank, side and profile; a necklace what its picture shows."""
    ring, necklace = read(PROMPTS[1]).spec, read(PROMPTS[0]).spec
    assert set(spots(ring, build(ring))) == {"stone", "setting", "shank", "side", "profile"}
    assert set(spots(necklace, build(necklace))) == {"pendant", "edge", "bail", "chain", "clasp"}
    whole = read(f"{PROMPTS[0]}, whole necklace").spec
    assert set(spots(whole, build(whole))) == {"pendant", "chain", "clasp", "side", "edge"}


def test_every_material_has_a_place_in_the_glb() -> None:
    """Each metal and gem of the spec exports, in each finish."""
    for metal in METALS:
        piece = build(read(f"{metal.replace('_', ' ')} ring with a ruby, brushed").spec)
        document, _ = unpack(to_glb(piece))
        assert {material["name"] for material in document["materials"]} == {f"{metal} brushed", metal, "ruby"}


def test_enclosed_volume_is_positive() -> None:
    """A merged chain keeps the orientation of its links."""
    piece = build(read(PROMPTS[0]).spec)
    chain = next(part for part in piece.parts if part.name == "chain")
    assert volume(Mesh(chain.vertices, chain.faces)) > 0


@pytest.mark.parametrize("prompt", PROMPTS)
def test_trimesh_says_watertight(prompt: str) -> None:
    """Every metal part and every stone by itself, and the caster's STL as it is read from the file."""
    piece = build(read(prompt).spec)
    for part in piece.parts:
        body = trimesh.Trimesh(part.vertices, part.faces, process=False)
        assert body.is_watertight, part.name
        assert body.is_winding_consistent, part.name
        assert body.volume > 0, part.name
    cast = trimesh.load(io.BytesIO(to_stl(piece)), file_type="stl")
    assert cast.is_watertight
    metal = np.vstack([part.vertices for part in piece.parts if part.material in METALS])
    assert np.allclose(cast.bounds, [metal.min(axis=0), metal.max(axis=0)], atol=0.01)


@pytest.mark.parametrize("seed", [5, 7, 27, 35, 93])
def test_bodies_that_only_touch_are_parted_for_the_caster(seed: int) -> None:
    """Metal that meets along an edge or in a point is still read as closed bodies, nowhere moved by a micrometre."""
    piece = build(random_spec(seed))
    cast = trimesh.load(io.BytesIO(to_stl(piece)), file_type="stl")
    assert cast.is_watertight
    metal = np.vstack([part.vertices for part in piece.parts if part.material in METALS])
    assert np.allclose(cast.bounds, [metal.min(axis=0), metal.max(axis=0)], atol=0.001)


def test_gems_have_their_published_optics() -> None:
    """Index, colour, and 20 / Abbe number: 55.3 for diamond, 72.2 for corundum, to 3 %."""
    for gem, ior, abbe in (("diamond", 2.417, 55.3), ("sapphire", 1.770, 72.2)):
        piece = build(read(f"platinum solitaire ring with a 1 ct round {gem}").spec)
        document, _ = unpack(to_glb(piece))
        told = next(m for m in document["materials"] if m["name"] == gem)["extensions"]
        assert told["KHR_materials_ior"]["ior"] == ior
        assert told["KHR_materials_dispersion"]["dispersion"] == pytest.approx(20 / abbe, rel=0.03)
        volume_of = told["KHR_materials_volume"]
        assert volume_of["attenuationColor"] == list(GEMS[gem].transmission)
        assert 0.001 < volume_of["attenuationDistance"] < 0.0025


def test_the_glb_holds_the_masters_camera() -> None:
    """Read back from the file, it sees every corner where the atelier's own camera sees it, to a tenth of a pixel."""
    piece = build(read(PROMPTS[1]).spec)
    solid = read_glb(to_glb(piece))
    ours = solid.camera.project(solid.points)[:, :2] * 2048
    corners = np.vstack([part.vertices for part in piece.parts])
    theirs = project(master_camera(piece), corners, 2048)
    assert np.abs(ours.min(axis=0) - theirs.min(axis=0)).max() < 0.1
    assert np.abs(ours.max(axis=0) - theirs.max(axis=0)).max() < 0.1


def test_reprojection_of_atelier_pieces(renderer: Renderer) -> None:
    """The GLB through its own camera covers the pixels the renderer exposes: IoU at least 0.995."""
    spec = random_spec(11)
    piece = build(spec)
    solid = read_glb(to_glb(piece))
    exposed = renderer.gbuffer(piece, master_camera(piece), width=512, height=512).part >= 0
    assert overlap(look(solid, solid.camera, 512).silhouette, exposed) >= 0.995


@pytest.mark.parametrize(("count", "kinds"), [(0, 1), (1, 1), (400, 7), (3000, 2000)])
def test_corners_are_told_apart_as_numpy_tells_records(count: int, kinds: int) -> None:
    """The same kinds, in the same order, each by its first row: signs and sizes of all magnitudes."""
    draw = np.random.default_rng(count)
    scale = 10.0 ** draw.integers(-30, 30, (kinds, 6))
    rows = (draw.standard_normal((kinds, 6)) * scale).astype(np.float32)
    rows[draw.random((kinds, 6)) < 0.3] = 0
    rows = np.ascontiguousarray(rows[draw.integers(0, kinds, count)])
    records = rows.view([("", rows.dtype)] * 6).ravel()
    _, first, index = np.unique(records, return_index=True, return_inverse=True)
    firsts, indices = gltf._distinct(rows)
    assert np.array_equal(firsts, first)
    assert np.array_equal(indices, index)


def test_a_face_without_area_gives_no_normal_that_is_no_number() -> None:
    """Such faces are left by rounding where bodies are cut; the file holds unit normals only, and not the face."""
    corners = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 0), (1, 0, 0), (2, 0, 0)], np.float32)
    normals = np.array([(0, 0, 1)] * 3 + [(0, 0, 0)] * 3, float)
    points, units, triangles = gltf._weld(corners, normals)
    assert np.isfinite(units).all()
    assert np.allclose(np.linalg.norm(units, axis=1), 1)
    assert len(triangles) == 3
    assert len(points) == len(units)
