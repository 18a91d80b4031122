"""ComfyUI on a machine of one's own: a workflow exported in API format, with places for what Loupe fills in.

Routes and answers as ComfyUI's server.py has them. Placeholders stand anywhere in the file, alone or inside a text:
{prompt}, {seed}, {image}, {width}, {height}. A ComfyUI takes no key of its own; one is sent for a proxy before it.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from pipeline.errors import ProviderError, Unsupported, UnusableAnswer
from pipeline.providers.base import (
    Answer,
    Frame,
    GenerateRequest,
    Limits,
    ModelRequest,
    Request,
    Silent,
    Watch,
)
from pipeline.providers.call.answers import file_of, picture
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unpaid, unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.placeholders import fill, places_in
from pipeline.providers.call.prices import Price
from pipeline.providers.call.remote import Remote, seed_of, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.providers.call.tasks import Look, run_task
from pipeline.records import Detail, Role

Graph = dict[str, Any]
PLACES = ("prompt", "seed", "image", "width", "height")
_SIZES = Frame(min_side_px=64, max_side_px=8192, max_pixels=48_000_000, multiple_of=8)


@dataclass(frozen=True)
class Workflow:
    """A graph of nodes by their ids, and the name it goes by."""

    name: str
    graph: Graph

    @property
    def places(self) -> frozenset[str]:
        """The placeholders it has."""
        return places_in(self.graph, PLACES)

    @property
    def roles(self) -> tuple[Role, ...]:
        """What it can be asked for: from a picture, from a picture and words, or from words alone."""
        if "image" not in self.places:
            return (Role.GENERATE,)
        return (Role.ENHANCE, Role.SKETCH) if "prompt" in self.places else (Role.ENHANCE,)

    @property
    def model(self) -> str:
        """Its name and a hash of what it does: another workflow is another question."""
        digest = hashlib.sha256(json.dumps(self.graph, sort_keys=True).encode()).hexdigest()
        return f"{self.name[:60]}@{digest[:8]}"


def parse_workflow(text: str, file: Path) -> Workflow:
    """Understand a workflow in API format; `file` is named in complaints. Raises Unsupported."""
    try:
        graph = json.loads(text)
    except (ValueError, RecursionError):
        raise Unsupported(f"The workflow file {file} is no JSON.") from None
    if isinstance(graph, dict) and isinstance(graph.get("nodes"), list):
        raise Unsupported(
            f"The workflow file {file} is a saved workflow; export it from ComfyUI once more with “Export (API)”."
        )
    nodes = list(graph.values()) if isinstance(graph, dict) else []
    if not nodes or not all(isinstance(node, dict) and "class_type" in node for node in nodes):
        raise Unsupported(f"The workflow file {file} holds no nodes in ComfyUI's API format.")
    workflow = Workflow(file.stem, graph)
    if not workflow.places & {"image", "prompt"}:
        raise Unsupported(
            f"The workflow file {file} has no place for anything: put {{image}} where the picture's name stands, "
            "or {prompt} where the words stand."
        )
    return workflow


class Comfy(Remote):
    """What the workflow can do."""

    def __init__(self, connection: Connection, workflow: Workflow) -> None:
        connection = replace(
            connection,
            key=connection.key or SecretStr(""),
            place=connection.place or connection.base_url,
        )
        self._workflow = workflow
        limits = _limits(workflow)
        super().__init__(connection, dict.fromkeys(limits, workflow.model), limits)
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
        assert not isinstance(request, ModelRequest)  # noqa: S101 - `run` looked at the limits
        errand = _Errand(self.connection, self._door, self._workflow, request)
        return run_task(self.connection, key_of(self, request), errand, watch)


def _limits(workflow: Workflow) -> dict[Role, Limits]:
    drawn_anew = bool(workflow.places & {"prompt", "seed"})
    detail = Detail.REDRAWN if drawn_anew else Detail.UPSCALED
    seed, sized = "seed" in workflow.places, "width" in workflow.places
    asked = Limits(min_side_px=64, max_side_px=4096, multiple_of=8, seed=seed, concurrency=1)
    sent = Limits(
        max_side_px=4096,
        answer=_SIZES if sized else None,
        max_bytes=50_000_000,
        seed=seed,
        concurrency=1,
        detail=detail,
    )
    return {role: asked if role is Role.GENERATE else sent for role in workflow.roles}


@dataclass(frozen=True)
class _Errand:
    connection: Connection
    door: Door
    workflow: Workflow
    request: Any

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
        reply = self.door.post("/prompt", body={"prompt": fill(self.workflow.graph, given)})
        with unusable(self.connection.provider, self.connection.name):
            task = reply.json()["prompt_id"]
            if not isinstance(task, str) or not task.replace("-", "").isalnum():
                raise ValueError("no id")
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
        reply = self.door.get(f"/history/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        with unusable(self.connection.provider, self.connection.name):
            entry = reply.json().get(task)
            if entry is not None:
                return self._ended(entry)
        place = self._place(task, watch)
        if place is None:
            return Look("unknown")
        return (
            Look("running", note="at work")
            if place == 0
            else Look("waiting", 0.0, f"number {place} in the queue")
        )

    def _ended(self, entry: dict[str, Any]) -> Look:
        status = entry.get("status") or {}
        if status.get("status_str") == "error":
            words = next((_event(event) for event in status.get("messages") or [] if _event(event)), "")
            return Look("failed", trouble=self.door.trouble(UnusableAnswer, words or "the workflow failed"))
        files = [file for output in entry["outputs"].values() for file in output.get("images") or []]
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
