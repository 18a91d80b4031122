"""One parcel of bytes from Python to a component: a header and any number of pictures or models.

Components v2 carry raw bytes only at the top level of `data`, so header and blobs travel as one:
a little-endian u32 header length, the header as JSON, the blobs one after the other. `parcel.js`
is the other end.

What a page shows at every rerun does not travel at all: the server hands it out under an address of its
content, as it does the pictures of `st.image`, and the browser fetches each address once.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit import runtime

_FOLDER = Path(__file__).parent

# First bytes of the formats that travel; the browser needs the type to show a blob.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"glTF", "model/gltf-binary"),
    (b"#?RADIANCE", "image/vnd.radiance"),
    (b"#?RGBE", "image/vnd.radiance"),
)


def media_type(content: bytes) -> str:
    """Name the media type of `content` by its signature, `application/octet-stream` if unknown."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in {b"ftypavif", b"ftypavis"}:
        return "image/avif"
    return next((kind for sign, kind in _SIGNATURES if content.startswith(sign)), "application/octet-stream")


def pack(
    header: Mapping[str, Any], blobs: Mapping[str, bytes | None], extras: Mapping[str, bytes] | None = None
) -> bytes:
    """Pack a JSON-able header and named blobs into one parcel; blobs that are None stay behind.

    The parcel's `id` is a hash of header and blobs: the browser rebuilds only when it changes, so that a
    slider or a camera stays where the user left it on every unrelated rerun. `extras` are blobs that
    come on top and leave the id as it is, such as a full-size picture the browser asked for.
    """
    present = {name: content for name, content in blobs.items() if content is not None}
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name, content in present.items():
        digest.update(name.encode() + struct.pack("<Q", len(content)))
        digest.update(content)
    present |= extras or {}
    manifest = [
        {"name": name, "type": media_type(content), "size": len(content)} for name, content in present.items()
    ]
    head = json.dumps({**header, "id": digest.hexdigest(), "blobs": manifest}).encode()
    return b"".join((struct.pack("<I", len(head)), head, *present.values()))


def address(
    header: Mapping[str, Any],
    blobs: Mapping[str, bytes | None],
    extras: Mapping[str, bytes] | None = None,
    *,
    key: str,
) -> bytes:
    """Pack a parcel that names its blobs by address, and have the server hand them out, byte for byte.

    An address is the blob's content under a hash, so equal blobs of many sessions are held once, and the parcel's
    `id` changes when a blob does. The server forgets a blob when the session's next run of the page does not
    name it again: `key` is the component's own. `extras` travel in the parcel, as with `pack`; without a
    server everything does.
    """
    if not runtime.exists():
        return pack(header, blobs, extras)
    media = runtime.get_instance().media_file_mgr
    addresses = {
        # Relative, so that it also works under a base path.
        name: f".{media.add(content, media_type(content), f'{key} {name}')}"
        for name, content in blobs.items()
        if content is not None
    }
    return pack({**header, "addresses": addresses}, {}, extras)


def unpack(parcel: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Open a parcel: the header and the blobs by name. The mirror of `parcel.js`, for tests and tools."""
    (length,) = struct.unpack_from("<I", parcel)
    header = json.loads(parcel[4 : 4 + length])
    start = 4 + length
    blobs = {}
    for entry in header["blobs"]:
        blobs[entry["name"]] = parcel[start : start + entry["size"]]
        start += entry["size"]
    return header, blobs


def script(name: str) -> str:
    """Return a component's script: the shared part, then its own. Read once, at import."""
    return "\n".join((_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in ("parcel", name))


def style(name: str) -> str:
    """Return a component's style sheet: the shared part, then its own."""
    return "\n".join((_FOLDER / part).read_text(encoding="utf-8") for part in ("controls.css", f"{name}.css"))
