"""What the services have in common that take an order and let one ask for it: a task, and a result behind a link."""

from collections import deque
from typing import Any

from pipeline.demo.server import JUNK, PAGE, Reply, Situation, StandIn
from pipeline.demo.tasks import Task

FBX = b"Kaydara FBX Binary  \x00\x1a\x00" + b"\0" * 100
GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
"""One white pixel."""


def anything(_: Any) -> str:
    """Accept what is looked at elsewhere."""
    return ""


class Waiting(StandIn):
    """What these services share: a task on the shelf, and a result behind a link."""

    def begin(self, data: bytes, suffix: str, situation: Situation) -> Task:
        """Begin a task that will deliver `data`."""
        if situation == "junk":
            data = FBX if suffix == "glb" else JUNK
        if situation == "other kind":
            data = FBX if suffix == "glb" else GIF
        if situation == "trailing":
            data += b"\r\n\r\n"
        name = self.shelf.put_file(data, suffix)
        first = {
            "page once": [PAGE],
            "half once": [Reply(200, data[: len(data) // 2])],
            "late": [Reply(404, b"NoSuchKey")] * 3,
            "forbidden": [Reply(403, b"AccessDenied")] * 3,
        }
        self.spoilt[name] = deque(first.get(situation, ()))
        return self.shelf.begin(self.work_s, name, situation)

    def link(self, task: Task) -> str:
        """Where the result of a finished task is; dead or dangerous if so scripted."""
        if task.situation == "private":
            return "https://192.168.0.10/result.glb"
        if task.situation == "malformed":
            return "https://a..example/result.glb"
        if task.situation == "dead link" or (task.situation == "expired" and self.shelf.link(task.id) == 1):
            return self.file_url("expired")
        return self.file_url(task.file)

    def disturbed(self, task: Task) -> Reply | None:
        """A look that fails although the task does not."""
        self.looks += 1
        if task.situation == "poll down" and task.looks <= 2:
            return self.refuse("down")
        if task.situation == "unknown at first" and task.looks <= 2:
            return Reply.json({"message": "task not found", "detail": "not found"}, 404)
        if task.situation == "look refused":
            return Reply.json({"message": "this is no task", "detail": "this is no task"}, 400)
        return PAGE if task.situation == "poll html" and task.looks <= 2 else None
