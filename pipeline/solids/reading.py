"""A GLB as one triangle soup with materials (Khronos glTF 2.0). What cannot be read is said in one sentence."""

import base64
import binascii
import io
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline import glb
from pipeline.errors import BadModel
from pipeline.solids.camera import Array, Camera

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

MAX_TRIANGLES = 3_000_000
MAX_CORNERS = 9_000_000
MAX_NODES = 20_000
MAX_PLACED = 20_000
"""Meshes placed, each of their primitives counted: the finest chain of the atelier places 2,000."""
MAX_DEPTH = 64
MAX_TEXTURE_PIXELS = 70_000_000
"""Of all textures together."""
_COMPRESSED = {"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression"}
_TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
UNREADABLE = (
    struct.error,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    binascii.Error,
)


@dataclass(frozen=True)
class Surface:
    """A metallic-roughness material: linear colour, factors 0..1, texture uint8 sRGB (h, w, 3)."""

    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    metallic: float = 1.0
    roughness: float = 1.0
    texture: NDArray[np.uint8] | None = None
    transmission: float = 0.0
    ior: float = 1.5


@dataclass(frozen=True)
class Solid:
    """Every placed triangle of a GLB's scene, in metres, y up.

    `points` (n, 3), `normals` (n, 3) of unit length, `uvs` (n, 2), `faces` (m, 3) into them, `surface_of` (m,) into
    `surfaces`. `camera` is the one named `master`, where there is one.
    """

    points: Floats
    normals: Floats
    uvs: Floats
    faces: Ints
    surface_of: NDArray[np.int16]
    surfaces: tuple[Surface, ...]
    camera: Camera | None = None


def read(data: bytes) -> Solid:
    """Read the default scene of a GLB. Raises BadModel where it is broken, compressed, or without a triangle."""
    tree, binary = glb.unpack(data)
    packed = [name for name in sorted(_COMPRESSED) if name in str(tree.get("extensionsRequired", ""))]
    if packed:
        raise BadModel(
            f"This GLB is compressed ({', '.join(packed)}); export it again without mesh compression."
        )
    try:
        return Reader(tree, binary).solid()
    except UNREADABLE as error:
        raise BadModel(glb.CONTRADICTS) from error


class Reader:
    """One file under reading. Its methods raise BadModel, and UNREADABLE where the file contradicts itself.

    Every node is visited once and every texture decoded once: time and memory follow the file, not what it refers to.
    """

    def __init__(self, tree: dict[str, Any], binary: memoryview) -> None:
        self.tree = tree
        self.binary = binary
        self.buffers: dict[int, memoryview] = {}
        self.textures: dict[int, NDArray[np.uint8] | None] = {}
        self.texture_pixels = 0
        self.points: list[Array] = []
        self.normals: list[Array] = []
        self.uvs: list[NDArray[Any]] = []
        self.faces: list[NDArray[Any]] = []
        self.owners: list[NDArray[np.int16]] = []
        self.corners = self.triangles = self.offset = 0
        self.camera: Camera | None = None

    def solid(self) -> Solid:
        """The whole scene in one piece."""
        for _, mesh, pose in self.placed_meshes():
            for primitive in self.tree["meshes"][mesh]["primitives"]:
                self._add(primitive, pose)
        if not self.triangles:
            raise BadModel("This GLB holds no mesh; export it again with the piece in the scene.")
        surfaces = tuple(self.surface(row) for row in self.tree.get("materials", []))
        points = np.concatenate(self.points)
        if not np.isfinite(points).all():
            raise BadModel("This GLB has places that are no numbers; export it again.")
        return Solid(
            points.astype(np.float32),
            np.concatenate(self.normals).astype(np.float32),
            np.concatenate(self.uvs).astype(np.float32),
            np.concatenate(self.faces).astype(np.int32),
            np.concatenate(self.owners),
            (*surfaces, Surface()),
            self.camera,
        )

    def placed_meshes(self) -> Iterator[tuple[str, int, Array]]:
        """Every mesh of the default scene as it is placed: the node's name, the mesh's index, its pose (4, 4)."""
        scenes = self.tree.get("scenes") or [{"nodes": list(range(len(self.tree.get("nodes", []))))}]
        roots = scenes[self.tree.get("scene", 0)].get("nodes", [])
        waiting = [(index, np.eye(4), 0) for index in reversed(roots[: MAX_NODES + 1])]
        visited: set[int] = set()
        placed = 0
        while waiting:
            index, above, depth = waiting.pop()
            # Nodes form trees (glTF 2.0, 3.5.2): one that is reached twice would multiply, or never end.
            if index in visited or depth > MAX_DEPTH:
                raise BadModel("This GLB nests its nodes without end, or uses one twice; export it again.")
            visited.add(index)
            node = self.tree["nodes"][index]
            pose = above @ _pose(node)
            if "mesh" in node:
                placed += max(1, len(self.tree["meshes"][node["mesh"]]["primitives"]))
                if placed > MAX_PLACED:
                    raise BadModel(f"This GLB places more than {MAX_PLACED:,} bodies; join them first.")
                yield str(node.get("name", "")), node["mesh"], pose
            if "camera" in node and node.get("name") == glb.MASTER_CAMERA:
                self.camera = _camera(self.tree["cameras"][node["camera"]], pose)
            children = node.get("children", [])
            if len(visited) + len(waiting) + len(children) > MAX_NODES:
                raise BadModel(f"This GLB has more than {MAX_NODES:,} nodes; join its bodies first.")
            waiting += [(child, pose, depth + 1) for child in reversed(children)]

    def shape(self, primitive: dict[str, Any]) -> tuple[Array, Array, Array, NDArray[np.int64]] | None:
        """Points, unit normals, uvs and faces of a primitive in its own frame; None where it is no surface."""
        given = primitive["attributes"]
        mode = primitive.get("mode", 4)
        if mode not in {4, 5, 6} or "POSITION" not in given:
            return None
        corners = self._accessor(given["POSITION"])
        self.corners += len(corners)
        if self.corners > MAX_CORNERS:
            raise BadModel(f"This GLB has more than {MAX_CORNERS:,} corners; simplify it first.")
        points = corners.astype(np.float64)
        order = (
            self._accessor(primitive["indices"]).ravel().astype(np.int64)
            if "indices" in primitive
            else np.arange(len(points))
        )
        faces = _triangles(order, mode)
        self.triangles += len(faces)
        if self.triangles > MAX_TRIANGLES:
            raise BadModel(f"This GLB places more than {MAX_TRIANGLES:,} triangles; simplify it first.")
        if len(faces) and (faces.max() >= len(points) or faces.min() < 0):
            raise BadModel("This GLB names corners it does not have; export it again.")
        normals = (
            self._accessor(given["NORMAL"]).astype(np.float64)
            if "NORMAL" in given
            else _smooth(points, faces)
        )
        uvs = self._accessor(given["TEXCOORD_0"]) if "TEXCOORD_0" in given else np.zeros((len(points), 2))
        if not len(points) == len(normals) == len(uvs):
            raise BadModel("This GLB's corners do not match; export it again.")
        return points, normals, uvs.astype(np.float64), faces

    def _add(self, primitive: dict[str, Any], pose: Array) -> None:
        shape = self.shape(primitive)
        if shape is None:
            return
        points, normals, uvs, faces = shape
        if np.linalg.det(pose[:3, :3]) < 0:
            faces = faces[:, ::-1]
        normals = normals @ np.linalg.pinv(pose[:3, :3])
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        self.points.append(points @ pose[:3, :3].T + pose[:3, 3])
        self.normals.append(normals / np.maximum(length, 1e-12))
        self.uvs.append(uvs)
        self.faces.append(faces + self.offset)
        owner = primitive.get("material", len(self.tree.get("materials", [])))
        self.owners.append(np.full(len(faces), owner, np.int16))
        self.offset += len(points)

    def _accessor(self, index: int) -> NDArray[Any]:
        row = self.tree["accessors"][index]
        if "sparse" in row or "bufferView" not in row:
            raise BadModel("This GLB stores its mesh sparsely, which Loupe does not read; export it again.")
        kind, width, count = np.dtype(_TYPES[row["componentType"]]), _WIDTHS[row["type"]], int(row["count"])
        view = self._view(row["bufferView"])
        stride = self.tree["bufferViews"][row["bufferView"]].get("byteStride", kind.itemsize * width)
        start = row.get("byteOffset", 0)
        if stride < kind.itemsize * width or start < 0:
            raise BadModel(glb.CONTRADICTS)
        if count < 1 or start + stride * (count - 1) + kind.itemsize * width > len(view):
            raise BadModel("This GLB is cut off: a mesh ends outside the file; export it again.")
        table: NDArray[Any] = np.ndarray(
            (count, width), kind.newbyteorder("<"), view, start, (stride, kind.itemsize)
        )
        if row.get("normalized") and kind.kind in "iu":
            full = 2 ** (8 * kind.itemsize - (kind.kind == "i")) - 1
            return np.asarray(np.maximum(table / full, -1.0))
        return table

    def _buffer(self, index: int) -> memoryview:
        if index not in self.buffers:
            source = self.tree["buffers"][index]
            self.buffers[index] = memoryview(_data_uri(source["uri"])) if "uri" in source else self.binary
        return self.buffers[index]

    def _view(self, index: int) -> memoryview:
        row = self.tree["bufferViews"][index]
        whole = self._buffer(row["buffer"])
        start = row.get("byteOffset", 0)
        part = whole[start : start + row["byteLength"]]
        if start < 0 or len(part) != row["byteLength"]:
            raise BadModel("This GLB is cut off: a buffer ends outside the file; export it again.")
        return part

    def surface(self, row: dict[str, Any]) -> Surface:
        """A row of the materials."""
        base = row.get("pbrMetallicRoughness", {})
        more = row.get("extensions", {})
        colour = [float(c) for c in base.get("baseColorFactor", (1, 1, 1, 1))]
        transmission = float(more.get("KHR_materials_transmission", {}).get("transmissionFactor", 0.0))
        volume = more.get("KHR_materials_volume", {})
        if transmission and "attenuationColor" in volume:
            colour = [c * float(a) for c, a in zip(colour, volume["attenuationColor"], strict=False)]
        texture = base.get("baseColorTexture")
        return Surface(
            (colour[0], colour[1], colour[2]),
            float(base.get("metallicFactor", 1.0)),
            float(base.get("roughnessFactor", 1.0)),
            self._texture(texture["index"]) if texture else None,
            transmission,
            float(more.get("KHR_materials_ior", {}).get("ior", 1.5)),
        )

    def picture(self, index: int) -> bytes | None:
        """The encoded picture of a texture, where it is one of the usual formats."""
        texture = self.tree["textures"][index]
        source = texture.get(
            "source", texture.get("extensions", {}).get("EXT_texture_webp", {}).get("source")
        )
        if source is None:
            return None
        row = self.tree["images"][source]
        return _data_uri(row["uri"]) if "uri" in row else bytes(self._view(row["bufferView"]))

    def _texture(self, index: int) -> NDArray[np.uint8] | None:
        if index not in self.textures:
            data = self.picture(index)
            self.textures[index] = None if data is None else self._decoded(data)
        return self.textures[index]

    def _decoded(self, data: bytes) -> NDArray[np.uint8]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
                self.texture_pixels += picture.width * picture.height
                if self.texture_pixels > MAX_TEXTURE_PIXELS:
                    raise BadModel("The textures of this GLB are far too large; export it with smaller ones.")
                return np.asarray(picture.convert("RGB"))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise BadModel("A texture of this GLB cannot be read; export it with PNG or JPEG.") from error


def _data_uri(uri: str) -> bytes:
    head, _, body = uri.partition(",")
    if not head.startswith("data:") or not head.endswith(";base64"):
        raise BadModel("This GLB refers to files outside itself; export it with everything inside.")
    return base64.b64decode(body, validate=True)


def _pose(node: dict[str, Any]) -> Array:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    pose = np.eye(4)
    x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)
    pose[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    pose[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), np.float64)
    pose[:3, 3] = node.get("translation", (0, 0, 0))
    return pose


def _camera(row: dict[str, Any], pose: Array) -> Camera:
    """The square film that holds the camera's whole picture."""
    axes = pose[:3, :3].T / np.maximum(np.linalg.norm(pose[:3, :3], axis=0)[:, None], 1e-12)
    if row["type"] == "orthographic":
        film = row["orthographic"]
        return Camera(pose[:3, 3], axes, float(max(film["xmag"], film["ymag"])), parallel=True)
    lens = row["perspective"]
    wide = max(1.0, float(lens.get("aspectRatio", 1.0)))
    return Camera(pose[:3, 3], axes, float(np.tan(lens["yfov"] / 2)) * wide)


def _triangles(order: NDArray[np.int64], mode: int) -> NDArray[np.int64]:
    if mode == 4:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    if mode == 5:
        strip = np.stack([order[:-2], order[1:-1], order[2:]], axis=1)
        strip[1::2] = strip[1::2, ::-1]
        return strip
    fan = np.stack([order[1:-1], order[2:]], axis=1)
    return np.insert(fan, 0, order[0], axis=1)


def _smooth(points: Array, faces: NDArray[np.int64]) -> Array:
    a, b, c = (points[faces[:, k]] for k in range(3))
    area = np.cross(b - a, c - a)
    mean = [np.bincount(faces.ravel(), np.repeat(area[:, k], 3), len(points)) for k in range(3)]
    return np.stack(mean, axis=1)


def names(tree: dict[str, Any]) -> Iterator[str]:
    """Every text a glTF document holds outside of its data addresses, however deep."""
    waiting: list[Any] = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and not value.startswith("data:"):
            yield value
