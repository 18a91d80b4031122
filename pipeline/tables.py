"""Catalogues begun on a page, kept in the bucket too: a server on an empty disk shows them and goes on with them.

    catalogues/<id>/table.<ext>                      as it was uploaded
    catalogues/<id>/asked/<number>.json              what was asked for beside it; anew where its cap is another
    catalogues/<id>/lines/<time>-<random>.jsonl      lines of its report, in the order they were written

What is here is sent, what is there and not here is brought. Lines are only ever added, on both sides.
"""

import logging
import os
import re
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, Field

from pipeline import files
from pipeline.bucket import Bucket
from pipeline.errors import StorageError
from pipeline.log import event

FOLDER, ASKED, LINES = "catalogues", "asked.json", "report.jsonl"
_NAME = re.compile(
    r"catalogues/(?P<id>[0-9a-z]{1,40})/"
    r"(?P<file>table\.[a-z]{3,6}|asked/(?P<number>[0-9]{8})\.json|lines/[0-9a-z-]{1,60}\.jsonl)"
)


@dataclass
class _There:
    """What the bucket has of one catalogue."""

    table: str = ""
    asked: int = 0
    """The newest number."""
    lines: list[str] = field(default_factory=list)


class _Even(BaseModel):
    """How far one catalogue was even with the bucket."""

    asked: int = 0
    text: str = ""
    """What was asked for then."""
    sent_bytes: int = Field(default=0, ge=0)
    """Of the report's file."""
    lines: set[str] = set()
    """Names of what was read from there or written there."""


class Tables:
    """The catalogues of a data folder in a bucket."""

    def __init__(self, data_folder: Path, bucket: Bucket) -> None:
        self._folder = data_folder / FOLDER
        self._notes = data_folder / "replica" / FOLDER
        self._bucket = bucket

    def even_out(self) -> None:
        """Send what is new here, bring what is new there. Raises StorageError; what is damaged hurts itself only."""
        there = self._there()
        here = {note.parent.name for note in self._folder.glob(f"*/{ASKED}")}
        for catalogue_id in sorted(here | set(there)):
            if re.fullmatch(r"[0-9a-z]{1,40}", catalogue_id):
                self._even_out(catalogue_id, there[catalogue_id])

    def _there(self) -> defaultdict[str, _There]:
        there: defaultdict[str, _There] = defaultdict(_There)
        for name in self._bucket.names(f"{FOLDER}/"):
            if named := _NAME.fullmatch(name):  # else it is somebody else's file
                each, file = there[named["id"]], named["file"]
                if named["number"]:
                    each.asked = max(each.asked, int(named["number"]))
                elif file.startswith("table."):
                    each.table = file
                else:
                    each.lines.append(name)
        return there

    def _even_out(self, catalogue_id: str, there: _There) -> None:
        folder, even = self._folder / catalogue_id, self._note(catalogue_id)
        before = even.model_copy(deep=True)
        if (folder / ASKED).exists():
            self._send_table(catalogue_id, folder, there)
            self._even_out_asked(catalogue_id, folder, there, even)
            self._send_lines(catalogue_id, folder, even)
            self._bring_lines(folder, there, even)
        elif there.table and there.asked:
            self._bring(catalogue_id, folder, there, even)
        if even != before:
            with files.access(self._notes):
                files.write(self._notes / f"{catalogue_id}.json", even.model_dump_json().encode())

    def _send_table(self, catalogue_id: str, folder: Path, there: _There) -> None:
        if not there.table:
            for table in folder.glob("table.*"):
                with files.access(folder):
                    data = table.read_bytes()
                self._bucket.create(f"{FOLDER}/{catalogue_id}/{table.name}", data)

    def _even_out_asked(self, catalogue_id: str, folder: Path, there: _There, even: _Even) -> None:
        """What was changed here last stands, else what was changed there; a damaged note here is sent nowhere."""
        with files.access(folder):
            text = _as_ours((folder / ASKED).read_bytes(), catalogue_id)
        if text and text != even.text:
            number = max(there.asked, even.asked) + 1
            if self._bucket.create(_asked(catalogue_id, number), text.encode()):
                even.asked, even.text = number, text
        elif there.asked > even.asked and (newer := self._read_asked(catalogue_id, there.asked)):
            with files.access(folder):
                files.write(folder / ASKED, newer.encode())
            even.asked, even.text = there.asked, newer

    def _send_lines(self, catalogue_id: str, folder: Path, even: _Even) -> None:
        fresh, end = _lines_since(folder / LINES, even.sent_bytes)
        if fresh.strip():
            name = f"{FOLDER}/{catalogue_id}/lines/{time.time_ns():020d}-{secrets.token_hex(4)}.jsonl"
            self._bucket.create(name, fresh)
            even.lines.add(name)
        even.sent_bytes = end

    def _bring_lines(self, folder: Path, there: _There, even: _Even) -> None:
        unseen = [name for name in sorted(there.lines) if name not in even.lines]
        if not unseen:
            return
        known = set(_lines_since(folder / LINES, 0)[0].split(b"\n"))
        segments = b"\n".join(self._bucket.read(name) or b"" for name in unseen).split(b"\n")
        fresh = b"".join(b"\n" + line + b"\n" for line in segments if line.strip() and line not in known)
        if fresh:
            with files.access(folder), (folder / LINES).open("ab") as file:
                file.write(fresh)
                end = file.tell()
            if end - len(fresh) == even.sent_bytes:  # else a row ended meanwhile: they are sent once more
                even.sent_bytes = end
        even.lines.update(unseen)

    def _bring(self, catalogue_id: str, folder: Path, there: _There, even: _Even) -> None:
        """Lay a catalogue down that is not here; what was asked for last: without it the folder is none."""
        table = self._bucket.read(f"{FOLDER}/{catalogue_id}/{there.table}")
        text = self._read_asked(catalogue_id, there.asked)
        if table is None or not text:
            event("tables.skipped", logging.WARNING)
            return
        with files.access(folder):
            files.write(folder / there.table, table)
        self._bring_lines(folder, there, even)
        with files.access(folder):
            files.write(folder / ASKED, text.encode())
        even.asked, even.text = there.asked, text

    def _read_asked(self, catalogue_id: str, number: int) -> str:
        """What was asked for by what is there; empty where it is no text of ours."""
        return _as_ours(self._bucket.read(_asked(catalogue_id, number)) or b"", catalogue_id)

    def _note(self, catalogue_id: str) -> _Even:
        try:
            return _Even.model_validate_json((self._notes / f"{catalogue_id}.json").read_bytes())
        except (OSError, ValueError):
            return _Even()


def _as_ours(data: bytes, catalogue_id: str) -> str:
    """A note as text; empty where it is none of this catalogue's."""
    try:
        asked = files.parsed(data)
        return data.decode() if isinstance(asked, dict) and asked.get("id") == catalogue_id else ""
    except ValueError:
        return ""


def _lines_since(file: Path, size: int) -> tuple[bytes, int]:
    """A report's whole lines after its first `size` bytes, and where they end; from its beginning where it is smaller.

    Raises StorageError.
    """
    try:
        with file.open("rb") as report:
            begin = report.seek(size if size <= os.fstat(report.fileno()).st_size else 0)
            data = report.read()
    except FileNotFoundError:
        return b"", 0
    except OSError as error:
        raise StorageError(f"{file} cannot be read ({error.strerror or error}).") from error
    lines = data[: data.rfind(b"\n") + 1]
    return lines, begin + len(lines)


def _asked(catalogue_id: str, number: int) -> str:
    return f"{FOLDER}/{catalogue_id}/asked/{number:08d}.json"
