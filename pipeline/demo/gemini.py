"""A stand-in of Gemini: its image models, and its text models as far as they answer in JSON."""

import base64
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import JUNK, Call, Reply, Situation, StandIn, b64

SHAPES = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
SIZES = {"1K": 1, "2K": 2, "4K": 4}
_LANDSCAPE = {
    "1:1": (1024, 1024),
    "3:2": (1264, 848),
    "4:3": (1200, 896),
    "5:4": (1152, 928),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
}
"""At 1K."""


def pixels_of(shape: str, size: str) -> tuple[int, int]:
    """(width, height) of what a shape and a size name, by the model's reference."""
    flipped = ":".join(reversed(shape.split(":")))
    width, height = _LANDSCAPE[shape] if shape in _LANDSCAPE else _LANDSCAPE[flipped][::-1]
    return width * SIZES[size], height * SIZES[size]


_KEYWORDS = frozenset(
    {
        *("$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items"),
        *("prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties"),
        *("additionalProperties", "required", "propertyOrdering"),
    }
)
"""Of JSON Schema, what responseJsonSchema takes by its reference."""


def _schema_complaint(node: Any) -> str:
    """The first thing in a schema that is not taken."""
    if not isinstance(node, dict):
        return "responseJsonSchema: a part of it is no schema"
    if unknown := set(node) - _KEYWORDS:
        return f"responseJsonSchema: {sorted(unknown)[0]} is not supported"
    if not all(isinstance(choice, str | int | float) for choice in node.get("enum", [])):
        return "responseJsonSchema: enum takes strings and numbers"
    below = [*node.get("properties", {}).values(), *node.get("anyOf", [])]
    return next(filter(None, map(_schema_complaint, below)), "")


class GeminiImages(StandIn):
    """generateContent with picture output, or with JSON."""

    name = "gemini"

    def authorized(self, call: Call) -> bool:
        """The key has its own header."""
        return call.headers.get("x-goog-api-key") == self.key

    def answer(self, call: Call) -> Reply:
        """One paid method and the model record."""
        if call.method == "GET" and call.path.startswith("/models/"):
            return Reply.json({"name": call.path.removeprefix("/")})
        if call.method != "POST" or not call.path.endswith(":generateContent"):
            return self.refuse("gone", call.path)
        body = call.json()
        return self.take_order(body, self._complaint(body), lambda situation: self._answer(body, situation))

    def _complaint(self, body: Any) -> str:
        anything = lambda _: ""  # noqa: E731 - looked at below
        said = checks.body(
            body, {"contents": anything, "generationConfig": anything}, {"systemInstruction": anything}
        )
        if said:
            return said
        config = body["generationConfig"]
        if isinstance(config, dict) and "responseMimeType" in config:
            return self._reading_complaint(body, config)
        said = checks.body(
            config,
            {"responseModalities": anything, "imageConfig": anything},
            {"seed": checks.whole(0, 2**31 - 1)},
        )
        said = said or checks.body(
            config["imageConfig"],
            {"aspectRatio": checks.one_of(*SHAPES)},
            {"imageSize": checks.one_of(*SIZES)},
        )
        if said or config["responseModalities"] != ["IMAGE"]:
            return said or "responseModalities must be IMAGE"
        for part in body["contents"][0]["parts"]:
            said = checks.body(part, {}, {"text": checks.text(1), "inlineData": anything})
            if "inlineData" in part:
                kind = part["inlineData"].get("mimeType", "")
                data = base64.b64decode(part["inlineData"].get("data", ""))
                said = said or checks.picture(kind)(data) or ("too large" if len(data) > 7_000_000 else "")
            if said:
                return said
        return ""

    @staticmethod
    def _reading_complaint(body: Any, config: Any) -> str:
        """What is wrong with a call for JSON, by the guide to structured outputs and the reference."""
        said = checks.body(
            config,
            {"responseMimeType": checks.one_of("application/json", "text/x.enum")},
            {
                "responseJsonSchema": _schema_complaint,
                "maxOutputTokens": checks.whole(1, 65_536),
                "temperature": checks.number(0, 2),
                "seed": checks.whole(0, 2**31 - 1),
            },
        )
        spoken = [*body["contents"], *([body["systemInstruction"]] if "systemInstruction" in body else [])]
        parts = [part for content in spoken for part in content["parts"]]
        return said or next(
            filter(None, (checks.body(part, {"text": checks.text(1)}, {}) for part in parts)), ""
        )

    def _read(self, body: Any, situation: Situation) -> Reply:
        if situation == "soft":
            return Reply.json({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {}})
        words = body["contents"][0]["parts"][0]["text"]
        text = "A ring." if situation == "junk" else self.artist.read(words)
        whole = situation != "cut short"
        parts = [
            {"text": "What is asked for is ...", "thought": True},
            {"text": text if whole else text[: len(text) // 2]},
        ]
        candidate: dict[str, Any] = {"finishReason": "STOP" if whole else "MAX_TOKENS", "index": 0}
        if situation != "empty":
            candidate["content"] = {"role": "model", "parts": parts}
        usage = {
            "promptTokenCount": 5100,
            "candidatesTokenCount": 600,
            "thoughtsTokenCount": 200,
            "totalTokenCount": 5900,
        }
        return Reply.json(
            {
                "candidates": [candidate],
                "usageMetadata": usage,
                "modelVersion": "gemini-demo",
                "responseId": "r1",
            }
        )

    def _answer(self, body: Any, situation: Situation) -> Reply:
        if "responseMimeType" in body["generationConfig"]:
            return self._read(body, situation)
        if situation == "soft":
            return Reply.json({"promptFeedback": {"blockReason": "IMAGE_SAFETY"}})
        if situation == "empty":
            return Reply.json(
                {"candidates": [{"finishReason": "NO_IMAGE", "content": {"parts": [{"text": "Sorry."}]}}]}
            )
        parts = body["contents"][0]["parts"]
        config = body["generationConfig"]["imageConfig"]
        width, height = pixels_of(config["aspectRatio"], config.get("imageSize", "1K"))
        sent = [base64.b64decode(part["inlineData"]["data"]) for part in parts if "inlineData" in part]
        words = parts[0]["text"]
        pixels = (
            self.artist.edited(sent[0], width, height, words)
            if sent
            else self.artist.drawn(words, width, height)
        )
        data = JUNK if situation == "junk" else pictures.jpeg(pixels)
        picture = {"inlineData": {"mimeType": "image/jpeg", "data": b64(data)}}
        return Reply.json(
            {
                "candidates": [{"content": {"role": "model", "parts": [picture]}, "finishReason": "STOP"}],
                "modelVersion": "gemini-demo",
            }
        )

    def refuse(self, kind: str, words: str = "") -> Reply:
        """Google's error body."""
        status, label, said = {
            "key": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
            "invalid": (400, "INVALID_ARGUMENT", words),
            "moderated": (400, "INVALID_ARGUMENT", "The request was blocked: PROHIBITED_CONTENT"),
            "rate limited": (429, "RESOURCE_EXHAUSTED", "Please retry in 12s."),
            "quota": (429, "RESOURCE_EXHAUSTED", "Quota exceeded for images, limit: 0, see your billing."),
            "gone": (404, "NOT_FOUND", "The model is not found for API version v1beta."),
            "down": (503, "UNAVAILABLE", "The model is overloaded."),
            "gateway": (504, "DEADLINE_EXCEEDED", "Deadline expired."),
        }[kind]
        headers = {"retry_after": "12"} if kind == "rate limited" else {}
        said = f"{said} {words}".strip() if kind == "key" else words or said
        return Reply.json(
            {"error": {"code": status, "message": said, "status": label, "details": []}}, status, **headers
        )
