"""Tripo: upload the picture, order an image_to_model task, look, fetch. API version 2.

https://platform.tripo3d.ai/docs. Quad meshes are not asked for: they come as FBX.
"""

from dataclasses import dataclass
from typing import Any

from pipeline.errors import (
    BadKey,
    Moderated,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Unsupported,
    UnusableAnswer,
)
from pipeline.images import media_type
from pipeline.providers.answers import glb
from pipeline.providers.base import Answer, Limits, ModelRequest, Request, Role, Watch
from pipeline.providers.desk import Desk
from pipeline.providers.http import Door, Reply, unusable, words_of
from pipeline.providers.key import key_of
from pipeline.providers.remote import Remote, seed_of
from pipeline.providers.tasks import Look, run_task

_CODES: dict[int, type[ProviderError]] = {
    1002: BadKey,
    2000: RateLimited,
    2002: Unsupported,
    2003: Unsupported,
    2004: Unsupported,
    2008: Moderated,
    2010: QuotaExhausted,
}
_LIMITS = Limits(
    min_side_px=256,
    max_side_px=4096,
    formats=("image/png", "image/jpeg", "image/webp"),
    max_bytes=15_000_000,
    seed=True,
    concurrency=5,
)


class Tripo(Remote):
    """Models only."""

    def __init__(self, desk: Desk, *, model: str) -> None:
        self._model = model
        super().__init__(desk, {Role.MODEL: model}, {Role.MODEL: _LIMITS}, tariff="tripo")
        self._door = Door(desk, lambda key: {"authorization": f"Bearer {key}"}, _explain)

    def check(self) -> str:
        """Ask for the balance, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            balance = self._door.get("/user/balance").json()["data"]["balance"]
        return f"{self.name} knows the key; {balance} credits are left."

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, ModelRequest)  # noqa: S101 - `run` looked at the limits
        errand = _Errand(self.desk, self._door, self._model, request)
        return run_task(self.desk, key_of(self, request), errand, watch)


@dataclass(frozen=True)
class _Errand:
    desk: Desk
    door: Door
    version: str
    request: ModelRequest

    def submit(self) -> Any:
        image = self.request.images[0]
        kind = media_type(image).rpartition("/")[2]
        file = {"file": (f"master.{kind}", image, f"image/{kind}")}
        uploaded = self.door.post("/upload", parts=file, paid=False)
        with unusable(self.desk.provider, self.desk.name):
            token = uploaded.json()["data"]["image_token"]
        reply = self.door.post(
            "/task",
            body={
                "type": "image_to_model",
                "file": {"type": "jpg" if kind == "jpeg" else kind, "file_token": token},
                "model_version": self.version,
                "model_seed": seed_of(self.request),
                "texture": True,
                "pbr": True,
            },
        )
        with unusable(self.desk.provider, self.desk.name):
            task = reply.json()["data"]["task_id"]
            if not isinstance(task, str) or not task.replace("-", "").isalnum():
                raise ValueError("no id")
            return task

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(f"/task/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("failed", trouble=self.door.trouble(UnusableAnswer, "the task is not known any more"))
        with unusable(self.desk.provider, self.desk.name):
            told = reply.json()["data"]
            state = str(told["status"])
            share = float(told.get("progress") or 0) / 100
            output = told.get("output") or {}
            url = output.get("pbr_model") or output.get("model") or output.get("base_model")
            code = told.get("error_code")
            words = words_of(told.get("error_msg")) or f"the task is {state[:40]}"
        if state == "success":
            return Look("done", 1.0, result=url)
        if state in {"queued", "running"}:
            return Look(
                "waiting" if state == "queued" else "running",
                share,
                "queued" if state == "queued" else "modelling",
            )
        kind = (
            Moderated
            if state == "banned"
            else _CODES.get(code if isinstance(code, int) else 0, UnusableAnswer)
        )
        return Look("failed", trouble=self.door.trouble(kind, words))

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        if not isinstance(result, str):
            raise self.door.trouble(UnusableAnswer, "the task has no model")
        return Answer(glb(self.desk, self.door.download(result, watch)))

    def cancel(self, task: Any) -> bool:
        """Tripo documents no cancellation: the task goes on and stays on record."""
        return False


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    told = reply.told()
    code = told.get("code")
    return _CODES.get(code if isinstance(code, int) else 0), words_of(told.get("message"))
