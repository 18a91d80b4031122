"""A stand-in of ComfyUI's server, with a few of its nodes and a proxy before it that wants a key.

After server.py and execution.py: a graph is validated before it is queued, complaints are told node by node, a task
that is neither queued nor in the history is answered with an empty object.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import STATUS_OF, Call, Reply, Situation
from pipeline.demo.tasks import Shelf, Task
from pipeline.demo.waiting import Waiting

_WHOLE, _TEXT = checks.whole(0, 2**63), checks.text()
_NODES: dict[str, dict[str, Any]] = {
    "LoadImage": {"image": _TEXT},
    "ImageScale": {
        "image": None,
        "upscale_method": checks.one_of("nearest-exact", "bilinear", "area", "bicubic", "lanczos"),
        "width": checks.whole(0, 16_384),
        "height": checks.whole(0, 16_384),
        "crop": checks.one_of("disabled", "center"),
    },
    "CheckpointLoaderSimple": {"ckpt_name": checks.one_of("demo.safetensors")},
    "CLIPTextEncode": {"text": _TEXT, "clip": None},
    "VAEEncode": {"pixels": None, "vae": None},
    "KSampler": {
        "seed": _WHOLE,
        "steps": checks.whole(1, 10_000),
        "cfg": checks.number(0, 100),
        "sampler_name": checks.one_of("euler", "dpmpp_2m"),
        "scheduler": checks.one_of("normal", "karras"),
        "denoise": checks.number(0, 1),
        **dict.fromkeys(("model", "positive", "negative", "latent_image")),
    },
    "VAEDecode": {"samples": None, "vae": None},
    "SaveImage": {"images": None, "filename_prefix": _TEXT},
}
"""Inputs of each node: how a value is checked; None where only a link to another node will do."""
_WORKFLOW = """{
  "1": {"class_type": "LoadImage", "inputs": {"image": "{image}"}},
  "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0], "upscale_method": "lanczos",
        "width": "{width}", "height": "{height}", "crop": "disabled"}},
  "3": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "demo.safetensors"}},
  "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "macro photograph. {prompt}", "clip": ["3", 1]}},
  "5": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurred", "clip": ["3", 1]}},
  "6": {"class_type": "VAEEncode", "inputs": {"pixels": ["2", 0], "vae": ["3", 2]}},
  "7": {"class_type": "KSampler", "inputs": {"seed": "{seed}", "steps": 12, "cfg": 4.5, "sampler_name": "euler",
        "scheduler": "normal", "denoise": 0.25, "model": ["3", 0], "positive": ["4", 0], "negative": ["5", 0],
        "latent_image": ["6", 0]}},
  "8": {"class_type": "VAEDecode", "inputs": {"samples": ["7", 0], "vae": ["3", 2]}},
  "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "loupe"}}
}"""
_EVENTS = {
    "failed": [
        "execution_error",
        {"node_id": "7", "node_type": "KSampler", "exception_message": "out of memory"},
    ],
    "task moderated": [
        "execution_error",
        {"node_id": "9", "node_type": "SafetyChecker", "exception_message": "content refused"},
    ],
}


_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def _frame(message: Any) -> bytes:
    """A text frame from a server, of at most 65,535 bytes."""
    text = json.dumps(message).encode()
    length = bytes([len(text)]) if len(text) < 126 else bytes([126, *len(text).to_bytes(2, "big")])
    return b"\x81" + length + text


class ComfyServer(Waiting):
    """Upload, prompt, history, queue, view, interrupt."""

    name = "comfy"

    def __init__(self, shelf: Shelf, **options: Any) -> None:
        super().__init__(shelf, **options)
        self.queued: list[str] = []
        """Tasks in the order they came."""
        self.clients: dict[str, str] = {}
        """Who is told of each, over the websocket."""
        self.speaks = True
        """Whether it has one; a proxy before it may not let it through."""

    @property
    def description(self) -> str:
        """A workflow in API format."""
        return _WORKFLOW

    def answer(self, call: Call) -> Reply:
        """The routes a client needs."""
        verb, _, task_id = call.path.removeprefix("/").partition("/")
        routes: dict[tuple[str, str], Callable[[], Reply]] = {
            ("GET", "system_stats"): lambda: Reply.json(
                {"system": {"comfyui_version": "0.9.2"}, "devices": []}
            ),
            ("POST", "upload"): lambda: self._uploaded(call),
            ("POST", "prompt"): lambda: self._ordered(call.json()),
            ("GET", "history"): lambda: self._history(task_id),
            ("GET", "queue"): self._queue,
            ("GET", "ws"): lambda: self._speaking(call),
            ("GET", "view"): lambda: self._view(call.query.get("filename", "")),
            ("POST", "queue"): lambda: self._stop_tasks((call.json() or {}).get("delete") or []),
            ("POST", "interrupt"): lambda: self._stop_tasks(self._running_now()),
        }
        route = routes.get((call.method, verb))
        return route() if route else self.refuse("gone")

    def _uploaded(self, call: Call) -> Reply:
        parts = call.parts()
        kind = parts["image"].media_type if parts and "image" in parts else "image/png"
        options = {
            "overwrite": checks.flag,
            "type": checks.one_of("input", "temp"),
            "subfolder": checks.text(),
        }
        complaint = checks.form(parts, {"image": checks.picture(kind)}, options, ("image",))
        if complaint or parts is None:
            self.refused.append(complaint)
            return Reply(400)
        name = self.shelf.put_file(parts["image"].data, kind.rpartition("/")[2])
        return Reply.json({"name": name, "subfolder": "", "type": "input"})

    def _ordered(self, body: Any) -> Reply:
        graph = body.get("prompt") if isinstance(body, dict) else None
        if not isinstance(graph, dict):
            return Reply.json({"error": "no prompt", "node_errors": []}, 400)
        complaints = {number: words for number, node in graph.items() if (words := self._wrong(node, graph))}
        if complaints:
            return self._invalid(graph, complaints)
        if not any(node["class_type"] == "SaveImage" for node in graph.values()):
            return self._invalid(graph, {}, "Prompt has no outputs")
        client = str(body.get("client_id", ""))
        return self.take_order(body, "", lambda situation: self._created(graph, client, situation))

    def _speaking(self, call: Call) -> Reply:
        """The websocket (RFC 6455), as long as the client does not speak: it only ever says that it goes."""
        key = call.headers.get("sec-websocket-key", "")
        if not self.speaks or not key:
            return Reply(400)
        accept = base64.b64encode(hashlib.sha1(f"{key}{_GUID}".encode()).digest()).decode()  # noqa: S324 - as it says
        headers = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept}
        client = call.query.get("clientId", "")
        return Reply(101, headers=headers, stream=lambda write, gone: self._speak(client, write, gone))

    def _speak(self, client: str, write: Callable[[bytes], Any], gone: Callable[[], bool]) -> None:
        """A status for everybody, and how far the client's own prompts are, node by node; previews in between."""
        write(
            _frame(
                {"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 1}}, "sid": client}}
            )
        )
        while not gone() and not self._stopped.wait(0.02):
            active = [task_id for task_id in self._running_now() if self.clients.get(task_id) == client]
            task = self.shelf.peek(active[0]) if active else None
            if task is None:
                continue
            nodes = {
                number: {"value": value, "max": 1.0, "state": state, "node_id": number, "prompt_id": task.id}
                for number, value, state in (("1", 1.0, "finished"), ("7", task.fraction, "running"))
            }
            write(_frame({"type": "progress_state", "data": {"prompt_id": task.id, "nodes": nodes}}))
            write(b"\x82\x08\x00\x00\x00\x01\xff\xd8\xff\xd9")  # a preview: BinaryEventTypes.PREVIEW_IMAGE

    def _wrong(self, node: Any, graph: dict[str, Any]) -> str:
        inputs = _NODES.get(node.get("class_type"))
        if inputs is None:
            return f"Cannot execute because node {node.get('class_type')} does not exist."
        for name, check in inputs.items():
            value = node["inputs"].get(name)
            linked = isinstance(value, list) and len(value) == 2 and value[0] in graph
            words = "" if linked else "Required input is missing" if check is None else check(value)
            if words:
                return f"{name} {words}"
        if node["class_type"] == "LoadImage" and self.shelf.file(node["inputs"]["image"]) is None:
            return f"Invalid image file: {node['inputs']['image']}"
        return ""

    def _invalid(self, graph: dict[str, Any], complaints: dict[str, str], words: str = "") -> Reply:
        words = words or "Prompt outputs failed validation"
        self.refused.append(words)
        nodes = {
            number: {
                "errors": [{"type": "invalid_input", "message": complaint, "details": "", "extra_info": {}}],
                "dependent_outputs": ["9"],
                "class_type": graph[number].get("class_type"),
            }
            for number, complaint in complaints.items()
        }
        error = {
            "type": "prompt_outputs_failed_validation",
            "message": words,
            "details": "",
            "extra_info": {},
        }
        return Reply.json({"error": error, "node_errors": nodes}, 400)

    def _created(self, graph: dict[str, Any], client: str, situation: Situation) -> Reply:
        by_class = {node["class_type"]: node["inputs"] for node in reversed(graph.values())}
        data = self.shelf.file(by_class["LoadImage"]["image"]) or b""
        scale = by_class.get("ImageScale")
        width, height = (scale["width"], scale["height"]) if scale else checks.sides(data)
        prompt = by_class.get("CLIPTextEncode", {"text": ""})["text"]
        task = self.begin(pictures.png(self.artist.edited(data, width, height, prompt)), "png", situation)
        if situation == "empty":
            return Reply.json({"number": 1, "node_errors": {}})
        self.clients[task.id] = client
        self.queued.append(task.id)
        return Reply.json({"prompt_id": task.id, "number": 1, "node_errors": {}})

    def _history(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None or task.cancelled:
            return Reply.json({})
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        if task.fraction < 1:
            return Reply.json({})
        event = _EVENTS.get(task.situation)
        status = {
            "status_str": "error" if event else "success",
            "completed": event is None,
            "messages": [["execution_start", {}], *([event] if event else [])],
        }
        return Reply.json({task_id: {"prompt": [], "outputs": self._outputs(task), "status": status}})

    def _outputs(self, task: Task) -> dict[str, Any]:
        if task.situation in {"soft", *_EVENTS}:
            return {}
        name = self.link(task).rpartition("/")[2]
        preview = {"filename": "preview.png", "subfolder": "", "type": "temp"}
        return {
            "9": {"images": [{"filename": name, "subfolder": "", "type": "output"}]},
            "10": {"images": [preview]},
        }

    def _active(self) -> list[str]:
        tasks = [task for task_id in self.queued if (task := self.shelf.peek(task_id)) is not None]
        return [task.id for task in tasks if task.fraction < 1 and not task.cancelled]

    def _running_now(self) -> list[str]:
        """The one task at work: an interrupt stops it, whosever it is."""
        return self._active()[:1]

    def _queue(self) -> Reply:
        items = [[number, task_id, {}, {}, ["9"]] for number, task_id in enumerate(self._active())]
        return Reply.json({"queue_running": items[:1], "queue_pending": items[1:]})

    def _view(self, name: str) -> Reply:
        if self.spoilt.get(name):
            return self.spoilt[name].popleft()
        data = self.shelf.file(name)
        return Reply(404) if data is None else Reply(200, data)

    def _stop_tasks(self, task_ids: list[str]) -> Reply:
        for task_id in task_ids:
            self.shelf.cancel(task_id)
        return Reply(200)

    def refuse(self, kind: str, words: str = "") -> Reply:
        """What a proxy before it says."""
        headers = {"retry_after": "5"} if kind == "rate limited" else {}
        return Reply.json({"message": words or kind}, STATUS_OF[kind], **headers)
