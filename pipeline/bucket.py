"""Storage elsewhere: named bytes in a bucket (`s3://`, `gs://`, `az://`) or a folder (`file://`).

What several servers may write at once is created: a name is new, or it is there already. Two that create the same name
are told apart by the storage itself (S3: `If-None-Match`), and a reader sees all of an object or none of it. Only what
one alone writes is replaced or removed.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline import files
from pipeline.errors import BadInput, StorageError

_PATIENCE = {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 2}}
"""Of botocore: storage that is down is told soon, not after minutes."""

_NO_KEYS = {"NoCredentialsError", "PartialCredentialsError", "DefaultCredentialsError"}
_KINDS: dict[str, tuple[dict[str, Any], str]] = {
    **dict.fromkeys(("s3", "s3a"), ({"mode": "create"}, "ContentType")),
    **dict.fromkeys(("gs", "gcs"), ({"mode": "create"}, "content_type")),
    **dict.fromkeys(("az", "abfs", "abfss"), ({"overwrite": False}, "")),
}
"""The kinds of storage: how each creates without overwriting (not every adlfs knows the mode), and what it calls the
media type of an object."""
_SKEWED = "difference between the request time and the current time is too large"
"""What S3 says where clocks are more than a quarter of an hour apart."""


class Bucket(Protocol):
    """Where bytes are kept by name. Every call raises StorageError while the storage does not answer."""

    def create(self, name: str, data: bytes) -> bool:
        """Write a new object, whole or not at all; False where the name is taken."""

    def read(self, name: str) -> bytes | None:
        """An object's bytes; None where there is none."""

    def replace(self, name: str, data: bytes) -> None:
        """Write an object whole, in place of one of the same name."""

    def remove(self, name: str) -> None:
        """Remove an object, if it is there."""

    def names(self, prefix: str) -> list[str]:
        """The names that begin so, in order; a prefix ends at a slash."""


def opened(url: str, setting: str = "LOUPE_STORE_URL") -> Bucket:
    """The storage at an address; what stands behind its `?` are options of the file system, such as `endpoint_url`.

    `setting` is what the address was given as. Raises BadInput for an address of no kind that is at hand.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # half an IPv6 address
        parts = urlsplit("")
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return Folder(Path(unquote(parts.path)), setting)
    if parts.scheme not in _KINDS or not parts.netloc:
        raise BadInput(
            f"{setting} is no address Loupe writes to; write s3://bucket/folder, gs://, az:// or file:///folder."
        )
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
            f"{setting} names a kind of storage “{parts.scheme}” that is not installed ({error})."
        ) from error
    except TypeError as error:  # an option behind the `?` that it does not know
        raise BadInput(
            f"{setting} has an option behind its “?” that {parts.scheme} does not know."
        ) from error
    if hasattr(system, "retries"):
        system.retries = 1  # s3fs' own, around botocore's: five times its patience
    return Objects(system, f"{parts.netloc}{parts.path}".rstrip("/"), setting, parts.scheme)


class Folder:
    """A folder as a bucket: a share, a mounted disk."""

    def __init__(self, folder: Path, setting: str = "LOUPE_STORE_URL") -> None:
        self.folder = folder
        self._setting = setting

    def create(self, name: str, data: bytes) -> bool:
        """As `Bucket.create`: written beside, then linked, which fails where the name is taken."""
        path = self.folder / name
        with self._answering():
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

    def replace(self, name: str, data: bytes) -> None:
        """As `Bucket.replace`."""
        with self._answering():
            files.write(self.folder / name, data)

    def remove(self, name: str) -> None:
        """As `Bucket.remove`."""
        with self._answering():
            (self.folder / name).unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """As `Bucket.read`."""
        with self._answering():
            try:
                return (self.folder / name).read_bytes()
            except FileNotFoundError:
                return None

    def names(self, prefix: str) -> list[str]:
        """As `Bucket.names`."""
        with self._answering():
            return sorted(
                path.relative_to(self.folder).as_posix()
                for path in (self.folder / prefix).rglob("*")
                if not path.name.startswith(".") and path.is_file()
            )

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Turn the operating system's errors in a block into a StorageError that names the setting."""
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"The folder of {self._setting} does not answer ({error.strerror or error})."
            ) from error


class Objects:
    """A bucket behind one of fsspec's file systems."""

    def __init__(self, system: Any, root: str, setting: str, kind: str) -> None:
        self._system = system
        self._root = root
        self._setting = setting
        self._creating, self._media_type = _KINDS[kind]

    def create(self, name: str, data: bytes) -> bool:
        """As `Bucket.create`."""
        try:
            self._system.pipe_file(f"{self._root}/{name}", data, **self._creating, **self._typed(name))
        except FileExistsError:
            return False
        except Exception as error:
            if _is_taken(error):
                return False
            raise self._unreachable(error) from error
        return True

    def replace(self, name: str, data: bytes) -> None:
        """As `Bucket.replace`."""
        try:
            self._system.pipe_file(f"{self._root}/{name}", data, **self._typed(name))
        except Exception as error:
            raise self._unreachable(error) from error

    def remove(self, name: str) -> None:
        """As `Bucket.remove`."""
        try:
            self._system.rm_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return
        except Exception as error:
            raise self._unreachable(error) from error

    def read(self, name: str) -> bytes | None:
        """As `Bucket.read`."""
        try:
            return bytes(self._system.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._unreachable(error) from error

    def names(self, prefix: str) -> list[str]:
        """As `Bucket.names`."""
        try:
            paths = self._system.find(f"{self._root}/{prefix}")
        except FileNotFoundError:
            return []
        except Exception as error:
            raise self._unreachable(error) from error
        return sorted(str(path).removeprefix(f"{self._root}/") for path in paths)

    def _typed(self, name: str) -> dict[str, str]:
        """The media type of an object, as the file system takes it: a page is to open in a browser."""
        media_type = guess_type(name)[0]
        return {self._media_type: media_type} if self._media_type and media_type else {}

    def _unreachable(self, error: Exception) -> StorageError:
        said = f"{error} {error.__cause__}"
        if _SKEWED in said:
            return StorageError(
                f"The storage of {self._setting} refuses calls: its clock and this machine's differ too much. "
                "Set it right."
            )
        if isinstance(error, FileNotFoundError) and not isinstance(error, ConnectionError):
            return StorageError(f"The storage of {self._setting} is not there; is its name right?")
        if isinstance(error, PermissionError) or type(error).__name__ in _NO_KEYS or "Forbidden: " in said:
            return StorageError(
                f"The storage of {self._setting} refuses this machine ({type(error).__name__}); its keys come from the "
                "environment."
            )
        return StorageError(f"The storage of {self._setting} does not answer ({type(error).__name__}).")


def _is_taken(error: Exception) -> bool:
    """Whether a service says that the name is taken: 412, or 409 where another is just writing it."""
    return any(
        sign in f"{error} {error.__cause__}"
        for sign in ("PreconditionFailed", "ConditionalRequestConflict", "BlobAlreadyExists")
    )
