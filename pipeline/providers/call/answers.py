"""What comes back, looked at before it is believed: magic bytes, whole pictures, whole GLBs."""

import base64
import binascii
from typing import Any

from pipeline import glb as container
from pipeline import images
from pipeline.errors import BadImage, BadModel, UnusableAnswer
from pipeline.providers.call.connection import Connection

PICTURES = ("image/png", "image/jpeg", "image/webp")


def picture(connection: Connection, data: bytes) -> bytes:
    """The bytes, if they are a whole PNG, JPEG or WebP. Raises UnusableAnswer."""
    kind = images.media_type(data)
    if kind not in PICTURES:
        raise _unusable(connection, f"something that is no picture ({_looks_like(data)})")
    try:
        images.decode(data)
    except BadImage:
        raise _unusable(connection, "a damaged picture") from None
    return data


def glb(connection: Connection, data: bytes) -> bytes:
    """The bytes, if they are a whole binary glTF 2.0 with a mesh. Raises UnusableAnswer."""
    if not data.startswith(container.MAGIC):
        raise _unusable(connection, f"something that is no GLB ({_looks_like(data)})")
    try:
        meshes = container.document(data).get("meshes")
    except BadModel:
        raise _unusable(connection, "a damaged GLB") from None
    if not meshes or not isinstance(meshes, list):
        raise _unusable(connection, "a GLB without a mesh")
    return data


def from_base64(connection: Connection, text: Any) -> bytes:
    """Decode base64, bare or as a data URI. Raises UnusableAnswer."""
    if not isinstance(text, str) or not text:
        raise _unusable(connection, "no picture")
    bare = text.partition(";base64,")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        raise _unusable(connection, "a picture in no readable encoding") from None


def data_uri(data: bytes) -> str:
    """A picture as a data URI, its media type from the magic bytes, in lower case as Ark demands."""
    return f"data:{images.media_type(data)};base64,{base64.b64encode(data).decode()}"


def _unusable(connection: Connection, what: str) -> UnusableAnswer:
    return UnusableAnswer(f"{connection.name} answered with {what}.", provider=connection.provider)


def _looks_like(data: bytes) -> str:
    head = data[:200].lstrip().lower()
    if not data:
        return "nothing at all"
    if head.startswith((b"<!doctype", b"<html")):
        return "a web page"
    if data.startswith(b"Kaydara FBX"):
        return "an FBX file"
    if head.startswith((b"{", b"[")):
        return "JSON"
    return images.media_type(data)
