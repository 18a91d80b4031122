"""The atomic write: the old file or the new one, never a draft left behind; refusals in typed errors."""

import errno
import os
from pathlib import Path

import pytest

from pipeline import files
from pipeline.errors import DiskFull, StorageError


def test_a_write_is_flushed_before_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes reach the device while the old file still stands under the name."""
    path = tmp_path / "deep" / "note.json"
    files.write(path, b"old")
    seen = []
    sync = os.fsync
    monkeypatch.setattr("pipeline.files.os.fsync", lambda fd: (seen.append(path.read_bytes()), sync(fd)))
    files.write(path, b"new")
    assert seen == [b"old"]
    assert path.read_bytes() == b"new"
    assert [f.name for f in path.parent.iterdir()] == ["note.json"]


@pytest.mark.parametrize("step", ["pipeline.files.os.fsync", "pathlib.Path.replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_no_draft(
    step: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stops it, a full disk or Ctrl-C."""
    path = tmp_path / "note.json"
    files.write(path, b"old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(step, fail)
    with pytest.raises(type(error)):
        files.write(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [f.name for f in tmp_path.iterdir()] == ["note.json"]


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, DiskFull, "no room left"),
        (errno.EDQUOT, DiskFull, "no room left"),
        (errno.EROFS, StorageError, "LOUPE_DATA_DIR"),
        (errno.EACCES, StorageError, "LOUPE_DATA_DIR"),
        (errno.EIO, StorageError, "does not answer"),
    ],
)
def test_refusals_have_names(number: int, kind: type[StorageError], words: str, tmp_path: Path) -> None:
    """The operating system's numbers become the house's errors, with the folder's name."""
    with pytest.raises(kind, match=words) as told, files.access(tmp_path):
        raise OSError(number, os.strerror(number))
    assert str(tmp_path) in str(told.value)
    assert type(told.value) is kind


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000, "[" * 100_000])
def test_json_of_any_bytes_is_read_or_refused(text: bytes | str) -> None:
    """Nested too deep is a ValueError like every other fault."""
    with pytest.raises(ValueError, match=r".+"):
        files.parsed(text)
    assert files.parsed(b'{"a": [1]}') == {"a": [1]}
