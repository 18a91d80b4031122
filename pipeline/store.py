"""Designs on disk. Assets are written first, then the record that names them, each by atomic rename:
whenever the process dies, every committed design is whole.

Layout of the data folder:
    designs/<id>/design.json    the record; beside it `lock`, and `origin.json` where the design was imported
    assets/<aa>/<sha256>.<ext>  immutable bytes; for pictures also <sha256>.384.jpg and <sha256>.900.jpg
    trash/<id>/                 deleted designs, until emptied
    index.db                    summaries of the records, made anew where it is missing
"""

import copy
import errno
import hashlib
import json
import math
import os
import re
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from pydantic import ValidationError

from pipeline import files, images
from pipeline.errors import BadInput, Corrupt, LoupeError, ReadOnly, StorageError, UnknownDesign
from pipeline.index import Index, Stamp, stamp_of
from pipeline.log import event
from pipeline.records import LONGEST_NAME, Asset, AssetId, Design, DesignId, Kind, Recipe, now
from pipeline.records.fidelity import misspelt
from pipeline.records.migration import NewerRecord, migrated
from pipeline.records.provenance import Provenance
from pipeline.records.summary import Summary

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "model/gltf-binary": "glb",
    "video/webm": "webm",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
    "application/json": "json",
}
_ID_CHARS = set("0123456789abcdefghijklmnopqrstuvwxyz")
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that are mistaken for one another."""
_LOCK_TIMEOUT_S = 30

_CACHED_BYTES = 32_000_000
"""Of records that were read, as JSON: a few hundred designs."""
_GRACE_S = 24 * 3600
"""Bytes that no design ever named may belong to work that is still under way."""
_SIZE_HOLDS_S = 60
_LEAST_FREE_BYTES = 50_000_000
"""Two masters with their close-ups."""
_LEASE_S = 3600
"""How long bytes that were put a second time are kept for the record that is to name them."""
_NAMED = re.compile(rb"[0-9a-f]{64}")
_PROVENANCE = "origin.json"


@dataclass(frozen=True)
class Trashed:
    """A deleted design. `place` is its folder in the trash, what `restore` takes."""

    place: str
    name: str
    deleted_at: datetime
    damage: str = ""
    """What is wrong with its record; empty for a healthy one."""


class Beyond(Protocol):
    """Where designs are kept besides this disk, and fetched from when they are not here."""

    def changed(self, design_id: str, *, deleted: bool = False) -> None:
        """Hear that a record was written or deleted here."""

    def emptied(self, design_ids: Iterable[str]) -> None:
        """Hear which designs were deleted for good here."""

    def fetch(self, design_id: str) -> None:
        """Bring a design here, where it is there. Raises StorageError."""

    def asset(self, name: str) -> bytes | None:
        """An asset's bytes by `asset_name`; None where there is none. Raises StorageError."""

    def trouble(self) -> str:
        """What is wrong with it, in a sentence; empty where nothing is."""


class Store:
    """All designs and assets under one data folder. Without `writable` every change is refused with ReadOnly."""

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        self.folder = folder
        self.beyond: Beyond | None = None
        self._writable = writable
        self._designs = folder / "designs"
        self._assets = folder / "assets"
        self._trash = folder / "trash"
        self._records = _Records()
        self._size = _Size()
        self._index = Index(self._designs, folder / "index.db", self._summary)
        try:
            for part in (self._designs, self._assets, self._trash):
                part.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if not folder.is_dir():  # a full or read-only one still shows what it holds
                raise files.storage_error(error, folder) from error

    def for_visitor(self) -> "Store":
        """The same store for somebody who may only look."""
        view = copy.copy(self)
        view._writable = False  # noqa: SLF001 - its own
        return view

    # -- designs

    def create(
        self, name: str, *, kind: Kind = "necklace", prompt: str = "", design_id: str | None = None
    ) -> Design:
        """Begin a design, under an id of its own or the one given."""
        made_id = DesignId(design_id or _new_id())
        self._file(made_id)
        design = Design.model_construct(id=made_id, name=_name(name), kind=kind, prompt=prompt)
        return self._write(design)

    def add(self, design: Design, provenance: Provenance | None = None) -> Design:
        """Take in a whole design made elsewhere, and where it is from; its assets must be here already."""
        if self._file(design.id).exists():
            raise BadInput(f"A design with the id {design.id} is here already.")
        return self._write(design, provenance)

    def load(self, design_id: str) -> Design:
        """Read a design. Raises UnknownDesign, Corrupt or StorageError."""
        path = self._file(design_id)
        self._bring(design_id)
        try:
            with path.open("rb") as file:
                stamp = stamp_of(os.fstat(file.fileno()))
                cached = self._records.get(design_id, stamp)
                if cached is not None:
                    return cached
                data = file.read()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._missing(design_id) from error
        except IsADirectoryError as error:
            raise Corrupt(f"The file of design {design_id} is damaged: it is a folder.") from error
        except OSError as error:
            raise files.storage_error(error, self.folder) from error
        design = _parsed(data, design_id)
        self._records.keep(design, stamp)
        return design

    def update(self, design_id: str, change: Callable[[Design], Design]) -> Design:
        """Apply a change under the design's lock and return what is now on disk.

        `change` gets the newest record, so that two tabs and several jobs never overwrite each other. A record
        that would not be read back is refused with BadInput, and the one on disk stays.
        """
        self._allow()
        self._bring(design_id)
        with self._changing(self._file(design_id).parent):
            changed = change(self.load(design_id)).model_copy(update={"updated_at": now()})
            if changed.id != design_id:
                raise BadInput("A design keeps its id for good; duplicate it to have it under another one.")
            return self._write(changed)

    def receive(
        self, design_id: str, change: Callable[[Design | None], tuple[Design, Provenance | None]]
    ) -> Design:
        """Write a record as it stands elsewhere, under the design's lock; `change` gets the one here, if any."""
        self._allow()
        folder = self._file(design_id).parent
        with files.access(self.folder):
            folder.mkdir(parents=True, exist_ok=True)
        with self._changing(folder):
            here = (folder / "design.json").exists()
            return self._write(*change(self.load(design_id) if here else None))

    def rename(self, design_id: str, name: str) -> Design:
        """Give a design another name."""
        return self.update(design_id, lambda design: design.model_copy(update={"name": _name(name)}))

    def duplicate(self, design_id: str, *, name: str | None = None) -> Design:
        """Make a second design from the first; assets are shared."""
        self._allow()
        with files.access(self.folder), self._writing():
            original = self.load(design_id)
            copied = original.model_copy(
                update={
                    "id": DesignId(_new_id()),
                    "name": _name(name or f"{original.name} (copy)"[:LONGEST_NAME]),
                    "created_at": now(),
                    "updated_at": now(),
                }
            )
            return self._write(copied, self.provenance(design_id))

    def delete(self, design_id: str) -> str:
        """Move a design, or a damaged folder of any name, to the trash; its place there, for `restore`."""
        self._allow()
        source = self._folder_in(self._designs, design_id)
        target, n = self._trash / source.name, 1
        while target.exists():  # an earlier one of this id stays what it was
            n += 1
            target = self._trash / f"{source.name}-{n}"
        with self._changing(source):
            self._trash.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            os.utime(target)  # when it was deleted
        event("design.deleted", design=design_id)
        self._tell(design_id, deleted=True)
        return target.name

    def restore(self, place: str) -> Design:
        """Bring a deleted design back and read it. Raises as `bring_back` and `load`."""
        return self.load(self.bring_back(place))

    def bring_back(self, place: str) -> str:
        """Move a folder out of the trash, whatever is in it, and return its id.

        Raises BadInput where another design has taken its id meanwhile.
        """
        self._allow()
        try:
            source = self._folder_in(self._trash, place)
            target = self._designs / source.name.partition("-")[0]
            with files.access(self.folder), self._writing():
                if target.exists():
                    raise BadInput("A design with the same id is in the gallery; delete that one first.")
                self._designs.mkdir(parents=True, exist_ok=True)
                if not source.is_dir():
                    raise _unknown(place)
                source.replace(target)
        except UnknownDesign as error:
            raise UnknownDesign(f"The design “{place[:40]}” is not in the trash any more.") from error
        self._tell(target.name)
        return target.name

    def count_trashed(self) -> int:
        """How many deleted designs there are."""
        return sum(1 for _ in self._folders(self._trash))

    def trashed(self) -> tuple[Trashed, ...]:
        """What is in the trash, last deleted first."""
        rows = []
        for folder in self._folders(self._trash):
            with suppress(FileNotFoundError):
                deleted_at = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
                try:
                    name = _parsed((folder / "design.json").read_bytes(), folder.name.partition("-")[0]).name
                    rows.append(Trashed(folder.name, name, deleted_at))
                except (LoupeError, OSError) as error:
                    rows.append(Trashed(folder.name, folder.name, deleted_at, str(error)))
        return tuple(sorted(rows, key=lambda row: (row.deleted_at, row.place), reverse=True))

    def empty_trash(self) -> int:
        """Delete for good what is in the trash, free the bytes that no design names; how many bytes that were."""
        self._allow()
        deleted: dict[bytes, float] = {}
        with files.access(self.folder), self._writing():
            if self.beyond is not None:
                self.beyond.emptied(folder.name.partition("-")[0] for folder in self._folders(self._trash))
            for folder in self._folders(self._trash):
                at = folder.stat().st_mtime
                for name in _names_in(folder):
                    deleted[name] = max(at, deleted.get(name, 0.0))
                shutil.rmtree(folder)
                shutil.rmtree(self.folder / "exports" / folder.name.partition("-")[0], ignore_errors=True)
            return self._collect(deleted)

    def discard(self, assets: Iterable[tuple[Asset, Stamp]]) -> None:
        """Free the files of an import that failed: those that are as it wrote them and that no design names."""
        with suppress(OSError), self._writing():
            named = self._named()
            for asset, stamp in assets:
                path = self._path(asset.id, asset.media_type)
                with suppress(FileNotFoundError):
                    if asset.id.encode() not in named and stamp_of(path.stat()) == stamp:
                        _free(path)

    def provenance(self, design_id: str) -> Provenance | None:
        """Where an imported design's figures are from; None for one whose figures were all measured here."""
        path = self._file(design_id).with_name(_PROVENANCE)
        try:
            return Provenance.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError):  # imported, and nothing else can be told: nothing is vouched for
            return Provenance.of(self.load(design_id))

    def set_provenance(self, design_id: str, provenance: Provenance) -> None:
        """Write down what measuring an imported design again has shown."""
        self._allow()
        path = self._file(design_id)
        if not path.exists():
            raise self._missing(design_id)
        with files.access(self.folder):
            files.write(path.with_name(_PROVENANCE), provenance.model_dump_json(indent=1).encode())
        self._tell(design_id)

    def designs(self) -> tuple[Design, ...]:
        """All readable designs, last worked on first."""
        readable = []
        for summary in self.summaries():
            with suppress(LoupeError):  # damaged records never hide the healthy ones
                if not summary.damage:
                    readable.append(self.load(summary.id))
        return tuple(readable)

    def summaries(self) -> tuple[Summary, ...]:
        """All designs as lists show them, last worked on first; a damaged one says what is wrong with it."""
        try:
            return self._index.summaries()
        except OSError as error:
            raise files.storage_error(error, self.folder) from error

    # -- assets

    def put(
        self, data: bytes, recipe: Recipe, pixels: images.Pixels | None = None, *, thumbnails: bool = True
    ) -> Asset:
        """Keep bytes under their content id, with thumbnails for pictures. Writing twice is free.

        Without `thumbnails` a picture is not decoded; they are made at the first look.
        """
        self._allow()
        kind = images.media_type(data)
        asset_id = AssetId(images.content_id(data))
        width = height = 0
        path = self._path(asset_id, kind)
        if kind.startswith("image/"):
            width, height = images.dimensions(data)
        try:
            if not self._touched(path):
                if width and thumbnails:
                    decoded = images.decode(data, first=True) if pixels is None else pixels
                    for side, small in images.thumbnails(decoded).items():
                        files.write(path.with_name(f"{asset_id}.{side}.jpg"), small)
                files.write(path, data)
        except OSError as error:
            raise files.storage_error(error, self.folder) from error
        return Asset(
            id=asset_id, media_type=kind, size_bytes=len(data), width=width, height=height, recipe=recipe
        )

    def put_picture(self, pixels: images.Pixels, recipe: Recipe, *, dpi: float | None = None) -> Asset:
        """Encode pixels as a lossless PNG that carries its recipe, and keep it; `dpi` is what it is printed at."""
        return self.put(images.encode_png(pixels, recipe=recipe.stated(), dpi=dpi), recipe, pixels)

    def asset_name(self, asset: Asset) -> str:
        """What an asset's file is called beneath `assets/`."""
        return self._path(asset.id, asset.media_type).relative_to(self._assets).as_posix()

    def read(self, asset: Asset) -> bytes:
        """An asset's bytes, checked against its id. Raises Corrupt."""
        path = self._path(asset.id, asset.media_type)
        try:
            if not path.exists():
                self._bring_asset(path)
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise Corrupt(
                f"The file {asset.id[:12]}… of this design is missing from the data folder."
            ) from error
        except OSError as error:
            raise files.storage_error(error, self.folder) from error
        if images.content_id(data) != asset.id:
            raise Corrupt(f"The file {asset.id[:12]}… was changed on disk and is not used.")
        return data

    def file(self, asset_id: str) -> tuple[Path, str] | None:
        """Where the bytes of an asset lie, checked against its id, and their media type; None where there are none.

        Raises Corrupt and StorageError.
        """
        paths = {kind: self._path(AssetId(asset_id), kind) for kind in _EXTENSIONS}
        if not any(path.exists() for path in paths.values()):
            any(self._bring_asset(path) for path in paths.values())
        for kind, path in paths.items():
            with files.access(self.folder), suppress(FileNotFoundError), path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != asset_id:
                    raise Corrupt(f"The file {asset_id[:12]}… was changed on disk and is not used.")
                return path, kind
        return None

    def stamp(self, asset: Asset) -> Stamp | None:
        """What tells the state of an asset's file; None where there is none."""
        try:
            return stamp_of(self._path(asset.id, asset.media_type).stat())
        except OSError:
            return None

    def pixels(self, asset: Asset) -> images.Pixels:
        """A picture asset, decoded."""
        return images.decode(self.read(asset), first=True)

    def thumbnail(self, asset: Asset, side: int = 384) -> bytes:
        """The JPEG thumbnail of a picture asset (384 or 900 px)."""
        path = self._path(asset.id, asset.media_type).with_name(f"{asset.id}.{side}.jpg")
        try:
            return _thumbnail(path)
        except FileNotFoundError:
            small = images.thumbnail(self.pixels(asset), side)
            with suppress(OSError):  # a full disk costs time at the next look, not this one
                files.write(path, small)
            return small
        except OSError as error:
            raise files.storage_error(error, self.folder) from error

    def trouble(self) -> str:
        """Why nothing can be written now and what to do, in a sentence; empty where there is nothing to say."""
        try:
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            return str(files.storage_error(error, self.folder))
        if not os.access(self.folder, os.W_OK):
            return str(files.storage_error(OSError(errno.EROFS, ""), self.folder))
        if free < _LEAST_FREE_BYTES:
            return (
                f"Only {free / 1e6:.0f} MB are free on the disk of {self.folder}. Delete designs and empty the trash, "
                "or make room elsewhere; until then new pictures may not be kept."
            )
        return ""

    def beyond_trouble(self) -> str:
        """Why what is written here is not kept elsewhere yet, in a sentence; empty where it is, or need not be."""
        return self.beyond.trouble() if self.beyond else ""

    def record_stamp(self, design_id: str) -> tuple[Stamp, Stamp | None] | None:
        """What tells the state of a design's record and of where it is from; None where it is not here."""
        path = self._file(design_id)
        try:
            stamp = stamp_of(path.stat())
        except OSError:
            return None
        try:
            return stamp, stamp_of(path.with_name(_PROVENANCE).stat())
        except OSError:
            return stamp, None

    def receive_trashed(self, design: Design, provenance: Provenance | None) -> None:
        """Lay a design that was deleted elsewhere into the trash; nothing where it is here in any form."""
        folder = self._trash / design.id
        with files.access(self.folder), self._writing():
            if folder.exists() or self._file(design.id).exists():
                return
            draft = self._trash / f".{design.id}"
            shutil.rmtree(draft, ignore_errors=True)
            if provenance is not None:
                files.write(draft / _PROVENANCE, provenance.model_dump_json().encode())
            files.write(draft / "design.json", design.model_dump_json().encode())
            draft.replace(folder)

    def forget_trashed(self, design_id: str) -> None:
        """Take a design out of the trash that was brought back elsewhere and comes from there."""
        if self.is_trashed(design_id):
            shutil.rmtree(self._trash / design_id, ignore_errors=True)

    def is_trashed(self, design_id: str) -> bool:
        """Whether a design lies in the trash and not in the gallery."""
        return (self._trash / design_id).is_dir() and not self._file(design_id).exists()

    def size_bytes(self) -> int:
        """Bytes of all designs and assets on disk, counted at most once a minute."""
        return self._size.bytes(self._designs, self._assets)

    # -- private

    def _tell(self, design_id: str, *, deleted: bool = False) -> None:
        if self.beyond is not None:
            self.beyond.changed(design_id, deleted=deleted)

    def _bring(self, design_id: str) -> None:
        """Fetch a design that is elsewhere and not here. Raises StorageError where that does not answer."""
        if self.beyond is None or self._file(design_id).exists() or (self._trash / design_id).is_dir():
            return
        self.beyond.fetch(design_id)

    def _bring_asset(self, path: Path) -> bool:
        """Fetch an asset that is elsewhere and not here; whether it is here now. Raises StorageError."""
        if self.beyond is None:
            return False
        data = self.beyond.asset(path.relative_to(self._assets).as_posix())
        if data is None or images.content_id(data) != path.stem:
            return False
        with files.access(self.folder):
            files.write(path, data)
        return True

    def _missing(self, design_id: str) -> UnknownDesign:
        """Why a design is not here: deleted, also under running work, or never known."""
        if (self._trash / design_id).is_dir():
            return UnknownDesign("This design was deleted; bring it back from the trash to go on with it.")
        return _unknown(design_id)

    def _allow(self) -> None:
        if not self._writable:
            raise ReadOnly("This deployment is shared; visitors look at designs and do not change them.")

    def _file(self, design_id: str) -> Path:
        if not design_id or len(design_id) > 40 or not set(design_id) <= _ID_CHARS:
            raise UnknownDesign(f"“{design_id[:40]}” is not a design's id; choose a design from the gallery.")
        return self._designs / design_id / "design.json"

    def _path(self, asset_id: AssetId, kind: str) -> Path:
        if kind not in _EXTENSIONS:
            raise BadInput("This kind of file is not kept; choose a picture or a GLB.")
        return self._assets / asset_id[:2] / f"{asset_id}.{_EXTENSIONS[kind]}"

    def _write(self, design: Design, provenance: Provenance | None = None) -> Design:
        """Write a record that reads back as today's schema asks, and return it as it will be read."""
        self._allow()
        path = self._file(design.id)
        try:
            for name in misspelt(design):
                raise ValueError(f"there is no field {name!r}")  # noqa: TRY301 - one sentence for all of them
            data = design.model_dump_json(indent=1, warnings=False).encode()
            checked = Design.model_validate_json(data)
        except ValueError as error:
            raise BadInput(
                f"This change is not kept, and the design stays as it was: {_fault(error)}."
            ) from error
        with files.access(self.folder):
            if provenance is not None:
                files.write(path.with_name(_PROVENANCE), provenance.model_dump_json(indent=1).encode())
            files.write(path, data)
        self._tell(design.id)
        return checked

    def _summary(self, name: str) -> Summary:
        try:
            return Summary.of(self.load(name))
        except LoupeError as error:
            damage = str(error)
            if isinstance(error, UnknownDesign):
                damage = "This folder's name is no design's id; Loupe did not make it."
            return Summary(
                id=name,
                name=name[:LONGEST_NAME],
                damage=damage,
                updated_at=_changed_at(self._designs / name),
            )

    def _folder_in(self, parent: Path, name: str) -> Path:
        """A folder directly under another, by exactly its name."""
        for folder in self._folders(parent):
            if folder.name == name:
                return folder
        raise _unknown(name)

    def _folders(self, parent: Path) -> Iterator[Path]:
        try:
            entries = list(os.scandir(parent))
        except FileNotFoundError:
            return
        except OSError as error:
            raise files.storage_error(error, self.folder) from error
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield Path(entry.path)

    @contextmanager
    def _changing(self, folder: Path) -> Iterator[None]:
        """Hold a design's lock, so that changes of it and its deletion wait for each other."""
        try:
            if not folder.is_dir():
                raise self._missing(folder.name)
            with FileLock(folder / "lock", timeout=_LOCK_TIMEOUT_S):
                yield
        except Timeout as error:
            raise StorageError("The design is being written elsewhere; try again in a moment.") from error
        except FileNotFoundError as error:
            raise self._missing(folder.name) from error
        except OSError as error:
            raise files.storage_error(error, self.folder) from error

    def _writing(self) -> FileLock:
        """Held while a file is claimed or freed, so that nobody claims what another is just freeing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / "assets.lock", timeout=_LOCK_TIMEOUT_S)

    def _touched(self, path: Path) -> bool:
        """Whether an asset is here already; if so its time is set ahead, so that nobody frees it meanwhile."""
        if not path.exists():
            return False
        with self._writing():
            try:
                os.utime(path, (time.time() + _LEASE_S,) * 2)
            except FileNotFoundError:
                return False
        return True

    def _named(self) -> set[bytes]:
        """Every asset that a record, here or in the trash, or a job's note names; damaged ones are read as text."""
        return {
            name
            for parent in (self._designs, self._trash)
            for folder in self._folders(parent)
            for name in _names_in(folder)
        } | _names_in(self.folder / "jobs")

    def _collect(self, deleted: dict[bytes, float]) -> int:
        """Free the files that nobody names: those of deleted designs, and others once they are a day old.

        What was written since the design was deleted stays, and while work is under way what was written in the day
        before its note: a record may be about to name it.
        """
        named = self._named()
        under_way = min(_noted(self.folder / "jobs"), default=time.time() + _GRACE_S) - _GRACE_S
        freed = 0
        for path in self._assets.glob("??/*"):
            asset_id = path.name.partition(".")[0].encode()
            if asset_id in named:  # a draft, which a killed server may leave, has no name yet
                continue
            until = min(deleted.get(asset_id, time.time() - _GRACE_S), under_way)
            with suppress(FileNotFoundError):
                status = path.stat()
                if status.st_mtime <= until:
                    path.unlink()
                    freed += status.st_size
        return freed


class _Records:
    """The records read last, by the stamp of their file, so that an unchanged one is not parsed again."""

    def __init__(self) -> None:
        self._designs: OrderedDict[str, tuple[Stamp, Design]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, design_id: str, stamp: Stamp) -> Design | None:
        """The record of this state of the file."""
        with self._lock:
            row = self._designs.get(design_id)
            if row is None or row[0] != stamp:
                return None
            self._designs.move_to_end(design_id)
            return row[1]

    def keep(self, design: Design, stamp: Stamp) -> None:
        """Keep a record, in place of those not asked for longest."""
        with self._lock:
            before = self._designs.pop(design.id, None)
            self._bytes += stamp[1] - (before[0][1] if before else 0)
            self._designs[design.id] = (stamp, design)
            while self._bytes > _CACHED_BYTES and len(self._designs) > 1:
                _, (gone, _) = self._designs.popitem(last=False)
                self._bytes -= gone[1]


class _Size:
    """The bytes of folders, counted now and then: a walk over thousands of files is not made for every look."""

    def __init__(self) -> None:
        self._bytes = 0
        self._counted_at = -math.inf

    def bytes(self, *folders: Path) -> int:
        """What they hold, at most a minute ago."""
        if time.monotonic() - self._counted_at > _SIZE_HOLDS_S:
            self._bytes = sum(_bytes_in(folder) for folder in folders)
            self._counted_at = time.monotonic()
        return self._bytes


def _parsed(data: bytes, design_id: str) -> Design:
    """Read a record's bytes, whatever they are. Raises Corrupt."""
    try:
        design = Design.model_validate(migrated(json.loads(data)))
    except NewerRecord as error:
        raise Corrupt(
            f"The design {design_id} was written by a newer Loupe; update Loupe to open it."
        ) from error
    except (ValueError, RecursionError) as error:
        raise Corrupt(
            f"The file of design {design_id} is damaged ({_fault(error)}); restore it from a backup."
        ) from error
    if design.id != design_id:
        raise Corrupt(
            f"The folder {design_id} holds a copy of design {design.id}; import or duplicate it instead."
        )
    return design


def _fault(error: Exception) -> str:
    """What a record breaks, in a few words."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        return f"{place[:120] or 'it'}: {first['msg'][:160]}".rstrip(".")
    return str(error)[:160].rstrip(".") or type(error).__name__


def _changed_at(folder: Path) -> datetime:
    try:
        return datetime.fromtimestamp(int(folder.stat().st_mtime), UTC)
    except (OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def _bytes_in(folder: Path) -> int:
    size = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                size += _bytes_in(Path(entry.path))
            else:
                size += entry.stat(follow_symlinks=False).st_size
    return size


def _names_in(folder: Path) -> set[bytes]:
    """What looks like an asset's name in a folder's JSON files."""
    names: set[bytes] = set()
    for file in folder.glob("*.json"):
        with suppress(FileNotFoundError, IsADirectoryError):
            names.update(_NAMED.findall(file.read_bytes().replace(b"\0", b"")))
    return names


def _noted(jobs: Path) -> Iterator[float]:
    """When the note of each work was written that is under way or was interrupted."""
    for note in jobs.glob("*.json"):
        with suppress(OSError):
            if b'"running"' in note.read_bytes():
                yield note.stat().st_mtime


def _free(path: Path) -> None:
    """Delete an asset and its thumbnails."""
    for file in path.parent.glob(f"{path.name.partition('.')[0]}.*"):
        file.unlink(missing_ok=True)


@lru_cache(maxsize=256)
def _thumbnail(path: Path) -> bytes:
    """A thumbnail's bytes: its name says what it shows, for good."""
    return path.read_bytes()


def _unknown(design_id: str) -> UnknownDesign:
    return UnknownDesign(f"There is no design with the id “{design_id[:40]}”; choose one from the gallery.")


def id_from(text: str) -> DesignId:
    """The design id that belongs to a text, always the same."""
    number = int(hashlib.sha256(text.encode()).hexdigest(), 16)
    return DesignId(
        "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(10))
    )


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def _name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned:
        raise BadInput("A design needs a name.")
    if len(cleaned) > LONGEST_NAME:
        raise BadInput(f"A design's name may have at most {LONGEST_NAME} characters.")
    return cleaned
