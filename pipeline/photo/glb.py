"""Packing one textured mesh as binary glTF 2.0."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.glb import MASTER_CAMERA

Points = NDArray[np.float32]
Indices = NDArray[np.uint32]

GLB_MAGIC, GLB_VERSION = 0x46546C67, 2
JSON_CHUNK, BIN_CHUNK = 0x4E4F534A, 0x004E4942
FLOAT, UNSIGNED_INT = 5126, 5125
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963


def pack(
    positions: Points,
    normals: Points,
    uvs: Points,
    triangles: Indices,
    *,
    name: str,
    texture_jpeg: bytes,
    material: Mapping[str, Any],
    film: tuple[float, float, float, float, float] | None = None,
    extras: Mapping[str, Any] | None = None,
) -> bytes:
    """Return a GLB with one node, one mesh, one PBR material with `texture_jpeg` as its base colour.

    Positions in metres, y up, counter-clockwise front faces; normals of unit length; uv with v downwards;
    `material` holds further metallic-roughness factors. `extras` goes to `asset.extras`. `film`, metres: the middle
    (x, y, z) of the picture the mesh was read from, half its width and half its height; written as the master's
    camera, a parallel one that looks along -z.
    """
    parts = (
        (positions, "VEC3", ARRAY_BUFFER),
        (normals, "VEC3", ARRAY_BUFFER),
        (uvs, "VEC2", ARRAY_BUFFER),
        (triangles.reshape(-1), "SCALAR", ELEMENT_ARRAY_BUFFER),
    )
    body = bytearray()
    views: list[dict[str, Any]] = []
    accessors: list[dict[str, Any]] = []
    for array, kind, target in parts:
        data = np.ascontiguousarray(array).tobytes()
        views.append({"buffer": 0, "byteOffset": len(body), "byteLength": len(data), "target": target})
        accessors.append(
            {
                "bufferView": len(views) - 1,
                "componentType": UNSIGNED_INT if kind == "SCALAR" else FLOAT,
                "count": len(array),
                "type": kind,
            }
        )
        body += data
    accessors[0]["min"] = [float(v) for v in positions.min(axis=0)]
    accessors[0]["max"] = [float(v) for v in positions.max(axis=0)]
    views.append({"buffer": 0, "byteOffset": len(body), "byteLength": len(texture_jpeg)})
    body += texture_jpeg
    body += b"\0" * (-len(body) % 4)
    asset: dict[str, Any] = {"version": "2.0", "generator": "Loupe"}
    if extras:
        asset["extras"] = dict(extras)
    document: dict[str, Any] = {
        "asset": asset,
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": name, "mesh": 0}],
        "meshes": [
            {
                "name": name,
                "primitives": [
                    {"attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}, "indices": 3, "material": 0}
                ],
            }
        ],
        "materials": [
            {"name": name, "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, **material}},
        ],
        "textures": [{"source": 0, "sampler": 0}],
        "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}],
        "images": [{"name": "photograph", "bufferView": 4, "mimeType": "image/jpeg"}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(body)}],
    }
    if film:
        x, y, z, half_width, half_height = film
        document["nodes"].append({"name": MASTER_CAMERA, "camera": 0, "translation": [x, y, z]})
        document["scenes"][0]["nodes"].append(1)
        document["cameras"] = [
            {
                "name": MASTER_CAMERA,
                "type": "orthographic",
                "orthographic": {"xmag": half_width, "ymag": half_height, "znear": 0.0, "zfar": 2 * z},
            }
        ]
    head = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    head += b" " * (-len(head) % 4)
    return b"".join(
        (
            struct.pack("<III", GLB_MAGIC, GLB_VERSION, 12 + 8 + len(head) + 8 + len(body)),
            struct.pack("<II", len(head), JSON_CHUNK),
            head,
            struct.pack("<II", len(body), BIN_CHUNK),
            bytes(body),
        )
    )
