"""Where a catalogue is written: a folder of this machine, or storage elsewhere by its address.

    index.html, report.csv     the page and the table, made anew as rows end
    pieces/, covers/           each row's files
    report.jsonl               in a folder: the lines, each added as its row ends
    lines/<number>-<x>.jsonl   elsewhere, where nothing can be added to a file: the same lines, some in each

Elsewhere each file is whole or not there. A storage that does not answer is tried for a minute: a run of ten hours does
not end for one refused call.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from pipeline import files
from pipeline.bucket import Bucket, Folder, opened
from pipeline.errors import StorageError
from pipeline.log import event
from pipeline.tables import LINES

WAITS_S = (0.5, 2.0, 8.0, 20.0, 30.0)
"""Between the tries of one call."""
_AT_ONCE = 16
_SEGMENT = re.compile(r"lines/(?P<number>[0-9]{10})-[0-9a-z]{1,16}[.]jsonl")
Value = TypeVar("Value")


class Place(Protocol):
    """Where lines and files are kept. Every call raises StorageError where it cannot be used."""

    def ready(self) -> None:
        """Make sure, before anything is made or bought, that it can be written."""

    def lines(self) -> list[bytes]:
        """The lines that were kept, oldest first; the last may be half, of a run that died."""

    def add(self, line: bytes) -> None:
        """Keep a line."""

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Write files by their names, in place of earlier ones."""

    def holds(self, name: str) -> bool:
        """Whether a file is there, or a folder that is not empty."""

    def tidy(self) -> None:
        """Bring together what can be, now and then."""

    def address(self, name: str) -> str:
        """Where a file lies, for people."""


def at(out: str) -> Place:
    """The place that is named: a folder, or an address (`s3://`, `gs://`, `az://`, `file://`). Raises BadInput."""
    if "://" not in out:
        return Disk(Path(out))
    bucket = opened(out, "--out")
    if isinstance(bucket, Folder):
        return Disk(bucket.folder)
    parts = urlsplit(out)
    return Elsewhere(bucket, f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/"))


class Disk:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ready(self) -> None:
        """As `Place.ready`: what is wrong is said by `lines`."""

    def lines(self) -> list[bytes]:
        """As `Place.lines`."""
        file = self.folder / LINES
        try:
            return [text for text in file.read_bytes().split(b"\n") if text.strip()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError(
                f"{file} cannot be read ({error.strerror or error}); name a folder of your own to write into."
            ) from error

    def add(self, line: bytes) -> None:
        """As `Place.add`."""
        with files.access(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / LINES).open("ab") as file:
                file.write(b"\n" + line + b"\n")

    def write(self, contents: Mapping[str, bytes]) -> None:
        """As `Place.write`."""
        with files.access(self.folder):
            for name, data in contents.items():
                files.write(self.folder / name, data)

    def holds(self, name: str) -> bool:
        """As `Place.holds`."""
        return (self.folder / name).exists()

    def tidy(self) -> None:
        """As `Place.tidy`: a line is added where the others are."""

    def address(self, name: str) -> str:
        """As `Place.address`."""
        return str(self.folder / name)


class Elsewhere:
    """A bucket. Several runs may write to it: a segment of lines has its name from nobody else."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket = bucket
        self._name = name
        self._next = 0
        self._loose: dict[str, bytes] = {}
        """Segments of one line each, by name."""
        self._there: set[str] | None = None
        """Files and folders; None until it was asked."""

    def ready(self) -> None:
        """As `Place.ready`: a file is written and removed, at once or not at all."""
        name = f"lines/probe-{secrets.token_hex(8)}"
        self._bucket.replace(name, b"Loupe")
        if self._bucket.read(name) != b"Loupe":
            raise StorageError("The storage of --out does not give back what was written to it.")
        self._bucket.remove(name)

    def lines(self) -> list[bytes]:
        """As `Place.lines`."""
        named = [each for name in self._bucket.names("lines/") if (each := _SEGMENT.fullmatch(name))]
        self._next = max((int(each["number"]) for each in named), default=0) + 1

        def read(each: re.Match[str]) -> bytes:
            return _patient(lambda: self._bucket.read(each[0])) or b""

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            segments = list(pool.map(read, named))
        return [text for segment in segments for text in segment.split(b"\n") if text.strip()]

    def add(self, line: bytes) -> None:
        """As `Place.add`."""
        self._loose[self._segment(line + b"\n")] = line

    def write(self, contents: Mapping[str, bytes]) -> None:
        """As `Place.write`."""

        def one(item: tuple[str, bytes]) -> None:
            _patient(lambda: self._bucket.replace(*item))

        with ThreadPoolExecutor(min(_AT_ONCE, max(1, len(contents)))) as pool:
            list(pool.map(one, contents.items()))
        if self._there is not None:
            self._there.update(_with_folders(contents))

    def holds(self, name: str) -> bool:
        """As `Place.holds`; what is there is asked once."""
        if self._there is None:
            self._there = _with_folders(_patient(lambda: self._bucket.names("pieces/")))
        return name in self._there

    def tidy(self) -> None:
        """As `Place.tidy`: the lines of single rows go into one segment; one that dies between leaves them twice."""
        if len(self._loose) < 2:
            return
        loose, self._loose = self._loose, {}
        self._segment(b"".join(line + b"\n" for line in loose.values()))

        def remove(name: str) -> None:
            _patient(lambda: self._bucket.remove(name))

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(remove, loose))

    def address(self, name: str) -> str:
        """As `Place.address`."""
        return f"{self._name}/{name}"

    def _segment(self, data: bytes) -> str:
        """Keep a segment; its name. One that is found to be there was written by a call whose answer was lost."""
        name = f"lines/{self._next:010d}-{secrets.token_hex(4)}.jsonl"
        _patient(lambda: self._bucket.create(name, data))
        self._next += 1
        return name


def _with_folders(names: Iterable[str]) -> set[str]:
    return {*names, *(str(parent) for name in names for parent in Path(name).parents)}


def _patient(call: Callable[[], Value]) -> Value:
    """Make a call that may be made again, as often as patience lasts. Raises the last StorageError."""
    for wait_s in WAITS_S:
        try:
            return call()
        except StorageError as error:
            event("catalogue.storage", logging.WARNING, error=error)
            time.sleep(wait_s)
    return call()
