"""A stand-in of Tripo, version 3, after its reference: what the reference does not name is refused."""

from typing import Any

from pipeline.demo import checks
from pipeline.demo.server import Call, Reply, Situation
from pipeline.demo.waiting import Waiting


class TripoApi(Waiting):
    """Files, an order, tasks, the balance."""

    name = "tripo"

    @property
    def url(self) -> str:
        """The base url ends with the version."""
        return f"{self.origin}/v3"

    def answer(self, call: Call) -> Reply:
        """Files, an order, tasks, the balance."""
        path = call.path.removeprefix("/v3")
        match call.method, path:
            case "GET", "/account/balance":
                return Reply.json({"code": 0, "data": {"balance": 500, "frozen": 0}})
            case "POST", "/files":
                return self._uploaded(call)
            case "POST", "/generation/image-to-model":
                body = call.json()
                return self.take_order(body, self._complaint(body), lambda s: self._created(body, s))
        if path.startswith("/tasks/"):
            return self._task(path.removeprefix("/tasks/"))
        return self.refuse("gone", path)

    def _uploaded(self, call: Call) -> Reply:
        parts = call.parts()
        kind = parts["file"].media_type if parts and "file" in parts else "image/png"
        complaint = checks.form(parts, {"file": checks.picture(kind)}, {}, ("file",))
        if complaint or parts is None:
            self.refused.append(complaint)
            return self.refuse("invalid", complaint)
        token = self.shelf.put_file(parts["file"].data, "upload")
        return Reply.json({"code": 0, "data": {"file_token": token}})

    def _complaint(self, body: Any) -> str:
        complaint = checks.body(
            body,
            {
                "input": checks.text(8),
                "model": checks.one_of("v3.1-20260211", "v3.0-20250812", "v2.5-20250123", "P1-20260311"),
            },
            {
                "model_seed": checks.whole(0, 2**31),
                "texture_seed": checks.whole(0, 2**31),
                "texture": checks.flag,
                "pbr": checks.flag,
                "face_limit": checks.whole(1000, 500_000),
                "texture_quality": checks.one_of("standard", "detailed", "extreme"),
                "geometry_quality": checks.one_of("standard", "detailed"),
            },
        )
        return complaint or ("" if self.shelf.file(body["input"]) else "input is not known")

    def _created(self, body: Any, situation: Situation) -> Reply:
        sent = self.shelf.file(body["input"]) or b""
        task = self.begin(self.artist.modelled(sent), "glb", situation)
        return Reply.json({"code": 0, "data": {} if situation == "empty" else {"task_id": task.id}})

    def _task(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None:
            return Reply.json({"code": 2001, "message": "The task is not found"}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        status: dict[str, Any] = {
            "task_id": task_id,
            "type": "image_to_model",
            "progress": int(100 * task.fraction),
        }
        if task.fraction < 1:
            status["status"] = "running" if task.fraction > 0.1 else "queued"
        elif task.situation == "failed":
            status |= {"status": "failed", "error_code": 1000, "error_message": "internal"}
        elif task.situation == "task moderated":
            status |= {"status": "failed", "error_code": 2008, "error_message": "The content is not allowed"}
        else:
            status |= {
                "status": "success",
                "output": {}
                if task.situation == "soft"
                else {"model_url": self.link(task), "model_urls": [self.link(task)]},
            }
        return Reply.json({"code": 0, "data": status})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """Tripo's error body."""
        status, code = {
            "key": (401, 1002),
            "invalid": (400, 2002),
            "moderated": (400, 2008),
            "rate limited": (429, 2000),
            "quota": (403, 2010),
            "gone": (404, 1001),
            "down": (500, 1000),
            "gateway": (504, 1000),
        }[kind]
        headers = {"retry_after": "4"} if kind == "rate limited" else {}
        return Reply.json({"code": code, "message": words or kind, "suggestion": ""}, status, **headers)
