"""One entry of a ZIP: written the same on any day, read back within limits."""

import stat
import zipfile
import zlib
from typing import IO

from pipeline.errors import BadArchive

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What Python raises where a ZIP is not whole."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a ZIP can hold: the same design gives the same bytes on any day."""


def put(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    """Add an entry."""
    info = zipfile.ZipInfo(path, _EPOCH)
    info.create_system = 3  # Unix, on any system: otherwise the bytes differ
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    pressed = path.endswith((".glb", ".json"))  # pictures are compressed already
    info.compress_type = zipfile.ZIP_DEFLATED if pressed else zipfile.ZIP_STORED
    archive.writestr(info, data, compresslevel=6)


def read(archive: zipfile.ZipFile, path: str, *, limit: int) -> bytes:
    """One entry, never more than `limit` bytes of it, whatever its header claims. Raises BadArchive."""
    try:
        with archive.open(path) as file:
            return _bounded(file, limit)
    except KeyError as error:
        raise BadArchive(f"The file {path[:80]} is missing from this archive.") from error
    except DAMAGED as error:
        raise BadArchive(f"The file {path[:80]} in this archive is damaged; export it again.") from error


def _bounded(file: IO[bytes], limit: int) -> bytes:
    data = file.read(limit + 1)
    if len(data) > limit:
        raise BadArchive("This file unpacks to far more than a design needs and is not opened.")
    return data
