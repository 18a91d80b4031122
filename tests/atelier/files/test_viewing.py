"""What a GLB holds so that a viewer shows its piece as its master does."""

import numpy as np
import pytest

from pipeline import glb
from pipeline.atelier.camera import master_camera
from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.files.relief import hammered
from pipeline.atelier.files.viewing import (
    CRYSTAL,
    HEIGHT,
    LYING,
    MIDDLE,
    STANDING,
    WIDTH,
    environment,
    viewing,
)
from pipeline.atelier.geometry.detail import COARSE
from pipeline.atelier.language.prompt import read
from pipeline.atelier.materials import METALS
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.relief import dimples
from pipeline.atelier.render.scene import TOLD_WIDTH_MM, describe_crystal, describe_surface
from pipeline.atelier.render.studio import set_up
from pipeline.atelier.spec import composed


def model(words: str) -> bytes:
    return to_glb(build(composed(read(words).spec), COARSE))


@pytest.mark.parametrize(
    "words", ["gold solitaire ring", "silver disc pendant", "hammered cuff", "pearl drops"]
)
def test_the_orbit_is_the_masters_camera(words: str) -> None:
    """Target and orbit give back the camera's place and direction, to a hundredth of a millimetre."""
    piece = build(composed(read(words).spec), COARSE)
    camera = master_camera(piece)
    known = viewing(to_glb(piece))
    assert known is not None
    theta, phi = (np.radians(float(angle.removesuffix("deg"))) for angle in known.orbit.split()[:2])
    radius = float(known.orbit.split()[2].removesuffix("m"))
    target = np.array([float(value.removesuffix("m")) for value in known.target.split()])
    away = np.array([np.sin(phi) * np.sin(theta), np.cos(phi), np.sin(phi) * np.cos(theta)])
    place = 1e3 * (target + radius * away)
    low = np.min([part.vertices.min(0) for part in piece.parts], axis=0)
    high = np.max([part.vertices.max(0) for part in piece.parts], axis=0)
    x, y, z = np.asarray(camera.position) - (low + high) / 2
    assert place == pytest.approx([x, z, -y], abs=0.05)
    forward, _, _ = camera.frame()
    assert -away == pytest.approx([forward[0], forward[2], -forward[1]], abs=1e-4)
    assert float(known.field_of_view.removesuffix("deg")) == pytest.approx(camera.field_of_view_deg)


def test_only_the_ateliers_models_tell_their_studio() -> None:
    """Another maker's file is shown in the light box; one whose camera is no number is refused."""
    data = model("gold band")
    document, binary = glb.unpack(data)
    assert viewing(glb.pack({**document, "nodes": document["nodes"][:1]}, binary)) is None
    nodes = [
        {**node, "translation": [float("nan")] * 3} if node.get("name") == glb.MASTER_CAMERA else node
        for node in document["nodes"]
    ]
    with pytest.raises(glb.BadModel):
        viewing(glb.pack({**document, "nodes": nodes}, binary))


@pytest.mark.parametrize(
    "words",
    [
        "9k yellow gold ring with a 7 mm round ruby and diamond shoulders",
        "brushed platinum band",
        "silver ring with a bezel set opal cabochon",
        "pearl strand necklace",
        "black leather bracelet with a silver clasp",
    ],
)
def test_what_a_viewer_traces_is_what_the_renderer_traces(words: str) -> None:
    """Every part's optical constants reach the viewer by its material's name, a stone's colour by the mm."""
    piece = build(composed(read(words).spec), COARSE)
    known = viewing(to_glb(piece))
    assert known is not None
    assert known.tracing is not None
    for part in piece.parts:
        _, table = describe_surface(part, piece.fineness)
        name = part.material if part.finish == "polished" or part.material not in METALS else ""
        rows = known.tracing.studio["materials"][name or f"{part.material} {part.finish}"]
        assert np.array(rows)[:3] == pytest.approx(table[:3], abs=1e-5)
        body = part.repeats[0].vertices if part.repeats else part.vertices
        width = np.clip(np.sort(np.ptp(body, axis=0))[1], 0.8, 16.0)
        deeper = np.sqrt(TOLD_WIDTH_MM / width) * (1.3 if part.repeats else 1.0)
        assert np.array(rows)[3, :3] * deeper == pytest.approx(table[3, :3], rel=1e-3, abs=1e-5)
        assert rows[3][3] == table[3, 3]
    rows, columns = set_up(upright=True, radius_mm=1).environment.shape
    patches = 4 * 64**3 if "opal" in words else 0
    assert len(known.tracing.tables) == 2 * (2 * (rows // 2) * columns + 32 * 64) + patches


@pytest.mark.parametrize(
    ("words", "crystals", "patched"),
    [
        ("gold ring with a round ruby and diamond shoulders", set(), False),
        ("silver ring with a bezel set opal cabochon", {"opal"}, True),
        ("white gold ring with an oval star sapphire cabochon", {"star_sapphire"}, False),
        ("gold ring with a tanzanite and peridot shoulders", {"tanzanite", "peridot"}, False),
    ],
)
def test_how_stones_lie_reaches_the_file(words: str, *, crystals: set[str], patched: bool) -> None:
    """Of stones that look otherwise by how they lie the file tells it, and where patches lie; of others nothing."""
    piece = build(composed(read(words).spec), COARSE)
    document = glb.document(to_glb(piece))
    materials = [
        document["materials"][document["meshes"][node["mesh"]]["primitives"][0]["material"]]["name"]
        for node in document["nodes"]
        if CRYSTAL in node.get("extras", {})
    ]
    assert set(materials) == crystals
    for part in piece.parts:
        if part.material in crystals:
            wanted = describe_crystal(part).ravel()
            names = (part.name, f"{part.name} 1")
            own = [node for node in document["nodes"] if node["name"] in names and "mesh" in node]
            assert own[0]["extras"][CRYSTAL] == pytest.approx(wanted, abs=1e-6)
    camera = next(node for node in document["nodes"] if node.get("name") == glb.MASTER_CAMERA)
    assert (MIDDLE in camera["extras"]) == patched


@pytest.mark.parametrize(
    "change",
    [
        {"materials": [{"name": "unobtainium"}]},
        {"materials": [{}]},
        {"materials": []},
        {"materials": 3},
        {"nodes": [{"loupe-strokes": ["x", 0, 1]}]},
        {"nodes": [{"loupe-strokes": [0, 1]}]},
        {"nodes": [{"loupe-middle": ["x", 0, 1]}]},
    ],
)
def test_a_model_with_unknown_bodies_keeps_the_viewers_own_light(change: dict) -> None:
    """Where a material is not the atelier's, or the file says nonsense, there is nothing to trace by."""
    document, binary = glb.unpack(model("gold band"))
    if "nodes" in change:
        camera = next(node for node in document["nodes"] if node.get("name") == glb.MASTER_CAMERA)
        camera["extras"] |= change["nodes"][0]
        change = {}
    known = viewing(glb.pack({**document, **change}, binary))
    assert known is not None
    assert known.tracing is None


@pytest.mark.parametrize("light", [STANDING, LYING])
def test_the_viewers_studio_is_the_renderers(light: str) -> None:
    """What a mirror sees of a lamp in the renderer's table, the viewer's file shows in the same direction."""
    data = environment(light)
    pixels = np.frombuffer(data.split(b"\n", 4)[4], np.uint8).reshape(HEIGHT, WIDTH, 4).astype(float)
    shown = pixels[..., 0] / 256 * 2.0 ** (pixels[..., 3] - 128)
    studio = set_up(upright=light == STANDING, radius_mm=1.0)
    rows, columns = studio.environment.shape
    for direction in np.random.default_rng(3).normal(size=(60, 3)):
        x, y, z = direction / np.linalg.norm(direction) * (1, 1, np.sign(direction[2]))
        fall, turn = np.arccos(z), np.arctan2(x, y) % (2 * np.pi)
        if fall > 1.5:
            continue
        ours = studio.environment[int(fall / np.pi * rows), int(turn / 2 / np.pi * columns) % columns]
        # glTF: x right, y up, z toward the viewer; an equirectangular file's middle column looks along x.
        column = int((np.arctan2(-y, x) / (2 * np.pi) + 0.5) * WIDTH) % WIDTH
        near = shown[max(int(fall / np.pi * HEIGHT) - 2, 0) : int(fall / np.pi * HEIGHT) + 3, :]
        near = near.take(range(column - 2, column + 3), axis=1, mode="wrap")
        assert near.min() - 0.03 <= ours * studio.exposure <= near.max() + 0.03


def test_hammering_is_in_the_models_normals() -> None:
    """The mesh is cut to fit the dimples without moving its surface, and its normals lean as the renderer's do."""
    corners = 1e-3 * np.array([[[0, 0, 0], [5, 0, 0], [0, 4, 0]], [[5, 0, 0], [5, 4, 0], [0, 4, 0]]], float)
    straight = np.tile([0.0, 0.0, 1.0], (2, 3, 1))
    cut, bent = hammered(corners, straight, 0.2, np.eye(3), np.zeros(3))
    area = np.linalg.norm(np.cross(cut[:, 1] - cut[:, 0], cut[:, 2] - cut[:, 0]), axis=1).sum() / 2
    assert area == pytest.approx(20e-6, rel=1e-4)
    assert np.abs(cut[..., 2]).max() == 0
    assert len(cut) > 200
    lean = np.degrees(np.arccos(np.clip(bent[..., 2], -1, 1)))
    assert 2 < np.median(lean) < 12
    voxel = dimples()[10, 20, 40]
    place = (np.array([10, 20, 40]) + 0.5) / 64 * 6.0
    one = np.tile(1e-3 * place, (1, 3, 1))
    _, at = hammered(one, np.tile([0.0, 0.0, 1.0], (1, 3, 1)), 0.2, np.eye(3), np.zeros(3))
    wanted = np.array([-0.2 * voxel[0], -0.2 * voxel[1], 1.0])
    assert at[0, 0] == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-5)


def test_finishes_and_bodies_reach_the_file() -> None:
    """Brushed metal is anisotropic along its strokes, hammered metal dimpled, nacre coated, opal iridescent."""
    brushed = glb.document(model("brushed gold band"))
    metal = next(row for row in brushed["materials"] if row["name"] == "yellow_gold brushed")
    assert 0.3 < metal["extensions"]["KHR_materials_anisotropy"]["anisotropyStrength"] < 0.6
    stroked = [p for mesh in brushed["meshes"] for p in mesh["primitives"] if "TANGENT" in p["attributes"]]
    assert stroked
    assert glb.triangles(model("hammered gold band")) > 4 * glb.triangles(model("gold band"))
    pearl, opal = (
        next(row for row in glb.document(model(words))["materials"] if row["name"] == name)["extensions"]
        for words, name in (("pearl drop earrings", "pearl"), ("bezel set opal ring", "opal"))
    )
    assert {"KHR_materials_clearcoat", "KHR_materials_iridescence"} <= set(pearl)
    assert opal["KHR_materials_iridescence"]["iridescenceFactor"] > 0.5
