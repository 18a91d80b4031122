"""Storage elsewhere: named bytes in a bucket (`s3://`, `gs://`, `az://`) or a folder (`file://`), written once.

A name is created or it is there already; nothing is ever written over. Two servers that create the same name at once
are told apart by the storage itself (S3: `If-None-Match`), and a reader sees all of an object or none of it.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from pipeline.errors import BadInput, StorageError

_PATIENCE = {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 2}}
"""Of botocore: storage that is down is told soon, not after minutes."""


_SKEWED = "difference between the request time and the current time is too large"
"""What S3 says where clocks are more than a quarter of an hour apart."""


class Bucket(Protocol):
    """Where bytes are kept by name. Every call raises StorageError while the storage does not answer."""

    def create(self, name: str, data: bytes) -> bool:
        """Write a new object, whole or not at all; False where the name is taken."""

    def read(self, name: str) -> bytes | None:
        """An object's bytes; None where there is none."""

    def names(self, prefix: str) -> list[str]:
        """The names that begin so, in order; a prefix ends at a slash."""


def opened(url: str) -> Bucket:
    """The storage at an address; what stands behind its `?` are options of the file system, such as `endpoint_url`.

    Raises BadInput for an address of no kind that is at hand.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return Folder(Path(parts.path))
    if not parts.scheme or not parts.netloc or parts.scheme == "file":
        raise BadInput("LOUPE_STORE_URL is no address; write s3://bucket/folder, or file:///folder.")
    import fsspec

    options: dict[str, Any] = dict(parse_qsl(parts.query))
    if parts.scheme in {"s3", "s3a"}:
        options |= {"config_kwargs": _PATIENCE}
    try:
        system = fsspec.filesystem(
            parts.scheme, use_listings_cache=False, skip_instance_cache=True, **options
        )
    except (ImportError, ValueError) as error:
        raise BadInput(
            f"LOUPE_STORE_URL names a kind of storage “{parts.scheme}” that is not installed ({error})."
        ) from error
    if hasattr(system, "retries"):
        system.retries = 1  # s3fs' own, around botocore's: five times its patience
    return Objects(system, f"{parts.netloc}{parts.path}".rstrip("/"))


class Folder:
    """A folder as a bucket: a share, a mounted disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str, data: bytes) -> bool:
        """As `Bucket.create`: written beside, then linked, which fails where the name is taken."""
        path = self._folder / name
        with _answering():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            try:
                with draft.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):
                    os.link(draft, path)
                    return True
                return False
            finally:
                draft.unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """As `Bucket.read`."""
        with _answering():
            try:
                return (self._folder / name).read_bytes()
            except FileNotFoundError:
                return None

    def names(self, prefix: str) -> list[str]:
        """As `Bucket.names`."""
        with _answering():
            return sorted(
                path.relative_to(self._folder).as_posix()
                for path in (self._folder / prefix).rglob("*")
                if not path.name.startswith(".") and path.is_file()
            )


@contextmanager
def _answering() -> Iterator[None]:
    """Turn the operating system's errors in a block into a StorageError that names the setting."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The folder of LOUPE_STORE_URL does not answer ({error.strerror or error})."
        ) from error


class Objects:
    """A bucket behind one of fsspec's file systems."""

    def __init__(self, system: Any, root: str) -> None:
        self._system = system
        self._root = root

    def create(self, name: str, data: bytes) -> bool:
        """As `Bucket.create`."""
        try:
            self._system.pipe_file(f"{self._root}/{name}", data, mode="create")
        except FileExistsError:
            return False
        except Exception as error:
            if _is_taken(error):
                return False
            raise _unreachable(error) from error
        return True

    def read(self, name: str) -> bytes | None:
        """As `Bucket.read`."""
        try:
            return bytes(self._system.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _unreachable(error) from error

    def names(self, prefix: str) -> list[str]:
        """As `Bucket.names`."""
        try:
            paths = self._system.find(f"{self._root}/{prefix}")
        except FileNotFoundError:
            return []
        except Exception as error:
            raise _unreachable(error) from error
        return sorted(str(path).removeprefix(f"{self._root}/") for path in paths)


def _is_taken(error: Exception) -> bool:
    """Whether a service says that the name is taken: 412, or 409 where another is just writing it."""
    return any(
        sign in f"{error} {error.__cause__}" for sign in ("PreconditionFailed", "ConditionalRequestConflict")
    )


def _unreachable(error: Exception) -> StorageError:
    if _SKEWED in f"{error} {error.__cause__}":
        return StorageError(
            "The storage of LOUPE_STORE_URL refuses calls: its clock and this machine's differ too much. Set it right."
        )
    return StorageError(f"The storage of LOUPE_STORE_URL does not answer ({type(error).__name__}).")
