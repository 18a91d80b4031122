"""GLBs as triangles: the same ones another reader finds, and one sentence for what cannot be read."""

import io

import numpy as np
import pytest
import trimesh

from pipeline.errors import BadModel
from pipeline.solids import reading
from tests.solids.files import rewritten, ring_glb


def same_body(data: bytes) -> None:
    """Our reading and trimesh's enclose the same volume in the same box, to a millionth."""
    ours = reading.read(data)
    theirs = trimesh.load(io.BytesIO(data), file_type="glb", force="mesh")
    mesh = trimesh.Trimesh(ours.points, ours.faces, process=False)
    assert len(ours.faces) == len(theirs.faces)
    assert np.allclose(mesh.bounds, theirs.bounds, atol=1e-6 * theirs.scale)
    assert mesh.volume == pytest.approx(theirs.volume, rel=1e-4)


def test_reads_what_the_atelier_writes() -> None:
    """Places, materials and the master's camera."""
    same_body(ring_glb())
    solid = reading.read(ring_glb())
    gold, ruby = solid.surfaces[:2]
    assert gold.metallic == 1
    assert gold.colour[0] > gold.colour[2]
    assert ruby.transmission == 1
    assert ruby.colour[0] > 5 * ruby.colour[1]
    assert np.abs(np.linalg.norm(solid.normals, axis=1) - 1).max() < 1e-5
    assert solid.camera is not None
    assert np.allclose(solid.camera.axes @ solid.camera.axes.T, np.eye(3), atol=1e-6)


@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_places_nested_and_mirrored_nodes(mirror: float) -> None:
    """Matrices, nested poses and mirrored nodes land where trimesh puts them, and keep their outside outside."""
    scene = trimesh.Scene()
    turn = trimesh.transformations.rotation_matrix(0.7, [1, 2, 3], [0.1, 0.2, 0.3])
    turn[0] *= mirror
    scene.add_geometry(trimesh.creation.cylinder(0.2, 1.0), transform=turn)
    scene.add_geometry(trimesh.creation.box((1, 2, 3)), transform=turn @ turn)
    data = scene.export(file_type="glb")
    same_body(data)
    ours = reading.read(data)
    assert trimesh.Trimesh(ours.points, ours.faces, process=False).volume > 0


def test_reads_textures_and_quantised_corners() -> None:
    """A picture becomes the surface's texture; whole numbers that stand for fractions are read as fractions."""
    solid = trimesh.creation.box()
    uv = (solid.vertices[:, :2] + 0.5).astype(np.float32)
    from PIL import Image

    picture = Image.new("RGB", (4, 4), (200, 30, 60))
    solid.visual = trimesh.visual.TextureVisuals(
        uv=uv, material=trimesh.visual.material.PBRMaterial(baseColorTexture=picture)
    )
    read = reading.read(solid.export(file_type="glb"))
    texture = read.surfaces[0].texture
    assert texture is not None
    assert np.abs(texture.astype(int) - (200, 30, 60)).max() < 3

    def quantise(tree: dict) -> None:
        normal = tree["meshes"][0]["primitives"][0]["attributes"]["NORMAL"]
        tree["accessors"][normal] |= {"componentType": 5120, "normalized": True}
        tree["bufferViews"][tree["accessors"][normal]["bufferView"]]["byteStride"] = 12

    normals = reading.read(rewritten(ring_glb(), quantise)).normals
    assert np.isfinite(normals).all()


BROKEN = {
    "compressed": (lambda t: t.update(extensionsRequired=["KHR_draco_mesh_compression"]), "compressed"),
    "meshopt": (lambda t: t.update(extensionsRequired=["EXT_meshopt_compression"]), "compressed"),
    "no mesh": (lambda t: [node.pop("mesh", None) for node in t["nodes"]], "no mesh"),
    "short buffer": (lambda t: t["bufferViews"][0].update(byteLength=10**9), "cut off"),
    "long accessor": (lambda t: t["accessors"][0].update(count=10**7), "cut off"),
    "wild index": (lambda t: t["accessors"][0].update(count=3), "do not match|does not have"),
    "own parent": (lambda t: t["nodes"][-1].update(children=[len(t["nodes"]) - 1]), "without end"),
    "no such node": (lambda t: t["scenes"][0].update(nodes=[99]), "contradicts itself"),
    "text for numbers": (lambda t: t["nodes"][0].update(matrix=["x"] * 16), "contradicts itself"),
    "sparse": (lambda t: t["accessors"][0].update(sparse={}), "sparsely"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_says_what_is_wrong(how: str) -> None:
    """Each broken file is refused with its own sentence."""
    change, sentence = BROKEN[how]
    with pytest.raises(BadModel, match=sentence):
        reading.read(rewritten(ring_glb(), change))
