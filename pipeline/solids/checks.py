"""A stranger's GLB, looked at before it is kept or shown: whole, all inside itself, of sane size, no markup in it."""

import re

from pipeline import glb
from pipeline.errors import BadModel
from pipeline.solids.reading import Solid, names, read

MAX_BYTES = 60_000_000
"""What a phone can still show; the app itself makes models below 8 MB."""
_OTHERS = (
    (b"Kaydara FBX Binary", "an FBX file"),
    (b"PK\x03\x04", "a ZIP or USDZ file"),
    (b"solid ", "an STL file"),
    (b"ply", "a PLY file"),
    (b"{", "a glTF text file, which keeps its mesh elsewhere"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_MARKUP = re.compile(
    r"<\s*[a-z!/?]|javascript\s*:|[\x22\x27`]\s*on[a-z]+\s*=|&#|[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]",
    re.IGNORECASE,
)
_BASIS = "KHR_texture_basisu"


def too_large(data: bytes) -> BadModel:
    """The sentence for a file beyond MAX_BYTES."""
    return BadModel(
        f"This file has {len(data) / 1e6:,.0f} MB; Loupe takes models up to {MAX_BYTES // 1_000_000} MB, "
        "so simplify the mesh or its textures."
    )


def checked(data: bytes) -> Solid:
    """The solid a GLB holds, once nothing speaks against it. Raises BadModel with one sentence."""
    if not data:
        raise BadModel("This file is empty; choose a binary glTF (.glb).")
    if len(data) > MAX_BYTES:
        raise too_large(data)
    if not data.startswith(glb.MAGIC):
        kind = next((name for magic, name in _OTHERS if data.startswith(magic)), "no GLB")
        raise BadModel(f"This is {kind}; export the piece as binary glTF (.glb).")
    tree = glb.document(data)
    if fault := glb.fault(data):
        raise BadModel(f"This GLB is not used: {fault}; export it again with everything inside.")
    if any(_MARKUP.search(text) for text in names(tree)):
        raise BadModel(
            "This GLB carries script or markup in its names; rename its parts and export it again."
        )
    if _BASIS in str(tree.get("extensionsRequired", "")):
        raise BadModel("This GLB's textures are in Basis format; export it with PNG or JPEG textures.")
    solid = read(data)
    if not (solid.points.max(axis=0) - solid.points.min(axis=0)).any():
        raise BadModel("This GLB's mesh is a single point; export it again.")
    return solid
