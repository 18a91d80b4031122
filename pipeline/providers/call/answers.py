"""What comes back, looked at before it is believed: magic bytes, whole pictures, whole GLBs.

What does not pass is not thrown away: it was paid for, and goes along with the error.
"""

import base64
import binascii
import json
import struct
from typing import Any

from pipeline import glb as container
from pipeline import images
from pipeline.errors import BadImage, BadModel, Moderated, UnusableAnswer
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import WORDS, UncheckedAnswer
from pipeline.providers.call.http import File

MOST_TEXT_BYTES = 200_000
"""Of a reading; a whole piece takes three thousand."""
PICTURES = ("image/png", "image/jpeg", "image/webp")
_OTHER_KINDS = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"Kaydara FBX", b"PK\x03\x04", b"#usda", b"solid ")
"""How GIF, BMP, TIFF, FBX, zipped (USDZ, OBJ), USD and STL files begin."""


def picture(connection: Connection, data: bytes) -> bytes:
    """The bytes, if they are a whole PNG, JPEG or WebP. Raises UnusableAnswer."""
    kind = images.media_type(data)
    if kind not in PICTURES:
        raise _unchecked(connection, data, f"something that is no picture ({_looks_like(data)})")
    try:
        images.decode(data)
    except BadImage:
        raise _unchecked(connection, data, "a damaged picture") from None
    return data


def glb(connection: Connection, data: bytes) -> bytes:
    """The bytes, if they are a whole binary glTF 2.0 with a mesh, without what trails it. Raises UnusableAnswer."""
    if not data.startswith(container.MAGIC) or len(data) < 12:
        raise _unchecked(connection, data, f"something that is no GLB ({_looks_like(data)})")
    (length,) = struct.unpack_from("<I", data, 8)  # the whole file's, by its own header (glTF 2.0, 4.4.2)
    whole = data[:length]
    try:
        meshes = container.document(whole).get("meshes")
    except BadModel:
        raise _unchecked(connection, data, "a damaged GLB") from None
    if not isinstance(meshes, list) or not meshes:
        raise _unchecked(connection, data, "a GLB without a mesh", final=True)
    return whole


def json_object(connection: Connection, text: Any) -> bytes:
    """A text that is one JSON object, as bytes. Raises UnusableAnswer; a text that is none goes along with it."""
    if not isinstance(text, str) or not text.strip():
        raise _unusable(connection, "no text")
    data = text.encode("utf-8", "replace")
    try:
        if len(data) <= MOST_TEXT_BYTES and isinstance(json.loads(text, parse_constant=lambda _: None), dict):
            return data
    except (ValueError, RecursionError):
        pass
    raise UncheckedAnswer(
        f"{connection.name} answered with a text that is not what was asked for.",
        provider=connection.provider,
        data=data[:MOST_TEXT_BYTES],
        final=True,
    )


def refused(connection: Connection, words: str) -> Moderated:
    """The error for a reading that its service refuses in a whole reply, which is charged like any other."""
    error = Moderated(
        f"{connection.name} does not read this: {words.rstrip('.')[:WORDS]}.", provider=connection.provider
    )
    error.charged = True
    return error


def cut_short(connection: Connection, text: Any) -> UnusableAnswer:
    """The error for a text that ends before it is whole; what came goes along."""
    data = text.encode("utf-8", "replace")[:MOST_TEXT_BYTES] if isinstance(text, str) else b""
    message = f"{connection.name} broke its answer off before it was whole; a shorter prompt may help."
    return UncheckedAnswer(message, provider=connection.provider, data=data, final=True)


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


def file_of(stem: str, data: bytes) -> File:
    """A picture as a file of a multipart body, name and media type from the magic bytes."""
    kind = images.media_type(data)
    return f"{stem}.{kind.rpartition('/')[2]}", data, kind


def suffix(data: bytes) -> str:
    """The ending of a file of these bytes, `bin` where nothing is known of them."""
    kind = images.media_type(data)
    usual = {"image/jpeg": "jpg", "model/gltf-binary": "glb", "application/octet-stream": "bin"}
    if data.startswith(b"Kaydara FBX"):
        return "fbx"
    if data.lstrip().startswith(b"{"):
        return "json"
    if data[4:12] in {b"ftypavif", b"ftypavis"}:
        return "avif"
    return usual.get(kind, kind.rpartition("/")[2] if kind.startswith("image/") else "bin")


def _unchecked(connection: Connection, data: bytes, what: str, *, final: bool = False) -> UnusableAnswer:
    looks_like = _looks_like(data)
    if looks_like in {"nothing at all", "a web page", "JSON"}:
        return _unusable(connection, what)
    other = data.startswith(_OTHER_KINDS) or data[4:8] == b"ftyp"
    return UncheckedAnswer(
        f"{connection.name} answered with {what}.",
        provider=connection.provider,
        data=data,
        final=final or other,
    )


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
