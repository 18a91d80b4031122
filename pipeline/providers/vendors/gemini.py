"""Google's Gemini image models: one blocking generateContent call, the picture inline.

https://ai.google.dev/gemini-api/docs/image-generation. The shape is chosen from a list; a 200 may hold no picture.
"""

import base64
import json
from typing import Any

from pipeline.errors import (
    BadKey,
    Moderated,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    UnusableAnswer,
)
from pipeline.images import media_type
from pipeline.providers.base import (
    Answer,
    Frame,
    GenerateRequest,
    Limits,
    PictureRequest,
    ReadRequest,
    Request,
    Watch,
    pictures_of,
)
from pipeline.providers.call.answers import cut_short, from_base64, json_object, picture, refused
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.nano_banana import ONE_K, SCALES
from pipeline.providers.call.prices import MOST_OUT, Price, reading_cost, reading_price
from pipeline.providers.call.remote import Remote, known_model, seed_of, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.records import Detail, Role

_REFUSALS = ("SAFETY", "PROHIBITED", "BLOCKLIST", "RECITATION", "SPII")


class Gemini(Remote):
    """Generate, enhance and sketch."""

    def __init__(self, connection: Connection, *, model: str) -> None:
        self._model = model
        self._sizes = {
            (width * scale, height * scale): (shape, name)
            for name, scale in _scales(model).items()
            for shape, (width, height) in ONE_K.items()
        }
        frame = Frame(sizes=tuple(self._sizes))
        sent = Limits(
            answer=frame,
            max_side_px=6336,
            formats=("image/png", "image/jpeg"),
            max_bytes=7_000_000,
            detail=Detail.REDRAWN,
            references=1,
        )
        roles = (Role.GENERATE, Role.ENHANCE, Role.SKETCH)
        super().__init__(
            connection,
            dict.fromkeys(roles, model),
            {Role.GENERATE: Limits(sizes=frame.sizes, seed=True), Role.ENHANCE: sent, Role.SKETCH: sent},
        )
        # In a header, never as `?key=`: addresses end up in logs.
        self._door = Door(connection, lambda key: {"x-goog-api-key": key}, _explain)

    def check(self) -> str:
        """Ask for the model's own record. Raises what a real call would raise."""
        return known_model(self._door, self.connection, self._model, "name")

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, PictureRequest)  # noqa: S101 - `run` looked at the limits
        shape, scale = self._nearest(size_of(request))
        parts: list[dict[str, Any]] = [{"text": request.prompt}]
        if not isinstance(request, GenerateRequest):
            parts += [
                {"inlineData": {"mimeType": media_type(image), "data": base64.b64encode(image).decode()}}
                for image in pictures_of(request)
            ]
        config: dict[str, Any] = {"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": shape}}
        if len(_scales(self._model)) > 1:
            config["imageConfig"]["imageSize"] = scale
        if isinstance(request, GenerateRequest):
            config["seed"] = seed_of(request)
        watch.progress(0.1, "waiting for the picture")
        reply = self._door.post(
            f"/models/{self._model}:generateContent",
            body={"contents": [{"role": "user", "parts": parts}], "generationConfig": config},
        )
        with unusable(self.id, self.name):
            fields = reply.json()
            text = _inline(fields)
            if text is None:
                raise _without_picture(self.id, self.name, fields)
        return Answer(
            picture(self.connection, from_base64(self.connection, text)),
            str(fields.get("modelVersion") or self._model),
        )

    def _nearest(self, size: tuple[int, int]) -> tuple[str, str]:
        if size in self._sizes:
            return self._sizes[size]
        width, height = size
        best = min(
            self._sizes,
            key=lambda s: (abs(s[0] * height - s[1] * width) / (s[1] * height), abs(s[0] - width)),
        )
        return self._sizes[best]


class GeminiReader(Remote):
    """Reads prompts: one generateContent call of a text model, held to a JSON schema.

    https://ai.google.dev/gemini-api/docs/structured-output. What is broken off says so in its finish reason.
    """

    def __init__(self, connection: Connection, *, model: str) -> None:
        self._model = model
        super().__init__(connection, {Role.READ: model}, {Role.READ: Limits()})
        self._door = Door(connection, lambda key: {"x-goog-api-key": key}, _explain)

    def rate(self, role: Role) -> Price:
        """What a prompt of usual length costs; the answer tells what it took."""
        return reading_price(self._model)

    def check(self) -> str:
        """Ask for the model's own record. Raises what a real call would raise."""
        return known_model(self._door, self.connection, self._model, "name")

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, ReadRequest)  # noqa: S101 - `run` looked at the limits
        watch.progress(0.1, "reading")
        body = {
            "systemInstruction": {"parts": [{"text": request.instructions}]},
            "contents": [{"role": "user", "parts": [{"text": request.prompt}]}],
            "generationConfig": {
                "responseMimeType": "application/json",
                "responseJsonSchema": json.loads(request.schema),
                "maxOutputTokens": MOST_OUT,
            },
        }
        reply = self._door.post(f"/models/{self._model}:generateContent", body=body)
        with unusable(self.id, self.name):
            fields = reply.json()
            candidate = (fields.get("candidates") or [{}])[0]
            text = "".join(part["text"] for part in _parts(candidate) if not part.get("thought"))
            blocked = words_of((fields.get("promptFeedback") or {}).get("blockReason"))
            ended = words_of(candidate.get("finishReason"))
            usage = fields.get("usageMetadata") or {}
            thought = usage.get("thoughtsTokenCount") or 0
            tokens = usage.get("promptTokenCount"), (usage.get("candidatesTokenCount") or 0) + thought
        if blocked or any(sign in ended for sign in _REFUSALS):
            raise refused(self.connection, blocked or ended)
        if ended == "MAX_TOKENS":
            raise cut_short(self.connection, text)
        return Answer(
            json_object(self.connection, text),
            str(fields.get("modelVersion") or self._model)[:80],
            reading_cost(self._model, *tokens),
        )


def _scales(model: str) -> dict[str, int]:
    """The lite and 2.5 models know 1K only; 2.5 must not be told so."""
    return {"1K": 1} if "lite" in model or "2.5" in model else SCALES


def _parts(candidate: dict[str, Any]) -> list[dict[str, Any]]:
    return (candidate.get("content") or {}).get("parts") or []


def _inline(answer: dict[str, Any]) -> str | None:
    """The last picture of the answer: thinking models show drafts first."""
    pictures = [
        part["inlineData"]["data"]
        for candidate in answer.get("candidates") or []
        for part in _parts(candidate)
        if "inlineData" in part and not part.get("thought")
    ]
    return pictures[-1] if pictures else None


def _without_picture(provider: str, name: str, answer: dict[str, Any]) -> ProviderError:
    feedback = answer.get("promptFeedback") or {}
    reasons = [feedback.get("blockReason"), feedback.get("blockReasonMessage")]
    for candidate in answer.get("candidates") or []:
        reasons += [candidate.get("finishReason"), candidate.get("finishMessage")]
        reasons += [str(part.get("text") or "")[:200] for part in _parts(candidate)]
    given = [str(reason) for reason in reasons if reason]
    words = " ".join(" ".join(given).split())[:300]
    refused = feedback.get("blockReason") or any(sign in reason for sign in _REFUSALS for reason in given)
    kind = Moderated if refused else UnusableAnswer
    return kind(f"{name} answered without a picture{f': {words}' if words else ''}.", provider=provider)


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    error = reply.fields().get("error")
    if not isinstance(error, dict):
        return None, words_of(error)
    words, status = words_of(error.get("message")), str(error.get("status") or "")
    if status == "RESOURCE_EXHAUSTED":
        # The free tier's limit for picture models is 0: waiting does not help there.
        spent = "limit: 0" in words or "billing" in words.lower()
        return (QuotaExhausted if spent else RateLimited), words
    if "API_KEY_INVALID" in words_of(error.get("details")) or "api key not valid" in words.lower():
        return BadKey, words
    if any(sign in words.upper() for sign in ("SAFETY", "PROHIBITED_CONTENT")):
        return Moderated, words
    return None, words
