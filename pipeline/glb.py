"""The GLB container (Khronos glTF 2.0, chapter 4.4), read and written; and a look into one without loading it."""

import json
import struct
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline import metadata
from pipeline.errors import BadModel

MEDIA_TYPE = "model/gltf-binary"
MAGIC = b"glTF"
MASTER_CAMERA = "master"
"""Name of the glTF camera that a maker who knows it leaves in the file: the one the master was taken with."""
CONTRADICTS = "This GLB contradicts itself; export it again as binary glTF 2.0."
_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_COMPONENTS = {"float32": 5126, "uint16": 5123, "uint32": 5125}


def unpack(data: bytes) -> tuple[dict[str, Any], memoryview]:
    """Take a GLB apart: its glTF JSON, and the binary chunk, empty where there is none. Raises BadModel."""
    try:
        magic, version, length = _HEADER.unpack_from(data)
        size, kind = _CHUNK.unpack_from(data, _HEADER.size)
        start = _HEADER.size + _CHUNK.size
        tree = json.loads(data[start : start + size])
    except (struct.error, ValueError, RecursionError) as error:
        raise BadModel("This GLB cannot be read; export it again as binary glTF 2.0.") from error
    whole = (magic, version, length, kind) == (MAGIC, 2, len(data), b"JSON") and start + size <= length
    if not whole or not isinstance(tree, dict):
        raise BadModel("This GLB is cut off or of another version; export it again as binary glTF 2.0.")
    rest = memoryview(data)[start + size :]
    if len(rest) < _CHUNK.size:
        return tree, memoryview(b"")
    size, kind = _CHUNK.unpack_from(rest)
    return tree, rest[_CHUNK.size : _CHUNK.size + size] if kind == b"BIN\0" else memoryview(b"")


def pack(tree: Mapping[str, Any], binary: bytes | bytearray | memoryview) -> bytes:
    """Write a GLB from its glTF JSON and its buffer; both are padded to multiples of four (glTF 2.0, 4.4.3)."""
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    chunks = [(b"JSON", text + b" " * (-len(text) % 4))]
    if len(binary):
        chunks.append((b"BIN\0", bytes(binary) + bytes(-len(binary) % 4)))
    body = b"".join(_CHUNK.pack(len(chunk), kind) + chunk for kind, chunk in chunks)
    return _HEADER.pack(MAGIC, 2, _HEADER.size + len(body)) + body


class Buffer:
    """The one buffer of a GLB under construction: its bytes, and the rows of the JSON that describe them."""

    def __init__(self) -> None:
        self.binary = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def view(self, data: bytes, target: int | None = None) -> int:
        """Add bytes; returns the buffer view's index."""
        self.binary += bytes(-len(self.binary) % 4)
        row = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        self.views.append(row if target is None else {**row, "target": target})
        self.binary += data
        return len(self.views) - 1

    def accessor(
        self,
        array: NDArray[Any],
        kind: Literal["SCALAR", "VEC2", "VEC3", "VEC4"],
        *,
        bounds: bool = False,
    ) -> int:
        """Add float32 vectors or uint16 or uint32 indices, with their `bounds` where asked; returns the index."""
        target = _ELEMENT_ARRAY_BUFFER if kind == "SCALAR" else _ARRAY_BUFFER
        row: dict[str, Any] = {
            "bufferView": self.view(np.ascontiguousarray(array).tobytes(), target),
            "componentType": _COMPONENTS[array.dtype.name],
            "count": len(array),
            "type": kind,
        }
        if bounds:
            row["min"], row["max"] = array.min(axis=0).tolist(), array.max(axis=0).tolist()
        self.accessors.append(row)
        return len(self.accessors) - 1

    def described(self) -> dict[str, Any]:
        """The rows, as members of the glTF JSON."""
        size = len(self.binary) + -len(self.binary) % 4
        return {
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": size}],
        }


def document(data: bytes) -> dict[str, Any]:
    """Read the glTF JSON of a GLB. Raises BadModel."""
    return unpack(data)[0]


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
    """Write a recipe into a GLB's asset extras, with its IPTC source type, to trace a stray file. Raises BadModel."""
    tree, binary = unpack(data)
    asset: dict[str, Any] = tree["asset"] if isinstance(tree.get("asset"), dict) else {"version": "2.0"}
    extras: dict[str, Any] = asset["extras"] if isinstance(asset.get("extras"), dict) else {}
    kind = metadata.source_type(recipe)
    source = {"digitalSourceType": kind} if kind else {}
    tree["asset"] = {**asset, "extras": {**extras, **source, "loupe": dict(recipe)}}
    return pack(tree, binary)


def triangles(data: bytes) -> int:
    """Count the triangles of the meshes, each counted once however often it is placed. Raises BadModel."""
    tree = document(data)
    accessors = tree.get("accessors", [])
    total = 0
    try:
        for mesh in tree.get("meshes", []):
            for primitive in mesh["primitives"]:
                index = primitive.get("indices", primitive["attributes"].get("POSITION"))
                if primitive.get("mode", 4) == 4 and index is not None:
                    total += int(accessors[index].get("count", 0)) // 3
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
        raise BadModel(CONTRADICTS) from error
    return total
