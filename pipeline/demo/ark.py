"""A stand-in of Seedream on Ark."""

from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import JUNK, Call, Reply, Situation, StandIn, b64, sized

_SAID = {
    "moderated": "The request failed because the input image may contain sensitive information",
    "rate limited": "The request failed because the requests per minute of this model are exceeded",
    "quota": "Your account has used up the free quota of this model",
    "gone": "The model or endpoint does not exist or you do not have access to it",
    "down": "The service encountered an unexpected internal error",
}


_MOST_PICTURES = 10


def _one_or_several(value: Any) -> str:
    """One picture as text, or a list of up to ten."""
    if isinstance(value, list):
        return checks.uris(1, _MOST_PICTURES)(value)
    return checks.uri(("png", "jpeg", "webp"), 10_000_000)(value)


def _pictures(body: Any) -> list[str]:
    value = body.get("image", [])
    return value if isinstance(value, list) else [value]


class Ark(StandIn):
    """Seedream 4.0, as documented for BytePlus ModelArk."""

    name = "seedream"

    def answer(self, call: Call) -> Reply:
        """One endpoint for everything."""
        if (call.method, call.path) != ("POST", "/images/generations"):
            return self.refuse("path", call.path)
        body = call.json()
        return self.take_order(body, self._complaint(body), lambda situation: self._answer(body, situation))

    def _complaint(self, body: Any) -> str:
        said = checks.body(
            body,
            {"model": checks.text(1), "prompt": checks.text(1, 8000)},
            {
                "image": _one_or_several,
                "size": checks.text(3, 12),
                "response_format": checks.one_of("url", "b64_json"),
                "watermark": checks.flag,
            },
        )
        if said:
            return said
        width, height = sized(body.get("size", "2048x2048"))
        if not 921_600 <= width * height <= 16_777_216 or not 1 / 16 <= width / height <= 16:
            return f"size {body.get('size')} is outside the allowed range"
        for image in _pictures(body):
            sides = checks.sides(checks.unpacked(image) or b"")
            if min(sides) <= 14 or sides[0] * sides[1] > 36_000_000:
                return "image is outside the allowed range"
        return "" if body.get("watermark") is False else "watermark must be switched off"

    def _answer(self, body: Any, situation: Situation) -> Reply:
        width, height = sized(body["size"])
        if situation == "soft":
            error = {
                "code": "OutputImageSensitiveContentDetected",
                "message": "The picture may be sensitive.",
            }
            return Reply.json({"model": body["model"], "created": 1, "data": [{"error": error}]})
        if situation == "empty":
            return Reply.json({"model": body["model"], "created": 1, "data": []})
        if "image" in body:
            first = checks.unpacked(_pictures(body)[0]) or b""
            pixels = self.artist.edited(first, width, height, body["prompt"])
        else:
            pixels = self.artist.drawn(body["prompt"], width, height)
        data = JUNK if situation == "junk" else pictures.jpeg(pixels)
        item = {"b64_json": b64(data), "size": f"{width}x{height}"}
        return Reply.json(
            {"model": body["model"], "created": 1, "data": [item], "usage": {"generated_images": 1}}
        )

    def refuse(self, kind: str, words: str = "") -> Reply:
        """Ark's error body."""
        status, code = {
            "key": (401, "AuthenticationError"),
            "invalid": (400, "InvalidParameter"),
            "path": (404, "InvalidAction"),
            "moderated": (400, "InputImageSensitiveContentDetected"),
            "rate limited": (429, "RateLimitExceeded.EndpointRPMExceeded"),
            "quota": (429, "QuotaExceeded"),
            "gone": (404, "InvalidEndpointOrModel.NotFound"),
            "down": (500, "InternalServiceError"),
            "gateway": (504, ""),
        }[kind]
        headers = {"retry_after": "7"} if kind == "rate limited" else {}
        error = {
            "code": code,
            "message": f"{words or _SAID.get(kind, kind)}. Request id: 0217",
            "param": "",
            "type": "BadRequest",
        }
        return Reply.json({"error": error}, status, **headers)
