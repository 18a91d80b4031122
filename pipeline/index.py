"""The index of designs: their summaries in SQLite, made anew from the folder wherever it is missing or stale.

The folder is the truth. Each summary carries the stamp of the record it was read from (time, size and inode of
the file); whoever asks compares all stamps with the folder, so that two processes, a restored backup or a
deleted index need no notice. What SQLite holds only spares a fresh process the reading of unchanged records.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from pipeline.records.summary import Summary

log = logging.getLogger(__name__)

_FORM = 1
"""Version of the index's own form: another one is made anew."""
_TIMEOUT_S = 5

Stamp = tuple[int, int, int]
"""Time of the last change (ns), size in bytes and inode of a record's file."""


class Index:
    """Summaries of the records `<folder>/*/design.json`, kept in `file`. Threads and processes may share both."""

    def __init__(self, folder: Path, file: Path, summarize: Callable[[str], Summary]) -> None:
        self._folder = folder
        self._file = file
        self._summarize = summarize
        self._rows: dict[str, tuple[Stamp, Summary]] | None = None
        self._lock = threading.Lock()

    def summaries(self) -> tuple[Summary, ...]:
        """One for each record in the folder, last worked on first; damaged ones say what is wrong."""
        with self._lock:
            rows = self._read() if self._rows is None else self._rows
            stamps = dict(_stamps(self._folder))
            fresh = {
                name: (stamp, self._summarize(name))
                for name, stamp in stamps.items()
                if name not in rows or rows[name][0] != stamp
            }
            gone = rows.keys() - stamps.keys()
            if fresh or gone:
                rows = {name: row for name, row in rows.items() if name not in gone} | fresh
                self._write(fresh, gone)
            self._rows = rows
        summaries = (summary for _, summary in rows.values())
        return tuple(sorted(summaries, key=lambda summary: (summary.updated_at, summary.id), reverse=True))

    def _read(self) -> dict[str, tuple[Stamp, Summary]]:
        """What an earlier process left; nothing where that cannot be read."""
        if not self._file.exists():
            return {}
        try:
            with closing(self._open()) as book:
                rows = book.execute("SELECT name, changed_ns, bytes, inode, summary FROM designs").fetchall()
            return {
                name: ((changed, size, inode), Summary.model_validate_json(text))
                for name, changed, size, inode, text in rows
            }
        except (sqlite3.Error, OSError, ValidationError, TypeError, ValueError) as error:
            log.warning("the index of designs is made anew: %s", error)
            return {}

    def _write(self, fresh: dict[str, tuple[Stamp, Summary]], gone: set[str]) -> None:
        """Keep what changed for the next process; a disk that takes nothing costs it time, nobody else."""
        try:
            try:
                self._store(fresh, gone)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # full, locked or unwritable: not damage
                    raise
                self._file.unlink(missing_ok=True)
                self._store(fresh, gone)
        except (sqlite3.Error, OSError) as error:
            log.info("the index of designs was not written: %s", error)

    def _store(self, fresh: dict[str, tuple[Stamp, Summary]], gone: set[str]) -> None:
        with closing(self._open()) as book, book:
            book.executemany("DELETE FROM designs WHERE name = ?", [(name,) for name in gone])
            book.executemany(
                "INSERT OR REPLACE INTO designs VALUES (?, ?, ?, ?, ?)",
                [(name, *stamp, summary.model_dump_json()) for name, (stamp, summary) in fresh.items()],
            )

    def _open(self) -> sqlite3.Connection:
        book = sqlite3.connect(self._file, timeout=_TIMEOUT_S)
        try:
            (form,) = book.execute("PRAGMA user_version").fetchone()
            if form != _FORM:
                with book:
                    book.execute("DROP TABLE IF EXISTS designs")
                    book.execute(
                        "CREATE TABLE designs (name TEXT PRIMARY KEY, changed_ns INTEGER, bytes INTEGER, "
                        "inode INTEGER, summary TEXT)"
                    )
                    book.execute(f"PRAGMA user_version = {_FORM}")
        except BaseException:
            book.close()
            raise
        return book


def stamp_of(status: os.stat_result) -> Stamp:
    """What tells one state of a file from another: every write is a rename, so its inode changes too."""
    return status.st_mtime_ns, status.st_size, status.st_ino


def _stamps(folder: Path) -> Iterator[tuple[str, Stamp]]:
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        try:
            yield entry.name, stamp_of(os.stat(os.path.join(entry.path, "design.json")))  # noqa: PTH118, PTH116 - twice as fast
        except (FileNotFoundError, NotADirectoryError):
            continue  # a folder that is just being made
        except OSError:
            yield entry.name, (0, 0, 0)
