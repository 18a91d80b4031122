"""A stand-in of InvokeAI's server, after its OpenAPI document: upload, queue, items, pictures; a few of its nodes.

A proxy before it wants a bearer token.
"""

from collections.abc import Callable
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import STATUS_OF, Call, Reply, Situation
from pipeline.demo.tasks import Shelf, Task
from pipeline.demo.waiting import Waiting, anything

_QUEUE = "/api/v1/queue/default/"
_COMMON = {
    "id": checks.text(1),
    "is_intermediate": checks.flag,
    "use_cache": checks.flag,
    "board": anything,
    "metadata": anything,
    "image": lambda v: checks.body(v, {"image_name": checks.text(1)}, {}),
}
_NODES: dict[str, dict[str, checks.Check]] = {
    "esrgan": {
        "model_name": checks.one_of(
            *("RealESRGAN_x4plus.pth", "RealESRGAN_x4plus_anime_6B.pth", "RealESRGAN_x2plus.pth"),
            "ESRGAN_SRx4_DF2KOST_official-ff704c30.pth",
        ),
        "tile_size": checks.whole(0, 4096),
    },
    "img_resize": {
        "width": checks.whole(1, 16_384),
        "height": checks.whole(1, 16_384),
        "resample_mode": checks.one_of("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"),
    },
    "string": {"value": checks.text()},
}
"""Inputs of each kind of node beside the common ones."""
_END = checks.text(1)


def _edge(edge: Any) -> str:
    """The complaint about one edge."""
    end = lambda v: checks.body(v, {"node_id": _END, "field": _END}, {})  # noqa: E731
    return checks.body(edge, {"source": end, "destination": end}, {})


class InvokeServer(Waiting):
    """Upload, enqueue, look, picture, cancel, version."""

    name = "invoke"

    def __init__(self, shelf: Shelf, **options: Any) -> None:
        super().__init__(shelf, **options)
        self.items: list[tuple[str, dict[str, Any]]] = []
        """Task and graph of each item of the queue; items are numbered from one."""

    @property
    def description(self) -> str:
        """A graph with places, as it is put into the queue."""
        return """{"nodes": {
          "words": {"id": "words", "type": "string", "value": "{prompt}"},
          "larger": {"id": "larger", "type": "esrgan", "image": {"image_name": "{image}"}},
          "size": {"id": "size", "type": "img_resize", "width": "{width}", "height": "{height}",
                   "resample_mode": "lanczos"}},
          "edges": [{"source": {"node_id": "larger", "field": "image"},
                     "destination": {"node_id": "size", "field": "image"}}]}"""

    def answer(self, call: Call) -> Reply:
        """The routes a client needs."""
        if (call.method, call.path) == ("GET", "/api/v1/app/version"):
            return Reply.json({"version": "6.14.0"})
        if (call.method, call.path) == ("POST", "/api/v1/images/upload"):
            return self._uploaded(call)
        if (call.method, call.path) == ("POST", f"{_QUEUE}enqueue_batch"):
            return self._ordered(call.json())
        if call.path.startswith("/api/v1/images/i/"):
            return self._picture(call.path.removeprefix("/api/v1/images/i/").removesuffix("/full"))
        number, _, verb = call.path.removeprefix(f"{_QUEUE}i/").partition("/")
        if number.isdigit() and 0 < int(number) <= len(self.items):
            return self._cancelled(int(number)) if verb == "cancel" else self._item(int(number))
        return Reply.json({"detail": f"Queue item with id {number} not found in queue default"}, 404)

    def _uploaded(self, call: Call) -> Reply:
        parts = call.parts()
        kind = parts["file"].media_type if parts and "file" in parts else "image/png"
        options = {"resize_to": checks.text(), "metadata": checks.text()}
        complaint = checks.form(parts, {"file": checks.picture(kind)}, options, ("file",))
        if call.query.get("image_category") not in {"general", "mask", "control", "user", "other"}:
            complaint = complaint or "image_category: Field required"
        if call.query.get("is_intermediate") not in {"true", "false"}:
            complaint = complaint or "is_intermediate: Field required"
        if complaint or parts is None:
            self.refused.append(complaint)
            return self.refuse("invalid", complaint)
        name = self.shelf.put_file(parts["file"].data, kind.rpartition("/")[2])
        return Reply.json(
            {"image_name": name, "image_url": f"api/v1/images/i/{name}/full", "image_origin": "external"}, 201
        )

    def _ordered(self, body: Any) -> Reply:
        complaint = checks.body(body, {"batch": self._batch}, {"prepend": checks.flag})
        return self.take_order(body, complaint, lambda situation: self._created(body["batch"], situation))

    def _batch(self, batch: Any) -> str:
        options = dict.fromkeys(("batch_id", "origin", "destination", "data", "workflow"), anything)
        return checks.body(batch, {"graph": self._graph, "runs": checks.whole(1, 100)}, options)

    def _graph(self, graph: Any) -> str:
        complaint = checks.body(graph, {"nodes": anything, "edges": anything}, {"id": checks.text()})
        for node_id, node in {} if complaint else graph["nodes"].items():
            kind = node.get("type")
            if kind not in _NODES or node.get("id") != node_id:
                return f"nodes.{node_id}: Input tag '{kind}' does not match any of the expected tags"
            complaint = complaint or checks.body(
                node, {"type": anything, "id": checks.text(1)}, {**_COMMON, **_NODES[kind]}
            )
            named = node.get("image", {}).get("image_name")
            if named is not None and self.shelf.file(named) is None:
                complaint = complaint or f"nodes.{node_id}: image {named} not found"
        edges: Callable[[], list[str]] = lambda: [words for edge in graph["edges"] if (words := _edge(edge))]  # noqa: E731
        return complaint or next(iter(edges()), "")

    def _created(self, batch: dict[str, Any], situation: Situation) -> Reply:
        nodes = {node["type"]: node for node in batch["graph"]["nodes"].values()}
        sent = self.shelf.file(nodes["esrgan"]["image"]["image_name"]) or b""
        factor = 2 if "x2plus" in nodes["esrgan"].get("model_name", "") else 4
        width, height = (factor * side for side in checks.sides(sent))
        if "img_resize" in nodes:
            width, height = nodes["img_resize"]["width"], nodes["img_resize"]["height"]
        task = self.begin(pictures.png(pictures.enhanced(sent, width, height)), "png", situation)
        self.items.append((task.id, batch["graph"]))
        ids = [] if situation == "empty" else [len(self.items)]
        result = {"queue_id": "default", "enqueued": len(ids), "requested": 1, "batch": batch, "priority": 0}
        return Reply.json({**result, "item_ids": ids}, 201)

    def _item(self, number: int) -> Reply:
        task_id, graph = self.items[number - 1]
        task = self.shelf.look(task_id)
        if task is None:
            return Reply.json({"detail": "not found"}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        failed = {"failed": "CUDA out of memory", "task moderated": "content refused"}
        state = "failed" if task.situation in failed else "completed"
        if task.cancelled or task.fraction < 1:
            state = "canceled" if task.cancelled else "in_progress" if task.fraction > 0.1 else "pending"
        item = {"item_id": number, "status": state, "batch_id": "b", "queue_id": "default", "session_id": "s"}
        if state == "failed":
            item |= {"error_type": "RuntimeError", "error_message": failed[task.situation]}
        return Reply.json(
            {**item, "priority": 0, "session": self._session(task, graph, finished=state == "completed")}
        )

    def _session(self, task: Task, graph: dict[str, Any], *, finished: bool) -> dict[str, Any]:
        """What has been executed: each node under another id than in the graph, intermediate results too."""
        if not finished or task.situation == "soft":
            return {"id": "s", "graph": graph, "results": {}, "prepared_source_mapping": {}}
        mapping, results = {}, {}
        leading = {edge["source"]["node_id"] for edge in graph["edges"]}
        for number, (node_id, node) in enumerate(graph["nodes"].items()):
            mapping[f"prepared-{number}"] = node_id
            name = "intermediate.png" if node_id in leading else self.link(task).rpartition("/")[2]
            results[f"prepared-{number}"] = (
                {"type": "string_output", "value": "words"}
                if node["type"] == "string"
                else {"type": "image_output", "image": {"image_name": name}, "width": 1, "height": 1}
            )
        return {"id": "s", "graph": graph, "results": results, "prepared_source_mapping": mapping}

    def _picture(self, name: str) -> Reply:
        if self.spoilt.get(name):
            return self.spoilt[name].popleft()
        data = self.shelf.file(name)
        return Reply.json({"detail": "Not Found"}, 404) if data is None else Reply(200, data)

    def _cancelled(self, number: int) -> Reply:
        self.shelf.cancel(self.items[number - 1][0])
        return Reply.json({"item_id": number, "status": "canceled"})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """A list for a body that is wrong, a proxy's sentence for the rest."""
        if kind == "invalid":
            return Reply.json(
                {"detail": [{"loc": ["body", "batch"], "msg": words, "type": "value_error"}]}, 422
            )
        headers = {"retry_after": "5"} if kind == "rate limited" else {}
        return Reply.json({"detail": words or kind}, STATUS_OF[kind], **headers)
