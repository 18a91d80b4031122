"""Tripo: upload the picture, order a model, look, fetch. Version 3 of the API; version 2 ended on 2026-10-31.

https://developers.tripo3d.ai/en/docs. Quad meshes are not asked for: they come as FBX.
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
from pipeline.providers.base import Answer, Limits, ModelRequest, Request, Watch
from pipeline.providers.call.answers import file_of, glb
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unpaid, unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.remote import Remote, seed_of
from pipeline.providers.call.reply import Reply, number_of, words_of
from pipeline.providers.call.tasks import Look, identifier, over, run_task
from pipeline.records import Role

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
    formats=("image/png", "image/jpeg"),
    max_bytes=15_000_000,
    seed=True,
    concurrency=5,
)


class Tripo(Remote):
    """Models only."""

    def __init__(self, connection: Connection, *, model: str) -> None:
        if "/v2/" in f"{connection.base_url}/":
            raise Unsupported(
                "Tripo ended version 2 of its API on 2026-10-31; set LOUPE_TRIPO_BASE_URL to "
                "https://openapi.tripo3d.ai/v3, or leave it out.",
                provider=connection.provider,
            )
        self._model = model
        super().__init__(connection, {Role.MODEL: model}, {Role.MODEL: _LIMITS}, tariff="tripo")
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"}, _explain)

    def check(self) -> str:
        """Ask for the balance, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            balance = self._door.get("/account/balance").json()["data"]["balance"]
        return f"{self.name} knows the key; {balance} credits are left."

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, ModelRequest)  # noqa: S101 - `run` looked at the limits
        errand = _Errand(self.connection, self._door, self._model, request)
        return run_task(self.connection, key_of(self, request), errand, watch)


@dataclass(frozen=True)
class _Errand:
    connection: Connection
    door: Door
    model: str
    request: ModelRequest

    def submit(self) -> Any:
        file = file_of("master", self.request.images[0])
        uploaded = self.door.post("/files", parts={"file": file}, paid=False)
        with unpaid():
            token = self._data(uploaded, "file_token")
        body = {
            "input": token,
            "model": self.model,
            "model_seed": seed_of(self.request),
            "texture": True,
            "pbr": True,
        }
        task = self._data(self.door.post("/generation/image-to-model", body=body), "task_id")
        with unusable(self.connection.provider, self.connection.name):
            return identifier(task)

    def _data(self, reply: Reply, name: str) -> str:
        """A field of the envelope's data. A success may be a refusal: its code says so."""
        with unusable(self.connection.provider, self.connection.name):
            fields = reply.json()
            code = fields.get("code")
            value = None if code else fields["data"][name]
            if not code and not isinstance(value, str):
                raise TypeError(name)
            words = words_of(fields.get("message")) or f"code {code}"
        if value is None:
            kind = _CODES.get(code if isinstance(code, int) else 0, UnusableAnswer)
            raise self.door.trouble(kind, words)
        return str(value)

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(f"/tasks/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        with unusable(self.connection.provider, self.connection.name):
            status = reply.json()["data"]
            state = str(status["status"])
            share = number_of(status.get("progress")) / 100
            output = status.get("output") or {}
            url = output.get("model_url") or next(iter(output.get("model_urls") or ()), None)
            code = _number(status.get("error_code"))
            words = words_of(status.get("error_message")) or f"the task is {state[:40]}"
        if state == "success":
            return Look("done", 1.0, result=url)
        if not over(state):
            return Look(
                "waiting" if state == "queued" else "running",
                share,
                "queued" if state == "queued" else "modelling",
            )
        kind = _CODES.get(code, UnusableAnswer)
        return Look("failed", trouble=self.door.trouble(kind, words))

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        if not isinstance(result, str):
            raise self.door.trouble(UnusableAnswer, "the task has no model")
        return Answer(glb(self.connection, self.door.download(result, watch)))

    def cancel(self, task: Any) -> bool:
        """Tripo documents no cancellation: the task goes on and stays on record."""
        return False


def _number(code: Any) -> int:
    """An error code, told as a number or as text."""
    return int(code) if str(code).isdigit() else 0


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    code = fields.get("code")
    return _CODES.get(code if isinstance(code, int) else 0), words_of(fields.get("message"))
