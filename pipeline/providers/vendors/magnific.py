"""Magnific Precision V2: an upscaler that keeps to the picture. Order, look, fetch.

https://docs.freepik.com/api-reference/image-upscaler-precision-v2. No cancellation and no free call are documented.
"""

import base64
from typing import Any

from pipeline.errors import Moderated, ProviderError, QuotaExhausted, Unsupported, UnusableAnswer
from pipeline.images import dimensions
from pipeline.providers.base import Answer, EnhanceRequest, Frame, Limits, Request, Watch
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.remote import Remote
from pipeline.providers.call.reply import Reply, words_of
from pipeline.providers.call.tasks import Look, Placed, identifier, over, run_task
from pipeline.records import Detail, Role

_MOST_SIDE_PX = 10_060
_LIMITS = Limits(
    min_side_px=160,
    max_side_px=_MOST_SIDE_PX // 2,
    min_aspect=1 / 3,
    max_aspect=3.0,
    factors=(2, 4),
    answer=Frame(max_side_px=_MOST_SIDE_PX, max_pixels=48_000_000),
    formats=("image/png", "image/jpeg"),
    max_bytes=10_000_000,
    concurrency=2,
    detail=Detail.UPSCALED,
)


class Magnific(Remote):
    """Enhance only. `model` is the last part of the endpoint's path."""

    def __init__(self, connection: Connection, *, model: str) -> None:
        super().__init__(connection, {Role.ENHANCE: model}, {Role.ENHANCE: _LIMITS}, tariff="magnific")
        self._door = Door(connection, lambda key: {"x-freepik-api-key": key}, _explain)

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, EnhanceRequest)  # noqa: S101 - `run` looked at the limits
        body = {
            "image": base64.b64encode(request.image).decode(),
            "scale_factor": max(2, round(request.width / dimensions(request.image)[0])),
            "flavor": "photo",
            "sharpen": 7,
            "smart_grain": 0,  # grain would be read as texture of the metal
            "ultra_detail": 10,
        }
        errand = _Errand(self.connection, self._door, f"/v1/ai/{self.model(Role.ENHANCE)}", body)
        return run_task(self.connection, key_of(self, request), errand, watch)


class _Errand(Placed):
    def named(self, reply: Reply) -> Any:
        return identifier(reply.json()["data"]["task_id"])

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(f"{self.path}/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        with unusable(self.connection.provider, self.connection.name):
            status = reply.json()["data"]
            state = str(status["status"])
            pictures = status.get("generated") or [None]
            unsafe = any(status.get("has_nsfw") or [])
        match state:
            case "COMPLETED":
                return Look("done", 1.0, result=pictures[0])
            case _ if not over(state):
                return Look("waiting" if state == "CREATED" else "running", note="upscaling")
        kind = Moderated if unsafe else UnusableAnswer
        return Look("failed", trouble=self.door.trouble(kind, f"the task is {state[:40]}"))


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    problem = fields.get("problem") if isinstance(fields.get("problem"), dict) else fields
    words = words_of((problem or {}).get("message"))
    if reply.status == 402 or "credit" in words.lower():
        return QuotaExhausted, words
    if "nsfw" in words.lower() or "moderat" in words.lower():
        return Moderated, words
    return (Unsupported if reply.status in {400, 422} else None), words
