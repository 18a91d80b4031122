"""A stand-in of Dzine, after the vendor's developer document: what it does not name is refused."""

from collections.abc import Mapping
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import Call, Reply, Situation
from pipeline.demo.waiting import Waiting, anything

_STYLED = {
    "prompt": checks.text(1, 800),
    "style_code": checks.text(3),
    "generate_slots": anything,
}
_STYLED_OPTIONS = {
    "style_intensity": checks.number(0, 1),
    "quality_mode": checks.whole(0, 1),
    "output_format": checks.one_of("jpeg", "webp"),
    "seed": checks.whole(1, 2**31 - 1),
}
_SIDE = checks.whole(256, 1536)
_ORDERS: Mapping[str, tuple[Mapping[str, checks.Check], Mapping[str, checks.Check]]] = {
    "/create_task_txt2img": ({**_STYLED, "target_w": _SIDE, "target_h": _SIDE}, _STYLED_OPTIONS),
    "/create_task_img2img": (
        {**_STYLED, "images": anything, "structure_match": checks.number(0, 1)},
        {**_STYLED_OPTIONS, "color_match": checks.whole(0, 1)},
    ),
    "/create_task_upscale": (
        {"images": anything, "upscaling_resize": checks.one_of(1.5, 2, 3, 4)},
        {"output_format": checks.one_of("jpg", "png")},
    ),
}
"""What each order needs, and what it may say besides."""
_STAGES = ((0.1, "waiting"), (0.2, "in_queue"), (0.8, "processing"), (1.0, "uploading"))


def _complaint(path: str, body: Any) -> str:
    """What the service would refuse an order for; empty for a good one."""
    said = checks.body(body, *_ORDERS[path])
    if said or "images" not in body:
        return said
    pictures_sent = body["images"]
    if not isinstance(pictures_sent, list) or len(pictures_sent) != 1:
        return "images: one is wanted"
    return checks.uri()(pictures_sent[0].get("base64_data"))


class DzineApi(Waiting):
    """Envelope {code, msg, data}; a task's id has underscores."""

    name = "dzine"

    @property
    def url(self) -> str:
        """The base url ends with the version."""
        return f"{self.origin}/openapi/v1"

    def authorized(self, call: Call) -> bool:
        """The key stands bare."""
        return call.headers.get("authorization") == self.key

    def answer(self, call: Call) -> Reply:
        """Three orders, progress, balance."""
        path = call.path.removeprefix("/openapi/v1")
        if path == "/get_token_balance":
            return self._envelope({"credits": 100})
        if call.method == "POST" and path in _ORDERS:
            body = call.json()
            return self.take_order(body, _complaint(path, body), lambda s: self._created(path, body, s))
        return self._progress(path.removeprefix("/get_task_progress/"))

    def _created(self, path: str, body: Any, situation: Situation) -> Reply:
        sent = checks.unpacked(body["images"][0]["base64_data"]) if "images" in body else None
        if sent is None:
            pixels = self.artist.drawn(
                body["prompt"], body["target_w"], body["target_h"], body.get("seed", 1)
            )
        else:
            width, height = checks.sides(sent)
            factor = float(body.get("upscaling_resize", 1))
            size = round(width * factor), round(height * factor)
            pixels = (
                pictures.enhanced(sent, *size)
                if factor > 1
                else self.artist.edited(sent, *size, body["prompt"])
            )
        kind = body["output_format"]
        data = pictures.webp(pixels) if kind == "webp" else pictures.png(pixels)
        task = self.begin(data, kind, situation)
        verb = path.removeprefix("/create_task_")
        return self._envelope({} if situation == "empty" else {"task_id": f"{verb}_{task.id}_S2_2_2"})

    def _progress(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id.partition("_")[2].removesuffix("_S2_2_2"))
        if task is None:
            return Reply.json({"code": 404, "msg": "task not found", "data": None}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        stage = next((name for end, name in _STAGES if task.fraction < end), "succeeded")
        reason = ""
        if stage == "succeeded" and task.situation in {"failed", "task moderated"}:
            stage, reason = "failed", {"failed": "internal", "task moderated": "NSFW content"}[task.situation]
        link = self.link(task) if stage == "succeeded" and task.situation != "soft" else ""
        return self._envelope(
            {
                "task_id": task_id,
                "status": stage,
                "error_reason": reason,
                "generate_result_slots": [link, "", "", ""],
            }
        )

    @staticmethod
    def _envelope(data: Any) -> Reply:
        return Reply.json({"code": 200, "msg": "OK", "data": data})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """A refusal inside a 200, but for the transport's own."""
        status = {"rate limited": 429, "down": 503, "gateway": 504, "key": 401}.get(kind, 200)
        code = {
            "key": 401,
            "invalid": 400,
            "moderated": 108001,
            "rate limited": 429,
            "quota": 402,
            "gone": 108005,
        }
        said = {"moderated": "sensitive content detected"}.get(kind, kind)
        headers = {"retry_after": "6"} if kind == "rate limited" else {}
        return Reply.json(
            {"code": code.get(kind, status), "msg": words or said, "data": None}, status, **headers
        )
