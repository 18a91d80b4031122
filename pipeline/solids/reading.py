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
MAX_TEXTURE_PIXELS = 70_000_000
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
    tree = glb.document(data)
    packed = _COMPRESSED & set(tree.get("extensionsRequired", ()))
    if packed:
        raise BadModel(
            f"This GLB is compressed ({', '.join(sorted(packed))}); export it again without mesh compression."
        )
    try:
        return Reader(data, tree).solid()
    except BadModel:
        raise
    except UNREADABLE as error:
        raise BadModel("This GLB contradicts itself; export it again as binary glTF 2.0.") from error


class Reader:
    """One file under reading. Its methods raise BadModel, and UNREADABLE where the file contradicts itself."""

    def __init__(self, data: bytes, tree: dict[str, Any]) -> None:
        self.tree = tree
        self.binary = _binary_chunk(data)
        self.points: list[Array] = []
        self.normals: list[Array] = []
        self.uvs: list[NDArray[Any]] = []
        self.faces: list[NDArray[Any]] = []
        self.owners: list[NDArray[np.int16]] = []
        self.count = self.triangles = 0
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
        for root in scenes[self.tree.get("scene", 0)].get("nodes", []):
            yield from self._visit(root, np.eye(4), 0)

    def _visit(self, index: int, above: Array, depth: int) -> Iterator[tuple[str, int, Array]]:
        if depth > 64:
            raise BadModel("This GLB nests its nodes without end; export it again.")
        node = self.tree["nodes"][index]
        pose = above @ _pose(node)
        if "mesh" in node:
            yield str(node.get("name", "")), node["mesh"], pose
        if "camera" in node and node.get("name") == glb.MASTER_CAMERA:
            self.camera = _camera(self.tree["cameras"][node["camera"]], pose)
        for child in node.get("children", []):
            yield from self._visit(child, pose, depth + 1)

    def shape(self, primitive: dict[str, Any]) -> tuple[Array, Array, Array, NDArray[np.int64]] | None:
        """Points, unit normals, uvs and faces of a primitive in its own frame; None where it is no surface."""
        given = primitive["attributes"]
        mode = primitive.get("mode", 4)
        if mode not in {4, 5, 6} or "POSITION" not in given:
            return None
        points = self._accessor(given["POSITION"]).astype(np.float64)
        order = (
            self._accessor(primitive["indices"]).ravel().astype(np.int64)
            if "indices" in primitive
            else np.arange(len(points))
        )
        faces = _triangles(order, mode)
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
        self.triangles += len(faces)
        if self.triangles > MAX_TRIANGLES:
            raise BadModel(f"This GLB places more than {MAX_TRIANGLES:,} triangles; simplify it first.")
        if np.linalg.det(pose[:3, :3]) < 0:
            faces = faces[:, ::-1]
        normals = normals @ np.linalg.pinv(pose[:3, :3])
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        self.points.append(points @ pose[:3, :3].T + pose[:3, 3])
        self.normals.append(normals / np.maximum(length, 1e-12))
        self.uvs.append(uvs)
        self.faces.append(faces + self.count)
        owner = primitive.get("material", len(self.tree.get("materials", [])))
        self.owners.append(np.full(len(faces), owner, np.int16))
        self.count += len(points)

    def _accessor(self, index: int) -> NDArray[Any]:
        row = self.tree["accessors"][index]
        if "sparse" in row or "bufferView" not in row:
            raise BadModel("This GLB stores its mesh sparsely, which Loupe does not read; export it again.")
        kind, width, count = np.dtype(_TYPES[row["componentType"]]), _WIDTHS[row["type"]], int(row["count"])
        view = self._view(row["bufferView"])
        stride = self.tree["bufferViews"][row["bufferView"]].get("byteStride", kind.itemsize * width)
        start = row.get("byteOffset", 0)
        if count < 1 or start + stride * (count - 1) + kind.itemsize * width > len(view):
            raise BadModel("This GLB is cut off: a mesh ends outside the file; export it again.")
        found: NDArray[Any] = np.ndarray(
            (count, width), kind.newbyteorder("<"), view, start, (stride, kind.itemsize)
        )
        if row.get("normalized") and kind.kind in "iu":
            full = 2 ** (8 * kind.itemsize - (kind.kind == "i")) - 1
            return np.asarray(np.maximum(found / full, -1.0))
        return found

    def _view(self, index: int) -> bytes:
        row = self.tree["bufferViews"][index]
        source = self.tree["buffers"][row["buffer"]]
        whole = _data_uri(source["uri"]) if "uri" in source else self.binary
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
        return _data_uri(row["uri"]) if "uri" in row else self._view(row["bufferView"])

    def _texture(self, index: int) -> NDArray[np.uint8] | None:
        data = self.picture(index)
        if data is None:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
                if picture.width * picture.height > MAX_TEXTURE_PIXELS:
                    raise BadModel("A texture of this GLB is far too large; export it with smaller ones.")
                return np.asarray(picture.convert("RGB"))
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise BadModel("A texture of this GLB cannot be read; export it with PNG or JPEG.") from error


def _binary_chunk(data: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", data, 12)
    start = 20 + size
    if len(data) < start + 8:
        return b""
    length, kind = struct.unpack_from("<I4s", data, start)
    return data[start + 8 : start + 8 + length] if kind == b"BIN\0" else b""


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
        told = row["orthographic"]
        return Camera(pose[:3, 3], axes, float(max(told["xmag"], told["ymag"])), parallel=True)
    told = row["perspective"]
    wide = max(1.0, float(told.get("aspectRatio", 1.0)))
    return Camera(pose[:3, 3], axes, float(np.tan(told["yfov"] / 2)) * wide)


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
    """Every text a glTF document holds outside of its data addresses."""
    for key, value in tree.items():
        yield key
        rows = value if isinstance(value, list) else [value]
        for row in rows:
            if isinstance(row, dict):
                yield from names(row)
            elif isinstance(row, str) and not row.startswith("data:"):
                yield row
