"""A home-made backend behind the TOML description."""

import base64
from collections.abc import Callable
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import JUNK, STATUS_OF, Call, Reply, Situation
from pipeline.demo.waiting import Waiting


class Studio(Waiting):
    """A home-made backend, and `DESCRIPTION`, the file that describes it."""

    name = "endpoint"
    DESCRIPTION = """
name = "Studio (demo)"
base_url = "{url}"

[auth]
header = "X-Studio-Key"
value = "{{key}}"

[generate]
path = "/generate"
fields = {{ prompt = "text", width = "w", height = "h", seed = "seed" }}
answer = {{ kind = "base64", at = "picture" }}
limits = {{ max_side_px = 2048, multiple_of = 8 }}
price_usd = 0.01

[enhance]
path = "/enhance"
encoding = "multipart"
detail = "super-resolution"
fields = {{ image = "photo", width = "w", height = "h" }}
fixed = {{ mode = "macro" }}
price_usd = 0.02

[sketch]
path = "/sketch"
encoding = "base64"
fields = {{ image = "photo", prompt = "text" }}
answer = {{ kind = "url", at = "result.0.url" }}

[model]
path = "/model"
fields = {{ image = "photo" }}
answer = {{ kind = "url", at = "task.url" }}
limits = {{ max_side_px = 2048 }}
price_usd = 0.25

[read]
path = "/chat/completions"
answer = {{ kind = "text", at = "choices.0.message.content" }}
price_usd = 0.002

[read.body]
model = "studio-text"
messages = [{{ role = "system", content = "{{instructions}}" }}, {{ role = "user", content = "{{prompt}}" }}]
response_format = {{ type = "json_schema", json_schema = {{ name = "piece", strict = true, schema = "{{schema}}" }} }}

[model.poll]
id = "task.id"
path = "/tasks/{{id}}"
status = "task.state"
done = ["ready"]
failed = ["broken", "refused"]
moderated = ["refused"]
error = "task.words"
progress = "task.percent"
cancel = "DELETE /tasks/{{id}}"
"""

    @property
    def description(self) -> str:
        """The TOML file, with this server's address."""
        return self.DESCRIPTION.format(url=self.url)

    def authorized(self, call: Call) -> bool:
        """The key has its own header."""
        return call.headers.get("x-studio-key") == self.key

    def answer(self, call: Call) -> Reply:
        """Five jobs and their tasks."""
        if call.path.startswith("/tasks/"):
            return self._task(call, call.path.removeprefix("/tasks/"))
        side, prompt = checks.whole(8, 8192), checks.text(1)
        works: dict[str, tuple[Callable[[], str], Callable[[Situation], Reply]]] = {
            "/generate": (
                lambda: checks.body(
                    call.json(), {"text": prompt, "w": side, "h": side}, {"seed": checks.whole(0, 2**32)}
                ),
                lambda s: self._generated(call.json(), s),
            ),
            "/enhance": (lambda: self._photo_complaint(call), lambda s: self._enhanced(call, s)),
            "/sketch": (
                lambda: checks.body(call.json(), {"photo": checks.text(100, 10**8), "text": prompt}, {}),
                lambda s: self._sketched(call.json(), s),
            ),
            "/chat/completions": (
                lambda: self._chat_complaint(call.json()),
                lambda s: self._chatted(call.json(), s),
            ),
            "/model": (
                lambda: checks.body(call.json(), {"photo": checks.uri()}, {}),
                lambda s: self._modelled(call.json(), s),
            ),
        }
        if call.path not in works:
            return self.refuse("gone", call.path)
        complain, make = works[call.path]
        return self.take_order(call.path, complain(), make)

    @staticmethod
    def _photo_complaint(call: Call) -> str:
        parts = call.parts()
        kind = parts["photo"].media_type if parts and "photo" in parts else "image/png"
        side = checks.whole(1, 16384)
        required = {"photo": checks.picture(kind), "w": side, "h": side, "mode": checks.one_of("macro")}
        return checks.form(parts, required, {}, ("photo",))

    @staticmethod
    def _chat_complaint(body: Any) -> str:
        """What is wrong with a call of the chat completions that many servers of text models speak."""

        def spoken(messages: Any) -> str:
            roles = [message.get("role") for message in messages] if isinstance(messages, list) else []
            return "" if roles == ["system", "user"] else "messages: one of the system and one of the user"

        def form(value: Any) -> str:
            inner = value.get("json_schema") if isinstance(value, dict) else None
            whole = isinstance(inner, dict) and isinstance(inner.get("schema"), dict)
            return "" if whole and value.get("type") == "json_schema" else "response_format: no schema"

        return checks.body(body, {"model": checks.text(1), "messages": spoken, "response_format": form}, {})

    def _chatted(self, body: Any, situation: Situation) -> Reply:
        content = "It is a ring." if situation == "junk" else self.artist.read(body["messages"][1]["content"])
        if situation == "cut short":
            content = content[: len(content) // 2]
        message = {"role": "assistant", "content": None if situation in {"empty", "soft"} else content}
        return Reply.json(
            {
                "object": "chat.completion",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 5000, "completion_tokens": 700, "total_tokens": 5700},
            }
        )

    def _generated(self, body: Any, situation: Situation) -> Reply:
        if situation in {"empty", "soft"}:
            return Reply.json({"picture": None, "error": "sensitive"})
        data = (
            JUNK
            if situation == "junk"
            else pictures.png(self.artist.drawn(body["text"], body["w"], body["h"], body.get("seed", 0)))
        )
        return Reply.json({"picture": base64.b64encode(data).decode()})

    @staticmethod
    def _enhanced(call: Call, situation: Situation) -> Reply:
        parts = call.parts() or {}
        if situation in {"empty", "soft"}:
            return Reply(200, b"")
        sized = int(parts["w"].text), int(parts["h"].text)
        data = pictures.png(pictures.enhanced(parts["photo"].data, *sized))
        return Reply(200, JUNK if situation == "junk" else data, {"content-type": "image/png"})

    def _sketched(self, body: Any, situation: Situation) -> Reply:
        sent = base64.b64decode(body["photo"])
        data = JUNK if situation == "junk" else pictures.png(pictures.sketched(sent, *checks.sides(sent)))
        links = {
            "private": "https://10.0.0.1/x.png",
            "dead link": self.file_url("gone"),
            "expired": self.file_url("gone"),
        }
        url = links.get(situation) or self.file_url(self.shelf.put_file(data, "png"))
        return Reply.json({"result": [] if situation in {"empty", "soft"} else [{"url": url}]})

    def _modelled(self, body: Any, situation: Situation) -> Reply:
        task = self.begin(self.artist.modelled(checks.unpacked(body["photo"]) or b""), "glb", situation)
        return Reply.json({"task": {} if situation == "empty" else {"id": task.id}})

    def _task(self, call: Call, task_id: str) -> Reply:
        if call.method == "DELETE":
            return Reply(204) if self.shelf.cancel(task_id) else Reply(409)
        task = self.shelf.look(task_id)
        if task is None or task.cancelled:
            return Reply.json({"message": "no such task"}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        states = {"failed": "broken", "task moderated": "refused"}
        state = states.get(task.situation, "ready") if task.fraction >= 1 else "working"
        status = {"state": state, "words": "no reason", "percent": int(100 * task.fraction)}
        if state == "ready" and task.situation != "soft":
            status["url"] = self.link(task)
        return Reply.json({"task": status})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """A plain body."""
        headers = {"retry_after": "9"} if kind == "rate limited" else {}
        return Reply.json({"message": words or kind}, STATUS_OF[kind], **headers)
