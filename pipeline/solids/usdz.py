"""A GLB as USDZ, which iPhones and iPads put into the room: USD as text and its textures in a ZIP that is only stored.

https://openusd.org/release/spec_usdz.html: every file begins at a multiple of 64 bytes. Millimetres, y up; meshes that
are placed often, such as chain links, are written once. Clear stones become tinted glass: that is all a preview
surface knows.
"""

import io
import re
import struct
import zipfile
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import glb
from pipeline.errors import BadModel
from pipeline.solids.reading import UNREADABLE, Reader

MEDIA_TYPE = "model/vnd.usdz+zip"
ALIGNMENT = 64
_PADDING = 0x1986
"""Id of the ZIP extra field that fills up to the alignment."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MILLIMETRES = 1000.0
_CLEAR = 0.45
"""Opacity of a wholly transmitting stone: less, and a ruby would look like water."""


def to_usdz(data: bytes) -> bytes:
    """Write the default scene of a GLB as USDZ. The same bytes for the same GLB. Raises BadModel."""
    tree, binary = glb.unpack(data)
    try:
        writer = _Writer(Reader(tree, binary), tree)
        files = [("model.usda", writer.text().encode()), *writer.pictures.items()]
    except UNREADABLE as error:
        raise BadModel(glb.CONTRADICTS) from error
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            start = out.tell() + 30 + len(name) + 4
            padding = -start % ALIGNMENT
            info.extra = struct.pack("<HH", _PADDING, padding) + bytes(padding)
            archive.writestr(info, content)
    return out.getvalue()


class _Writer:
    """Collects the text; used once."""

    def __init__(self, reader: Reader, tree: dict[str, Any]) -> None:
        self.reader, self.tree = reader, tree
        self.pictures: dict[str, bytes] = {}
        self.names: Counter[str] = Counter()
        self.placed = list(reader.placed_meshes())
        self.often = {
            mesh for mesh, count in Counter(mesh for _, mesh, _ in self.placed).items() if count > 1
        }

    def text(self) -> str:
        """The whole layer."""
        materials = "".join(self._material(n, row) for n, row in enumerate(self.tree.get("materials", [])))
        shared = "".join(
            f'    def Xform "Shared_{mesh}"\n    {{\n{self._shapes(mesh)}    }}\n'
            for mesh in sorted(self.often)
        )
        nodes = "".join(self._node(name, mesh, pose) for name, mesh, pose in self.placed)
        return (
            '#usda 1.0\n(\n    defaultPrim = "Jewelry"\n    metersPerUnit = 0.001\n    upAxis = "Y"\n)\n\n'
            'def Xform "Jewelry" (\n    assetInfo = { string name = "Jewelry" }\n    kind = "component"\n)\n{\n'
            f'    def Scope "Materials"\n    {{\n{materials}    }}\n{nodes}}}\n'
            + (f'\nclass Scope "Prototypes"\n{{\n{shared}}}\n' if shared else "")
        )

    def _node(self, name: str, mesh: int, pose: NDArray[np.float64]) -> str:
        placed = pose.copy()
        placed[:3, 3] *= _MILLIMETRES
        rows = ", ".join(f"({', '.join(f'{v:.9g}' for v in row)})" for row in placed.T)
        head = f'    def Xform "{self._name(name)}"'
        body = self._shapes(mesh)
        binding = ""
        if mesh in self.often:
            head += f" (\n        instanceable = true\n        prepend references = </Prototypes/Shared_{mesh}>\n    )"
            body = ""
            head = head.replace(" (\n", ' (\n        prepend apiSchemas = ["MaterialBindingAPI"]\n')
            # A reference maps no path that leads out of it: what is shared takes its material from where it stands.
            binding = (
                f"        rel material:binding = {self._bound(self.tree['meshes'][mesh]['primitives'][0])}\n"
            )
        return (
            f"{head}\n    {{\n        matrix4d xformOp:transform = ( {rows} )\n"
            f'        uniform token[] xformOpOrder = ["xformOp:transform"]\n{binding}{body}    }}\n'
        )

    def _shapes(self, mesh: int) -> str:
        primitives = self.tree["meshes"][mesh]["primitives"]
        return "".join(self._shape(n, row, bound=mesh not in self.often) for n, row in enumerate(primitives))

    def _shape(self, number: int, primitive: dict[str, Any], *, bound: bool) -> str:
        shape = self.reader.shape(primitive)
        if shape is None:
            return ""
        points, normals, uvs, faces = shape
        points = points * _MILLIMETRES
        low, high = points.min(axis=0), points.max(axis=0)
        fields = [
            f"float3[] extent = [{_tuple(low)}, {_tuple(high)}]",
            f"int[] faceVertexCounts = [{', '.join(['3'] * len(faces))}]",
            f"int[] faceVertexIndices = [{', '.join(map(str, faces.ravel().tolist()))}]",
            f"point3f[] points = [{_tuples(points)}]",
            f'normal3f[] normals = [{_tuples(normals)}] (\n                interpolation = "vertex"\n            )',
            'uniform token subdivisionScheme = "none"',
        ]
        if uvs.any():
            flipped = uvs * [1, -1] + [0, 1]
            fields.append(
                f"texCoord2f[] primvars:st = [{_tuples(flipped, 5)}] (\n"
                '                interpolation = "vertex"\n            )'
            )
        head = f'        def Mesh "Shape_{number}"'
        if bound:
            head += ' (\n            prepend apiSchemas = ["MaterialBindingAPI"]\n        )'
            fields.append(f"rel material:binding = {self._bound(primitive)}")
        lines = "".join(f"            {line}\n" for line in fields)
        return f"{head}\n        {{\n{lines}        }}\n"

    def _bound(self, primitive: dict[str, Any]) -> str:
        return f"</Jewelry/Materials/Material_{primitive.get('material', 0)}>"

    def _material(self, number: int, row: dict[str, Any]) -> str:
        surface = self.reader.surface(row)
        path = f"/Jewelry/Materials/Material_{number}"
        picture = self._picture(row)
        colour = (
            f"color3f inputs:diffuseColor.connect = <{path}/Picture.outputs:rgb>"
            if picture
            else f"color3f inputs:diffuseColor = {_tuple(np.array(surface.colour), 4)}"
        )
        inputs = [
            colour,
            f"float inputs:metallic = {surface.metallic:.3g}",
            f"float inputs:roughness = {surface.roughness:.3g}",
            f"float inputs:ior = {surface.ior:.4g}",
            f"float inputs:opacity = {1 - (1 - _CLEAR) * surface.transmission:.3g}",
        ]
        lines = "".join(f"                {line}\n" for line in inputs)
        return (
            f'        def Material "Material_{number}"\n        {{\n'
            f"            token outputs:surface.connect = <{path}/Surface.outputs:surface>\n"
            '            def Shader "Surface"\n            {\n'
            f'                uniform token info:id = "UsdPreviewSurface"\n{lines}'
            "                token outputs:surface\n            }\n"
            f"{_reader_of(path, picture) if picture else ''}        }}\n"
        )

    def _picture(self, row: dict[str, Any]) -> str:
        texture = row.get("pbrMetallicRoughness", {}).get("baseColorTexture")
        if not texture:
            return ""
        content = self.reader.picture(texture["index"])
        if content is None:
            return ""
        kind = "png" if content[1:4] == b"PNG" else "jpg"
        name = f"textures/picture_{texture['index']}.{kind}"
        self.pictures[name] = content
        return name

    def _name(self, name: str) -> str:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII) or "Part"
        plain = plain if not plain[0].isdigit() else f"_{plain}"
        self.names[plain] += 1
        return plain if self.names[plain] == 1 else f"{plain}__{self.names[plain]}"


def _reader_of(path: str, picture: str) -> str:
    return (
        '            def Shader "Picture"\n            {\n'
        '                uniform token info:id = "UsdUVTexture"\n'
        f"                asset inputs:file = @{picture}@\n"
        f"                float2 inputs:st.connect = <{path}/Place.outputs:result>\n"
        '                token inputs:sourceColorSpace = "sRGB"\n'
        '                token inputs:wrapS = "clamp"\n                token inputs:wrapT = "clamp"\n'
        "                float3 outputs:rgb\n            }\n"
        '            def Shader "Place"\n            {\n'
        '                uniform token info:id = "UsdPrimvarReader_float2"\n'
        '                string inputs:varname = "st"\n                float2 outputs:result\n            }\n'
    )


def _tuple(values: NDArray[np.floating], digits: int = 3) -> str:
    return f"({', '.join(f'{v:.{digits}f}' for v in values)})"


def _tuples(rows: NDArray[np.floating], digits: int = 3) -> str:
    """Rows of numbers as USD writes them. A thousandth of a millimetre, or of a unit normal, is fine enough."""
    line = f"({', '.join([f'%.{digits}f'] * rows.shape[1])})"
    return ", ".join([line] * len(rows)) % tuple(rows.ravel().tolist())
