"""A stand-in of Meshy."""

from functools import partial
from typing import Any

from pipeline.demo import checks
from pipeline.demo.server import STATUS_OF, Call, Reply, Situation
from pipeline.demo.waiting import Waiting, anything


class MeshyApi(Waiting):
    """image-to-3d and multi-image-to-3d."""

    name = "meshy"

    def answer(self, call: Call) -> Reply:
        """Create, get, delete, balance."""
        if (call.method, call.path) == ("GET", "/openapi/v1/balance"):
            return Reply.json({"balance": 1000})
        for path in ("/openapi/v1/image-to-3d", "/openapi/v1/multi-image-to-3d"):
            if call.path == path and call.method == "POST":
                body = call.json()
                return self.take_order(body, self._complaint(path, body), partial(self._created, body))
            if call.path.startswith(f"{path}/"):
                task_id = call.path.removeprefix(f"{path}/")
                if call.method == "DELETE":
                    return (
                        Reply(200)
                        if self.shelf.cancel(task_id)
                        else Reply.json({"message": "not found"}, 404)
                    )
                return self._progress(task_id)
        return self.refuse("gone", "NoMatchingRoute")

    @staticmethod
    def _complaint(path: str, body: Any) -> str:
        one = path.endswith("/image-to-3d")
        pictures_told = {"image_url": checks.uri()} if one else {"image_urls": checks.uris(1, 4)}
        said = checks.body(
            body,
            pictures_told,
            {
                "ai_model": checks.one_of(
                    "latest", "meshy-7.1", "meshy-7", "meshy-6", "meshy-6-lite", "meshy-5"
                ),
                "should_texture": checks.flag,
                "enable_pbr": checks.flag,
                "should_remesh": checks.flag,
                "texture_resolution": checks.one_of("2k", "4k", "8k"),
                "topology": checks.one_of("triangle", "quad"),
                "target_polycount": checks.whole(100, 300_000),
                "image_enhancement": checks.flag,
                "target_formats": anything,
                "moderation": checks.flag,
            },
        )
        return said or (
            "" if body.get("image_enhancement") is False else "image_enhancement must be switched off"
        )

    def _created(self, body: Any, situation: Situation) -> Reply:
        sent = checks.unpacked(body.get("image_url") or body["image_urls"][0]) or b""
        task = self.begin(self.artist.modelled(sent), "glb", situation)
        return Reply.json({} if situation == "empty" else {"result": task.id}, 202)

    def _progress(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None or task.cancelled:
            return Reply.json({"message": "Task not found"}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        status: dict[str, Any] = {
            "id": task_id,
            "progress": int(100 * task.fraction),
            "model_urls": {},
            "task_error": {},
        }
        if task.fraction < 1:
            return Reply.json({**status, "status": "IN_PROGRESS" if task.fraction > 0.1 else "PENDING"})
        errors = {
            "failed": ("server_error", "internal"),
            "task moderated": ("invalid_input", "moderation_blocked"),
        }
        if task.situation in errors:
            kind, code = errors[task.situation]
            return Reply.json(
                {**status, "status": "FAILED", "task_error": {"type": kind, "code": code, "message": code}}
            )
        links = {} if task.situation == "soft" else {"glb": self.link(task)}
        return Reply.json({**status, "status": "SUCCEEDED", "model_urls": links, "consumed_credits": 30})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """Meshy's error body."""
        said = {"rate limited": "NoMoreConcurrentTasks", "quota": "Insufficient funds"}.get(kind, kind)
        if kind == "moderated":
            return Reply.json({"message": "moderation_blocked: the image was refused"}, 422)
        headers = {"retry_after": "5"} if kind == "rate limited" else {}
        return Reply.json({"message": words or said}, STATUS_OF[kind], **headers)
