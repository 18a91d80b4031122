"""Files on disk: the one atomic write of the house, and what the operating system's refusals are called."""

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import DiskFull, StorageError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def write(path: Path, data: bytes) -> None:
    """Write beside, flush to the device, rename: a reader sees the old file or the new one. Raises OSError.

    The folder is made where it is missing. A write that fails leaves no draft behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def parsed(text: str | bytes) -> Any:
    """What a piece of JSON says. Raises ValueError for anything that is none, also where it is nested too deep."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("this is nested too deep") from error


@contextmanager
def access(folder: Path) -> Iterator[None]:
    """Turn the operating system's errors in a block into StorageError and DiskFull that name the folder."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, folder) from error


def storage_error(error: OSError, folder: Path) -> StorageError:
    """Say in a sentence why a folder could not be read or written."""
    if error.errno in _FULL:
        return DiskFull(
            f"There is no room left for {folder}; free some space, then try again. Nothing was lost."
        )
    if error.errno in _REFUSED:
        return StorageError(
            f"The data folder {folder} cannot be written; set LOUPE_DATA_DIR to a folder you own."
        )
    return StorageError(f"The data folder {folder} does not answer ({error.strerror or error}).")
