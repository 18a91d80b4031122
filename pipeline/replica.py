"""Designs that outlive the machine: records, assets and paid answers are kept in a bucket too, and read from there.

Nothing on a page waits for it: one thread compares what is here with what is there and evens it out. A design is a row
of revisions, each created once: whoever creates the next one has written, whoever comes second merges (`merge`) and
creates the one after. Assets go before the record that names them, so that no revision there names what is not there.

    designs/<id>/<revision>.json    the record and where it is from; null for a deleted one
    assets/<aa>/<sha256>.<ext>      as in the data folder
    answers/<aa>/<key>              sealed answers of providers, as in the cache
    emptied/<id>/<revision>.json    a deletion whose design was deleted for good

What was deleted lies in the trash of a server that begins on an empty disk, too, until it is deleted for good. The
ledger and unfinished work are kept by `bookkeeping`, the catalogues of the page by `tables`.
"""

import json
import logging
import re
import threading
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from pipeline import files
from pipeline.bookkeeping import Bookkeeping
from pipeline.bucket import Bucket
from pipeline.errors import BadInput, Corrupt, LoupeError, StorageError
from pipeline.log import event
from pipeline.merge import merged
from pipeline.records import Design
from pipeline.records.migration import NewerRecord, migrated
from pipeline.records.provenance import Provenance
from pipeline.store import Store
from pipeline.tables import Tables

log = logging.getLogger(__name__)

EVERY_S = 30.0
"""How often it is looked for what other servers have written."""
_LOOK_S = 1.0
_NOTHING: dict[str, Any] = {"design": None, "origin": None}
_REVISION = re.compile(r"designs/(?P<design>[0-9a-z]{1,40})/(?P<number>[0-9]{1,18})\.json")
Revisions = dict[str, int]


class Replica:
    """The designs of a store in a bucket. Satisfies `store.Beyond`, and for answers `cache.Beyond`."""

    def __init__(self, store: Store, bucket: Bucket, books: Bookkeeping | None = None) -> None:
        self.bucket = bucket
        self._store = store
        self._books = books
        self._tables = Tables(store.folder, bucket)
        self._folder = store.folder / "replica"
        self._waiting = self._folder / "answers"
        self._there: set[str] | None = None
        """Names of assets that are in the bucket; None until it was asked."""
        self._stamps: dict[str, object] = {}
        """States of records that were found even with the bucket."""
        self._deleted: set[str] = set()
        self._emptied: set[str] = set()
        self._trouble = ""
        self._due = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)

    # -- what the store and the cache ask

    def changed(self, design_id: str, *, deleted: bool = False) -> None:
        """Hear that a record was written or deleted; it is kept there soon."""
        if deleted:
            self._deleted.add(design_id)
        else:
            self._deleted.discard(design_id)
        self._due.set()

    def emptied(self, design_ids: Iterable[str]) -> None:
        """Hear which designs were deleted for good; no trash brings them back soon."""
        self._emptied.update(design_ids)
        self._due.set()

    def before_paying(self) -> None:
        """Make sure that what was spent before counts, and have the call written there soon. Raises StorageError."""
        if self._books is not None:
            self._books.restore()
        self._due.set()

    def hurry(self) -> None:
        """Hear that something else is to be kept there soon."""
        self._due.set()

    def is_elsewhere(self, key: str) -> bool:
        """Whether another server was at this work a moment ago, as far as was looked."""
        return self._books is not None and self._books.is_elsewhere(key)

    def fetch(self, design_id: str) -> None:
        """Bring a design here that is not. Raises StorageError while the bucket does not answer."""
        newest = self._revisions(f"designs/{design_id}/").get(design_id, 0)
        if newest:
            self._even_out(design_id, newest)

    def asset(self, name: str) -> bytes | None:
        """An asset's bytes by its name beneath `assets/`. Raises StorageError."""
        return self.bucket.read(f"assets/{name}")

    def answer(self, key: str) -> bytes | None:
        """A sealed answer by its key; None also while the bucket does not answer."""
        try:
            return self.bucket.read(_answer(key))
        except StorageError as error:
            self._trouble = str(error)
            return None

    def keep_answer(self, key: str, sealed: bytes) -> None:
        """Keep a paid answer there, now or as soon as the bucket answers: also after a restart."""
        try:
            try:
                with files.access(self._folder):
                    files.write(self._waiting / key, sealed)
            except StorageError:  # no room for it to wait in, and maybe none in the cache
                self.bucket.create(_answer(key), sealed)
            self._send_answers()
        except StorageError as error:
            self._trouble = str(error)
            self._due.set()

    def holds_designs(self) -> bool:
        """Whether any design was ever kept there. Raises StorageError."""
        return bool(self.bucket.names("designs/"))

    def trouble(self) -> str:
        """Why the bucket is behind, in a sentence; empty where it is not."""
        later = "What is made here is kept here, and goes there as soon as it does."
        return f"{self._trouble} {later}" if self._trouble else ""

    # -- evening out

    def start(self) -> None:
        """Keep both even from now on, in a thread that does its last round when the process ends."""
        self._thread = threading.Thread(target=self._run, name="replica")
        self._thread.start()

    def stop(self, patience_s: float = 30.0) -> None:
        """Do the last round and end the thread, while the process goes on."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(patience_s)

    def _run(self) -> None:
        waited = EVERY_S
        while threading.main_thread().is_alive() and not self._stopped.is_set():
            if self._due.is_set() or waited >= EVERY_S:
                waited = 0.0
                self._round()
            self._stopped.wait(_LOOK_S)
            waited += _LOOK_S
        if self._due.is_set() or self._trouble:
            self._round()

    def _round(self) -> None:
        """One round; what keeps it from its end is told, and tried again at the next regular one."""
        try:
            self.even_out()
        except LoupeError as error:
            if not self._trouble:
                event("replica.behind", logging.WARNING, error=error)
            self._trouble = str(error)
        except Exception:
            log.exception("evening out with the bucket")
            self._trouble = "The storage of LOUPE_STORE_URL could not be evened out with."

    def even_out(self) -> None:
        """Bring here what is newer there, and there what is newer here. Raises StorageError."""
        self._due.clear()
        self._send_answers()
        revisions = self._revisions("designs/")
        here = {path.name for path in (self._store.folder / "designs").glob("*") if path.is_dir()}
        for design_id in sorted(here | set(revisions) | self._deleted):
            newest = revisions.get(design_id, 0)
            if self._stamps.get(design_id) == (self._store.record_stamp(design_id), newest):
                continue
            try:
                self._even_out(design_id, newest)
            except (LoupeError, ValueError) as error:
                if isinstance(error, StorageError) and not isinstance(error, Corrupt):
                    raise
                # a damaged record hurts itself only
                event("replica.skipped", logging.WARNING, error=error)
        self._send_emptied(self._revisions("designs/") if self._emptied else {})
        if self._books is not None:
            self._books.even_out()
        self._tables.even_out()
        self._trouble = ""

    def _even_out(self, design_id: str, newest: int) -> None:
        with self._locks[design_id]:
            known, base = self._base(design_id)
            while True:
                theirs = self._revision(design_id, newest) if newest > known else None
                theirs = theirs or base  # an older one, or one that cannot be read, says nothing new
                stamp = self._store.record_stamp(
                    design_id
                )  # what is changed from here on is sent the next time
                both = self._agreed(design_id, base, theirs)
                if both == theirs:
                    break
                self._send_assets(both)
                wanted = max(newest, known) + 1
                if self.bucket.create(_revision(design_id, wanted), json.dumps(both).encode()):
                    newest = wanted
                    break
                known, base = max(newest, known), theirs  # somebody was faster
                newest = max(wanted, self._revisions(f"designs/{design_id}/").get(design_id, 0))
            if known == 0 and both == _NOTHING and newest > 1:
                self._recall(design_id, newest)
            self._deleted.discard(design_id)
            self._note(design_id, max(newest, known), both)
            self._stamps[design_id] = (stamp, max(newest, known))

    def _agreed(self, design_id: str, base: Any, theirs: Any) -> Any:
        """What both sides come to, written here already."""
        mine = self._here(design_id)
        is_away = mine == _NOTHING and not self._was_deleted(design_id, base)  # an empty disk is no deletion
        both = theirs if is_away else _joined(base, mine, theirs)
        if both == mine:
            return both
        if both["design"] is None:
            self._store.delete(design_id)
            self._deleted.discard(design_id)
            return both
        if is_away:
            self._store.forget_trashed(design_id)
        return self._take_over(design_id, base, theirs, both)

    def _recall(self, design_id: str, newest: int) -> None:
        """Lay a design that was deleted before this disk was there into the trash, as it was last."""
        if self.bucket.read(_emptied(design_id, newest)) is not None:
            return
        for number in range(newest - 1, 0, -1):
            body = self._revision(design_id, number)
            if body is not None and body["design"] is not None:
                self._store.receive_trashed(*_parsed(body))
                return

    def _was_deleted(self, design_id: str, base: Any) -> bool:
        known_here = base["design"] is not None
        return design_id in self._deleted or (known_here and self._store.is_trashed(design_id))

    def _take_over(self, design_id: str, base: Any, theirs: Any, both: Any) -> Any:
        """Write here what the merge came to, and what came in meanwhile; what is here then."""

        def change(current: Design | None) -> tuple[Design, Provenance | None]:
            final = both if current is None else _joined(base, self._record(current), theirs)
            return _parsed(final)

        try:
            self._store.receive(design_id, change)
        except (ValueError, BadInput) as error:  # no record: mine goes on as a design of its own
            event("replica.unmerged", logging.WARNING, error=error)
            self._store.duplicate(design_id)
            self._store.receive(design_id, lambda _: _parsed(theirs))
        return self._here(design_id)

    # -- the two sides

    def _here(self, design_id: str) -> dict[str, Any]:
        if self._store.record_stamp(design_id) is None:
            return _NOTHING
        return self._record(self._store.load(design_id))

    def _record(self, design: Design) -> dict[str, Any]:
        origin = self._store.provenance(design.id)
        return {
            "design": design.model_dump(mode="json"),
            "origin": origin.model_dump(mode="json") if origin else None,
        }

    def _revisions(self, prefix: str) -> Revisions:
        """The newest revision of each design there."""
        newest: defaultdict[str, int] = defaultdict(int)
        for name in self.bucket.names(prefix):
            if named := _REVISION.fullmatch(name):  # else it is somebody else's file
                newest[named["design"]] = max(newest[named["design"]], int(named["number"]))
        return newest

    def _revision(self, design_id: str, number: int) -> Any:
        """A revision; None for a damaged one. Raises Corrupt for a newer Loupe's, and StorageError.

        One whose name is taken and that is not there yet is somebody's who is just writing it: what came after
        it without it would undo it.
        """
        data = self.bucket.read(_revision(design_id, number))
        if data is None:
            raise StorageError("Another server is just writing to the storage of LOUPE_STORE_URL.")
        try:
            body = files.parsed(data)
            if not isinstance(body, dict) or body.keys() != _NOTHING.keys():
                return None
            if body["design"] is not None:
                _parsed(body)
        except NewerRecord as error:
            raise Corrupt(f"Design {design_id} cannot be read here: {error}. Update this server.") from error
        except ValueError:
            return None
        return body

    def _send_assets(self, both: Any) -> None:
        if both["design"] is None:
            return
        if self._there is None:
            self._there = {name.removeprefix("assets/") for name in self.bucket.names("assets/")}
        for asset in Design.model_validate(migrated(both["design"])).assets():
            name = self._store.asset_name(asset)
            if name not in self._there:
                self.bucket.create(f"assets/{name}", self._store.read(asset))
                self._there.add(name)

    def _send_answers(self) -> None:
        for file in sorted(self._waiting.glob("[0-9a-z]*")):
            with files.access(self._folder), suppress(FileNotFoundError):  # another thread has sent it
                self.bucket.create(_answer(file.name), file.read_bytes())
                file.unlink()

    def _send_emptied(self, revisions: Revisions) -> None:
        for design_id in sorted(self._emptied):
            newest = revisions.get(design_id, 0)
            if newest and self._revision(design_id, newest) == _NOTHING:
                self.bucket.create(_emptied(design_id, newest), b"{}")
            self._emptied.discard(design_id)

    # -- what was even last

    def _base(self, design_id: str) -> tuple[int, Any]:
        try:
            note = json.loads((self._folder / f"{design_id}.json").read_bytes())
            return int(note["revision"]), {"design": note["design"], "origin": note["origin"]}
        except (OSError, ValueError, KeyError, TypeError):
            return 0, _NOTHING

    def _note(self, design_id: str, revision: int, both: Any) -> None:
        with files.access(self._folder):
            files.write(
                self._folder / f"{design_id}.json", json.dumps({"revision": revision, **both}).encode()
            )


def _parsed(body: Any) -> tuple[Design, Provenance | None]:
    """A record and where it is from. Raises ValueError."""
    origin = body["origin"]
    return (
        Design.model_validate(migrated(body["design"])),
        Provenance.model_validate(origin) if origin is not None else None,
    )


def _joined(base: Any, mine: Any, theirs: Any) -> Any:
    """One from two; a deletion gives way to an edit, so that none is lost."""
    if mine["design"] is None or theirs["design"] is None:
        alive, gone = (theirs, mine) if mine["design"] is None else (mine, theirs)
        return gone if alive == base else alive
    return merged(base, mine, theirs)


def _revision(design_id: str, number: int) -> str:
    return f"designs/{design_id}/{number:08d}.json"


def _emptied(design_id: str, number: int) -> str:
    return f"emptied/{design_id}/{number:08d}.json"


def _answer(key: str) -> str:
    return f"answers/{key[:2]}/{key}"
