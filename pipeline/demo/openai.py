"""A stand-in of OpenAI: its images, and its responses as far as they are held to a schema."""

import math
from typing import Any

from pipeline.demo import checks, pictures
from pipeline.demo.server import JUNK, Call, Reply, Situation, StandIn, b64, sized

_ASKED = {"model": checks.text(1), "prompt": checks.text(1, 32_000)}
_SIZED = {
    "size": checks.text(3, 12),
    "quality": checks.one_of("low", "medium", "high", "xhigh", "max", "auto"),
    "output_format": checks.one_of("png", "jpeg", "webp"),
    "background": checks.one_of("opaque", "auto"),
    "n": checks.whole(1, 10),
}
_MOST_PICTURES = 16


_CELLS = {"low": 16, "medium": 48, "high": 96, "auto": 96, "xhigh": 136, "max": 192}
"""Cells along the longer side; the last two are published nowhere."""


def _tokens(quality: str, width: int, height: int) -> int:
    """As the vendor's cost calculator: 7024 for 1024 x 1024 at high, 5488 for 1536 x 1024, 12329 for 3584 x 2048."""
    cells = _CELLS[quality]
    across = math.floor(cells * min(width, height) / max(width, height) + 0.5)
    return math.ceil(cells * across * (2e6 + width * height) / 4e6)


_EFFORTS = ("none", "low", "medium", "high", "xhigh", "max")
_KEYWORDS = frozenset(
    {
        "type",
        "properties",
        "required",
        "additionalProperties",
        "enum",
        "anyOf",
        "items",
        "description",
        "$ref",
        "$defs",
    }
)
"""Of JSON Schema, what a strict schema may say at any model; further ones hold for some."""
_MOST_PROPERTIES, _MOST_DEPTH, _MOST_CHOICES, _MOST_NAMES = 5_000, 10, 1_000, 120_000


def _form_complaint(form: Any) -> str:
    """What is wrong with a json_schema format, by the guide to structured outputs."""
    required = {
        "type": checks.one_of("json_schema"),
        "name": checks.text(1, 64),
        "schema": lambda v: (
            "" if isinstance(v, dict) and v.get("type") == "object" else "schema: no object at its root"
        ),
    }
    complaint = checks.body(form, required, {"strict": checks.flag, "description": checks.text(0)})
    return complaint or (strict_complaint(form["schema"]) if form.get("strict") else "")


def strict_complaint(schema: Any) -> str:
    """What a strict schema must not be: open objects, optional fields, unknown keywords, too much of anything."""
    counts = {"properties": 0, "choices": 0, "names": 0}

    def look(node: Any, depth: int) -> str:
        if not isinstance(node, dict):
            return "schema: a part of it is no schema"
        if unknown := set(node) - _KEYWORDS:
            return f"schema: {sorted(unknown)[0]} is not permitted"
        below = [(part, depth) for part in node.get("anyOf", [])]
        counts["choices"] += len(node.get("enum", []))
        counts["names"] += sum(len(str(choice)) for choice in node.get("enum", []))
        if node.get("type") == "object":
            names = list(node.get("properties", {}))
            if node.get("additionalProperties") is not False:
                return "schema: additionalProperties is required to be false"
            if sorted(node.get("required", [])) != sorted(names):
                return "schema: required has to name every property"
            counts["properties"] += len(names)
            counts["names"] += sum(map(len, names))
            below += [(part, depth + 1) for part in node["properties"].values()]
        return next(filter(None, (look(part, level) for part, level in below)), "") or (
            "schema: nested too deeply" if depth > _MOST_DEPTH else ""
        )

    complaint = look(schema, 1)
    over = (
        counts["properties"] > _MOST_PROPERTIES
        or counts["choices"] > _MOST_CHOICES
        or counts["names"] > _MOST_NAMES
    )
    return complaint or ("schema: too large" if over else "")


class OpenAIImages(StandIn):
    """gpt-image-2: JSON generations, multipart edits."""

    name = "openai"

    @property
    def url(self) -> str:
        """The base url ends with the version."""
        return f"{self.origin}/v1"

    def answer(self, call: Call) -> Reply:
        """Two paid endpoints and the model record."""
        if call.method == "GET" and call.path.startswith("/v1/models/"):
            return Reply.json({"id": call.path.rpartition("/")[2], "object": "model"})
        match call.method, call.path:
            case "POST", "/v1/images/generations":
                return self._generated(call)
            case "POST", "/v1/images/edits":
                return self._edited(call)
            case "POST", "/v1/responses":
                return self._read(call)
        return self.refuse("gone", call.path)

    def _generated(self, call: Call) -> Reply:
        body = call.json()
        complaint = checks.body(body, _ASKED, _SIZED) or self._size_complaint(body["size"])
        return self.take_order(
            body,
            complaint,
            lambda situation: self._answer(
                body["size"], body.get("quality", "auto"), b"", body["prompt"], situation
            ),
        )

    def _edited(self, call: Call) -> Reply:
        parts = call.parts() or {}
        files = tuple(name for name in parts if name == "image" or name.startswith("image["))
        are_pictures = {name: checks.picture(parts[name].media_type) for name in files}
        needed = {**_ASKED, **(are_pictures or {"image": checks.text()})}
        complaint = checks.form(parts or None, needed, _SIZED, files)
        complaint = complaint or ("" if len(files) <= _MOST_PICTURES else f"image: at most {_MOST_PICTURES}")
        size = parts["size"].text if "size" in parts else "1024x1024"
        complaint = complaint or self._size_complaint(size)
        return self.take_order(
            parts,
            complaint,
            lambda situation: self._answer(
                size,
                parts["quality"].text if "quality" in parts else "auto",
                parts[files[0]].data,
                parts["prompt"].text,
                situation,
            ),
        )

    @staticmethod
    def _size_complaint(size: Any) -> str:
        width, height = sized(size)
        fits = width and height and width % 16 == height % 16 == 0 and max(width, height) <= 3840
        fits = fits and 655_360 <= width * height <= 3840 * 2160 and 1 / 3 <= width / height <= 3
        return "" if fits else f"size {size} is not supported"

    def _answer(self, size: str, quality: str, image: bytes, prompt: str, situation: Situation) -> Reply:
        if situation == "empty":
            return Reply.json({"created": 1, "data": []})
        if situation == "soft":
            return Reply.json({"created": 1, "data": [{"url": "https://example.org/old.png"}]})
        pixels = (
            self.artist.edited(image, *sized(size), prompt)
            if image
            else self.artist.drawn(prompt, *sized(size))
        )
        data = JUNK if situation == "junk" else pictures.png(pixels)
        width, height = sized(size)
        tokens = _tokens(quality, width, height)
        usage = {"input_tokens": 300, "output_tokens": tokens, "total_tokens": 300 + tokens}
        usage_told = {**usage, "input_tokens_details": {"text_tokens": 100, "image_tokens": 200}}
        return Reply.json({"created": 1, "data": [{"b64_json": b64(data)}], "usage": usage_told})

    def _read(self, call: Call) -> Reply:
        """A response of a text model, as the reference of /v1/responses describes it."""
        body = call.json()
        required = {
            "model": checks.text(1),
            "instructions": checks.text(1),
            "input": checks.text(1),
            "text": lambda v: (
                "" if isinstance(v, dict) and set(v) == {"format"} else "text: needs its format alone"
            ),
        }
        optional = {
            "max_output_tokens": checks.whole(16, 128_000),
            "store": checks.flag,
            "reasoning": lambda v: (
                "" if v in [{"effort": e} for e in _EFFORTS] else "reasoning: no such effort"
            ),
        }
        complaint = checks.body(body, required, optional) or _form_complaint(body["text"]["format"])
        return self.take_order(body, complaint, lambda situation: self._response(body, situation))

    def _response(self, body: Any, situation: Situation) -> Reply:
        part: dict[str, Any] = {
            "type": "output_text",
            "text": "It is a ring." if situation == "junk" else self.artist.read(body["input"]),
            "annotations": [],
        }
        if situation == "soft":
            part = {"type": "refusal", "refusal": "I'm sorry, I cannot assist with that request."}
        if situation == "cut short":
            part["text"] = part["text"][: len(part["text"]) // 2]
        message = {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [part],
        }
        thought = {"type": "reasoning", "id": "rs_1", "summary": []}
        return Reply.json(
            {
                "id": "resp_1",
                "object": "response",
                "status": "incomplete" if situation == "cut short" else "completed",
                "error": None,
                "incomplete_details": {"reason": "max_output_tokens"} if situation == "cut short" else None,
                "model": body["model"],
                "output": [thought] if situation == "empty" else [thought, message],
                "usage": {
                    "input_tokens": 5200,
                    "input_tokens_details": {"cached_tokens": 0},
                    "output_tokens": 900,
                    "output_tokens_details": {"reasoning_tokens": 300},
                    "total_tokens": 6100,
                },
            }
        )

    def refuse(self, kind: str, words: str = "") -> Reply:
        """OpenAI's error body."""
        status, category, code = {
            "key": (401, "invalid_request_error", "invalid_api_key"),
            "invalid": (400, "invalid_request_error", "invalid_value"),
            "moderated": (400, "image_generation_user_error", "moderation_blocked"),
            "rate limited": (429, "requests", "rate_limit_exceeded"),
            "quota": (429, "insufficient_quota", "insufficient_quota"),
            "gone": (404, "invalid_request_error", "model_not_found"),
            "down": (503, "server_error", None),
            "gateway": (504, "server_error", None),
        }[kind]
        headers = {"retry_after_ms": "2500"} if kind == "rate limited" else {}
        return Reply.json(
            {"error": {"message": words or kind, "type": category, "param": None, "code": code}},
            status,
            **headers,
        )
