"""A stand-in of Topaz's image API, after its reference: what that does not name is refused here."""

import math
from collections.abc import Mapping

from pipeline.demo import checks, pictures
from pipeline.demo.server import STATUS_OF, Call, Part, Reply, Situation
from pipeline.demo.waiting import Waiting

_SIDE = checks.whole(1, 32_000)
_MODEL = checks.one_of("Standard V2", "Low Resolution V2", "CGI", "High Fidelity V2", "Text Refine")
_SIZED = {"output_width": _SIDE, "output_height": _SIDE}


class TopazApi(Waiting):
    """Estimate, order, status, download, cancel."""

    name = "topaz"

    def authorized(self, call: Call) -> bool:
        """The key has its own header."""
        return call.headers.get("x-api-key") == self.key

    def answer(self, call: Call) -> Reply:
        """Five endpoints."""
        verb, _, task_id = call.path.removeprefix("/image/v1/").partition("/")
        match call.method, verb:
            case "POST", "estimate":
                return self._estimated(call)
            case "POST", "enhance" if task_id == "async":
                return self._ordered(call)
            case "GET", "status":
                return self._status(task_id)
            case "GET", "download":
                return self._download(task_id)
            case "DELETE", "cancel":
                return Reply.json({}) if self.shelf.cancel(task_id) else self.refuse("invalid", "not running")
        return self.refuse("gone")

    def _estimated(self, call: Call) -> Reply:
        parts = call.parts()
        required = {"input_width": _SIDE, "input_height": _SIDE}
        complaint = checks.form(parts, required, {"model": _MODEL, **_SIZED}, ())
        if complaint or parts is None:
            self.refused.append(complaint)
            return self.refuse("invalid", complaint)
        pixels = int(parts["output_width"].text) * int(parts["output_height"].text)
        return Reply.json({"credits": _credits(pixels), "estimated_time": 4})

    def _ordered(self, call: Call) -> Reply:
        parts = call.parts()
        kind = parts["image"].media_type if parts and "image" in parts else "image/png"
        options = {
            "model": _MODEL,
            **_SIZED,
            "crop_to_fill": checks.flag,
            "face_enhancement": checks.flag,
            "output_format": checks.one_of("jpeg", "jpg", "png", "tiff", "tif"),
        }
        complaint = checks.form(parts, {"image": checks.picture(kind)}, options, ("image",))
        return self.take_order(call.path, complaint, lambda s: self._created(parts or {}, s))

    def _created(self, parts: Mapping[str, Part], situation: Situation) -> Reply:
        size = int(parts["output_width"].text), int(parts["output_height"].text)
        pixels = pictures.enhanced(parts["image"].data, *size)
        task = self.begin(pictures.png(pixels), "png", situation)
        return Reply.json({} if situation == "empty" else {"process_id": task.id, "source_id": "1", "eta": 1})

    def _status(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None:
            return Reply.json({"message": "not found"}, 404)
        disturbed = self.disturbed(task)
        if disturbed:
            return disturbed
        failed = {"failed": "internal error", "task moderated": "flagged by content moderation"}
        state = "Failed" if task.situation in failed else "Completed"
        if task.cancelled or task.fraction < 1:
            state = "Cancelled" if task.cancelled else "Processing"
        status = {"process_id": task_id, "status": state, "progress": int(100 * task.fraction), "credits": 1}
        return Reply.json({**status, "message": failed.get(task.situation, "")})

    def _download(self, task_id: str) -> Reply:
        task = self.shelf.look(task_id)
        if task is None or task.situation == "soft":
            return Reply.json({"expiry": 0})
        return Reply.json({"download_url": self.link(task), "expiry": 3600})

    def refuse(self, kind: str, words: str = "") -> Reply:
        """A message."""
        said = "flagged by content moderation" if kind == "moderated" else kind
        headers = {"retry_after": "3"} if kind == "rate limited" else {}
        return Reply.json({"message": words or said}, {**STATUS_OF, "moderated": 400}[kind], **headers)


def _credits(pixels: int) -> int:
    """One credit for every 24 megapixels begun."""
    return max(1, math.ceil(pixels / 24e6))
