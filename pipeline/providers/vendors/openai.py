"""OpenAI Images (the gpt-image family): JSON for generations, multipart for edits, base64 back; and a text model.

https://developers.openai.com/api/reference/resources/images
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.errors import (
    BadKey,
    ModelGone,
    Moderated,
    ProviderError,
    QuotaExhausted,
    Unsupported,
)
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
from pipeline.providers.call.answers import cut_short, file_of, from_base64, json_object, picture, refused
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door, Parts
from pipeline.providers.call.prices import MOST_OUT, Price, reading_cost, reading_price
from pipeline.providers.call.remote import Remote, Size, known_model, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.records import Detail, Role

_FIXED = ((1024, 1024), (1536, 1024), (1024, 1536))
_FIXED_FAMILIES = ("gpt-image-1", "chatgpt-image")
_TOLD_FIDELITY = "gpt-image-1.5"
"""This family must be told to keep the picture; later ones always do, and the field is left out."""
_EFFORT: Mapping[str, tuple[float, bool]] = {
    "low": (1 / 36, False),
    "medium": (1 / 4, False),
    "high": (1.0, False),
    "xhigh": (2.0, True),
    "max": (4.0, True),
}
"""Output tokens of a picture over those at high (196, 1756 and 7024 for 1024 x 1024), and whether that is a guess."""
_CELLS = 96
"""At high quality a picture counts as so many cells along its longer side, each the dearer the more pixels it has."""
_FIXED_TOKENS = {(1024, 1024): 4160, (1024, 1536): 6240, (1536, 1024): 6208}
"""Of the families with three sizes, at high quality; by the vendor's table."""
_TOKENS_USD: tuple[tuple[str, tuple[float, float, float]], ...] = (
    ("gpt-image-1-mini", (2e-6, 2.5e-6, 8e-6)),
    ("gpt-image-1.5", (5e-6, 8e-6, 32e-6)),
    ("gpt-image-1", (5e-6, 10e-6, 40e-6)),
    ("", (5e-6, 8e-6, 30e-6)),
)
"""A token of text sent, of a picture sent, of the answer; the last is gpt-image-2 to 2.6's, 2026-11-05."""
_CODES: dict[str, type[ProviderError]] = {
    "moderation_blocked": Moderated,
    "content_policy_violation": Moderated,
    "invalid_api_key": BadKey,
    "model_not_found": ModelGone,
    "insufficient_quota": QuotaExhausted,
    "billing_hard_limit_reached": QuotaExhausted,
}


class OpenAI(Remote):
    """Generate, enhance and sketch."""

    def __init__(self, connection: Connection, *, model: str, quality: str = "high") -> None:
        self._model, self._quality = model, quality
        frame = _frame(model)
        sent = Limits(
            answer=frame,
            max_side_px=8192,
            formats=("image/png", "image/jpeg"),
            max_bytes=45_000_000,
            detail=Detail.REDRAWN,
            references=1,
        )
        asked = Limits(
            max_side_px=frame.max_side_px,
            min_pixels=frame.min_pixels,
            max_pixels=frame.max_pixels,
            multiple_of=frame.multiple_of,
            min_aspect=frame.min_aspect,
            max_aspect=frame.max_aspect,
            sizes=frame.sizes,
        )
        roles = (Role.GENERATE, Role.ENHANCE, Role.SKETCH)
        super().__init__(
            connection,
            dict.fromkeys(roles, model),
            {Role.GENERATE: asked, Role.ENHANCE: sent, Role.SKETCH: sent},
        )
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"}, _explain)

    def rate(self, role: Role) -> Price:
        """What a call costs at the quality that is set."""
        price, (share, guess) = super().rate(role), _EFFORT[self._quality]
        return replace(
            price,
            call_usd=price.call_usd * share,
            megapixel_usd=price.megapixel_usd * share,
            guess=price.guess or guess,
        )

    def reckon(self, role: Role, wanted: Size, sent: Sequence[Size] = ()) -> float:
        """What the tokens of an answer of (width, height) come to at the quality that is set."""
        share, _ = _EFFORT[self._quality]
        return round(share * _tokens(self._model, wanted) * _prices(self._model)[2], 6)

    def model(self, role: Role) -> str:
        """The model, and the quality where it is not the usual one: another quality is another answer."""
        name = super().model(role)
        return name if self._quality == "high" else f"{name} {self._quality}"

    def check(self) -> str:
        """Ask for the model's own record. Raises what a real call would raise."""
        return known_model(self._door, self.connection, self._model, "id")

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, PictureRequest)  # noqa: S101 - `run` looked at the limits
        width, height = size_of(request)
        size = f"{width}x{height}"
        watch.progress(0.1, "waiting for the picture")
        if isinstance(request, GenerateRequest):
            reply = self._door.post(
                "/images/generations",
                body={
                    "model": self._model,
                    "prompt": request.prompt,
                    "n": 1,
                    "size": size,
                    "quality": self._quality,
                    "output_format": "png",
                    "background": "opaque",
                },
            )
        else:
            parts: Parts = {
                "model": self._model,
                "prompt": request.prompt,
                "n": "1",
                "size": size,
                "quality": self._quality,
                "output_format": "png",
                "background": "opaque",
                **_images(pictures_of(request)),
            }
            if self._model.startswith(_TOLD_FIDELITY):
                parts = {**parts, "input_fidelity": "high"}
            reply = self._door.post("/images/edits", parts=parts)
        with unusable(self.id, self.name):
            fields = reply.json()
            item = fields["data"][0]
            text, revised = item["b64_json"], item.get("revised_prompt")
            cost = _cost(fields.get("usage"), _prices(self._model))
        notes = {"revised prompt": revised[:2000]} if isinstance(revised, str) and revised else {}
        return Answer(
            picture(self.connection, from_base64(self.connection, text)), self._model, cost, notes=notes
        )


class OpenAIReader(Remote):
    """Reads prompts: one response of a text model, held to a JSON schema.

    https://developers.openai.com/api/docs/guides/structured-outputs. A refusal is a part of its own beside texts.
    """

    def __init__(self, connection: Connection, *, model: str) -> None:
        self._model = model
        super().__init__(connection, {Role.READ: model}, {Role.READ: Limits()})
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"}, _explain)

    def rate(self, role: Role) -> Price:
        """What a prompt of usual length costs; the answer tells what it took."""
        return reading_price(self._model)

    def check(self) -> str:
        """Ask for the model's own record. Raises what a real call would raise."""
        return known_model(self._door, self.connection, self._model, "id")

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, ReadRequest)  # noqa: S101 - `run` looked at the limits
        watch.progress(0.1, "reading")
        form = {"type": "json_schema", "name": "piece", "strict": True, "schema": json.loads(request.schema)}
        body: dict[str, Any] = {
            "model": self._model,
            "instructions": request.instructions,
            "input": request.prompt,
            "text": {"format": form},
            "max_output_tokens": MOST_OUT,
            "store": False,
        }
        if self._model.startswith(_THINKERS):
            body["reasoning"] = {"effort": "low"}
        reply = self._door.post("/responses", body=body)
        with unusable(self.id, self.name):
            fields = reply.json()
            text, refusal = _said(fields["output"])
            ending = words_of((fields.get("incomplete_details") or {}).get("reason"))
            usage = fields.get("usage") or {}
            cost = reading_cost(self._model, usage.get("input_tokens"), usage.get("output_tokens"))
            model = str(fields.get("model") or self._model)[:80]
        if refusal or ending == "content_filter":
            raise refused(self.connection, refusal or "its content filter stopped the answer")
        if fields.get("status") == "incomplete":
            raise cut_short(self.connection, text)
        return Answer(json_object(self.connection, text), model, cost)


def _said(output: Any) -> tuple[str, str]:
    """The text of a response's messages, and the words of a refusal. Raises what misshapen fields end in."""
    parts = [part for item in output if item["type"] == "message" for part in item["content"] or []]
    text = "".join(str(part["text"]) for part in parts if part["type"] == "output_text")
    return text, " ".join(words_of(part["refusal"]) for part in parts if part["type"] == "refusal")


_THINKERS = ("gpt-5", "gpt-6", "o3", "o4")
"""Families that think first and are told how much."""


def _images(pictures: tuple[bytes, ...]) -> Parts:
    """One picture under its own name, several as a list: as the vendor's client sends them."""
    files = [file_of("picture", data) for data in pictures]
    return {"image": files[0]} if len(files) == 1 else {"image[]": files}


def _frame(model: str) -> Frame:
    if model.startswith(_FIXED_FAMILIES):
        return Frame(sizes=_FIXED)
    return Frame(
        min_pixels=655_360,
        max_pixels=3840 * 2160,
        max_side_px=3840,
        multiple_of=16,
        min_aspect=1 / 3,
        max_aspect=3.0,
    )


def _prices(model: str) -> tuple[float, float, float]:
    return next(prices for prefix, prices in _TOKENS_USD if model.startswith(prefix))


def _tokens(model: str, size: Size) -> int:
    """Tokens of an answer at high quality, as the vendor's cost calculator counts them."""
    if model.startswith(_FIXED_FAMILIES):
        return _FIXED_TOKENS.get(size, 4160)
    longer, shorter = max(size), min(size)
    across = (2 * _CELLS * shorter + longer) // (2 * longer)  # rounded half up
    return -(-_CELLS * across * (2_000_000 + longer * shorter) // 4_000_000)


def _cost(usage: Any, prices: tuple[float, float, float]) -> float:
    """What the tokens told come to; 0 when they are not told."""
    if not isinstance(usage, dict):
        return 0.0
    details = usage.get("input_tokens_details") or {}
    text, image, out = (
        float(tokens or 0)
        for tokens in (details.get("text_tokens"), details.get("image_tokens"), usage.get("output_tokens"))
    )
    cost = text * prices[0] + image * prices[1] + out * prices[2]
    return cost if 0.0 < cost < 100.0 else 0.0


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    error = reply.fields().get("error")
    if not isinstance(error, dict):
        return None, words_of(error)
    code, kind = str(error.get("code") or ""), str(error.get("type") or "")
    words = words_of(error.get("message"))
    if code in _CODES:
        return _CODES[code], words
    if kind == "image_generation_user_error":
        return Moderated, words
    if reply.status == 403:
        # Most often: the organisation is not verified for this model.
        return ModelGone, words
    return (Unsupported, words) if kind == "invalid_request_error" and reply.status == 400 else (None, words)
