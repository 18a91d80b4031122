"""What the services have in common that take an order and let one ask for it: a task, and a result behind a link."""

from typing import Any

from pipeline.demo.server import JUNK, PAGE, Reply, Situation, StandIn
from pipeline.demo.tasks import Task

FBX = b"Kaydara FBX Binary  \x00\x1a\x00" + b"\0" * 100


def anything(_: Any) -> str:
    """Accept what is looked at elsewhere."""
    return ""


class Waiting(StandIn):
    """What these services share: a task on the shelf, and a result behind a link."""

    def begin(self, data: bytes, suffix: str, situation: Situation) -> Task:
        """Begin a task that will deliver `data`."""
        if situation == "junk":
            data = FBX if suffix == "glb" else JUNK
        return self.shelf.begin(self.work_s, self.shelf.put_file(data, suffix), situation)

    def link(self, task: Task) -> str:
        """Where the result of a finished task is; dead or dangerous if so scripted."""
        if task.situation == "private":
            return "https://192.168.0.10/result.glb"
        if task.situation == "dead link" or (task.situation == "expired" and self.shelf.link(task.id) == 1):
            return self.file_url("expired")
        return self.file_url(task.file)

    def disturbed(self, task: Task) -> Reply | None:
        """A look that fails although the task does not."""
        self.looks += 1
        if task.situation == "poll down" and task.looks <= 2:
            return self.refuse("down")
        return PAGE if task.situation == "poll html" and task.looks <= 2 else None
