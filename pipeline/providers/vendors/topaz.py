"""Topaz with one's own key: precision upscalers. Order, look, ask where the result is, fetch; its estimate is free.

https://developer.topazlabs.com/reference. Requests are multipart throughout; what a model does not know it ignores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import Moderated, ProviderError, QuotaExhausted, Unsupported, UnusableAnswer
from pipeline.providers.base import Answer, EnhanceRequest, Frame, Limits, Request, Watch
from pipeline.providers.call.answers import file_of, picture
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door, Parts
from pipeline.providers.call.remote import Remote, Size
from pipeline.providers.call.reply import Reply, number_of, words_of
from pipeline.providers.call.tasks import Look, identifier, over, run_task
from pipeline.records import Detail, Role

_estimates: dict[tuple[str, str, Size, Size], float | None] = {}
"""Credits by address, model, size sent and size wanted, while the process runs; None where they were not told."""
_MOST_CREDITS = 1000.0
_LIMITS = Limits(
    max_side_px=8192,
    factors=(2, 4),
    answer=Frame(max_side_px=32_000, max_pixels=48_000_000),
    formats=("image/png", "image/jpeg"),
    max_bytes=50_000_000,
    detail=Detail.UPSCALED,
)


class Topaz(Remote):
    """Enhance only."""

    def __init__(self, connection: Connection, *, model: str) -> None:
        super().__init__(connection, {Role.ENHANCE: model}, {Role.ENHANCE: _LIMITS}, tariff="topaz")
        self._door = Door(connection, lambda key: {"x-api-key": key}, _explain)

    def check(self) -> str:
        """Ask for an estimate, which costs nothing. Raises what a real call would raise."""
        credit = self._estimate((1024, 1024), (2048, 2048))
        return f"{self.name} knows the key; a picture of 2048 x 2048 pixels takes {credit:g} credits."

    def reckon(self, role: Role, wanted: Size, sent: Sequence[Size] = ()) -> float:
        """The service's own estimate where it can be had, else the row of the table; asked once for each size."""
        usual = super().reckon(role, wanted, sent)
        if not sent or self.connection.key is None:
            return usual
        asked = (self.connection.base_url, self.model(role), sent[0], wanted)
        if asked not in _estimates:
            try:
                _estimates[asked] = self._estimate(sent[0], wanted)
            except ProviderError:
                _estimates[asked] = None
        credit = _estimates[asked]
        return usual if credit is None else round(credit * self.rate(role).call_usd, 6)

    def _estimate(self, sent: Size, wanted: Size) -> float:
        """Credits for a picture of one size made of another."""
        parts = {
            "model": self.model(Role.ENHANCE),
            "input_width": str(sent[0]),
            "input_height": str(sent[1]),
            **_sized(wanted),
        }
        reply = self._door.post("/image/v1/estimate", parts=parts, paid=False)
        with unusable(self.id, self.name):
            credit = number_of(reply.json()["credits"])
            if not 0.0 < credit < _MOST_CREDITS:
                raise ValueError("no estimate")
            return credit

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, EnhanceRequest)  # noqa: S101 - `run` looked at the limits
        errand = _Errand(self.connection, self._door, self.model(Role.ENHANCE), request)
        return run_task(self.connection, key_of(self, request), errand, watch)


@dataclass(frozen=True)
class _Errand:
    connection: Connection
    door: Door
    model: str
    request: EnhanceRequest

    def submit(self) -> Any:
        parts: Parts = {
            "image": file_of("crop", self.request.image),
            "model": self.model,
            "crop_to_fill": "false",
            "face_enhancement": "false",  # it would draw faces into polished metal
            "output_format": "png",
            **_sized((self.request.width, self.request.height)),
        }
        reply = self.door.post("/image/v1/enhance/async", parts=parts)
        with unusable(self.connection.provider, self.connection.name):
            return identifier(reply.json()["process_id"])

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(f"/image/v1/status/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        with unusable(self.connection.provider, self.connection.name):
            status = reply.json()
            state = str(status["status"])
            share = number_of(status.get("progress")) / 100
            words = words_of(status.get("message")) or f"the task is {state[:40]}"
        match state:
            case "Completed":
                return Look("done", 1.0, result=task)
            case _ if not over(state):
                return Look("waiting" if state == "Pending" else "running", share, "upscaling")
        trouble = self.door.trouble(Moderated if "moderat" in words.lower() else UnusableAnswer, words)
        trouble.charged = False  # failures of the service are given back
        return Look("failed", trouble=trouble)

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        reply = self.door.get(f"/image/v1/download/{task}", watch)
        with unusable(self.connection.provider, self.connection.name):
            address = reply.json()["download_url"]
            if not isinstance(address, str):
                raise TypeError("no address")
        return Answer(picture(self.connection, self.door.download(address, watch)))

    def cancel(self, task: Any) -> bool:
        return self.door.withdraw("DELETE", f"/image/v1/cancel/{task}")


def _sized(size: Size) -> dict[str, str]:
    return {"output_width": str(size[0]), "output_height": str(size[1])}


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    words = words_of(fields.get("message") or fields.get("detail"))
    if reply.status == 402:
        return QuotaExhausted, words
    if "moderat" in words.lower():
        return Moderated, words
    return (Unsupported if reply.status in {400, 413, 422} else None), words
