"""A look into GLBs, and the recipe written into them."""

import io
import json
import struct

import pytest
import trimesh

from pipeline import glb
from pipeline.errors import BadModel


@pytest.fixture(scope="module")
def box() -> bytes:
    """A box as trimesh writes it."""
    exported = trimesh.creation.box().export(file_type="glb")
    assert isinstance(exported, bytes)
    return exported


def test_recipe_in_extras(box: bytes) -> None:
    """The recipe is in the asset's extras, extras that were there stay, and another reader finds the same body."""
    once = glb.with_recipe(box, {"provider": "atelier", "prompt": "Ring “é”"})
    assert glb.document(once)["asset"]["extras"]["loupe"] == {"provider": "atelier", "prompt": "Ring “é”"}
    assert len(once) % 4 == 0
    assert glb.fault(once) == ""
    body = trimesh.load(io.BytesIO(once), file_type="glb", force="mesh")
    assert body.volume == pytest.approx(1)
    twice = glb.with_recipe(once, {"provider": "other"})
    assert glb.document(twice)["asset"]["extras"]["loupe"] == {"provider": "other"}


def test_triangles(box: bytes) -> None:
    """A box has twelve triangles."""
    assert glb.triangles(box) == 12


@pytest.mark.parametrize("cut", [0, 4, 11, 19, 40, -1])
def test_cut_off(box: bytes, cut: int) -> None:
    """A GLB that is cut off anywhere is refused, and named at fault."""
    with pytest.raises(BadModel):
        glb.document(box[:cut])
    assert glb.fault(box[:cut])


@pytest.mark.parametrize("tree", [b"[]", b"{", b"null", b"[" * 20_000])
def test_no_tree(tree: bytes) -> None:
    """A JSON chunk that is no glTF is refused."""
    tree += b" " * (-len(tree) % 4)
    data = struct.pack("<4sII", b"glTF", 2, 20 + len(tree)) + struct.pack("<I4s", len(tree), b"JSON") + tree
    assert glb.fault(data)


def test_outside_references() -> None:
    """References to other files are a fault; data inside is none."""
    for uri, fault in (
        ("https://example.org/x.bin", True),
        ("x.png", True),
        ("data:image/png;base64,", False),
    ):
        tree = json.dumps({"asset": {"version": "2.0"}, "images": [{"uri": uri}]}).encode()
        tree += b" " * (-len(tree) % 4)
        data = (
            struct.pack("<4sII", b"glTF", 2, 20 + len(tree)) + struct.pack("<I4s", len(tree), b"JSON") + tree
        )
        assert bool(glb.fault(data)) is fault
