"""Meshy: image-to-3D and multi-image-to-3D tasks.

https://docs.meshy.ai/en/api/image-to-3d. Its own enhancement of the picture is switched off: it changes the
piece. Deleting a task is the only way to cancel it.
"""

from typing import Any

from pipeline.errors import (
    Moderated,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Unsupported,
    UnusableAnswer,
)
from pipeline.providers.base import Answer, Limits, ModelRequest, Request, Watch
from pipeline.providers.call.answers import data_uri, glb
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.remote import Remote
from pipeline.providers.call.reply import Reply, number_of, words_of
from pipeline.providers.call.tasks import Look, Placed, identifier, over, run_task
from pipeline.records import Role

_ONE, _SEVERAL = "/openapi/v1/image-to-3d", "/openapi/v1/multi-image-to-3d"
_CODES: dict[str, type[ProviderError]] = {"moderation_blocked": Moderated, "image_too_complex": Unsupported}


class Meshy(Remote):
    """Models only. `views`: how many pictures one model is made from, 1 to 4."""

    def __init__(self, connection: Connection, *, model: str, views: int = 1) -> None:
        self._model = model
        limits = Limits(
            min_side_px=256,
            max_side_px=4096,
            formats=("image/png", "image/jpeg"),
            max_bytes=15_000_000,
            max_images=views,
            concurrency=10,
        )
        super().__init__(connection, {Role.MODEL: model}, {Role.MODEL: limits}, tariff="meshy")
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"}, _explain)

    def check(self) -> str:
        """Ask for the balance, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            balance = self._door.get("/openapi/v1/balance").json()["balance"]
        return f"{self.name} knows the key; {balance} credits are left."

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, ModelRequest)  # noqa: S101 - `run` looked at the limits
        several = len(request.images) > 1
        body: dict[str, Any] = {
            "ai_model": self._model,
            "should_texture": True,
            "enable_pbr": True,
            "texture_resolution": "4k",
            "should_remesh": False,  # the mesh as it was made: "highest quality"
            "image_enhancement": False,
            "target_formats": ["glb"],
        }
        if several:
            body["image_urls"] = [data_uri(image) for image in request.images[:4]]
        else:
            body["image_url"] = data_uri(request.images[0])
        errand = _Errand(self.connection, self._door, _SEVERAL if several else _ONE, body, glb)
        return run_task(self.connection, key_of(self, request), errand, watch)


class _Errand(Placed):
    def named(self, reply: Reply) -> Any:
        return identifier(reply.json()["result"])

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(f"{self.path}/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        with unusable(self.connection.provider, self.connection.name):
            status = reply.json()
            state = str(status["status"])
            share = number_of(status.get("progress")) / 100
            if state == "SUCCEEDED":
                return Look("done", 1.0, result=status["model_urls"]["glb"])
            error = status.get("task_error") or {}
            words = words_of(error.get("message")) or f"the task is {state[:40]}"
            kind = _CODES.get(str(error.get("code")), UnusableAnswer)
        if state == "PENDING":
            return Look("waiting", 0.0, "queued")
        if not over(state):
            return Look("running", share, "modelling")
        trouble = self.door.trouble(kind, words)
        trouble.charged = False  # failed tasks are refunded
        return Look("failed", trouble=trouble)

    def cancel(self, task: Any) -> bool:
        return self.door.withdraw("DELETE", f"{self.path}/{task}")


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    words = words_of(reply.fields().get("message"))
    if reply.status == 402:
        return QuotaExhausted, words
    if reply.status == 429:
        return RateLimited, words
    if "moderation" in words.lower():
        return Moderated, words
    return (Unsupported if reply.status in {400, 422} else None), words
