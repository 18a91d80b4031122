"""Seedream on BytePlus ModelArk or Volcengine Ark: one blocking POST for text-to-image and for edits.

https://docs.byteplus.com/en/docs/ModelArk/1541523. The watermark is on by default and is switched off here.
The model takes neither seed nor negative prompt; 5.x refuses fields that 4.x knows.
"""

from typing import Any

from pipeline.errors import (
    BadKey,
    ModelGone,
    Moderated,
    ProviderDown,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Unsupported,
    UnusableAnswer,
)
from pipeline.providers.base import (
    Answer,
    Frame,
    GenerateRequest,
    Limits,
    PictureRequest,
    Request,
    Watch,
    pictures_of,
)
from pipeline.providers.call.answers import data_uri, from_base64, picture
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.remote import Remote, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.providers.call.tasks import Linked, run_task
from pipeline.records import Detail, Role

_MODERATION = ("SensitiveContent", "RiskDetection", "ContentSecurityDetection")
_KINDS: tuple[tuple[str, type[ProviderError]], ...] = (
    ("QuotaExceeded", QuotaExhausted),  # the free quota is spent: waiting does not help
    ("AccountOverdue", QuotaExhausted),
    ("ServiceOverdue", QuotaExhausted),
    ("ServiceNotOpen", ModelGone),
    ("ModelNotOpen", ModelGone),
    ("InvalidEndpoint", ModelGone),
    ("ModelIDAccessDisabled", ModelGone),
    ("AccessDenied", BadKey),
    ("Authentication", BadKey),
    ("RateLimit", RateLimited),
    ("RequestBurst", RateLimited),
    ("ServerOverloaded", RateLimited),
    ("SetLimitExceeded", RateLimited),
    ("InflightBatchsize", RateLimited),
    ("InternalService", ProviderDown),
    ("InvalidParameter", Unsupported),
    ("MissingParameter", Unsupported),
    ("InvalidImageURL", Unsupported),
)


class Seedream(Remote):
    """Generate, enhance and sketch with one model id (or `ep-` endpoint id)."""

    def __init__(self, connection: Connection, *, model: str) -> None:
        if "volces.com" in connection.base_url and model.startswith("seedream"):
            model = f"doubao-{model}"  # the Chinese region's name for the same model
        self._model = model
        frame = _frame(model)
        sent = Limits(
            min_side_px=15,
            max_side_px=6000,
            max_pixels=36_000_000,
            min_aspect=1 / 16,
            max_aspect=16.0,
            answer=frame,
            formats=("image/png", "image/jpeg"),
            max_bytes=10_000_000,
            concurrency=5,
            detail=Detail.REDRAWN,
            references=1,
        )
        asked = Limits(
            min_pixels=frame.min_pixels,
            max_pixels=frame.max_pixels,
            max_side_px=frame.max_side_px,
            multiple_of=frame.multiple_of,
            min_aspect=1 / 16,
            max_aspect=16.0,
            concurrency=5,
        )
        roles = (Role.GENERATE, Role.ENHANCE, Role.SKETCH)
        limits = {Role.GENERATE: asked, Role.ENHANCE: sent, Role.SKETCH: sent}
        super().__init__(connection, dict.fromkeys(roles, model), limits)
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"}, _explain)

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, PictureRequest)  # noqa: S101 - `run` looked at the limits
        width, height = size_of(request)
        body: dict[str, Any] = {
            "model": self._model,
            "prompt": request.prompt,
            "size": f"{width}x{height}",
            "response_format": "b64_json",
            "watermark": False,
        }
        if not isinstance(request, GenerateRequest):
            sent = [data_uri(image) for image in pictures_of(request)]
            body["image"] = sent if len(sent) > 1 else sent[0]
        if _fifth(self._model):
            body["output_format"] = "png"  # 4.x always answers JPEG and refuses the field
        key = key_of(self, request)
        link: dict[str, Any] = {}
        if self.connection.cache.task(key) is None:
            watch.progress(0.1, "waiting for the picture")
            text, link = self._ordered_now(body)
            if text or not link["url"]:
                return Answer(picture(self.connection, from_base64(self.connection, text)), link["model"])
        # A few gateways answer with a link whatever is asked for; it lives a day, and is written down like a task.
        return run_task(self.connection, key, Linked(link, self._fetched), watch)

    def _ordered_now(self, body: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The picture in base64, where it came, and its link and model."""
        reply = self._door.post("/images/generations", body=body)
        with unusable(self.id, self.name):
            answer = reply.json()
            item = answer["data"][0] if answer.get("data") else answer
            trouble = item.get("error") or answer.get("error")
            if trouble:
                kind, words = _judged(str(trouble.get("code", "")), words_of(trouble.get("message")))
                raise self._door.trouble(kind or UnusableAnswer, words)
            model = str(answer.get("model") or self._model)
            return item.get("b64_json"), {"url": item.get("url"), "model": model}

    def _fetched(self, link: Any, watch: Watch) -> Answer:
        with unusable(self.id, self.name):
            url, model = str(link["url"]), str(link["model"])
        return Answer(picture(self.connection, self._door.download(url, watch)), model)


def _fifth(model: str) -> bool:
    return "seedream-5" in model


def _frame(model: str) -> Frame:
    """Allowed sizes of the answer, by family."""
    if "seedream-4-5" in model or "seedream-5-0-260128" in model or "5-0-lite" in model:
        return Frame(min_pixels=3_686_400, max_pixels=16_777_216, min_aspect=1 / 16, max_aspect=16.0)
    if _fifth(model):
        return Frame(
            min_pixels=921_600, max_pixels=4_624_220, multiple_of=16, min_aspect=1 / 16, max_aspect=16.0
        )
    return Frame(min_pixels=921_600, max_pixels=16_777_216, min_aspect=1 / 16, max_aspect=16.0)


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    error = reply.fields().get("error")
    if not isinstance(error, dict):
        return None, words_of(error)
    return _judged(str(error.get("code", "")), words_of(error.get("message")))


def _judged(code: str, words: str) -> tuple[type[ProviderError] | None, str]:
    sentence = f"{words} ({code})" if code else words
    if any(sign in code for sign in _MODERATION):
        return Moderated, sentence
    return next((kind for sign, kind in _KINDS if sign in code), None), sentence
