"""What browsers may upload: nothing as a visitor; else bounded in files and bytes, for each session and in all.

Streamlit keeps every uploaded file in memory and asks nobody. The bounds are laid around its own manager, once
in a process: refused before the body is read where that can be known, else before the file is kept.
"""

import threading
import time

from starlette.exceptions import HTTPException
from streamlit import runtime
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

FILES, BYTES = 4, 160_000_000
"""What one session may hold."""
FILES_IN_ALL, BYTES_IN_ALL = 24, 400_000_000
LONGEST_NAME = 200
"""Characters of a file's name; longer ones are cut, the suffix stays."""
_UNDER_WAY_S = 120.0
"""An upload that has not arrived by then does not count any more."""


class Bounds:
    """Who may upload, and what is held and under way. Called from the server's loop and from script threads."""

    def __init__(self, server: Runtime, manager: MemoryUploadedFileManager) -> None:
        self._manager = manager
        self._lock = threading.Lock()
        self._allowed: set[str] = set()
        self._under_way: list[tuple[str, float]] = []
        self._is_active, self._add = server.is_active_session, manager.add_file
        server.is_active_session = self._may_begin  # type: ignore[method-assign]  # asked before a body is read
        manager.add_file = self._keep  # type: ignore[method-assign]

    def allow(self, session_id: str, *, allowed: bool) -> None:
        """Whether a session may upload from now on."""
        with self._lock:
            (self._allowed.add if allowed else self._allowed.discard)(session_id)
            if len(self._allowed) > 256:
                self._allowed = {known for known in self._allowed if self._is_active(known)} | (
                    {session_id} if allowed else set()
                )

    def drop(self, session_id: str, file_id: str) -> None:
        """Free a file that has been used."""
        self._manager.remove_file(session_id, file_id)

    def _may_begin(self, session_id: str) -> bool:
        if not self._is_active(session_id):
            return False
        with self._lock:
            if session_id not in self._allowed:
                raise HTTPException(403, "Visitors of this deployment upload nothing; sign in first.")
            self._free_the_departed()
            since = time.monotonic() - _UNDER_WAY_S
            self._under_way = [begun for begun in self._under_way if begun[1] > since]
            of_session = sum(holder == session_id for holder, _ in self._under_way)
            self._refuse_if_full(session_id, of_session + 1, len(self._under_way) + 1, 1)
            self._under_way.append((session_id, time.monotonic()))
        return True

    def _keep(self, session_id: str, file: UploadedFileRec) -> None:
        with self._lock:
            mine = next((begun for begun in self._under_way if begun[0] == session_id), None)
            if mine is not None:
                self._under_way.remove(mine)
            if session_id not in self._allowed:
                raise HTTPException(403, "Visitors of this deployment upload nothing; sign in first.")
            self._refuse_if_full(session_id, 1, 1, len(file.data))
            self._add(session_id, file._replace(name=short_name(file.name)))

    def _refuse_if_full(self, session_id: str, of_session: int, in_all: int, size_bytes: int) -> None:
        files, held = self._held(session_id)
        if files + of_session > FILES or held + size_bytes > BYTES:
            raise HTTPException(413, "This session holds enough files; remove one, then upload again.")
        counts = [self._held(holder) for holder in list(self._manager.file_storage)]
        files, held = sum(count for count, _ in counts), sum(size for _, size in counts)
        if files + in_all > FILES_IN_ALL or held + size_bytes > BYTES_IN_ALL:
            raise HTTPException(429, "Too many files are being uploaded here; try again in a minute.")

    def _held(self, session_id: str) -> tuple[int, int]:
        files = list(self._manager.file_storage.get(session_id, {}).values())
        return len(files), sum(len(file.data) for file in files)

    def _free_the_departed(self) -> None:
        for holder in list(self._manager.file_storage):
            if not self._is_active(holder):
                self._manager.remove_session_files(holder)


_governed: dict[Runtime, Bounds] = {}
_making = threading.Lock()


def govern(session_id: str, *, allowed: bool) -> None:
    """Lay the bounds around this server's uploads, once, and say whether this session may upload."""
    if not runtime.exists():
        return
    with _making:
        server = runtime.get_instance()
        manager = server.uploaded_file_mgr
        if server not in _governed and isinstance(manager, MemoryUploadedFileManager):
            _governed[server] = Bounds(server, manager)
    for bounds in _governed.values():
        bounds.allow(session_id, allowed=allowed)


def used(session_id: str, file_id: str) -> None:
    """Free a file whose content has been taken in."""
    for bounds in _governed.values():
        bounds.drop(session_id, file_id)


def short_name(name: str) -> str:
    """A file's name, cut to a length any reader of names can bear; its suffix stays."""
    stem, dot, suffix = name.rpartition(".")
    if len(name) <= LONGEST_NAME:
        return name
    if not dot or len(suffix) > 10:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}.{suffix}"
