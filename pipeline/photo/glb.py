"""Packing one textured mesh as binary glTF 2.0."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import glb
from pipeline.glb import MASTER_CAMERA

_FLOAT = 5126
"""glTF's word for four-byte floating-point numbers."""

Points = NDArray[np.float32]
Indices = NDArray[np.uint32]


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
    buffer = glb.Buffer()
    attributes = {
        "POSITION": buffer.accessor(positions, "VEC3", bounds=True),
        "NORMAL": buffer.accessor(normals, "VEC3"),
        "TEXCOORD_0": buffer.accessor(uvs, "VEC2"),
    }
    indices = buffer.accessor(triangles.reshape(-1), "SCALAR")
    picture = buffer.view(texture_jpeg)
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
                "primitives": [{"attributes": attributes, "indices": indices, "material": 0}],
            }
        ],
        "materials": [
            {"name": name, "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, **material}},
        ],
        "textures": [{"source": 0, "sampler": 0}],
        "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}],
        "images": [{"name": "photograph", "bufferView": picture, "mimeType": "image/jpeg"}],
        **buffer.described(),
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
    return glb.pack(document, buffer.binary)


def to_scale(data: bytes, width_m: float) -> bytes:
    """A relief brought to the size at which the picture it was read from is `width_m` metres wide.

    A GLB without the master's parallel camera, or with positions packed in another way than `pack` does, stays as it
    is. Raises BadModel.
    """
    tree, binary = glb.unpack(data)
    named = [c for c in tree.get("cameras", []) if c.get("name") == MASTER_CAMERA]
    camera: dict[str, float] = named[0].get("orthographic", {}) if named else {}
    if not camera or not width_m > 0:
        return data
    factor = width_m / (2 * camera["xmag"])
    filled = bytearray(binary)
    positions = {p["attributes"]["POSITION"] for mesh in tree["meshes"] for p in mesh["primitives"]}
    if not all(_scale_points(tree, filled, index, factor) for index in positions):
        return data
    for node in tree["nodes"]:
        if "translation" in node:
            node["translation"] = [factor * step for step in node["translation"]]
    camera.update({name: factor * camera[name] for name in ("xmag", "ymag", "znear", "zfar")})
    return glb.pack(tree, filled)


def _scale_points(tree: Mapping[str, Any], filled: bytearray, index: int, factor: float) -> bool:
    """Scale the positions of an accessor in the buffer itself; False where they are packed in another way."""
    accessor = tree["accessors"][index]
    view = tree["bufferViews"][accessor["bufferView"]]
    if accessor["componentType"] != _FLOAT or view.get("byteStride", 12) != 12:
        return False
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    points = np.frombuffer(filled, "<f4", 3 * accessor["count"], start)
    points *= np.float32(factor)
    corners = points.reshape(-1, 3)
    accessor["min"], accessor["max"] = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return True
