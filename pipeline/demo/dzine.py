"""A stand-in of Dzine, after what public clients send."""

from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import Call, Reply, Situation
from pipeline.demo.waiting import Waiting, anything


class DzineApi(Waiting):
    """After public clients: envelope {code, msg, data}."""

    name = "dzine"

    @property
    def url(self) -> str:
        """The base url ends with the version."""
        return f"{self.origin}/openapi/v1"

    def authorized(self, call: Call) -> bool:
        """The key stands bare."""
        return call.headers.get("authorization") == self.key

    def answer(self, call: Call) -> Reply:
        """Two orders, progress, balance."""
        path = call.path.removeprefix("/openapi/v1")
        if path == "/get_token_balance":
            return self._envelope({"credits": 100})
        if call.method == "POST" and path in {"/create_task_txt2img", "/create_task_img2img"}:
            body = call.json()
            return self.take_order(body, self._complaint(path, body), lambda s: self._created(body, s))
        return self._told(path.removeprefix("/get_task_progress/"))

    @staticmethod
    def _complaint(path: str, body: Any) -> str:
        edit = (
            {"images": anything, "structure_match": checks.number(0, 1)} if path.endswith("img2img") else {}
        )
        optional: dict[str, checks.Check] = {"color_match": checks.whole(0, 1)} if edit else {}
        said = checks.body(
            body,
            {
                "prompt": checks.text(1),
                "style_code": checks.text(3),
                "target_w": checks.whole(256, 1536),
                "target_h": checks.whole(256, 1536),
                "generate_slots": anything,
                **edit,
            },
            {
                "style_intensity": checks.number(0, 1),
                "quality_mode": checks.whole(0, 1),
                "output_format": checks.one_of("png", "webp", "jpg"),
                "seed": checks.whole(0, 2**31 - 1),
                **optional,
            },
        )
        return said or (checks.uri()(body["images"][0].get("base64_data")) if edit else "")

    def _created(self, body: Any, situation: Situation) -> Reply:
        width, height = body["target_w"], body["target_h"]
        sent = checks.unpacked(body["images"][0]["base64_data"]) if "images" in body else None
        pixels = (
            pictures.edited(sent, width, height, body["prompt"])
            if sent
            else pictures.drawn(width, height, body.get("seed", 0))
        )
        task = self.begin(pictures.webp(pixels), "webp", situation)
        return self._envelope({} if situation == "empty" else {"task_id": task.id})

    def _told(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None:
            return Reply.json({"code": 404, "msg": "task not found", "data": None}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        told: dict[str, Any] = {
            "task_id": task_id,
            "status": "processing",
            "generate_result_slots": ["", "", "", ""],
        }
        if task.fraction >= 1:
            told["status"] = "failed" if task.situation in {"failed", "task moderated"} else "succeed"
            told["error_reason"] = {"failed": "internal", "task moderated": "NSFW content"}.get(
                task.situation, ""
            )
            told["generate_result_slots"][0] = "" if task.situation == "soft" else self.link(task)
        return self._envelope(told)

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
