"""A .loupe archive with smaller pictures, every pixel of them: the samples, which everybody clones, are kept so.

A PNG is a lossless WebP here, of what it differs from what its sources let one expect: a crop from its master, a locked
close-up from its answer and that crop. Opened, it is a PNG again. That has the bytes it had, and so its name, wherever
the system packs as the writer's did (zlib); elsewhere it has the same pixels, and the design names it by its new bytes.
"""

import io
import json
import zipfile
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from pipeline import images
from pipeline.errors import BadArchive, BadImage
from pipeline.export import entries, manifest
from pipeline.export.foresight import foreseen
from pipeline.export.manifest import Manifest
from pipeline.images import Pixels
from pipeline.records import Asset, AssetId

_PNG = "image/png"
_MIDDLE = np.uint8(128)
"""Stands for no difference: WebP's predictors guess a little better around the middle of their range."""
_METHOD = 4
"""Of WebP's six: the sixth takes ten times as long for 3 % less."""
Renamed = dict[str, tuple[str, int]]
"""The new id and size of what comes out in other bytes, by the old id."""


class _Cut(NamedTuple):
    """A crop: the picture it was cut from, and (x, y, width, height) there."""

    picture: Asset
    box: tuple[int, int, int, int]


class _Locked(NamedTuple):
    """A locked close-up: the answer that was laid over the crop, and the crop."""

    answer: Asset
    crop: Asset


def shrunk(packed: bytes) -> bytes:
    """Make a whole archive of one's own smaller. `archive.opened` takes both."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as whole, zipfile.ZipFile(out, "w") as small:
        pictures = _Pictures(_table(whole), whole)
        for path in whole.namelist():
            data = whole.read(path)
            less = pictures.shrunk(path, data)
            if less is not None and len(less) < len(data):
                entries.put(small, _webp(path), less)
            else:
                entries.put(small, path, data)
    return out.getvalue()


def grown(archive: zipfile.ZipFile, *, most_bytes: int) -> zipfile.ZipFile:
    """The whole archive that a compact one stands for; any other as it is. Raises BadArchive."""
    names = set(archive.namelist())
    if not any(name.endswith(".webp") for name in names):
        return archive
    table = _table(archive)
    missing = {_webp(file.path): file.path for file in table.files if file.path not in names}
    small = {name: path for name, path in missing.items() if name in names}
    if not small:
        return archive
    pictures = _Pictures(table, archive)
    if sum(3 * asset.width * asset.height for asset in map(pictures.at, small.values())) > most_bytes:
        raise BadArchive("This file unpacks to far more than a design needs and is not opened.")
    renamed: Renamed = {}
    out = io.BytesIO()
    with archive, zipfile.ZipFile(out, "w") as whole:
        for name in sorted(names - {*small, manifest.NAME}):
            entries.put(whole, name, entries.read(archive, name, limit=images.MAX_BYTES))
        for path in small.values():
            data, asset = pictures.restored(path), pictures.at(path)
            entries.put(whole, path, data)
            if (new := images.content_id(data)) != asset.id:
                renamed[asset.id] = new, len(data)
        entries.put(whole, manifest.NAME, _renamed(archive, renamed))
    return zipfile.ZipFile(out)


class _Pictures:
    """The pictures of one archive, each kept whole or small."""

    def __init__(self, table: Manifest, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self._assets = {asset.id: asset for asset in table.design.assets()}
        self._ids = {file.path: file.id for file in table.files}
        self._paths = table.paths()
        self._sources = _sources(table)

    def at(self, path: str) -> Asset:
        """The asset a path of the manifest holds. Raises BadArchive."""
        try:
            return self._assets[self._ids[path]]
        except KeyError:
            raise BadArchive(
                "This archive does not hold exactly the files of its design; export it again."
            ) from None

    def shrunk(self, path: str, data: bytes) -> bytes | None:
        """A picture kept small; None where it would not come back to the byte."""
        if images.media_type(data) != _PNG:
            return None
        asset = self.at(path)
        pixels = images.decode(data)
        if images.encode_png(pixels, recipe=asset.recipe.stated()) != data:
            return None
        expected = self._expected(asset)
        kept = pixels if expected is None else pixels - expected + _MIDDLE
        out = io.BytesIO()
        Image.fromarray(kept).save(out, "WEBP", lossless=True, method=_METHOD, exact=True)
        return out.getvalue()

    def restored(self, path: str) -> bytes:
        """The PNG of a picture kept small. Raises BadArchive."""
        asset = self.at(path)
        return images.encode_png(self._pixels(asset), recipe=asset.recipe.stated())

    def _pixels(self, asset: Asset) -> Pixels:
        path = self._paths.get(asset.id, "")
        if path in self._names:
            return self._decoded(path, asset)
        kept, expected = self._decoded(_webp(path), asset), self._expected(asset)
        return kept if expected is None else kept - _MIDDLE + expected

    def _expected(self, asset: Asset) -> Pixels | None:
        """What its sources let one expect of a picture; None where it has none."""
        match self._sources.get(asset.id):
            case _Cut(picture, box):
                return images.crop(self._pixels(picture), box)
            case _Locked(answer, crop):
                return foreseen(self._pixels(crop), self._pixels(answer))
        return None

    def _decoded(self, name: str, asset: Asset) -> Pixels:
        data = entries.read(self._archive, name, limit=images.MAX_BYTES)
        try:
            if images.dimensions(data) == (asset.width, asset.height):
                return images.decode(data)
        except BadImage:
            pass
        raise BadArchive(f"The picture {name} in this archive cannot be decoded; export it again.")


def _sources(table: Manifest) -> dict[AssetId, _Cut | _Locked]:
    """What crops and locked close-ups were made from. A stranger's file may lead in a circle: neither a whole picture
    nor an answer has sources here, nor is a crop a close-up.
    """
    cuts: dict[AssetId, _Cut | _Locked] = {}
    locks: dict[AssetId, _Cut | _Locked] = {}
    for branch in table.design.branches:
        for close_up in branch.close_ups:
            crop, answer, locked = close_up.crop, close_up.registered, close_up.locked
            cuts[crop.id] = _Cut(branch.pictured(close_up.region.shot), close_up.region.box)
            if (answer.width, answer.height) == (locked.width, locked.height):
                locks[locked.id] = _Locked(answer, crop)
    sources = locks | cuts
    return {name: source for name, source in sources.items() if source[0].id not in sources}


def _table(archive: zipfile.ZipFile) -> Manifest:
    return manifest.decode(entries.read(archive, manifest.NAME, limit=manifest.MAX_BYTES))


def _renamed(archive: zipfile.ZipFile, renamed: Renamed) -> bytes:
    """An archive's manifest, to the byte where nothing has a new name."""
    body = entries.read(archive, manifest.NAME, limit=manifest.MAX_BYTES)
    return manifest.sealed(_with_names(json.loads(body), renamed)) if renamed else body


def _webp(path: str) -> str:
    return str(PurePosixPath(path).with_suffix(".webp"))


def _with_names(value: Any, renamed: Renamed) -> Any:
    """A manifest's JSON in which assets have their new names and sizes."""
    match value:
        case dict():
            fields = {key: _with_names(part, renamed) for key, part in value.items() if key != "digest"}
            _, size = renamed.get(value.get("id", ""), ("", None))
            return fields if size is None else {**fields, "size_bytes": size}
        case list():
            return [_with_names(part, renamed) for part in value]
        case str() if value in renamed:
            return renamed[value][0]
    return value
