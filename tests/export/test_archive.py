"""The .loupe file: out, in again, and every way a stranger could bend it."""

import io
import json
import random
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import BadArchive, LoupeError
from pipeline.export import archive, manifest
from pipeline.images import content_id
from pipeline.records import Design
from pipeline.store import Store


@pytest.fixture(scope="session")
def packed(shelf: Store, finished: Design) -> bytes:
    """The finished design as a .loupe file."""
    return archive.write(shelf, finished)


@pytest.fixture(scope="session")
def members(packed: bytes) -> dict[str, bytes]:
    """Its entries."""
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def pack(members: dict[str, bytes]) -> bytes:
    """A plain ZIP of these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def resealed(members: dict[str, bytes], change: Callable[[dict], object]) -> bytes:
    """The archive with its manifest changed by someone who knows how to write the digest."""
    body = json.loads(members[manifest.NAME])
    body.pop("digest")
    change(body)
    return pack({**members, manifest.NAME: manifest.sealed(body)})


def test_round_trip(packed: bytes, finished: Design, shelf: Store, empty: Store) -> None:
    """Imported into an empty folder, a design has the same ids, figures and bytes."""
    design = archive.read(empty, packed)
    assert design == finished
    assert all(empty.read(asset) == shelf.read(asset) for asset in finished.assets())
    assert archive.write(empty, design) == packed


def test_same_bytes(packed: bytes, shelf: Store, finished: Design) -> None:
    """The same design gives the same bytes."""
    assert archive.write(shelf, finished) == packed


def test_names_people_can_read(members: dict[str, bytes]) -> None:
    """The pictures lie under names that say what they are."""
    assert {
        "master.png",
        "closeups/01-pendant.png",
        "closeups/05-edge.png",
        "sketches/01-general-view.png",
        "model.glb",
        "manifest.json",
    } <= set(members)


def test_without_history(shelf: Store, finished: Design, empty: Store) -> None:
    """Without history the archive holds what stands and is still whole."""
    design = archive.read(empty, archive.write(shelf, finished, history=False))
    assert design.candidates == ()
    assert design.branch == finished.branch


def test_our_own_files_come_in_quickly(packed: bytes, finished: Design, empty: Store) -> None:
    """Without decoding the design is the same, and a picture's thumbnail is made and kept at the first look."""
    assert archive.read(empty, packed, ours=True) == finished
    assert list(empty.folder.rglob("*.384.jpg")) == []
    assert finished.branch
    first = empty.thumbnail(finished.branch.master)
    assert len(list(empty.folder.rglob("*.384.jpg"))) == 1
    assert empty.thumbnail(finished.branch.master) == first


def test_our_own_files_are_checked_too(packed: bytes, empty: Store) -> None:
    """A changed byte is refused whoever the file says it is from."""
    spoilt = bytearray(packed)
    spoilt[len(spoilt) // 2] ^= 1
    with pytest.raises(BadArchive):
        archive.read(empty, bytes(spoilt), ours=True)


def test_import_twice(packed: bytes, empty: Store) -> None:
    """Importing again what is here already changes nothing; after an edit it comes in beside it."""
    first = archive.read(empty, packed)
    assert archive.read(empty, packed) == first
    empty.rename(first.id, "Mine now")
    second = archive.read(empty, packed)
    assert second.id != first.id
    assert {design.name for design in empty.designs()} == {"Mine now", first.name}


def test_an_empty_design(empty: Store, tmp_path: Path) -> None:
    """A design that has only a name travels too."""
    design = empty.create("Only a name")
    assert archive.read(Store(tmp_path / "other"), archive.write(empty, design)) == design


@pytest.mark.parametrize("path", ["../../x.png", "/etc/x.png", "a\\..\\x.png", "C:/x.png", "a/../x.png", "x"])
def test_no_path_escapes(path: str, members: dict[str, bytes], empty: Store) -> None:
    """An entry whose name leads elsewhere is refused, listed or not."""
    with pytest.raises(BadArchive):
        archive.read(empty, pack({**members, path: b"x"}))

    def lead_away(body: dict) -> None:
        body["files"][0]["path"] = path

    with pytest.raises(BadArchive):
        archive.read(empty, resealed({**members, path: members["master.png"]}, lead_away))
    assert not empty.designs()


def test_no_bombs(members: dict[str, bytes], empty: Store) -> None:
    """A file that unpacks to far more than it weighs is refused before it is unpacked."""
    bomb = pack({**members, "assets/bomb.png": b"\0" * 60_000_000})
    with pytest.raises(BadArchive, match="unpacks"):
        archive.read(empty, bomb)
    lying = bytearray(bomb)  # the directory claims ten bytes
    at = lying.rfind(b"assets/bomb.png") - 46 + 24
    lying[at : at + 4] = struct.pack("<I", 10)
    with pytest.raises(BadArchive):
        archive.read(empty, bytes(lying))


def test_no_crowds(members: dict[str, bytes], empty: Store) -> None:
    """Too many entries are refused."""
    crowd = {f"assets/x{n}.png": b"" for n in range(archive.MAX_FILES)}
    with pytest.raises(BadArchive, match="entries"):
        archive.read(empty, pack({**members, **crowd}))


def test_no_doubles(members: dict[str, bytes], empty: Store) -> None:
    """An entry named twice, also in other case, is refused."""
    for twin in ("master.png", "MASTER.png"):
        out = io.BytesIO(pack(members))
        with zipfile.ZipFile(out, "a") as made:
            made.NameToInfo.clear()  # or it would warn of the double, and a warning is an error here
            made.writestr(twin, members["master.png"])
        with pytest.raises(BadArchive):
            archive.read(empty, out.getvalue())


def test_no_links(members: dict[str, bytes], empty: Store) -> None:
    """A symbolic link is refused."""
    out = io.BytesIO(pack({name: data for name, data in members.items() if name != "master.png"}))
    link = zipfile.ZipInfo("master.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(out, "a") as made:
        made.writestr(link, "/etc/passwd")
    with pytest.raises(BadArchive):
        archive.read(empty, out.getvalue())


LIES: dict[str, Callable[[dict], object]] = {
    "region outside": lambda d: d["branches"][0]["regions"][0].update(x=380),
    "no verdict": lambda d: d["branches"][0]["close_ups"][0]["fidelity"].pop("verdict"),
    "no figures": lambda d: d["branches"][0]["close_ups"][0]["fidelity"].update(raw={}),
    "reasons no list": lambda d: d["branches"][0]["close_ups"][0]["fidelity"].update(reasons="none"),
    "reason no name": lambda d: d["branches"][0]["close_ups"][0]["fidelity"]["reasons"].append(
        {"name": 3, "severity": 1}
    ),
    "judged by no one": lambda d: d["branches"][0]["close_ups"][0]["fidelity"].update(judged_by=[1]),
    "thresholds upside down": lambda d: d["branches"][0]["close_ups"][0]["fidelity"].update(
        judged_by={"gate": "", "thresholds": {"warn": 2, "fail": 1}}
    ),
    "crop of other size": lambda d: d["branches"][0]["close_ups"][0]["crop"].update(width=7),
    "unknown dial": lambda d: d["branches"][0]["close_ups"][0].update(dial="loose"),
    "master a script": lambda d: d["branches"][0]["master"].update(media_type="image/svg+xml"),
    "master of other size": lambda d: d["branches"][0]["master"].update(width=99_999),
    "model a page": lambda d: d["branches"][0]["models"][0]["glb"].update(media_type="text/html"),
    "branch that is not there": lambda d: d.update(current=3),
    "id that climbs": lambda d: d.update(id="../../../etc"),
    "no name": lambda d: d.update(name=""),
    "unknown field": lambda d: d.update(surprise=1),
    "asset that is not there": lambda d: d["candidates"][0].update(id="0" * 64),
    "files without owner": lambda d: d["branches"].pop(),
}


@pytest.mark.parametrize("change", LIES.values(), ids=LIES.keys())
def test_a_resealed_lie(change: Callable[[dict], object], members: dict[str, bytes], empty: Store) -> None:
    """A manifest that contradicts itself or its files is refused although its digest is right."""
    with pytest.raises(LoupeError):
        archive.read(empty, resealed(members, lambda body: change(body["design"])))
    assert not empty.designs()


def test_newer_file(members: dict[str, bytes], empty: Store) -> None:
    """A file of a later version says so."""
    with pytest.raises(BadArchive, match="newer"):
        archive.read(empty, resealed(members, lambda body: body.update(format_version=2)))


NO_MANIFESTS = (b"", b"[]", b"{}", b"null", b"[" * 90_000, b'{"format_version": 1e999}', b"\xff")


@pytest.mark.parametrize("text", NO_MANIFESTS, ids=range(len(NO_MANIFESTS)))
def test_no_manifest(text: bytes, members: dict[str, bytes], empty: Store) -> None:
    """A manifest that is no manifest is refused with one sentence."""
    with pytest.raises(BadArchive):
        archive.read(empty, pack({**members, manifest.NAME: text}))


def test_a_glb_that_calls_home(members: dict[str, bytes], empty: Store) -> None:
    """A GLB that refers to a file outside itself is refused."""
    glb = members["model.glb"]
    size = struct.unpack_from("<I", glb, 12)[0]
    tree = json.loads(glb[20 : 20 + size])
    tree["images"] = [{"uri": "https://example.org/spy.png"}]
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    rest = glb[20 + size :]
    called = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    called += struct.pack("<I4s", len(text), b"JSON") + text + rest
    made = content_id(called)

    def swap(body: dict) -> None:
        asset = body["design"]["branches"][0]["models"][0]["glb"]
        file = next(f for f in body["files"] if f["path"] == "model.glb")
        asset["id"] = file["id"] = made
        asset["size_bytes"] = file["size_bytes"] = len(called)

    with pytest.raises(BadArchive, match="outside itself"):
        archive.read(empty, resealed({**members, "model.glb": called}, swap))


def _mutated(data: bytes, rng: random.Random) -> bytes:
    """One of the ways files get broken, or are broken on purpose."""
    changed = bytearray(data)
    directory = data.rfind(b"PK\x01\x02")
    match rng.randrange(6):
        case 0:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        case 1:
            del changed[rng.randrange(len(changed)) :]
        case 2:  # most of what can be abused stands in the central directory
            changed[rng.randrange(directory, len(changed))] = rng.randrange(256)
        case 3:
            at = rng.randrange(len(changed))
            changed[at:at] = rng.randbytes(rng.randrange(1, 64))
        case 4:
            at, length = rng.randrange(len(changed)), rng.randrange(1, 4096)
            del changed[at : at + length]
        case _:
            at, to = rng.randrange(len(changed)), rng.randrange(len(changed))
            changed[to : to + 512] = changed[at : at + 512]
    return bytes(changed)


def test_500_mutations(packed: bytes, finished: Design, tmp_path: Path) -> None:
    """A mutated archive is refused or imported whole, never half, and nothing is written elsewhere."""
    rng = random.Random(8)
    store = Store(tmp_path / "inner" / "data")
    taken = 0
    for _ in range(500):
        try:
            design = archive.read(store, _mutated(packed, rng))
        except LoupeError:
            assert not store.designs()
            continue
        taken += 1
        assert design == finished
        store.delete(design.id)
    assert taken < 250, "most mutations must be noticed"
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]
    assert [path.name for path in (tmp_path / "inner").iterdir()] == ["data"]
