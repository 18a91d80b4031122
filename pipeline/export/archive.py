"""The .loupe archive: a ZIP of a whole design, the same bytes for the same design, and its way back in.

What comes in is a stranger's file. It is read in two passes: the first believes nothing and keeps nothing
(names, counts, sizes, hashes, pictures' headers, the GLB's own references), the second stores. No path
inside the file is ever used as a path on disk: assets are stored under the hash of their bytes.
"""

import io
import re
import secrets
import stat
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from pipeline import glb, images
from pipeline.drawing import plate
from pipeline.errors import BadArchive, BadImage, BadInput, Corrupt, UnknownDesign
from pipeline.export import compact, entries, manifest, proof
from pipeline.export.manifest import File, Manifest
from pipeline.index import Stamp
from pipeline.records import Asset, AssetId, Design, DesignId
from pipeline.records.provenance import Provenance
from pipeline.store import Store

SUFFIX = ".loupe"
MAX_ARCHIVE_BYTES = 600_000_000
MAX_FILES = 2000
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_RATIO = 200
"""Pictures and meshes never shrink further; a bomb shrinks a thousandfold."""
_PATH = re.compile(r"[\w-]{1,100}(/[\w-]{1,100}){0,2}\.[a-z0-9]{2,5}")
_WORKERS = 2
Tell = Callable[[float, str], None]


def _silent(_fraction: float, _words: str) -> None:
    """Nobody waits for progress."""


def write(store: Store, design: Design, *, history: bool = True, tell: Tell = _silent) -> bytes:
    """Pack a design; without `history` only what stands (see `manifest.standing`)."""
    packed = design if history else manifest.standing(design)
    table, contents = contents_of(store, packed)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entries.put(archive, manifest.NAME, manifest.encode(table))
        for n, (path, asset) in enumerate(contents, 1):
            entries.put(archive, path, store.read(asset))
            tell(n / len(contents), path)
    return out.getvalue()


def contents_of(
    store: Store, design: Design, *, leave_out: frozenset[AssetId] = frozenset()
) -> tuple[Manifest, list[tuple[str, Asset]]]:
    """Draw up the manifest of a design and list the assets behind its files, in order."""
    branch = design.branch
    contents = list(manifest.show_files(branch)) if branch else []
    named = {asset.id for _, asset in contents}
    contents += [
        (manifest.asset_path(asset), asset)
        for asset in design.assets()
        if asset.id not in named and asset.id not in leave_out
    ]
    composite = proof.prove(store, branch) if branch else None
    table = Manifest(
        design=design,
        proof=composite.proof if composite else None,
        files=tuple(File(path=path, id=asset.id, size_bytes=asset.size_bytes) for path, asset in contents),
    )
    return table, contents


def read(store: Store, data: bytes, *, ours: bool = False) -> Design:
    """Take in a .loupe file, whole or not at all, and return the design as it is now in the store.

    A design that is here already, unchanged, is returned as it is; if it changed since, the file's design
    comes in beside it under a new id. `ours` is for files that came with Loupe itself: their hashes are
    checked like everyone's, but that each picture can be decoded is taken as known. Raises BadArchive with
    one sentence for anything else than a whole and honest file, and StorageError when it cannot be stored.
    """
    with opened(data) as archive:
        table = _checked(archive)
        paths = table.paths()
        stored: list[tuple[Asset, Stamp]] = []

        def keep(asset: Asset) -> None:
            path = paths[asset.id]
            known = store.stamp(asset) is not None
            _keep(store, entries.read(archive, path, limit=images.MAX_BYTES), path, asset, decode=not ours)
            stamp = store.stamp(asset)
            if not known and stamp is not None:
                stored.append((asset, stamp))

        try:
            with ThreadPoolExecutor(_WORKERS) as pool:  # decoding and scaling leave the interpreter's lock
                list(pool.map(keep, table.design.assets()))
            return _add(store, table.design, None if ours else Provenance.of(table.design))
        except BaseException:
            store.discard(stored)
            raise


def opened(data: bytes) -> zipfile.ZipFile:
    """Open a ZIP whose table of contents is harmless; a compact one as the archive it stands for. Raises BadArchive."""
    if len(data) > MAX_ARCHIVE_BYTES:
        raise BadArchive(f"This file exceeds {MAX_ARCHIVE_BYTES // 1_000_000} MB; export without history.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except entries.DAMAGED as error:
        raise BadArchive("This is no whole .loupe file; export or download it again.") from error
    members = archive.infolist()
    if len(members) > MAX_FILES:
        raise BadArchive(f"This file holds more than {MAX_FILES:,} entries; Loupe never writes so many.")
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise BadArchive("This file unpacks to far more than a design needs and is not opened.")
    for member in members:
        _check_member(member)
    names = [member.filename.casefold() for member in members]
    if len(set(names)) != len(names):
        raise BadArchive("This file names an entry twice and is not opened.")
    if manifest.NAME not in names:
        raise BadArchive("This ZIP has no manifest.json; choose a .loupe file that Loupe exported.")
    return compact.grown(archive, most_bytes=MAX_UNPACKED_BYTES)


def is_safe(path: str) -> bool:
    """Whether a path is one of ours: short, relative, downward, of letters, digits and dashes."""
    return _PATH.fullmatch(path) is not None


def check_file(data: bytes, file: File, asset: Asset | None) -> str:
    """Say what is wrong with a file's bytes, in a few words; empty when nothing is."""
    if images.content_id(data) != file.id:
        return "its bytes do not match their hash"
    if asset is None:
        return ""
    if (asset.media_type, asset.size_bytes) != (images.media_type(data), len(data)):
        return "it is of another type or size than the manifest says"
    if asset.media_type == glb.MEDIA_TYPE:
        return glb.fault(data)
    if asset.media_type == "video/webm":
        return ""
    if asset.media_type == manifest.PLATE:
        return _plate_fault(data)
    try:
        size = images.dimensions(data)
    except BadImage:
        return "it is no picture"
    return "" if size == (asset.width, asset.height) else "it has other dimensions than the manifest says"


def _plate_fault(data: bytes) -> str:
    try:
        plate.from_bytes(data)
    except BadInput:
        return "it is no drawing"
    return ""


def _checked(archive: zipfile.ZipFile) -> Manifest:
    table = manifest.decode(entries.read(archive, manifest.NAME, limit=manifest.MAX_BYTES))
    listed = [file.path for file in table.files]
    if len(set(listed)) != len(listed) or {*listed, manifest.NAME} != set(archive.namelist()):
        raise BadArchive("The entries of this archive are not those of its manifest; export it again.")
    assets = {asset.id: asset for asset in table.design.assets()}
    if {file.id for file in table.files} != set(assets):
        raise BadArchive("This archive does not hold exactly the files of its design; export it again.")
    for file in table.files:
        fault = check_file(entries.read(archive, file.path, limit=images.MAX_BYTES), file, assets[file.id])
        if fault:
            raise BadArchive(f"The file {file.path} in this archive is not used: {fault}.")
    return table


def _keep(store: Store, data: bytes, path: str, asset: Asset, *, decode: bool) -> None:
    try:
        store.put(data, asset.recipe, thumbnails=decode)
    except BadImage as error:
        raise BadArchive(f"The picture {path} in this archive cannot be decoded; export it again.") from error


def _add(store: Store, design: Design, provenance: Provenance | None) -> Design:
    try:
        present = store.load(design.id)
    except UnknownDesign:
        return store.add(design, provenance)
    except Corrupt:
        present = None  # the damaged one stays as it is until someone removes it
    if present == design:
        return present
    beside = design.model_copy(update={"id": DesignId(f"i{secrets.token_hex(5)}")})
    return store.add(beside, provenance)


def _check_member(member: zipfile.ZipInfo) -> None:
    if not is_safe(member.filename):
        raise BadArchive("This file holds an entry whose name leads elsewhere and is not opened.")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if member.is_dir() or kind not in {0, stat.S_IFREG} or member.flag_bits & 0x1:
        raise BadArchive("This file holds a folder, a link or an encrypted entry and is not opened.")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadArchive("This file is packed in a way Loupe never uses and is not opened.")
    limit = manifest.MAX_BYTES if member.filename == manifest.NAME else images.MAX_BYTES
    if member.file_size > limit or member.file_size > MAX_RATIO * max(member.compress_size, 64):
        raise BadArchive("This file unpacks to far more than a design needs and is not opened.")
