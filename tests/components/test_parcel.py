"""The parcel that carries bytes to the browser."""

import hashlib
import json
import re
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages.ui.components.parcel import address, media_type, pack, script, style, unpack
from pipeline.atelier.files.viewing import tracing_script

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = ROOT / "pages" / "ui" / "components"
NAMES = st.text(min_size=1, max_size=8)


@given(st.dictionaries(NAMES, st.text()), st.dictionaries(NAMES, st.none() | st.binary(max_size=64)))
def test_a_parcel_brings_everything(words, blobs):
    """What is packed is unpacked, and what is None stays behind."""
    header, opened = unpack(pack({"words": words}, blobs))
    assert header["words"] == words
    assert opened == {name: content for name, content in blobs.items() if content is not None}


def test_the_header_length_is_little_endian():
    """The first four bytes say where the header ends, as the script reads it."""
    parcel = pack({"alt": "é"}, {"a": b"xyz"})
    (length,) = struct.unpack("<I", parcel[:4])
    assert json.loads(parcel[4 : 4 + length])["alt"] == "é"
    assert parcel[4 + length :] == b"xyz"


@given(st.binary(min_size=1, max_size=40), st.integers(min_value=0))
def test_the_id_follows_the_content(content, position):
    """Equal parcels have one id; a changed byte, blob border or word makes another."""
    at = position % len(content)
    changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    def identity(words, first, second):
        return unpack(pack({"words": words}, {"a": first, "b": second}))[0]["id"]

    same = identity("ring", content, b"")
    assert identity("ring", content, b"") == same
    assert identity("ring", changed, b"") != same
    assert identity("ring", b"", content) != same
    assert identity("rings", content, b"") != same


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"glTF\x02\x00\x00\x00", "model/gltf-binary"),
        (b"#?RADIANCE\n", "image/vnd.radiance"),
        (b"<svg onload=alert(1)>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_media_types_come_from_signatures(start, expected):
    """A blob's type is what its first bytes say; script-bearing formats get none."""
    assert media_type(start) == expected


@pytest.mark.parametrize("name", ["compare", "viewer", "plates", "tracing"])
def test_scripts_never_parse_markup_nor_name_hosts(name):
    """No component turns text into markup, evaluates it, or asks another host for anything."""
    source = tracing_script() if name == "tracing" else script(name)
    source += style(name) if (COMPONENTS / f"{name}.css").exists() else ""
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source
    )
    assert re.findall(r"https?://[^\s\"']+", source) in ([], ["http://www.w3.org/2000/svg"])


def test_the_vendored_library_is_the_one_its_notice_names():
    """The notice states the file's hash, and the licence texts lie beside it."""
    vendor = ROOT / "static" / "vendor"
    digest = hashlib.sha256((vendor / "model-viewer.min.js").read_bytes()).hexdigest()
    notice = (vendor / "NOTICE").read_text()
    assert digest in notice
    assert all(name in notice for name in ("three.js", "lit", "fflate", "gainmap-js"))
    assert "Apache License" in (vendor / "LICENSE").read_text()


class Served:
    """What Streamlit hands out beside the page, without its server."""

    def __init__(self) -> None:
        self.storage = MemoryMediaFileStorage("/media")
        self.media_file_mgr = MediaFileManager(self.storage)

    def get(self, address: str) -> bytes:
        """What a browser gets at an address of a page at the root."""
        return self.storage.get_file(address.removeprefix("./media/")).content


@pytest.fixture
def served(monkeypatch) -> Served:
    """A server that runs."""
    server = Served()
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    return server


@given(blobs=st.dictionaries(st.text(max_size=8), st.none() | st.binary(max_size=64), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_addressed_is_handed_out_byte_for_byte(served, blobs):
    """A browser gets at each address the very bytes, and the parcel carries none of them."""
    header, carried = unpack(address({"alt": "a ring"}, blobs, {"full": b"full"}, key="k"))
    assert carried == {"full": b"full"}
    assert {name: served.get(at) for name, at in header["addresses"].items()} == {
        name: content for name, content in blobs.items() if content is not None
    }


def test_an_addressed_parcel_is_known_by_its_blobs(served):
    """The browser rebuilds when a blob changes, and only then; extras are no part of it."""

    def known(blob: bytes, **extras: bytes) -> str:
        return unpack(address({"alt": "a ring"}, {"glb": blob}, extras, key="k"))[0]["id"]

    assert known(b"one") == known(b"one", full=b"full")
    assert known(b"one") != known(b"two")


def test_what_a_page_names_no_more_is_forgotten(served):
    """A page's next run frees what it does not show again; what another session shows stays."""
    media = served.media_file_mgr
    first = address({}, {"image": b"one"}, key="k")
    address({}, {"image": b"two"}, key="k")
    media.remove_orphaned_files()
    with pytest.raises(MediaFileStorageError):
        served.get(unpack(first)[0]["addresses"]["image"])


def test_without_a_server_everything_travels(monkeypatch):
    """A script run on its own has nobody to hand pictures out."""
    monkeypatch.setattr(runtime, "exists", lambda: False)
    assert unpack(address({}, {"image": b"one"}, key="k"))[1] == {"image": b"one"}
