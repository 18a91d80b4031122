"""A look into a GLB without loading it: whether it is whole, and stays within itself."""

import json
import struct
from collections.abc import Mapping
from typing import Any

from pipeline.errors import BadModel

MEDIA_TYPE = "model/gltf-binary"
MASTER_CAMERA = "master"
"""Name of the glTF camera that a maker who knows it leaves in the file: the one the master was taken with."""
_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")


def document(data: bytes) -> dict[str, Any]:
    """Read the glTF JSON of a GLB (Khronos glTF 2.0, chapter 4.4). Raises BadModel."""
    try:
        magic, version, length = _HEADER.unpack_from(data)
        size, kind = _CHUNK.unpack_from(data, _HEADER.size)
        start = _HEADER.size + _CHUNK.size
        tree = json.loads(data[start : start + size])
    except (struct.error, ValueError, RecursionError) as error:
        raise BadModel("This GLB cannot be read; export it again as binary glTF 2.0.") from error
    whole = (magic, version, length, kind) == (b"glTF", 2, len(data), b"JSON") and start + size <= length
    if not whole or not isinstance(tree, dict):
        raise BadModel("This GLB is cut off or of another version; export it again as binary glTF 2.0.")
    return tree


def fault(data: bytes) -> str:
    """Say what is wrong with a GLB, in a few words; empty when nothing is."""
    try:
        tree = document(data)
    except BadModel:
        return "it is no whole GLB"
    for group in ("buffers", "images"):
        parts = tree.get(group, [])
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            return "it is no valid glTF"
        if any(not str(part.get("uri", "data:")).startswith("data:") for part in parts):
            return "it refers to files outside itself"
    return ""


def with_recipe(data: bytes, recipe: Mapping[str, Any]) -> bytes:
    """Write a recipe into a GLB's asset extras, so that a stray file can be traced. Raises BadModel."""
    tree = document(data)
    asset: dict[str, Any] = tree["asset"] if isinstance(tree.get("asset"), dict) else {"version": "2.0"}
    extras: dict[str, Any] = asset["extras"] if isinstance(asset.get("extras"), dict) else {}
    tree["asset"] = {**asset, "extras": {**extras, "loupe": dict(recipe)}}
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)  # chunks end on multiples of four (glTF 2.0, 4.4.3)
    rest = data[_HEADER.size + _CHUNK.size + _CHUNK.unpack_from(data, _HEADER.size)[0] :]
    length = _HEADER.size + _CHUNK.size + len(text) + len(rest)
    return _HEADER.pack(b"glTF", 2, length) + _CHUNK.pack(len(text), b"JSON") + text + rest


def triangles(data: bytes) -> int:
    """Count the triangles of the meshes, each counted once however often it is placed."""
    tree = document(data)
    accessors = tree.get("accessors", [])
    total = 0
    for mesh in tree.get("meshes", []):
        for primitive in mesh.get("primitives", []):
            index = primitive.get("indices", primitive.get("attributes", {}).get("POSITION"))
            if primitive.get("mode", 4) == 4 and isinstance(index, int) and index < len(accessors):
                total += int(accessors[index].get("count", 0)) // 3
    return total
