"""InvokeAI on a machine of one's own: upload, a graph into its queue, looks, the finished picture.

Routes and shapes as InvokeAI's OpenAPI document has them (v6). Without a graph of one's own it enlarges with its
Real-ESRGAN node; with one it does whatever that does. The key is the bearer token of a shared installation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.errors import ProviderError, Unsupported, UnusableAnswer
from pipeline.images import dimensions
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    Frame,
    GenerateRequest,
    Limits,
    PictureRequest,
    Request,
    SketchRequest,
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
from pipeline.providers.call.tasks import Look, over, run_task
from pipeline.providers.call.template import Template, parsed_graph
from pipeline.records import Detail, Role

Graph = dict[str, Any]
_QUEUE = "/api/v1/queue/default"
_IMAGES = "/api/v1/images"
_ENLARGERS = {2: "RealESRGAN_x2plus.pth", 4: "RealESRGAN_x4plus.pth"}
_ENLARGED = Limits(
    max_side_px=4096,
    factors=tuple(_ENLARGERS),
    answer=Frame(max_side_px=16_384, max_pixels=48_000_000),
    max_bytes=50_000_000,
    concurrency=1,
    detail=Detail.UPSCALED,
)


def parse_graph(text: str, file: Path) -> Template:
    """Understand a graph, or the body of `enqueue_batch` with one in it; `file` is named. Raises Unsupported."""
    graph = parsed_graph(text, file)
    for wrapper in ("batch", "graph"):
        graph = graph[wrapper] if isinstance(graph.get(wrapper), dict) else graph
    nodes, edges = graph.get("nodes"), graph.get("edges")
    if isinstance(nodes, list):
        raise Unsupported(
            f"The workflow file {file} is a saved workflow; what is wanted is the graph that is put into the queue."
        )
    whole = (
        isinstance(nodes, dict) and nodes and all(isinstance(n, dict) and "type" in n for n in nodes.values())
    )
    if not whole or not isinstance(edges, list):
        raise Unsupported(f"The workflow file {file} holds no nodes and edges of an InvokeAI graph.")
    return Template.of(file.stem, {"nodes": nodes, "edges": edges}, file)


class Invoke(Remote):
    """Enlarge; or, with a graph of one's own, what that can do."""

    def __init__(self, connection: Connection, graph: Template | None = None) -> None:
        self._graph = graph
        models = dict.fromkeys(graph.roles, graph.model) if graph else {Role.ENHANCE: "RealESRGAN"}
        super().__init__(connection, models, graph.limits if graph else {Role.ENHANCE: _ENLARGED})
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"} if key else {}, _explain)

    def rate(self, role: Role) -> Price:
        """Nothing: the machine is one's own."""
        return Price(0.0, source="your own machine")

    def check(self) -> str:
        """Ask for its version, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            version = words_of(self._door.get("/api/v1/app/version").json()["version"])[:40]
        return f"{self.name} answers, version {version}; it takes the key, or needs none."

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, PictureRequest)  # noqa: S101 - `run` looked at the limits
        template = self._graph
        if template is None:
            assert isinstance(request, EnhanceRequest)  # noqa: S101 - the same
            graph = _enlarging(round(request.width / dimensions(request.image)[0]))
        else:
            graph = template.graph
        errand = _Errand(self.connection, self._door, graph, request)
        return run_task(self.connection, key_of(self, request), errand, watch)


def _enlarging(ratio: int) -> Graph:
    """A graph of one node; what it makes stays out of the gallery."""
    node = {"id": "enlarged", "type": "esrgan", "is_intermediate": True, "image": {"image_name": "{image}"}}
    return {"nodes": {"enlarged": {**node, "model_name": _ENLARGERS[4 if ratio > 2 else 2]}}, "edges": []}


@dataclass(frozen=True)
class _Errand:
    connection: Connection
    door: Door
    graph: Graph
    request: GenerateRequest | EnhanceRequest | SketchRequest

    def submit(self) -> Any:
        width, height = size_of(self.request)
        given: dict[str, Any] = {
            "prompt": self.request.prompt,
            "seed": seed_of(self.request),
            "width": width,
            "height": height,
        }
        if not isinstance(self.request, GenerateRequest):
            given["image"] = self._uploaded(self.request.image)
        batch = {"graph": fill(self.graph, given), "runs": 1, "origin": "loupe"}
        reply = self.door.post(f"{_QUEUE}/enqueue_batch", body={"batch": batch, "prepend": False})
        return self._read(lambda: int(reply.json()["item_ids"][0]))

    def _uploaded(self, image: bytes) -> str:
        """The name under which the box has the picture now; it stays out of the gallery."""
        path = f"{_IMAGES}/upload?image_category=user&is_intermediate=true"
        reply = self.door.post(path, parts={"file": file_of("crop", image)}, paid=False)
        with unpaid():
            return str(self._read(lambda: str(reply.json()["image_name"])))

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(f"{_QUEUE}/i/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        item = self._read(reply.json)
        state = self._read(lambda: str(item["status"]))
        match state:
            case "completed":
                return Look("done", 1.0, result=self._read(lambda: self._picture(item["session"])))
            case "pending" | "waiting":
                return Look("waiting", 0.0, "queued")
            case _ if not over(state):
                return Look("running", note="at work")
        words = words_of(item.get("error_message")) or f"the queue's item is {state[:40]}"
        return Look("failed", trouble=self.door.trouble(UnusableAnswer, words))

    def _picture(self, session: Any) -> str | None:
        """The name of the picture that the last nodes of the graph made; None where they made none."""
        leading = {edge["source"]["node_id"] for edge in self.graph["edges"]}
        names = {}
        for prepared, result in session["results"].items():
            source = session["prepared_source_mapping"].get(prepared, prepared)
            if result.get("type") == "image_output" and source not in leading:
                names[source] = str(result["image"]["image_name"])
        return next(reversed(names.values()), None)

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        if not isinstance(result, str):
            raise self.door.trouble(UnusableAnswer, "the graph ends in no picture")
        reply = self.door.get(f"{_IMAGES}/i/{quote(result, safe='')}/full", watch, accept=(403, 404, 410))
        if reply.status != 200:
            raise self.door.trouble(UnusableAnswer, "its picture cannot be read")
        return Answer(picture(self.connection, reply.body))

    def cancel(self, task: Any) -> bool:
        return self.door.withdraw("PUT", f"{_QUEUE}/i/{task}/cancel")

    def _read(self, fields: Callable[[], Any]) -> Any:
        with unusable(self.connection.provider, self.connection.name):
            return fields()


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    """A sentence, or the list of what a body's fields are refused for."""
    fields = reply.fields()
    detail = fields.get("detail") or fields.get("message")
    if isinstance(detail, list):
        wrong = [part for part in detail if isinstance(part, dict)]
        words = [f"{'.'.join(map(str, part.get('loc') or ()))}: {part.get('msg')}" for part in wrong[:3]]
        return Unsupported, "; ".join(words)
    if "while enqueuing batch" in words_of(detail):
        return Unsupported, words_of(detail)
    return None, words_of(detail)
