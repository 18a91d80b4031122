"""The stand-ins' tasks and result files, on disk: like real services, they outlive a restart of the app."""

import hashlib
import json
import secrets
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline import files


@dataclass
class Task:
    """One task under way. `file` is the result's name on the shelf."""

    id: str
    begun: float
    work_s: float
    file: str
    situation: str = "ok"
    looks: int = 0
    links: int = 0
    cancelled: bool = False

    @property
    def fraction(self) -> float:
        """How much of the work is done, 0..1."""
        return min(1.0, (time.time() - self.begun) / self.work_s) if self.work_s > 0 else 1.0


class Shelf:
    """Tasks and results of one stand-in, under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def put_file(self, data: bytes, suffix: str) -> str:
        """Keep a result under an unguessable name."""
        name = f"{hashlib.sha256(data).hexdigest()[:16]}{secrets.token_hex(8)}.{suffix}"
        files.write(self._folder / name, data)
        return name

    def file(self, name: str) -> bytes | None:
        """A result; None when there is none of this name."""
        path = self._folder / name
        if path.parent != self._folder or path.suffix == ".task":
            return None
        try:
            return path.read_bytes()
        except OSError:
            return None

    def begin(self, work_s: float, file: str, situation: str) -> Task:
        """Begin a task."""
        task = Task(f"{secrets.token_hex(4)}-{secrets.token_hex(6)}", time.time(), work_s, file, situation)
        self._write(task)
        return task

    def look(self, task_id: str) -> Task | None:
        """See a task, and count that it was seen."""
        with self._lock:
            task = self._read(task_id)
            if task is not None:
                task.looks += 1
                self._write(task)
            return task

    def link(self, task_id: str) -> int:
        """Count that a link to the result was given away; how often that is now."""
        with self._lock:
            task = self._read(task_id)
            if task is None:
                return 0
            task.links += 1
            self._write(task)
            return task.links

    def cancel(self, task_id: str) -> bool:
        """Cancel a task that is not done yet."""
        with self._lock:
            task = self._read(task_id)
            if task is None or task.cancelled or task.fraction >= 1.0:
                return False
            task.cancelled = True
            self._write(task)
            return True

    def peek(self, task_id: str) -> Task | None:
        """See a task without being counted."""
        with self._lock:
            return self._read(task_id)

    def _read(self, task_id: str) -> Task | None:
        try:
            return Task(**json.loads(self._path(task_id).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def _write(self, task: Task) -> None:
        files.write(self._path(task.id), json.dumps(asdict(task)).encode())

    def _path(self, task_id: str) -> Path:
        bare = "".join(sign for sign in task_id if sign.isalnum() or sign == "-")
        return self._folder / f"{bare}.task"
