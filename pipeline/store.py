"""Designs on disk. Assets are written first, then the record that names them, each by atomic rename:
whenever the process dies, every committed design is whole.

Layout of the data folder:
    designs/<id>/design.json    the record; beside it `lock`
    assets/<aa>/<sha256>.<ext>  immutable bytes; for pictures also <sha256>.384.jpg and <sha256>.900.jpg
    trash/<id>/                 deleted designs, until emptied
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import ValidationError

from pipeline import files, images
from pipeline.errors import BadInput, Corrupt, ReadOnly, StorageError, UnknownDesign
from pipeline.records import SCHEMA, Asset, AssetId, Design, DesignId, Kind, Recipe, now

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

Migration = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: tuple[Migration, ...] = ()
"""MIGRATIONS[n] leads a stored record from schema n + 1 to n + 2."""


class Store:
    """All designs and assets under one data folder. Without `writable` every change is refused with ReadOnly."""

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        self.folder = folder
        self._writable = writable
        self._designs = folder / "designs"
        self._assets = folder / "assets"
        self._trash = folder / "trash"
        try:
            for made in (self._designs, self._assets, self._trash):
                made.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise files.storage_error(error, folder) from error

    # -- designs

    def create(
        self, name: str, *, kind: Kind = "necklace", prompt: str = "", design_id: str | None = None
    ) -> Design:
        """Begin a design, under an id of its own or the one given."""
        design = Design(id=DesignId(design_id or _new_id()), name=_name(name), kind=kind, prompt=prompt)
        self._write(design)
        return design

    def add(self, design: Design) -> None:
        """Take in a whole design made elsewhere; its assets must be here already."""
        if self._file(design.id).exists():
            raise BadInput(f"A design with the id {design.id} is here already.")
        self._write(design)

    def load(self, design_id: str) -> Design:
        """Read a design. Raises UnknownDesign, Corrupt or StorageError."""
        try:
            text = self._file(design_id).read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise UnknownDesign(
                f"There is no design with the id “{design_id[:40]}”; choose one from the gallery."
            ) from error
        except OSError as error:
            raise files.storage_error(error, self.folder) from error
        try:
            return Design.model_validate_json(json.dumps(_migrate(json.loads(text))))
        except (ValueError, ValidationError) as error:
            raise Corrupt(f"The file of design {design_id} is damaged; restore it from a backup.") from error

    def update(self, design_id: str, change: Callable[[Design], Design]) -> Design:
        """Apply a change under the design's lock and return what is now on disk.

        `change` gets the newest record, so that two tabs and several jobs never overwrite each other.
        """
        self._allow()
        self._file(design_id)
        if not (self._designs / design_id).is_dir():
            raise UnknownDesign(
                f"There is no design with the id “{design_id[:40]}”; choose one from the gallery."
            )
        try:
            with FileLock(self._designs / design_id / "lock", timeout=_LOCK_TIMEOUT_S):
                changed = change(self.load(design_id)).model_copy(update={"updated_at": now()})
                self._write(changed)
                return changed
        except Timeout as error:
            raise StorageError("The design is being written elsewhere; try again in a moment.") from error
        except OSError as error:
            raise files.storage_error(error, self.folder) from error

    def rename(self, design_id: str, name: str) -> Design:
        """Give a design another name."""
        return self.update(design_id, lambda design: design.model_copy(update={"name": _name(name)}))

    def duplicate(self, design_id: str, *, name: str | None = None) -> Design:
        """Make a second design from the first; assets are shared."""
        original = self.load(design_id)
        copy = original.model_copy(
            update={
                "id": DesignId(_new_id()),
                "name": _name(name or f"{original.name} (copy)"[:300]),
                "created_at": now(),
                "updated_at": now(),
            }
        )
        self._write(copy)
        return copy

    def delete(self, design_id: str) -> None:
        """Move a design to the trash; `restore` brings it back."""
        self.load(design_id)
        self._move(self._designs / design_id, self._trash / design_id)

    def restore(self, design_id: str) -> Design:
        """Bring a deleted design back."""
        self._file(design_id)
        if not (self._trash / design_id).is_dir():
            raise UnknownDesign(f"The design “{design_id[:40]}” is not in the trash any more.")
        self._move(self._trash / design_id, self._designs / design_id)
        return self.load(design_id)

    def designs(self) -> tuple[Design, ...]:
        """All readable designs, last worked on first."""
        found = []
        for folder in self._designs.iterdir():
            try:
                found.append(self.load(folder.name))
            except (UnknownDesign, Corrupt):
                continue  # half-made folders and damaged records never hide the healthy ones
        return tuple(sorted(found, key=lambda design: (design.updated_at, design.id), reverse=True))

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
            if not path.exists():
                if width and thumbnails:
                    decoded = images.decode(data, first=True) if pixels is None else pixels
                    for side, made in images.thumbnails(decoded).items():
                        files.write(path.with_name(f"{asset_id}.{side}.jpg"), made)
                files.write(path, data)
        except OSError as error:
            raise files.storage_error(error, self.folder) from error
        return Asset(
            id=asset_id, media_type=kind, size_bytes=len(data), width=width, height=height, recipe=recipe
        )

    def put_picture(self, pixels: images.Pixels, recipe: Recipe) -> Asset:
        """Encode pixels as a lossless PNG that carries its recipe, and keep it."""
        told = recipe.model_dump(mode="json", exclude={"seconds", "cache_key"}, exclude_defaults=True)
        return self.put(images.encode_png(pixels, recipe=told), recipe, pixels)

    def read(self, asset: Asset) -> bytes:
        """An asset's bytes, checked against its id. Raises Corrupt."""
        try:
            data = self._path(asset.id, asset.media_type).read_bytes()
        except FileNotFoundError as error:
            raise Corrupt(
                f"The file {asset.id[:12]}… of this design is missing from the data folder."
            ) from error
        except OSError as error:
            raise files.storage_error(error, self.folder) from error
        if images.content_id(data) != asset.id:
            raise Corrupt(f"The file {asset.id[:12]}… was changed on disk and is not used.")
        return data

    def pixels(self, asset: Asset) -> images.Pixels:
        """A picture asset, decoded."""
        return images.decode(self.read(asset), first=True)

    def thumbnail(self, asset: Asset, side: int = 384) -> bytes:
        """The JPEG thumbnail of a picture asset (384 or 900 px)."""
        path = self._path(asset.id, asset.media_type).with_name(f"{asset.id}.{side}.jpg")
        try:
            return path.read_bytes()
        except FileNotFoundError:
            made = images.thumbnail(self.pixels(asset), side)
            with suppress(OSError):  # a full disk costs time at the next look, not this one
                files.write(path, made)
            return made
        except OSError as error:
            raise files.storage_error(error, self.folder) from error

    def size_bytes(self) -> int:
        """Bytes of all designs and assets on disk."""
        return sum(
            f.stat().st_size for part in (self._designs, self._assets) for f in part.rglob("*") if f.is_file()
        )

    # -- private

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

    def _write(self, design: Design) -> None:
        self._allow()
        path = self._file(design.id)
        try:
            files.write(path, design.model_dump_json(indent=1).encode())
        except OSError as error:
            raise files.storage_error(error, self.folder) from error

    def _move(self, source: Path, target: Path) -> None:
        self._allow()
        try:
            if target.exists():
                shutil.rmtree(target)
            source.replace(target)
        except OSError as error:
            raise files.storage_error(error, self.folder) from error


def _migrate(record: dict[str, Any]) -> dict[str, Any]:
    version = int(record.get("schema_version", 1))
    if version > SCHEMA:
        raise ValueError("written by a newer Loupe")
    for migration in MIGRATIONS[version - 1 :]:
        record = migration(record)
    return {**record, "schema_version": SCHEMA}


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
    if len(cleaned) > 300:
        raise BadInput("A design's name may have at most 300 characters.")
    return cleaned
