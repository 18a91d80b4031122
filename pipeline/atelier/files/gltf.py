"""A piece as binary glTF 2.0: metres, y up, centred, named nodes, PBR metals and refracting gems.

Repeated bodies such as chain links are stored once and placed by nodes. Materials follow the Khronos extensions
for transmission, index of refraction, volume and dispersion.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline import glb
from pipeline.atelier.camera import Camera, master_camera, stands
from pipeline.atelier.files.relief import hammered
from pipeline.atelier.files.viewing import CRYSTAL, light_of
from pipeline.atelier.geometry.mesh import Floats, Ints
from pipeline.atelier.geometry.normals import shade_normals
from pipeline.atelier.materials import FINISHES, METALS, SURFACES, Body, Gem, metal_look
from pipeline.atelier.piece import Part, PartRole, Piece, Repeat
from pipeline.atelier.render.scene import MOSAICS, PATTERNS, describe_crystal
from pipeline.glb import MASTER_CAMERA

SMOOTHEST_METAL, SMOOTHEST_GEM = 0.118, 0.06
"""Least roughness a viewer's reflections are told: below it a light of 256 pixels shows its pixels."""
MIRRORED = 0.25
"""Share of a colourless stone that a viewer shows as a mirror. It bends light once and lets it out behind; a cut stone
sends most of it back, and without that a diamond has the colour of its setting."""
RETURNED = {True: 0.33, False: 0.42}
"""Share of the light that a colourless and a coloured stone show on the whole, by their masters: a viewer knows nothing
of the facets that see the dark of the camera."""
PALER = 0.88
"""A master's highlights lose colour, as on film; a viewer has no film, so its metal's channels lie this much closer, as
powers of the strongest."""
FRAUNHOFER = 0.5846
"""Share of the dispersion between the lines B and G (686.7, 430.8 nm), in which gemmology counts, that lies between
C and F (656.3, 486.1 nm), in which glTF counts, after Cauchy's law n = a + b / wavelength squared."""


def to_glb(piece: Piece, *, name: str = "Jewelry", extras: Mapping[str, Any] | None = None) -> bytes:
    """Serialise a piece. ``extras`` must be plain JSON values; it is stored with the asset."""
    return _Writer(piece, name, dict(extras or {})).write()


def positions(piece: Piece, points: Floats) -> Floats:
    """Where points (n, 3) of a piece, mm, stand in its GLB: metres, y up, from the middle."""
    return np.asarray((points - _middle(piece)) @ _Y_UP.T * 1e-3)


def _middle(piece: Piece) -> Floats:
    low = np.min([part.vertices.min(0) for part in piece.parts], axis=0)
    high = np.max([part.vertices.max(0) for part in piece.parts], axis=0)
    return np.asarray((low + high) / 2)


class _Writer:
    """Collects buffers and JSON; used once."""

    def __init__(self, piece: Piece, name: str, extras: dict[str, Any]) -> None:
        self.piece, self.name, self.extras = piece, name, extras
        cuff = any(part.role is PartRole.CUFF for part in piece.parts) and not stands(piece)
        # Brush strokes run around this axis.
        self.stroke_axis = np.array([0.0, 0.0, 1.0] if cuff else [0.0, 1.0, 0.0])
        self.buffer = glb.Buffer()
        self.meshes: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.materials: list[dict[str, Any]] = []
        self.material_index: dict[tuple[str, str], int] = {}
        self.extensions: set[str] = set()
        self.camera: dict[str, Any] = {}
        self.centre = _middle(piece)
        gems = (SURFACES.get(part.material) for part in piece.parts)
        self.has_mosaic = any(gem is not None and PATTERNS[gem.pattern] in MOSAICS for gem in gems)

    def write(self) -> bytes:
        roots = [self._part(part) for part in self.piece.parts]
        roots.append(self._camera(master_camera(self.piece)))
        self.nodes.append({"name": self.name, "children": roots})
        document: dict[str, Any] = {
            "asset": {
                "version": "2.0",
                "generator": "Loupe atelier",
                **({"extras": self.extras} if self.extras else {}),
            },
            "scene": 0,
            "scenes": [{"name": self.name, "nodes": [len(self.nodes) - 1]}],
            "nodes": self.nodes,
            "cameras": [self.camera],
            "meshes": self.meshes,
            "materials": self.materials,
            **self.buffer.described(),
        }
        if self.extensions:
            document["extensionsUsed"] = sorted(self.extensions)
        return glb.pack(document, self.buffer.binary)

    def _part(self, part: Part) -> int:
        crystal = _crystal(part)
        if not part.repeats:
            mesh = self._mesh(part.name, part.vertices - self.centre, part.faces, part)
            return self._node(part.name, mesh, crystal)
        children: list[int] = []
        for repeat in part.repeats:
            mesh = self._mesh(part.name, repeat.vertices, repeat.faces, part)
            children += [
                self._node(f"{part.name} {len(children) + k + 1}", mesh, crystal, pose)
                for k, pose in enumerate(self._poses(repeat))
            ]
        self.nodes.append({"name": part.name, "children": children})
        return len(self.nodes) - 1

    def _poses(self, repeat: Repeat) -> Floats:
        """Poses in glTF's frame: conjugated by the turn from z up to y up, millimetres to metres."""
        turn = np.eye(4)
        turn[:3, :3] = _Y_UP
        poses = repeat.poses.copy()
        poses[:, :3, 3] -= self.centre
        poses = turn @ poses @ turn.T
        poses[:, :3, 3] *= 1e-3
        return np.asarray(poses)

    def _camera(self, camera: Camera) -> int:
        """The camera the master is taken with, so that whoever opens the file can lay one over the other."""
        forward, right, up = camera.frame()
        pose = np.eye(4)
        pose[:3, :3] = _Y_UP @ np.stack([right, up, -forward], axis=1)
        pose[:3, 3] = _Y_UP @ (np.asarray(camera.position) - self.centre) * 1e-3
        self.camera = {
            "type": "perspective", "name": MASTER_CAMERA,
            "perspective": {
                "aspectRatio": 1.0, "yfov": float(np.radians(camera.field_of_view_deg)), "znear": 0.001,
            },
        }  # fmt: skip
        self.nodes.append(
            {
                "name": MASTER_CAMERA,
                "camera": 0,
                "extras": light_of(
                    upright=stands(self.piece),
                    fineness=self.piece.fineness,
                    strokes=_Y_UP @ self.stroke_axis,
                    middle=self.centre.tolist() if self.has_mosaic else None,
                ),
                "translation": [float(x) for x in pose[:3, 3]],
                "rotation": _quaternion(pose[:3, :3]),
            }
        )
        return len(self.nodes) - 1

    def _node(self, name: str, mesh: int, crystal: list[float], pose: Floats | None = None) -> int:
        node: dict[str, Any] = {"name": name, "mesh": mesh}
        if crystal:
            node["extras"] = {CRYSTAL: crystal}
        if pose is not None:
            node["translation"] = [round(float(x), 8) for x in pose[:3, 3]]
            node["rotation"] = _quaternion(pose[:3, :3])
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _mesh(self, name: str, vertices: Floats, faces: Ints, part: Part) -> int:
        turned = vertices @ _Y_UP.T
        # Normals are taken in millimetres: areas in metres are too small for a safe division.
        flat, normals = shade_normals(turned, faces, smooth=part.smooth)
        sound = flat.any(axis=1)
        faces, normals = faces[sound], normals[sound]
        points = (turned * 1e-3).astype(np.float32)
        corners = points[faces]
        finish = FINISHES[part.finish] if part.material in METALS else FINISHES["polished"]
        if finish.relief == "dimples":
            shift = np.zeros(3) if part.repeats else self.centre
            corners, normals = hammered(corners, normals, finish.strength, _Y_UP, shift)
        points, normals, index = _weld(corners.reshape(-1, 3), normals.reshape(-1, 3))
        small = len(points) < 65535
        attributes = {
            "POSITION": self.buffer.accessor(points, "VEC3", bounds=True),
            "NORMAL": self.buffer.accessor(normals, "VEC3"),
        }
        if finish.relief == "strokes":
            attributes["TANGENT"] = self.buffer.accessor(_across(normals, _Y_UP @ self.stroke_axis), "VEC4")
        primitive = {
            "attributes": attributes,
            "indices": self.buffer.accessor(index.astype(np.uint16 if small else np.uint32), "SCALAR"),
            "material": self._material(part),
        }  # fmt: skip
        self.meshes.append({"name": name, "primitives": [primitive]})
        return len(self.meshes) - 1

    def _material(self, part: Part) -> int:
        key = (part.material, part.finish)
        if key not in self.material_index:
            metallic = part.material in METALS
            material = _metal(part, self.piece.fineness) if metallic else _gem(part)
            self.extensions |= set(material.get("extensions", {}))
            self.materials.append(material)
            self.material_index[key] = len(self.materials) - 1
        return self.material_index[key]


def _crystal(part: Part) -> list[float]:
    """How a stone lies whose look depends on it, in the piece's own frame (see `describe_crystal`); else nothing."""
    gem = SURFACES.get(part.material)
    if gem is None or not (gem.pattern or gem.birefringence or gem.across):
        return []
    return [round(float(value), 6) for value in describe_crystal(part).ravel()]


_Y_UP = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])


def _across(normals: Floats, axis: Floats) -> np.ndarray:
    """Tangents (n, 4) across strokes that run around an axis: the direction in which glTF widens a highlight."""
    along = np.cross(normals, axis)
    flat = np.linalg.norm(along, axis=1) < 1e-2
    along[flat] = np.cross(normals[flat], np.roll(axis, 1))
    across = np.cross(normals, along)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    return np.hstack([across, np.ones((len(across), 1))]).astype(np.float32)


def _metal(part: Part, fineness: int | None) -> dict[str, Any]:
    metal, finish = metal_look(part.material, fineness), FINISHES[part.finish]
    # glTF's roughness is the root of the microfacets' alpha. A relief too fine for the mesh widens highlights as well:
    # strokes across them, grain all around.
    most = max(metal.f0)
    along = max(metal.roughness, finish.along, finish.strength if finish.relief == "grain" else 0.0)
    across = max(
        along, float(np.hypot(finish.across, 1.4 * finish.strength)) if finish.relief else finish.across
    )
    extensions: dict[str, Any] = {}
    if finish.relief == "strokes":
        # The extension draws alpha across toward 1 by its strength's square; viewers bend the light they look up only.
        strength = float(np.sqrt((across - along) / 2))
        extensions = {"KHR_materials_anisotropy": {"anisotropyStrength": round(strength, 3)}}
        alpha = along + 0.3 * (across - along)
    else:
        alpha = (along + finish.across) / 2 if finish.relief != "dimples" else along
    return {
        **({"extensions": extensions} if extensions else {}),
        "name": part.material if part.finish == "polished" else f"{part.material} {part.finish}",
        "pbrMetallicRoughness": {
            "baseColorFactor": [*(round(most * (c / most) ** PALER, 4) for c in metal.f0), 1.0],
            "metallicFactor": 1.0,
            "roughnessFactor": round(max(SMOOTHEST_METAL, float(np.sqrt(alpha))), 3),
        },
    }


def _gem(part: Part) -> dict[str, Any]:
    gem = SURFACES[part.material]
    if gem.body is Body.COATED:
        surface = {
            "baseColorFactor": [*gem.albedo, 1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": max(SMOOTHEST_GEM, gem.roughness),
        }
        return {"name": part.material, "pbrMetallicRoughness": surface, "extensions": _coated(gem)}
    size = np.ptp(part.vertices, axis=0) * 1e-3
    if part.repeats:
        size = np.ptp(part.repeats[0].vertices, axis=0) * 1e-3
    extensions: dict[str, Any] = {
        "KHR_materials_transmission": {"transmissionFactor": 1.0},
        "KHR_materials_ior": {"ior": gem.ior},
        "KHR_materials_volume": {
            "thicknessFactor": float(size[2]) / 2,  # the middle of a stone; its rim is thinner still
            # The table's colour is of one stone's width. In a cut stone light goes there and back, in a viewer through.
            "attenuationColor": list(gem.transmission),
            "attenuationDistance": float(size.max()) / 4,
        },
    }
    colourless = gem.transmission == (1.0, 1.0, 1.0)
    if gem.dispersion:
        abbe = (gem.ior - 1) / (gem.dispersion * FRAUNHOFER)
        extensions["KHR_materials_dispersion"] = {"dispersion": round(20 / abbe, 3)}
    return {
        "name": part.material,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*(3 * [RETURNED[colourless]]), 1.0],
            "metallicFactor": MIRRORED if colourless else 0.0,
            "roughnessFactor": 0.0,
        },
        "extensions": extensions,
    }  # fmt: skip


def _coated(gem: Gem) -> dict[str, Any]:
    """Extensions of a body under a polished surface: its index, a second gloss of nacre, colours of thin layers."""
    extensions: dict[str, Any] = {"KHR_materials_ior": {"ior": gem.ior}}
    if gem.pattern in ("pearl", "nacre"):
        extensions["KHR_materials_clearcoat"] = {"clearcoatFactor": 1.0, "clearcoatRoughnessFactor": 0.05}
    if gem.pattern in _LAYERS:
        share, thin, thick = _LAYERS[gem.pattern]
        extensions["KHR_materials_iridescence"] = {
            "iridescenceFactor": share, "iridescenceIor": 1.6,
            "iridescenceThicknessMinimum": thin, "iridescenceThicknessMaximum": thick,
        }  # fmt: skip
    return extensions


_LAYERS = {
    "pearl": (0.25, 300.0, 380.0), "nacre": (0.6, 300.0, 450.0), "opal": (0.9, 250.0, 500.0),
    "glow": (0.5, 180.0, 220.0), "schiller": (1.0, 220.0, 420.0),
}  # fmt: skip
"""Patterns whose colours come from layers: share of the interference seen, thicknesses in nm; by eye."""


_UP = np.array([0.0, 0.0, 1.0], np.float32)


def _weld(points: np.ndarray, normals: Floats) -> tuple[np.ndarray, np.ndarray, Ints]:
    """Share corners that agree in place and normal."""
    rounded_normals = np.round(normals, 4)
    keys = np.ascontiguousarray(np.hstack([points, rounded_normals.astype(np.float32)]) + np.float32(0))
    first, index = _distinct(keys)
    unit_normals = normals[first].astype(np.float32)
    length = np.linalg.norm(unit_normals, axis=1, keepdims=True)
    # A face without area faces nowhere: it is left out, and no reader is given a direction that is no number.
    unit_normals = np.where(length > 0, unit_normals / np.where(length > 0, length, 1), _UP)
    triangles = index.reshape(-1, 3)
    # Two corners may fall together in single precision; such a triangle covers nothing.
    distinct = (triangles != np.roll(triangles, 1, 1)).all(1) & (length[triangles, 0] > 0).all(1)
    return points[first], unit_normals, triangles[distinct].ravel().astype(np.int32)


def _distinct(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first of each kind of row (n, even) float32, none of them -0 or NaN, in their order; of which kind each is.

    As `np.unique` of rows, whose comparison of records takes several times as long as sorting whole numbers.
    """
    bits = rows.view(np.uint32)
    # Positive numbers sort as their bits do; of negative ones all bits are turned round.
    bits = bits ^ np.where(bits >> 31, np.uint32(0xFFFFFFFF), np.uint32(0x80000000))
    pairs = bits[:, ::2].astype(np.uint64) << np.uint64(32) | bits[:, 1::2]
    order = np.lexsort(pairs.T[::-1])
    changes = np.ones(len(order), bool)
    changes[1:] = (pairs[order[1:]] != pairs[order[:-1]]).any(axis=1)
    index = np.empty(len(order), np.intp)
    index[order] = np.cumsum(changes) - 1
    return order[changes], index


def _quaternion(rotation: Floats) -> list[float]:
    """Unit quaternion (x, y, z, w) of a rotation matrix."""
    from scipy.spatial.transform import Rotation

    return [float(x) for x in Rotation.from_matrix(rotation).as_quat()]
