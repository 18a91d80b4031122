"""A stand-in of Magnific Precision V2, after its reference: what that does not name is refused."""

import base64
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import Call, Reply, Situation
from pipeline.demo.waiting import Waiting

_PATH = "/v1/ai/image-upscaler-precision-v2"
_PERCENT = checks.whole(0, 100)
_OPTIONS = {
    "scale_factor": checks.one_of(2, 4, 8, 16),
    "flavor": checks.one_of("sublime", "photo", "photo_denoiser"),
    "sharpen": _PERCENT,
    "smart_grain": _PERCENT,
    "ultra_detail": _PERCENT,
    "filter_nsfw": checks.flag,
    "webhook_url": checks.text(8),
}


class MagnificApi(Waiting):
    """One order and its status."""

    name = "magnific"

    def authorized(self, call: Call) -> bool:
        """The key has its own header."""
        return call.headers.get("x-freepik-api-key") == self.key

    def answer(self, call: Call) -> Reply:
        """Order and look."""
        if (call.method, call.path) == ("POST", _PATH):
            body = call.json()
            return self.take_order(body, self._complaint(body), lambda s: self._created(body, s))
        if call.method == "GET" and call.path.startswith(f"{_PATH}/"):
            return self._status(call.path.removeprefix(f"{_PATH}/"))
        return self.refuse("gone")

    @staticmethod
    def _complaint(body: Any) -> str:
        complaint = checks.body(body, {"image": checks.text(100, 10**8)}, _OPTIONS)
        if complaint:
            return complaint
        data = base64.b64decode(body["image"])
        width, height = checks.sides(data)
        if min(width, height) < 160 or not 1 / 3 <= width / height <= 3:
            return "image must have 160 pixels at least on each side, and a shape from 1:3 to 3:1"
        if max(width, height) * body.get("scale_factor", 2) > 10_060:
            return "the result would exceed 10060 pixels"
        return checks.picture("image/jpeg" if data.startswith(b"\xff\xd8") else "image/png")(data)

    def _created(self, body: Any, situation: Situation) -> Reply:
        data = base64.b64decode(body["image"])
        width, height = checks.sides(data)
        factor = body.get("scale_factor", 2)
        task = self.begin(
            pictures.png(pictures.enhanced(data, factor * width, factor * height)), "png", situation
        )
        return self._data(
            {} if situation == "empty" else {"task_id": task.id, "status": "CREATED", "generated": []}
        )

    def _status(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None:
            return Reply.json({"message": "Not found"}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        failed = task.situation in {"failed", "task moderated"}
        state = ("FAILED" if failed else "COMPLETED") if task.fraction >= 1 else "IN_PROGRESS"
        links = [self.link(task)] if state == "COMPLETED" and task.situation != "soft" else []
        unsafe = [task.situation == "task moderated"]
        return self._data({"task_id": task_id, "status": state, "generated": links, "has_nsfw": unsafe})

    @staticmethod
    def _data(data: Any) -> Reply:
        return Reply.json({"data": data})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """A message."""
        status, message = {
            "key": (401, "Invalid API key"),
            "invalid": (400, "Validation error"),
            "moderated": (400, "The image was flagged as NSFW"),
            "rate limited": (429, "Too many requests"),
            "quota": (402, "Not enough credits"),
            "gone": (404, "Not found"),
            "down": (503, "Service Unavailable"),
            "gateway": (504, "Gateway timeout"),
        }[kind]
        headers = {"retry_after": "3"} if kind == "rate limited" else {}
        return Reply.json({"message": words or message}, status, **headers)
