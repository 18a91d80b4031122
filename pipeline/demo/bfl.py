"""A stand-in of Black Forest Labs' FLUX.2 pro, after its reference: what that does not name is refused."""

import base64
import math
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import Call, Reply, Situation
from pipeline.demo.waiting import Waiting

_SIDE = checks.whole(64, 4096)
_PICTURES = ("input_image", *(f"input_image_{n}" for n in range(2, 9)))
_OPTIONS = {
    "width": _SIDE,
    "height": _SIDE,
    "seed": checks.whole(0, 2**32),
    "safety_tolerance": checks.whole(0, 5),
    "output_format": checks.one_of("jpeg", "png", "webp"),
}


def _sent(body: Any) -> list[bytes]:
    return [base64.b64decode(body[name]) for name in _PICTURES if name in body]


def _cents(body: Any) -> float:
    """Three cents for the first megapixel, one and a half for each further begun, of output and of input."""
    megapixels: int = math.ceil(body["width"] * body["height"] / 1e6)
    sizes = map(checks.sides, _sent(body))
    sent = sum(math.ceil(width * height / 1e6) for width, height in sizes)
    return 3 + 1.5 * (megapixels - 1) + 1.5 * sent


class BflApi(Waiting):
    """One order, its polling address, the credits left."""

    name = "bfl"

    def authorized(self, call: Call) -> bool:
        """The key has its own header."""
        return call.headers.get("x-key") == self.key

    def answer(self, call: Call) -> Reply:
        """Order, look, credits."""
        match call.method, call.path:
            case "GET", "/v1/credits":
                return Reply.json({"credits": 420.5})
            case "GET", "/v1/get_result":
                return self._status(call.query.get("id", ""))
            case "POST", "/v1/flux-2-pro":
                body = call.json()
                return self.take_order(body, self._complaint(body), lambda s: self._created(body, s))
        return self.refuse("gone", "Not Found")

    @staticmethod
    def _complaint(body: Any) -> str:
        inputs = dict.fromkeys(_PICTURES, checks.text(100, 10**8))
        complaint = checks.body(body, {"prompt": checks.text(1)}, {**_OPTIONS, **inputs})
        if complaint:
            return complaint
        width, height = body["width"], body["height"]
        if width % 16 or height % 16 or width * height > 4_194_304:
            return "width and height must be multiples of 16, and 4 megapixels at most"
        return next((words for data in _sent(body) if (words := _damage(data))), "")

    def _created(self, body: Any, situation: Situation) -> Reply:
        size, sent = (body["width"], body["height"]), _sent(body)
        pixels = (
            self.artist.edited(sent[0], *size, body["prompt"])
            if sent
            else self.artist.drawn(body["prompt"], *size, body["seed"])
        )
        task = self.begin(pictures.png(pixels), "png", situation)
        if situation == "empty":
            return Reply.json({"id": task.id})
        address = f"{self.origin}/v1/get_result?id={task.id}"
        return Reply.json({"id": task.id, "polling_url": address, "cost": _cents(body)})

    def _status(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None:
            return Reply.json({"id": task_id, "status": "Task not found", "result": None}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        states = {"failed": "Error", "task moderated": "Content Moderated"}
        state = states.get(task.situation, "Ready") if task.fraction >= 1 else "Pending"
        sample = {"sample": self.link(task)} if state == "Ready" and task.situation != "soft" else None
        return Reply.json({"id": task_id, "status": state, "progress": task.fraction, "result": sample})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """A detail: a list for a body that is wrong, else words."""
        if kind == "invalid":
            return Reply.json({"detail": [{"loc": ["body"], "msg": words, "type": "value_error"}]}, 422)
        status, detail = {
            "key": (403, "Not authenticated - invalid API key"),
            "moderated": (400, "Request Moderated"),
            "rate limited": (429, "Too many active tasks"),
            "quota": (402, "Insufficient credits"),
            "gone": (404, "Not Found"),
            "down": (503, "Service unavailable"),
            "gateway": (504, "Gateway timeout"),
        }[kind]
        headers = {"retry_after": "3"} if kind == "rate limited" else {}
        return Reply.json({"detail": words or detail}, status, **headers)


def _damage(data: bytes) -> str:
    return checks.picture("image/jpeg" if data.startswith(b"\xff\xd8") else "image/png")(data)
