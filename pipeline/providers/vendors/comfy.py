"""ComfyUI on a machine of one's own: a workflow exported in API format, with places for what Loupe fills in.

Routes and answers as ComfyUI's server.py has them. Placeholders stand anywhere in the file, alone or inside a text:
{prompt}, {seed}, {image}, {width}, {height}. How far it is comes over its websocket. A ComfyUI takes no key of its
own; one is sent for a proxy before it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.errors import ProviderError, Unsupported, UnusableAnswer
from pipeline.providers.base import (
    Answer,
    GenerateRequest,
    PictureRequest,
    Request,
    Silent,
    Watch,
)
from pipeline.providers.call.answers import file_of, picture
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unpaid, unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.placeholders import fill
from pipeline.providers.call.prices import Price
from pipeline.providers.call.remote import Remote, seed_of, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.providers.call.tasks import Look, identifier, run_task
from pipeline.providers.call.template import Template, parsed_graph
from pipeline.records import Role


def parse_workflow(text: str, file: Path) -> Template:
    """Understand a workflow in API format; `file` is named in complaints. Raises Unsupported."""
    graph = parsed_graph(text, file)
    if isinstance(graph.get("nodes"), list):
        raise Unsupported(
            f"The workflow file {file} is a saved workflow; export it from ComfyUI once more with “Export (API)”."
        )
    if not graph or not all(isinstance(node, dict) and "class_type" in node for node in graph.values()):
        raise Unsupported(f"The workflow file {file} holds no nodes in ComfyUI's API format.")
    return Template.of(file.stem, graph, file)


_STEP = 0.005
"""Of the whole: what is less is not shown."""


class Comfy(Remote):
    """What the workflow can do."""

    def __init__(self, connection: Connection, workflow: Template) -> None:
        connection = replace(connection, place=connection.place or connection.base_url)
        self._workflow = workflow
        super().__init__(connection, dict.fromkeys(workflow.roles, workflow.model), workflow.limits)
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"} if key else {}, _explain)

    def rate(self, role: Role) -> Price:
        """Nothing: the machine is one's own."""
        return Price(0.0, source="your own machine")

    def check(self) -> str:
        """Ask what it runs on, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            system = self._door.get("/system_stats").json()["system"]
            version = words_of(system.get("comfyui_version"))[:40] or "unknown"
        return f"{self.name} answers, version {version}; it takes the key, or needs none."

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, PictureRequest)  # noqa: S101 - `run` looked at the limits
        key = key_of(self, request)
        progress = _Progress(len(self._workflow.graph), watch)
        errand = _Errand(self.connection, self._door, self._workflow, request, key[:32], progress)
        with self._door.listen(f"/ws?clientId={errand.client}", progress.hear):
            return run_task(self.connection, key, errand, watch)


class _Progress:
    """How far a prompt is, by what the box says of its nodes (comfy_execution/progress.py, and its older messages)."""

    def __init__(self, nodes: int, watch: Watch) -> None:
        self._nodes = max(1, nodes)
        self._watch = watch
        self._shares: dict[str, float] = {}
        self._shown = -1.0
        self.task = ""
        self.ended = False

    @property
    def fraction(self) -> float | None:
        """Part of the nodes that are done, 0..1; None as long as nothing was heard."""
        return min(1.0, sum(self._shares.values()) / self._nodes) if self._shares else None

    def hear(self, message: Mapping[str, Any]) -> None:
        """Take in one message of the websocket, and show what it changes; what is not of this prompt is passed over."""
        data = message.get("data")
        if not isinstance(data, dict) or self.ended:
            return
        task = data.get("prompt_id")
        if not isinstance(task, str) or self.task not in {"", task}:
            return
        try:
            self._take(str(message.get("type")), data)
        except (TypeError, ValueError, KeyError, AttributeError):
            return  # another version's message
        if self.fraction is not None and abs(self.fraction - self._shown) >= _STEP:
            self._shown = self.fraction
            self._watch.progress(0.1 + 0.8 * self.fraction, "at work")

    def _take(self, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "execution_cached":
                self._shares.update(dict.fromkeys(map(str, data["nodes"]), 1.0))
            case "progress_state":
                self._shares.update(
                    {
                        str(name): _share(node["value"], node["max"]) if node["state"] == "running" else 1.0
                        for name, node in data["nodes"].items()
                    }
                )
            case "progress":
                self._shares[str(data["node"])] = _share(data["value"], data["max"])
            case "executed":
                self._shares[str(data["node"])] = 1.0


def _share(value: Any, most: Any) -> float:
    return min(max(float(value) / float(most), 0.0), 1.0) if most else 0.0


@dataclass(frozen=True)
class _Errand:
    connection: Connection
    door: Door
    workflow: Template
    request: Any
    client: str
    """Whom the box tells how far it is: the same for the same question, also after a restart."""
    progress: _Progress

    def submit(self) -> Any:
        width, height = size_of(self.request)
        given: dict[str, str | int] = {
            "prompt": self.request.prompt,
            "seed": seed_of(self.request),
            "width": width,
            "height": height,
        }
        if not isinstance(self.request, GenerateRequest):
            given["image"] = self._uploaded(self.request.image)
        order = {"prompt": fill(self.workflow.graph, given), "client_id": self.client}
        reply = self.door.post("/prompt", body=order)
        with unusable(self.connection.provider, self.connection.name):
            task = reply.json()["prompt_id"]
            identifier(task)
            return task

    def _uploaded(self, image: bytes) -> str:
        """The name under which the box has the picture now; the same picture takes the same place again."""
        file = file_of(f"loupe-{hashlib.sha256(image).hexdigest()[:16]}", image)
        reply = self.door.post("/upload/image", parts={"image": file, "overwrite": "true"}, paid=False)
        with unpaid(), unusable(self.connection.provider, self.connection.name):
            stored = reply.json()
            folder = str(stored.get("subfolder") or "")
            return f"{folder}/{stored['name']}" if folder else str(stored["name"])

    def look(self, task: Any, watch: Watch) -> Look:
        """In the queue, else in the history: what leaves the one is in the other by then."""
        self.progress.task = task
        place = self._place(task, watch)
        if place == 0:
            return Look("running", self.progress.fraction, "at work")
        if place is not None:
            return Look("waiting", 0.0, f"number {place} in the queue")
        reply = self.door.get(f"/history/{quote(str(task), safe='')}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        with unusable(self.connection.provider, self.connection.name):
            entry = reply.json().get(task)
            if entry is None:
                return Look("unknown")
            self.progress.ended = True
            return self._ended(entry)

    def _ended(self, entry: dict[str, Any]) -> Look:
        status = entry.get("status") or {}
        if status.get("status_str") == "error":
            words = next((_event(event) for event in status.get("messages") or [] if _event(event)), "")
            return Look("failed", trouble=self.door.trouble(UnusableAnswer, words or "the workflow failed"))
        outputs = [output for output in entry["outputs"].values() if isinstance(output, dict)]
        listed = [file for output in outputs for file in output.get("images") or []]
        files = [file for file in listed if isinstance(file, dict)]  # a custom node may list anything
        files.sort(key=lambda file: file.get("type") == "output")
        return Look("done", 1.0, result=files[-1] if files else None)

    def _place(self, task: str, watch: Watch) -> int | None:
        """Where the task stands in the box's queue, 0 while it runs; None where it is not."""
        with unusable(self.connection.provider, self.connection.name):
            queue = self.door.get("/queue", watch).json()
            if any(item[1] == task for item in queue["queue_running"]):
                return 0
            pending = sorted(queue["queue_pending"], key=lambda item: item[0])
            return next((n for n, item in enumerate(pending, start=1) if item[1] == task), None)

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        if result is None:
            raise self.door.trouble(
                UnusableAnswer, "the workflow saved no picture; it needs a Save Image node"
            )
        with unusable(self.connection.provider, self.connection.name):
            query = {name: str(result.get(name) or "") for name in ("filename", "subfolder", "type")}
        reply = self.door.get(f"/view?{urlencode(query)}", watch, accept=(400, 403, 404))
        if reply.status != 200:
            raise self.door.trouble(UnusableAnswer, "its picture cannot be read")
        return Answer(picture(self.connection, reply.body))

    def cancel(self, task: Any) -> bool:
        """Take it from the queue, or stop it where it is what runs: an interrupt stops whatever does."""
        try:
            place = self._place(task, Silent())
        except ProviderError:
            return False
        if place == 0:
            return self.door.withdraw("POST", "/interrupt", body={"prompt_id": task})
        return place is not None and self.door.withdraw("POST", "/queue", body={"delete": [task]})


def _event(event: Any) -> str:
    """What a message of the history says went wrong; empty for one of progress."""
    name, fields = event
    if name == "execution_interrupted":
        return "it was interrupted"
    if name != "execution_error":
        return ""
    return f"{words_of(fields.get('node_type'))}: {words_of(fields.get('exception_message'))}"


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    """The error, and what each node complains of by its number and kind."""
    fields = reply.fields()
    error, nodes = fields.get("error"), fields.get("node_errors")
    words = [words_of(error.get("message") if isinstance(error, dict) else error or fields.get("message"))]
    for number, node in (nodes if isinstance(nodes, dict) else {}).items():
        for complaint in node.get("errors") or []:
            detail = f" ({complaint['details']})" if complaint.get("details") else ""
            words.append(f"node {number} {node.get('class_type')}: {complaint.get('message')}{detail}")
    return (Unsupported if nodes else None), "; ".join(word for word in words if word)
